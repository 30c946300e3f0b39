"""The pages about names, deals and events: what is asked, both sides, and what an entity was joined
from."""

from __future__ import annotations

from typing import get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from pipeline.diff.shown import entity_line
from pipeline.errors import DossierError
from pipeline.resolve.judgements import Answer
from pipeline.review.names import consequences, told
from pipeline.review.web.frame import Asked, Frame, to

_LISTED = 100
_ENTITIES = 30
_NEXT = "The next run applies it"


class Identity:
    """Answers requests about names."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._desk = frame.desk

    def all(self, asked: Asked) -> Response:
        """What is asked, what the newer run joined or divided, and entities by name."""
        names = self._desk.names
        waiting = names.open(asked.words.split())
        start = asked.number("start", len(waiting)) or 0
        changed = [e for e in self._desk.sitting.queue.report.entities if e.change != "removed"]
        return self._frame.page(
            "names.html", asked.who, words=asked.words, waiting=waiting,
            listed=waiting[start : start + _LISTED], start=start, most=_LISTED,
            entities=names.sides.entities(asked.words, _ENTITIES),
            changed=[(entity_line(e), e.entity_id) for e in changed[:_ENTITIES]],
            unshown=max(0, len(changed) - _ENTITIES),
        )  # fmt: skip

    def one(self, asked: Asked) -> Response:
        """Both sides of a question."""
        return self._one(asked, 200)

    def answer(self, asked: Asked) -> Response:
        """Answer a question, and show the next that waits."""
        names, form = self._desk.names, asked.form
        question = names.questions.get(asked.path["id"])
        if question is None:
            raise HTTPException(404)
        waiting = names.open(asked.words.split())
        said = names.judgement(question)
        try:
            if (said.id if said else "") != form.get("seen", ""):
                raise DossierError("Somebody answered meanwhile", "Look again, then answer.")
            answer = _answer(form.get("answer", ""))
            pair = names.pair(question)
            judgement = names.judge(pair.left, pair.right, answer, form.get("why", "").strip())
        except DossierError as error:
            self._frame.tell(asked.who, str(error))
            return self._one(asked, 422)
        self._desk.judged(asked.who, judgement, f"/name/{question.id}")
        self._frame.tell(asked.who, f"{told(judgement)}. {_NEXT}")
        place = next((n for n, q in enumerate(waiting) if q.id == question.id), -1)
        later = [q for q in (*waiting[place + 1 :], *waiting[: max(0, place)]) if q != question]
        return to(f"/name/{later[0].id}" if later else "/names", asked)

    def entity(self, asked: Asked) -> Response:
        """What an entity was joined from."""
        sides = [
            s for s in self._desk.names.sides.of(asked.path["id"]) if s.entity == asked.path["id"]
        ]
        if not sides:
            raise HTTPException(404)
        return self._frame.page("entity.html", asked.who, sides=sides, words=asked.words)

    def split(self, asked: Asked) -> Response:
        """Say that a name is another entity."""
        names, entity = self._desk.names, asked.path["id"]
        judgement = names.split(asked.form.get("usage", ""), asked.form.get("why", "").strip())
        self._desk.judged(asked.who, judgement, f"/entity/{entity}")
        self._frame.tell(asked.who, f"{told(judgement)}. {_NEXT}")
        return to(f"/entity/{entity}", asked)

    def _one(self, asked: Asked, status: int) -> Response:
        names = self._desk.names
        question = names.questions.get(asked.path["id"])
        if question is None:
            raise HTTPException(404)
        waiting = names.open(asked.words.split())
        place = next((n for n, q in enumerate(waiting) if q.id == question.id), None)
        here = place if place is not None else 0
        pair = names.pair(question)
        said = names.judgement(question)
        return self._frame.page(
            "name.html", asked.who, status, words=asked.words, question=question, pair=pair,
            said=said, seen=said.id if said else "", consequences=consequences(pair),
            waiting=waiting, place=place, before=waiting[here - 1] if here else None,
            next=waiting[here + 1] if here + 1 < len(waiting) else None,
        )  # fmt: skip


def _answer(text: str) -> Answer:
    for answer in get_args(Answer):
        if text == answer:
            return answer  # type: ignore[no-any-return]
    raise DossierError(f"{text[:80]!r} is no answer", "Say same, different or unsure.")
