"""One HTTP call to a chat completions endpoint, tried again on faults of transport: tenacity's only place.

Connection faults, timeouts, 408, 409, 429 and 5xx are transient. What no call could survive (a wrong key, an unknown model, no
quota) is told apart from what only this call did not.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import tenacity

from pipeline.errors import CallError, EndpointError
from pipeline.models.limits import MAX_PAUSE_S, Budget, Pace, retry_after
from pipeline.settings import Settings

MAX_TRIES = 8
MAX_WAIT_S = 30.0
_UNSUPPORTED = re.compile(r"response_format|json_schema|json_object|schema|tool|grammar|structured", re.IGNORECASE)


class UnsupportedModeError(Exception):
    """The endpoint refuses the form of the request (400, 404, 422 or 501 about schemas or tools)."""


@dataclass(frozen=True, slots=True)
class _Answer:
    body: dict[str, Any]
    headers: Mapping[str, str]


class Transport:
    """Sends bodies to the endpoint of OPENAI_BASE_URL. `sent` counts HTTP calls, `reached` says whether any was answered."""

    def __init__(self, settings: Settings, pace: Pace, budget: Budget) -> None:
        """Raises EndpointError when there is neither a key nor an address."""
        if not endpoint_is_set():
            remedy = "Set it, or OPENAI_BASE_URL for an endpoint that needs none; recorded replies need neither."
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
        )

    async def send(self, body: Callable[[], dict[str, Any]], tokens: int) -> dict[str, Any]:
        """The completion object; `body` makes what is sent when a try really starts.

        Raises CallError, EndpointError or UnsupportedModeError."""
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(_is_transient),
            wait=_wait,
            stop=tenacity.stop_after_attempt(MAX_TRIES) | tenacity.stop_after_delay(self._settings.timeout_s * 5),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    answer = await self._once(body, tokens)
                    self.reached = True
                    return answer.body
        except openai.OpenAIError as error:
            raise self._translated(error) from error
        raise AssertionError("tenacity either returns or raises")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _once(self, body: Callable[[], dict[str, Any]], tokens: int) -> _Answer:
        async with self._pace.turn(tokens):
            self._budget.count_call()
            self.sent += 1
            try:
                # The client's plain post: `chat.completions.create` transforms the body for 3 ms a call and imports half a
                # second of resources that nobody uses here.
                raw = await self._client.post("/chat/completions", cast_to=httpx2.Response, body=body())
            except openai.RateLimitError as error:
                self._pace.refused(retry_after(error.response.headers))
                raise
            self._pace.answered(raw.headers)
        try:
            data = json.loads(raw.content)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            remedy = "Check OPENAI_BASE_URL: this does not answer as a chat completions endpoint."
            raise CallError("BAD_COMPLETION", "The endpoint's answer is no JSON object", remedy)
        return _Answer(data, raw.headers)

    def _translated(self, error: Exception) -> CallError | EndpointError | UnsupportedModeError:
        address = self._address or "the default endpoint"
        if isinstance(error, openai.APIConnectionError):
            why = _cause(error)
            if not self.reached and not isinstance(error, openai.APITimeoutError):
                return EndpointError(f"No connection to {address}{why}", "Check OPENAI_BASE_URL and the network.")
            return CallError("NO_CONNECTION", f"No answer from the endpoint{why}", "Run again later.")
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
            return EndpointError("The account is out of quota", "Add credit; what was answered is kept.")
        if status == 400 and not self.reached:
            return EndpointError(f"{address} refuses the request (400): {str(error)[:200]}", "Check --model and the endpoint.")
        if status in final:
            return EndpointError(*final[status])
        return CallError(f"HTTP_{status}", f"The endpoint answered {status}: {str(error)[:300]}", "Run again later.")


def endpoint_is_set() -> bool:
    """Whether the environment names an endpoint."""
    return bool(os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL"))


def _cause(error: BaseException) -> str:
    deepest = error
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    text = str(deepest).splitlines()[0] if str(deepest) else type(deepest).__name__
    return f" ({text[:160]})" if deepest is not error else ""


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, openai.APIStatusError):
        return error.code != "insufficient_quota" and (error.status_code in (408, 409, 429) or error.status_code >= 500)
    return isinstance(error, openai.APIConnectionError)


def _wait(state: tenacity.RetryCallState) -> float:
    """What the endpoint asks for, else exponential with jitter. A pause for all calls is the pace's affair."""
    error = state.outcome.exception() if state.outcome else None
    asked = retry_after(error.response.headers) if isinstance(error, openai.APIStatusError) else None
    if asked is not None:
        return min(asked, MAX_PAUSE_S)
    return float(tenacity.wait_random_exponential(multiplier=0.5, max=MAX_WAIT_S)(state))
