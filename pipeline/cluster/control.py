"""The rate and the budget of all workers, owned by one actor.

A worker asks for the start of each call, several in one message, and for the money it may cost,
and only where there is a limit. What a worker held that died counts as spent.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from pipeline.errors import BudgetError
from pipeline.models.budget import NOTHING, Budget, Hold
from pipeline.models.limits import MAX_PAUSE_S, Pace

Refused = tuple[str, str]
_MARGIN = 1.01  # of time between starts: messages to workers take unequally long


class Control:
    """What the actor is. Money goes as text: decimals of the worker and of the actor are equal."""

    def __init__(
        self, rpm: int | None, tpm: int | None, max_calls: int | None, max_usd: str | None
    ) -> None:
        self._request_s = _MARGIN * 60 / rpm if rpm else 0.0
        self._token_s = _MARGIN * 60 / tpm if tpm else 0.0
        self._next: dict[str, float] = defaultdict(float)
        self.budget = Budget(max_calls, None if max_usd is None else Decimal(max_usd))
        self._held: dict[int, tuple[str, Any, Hold, Decimal]] = {}
        self._number = 0
        self._lives: dict[str, str] = {}
        self._over: set[str] = set()
        self._environment: dict[str, str] = {}

    async def entrust(self, environment: dict[str, str]) -> None:
        """Keep the variables that calls depend on for the workers. They hold a key, which so goes
        from process to process only: what an actor or a function is made with, the cluster keeps
        and may write to a disk."""
        self._environment = environment

    async def environment(self) -> dict[str, str]:
        """What was entrusted."""
        return self._environment

    async def begin(self, worker: str, life: str) -> None:
        """Take note that a worker starts; what it held in an earlier life counts as spent."""
        before = self._lives.get(worker)
        self._lives[worker] = life
        if before and before != life:
            self._over.add(before)
            for number in [n for n, held in self._held.items() if held[0] == before]:
                await self.release(number, str(self._held[number][3]))

    async def starts(self, model: str, tokens: list[int]) -> list[float]:
        """In how many seconds calls to a model may start, each with its estimate of tokens."""
        delays = []
        now = time.monotonic()
        for count in tokens:
            start = max(now, self._next[model])
            self._next[model] = start + max(self._request_s, self._token_s * count)
            delays.append(start - now)
        return delays

    async def pause(self, model: str, seconds: float) -> None:
        """Start no call to a model for so long."""
        until = time.monotonic() + min(seconds, MAX_PAUSE_S)
        self._next[model] = max(self._next[model], until)

    async def hold(self, life: str, worst_usd: str) -> int | Refused:
        """One call, and its worst-case price, until `release`. Waits while calls under way may turn
        out cheaper. What is given back instead says why there are no more."""
        try:
            self.budget.count_call()
            held = self.budget.reserve(Decimal(worst_usd))
            hold = await held.__aenter__()
        except BudgetError as error:
            return error.message, error.remedy
        self._number += 1
        self._held[self._number] = (life, held, hold, Decimal(worst_usd))
        if life in self._over:  # it ended while it waited, and has called nobody
            self.budget.calls -= 1
            await self.release(self._number, "0")
        return self._number

    async def release(self, number: int, cost_usd: str) -> None:
        """Let go of what `hold` gave; its cost counts as spent."""
        _, held, hold, _ = self._held.pop(number)
        hold.cost_usd = Decimal(cost_usd)
        await held.__aexit__(None, None, None)


class SharedPace(Pace):
    """A pace that starts calls when the actor says so."""

    def __init__(self, concurrency: int, control: Any, model: str) -> None:
        super().__init__(concurrency)
        self._control, self._model = control, model
        self._asking: asyncio.Task[None] | None = None
        self._waiting: list[tuple[int, asyncio.Future[float]]] = []

    def pause(self, seconds: float, why: str) -> None:
        """Start no call for so long, and let no other worker start one."""
        super().pause(seconds, why)
        self._control.pause.remote(self._model, seconds)

    async def _wait_for_time(self, tokens: int) -> None:
        given: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting.append((tokens, given))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask())
        self.waiting_for = "the limit of all workers"
        await asyncio.sleep(await given)
        await super()._wait_for_time(0)

    async def _ask(self) -> None:
        while self._waiting:
            slice_, self._waiting = self._waiting, []
            delays = await self._control.starts.remote(self._model, [t for t, _ in slice_])
            for (_, given), delay in zip(slice_, delays, strict=True):
                if not given.done():
                    given.set_result(delay)


class SharedBudget(Budget):
    """A budget that is asked of the actor. `spent_usd` and `calls` are this worker's own."""

    def __init__(self, control: Any, life: str) -> None:
        super().__init__(None, None)
        self._control, self._life = control, life

    @asynccontextmanager
    async def reserve(self, worst_usd: Decimal) -> AsyncIterator[Hold]:
        """As `Budget.reserve`."""
        told: int | Refused = await self._control.hold.remote(self._life, str(worst_usd))
        if not isinstance(told, int):
            raise BudgetError(*told)
        hold = Hold(NOTHING)
        try:
            yield hold
        finally:
            self.spent_usd += hold.cost_usd
            self._control.release.remote(told, str(hold.cost_usd))
