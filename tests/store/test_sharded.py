"""A run whose rows are in Parquet files: everything that reads a run reads it too, and nothing
else.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.errors import DossierError
from pipeline.settings import Settings
from pipeline.store.load import datasets_of
from pipeline.store.query import Session
from pipeline.store.runs import Runs, lost_between
from tests.answers import SUBJECT
from tests.cluster.local import LocalNodes, run_here
from tests.cluster.test_engine import Endpoint, given, model

__all__ = ["model"]


@pytest.fixture
def ran(model: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    Path("in", "again.txt").write_bytes(Path("in", "0003.txt").read_bytes())
    run_here(monkeypatch, LocalNodes(), given())
    yield given()


def test_files_are_sorted_and_hold_all_rows(ran: Settings) -> None:
    folder = datasets_of(ran.database.resolve())
    for table, keys in (
        ("document", "document_id"),
        ("evidence", "document_id, record_id, position"),
    ):
        for file in (folder / table).glob("*.parquet"):
            rows = duckdb.sql(f"SELECT {keys} FROM '{file}'").fetchall()
            assert rows == sorted(rows)
    codes = Session(ran.database).query("SELECT code FROM issue")[1]
    assert codes == [("DUPLICATE_FILE",)]


def test_a_table_that_is_empty_has_its_columns(ran: Settings) -> None:
    columns, rows = Session(ran.database).query("FROM decision")
    assert rows == []
    assert "verdict" in columns


def test_types_and_comments_are_those_of_tables(ran: Settings) -> None:
    session = Session(ran.database)
    types = dict(session.query("SELECT column_name, column_type FROM (DESCRIBE document)")[1])
    assert types["status"].startswith("ENUM(")
    assert types["date_lo"] == "DATE"
    bare = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' AND comment IS NULL AND NOT internal"
    assert session.query(bare)[1] == []


@pytest.mark.parametrize(
    "query",
    [
        "FROM read_text('/etc/hostname')",
        "FROM read_parquet('{shards}/*/document.parquet')",
        "FROM read_text('{runs}/../run.jsonl')",
        "SELECT * FROM '{one}'",
    ],
)
def test_a_session_reads_no_other_file(ran: Settings, query: str) -> None:
    (shards,) = (ran.out / "shards").absolute().iterdir()
    runs = ran.database.resolve().parent
    other = ran.out.absolute() / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(DossierError, match="disabled by configuration"):
        Session(ran.database).query(query.format(shards=shards, runs=runs, one=other))


def test_a_session_keeps_to_its_settings(ran: Settings) -> None:
    session = Session(ran.database)
    with pytest.raises(duckdb.Error, match="locked"):
        session._db.execute("SET enable_external_access = true")


def test_a_folder_that_was_moved_is_one_line(ran: Settings) -> None:
    shutil.move("out", "elsewhere")
    with pytest.raises(DossierError, match="has been moved"):
        Session(Path("elsewhere/dossier.duckdb"))


def test_commands_read_it(ran: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "SELECT count(*) AS n FROM wrecks", "--format", "csv", "--out", "out"]) == 0
    assert capsys.readouterr().out.split() == ["n", "30"]
    record = Session(ran.database).query("SELECT min(record_id) FROM wreck")[1][0][0]
    assert main(["explain", record, "--out", "out"]) == 0
    assert "exact" in capsys.readouterr().out
    assert main(["sql", ".tables", "--out", "out", "--format", "csv"]) == 0
    listed = capsys.readouterr().out
    assert "wrecks," in listed
    assert "evidence," in listed
    assert main(["export", "--out", "out"]) == 0
    assert len(list(Path("out/export").glob("*.jsonl"))) == 30
    assert main(["export", "--format", "tables", "--out", "out"]) == 0
    assert {"document.parquet", "wrecks.parquet"} <= {
        f.name for f in Path("out/package/tables").iterdir()
    }
    capsys.readouterr()
    assert main(["runs", "--out", "out"]) == 0
    assert "30 of 30 documents complete  (published)" in capsys.readouterr().out


def test_two_runs_are_compared(
    ran: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("in", "0001.txt").write_text(
        "The schooner Petrel 99 went down in a storm on 4 March 1891 with 9 souls."
    )
    run_here(monkeypatch, LocalNodes(), given())
    assert main(["diff", "previous", "latest", "--out", "out", "--subject", str(SUBJECT)]) == 1
    assert "Petrel 99" in capsys.readouterr().out


def test_what_was_lost_between_two_runs_is_found(
    ran: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("in", "0002.txt").unlink()
    Path("in", "0004.txt").rename("in/renamed.txt")
    run_here(monkeypatch, LocalNodes(), given())
    runs = Runs(ran.database)
    new, old = (runs.path(m.run_id) for m in runs.all())
    assert lost_between(new, old) == [("in/0002.txt", False)]
    assert lost_between(old, new) == []
    assert lost_between(new, new) == []


def test_the_datasets_of_a_run_go_with_it(ran: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        Path("in", "0001.txt").write_text(
            f"The schooner Petrel {number} went down in a storm on 4 March 1891 with 9 souls."
        )
        run_here(monkeypatch, LocalNodes(), given(keep=2, accept=True))
    kept = {m.run_id for m in Runs(ran.database).all()}
    assert len(kept) == 2
    assert {f.name for f in (ran.out / "runs").iterdir() if f.is_dir()} == kept
