"""A limit of money is hard: whatever the endpoint says of itself, no more is spent, and no run
waits for ever."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from decimal import Decimal
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import BudgetError, EndpointError
from pipeline.models.body import usage_of
from pipeline.models.budget import Budget
from pipeline.run import run
from pipeline.settings import Settings
from tests.answers import SUBJECT, completion
from tests.models.server import Answer, endpoint, reply
from tests.models.test_faults import right_answer, write_documents

PRICE = {"input": 0.25, "output": 2.0}


async def spend(budget: Budget, worst: str, cost: str) -> None:
    async with budget.reserve(Decimal(worst)) as hold:
        await asyncio.sleep(0)
        hold.cost_usd = Decimal(cost)


def test_money_under_way_counts_at_its_worst_case() -> None:
    async def go() -> None:
        budget = Budget(None, Decimal(1))
        async with budget.reserve(Decimal(1)) as hold:
            waiting = asyncio.ensure_future(spend(budget, "1", "1"))
            await asyncio.sleep(0.01)
            assert not waiting.done()  # the first call may yet turn out cheaper
            hold.cost_usd = Decimal(0)
        await waiting
        with pytest.raises(BudgetError, match="limit of USD 1"):
            await spend(budget, "0.000001", "0")

    asyncio.run(go())


def test_no_residue_of_sums_is_waited_for() -> None:
    async def go() -> None:
        budget = Budget(None, Decimal("0.5"))
        worst = [f"0.{n}" for n in (1, 2, 3, 7, 11, 13)] * 40
        calls = (spend(budget, w, "0.001") for w in worst)
        results = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 10)
        assert all(r is None or isinstance(r, BudgetError) for r in results)
        assert budget.spent_usd <= Decimal("0.5")

    asyncio.run(go())


def test_a_call_that_is_cancelled_leaves_no_hold_behind() -> None:
    async def go() -> None:
        budget = Budget(None, Decimal(1))
        for _ in range(5):
            task = asyncio.ensure_future(spend(budget, "1", "0"))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await asyncio.wait_for(spend(budget, "1", "0"), 1)

    asyncio.run(go())


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (None, (0, 0, 0)),
        ("much", (0, 0, 0)),
        ({}, (0, 0, 0)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, (0, 0, 0)),
        ({"prompt_tokens": "10", "completion_tokens": 5}, (0, 0, 0)),
        ({"prompt_tokens": 10, "completion_tokens": -5}, (0, 0, 0)),
        ({"prompt_tokens": True, "completion_tokens": 5}, (0, 0, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 2**70}, (0, 0, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}, (10, 0, 5)),
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 400}, (10, 0, 390)),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "prompt_tokens_details": {"cached_tokens": 99},
            },
            (10, 10, 5),
        ),
    ],
)
def test_only_a_credible_usage_counts(usage: Any, counted: tuple[int, int, int]) -> None:
    assert usage_of({"usage": usage}) == counted


def bill(body: dict[str, Any]) -> dict[str, int]:
    """What an honest tokenizer counts: half of the bytes sent, some tokens out."""
    tokens_in = len(json.dumps(body, ensure_ascii=False).encode()) // 2
    out = 200 + tokens_in % 700
    return {"prompt_tokens": tokens_in, "completion_tokens": out, "total_tokens": tokens_in + out}


def spent(bills: list[dict[str, int]]) -> float:
    money = [b["prompt_tokens"] * PRICE["input"] + b["completion_tokens"] * 2.0 for b in bills]
    return sum(money) / 1e6


def go(folder: Path, limit: float, usage: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Any]:
    """Run 40 documents within `limit`; gives the number of calls answered and the outcome. The
    endpoint bills honestly, and says `usage` of it (None for what it billed)."""
    bills: list[dict[str, int]] = []

    def answer(_: int, body: dict[str, Any]) -> Answer:
        bills.append(bill(body))
        made = completion(right_answer(body))
        return reply(made | {"usage": bills[-1] if usage is None else usage})

    config = Settings(
        paths=(folder / "in",),
        out=folder / f"out-{random.random()}",
        subject=SUBJECT,
        model="test-model",
        max_cost=limit,
        prices=folder / "prices.json",
        concurrency=8,
    )
    with endpoint(answer) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        outcome = run(config)
    assert spent(bills) <= limit
    return len(bills), outcome


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_documents(tmp_path / "in", 40)
    (tmp_path / "prices.json").write_text(json.dumps({"test-model": PRICE}))
    return tmp_path


def test_a_random_share_of_the_price_is_never_passed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, whole = go(folder, 100.0, None, monkeypatch)
    assert calls == 40
    assert whole.stopped is None
    choose = random.Random(4)
    for _ in range(10):
        limit = round(whole.cost_usd * choose.uniform(0.05, 0.95), 6)
        calls, outcome = go(folder, limit, None, monkeypatch)
        assert outcome.stopped is not None
        assert outcome.stopped.exit_code == 4
        assert calls < 40
        assert outcome.cost_usd <= limit


@pytest.mark.parametrize(
    "usage", [{}, "much", {"prompt_tokens": 0, "completion_tokens": 0}, {"total_tokens": 9}]
)
def test_calls_without_a_credible_usage_count_in_full(
    folder: Path, usage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A call of this subject may cost about USD 0.0045: 2,000 tokens out and what is sent.
    calls, outcome = go(folder, 0.02, usage, monkeypatch)
    assert 2 <= calls <= 5
    assert outcome.stopped.exit_code == 4


def test_calls_that_never_answer_count_in_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = 0

    def answer(number: int, _: dict[str, Any]) -> Answer:
        nonlocal received
        received += 1
        return 200, {"content-length": "1000000", "x-cut": "yes"}, "{"

    config = Settings(
        paths=(folder / "in",),
        out=folder / "out",
        subject=SUBJECT,
        model="test-model",
        max_cost=0.02,
        prices=folder / "prices.json",
        timeout_s=0.3,
    )
    with endpoint(answer) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        outcome = run(config)
    assert outcome.stopped is not None
    assert outcome.stopped.exit_code == 4
    assert received <= 5


def test_a_connection_dropped_after_the_request_was_read_counts_in_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = 0

    def answer(number: int, _: dict[str, Any]) -> Answer:
        nonlocal received
        received += 1
        raise ConnectionAbortedError("dropped without a word")

    config = Settings(
        paths=(folder / "in",),
        out=folder / "out",
        subject=SUBJECT,
        model="test-model",
        max_cost=0.02,
        prices=folder / "prices.json",
    )
    monkeypatch.setattr(ThreadingHTTPServer, "handle_error", lambda *_: None)
    with endpoint(answer) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        with suppress(EndpointError):  # nobody ever answered there
            run(config)
    # A call of this subject may cost about USD 0.0045.
    assert 1 <= received <= 5
