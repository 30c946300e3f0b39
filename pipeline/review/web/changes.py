"""The pages about changes: the list, one change, and many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from pipeline.compare.items import RISKS, Item, Order
from pipeline.decide.decisions import DECIDING
from pipeline.diff.shown import heading, sentences
from pipeline.domain import content_id
from pipeline.errors import DossierError
from pipeline.review.deciding import Given
from pipeline.review.loop import CONFIRMED_ABOVE
from pipeline.review.web.frame import Asked, Frame, to
from pipeline.review.web.shown import source_of

LISTED = 100  # on a page of a list
_MANY = ("accept", "reject")


class Changes:
    """Answers requests about changes."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._desk = frame.desk

    def all(self, asked: Asked) -> Response:
        """The list of changes that a filter shows."""
        shown = self._shown(asked)
        start = asked.number("start", len(shown)) or 0
        risks = Counter(item.risk for item in shown)
        types = Counter(item.record.claim.type for item in shown)
        return self._frame.page(
            "changes.html",
            asked.who,
            words=asked.words,
            order=asked.order,
            orders=get_args(Order),
            shown=shown,
            listed=shown[start : start + LISTED],
            start=start,
            most=LISTED,
            facets=[
                ("Why to look", "risk", [(RISKS[risk], n) for risk, n in sorted(risks.items())]),
                ("Type", "type", sorted(types.items())),
            ],
        )

    def one(self, asked: Asked) -> Response:
        """One change with its source."""
        return self._one(self._item(asked), asked, 200)

    def decide(self, asked: Asked) -> Response:
        """Decide about one change, and show the next that waits."""
        item, form = self._item(asked), asked.form
        given = Given(
            item.id,
            form.get("verdict", ""),
            form.get("why", "").strip(),
            form.get("value"),
            form.get("quote", "").replace("\r\n", "\n") or None,
        )
        before = self._shown(asked)
        try:
            self._check_seen(item, form.get("seen", ""))
            (made,) = self._desk.decide(asked.who, [given], f"/change/{item.id}")
        except DossierError as error:
            self._frame.tell(asked.who, str(error))
            return self._one(item, asked, 422)
        self._frame.tell(asked.who, f"{made.verdict}: {heading(item)}")
        onward = self._after(item, before) if made.verdict in DECIDING else item
        return to(f"/change/{onward.id}" if onward else "/", asked)

    def many(self, asked: Asked) -> Response:
        """Asks whether all changes that a filter shows are to be decided alike."""
        return self._many(asked, asked.query.get("verdict", "accept"), 200)

    def decide_many(self, asked: Asked) -> Response:
        """Decide about all that a filter shows, if they are those that were seen and their number
        is confirmed."""
        verdict = asked.form.get("verdict", "")
        found = self._desk.sitting.bulk(self._shown(asked))
        if asked.form.get("seen", "") != _digest(found):
            said = "Others decided meanwhile, and this is not what you saw; nothing was decided"
        elif asked.form.get("count", "").strip() != str(len(found)):
            said = f"Not confirmed: there are {len(found)}; nothing was decided"
        else:
            given = [Given(item.id, verdict) for item in found]
            made = self._desk.decide(asked.who, given, "/")
            self._frame.tell(asked.who, f"{verdict}: {len(made)} changes")
            return to("/", asked)
        self._frame.tell(asked.who, said)
        return self._many(asked, verdict, 422)

    def undo(self, asked: Asked) -> Response:
        """Take back what the reviewer said last, and show what it was about again."""
        said = self._desk.undo(asked.who)
        if said is None:
            self._frame.tell(asked.who, "Nothing to undo")
            return to("/", asked)
        self._frame.tell(asked.who, f"Taken back: {said.told}")
        return to(said.address, asked)

    def take_back(self, asked: Asked) -> Response:
        """Take one decision back, whoever took it."""
        (taken_back,) = self._desk.sitting.undo([asked.path["id"]])
        self._frame.tell(asked.who, f"Taken back: {taken_back.verdict}")
        item = asked.form.get("item", "")
        return to(f"/change/{item}" if item in self._desk.sitting.by_id else "/", asked)

    def again(self, asked: Asked) -> Response:
        """Compare the runs that are meant now."""
        self._desk.open()
        self._frame.tell(asked.who, "Compared again")
        return RedirectResponse("/", 303)

    def _one(self, item: Item, asked: Asked, status: int) -> Response:
        sitting = self._desk.sitting
        shown = self._shown(asked)
        place = next((n for n, i in enumerate(shown) if i.id == item.id), None)
        here = place if place is not None else 0
        texts = self._desk.texts(newer=item.after is not None)
        said = sitting.said_of(item)
        return self._frame.page(
            "change.html",
            asked.who,
            status,
            words=asked.words,
            order=asked.order,
            item=item,
            place=place,
            shown=shown,
            before=shown[here - 1] if here else None,
            next=shown[here + 1] if here + 1 < len(shown) else None,
            skip=self._after(item, shown),
            both=sentences(item),
            said=said,
            seen=said[-1].id if said else "",
            decided=sitting.decided.get(item.id, ""),
            source=source_of(item, texts, self._desk.pictures),
            form=asked.form,
        )

    def _many(self, asked: Asked, verdict: str, status: int) -> Response:
        if verdict not in _MANY:
            raise DossierError(f"{verdict[:80]!r} is no verdict for many", "accept or reject.")
        sitting = self._desk.sitting
        shown = self._shown(asked)
        found = sitting.bulk(shown)
        left = sum(item.id not in sitting.decided for item in shown) - len(found)
        return self._frame.page(
            "all.html", asked.who, status, words=asked.words, order=asked.order, of_all=verdict,
            found=found[:LISTED], count=len(found), left=left, seen=_digest(found),
            confirmed=len(found) > CONFIRMED_ABOVE,
        )  # fmt: skip

    def _check_seen(self, item: Item, seen: str) -> None:
        """Raises DossierError when somebody has said something about a change since it was
        shown: what follows is not about what was seen."""
        said = self._desk.sitting.said_of(item)
        if said and said[-1].id != seen:
            last = said[-1]
            raise DossierError(
                f"Meanwhile {last.who} said {last.verdict}", "Look again, then decide."
            )

    def _shown(self, asked: Asked) -> list[Item]:
        return self._desk.sitting.shown(asked.words.split(), asked.order)

    def _item(self, asked: Asked) -> Item:
        item = self._desk.sitting.by_id.get(asked.path["id"])
        if item is None:
            raise HTTPException(404)
        return item

    def _after(self, item: Item, shown: Iterable[Item]) -> Item | None:
        """The next of `shown` behind a change that waits, else the first that does."""
        decided = self._desk.sitting.decided
        listed = [*shown]
        place = next((n for n, i in enumerate(listed) if i.id == item.id), -1)
        later = (*listed[place + 1 :], *listed[: max(place, 0)])
        return next((i for i in later if i.id not in decided), None)


def _digest(items: Iterable[Item]) -> str:
    return content_id("all", [item.id for item in items])
