"""Every reply ever received, as a Parquet dataset that many processes on many machines add to.

FOLDER/answer/<the first two digits of the key>/ holds `new-<key>-<attempt>.json`, one answer each,
synced before anyone parses it, and `part-<hash>.parquet`, sorted by key, to which `compact` joins
them. An answer that is there twice does no harm. Columns are those of the SQLite ledger.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
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
MOST_PARTS = 8  # of one prefix; more are joined to one
_GROUP = 2_000  # rows that a look-up reads
_SCHEMA = pa.schema(
    [(n, pa.string()) for n in ("key", "model", "content", "finish_reason")]
    + [
        (n, pa.int64())
        for n in ("attempt", "tokens_in", "tokens_cached", "tokens_out", "latency_ms")
    ]
    + [(n, pa.string()) for n in ("source", "received_at", "asked")]
)
_REPLY = _SCHEMA.names[:10]  # the fields of a Reply, in order


class ParquetLedger:
    """The replies of a cluster's runs. Safe for any number of processes that see the folder."""

    def __init__(self, folder: Path) -> None:
        """Raises DossierError for a folder that cannot be written."""
        self.folder = folder
        self._writer = uuid4().hex
        self._parts: dict[str, tuple[list[str], dataset.Dataset]] = {}
        for name in ("answer", "failure", "form"):
            with _Told(folder):
                (folder / name).mkdir(parents=True, exist_ok=True)

    def all(self, key: str) -> list[tuple[Reply, str]]:
        """All answers to a request, attempt by attempt, each with where and how it was asked for,
        as `add` was told."""
        place = self.folder / "answer" / key[:2]
        for _ in range(3):  # a file may be joined to another one while it is looked for
            with suppress(FileNotFoundError):
                found = self._found(place, key)
                return [(_reply(found[n]), found[n]["asked"]) for n in sorted(found)]
        raise DossierError(f"{place} does not hold still", "See who else writes there.")

    def add(self, reply: Reply, asked: str = "") -> bool:
        """Keep an answer, durably, before anything else is done with it; False when it was there
        already. `asked` says where and how it was asked for."""
        place = self.folder / "answer" / reply.key[:2]
        file = place / f"new-{reply.key}-{reply.attempt}.json"
        row = {name: getattr(reply, name) for name in _REPLY} | {
            "received_at": _now(),
            "asked": asked,
        }
        content = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
        with _Told(self.folder):
            place.mkdir(exist_ok=True)
            if file.exists():
                return False
            _write(file, lambda target: target.write(content))
        return True

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
        self._parts.clear()

    def _found(self, place: Path, key: str) -> dict[int, dict[str, Any]]:
        """The rows of a key by attempt. Single answers are looked for before parts, to which they
        may be joined meanwhile, and once more for those after the parts' last."""
        found = self._single(place, key, {})
        if not found:
            parts = sorted(str(file) for file in place.glob("part-*.parquet"))
            known = self._parts.get(place.name)
            if known is None or known[0] != parts:
                known = parts, dataset.dataset(parts, schema=_SCHEMA, format="parquet")
                self._parts[place.name] = known
            rows = (
                known[1].to_table(filter=dataset.field("key") == key).to_pylist() if parts else []
            )
            found = self._single(place, key, {row["attempt"]: row for row in rows})
        return found

    def _single(
        self, place: Path, key: str, found: dict[int, dict[str, Any]]
    ) -> dict[int, dict[str, Any]]:
        n = 0
        while n in found or (place / f"new-{key}-{n}.json").exists():
            if n not in found:
                found[n] = json.loads((place / f"new-{key}-{n}.json").read_bytes())
            n += 1
        return found


def compact(folder: Path, prefix: str) -> int:
    """Join the single answers whose keys begin with `prefix` to a sorted part, and parts to one
    where there are many; returns how many files went. One process at a time; others may read and
    add meanwhile."""
    place = folder / "answer" / prefix
    single, parts = sorted(place.glob("new-*.json")), sorted(place.glob("part-*.parquet"))
    if not single:
        return 0
    joined = parts if len(parts) >= MOST_PARTS else []
    files = [*single, *joined]
    with _Told(folder):
        rows = [json.loads(file.read_bytes()) for file in single]
        table = pa.concat_tables([pa.Table.from_pylist(rows, _SCHEMA), *map(_read, joined)])
        table = table.sort_by([("key", "ascending"), ("attempt", "ascending")])
        named = hashlib.sha256("\n".join(f.name for f in files).encode()).hexdigest()[:16]
        _write_table(table, place / f"part-{named}.parquet")
        for file in files:
            file.unlink(missing_ok=True)
    return len(files)


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
            columns = [pa.array(c, t) for c, t in zip(zip(*rows, strict=True), _SCHEMA.types)]  # noqa: B905
            with _Told(folder):
                (folder / "answer" / prefix).mkdir(exist_ok=True)
                table = pa.table(columns, schema=_SCHEMA)
                _write_table(table, folder / "answer" / prefix / "part-imported.parquet")
            count += len(rows)
    return count


def import_ledger(ledger: Ledger, folder: Path) -> tuple[int, int]:
    """Take all answers of a dataset into an SQLite ledger; returns how many were new, and how many
    there are. Raises DossierError for a folder that holds none, and a file that is none of ours."""
    files = sorted((folder / "answer").glob("*/[np]*-*.*"))
    if not files:
        raise DossierError(f"{folder} holds no replies", "Name the folder `ledger` of a cluster.")
    new = count = 0
    for file in files:
        with _Told(file):
            single = file.suffix == ".json"
            rows = [json.loads(file.read_bytes())] if single else _read(file).to_pylist()
        new += ledger.add_rows(_SCHEMA.names, [tuple(r[n] for n in _SCHEMA.names) for r in rows])
        count += len(rows)
    return new, count


def _read(file: Path) -> pa.Table:
    return parquet.ParquetFile(file).read().cast(_SCHEMA)


def _write_table(table: pa.Table, file: Path) -> None:
    _write(
        file,
        lambda target: parquet.write_table(
            table, target, compression="zstd", row_group_size=_GROUP
        ),
    )


def _write(file: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file whole or not at all, and synced."""
    aside = file.with_name(f".{file.name}.{uuid4().hex}")
    with aside.open("wb") as target:
        write(target)
        target.flush()
        os.fsync(target.fileno())
    aside.replace(file)
    place = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _reply(row: dict[str, Any]) -> Reply:
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
