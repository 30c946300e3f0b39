"""How fast: pace from the endpoint's headers.

The pace is additive increase, multiplicative decrease (Chiu and Jain 1989) on the number of calls
under way, with pauses that the endpoint asks for and optional fixed rates.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_PAUSE_S = 120.0
_DECREASE = 0.7
# Until an answer shows that the key is good, or for this long, only so many calls are under way.
FIRST_CALLS, FIRST_S = 2, 0.4
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Pace:
    """Lets calls start as fast as the endpoint allows. Times are seconds of the monotonic clock."""

    def __init__(
        self,
        concurrency: int,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
    ) -> None:
        self.concurrency = concurrency
        self.allowed = float(concurrency)
        self.under_way = 0
        self.waiting_for = ""
        self._request_s = 60 / requests_per_minute if requests_per_minute else 0.0
        self._token_s = 60 / tokens_per_minute if tokens_per_minute else 0.0
        self._next_start = 0.0
        self._not_before = 0.0
        self._lowered_at = 0.0
        self._pauses = 0
        self._room = asyncio.Condition()
        self._proof = asyncio.Event()
        self._first_calls = 0
        self._first: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[None]:
        """Wait for a place, then for the time; hold the place while the context lasts. `tokens` is
        the call's estimate."""
        await self._be_among_the_first()
        async with self._room:
            await self._room.wait_for(lambda: self.under_way < max(1, int(self.allowed)))
            self.under_way += 1
        try:
            await self._wait_for_time(tokens)
            yield
        finally:
            async with self._room:
                self.under_way -= 1
                # As many as there is room for: waking all who wait, each time, is quadratic in
                # their number.
                self._room.notify(max(1, int(self.allowed) - self.under_way))

    async def _be_among_the_first(self) -> None:
        """Go on, or wait until it is known that the endpoint takes our calls."""
        if self._first is None:
            self._first = asyncio.get_running_loop().call_later(FIRST_S, self.prove)
        self._first_calls += 1
        if self._first_calls > FIRST_CALLS:
            await self._proof.wait()

    def prove(self) -> None:
        """Take note that the endpoint takes our calls: from now on as many as are allowed."""
        self._proof.set()

    def answered(self, headers: Mapping[str, str]) -> None:
        """Take note of an answer: a little faster, unless its headers say that a limit is used
        up."""
        self.prove()
        self.allowed = min(float(self.concurrency), self.allowed + 1 / max(1.0, self.allowed))
        for kind in ("requests", "tokens"):
            remaining = headers.get(f"x-ratelimit-remaining-{kind}", "")
            if remaining.isdecimal() and not remaining.strip("0"):
                self.pause(
                    parse_duration(headers.get(f"x-ratelimit-reset-{kind}", "")) or 0.0,
                    f"{kind} per minute",
                )

    def refused(self, wait_s: float | None) -> None:
        """Take note of a 429: slower, once for all calls that were under way together, and a pause
        if it names one."""
        now = time.monotonic()
        if now - self._lowered_at > 1.0:
            self.allowed = max(1.0, self.allowed * _DECREASE)
            self._lowered_at = now
        if wait_s:
            self.pause(wait_s, "Retry-After")

    def pause(self, seconds: float, why: str) -> None:
        """Start no call for so long."""
        until = time.monotonic() + min(seconds, MAX_PAUSE_S)
        if until > self._not_before:
            self._not_before, self.waiting_for = until, why
            self._next_start = until
            self._pauses += 1

    async def _wait_for_time(self, tokens: int) -> None:
        pauses = -1
        while pauses != self._pauses:  # one that came meanwhile has given the starts anew
            pauses = self._pauses
            start = max(time.monotonic(), self._next_start, self._not_before)
            self._next_start = start + max(self._request_s, self._token_s * tokens)
            while (delay := start - time.monotonic()) > 0:
                await asyncio.sleep(delay)
        self.waiting_for = ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How long an answer asks to wait, in seconds: `retry-after-ms`, or Retry-After in seconds or
    as an HTTP date."""
    milliseconds = headers.get("retry-after-ms")
    if milliseconds and milliseconds.replace(".", "", 1).isdecimal():
        return float(milliseconds) / 1000
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def parse_duration(text: str) -> float | None:
    """Seconds of a duration as rate-limit headers give it: "20ms", "1.5s", "6m0s"; a bare number is
    seconds."""
    parts = _DURATION.findall(text)
    if parts:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return float(text) if text.replace(".", "", 1).isdecimal() else None
