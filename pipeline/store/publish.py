"""The scratch database becomes the published file: sorted copy, checked views, analyst's views, one
atomic replacement.

Readers of the old file keep it undisturbed. The storage version is one that the DuckDB 1.5
command-line client reads.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from pipeline.errors import DossierError
from pipeline.store.checked import checked_views
from pipeline.store.load import Scratch, Translated, remove_database
from pipeline.store.tables import literal

STORAGE_VERSION = "v1.5.0"
Comments = dict[str, str]  # by column
_MACRO = re.compile(r"^CREATE MACRO \w+\([^)]*\) AS( TABLE)?", re.MULTILINE)
# A view whose comment has this line is computed once, when the file is published: nothing that it
# reads changes afterwards, and at a million records it would take seconds each time it is asked.
_STORED = re.compile(r"^-- stored$\n", re.MULTILINE)
_EVIDENCE_OF = """
CREATE MACRO evidence_of(id) AS TABLE
SELECT d.path, d.title, e.record_id, e.field, e.value, e.quote, e.start, e."end", e.layer, e.page,
  e.place, e.status
FROM evidence e JOIN document d USING (document_id)
WHERE e.record_id = id
   OR e.record_id IN (SELECT record_id FROM entity_member WHERE entity_id = id)
ORDER BY d.path, e.record_id, e.position
"""
_EVIDENCE_OF_COMMENT = (
    "All evidence of a record, or of every record that mentions an entity, by id."
)


def write_database(scratch: Scratch, database: Path, views: dict[str, str]) -> None:
    """Write the file of a run from `scratch` and put it in place.

    `views` maps names to SQL whose first comment line is the view's description; one with the line
    `-- stored` is computed now, into the schema `stored`. Raises
    DossierError naming a view that does not run, LockedError, or DossierError when the disk is
    full; the old file then stays as it was.
    """
    fresh = database.with_name(f".{database.name}.new")
    remove_database(fresh)
    scratch.flush()
    try:
        with Translated(database):
            scratch.db.execute(
                f"ATTACH {literal(str(fresh))} AS fresh (STORAGE_VERSION"
                f" {literal(STORAGE_VERSION)})"
            )
            scratch.db.execute("USE fresh")
            # One transaction: each statement of its own would be synced to disk.
            scratch.db.execute("BEGIN")
            scratch.write_tables()
            _create_views(scratch, views)
            scratch.db.execute("COMMIT")
            scratch.db.execute(f'USE "{scratch.catalog}"')
            scratch.db.execute("CHECKPOINT fresh")
            scratch.db.execute("DETACH fresh")
            scratch.release()
            fresh.replace(database)
    finally:
        remove_database(fresh)


def load_views(folder: Path) -> dict[str, str]:
    """The views of a folder by file name. Raises DossierError for one without a describing first
    comment."""
    views = {}
    for file in sorted(folder.glob("*.sql")) if folder.is_dir() else []:
        text = file.read_text(encoding="utf-8")
        if not text.startswith("-- "):
            raise DossierError(
                f"{file}: no description", "Begin it with a comment line that says what a row is."
            )
        views[file.stem] = text
    return views


def _create_views(scratch: Scratch, views: dict[str, str]) -> None:
    known = {t.name: {c.name: c.comment for c in t.columns} for t in scratch.layout.tables}
    for name, select in checked_views(scratch.layout).items():
        table = name.removeprefix("checked_")
        known[table]["corrected"] = "Paths of values that a reviewer corrected."
        about = f"Table {table} with only what the text supports."
        _create_view(scratch, name, select, about, known[table], known)
        plural = scratch.layout.plurals[table]
        if plural not in views:
            about = f"One row per claim: {table}, supported values only."
            sql = f'SELECT c.*, path FROM "{name}" c JOIN document USING (document_id)'
            _create_view(scratch, plural, sql, about, known[table], known)
    _create_analyst_views(scratch, views, known)
    scratch.db.execute(_EVIDENCE_OF)
    scratch.db.execute(f"COMMENT ON MACRO TABLE evidence_of IS {literal(_EVIDENCE_OF_COMMENT)}")


def _create_view(
    scratch: Scratch,
    name: str,
    sql: str,
    about: str,
    comments: Comments,
    known: dict[str, Comments],
) -> None:
    """Make a view with its comment and those of its columns, which become `known` under its name:
    its own, else those of the columns of that name in what it reads."""
    names = [f'"{name}"']
    if _STORED.search(sql):
        names.append(f'stored."_{name}"')
        scratch.db.execute("CREATE SCHEMA IF NOT EXISTS stored")
        scratch.store(f"_{name}", sql)
        when = literal(f"What the view {name} shows, computed when the file was published.")
        scratch.db.execute(f"COMMENT ON {scratch.kind} {names[1]} IS {when}")
        scratch.db.execute(f"CREATE VIEW {names[0]} AS FROM {names[1]}")
    else:
        scratch.db.execute(f"CREATE VIEW {names[0]} AS {sql}")
    scratch.db.execute(f'COMMENT ON VIEW "{name}" IS {literal(about)}')
    sources = [known[n] for n in re.findall(r'\b(?:FROM|JOIN)\s+"?(\w+)', sql) if n in known]
    known[name] = {}
    for column, *_ in scratch.db.execute(f'DESCRIBE "{name}"').fetchall():
        told = next((c[column] for c in (comments, *sources) if c.get(column)), None)
        if told:
            known[name][column] = told
            for one in names:
                scratch.db.execute(f'COMMENT ON COLUMN {one}."{column}" IS {literal(told)}')


def _create_analyst_views(
    scratch: Scratch, views: dict[str, str], known: dict[str, Comments]
) -> None:
    for name in _in_order(views):
        sql = views[name]
        about = " ".join(line.removeprefix("-- ") for line in _leading_comment(sql))
        about = about.removesuffix(" stored")
        try:
            if macro := _MACRO.search(sql):
                scratch.db.execute(sql)
                scratch.db.execute(f'COMMENT ON MACRO{macro[1] or ""} "{name}" IS {literal(about)}')
            else:
                _create_view(scratch, name, sql, about, _column_comments(sql), known)
        except duckdb.Error as error:
            raise DossierError(
                f"The view {name}.sql does not run: {error}", "Mend it; DESCRIBE shows the tables."
            ) from error


def _in_order(views: dict[str, str]) -> list[str]:
    """View names so that each comes after those it reads from; views that read in a circle keep
    their own order."""
    reads = {}
    for name, sql in views.items():
        read = re.sub(r"--.*", "", sql)  # a comment reads nothing
        used = r"\b(?:FROM|JOIN)\s+{0}\b|\b{0}\("
        reads[name] = {
            other
            for other in views
            if other != name and re.search(used.format(other), read, re.IGNORECASE)
        }
    order: list[str] = []
    while len(order) < len(views):
        ready = [name for name in views if name not in order and reads[name] <= set(order)]
        order += ready or [name for name in views if name not in order]
    return order


def _leading_comment(sql: str) -> list[str]:
    found = re.match(r"(?:-- .*\n)+", sql)
    return found[0].splitlines() if found else []


def _column_comments(sql: str) -> Comments:
    """A comment behind a column's alias (`... AS name,  -- text`) is the column's comment."""
    told = re.finditer(r'\b(?:AS\s+)?"?(\w+)"?,?[ \t]+-- (.+)$', sql, re.MULTILINE)
    return {match[1]: match[2] for match in told}
