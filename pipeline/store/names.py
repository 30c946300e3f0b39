"""The names of all documents, carried over or new: usages out to be resolved, entities in.

A million mentions are some thousand usages, so that what resolution holds in memory follows the
number of names, not of documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.domain import Entity, NameUsage
from pipeline.store.load import Scratch

_SPOKEN = """
CREATE TEMP TABLE spoken AS
SELECT mention_id, document_id, kind, name, same_as, apart_from, within,
  CASE WHEN (kind, name) IN (FROM bound) OR (kind, same_as) IN (FROM bound)
    OR (kind, apart_from) IN (FROM bound) THEN document_id ELSE '' END AS scope
FROM every_mention
"""
_USAGE = """
CREATE TEMP TABLE usage AS
SELECT min(mention_id) AS usage_id, kind, name, same_as, apart_from, within, scope,
  count(*) AS mentions
FROM spoken GROUP BY ALL
"""
_USAGES = """
SELECT usage_id, kind, name, scope, same_as, apart_from, within, documents, mentions
FROM usage JOIN (
  SELECT kind, name, count(DISTINCT document_id) AS documents FROM spoken GROUP BY ALL
) USING (kind, name)
ORDER BY usage_id
"""
_MEMBER = """
CREATE TEMP TABLE member AS
SELECT entity_id, mention_id, document_id, reason
FROM spoken s JOIN usage u
  ON s.kind = u.kind AND s.name = u.name AND s.scope = u.scope
  AND s.same_as IS NOT DISTINCT FROM u.same_as
  AND s.apart_from IS NOT DISTINCT FROM u.apart_from
  AND s.within IS NOT DISTINCT FROM u.within
JOIN joined USING (usage_id)
"""
_ENTITY = """
INSERT INTO entity
SELECT entity_id, kind, name, aliases, country, count(DISTINCT document_id), count(*)
FROM shown JOIN member USING (entity_id) GROUP BY ALL
"""


def name_usages(scratch: Scratch, is_scoped: Callable[[str, str], bool]) -> list[NameUsage]:
    """All names as they are used, each way of use once, by id. `is_scoped` says of a name and its
    kind whether it means something only within a document; so does a name that any document
    defines as an abbreviation. Once a run."""
    scratch.flush()
    db = scratch.db
    db.execute(f"CREATE TEMP VIEW every_mention AS {scratch.whole('mention')}")
    db.execute("CREATE TEMP TABLE bound (kind VARCHAR, name VARCHAR)")
    names = db.execute(
        "SELECT DISTINCT kind, unnest([name, same_as, apart_from]) AS name FROM every_mention"
    ).fetchall()
    defined = {short for _, short, _ in abbreviations(scratch)}
    scratch.append("bound", [(k, n) for k, n in names if n and (n in defined or is_scoped(n, k))])
    db.execute(_SPOKEN)
    db.execute(_USAGE)
    return [NameUsage(*row) for row in db.execute(_USAGES).fetchall()]


def abbreviations(scratch: Scratch) -> list[tuple[str, str, str]]:
    """Abbreviations that are names of something as (document id, short, long)."""
    return scratch.db.execute(
        f"SELECT document_id, short, long FROM ({scratch.whole('abbreviation')})"
        " WHERE short IN (SELECT name FROM every_mention) ORDER BY ALL"
    ).fetchall()


def add_entities(scratch: Scratch, entities: Iterable[Entity]) -> None:
    """Write entities and their members: each mention belongs to the entity of its usage."""
    db = scratch.db
    db.execute("CREATE TEMP TABLE joined (entity_id VARCHAR, usage_id VARCHAR, reason VARCHAR)")
    db.execute(
        "CREATE TEMP TABLE shown"
        " (entity_id VARCHAR, kind VARCHAR, name VARCHAR, aliases VARCHAR[], country VARCHAR)"
    )
    known = list(entities)
    scratch.append("joined", [(e.id, usage, why) for e in known for usage, why in e.members])
    scratch.append("shown", [(e.id, e.kind, e.name, list(e.aliases), e.within) for e in known])
    db.execute(_MEMBER)
    db.execute("INSERT INTO entity_member SELECT entity_id, mention_id, reason FROM member")
    db.execute(_ENTITY)
