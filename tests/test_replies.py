"""Every shape in which a server has been seen to hold the answer, and what is read of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain import Reply, Request
from pipeline.models.body import reply_from_completion
from pipeline.replies import input_cut, is_cut, read_reply
from pipeline.run import run
from pipeline.store.summary import summarise
from pipeline.subject import load_subject
from tests.answers import HALCYON, SUBJECT, WRECKS, completion, settings
from tests.models.server import endpoint, reply

(TASK,) = load_subject(SUBJECT).tasks
TYPES = TASK.record_types
CUT = WRECKS[: len(WRECKS) // 2]


def read(content: str, finish: str = "stop") -> tuple[list[str], list[str]]:
    """Names of the ships, and codes of what was wrong."""
    reading = read_reply(Reply("k", "m", content, finish), TYPES)
    return [r.ship for r in reading.records], [p.code for p in reading.problems]  # type: ignore[attr-defined]


def wreck(**changes: Any) -> str:
    return json.dumps({"wreck": [HALCYON | changes]})


@pytest.mark.parametrize(
    "content",
    [
        WRECKS,
        f"\ufeff{WRECKS}",
        f"```json\n{WRECKS}\n```",
        f"Here is {{the}} answer:\n{WRECKS}\nI hope {{this}} helps.",
        f"<think>A draft: {wreck(ship='Draft')}</think>\n{WRECKS}",
        f"It may be so.</think>{WRECKS}",
        f"{WRECKS}\n\n{wreck(ship='Second')}",
        f'{{"result": {WRECKS}}}',
        f"[{WRECKS}]",
        WRECKS + " \n" * 4000,
        WRECKS.replace('"Halcyon"', '"Hal\\u0000cyon"'),
        WRECKS.replace('"wreck": [', '"wreck": [], "wreck": ['),
        WRECKS.replace('"ship": ', '"ship": null, "ship": '),
        wreck(captain="Ahab"),
        WRECKS.replace('{"wreck"', '{"note": "done", "wreck"'),
        json.dumps({"wreck": [{k: v for k, v in HALCYON.items() if k != "sank"}]}),
    ],
)
def test_an_answer_is_read_whatever_is_around_it(content: str) -> None:
    assert read(content) == (["Halcyon"], [])


def test_half_a_character_is_marked_and_kept() -> None:
    assert read(wreck(ship="Halcyon\ud83d")) == (["Halcyon\ufffd"], [])
    assert read(wreck(ship="Halcyon \U0001f6a2")) == (["Halcyon \U0001f6a2"], [])


def test_of_two_values_for_one_key_none_is_taken_silently() -> None:
    twice = WRECKS.replace('"sank": ', '"sank": "1890", "sank": ')
    reading = read_reply(Reply("k", "m", twice, "stop"), TYPES)
    assert [(r.ship, r.sank) for r in reading.records] == [("Halcyon", None)]  # type: ignore[attr-defined]
    (problem,) = reading.problems
    assert problem.message == "sank is given twice, as '1890' and '1891-03-04'"


def test_a_list_given_twice_is_joined() -> None:
    second = json.dumps([HALCYON | {"ship": "Corvus"}])
    assert read(f'{WRECKS[:-1]}, "wreck": {second}}}') == (["Halcyon", "Corvus"], [])


def test_what_must_be_there_is_missed() -> None:
    without = json.dumps({"wreck": [{k: v for k, v in HALCYON.items() if k != "ship"}]})
    assert read(without) == ([], ["RECORD_REJECTED"])
    assert read("{}") == ([], ["SCHEMA_BROKEN"])
    assert read("There is nothing.") == ([], ["NOT_JSON"])


def test_what_stands_within_a_cut_answer_is_no_answer() -> None:
    inner = '{"wreck": [{"evidence": [{"wreck": []}], "ship": "Hal'
    assert read(inner, "length") == ([], ["TRUNCATED"])


@pytest.mark.parametrize(
    ("content", "cut", "codes"),
    [
        (CUT, True, ["TRUNCATED"]),
        ('{"wreck": [', True, ["TRUNCATED"]),
        (WRECKS + "\n\n", False, []),
        ("", False, ["OUTPUT_LIMIT"]),
        ("Let me think about this passage", False, ["OUTPUT_LIMIT"]),
        ("<think>Let me see", False, ["OUTPUT_LIMIT"]),
    ],
)
def test_only_a_reply_that_was_cut_within_its_records_is_cut(
    content: str, cut: bool, codes: list[str]
) -> None:
    reply = Reply("k", "m", content, "length", tokens_out=900)
    assert is_cut(reply, TYPES) is cut
    assert [p.code for p in read_reply(reply, TYPES).problems] == codes
    if codes == ["OUTPUT_LIMIT"]:
        assert "spent its 900 tokens" in read_reply(reply, TYPES).problems[0].message


ARGUMENTS = {"name": "wrecks", "arguments": WRECKS}


def call(arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "wrecks", "arguments": arguments}}


@pytest.mark.parametrize(
    "message",
    [
        {"content": WRECKS},
        {"content": [{"type": "text", "text": WRECKS}]},
        {"content": [{"type": "text", "text": WRECKS[:9]}, {"type": "text", "text": WRECKS[9:]}]},
        {"content": [{"type": "thinking", "thinking": "Hm"}, {"type": "text", "text": WRECKS}]},
        {"content": [{"type": "output_text", "text": {"value": WRECKS}}]},
        {"content": json.loads(WRECKS)},
        {"content": None, "reasoning_content": WRECKS},
        {"content": "", "reasoning": WRECKS},
        {"content": WRECKS, "reasoning_content": wreck(ship="Draft")},
        {"content": None, "tool_calls": [call(WRECKS)]},
        {"content": None, "tool_calls": [call(json.loads(WRECKS))]},
        {"content": "I call it.", "tool_calls": [call(WRECKS)]},
        {"content": wreck(ship="Draft"), "tool_calls": [call(WRECKS)]},
        {"content": None, "tool_calls": [call('{"wreck": []}'), call(WRECKS)]},
        {"content": None, "tool_calls": [call(WRECKS), call("broken")]},
        {"content": None, "tool_calls": None, "function_call": ARGUMENTS},
        {"content": WRECKS, "tool_calls": [], "refusal": None, "audio": None},
    ],
)
def test_the_answer_is_found_in_each_place_of_a_message(message: dict[str, Any]) -> None:
    body = {"choices": [{"message": message, "finish_reason": "tool_calls"}], "usage": "n/a"}
    reply = reply_from_completion(body, "k", "live")
    assert (reply.finish_reason, reply.tokens_in, reply.model) == ("stop", 0, "unknown")
    reading = read_reply(reply, TYPES)
    assert [r.ship for r in reading.records] == ["Halcyon"]  # type: ignore[attr-defined]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("said", "finish"),
    [
        ("end_turn", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"),
        (None, "unknown"),
    ],
)
def test_servers_name_the_end_of_a_reply_variously(said: str | None, finish: str) -> None:
    body = {"choices": [{"message": {"content": "x"}, "finish_reason": said}]}
    assert reply_from_completion(body, "k", "live").finish_reason == finish


@pytest.mark.parametrize("choices", [None, [], {}, "x", [None], [[]]])
def test_a_completion_without_a_choice_holds_no_reply(choices: Any) -> None:
    with pytest.raises(ValueError, match="no choices"):
        reply_from_completion({"choices": choices}, "k", "live")


@pytest.mark.parametrize(
    ("tokens_in", "cut"),
    [(0, False), (10, False), (199, False), (200, True), (512, True), (999, True), (1000, False)],
)
def test_a_server_that_reads_less_than_half_has_cut_its_input(tokens_in: int, cut: bool) -> None:
    messages = ({"role": "system", "content": "a" * 4000}, {"role": "user", "content": "b" * 4000})
    request = Request("d", "p", "000", "wrecks", messages, {}, {})
    found = input_cut(Reply("k", "m", WRECKS, "stop", 0, tokens_in), request)
    assert bool(found) is cut
    if found:
        assert found.message == f"The server read {tokens_in} tokens of about 2000 that were sent"


def test_a_document_of_which_half_was_read_is_partial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("The sea was calm and the wind was low. " * 150)
    config = settings(tmp_path / "out", paths=(tmp_path / "in",))
    said = completion('{"wreck": []}') | {
        "usage": {"prompt_tokens": 512, "completion_tokens": 5, "total_tokens": 517}
    }
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    with endpoint(lambda n, _: reply(said)) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(config)
    assert len(received) == 1
    summary = summarise(config.database)
    assert (summary["documents"], summary["issues"]) == ({"partial": 1}, {"INPUT_CUT": 1})
