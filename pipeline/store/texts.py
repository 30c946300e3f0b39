"""A document of a run for people: its text as passages hold it, and what stands where in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.store.grounds import Grounds
from pipeline.store.query import Session


@dataclass(frozen=True, slots=True)
class Shown:
    """A document. `language` is as BCP 47 has it, or empty; `characters` counts code points."""

    id: str
    path: str
    title: str
    date: str
    language: str
    characters: int
    pages: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands at `start` to `end`, in code points of the document's text: a quote of a record
    (`field` is empty), or a value at the path `field`."""

    start: int
    end: int
    table: str
    record: str
    field: str
    value: str
    status: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the upper left corner of the page as it is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    field: str


_DOCUMENTS = """
SELECT document_id, path, coalesce(title, ''), coalesce(date, ''), coalesce(language, ''),
       coalesce(characters, 0), coalesce(pages, 0)
FROM document
"""
_MARKS = """
SELECT e.start, e."end", e.record_id, e.field, coalesce(e.value, e.quote, ''), e.status::VARCHAR
FROM evidence e WHERE e.document_id = ? AND e.start < ? AND e."end" > ?
ORDER BY e.start, e."end" DESC, e.record_id, e.position
"""
_BOXES = """
SELECT b.page, b."left", b.top, b."right", b.bottom, e.field
FROM evidence_box b JOIN evidence e USING (record_id, position)
WHERE e.record_id = ? AND e.field IN ('', ?) ORDER BY b.page, e.position, b.box
"""


class Texts:
    """The documents of the run of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._grounds = Grounds.of(session)

    def count(self) -> int:
        """The number of documents."""
        return int(self._ask("SELECT count(*) FROM document", [])[0][0])

    def documents(self, start: int, most: int) -> list[tuple[Shown, int]]:
        """At most `most` documents by path, from the place `start` on, with the number of their
        records."""
        rows = self._ask(f"{_DOCUMENTS} ORDER BY path LIMIT ? OFFSET ?", [most, start])
        found = [Shown(*row) for row in rows]
        sql = (
            "SELECT document_id, count(DISTINCT record_id) FROM evidence"
            " WHERE list_contains($1, document_id) GROUP BY ALL"
        )
        counts = dict(self._ask(sql, [[document.id for document in found]]))
        return [(document, counts.get(document.id, 0)) for document in found]

    def document(self, wanted: str) -> Shown | None:
        """The document of an id or path."""
        rows = self._ask(f"{_DOCUMENTS} WHERE document_id = $1 OR path = $1 LIMIT 1", [wanted])
        return Shown(*rows[0]) if rows else None

    def parts(self, document_id: str, start: int, end: int) -> list[tuple[int, str]]:
        """The text from `start` to `end` as far as passages hold it: where each part begins, and
        the part. What stands in several passages is given once."""
        sql = (
            "SELECT start, text FROM passage p WHERE document_id = ? AND p.start < ?"
            ' AND p."end" > ? ORDER BY p.start'
        )
        found: list[tuple[int, str]] = []
        reached = start
        for begins, text in self._ask(sql, [document_id, end, start]):
            low, high = max(begins, reached), min(begins + len(text), end)
            if low < high:
                found.append((low, text[low - begins : high - begins]))
                reached = high
        return found

    def passage_at(self, document_id: str, start: int) -> tuple[int, int] | None:
        """Where the first passage begins and ends that holds a place."""
        sql = (
            'SELECT start, "end" FROM passage WHERE document_id = ? AND start <= ? AND "end" > ?'
            " ORDER BY start LIMIT 1"
        )
        rows = self._ask(sql, [document_id, start, start])
        return (rows[0][0], rows[0][1]) if rows else None

    def marks(self, document_id: str, start: int, end: int) -> list[Mark]:
        """What stands between two places, by where it begins; the longest first."""
        rows = self._ask(_MARKS, [document_id, end, start])
        tables = self._grounds.tables_of({row[2] for row in rows})
        return [Mark(low, high, tables.get(r, ""), r, *rest) for low, high, r, *rest in rows]

    def boxes(self, record_id: str, path: str) -> list[Box]:
        """Where the quotes of a record and its value at a path stand on pages."""
        return [Box(*row) for row in self._ask(_BOXES, [record_id, path])]

    def _ask(self, sql: str, given: Sequence[Any]) -> list[Any]:
        return self._session.query(sql, list(given))[1]
