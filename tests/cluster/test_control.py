"""The actor that owns the limits, without a cluster: what it gives out is what it was told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from pipeline.cluster.control import Control, SharedBudget, SharedPace
from pipeline.errors import BudgetError


class Handle:
    """What Ray makes of an actor: methods whose calls are awaited."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Awaitable[Any]] = getattr(self._control, name)

        class Remote:
            @staticmethod
            def remote(*given: Any) -> Any:
                return asyncio.ensure_future(method(*given))

        return Remote


def test_starts_of_all_workers_are_spaced_by_calls_and_by_tokens() -> None:
    async def go() -> tuple[list[float], list[float]]:
        control = Control(60, None, None, None)
        calls = [*await control.starts("m", [10, 10]), *await control.starts("m", [10])]
        other = Control(None, 600, None, None)
        return calls, await other.starts("m", [100, 50, 1])

    calls, tokens = asyncio.run(go())
    assert calls == pytest.approx([0, 1, 2], abs=0.1)
    assert tokens == pytest.approx([0, 10, 15], rel=0.02, abs=0.05)


def test_models_have_a_rate_each_and_a_pause_holds_all() -> None:
    async def go() -> list[float]:
        control = Control(60, None, None, None)
        await control.starts("m", [1, 1])
        await control.pause("m", 30)
        return [*await control.starts("m", [1]), *await control.starts("n", [1])]

    assert asyncio.run(go()) == pytest.approx([30, 0], abs=0.1)


def test_workers_ask_for_several_starts_in_one_message() -> None:
    asked: list[int] = []

    class Counting(Control):
        async def starts(self, model: str, tokens: list[int]) -> list[float]:
            asked.append(len(tokens))
            await asyncio.sleep(0.01)
            return [0.0] * len(tokens)

    async def go() -> None:
        pace = SharedPace(50, Handle(Counting(None, None, None, None)), "m")
        pace.prove()

        async def call() -> None:
            async with pace.turn(5):
                pass

        await asyncio.gather(*(call() for _ in range(40)))

    asyncio.run(go())
    assert sum(asked) == 40
    assert len(asked) < 5


def test_no_call_is_one_too_many_for_all_workers() -> None:
    async def go() -> tuple[int, list[str]]:
        control = Control(None, None, 5, None)
        budgets = [SharedBudget(Handle(control), f"w{n}") for n in range(3)]
        said = []
        for turn in range(9):
            try:
                async with budgets[turn % 3].reserve(Decimal(0)):
                    budgets[turn % 3].count_call()
            except BudgetError as error:
                said.append(error.message)
        return sum(b.calls for b in budgets), said

    assert asyncio.run(go()) == (5, ["The limit of 5 calls is reached"] * 4)


def test_money_under_way_counts_at_its_worst_and_then_at_its_cost() -> None:
    async def go() -> tuple[int, str]:
        control = Control(None, None, None, "1.0")
        one = SharedBudget(Handle(control), "a")
        async with one.reserve(Decimal("0.9")) as hold:
            waiting = asyncio.ensure_future(control.hold("b", "0.5"))
            await asyncio.sleep(0.02)
            assert not waiting.done()
            hold.cost_usd = Decimal("0.1")
        assert isinstance(await asyncio.wait_for(waiting, 1), int)
        await control.release(await waiting, "0.5")  # type: ignore[arg-type]
        with pytest.raises(BudgetError, match="limit of USD"):
            await one.reserve(Decimal("0.45")).__aenter__()
        assert one.spent_usd == Decimal("0.1")
        return control.budget.calls, str(control.budget.spent_usd)

    assert asyncio.run(go())[1] == "0.6"


def test_what_a_dead_worker_held_counts_as_spent() -> None:
    async def go() -> tuple[int, str]:
        control = Control(None, None, None, "1.0")
        await control.begin("actor", "first life")
        await control.hold("first life", "0.8")
        await control.begin("actor", "second life")
        told = await control.hold("second life", "0.3")
        assert isinstance(told, tuple)
        assert isinstance(await control.hold("second life", "0.2"), int)
        return control.budget.calls, str(control.budget.spent_usd)

    calls, spent = asyncio.run(go())
    assert (calls, spent) == (3, "0.8")


def test_what_a_dead_worker_waited_for_is_free() -> None:
    async def go() -> tuple[int, str]:
        control = Control(None, None, 9, "1.0")
        await control.begin("actor", "first life")
        held = await control.hold("other", "0.8")
        waiting = asyncio.ensure_future(control.hold("first life", "0.5"))
        await asyncio.sleep(0.02)
        await control.begin("actor", "second life")
        await control.release(held, "0.1")  # type: ignore[arg-type]
        await asyncio.wait_for(waiting, 1)
        assert isinstance(await asyncio.wait_for(control.hold("other", "0.9"), 1), int)
        return control.budget.calls, str(control.budget.spent_usd)

    assert asyncio.run(go()) == (2, "0.1")
