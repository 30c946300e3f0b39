"""How fast an analyst's views and macros answer over a million records, and what exporting them
takes. `python bench/analyst.py [RECORDS] [--keep FILE] [--only make|time|export]`.

The file is a run over the bundled corpus, copied under new ids and names and published as any is;
some organisations are those of other copies, most of them of a few, so that the network is one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.errors import DossierError  # noqa: E402
from pipeline.store.load import Scratch  # noqa: E402
from pipeline.store.publish import load_views, write_database  # noqa: E402
from pipeline.store.query import Session  # noqa: E402
from pipeline.store.table import Table  # noqa: E402
from pipeline.store.tables import Layout, literal  # noqa: E402
from pipeline.subject import load_record_types  # noqa: E402

PER_RECORD = 3  # rows of evidence
TIMEOUT_S, LATE_S = 300.0, (1.0, 5.0)  # for 100 rows, for a count
IDS = """record_id document_id passage_id mention_id usage_id left_usage right_usage scope parent
question_id content_key request_key""".split()
NAMES = """name title subject object measure claim description organisation speaker same_as alias
apart_from quote value left_name right_name aliases names actors developers manufacturers hosts
products""".split()
_KEPT = "(position = 0 OR regexp_matches(field, '^amounts.*text$'))"  # views read these alone
_SOME = {  # rows of tables that are not copied whole; a run asks 5,000 questions at most
    "evidence": _KEPT + " OR hash(record_id, position, k) % 10000 < {share}",
    "evidence_box": "hash(record_id, position, k) % 10 < 3",
    "question": "k < 5000 / (SELECT count(*) FROM small.question)",
    "run": "k = 0",
}
_PREPARE = """
CREATE TEMP MACRO fresh(id, k) AS CASE
  WHEN id = '' THEN id
  WHEN contains(id, '_') THEN split_part(id, '_', 1) || '_' || left(md5(id || ':' || k), 16)
  ELSE md5(id || ':' || k) END;
CREATE TEMP TABLE home AS
SELECT entity_id, k, home, fresh(entity_id, home) AS fresh FROM (
  SELECT entity_id, k,
    CASE WHEN kind <> 'organisation' OR is_role OR hash(entity_id, k) % 10 > 2 THEN k ELSE
    floor(pow({copies}, pow(hash(k, entity_id) % 10007 / 10007, 2)))::BIGINT - 1 END AS home
  FROM small.entity, range({copies}) copies(k)
);
INSERT INTO entity
SELECT h.fresh, any_value(kind), any_value(name || ' ' || h.home),
  any_value(list_transform(aliases, lambda a: a || ' ' || h.home)), any_value(country),
  any_value(countries), any_value(is_role), sum(documents), sum(mentions)
FROM small.entity JOIN home h USING (entity_id) GROUP BY h.fresh
"""
_HOMES = "JOIN home h ON h.entity_id = t.entity_id AND h.k = copies.k"
_DECISIONS = """
INSERT INTO decision BY NAME
SELECT 'x_' || record_id AS decision_id, record_id, 'agreement' AS type, 'title' AS path,
  'accept' AS verdict, 'stands' AS state, MAP {} AS columns
FROM agreement WHERE hash(record_id) % 100 = 0
"""
# Not what getrusage tells, which takes in the memory of this process, from which it is started.
_RUN = """
from pipeline.console import main
if main() == 0:
    print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""
_NAMED = """
SELECT name, entity_id FROM entity WHERE kind = 'organisation' AND NOT is_role
  AND entity_id IN (SELECT entity_id FROM parties) ORDER BY mentions DESC, entity_id
"""
_MACROS = ("search('laboratory')", "search('vaccine plant')", "as_of('2024-01-01')")
_SIZES = "SELECT count(DISTINCT record_id), count(*), (SELECT count(*) FROM entity) FROM evidence"


def make(records: int, database: Path) -> None:
    """Publish a file of about so many records."""
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        _dossier("run", "--out", f"{folder}/small")
        scratch = Scratch(Path(folder) / "scratch.duckdb", Layout(load_record_types()))
        scratch.db.execute("SET memory_limit = '8GB'; SET threads = 2")
        scratch.db.execute(f"ATTACH '{folder}/small/dossier.duckdb' AS small (READ_ONLY)")
        _fill(scratch, records)
        write_database(scratch, database, load_views(ROOT / "schemas" / "views"))
        scratch.close()


def _fill(scratch: Scratch, records: int) -> None:
    sizes = f"SELECT count(DISTINCT record_id), count(*) FILTER ({_KEPT}), count(*)"
    own, fixed, all_ = scratch.ask(f"{sizes} FROM small.evidence", [])[0]
    copies, share = max(1, records // own), (PER_RECORD * own - fixed) * 10000 // (all_ - fixed)
    scratch.db.execute(_PREPARE.format(copies=copies))
    for table in (table for table in scratch.layout.tables if table.name != "entity"):
        columns, which = _columns(table), _SOME.get(table.name, "true").format(share=share)
        homes = _HOMES if "h.fresh" in columns else ""
        source = f'small."{table.name}" t, range({copies}) copies(k) {homes}'
        told = f"SELECT {columns} FROM {source} WHERE {which}"
        scratch.db.execute(f'INSERT INTO "{table.name}" {told}')
    scratch.db.execute(_DECISIONS)


def _columns(table: Table) -> str:
    """The row of copy k."""
    told = []
    for name, type_ in ((column.name, column.type) for column in table.columns):
        cell = f't."{name}"'
        if name == "entity_id":
            cell = "h.fresh"
        elif name in IDS:
            cell = f"fresh({cell}, copies.k)"
        elif name == "path" and table.name in ("document", "issue"):
            cell = f"replace({cell}, 'documents/', 'documents/' || copies.k || '/')"
        elif name in NAMES and type_ == "VARCHAR":
            cell = f"{cell} || ' ' || copies.k"
        elif name in NAMES and type_ == "VARCHAR[]":
            cell = f"list_transform({cell}, lambda x: x || ' ' || copies.k)"
        told.append(cell)
    return ", ".join(told)


def _dossier(*arguments: str) -> int:
    """Run the program of this tree and return the most memory it took, in MB."""
    command = [sys.executable, "-c", _RUN, *arguments]
    child = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return int(child.stdout.split()[-1]) // 1024


def ask_all(database: Path) -> None:
    """Time every view and macro in a session as an analyst has it, and print a line for each."""
    session = Session(database)
    print("{:,} records, {:,} evidence rows, {:,} entities".format(*session.query(_SIZES)[1][0]))
    print(f"{'name':<36}{'100 rows':>10}{'count':>10}{'rows':>12}", flush=True)
    for name, source in _asked(session):
        first, _ = _timed(session, f"SELECT * FROM {source} LIMIT 100")
        count, rows = _timed(session, f"SELECT count(*) FROM {source}")
        late = first > LATE_S[0] or count > LATE_S[1]
        print(f"{name:<36}{first:>10.2f}{count:>10.2f}{rows:>12}{'  LATE' * late}", flush=True)


def _asked(session: Session) -> list[tuple[str, str]]:
    """Each view, and each macro with what is often and what is seldom named."""
    views = "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    asked = [(name, f'"{name}"') for (name,) in session.query(views)[1]]
    found = session.query(_NAMED)[1]
    for told, (name, entity_id) in (("most named", found[0]), ("median", found[len(found) // 2])):
        for macro in ("dealings({})", "claims_about({})", "network({}, 2)"):
            asked.append((macro.format(told), macro.format(literal(name))))
        asked.append((f"evidence_of({told})", f"evidence_of({literal(entity_id)})"))
    return asked + [(macro, macro) for macro in _MACROS]


def _timed(session: Session, sql: str) -> tuple[float, str]:
    """Seconds (of two askings, the better) and the first value, or why it failed."""
    took: list[float] = []
    while len(took) < 2 and sum(took) < 10:
        started = time.perf_counter()
        try:
            rows = [row for answer in session.answers(sql, TIMEOUT_S) for row in answer.rows]
        except DossierError as error:
            return float("inf"), f"  {str(error)[:40]}"
        took.append(time.perf_counter() - started)
    return min(took), f"{rows[0][0]:,}" if rows and isinstance(rows[0][0], int) else "-"


def export(database: Path) -> None:
    """Time the export of tables, and tell the most memory it took."""
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        Path(folder, "dossier.duckdb").symlink_to(database.resolve())
        started = time.perf_counter()
        memory = _dossier("export", "--format", "tables", "--out", folder)
        print(f"export of {database}: {time.perf_counter() - started:.0f} s, {memory} MB of memory")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("records", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="where the file is, or is to stay")
    parser.add_argument("--only", choices=("make", "time", "export"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database, quarter = options.keep or Path(folder, "dossier.duckdb"), Path(folder, "quarter")
        database.parent.mkdir(parents=True, exist_ok=True)
        if not database.exists():
            make(options.records, database)
        if options.only in (None, "time"):
            ask_all(database)
        if options.only in (None, "export"):
            make(options.records // 4, quarter)
            export(quarter)
            export(database)


if __name__ == "__main__":
    main()
