"""A card for each entity: its names, what it takes part in, and the sentences about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.report.contents import Row, rows_of
from pipeline.store.query import Session

MOST_CARDS = 300
MOST_RECORDS = 1500
_MOST_TIES = 12
_MOST_QUOTES = 6
_ENTITIES = """
SELECT entity_id, kind, name, aliases, countries, documents, mentions, count(*) OVER () AS total
FROM entity WHERE NOT is_role
ORDER BY documents DESC, mentions DESC, name, entity_id LIMIT $most
"""
_NAMES = """
SELECT entity_id, name, sum(mentions) AS mentions, max(documents) AS documents FROM usage
WHERE list_contains($ids, entity_id) GROUP BY ALL ORDER BY mentions DESC, name
"""
# What names an entity takes part in, and who takes part in what a claim tells of.
_TIES = """
WITH here AS (
  SELECT DISTINCT entity_id, record_id, mention_id IS NULL AS is_claim FROM entity_member
  WHERE list_contains($ids, entity_id)),
others AS (SELECT DISTINCT entity_id, record_id, mention_id IS NULL AS is_claim FROM entity_member)
SELECT h.entity_id, e.entity_id AS other_id, e.kind, e.name, count(*) AS times
FROM here h JOIN others o ON o.record_id = h.record_id AND o.is_claim <> h.is_claim
JOIN entity e ON e.entity_id = o.entity_id
WHERE NOT e.is_role
GROUP BY h.entity_id, e.entity_id, e.kind, e.name
QUALIFY row_number() OVER (
  PARTITION BY h.entity_id ORDER BY count(*) DESC, e.name, e.entity_id) <= $most
ORDER BY e.kind, times DESC, e.name, other_id
"""
_RECORDS = """
SELECT m.entity_id, e.record_id, d.path, e.quote,
  count(*) OVER (PARTITION BY m.entity_id) AS total
FROM (SELECT DISTINCT entity_id, record_id FROM entity_member
  WHERE list_contains($ids, entity_id)) m
JOIN evidence e ON e.record_id = m.record_id AND e.position = 0
JOIN document d ON d.document_id = e.document_id
QUALIFY row_number() OVER (PARTITION BY m.entity_id ORDER BY d.path, e.start, e.record_id) <= $most
ORDER BY d.path, e.start, e.record_id
"""
_TYPES = """
SELECT table_name FROM duckdb_columns() WHERE column_name = 'doubted' AND NOT internal
ORDER BY table_oid
"""
_QUOTES = """
SELECT e.record_id, d.path, e.page, e.quote, e.status
FROM evidence e JOIN document d USING (document_id)
WHERE e.field = '' AND list_contains($ids, e.record_id)
ORDER BY d.path, e.start, e.record_id, e.position
"""


@dataclass(slots=True)
class Card:
    """An entity with its `names` as documents write them, `ties` to what it takes part in, and the
    first `quotes` of `records` records about it."""

    entity: Row
    names: list[Row] = field(default_factory=list)
    ties: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    quotes: list[Row] = field(default_factory=list)
    records: int = 0


@dataclass(slots=True)
class Quoted:
    """A record and all its quotes, in the order of the text."""

    record_id: str
    kind: str
    path: str
    quotes: list[Row] = field(default_factory=list)


def cards_of(session: Session) -> tuple[list[Card], int]:
    """The cards of the MOST_CARDS entities of most documents, and how many entities there are."""
    entities = rows_of(session, _ENTITIES, {"most": MOST_CARDS})[1]
    cards = {row["entity_id"]: Card(row) for row in entities}
    ids = {"ids": list(cards)}
    for row in rows_of(session, _NAMES, ids)[1]:
        cards[row["entity_id"]].names.append(row)
    for row in rows_of(session, _TIES, ids | {"most": _MOST_TIES})[1]:
        cards[row["entity_id"]].ties[row["kind"]].append(row)
    for row in rows_of(session, _RECORDS, ids | {"most": _MOST_QUOTES})[1]:
        card = cards[row["entity_id"]]
        card.quotes.append(row)
        card.records = row["total"]
    return list(cards.values()), entities[0]["total"] if entities else 0


def quoted(session: Session, wanted: Iterable[str]) -> list[Quoted]:
    """The quotes of the first MOST_RECORDS of the records `wanted`, by document."""
    ids = list(dict.fromkeys(wanted))[:MOST_RECORDS]
    kinds = _kinds(session, ids)
    found: dict[str, Quoted] = {}
    for row in rows_of(session, _QUOTES, {"ids": ids})[1]:
        record_id = row["record_id"]
        if record_id not in found:
            found[record_id] = Quoted(record_id, kinds.get(record_id, ""), row["path"])
        found[record_id].quotes.append(row)
    return list(found.values())


def _kinds(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The record type of each record, as its table is named."""
    tables: Collection[str] = [name for (name,) in session.query(_TYPES)[1]]
    if not tables:
        return {}
    sql = " UNION ALL ".join(
        f"SELECT record_id, '{name}' FROM \"{name}\" WHERE list_contains($ids, record_id)"
        for name in tables
    )
    return dict(session.query(sql, {"ids": list(ids)})[1])
