"""The published file in the tools that analysts have: DuckDB's own client, polars, a notebook."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.query import Session
from tests.conftest import ROOT

Bundled = tuple[Settings, Outcome]


def client(database: Path, sql: str) -> list[list[str]]:
    """What the command-line client of DuckDB 1.5 answers."""
    command = [str(Path(sys.executable).with_name("duckdb")), "-readonly", "-csv", str(database)]
    told = subprocess.run([*command, "-c", sql], capture_output=True, text=True, check=True)
    return list(csv.reader(io.StringIO(told.stdout)))


def test_the_client_of_another_version_opens_every_view(bundled: Bundled) -> None:
    database = bundled[0].database.resolve()
    assert client(database, "SELECT version()")[1][0].startswith("v1.5.")
    session = Session(database)
    names = [
        n for (n,) in session.query("SELECT view_name FROM duckdb_views() WHERE NOT internal")[1]
    ]
    sql = (
        " UNION ALL ".join(f"SELECT '{n}', count(*) FROM \"{n}\"" for n in names) + " ORDER BY ALL"
    )
    assert [tuple(row) for row in client(database, sql)[1:]] == [
        (name, str(count)) for name, count in session.query(sql)[1]
    ]
    assert len(names) > 30


@pytest.mark.parametrize(
    "sql",
    [
        "FROM dealings('SBNH')", "FROM claims_about('Ministry of Health')", "FROM network('Bharat Peptides', 2)",
        "SELECT * EXCLUDE (parties_in_full) FROM as_of('2024-06-01')", "FROM search('car-t astana')",
    ],
)  # fmt: skip
def test_the_client_runs_the_macros(bundled: Bundled, sql: str) -> None:
    database = bundled[0].database.resolve()
    told = client(database, sql)
    columns, rows = Session(database).query(sql)
    assert told[0] == columns
    assert len(told) - 1 == len(rows) > 0
    at = columns.index("entity_id" if "entity_id" in columns else "record_id")
    assert [row[at] for row in told[1:]] == [row[at] for row in rows]


def test_polars_reads_every_view(bundled: Bundled, tmp_path: Path) -> None:
    copy = shutil.copy(bundled[0].database.resolve(), tmp_path)  # not the one that sessions hold
    with duckdb.connect(str(copy), read_only=True) as db:
        views = "SELECT view_name FROM duckdb_views() WHERE NOT internal"
        for (name,) in db.execute(views).fetchall():
            frame = db.sql(f'FROM "{name}"').pl()
            assert frame.height == db.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0]
        money = db.sql("SELECT currency, value FROM amounts WHERE summable_once").pl()
    assert money.group_by("currency").sum().sort("currency")["value"].to_list()[0] == 400_000


def test_the_notebook_runs(bundled: Bundled) -> None:
    command = [sys.executable, "docs/notebook.py", "--", "--database", str(bundled[0].database)]
    told = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert told.returncode == 0, told.stderr
    for part in ("2011", "494500000", "data/documents/news-massbridge"):
        assert part in told.stdout
