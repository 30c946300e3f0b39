"""The stages in one process: bounded, grounding off the loop, ended in order."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from pipeline.domain import Document, Passage, Reply, Request, Task
from pipeline.errors import (
    BudgetError,
    CallError,
    DocumentError,
    DossierError,
    EndpointError,
    InterruptedRunError,
)
from pipeline.events import EventLog
from pipeline.extract import Planned, halve, plan_requests
from pipeline.models import Provider
from pipeline.readers import Source
from pipeline.readers.isolation import ReaderPool
from pipeline.readers.pdf.ocr import read_or_recognise
from pipeline.replies import is_cut
from pipeline.results import Answer, Unanswered, faulty, not_started, quarantined
from pipeline.settings import Settings
from pipeline.stages.ground import FaultError, Grounded, Grounders, Split, split
from pipeline.store.rows import Rows, rows_of
from pipeline.subject import Subject

# Calls under way are given this long to end when a run is interrupted; then they are dropped. The
# rest of the five seconds that an interrupted run may take is for publishing on a busy machine.
GRACE_S = 1.5
_MOMENT_S = 1.0
_SHORT = 20_000  # characters
_READING_THREADS = 8


@dataclass
class Counts:
    """How far the stream has come."""

    done: int = 0
    replies: int = 0
    tokens: int = 0
    failures: int = 0


@dataclass
class Ends:
    """Why a run ends early. A limit that is reached ends it with its code, but what the ledger
    knows is still used to the end; an interruption and a useless endpoint start nothing more."""

    limit: DossierError | None = None
    interrupted: InterruptedRunError | None = None
    fatal: EndpointError | None = None

    @property
    def now(self) -> DossierError | None:
        """Why nothing more is started."""
        return self.fatal or self.interrupted


@dataclass
class Stream:
    """Takes documents through all stages. `provider` answers what is asked of a document, `reader`
    what is asked about the answers. `keep` gets the rows of each, `tell` is called whenever
    the counts change. `grounders` are somebody else's to end; without them it has its own.
    `under_way` surrounds what is done for a document."""

    settings: Settings
    subject: Subject
    provider: Provider
    reader: Provider
    readers: ReaderPool
    log: EventLog
    keep: Callable[[Rows], None]
    tell: Callable[[Counts], None]
    counts: Counts = field(default_factory=Counts)
    ends: Ends = field(default_factory=Ends)
    grounders: Grounders | None = None
    under_way: Callable[[Source], AbstractContextManager[None]] = lambda _: nullcontext()

    def __post_init__(self) -> None:
        self._digests = self.subject.digests
        self._asking: set[asyncio.Task[Reply]] = set()
        self._grounders = self.grounders or Grounders(self.settings.subject)
        self._reading = ThreadPoolExecutor(_READING_THREADS)
        self._grounding = ThreadPoolExecutor(self._grounders.number)

    async def process(self, files: list[Source]) -> None:
        """Documents in a bounded stream: twice as many as calls may run at once, so that the next
        call is always ready."""
        room = asyncio.Semaphore(2 * self.settings.concurrency)

        async def one(source: Source) -> None:
            try:
                with self.under_way(source):
                    await self._finish(source, await self._document(source))
            finally:
                room.release()

        try:
            async with asyncio.TaskGroup() as group:
                if files:
                    group.create_task(asyncio.to_thread(self.provider.prepare))
                    group.create_task(self._in(self._grounding, self._grounders.prepare))
                for source in files:
                    await room.acquire()
                    if ended := self.ends.now:
                        room.release()
                        self.keep(rows_of(not_started(source, ended), self._digests))
                        continue
                    group.create_task(one(source))
        finally:
            if self.grounders is None:
                self._grounders.end()
            for pool in (self._reading, self._grounding):
                pool.shutdown(wait=False, cancel_futures=True)

    async def ask(self, task: Task, requests: list[Request]) -> list[Reply | Unanswered]:
        """The answers to requests that are about no document, in their order."""
        about = Document("", task.name, "", "none", 0, "")
        planned = [Planned(Passage("", "", 0, 0, 0), task, request) for request in requests]
        room = asyncio.Semaphore(2 * self.settings.concurrency)

        async def one(p: Planned) -> Reply | Unanswered:
            async with room:
                return await self._ask(about, p, self.provider)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(p)) for p in planned]
        return [task.result() for task in tasks]

    def stop(self) -> None:
        """Interrupt: reading is dropped at once, calls after GRACE_S, grounding a moment later."""
        if self.ends.interrupted:
            self._drop()
            return
        self.ends.interrupted = InterruptedRunError()
        self.ends.limit = self.ends.interrupted
        self.readers.end()
        asyncio.get_running_loop().call_later(GRACE_S, self._drop)

    def _drop(self) -> None:
        for task in self._asking:
            task.cancel()
        # What was answered so far is grounded, if that takes no longer than a moment.
        asyncio.get_running_loop().call_later(_MOMENT_S, self._grounders.end)

    async def _finish(self, source: Source, done: Grounded) -> None:
        self.keep(done.rows)
        self.counts.done += 1
        self.log.write("document", path=source.name, status=done.status, reasons=done.codes)
        self.tell(self.counts)

    async def _document(self, source: Source) -> Grounded:
        """What comes of one document, whatever happens to it: an exception that nobody foresaw is
        its own quarantine."""
        try:
            return await self._staged(source)
        except DocumentError as error:
            if self.ends.interrupted:  # its reading was dropped
                return self._without_answers(not_started(source, self.ends.interrupted))
            return self._without_answers(quarantined(source, error))
        except DossierError:
            raise  # of the output folder or the ledger: no other document fares better
        except FaultError as error:
            if self.ends.interrupted:
                return self._without_answers(not_started(source, self.ends.interrupted))
            return self._fault(source, str(error), error.trace)
        except Exception as caught:  # the border of one document
            first = first_error(caught)
            if isinstance(first, DossierError):  # likewise, from where several calls were made
                raise first from caught
            said = f"{type(first).__name__}: {first}"
            return self._fault(source, said, traceback.format_exc())

    async def _staged(self, source: Source) -> Grounded:
        document = await self._in(
            self._reading, read_or_recognise, self.readers, source, self.settings.recognised
        )
        sizes = (self.settings.max_tokens, self.settings.overlap_tokens)
        if len(document.text) <= _SHORT:  # a few milliseconds, and the first calls start at once
            cut = split(document, *sizes)
        else:
            cut = await self._in(self._grounding, self._grounders.split, document, *sizes)
        planned = list(plan_requests(document, self.subject.tasks, cut.passages, cut.abbreviations))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._answers(document, cut, p)) for p in planned]
        answers = [answer for task in tasks for answer in task.result()]
        if self.settings.second_look:
            answers += await self._look_again(document, answers, cut)
        if self.settings.second_reading:
            answers += await self._read_again(document, answers, cut)
        given = (document, planned, answers, cut.abbreviations, self._digests)
        grounded: Grounded = await self._in(self._grounding, self._grounders.ground, *given)
        return grounded

    async def _look_again(
        self, document: Document, answers: list[Answer], cut: Split
    ) -> list[Answer]:
        """What is answered about the sentences that no answer rests on."""
        given = (document, answers, cut.abbreviations, self.subject.looks)
        requests = await self._in(self._grounding, self._grounders.look_again, *given)
        looks = {task.name: task for task in self.subject.looks}
        planned = [Planned(passage, looks[r.task], r) for passage, r in requests]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._ask(document, p, self.provider)) for p in planned]
        return [(p, task.result()) for p, task in zip(planned, tasks, strict=True)]

    async def _read_again(
        self, document: Document, answers: list[Answer], cut: Split
    ) -> list[Answer]:
        """What a second reader answers about the answers."""
        reader = self.subject.reader
        given = (document, answers, cut.abbreviations, reader)
        requests = await self._in(self._grounding, self._grounders.ask_again, *given)
        planned = [Planned(passage, reader, request) for passage, request in requests]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._ask(document, p, self.reader)) for p in planned]
        return [(p, task.result()) for p, task in zip(planned, tasks, strict=True)]

    def _without_answers(self, result: Any) -> Grounded:
        codes = tuple(sorted({issue.code for issue in result.issues}))
        return Grounded(rows_of(result, self._digests), result.status, codes)

    def _fault(self, source: Source, said: str, trace: str) -> Grounded:
        self.log.write("fault", path=source.name, message=said, traceback=trace)
        return self._without_answers(faulty(source, said))

    async def _in(self, pool: ThreadPoolExecutor, function: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(pool, function, *given)

    async def _answers(self, document: Document, cut: Split, planned: Planned) -> list[Answer]:
        """The answer to a request; where the output limit came within its records, those of either
        half of its passage."""
        answer = await self._ask(document, planned, self.provider)
        if not isinstance(answer, Reply) or not is_cut(answer, planned.task.record_types):
            return [(planned, answer)]
        halves = [
            await self._answers(document, cut, half)
            for half in halve(document, planned, cut.abbreviations)
        ]
        parts = [part for half in halves for part in half]
        if parts and all(isinstance(reply, Reply) for _, reply in parts):
            return parts
        return [(planned, answer), *parts]  # what parsed of the whole is better than nothing

    async def _ask(
        self, document: Document, planned: Planned, provider: Provider
    ) -> Reply | Unanswered:
        if ended := self.ends.now:
            return _unanswered(ended)
        task = asyncio.ensure_future(provider.complete(planned.request, planned.task))
        self._asking.add(task)
        try:
            reply = await task
        except asyncio.CancelledError:
            ended = self.ends.now
            if ended is None or not task.cancelled():
                raise
            return _unanswered(ended)
        except CallError as error:
            self._failed(document, planned, error)
            return _unanswered(error)
        except BudgetError as error:
            self.ends.limit = self.ends.limit or error
            return _unanswered(error)
        except EndpointError as error:  # what is under way may still be answered
            self.ends.fatal = self.ends.fatal or error
            return _unanswered(error)
        finally:
            self._asking.discard(task)
        self.counts.replies += 1
        self.counts.tokens += reply.tokens_in + reply.tokens_out
        self.tell(self.counts)
        return reply

    def _failed(self, document: Document, planned: Planned, error: CallError) -> None:
        self.counts.failures += 1
        request = planned.request
        self.log.write(
            "failure",
            path=document.path,
            passage=request.passage_name,
            task=planned.task.name,
            code=error.code,
            message=error.message,
        )


def _unanswered(error: DossierError) -> Unanswered:
    return Unanswered(error.code, error.message, error.remedy)


def first_error(error: BaseException) -> BaseException:
    """The first error of a group of tasks: they fail together, and one line says why. What is no
    group is its own."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
