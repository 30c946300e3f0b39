"""What becomes of a reply, fact by fact."""

import json
from typing import Any

import pytest

from pipeline.domain import Document, Extraction, Passage, Reply
from pipeline.extract import halve, parse_reply, plan_requests
from pipeline.passages import split_document
from pipeline.subject import load_subject
from pipeline.text.abbreviations import find_abbreviations
from tests.answers import HALCYON, SUBJECT, WRECKS

(TASK,) = load_subject(SUBJECT).tasks
BUNDLED = load_subject()
PASSAGE = Passage("p_1", "doc_1", 0, 0, 100)
BAD = {"ship": "X"}


def parsed(content: str, finish: str = "stop") -> Extraction:
    return parse_reply(Reply("k", "m", content, finish), PASSAGE, TASK)


def codes(content: str, finish: str = "stop") -> list[str]:
    return sorted({issue.code for issue in parsed(content, finish).issues})


def wrecks(*items: dict[str, Any]) -> str:
    return json.dumps({"wreck": list(items)})


def test_the_record_that_a_truncated_reply_ends_in_is_no_issue_of_its_own() -> None:
    cut = wrecks(HALCYON, BAD)[:-2]
    assert codes(cut, "length") == ["TRUNCATED"]
    assert len(parsed(cut, "length").records) == 1


def test_a_bad_record_before_the_last_of_a_truncated_reply_is_an_issue() -> None:
    assert codes(wrecks(BAD, HALCYON)[:-2], "length") == ["RECORD_REJECTED", "TRUNCATED"]


def test_the_last_record_of_a_whole_reply_is_an_issue_when_it_is_bad() -> None:
    assert codes(wrecks(HALCYON, BAD)) == ["RECORD_REJECTED"]


def test_a_lost_value_is_told_from_a_lost_record() -> None:
    assert codes(wrecks(HALCYON | {"sank": "a stormy night"})) == ["VALUE_REJECTED"]
    assert codes(wrecks(HALCYON | {"evidence": []})) == ["RECORD_REJECTED"]


@pytest.mark.parametrize(
    ("finish", "code"), [("refusal", "REFUSED"), ("content_filter", "FILTERED")]
)
def test_a_reply_that_was_stopped_yields_nothing_whatever_it_holds(finish: str, code: str) -> None:
    assert codes(WRECKS, finish) == [code]
    assert parsed(WRECKS, finish).records == ()


def test_a_whole_reply_is_whole_though_blank_lines_hit_the_limit() -> None:
    assert codes(WRECKS + "\n" * 5000, "length") == []
    assert codes(WRECKS.rstrip()[:-1], "length") == ["TRUNCATED"]
    assert len(parsed(WRECKS, "length").records) == 1


@pytest.mark.parametrize(
    ("content", "finish", "code"),
    [
        ('{"wreck"', "length", "NOT_JSON"),
        ('{"other": [], "x', "length", "TRUNCATED"),
        ('{"other": []}', "stop", "SCHEMA_BROKEN"),
        ("[1]", "stop", "SCHEMA_BROKEN"),
        ("   ", "stop", "EMPTY_REPLY"),
    ],
)
def test_a_list_is_missed_only_in_a_whole_reply(content: str, finish: str, code: str) -> None:
    assert codes(content, finish) == [code]


def test_prose_around_an_answer_does_no_harm() -> None:
    assert codes(f"Here {WRECKS} it is.") == []
    assert len(parsed(f"Here {WRECKS} it is.").records) == 1


def test_an_issue_names_document_passage_and_task() -> None:
    (issue,) = parsed("no JSON").issues
    assert (issue.document_id, issue.passage_id, issue.task) == ("doc_1", "p_1", TASK.name)


GOOD = ["supply", "license", "merger"]


@pytest.mark.parametrize(
    "given",
    [
        ["bad", "supply", "worse", "license", "merger"],
        [*["x"] * 9, "supply", *["y"] * 9, *GOOD[1:]],
    ],
    ids=["few", "many"],
)
def test_bad_items_of_a_list_are_taken_out_and_the_good_ones_stay(given: list[str]) -> None:
    task = next(t for t in BUNDLED.tasks if t.name == "agreements")
    kind = task.record_types[0]
    empty = {name: [] for name in ("products", "technologies", "territories", "stages")}
    empty |= {
        name: [] for name in ("amounts", "stakes", "instruments", "parties", "unnamed_parties")
    }
    null = "title response signed announced effective ends place country follows speaker"
    item = empty | dict.fromkeys(null.split()) | {"realis": "actual", "form": "memorandum"}
    item |= {"evidence": ["q"], "status": "signed", "subject": "s"}
    item |= {"components": given}
    reply = Reply("k", "m", json.dumps({"agreement": [item]}), "stop")
    extraction = parse_reply(reply, PASSAGE, task)
    assert [type(record) for record in extraction.records] == [kind]
    assert extraction.records[0].model_dump()["components"] == GOOD


TEXT = "The Full Fund (TFF) pays. " + "TFF pays again and again for it. " * 60


def document() -> Document:
    return Document("doc_1", "x.txt", TEXT, "text/1", len(TEXT), "utf-8")


def test_every_task_is_asked_about_every_passage() -> None:
    passages = split_document(document(), 200, 60)
    planned = list(plan_requests(document(), BUNDLED.tasks, passages, ()))
    assert len(passages) > 1
    names = [task.name for task in BUNDLED.tasks]
    assert [(p.passage.index, p.task.name) for p in planned] == [
        (passage.index, name) for passage in passages for name in names
    ]


def test_halves_of_a_passage_know_the_documents_abbreviations() -> None:
    known = find_abbreviations(TEXT)
    passages = split_document(document(), 1500, 60)
    (planned,) = plan_requests(document(), (TASK,), passages, known)
    halves = halve(document(), planned, known)
    assert [half.request.passage_name for half in halves] == ["000a", "000b"]
    for half in halves:
        assert '- "TFF" = "The Full Fund"' in half.request.messages[1]["content"]
        assert half.task is TASK
