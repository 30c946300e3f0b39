"""In which form an endpoint takes requests: found out by asking, and remembered.

A form that is refused by name is given up for a task when a second request confirms it and none was
answered in it; one request may be at fault itself. Parameters are replaced at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from pipeline.domain import Mode, Request
from pipeline.ledger import Replies
from pipeline.models.body import MODES, chat_body

_CONFIRMED = 2  # different requests
_PARAMETER = "parameter "  # before its name, among the names of tasks
_INSTEAD = {"max_completion_tokens": "max_tokens"}
_NAMES = {"schema": "strict response_format", "tools": "tools", "json": "json_object"}


class Forms:
    """The forms of one address and model. `fixed` is the mode set by hand; `note` is told what was
    found out."""

    def __init__(
        self,
        ledger: Replies,
        address: str,
        model: str,
        fixed: Mode | None,
        note: Callable[[str], None],
    ) -> None:
        self._ledger, self._address, self._model = ledger, address, model
        self._fixed = fixed
        self._note = note
        self._worked: dict[str, set[Mode]] = defaultdict(set)
        self._refused: dict[tuple[str, Mode], set[str]] = defaultdict(set)
        self._remembered = ledger.endpoint_forms(address, model)
        self._parameters: dict[str, str | None] = {
            name.removeprefix(_PARAMETER): form or None
            for name, form in self._remembered.items()
            if name.startswith(_PARAMETER)
        }

    def mode(self, task: str, tried: set[Mode]) -> Mode | None:
        """The mode to ask in, after those that this request was refused in already; None when none
        is left."""
        given_up = {m for m in MODES if self._is_given_up(task, m)}
        known = self._remembered.get(task)
        likely = [self._fixed] if self._fixed else [known, *MODES]
        left = (m for m in likely if m in MODES and m not in tried and m not in given_up)
        return next(left, None)

    def body(self, request: Request, mode: Mode, messages: list[dict[str, str]]) -> dict[str, Any]:
        """What is sent."""
        body = chat_body(request, self._model, mode, messages)
        for name in list(request.parameters):
            if name in self._parameters:
                value, other = body.pop(name), self._parameters[name]
                if other:
                    body[other] = value
        return body

    def worked(self, task: str, mode: Mode) -> None:
        """Take note that a request was answered."""
        self._worked[task].add(mode)
        before = MODES[: MODES.index(mode)]
        if self._remembered.get(task) == mode or self._fixed:
            return
        if all(self._is_given_up(task, m) for m in before):
            self._remember(task, mode)

    def refused(self, task: str, mode: Mode, key: str, said: str) -> None:
        """Take note that a request was refused by naming the form."""
        before = self._is_given_up(task, mode)
        self._refused[task, mode].add(key)
        if self._is_given_up(task, mode) and not before:
            self._note(f"The endpoint takes no {_NAMES[mode]} for {task}: {said[:160]}")

    def replace(self, name: str, said: str) -> None:
        """Send another parameter than the one that was refused, or none."""
        own = next((n for n, other in self._parameters.items() if other == name), name)
        if self._parameters.get(own, own) != name:
            return  # another call has found it out meanwhile
        instead = _INSTEAD.get(own) if own == name else None
        self._parameters[own] = instead
        self._remember(f"{_PARAMETER}{own}", instead or "")
        told = f"{instead} is sent instead" if instead else "it is left out"
        self._note(f"The endpoint takes no {name}; {told}: {said[:160]}")

    def limits_output(self, request: Request) -> bool:
        """Whether a request still says how much may come out."""
        name = "max_completion_tokens"
        return name not in request.parameters or self._parameters.get(name, name) is not None

    def _is_given_up(self, task: str, mode: Mode) -> bool:
        return mode not in self._worked[task] and len(self._refused[task, mode]) >= _CONFIRMED

    def _remember(self, name: str, form: str) -> None:
        self._remembered[name] = form
        self._ledger.remember_form(self._address, self._model, name, form)
