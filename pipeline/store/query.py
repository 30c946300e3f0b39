"""Reading the published file: locked-down sessions, and the few questions the program itself
asks."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import DossierError
from pipeline.store.load import Row, Translated

_LOCKED_DOWN = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


@dataclass(frozen=True, slots=True)
class Published:
    """What a published file says of itself: its run row, documents as id -> (path, status),
    duplicates as in `issue`."""

    run: Row
    documents: dict[str, tuple[str, str]]
    duplicates: set[tuple[str, str, str]]


class Session:
    """A read-only session that can touch nothing but the file: no other file, no extension, no
    setting."""

    def __init__(self, database: Path) -> None:
        """Raises DossierError when there is no such file, LockedError when somebody writes it."""
        if not database.exists():
            raise DossierError(f"{database} does not exist", "Build it first: make run.")
        with Translated(database):
            self._db = duckdb.connect(str(database), read_only=True, config=dict(_LOCKED_DOWN))

    def query(
        self, sql: str, parameters: list[Any] | None = None, timeout_s: float = 60.0
    ) -> tuple[list[str], list[Row]]:
        """Column names and rows. Raises DossierError with DuckDB's message, also when `timeout_s`
        is over."""
        timer = threading.Timer(timeout_s, self._db.interrupt)
        timer.start()
        try:
            result = self._db.execute(sql, parameters or [])
            return [column[0] for column in result.description or []], result.fetchall()
        except duckdb.InterruptException as error:
            raise DossierError(
                f"The query ran longer than {timeout_s:.0f} s", "Narrow it, or give --timeout."
            ) from error
        except duckdb.Error as error:
            raise DossierError(
                str(error).strip(), "`SHOW TABLES` and `DESCRIBE name` tell what there is."
            ) from error
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the session."""
        self._db.close()


def read_published(database: Path) -> Published | None:
    """What the published file says of itself; None when there is none, or one of another layout.

    Raises LockedError when somebody writes it, DossierError when it is no database.
    """
    if not database.exists():
        return None
    session = Session(database)
    try:
        _, runs = session.query("SELECT * FROM run")
        _, documents = session.query("SELECT document_id, path, status FROM document")
        _, duplicates = session.query(
            "SELECT document_id, path, message FROM issue WHERE code = 'DUPLICATE_FILE'"
        )
    except DossierError:
        return None
    finally:
        session.close()
    if len(runs) != 1:
        return None
    return Published(
        runs[0],
        {i: (path, status) for i, path, status in documents},
        {(i, p, m) for i, p, m in duplicates},
    )
