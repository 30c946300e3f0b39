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


def together(one: Status, other: Status) -> Status:
    """How two providers that share a budget stand."""
    costs = [s.cost_usd for s in (one, other) if s.cost_usd is not None]
    return Status(
        calls=one.calls + other.calls,
        cost_usd=max(costs, default=None),
        under_way=one.under_way + other.under_way,
        waiting_for=one.waiting_for or other.waiting_for,
        notes=one.notes + other.notes,
    )
