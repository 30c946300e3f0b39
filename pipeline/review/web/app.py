"""The page's addresses. Everything works by links and forms; the script adds keys, and htmx keeps
the page from flickering."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.review.web.changes import Changes
from pipeline.review.web.desk import Desk
from pipeline.review.web.documents import Documents
from pipeline.review.web.frame import Act, Asked, Frame
from pipeline.review.web.guard import HOSTS, MOST_BYTES, Guard
from pipeline.review.web.identity import Identity

_STATIC = Path(__file__).parent / "static"


def build(desk: Desk, token: str, cookie: str) -> Starlette:
    """The application. Whoever asks must have `token`, in the address or in the cookie named."""
    frame = Frame(desk)
    changes, documents, identity = Changes(frame), Documents(frame), Identity(frame)

    def route(path: str, get: Act, post: Act | None = None) -> list[Route]:
        found = [Route(path, frame.at(get), methods=["GET"])]
        return [*found, Route(path, frame.at(post), methods=["POST"])] if post else found

    routes = [
        *route("/", changes.all),
        *route("/change/{id}", changes.one, changes.decide),
        *route("/all", changes.many, changes.decide_many),
        *route("/undo", _home, changes.undo),
        *route("/undo/{id}", _home, changes.take_back),
        *route("/again", _home, changes.again),
        *route("/names", identity.all),
        *route("/name/{id}", identity.one, identity.answer),
        *route("/entity/{id}", identity.entity, identity.split),
        *route("/documents", documents.all),
        *route("/document/{id}", documents.one, documents.report),
        *route("/picture/{id}/{page:int}.png", documents.picture),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    return Starlette(
        routes=routes,
        max_body_size=MOST_BYTES,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False),
            Middleware(Guard, token=token, cookie=cookie),
        ],
        exception_handlers={HTTPException: frame.refused},
    )


def _home(asked: Asked) -> Response:
    """What was sent to this address once is not sent again by looking at it."""
    return RedirectResponse("/", 303)
