"""Short commands of `dossier sql`, and answers in Markdown."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.store.ships import made, ship

VIEWS = {
    "flags": "-- One row per flag.\nSELECT country,  -- the flag\n count(*) AS n FROM ships GROUP BY 1"
}


@pytest.fixture
def out(tmp_path: Path) -> str:
    text = "The Halcyon | flew the flag of Norway."
    answers = {"a.txt": [ship(text, "Halcyon |", country="Norway")]}
    return str(made(tmp_path, {"a.txt": text}, answers, VIEWS).out)


def asked(
    script: str, out: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(script))
    assert main(["sql", "--format", "csv", "--out", out]) == 0
    return capsys.readouterr().out


def test_tables_are_listed_views_first_each_in_a_sentence(
    out: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = asked(".tables", out, monkeypatch, capsys).splitlines()
    assert lines[1:3] == [
        "flags,One row per flag.",
        'ships,"One row per claim: ship, supported values only."',
    ]
    assert lines.index("ship,A ship.") > lines.index("flags,One row per flag.")
    assert (
        'evidence_of(id),"All evidence of a record, or of every record that mentions an entity, by id."'
        in lines
    )


def test_a_table_is_described_and_a_name_cannot_be_more_than_one(
    out: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = asked(".describe flags\n", out, monkeypatch, capsys)
    assert told == "column,type,comment\ncountry,VARCHAR,the flag\nn,BIGINT,\n"
    assert asked(".describe x'); FROM run --", out, monkeypatch, capsys) == "column,type,comment\n"


def test_evidence_of_an_id_and_statements_around_it(
    out: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = asked("SELECT record_id FROM ships;", out, monkeypatch, capsys).split()[1]
    told = asked(
        f"SELECT 1 AS one\n;\n.evidence {record}\nSELECT 2 AS two;", out, monkeypatch, capsys
    )
    assert told.startswith("one\n1\n")
    assert told.endswith("two\n2\n")
    assert "The Halcyon | flew the flag of Norway." in told


def test_markdown_keeps_a_row_a_line(out: str, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT name, 'two' || chr(10) || 'lines' AS \"a|b\", [1, 2] AS list, NULL AS none FROM ships"
    assert main(["sql", sql, "--format", "md", "--out", out]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "| name | a\\|b | list | none |",
        "| --- | --- | --- | --- |",
        "| Halcyon \\| | two lines | 1; 2 |  |",
    ]
