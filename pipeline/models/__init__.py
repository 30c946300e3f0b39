"""Where replies come from. A provider is one file here and one line in MODELS; any other name is a
chat model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from pipeline.domain import Reply, Request, Task
from pipeline.ledger import Replies
from pipeline.models.budget import Budget
from pipeline.models.limits import Pace
from pipeline.models.status import Status
from pipeline.settings import RECORDED, SECOND_READING, Settings


class Provider(Protocol):
    """Answers requests. `version` changes when its answers may; `budget` is what its calls count
    against."""

    version: str

    @property
    def budget(self) -> Budget | None:
        """The limit of calls and money."""
        ...

    def status(self) -> Status:
        """How it stands."""
        ...

    def prepare(self) -> None:
        """Load what the first call will need; called in a thread while the first documents are
        being read."""
        ...

    async def complete(self, request: Request, task: Task) -> Reply:
        """The reply to a request. Raises CallError when this one gets none, EndpointError when no
        request would, BudgetError when the limit of calls is reached."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """What providers share with others: the budget, and what gives the pace of a model; where they
    share none, each has its own."""

    budget: Budget | None = None
    pace_of: Callable[[Settings], Pace] | None = None


ALONE = Shared()


def _recorded(settings: Settings, ledger: Replies, shared: Shared) -> Provider:
    from pipeline.models.recorded import RecordedReplies

    return RecordedReplies(settings.replies)


def _chat(settings: Settings, ledger: Replies, shared: Shared) -> Provider:
    # openai and instructor cost a second to import, which only a live run should pay.
    from pipeline.models.chat import ChatModel

    return ChatModel(settings, ledger, shared.budget, shared.pace_of and shared.pace_of(settings))


_Open = Callable[[Settings, Replies, Shared], Provider]
MODELS: dict[str, _Open] = {RECORDED: _recorded}


def open_model(settings: Settings, ledger: Replies, shared: Shared = ALONE) -> Provider:
    """The provider that `settings.model` names."""
    return MODELS.get(settings.model, _chat)(settings, ledger, shared)


def open_reader(
    settings: Settings, ledger: Replies, first: Provider, shared: Shared = ALONE
) -> Provider:
    """The provider of the second reading: the first one, or that of `settings.second_model`, whose
    calls count against the same budget."""
    model = settings.model_of(SECOND_READING)
    if model == settings.model:
        return first
    open_other = MODELS.get(model, _chat)
    shared = replace(shared, budget=first.budget or shared.budget)
    return open_other(replace(settings, model=model), ledger, shared)
