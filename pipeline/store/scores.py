"""Candidate pairs and their weights by Splink, in DuckDB.

Usages that share a block are candidates. A block of more than MOST usages tells nothing, except
that of one and the same key, in which each is compared with its neighbours alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

MOST = 60
NEIGHBOURS = 10
_PAIRS = """
CREATE OR REPLACE TEMP TABLE candidate AS
WITH blocked AS (SELECT usage_id, key, unnest(blocks) AS block FROM {table}),
counted AS (
  SELECT usage_id, block,
    count(*) OVER (PARTITION BY block) AS bearers,
    row_number() OVER (PARTITION BY block ORDER BY key, usage_id) AS place
  FROM blocked
)
SELECT least(a.usage_id, b.usage_id) AS join_key_l, greatest(a.usage_id, b.usage_id) AS join_key_r,
  '0' AS match_key
FROM counted a JOIN counted b
  ON a.block = b.block AND a.place < b.place
  AND (a.bearers <= {most} OR (a.block LIKE '% k:%' AND b.place - a.place <= {neighbours}))
WHERE a.bearers > 1 AND {only}
GROUP BY ALL
"""
_CHANGED = "(a.usage_id IN (FROM changed) OR b.usage_id IN (FROM changed))"


def fill_features(
    db: duckdb.DuckDBPyConnection,
    columns: Mapping[str, str],
    rows: Iterable[tuple[Any, ...]],
    *,
    table: str = "feature",
    replace: bool = False,
) -> None:
    """Write the rows of features into a temporary table, in bulk; with `replace` in place of those
    of the same usages, which are then noted as changed."""
    import pyarrow as pa

    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    if replace:
        db.execute("CREATE OR REPLACE TEMP TABLE changed (usage_id VARCHAR)")
    else:
        db.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({declared})")
    batch: list[tuple[Any, ...]] = []
    types = {"VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "VARCHAR[]": pa.list_(pa.string())}

    def write() -> None:
        given = zip(*batch, strict=True)
        arrays = [pa.array(c, types[t]) for c, t in zip(given, columns.values(), strict=True)]
        db.register("given_features", pa.table(arrays, names=list(columns)))
        if replace:
            db.execute(
                f"DELETE FROM {table} WHERE usage_id IN (SELECT usage_id FROM given_features)"
            )
            db.execute("INSERT INTO changed SELECT usage_id FROM given_features")
        db.execute(f"INSERT INTO {table} SELECT * FROM given_features")
        db.unregister("given_features")
        batch.clear()

    for row in rows:
        batch.append(row)
        if len(batch) >= 50_000:
            write()
    if batch:
        write()


def scored_pairs(
    db: duckdb.DuckDBPyConnection,
    settings: dict[str, Any],
    least: float,
    *,
    table: str = "feature",
    only_changed: bool = False,
) -> list[tuple[str, str, float, dict[str, float]]]:
    """Pairs of a table of features in blocks they share, as (smaller id, larger id, bits, bits of
    each comparison), from `least` bits on, in order; `only_changed` leaves out pairs of which
    neither was changed."""
    only = _CHANGED if only_changed else "true"
    db.execute(_PAIRS.format(table=table, only=only, most=MOST, neighbours=NEIGHBOURS))
    if not db.execute("FROM candidate LIMIT 1").fetchall():
        return []
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=db)
    linker = Linker(api.register(table), settings, log_level=logging.ERROR)
    linker.table_management.register_blocked_pairs_for_predict(api.register("candidate"))
    predicted = linker.inference.predict(threshold_match_weight=least - 0.001)
    names = [c["output_column_name"] for c in settings["comparisons"]]
    parts = ", ".join(f'round("mw_{name}", 6)' for name in names)
    found = db.execute(
        "SELECT least(usage_id_l, usage_id_r), greatest(usage_id_l, usage_id_r),"
        f" round(match_weight, 6), {parts} FROM {predicted.physical_name} ORDER BY ALL"
    ).fetchall()
    linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    return [
        (left, right, weight, {n: b for n, b in zip(names, bits, strict=True) if b})
        for left, right, weight, *bits in found
    ]
