"""Live chat completions. What the ledger knows is never asked again; each answer is in the ledger
before it is parsed.

Each retry has one owner: transport is tenacity's (transport.py), validation is instructor's, here:
it re-asks at most MAX_REASKS times (conversation.py).
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from pipeline.domain import Mode, Reply, Request, Task
from pipeline.errors import BudgetError, CallError, DossierError, EndpointError
from pipeline.ledger import Replies
from pipeline.models.body import chat_body, reply_from_completion, usage_of
from pipeline.models.budget import NOTHING, Budget, Charge
from pipeline.models.conversation import MAX_REASKS, Conversation
from pipeline.models.environment import endpoint_of_environment
from pipeline.models.forms import Forms
from pipeline.models.limits import Pace
from pipeline.models.prices import Price, find_price
from pipeline.models.status import Status
from pipeline.prompts import reply_model
from pipeline.replies import input_cut
from pipeline.settings import Settings
from pipeline.text.tokens import count_tokens

if TYPE_CHECKING:
    from pipeline.models.transport import Transport

BATCH_SHARE = Decimal("0.5")  # of the price of a live call
_HIDDEN_TOKENS = 500  # what an endpoint may add around the messages


class ChatModel:
    """A model at OPENAI_BASE_URL. `pace` and `budget` tell how it stands."""

    def __init__(
        self,
        settings: Settings,
        ledger: Replies,
        budget: Budget | None = None,
        pace: Pace | None = None,
    ) -> None:
        """With a `budget`, its calls count against that one; with a `pace`, they keep that one.

        Raises DossierError for an environment that no call could be made in, a malformed price
        file, or a limit of money without price.
        """
        self.version = ""
        self._settings = settings
        self._endpoint = endpoint_of_environment()
        self._address = self._endpoint.address
        self._search: Future[Price | None] | None = None
        # Looked up here only where it matters before the first call: a malformed file, a limit that
        # could not hold.
        asked_for = settings.prices is not None or settings.max_cost is not None
        price = self._price if asked_for else None
        if settings.max_cost is not None and price is None:
            remedy = "Give one with --prices FILE, or use --max-calls."
            raise DossierError(
                f"No price is known for {settings.model}, so --max-cost cannot hold", remedy
            )
        self.pace = pace or Pace(settings.concurrency, settings.rpm, settings.tpm)
        limit = None if settings.max_cost is None else Decimal(str(settings.max_cost))
        self.budget = budget or Budget(settings.max_calls, limit)
        self._ledger = ledger
        self._transport: Transport | None = None
        self._models: dict[str, type[BaseModel]] = {}
        self._under_way: dict[str, asyncio.Future[Reply]] = {}
        self._asked = f"{self._address} {settings.mode or ''}"
        self._anew: set[str] = set()
        self._notes: list[str] = []
        note = self._notes.append
        self._forms = Forms(ledger, self._address, settings.model, settings.mode, note)

    @property
    def _price(self) -> Price | None:
        self._find_price()
        return self._search.result() if self._search else None

    def _find_price(self) -> None:
        """Look for the price in a thread of its own, once: loading the table takes half a
        second."""
        if self._search is None:
            self._search = ThreadPoolExecutor(1).submit(
                find_price, self._settings.model, self._settings.prices
            )

    def status(self) -> Status:
        """HTTP calls made, what they cost, and what is being waited for."""
        known = self._search is not None and self._search.done() and self._price is not None
        spent = float(self.budget.spent_usd) if known else None
        calls = self._transport.sent if self._transport else 0
        under_way, notes = self.pace.under_way, tuple(self._notes)
        return Status(calls, spent, under_way, self.pace.waiting_for, notes)

    def prepare(self) -> None:
        """Import what the first call needs: it takes most of a second, a tenth less without the
        garbage collector."""
        gc.disable()
        try:
            import pipeline.models.transport  # noqa: F401
        finally:
            gc.enable()

    async def complete(self, request: Request, task: Task) -> Reply:
        """The reply from the ledger, or from the endpoint.

        Raises CallError when this request gets no answer, EndpointError when none would,
        BudgetError at the limit.
        """
        key = request.key(self._settings.model)
        if key not in self._under_way:
            # Two documents may hold the same passage: the second waits for the first one's answer.
            self._under_way[key] = asyncio.ensure_future(self._complete(key, request, task))
            self._under_way[key].add_done_callback(partial(self._ended, key))
        return await asyncio.shield(self._under_way[key])

    def _ended(self, key: str, future: asyncio.Future[Reply]) -> None:
        self._under_way.pop(key, None)
        if not future.cancelled():
            # whoever waited has it; one that nobody waits for any more needs no mention
            future.exception()

    async def _complete(self, key: str, request: Request, task: Task) -> Reply:
        conversation = Conversation(request, key, task, self._reply_model(task))
        known = self._ledger.all(key)
        ended = False
        for reply, _ in known:
            ended = conversation.take(reply)
            if conversation.is_good and not input_cut(reply, request):
                return self._priced(reply)
        kept = conversation.last
        if kept and ended and not self._asks_anew(key, known[-1][1]):
            return self._priced(kept)
        if kept and not self._endpoint.is_set:
            return self._priced(kept)  # of a batch, and there is nobody to ask again
        if kept is None or ended:
            try:
                reply = await self._ask(conversation)
            except CallError:
                if kept is None:
                    raise
                return self._priced(kept)
            if conversation.take(reply):
                return self._priced(reply)
        return self._priced(await self._ask_again(conversation))

    def _asks_anew(self, key: str, asked: str) -> bool:
        """Whether a request that brought no good answer is asked again: on request, or where the
        address or the mode set by hand is another one. Once a run."""
        anew = self._settings.retry_failed or bool(asked and asked != self._asked)
        if not anew or key in self._anew:
            return False
        self._anew.add(key)
        return True

    async def close(self) -> None:
        """Drop what is still under way and close the connections."""
        for task in list(self._under_way.values()):
            task.cancel()
        if self._transport is not None:
            await self._transport.close()

    def _priced(self, reply: Reply) -> Reply:
        if self._price is None or not reply.tokens_in:
            return reply
        cost = self._price.cost_usd(reply.tokens_in, reply.tokens_cached, reply.tokens_out)
        share = BATCH_SHARE if reply.source == "batch" else 1
        return replace(reply, cost_usd=round(float(cost * share), 9))

    async def _ask_again(self, conversation: Conversation) -> Reply:
        """An answer did not validate: instructor asks for it again, replacing the failed one."""
        import instructor
        from instructor.core import InstructorRetryException
        from openai.types.chat import ChatCompletion

        # It logs each failed attempt as an error; what matters is told by the run itself.
        logging.getLogger("instructor").setLevel(logging.CRITICAL)
        failure: list[Exception] = []

        async def create(**_: Any) -> Any:
            try:
                reply = await self._ask(conversation)
            except (CallError, EndpointError, BudgetError) as error:
                failure.append(error)
                raise
            if conversation.take(reply):
                raise _EndedError
            return ChatCompletion.model_validate(_as_completion(reply))

        ask: Any = instructor.patch(create=create, mode=instructor.Mode.JSON_SCHEMA)
        try:
            await ask(
                response_model=conversation.model,
                messages=list(conversation.request.messages),
                model=self._settings.model,
                max_retries=MAX_REASKS,  # it is ended by what it creates
            )
        except InstructorRetryException as error:
            # An answer that never validated is kept and parsed as far as it goes, also when asking
            # again failed.
            if failure and not isinstance(failure[0], CallError):
                raise failure[0] from error
        assert conversation.last is not None
        return conversation.last

    async def _ask(self, conversation: Conversation) -> Reply:
        """One answer, kept in the ledger before it is returned."""
        messages = conversation.messages()
        started = time.monotonic()
        try:
            completion = await self._send(conversation, messages)
            latency_ms = round((time.monotonic() - started) * 1000)
            reply = reply_from_completion(
                completion, conversation.key, "live", conversation.attempt, latency_ms
            )
            self._ledger.add(reply, self._asked)
            await self._ledger.settled()
        except (
            ValueError,
            TypeError,
            AttributeError,
            KeyError,
            IndexError,
            RecursionError,
        ) as error:
            self._ledger.add_failure(conversation.key, "BAD_COMPLETION", str(error))
            remedy = (
                "Run again; if it repeats, the endpoint does not answer as chat completions do."
            )
            raise CallError(
                "BAD_COMPLETION", f"The endpoint's answer is no completion ({error})", remedy
            ) from error
        except (CallError, EndpointError) as error:
            self._ledger.add_failure(conversation.key, error.code, error.message)
            raise
        return reply

    def _charge(self, request: Request, messages: list[dict[str, str]]) -> Charge:
        """What a call may cost: no tokenizer makes more tokens than there are bytes in what is
        sent, the schema included; out comes at most what the request allows."""
        worst = NOTHING
        if self._settings.max_cost is not None and self._price is not None:
            if not self._forms.limits_output(request):
                raise EndpointError(
                    "The endpoint takes no limit of output, so --max-cost cannot hold",
                    "Use --max-calls, or another endpoint.",
                )
            body = chat_body(request, self._settings.model, messages=messages)
            sent = len(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
            most_out = int(request.parameters.get("max_completion_tokens", 0))
            worst = self._price.cost_usd(sent + _HIDDEN_TOKENS, 0, most_out)

        def cost_of(completion: dict[str, Any]) -> Decimal:
            tokens_in, cached, tokens_out = usage_of(completion)
            if not tokens_in or self._price is None:
                return worst  # without a credible count, the worst case
            return self._price.cost_usd(tokens_in, cached, tokens_out)

        return Charge(worst, cost_of)

    async def _send(
        self, conversation: Conversation, messages: list[dict[str, str]]
    ) -> dict[str, Any]:
        """Send in the form that the endpoint takes; while that is not known, in each from the
        strictest on."""
        from pipeline.models.transport import Call, FormError, Transport

        if self._transport is None:
            self._transport = Transport(self._settings, self._endpoint, self.pace, self.budget)
            # While the first answers are on their way there is time to load the prices.
            asyncio.get_running_loop().call_later(0.4, self._find_price)
        request, task = conversation.request, conversation.task.name
        sent = [*(m["content"] for m in messages), json.dumps(request.schema)]
        tried: set[Mode] = set()
        mode = self._next_mode(task, tried, "")

        def body() -> dict[str, Any]:
            # Made when the call really starts: by then another one may have found the form out.
            nonlocal mode
            mode = self._forms.mode(task, tried) or mode
            return self._forms.body(request, mode, messages)

        while True:
            charge = self._charge(request, messages)
            call = Call(conversation.key, body, sum(map(count_tokens, sent)), charge)
            try:
                completion = await self._transport.send(call)
            except FormError as error:
                if error.refusal.kind == "parameter":
                    self._forms.replace(error.refusal.parameter, error.refusal.message)
                    continue
                tried.add(mode)
                self._forms.refused(task, mode, conversation.key, error.refusal.message)
                mode = self._next_mode(task, tried, error.refusal.message)
                continue
            self._forms.worked(task, mode)
            return completion

    def _next_mode(self, task: str, tried: set[Mode], said: str) -> Mode:
        """The mode to try. Raises CallError when none is left for this request, EndpointError when
        none is left for any."""
        if mode := self._forms.mode(task, tried):
            return mode
        names = " or ".join(sorted(tried)) or "any"
        message = f"The endpoint takes no request in the mode {names}: {said[:200]}"
        remedy = "Set another one by hand with --endpoint-mode, or use another model."
        if self._forms.mode(task, set()) or self._transport is None:
            raise CallError("FORM_REFUSED", message, remedy)
        self._transport.fatal = self._transport.fatal or EndpointError(message, remedy)
        raise self._transport.fatal

    def _reply_model(self, task: Task) -> type[BaseModel]:
        if task.name not in self._models:
            self._models[task.name] = reply_model(task.record_types)
        return self._models[task.name]


class _EndedError(Exception):
    """The conversation is over; it stops instructor, and the last answer is returned as it is."""


def _as_completion(reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.content}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {
        "id": reply.key,
        "object": "chat.completion",
        "created": 0,
        "model": reply.model,
        "choices": [choice],
    }
