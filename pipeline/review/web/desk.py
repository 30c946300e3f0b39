"""What the page works on: a sitting between two runs that stay as they were opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from pipeline.decide.decisions import Decision
from pipeline.errors import DossierError
from pipeline.readers.pdf.pictures import Pictures
from pipeline.resolve.judgements import Judgement
from pipeline.review.deciding import Given
from pipeline.review.names import Names
from pipeline.review.queue import Between, read_queue
from pipeline.review.sitting import Sitting
from pipeline.store.query import Session
from pipeline.store.sides import Sides
from pipeline.store.texts import Shown, Texts

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Said:
    """What one act of a reviewer recorded: ids of decisions or of a judgement, what it is called,
    and the address of what it was about."""

    told: str
    address: str
    decisions: tuple[str, ...] = ()
    judgement: str = ""


class Desk:
    """One sitting for all who have the page open. `lock` is to be held by whoever works on it."""

    def __init__(self, find: Callable[[], Between], watched: Path) -> None:
        """`find` names the two runs; `watched` is the published database, beside whose folder of
        runs new ones appear. Raises DossierError."""
        self.lock = Lock()
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
        self._names: Names | None = None
        self.newer = ""
        self.made: dict[str, list[Said]] = {}  # by reviewer, in order

    def look(self) -> None:
        """Take in what others have said, and whether a run was published or replaced meanwhile."""
        self.sitting.refresh()
        if self._names:
            self._names.refresh()
        if self._is_replaced():
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

    @property
    def names(self) -> Names:
        """The questions about names of the newer run."""
        if self._names is None:
            other = self.sitting.between.other
            self._names = Names(Sides(self._session(other)), self.sitting.between.decisions)
        return self._names

    def texts(self, *, newer: bool) -> Texts:
        """The documents of the newer or the older run."""
        between = self.sitting.between
        path = between.other if newer else between.one
        self._session(path)
        return self._open[path][1]

    def decide(self, who: str, given: Sequence[Given], address: str) -> list[Decision]:
        """Decide, for the reviewer `who`. Raises DossierError, and then nothing is decided."""
        self._check()
        made = self.sitting.decide(list(given))
        told = made[0].verdict if len(made) == 1 else f"{made[0].verdict} {len(made)} changes"
        self._keep(who, Said(told, address, tuple(decision.id for decision in made)))
        return made

    def report_missing(self, who: str, document: Shown, table: str, quote: str, why: str) -> None:
        """Record that a document says something of which there is no record. Raises
        DossierError."""
        self._check()
        made = self.sitting.report_missing(document.path, table, quote, why)
        self._keep(who, Said("missing", f"/document/{document.id}", (made.id,)))

    def judged(self, who: str, judgement: Judgement, address: str) -> None:
        """Keep in mind what a reviewer said about names."""
        self._keep(who, Said(judgement.answer, address, (), judgement.id))

    def last(self, who: str) -> Said | None:
        """What a reviewer said last, and may take back."""
        made = self.made.get(who)
        return made[-1] if made else None

    def undo(self, who: str) -> Said | None:
        """Take back what a reviewer said last. Raises DossierError."""
        said = self.last(who)
        if said is None:
            return None
        self.made[who].pop()
        if said.judgement:
            self.names.take_back(said.judgement, "undone in the review")
        if said.decisions:
            self.sitting.undo(said.decisions)
        return said

    def close(self) -> None:
        """Close the runs."""
        while self._open:
            self._open.popitem()[1][0].close()

    def _keep(self, who: str, said: Said) -> None:
        self.made.setdefault(who, []).append(said)

    def _session(self, path: Path) -> Session:
        if path not in self._open:
            session = Session(path)
            self._open[path] = session, Texts(session)
        return self._open[path][0]

    def _check(self) -> None:
        if self._is_replaced():
            raise DossierError(
                "A run was replaced since it was opened; nothing was decided",
                "Compare again, and look once more.",
            )

    def _is_replaced(self) -> bool:
        return any(_stamp(path) != stamp for path, stamp in self._stamps.items())

    def _found_at(self) -> tuple[Path, Stamp]:
        return self._watched.resolve(), _stamp(self._watched.parent / "runs")


def _stamp(path: Path) -> Stamp:
    """Changes when a file is replaced or a folder gets another member."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size if path.is_file() else 0
