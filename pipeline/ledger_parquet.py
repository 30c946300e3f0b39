"""Every reply ever received, as a Parquet dataset that many processes on many machines add to.

FOLDER/answer/<the first two digits of the key>/part-<hash>.parquet are answers sorted by key.
FOLDER/new/<name>.<writer>.jsonl are those that came since, of one shard and one process each, a
line synced before anyone parses the answer; `compact` moves them to parts. An answer that is there
twice does no harm. Columns are those of the SQLite ledger.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pyarrow as pa
from pyarrow import dataset, parquet

from pipeline.domain import Reply
from pipeline.errors import DossierError
from pipeline.ledger import Ledger

PREFIXES = tuple(f"{n:02x}" for n in range(256))
SMALL_BYTES = 32_000_000  # of a part; MOST_SMALL of them are joined
MOST_SMALL = 8
_SYNC_S = 0.05  # of answers that are synced together: little beside what a model takes for one
_GROUP = 2_000  # rows that a look-up reads
_SCHEMA = pa.schema(
    [(n, pa.string()) for n in ("key", "model", "content", "finish_reason")]
    + [
        (n, pa.int64())
        for n in ("attempt", "tokens_in", "tokens_cached", "tokens_out", "latency_ms")
    ]
    + [(n, pa.string()) for n in ("source", "received_at", "asked")]
)
Row = dict[str, Any]
_REPLY = _SCHEMA.names[:10]  # the fields of a Reply, in order


class ParquetLedger:
    """The replies of a cluster's runs. Safe for any number of processes that see the folder, each
    of which sees what is in parts and what came under the name that it begins."""

    def __init__(self, folder: Path, name: str = "driver") -> None:
        """Raises DossierError for a folder that cannot be written."""
        self.folder = folder
        self._writer = uuid4().hex
        self._parts: dict[str, tuple[list[str], dataset.Dataset]] = {}
        self._journal: IO[bytes] | None = None
        self._syncing: asyncio.Future[None] | None = None
        for part in ("answer", "new", "failure", "form"):
            with _Told(folder):
                (folder / part).mkdir(parents=True, exist_ok=True)
        self.begin(name)

    def begin(self, name: str) -> None:
        """From now on, answers come under this name; what came under it before is known."""
        self.close()
        self._name = name
        self._recent: dict[str, dict[int, Row]] = {}
        for file in self.folder.glob(f"new/{name}.*.jsonl"):
            for row in _lines(file):
                self._recent.setdefault(row["key"], {})[row["attempt"]] = row

    def all(self, key: str) -> list[tuple[Reply, str]]:
        """All answers to a request, attempt by attempt, each with where and how it was asked for,
        as `add` was told."""
        found = self._in_parts(key) | self._recent.get(key, {})
        return [(_reply(found[n]), found[n]["asked"]) for n in sorted(found)]

    def add(self, reply: Reply, asked: str = "") -> bool:
        """Keep an answer, durably once `settled` returns; False when it was there already. `asked`
        says where and how it was asked for."""
        recent = self._recent.setdefault(reply.key, {})
        if reply.attempt in recent:
            return False
        row: Row = {name: getattr(reply, name) for name in _REPLY}
        row |= {"received_at": _now(), "asked": asked}
        with _Told(self.folder):
            if self._journal is None:
                file = self.folder / "new" / f"{self._name}.{self._writer}.jsonl"
                self._journal = file.open("ab")
            line = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
            self._journal.write(line + b"\n")
            self._journal.flush()
        recent[reply.attempt] = row
        return True

    async def settled(self) -> None:
        """Wait until what was added is synced, together with what others add within _SYNC_S."""
        if self._syncing is None:
            self._syncing = asyncio.ensure_future(self._sync())
        await asyncio.shield(self._syncing)

    async def _sync(self) -> None:
        await asyncio.sleep(_SYNC_S)
        self._syncing = None  # who adds from now on waits for the next
        assert self._journal is not None
        with _Told(self.folder):
            await asyncio.to_thread(os.fdatasync, self._journal.fileno())

    def add_failure(self, key: str, code: str, message: str) -> None:
        """Record that a call failed. It stays unanswered."""
        line = json.dumps({"key": key, "code": code, "message": message[:2000], "at": _now()})
        with _Told(self.folder), (self.folder / "failure" / f"{self._writer}.jsonl").open("a") as f:
            f.write(f"{line}\n")

    def endpoint_forms(self, address: str, model: str) -> dict[str, str]:
        """In which form an endpoint took requests for this model before: the mode by task, and what
        it takes instead of a parameter."""
        forms = {}
        for file in sorted((self.folder / "form").glob("*.json")):
            with suppress(OSError, ValueError, KeyError):
                told = json.loads(file.read_text(encoding="utf-8"))
                if (told["address"], told["model"]) == (address, model):
                    forms[told["name"]] = told["form"]
        return forms

    def remember_form(self, address: str, model: str, name: str, form: str) -> None:
        """Remember a form that worked. An address never holds credentials; the model refuses one
        that does."""
        told = {"address": address, "model": model, "name": name, "form": form}
        named = hashlib.sha256(f"{address}\0{model}\0{name}".encode()).hexdigest()[:16]
        target = self.folder / "form" / f"{named}.json"
        aside = target.with_suffix(f".{self._writer}")
        with _Told(self.folder):
            aside.write_text(json.dumps(told), encoding="utf-8")
            aside.replace(target)

    def close(self) -> None:
        """Let go of what is open."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _in_parts(self, key: str) -> dict[int, Row]:
        place = self.folder / "answer" / key[:2]
        for _ in range(3):  # a part may be joined to others while it is read
            with suppress(FileNotFoundError):
                parts = sorted(str(file) for file in place.glob("part-*.parquet"))
                if not parts:
                    return {}
                known = self._parts.get(place.name)
                if known is None or known[0] != parts:
                    known = parts, dataset.dataset(parts, schema=_SCHEMA, format="parquet")
                    self._parts[place.name] = known
                rows = known[1].to_table(filter=dataset.field("key") == key).to_pylist()
                return {row["attempt"]: row for row in rows}
        raise DossierError(f"{place} does not hold still", "See who else writes there.")


def compact(folder: Path, names: Collection[str] | None = None) -> int:
    """Move the answers that came under `names`, or all, to parts, and join small parts where there
    are many; returns how many answers. One process at a time, and nobody may add under these names
    meanwhile; others may read."""
    files = [
        file for file in folder.glob("new/*.jsonl")
        if names is None or file.name.split(".")[0] in names
    ]  # fmt: skip
    rows: dict[str, list[Row]] = defaultdict(list)
    for file in files:
        for row in _lines(file):
            rows[row["key"][:2]].append(row)
    with _Told(folder):
        for prefix, added in rows.items():
            place = folder / "answer" / prefix
            place.mkdir(exist_ok=True)
            parts = [f for f in place.glob("part-*.parquet") if f.stat().st_size < SMALL_BYTES]
            joined = parts if len(parts) >= MOST_SMALL else []
            table = pa.concat_tables([pa.Table.from_pylist(added, _SCHEMA), *map(_read, joined)])
            table = table.sort_by([("key", "ascending"), ("attempt", "ascending")])
            _write(table, place / f"part-{uuid4().hex}.parquet")
            for file in joined:
                file.unlink()
        for file in files:
            file.unlink()
    return sum(map(len, rows.values()))


def export_ledger(ledger: Ledger, folder: Path) -> int:
    """Write all answers of an SQLite ledger as a dataset; returns their number. Raises DossierError
    where there is one already, or a folder that cannot be written."""
    if any((folder / "answer").glob("*/*.parquet")):
        raise DossierError(f"{folder} holds replies already", "Name an empty folder.")
    ParquetLedger(folder)
    count = 0
    for prefix in PREFIXES:
        rows = ledger.rows(prefix, _SCHEMA.names)
        if rows:
            given = zip(zip(*rows, strict=True), _SCHEMA.types, strict=True)
            columns = [pa.array(values, kind) for values, kind in given]
            with _Told(folder):
                (folder / "answer" / prefix).mkdir(exist_ok=True)
                table = pa.table(columns, schema=_SCHEMA)
                _write(table, folder / "answer" / prefix / "part-imported.parquet")
            count += len(rows)
    return count


def import_ledger(ledger: Ledger, folder: Path) -> tuple[int, int]:
    """Take all answers of a dataset into an SQLite ledger; returns how many were new, and how many
    there are. Raises DossierError for a folder that holds none, and a file that is none of ours."""
    files = sorted((*folder.glob("answer/*/part-*.parquet"), *folder.glob("new/*.jsonl")))
    if not files:
        raise DossierError(f"{folder} holds no replies", "Name the folder `ledger` of a cluster.")
    new = count = 0
    for file in files:
        with _Told(file):
            single = file.suffix == ".jsonl"
            rows = list(_lines(file)) if single else _read(file).to_pylist()
        new += ledger.add_rows(_SCHEMA.names, [tuple(r[n] for n in _SCHEMA.names) for r in rows])
        count += len(rows)
    return new, count


def _read(file: Path) -> pa.Table:
    return parquet.ParquetFile(file).read().cast(_SCHEMA)


def _write(table: pa.Table, file: Path) -> None:
    """Write a file whole or not at all, and synced."""
    aside = file.with_name(f".{file.name}")
    with aside.open("wb") as target:
        parquet.write_table(table, target, compression="zstd", row_group_size=_GROUP)
        target.flush()
        os.fsync(target.fileno())
    aside.replace(file)
    place = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _lines(file: Path) -> Iterator[Row]:
    """The rows of a journal. The last line of a process that was killed may be broken off: its
    answer was not parsed by anyone."""
    with file.open("rb") as lines:
        for line in lines:
            with suppress(ValueError):
                yield json.loads(line)


def _reply(row: Row) -> Reply:
    return Reply(**{name: row[name] for name in _REPLY})


class _Told:
    """A context in which errors about a place become DossierErrors."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            return  # joined to another one meanwhile; who looks for it looks again
        if isinstance(error, OSError | pa.ArrowException):
            said = (error.strerror if isinstance(error, OSError) else None) or str(error)
            remedy = "Check the folder, its permissions and the disk."
            raise DossierError(f"{self.place}: {said}", remedy) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
