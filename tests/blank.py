"""Records of which a test names only what it is about."""

from __future__ import annotations

from typing import Any, TypeVar

from pipeline.domain import Document, Evidence, Extraction, GroundedRecord, Passage, Reply
from pipeline.ground.align import TextIndex
from pipeline.ground.verify import ground_record
from pipeline.records import Part, Record, describe
from pipeline.text.abbreviations import find_abbreviations

P = TypeVar("P", bound=Part)


def blank(kind: type[P], **values: Any) -> P:
    """A part or record with null, empty lists, the first choice, or "x" where nothing else is given."""
    data: dict[str, Any] = {"evidence": ["x"]} if issubclass(kind, Record) else {}
    for spec in describe(kind):
        data[spec.name] = (
            [] if spec.many else None if spec.optional else spec.choices[0] if spec.choices else "x"
        )
    return kind.model_validate(data | values)


def grounded(
    text: str, record: Record, language: str = "en", date: str | None = None
) -> GroundedRecord:
    """The record grounded in a document of that text, its quotes being its evidence."""
    document = Document("doc_1", "x.txt", text, "text/1", 1, "utf-8", language=language, date=date)
    passage = Passage("p", "doc_1", 0, 0, len(text))
    extraction = Extraction(passage, "t", Reply("k", "m", "{}", "stop"), (record,))
    return ground_record(
        document, TextIndex(text, date), extraction, record, find_abbreviations(text)
    )


def evidence_of(record: GroundedRecord, field: str) -> Evidence:
    """How one value is supported."""
    return next(e for e in record.evidence if e.field == field)


def told(
    text: str, record: Record, field: str, language: str = "en", date: str | None = None
) -> tuple[str, str | None]:
    """Status and reason of one value of a record whose only quote is the text."""
    record = type(record).model_validate(record.model_dump(mode="json") | {"evidence": [text]})
    found = evidence_of(grounded(f"{text}\n\nThe end.", record, language, date), field)
    return found.status, found.reason
