"""What the closing screen and `--json` say, asked of the published file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.domain import DOUBTED
from pipeline.store.query import Session
from pipeline.store.table import VIEWS

# Entities that a record of the same kind is about, not names that records merely mention: a
# record's first own field.
_DESCRIBED = (
    "NOT is_role AND entity_id IN"
    " (SELECT entity_id FROM entity_member JOIN mention USING (mention_id) WHERE own)"
)
_COUNTS = {
    "documents": "SELECT status, count(*) FROM document GROUP BY ALL ORDER BY ALL",
    "quotes": "SELECT status, count(*) FROM evidence WHERE field = '' GROUP BY ALL ORDER BY ALL",
    "values": "SELECT status, count(*) FROM evidence WHERE field <> '' GROUP BY ALL ORDER BY ALL",
    "issues": "SELECT code, count(*) FROM issue GROUP BY ALL ORDER BY ALL",
    "entities": f"SELECT kind, count(*) FROM entity WHERE {_DESCRIBED} GROUP BY ALL ORDER BY ALL",
    "entities_in_two_documents": (
        f"SELECT kind, count(*) FROM entity WHERE documents > 1 AND {_DESCRIBED} GROUP BY ALL ORDER"
        " BY ALL"
    ),
    "judged": (
        "SELECT who, count(*) FROM judgement WHERE state = 'used' AND starts_with(who, 'model:')"
        " GROUP BY ALL ORDER BY ALL"
    ),
    "replies": "SELECT model, count(*) FROM reply GROUP BY ALL ORDER BY ALL",
}
_IN_DOUBT = ", ".join(f"'{status}'" for status in (*DOUBTED, "missing"))
_DOUBTED = f"""
SELECT e.field, e.value, e.status, e.reason, d.path, e.record_id
FROM evidence e JOIN document d USING (document_id)
WHERE e.status IN ({_IN_DOUBT})
ORDER BY e.status, d.path, e.record_id, e.position LIMIT 5
"""
_NOT_COMPLETE = """
SELECT d.path, d.status, i.code, min(i.message) AS message, min(i.remedy) AS remedy,
  count(*) AS times
FROM document d JOIN issue i USING (document_id)
WHERE d.status <> 'complete' AND list_contains(d.reasons, i.code)
GROUP BY ALL ORDER BY d.status DESC, d.path, i.code
"""
# What readers left out or could not see, of documents that count as complete too.
_NOTICED = """
SELECT i.code, count(DISTINCT i.path) AS documents, min(i.path) AS path,
  arg_min(i.message, i.path) AS message
FROM document d JOIN issue i USING (document_id)
WHERE i.passage_id IS NULL AND i.record_id IS NULL AND NOT list_contains(d.reasons, i.code)
GROUP BY ALL ORDER BY i.code
"""
_RECORD_TABLES = """
SELECT table_name FROM duckdb_columns() WHERE column_name = 'doubted' AND NOT internal
ORDER BY table_oid
"""


def summarise(database: Path) -> dict[str, Any]:
    """Counts by name, doubted values and documents that are not complete."""
    session = Session(database)
    try:
        summary: dict[str, Any] = {
            name: dict(session.query(sql)[1]) for name, sql in _COUNTS.items()
        }
        tables = [row[0] for row in session.query(_RECORD_TABLES)[1]]
        summary["records"] = {
            name: session.query(f'SELECT count(*) FROM "{name}"')[1][0][0] for name in tables
        }
        plurals = session.query(f"SELECT view_name FROM {VIEWS} ORDER BY view_name")[1]
        names = [name for (name,) in plurals if not name.startswith(("checked_", "_"))]
        summary["view"] = "agreements" if "agreements" in names else (names or ["document"])[0]
        summary["questions"] = session.query("SELECT count(*) FROM question")[1][0][0]
        example = session.query(
            f"SELECT record_id FROM evidence ORDER BY status NOT IN ({_IN_DOUBT}), record_id"
            " LIMIT 1"
        )[1]
        summary["example"] = example[0][0] if example else None
        summary["doubted"] = _rows(session, _DOUBTED)
        summary["not_complete"] = _rows(session, _NOT_COMPLETE)
        summary["noticed"] = _rows(session, _NOTICED)
        return summary
    finally:
        session.close()


def _rows(session: Session, sql: str) -> list[dict[str, Any]]:
    columns, rows = session.query(sql)
    return [dict(zip(columns, row, strict=True)) for row in rows]
