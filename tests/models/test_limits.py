import asyncio
import itertools
import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DossierError
from pipeline.models.limits import Pace, parse_duration, retry_after
from pipeline.models.prices import Price, find_price


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({}, None),
        ({"retry-after": "soon"}, None),
    ],
)
def test_retry_after_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_retry_after_as_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    waited = retry_after({"retry-after": date})
    assert waited is not None
    assert 28 <= waited <= 30
    assert (
        retry_after(
            {"retry-after": format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)}
        )
        == 0.0
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20ms", 0.02), ("1.5s", 1.5), ("6m0s", 360.0), ("1h2m3s", 3723.0), ("7", 7.0), ("", None)],
)
def test_durations_of_headers(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds


@given(st.text(max_size=20))
def test_headers_never_break_anything(text: str) -> None:
    parse_duration(text)
    retry_after({"retry-after": text, "retry-after-ms": text})


def test_pace_goes_down_on_429_once_for_calls_under_way_together_and_recovers() -> None:
    pace = Pace(20)
    for _ in range(10):
        pace.refused(None)
    assert pace.allowed == pytest.approx(14.0)
    for _ in range(200):
        pace.answered({})
    assert pace.allowed == 20


@pytest.mark.parametrize(("proven", "most_at_once"), [(True, 3), (False, 2)])
def test_never_more_calls_under_way_than_allowed(proven: bool, most_at_once: int) -> None:
    async def go() -> int:
        pace, most, now = Pace(3), [0], [0]
        if proven:
            pace.prove()

        async def call() -> None:
            async with pace.turn(10):
                now[0] += 1
                most[0] = max(most[0], now[0])
                await asyncio.sleep(0.005)
                now[0] -= 1

        calls = asyncio.gather(*(call() for _ in range(20)))
        await asyncio.sleep(0.05)
        before = most[0]
        await calls
        assert most[0] == 3
        return before

    assert asyncio.run(go()) == most_at_once


def test_a_used_up_limit_pauses_all_calls_until_it_is_reset() -> None:
    async def go() -> float:
        pace = Pace(5)
        pace.answered(
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "150ms"}
        )
        started = time.monotonic()
        async with pace.turn(1):
            return time.monotonic() - started

    assert 0.14 <= asyncio.run(go()) < 1.0


def test_a_fixed_rate_spaces_calls() -> None:
    async def go() -> float:
        pace = Pace(50, requests_per_minute=1200)
        started = time.monotonic()

        async def call() -> None:
            async with pace.turn(1):
                pass

        await asyncio.gather(*(call() for _ in range(6)))
        return time.monotonic() - started

    assert asyncio.run(go()) >= 0.24


def test_prices_come_from_the_table_or_a_file(tmp_path: Path) -> None:
    known = find_price("gpt-5-mini", None)
    assert known is not None
    assert known.cached_input < known.input < known.output
    assert find_price("no-such-model", None) is None
    file = tmp_path / "prices.json"
    file.write_text(json.dumps({"no-such-model": {"input": 1, "output": 2}}))
    assert find_price("no-such-model", file) == Price(Decimal(1), Decimal(1), Decimal(2))
    assert Price(Decimal(1), Decimal("0.5"), Decimal(2)).cost_usd(
        1_000_000, 400_000, 500_000
    ) == Decimal("1.8")


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"m": 3}',
        '{"m": {"input": 1}}',
        '{"m": {"input": "x", "output": 1}}',
        '{"m": {"input": -1, "output": 1}}',
    ],
)
def test_a_malformed_price_file_is_one_clear_error(text: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(text)
    with pytest.raises(DossierError, match=r"prices\.json"):
        find_price("m", file)


def test_a_slow_first_answer_holds_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.limits.FIRST_S", 0.1)

    async def go() -> float:
        pace, done = Pace(8), asyncio.Event()

        async def call() -> None:
            async with pace.turn(10):
                if pace.under_way == 8:
                    done.set()
                await done.wait()

        started = time.monotonic()
        await asyncio.gather(*(call() for _ in range(8)))
        return time.monotonic() - started

    assert 0.09 < asyncio.run(go()) < 1.0


def test_after_a_pause_calls_start_at_the_rate() -> None:
    async def go() -> list[float]:
        pace, started = Pace(8, requests_per_minute=3000), []  # 20 ms apart
        pace.prove()

        async def call() -> None:
            async with pace.turn(1):
                started.append(time.monotonic())

        calls = [asyncio.ensure_future(call()) for _ in range(8)]
        await asyncio.sleep(0.05)
        pace.pause(0.3, "a test")
        await asyncio.gather(*calls)
        return started

    at = asyncio.run(go())
    assert at[-5] - at[0] > 0.3
    later = [b - a for a, b in itertools.pairwise(at[-5:])]
    assert all(gap > 0.015 for gap in later)
