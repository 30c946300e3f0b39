"""What the page works on: a sitting between two runs that stay as they were opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from pipeline.decide.decisions import Decision
from pipeline.errors import DossierError
from pipeline.readers.pictures import Pictures
from pipeline.review.deciding import Given
from pipeline.review.queue import Between, read_queue
from pipeline.review.sitting import Sitting
from pipeline.store.query import Session
from pipeline.store.texts import Texts

Stamp = tuple[int, int, int]


class Desk:
    """One sitting for all tabs of a browser. `lock` is to be held by whoever works on it;
    `message` is what the last act came to, told once."""

    def __init__(self, find: Callable[[], Between], watched: Path) -> None:
        """`find` names the two runs; `watched` is the published database, beside whose folder of
        runs new ones appear. Raises DossierError."""
        self.lock = Lock()
        self.message = ""
        self.pictures = Pictures()
        self._find = find
        self._watched = watched
        self._open: dict[Path, tuple[Session, Texts]] = {}
        self.open()

    def open(self) -> None:
        """Compare the runs that are meant now. Raises DossierError."""
        self.close()
        between = self._find()
        self.sitting = Sitting(read_queue(between), between)
        self._stamps = {path: _stamp(path) for path in (between.one, between.other)}
        self._places = self._found_at()
        self.newer = ""

    def look(self) -> None:
        """Take in decisions of others, and whether a run was published or replaced meanwhile."""
        self.sitting.refresh()
        if any(_stamp(path) != stamp for path, stamp in self._stamps.items()):
            self.newer = "A run that is compared here was replaced or removed"
            return
        places = self._found_at()
        if places == self._places:
            return
        self._places = places
        try:
            between = self._find()
        except DossierError:
            return
        if (between.one, between.other) != tuple(self._stamps):
            self.newer = f"There is a newer run: {between.other.stem}"

    def check(self) -> None:
        """Raises DossierError when a run is not the one that is shown any more."""
        if any(_stamp(path) != stamp for path, stamp in self._stamps.items()):
            raise DossierError(
                "A run was replaced since it was opened; nothing was decided",
                "Compare again, and look once more.",
            )

    def decide(self, given: list[Given]) -> list[Decision]:
        """Decide. Raises DossierError, and then nothing is decided."""
        self.check()
        if any(one.verdict == "correct" for one in given):
            self.close()  # a run is opened once in a process, and a correction looks its words up
        return self.sitting.decide(given)

    def texts(self, *, newer: bool) -> Texts:
        """The documents of the newer or the older run."""
        between = self.sitting.between
        path = between.other if newer else between.one
        if path not in self._open:
            session = Session(path)
            self._open[path] = session, Texts(session)
        return self._open[path][1]

    def told(self) -> str:
        """The message, which is gone then."""
        message, self.message = self.message, ""
        return message

    def close(self) -> None:
        """Close the runs."""
        while self._open:
            self._open.popitem()[1][0].close()

    def _found_at(self) -> tuple[Path, Stamp]:
        return self._watched.resolve(), _stamp(self._watched.parent / "runs")


def _stamp(path: Path) -> Stamp:
    """Changes when a file is replaced or a folder gets another member."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size if path.is_file() else 0
