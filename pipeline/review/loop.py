"""A reviewer's way through the changes, without a screen: where she is, what she does, what is said
to her."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pipeline.compare.items import Item, Order
from pipeline.decide.decisions import DECIDING, Decision
from pipeline.errors import DossierError
from pipeline.resolve.judgements import Answer, Judgement
from pipeline.review.deciding import Given
from pipeline.review.names import Names, told
from pipeline.review.sitting import ALL, Sitting
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session
from pipeline.store.sides import Question, Side

CONFIRMED_ABOVE = 20  # decisions at once


class Loop:
    """The changes of a sitting, those without a decision to begin with; `message` is what the last
    act came to."""

    def __init__(self, sitting: Sitting, order: Order = "risk", names: Names | None = None) -> None:
        self.sitting = sitting
        self.order = order
        self.names = names
        self.words: tuple[str, ...] = ()
        self.place = 0
        self.message = ""
        self._made: list[Callable[[], str]] = []  # how to take back what was said, in order
        self.shown = self._all()

    @property
    def item(self) -> Item | None:
        """The change on the screen; None when there is none, or a question."""
        at = self.shown[self.place] if self.shown else None
        return at if isinstance(at, Item) else None

    @property
    def question(self) -> Question | None:
        """The question about names on the screen; None when there is none, or a change."""
        at = self.shown[self.place] if self.shown else None
        return at if isinstance(at, Question) else None

    @property
    def waiting(self) -> int:
        """How many of those shown have no decision."""
        return sum(not self.said(at) for at in self.shown)

    def said(self, at: Item | Question) -> str:
        """The verdict on a change, or the answer to a question; empty when there is none."""
        if isinstance(at, Item):
            return self.sitting.decided.get(at.id, "")
        judgement = self.names.judgement(at) if self.names else None
        return judgement.answer if judgement else ""

    def move(self, steps: int) -> None:
        """Look at another change, deciding nothing."""
        self.message = ""
        self.place = max(0, min(len(self.shown) - 1, self.place + steps))

    def filter(self, text: str) -> None:
        """Show only changes that hold all words of `text`, as `Sitting.shown` says."""
        self.words = tuple(text.casefold().split())
        self.shown = self._all()
        self.place = 0
        self.message = f"{len(self.shown)} like that" if self.shown else "Nothing is like that"

    def say(
        self, verdict: str, *, why: str = "", value: str | None = None, quote: str | None = None
    ) -> None:
        """Decide about the change on the screen, and go on to the next that waits. What somebody
        else has said about it since it was shown is told instead."""
        if item := self.item:
            before = self.sitting.said_of(item)
            self.sitting.refresh()
            said = self.sitting.said_of(item)
            if said[-1:] != before[-1:]:
                last = f"{said[-1].who} said {said[-1].verdict}" if said else "it was taken back"
                self.message = f"Meanwhile {last}. Look again, then decide"
                return
            self._record([Given(item.id, verdict, why, value, quote)])

    def bulk(self) -> list[Item]:
        """What a decision about all that is shown would be about."""
        return self.sitting.bulk(at for at in self.shown if isinstance(at, Item))

    def say_all(self, verdict: str) -> None:
        """Decide about all of `bulk`, unless others have decided about them meanwhile."""
        before = self.bulk()
        self.sitting.refresh()
        if self.bulk() != before:
            self.message = "Others decided meanwhile; nothing was decided"
            return
        self._record([Given(item.id, verdict) for item in before])

    def report_missing(self, table: str, quote: str) -> None:
        """Record that the document on the screen says something without a record."""
        if item := self.item:
            made: list[Decision] = []
            document = item.record.claim.document
            say = self.sitting.report_missing
            if self._try(lambda: made.append(say(document, table, quote, ""))):
                self._made.append(partial(self._take_back, item.id, made))
                self.message = f"missing: {made[0].id}"

    def answer(self, answer: Answer, why: str = "") -> None:
        """Answer the question on the screen, and go on to the next that waits."""
        question, names = self.question, self.names
        if question is None or names is None:
            return
        before = names.judgement(question)
        names.refresh()
        if (said := names.judgement(question)) != before:
            self.message = f"Meanwhile {said.who} said {said.answer}" if said else "Taken back"
            return
        pair = names.pair(question)
        self._judge(lambda: names.judge(pair.left, pair.right, answer, why), self.place)
        self._next()

    def split(self, usage: str) -> None:
        """Say that a name is another entity than the one it belongs to."""
        if names := self.names:
            self._judge(lambda: names.split(usage, "split in the review"), self.place)

    def members(self) -> list[Side]:
        """The names that either entity of the question on the screen is joined from."""
        question, names = self.question, self.names
        if question is None or names is None:
            return []
        pair = names.pair(question)
        entities = dict.fromkeys((pair.left.entity, pair.right.entity))
        found = [names.sides.of(entity) for entity in entities]
        return [side for sides in found if len(sides) > 1 for side in sides]

    def undo(self) -> None:
        """Take back what was said last in this sitting, and show what it was about again."""
        if not self._made:
            self.message = "Nothing to undo in this sitting; `dossier review undo ID` undoes older"
            return
        taking_back = self._made[-1]
        told_: list[str] = []
        if self._try(lambda: told_.append(taking_back())):
            self._made.pop()
            self.message = f"Taken back: {told_[0]}"

    def source(self) -> tuple[str, str, str] | None:
        """The document around the quote of the change: what is before, the quote, what follows."""
        if self.item is None or (place := place_of(self.item)) is None:
            return None
        between = self.sitting.between
        document = self.item.record.claim.document
        session = Session(between.other if self.item.after else between.one)
        try:
            return Grounds.of(session).around(document, *place)
        finally:
            session.close()

    def _record(self, given: list[Given]) -> None:
        made: list[Decision] = []
        if not self._try(lambda: made.extend(self.sitting.decide(given))) or not made:
            return
        self._made.append(partial(self._take_back, given[0].item, made))
        verdict = made[0].verdict
        told_ = made[0].id if len(made) == 1 else f"{len(made)} changes"
        self.message = f"{verdict}: {told_}"
        if verdict in DECIDING:
            self._next()

    def _judge(self, say: Callable[[], Judgement], place: int) -> None:
        made: list[Judgement] = []
        if self._try(lambda: made.append(say())):
            self._made.append(partial(self._take_back_judgement, place, made[0]))
            self.message = f"{told(made[0])}. The next run applies it"

    def _take_back(self, item_id: str, made: list[Decision]) -> str:
        self.sitting.undo([decision.id for decision in made])
        self.place = next((n for n, i in enumerate(self.shown) if i.id == item_id), self.place)
        return made[0].verdict if len(made) == 1 else f"{made[0].verdict} {len(made)} changes"

    def _take_back_judgement(self, place: int, judgement: Judgement) -> str:
        if self.names:
            self.names.take_back(judgement.id, "undone in the review")
        self.place = min(place, max(0, len(self.shown) - 1))
        return judgement.answer

    def _all(self) -> list[Item | Question]:
        """The changes that the filter shows, and behind them the questions."""
        found: list[Item | Question] = [*self.sitting.shown(self.words, self.order)]
        if self.names is None:
            return found
        if ALL not in self.words:
            return [*found, *self.names.open(self.words)]
        words = [word for word in self.words if word != ALL]
        return [*found, *self.names.like(words)]

    def _next(self) -> None:
        later = [*range(self.place + 1, len(self.shown)), *range(self.place)]
        self.place = next((n for n in later if not self.said(self.shown[n])), self.place)

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
