"""The claims of one run, as decisions are held against them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any

from pipeline.compare.claims import Claim, Value
from pipeline.store.query import Session
from pipeline.store.rows import Row
from pipeline.store.table import TABLES

_ROWS = """
SELECT e.record_id, e.field, e.value, e.quote, e.start, e."end", e.status::VARCHAR, e.reason,
  {agreement}
FROM {evidence} e JOIN {document} d USING (document_id)
JOIN {table} t ON t.record_id = e.record_id
WHERE d.path = ? ORDER BY e.record_id, e.position
"""
_TABLES = f"""
SELECT table_name FROM {TABLES} WHERE table_name IN
  (SELECT table_name FROM duckdb_columns() WHERE column_name = 'doubted')
GROUP BY ALL ORDER BY ALL
"""


Ask = Callable[[str, list[Any]], list[Row]]


class Grounds:
    """The documents and claims of one run.

    `ask` answers SQL with parameters; `relation` gives the SQL for the rows of a table.
    """

    def __init__(self, ask: Ask, relation: Callable[[str], str] = '"{}"'.format) -> None:
        self._ask = ask
        self._relation = relation

    @cached_property
    def tables(self) -> list[str]:
        """The tables of records."""
        return [name for (name,) in self._ask(_TABLES, [])]

    @cached_property
    def paths(self) -> dict[str, None]:
        """The paths of documents, sorted."""
        sql = f"SELECT DISTINCT path FROM {self._relation('document')} ORDER BY 1"
        return dict.fromkeys(path for (path,) in self._ask(sql, []))

    @classmethod
    def of(cls, session: Session) -> Grounds:
        """Those of the database of a session."""
        return cls(lambda sql, given: session.query(sql, given)[1])

    def has_document(self, path: str) -> bool:
        """Whether the run read a document of that path."""
        return path in self.paths

    def claims(self, path: str, table: str) -> list[Claim]:
        """The records of one type of a document."""
        if table not in self.tables:
            return []
        found: dict[str, tuple[list[Value], list[Value]]] = {}
        names = {name: self._relation(name) for name in ("evidence", "document")}
        agreement = "e.agreement" if self._has_agreement else "NULL"
        sql = _ROWS.format(table=self._relation(table), agreement=agreement, **names)
        for record, field, text, quote, *rest in self._ask(sql, [path]):
            start, end, status, reason, agreement = rest
            said = quote or "" if text is None else text
            value = Value(field, said, status, quote, start, end, reason, agreement)
            found.setdefault(record, ([], []))[bool(field)].append(value)
        return [Claim(i, path, table, tuple(q), tuple(v)) for i, (q, v) in found.items()]

    def tables_of(self, records: Collection[str]) -> dict[str, str]:
        """The table of each record, by its id."""
        parts = [
            f"SELECT record_id, '{table}' FROM {self._relation(table)}"
            " WHERE list_contains($1, record_id)"
            for table in self.tables
        ]
        return dict(self._ask(" UNION ALL ".join(parts), [sorted(records)])) if parts else {}

    @cached_property
    def _has_agreement(self) -> bool:
        """Whether the run is of a release that counts it."""
        columns = self._ask(f"DESCRIBE SELECT * FROM {self._relation('evidence')}", [])
        return any(column[0] == "agreement" for column in columns)

    @property
    def has_repeats(self) -> bool:
        """Whether anything was asked more than once."""
        sql = f"SELECT count(agreement) FROM {self._relation('evidence')}"
        return self._has_agreement and self._ask(sql, [])[0][0] > 0

    def sample(
        self, most: int, seed: int, statuses: Collection[str], *, unsteady: bool = False
    ) -> list[tuple[str, str, str]]:
        """Values drawn at random, every value alike: document, record and path of each. The order
        is that of a hash of the seed and the place, so that a seed always draws the same. Of
        `unsteady` ones alone, those that the fewest answers give come first."""
        first, wanted = ("e.agreement, ", " AND e.agreement < 1") if unsteady else ("", "")
        names = {name: self._relation(name) for name in ("evidence", "document")}
        sql = (
            "SELECT d.path, e.record_id, e.field FROM {evidence} e JOIN {document} d"
            " USING (document_id) WHERE e.field <> '' AND list_contains($2, e.status::VARCHAR)"
            f"{wanted} ORDER BY {first}md5(concat_ws(' ', $1, e.record_id, e.field)), e.record_id,"
            " e.field LIMIT $3"
        ).format(**names)
        return [tuple(row) for row in self._ask(sql, [str(seed), sorted(statuses), most])]

    def holds(self, path: str, text: str) -> bool:
        """Whether a text stands in a document, as its passages have it."""
        names = {name: self._relation(name) for name in ("passage", "document")}
        sql = (
            "SELECT count(*) FROM {passage} JOIN {document} USING (document_id)"
            " WHERE path = ? AND contains(text, ?)"
        ).format(**names)
        return bool(text.strip()) and self._ask(sql, [path, text])[0][0] > 0

    def around(self, path: str, start: int, end: int) -> tuple[str, str, str] | None:
        """The slice of a document's text from `start` to `end` (code points), with what stands
        before and behind it in its passage; None where no passage holds it."""
        sql = (
            "SELECT text, start FROM passage p JOIN document USING (document_id)"
            ' WHERE path = ? AND p.start <= ? AND p."end" >= ? ORDER BY p.start LIMIT 1'
        )
        rows = self._ask(sql, [path, start, end])
        if not rows:
            return None
        text, begins = rows[0]
        low, high = start - begins, end - begins
        return text[:low], text[low:high], text[high:]
