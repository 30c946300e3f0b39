"""Reading the published file: locked-down sessions, and the questions the program asks."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import duckdb

from pipeline.errors import DossierError
from pipeline.store.load import Translated, datasets_of
from pipeline.store.rows import Row
from pipeline.store.statements import read_only_statements
from pipeline.store.tables import literal

MEMORY = "4GB"
MAX_TIMEOUT_S = 1_000_000.0
_GRACE_S = 0.5  # for a query that is told to stop
_CHUNK = 1000
_BATCH = 10_000  # rows of a Parquet file that are held at once
_REMEDY = "`SHOW TABLES` and `DESCRIBE name` tell what there is."
_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": MEMORY,
    "temp_directory": "",
}
# Once the file is open no other is: without this, even the database's own paths can be written to.
_KEEP_TO = """
SET allowed_directories = [{}]; SET enable_external_access = false; SET lock_configuration = true
"""
_CLOSE_IN = "SET disabled_filesystems = 'LocalFileSystem'; SET lock_configuration = true"


@dataclass(slots=True)
class Answer:
    """The answer to one statement: column names, and rows that come while they are read."""

    columns: list[str]
    rows: Iterator[Row]


class Session:
    """A read-only session that can touch nothing but the file: no other file, no extension, no
    setting. `stuck` is whether a query has not let itself be stopped."""

    def __init__(self, database: Path) -> None:
        """Raises DossierError when there is no such file, LockedError when somebody writes it."""
        if not database.exists():
            raise DossierError(f"{database} does not exist", "Build it first: make run.")
        self.stuck = False
        self._path = database
        with Translated(database):
            self._file: _OpenFile | None = _open_file(database.resolve())
            self._db = self._file.db.cursor()

    def query(
        self, sql: str, parameters: list[Any] | dict[str, Any] | None = None
    ) -> tuple[list[str], list[Row]]:
        """Column names and all rows of one statement that the program itself asks, without a limit
        of time. Raises DossierError as `answers` does."""
        (statement,) = read_only_statements(sql)
        try:
            with Translated(self._path):
                result = self._db.execute(statement, parameters or [])
                return [column[0] for column in result.description or []], result.fetchall()
        except duckdb.Error as error:
            raise DossierError(str(error).strip(), _REMEDY) from error

    def answers(
        self, sql: str, timeout_s: float = 60.0, parameters: Mapping[str, str] | None = None
    ) -> Iterator[Answer]:
        """The answer to each statement of `sql`, in order. `$name` in it stands for what
        `parameters` has under that name, as text.

        Raises DossierError for statements that do more than read, with DuckDB's message for those
        that fail, and when one takes more than `timeout_s` seconds or MEMORY.
        """
        if not 0 < timeout_s <= MAX_TIMEOUT_S:
            raise DossierError(
                f"A time limit of {timeout_s:g} s cannot be kept", "Give seconds above 0."
            )
        for statement in read_only_statements(sql):
            yield self._answer(statement, timeout_s, parameters or {})

    def close(self) -> None:
        """End the session. One with a query that cannot be stopped ends with the program."""
        if not self.stuck:
            self._db.close()
            self._file = None

    def write_parquet(
        self, sql: str, file: Path, timeout_s: float, parameters: Mapping[str, str] | None = None
    ) -> int:
        """Write the answer to one statement as a Parquet file (zstd), a part at a time; return the
        number of rows. Raises DossierError as `answers` does, and for a file that cannot be
        written."""
        from pyarrow import ArrowException, parquet

        statement, *more = read_only_statements(sql)
        if more:
            raise DossierError("A Parquet file holds the answer to one statement", "Give one.")
        cursor, rows = self._db.cursor(), 0
        late = threading.Event()

        def stop() -> None:
            late.set()
            cursor.interrupt()

        timer = threading.Timer(timeout_s, stop)
        timer.start()
        aside = file.with_name(f".{file.name}.new")
        try:
            relation = cursor.sql(statement, params=_named(statement, parameters or {}))
            reader = relation.to_arrow_reader(_BATCH)
            with parquet.ParquetWriter(aside, reader.schema, compression="zstd") as writer:
                for batch in reader:
                    writer.write_batch(batch)
                    rows += batch.num_rows
            aside.replace(file)
        except (duckdb.Error, ArrowException, OSError) as error:
            if late.is_set():  # Arrow tells of it as of a file that cannot be read
                said = f"The query ran longer than {timeout_s:g} s"
                raise DossierError(said, "Narrow it, or give --timeout.") from error
            if isinstance(error, OSError):
                raise DossierError(f"{file}: {error.strerror or error}", "Name another.") from error
            raise DossierError(str(error).strip(), _REMEDY) from error
        finally:
            timer.cancel()
            cursor.close()
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        return rows

    def _answer(self, sql: str, timeout_s: float, parameters: Mapping[str, str]) -> Answer:
        running = _Running(self._db.cursor(), sql, _named(sql, parameters))
        running.thread.start()
        rows = self._rows(running, timeout_s)
        columns = next(rows)
        return Answer(list(columns), rows)

    def _rows(self, running: _Running, timeout_s: float) -> Iterator[Row]:
        """First the column names, then the rows. Whatever ends it early stops the query."""
        deadline = time.monotonic() + timeout_s
        try:
            while (chunk := running.next_chunk(deadline, timeout_s)) is not None:
                yield from chunk
        finally:
            self.stuck = not running.stop() or self.stuck


@dataclass
class _Running:
    """A statement that runs in a thread of its own, so that time limits and Ctrl-C reach it."""

    cursor: duckdb.DuckDBPyConnection
    sql: str
    parameters: dict[str, str]
    chunks: queue.Queue[list[Row] | Exception | None] = field(
        default_factory=lambda: queue.Queue(maxsize=4)
    )
    stopped: bool = False

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._work, daemon=True)

    def next_chunk(self, deadline: float, timeout_s: float) -> list[Row] | None:
        """The next rows, None behind the last. Raises DossierError."""
        try:
            # Rows that come fast enough would never let a wait run out.
            left = max(0.0, deadline - time.monotonic())
            item: list[Row] | Exception | None
            item = self.chunks.get(timeout=left) if left else TimeoutError()
        except queue.Empty:
            item = TimeoutError()
        if isinstance(item, TimeoutError):
            said = f"The query ran longer than {timeout_s:g} s"
            raise DossierError(said, "Narrow it, or give --timeout.")
        if isinstance(item, duckdb.OutOfMemoryException):
            said = f"The query needs more than {MEMORY} of memory"
            raise DossierError(said, "Narrow it, or aggregate before joining.") from item
        if isinstance(item, Exception):
            raise DossierError(str(item).strip(), _REMEDY) from item
        return item

    def stop(self) -> bool:
        """End it; whether it has ended."""
        self.stopped = True
        deadline = time.monotonic() + _GRACE_S
        while self.thread.is_alive() and time.monotonic() < deadline:
            with suppress(duckdb.Error):  # it may have closed this very moment
                self.cursor.interrupt()
            with suppress(queue.Empty):  # make room, in case it waits to hand rows over
                self.chunks.get_nowait()
            self.thread.join(0.02)
        return not self.thread.is_alive()

    def _work(self) -> None:
        try:
            result = self.cursor.execute(self.sql, self.parameters)
            self.chunks.put([tuple(column[0] for column in result.description or [])])
            while not self.stopped and (rows := result.fetchmany(_CHUNK)):
                self.chunks.put(rows)
            self.chunks.put(None)
        # A value that Python cannot hold raises ValueError or OverflowError.
        except (duckdb.Error, ValueError, OverflowError, MemoryError, RuntimeError) as error:
            self.chunks.put(error)
        finally:
            self.cursor.close()


def _named(statement: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Of the parameters those that a statement names: DuckDB refuses others."""
    (parsed,) = duckdb.extract_statements(statement)
    return {name: value for name, value in parameters.items() if name in parsed.named_parameters}


class _OpenFile:
    """A file that sessions of this process share: DuckDB opens one twice only with the same
    settings, and these are locked. It is closed with the last session."""

    def __init__(self, database: Path) -> None:
        folder = datasets_of(database)
        if folder.is_dir():
            self.db = _opened(database, {"enable_external_access": "true"})
            self.db.execute(_KEEP_TO.format(literal(f"{folder}/")))
            self._check(database)
        else:
            self.db = _opened(database)
            self.db.execute(_CLOSE_IN)

    def _check(self, database: Path) -> None:
        """Raises DossierError for a file whose views name Parquet files of another place."""
        try:
            self.db.execute("SELECT run_id FROM run")
        except duckdb.Error as error:
            said = f"{database} reads Parquet files where it was made, and has been moved"
            raise DossierError(said, "Put it back, or run again into this folder.") from error

    def __del__(self) -> None:
        with suppress(AttributeError, duckdb.Error):  # it may not have been opened
            self.db.close()


_open_files: WeakValueDictionary[tuple[str, int, int], _OpenFile] = WeakValueDictionary()
_opening = threading.Lock()


def _open_file(database: Path) -> _OpenFile:
    found = database.stat()
    key = (str(database), found.st_ino, found.st_mtime_ns)
    with _opening:
        file = _open_files.get(key)
        if file is None:
            _open_files[key] = file = _OpenFile(database)
    return file


def _opened(database: Path, instead: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
    """A connection. A log of changes that a killed client left beside the file is not looked at:
    the file was published whole, and is opened by another name."""
    config = _LOCKED_DOWN | (instead or {})
    if not database.with_name(f"{database.name}.wal").exists():
        return duckdb.connect(str(database), read_only=True, config=config)
    other = database.with_name(f".read-{os.getpid()}-{database.name}")
    other.unlink(missing_ok=True)
    os.link(database, other)
    try:
        return duckdb.connect(str(other), read_only=True, config=config)
    finally:
        other.unlink()


def is_readable(database: Path) -> bool:
    """Whether a file, and the datasets that it reads, can be read here."""
    try:
        Session(database).close()
    except DossierError:
        return False
    return True


def asked_questions(database: Path) -> list[str]:
    """What a published database asks about identity, in order; empty where there is none yet."""
    if not database.exists():
        return []
    session = Session(database)
    try:
        return [
            asks for (asks,) in session.query("SELECT asks FROM question ORDER BY question_id")[1]
        ]
    finally:
        session.close()
