"""Quirks of servers, one line each: what the server does, and what must come out of four documents.

Each runs over HTTP with the real client. `docs/operators.md` has a page of them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DossierError
from pipeline.run import Outcome, run
from pipeline.store.summary import summarise
from tests.answers import completion, settings
from tests.models.server import Answer, endpoint, reply
from tests.models.test_faults import key_of, right_answer, write_documents

DOCUMENTS = 4


@dataclass
class Asked:
    """One HTTP call: which of all it is, which of its document, and the body."""

    number: int
    nth: int
    body: dict[str, Any]

    @property
    def document(self) -> int:
        """The number in the text of the document."""
        found = re.search(r"Chronicle (\d+)\.", key_of(self.body))
        assert found
        return int(found[1])

    @property
    def right(self) -> str:
        """The right answer as text."""
        return right_answer(self.body)

    @property
    def form(self) -> str:
        """The mode it is asked in."""
        kind = self.body.get("response_format", {}).get("type", "")
        return "tools" if "tools" in self.body else {"json_schema": "schema"}.get(kind, "json")


Server = Callable[[Asked], Answer]


def good(asked: Asked) -> Answer:
    return reply(completion(asked.right))


def message(make: Callable[[str], dict[str, Any]], finish: str = "stop") -> Server:
    """A server that puts the answer elsewhere in the message."""

    def answer(asked: Asked) -> Answer:
        body = completion(None, finish)
        body["choices"][0]["message"] = make(asked.right)  # type: ignore[index]
        return reply(body)

    return answer


def content(make: Callable[[str], str], finish: str = "stop") -> Server:
    """A server that writes the answer differently."""
    return lambda asked: reply(completion(make(asked.right), finish))


def changed(**changes: Any) -> Server:
    """A server whose completion has other values at the top."""
    return lambda asked: reply(completion(asked.right) | changes)


def error(said: str, code: str | int | None = None, **more: Any) -> dict[str, Any]:
    return {"error": {"message": said, "code": code, **more}}


def first(number: int, answer: Answer) -> Server:
    """A server whose first answers to each document are bad."""
    return lambda asked: answer if asked.nth < number else good(asked)


def for_one(answer: Answer) -> Server:
    """A server that refuses one document."""
    return lambda asked: answer if asked.document == 1 else good(asked)


def third(answer: Answer) -> Server:
    """A server whose third answer is bad."""
    return lambda asked: answer if asked.number == 2 else good(asked)


def always(answer: Answer) -> Server:
    return lambda asked: answer


def after(number: int, answer: Answer) -> Server:
    """A server that answers so many calls, and then no more."""
    return lambda asked: answer if asked.number >= number else good(asked)


def takes(*forms: str, status: int = 400, said: str = "{} is not supported") -> Server:
    """A server that takes some forms only."""
    names = {"schema": "response_format", "tools": "tools", "json": "json_object"}

    def answer(asked: Asked) -> Answer:
        if asked.form in forms:
            return good(asked)
        return reply(error(said.format(names[asked.form])), status)

    return answer


def without(*parameters: str, said: str = "Unsupported parameter: '{}'") -> Server:
    """A server that does not know some parameters."""

    def answer(asked: Asked) -> Answer:
        known = next((name for name in parameters if name in asked.body), None)
        return reply(error(said.format(known)), 400) if known else good(asked)

    return answer


def call(arguments: Any) -> dict[str, Any]:
    return {"id": "t", "type": "function", "function": {"name": "wrecks", "arguments": arguments}}


def usage(**counts: Any) -> Server:
    return changed(usage=counts)


@dataclass
class Quirk:
    """What a server does, and what comes out: documents that are complete, HTTP calls, codes of
    issues, and what the run is stopped by, if it is."""

    name: str
    server: Server
    complete: int = DOCUMENTS
    calls: int = DOCUMENTS
    issues: set[str] = field(default_factory=set)
    stopped: str = ""
    published: bool = True
    changes: dict[str, Any] = field(default_factory=dict)


FILTERED = reply(error("The response was filtered", "content_filter"), 400)
TOO_LONG = reply(error("maximum context length is 512 tokens", "context_length_exceeded"), 400)
THINKING = {"prompt_tokens": 300, "completion_tokens": 9000}

QUIRKS = [
    # Where the answer is.
    Quirk("content in parts", message(lambda t: {"content": [{"type": "text", "text": t}]})),
    Quirk("content in two parts", message(lambda t: {"content": [{"type": "text", "text": t[:9]}, {"type": "text", "text": t[9:]}]})),
    Quirk("a part of thinking", message(lambda t: {"content": [{"type": "thinking", "thinking": "Hm {"}, {"type": "text", "text": t}]})),
    Quirk("content as an object", message(lambda t: {"content": json.loads(t)})),
    Quirk("reasoning_content only", message(lambda t: {"content": None, "reasoning_content": t})),
    Quirk("reasoning only", message(lambda t: {"content": "", "reasoning": t})),
    Quirk("thinking beside the answer", message(lambda t: {"content": t, "reasoning_content": '{"wreck": []}'})),
    Quirk("a tool call", message(lambda t: {"content": None, "tool_calls": [call(t)]}, "tool_calls")),
    Quirk("tool arguments as an object", message(lambda t: {"tool_calls": [call(json.loads(t))]})),
    Quirk("text beside a tool call", message(lambda t: {"content": "I use it.", "tool_calls": [call(t)]})),
    Quirk("a function call of old", message(lambda t: {"function_call": {"name": "w", "arguments": t}})),
    Quirk("text where completions had it", lambda a: reply({"choices": [{"text": a.right, "finish_reason": "stop"}]})),
    # How it is written.
    Quirk("Markdown fences", content("```json\n{}\n```".format)),
    Quirk("prose around it", content("Sure! {}\nAnything else?".format)),
    Quirk("think tags", content('<think>{{"wreck": []}}?</think>{}'.format)),
    Quirk("think tags without a beginning", content("I see.</think>\n{}".format)),
    Quirk("a byte order mark", content("\ufeff{}".format)),
    Quirk("blank lines to the limit", content(lambda t: t + "\n" * 3000, "length")),
    Quirk("NUL in a name", content(lambda t: t.replace("schooner", "schooner\\u0000"))),
    Quirk("half a character", content(lambda t: t.replace('"speaker": null', '"speaker": null, "x": "\\ud83d"'))),
    Quirk("an unknown key", content(lambda t: t.replace('"ship"', '"note": 1, "ship"'))),
    Quirk("a nullable key left out", content(lambda t: t.replace('"speaker": null, ', ""))),
    Quirk("a key given twice alike", content(lambda t: t.replace('"cause": "storm"', '"cause": "storm", "cause": "storm"'))),
    Quirk("an empty list before the list", content(lambda t: t.replace('{"wreck"', '{"wreck": [], "wreck"'))),
    Quirk("a key given twice", content(lambda t: t.replace('"sank": ', '"sank": "1890", "sank": ')), 4, 4, {"VALUE_REJECTED"}),
    Quirk("wrapped in another object", content('{{"answer": {}}}'.format)),
    Quirk("wrapped in a list", content("[{}]".format)),
    # How it ends.
    Quirk("finish reason end_turn", message(lambda t: {"content": t}, "end_turn")),
    Quirk("finish reason null", lambda a: reply(completion(a.right, None))),  # type: ignore[arg-type]
    Quirk("nothing but thinking to the limit", lambda a: reply(completion("", "length") | {"usage": THINKING}), 0, 4, {"OUTPUT_LIMIT"}),
    Quirk("prose to the limit", content(lambda t: "Let me see. " * 50, "length"), 0, 4, {"OUTPUT_LIMIT"}),
    Quirk("a refusal", for_one(reply(completion(None, refusal="I would rather not"))), 3, 4, {"REFUSED"}),
    Quirk("stopped by the filter", for_one(reply(completion("", "content_filter"))), 3, 4, {"FILTERED"}),
    Quirk("empty at first", first(1, reply(completion("")))  , 4, 8),
    Quirk("prose always", content(lambda t: "There is nothing."), 0, 12, {"NOT_JSON"}),
    # What it counts.
    Quirk("usage as text", changed(usage="n/a")),
    Quirk("usage null", changed(usage=None)),
    Quirk("counts as text", usage(prompt_tokens="10", completion_tokens=None)),
    Quirk("a count beyond all", usage(prompt_tokens=2**70, completion_tokens=5)),
    Quirk("negative counts", usage(prompt_tokens=-1, completion_tokens=-1)),
    Quirk("no model", changed(model=None)),
    Quirk("an error null beside the answer", changed(error=None)),
    # One document's issue.
    Quirk("400 content_filter", for_one(FILTERED), 3, 4, {"FILTERED"}),
    Quirk("400 context length", for_one(TOO_LONG), 3, 4, {"TOO_LONG"}),
    Quirk("400 content_filter for all", always(FILTERED), 0, 4, {"FILTERED"}),
    Quirk("400 failed generation", for_one(reply(error("Failed to generate JSON", "json_validate_failed"), 400)), 3, 4, {"NOT_GENERATED"}),
    Quirk("403 for one prompt", for_one(reply(error("Blocked"), 403)), 3, 4, {"HTTP_403"}),
    Quirk("413 for one prompt", for_one(reply({}, 413)), 3, 4, {"TOO_LONG"}),
    Quirk("400 about a schema of its own", for_one(reply(error("schema of the tenant"), 400)), 3, 4, {"HTTP_400"}),
    Quirk("422 without a word", for_one((422, {}, "")), 3, 4, {"HTTP_422"}),
    # Everybody's.
    Quirk("401", always(reply(error("Incorrect API key provided"), 401)), 0, 1, stopped="refuses the key", published=False),
    Quirk("400 about the key", always(reply(error("API key not valid"), 400)), 0, 1, stopped="refuses the key", published=False),
    Quirk("402", always(reply(error("Insufficient Balance"), 402)), 0, 1, stopped="out of quota", published=False),
    Quirk("insufficient_quota", always(reply(error("You exceeded your current quota", "insufficient_quota"), 429)), 0, 1, stopped="out of quota", published=False),
    Quirk("credit in a 400", always(reply(error("Your credit balance is too low"), 400)), 0, 1, stopped="out of quota", published=False),
    Quirk("no such model", always(reply(error("The model `m` does not exist", "model_not_found"), 404)), 0, 1, stopped="no such model", published=False),
    Quirk("403 for all", always(reply(error("Forbidden"), 403)), 0, 3, {"HTTP_403"}, "refuses 3 different requests alike", published=False),
    Quirk("a key that ends", after(2, reply(error("Incorrect API key provided"), 401)), 2, 3, {"ENDPOINT", "NOT_STARTED"}, "refuses the key"),
    Quirk("credit that ends", after(3, reply(error("payment required"), 402)), 3, 4, {"ENDPOINT"}, "out of quota"),
    # The moment's.
    Quirk("429 at first", first(2, reply(error("slow down", "rate_limit_exceeded"), 429)), 4, 12),
    Quirk("503 with Retry-After 0", first(1, reply(error("busy"), 503, **{"retry-after": "0"})), 4, 8),
    Quirk("529 at first", first(1, reply(error("Overloaded"), 529)), 4, 8),
    Quirk("500 without a body", first(1, (500, {}, "")), 4, 8),
    Quirk("an error within a 200", first(1, reply(error("Rate limit", 429))), 4, 8),
    Quirk("an error within a choice", first(1, reply({"choices": [{"error": {"code": 502, "message": "Upstream"}}]})), 4, 8),
    Quirk("no choices at first", first(1, reply({"choices": []})), 4, 8),
    Quirk("a filter within a 200", for_one(reply(error("flagged by moderation"))), 3, 4, {"FILTERED"}),
    Quirk("a key within a 200", always(reply(error("No auth credentials found", 401))), 0, 1, stopped="refuses the key", published=False),
    Quirk("a page later", third((200, {"content-type": "text/html"}, "<html>")), 3, 4, {"BAD_COMPLETION"}),
    # Forms and parameters.
    Quirk("tools only", takes("tools"), 4, 6),
    Quirk("json_object only", takes("json"), 4, 8),
    Quirk("tools only, said with 500", takes("tools", status=500, said="{} type is invalid"), 4, 6),
    Quirk("json_object only, said with 500", takes("json", status=500, said="1 validation error: body.{}: Input should be 'text'"), 4, 8),
    Quirk("tools only, said with 422", takes("tools", status=422, said="unknown field {}"), 4, 6),
    Quirk("no form at all", takes(), 0, 6, {"ENDPOINT", "FORM_REFUSED", "NOT_STARTED"}, "no request in the mode", published=False),
    Quirk("max_tokens instead", without("max_completion_tokens"), 4, 5),
    Quirk("no limit of output", without("max_completion_tokens", "max_tokens"), 4, 6),
    Quirk("extra inputs", without("max_completion_tokens", said="body.{}: Extra inputs are not permitted"), 4, 5),
    Quirk("tools by hand", takes("tools"), 4, 4, changes={"mode": "tools"}),
]  # fmt: skip


def outcome_of(
    quirk: Quirk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Outcome | None, str, int, dict[str, Any]]:
    """The outcome of a run, why it was stopped, how many calls the server saw, and the summary."""
    write_documents(folder / "in", DOCUMENTS)
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.01)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    seen: dict[str, int] = defaultdict(int)

    def answer(number: int, body: dict[str, Any]) -> Answer:
        key = key_of(body)
        seen[key] += 1
        return quirk.server(Asked(number, seen[key] - 1, body))

    given = {"paths": (folder / "in",), "concurrency": 1} | quirk.changes
    config = settings(folder / "out", **given)
    with endpoint(answer) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        try:
            outcome: Outcome | None = run(config)
            stopped = str(outcome.stopped or "") if outcome else ""
        except DossierError as raised:
            outcome, stopped = None, str(raised)
    summary = summarise(config.database) if config.database.exists() else {}
    return outcome, stopped, len(received), summary


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_what_comes_out_of_each_quirk(
    quirk: Quirk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, stopped, calls, summary = outcome_of(quirk, tmp_path, monkeypatch)
    assert quirk.stopped in stopped
    assert bool(quirk.stopped) == bool(stopped)
    assert (outcome is not None) == quirk.published
    assert calls == quirk.calls
    if quirk.published:
        assert summary["documents"].get("complete", 0) == quirk.complete
        assert sum(summary["documents"].values()) == DOCUMENTS
        # Whether the last document had been started when the run ended is a matter of moments.
        assert quirk.issues - {"NOT_STARTED"} <= set(summary["issues"]) <= quirk.issues
        assert summary["records"].get("wreck", 0) >= quirk.complete


def test_each_quirk_has_a_name_of_its_own() -> None:
    assert len(QUIRKS) >= 60
    assert len({quirk.name for quirk in QUIRKS}) == len(QUIRKS)
