"""One reviewer at a queue: what is decided so far, also by others meanwhile, and what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.compare.items import Item, Order, in_order
from pipeline.decide.decisions import DECIDING, Decision, Ground, ground_of, in_force
from pipeline.diff.shown import heading, risk_name
from pipeline.review.deciding import Given, decide, report_missing, undo
from pipeline.review.queue import FILE, Between, Queue, read_file

ALL = "all"  # the word of a filter that shows decided changes as well
EXACT = ("class", "type", "field", "risk")  # what a word may name exactly, as `type:agreement`
_UNSUPPORTED = ("missing", "absent")


class Sitting:
    """The changes of a queue with what stands about each, held in memory and on disk alike.

    `decided` maps ids of changes to verdicts.
    """

    def __init__(self, queue: Queue, between: Between) -> None:
        self.queue = queue
        self.between = between
        self.by_id = {item.id: item for item in queue.report.items}
        self._ground_of = {item.id: ground_of(item) for item in queue.report.items}
        self._alike: dict[Ground, list[str]] = {}
        for item_id, ground in self._ground_of.items():
            self._alike.setdefault(ground, []).append(item_id)
        self._words: dict[str, str] = {}
        self._stamp = (0, 0, 0)
        self._read()

    def refresh(self) -> None:
        """Take in what others have decided meanwhile."""
        if self._on_disk() != self._stamp:
            self._read()

    def shown(self, words: Iterable[str] = (), order: Order = "risk") -> list[Item]:
        """Changes that hold all words in their class, type, field, risk, name or document: those
        without a decision, decided ones too for the word ALL. A word such as `type:agreement` is
        held only where it is said of the change exactly (see `exact_word`)."""
        wanted = [word.casefold() for word in words]
        decided = ALL in wanted
        exact = tuple(f"{name}:" for name in EXACT)
        wanted = [f"\n{w}\n" if w.startswith(exact) else w for w in wanted if w != ALL]
        return [
            item
            for item in in_order(self.queue.report.items, order)
            if (decided or item.id not in self.decided)
            and all(word in self._described(item) for word in wanted)
        ]

    def bulk(self, shown: Iterable[Item]) -> list[Item]:
        """Those of `shown` that may be decided at once: not what is decided, and never what stands
        on no quote."""
        return [i for i in shown if i.id not in self.decided and not is_unsupported(i)]

    def decide(self, given: list[Given]) -> list[Decision]:
        """Decide, on disk first. Raises DossierError, and then nothing is decided."""
        made = decide(self.queue, self.between, given)
        written = sum(len(d.as_line().encode()) + 1 for d in made)
        stamp = self._on_disk()
        if stamp[2] != self._stamp[2] + written:
            self._read()  # somebody else has decided as well
            return made
        self._stamp = stamp
        for decision in made:
            self._take(decision)
        return made

    def undo(self, decision_ids: Sequence[str]) -> list[Decision]:
        """Take decisions back, all or none. Raises DossierError for one that does not stand."""
        taken_back = undo(self.between.decisions, decision_ids, "undone in the review")
        self._read()
        return taken_back

    def said_of(self, item: Item) -> list[Decision]:
        """What people said about a change and what is decided alike, in order."""
        return self._said.get(self._ground_of[item.id], [])

    def missing_in(self, document: str) -> list[Decision]:
        """Facts of a document that people reported to have no record."""
        said = [d for found in self._said.values() for d in found if d.verdict == "missing"]
        return [d for d in said if d.ground.document == document]

    def report_missing(self, document: str, table: str, quote: str, why: str) -> Decision:
        """Record such a fact. Raises DossierError."""
        made = report_missing(self.between, document, table, quote, why)
        self.refresh()
        return made

    def _on_disk(self) -> tuple[int, int, int]:
        try:
            found = (self.between.decisions / FILE).stat()
        except OSError:
            return 0, 0, 0
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read(self) -> None:
        self._stamp = self._on_disk()
        found, self.problems = read_file(self.between.decisions)
        stands = {decision.id for decision in found}
        self.stale = [decision for decision in self.queue.stale if decision.id in stands]
        self.decided: dict[str, str] = {}
        self._said: dict[Ground, list[Decision]] = {}
        for decision in found:
            self._said.setdefault(decision.ground, []).append(decision)
        for ground, decision in in_force(found).items():
            self.decided |= dict.fromkeys(self._alike.get(ground, ()), decision.verdict)

    def _take(self, decision: Decision) -> None:
        self._said.setdefault(decision.ground, []).append(decision)
        if decision.verdict in DECIDING:
            alike = self._alike.get(decision.ground, ())
            self.decided |= dict.fromkeys(alike, decision.verdict)

    def _described(self, item: Item) -> str:
        if item.id not in self._words:
            told = (heading(item), risk_name(item), item.label, item.record.claim.document)
            of_it = (item.change, item.record.claim.type, item.field, risk_name(item))
            exact = zip(EXACT, of_it, strict=True)
            words = "".join(f"\n{exact_word(name, value)}\n" for name, value in exact)
            self._words[item.id] = f"{' '.join(told)}{words}".casefold()
        return self._words[item.id]


def exact_word(name: str, value: str) -> str:
    """The word of a filter for changes whose class, type, field or risk is `value`."""
    return f"{name}:{'-'.join(value.replace('_', ' ').split())}"


def is_unsupported(item: Item) -> bool:
    """Whether what the newer run claims stands on no quote."""
    now, claim = item.after, item.record.after
    if now is None or claim is None:
        return False
    return now.status in _UNSUPPORTED or all(q.status == "missing" for q in claim.quotes)
