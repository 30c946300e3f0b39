"""The budget of calls and money, counted in decimals: sums of floats leave residues that no wait
outlasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.errors import BudgetError

NOTHING = Decimal(0)


@dataclass
class Hold:
    """Money held for one HTTP call; `cost_usd` is what it turned out to cost, as far as known."""

    cost_usd: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Charge:
    """What one HTTP call may cost at the most, in USD, and what a given answer to it costs."""

    worst_usd: Decimal
    cost_of: Callable[[dict[str, Any]], Decimal]


@dataclass
class Budget:
    """A hard limit of calls and money that counts what is under way at its worst case."""

    max_calls: int | None
    max_cost_usd: Decimal | None
    calls: int = 0
    spent_usd: Decimal = NOTHING
    _reserved_usd: Decimal = NOTHING
    _under_way: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def reserve(self, worst_usd: Decimal) -> AsyncIterator[Hold]:
        """Hold the worst-case price of one call; the cost that the Hold is given counts as spent.

        Waits while other calls may turn out cheaper than their worst case. Raises BudgetError when
        the limit would be passed even then.
        """
        hold = Hold()
        async with self._changed:
            while not self._fits(worst_usd):
                if not self._under_way:
                    raise self._reached(worst_usd)
                await self._changed.wait()
            self._reserved_usd += worst_usd
            self._under_way += 1
        try:
            yield hold
        finally:
            # Before any wait: a task that is cancelled here must not leave its hold behind.
            self._reserved_usd -= worst_usd
            self._under_way -= 1
            self.spent_usd += hold.cost_usd
            async with self._changed:
                self._changed.notify_all()

    def count_call(self) -> None:
        """Count one HTTP call, tries included. Raises BudgetError when it would be one too many."""
        if self.max_calls is not None and self.calls >= self.max_calls:
            said = f"The limit of {self.max_calls} calls is reached"
            raise BudgetError(said, "Raise --max-calls to go on.")
        self.calls += 1

    def _fits(self, worst_usd: Decimal) -> bool:
        if self.max_cost_usd is None:
            return True
        return self.spent_usd + self._reserved_usd + worst_usd <= self.max_cost_usd

    def _reached(self, worst_usd: Decimal) -> BudgetError:
        said = f"The limit of USD {self.max_cost_usd} is reached (spent USD {self.spent_usd:.4f})"
        remedy = f"Raise --max-cost to go on; one call may cost up to USD {worst_usd:.4f}."
        return BudgetError(said, remedy)
