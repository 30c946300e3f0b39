"""A reviewer's way through the changes, without a screen: where she is, what she does, what is said
to her."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.compare.items import Item
from pipeline.decide.decisions import Decision, ground_of
from pipeline.diff.shown import heading, risk_name
from pipeline.errors import DossierError
from pipeline.review.deciding import Given, decide, undo
from pipeline.review.queue import Between, Queue
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session

CONFIRMED_ABOVE = 20  # decisions at once
_UNSUPPORTED = ("missing", "absent")


class Loop:
    """The changes of a queue, those without a decision to begin with; `message` is what the last
    act came to."""

    def __init__(self, queue: Queue, between: Between) -> None:
        self.queue = queue
        self.between = between
        self.decided = dict(queue.report.decided)
        self.words: tuple[str, ...] = ()
        self.place = 0
        self.message = ""
        self._undoable: list[tuple[str, Decision]] = []
        self.shown = [item for item in queue.report.items if item.id not in self.decided]

    @property
    def item(self) -> Item | None:
        """The change on the screen; None when none is shown."""
        return self.shown[self.place] if self.shown else None

    @property
    def waiting(self) -> int:
        """How many of those shown have no decision."""
        return sum(item.id not in self.decided for item in self.shown)

    def move(self, steps: int) -> None:
        """Look at another change, deciding nothing."""
        self.message = ""
        self.place = max(0, min(len(self.shown) - 1, self.place + steps))

    def filter(self, text: str) -> None:
        """Show only changes that hold all words of `text` in their class, type, field, risk, name
        or document; all without a decision for an empty text, decided ones too for `all`."""
        self.words = tuple(text.casefold().split())
        wanted = [word for word in self.words if word != "all"]
        self.shown = [
            item
            for item in self.queue.report.items
            if ("all" in self.words or item.id not in self.decided)
            and all(word in _described(item) for word in wanted)
        ]
        self.place = 0
        self.message = f"{len(self.shown)} changes" if self.shown else "No change is like that"

    def say(
        self, verdict: str, *, why: str = "", value: str | None = None, quote: str | None = None
    ) -> None:
        """Decide about the change on the screen, and go on to the next that waits."""
        if item := self.item:
            self._record([Given(item.id, verdict, why, value, quote)])

    def bulk(self) -> list[Item]:
        """What a decision about all that is shown would be about: not what is decided, and never
        what stands on no quote."""
        return [i for i in self.shown if i.id not in self.decided and not _is_unsupported(i)]

    def say_all(self, verdict: str) -> None:
        """Decide about all of `bulk`."""
        self._record([Given(item.id, verdict) for item in self.bulk()])

    def undo(self) -> None:
        """Take back the last decision of this sitting, and show its change again."""
        if not self._undoable:
            self.message = "Nothing to undo in this sitting; `dossier review undo ID` undoes older"
            return
        item_id, decision = self._undoable.pop()
        self._try(lambda: undo(self.between.decisions, decision.id, "undone at once"))
        for item in self.queue.report.items:
            if ground_of(item) == decision.ground:
                self.decided.pop(item.id, None)
        self.place = next((n for n, i in enumerate(self.shown) if i.id == item_id), self.place)
        self.message = f"Taken back: {decision.verdict}"

    def source(self) -> tuple[str, str, str] | None:
        """The document around the quote of the change: what is before, the quote, what follows."""
        item = self.item
        if item is None:
            return None
        value, change = item.after or item.before, item.record
        path = change.claim.document
        file = self.between.other if change.after else self.between.one
        places = [value, *change.claim.quotes]
        found = next((p for p in places if p is not None and p.start is not None), None)
        if found is None or found.start is None or found.end is None:
            return None
        session = Session(file)
        try:
            return Grounds.of(session).around(path, found.start, found.end)
        finally:
            session.close()

    def _record(self, given: list[Given]) -> None:
        made: list[Decision] = []
        # The queue is asked as it is now; decisions are looked up by the ids of its items.
        self._try(lambda: made.extend(decide(self.queue, self.between, given)))
        if not made:
            return
        said = {d.ground: d.verdict for d in made if d.verdict in ("accept", "reject", "correct")}
        for item in self.queue.report.items:
            if (about := ground_of(item)) in said:
                self.decided[item.id] = said[about]
        self._undoable += [(g.item, d) for g, d in zip(given, made, strict=True)]
        self.message = f"{made[0].verdict}: {made[0].id}" if len(made) == 1 else (
            f"{made[0].verdict}: {len(made)} changes"
        )  # fmt: skip
        if said:
            self._next()

    def _next(self) -> None:
        later = [*range(self.place + 1, len(self.shown)), *range(self.place)]
        self.place = next((n for n in later if self.shown[n].id not in self.decided), self.place)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except DossierError as error:
            self.message = str(error)


def _described(item: Item) -> str:
    claim = item.record.claim
    told = (heading(item), risk_name(item), item.label, claim.document)
    return " ".join(told).casefold()


def _is_unsupported(item: Item) -> bool:
    now, claim = item.after, item.record.after
    if now is None or claim is None:
        return False
    return now.status in _UNSUPPORTED or all(q.status == "missing" for q in claim.quotes)
