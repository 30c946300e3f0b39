"""A reviewer's way through the changes, without a screen: where she is, what she does, what is said
to her."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.compare.items import Item, Order
from pipeline.decide.decisions import DECIDING, Decision
from pipeline.errors import DossierError
from pipeline.review.deciding import Given
from pipeline.review.sitting import Sitting
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session

CONFIRMED_ABOVE = 20  # decisions at once


class Loop:
    """The changes of a sitting, those without a decision to begin with; `message` is what the last
    act came to."""

    def __init__(self, sitting: Sitting, order: Order = "risk") -> None:
        self.sitting = sitting
        self.order = order
        self.words: tuple[str, ...] = ()
        self.place = 0
        self.message = ""
        self.shown = sitting.shown((), order)

    @property
    def item(self) -> Item | None:
        """The change on the screen; None when none is shown."""
        return self.shown[self.place] if self.shown else None

    @property
    def waiting(self) -> int:
        """How many of those shown have no decision."""
        return sum(item.id not in self.sitting.decided for item in self.shown)

    def move(self, steps: int) -> None:
        """Look at another change, deciding nothing."""
        self.message = ""
        self.place = max(0, min(len(self.shown) - 1, self.place + steps))

    def filter(self, text: str) -> None:
        """Show only changes that hold all words of `text`, as `Sitting.shown` says."""
        self.words = tuple(text.casefold().split())
        self.shown = self.sitting.shown(self.words, self.order)
        self.place = 0
        self.message = f"{len(self.shown)} changes" if self.shown else "No change is like that"

    def say(
        self, verdict: str, *, why: str = "", value: str | None = None, quote: str | None = None
    ) -> None:
        """Decide about the change on the screen, and go on to the next that waits."""
        if item := self.item:
            self._record([Given(item.id, verdict, why, value, quote)])

    def bulk(self) -> list[Item]:
        """What a decision about all that is shown would be about."""
        return self.sitting.bulk(self.shown)

    def say_all(self, verdict: str) -> None:
        """Decide about all of `bulk`."""
        self._record([Given(item.id, verdict) for item in self.bulk()])

    def undo(self) -> None:
        """Take back the last decision of this sitting, and show its change again."""
        if not self.sitting.made:
            self.message = "Nothing to undo in this sitting; `dossier review undo ID` undoes older"
            return
        item_id, decision = self.sitting.made[-1]
        if self._try(lambda: self.sitting.undo(decision.id)):
            self.place = next((n for n, i in enumerate(self.shown) if i.id == item_id), self.place)
            self.message = f"Taken back: {decision.verdict}"

    def source(self) -> tuple[str, str, str] | None:
        """The document around the quote of the change: what is before, the quote, what follows."""
        if self.item is None or (place := place_of(self.item)) is None:
            return None
        between = self.sitting.between
        session = Session(between.other if self.item.after else between.one)
        try:
            return Grounds.of(session).around(self.item.record.claim.document, *place)
        finally:
            session.close()

    def _record(self, given: list[Given]) -> None:
        made: list[Decision] = []
        if not self._try(lambda: made.extend(self.sitting.decide(given))) or not made:
            return
        verdict = made[0].verdict
        told = made[0].id if len(made) == 1 else f"{len(made)} changes"
        self.message = f"{verdict}: {told}"
        if verdict in DECIDING:
            self._next()

    def _next(self) -> None:
        later = [*range(self.place + 1, len(self.shown)), *range(self.place)]
        decided = self.sitting.decided
        self.place = next((n for n in later if self.shown[n].id not in decided), self.place)

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except DossierError as error:
            self.message = str(error)
            return False
        return True


def place_of(item: Item) -> tuple[int, int] | None:
    """Where the value of a change, or else its record, stands in the document, in code points."""
    value = item.after or item.before
    found = [v for v in (value, *item.record.claim.quotes) if v is not None]
    return next(
        ((v.start, v.end) for v in found if v.start is not None and v.end is not None), None
    )
