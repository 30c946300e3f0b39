"""How a provider stands while a run goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """How a provider stands: HTTP calls made, money spent if a price is known, calls under way,
    what it waits for, and what was found out about the endpoint."""

    calls: int = 0
    cost_usd: float | None = None
    under_way: int = 0
    waiting_for: str = ""
    notes: tuple[str, ...] = ()
