"""What a document's answers come to, fact by fact."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain import Document, DocumentResult, Region, Reply, Warned
from pipeline.errors import DocumentError, InterruptedRunError
from pipeline.extract import plan_requests
from pipeline.passages import split_document
from pipeline.readers import Source
from pipeline.results import Answer, Unanswered, assemble, faulty, not_started, quarantined
from pipeline.subject import load_subject
from tests.answers import HALCYON, SUBJECT, WRECKS

(TASK,) = load_subject(SUBJECT).tasks
SENTENCE = HALCYON["evidence"][0]
FAILED = Unanswered("HTTP_503", "down", "Run again.")


def document(text: str = SENTENCE, **changes: Any) -> Document:
    return Document("doc_1", "x.txt", text, "text/1", len(text), "utf-8", **changes)


def result(read: Document, *contents: str | Unanswered, finish: str = "stop") -> DocumentResult:
    whole = replace(read, regions=())  # so that a header is part of a passage, too
    planned = list(plan_requests(read, (TASK,), split_document(whole, 1500, 60), ()))
    answers: list[Answer] = [
        (planned[0], c if isinstance(c, Unanswered) else Reply("k", "m", c, finish))
        for c in contents
    ]
    return assemble(read, planned, answers, ())


def test_a_document_of_running_heads_alone_says_that_nothing_was_asked() -> None:
    read = document(regions=(Region(0, len(SENTENCE), "header"),))
    planned = list(plan_requests(read, (TASK,), split_document(read, 1500, 60), ()))
    assert planned == []
    assert codes(assemble(read, planned, [], ())) == ["NOTHING_ASKED"]
    assert (
        codes(
            assemble(
                read,
                list(plan_requests(document(), (TASK,), split_document(document(), 1500, 60), ())),
                [],
                (),
            )
        )
        == []
    )


def wreck(**changes: Any) -> str:
    return json.dumps({"wreck": [HALCYON | changes]})


def codes(found: DocumentResult) -> list[str]:
    return sorted(issue.code for issue in found.issues)


def test_a_document_is_complete_when_each_call_was_answered_and_parsed() -> None:
    found = result(document(), WRECKS)
    assert (found.status, codes(found)) == ("complete", [])


@pytest.mark.parametrize(
    ("contents", "code"),
    [((WRECKS, FAILED), "HTTP_503"), ((FAILED,), "HTTP_503"), ((WRECKS, "no JSON"), "NOT_JSON")],
)
def test_a_call_without_a_whole_answer_makes_it_partial(
    contents: tuple[str | Unanswered, ...], code: str
) -> None:
    found = result(document(), *contents)
    assert (found.status, codes(found)) == ("partial", [code])
    assert len(found.passages) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sank": "a stormy night"}, ["VALUE_REJECTED"]),
        ({"evidence": ["An invented sentence of nobody."]}, ["QUOTE_MISSING", "UNGROUNDED"]),
        ({"lives_lost": 18}, []),
        ({"evidence": [SENTENCE.replace("17", "18")]}, ["QUOTE_CONFLICT", "UNGROUNDED"]),
    ],
)
def test_what_is_wrong_with_a_record_is_told_and_leaves_it_complete(
    changes: dict[str, Any], said: list[str]
) -> None:
    found = result(document(), wreck(**changes))
    assert (found.status, codes(found)) == ("complete", said)


def test_what_a_reader_warned_of_is_an_issue() -> None:
    warned = Warned("HIDDEN_TEXT", "a layer was left out", "Look at it.")
    found = result(document(warnings=(warned,)), WRECKS)
    assert (found.status, codes(found)) == ("complete", ["HIDDEN_TEXT"])


def test_a_quote_is_found_in_a_pull_quote_or_header_only_where_nowhere_else() -> None:
    text = f"{SENTENCE}\n\nMore of it.\n\n{SENTENCE}"
    for layer in ("pull_quote", "header", "margin"):
        aside = Region(0, len(SENTENCE), layer)
        read = document(text, regions=(aside,))
        found = result(read, WRECKS)
        assert found.records[0].evidence[0].start == text.rindex(SENTENCE)


def test_relative_dates_are_those_of_the_document() -> None:
    text = "A note.\n\nThe Halcyon went down last month in a storm with 17 souls."
    said = wreck(evidence=[text.split("\n\n")[1]], sank="1891-03")
    assert result(document(text, date="1891-04-12"), said).records[0].doubted == ()
    assert result(document(text), said).records[0].doubted == ("sank",)


def test_documents_without_text_keep_their_place_and_say_why(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("abc")
    source = Source(path, "in/x.txt")
    unread = quarantined(source, DocumentError("EMPTY_FILE", "it is empty", "Remove it."))
    assert (unread.status, codes(unread)) == ("quarantined", ["EMPTY_FILE"])
    fault = faulty(source, "ValueError: odd")
    assert (fault.status, codes(fault)) == ("quarantined", ["INTERNAL"])
    later = not_started(source, InterruptedRunError())
    assert (later.status, codes(later)) == ("partial", ["NOT_STARTED"])
    assert later.document.id == unread.document.id
    assert (later.document.path, later.document.size_bytes) == ("in/x.txt", 3)
