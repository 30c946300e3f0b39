"""How long `dossier diff` takes, and how much memory: the records of the bundled run copied many
times, one in twenty changed.

    python bench/diff.py [RECORDS ...]    default 100000 1000000
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

RUN = Path("data/out/dossier.duckdb")
_DIFF = """
import sys
from pathlib import Path
from pipeline.diff.document import as_json
from pipeline.diff.report import compare_runs
from pipeline.subject import load_subject
report = compare_runs(Path(sys.argv[1]), Path(sys.argv[2]), load_subject().record_types)
print(len(as_json(report)), len(report.items))
"""


def grow(target: Path, times: int, changed: bool) -> int:
    """A run of `times` copies of the bundled one; with `changed` a value of one record in twenty
    differs. Returns the number of records."""
    target.unlink(missing_ok=True)
    db = duckdb.connect(str(target))
    db.execute(f"ATTACH '{RUN.resolve()}' AS run (READ_ONLY)")
    tables = [t for (t,) in db.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'run'").fetchall()]  # fmt: skip
    typed = [t for (t,) in db.execute(
        "SELECT table_name FROM duckdb_columns() WHERE database_name = 'run' AND column_name = 'doubted'"
        " AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = 'run')").fetchall()]  # fmt: skip
    records = 0
    for table in tables:
        columns = [c for (c,) in db.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = 'run' AND table_name = ?",
            [table]).fetchall()]  # fmt: skip
        told = [
            f"{c} || '-' || i AS {c}" for c in ("record_id", "document_id", "path") if c in columns
        ]
        several = ("evidence", "document", *typed)
        copies = times if table in several else 1
        star = "*"
        if told and copies > 1:
            star = f"* REPLACE ({', '.join(told)})"
        if table == "evidence" and changed:
            value = (
                "CASE WHEN field = 'realis' AND hash(record_id, i) % 20 = 0"
                " THEN 'hypothetical' ELSE value END AS value"
            )
            star = f"* REPLACE ({', '.join([*told, value])})"
        db.execute(
            f'CREATE TABLE "{table}" AS SELECT {star} FROM (SELECT t.*, i FROM run."{table}" t,'
            f" range({copies}) r(i))"
        )
        if star.endswith(")") or "i" not in columns:
            db.execute(f'ALTER TABLE "{table}" DROP COLUMN i')
        if table in typed:
            records += db.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0]
    db.close()
    return records


def main(sizes: list[int]) -> None:
    """Print seconds and the peak memory of a process that compares two such runs."""
    base = duckdb.connect(str(RUN.resolve()), read_only=True)
    known = base.execute("SELECT count(DISTINCT record_id) FROM evidence").fetchall()[0][0]
    base.close()
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            one, other = Path(folder) / "one.duckdb", Path(folder) / "other.duckdb"
            records = grow(one, -(-size // known), changed=False)
            grow(other, -(-size // known), changed=True)
            start = time.monotonic()
            told = subprocess.run(
                [sys.executable, "-c", _DIFF, one, other],
                capture_output=True,
                text=True,
                check=True,
            )
            seconds = time.monotonic() - start
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
            print(
                f"{records} records, {told.stdout.split()[1]} changes: {seconds:.1f} s,"
                f" {peak:.2f} GB"
            )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
