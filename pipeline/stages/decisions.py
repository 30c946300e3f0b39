"""The folder of decisions: what people decided, and the register of ids.

    review.jsonl     decisions about changes, appended by reviewers (`dossier review apply`)
    identity.jsonl   judgements, appended by people (`dossier review merge`)
    register.jsonl   ids of entities and documents, appended by runs

All are only ever appended to, and belong under version control: they are no function of anything.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from pipeline.decide.decisions import read_decisions
from pipeline.errors import DecisionError, DossierError, LockedError
from pipeline.resolve.judgements import Judgement, read_judgements
from pipeline.resolve.register import Register, RegisterError, read_register

JUDGEMENTS = "identity.jsonl"
REVIEWED = "review.jsonl"
REGISTER = "register.jsonl"
PATIENCE_S = 10.0  # with others who append


class Decisions:
    """What the folder holds. `problems` are lines that could not be read, each with its file."""

    def __init__(self, folder: Path) -> None:
        """Read the folder, which need not exist. Raises DecisionError for a register that
        contradicts itself."""
        self.folder = folder
        self.judgements, self.problems = read_judgements(read_lines(folder / JUDGEMENTS))
        self.register = self._read_register()
        self.digest = _digest(folder / JUDGEMENTS)
        self.reviewed, said = read_decisions(read_lines(folder / REVIEWED))
        self.problems = [f"{folder / JUDGEMENTS}: {p}" for p in self.problems]
        self.problems += [f"{folder / REVIEWED}: {p}" for p in said]
        self.reviewed_digest = _digest(folder / REVIEWED)

    def _read_register(self) -> Register:
        path = self.folder / REGISTER
        try:
            return read_register(read_lines(path))
        except RegisterError as error:
            raise DecisionError(
                f"{path}: {error}", "Take the file back from version control, or mend the line."
            ) from error

    def append(self, lines: Iterable[str]) -> None:
        """Append lines to the register."""
        append_lines(self.folder / REGISTER, lines)

    def judge(self, judgement: Judgement) -> None:
        """Append a judgement."""
        append_lines(self.folder / JUDGEMENTS, [judgement.as_line()])


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Append whole lines to a file and see them on disk; a torn last line is closed first. Of
    several that append at once each waits for the other, at most PATIENCE_S seconds. Raises
    DossierError when it cannot be written; then nothing of the lines is there."""
    given = "".join(f"{line}\n" for line in lines).encode()
    if not given:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+", buffering=0) as file:
            _lock(file, path)
            _append(file, given)
    except OSError as error:
        said = f"{path}: {error.strerror or error}"
        raise DossierError(said, "Make room, or check the folder; nothing was recorded.") from error


def _lock(file: FileIO, path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise LockedError(
                    f"{path} is held by another program", "Try again; nothing was recorded."
                ) from error
            time.sleep(0.01)


def read_lines(path: Path) -> list[str]:
    """The lines of a file of decisions, which need not exist. Raises DossierError for one that
    cannot be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DossierError(f"{path}: {error.strerror or error}", "Check the file.") from error
    # Not splitlines(): a line separator of Unicode may stand in a string of JSON as it is.
    return text.split("\n")


def _append(file: FileIO, given: bytes) -> None:
    size = file.seek(0, os.SEEK_END)
    if size:
        file.seek(-1, os.SEEK_END)
        given = given if file.read(1) == b"\n" else b"\n" + given
    try:
        written = 0
        while written < len(given):
            written += file.write(given[written:])
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def person() -> str:
    """Who decides: the user of this machine."""
    try:
        return f"person:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return "person:unknown"


def now() -> str:
    """The time as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""
