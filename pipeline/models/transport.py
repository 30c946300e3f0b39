"""One HTTP call to a chat completions endpoint, tried again on faults of transport: tenacity's only
place.

Connection faults, timeouts and what only the moment brings about are transient. What no call could
survive (a wrong key, an unknown model, no quota, or several different requests refused alike before
any was answered) is told apart from what only this call did not.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx2
import openai
import tenacity

from pipeline.errors import CallError, EndpointError
from pipeline.models.budget import NOTHING, Budget, Charge, Hold
from pipeline.models.environment import Endpoint
from pipeline.models.limits import MAX_PAUSE_S, Pace, retry_after
from pipeline.models.refusals import Refusal, error_within, refusal_of
from pipeline.settings import Settings

MAX_TRIES = 8
MAX_TRIES_UNREACHED = 3
MAX_WAIT_S = 30.0
_NO_PARAMETERS = ("model", "messages", "response_format", "tools", "tool_choice")
# Of the connection's own library: by httpx2's names a server that drops the connection once it has
# read the request is one that was never reached.
_UNCONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
# So many different requests that are refused alike, one after the other, mean all: before anything
# was answered, and after.
MAX_ALIKE_FIRST, MAX_ALIKE = 3, 20


class FormError(Exception):
    """The endpoint refuses the form of the request, or one of its parameters, by name."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal, headers: Mapping[str, str]) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.headers = headers


@dataclass(slots=True)
class Call:
    """One request to send: its key, what makes the body when a try really starts, an estimate of
    its tokens, and what each try costs. `waited_s` is how long it waited for its turn."""

    key: str
    body: Callable[[], dict[str, Any]]
    tokens: int
    charge: Charge
    waited_s: float = 0.0


class Transport:
    """Sends bodies to the endpoint of the environment. `sent` counts HTTP calls, `reached` says
    whether any was answered, `fatal` is why no more are sent."""

    def __init__(self, settings: Settings, endpoint: Endpoint, pace: Pace, budget: Budget) -> None:
        """Raises EndpointError when there is neither a key nor an address."""
        if not endpoint.is_set:
            remedy = (
                "Set it, or OPENAI_BASE_URL for an endpoint that needs none; recorded replies need"
                " neither."
            )
            raise EndpointError("OPENAI_API_KEY is not set", remedy)
        self.sent = 0
        self.reached = False
        self.fatal: EndpointError | None = None
        self._alike: dict[str, set[str]] = defaultdict(set)
        self._settings = settings
        self._pace = pace
        self._budget = budget
        self._name = endpoint.name
        self._client = openai.AsyncOpenAI(
            api_key=endpoint.key or "none",
            base_url=endpoint.address or None,
            default_query=dict(endpoint.query),
            max_retries=0,
            timeout=settings.timeout_s + 1,
            # a quarter less CPU a call than the default one
            http_client=openai.DefaultAioHttpClient(),
        )

    async def send(self, call: Call) -> dict[str, Any]:
        """The completion object. Raises CallError, EndpointError or FormError."""
        retrying = tenacity.AsyncRetrying(
            retry=self._may_try_again,
            wait=_wait,
            stop=lambda state: self._is_enough(state, call),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    answer = await self._once(call)
                    self.reached = True
                    self._alike.clear()
                    return answer
        except (openai.OpenAIError, _RefusedError) as error:
            raise self._translated(error, call.key) from error
        raise AssertionError("tenacity either returns or raises")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _once(self, call: Call) -> dict[str, Any]:
        began = time.monotonic()
        worst_usd, tokens = call.charge.worst_usd, call.tokens
        async with self._budget.reserve(worst_usd) as hold, self._pace.turn(tokens):
            call.waited_s += time.monotonic() - began
            if self.fatal:
                raise self.fatal
            self._budget.count_call()
            self.sent += 1
            body = call.body()
            raw = await self._post(body, call.charge, hold)
            data = _json_object(raw.content)
            if data is not None:
                is_paid = "usage" in data or "error" not in data
                hold.cost_usd = call.charge.cost_of(data) if is_paid else NOTHING
                if refusal := error_within(data, _parameters(body)):
                    raise self._refused(refusal, raw.headers)
            self._pace.answered(raw.headers)
        if data is None:
            remedy = "Check OPENAI_BASE_URL: this does not answer as a chat completions endpoint."
            if not self.reached:
                self.fatal = EndpointError(
                    f"{self._name} answers with a page, not with JSON",
                    remedy,
                )
                raise self.fatal
            raise CallError("BAD_COMPLETION", "The endpoint's answer is no JSON object", remedy)
        return data

    async def _post(self, body: dict[str, Any], charge: Charge, hold: Hold) -> httpx2.Response:
        """One answer of HTTP. One that never comes may have been paid for: it counts in full, but
        for a refusal and for a connection that was never made."""
        hold.cost_usd = charge.worst_usd
        try:
            # The client's own limit begins anew with each part of an answer.
            async with asyncio.timeout(self._settings.timeout_s):
                # The client's plain post: `chat.completions.create` transforms the body for 3 ms a
                # call and imports half a second of resources that nobody uses here.
                return await self._client.post(
                    "/chat/completions", cast_to=httpx2.Response, body=body
                )
        except TimeoutError as error:
            request = httpx2.Request("POST", str(self._client.base_url))
            raise openai.APITimeoutError(request) from error
        except openai.APIStatusError as error:
            hold.cost_usd = NOTHING
            data = _json_object(error.response.content)
            given = error.response.text if data is None else data
            refusal = refusal_of(error.status_code, given, _parameters(body))
            raise self._refused(refusal, error.response.headers) from error
        except openai.APIConnectionError as error:
            if any(isinstance(e, _UNCONNECTED) for e in _chain(error)):
                hold.cost_usd = NOTHING
            raise

    def _refused(self, refusal: Refusal, headers: Mapping[str, str]) -> _RefusedError:
        if refusal.status == 429:
            self._pace.refused(retry_after(headers))
        if refusal.kind not in ("key", "quota", "model"):
            self._pace.prove()
        return _RefusedError(refusal, headers)

    def _may_try_again(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if self.fatal:
            return False
        if isinstance(error, _RefusedError):
            return error.refusal.kind == "busy"
        if not isinstance(error, openai.APIConnectionError) or _certificate_error(error):
            return False
        # An address that nobody has ever answered at is more likely wrong than busy.
        return self.reached or _timed_out(error) or state.attempt_number < MAX_TRIES_UNREACHED

    def _is_enough(self, state: tenacity.RetryCallState, call: Call) -> bool:
        """Whether a call has been tried often or long enough; waiting for its turn is not
        trying."""
        tried_s = (state.seconds_since_start or 0.0) - call.waited_s
        return state.attempt_number >= MAX_TRIES or tried_s > self._settings.timeout_s * 5

    def _translated(self, error: Exception, key: str) -> Exception:
        if isinstance(error, _RefusedError):
            return self._told(error.refusal, key)
        address = self._name
        why = _cause(error)
        if certificate := _certificate_error(error):
            remedy = (
                "Set SSL_CERT_FILE to the certificate of your own authority, or use http on a"
                " trusted network."
            )
            said = f"{address} shows no certificate that can be trusted ({certificate})"
            return self._ended(said, remedy)
        if _timed_out(error):
            said = f"No whole answer from the endpoint within {self._settings.timeout_s:g} s"
            return CallError("NO_CONNECTION", said, "Run again later, or give more --timeout.")
        if not self.reached:
            return self._ended(
                f"No connection to {address}{why}", "Check OPENAI_BASE_URL and the network."
            )
        return CallError("NO_CONNECTION", f"No answer from the endpoint{why}", "Run again later.")

    def _told(self, refusal: Refusal, key: str) -> Exception:
        address = self._name
        status, said = refusal.status, refusal.message[:300]
        if refusal.kind in ("form", "parameter"):
            return FormError(refusal)
        if refusal.kind == "key":
            said = f"{address} refuses the key ({status}): {said}"
            return self._ended(said, "Check OPENAI_API_KEY.")
        if refusal.kind == "quota":
            said = f"The account is out of quota ({status}): {said}"
            return self._ended(said, "Add credit; what was answered is kept.")
        if refusal.kind == "model" or (status == 404 and not self.reached):
            said = f"{address} knows no such model or path ({status}): {said}"
            remedy = "Check OPENAI_BASE_URL (it usually ends in /v1) and --model."
            return self._ended(said, remedy)
        alike = self._alike[refusal.sort]
        alike.add(key)
        if refusal.kind == "other" and len(alike) >= (
            MAX_ALIKE if self.reached else MAX_ALIKE_FIRST
        ):
            said = f"{address} refuses {len(alike)} different requests alike ({status}): {said}"
            return self._ended(said, "Check OPENAI_API_KEY, --model and the endpoint.")
        said = f"The endpoint answered {status}: {said}"
        return CallError(refusal.code, said, refusal.remedy)

    def _ended(self, said: str, remedy: str) -> EndpointError:
        self.fatal = self.fatal or EndpointError(said, remedy)
        return self.fatal


def _parameters(body: dict[str, Any]) -> list[str]:
    return [name for name in body if name not in _NO_PARAMETERS]


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


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
    asked = retry_after(error.headers) if isinstance(error, _RefusedError) else None
    if asked:  # 0 is what some say who are overloaded
        return min(asked, MAX_PAUSE_S)
    return float(tenacity.wait_random_exponential(multiplier=0.5, max=MAX_WAIT_S)(state))
