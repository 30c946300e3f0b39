"""One request and its re-asks: a failed answer is replaced in the conversation, never piled up."""

from __future__ import annotations

from contextlib import suppress

from pydantic import BaseModel, ValidationError

from pipeline.domain import Reply, Request, Task
from pipeline.replies import read_reply

MAX_REASKS = 2
_FINAL = ("length", "refusal", "content_filter")


class Conversation:
    """Which attempt it is at, the last answer, and what was wrong with it. An answer that is final,
    or the last of MAX_REASKS more, ends a round; another may follow in a later run."""

    def __init__(self, request: Request, key: str, task: Task, model: type[BaseModel]) -> None:
        self.request = request
        self.key = key
        self.task = task
        self.model = model
        self.attempt = 0
        self.reasks_left = MAX_REASKS
        self.last: Reply | None = None
        self.is_good = False
        self.has_ended = False
        self._wrong: list[str] = []

    def take(self, reply: Reply) -> bool:
        """Take an answer; True when it ends the round."""
        self.reasks_left = MAX_REASKS if self.has_ended or not self.last else self.reasks_left - 1
        self.last = reply
        self.attempt = reply.attempt + 1
        self._wrong = self._wrong_with(reply)
        self.is_good = not self._wrong
        self.has_ended = self.is_good or reply.finish_reason in _FINAL or not self.reasks_left
        return self.has_ended

    def _wrong_with(self, reply: Reply) -> list[str]:
        with suppress(ValidationError):  # most are as they should be, and that is told quickly
            if reply.finish_reason not in _FINAL:
                self.model.model_validate_json(reply.content)
                return []
        return [p.message for p in read_reply(reply, self.task.record_types).problems]

    def messages(self) -> list[dict[str, str]]:
        """The messages of the next call: the request's, and after a failed answer that answer and
        what is wrong."""
        messages = list(self.request.messages)
        if self.last is not None and not self.has_ended:
            problems = "\n".join(f"- {line}" for line in self._wrong[:20])
            correction = (
                f"These places of your answer do not fit:\n{problems}\nGive the whole answer again,"
                " corrected."
            )
            messages.append({"role": "assistant", "content": self.last.content})
            messages.append({"role": "user", "content": correction})
        return messages
