"""One run at a time on an output folder."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from pipeline.errors import DossierError, LockedError

MARK = ".of-cluster"  # in an output folder that a cluster writes


@contextmanager
def hold_folder(folder: Path, engine: str = "") -> Iterator[None]:
    """Hold the output folder for this process. Raises LockedError when another one has it,
    DossierError when it is another engine's: what is in it has another form."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_engine(folder, engine)
        file = (folder / ".lock").open("w")
    except OSError as error:
        remedy = "Name a folder that can be written with --out."
        raise DossierError(f"{folder}: {error.strerror}", remedy) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            remedy = "Wait for it, or give --out another folder."
            raise LockedError(f"Another run is using {folder}", remedy) from error
        yield


def _check_engine(folder: Path, engine: str) -> None:
    of_cluster = (folder / MARK).exists()
    if of_cluster and not engine:
        said = f"{folder} holds the runs of a cluster"
        raise DossierError(said, "Give --engine ray as before, or --out another folder.")
    if engine and not of_cluster and (any(folder.glob("runs/*.duckdb")) or _has_answers(folder)):
        raise DossierError(
            f"{folder} holds runs of one machine",
            "Give --out another folder; `dossier ledger export DIR/ledger` takes its replies along"
            " to a folder DIR.",
        )


def _has_answers(folder: Path) -> bool:
    """Whether the ledger of one machine is there, and not empty: an estimate makes one."""
    file = folder / "ledger.sqlite3"
    if not file.exists():
        return False
    with suppress(sqlite3.Error), closing(sqlite3.connect(file)) as db:
        return db.execute("SELECT 1 FROM answer LIMIT 1").fetchone() is not None
    return True
