"""What happens in a run, as it happens: for the progress bar, for the log file, for machines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

LOG_NAME = "run.jsonl"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come. `rate` is replies per second since it began; `waiting_for` is what
    holds calls back."""

    documents: int
    documents_done: int
    replies: int
    calls: int
    under_way: int
    tokens: int
    failures: int
    cost_usd: float | None
    rate: float
    waiting_for: str


Report = Callable[[Progress], None]


class EventLog:
    """JSON lines with a time: to a file in the output folder, and to `mirror` for machines that
    listen."""

    def __init__(self, folder: Path, mirror: TextIO | None = None) -> None:
        self._file = (folder / LOG_NAME).open("a", encoding="utf-8", errors="backslashreplace")
        self._mirror = mirror
        self._started = time.monotonic()

    def write(self, event: str, **details: object) -> None:
        """Append one event. Details must be JSON values; document text never goes here."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            **details,
        }
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._file.flush()
        if self._mirror is not None:
            self._mirror.write(json.dumps(line, default=str) + "\n")  # ASCII: it may be a terminal
            self._mirror.flush()

    def progress(self, progress: Progress) -> None:
        """Append how far the run has come."""
        self.write("progress", **asdict(progress))

    @property
    def seconds(self) -> float:
        """Time since the log was opened."""
        return time.monotonic() - self._started

    def close(self) -> None:
        """Close the file."""
        self._file.close()
