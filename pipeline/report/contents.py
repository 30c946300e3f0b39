"""What the page shows, read from the database: the top of each figure, and how much there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.domain import DOUBTED
from pipeline.errors import DossierError
from pipeline.report.figures import FORMS, Figure
from pipeline.store.query import Session

MOST_ROWS = 200
Row = Mapping[str, Any]
_QUOTE = "e.field = ''"  # the rows of evidence that are quotes, not values
_DOCUMENTS = f"""
SELECT d.path, d.title, d.date, d.language, d.status, d.reasons,
  coalesce(e.records, 0) AS records, coalesce(e.quotes, 0) AS quotes,
  coalesce(e.doubted, 0) AS doubted_values, coalesce(c.sentences, 0) AS sentences_without_a_record
FROM document d
LEFT JOIN (
  SELECT document_id, count(DISTINCT record_id) AS records, count(*) FILTER ({_QUOTE}) AS quotes,
    count(*) FILTER (list_contains($doubted, e.status::VARCHAR)) AS doubted
  FROM evidence e GROUP BY ALL) e USING (document_id)
LEFT JOIN (
  SELECT document_id, count(*) AS sentences FROM coverage GROUP BY ALL) c USING (document_id)
ORDER BY records DESC, d.path
"""
_STRIPS = f"""
WITH shown AS (
  SELECT document_id, path, characters FROM document WHERE characters > 0
  ORDER BY characters DESC, path LIMIT 40)
SELECT s.path, 'a quote of a record' AS what, 100 * e.start / s.characters AS lo,
  100 * e."end" / s.characters AS hi
FROM shown s JOIN evidence e USING (document_id) WHERE {_QUOTE} AND e.start IS NOT NULL
UNION
SELECT s.path, 'a sentence without a record', 100 * c.start / s.characters,
  100 * c."end" / s.characters
FROM shown s JOIN coverage c USING (document_id)
ORDER BY ALL LIMIT 8000
"""
_DOUBTS = """
SELECT d.path, e.field, e.value, e.status, e.reason, e.quote AS found, [e.record_id] AS record_ids
FROM evidence e JOIN document d USING (document_id)
WHERE list_contains($doubted, e.status::VARCHAR)
ORDER BY e.status, d.path, e.record_id, e.position
"""
_TOTALS = f"""
SELECT (SELECT count(*) FROM document) AS documents,
  (SELECT count(*) FROM document WHERE status <> 'complete') AS not_complete,
  count(DISTINCT record_id) AS records, count(*) FILTER ({_QUOTE}) AS quotes,
  count(*) FILTER (NOT {_QUOTE}) AS values,
  count(*) FILTER (list_contains($doubted, e.status::VARCHAR)) AS doubted,
  (SELECT count(*) FROM coverage) AS uncovered
FROM evidence e
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The first MOST_ROWS rows of a figure, in its order, of `total`."""

    figure: Figure
    columns: Sequence[str]
    rows: Sequence[Row]
    total: int


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the page tells beside the cards: `figures` are the subject's own."""

    run: Row
    totals: Row
    documents: Shown
    strips: Sequence[Row]
    figures: Sequence[Shown]
    doubts: Shown


def contents_of(session: Session, figures: Sequence[Figure]) -> Contents:
    """Read what the page shows. Raises DossierError for a figure whose query fails or lacks a
    column of its form, naming it."""
    doubted = {"doubted": list(DOUBTED)}
    return Contents(
        run=rows_of(session, "FROM run")[1][0],
        totals=rows_of(session, _TOTALS, doubted)[1][0],
        documents=_shown(session, Figure("documents", "", "table", "", _DOCUMENTS), doubted),
        strips=rows_of(session, _STRIPS)[1],
        figures=[_shown(session, figure) for figure in figures],
        doubts=_shown(session, Figure("doubts", "", "table", "", _DOUBTS), doubted),
    )


def rows_of(
    session: Session, sql: str, parameters: dict[str, Any] | None = None
) -> tuple[list[str], list[Row]]:
    """Column names, and each row by them."""
    columns, rows = session.query(sql, parameters)
    return columns, [dict(zip(columns, row, strict=True)) for row in rows]


def _shown(session: Session, figure: Figure, parameters: dict[str, Any] | None = None) -> Shown:
    # The count comes with the rows: a query that joins much is not asked twice.
    sql = f"SELECT *, count(*) OVER () AS total_rows FROM ({figure.sql}\n) LIMIT {MOST_ROWS}"
    try:
        columns, rows = rows_of(session, sql, parameters)
    except DossierError as error:
        said = f"The report's figure {figure.name!r} cannot be read: {error}"
        raise DossierError(said, "Give the --subject of the run, and run again.") from error
    lacking = [name for name in FORMS[figure.form] if name not in columns]
    if lacking:
        said = f"The report's figure {figure.name!r} has no column {lacking[0]!r}"
        raise DossierError(said, f"The form {figure.form} needs it.")
    total = rows[0]["total_rows"] if rows else 0
    return Shown(figure, [name for name in columns if name != "total_rows"], rows, total)
