"""One HTTP call to a chat completions endpoint, tried again on faults of transport: tenacity's only
place.

Connection faults, timeouts, 408, 409, 429 and 5xx are transient. What no call could survive (a
wrong key, an unknown model, no quota) is told apart from what only this call did not.
"""

from __future__ import annotations

import json
import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx2
import openai
import tenacity

from pipeline.errors import CallError, EndpointError
from pipeline.models.budget import NOTHING, Budget, Charge, Hold
from pipeline.models.limits import MAX_PAUSE_S, Pace, retry_after
from pipeline.settings import Settings

MAX_TRIES = 8
MAX_TRIES_UNREACHED = 3
MAX_WAIT_S = 30.0
# Of the connection's own library: by httpx2's names a server that drops the connection once it has
# read the request is one that was never reached.
_UNCONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_UNSUPPORTED = re.compile(
    r"response_format|json_schema|json_object|schema|tool|grammar|structured", re.IGNORECASE
)


class UnsupportedModeError(Exception):
    """The endpoint refuses the form of the request (400, 404, 422 or 501 about schemas or
    tools)."""


@dataclass(frozen=True, slots=True)
class _Answer:
    body: dict[str, Any]
    headers: Mapping[str, str]


class Transport:
    """Sends bodies to the endpoint of OPENAI_BASE_URL. `sent` counts HTTP calls, `reached` says
    whether any was answered."""

    def __init__(self, settings: Settings, pace: Pace, budget: Budget) -> None:
        """Raises EndpointError when there is neither a key nor an address."""
        if not endpoint_is_set():
            remedy = (
                "Set it, or OPENAI_BASE_URL for an endpoint that needs none; recorded replies need"
                " neither."
            )
            raise EndpointError("OPENAI_API_KEY is not set", remedy)
        self.sent = 0
        self.reached = False
        self._settings = settings
        self._pace = pace
        self._budget = budget
        self._address = os.environ.get("OPENAI_BASE_URL") or None
        self._client = openai.AsyncOpenAI(
            api_key=os.environ.get("OPENAI_API_KEY") or "none",
            base_url=self._address,
            max_retries=0,
            timeout=settings.timeout_s,
            # a quarter less CPU a call than the default one
            http_client=openai.DefaultAioHttpClient(),
        )

    async def send(
        self, body: Callable[[], dict[str, Any]], tokens: int, charge: Charge
    ) -> dict[str, Any]:
        """The completion object; `body` makes what is sent when a try really starts, `charge` says
        what each try costs.

        Raises CallError, EndpointError or UnsupportedModeError."""
        retrying = tenacity.AsyncRetrying(
            retry=self._may_try_again,
            wait=_wait,
            stop=tenacity.stop_after_attempt(MAX_TRIES)
            | tenacity.stop_after_delay(self._settings.timeout_s * 5),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    answer = await self._once(body, tokens, charge)
                    self.reached = True
                    return answer.body
        except openai.OpenAIError as error:
            raise self._translated(error) from error
        raise AssertionError("tenacity either returns or raises")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _once(
        self, body: Callable[[], dict[str, Any]], tokens: int, charge: Charge
    ) -> _Answer:
        async with self._budget.reserve(charge.worst_usd) as hold:
            async with self._pace.turn(tokens):
                self._budget.count_call()
                self.sent += 1
                raw = await self._post(body(), charge, hold)
                self._pace.answered(raw.headers)
            data = _json_object(raw.content)
            if data is not None:
                hold.cost_usd = charge.cost_of(data)
        if data is None:
            remedy = "Check OPENAI_BASE_URL: this does not answer as a chat completions endpoint."
            if not self.reached:
                raise EndpointError(
                    f"{self._address or 'The default endpoint'} answers with a page, not with JSON",
                    remedy,
                )
            raise CallError("BAD_COMPLETION", "The endpoint's answer is no JSON object", remedy)
        return _Answer(data, raw.headers)

    async def _post(self, body: dict[str, Any], charge: Charge, hold: Hold) -> httpx2.Response:
        """One answer of HTTP. One that never comes may have been paid for: it counts in full, but
        for a refusal and for a connection that was never made."""
        hold.cost_usd = charge.worst_usd
        try:
            # The client's plain post: `chat.completions.create` transforms the body for 3 ms a
            # call and imports half a second of resources that nobody uses here.
            return await self._client.post("/chat/completions", cast_to=httpx2.Response, body=body)
        except openai.APIStatusError as error:
            hold.cost_usd = NOTHING
            if isinstance(error, openai.RateLimitError):
                self._pace.refused(retry_after(error.response.headers))
            raise
        except openai.APIConnectionError as error:
            if any(isinstance(e, _UNCONNECTED) for e in _chain(error)):
                hold.cost_usd = NOTHING
            raise

    def _may_try_again(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, openai.APIStatusError):
            return error.code != "insufficient_quota" and (
                error.status_code in (408, 409, 429) or error.status_code >= 500
            )
        if not isinstance(error, openai.APIConnectionError) or _certificate_error(error):
            return False
        # An address that nobody has ever answered at is more likely wrong than busy.
        return self.reached or _timed_out(error) or state.attempt_number < MAX_TRIES_UNREACHED

    def _translated(self, error: Exception) -> CallError | EndpointError | UnsupportedModeError:
        address = self._address or "the default endpoint"
        if isinstance(error, openai.APIConnectionError):
            why = _cause(error)
            if certificate := _certificate_error(error):
                remedy = (
                    "Set SSL_CERT_FILE to the certificate of your own authority, or use http on a"
                    " trusted network."
                )
                return EndpointError(
                    f"{address} shows no certificate that can be trusted ({certificate})", remedy
                )
            if not self.reached and not _timed_out(error):
                return EndpointError(
                    f"No connection to {address}{why}", "Check OPENAI_BASE_URL and the network."
                )
            return CallError(
                "NO_CONNECTION", f"No answer from the endpoint{why}", "Run again later."
            )
        status = getattr(error, "status_code", None)
        if status in (400, 404, 422, 501) and _UNSUPPORTED.search(str(error)):
            return UnsupportedModeError(str(error))
        final = {
            401: (f"{address} refuses the key (401)", "Check OPENAI_API_KEY."),
            403: (f"{address} refuses the key (403)", "Check OPENAI_API_KEY."),
            404: (
                f"{address} knows no such model or path (404)",
                "Check OPENAI_BASE_URL (it usually ends in /v1) and --model.",
            ),
        }
        if getattr(error, "code", None) == "insufficient_quota":
            return EndpointError(
                "The account is out of quota", "Add credit; what was answered is kept."
            )
        if status == 400 and not self.reached:
            return EndpointError(
                f"{address} refuses the request (400): {str(error)[:200]}",
                "Check --model and the endpoint.",
            )
        if status in final:
            return EndpointError(*final[status])
        return CallError(
            f"HTTP_{status}",
            f"The endpoint answered {status}: {str(error)[:300]}",
            "Run again later.",
        )


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def endpoint_is_set() -> bool:
    """Whether the environment names an endpoint."""
    return bool(os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL"))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and everything that led to it."""
    pending, seen = [error], set[int]()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        pending += [
            cause for cause in (current.__cause__, current.__context__) if cause is not None
        ]
        if isinstance(current, BaseExceptionGroup):
            pending += current.exceptions


def _cause(error: BaseException) -> str:
    """What an operating system's error in the chain says, in brackets."""
    told = next((str(e) for e in _chain(error) if isinstance(e, OSError) and e.errno), "")
    return f" ({told.splitlines()[0][:160]})" if told else ""


def _timed_out(error: BaseException) -> bool:
    """Whether time ran out, as opposed to a refusal or a reset; openai's own APITimeoutError covers
    all three here."""
    return any(isinstance(e, TimeoutError) for e in _chain(error))


def _certificate_error(error: BaseException) -> str:
    found = (e for e in _chain(error) if isinstance(e, ssl.SSLCertVerificationError))
    return next(
        (said for e in found if (said := getattr(e, "verify_message", ""))), ""
    )  # aiohttp's own has none


def _wait(state: tenacity.RetryCallState) -> float:
    """What the endpoint asks for, else exponential with jitter. A pause for all calls is the pace's
    affair."""
    error = state.outcome.exception() if state.outcome else None
    asked = (
        retry_after(error.response.headers) if isinstance(error, openai.APIStatusError) else None
    )
    if asked is not None:
        return min(asked, MAX_PAUSE_S)
    return float(tenacity.wait_random_exponential(multiplier=0.5, max=MAX_WAIT_S)(state))
