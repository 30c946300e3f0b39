"""Who may ask the page: this machine, with the token that was printed when it began.

A page elsewhere that knows the port is told nothing and changes nothing: it has no cookie (which is
SameSite=Strict), its Host or Origin is another, and its frames and scripts are refused.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
MOST_BYTES = 64_000  # of the body of a request
_SAFE = ("GET", "HEAD")
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer: browsers would send forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
}


class Guard:
    """Asks for the token, and for the right origin where something is to be changed. Each browser
    gets a name of its own, `reviewer` in the scope of its requests."""

    def __init__(self, app: ASGIApp, token: str, cookie: str) -> None:
        self._app = app
        self._token = token
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await (self._refusal(scope) or self._app)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if given and scope["method"] == "GET" and self._is_token(given):
            answer = RedirectResponse("/", 303)
            value = f"{self._token}.{secrets.token_urlsafe(9)}"
            answer.set_cookie(self._cookie, value, httponly=True, samesite="strict")
            return answer
        cookie = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        token, _, scope["reviewer"] = cookie.partition(".")
        if not self._is_token(token):
            said = "Open the address that `dossier review serve` printed, with its token."
            return PlainTextResponse(said, 403)
        if scope["method"] in _SAFE:
            return None
        own = f"http://{headers.get('host', '')}"
        site = headers.get("sec-fetch-site", "same-origin")
        if headers.get("origin") != own or site != "same-origin":
            return PlainTextResponse("This was not sent by the page itself.", 403)
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return sent
