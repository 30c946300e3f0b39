"""The order of the stages, and nothing else: read, split, ask, ground, load, resolve, publish."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TextIO

from pipeline.domain import Document, Passage, Reply
from pipeline.errors import DocumentError
from pipeline.events import EventLog, Progress, Report
from pipeline.extract import Planned, halve, plan_requests
from pipeline.ledger import Ledger
from pipeline.lock import hold_folder
from pipeline.models import Provider, open_model, open_reader
from pipeline.models.status import Status, together
from pipeline.passages import split_document
from pipeline.readers import Source, find_documents, without_duplicates
from pipeline.readers.isolation import reader_pool
from pipeline.readers.limits import parse_limits
from pipeline.readers.pdf.ocr import find_program, read_or_recognise
from pipeline.replies import is_cut
from pipeline.resolve.questions import request_of
from pipeline.results import Answer, looking_requests, reading_requests
from pipeline.settings import IDENTITY, Settings
from pipeline.signals import stops
from pipeline.stages.conclude import Came, Conclusion, Outcome
from pipeline.stages.identity import of_rows, run_identity
from pipeline.stages.stream import Counts, Stream, first_error
from pipeline.store.load import Scratch
from pipeline.store.query import asked_questions
from pipeline.store.runs import Manifest
from pipeline.store.tables import Layout
from pipeline.subject import Subject, load_subject
from pipeline.text.abbreviations import Abbreviation, find_abbreviations


def run(
    settings: Settings, report: Report = lambda progress: None, mirror: TextIO | None = None
) -> Outcome:
    """Bring the database of `settings.out` up to date with the documents, asking only for what is
    not known.

    SIGINT and SIGTERM end it early: calls under way get GRACE_S seconds, and what is there is
    published. Raises DossierError when nothing can be done: bad input, no endpoint, a locked or
    full output folder.
    """
    subject = load_subject(settings.subject, settings.prompts, settings.repeats)
    files = find_documents(settings.paths)
    if settings.ocr:
        find_program()
    with hold_folder(settings.out):
        ledger, log = Ledger(settings.ledger), EventLog(settings.out, mirror)
        try:
            provider = open_model(settings, ledger)
            models = (provider, open_reader(settings, ledger, provider))
            return asyncio.run(_Run(settings, subject, models, files, report, log).go(ledger))
        except BaseExceptionGroup as group:
            raise first_error(group) from group
        finally:
            ledger.close()
            log.close()


def plan(
    settings: Settings,
    ledger: Ledger | None = None,
    unreadable: list[tuple[str, DocumentError]] | None = None,
) -> Iterator[tuple[Document, Planned]]:
    """Every request of every readable document, in order. With a ledger, a request whose reply hit
    the output limit is followed by those for the halves of its passage, and a document whose
    requests are all answered by those of a second reading, if there is to be one. Documents that
    cannot be read are added to `unreadable`, with the error."""
    subject = load_subject(settings.subject, settings.prompts, settings.repeats)
    readers = reader_pool(parse_limits(settings.limits))
    files = readers.with_attachments(find_documents(settings.paths))
    sources, _ = without_duplicates(files, readers.identify)
    for source in sources.values():
        try:
            document = read_or_recognise(readers, source, settings.recognised)
        except DocumentError as error:
            if unreadable is not None:
                unreadable.append((source.name, error))
            continue
        passages = split_document(document, settings.max_tokens, settings.overlap_tokens)
        abbreviations = find_abbreviations(document.text)
        pending = list(plan_requests(document, subject.tasks, passages, abbreviations))
        answered: list[tuple[Planned, Reply | None]] = []
        while pending:
            planned = pending.pop(0)
            yield document, planned
            known = ledger.get(planned.request.key(settings.model)) if ledger else None
            if known and is_cut(known, planned.task.record_types):
                pending = halve(document, planned, abbreviations) + pending
            answered.append((planned, known))
        if settings.second_look:
            looked = _looked(subject, document, answered, abbreviations)
            for planned in looked:
                yield document, planned
            known_of = ledger.get if ledger else (lambda _: None)
            answered += [(p, known_of(p.request.key(settings.model))) for p in looked]
        if settings.second_reading:
            yield from _second(subject, document, answered, abbreviations)
    if settings.ask_model:
        yield from _open_questions(settings, subject)


def _open_questions(settings: Settings, subject: Subject) -> Iterator[tuple[Document, Planned]]:
    """What the published database asks about identity."""
    about = Document(IDENTITY, IDENTITY, "", "none", 0, "")
    passage = Passage("", IDENTITY, 0, 0, 0)
    for asks in asked_questions(settings.database):
        yield about, Planned(passage, subject.asker, request_of(subject.asker, asks))


def _looked(
    subject: Subject,
    document: Document,
    answered: list[tuple[Planned, Reply | None]],
    abbreviations: Sequence[Abbreviation],
) -> list[Planned]:
    """What is asked in a second look, once everything else about the document is answered."""
    answers: list[Answer] = [(p, reply) for p, reply in answered if reply]
    if len(answers) < len(answered):
        return []
    found = looking_requests(document, answers, tuple(abbreviations), subject.looks)
    looks = {task.name: task for task in subject.looks}
    return [Planned(passage, looks[request.task], request) for passage, request in found]


def _second(
    subject: Subject,
    document: Document,
    answered: list[tuple[Planned, Reply | None]],
    abbreviations: Sequence[Abbreviation],
) -> Iterator[tuple[Document, Planned]]:
    """What a second reader is asked, once everything else about the document is answered."""
    answers: list[Answer] = [(p, reply) for p, reply in answered if reply]
    if len(answers) == len(answered):
        for passage, request in reading_requests(
            document, answers, tuple(abbreviations), subject.reader
        ):
            yield document, Planned(passage, subject.reader, request)


class _Run:
    def __init__(
        self,
        settings: Settings,
        subject: Subject,
        models: tuple[Provider, Provider],
        files: list[Source],
        report: Report,
        log: EventLog,
    ) -> None:
        self.settings = settings
        self.subject = subject
        self.provider, self.reader = models
        self.report = report
        self.log = log
        self.readers = reader_pool(parse_limits(settings.limits))
        self.layout = Layout(subject.record_types)
        self.files, self.duplicates = without_duplicates(
            self.readers.with_attachments(files), self.readers.identify
        )
        self.identity = run_identity(settings, subject, self.provider)
        self.end = Conclusion(settings, subject, self.identity, log)
        self.runs = self.end.runs
        self.noted = 0

    async def go(self, ledger: Ledger) -> Outcome:
        self.runs.folder.mkdir(exist_ok=True)
        for left in self.settings.out.glob(".scratch-*"):
            left.unlink()  # of a run that was killed; the folder is ours while we hold it
        previous, carried = self._previous()
        same = previous and previous.identity == self.identity and self._same_files(previous)
        same = same and len(carried) == len(self.files)
        if previous and same and not self._answered_since(previous, ledger):
            return self.end.unchanged(previous)
        scratch = Scratch(self.settings.out / ".scratch-run.duckdb", self.layout)
        stream = self._stream(scratch)
        stream.counts.done = len(carried)
        with stops(self._stop(stream)):
            try:
                settings = {name: str(value) for name, value in asdict(self.settings).items()}
                given = {"documents": len(self.files), "unchanged": len(carried)}
                self.log.write("start", **given, **settings)
                if previous:
                    scratch.carry_over(self.runs.path(previous.run_id), carried)
                await stream.process([f for i, f in self.files.items() if i not in carried])
                if stream.ends.fatal and not (carried or stream.counts.replies):
                    self.log.write("end", stopped=stream.ends.fatal.message)
                    raise stream.ends.fatal
                await self.end.resolve(scratch, stream.ask)
                return self.end.finish(scratch, self._came(scratch, stream))
            finally:
                scratch.close()
                await self.provider.close()
                await self.reader.close()

    def _stop(self, stream: Stream) -> Callable[[str], None]:
        loop = asyncio.get_running_loop()

        def stop(name: str) -> None:
            # Not from within the handler: it may have interrupted the log's own writing.
            loop.call_soon_threadsafe(lambda: self.log.write("interrupted", signal=name))
            loop.call_soon_threadsafe(stream.stop)

        return stop

    def _stream(self, scratch: Scratch) -> Stream:
        return Stream(
            settings=self.settings,
            subject=self.subject,
            provider=self.provider,
            reader=self.reader,
            readers=self.readers,
            log=self.log,
            keep=scratch.add,
            tell=self._tell,
        )

    def _came(self, scratch: Scratch, stream: Stream) -> Came:
        return Came(
            number=len(self.files),
            documents=scratch.documents(),
            duplicates=self.duplicates,
            counts=stream.counts,
            status=self._status(),
            stopped=stream.ends.fatal or stream.ends.limit,
        )

    def _answered_since(self, previous: Manifest, ledger: Ledger) -> bool:
        """Whether the ledger has got an answer to what a run asked about identity, from a batch."""
        if not self.settings.asks_identity:
            return False
        asked = asked_questions(self.runs.path(previous.run_id))
        requests = (request_of(self.subject.asker, asks) for asks in asked)
        return any(ledger.get(request.key(self.settings.model)) for request in requests)

    def _previous(self) -> tuple[Manifest | None, set[str]]:
        """The kept run of which most documents can be carried over, and their ids: complete, of the
        same name, and made by the same code, prompts, model and settings."""
        best: tuple[Manifest | None, set[str]] = (None, set())
        for manifest in self.runs.all():
            if of_rows(manifest.identity) != of_rows(self.identity):
                continue
            complete = manifest.complete
            carried = {i for i, s in self.files.items() if complete.get(i) == s.name}
            if len(carried) > len(best[1]):
                best = (manifest, carried)
        return best

    def _same_files(self, previous: Manifest) -> bool:
        return {i for i, _, _ in previous.documents} == set(self.files) and set(
            previous.duplicates
        ) == set(self.duplicates)

    def _status(self) -> Status:
        status = self.provider.status()
        return status if self.reader is self.provider else together(status, self.reader.status())

    def _tell(self, counts: Counts) -> None:
        status = self._status()
        for note in status.notes[self.noted :]:
            self.log.write("note", message=note)
        self.noted = len(status.notes)
        self.report(
            Progress(
                documents=len(self.files),
                documents_done=counts.done,
                replies=counts.replies,
                calls=status.calls,
                under_way=status.under_way,
                tokens=counts.tokens,
                failures=counts.failures,
                cost_usd=status.cost_usd,
                rate=counts.replies / max(self.log.seconds, 0.001),
                waiting_for=status.waiting_for,
            )
        )
