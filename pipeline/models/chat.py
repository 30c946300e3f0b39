"""Live chat completions: the one seam to openai, instructor and tenacity.

Each retry has one owner. Transport (connection, 408, 409, 429, 5xx) is tenacity's, here around the single HTTP call; the
SDK's own retries are off. Validation is instructor's: it re-asks at most MAX_REASKS times, and the failed answer is
replaced in the conversation, never piled up. Every answer is in the ledger before anybody parses it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.domain import Reply, Request, Task
from pipeline.errors import BudgetError, CallError, EndpointError
from pipeline.ledger import Ledger
from pipeline.models.body import chat_body, reply_from_completion
from pipeline.prompts import complaints, reply_model
from pipeline.settings import Settings

MAX_REASKS = 2
MAX_TRIES = 6
MAX_WAIT_S = 60.0
_FINAL = ("length", "refusal", "content_filter")


class ChatModel:
    """A model at OPENAI_BASE_URL. What the ledger knows is never asked again."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self.calls = 0
        self.version = ""
        self._settings = settings
        self._ledger = ledger
        self._room = asyncio.Semaphore(settings.concurrency)
        self._client: Any = None
        self._answered = False
        self._models: dict[str, type[BaseModel]] = {}

    async def complete(self, request: Request, task: Task) -> Reply:
        """The reply from the ledger, or from the endpoint.

        Raises CallError when this request gets no answer, EndpointError when none would, BudgetError at the limit.
        """
        conversation = _Conversation(request, request.key(self._settings.model), self._reply_model(task))
        while (known := self._ledger.get(conversation.key, conversation.attempt)) is not None:
            if conversation.take(known):
                return known
        if conversation.last is not None and not _endpoint_is_set():
            return conversation.last  # a batch answer that does not validate, and nobody to ask again
        async with self._room:
            return await self._converse(conversation)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _converse(self, conversation: _Conversation) -> Reply:
        import instructor
        from instructor.core import InstructorRetryException

        # It logs each failed attempt as an error; what matters is told by the run itself.
        logging.getLogger("instructor").setLevel(logging.CRITICAL)

        failure: list[Exception] = []

        async def create(**_: Any) -> Any:
            try:
                return await self._call(conversation)
            except (CallError, EndpointError, BudgetError) as error:
                failure.append(error)
                raise

        ask: Any = instructor.patch(create=create, mode=instructor.Mode.JSON_SCHEMA)
        try:
            await ask(
                response_model=conversation.model,
                messages=list(conversation.request.messages),
                model=self._settings.model,
                max_retries=MAX_REASKS - conversation.attempt,
            )
        except InstructorRetryException as error:
            # An answer that never validated is kept and parsed as far as it goes, also when asking again failed.
            if failure and (conversation.last is None or not isinstance(failure[0], CallError)):
                raise failure[0] from error
        assert conversation.last is not None
        return conversation.last

    async def _call(self, conversation: _Conversation) -> Any:
        """One HTTP call, kept in the ledger, as instructor wants to see it."""
        if self._settings.max_calls is not None and self.calls >= self._settings.max_calls:
            raise BudgetError(f"The limit of {self._settings.max_calls} calls is reached", "Raise --max-calls to go on.")
        body = chat_body(conversation.request, self._settings.model)
        body["messages"] = conversation.messages()
        started = time.monotonic()
        completion = await self._send(conversation.key, body)
        latency_ms = round((time.monotonic() - started) * 1000)
        try:
            data = completion.model_dump() if isinstance(completion, BaseModel) else {}
            reply = reply_from_completion(data, conversation.key, "live", conversation.attempt, latency_ms)
        except (ValueError, TypeError, AttributeError) as error:
            self._ledger.add_failure(conversation.key, "BAD_COMPLETION", str(error))
            remedy = "Check OPENAI_BASE_URL: this does not answer as a chat completions endpoint."
            raise CallError("BAD_COMPLETION", f"The endpoint's answer is no completion ({error})", remedy) from error
        self._ledger.add(reply)
        self._answered = True
        conversation.take(reply)
        if reply.finish_reason in _FINAL:
            raise _EndedError
        return completion

    async def _send(self, key: str, body: dict[str, Any]) -> Any:
        import openai
        import tenacity

        client = self._open_client()
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(_is_transient),
            wait=_wait,
            stop=tenacity.stop_after_attempt(MAX_TRIES) | tenacity.stop_after_delay(self._settings.timeout_s * 5),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    self.calls += 1
                    return await client.chat.completions.create(**body)
        except openai.OpenAIError as error:
            translated = self._translated(error)
            self._ledger.add_failure(key, getattr(translated, "code", "ENDPOINT"), str(error))
            raise translated from error
        raise AssertionError("tenacity either returns or raises")

    def _open_client(self) -> Any:
        if self._client is None:
            import openai

            if not _endpoint_is_set():
                remedy = "Set it, or OPENAI_BASE_URL for an endpoint that needs none; recorded replies need neither."
                raise EndpointError("OPENAI_API_KEY is not set", remedy)
            self._client = openai.AsyncOpenAI(
                api_key=os.environ.get("OPENAI_API_KEY") or "none",
                base_url=os.environ.get("OPENAI_BASE_URL") or None,
                max_retries=0,
                timeout=self._settings.timeout_s,
            )
        return self._client

    def _translated(self, error: Exception) -> CallError | EndpointError:
        import openai

        address = os.environ.get("OPENAI_BASE_URL") or "the default endpoint"
        if isinstance(error, openai.APIConnectionError):
            if not self._answered:
                return EndpointError(f"No connection to {address}", "Check OPENAI_BASE_URL and the network.")
            return CallError("NO_CONNECTION", f"No answer after {MAX_TRIES} tries ({error})", "Run again later.")
        status = getattr(error, "status_code", None)
        if status in (401, 403):
            return EndpointError(f"{address} refuses the key ({status})", "Check OPENAI_API_KEY.")
        if status == 404:
            remedy = "Check OPENAI_BASE_URL (it usually ends in /v1) and --model."
            return EndpointError(f"{address} knows no such model or path (404)", remedy)
        if getattr(error, "code", None) == "insufficient_quota":
            return EndpointError("The account is out of quota", "Add credit; what was answered is kept.")
        return CallError(f"HTTP_{status}", f"The endpoint answered {status}: {str(error)[:300]}", "Run again later.")

    def _reply_model(self, task: Task) -> type[BaseModel]:
        if task.name not in self._models:
            self._models[task.name] = reply_model(task.record_types)
        return self._models[task.name]


class _EndedError(Exception):
    """An answer that asking again would not better; it stops instructor and is returned as it is."""


class _Conversation:
    """One request and its re-asks: which attempt it is at, the last answer, and what was wrong with it."""

    def __init__(self, request: Request, key: str, model: type[BaseModel]) -> None:
        self.request = request
        self.key = key
        self.model = model
        self.attempt = 0
        self.last: Reply | None = None
        self._wrong: list[str] = []

    def take(self, reply: Reply) -> bool:
        """Take an answer; True when it ends the conversation."""
        self.last = reply
        self.attempt = reply.attempt + 1
        if reply.finish_reason in _FINAL or self.attempt > MAX_REASKS:
            return True
        try:
            self.model.model_validate_json(reply.content)
        except ValidationError as error:
            self._wrong = complaints(error)
            return False
        return True

    def messages(self) -> list[dict[str, str]]:
        """The messages of the next call: the request's, and after a failed answer that answer and what is wrong."""
        messages = list(self.request.messages)
        if self.last is not None:
            problems = "\n".join(f"- {line}" for line in self._wrong[:20])
            correction = f"These places of your answer do not fit:\n{problems}\nGive the whole answer again, corrected."
            messages.append({"role": "assistant", "content": self.last.content})
            messages.append({"role": "user", "content": correction})
        return messages


def _endpoint_is_set() -> bool:
    return bool(os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL"))


def _is_transient(error: BaseException) -> bool:
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.code != "insufficient_quota" and (error.status_code in (408, 409, 429) or error.status_code >= 500)
    return isinstance(error, openai.APIConnectionError)


def _wait(state: Any) -> float:
    """What Retry-After says in seconds, else exponential with jitter."""
    import tenacity

    error = state.outcome.exception() if state.outcome else None
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return min(float(headers.get("retry-after", "")), MAX_WAIT_S)
    except ValueError:
        return float(tenacity.wait_random_exponential(multiplier=0.5, max=MAX_WAIT_S)(state))
