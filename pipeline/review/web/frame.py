"""What all pages share: what was asked, the frame around an answer, and addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.compare.items import Order
from pipeline.diff.causes import told
from pipeline.diff.shown import heading, risk_name, sentences, told_value, waiting_of
from pipeline.errors import DossierError
from pipeline.plain import plain
from pipeline.review.names import fact_text
from pipeline.review.sample import precision
from pipeline.review.sitting import exact_word
from pipeline.review.web.desk import Desk
from pipeline.templates import templates_of

_FORM = "application/x-www-form-urlencoded"
_PROBLEMS, _PROBLEM = 20, 200  # lines, and letters of one
_STATUSES = {
    404: "There is nothing at this address.",
    405: "This address is not to be asked so.",
    413: "That is too long; nothing was recorded.",
    415: "This is no form of the page; nothing was recorded.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the part of the address that names something, the rest of it, the form that was
    sent, and which reviewer sent it (one of several browsers)."""

    path: Mapping[str, Any]
    query: Mapping[str, str]
    form: Mapping[str, str]
    who: str

    @property
    def words(self) -> str:
        """The words of a filter."""
        return " ".join((self.form or self.query).get("words", "").split())

    @property
    def order(self) -> Order:
        """The order of changes."""
        order: Any = (self.form or self.query).get("order", "risk")
        return order if order in get_args(Order) else "risk"

    def number(self, name: str, end: int) -> int | None:
        """A number in the address from 0 to `end`; None for what is none."""
        text = self.query.get(name, "")
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else end
        return number if number < end else None


Act = Callable[[Asked], Response]


class Frame:
    """Answers requests from a desk, one at a time."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._messages: dict[str, str] = {}  # by reviewer, told once
        self._templates = templates_of("pipeline.review.web", finalize=_plain)
        self._templates.globals |= {
            "heading": heading, "risk_name": risk_name, "sentences": sentences,
            "told_value": told_value, "link": link, "exact_word": exact_word,
            "fact_text": fact_text,
        }  # fmt: skip

    def at(self, act: Act) -> Callable[[Request], Any]:
        """The endpoint of an act, which works in a thread while it holds the desk."""

        async def endpoint(request: Request) -> Response:
            given = FormData()
            if request.method == "POST":
                kind = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
                if kind != _FORM:
                    raise HTTPException(415)
                given = await request.form()
            form = {name: value for name, value in given.items() if isinstance(value, str)}
            who = request.scope["reviewer"]
            asked = Asked(request.path_params, dict(request.query_params), form, who)
            return await run_in_threadpool(self._held, act, asked)

        return endpoint

    def refused(self, request: Request, error: Exception) -> Response:
        """The answer to what cannot be asked. Runs in a thread."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        with self.desk.lock:
            return self.said(request.scope.get("reviewer", ""), _STATUSES.get(status, ""), status)

    def tell(self, who: str, message: str) -> None:
        """Show a message on the next page that a reviewer sees."""
        self._messages[who] = message

    def said(self, who: str, said: str, status: int) -> Response:
        """A page that says that something did not work."""
        return self.page("said.html", who, status, said=said)

    def page(self, name: str, who: str, status: int = 200, **given: Any) -> Response:
        """A page from a template, in the frame."""
        sitting = self.desk.sitting
        report = sitting.queue.report
        total, done = len(sitting.by_id), len(sitting.decided)
        problems = [problem[:_PROBLEM] for problem in sitting.problems[:_PROBLEMS]]
        common = {
            "verdict": waiting_of(total - done, report.items),
            "precision": precision(report.items, sitting.decided),
            "runs": (report.one.get("run_id"), report.other.get("run_id")),
            "cause": told(report.causes),
            "total": total,
            "done": done,
            "message": self._messages.pop(who, ""),
            "last": self.desk.last(who),
            "newer": self.desk.newer,
            "stale": sitting.stale[:_PROBLEMS],
            "problems": problems,
            "more": len(sitting.problems) + len(sitting.stale),
            "words": "",
            "order": "risk",
            "failed": status == 422,
        }
        return HTMLResponse(self._templates.get_template(name).render(common | given), status)

    def _held(self, act: Act, asked: Asked) -> Response:
        with self.desk.lock:
            try:
                self.desk.look()
                return act(asked)
            except DossierError as error:
                return self.said(asked.who, str(error), 409)


def link(path: str, **given: object) -> str:
    """An address on this page; what is empty or usual is left out."""
    kept = {k: v for k, v in given.items() if v not in ("", None) and (k, v) != ("order", "risk")}
    return f"{path}?{urlencode(kept)}" if kept else path


def to(path: str, asked: Asked | None = None) -> Response:
    """Show another page, with the same filter and order."""
    found = link(path, words=asked.words, order=asked.order) if asked else path
    return RedirectResponse(found, 303)


def _plain(value: object) -> object:
    """Whatever a template puts into a page, without control characters and halves of letters."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return plain(value).encode("utf-8", "replace").decode("utf-8")
