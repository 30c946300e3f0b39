"""Claims out to be resolved; entities, their members and what decided into the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.store.load import Scratch
from pipeline.store.usages import fill

_CLAIMS = """
SELECT k.record_id, d.document_key, k.kind, k.content_key, k.type, k.dates, k.amounts, k.numbers,
  k.figures, k.words, k.places, k.exact,
  coalesce(list_sort(list_distinct(list(n.usage_id) FILTER (n.usage_id IS NOT NULL))), [])
FROM every_claim k JOIN document_key d USING (document_id)
LEFT JOIN every_mention m
  ON m.record_id = k.record_id AND list_contains(k.parties, m.field)
LEFT JOIN named n ON n.mention_id = m.mention_id
GROUP BY ALL ORDER BY k.record_id
"""
_MEMBERS = """
INSERT INTO entity_member
SELECT e.entity_id, n.usage_id, n.mention_id, n.record_id, n.document_id,
  coalesce(w.reason, 'same name')
FROM named n JOIN usage_entity e USING (usage_id) LEFT JOIN usage_reason w USING (usage_id)
"""
_CLAIM_MEMBERS = """
INSERT INTO entity_member
SELECT e.entity_id, r.usage_id, NULL, r.record_id, k.document_id, coalesce(w.reason, 'same claim')
FROM claim_usage r JOIN every_claim k USING (record_id) JOIN usage_entity e USING (usage_id)
LEFT JOIN usage_reason w USING (usage_id)
"""
_ALIASES = """
INSERT INTO alias
WITH told AS (
  SELECT s.document_id, s.kind, s.full_name AS name, s.alias, min(s.record_id) AS record_id
  FROM stated s GROUP BY ALL
),
shown AS (
  SELECT t.*, coalesce(
    (SELECT min(e.quote) FROM every_evidence e
     WHERE e.record_id = t.record_id AND e.field <> '' AND e.value = t.alias),
    t.alias) AS quote,
    count(*) OVER (PARTITION BY t.kind, lower(t.name), lower(t.alias)) AS documents
  FROM told t
)
SELECT document_id, kind, name, alias, record_id, quote, documents > 1 FROM shown
"""
_SHOWN = """
CREATE OR REPLACE TEMP TABLE shown_entity (
  entity_id VARCHAR, kind VARCHAR, name VARCHAR, aliases VARCHAR[], country VARCHAR,
  countries VARCHAR[], is_role BOOLEAN)
"""
_ENTITIES = """
INSERT INTO entity
SELECT s.entity_id, s.kind, s.name, s.aliases, s.country, s.countries, s.is_role,
  count(DISTINCT m.document_id), count(*)
FROM shown_entity s JOIN entity_member m USING (entity_id) GROUP BY ALL
"""


_QUOTES = """
WITH told AS (
  SELECT a.usage_id, n.record_id, n.name FROM asked_usage a JOIN named n USING (usage_id)
  UNION
  SELECT a.usage_id, r.record_id, '' FROM asked_usage a JOIN claim_usage r USING (usage_id)
),
quoted AS (
  SELECT t.usage_id, e.document_id, e.quote, min(e.start) AS start,
    bool_or(contains(lower(e.quote), lower(t.name))) AS names_it
  FROM told t JOIN every_evidence e USING (record_id)
  WHERE e.field = '' AND e.start IS NOT NULL
  GROUP BY ALL
),
shown AS (
  SELECT q.usage_id, coalesce(d.title, d.path) || coalesce(' (' || d.date || ')', '') AS document,
    q.quote, row_number() OVER (
      PARTITION BY q.usage_id ORDER BY NOT q.names_it, d.path, q.start, q.quote) AS place
  FROM quoted q JOIN every_document d USING (document_id)
)
SELECT usage_id, document, quote FROM shown WHERE place <= ? ORDER BY usage_id, place
"""


def claim_rows(scratch: Scratch) -> list[tuple[Any, ...]]:
    """All claims, with the usages of their parties, by record id. After `prepare_usages`."""
    scratch.db.execute(f"CREATE OR REPLACE TEMP VIEW every_claim AS {scratch.whole('claim')}")
    return scratch.db.execute(_CLAIMS).fetchall()


def known_evidence(scratch: Scratch) -> None:
    """Make all evidence readable as `every_evidence`."""
    scratch.db.execute(f"CREATE OR REPLACE TEMP VIEW every_evidence AS {scratch.whole('evidence')}")


def note_claims(scratch: Scratch, claims: Iterable[tuple[str, str]]) -> None:
    """Write which usage each claim is: pairs of usage and record."""
    fill(scratch.db, "claim_usage", "usage_id record_id", list(claims))


def quotes_of(
    scratch: Scratch, usages: Iterable[str], most: int
) -> dict[str, list[tuple[str, str]]]:
    """The first quotes of each usage: what its document is called, with its date, and the words.
    After `claim_rows`."""
    known_evidence(scratch)
    db = scratch.db
    db.execute(f"CREATE OR REPLACE TEMP VIEW every_document AS {scratch.whole('document')}")
    fill(db, "asked_usage", "usage_id", [(u,) for u in usages])
    found: dict[str, list[tuple[str, str]]] = {}
    for usage, document, quote in db.execute(_QUOTES, [most]).fetchall():
        found.setdefault(usage, []).append((document, quote))
    return found


def write_entities(
    scratch: Scratch,
    *,
    usages: Mapping[str, tuple[Any, ...]],
    entity_of: Mapping[str, str],
    reasons: Mapping[str, str],
    shown: Iterable[tuple[Any, ...]],
    tables: Mapping[str, Iterable[tuple[Any, ...]]],
) -> None:
    """Write entities and their members: each mention and claim belongs to the entity of its usage.
    After `note_claims`.

    `usages` are rows of `usage` without the entity, by id; `reasons` why a usage joined; `shown`
    what the entities are called; `tables` rows of further tables by name.
    """
    db = scratch.db
    fill(db, "usage_entity", "usage_id entity_id", list(entity_of.items()))
    fill(db, "usage_reason", "usage_id reason", list(reasons.items()))
    db.execute(_SHOWN)
    scratch.append("shown_entity", list(shown))
    rows = [(u, entity_of[u], *row) for u, row in usages.items() if u in entity_of]
    scratch.append("usage", rows)
    known_evidence(scratch)
    for statement in (_MEMBERS, _CLAIM_MEMBERS, _ALIASES, _ENTITIES):
        db.execute(statement)
    for name, given in tables.items():
        if listed := list(given):
            scratch.append(name, listed)
