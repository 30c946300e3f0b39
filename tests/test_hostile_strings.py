"""What documents, endpoints and files of answers may hold: no string ends or stalls what reads it.

Those that took exponential time are not timed: they would not end while anybody waits.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain import Document, Reply, Request
from pipeline.ledger import Ledger
from pipeline.models.batch import import_answers
from pipeline.models.body import reply_from_completion
from pipeline.models.limits import retry_after
from pipeline.models.recorded import RecordedReplies, save_reply
from pipeline.models.refusals import refusal_of
from pipeline.readers.decode import decode_declared
from pipeline.resolve.names import acronym_of, name_form
from pipeline.resolve.scripts import from_palladius
from pipeline.text.abbreviations import find_abbreviations


def test_names_that_part_in_very_many_ways() -> None:
    assert from_palladius("юэ" * 90 + "щ") == ""
    assert name_form("xqzv" + "erstern" * 28) is not None
    assert acronym_of("xy zz " * 20_000) == ""


def test_blanks_behind_a_bracket() -> None:
    assert find_abbreviations("(hereinafter" + " " * 5000 + "x") == []
    assert [
        a.short for a in find_abbreviations("the Fund of Cells (hereinafter  the Fund) is")
    ] == ["Fund"]


def test_an_abbreviation_whose_long_form_has_other_blanks_begins_in_the_text() -> None:
    (found,) = find_abbreviations("The World\u00a0Health Organization (WHO) is.")
    assert 0 <= found.start < found.end


@pytest.mark.parametrize(
    "charset",
    [
        "utf7",
        "u7",
        "unicode-1-1-utf-7",
        "unicode escape",
        "unicode--escape",
        "undefined-",
        "a\0b",
        "\ud800",
    ],
)
def test_codecs_that_are_no_charsets(charset: str) -> None:
    assert decode_declared(b"+2AA- price \\ud800", charset) is None


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +999999999999999999",
    ],
)
def test_a_pause_beyond_all_calendars_is_none(value: str) -> None:
    assert retry_after({"retry-after": value}) is None


@pytest.mark.parametrize("code", ["9" * 5000, "429"])
def test_codes_of_any_length(code: str) -> None:
    body: dict[str, Any] = {"error": {"message": "x", "code": code}, "detail": [{"loc": None}]}
    assert refusal_of(400, body, {}).message


def test_a_detail_without_a_place() -> None:
    assert "x" in refusal_of(422, {"detail": [{"loc": None, "msg": "x"}]}, {}).message


def completion(content: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": content}, "finish_reason": "stop\ud800"}]} | more


def test_half_characters_of_an_endpoint_are_not_kept() -> None:
    reply = reply_from_completion(completion("{}\ud800", model="m\ud800"), "k", "chat")
    for text in (reply.content, reply.model, reply.finish_reason):
        text.encode()


def test_an_answer_nested_beyond_all_depth_is_a_failure_and_no_end(tmp_path: Path) -> None:
    deep = json.loads("[" * 480 + "]" * 480)
    answers = [{"custom_id": "a", "response": {"status_code": 200, "body": completion(deep)}}]
    answers.append({"custom_id": "b", "response": {"status_code": 200, "body": completion("{}")}})
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(map(json.dumps, answers)), encoding="utf-8")
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    counts = import_answers(file, ledger)
    ledger.close()
    assert counts.kept >= 1


@pytest.mark.parametrize("content", ["[" * 3000, '{"a": "\\ud800"}'])
def test_any_reply_is_recorded_and_read(tmp_path: Path, content: str) -> None:
    document = Document("doc_1", "x.txt", "text", "text/1", 4, "utf-8")
    request = Request("doc_1", "p_1", "000", "wrecks", (), {}, {})
    save_reply(tmp_path, document, request, Reply("k", "m", content, "stop"))
    assert RecordedReplies(tmp_path)
