"""Documents to passages, and their answers to rows: pure, so that child processes do it.

Reading the numbers, dates and names of a document takes as long as it takes; done in the run's own
process, every call to the model would stand still meanwhile.
"""

from __future__ import annotations

import io
import os
import pickle
import traceback
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.domain import Document, DocumentStatus, Passage, Request
from pipeline.extract import Planned
from pipeline.passages import split_document
from pipeline.results import Answer, assemble, looking_requests, reading_requests
from pipeline.store.rows import Rows, rows_of
from pipeline.subject import load_subject
from pipeline.text.abbreviations import Abbreviation, find_abbreviations
from pipeline.workers import LostWorkerError, Workers, serve

LEAST_S = 120.0  # that a document may take; a long one may take longer
_CHARACTERS_PER_S = 2_000
_MOST_CHILDREN = 4
_CODE = "from pipeline.stages.ground import answer_from_child; answer_from_child()"
_SENT_BACK = {
    ("pipeline.text.abbreviations", "Abbreviation"),
    ("pipeline.domain", "Passage"),
    ("pipeline.domain", "Request"),
    ("pipeline.stages.ground", "Split"),
    ("pipeline.stages.ground", "Grounded"),
    ("pipeline.stages.ground", "Fault"),
    ("decimal", "Decimal"),
    ("datetime", "date"),
}


@dataclass(frozen=True, slots=True)
class Split:
    """A document's passages, and the abbreviations that it defines."""

    passages: tuple[Passage, ...]
    abbreviations: tuple[Abbreviation, ...]


@dataclass(frozen=True, slots=True)
class Grounded:
    """What came of one document: its rows, its status, and the codes of its issues."""

    rows: Rows
    status: DocumentStatus
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What nobody foresaw: the last line of the traceback, and all of it."""

    said: str
    trace: str


class FaultError(Exception):
    """A stage failed on one document in a way that nobody foresaw. `trace` is for the run's log."""

    def __init__(self, said: str, trace: str = "") -> None:
        super().__init__(said)
        self.trace = trace


def split(document: Document, max_tokens: int, overlap_tokens: int) -> Split:
    """The passages and abbreviations of a document."""
    passages = split_document(document, max_tokens, overlap_tokens)
    return Split(passages, tuple(find_abbreviations(document.text)))


def ground(
    document: Document,
    planned: list[Planned],
    answers: list[Answer],
    abbreviations: tuple[Abbreviation, ...],
    prompt_digests: dict[str, str],
) -> Grounded:
    """The rows that come of a document and the answers to its requests."""
    result = assemble(document, planned, answers, abbreviations)
    codes = tuple(sorted({issue.code for issue in result.issues}))
    return Grounded(rows_of(result, prompt_digests), result.status, codes)


class Grounders:
    """`split` and `ground` in at most `number` child processes for one subject. Safe for several
    threads."""

    def __init__(self, subject: Path, number: int | None = None) -> None:
        self.number = number or min(_MOST_CHILDREN, os.cpu_count() or 1)
        self.workers = Workers(self.number, _CODE, [str(subject.absolute())])

    def split(self, document: Document, max_tokens: int, overlap_tokens: int) -> Split:
        """As the function. Raises FaultError, also when it takes too long."""
        without_boxes = replace(document, boxes=array("f"))
        found: Split = self._ask("split", document, (without_boxes, max_tokens, overlap_tokens))
        return found

    def ground(self, *given: Any) -> Grounded:
        """As the function. Raises FaultError, also when it takes too long."""
        found: Grounded = self._ask("ground", given[0], given)
        return found

    def ask_again(self, *given: Any) -> list[tuple[Passage, Request]]:
        """As `reading_requests`. Raises FaultError, also when it takes too long."""
        found: list[tuple[Passage, Request]] = self._ask("ask_again", given[0], given)
        return found

    def look_again(self, *given: Any) -> list[tuple[Passage, Request]]:
        """As `looking_requests`. Raises FaultError, also when it takes too long."""
        found: list[tuple[Passage, Request]] = self._ask("look_again", given[0], given)
        return found

    def prepare(self) -> None:
        """Start a child while the first documents are being read; whether it runs is told by what
        it is given to do."""
        with suppress(LostWorkerError):
            self.workers.ask(pickle.dumps(("ready", ())), LEAST_S)

    def end(self) -> None:
        """End the children, also those at work."""
        self.workers.end()

    def _ask(self, stage: str, document: Document, given: tuple[Any, ...]) -> Any:
        most_s = max(LEAST_S, len(document.text) / _CHARACTERS_PER_S)
        try:
            answer = _loaded(self.workers.ask(pickle.dumps((stage, given)), most_s))
        except LostWorkerError as error:
            raise FaultError(f"The process that took it up was lost ({error})") from error
        if isinstance(answer, Fault):
            raise FaultError(answer.said, answer.trace)
        return answer


def answer_from_child() -> None:
    """The loop of a child, which knows the subject whose folder its arguments name."""
    import sys

    load_subject(Path(sys.argv[1]))
    serve(_answer)


def _answer(content: bytes) -> bytes:
    # Pickled by the run itself, which is the only one that holds the other end of the pipe.
    stage, given = pickle.loads(content)
    try:
        answer = _STAGES[stage](*given)
    # Whatever one document brings about is its own affair, and the run log's.
    except Exception as error:  # noqa: BLE001
        answer = Fault(f"{type(error).__name__}: {error}", traceback.format_exc())
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


class _PlainUnpickler(pickle.Unpickler):
    """Takes back values and the few records above, and no code."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of that name. Raises UnpicklingError for any other."""
        if (module, name) not in _SENT_BACK:
            raise pickle.UnpicklingError(f"{module}.{name} is not sent back")
        return super().find_class(module, name)


def _loaded(content: bytes) -> Any:
    return _PlainUnpickler(io.BytesIO(content)).load()


_STAGES: dict[str, Callable[..., Any]] = {
    "split": split,
    "ask_again": reading_requests,
    "look_again": looking_requests,
    "ground": ground,
    "ready": bool,
}
