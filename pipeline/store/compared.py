"""Two kept runs side by side: what of them differs, found in bulk, so that only that is compared
record by record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.compare.claims import Claim, Value
from pipeline.errors import DossierError
from pipeline.store.load import Translated
from pipeline.store.table import TABLES
from pipeline.store.tables import literal

MEMORY = "700MB"
_SIDES = ("one", "other")
# Documents are the same by their bytes, else by where they were read from.
_PAIRED = """
CREATE TABLE paired AS
WITH same AS (
  SELECT a.document_id AS one, b.document_id AS other, b.path
  FROM one.document a JOIN other.document b USING (document_id)
),
changed AS (
  SELECT a.document_id AS one, b.document_id AS other, b.path
  FROM one.document a JOIN other.document b USING (path)
  WHERE a.document_id NOT IN (SELECT one FROM same)
    AND b.document_id NOT IN (SELECT other FROM same)
)
FROM same UNION ALL FROM changed
UNION ALL SELECT document_id, NULL, path FROM one.document
  WHERE document_id NOT IN (SELECT one FROM same UNION ALL SELECT one FROM changed)
UNION ALL SELECT NULL, document_id, path FROM other.document
  WHERE document_id NOT IN (SELECT other FROM same UNION ALL SELECT other FROM changed)
"""
_SIGNED = """
CREATE TABLE {side}_signed AS
SELECT record_id, bit_xor(hash(position, field, value, quote, start, "end", status, reason)) AS h,
  count(*) AS n
FROM {side}.evidence GROUP BY record_id
"""
_DIFFERING = """
CREATE TABLE {side}_rest AS
SELECT s.record_id FROM {side}_signed s ANTI JOIN {far}_signed f USING (record_id, h, n)
"""
_ROWS = """
SELECT e.record_id, p.path, t.type, e.field, e.value, e.quote, e.start, e."end",
  e.status::VARCHAR, e.reason, {agreement}
FROM {side}.evidence e JOIN {side}_rest USING (record_id)
JOIN paired p ON p.{side} = e.document_id
JOIN {side}_type t USING (record_id)
ORDER BY p.path, t.type, e.record_id, e.position
"""


@dataclass(frozen=True, slots=True)
class EntityChange:
    """What became of an entity: added, removed, renamed, joined (it took in `others`) or divided
    (part of it is now `others`)."""

    change: str
    kind: str
    entity_id: str
    before: str
    after: str
    others: tuple[str, ...] = ()


class Compared:
    """Two databases opened side by side, read-only. Use as a context."""

    def __init__(self, one: Path, other: Path) -> None:
        """Raises DossierError for a file that is no database of this program."""
        self.types: dict[str, tuple[str, ...]] = {}
        self.db = duckdb.connect(":memory:")
        self.db.execute(f"SET memory_limit = '{MEMORY}'; SET enable_progress_bar = false")
        for side, path in zip(_SIDES, (one, other), strict=True):
            with Translated(path):
                self.db.execute(f"ATTACH {literal(str(path.resolve()))} AS {side} (READ_ONLY)")
            self.types[side] = self._record_tables(side, path)
        self._find()

    def __enter__(self) -> Compared:
        return self

    def __exit__(self, *error: object) -> None:
        self.db.close()

    def claims(self, side: int) -> Iterator[Claim]:
        """The records of one side (0 or 1) that are not the same on the other."""
        name = _SIDES[side]
        columns = f"duckdb_columns() WHERE database_name = '{name}' AND table_name = 'evidence'"
        known = self._all(f"SELECT 1 FROM {columns} AND column_name = 'agreement'")
        agreement = "e.agreement" if known else "NULL"  # a kept run may be of an older release
        rows = self.db.cursor().execute(_ROWS.format(side=name, agreement=agreement))
        current: list[Any] | None = None
        while batch := rows.fetchmany(10_000):
            for record, path, kind, *value in batch:
                if current is None or current[0] != record:
                    if current:
                        yield _claim(current)
                    current = [record, path, kind, [], []]
                (current[4] if value[0] else current[3]).append(_value(value))
        if current:
            yield _claim(current)

    def unchanged(self) -> dict[str, int]:
        """The number of records that are the same on both sides, by type."""
        sql = """
        SELECT t.type, count(*) FROM one_type t
        WHERE t.record_id NOT IN (FROM one_rest) GROUP BY ALL ORDER BY ALL
        """
        return dict(self._all(sql))

    def totals(self) -> dict[tuple[str, str], int]:
        """Values of the first run by type and field, and its records under the field ''."""
        sql = r"""
        SELECT type, field, CASE WHEN field = '' THEN count(DISTINCT record_id) ELSE count(*) END
        FROM (
          SELECT t.type, regexp_replace(e.field, '\[\d+\]', '', 'g') AS field, e.record_id
          FROM one.evidence e JOIN one_type t USING (record_id)
        ) GROUP BY type, field
        """
        return {(kind, name): count for kind, name, count in self._all(sql)}

    def documents(self) -> list[tuple[str, str | None, str | None]]:
        """Path, and the ids of either side, by path."""
        return self._all("SELECT path, one, other FROM paired ORDER BY ALL")

    def run(self, side: int) -> dict[str, Any]:
        """The row of `run`."""
        result = self.db.execute(f"SELECT * FROM {_SIDES[side]}.run")
        names = [column[0] for column in result.description or []]
        rows = result.fetchall()
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def prompts(self, side: int) -> dict[str, tuple[str, ...]]:
        """The digests of the prompts by task, and the models that answered under 'model'."""
        where = f"FROM {_SIDES[side]}.reply GROUP BY ALL ORDER BY ALL"
        rows = self._all(f"SELECT task, list_sort(list(DISTINCT prompt_digest)) {where}")
        found = {str(task): tuple(digests) for task, digests in rows}
        models = self._all(f"SELECT DISTINCT model FROM {_SIDES[side]}.reply ORDER BY ALL")
        return found | {"model": tuple(m for (m,) in models)}

    def answered_anew(self) -> int:
        """How many requests were the same and were answered otherwise."""
        sql = """
        SELECT count(*) FROM one.reply a JOIN other.reply b USING (request_key, attempt)
        WHERE a.content <> b.content
        """
        return int(self._all(sql)[0][0])

    def entities(self) -> list[EntityChange]:
        """What became of merged names, deals and events."""
        rows = self._all(_ENTITIES)
        return [
            EntityChange(c, k, i, b or "", a or "", tuple(o or ())) for c, k, i, b, a, o in rows
        ]

    def deals(self, side: int) -> dict[str, str]:
        """The entity of each record that is a claim about one, of the records in `claims`."""
        name = _SIDES[side]
        sql = f"""
        SELECT record_id, entity_id FROM {name}.entity_member
        WHERE mention_id IS NULL AND record_id IN (FROM {name}_rest)
        """
        return dict(self._all(sql))

    def _find(self) -> None:
        self.db.execute(_PAIRED)
        for side in _SIDES:
            tables = " UNION ALL ".join(
                f"SELECT record_id, '{name}' AS type FROM {side}.\"{name}\""
                for name in self.types[side]
            )
            empty = "SELECT NULL::VARCHAR AS record_id, '' AS type WHERE false"
            self.db.execute(f"CREATE TABLE {side}_type AS {tables or empty}")
            self.db.execute(_SIGNED.format(side=side))
        for side, far in (_SIDES, _SIDES[::-1]):
            self.db.execute(_DIFFERING.format(side=side, far=far))

    def _record_tables(self, side: str, path: Path) -> tuple[str, ...]:
        sql = f"""
        SELECT table_name FROM duckdb_columns()
        WHERE database_name = '{side}' AND column_name = 'doubted' AND table_name IN
          (SELECT table_name FROM {TABLES} WHERE database_name = '{side}')
          AND NOT ends_with(table_name, '_decided')
        ORDER BY table_name
        """
        found = tuple(name for (name,) in self._all(sql))
        tables = {n for (n,) in self._all(
            f"SELECT table_name FROM {TABLES} WHERE database_name = '{side}'")}  # fmt: skip
        if not {"document", "evidence", "reply", "run", "usage", "entity"} <= tables:
            raise DossierError(
                f"{path} is no database of a run", "`dossier runs` lists those that are kept."
            )
        return found

    def _all(self, sql: str) -> list[Any]:
        return self.db.execute(sql).fetchall()


# An entity is known by its id; ids outlive a run. Usages are what it is made of.
_ENTITIES = """
WITH moved AS (
  SELECT a.entity_id AS was, b.entity_id AS now_in
  FROM one.usage a JOIN other.usage b USING (usage_id)
  WHERE a.entity_id <> b.entity_id
),
divided AS (
  SELECT was AS entity_id, list_sort(list(DISTINCT coalesce(e.name, now_in))) AS others
  FROM moved LEFT JOIN other.entity e ON e.entity_id = now_in
  WHERE was IN (SELECT entity_id FROM other.entity) GROUP BY ALL
),
joined AS (
  SELECT now_in AS entity_id, list_sort(list(DISTINCT coalesce(e.name, was))) AS others
  FROM moved LEFT JOIN one.entity e ON e.entity_id = was
  WHERE was NOT IN (SELECT entity_id FROM other.entity) GROUP BY ALL
)
SELECT * FROM (
  SELECT 'divided' AS change, b.kind, b.entity_id, a.name AS before, b.name AS after, d.others
  FROM divided d JOIN other.entity b USING (entity_id) JOIN one.entity a USING (entity_id)
  UNION ALL
  SELECT 'joined', b.kind, b.entity_id, a.name, b.name, j.others
  FROM joined j JOIN other.entity b USING (entity_id) LEFT JOIN one.entity a USING (entity_id)
  UNION ALL
  SELECT 'renamed', b.kind, b.entity_id, a.name, b.name, []
  FROM one.entity a JOIN other.entity b USING (entity_id) WHERE a.name <> b.name
  UNION ALL
  SELECT 'removed', a.kind, a.entity_id, a.name, NULL, []
  FROM one.entity a WHERE a.entity_id NOT IN (SELECT entity_id FROM other.entity)
    AND a.entity_id NOT IN (SELECT was FROM moved)
  UNION ALL
  SELECT 'added', b.kind, b.entity_id, NULL, b.name, []
  FROM other.entity b WHERE b.entity_id NOT IN (SELECT entity_id FROM one.entity)
    AND b.entity_id NOT IN (SELECT now_in FROM moved)
)
ORDER BY kind, change, coalesce(after, before), entity_id
"""


def _value(row: list[Any]) -> Value:
    path, text, quote, start, end, status, *rest = row
    return Value(path, quote or "" if text is None else text, status, quote, start, end, *rest)


def _claim(given: list[Any]) -> Claim:
    record, path, kind, quotes, values = given
    return Claim(record, path, kind, tuple(quotes), tuple(values))
