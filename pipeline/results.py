"""A document's answers to its result: replies parsed, records grounded, statuses and issues
decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.coverage import uncovered
from pipeline.domain import (
    ACCEPTED,
    OUTSIDE_PASSAGES,
    Document,
    DocumentResult,
    DocumentStatus,
    GroundedRecord,
    Issue,
    Passage,
    Reply,
    Request,
    Task,
)
from pipeline.errors import DocumentError, DossierError
from pipeline.extract import BROKEN_REPLY, REMEDIES, Planned, parse_reply
from pipeline.ground.align import TextIndex
from pipeline.ground.leaks import leaked
from pipeline.ground.second_reading import Verdict, doubted_by, questions
from pipeline.ground.verify import ground_extraction
from pipeline.readers import Source, source_id
from pipeline.records import Record
from pipeline.repeats import Sample, repeats_of, with_agreement
from pipeline.replies import read_reply
from pipeline.second_look import look_requests
from pipeline.settings import SECOND_READING
from pipeline.text.abbreviations import Abbreviation


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why a request has no reply."""

    code: str
    message: str
    remedy: str


Answer = tuple[Planned, Reply | Unanswered]
# A repeat that ends so neither agrees nor disagrees.
_NO_ANSWER = {
    "REFUSED",
    "FILTERED",
    "EMPTY_REPLY",
    "NOT_JSON",
    "TRUNCATED",
    "OUTPUT_LIMIT",
    "INPUT_CUT",
}
_ASIDE = ("pull_quote", *OUTSIDE_PASSAGES)


def assemble(
    document: Document,
    planned: list[Planned],
    answers: list[Answer],
    abbreviations: tuple[Abbreviation, ...],
) -> DocumentResult:
    """Everything that came of a document: replies parsed, records grounded, and what went wrong."""
    issues = [Issue(document.id, w.code, w.message, w.remedy) for w in document.warnings]
    replies = [(p.request, answer) for p, answer in answers if isinstance(answer, Reply)]
    issues += [_unanswered(document, p, a) for p, a in answers if isinstance(a, Unanswered)]
    if not (planned or answers):
        issues.append(
            Issue(
                document.id,
                "NOTHING_ASKED",
                "All of its text stands in running heads, notes or the like; nothing was asked.",
                "Save the text itself as .txt.",
            )
        )
    records, broken = _first_reading(document, answers, abbreviations)
    records, unsteady = _repeats(answers, records)
    records, doubts = _second_reading(document, answers, abbreviations, records)
    issues += broken + unsteady + doubts
    whole = len(replies) == len(answers) and not any(issue.code in BROKEN_REPLY for issue in issues)
    issues += [issue for record in records for issue in _grounding_issues(document.id, record)]
    issues += _leaks(document, answers, records)
    passages = tuple(dict.fromkeys(p.passage for p in (*planned, *(p for p, _ in answers))))
    defined = tuple((a.short, a.long) for a in abbreviations)
    status: DocumentStatus = "complete" if whole else "partial"
    left = tuple(uncovered(document, records))
    return DocumentResult(
        document, status, passages, tuple(replies), tuple(records), tuple(issues), defined, left
    )


def _leaks(
    document: Document, answers: list[Answer], records: list[GroundedRecord]
) -> Iterator[Issue]:
    """What a model copied from the worked example of its prompt."""
    instructions = {p.task.name: p.task.instructions for p, _ in answers}
    for record in records:
        for where, text in leaked(record, instructions.get(record.task, "")):
            yield Issue(
                document.id,
                "EXAMPLE_LEAK",
                f"{where or 'A quote'} is from the prompt, not from the document: {text[:200]!r}",
                "Another model, or an example that is less like your documents.",
                passage_id=record.passage.id,
                task=record.task,
                record_id=record.id,
            )


def looking_requests(
    document: Document,
    answers: list[Answer],
    abbreviations: tuple[Abbreviation, ...],
    looks: tuple[Task, ...],
) -> list[tuple[Passage, Request]]:
    """What is asked in a second look at the sentences that no answer rests on."""
    records, _ = _first_reading(document, answers, abbreviations)
    passages = list(dict.fromkeys(p.passage for p, _ in answers))
    return look_requests(document, records, passages, abbreviations, looks)


def reading_requests(
    document: Document,
    answers: list[Answer],
    abbreviations: tuple[Abbreviation, ...],
    reader: Task,
) -> list[tuple[Passage, Request]]:
    """What a second reader is asked about the answers, passage by passage."""
    records, _ = _first_reading(document, answers, abbreviations)
    found = []
    for passage, claimed in _by_passage(records).items():
        asked = questions(reader, document, passage, claimed, abbreviations)
        if asked:
            found.append((passage, asked.request))
    return found


def _first_reading(
    document: Document, answers: list[Answer], abbreviations: tuple[Abbreviation, ...]
) -> tuple[list[GroundedRecord], list[Issue]]:
    index = TextIndex(document.text, document.date, set_aside(document))
    records: list[GroundedRecord] = []
    issues: list[Issue] = []
    for p, answer in answers:
        if isinstance(answer, Reply) and p.task.name != SECOND_READING and p.task.sample == 1:
            extraction = parse_reply(answer, p.passage, p.task, p.request)
            issues += extraction.issues
            records += ground_extraction(document, index, extraction, abbreviations)
    return records, issues


def _repeats(
    answers: list[Answer], records: list[GroundedRecord]
) -> tuple[list[GroundedRecord], list[Issue]]:
    """The records with how many of equal askings agree, and what is wrong with the repeats."""
    samples: dict[Sample, list[Record]] = {}
    issues: list[Issue] = []
    for p, answer in answers:
        if isinstance(answer, Reply) and p.task.sample > 1:
            extraction = parse_reply(answer, p.passage, p.task, p.request)
            issues += extraction.issues
            if any(issue.code in _NO_ANSWER for issue in extraction.issues):
                continue
            samples[p.task.sample, repeats_of(p.task), p.passage] = list(extraction.records)
    return (with_agreement(records, samples) if samples else records), issues


def _second_reading(
    document: Document,
    answers: list[Answer],
    abbreviations: tuple[Abbreviation, ...],
    records: list[GroundedRecord],
) -> tuple[list[GroundedRecord], list[Issue]]:
    """The records with what a second reader doubts, and what is wrong with its replies: then the
    first reading stands."""
    issues: list[Issue] = []
    claimed = _by_passage(records)
    for p, answer in answers:
        if not isinstance(answer, Reply) or p.task.name != SECOND_READING:
            continue
        reading = read_reply(answer, p.task.record_types)
        problems = [(problem.code, problem.message) for problem in reading.problems]
        asked = questions(p.task, document, p.passage, claimed.get(p.passage, []), abbreviations)
        if asked:
            verdicts = [v for v in reading.records if isinstance(v, Verdict)]
            claimed[p.passage], wrong = doubted_by(claimed[p.passage], asked.asked, verdicts)
            problems += [("READING_INCOMPLETE", f"The second reading {said}") for said in wrong]
        issues += [
            Issue(document.id, code, said, REMEDIES[code], p.passage.id, p.task.name)
            for code, said in problems
        ]
    return [record for part in claimed.values() for record in part], issues


def _by_passage(records: list[GroundedRecord]) -> dict[Passage, list[GroundedRecord]]:
    found: dict[Passage, list[GroundedRecord]] = {}
    for record in records:
        found.setdefault(record.passage, []).append(record)
    return found


def _unanswered(document: Document, p: Planned, why: Unanswered) -> Issue:
    return Issue(document.id, why.code, why.message, why.remedy, p.passage.id, p.task.name)


def set_aside(document: Document) -> list[tuple[int, int]]:
    """The ranges in which a quote is found only if it stands nowhere else, such as pull-quotes."""
    return [(r.start, r.end) for r in document.regions if r.layer in _ASIDE]


def quarantined(source: Source, error: DocumentError) -> DocumentResult:
    """The result of a document that could not be read."""
    document = _unread(source)
    issue = Issue(document.id, error.code, error.message, error.remedy)
    return DocumentResult(document, "quarantined", issues=(issue,))


def faulty(source: Source, said: str) -> DocumentResult:
    """The result of a document on which the program failed in a way that nobody foresaw."""
    document = _unread(source)
    remedy = "run.jsonl holds the traceback; the other documents are not concerned."
    issue = Issue(document.id, "INTERNAL", f"The program failed on it: {said[:300]}", remedy)
    return DocumentResult(document, "quarantined", issues=(issue,))


def lost(source: Source) -> DocumentResult:
    """The result of a document on which the worker that had it ended, more than once."""
    document = _unread(source)
    message = "The worker that had it ended, twice"
    remedy = "Look at it, and at the memory of the nodes; the other documents are not concerned."
    issue = Issue(document.id, "WORKER_LOST", message, remedy)
    return DocumentResult(document, "quarantined", issues=(issue,))


def not_started(source: Source, ended: DossierError) -> DocumentResult:
    """The result of a document that the end of the run came before."""
    document = _unread(source)
    issue = Issue(
        document.id, "NOT_STARTED", f"The run ended before it: {ended.message}", "Run again."
    )
    return DocumentResult(document, "partial", issues=(issue,))


def _unread(source: Source) -> Document:
    try:
        size = source.path.lstat().st_size
    except OSError:
        size = 0
    return Document(
        id=source.id or source_id(source),
        path=source.name,
        text="",
        reader="none",
        parent=source.parent or None,
        size_bytes=size,
        encoding="",
    )


def _grounding_issues(document_id: str, record: GroundedRecord) -> Iterator[Issue]:
    where = {"passage_id": record.passage.id, "task": record.task, "record_id": record.id}
    if not record.grounded:
        message = "None of the record's quotes stands in the document"
        yield Issue(
            document_id,
            "UNGROUNDED",
            message,
            "It is left out of the views; dossier explain shows it.",
            **where,
        )
    for evidence in record.evidence:
        if evidence.field == "" and evidence.status not in ACCEPTED:
            said = evidence.value or evidence.quote or ""
            code = "QUOTE_" + evidence.status.upper()
            yield Issue(
                document_id,
                code,
                f"Quote not accepted: {said[:200]!r}",
                "Compare it with the text.",
                **where,
            )
