"""The order of the stages, and nothing else: read, split, ask, parse, ground, load, resolve,
publish."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TextIO

from pipeline.domain import Document, DocumentResult, Reply, content_id
from pipeline.errors import (
    BudgetError,
    CallError,
    DocumentError,
    DossierError,
    EndpointError,
    InterruptedRunError,
)
from pipeline.events import EventLog, Progress, Report
from pipeline.extract import Planned, halve, plan_requests
from pipeline.ledger import Ledger
from pipeline.lock import hold_folder
from pipeline.models import Provider, open_model
from pipeline.readers import Source, find_documents, readers_digest, without_duplicates
from pipeline.readers.isolation import reader_pool
from pipeline.readers.limits import parse_limits
from pipeline.readers.ocr import find_program, read_or_recognise
from pipeline.resolve.clusters import resolve_entities
from pipeline.results import Answer, assemble, not_started, quarantined
from pipeline.settings import BUNDLED, RECORDED, Settings
from pipeline.store.load import Row, Scratch
from pipeline.store.publish import load_views, publish
from pipeline.store.query import Published, read_published
from pipeline.store.tables import Layout
from pipeline.subject import Subject, load_subject

# Calls under way are given this long to end when a run is interrupted; then they are dropped.
GRACE_S = 3.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did. `published` is False when nothing had changed. `stopped` is why it ended
    early, if it did."""

    calls: int
    published: bool
    cost_usd: float | None = None
    stopped: DossierError | None = None


def run(
    settings: Settings, report: Report = lambda progress: None, mirror: TextIO | None = None
) -> Outcome:
    """Bring the database of `settings.out` up to date with the documents, asking only for what is
    not known.

    SIGINT and SIGTERM end it early: calls under way get GRACE_S seconds, and what is there is
    published. Raises DossierError when nothing can be done: bad input, no endpoint, a locked or
    full output folder.
    """
    subject = load_subject(settings.subject)
    files = find_documents(settings.paths)
    if settings.ocr:
        find_program()
    with hold_folder(settings.out):
        ledger, log = Ledger(settings.ledger), EventLog(settings.out, mirror)
        try:
            provider = open_model(settings, ledger)
            return asyncio.run(_Run(settings, subject, provider, files, report, log).go())
        except ExceptionGroup as group:
            raise _first(group) from group
        finally:
            ledger.close()
            log.close()


def plan(
    settings: Settings,
    ledger: Ledger | None = None,
    unreadable: list[tuple[str, DocumentError]] | None = None,
) -> Iterator[tuple[Document, Planned]]:
    """Every request of every readable document, in order. With a ledger, a request whose reply hit
    the output limit is followed by those for the halves of its passage. Documents that cannot be
    read are added to `unreadable`, with the error."""
    subject = load_subject(settings.subject)
    readers = reader_pool(parse_limits(settings.limits))
    sources, _ = without_duplicates(find_documents(settings.paths))
    for source in sources.values():
        try:
            document = read_or_recognise(readers, source, settings.recognised)
        except DocumentError as error:
            if unreadable is not None:
                unreadable.append((source.name, error))
            continue
        pending = list(plan_requests(document, subject.tasks, settings))
        while pending:
            planned = pending.pop(0)
            yield document, planned
            known = ledger.get(planned.request.key(settings.model)) if ledger else None
            if known and known.finish_reason == "length":
                pending = halve(document, planned) + pending


class _Run:
    def __init__(
        self,
        settings: Settings,
        subject: Subject,
        provider: Provider,
        files: list[Source],
        report: Report,
        log: EventLog,
    ) -> None:
        self.settings = settings
        self.subject = subject
        self.provider = provider
        self.report = report
        self.log = log
        self.readers = reader_pool(parse_limits(settings.limits))
        self.layout = Layout(subject.record_types)
        self.digests = {task.name: task.digest for task in subject.tasks}
        self.row = _run_row(settings, subject, provider, len(files))
        self.files, self.duplicates = without_duplicates(files)
        self.done = self.replies = self.tokens = self.failures = 0
        self.asking: set[asyncio.Task[Reply]] = set()
        # A limit that is reached ends the run with its code, but what the ledger knows is still
        # used to the end.
        self.stopped: DossierError | None = None
        self.interrupted: InterruptedRunError | None = None
        self.fatal: EndpointError | None = None

    async def go(self) -> Outcome:
        for left in self.settings.out.glob(".scratch-*"):
            left.unlink()  # of a run that was killed; the folder is ours while we hold it
        previous = read_published(self.settings.database)
        carried = self._unchanged(previous)
        if (
            previous
            and previous.run == self.row
            and len(carried) == len(self.files)
            and self._same_files(previous)
        ):
            return Outcome(0, published=False)
        self.log.write(
            "start", documents=len(self.files), unchanged=len(carried), model=self.settings.model
        )
        scratch = Scratch(
            self.settings.out / f".scratch-{content_id('run', *self.row)}.duckdb", self.layout
        )
        self._listen()
        try:
            scratch.carry_over(self.settings.database, carried)
            self.done = len(carried)
            await self._process([f for i, f in self.files.items() if i not in carried], scratch)
            if self.fatal:
                raise self.fatal
            self._finish(scratch)
        finally:
            scratch.close()
            await self.provider.close()
        status = self.provider.status()
        self.log.write(
            "end",
            calls=status.calls,
            cost_usd=status.cost_usd,
            stopped=self.stopped and self.stopped.message,
        )
        return Outcome(status.calls, published=True, cost_usd=status.cost_usd, stopped=self.stopped)

    def _listen(self) -> None:
        """SIGINT and SIGTERM stop the run once, in order; a second one ends the program as
        usual."""
        loop = asyncio.get_running_loop()

        def stop(number: signal.Signals) -> None:
            loop.remove_signal_handler(number)
            self.stopped = self.interrupted = InterruptedRunError()
            self.log.write("interrupted", signal=number.name)
            loop.call_later(GRACE_S, lambda: [task.cancel() for task in self.asking])

        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop, number)

    async def _process(self, files: list[Source], scratch: Scratch) -> None:
        """Documents in a bounded stream: twice as many as calls may run at once, so that the next
        call is always ready."""
        room = asyncio.Semaphore(2 * self.settings.concurrency)

        async def one(source: Source) -> None:
            try:
                result = await self._document(source)
                scratch.add(result, self.digests)
            finally:
                room.release()
            self.done += 1
            self.log.write(
                "document",
                path=source.name,
                status=result.status,
                reasons=sorted({i.code for i in result.issues}),
            )
            self._tell()

        async with asyncio.TaskGroup() as group:
            if files:
                group.create_task(asyncio.to_thread(self.provider.prepare))
            for source in files:
                await room.acquire()
                if ended := self.fatal or self.interrupted:
                    room.release()
                    scratch.add(not_started(source, ended), self.digests)
                    continue
                group.create_task(one(source))

    async def _document(self, source: Source) -> DocumentResult:
        try:
            document = await asyncio.to_thread(
                read_or_recognise, self.readers, source, self.settings.recognised
            )
        except DocumentError as error:
            return quarantined(source, error)
        planned = list(plan_requests(document, self.subject.tasks, self.settings))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._answers(document, p)) for p in planned]
        return assemble(document, planned, [answer for task in tasks for answer in task.result()])

    async def _answers(self, document: Document, planned: Planned) -> list[Answer]:
        """The answer to a request; where it hit the output limit, those of either half of its
        passage."""
        answer = await self._ask(planned)
        if not isinstance(answer, Reply) or answer.finish_reason != "length":
            return [(planned, answer)]
        halves = [await self._answers(document, half) for half in halve(document, planned)]
        parts = [part for half in halves for part in half]
        if parts and all(isinstance(reply, Reply) for _, reply in parts):
            return parts
        return [(planned, answer), *parts]  # what parsed of the whole is better than nothing

    async def _ask(self, planned: Planned) -> Reply | DossierError:
        if ended := self.fatal or self.interrupted:
            return ended
        task = asyncio.ensure_future(self.provider.complete(planned.request, planned.task))
        self.asking.add(task)
        try:
            reply = await task
        except asyncio.CancelledError:
            ended = self.fatal or self.interrupted
            if ended is None or not task.cancelled():
                raise
            return ended
        except CallError as error:
            self.failures += 1
            where = {"passage": planned.request.passage_name, "task": planned.task.name}
            self.log.write(
                "failure",
                document=planned.request.document_id,
                **where,
                code=error.code,
                message=error.message,
            )
            return error
        except BudgetError as error:
            self.stopped = self.stopped or error
            return error
        except EndpointError as error:
            self.fatal = error
            for other in self.asking - {task}:
                other.cancel()  # it would only find out the same
            return error
        finally:
            self.asking.discard(task)
        self.replies += 1
        self.tokens += reply.tokens_in + reply.tokens_out
        self._tell()
        return reply

    def _finish(self, scratch: Scratch) -> None:
        scratch.add_run(self.row)
        scratch.add_duplicates(self.duplicates)
        mentions = scratch.mentions()
        entities = resolve_entities(mentions, scratch.abbreviations())
        scratch.add_entities(entities, {m.id: m.document_id for m in mentions})
        publish(
            scratch, self.settings.database, load_views(self.settings.subject / "schemas" / "views")
        )

    def _unchanged(self, previous: Published | None) -> set[str]:
        """Ids of documents whose rows can be carried over: complete, and made by the same code,
        prompts and model."""
        if previous is None or previous.run[:-1][1:] != self.row[:-1][1:]:
            return set()
        return {
            i for i, s in self.files.items() if previous.documents.get(i) == (s.name, "complete")
        }

    def _same_files(self, previous: Published) -> bool:
        return set(previous.documents) == set(self.files) and previous.duplicates == set(
            self.duplicates
        )

    def _tell(self) -> None:
        status = self.provider.status()
        self.report(
            Progress(
                documents=len(self.files),
                documents_done=self.done,
                replies=self.replies,
                calls=status.calls,
                under_way=status.under_way,
                tokens=self.tokens,
                failures=self.failures,
                cost_usd=status.cost_usd,
                rate=self.replies / max(self.log.seconds, 0.001),
                waiting_for=status.waiting_for,
            )
        )


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """The first error of a group of tasks: they fail together, and one line is enough to say
    why."""
    error: Exception = group
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _run_row(settings: Settings, subject: Subject, provider: Provider, documents: int) -> Row:
    code = hashlib.sha256()
    for file in sorted((BUNDLED / "pipeline").rglob("*.py")):
        code.update(file.read_bytes())
    views = content_id("v", load_views(settings.subject / "schemas" / "views"))
    try:
        installed = version("dossier")
    except PackageNotFoundError:
        installed = "source"
    replies = provider.version if settings.model == RECORDED else ""
    sizes = (settings.max_tokens, settings.overlap_tokens, documents)
    row = (
        installed,
        f"{code.hexdigest()[:16]}.{readers_digest()}",
        f"{subject.digest}.{views}",
        settings.model,
        replies,
        *sizes,
    )
    return (content_id("run", *row), *row)
