"""What the published file holds besides the rows, fact by fact."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.errors import DossierError
from pipeline.store.publish import load_views
from tests.store.ships import ask, made, ship

TEXT = "Halcyon sank. Orion owns it."
ANSWER = [ship("Halcyon sank.", "Halcyon"), ship("A ship of nobody at all.", "Petrel")]


def test_every_table_is_sorted_by_its_keys(tmp_path: Path) -> None:
    texts = {f"{n}.txt": f"Halcyon sank. Petrel rose. Number {n}." for n in range(9)}
    records = [ship("Halcyon sank.", "Halcyon"), ship("Petrel rose.", "Petrel")]
    config = made(tmp_path, texts, dict.fromkeys(texts, records))
    for table, keys in {
        "document": "document_id",
        "passage": "document_id, index",
        "ship": "document_id, record_id",
        "evidence": "document_id, record_id, position",
        "entity": "kind, name, entity_id",
        "mention": "document_id, mention_id",
    }.items():
        rows = ask(config, f"SELECT {keys} FROM {table}")
        assert len(rows) > 1
        assert rows == sorted(rows), table


def test_a_plain_view_shows_what_is_checked(tmp_path: Path) -> None:
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": ANSWER})
    assert ask(config, "SELECT count(*) FROM ship") == [(2,)]
    assert ask(config, "SELECT name FROM ships") == [("Halcyon",)]


def test_a_subjects_view_takes_the_place_of_the_plain_one(tmp_path: Path) -> None:
    views = {"ships": "-- Each ship's name.\nSELECT upper(name) AS name FROM checked_ship"}
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": ANSWER}, views)
    assert ask(config, "SELECT * FROM ships") == [("HALCYON",)]
    said = "SELECT comment FROM duckdb_views() WHERE view_name = 'ships'"
    assert ask(config, said) == [("Each ship's name.",)]


def test_a_stored_view_is_computed_once_and_told_like_any_other(tmp_path: Path) -> None:
    sql = "-- Each ship's name.\n-- stored\nSELECT upper(name) AS name  -- in capitals\nFROM checked_ship"
    views = {"ships": sql, "later": "-- L.\nSELECT name FROM ships"}
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": ANSWER}, views)
    assert ask(config, "FROM later") == ask(config, "FROM ships") == [("HALCYON",)]
    ((text,),) = ask(config, "SELECT sql FROM duckdb_views() WHERE view_name = 'ships'")
    assert "upper" not in text
    said = "SELECT v.comment, c.comment FROM duckdb_views() v JOIN duckdb_columns() c ON c.table_name = v.view_name WHERE view_name = 'ships'"
    assert ask(config, said) == [("Each ship's name.", "in capitals")]
    assert ("_ships",) not in ask(config, "SHOW TABLES")


def test_views_may_read_from_views_that_come_later_by_name(tmp_path: Path) -> None:
    views = {
        "a": "-- A.\nSELECT * FROM b",
        "b": "-- B.\nSELECT name FROM c JOIN checked_ship USING (name)",
        "c": "-- C.\nSELECT name FROM checked_ship",
    }
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": ANSWER}, views)
    assert ask(config, "SELECT * FROM a") == [("Halcyon",)]


def test_a_view_without_a_description_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.sql").write_text("SELECT 1")
    with pytest.raises(DossierError, match=re.escape("v.sql: no description")):
        load_views(tmp_path)
    assert load_views(tmp_path / "none") == {}


def test_a_view_that_does_not_run_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    views = {"v": "-- V.\nSELECT nothing FROM checked_ship"}
    with pytest.raises(DossierError, match=r"The view v\.sql does not run"):
        made(tmp_path, {"a.txt": TEXT}, {"a.txt": ANSWER}, views)
    left = [f.name for f in (tmp_path / "out").rglob("*") if "duckdb" in f.name]
    assert left == []


def test_the_evidence_of_an_entity_is_that_of_its_records(tmp_path: Path) -> None:
    config = made(tmp_path, {"a.txt": TEXT}, {"a.txt": ANSWER})
    ((entity, record),) = ask(
        config,
        "SELECT entity_id, record_id FROM entity_member",
    )
    by_entity = ask(config, f"SELECT record_id, quote FROM evidence_of('{entity}')")
    assert by_entity
    assert by_entity == ask(config, f"SELECT record_id, quote FROM evidence_of('{record}')")
