"""Every reply ever received, kept by request key in one SQLite file, written before anyone parses
it.

Answers and failures are different rows: a failure is never taken for an answer, and an answer is
never replaced.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from pipeline.domain import Reply
from pipeline.errors import DossierError, LockedError
from pipeline.lock import MARK

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
  key TEXT NOT NULL, attempt INTEGER NOT NULL, model TEXT NOT NULL, content TEXT NOT NULL,
  finish_reason TEXT NOT NULL, tokens_in INTEGER NOT NULL, tokens_cached INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL, latency_ms INTEGER NOT NULL,
  source TEXT NOT NULL, received_at TEXT NOT NULL, asked TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (key, attempt)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failure (
  key TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, failed_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS form (
  address TEXT NOT NULL, model TEXT NOT NULL, name TEXT NOT NULL, form TEXT NOT NULL,
  PRIMARY KEY (address, model, name));
CREATE TABLE IF NOT EXISTS batch (
  name TEXT PRIMARY KEY, requests INTEGER NOT NULL, status TEXT NOT NULL,
  file_id TEXT NOT NULL, remote_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS exported (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS failure_key ON failure (key);
"""
_COLUMNS = (
    "key, model, content, finish_reason, attempt, tokens_in, tokens_cached, tokens_out, latency_ms,"
    " source"
)


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch and how far it has come: written, uploaded, submitted, or as the endpoint says it
    ended."""

    name: str
    requests: int
    status: str
    file_id: str = ""
    remote_id: str = ""


class Replies(Protocol):
    """What a model needs of a ledger, as `Ledger` has it."""

    def all(self, key: str) -> list[tuple[Reply, str]]:
        """All answers to a request."""
        ...

    def add(self, reply: Reply, asked: str = "") -> bool:
        """Keep an answer."""
        ...

    async def settled(self) -> None:
        """Wait until what was added is kept durably."""
        ...

    def add_failure(self, key: str, code: str, message: str) -> None:
        """Record that a call failed."""
        ...

    def endpoint_forms(self, address: str, model: str) -> dict[str, str]:
        """In which form an endpoint took requests."""
        ...

    def remember_form(self, address: str, model: str, name: str, form: str) -> None:
        """Remember a form that worked."""
        ...


class Ledger:
    """The replies of one output folder. Safe for several processes: each write is one transaction
    (WAL)."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises DossierError when it cannot be written, LockedError when
        it stays locked."""
        self.path = path
        if (path.parent / MARK).exists():
            raise DossierError(
                f"{path.parent} keeps its replies in {path.parent}/ledger, as a cluster does",
                "`dossier ledger import` takes them into a file of another folder.",
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=10, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
            if "asked" not in {c for _, c, *_ in self._rows("PRAGMA table_info(answer)")}:
                self._changed("ALTER TABLE answer ADD COLUMN asked TEXT NOT NULL DEFAULT ''")
        except (OSError, sqlite3.Error) as error:
            raise _translated(error, path) from error

    def get(self, key: str, attempt: int | None = None) -> Reply | None:
        """The answer to a request: that of `attempt`, or the last one; None when there is none."""
        sql = f"SELECT {_COLUMNS} FROM answer WHERE key = ?"
        if attempt is None:
            rows = self._rows(sql + " ORDER BY attempt DESC LIMIT 1", key)
        else:
            rows = self._rows(sql + " AND attempt = ?", key, attempt)
        return Reply(*rows[0]) if rows else None

    def all(self, key: str) -> list[tuple[Reply, str]]:
        """All answers to a request, attempt by attempt, each with where and how it was asked for,
        as `add` was told."""
        sql = f"SELECT {_COLUMNS}, asked FROM answer WHERE key = ? ORDER BY attempt"
        return [(Reply(*row), asked) for *row, asked in self._rows(sql, key)]

    def find(self, beginning: str) -> list[Reply]:
        """All answers, attempt by attempt, to the requests whose keys begin so."""
        sql = f"SELECT {_COLUMNS} FROM answer WHERE substr(key, 1, ?) = ? ORDER BY key, attempt"
        return [Reply(*row) for row in self._rows(sql, len(beginning), beginning)]

    def add(self, reply: Reply, asked: str = "") -> bool:
        """Keep an answer, durably, before anything else is done with it; False when it was there
        already. `asked` says where and how it was asked for."""
        places = ", ".join("?" * 12)
        sql = f"INSERT OR IGNORE INTO answer ({_COLUMNS}, received_at, asked) VALUES ({places})"
        values = [getattr(reply, name) for name in _COLUMNS.split(", ")]
        return self._changed(sql, *values, _now(), asked) == 1

    async def settled(self) -> None:
        """Wait until what was added is kept durably: each write is."""

    def add_failure(self, key: str, code: str, message: str) -> None:
        """Record that a call failed. It stays unanswered."""
        self._changed("INSERT INTO failure VALUES (?, ?, ?, ?)", key, code, message[:2000], _now())

    def endpoint_forms(self, address: str, model: str) -> dict[str, str]:
        """In which form an endpoint took requests for this model before: the mode by task, and what
        it takes instead of a parameter."""
        sql = "SELECT name, form FROM form WHERE address = ? AND model = ?"
        return dict(self._rows(sql, address, model))

    def remember_form(self, address: str, model: str, name: str, form: str) -> None:
        """Remember a form that worked. An address never holds credentials; the model refuses one
        that does."""
        self._changed("INSERT OR REPLACE INTO form VALUES (?, ?, ?, ?)", address, model, name, form)

    def rows(self, beginning: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """These columns of all answers to requests whose keys begin so, by key and attempt."""
        sql = f"SELECT {', '.join(columns)} FROM answer WHERE key >= ? AND key < ?"
        return self._rows(f"{sql} ORDER BY key, attempt", beginning, f"{beginning}g")

    def add_rows(self, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
        """Keep answers as `rows` gave them; returns how many were not there already."""
        sql = f"INSERT OR IGNORE INTO answer ({', '.join(columns)})"
        sql += f" VALUES ({', '.join('?' * len(columns))})"
        self._changed("BEGIN")
        added = sum(self._changed(sql, *row) for row in rows)
        self._changed("COMMIT")
        return added

    def batches(self, status: str) -> list[BatchState]:
        """The batches that have come so far, by name."""
        sql = "SELECT name, requests, status, file_id, remote_id FROM batch WHERE status = ?"
        return [BatchState(*row) for row in self._rows(sql + " ORDER BY name", status)]

    def put_batch(self, state: BatchState) -> None:
        """Remember how far a batch has come."""
        row = (state.name, state.requests, state.status, state.file_id, state.remote_id)
        self._changed("INSERT OR REPLACE INTO batch VALUES (?, ?, ?, ?, ?)", *row)

    def add_exported(self, keys: Iterable[str]) -> None:
        """Remember which requests were written for a batch."""
        self._changed("BEGIN")
        for key in keys:
            self._changed("INSERT OR IGNORE INTO exported VALUES (?)", key)
        self._changed("COMMIT")

    def exported(self) -> set[str]:
        """The keys of all requests that were ever written for a batch."""
        return {key for (key,) in self._rows("SELECT key FROM exported")}

    def stats(self) -> dict[str, Any]:
        """Answers and tokens by model, failures by code, batches by status, and the size of the
        file."""
        by_model = (
            "SELECT model, count(*), sum(tokens_in), sum(tokens_cached), sum(tokens_out),"
            " count(DISTINCT key) FROM answer GROUP BY model ORDER BY model"
        )
        names = ("answers", "tokens_in", "tokens_cached", "tokens_out", "requests")
        by_code = "SELECT code, count(*) FROM failure GROUP BY code ORDER BY code"
        by_status = "SELECT status, count(*) FROM batch GROUP BY status ORDER BY status"
        models = self._rows(by_model)
        return {
            "models": {model: dict(zip(names, counts, strict=True)) for model, *counts in models},
            "failures": dict(self._rows(by_code)),
            "batches": dict(self._rows(by_status)),
            "size_bytes": self.path.stat().st_size,
        }

    def verify(self) -> list[str]:
        """What is wrong with the file; empty when nothing is."""
        try:
            problems = [told for (told,) in self._rows("PRAGMA integrity_check") if told != "ok"]
            gaps = "SELECT key FROM answer GROUP BY key HAVING max(attempt) + 1 <> count(*)"
            problems += [
                f"answers of {k} are not numbered from 0 without gaps" for (k,) in self._rows(gaps)
            ]
            bad = "SELECT key FROM answer WHERE length(key) <> 32 OR key GLOB '*[^0-9a-f]*'"
            return problems + [f"{key!r} is no request key" for (key,) in self._rows(bad)]
        except LockedError:
            raise
        except DossierError as error:
            return [str(error)]

    def vacuum(self) -> int:
        """Give unused space back; returns the bytes saved. Answers are never removed."""
        before = self.path.stat().st_size
        self._changed("DELETE FROM failure WHERE key IN (SELECT key FROM answer)")
        self._changed("VACUUM")
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return before - self.path.stat().st_size

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises LockedError, DossierError."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _translated(error, self.path) from error

    def _changed(self, sql: str, *values: object) -> int:
        """How many rows a statement changed. Raises LockedError, DossierError."""
        kept = [_whole(v) if isinstance(v, str) else v for v in values]
        try:
            return self._db.execute(sql, kept).rowcount
        except (sqlite3.Error, OverflowError) as error:
            raise _translated(error, self.path) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _translated(error: Exception, path: Path) -> DossierError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return LockedError(
            f"{path} is locked by another process", "Try again when it has finished."
        )
    if "malformed" in text or "not a database" in text or "disk image" in text:
        remedy = (
            "Put a copy back, or save what is readable with `sqlite3 FILE .recover`; move it away"
            " to start anew."
        )
        return DossierError(f"{path} is damaged ({text})", remedy)
    if "full" in text:
        return DossierError(
            f"{path}: the disk is full", "Free some space and run again; what is there is kept."
        )
    return DossierError(
        f"{path} cannot be written ({text})", "Check the folder, its permissions and the disk."
    )


def _whole(text: str) -> str:
    """Text without half characters, which no file of text can hold."""
    return text.encode("utf-8", "replace").decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
