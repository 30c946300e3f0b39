"""Which rows a document becomes, and what makes an entity, fact by fact."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from pipeline.domain import Document, DocumentResult, Issue, Region
from pipeline.store.rows import rows_of
from tests.store.ships import ask, made, ship

TEXT = "The Halcyon of Norway sank in March 1891. She belonged to Orion."
WHOLE = "The Halcyon of Norway sank in March 1891."


def test_a_record_that_a_reply_holds_twice_is_there_once(tmp_path: Path) -> None:
    record = ship(WHOLE, "Halcyon")
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": [record, record]})
    assert ask(config, "SELECT count(*) FROM ship") == [(1,)]
    assert ask(config, "SELECT count(*) FROM mention") == [(1,)]


def test_the_days_of_a_date_stand_beside_it(tmp_path: Path) -> None:
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": [ship(WHOLE, "Halcyon", sank="1891-03")]})
    assert ask(config, "SELECT sank, sank_lo, sank_hi FROM ship") == [
        ("1891-03", datetime.date(1891, 3, 1), datetime.date(1891, 3, 31))
    ]


def test_an_ungrounded_record_and_a_doubted_name_make_no_entity(tmp_path: Path) -> None:
    records = [
        ship("The Petrel is a ship that nobody wrote about.", "Halcyon", sank="1891"),
        ship(WHOLE, "Halcyon", owner="Fermion"),
    ]
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": records})
    assert ask(config, "SELECT count(*) FROM ship") == [(2,)]
    assert ask(config, "SELECT name, field FROM mention") == [("Halcyon", "name")]
    assert ask(config, "SELECT name, mentions FROM entity") == [("Halcyon", 1)]


def test_a_doubted_country_tells_no_names_apart(tmp_path: Path) -> None:
    right = ship(WHOLE, "Halcyon", country="NO")
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": [right]})
    assert ask(config, "SELECT within FROM mention") == [("NO",)]
    wrong = ship(WHOLE, "Halcyon", country="FI")
    config = made(tmp_path / "b", {"a.txt": TEXT}, {"a.txt": [wrong]})
    assert ask(config, "SELECT within FROM mention") == [(None,)]


def test_mentions_are_of_a_record_and_a_field(tmp_path: Path) -> None:
    records = [ship(WHOLE, "Halcyon"), ship(WHOLE, "Halcyon", sank="1891")]
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": records})
    assert ask(config, "SELECT count(DISTINCT mention_id) FROM mention") == [(2,)]
    assert ask(config, "SELECT documents, mentions FROM entity") == [(1, 2)]


def result(status: str, regions: tuple[Region, ...] = ()) -> DocumentResult:
    document = Document("d", "x", "Some text.", "pdf/1", 1, "", regions=regions)
    issue = Issue("d", "NOTED", "said", "do")
    return DocumentResult(document, status, issues=(issue,))  # type: ignore[arg-type]


def test_only_a_document_that_is_not_complete_has_reasons() -> None:
    for status, reasons in (("complete", []), ("partial", ["NOTED"]), ("quarantined", ["NOTED"])):
        (row,) = rows_of(result(status), {})["document"]
        assert row[-2:] == (status, reasons)


def test_a_document_has_as_many_pages_as_its_last_region_says() -> None:
    regions = (Region(0, 2, page=1), Region(2, 4, page=3), Region(4, 5))
    (row,) = rows_of(result("complete", regions), {})["document"]
    assert 3 in row
    (row,) = rows_of(result("complete"), {})["document"]
    assert row[-4] is None


@pytest.mark.parametrize("message", ["half \ud83d", 2**63, -(2**63) - 1])
def test_what_no_column_holds_is_refused_before_it_is_loaded(message: object) -> None:
    issue = Issue("d", "NOTED", message, "do")  # type: ignore[arg-type]
    odd = DocumentResult(result("complete").document, "complete", issues=(issue,))
    with pytest.raises(ValueError, match=r"too large|surrogates"):
        rows_of(odd, {})
