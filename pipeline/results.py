"""A document's answers to its result: replies parsed, records grounded, statuses and issues
decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain import (
    OUTSIDE_PASSAGES,
    Document,
    DocumentResult,
    DocumentStatus,
    GroundedRecord,
    Issue,
    Reply,
    Request,
)
from pipeline.errors import DocumentError, DossierError
from pipeline.extract import BROKEN_REPLY, Planned, parse_reply
from pipeline.ground.align import TextIndex
from pipeline.ground.verify import ACCEPTED, ground_extraction
from pipeline.readers import Source, source_id
from pipeline.text.abbreviations import Abbreviation


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why a request has no reply."""

    code: str
    message: str
    remedy: str


Answer = tuple[Planned, Reply | Unanswered]
_ASIDE = ("pull_quote", *OUTSIDE_PASSAGES)


def assemble(
    document: Document,
    planned: list[Planned],
    answers: list[Answer],
    abbreviations: tuple[Abbreviation, ...],
) -> DocumentResult:
    """Everything that came of a document: replies parsed, records grounded, and what went wrong."""
    replies: list[tuple[Request, Reply]] = []
    issues = [Issue(document.id, w.code, w.message, w.remedy) for w in document.warnings]
    records: list[GroundedRecord] = []
    index = TextIndex(document.text, document.date, set_aside(document))
    for p, answer in answers:
        if isinstance(answer, Unanswered):
            issues.append(
                Issue(
                    document.id,
                    answer.code,
                    answer.message,
                    answer.remedy,
                    p.passage.id,
                    p.task.name,
                )
            )
            continue
        replies.append((p.request, answer))
        extraction = parse_reply(answer, p.passage, p.task, p.request)
        issues += extraction.issues
        records += ground_extraction(document, index, extraction, abbreviations)
    whole = len(replies) == len(answers) and not any(issue.code in BROKEN_REPLY for issue in issues)
    issues += [issue for record in records for issue in _grounding_issues(document.id, record)]
    passages = tuple(dict.fromkeys(p.passage for p in (*planned, *(p for p, _ in answers))))
    defined = tuple((a.short, a.long) for a in abbreviations)
    status: DocumentStatus = "complete" if whole else "partial"
    return DocumentResult(
        document, status, passages, tuple(replies), tuple(records), tuple(issues), defined
    )


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
