"""A session reads, and does nothing else, whatever it is told; answers lose nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import DossierError
from pipeline.output import write_csv, write_json, write_table
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.query import Session
from pipeline.store.statements import read_only_statements
from tests.conftest import ROOT
from tests.store.fuzz_sql import fuzz

Bundled = tuple[Settings, Outcome]

# One or more of each type that DuckDB knows; the test fails when a new release adds one.
STATEMENTS = {
    "ALTER": ["ALTER TABLE agreement RENAME TO a"],
    "ANALYZE": ["ANALYZE"],
    "ATTACH": ["ATTACH '{db}.wal' AS y", "ATTACH ':memory:' AS m"],
    "CALL": ["CALL pragma_version()"],
    "COPY": [
        "COPY (SELECT 1) TO '{db}' (FORMAT csv, USE_TMP_FILE false)",
        "COPY (SELECT 1) TO '{db}.wal'",
        "COPY (SELECT 1) TO '{db}.tmp/x'",
        "COPY agreement FROM '{db}'",
    ],
    "COPY_DATABASE": ["COPY FROM DATABASE memory TO other"],
    "CREATE": ["CREATE TABLE x (i INT)", "CREATE TEMP TABLE x AS SELECT 1"],
    "CREATE_FUNC": [],
    "DELETE": ["DELETE FROM agreement"],
    "DETACH": ["DETACH x"],
    "DROP": ["DROP TABLE agreement"],
    "EXECUTE": ["EXECUTE p"],
    "EXPLAIN": [
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{db}.wal'",
        "EXPLAIN (ANALYZE, FORMAT JSON) COPY (SELECT 1) TO '{db}' (USE_TMP_FILE false)",
        "/* SELECT */ explain -- x\n analyze DELETE FROM agreement",
        "EXPLAIN COPY (SELECT 1) TO '{db}.wal'",
        "EXPLAIN CREATE TABLE x AS SELECT 1",
    ],
    "EXPORT": ["EXPORT DATABASE '{db}.tmp'"],
    "EXTENSION": [],
    "INSERT": ["INSERT INTO agreement SELECT * FROM agreement"],
    "INVALID": [],
    "LOAD": ["LOAD fts", "INSTALL httpfs"],
    "LOGICAL_PLAN": [],
    "MERGE_INTO": ["MERGE INTO run USING run r ON true WHEN MATCHED THEN DELETE"],
    "MULTI": ["IMPORT DATABASE '{db}.tmp'"],
    "PRAGMA": ["PRAGMA version", "PRAGMA database_size"],
    "PREPARE": ["PREPARE p AS SELECT 1"],
    "RELATION": [],
    "SELECT": [
        "WITH a AS (COPY (SELECT 1) TO '{db}.wal') FROM a",
        "WITH a AS (DELETE FROM run RETURNING *) FROM a",
        "SELECT * FROM read_blob('{db}')",
        "FROM '{db}.wal'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM query('COPY (SELECT 1) TO ''{db}.wal''')",
        "FROM glob('*')",
    ],
    "SET": ["SET enable_external_access = true", "RESET ALL", "SET VARIABLE a = 1"],
    "TRANSACTION": ["BEGIN", "COMMIT"],
    "UPDATE": ["UPDATE agreement SET title = 'x'"],
    "VACUUM": ["VACUUM", "CHECKPOINT"],
    "VARIABLE_SET": [],
}
READING = [
    "FROM agreements",
    "SELECT 1",
    "VALUES (1)",
    "WITH a AS (SELECT 1) FROM a",
    "DESCRIBE agreements",
    "SHOW TABLES",
    "SHOW ALL TABLES",
    "SUMMARIZE document",
    "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE FROM document",
    "explain (format json) select 1",
    "-- first\nEXPLAIN /* then */ SELECT 1 -- last",
    "PIVOT organisation ON kind USING count(*)",
    "SELECT 1;",
]


@pytest.fixture
def database(bundled: Bundled, tmp_path: Path) -> Path:
    path = tmp_path / "a b" / "dossier.duckdb"
    path.parent.mkdir()
    shutil.copy(bundled[0].database, path)
    return path


def folder_of(database: Path) -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in database.parent.rglob("*") if f.is_file()}


def test_there_is_a_sample_of_each_type_of_statement() -> None:
    known = {name for name in dir(duckdb.StatementType) if name.isupper()}
    assert known == set(STATEMENTS)


@pytest.mark.parametrize("kind", [kind for kind, samples in STATEMENTS.items() if samples])
def test_what_does_more_than_read_is_refused_and_changes_no_byte(kind: str, database: Path) -> None:
    before = folder_of(database)
    session = Session(database)
    for sample in STATEMENTS[kind]:
        with pytest.raises(DossierError):
            for answer in session.answers(sample.replace("{db}", str(database))):
                list(answer.rows)
    session.close()
    assert folder_of(database) == before


@pytest.mark.parametrize("kind", [k for k in STATEMENTS if k not in ("SELECT", "INVALID")])
def test_types_are_refused_before_anything_runs(kind: str) -> None:
    for sample in STATEMENTS[kind]:
        with pytest.raises(DossierError, match=r"is not run here|Parser Error"):
            read_only_statements(sample.replace("{db}", "x.duckdb"))


@pytest.mark.parametrize("sql", READING)
def test_what_reads_is_run(sql: str, database: Path) -> None:
    session = Session(database)
    (answer,) = session.answers(sql)
    assert list(answer.rows)
    session.close()


def test_all_statements_are_answered_and_a_bad_one_stops_before_the_first(database: Path) -> None:
    session = Session(database)
    assert [list(a.rows) for a in session.answers("SELECT 1; SELECT 2;")] == [[(1,)], [(2,)]]
    with pytest.raises(DossierError, match="DELETE"):
        next(iter(session.answers("SELECT 1; DELETE FROM run")))
    for empty in ("", " ", "-- a remark", "/* nothing */;"):
        with pytest.raises(DossierError, match="empty"):
            list(session.answers(empty))


@pytest.mark.parametrize("timeout", ["inf", "nan", "0", "-1", "1e12"])
def test_a_time_limit_that_cannot_be_kept_is_refused(timeout: str, database: Path) -> None:
    with pytest.raises(DossierError, match="cannot be kept"):
        list(Session(database).answers("SELECT 1", float(timeout)))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM range(100000000) a, range(10000000) b",
        "SELECT length(repeat('ab', 1000000000)) + x FROM range(100) t(x)",
        "SELECT list_sum(list_transform(range(300000000), lambda x: x * 2))",
        "SELECT regexp_matches(repeat('a', 1000000000), '(a|aa)+$')",
        "FROM range(10000000000)",
    ],
)
def test_limits_of_time_and_memory_hold(sql: str, database: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "sql", sql, "--timeout", "1"]
    started = time.monotonic()
    with Path(os.devnull).open("w") as devnull:
        done = subprocess.run(
            [*command, "--out", str(database.parent), "--format", "csv"],
            stdout=devnull,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    assert time.monotonic() - started < 8  # start-up included
    assert done.returncode == 2
    assert "ran longer than 1 s" in done.stderr or "memory" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_log_that_a_killed_client_left_makes_nothing_unreadable(database: Path) -> None:
    code = (
        "import duckdb, os, sys; db = duckdb.connect(sys.argv[1]);"
        'db.execute("PRAGMA disable_checkpoint_on_shutdown");'
        "db.execute('CREATE TABLE left_behind AS SELECT 1'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(database)], check=False)
    wal = database.with_name("dossier.duckdb.wal")
    assert wal.exists()
    wal.write_bytes(b"nonsense" + wal.read_bytes())
    session = Session(database)
    assert session.query("SELECT count(*) > 0 FROM document")[1] == [(True,)]
    session.close()
    assert sorted(f.name for f in database.parent.iterdir()) == [
        "dossier.duckdb",
        "dossier.duckdb.wal",
    ]


ODD = (
    "SELECT 1 AS n, 2 AS n, 'nan'::DOUBLE AS f, 12345678901234567890.123456::DECIMAL(28, 6) AS d,"
    " [1.10::DECIMAL(9, 2)] AS l, chr(27) || '[31m' || chr(155) AS esc, NULL AS z,"
    " '\\x00'::BLOB AS b, {'k': DATE '2024-01-02'} AS s"
)


def test_json_and_csv_lose_nothing(database: Path) -> None:
    session = Session(database)
    (answer,) = session.answers(ODD)
    rows = list(answer.rows)
    out = io.StringIO()
    write_json(answer.columns, rows, out)
    assert "\x1b" not in out.getvalue()
    assert "\x9b" not in out.getvalue()
    (row,) = json.loads(out.getvalue(), parse_float=str, parse_int=str)
    assert row == {
        "n": "1", "n:1": "2", "f": "nan", "d": "12345678901234567890.123456", "l": ["1.1"],
        "esc": "\x1b[31m\x9b", "z": None, "b": "00", "s": {"k": "2024-01-02"},
    }  # fmt: skip
    out = io.StringIO()
    write_csv(answer.columns, rows, out)
    assert "\x1b" not in out.getvalue()
    head, line = csv.reader(io.StringIO(out.getvalue()))
    assert head == ["n", "n:1", "f", "d", "l", "esc", "z", "b", "s"]
    assert line[3] == "12345678901234567890.123456"


def test_no_rows_are_an_empty_list(database: Path) -> None:
    (answer,) = Session(database).answers("FROM document WHERE false")
    out = io.StringIO()
    write_json(answer.columns, answer.rows, out)
    assert json.loads(out.getvalue()) == []


@pytest.mark.parametrize("width", [60, 80, 200])
def test_rows_too_wide_for_a_table_stand_below_each_other(
    width: int, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    (answer,) = Session(database).answers("FROM agreements ORDER BY ALL")
    out = io.StringIO()
    write_table(answer.columns, answer.rows, out)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "─── row 1" in lines
    assert any(line.startswith("parties") and len(line.split()) > 1 for line in lines)
    assert "The first 20 rows; --format csv gives all." in lines


def test_narrow_rows_are_a_table(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    (answer,) = Session(database).answers("SELECT name, documents FROM organisations")
    out = io.StringIO()
    write_table(answer.columns, answer.rows, out)
    assert "─── row 1" not in out.getvalue()


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_an_old_code_page_and_a_full_disk_are_no_traceback(form: str, database: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "sql",
        "SELECT '中 😀 я' AS x FROM range(9999)",
    ]
    command += ["--format", form, "--out", str(database.parent)]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONIOENCODING": "cp1251"},
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    if form == "json":
        assert json.loads(done.stdout.decode("cp1251"))[0] == {"x": "中 😀 я"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_statements_put_together_by_chance_change_no_byte(database: Path) -> None:
    counts, guilty = fuzz(database, 400, 7)
    assert guilty == []
    assert counts["ran"] > 20
    assert counts["refused by type"] > 100
