"""A copy of a run with known changes in it, for the tests of `dossier diff`."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipeline.store.compared import Compared

Connection = duckdb.DuckDBPyConnection
_TEXTS = ("name", "title", "subject", "description", "claim", "measure")


@dataclass
class Planted:
    """What was planted: the class by the record it was planted in."""

    one: Path
    other: Path
    classes: dict[str, str] = field(default_factory=dict)


def plant(run: Path, folder: Path, count: int, seed: int, classes: Iterable[str] = ()) -> Planted:
    """Two copies of a run that differ in `count` records, each in one way."""
    one, other = folder / "one.duckdb", folder / "other.duckdb"
    for copy in (one, other):
        shutil.copy(run, copy)
    with Compared(one, other) as pair:
        tables = pair.types["one"]
    chance = random.Random(seed)
    left, right = duckdb.connect(str(one)), duckdb.connect(str(other))
    planted = Planted(one, other)
    records = [
        (record, table)
        for table in tables
        for (record,) in left.execute(f'SELECT record_id FROM "{table}" ORDER BY ALL').fetchall()
    ]
    chance.shuffle(records)
    wanted = list(classes) or list(_PLANT)
    used: set[tuple[str, ...]] = set()
    moving: set[tuple[str, ...]] = set()
    for record, table in records:
        if len(planted.classes) == count:
            break
        # Which of two changed namesakes of one document is which, nobody could tell.
        known = (table, *_namesakes(left, table, record))
        if known in used:
            continue
        used.add(known)
        # Nor whether one of a document's records went and another came, or one was rewritten.
        place = known[:2]
        for name in sorted(wanted, key=lambda n: (list(planted.classes.values()).count(n), n)):
            comes_or_goes = name in ("added", "removed", "merged", "split")
            if comes_or_goes and place in moving:
                continue
            if _PLANT[name](left, right, table, record, chance):
                planted.classes[record] = name
                moving |= {place} if comes_or_goes else set()
                break
    left.close()
    right.close()
    return planted


def _namesakes(db: Connection, table: str, record: str) -> tuple[str, str]:
    sql = f'SELECT document_id FROM "{table}" WHERE record_id = ?'
    values = _rows(db, record, "field NOT IN ('', 'realis', 'speaker')")
    words = values[0][2].split() if values else [""]
    return db.execute(sql, [record]).fetchall()[0][0], words[0][:8]


def _rows(db: Connection, record: str, where: str) -> list[tuple[int, str, str]]:
    sql = f"SELECT position, field, value FROM evidence WHERE record_id = ? AND {where} ORDER BY 1"
    return db.execute(sql, [record]).fetchall()


def _set(db: Connection, record: str, position: int, **columns: object) -> None:
    told = ", ".join(f'"{name}" = ?' for name in columns)
    sql = f"UPDATE evidence SET {told} WHERE record_id = ? AND position = ?"
    db.execute(sql, [*columns.values(), record, position])


def _changed(_: Connection, db: Connection, table: str, record: str, chance: random.Random) -> bool:
    rows = _rows(db, record, "field NOT IN ('', 'realis') AND status = 'quoted'")
    if not rows:
        return False
    position, _, value = chance.choice(rows)
    digits = value.replace(".", "").isdigit()
    is_date = value[:4].isdigit() and not digits
    changed = f"1987{value[4:]}" if is_date else f"{value}7" if digits else f"{value} Nordwest"
    _set(db, record, position, value=changed)
    return True


def _reclassified(
    _: Connection, db: Connection, table: str, record: str, chance: random.Random
) -> bool:
    position, _, value = _rows(db, record, "field = 'realis'")[0]
    _set(db, record, position, value="planned" if value != "planned" else "actual")
    return True


def _value_lost(
    _: Connection, db: Connection, table: str, record: str, chance: random.Random
) -> bool:
    rows = _rows(db, record, "field <> '' AND status = 'quoted'")
    if len(rows) < 3:
        return False
    db.execute(
        "DELETE FROM evidence WHERE record_id = ? AND position = ?",
        [record, chance.choice(rows)[0]],
    )
    return True


def _value_found(
    _: Connection, db: Connection, table: str, record: str, chance: random.Random
) -> bool:
    if _rows(db, record, "field = 'speaker'"):
        return False
    db.execute(
        "INSERT INTO evidence BY NAME SELECT * REPLACE ('speaker' AS field, 'the editor' AS value,"
        " 900 AS position) FROM evidence WHERE record_id = ? AND field <> '' LIMIT 1",
        [record],
    )
    return True


def _format(_: Connection, db: Connection, table: str, record: str, chance: random.Random) -> bool:
    names = ", ".join(f"'{name}'" for name in _TEXTS)
    rows = [r for r in _rows(db, record, f"field IN ({names})") if r[2].swapcase() != r[2]]
    if not rows:
        return False
    position, _, value = rows[0]
    _set(db, record, position, value=value.swapcase().replace("-", "\u2010"))
    return value.swapcase().casefold() == value.casefold()


def _evidence(
    _: Connection, db: Connection, table: str, record: str, chance: random.Random
) -> bool:
    rows = _rows(db, record, "field = '' AND length(quote) > 12")
    if not rows:
        return False
    quote = db.execute(
        "SELECT quote FROM evidence WHERE record_id = ? AND position = ?", [record, rows[0][0]]
    ).fetchall()[0][0]
    _set(db, record, rows[0][0], quote=quote[:-3])
    return True


def _removed(_: Connection, db: Connection, table: str, record: str, chance: random.Random) -> bool:
    _forget(db, table, record)
    return True


def _added(left: Connection, _: Connection, table: str, record: str, chance: random.Random) -> bool:
    _forget(left, table, record)
    return True


def _moved(_: Connection, db: Connection, table: str, record: str, chance: random.Random) -> bool:
    for name in (table, "evidence"):
        db.execute(f'UPDATE "{name}" SET record_id = ? WHERE record_id = ?', [f"{record}x", record])
    return True


def _merged(
    left: Connection, _: Connection, table: str, record: str, chance: random.Random
) -> bool:
    return _double(left, table, record)


def _split(
    _: Connection, right: Connection, table: str, record: str, chance: random.Random
) -> bool:
    return _double(right, table, record)


def _double(db: Connection, table: str, record: str) -> bool:
    """The record twice, the second time told to be planned, or not."""
    for name in (table, "evidence"):
        db.execute(
            f'INSERT INTO "{name}" SELECT * REPLACE (? AS record_id) FROM "{name}"'
            " WHERE record_id = ?",
            [f"{record}x", record],
        )
    # It differs a little from the first, and so does the first from what it was.
    position, _, was = _rows(db, record, "field = 'realis'")[0]
    values = [v for v in ("hypothetical", "denied", "planned") if v != was]
    for twin, value in zip((f"{record}x", record), values, strict=False):
        _set(db, twin, position, value=value)
    return True


def _forget(db: Connection, table: str, record: str) -> None:
    for name in (table, "evidence"):
        db.execute(f'DELETE FROM "{name}" WHERE record_id = ?', [record])


_PLANT: dict[str, Callable[[Connection, Connection, str, str, random.Random], bool]] = {
    "changed": _changed,
    "reclassified": _reclassified,
    "value_lost": _value_lost,
    "value_found": _value_found,
    "format_only": _format,
    "evidence_only": _evidence,
    "removed": _removed,
    "added": _added,
    "moved": _moved,
    "merged": _merged,
    "split": _split,
}
