"""What the budget keeps to, fact by fact."""

import asyncio
from decimal import Decimal

import pytest

from pipeline.errors import BudgetError
from pipeline.models.budget import Budget


def usd(text: str) -> Decimal:
    return Decimal(text)


def reserve(budget: Budget, worst: str, really: str = "0") -> None:
    async def go() -> None:
        async with asyncio.timeout(0.5), budget.reserve(usd(worst)) as hold:
            hold.cost_usd = usd(really)

    asyncio.run(go())


def test_calls_are_counted_and_the_limit_is_exact() -> None:
    budget = Budget(2, None)
    budget.count_call()
    budget.count_call()
    with pytest.raises(BudgetError, match="2 calls"):
        budget.count_call()
    free = Budget(None, None)
    free.count_call()
    assert (budget.calls, free.calls) == (2, 1)


def test_the_last_cent_may_be_spent_and_no_more() -> None:
    budget = Budget(None, usd("1"))
    reserve(budget, "0.5", "0.5")
    reserve(budget, "0.5", "0.25")
    reserve(budget, "0.25", "0.25")
    with pytest.raises(BudgetError, match="USD 1 is reached"):
        reserve(budget, "0.01")
    assert budget.spent_usd == 1


def test_what_a_call_might_have_cost_is_given_back() -> None:
    budget = Budget(None, usd("1"))
    for _ in range(5):
        reserve(budget, "1")
    assert budget.spent_usd == 0


def test_money_under_way_counts_and_frees_who_waits() -> None:
    async def go() -> bool:
        budget = Budget(None, usd("1"))
        async with budget.reserve(usd("0.6")):
            second = asyncio.ensure_future(wait_for(budget))
            await asyncio.sleep(0.02)
            early = second.done()
        async with asyncio.timeout(0.5):
            await second
        return early

    async def wait_for(budget: Budget) -> None:
        async with budget.reserve(usd("0.6")):
            pass

    assert asyncio.run(go()) is False


def test_without_a_limit_money_is_counted_all_the_same() -> None:
    budget = Budget(None, None)
    reserve(budget, "5", "3")
    assert budget.spent_usd == 3
