"""What the closing screen counts, fact by fact."""

from __future__ import annotations

from pathlib import Path

from pipeline.store.summary import summarise
from tests.store.ships import made, ship

TEXT = "Halcyon sank in 1891. Orion owns it."
QUOTE = "Halcyon sank in 1891."


def test_quotes_and_values_are_counted_apart_and_doubts_are_listed(tmp_path: Path) -> None:
    record = ship(QUOTE, "Halcyon", owner="Fermion", country="FI")
    summary = summarise(made(tmp_path, {"a.txt": TEXT}, {"a.txt": [record]}).database)
    assert summary["quotes"] == {"exact": 1}
    assert summary["values"] == {"quoted": 1, "absent": 2, "inferred": 1}
    assert {row["field"] for row in summary["doubted"]} == {"owner", "country"}
    assert summary["records"] == {"ship": 1}


def test_entities_are_what_records_are_about_and_meet_in_two_documents(tmp_path: Path) -> None:
    record = ship(QUOTE, "Halcyon", owner="Orion")
    one = summarise(made(tmp_path / "a", {"a.txt": TEXT}, {"a.txt": [record]}).database)
    assert (one["entities"], one["entities_in_two_documents"]) == ({"organisation": 1}, {})
    texts = {"a.txt": TEXT, "b.txt": f"{TEXT} So it is."}
    two = summarise(made(tmp_path / "b", texts, {name: [record] for name in texts}).database)
    assert two["entities"] == two["entities_in_two_documents"] == {"organisation": 1}


def test_what_kept_a_document_from_being_complete_is_told_once(tmp_path: Path) -> None:
    texts = {"a.txt": TEXT, "b.txt": ""}
    summary = summarise(made(tmp_path, texts, {"a.txt": [ship(QUOTE, "Halcyon")]}).database)
    assert summary["documents"] == {"complete": 1, "quarantined": 1}
    assert [row["code"] for row in summary["not_complete"]] == ["EMPTY_FILE"]
    assert summary["noticed"] == []


def test_an_issue_of_a_complete_document_keeps_it_from_nothing(tmp_path: Path) -> None:
    texts = {"a.txt": TEXT, "b.txt": TEXT}
    lost = ship("A ship that nobody wrote about.", "Petrel")
    summary = summarise(made(tmp_path, texts, {"a.txt": [lost], "b.txt": [lost]}).database)
    assert summary["not_complete"] == []
    assert [row["code"] for row in summary["noticed"]] == ["DUPLICATE_FILE"]
    partial = ship(QUOTE, "Halcyon") | {"evidence": []}
    answers = {"a.txt": [lost, partial]}
    summary = summarise(made(tmp_path / "b", {"a.txt": TEXT}, answers).database)
    assert {row["code"] for row in summary["not_complete"]} >= {"RECORD_REJECTED"}


def test_a_duplicate_is_no_reason_why_its_document_is_not_complete(tmp_path: Path) -> None:
    broken = ship(QUOTE, "Halcyon") | {"evidence": []}
    texts = {"a.txt": TEXT, "b.txt": TEXT}
    answers = {name: [broken] for name in texts}
    summary = summarise(made(tmp_path, texts, answers).database)
    assert [row["code"] for row in summary["not_complete"]] == ["RECORD_REJECTED"]
    assert [row["code"] for row in summary["noticed"]] == ["DUPLICATE_FILE"]
