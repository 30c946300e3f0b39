"""One reviewer at a queue: what is decided so far, also by others meanwhile, and what is shown."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.compare.items import Item, Order, in_order
from pipeline.decide.decisions import DECIDING, Decision, Ground, ground_of, in_force
from pipeline.diff.shown import heading, risk_name
from pipeline.review.deciding import Given, decide, undo
from pipeline.review.queue import FILE, Between, Queue, read_file

ALL = "all"  # the word of a filter that shows decided changes as well
_UNSUPPORTED = ("missing", "absent")


class Sitting:
    """The changes of a queue with what stands about each, held in memory and on disk alike.

    `decided` maps ids of changes to verdicts.
    """

    def __init__(self, queue: Queue, between: Between) -> None:
        self.queue = queue
        self.between = between
        self.by_id = {item.id: item for item in queue.report.items}
        self.made: list[tuple[str, Decision]] = []  # in this sitting, by id of the change
        self._ground_of = {item.id: ground_of(item) for item in queue.report.items}
        self._alike: dict[Ground, list[str]] = {}
        for item_id, ground in self._ground_of.items():
            self._alike.setdefault(ground, []).append(item_id)
        self._words: dict[str, str] = {}
        self._read()

    def refresh(self) -> None:
        """Take in what others have decided meanwhile."""
        if self._on_disk() != self._size:
            self._read()

    def shown(self, words: Iterable[str] = (), order: Order = "risk") -> list[Item]:
        """Changes that hold all words in their class, type, field, risk, name or document: those
        without a decision, decided ones too for the word ALL."""
        wanted = [word.casefold() for word in words]
        decided = ALL in wanted
        wanted = [word for word in wanted if word != ALL]
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
        self.made += [(self.by_id_of(g.item), d) for g, d in zip(given, made, strict=True)]
        written = sum(len(d.as_line().encode()) + 1 for d in made)
        if self._on_disk() != self._size + written:
            self._read()  # somebody else has decided as well
            return made
        self._size += written
        for decision in made:
            self._take(decision)
        return made

    def undo(self, decision_id: str) -> Decision:
        """Take a decision back. Raises DossierError for one that does not stand."""
        taken_back = undo(self.between.decisions, decision_id, "undone in the review")
        self.made = [(i, d) for i, d in self.made if d.id != taken_back.id]
        self._read()
        return taken_back

    def said_of(self, item: Item) -> list[Decision]:
        """What people said about a change and what is decided alike, in order."""
        return self._said.get(self._ground_of[item.id], [])

    def by_id_of(self, beginning: str) -> str:
        """The full id of a change."""
        return next((i for i in self.by_id if i.startswith(beginning)), beginning)

    def _on_disk(self) -> int:
        try:
            return (self.between.decisions / FILE).stat().st_size
        except OSError:
            return 0

    def _read(self) -> None:
        self._size = self._on_disk()
        found, self.problems = read_file(self.between.decisions)
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
            self._words[item.id] = " ".join(told).casefold()
        return self._words[item.id]


def is_unsupported(item: Item) -> bool:
    """Whether what the newer run claims stands on no quote."""
    now, claim = item.after, item.record.after
    if now is None or claim is None:
        return False
    return now.status in _UNSUPPORTED or all(q.status == "missing" for q in claim.quotes)
