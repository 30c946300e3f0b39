"""What the pace keeps to, fact by fact."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pipeline.models import limits
from pipeline.models.limits import Pace, parse_duration, retry_after


def waited(told: Callable[[Pace], None], calls: int = 1, **rates: int) -> float:
    """Seconds until the last of some calls of 40 tokens each could start."""

    async def go() -> float:
        pace = Pace(10, **rates)
        told(pace)
        started = time.monotonic()

        async def call() -> None:
            async with pace.turn(40):
                pass

        await asyncio.gather(*(call() for _ in range(calls)))
        return time.monotonic() - started

    return asyncio.run(go())


def nothing(_: Pace) -> None:
    pass


def test_a_pause_that_a_429_asks_for_holds_up_all_calls() -> None:
    assert 0.19 < waited(lambda pace: pace.refused(0.2)) < 1.0
    assert waited(lambda pace: pace.refused(None)) < 0.15


def test_tokens_per_minute_space_calls_by_their_size() -> None:
    # 40 tokens of 60,000 a minute are 40 ms; the first call does not wait.
    assert 0.11 < waited(nothing, 4, tokens_per_minute=60_000) < 1.0


def test_requests_per_minute_space_calls() -> None:
    assert 0.11 < waited(nothing, 4, requests_per_minute=1500) < 1.0


def test_the_slower_of_both_rates_counts() -> None:
    rates = {"requests_per_minute": 1500, "tokens_per_minute": 600_000}
    assert 0.11 < waited(nothing, 4, **rates) < 1.0
    rates = {"requests_per_minute": 15_000, "tokens_per_minute": 60_000}
    assert 0.11 < waited(nothing, 4, **rates) < 1.0


def test_no_pause_is_longer_than_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PAUSE_S", 0.1)
    assert 0.09 < waited(lambda pace: pace.pause(86_400.0, "Retry-After")) < 1.0


def test_a_short_pause_does_not_end_a_long_one() -> None:
    def both(pace: Pace) -> None:
        pace.pause(0.12, "long")
        pace.pause(0.01, "short")
        assert pace.waiting_for == "long"

    assert waited(both) > 0.11


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_a_limit_that_is_used_up_pauses_until_its_reset(kind: str) -> None:
    def used(remaining: str) -> Callable[[Pace], None]:
        headers = {f"x-ratelimit-remaining-{kind}": remaining, f"x-ratelimit-reset-{kind}": "0.2s"}
        return lambda pace: pace.answered(headers)

    assert waited(used("0")) > 0.19
    assert waited(used("1")) < 0.15


def test_what_is_waited_for_is_told_and_forgotten() -> None:
    async def go() -> list[str]:
        pace = Pace(2)
        pace.pause(0.02, "tokens per minute")
        told = [pace.waiting_for]
        async with pace.turn(1):
            return [*told, pace.waiting_for]

    assert asyncio.run(go()) == ["tokens per minute", ""]


def test_the_pace_sinks_by_a_third_once_a_second_and_never_below_one_call() -> None:
    pace = Pace(10)
    pace.refused(None)
    pace.refused(None)
    assert pace.allowed == pytest.approx(7.0)
    slow = Pace(1)
    slow.refused(None)
    assert slow.allowed == 1.0


def test_the_pace_rises_to_the_concurrency_and_no_further() -> None:
    pace = Pace(4)
    pace.refused(None)
    for _ in range(50):
        pace.answered({})
    assert pace.allowed == 4.0


def test_a_call_that_fails_gives_its_place_back() -> None:
    async def go() -> int:
        pace = Pace(1)
        for _ in range(3):
            with pytest.raises(ValueError, match="down"):
                async with asyncio.timeout(0.5), pace.turn(1):
                    assert pace.under_way == 1
                    raise ValueError("down")
        return pace.under_way

    assert asyncio.run(go()) == 0


def test_waits_are_read_in_every_form() -> None:
    assert retry_after({"retry-after-ms": "1500"}) == 1.5
    assert retry_after({"retry-after": "-3"}) == 0.0
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    assert retry_after({"retry-after": past}) == 0.0
    assert parse_duration("1m30s") == 90.0
