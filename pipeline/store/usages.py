"""The names of all documents, carried over or new, as usages to be resolved.

A million mentions are some hundred thousand usages, so that what resolution holds in memory follows
the number of names, not of documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import duckdb

from pipeline.domain import NameUsage
from pipeline.records import Style
from pipeline.store.load import Scratch

NameFacts = Callable[[str, Style], tuple[str, str]]
_NEAR = 16  # names that stand beside a name, the most frequent first

_SPOKEN = """
CREATE OR REPLACE TEMP TABLE spoken AS
SELECT m.mention_id, m.record_id, m.document_id, d.document_key, m.kind, m.name, f.key, f.flag,
  m.same_as, m.apart_from, m.within, m.beside
FROM every_mention m JOIN form f USING (kind, name) JOIN document_key d USING (document_id)
WHERE f.key <> ''
"""
_STATED = """
CREATE OR REPLACE TEMP TABLE stated AS
SELECT DISTINCT document_id, kind, same_as AS full_name, name AS alias, record_id
FROM spoken WHERE same_as IS NOT NULL AND same_as <> name
UNION ALL
SELECT DISTINCT a.document_id, s.kind, a.long, a.short, NULL
FROM every_abbreviation a
JOIN (SELECT DISTINCT document_id, kind, name, flag FROM spoken) s
  ON s.document_id = a.document_id AND s.name = a.short AND s.flag NOT IN ('class')
WHERE s.kind IN (FROM abbreviated)
"""
_CONTEXT = """
CREATE OR REPLACE TEMP TABLE context AS
SELECT document_id, kind, key,
  coalesce(list_sort(list_distinct(list(within) FILTER (within IS NOT NULL))), []) AS countries,
  coalesce(list_sort(list_distinct(flatten(list(beside_keys)))), []) AS beside
FROM (
  SELECT document_id, kind, key, within,
    list_filter(list_transform(beside, lambda b: besides[b]), lambda k: k <> '') AS beside_keys
  FROM spoken, (SELECT map_from_entries(list((text, key))) AS besides FROM beside_form)
)
GROUP BY ALL
"""
_USED = """
CREATE OR REPLACE TEMP TABLE used AS
WITH bound AS (
  SELECT DISTINCT document_id, kind, alias AS name FROM stated
)
SELECT s.mention_id, s.record_id, s.document_id, s.kind, s.name, s.key, c.countries, c.beside,
  CASE
    WHEN s.flag IN ('role', 'acronym') THEN s.document_key
    WHEN s.flag = 'generic' AND len(c.countries) <> 1 THEN s.document_key
    WHEN s.flag = 'short' AND (s.kind IN (FROM personal) OR b.name IS NOT NULL)
      THEN s.document_key
    ELSE ''
  END AS scope
FROM spoken s JOIN context c USING (document_id, kind, key)
LEFT JOIN bound b USING (document_id, kind, name)
"""
_NAMED = """
CREATE OR REPLACE TEMP TABLE named AS
SELECT 'n_' || left(sha256(concat_ws(chr(31), kind, key, scope, countries::VARCHAR,
    beside::VARCHAR)), 16) AS usage_id, * FROM used
"""
_USAGE = """
SELECT n.usage_id, n.kind, any_value(n.key), any_value(n.scope),
  list(n.name ORDER BY n.mentions DESC, length(n.name) DESC, n.name),
  list(n.documents ORDER BY n.mentions DESC, length(n.name) DESC, n.name),
  any_value(n.countries), any_value(n.beside), coalesce(any_value(c.near), []),
  coalesce(any_value(t.stated), []), any_value(d.documents), sum(n.mentions)::BIGINT
FROM (
  SELECT usage_id, kind, key, scope, name, countries, beside, count(*) AS mentions,
    count(DISTINCT document_id) AS documents
  FROM named GROUP BY ALL
) n
JOIN (SELECT usage_id, count(DISTINCT document_id) AS documents FROM named GROUP BY ALL) d
  USING (usage_id)
LEFT JOIN company c USING (usage_id)
LEFT JOIN told t USING (usage_id)
GROUP BY n.usage_id, n.kind
ORDER BY n.usage_id
"""
_COMPANY = f"""
CREATE OR REPLACE TEMP TABLE company AS
WITH beside AS (
  SELECT a.usage_id, b.kind || ' ' || b.key AS near, count(*) AS times
  FROM named a JOIN named b USING (record_id)
  WHERE a.usage_id <> b.usage_id AND (a.kind <> b.kind OR a.key <> b.key)
  GROUP BY ALL
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY usage_id ORDER BY times DESC, near) AS place
  FROM beside
)
SELECT usage_id, list(near ORDER BY place) AS near FROM ranked WHERE place <= {_NEAR}
GROUP BY usage_id
"""
_TOLD = """
CREATE OR REPLACE TEMP TABLE told AS
WITH both_ways AS (
  SELECT document_id, kind, full_name AS name, alias AS other FROM stated
  UNION
  SELECT document_id, kind, alias, full_name FROM stated
)
SELECT n.usage_id, list_sort(list_distinct(list(b.other))) AS stated
FROM both_ways b JOIN named n USING (document_id, kind, name) GROUP BY ALL
"""
_STATED_PAIRS = """
SELECT least(a.usage_id, b.usage_id), greatest(a.usage_id, b.usage_id), min(s.alias),
  min(s.full_name)
FROM stated s
JOIN (SELECT DISTINCT document_id, kind, name, usage_id FROM named) a
  ON a.document_id = s.document_id AND a.kind = s.kind AND a.name = s.alias
JOIN (SELECT DISTINCT document_id, kind, name, usage_id FROM named) b
  ON b.document_id = s.document_id AND b.kind = s.kind AND b.name = s.full_name
WHERE a.usage_id <> b.usage_id
GROUP BY ALL ORDER BY ALL
"""
_APART_PAIRS = """
SELECT DISTINCT least(a.usage_id, b.usage_id), greatest(a.usage_id, b.usage_id)
FROM spoken s JOIN named a USING (mention_id)
JOIN (SELECT DISTINCT document_id, kind, name, usage_id FROM named) b
  ON b.document_id = s.document_id AND b.kind = s.kind AND b.name = s.apart_from
WHERE s.apart_from IS NOT NULL AND a.usage_id <> b.usage_id
ORDER BY ALL
"""
_SAME_RECORD = """
SELECT DISTINCT a.usage_id, b.usage_id
FROM asked_pair p
JOIN named a ON a.usage_id = p.left_usage
JOIN named b ON b.usage_id = p.right_usage AND b.record_id = a.record_id
ORDER BY ALL
"""


def prepare_usages(
    scratch: Scratch,
    facts: NameFacts,
    key_of_text: Callable[[str], str],
    styles: Mapping[str, Style],
    document_keys: Mapping[str, str],
) -> list[NameUsage]:
    """All names as they are used, by id. `facts` gives key and flag of a name by style (see
    features.py), `key_of_text` the key of what stands beside a name, `styles` the style of each
    kind, `document_keys` the key that outlives a run by document id. Once a run."""
    scratch.allow_resolving()
    db = scratch.db
    db.execute(f"CREATE OR REPLACE TEMP VIEW every_mention AS {scratch.whole('mention')}")
    db.execute(f"CREATE OR REPLACE TEMP VIEW every_abbreviation AS {scratch.whole('abbreviation')}")
    fill(db, "document_key", "document_id document_key", list(document_keys.items()))
    personal = [(kind,) for kind, style in styles.items() if style == "person"]
    fill(db, "personal", "kind", personal)
    fill(db, "abbreviated", "kind", [(k,) for k, s in styles.items() if s != "person"])
    names = db.execute("SELECT DISTINCT kind, name FROM every_mention ORDER BY ALL").fetchall()
    known = [(k, n, *facts(n, styles[k])) for k, n in names if k in styles]
    fill(db, "form", "kind name key flag", known)
    beside = db.execute("SELECT DISTINCT unnest(beside) FROM every_mention ORDER BY ALL").fetchall()
    fill(db, "beside_form", "text key", [(t, key_of_text(t)) for (t,) in beside] or [("", "")])
    for statement in (_SPOKEN, _STATED, _CONTEXT, _USED, _NAMED, _COMPANY, _TOLD):
        db.execute(statement)
    return [
        NameUsage(
            usage_id, kind, styles[kind], key, scope, tuple(names), tuple(countries),
            tuple(near_by), tuple(near), tuple(stated), documents, mentions, tuple(by_name),
        )
        for usage_id, kind, key, scope, names, by_name, countries, near_by, near, stated, documents,
        mentions in db.execute(_USAGE).fetchall()
    ]  # fmt: skip


def stated_pairs(scratch: Scratch) -> list[tuple[str, str, str, str]]:
    """Usages that a document states to be one, with the alias and the full name."""
    return scratch.db.execute(_STATED_PAIRS).fetchall()


def apart_pairs(scratch: Scratch) -> list[tuple[str, str]]:
    """Usages that a record tells apart."""
    return scratch.db.execute(_APART_PAIRS).fetchall()


def in_one_record(scratch: Scratch, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the pairs whose names stand in one record, side by side."""
    fill(scratch.db, "asked_pair", "left_usage right_usage", list(pairs))
    return set(scratch.db.execute(_SAME_RECORD).fetchall())


def fill(
    db: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Sequence[tuple[str, ...]]
) -> None:
    """Create a temporary table of text columns, named in one string, and write its rows in bulk."""
    import pyarrow as pa

    names = columns.split()
    declared = ", ".join(f"{name} VARCHAR" for name in names)
    db.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({declared})")
    if rows:
        arrays = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        db.register("given_rows", pa.table(arrays, names=names))
        db.execute(f"INSERT INTO {table} SELECT * FROM given_rows")
        db.unregister("given_rows")
