"""The page's addresses, and what each does. Everything works by links and forms; the script adds
keys, and htmx keeps the page from flickering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.compare.items import RISKS, Item, Order
from pipeline.decide.decisions import DECIDING
from pipeline.diff.causes import told
from pipeline.diff.shown import heading, risk_name, sentences, told_value
from pipeline.errors import DossierError
from pipeline.plain import plain
from pipeline.review.deciding import Given
from pipeline.review.loop import CONFIRMED_ABOVE
from pipeline.review.web.desk import Desk
from pipeline.review.web.guard import HOSTS, MOST_BYTES, Guard
from pipeline.review.web.marked import bare_sentences, pieces, quoted_at
from pipeline.review.web.shown import file_of, source_of

_HERE = Path(__file__).parent
_LISTED = 100  # changes or documents on a page of a list
_TEXT = 30_000  # code points of a document on one page

Form = Mapping[str, str]
Act = Callable[[Request, Form], Response]


def build(desk: Desk, token: str, cookie: str) -> Starlette:
    """The application. Whoever asks must have `token`, in the address or in the cookie named."""
    pages = Pages(desk)
    routes = [
        Route("/", pages.at(pages.changes)),
        Route("/change/{id}", pages.at(pages.change)),
        Route("/change/{id}", pages.at(pages.decide), methods=["POST"]),
        Route("/all", pages.at(pages.all), methods=["GET"]),
        Route("/all", pages.at(pages.decide_all), methods=["POST"]),
        Route("/undo/{id}", pages.at(pages.undo), methods=["POST"]),
        Route("/again", pages.at(pages.again), methods=["POST"]),
        Route("/documents", pages.at(pages.documents)),
        Route("/document/{id}", pages.at(pages.document)),
        Route("/picture/{id}/{page:int}.png", pages.at(pages.picture)),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    return Starlette(
        routes=routes,
        max_body_size=MOST_BYTES,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False),
            Middleware(Guard, token=token, cookie=cookie),
        ],
        exception_handlers={404: pages.missing},
    )


class Pages:
    """Answers requests from a desk, one at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._templates = Environment(
            loader=PackageLoader("pipeline.review.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_plain,
        )
        self._templates.globals |= {
            "heading": heading, "risk_name": risk_name, "sentences": sentences,
            "told_value": told_value, "link": _link,
        }  # fmt: skip

    def at(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of an act, which works in a thread while it holds the desk."""

        async def endpoint(request: Request) -> Response:
            given = await request.form() if request.method == "POST" else FormData()
            form = {name: value for name, value in given.items() if isinstance(value, str)}
            return await run_in_threadpool(self._held, act, request, form)

        return endpoint

    def changes(self, request: Request, form: Form) -> Response:
        """The list of changes that a filter shows."""
        words, order = _filter(request.query_params)
        shown = self._desk.sitting.shown(words.split(), order)
        start = _number(request.query_params.get("start"), len(shown))
        risks = Counter(item.risk for item in shown)
        types = Counter(item.record.claim.type for item in shown)
        return self._page(
            "changes.html",
            words=words,
            order=order,
            orders=get_args(Order),
            shown=shown,
            listed=shown[start : start + _LISTED],
            start=start,
            most=_LISTED,
            risks=[(RISKS[risk], count) for risk, count in sorted(risks.items())],
            types=sorted(types.items()),
        )

    def change(self, request: Request, form: Form) -> Response:
        """One change with its source."""
        return self._change(self._item(request), _filter(request.query_params), {}, 200)

    def decide(self, request: Request, form: Form) -> Response:
        """Decide about one change, and show the next that waits."""
        item, words = self._item(request), _filter(form)
        given = Given(
            item.id,
            form.get("verdict", ""),
            form.get("why", "").strip(),
            form.get("value"),
            form.get("quote", "").replace("\r\n", "\n") or None,
        )
        before = self._desk.sitting.shown(words[0].split(), words[1])
        try:
            (made,) = self._desk.decide([given])
        except DossierError as error:
            self._desk.message = str(error)
            return self._change(item, words, form, 422)
        self._desk.message = f"{made.verdict}: {heading(item)}"
        onward = self._after(item, before) if made.verdict in DECIDING else item
        return self._to(f"/change/{onward.id}" if onward else "/", words)

    def all(self, request: Request, form: Form) -> Response:
        """Asks whether all changes that a filter shows are to be decided alike."""
        words = _filter(request.query_params)
        verdict_ = request.query_params.get("verdict", "accept")
        return self._all(words, verdict_, 200)

    def decide_all(self, request: Request, form: Form) -> Response:
        """Decide about all that a filter shows, if their number is confirmed."""
        words, verdict_ = _filter(form), form.get("verdict", "")
        sitting = self._desk.sitting
        found = sitting.bulk(sitting.shown(words[0].split(), words[1]))
        if form.get("count", "").strip() != str(len(found)):
            self._desk.message = f"Not confirmed: there are {len(found)}; nothing was decided"
            return self._all(words, verdict_, 422)
        made = self._desk.decide([Given(item.id, verdict_) for item in found])
        self._desk.message = f"{verdict_}: {len(made)} changes"
        return self._to("/", words)

    def undo(self, request: Request, form: Form) -> Response:
        """Take a decision back, and show its change again."""
        taken_back = self._desk.sitting.undo(request.path_params["id"])
        self._desk.message = f"Taken back: {taken_back.verdict}"
        item = form.get("item", "")
        known = item in self._desk.sitting.by_id
        return self._to(f"/change/{item}" if known else "/", _filter(form))

    def again(self, request: Request, form: Form) -> Response:
        """Compare the runs that are meant now."""
        self._desk.open()
        self._desk.message = "Compared again"
        return RedirectResponse("/", 303)

    def documents(self, request: Request, form: Form) -> Response:
        """The list of documents."""
        texts = self._desk.texts(newer=True)
        total = texts.count()
        start = _number(request.query_params.get("start"), total)
        listed = texts.documents(start, _LISTED)
        return self._page("documents.html", listed=listed, start=start, total=total, most=_LISTED)

    def document(self, request: Request, form: Form) -> Response:
        """A document with all evidence marked, and sentences without a record."""
        texts = self._desk.texts(newer=True)
        document = texts.document(request.path_params["id"])
        if document is None:
            raise HTTPException(404)
        at = _number(request.query_params.get("at"), document.characters)
        low = at // _TEXT * _TEXT
        high = min(low + _TEXT, document.characters)
        marks = texts.marks(document.id, low, high)
        focus = [quoted_at(marks, at)] if at else []
        parts = [
            pieces(start, text, marks, focus, bare_sentences(start, text, marks))
            for start, text in texts.parts(document.id, low, high)
        ]
        counted = Counter(table for table, _ in {(m.table, m.record) for m in marks if not m.field})
        return self._page(
            "document.html", document=document, parts=parts, low=low, high=high, step=_TEXT,
            types=sorted(counted.items()), bare=sum(p.bare for part in parts for p in part),
        )  # fmt: skip

    def picture(self, request: Request, form: Form) -> Response:
        """A page of a PDF document as PNG."""
        document = self._desk.texts(newer=True).document(request.path_params["id"])
        document = document or self._desk.texts(newer=False).document(request.path_params["id"])
        file = file_of(document) if document else None
        if file is None:
            raise HTTPException(404)
        drawn = self._desk.pictures.page(file, request.path_params["page"])
        return Response(drawn.png, media_type="image/png")

    async def missing(self, request: Request, error: Exception) -> Response:
        """What is at no address."""
        with self._desk.lock:
            return self._said("There is nothing at this address.", 404)

    def _held(self, act: Act, request: Request, form: Form) -> Response:
        with self._desk.lock:
            try:
                self._desk.look()
                return act(request, form)
            except DossierError as error:
                return self._said(str(error), 409)

    def _change(self, item: Item, words: tuple[str, Order], form: Form, status: int) -> Response:
        sitting = self._desk.sitting
        shown = sitting.shown(words[0].split(), words[1])
        place = next((n for n, i in enumerate(shown) if i.id == item.id), None)
        here = place if place is not None else 0
        after = self._after(item, shown)
        texts = self._desk.texts(newer=item.after is not None)
        last = sitting.made[-1] if sitting.made else None
        return self._page(
            "change.html",
            status,
            words=words[0],
            order=words[1],
            item=item,
            place=place,
            shown=shown,
            before=shown[here - 1] if here else None,
            next=shown[here + 1] if here + 1 < len(shown) else None,
            skip=after,
            both=sentences(item),
            said=sitting.said_of(item),
            decided=sitting.decided.get(item.id, ""),
            source=source_of(item, texts, self._desk.pictures),
            form=form,
            last=last,
        )

    def _all(self, words: tuple[str, Order], verdict_: str, status: int) -> Response:
        sitting = self._desk.sitting
        shown = sitting.shown(words[0].split(), words[1])
        found = sitting.bulk(shown)
        if verdict_ not in ("accept", "reject"):
            raise DossierError(f"{verdict_!r} is no verdict for many", "accept or reject.")
        left = sum(item.id not in sitting.decided for item in shown) - len(found)
        return self._page(
            "all.html", status, words=words[0], order=words[1], verdict_=verdict_, count=len(found),
            left=left, confirmed=len(found) > CONFIRMED_ABOVE,
        )  # fmt: skip

    def _item(self, request: Request) -> Item:
        item = self._desk.sitting.by_id.get(request.path_params["id"])
        if item is None:
            raise HTTPException(404)
        return item

    def _after(self, item: Item, shown: Iterable[Item]) -> Item | None:
        """The next of `shown` behind a change that waits, else the first that does."""
        decided = self._desk.sitting.decided
        listed = list(shown)
        place = next((n for n, i in enumerate(listed) if i.id == item.id), -1)
        later = (*listed[place + 1 :], *listed[: max(place, 0)])
        return next((i for i in later if i.id not in decided), None)

    def _said(self, said: str, status: int) -> Response:
        return self._page("said.html", status, said=said)

    def _page(self, name: str, status: int = 200, **given: Any) -> Response:
        sitting = self._desk.sitting
        report = sitting.queue.report
        total, done = len(sitting.by_id), len(sitting.decided)
        common = {
            "verdict": f"{total - done} of {total} changes wait for a decision",
            "runs": (report.one.get("run_id"), report.other.get("run_id")),
            "cause": told(report.causes),
            "total": total,
            "done": done,
            "message": self._desk.told(),
            "newer": self._desk.newer,
            "stale": sitting.queue.stale,
            "problems": sitting.problems,
        }
        return HTMLResponse(self._templates.get_template(name).render(common | given), status)

    def _to(self, path: str, words: tuple[str, Order]) -> Response:
        return RedirectResponse(_link(path, words=words[0], order=words[1]), 303)


def _plain(value: object) -> object:
    """Whatever a template puts into a page, without control characters."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _filter(given: Mapping[str, str]) -> tuple[str, Order]:
    """The words of a filter, and the order."""
    order: Any = given.get("order", "risk")
    return " ".join(given.get("words", "").split()), order if order in get_args(Order) else "risk"


def _number(text: str | None, end: int) -> int:
    """A place in a list, from 0; 0 for what is none."""
    number = int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else 0
    return number if number < end else 0


def _link(path: str, **given: object) -> str:
    """An address on this page; what is empty or usual is left out."""
    kept = {k: v for k, v in given.items() if v not in ("", None, "risk", 0)}
    return f"{path}?{urlencode(kept)}" if kept else path
