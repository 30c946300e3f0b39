"""The folder of decisions: what people judged about identity, and the register of ids.

    identity.jsonl   judgements, appended by people (`dossier review merge`)
    register.jsonl   ids of entities and documents, appended by runs

Both are only ever appended to, and belong under version control: they are no function of anything.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import DecisionError
from pipeline.resolve.judgements import Judgement, read_judgements
from pipeline.resolve.register import Register, RegisterError, read_register

JUDGEMENTS = "identity.jsonl"
REGISTER = "register.jsonl"


class Decisions:
    """What the folder holds. `problems` are lines of judgements that could not be read."""

    def __init__(self, folder: Path) -> None:
        """Read the folder, which need not exist. Raises DecisionError for a register that
        contradicts itself."""
        self.folder = folder
        self.judgements, self.problems = read_judgements(_lines(folder / JUDGEMENTS))
        self.register = self._read_register()
        self.digest = _digest(folder / JUDGEMENTS)

    def _read_register(self) -> Register:
        path = self.folder / REGISTER
        try:
            return read_register(_lines(path))
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
    """Append whole lines to a file and see them on disk; a torn last line is closed first."""
    given = list(lines)
    if not given:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if torn else "") + "".join(f"{line}\n" for line in given))
        file.flush()
        os.fsync(file.fileno())


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""
