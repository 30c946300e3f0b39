"""A second look at the sentences that no record rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.domain import Document, Evidence, GroundedRecord, Passage
from pipeline.ledger import Ledger
from pipeline.run import plan, run
from pipeline.second_look import look_requests
from pipeline.settings import LOOK, Settings
from pipeline.store.query import Session
from pipeline.subject import load_subject
from tests.answers import HALCYON, SUBJECT, WRECKS, answer_all, settings

DAWN = HALCYON | {
    "evidence": ["The steamer Bright Dawn burned at her berth in the summer of 1902"],
    "ship": "Bright Dawn", "sank": "1902-22", "cause": "fire", "lives_lost": None,
}  # fmt: skip
NOTHING = json.dumps({"wreck": []})


def asked(config: Settings) -> list[str]:
    """The tasks of what is planned and has no answer, in order."""
    ledger = Ledger(config.ledger)
    try:
        return [
            planned.task.name for _, planned in plan(config, ledger)
            if ledger.get(planned.request.key(config.model)) is None
        ]  # fmt: skip
    finally:
        ledger.close()


def ships(config: Settings) -> list[tuple[str, str]]:
    session = Session(run(config).database or config.database)
    try:
        return session.query(
            "SELECT w.ship, r.task FROM wreck w JOIN reply r USING (request_key) ORDER BY w.ship"
        )[1]
    finally:
        session.close()


def test_what_was_left_out_is_asked_for_once_and_marked(tmp_path: Path) -> None:
    config = settings(tmp_path, second_look=True)
    assert asked(config) == ["wrecks"]
    answer_all(config, WRECKS)
    assert asked(config) == [f"wrecks{LOOK}"]
    assert ships(settings(tmp_path)) == [("Halcyon", "wrecks")]
    answer_all(config, json.dumps({"wreck": [DAWN]}))
    assert asked(config) == []
    assert ships(config) == [("Bright Dawn", f"wrecks{LOOK}"), ("Halcyon", "wrecks")]


def test_a_run_with_and_one_without_are_two(tmp_path: Path) -> None:
    config = settings(tmp_path, second_look=True)
    answer_all(config, WRECKS)
    answer_all(config, NOTHING)
    first = run(settings(tmp_path))
    again = run(config)
    assert first.database != again.database
    session = Session(again.database or config.database)
    try:
        assert session.query("SELECT second_look <> '' FROM run")[1] == [(True,)]
    finally:
        session.close()


TEXT = (
    "A first paragraph that says nothing of note.\n\nThe Halcyon sank on 4 March 1891. She had cost 5 pounds"
    " to insure.\n\nNobody remembers them.\n\nIn 1902 the Bright Dawn burned at her berth in the harbour."
)


def grounded(text: str, quote: str, passage: Passage) -> GroundedRecord:
    start = text.index(quote)
    evidence = Evidence("", None, quote, start, start + len(quote), "exact", 1.0)
    (wreck,) = load_subject(SUBJECT).record_types[:1]
    record = wreck.model_validate(HALCYON | {"evidence": [quote]})
    return GroundedRecord(
        "r", passage, "wrecks", "k", record, (evidence,), grounded=True, doubted=()
    )


def requests(*passages: Passage) -> list[str]:
    document = Document("d", "d.txt", TEXT, "text/6", len(TEXT), "utf-8", language="en")
    record = grounded(TEXT, "The Halcyon sank on 4 March 1891.", passages[0])
    found = look_requests(document, [record], passages, (), load_subject(SUBJECT).looks)
    return [request.messages[1]["content"] for _, request in found]


def test_a_request_shows_the_surroundings_and_what_is_known() -> None:
    (shown,) = requests(Passage("p", "d", 0, 0, len(TEXT)))
    text = shown.split("<<<")[1].split("\n", 1)[1].split("\npassage_")[0]
    assert text.split("\n\n") == [
        "The Halcyon sank on 4 March 1891. She had cost 5 pounds to insure.", "[...]",
        "In 1902 the Bright Dawn burned at her berth in the harbour.",
    ]  # fmt: skip
    assert "- wreck: Halcyon; 1891-03-04; storm; 17\n" in shown.split("The surroundings:")[0]
    listed = shown.split("Sentences to look at again:\n")[1].split("\n")
    assert [json.loads(line.removeprefix("- ")) for line in listed] == [
        "She had cost 5 pounds to insure.", "In 1902 the Bright Dawn burned at her berth in the harbour.",
    ]  # fmt: skip


def test_a_sentence_in_two_passages_is_asked_about_in_the_first() -> None:
    whole = Passage("p", "d", 0, 0, len(TEXT))
    overlapping = Passage("q", "d", 1, TEXT.index("Nobody"), len(TEXT))
    assert len(requests(whole, overlapping)) == 1


def test_where_nothing_is_left_nothing_is_asked(tmp_path: Path) -> None:
    config = settings(tmp_path, second_look=True)
    answer_all(config, json.dumps({"wreck": [HALCYON, DAWN]}))
    assert asked(config) == []


@pytest.mark.parametrize("name", ["activities", "actors", "agreements", "assets"])
def test_every_task_has_its_second_look(name: str) -> None:
    subject = load_subject()
    first = next(task for task in subject.tasks if task.name == name)
    look = next(task for task in subject.looks if task.name == f"{name}{LOOK}")
    assert look.schema == first.schema
    assert look.instructions.startswith(first.instructions)
    assert "Do not repeat a record of the list" in look.instructions
    assert {look.name, first.name} <= set(subject.digests)
