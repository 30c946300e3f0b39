"""One run at a time on an output folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import DossierError, LockedError


@contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Hold the output folder for this process. Raises LockedError when another one has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
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
