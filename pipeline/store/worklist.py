"""The documents of a run by id, out of lists too long for memory: which of several with the same
bytes is taken, and how they are dealt out to shards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.store.load import Translated, remove_database
from pipeline.store.tables import literal

DOCUMENTS = 256  # of a shard, about, while there are no more than MOST_BITS allows
MOST_BITS = 12  # of the ids that tell shards apart
_MEMORY = "512MB"
_GIVEN = """
CREATE TABLE given AS FROM read_parquet([{}], hive_partitioning = false)
QUALIFY row_number() OVER (PARTITION BY path, member, entry, part ORDER BY place) = 1
"""
_FIRST = """
CREATE TABLE first AS FROM given QUALIFY row_number() OVER (
  PARTITION BY id ORDER BY unfit, inside, linked, name, path, member, entry, part) = 1
"""
_DUPLICATES = """
SELECT g.id, g.name, 'Same bytes as ' || f.name FROM given g JOIN first f USING (id)
WHERE (g.path, g.member, g.entry, g.part) <> (f.path, f.member, f.entry, f.part) ORDER BY ALL
"""
_SHARDS = """
SELECT (('0x' || substr(id, 5, 3))::INTEGER >> $1)::INTEGER AS number, count(*),
  md5(string_agg(id || chr(31) || name, chr(30) ORDER BY id))
FROM first GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Shard:
    """Documents whose ids begin with three hex digits from `low` to below `high`, all three-digit
    numbers. `name` changes with any of them."""

    name: str
    low: str
    high: str
    documents: int


@dataclass(frozen=True, slots=True)
class Worklist:
    """What is to be read: the file of all documents by id, the shards that they are dealt out to,
    and (id, name, what to say) of files with the bytes of another."""

    file: Path
    number: int
    shards: tuple[Shard, ...]
    duplicates: tuple[tuple[str, str, str], ...]


def make_worklist(identified: Sequence[Path], folder: Path) -> Worklist:
    """Write FOLDER/documents.parquet from lists of files with their ids."""
    path, file = folder / ".worklist.duckdb", folder / "documents.parquet"
    remove_database(path)
    try:
        with Translated(folder), duckdb.connect(str(path)) as db:
            db.execute(f"SET memory_limit = '{_MEMORY}'; SET enable_progress_bar = false")
            db.execute(_GIVEN.format(", ".join(literal(str(f)) for f in identified)))
            db.execute(_FIRST)
            duplicates = db.execute(_DUPLICATES).fetchall()
            (number,) = db.execute("SELECT count(*) FROM first").fetchone() or (0,)
            target = f"{literal(str(file))} (FORMAT parquet, ROW_GROUP_SIZE 2048)"
            db.execute(f"COPY (FROM first ORDER BY id) TO {target}")
            left = 12 - min(MOST_BITS, max(0, (number - 1) // DOCUMENTS).bit_length())
            shards = [_shard(n, left, *told) for n, *told in db.execute(_SHARDS, [left]).fetchall()]
    finally:
        remove_database(path)
    return Worklist(file, number, tuple(shards), tuple(duplicates))


def _shard(number: int, left: int, documents: int, digest: str) -> Shard:
    low = f"doc_{number << left:03x}"
    after = (number + 1) << left
    high = f"doc_{after:03x}" if after < 1 << 12 else "doc_g"
    return Shard(f"{number << left:03x}-{12 - left}-{digest[:16]}", low, high, documents)
