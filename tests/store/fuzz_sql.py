"""Statements of every kind, wrapped in every way, against a session: no byte of its folder changes.

`python -m tests.store.fuzz_sql [DATABASE] [NUMBER] [SEED]`: the statements are put together from
DuckDB's grammar (its statements, its file functions, its ways to put one statement into another)
and from the names of all its functions and settings, as it lists them itself.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import duckdb

from pipeline.errors import DossierError
from pipeline.store.query import Session

WRITERS = """
COPY (SELECT 1) TO {file} {options}
COPY {table} TO {file} {options}
COPY {table} FROM {file}
COPY FROM DATABASE {name} TO {name}
EXPORT DATABASE {file}
IMPORT DATABASE {file}
ATTACH {file} AS {name}
ATTACH {file} AS {name} (READ_ONLY)
DETACH {name}
USE {name}
CREATE OR REPLACE TABLE {name} AS FROM {table}
CREATE TEMP TABLE {name} AS FROM {table}
CREATE VIEW {name} AS FROM {table}
CREATE MACRO {name}() AS TABLE FROM {table}
CREATE SECRET {name} (TYPE http)
CREATE SEQUENCE {name}
CREATE TYPE {name} AS ENUM ('a')
CREATE SCHEMA {name}
CREATE INDEX {name} ON {table} (document_id)
INSERT INTO {table} FROM {table}
INSERT INTO {table} FROM {table} RETURNING *
UPDATE {table} SET document_id = 'x'
DELETE FROM {table}
DELETE FROM {table} RETURNING *
TRUNCATE {table}
MERGE INTO {table} USING {table} b ON true WHEN MATCHED THEN DELETE
ALTER TABLE {table} ADD COLUMN {name} INT
DROP TABLE {table}
DROP VIEW agreements
VACUUM {table}
ANALYZE
CHECKPOINT
FORCE CHECKPOINT
BEGIN
COMMIT
ROLLBACK
SET {setting} = {file}
SET GLOBAL {setting} = true
RESET {setting}
PRAGMA {setting}
PRAGMA {setting} = {file}
PRAGMA enable_profiling
CALL {function}()
CALL {function}({file})
INSTALL httpfs
LOAD {file}
PREPARE {name} AS COPY (SELECT 1) TO {file}
EXECUTE {name}
DEALLOCATE {name}
COMMENT ON TABLE {table} IS 'x'
SET VARIABLE {name} = 1
""".strip().splitlines()
READERS = """
SELECT * FROM {function}({file})
SELECT * FROM {function}()
SELECT {function}({file})
SELECT {function}({table}, {file})
FROM {table}
FROM {file}
TABLE {table}
SELECT * FROM query({quoted})
SELECT * FROM query_table({file})
PIVOT {table} ON document_id USING count(*)
DESCRIBE {table}
SUMMARIZE {table}
SHOW TABLES
VALUES (1)
WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a WHERE n < 5) FROM a
""".strip().splitlines()
WRAPPERS = """
{sql}
EXPLAIN {sql}
EXPLAIN ANALYZE {sql}
EXPLAIN (ANALYZE, FORMAT JSON) {sql}
EXPLAIN (FORMAT HTML) {sql}
WITH a AS ({sql}) FROM a
WITH a AS MATERIALIZED ({sql}) SELECT 1
SELECT * FROM ({sql})
SELECT ({sql})
({sql})
DESCRIBE {sql}
SUMMARIZE {sql}
SHOW ({sql})
/* SELECT */ {sql}
SELECT 1; {sql}
{sql}; SELECT 1
-- SELECT
{sql}
PREPARE p AS {sql}
PIVOT ({sql}) ON a
EXPLAIN ANALYZE WITH a AS ({sql}) FROM a
""".strip().splitlines()
OPTIONS = (
    "", "(FORMAT csv, USE_TMP_FILE false)", "(FORMAT parquet)", "(FORMAT json, APPEND true)",
    "(FORMAT csv, PARTITION_BY (x), OVERWRITE_OR_IGNORE)", "(FORMAT blob)",
)  # fmt: skip


def statements(database: Path, number: int, seed: int) -> list[str]:
    """So many statements, the same for the same seed."""
    choose = random.Random(seed)
    with duckdb.connect() as db:
        rows = db.execute("SELECT DISTINCT function_name FROM duckdb_functions() ORDER BY 1")
        functions = [row[0] for row in rows.fetchall() if row[0].isidentifier()]
        settings = [
            row[0] for row in db.execute("SELECT name FROM duckdb_settings() ORDER BY 1").fetchall()
        ]
    ends = ("", ".wal", ".tmp", ".tmp/x", ".new", "/../y.csv")
    files = [f"'{database}{end}'" for end in ends] + [f"'{database.parent}/z'", "':memory:'"]
    made = []
    for _ in range(number):
        template = choose.choice(WRITERS if choose.random() < 0.7 else READERS)
        file = choose.choice(files)
        parts = {
            "file": file,
            "options": choose.choice(OPTIONS),
            "table": choose.choice(("run", "document", "agreement", "agreements", "evidence")),
            "name": choose.choice(("x", "memory", "dossier", "temp", "main")),
            "setting": choose.choice(settings),
            "function": choose.choice(functions),
            "quoted": "'" + f"COPY (SELECT 1) TO {file}".replace("'", "''") + "'",
        }
        sql = template.format(**parts)
        for _ in range(choose.choice((0, 1, 1, 2))):
            sql = choose.choice(WRAPPERS).format(sql=sql)
        made.append(sql)
    return made


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """What lies in a folder: size and time of change of each file."""
    found = {}
    for file in folder.rglob("*"):
        stat = file.stat()
        found[str(file)] = (stat.st_size, stat.st_mtime_ns)
    return found


def fuzz(database: Path, number: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How many statements ran and were refused, and those after which the folder was another."""
    session = Session(database)
    before, data = contents(database.parent), database.read_bytes()
    counts: Counter[str] = Counter()
    guilty = []
    for sql in statements(database, number, seed):
        try:
            for answer in session.answers(sql, timeout_s=5):
                for _, _ in zip(range(50), answer.rows, strict=False):
                    pass
            counts["ran"] += 1
        except DossierError as error:
            counts["refused by type" if "is not run here" in str(error) else "failed"] += 1
        if session.stuck:
            counts["stuck"] += 1
            session = Session(database)
        if (after := contents(database.parent)) != before:
            guilty.append(sql)
            before = after
    session.close()
    if database.read_bytes() != data:
        guilty.append("(the database itself is another)")
    return counts, guilty


def main() -> int:
    """Fuzz a copy of a database; 1 if anything changed."""
    given = sys.argv[1:]
    database = Path(given[0] if given else "data/out/dossier.duckdb")
    number, seed = (int(n) for n in (*given[1:], *("10000", "1")[len(given[1:]) :]))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "dossier.duckdb")
        shutil.copy(database, copy)
        counts, guilty = fuzz(copy, number, seed)
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(f"{number} statements: {told}; {len(guilty)} changed a byte in the folder")
    print("\n".join(guilty[:20]))
    return 1 if guilty else 0


if __name__ == "__main__":
    sys.exit(main())
