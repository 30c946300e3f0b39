"""docs/tables.md, made from the comments in the database: `python -m tests.tables_page` writes it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.query import Session
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "tables.md"
_HEAD = """# Tables and views

Made from the comments in the database by `make quality`; a test compares this page with what it would write today. Views come first: they
show only what the text supports. `checked_<table>` are the tables below with unsupported values null, and what views are made of.
"""
_RELATIONS = """
SELECT view_name AS name, 'view' AS kind, comment FROM duckdb_views() WHERE NOT internal AND NOT regexp_matches(view_name, '^(checked)?_')
UNION ALL SELECT table_name, 'table', comment FROM duckdb_tables() WHERE schema_name = 'main'
ORDER BY kind DESC, name
"""
_COLUMNS = "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
_MACROS = "SELECT function_name, parameters, description, comment FROM duckdb_functions() WHERE function_type IN ('macro', 'table_macro') AND NOT internal ORDER BY ALL"
_LONGEST = 60  # letters of a type: those of structs are told by their columns' comments


def tables_page(database: Path) -> str:
    """The page."""
    session = Session(database)
    try:
        parts = [_HEAD]
        for name, parameters, _, comment in session.query(_MACROS)[1]:
            parts.append(f"## {name}({', '.join(parameters)})\n\n{comment}\n")
        for name, kind, comment in session.query(_RELATIONS)[1]:
            lines = [f"## {name}\n\nA {kind}. {comment}\n", "| column | type | |", "|---|---|---|"]
            for column, type_, told in session.query(_COLUMNS, [name])[1]:
                lines.append(f"| `{column}` | {_type(type_)} | {(told or '').replace('|', '/')} |")
            parts.append("\n".join(lines) + "\n")
    finally:
        session.close()
    return "\n".join(parts)


def _type(name: str) -> str:
    if name.startswith("ENUM"):
        return "choice"
    if len(name) > _LONGEST:
        return "list of parts" if name.endswith("[]") else "part"
    return name


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(out=Path(folder))
        run(settings)
        PAGE.write_text(tables_page(settings.database), encoding="utf-8")
