"""What came of one document as rows of the tables, by table name. Pure: values are checked here, so
that no odd one of one document fails the loading of others."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from functools import partial
from typing import Any

from pipeline.domain import (
    DocumentResult,
    Evidence,
    GroundedRecord,
    Issue,
    NameMention,
    Reply,
    content_id,
)
from pipeline.kinds import COUNTRY
from pipeline.kinds.kind import Column
from pipeline.records import FieldSpec, Mention, Part, describe, leaves, table_name
from pipeline.store.claims import claim_row
from pipeline.values.edtf import edtf_bounds

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
_BIGINT = 2**63


def rows_of(result: DocumentResult, prompt_digests: dict[str, str]) -> Rows:
    """All rows of one document. `prompt_digests` are by task. Raises ValueError for a value that
    the database cannot hold."""
    document = result.document
    rows: Rows = {
        "document": [_document_row(result)],
        "passage": [
            (
                p.id,
                p.document_id,
                p.index,
                p.start,
                p.end,
                list(p.headings),
                document.text[p.start : p.end],
            )
            for p in result.passages
        ],
        "reply": [
            (
                r.key,
                q.document_id,
                q.passage_id,
                q.task,
                prompt_digests[q.task],
                r.model,
                *_reply_end(r),
            )
            for q, r in result.replies
        ],
        "issue": [
            (
                i.document_id,
                document.path,
                i.code,
                i.message,
                i.remedy,
                i.passage_id,
                i.task,
                i.record_id,
            )
            for i in result.issues
        ],
        "abbreviation": [(document.id, short, long) for short, long in result.abbreviations],
        "coverage": [
            (document.id, u.start, u.end, document.text[u.start : u.end], list(u.cues))
            for u in result.uncovered
        ],
    }
    for record in {record.id: record for record in reversed(result.records)}.values():
        _add_record(rows, document.id, record)
    for table in rows.values():
        for row in table:
            _check(row)
    return rows


def _add_record(rows: Rows, document_id: str, grounded: GroundedRecord) -> None:
    name = table_name(type(grounded.record))
    head = (grounded.id, document_id, grounded.passage.id, grounded.reply_key)
    values = _values(grounded.record, describe(type(grounded.record))).values()
    record = (*head, grounded.grounded, list(grounded.doubted), *values)
    rows.setdefault(name, []).append(record)
    for position, evidence in enumerate(grounded.evidence):
        key = (grounded.id, document_id, position)
        rows.setdefault("evidence", []).append(key + _evidence_end(evidence))
        rows.setdefault("evidence_box", []).extend(
            (*key, number, box.page, box.left, box.top, box.right, box.bottom)
            for number, box in enumerate(evidence.boxes)
        )
    rows.setdefault("mention", []).extend(
        (
            m.id,
            m.record_id,
            m.document_id,
            m.field,
            m.kind,
            m.name,
            m.same_as,
            m.apart_from,
            m.within,
            list(m.beside),
            m.own,
        )
        for m in name_mentions(document_id, grounded)
    )
    if claim := claim_row(document_id, grounded):
        rows.setdefault("claim", []).append(claim)


def name_mentions(document_id: str, grounded: GroundedRecord) -> list[NameMention]:
    """The supported names of a grounded record; none of a record that stands on no quote."""
    if not grounded.grounded:
        return []
    found = []
    for path, spec, value in leaves(grounded.record, describe(type(grounded.record))):
        if spec.mention is None or path in grounded.doubted:
            continue
        found.append(_mention(document_id, grounded, path, spec.mention, str(value)))
    return found


def _mention(
    document_id: str, grounded: GroundedRecord, path: str, mark: Mention, name: str
) -> NameMention:
    def related(field: str | None) -> str | None:
        supported = field and field not in grounded.doubted
        return getattr(grounded.record, field, None) if field and supported else None

    specs = {spec.name: spec for spec in describe(type(grounded.record))}
    countries = [f for f in (mark.within, *mark.beside) if f and specs[f].kind is COUNTRY]
    others = [f for f in mark.beside if f not in countries]
    return NameMention(
        content_id("m", grounded.id, path),
        grounded.id,
        document_id,
        path,
        mark.kind,
        name,
        same_as=related(mark.same_as),
        apart_from=related(mark.apart_from),
        within=related(countries[0]) if countries else None,
        beside=tuple(str(v) for f in others if (v := related(f)) is not None),
        own=mark.own,
    )


def _check(value: Any) -> None:
    """Raises ValueError for what no column can hold: half a character, too large a number."""
    match value:
        case str():
            value.encode()
        case list() | tuple():
            for item in value:
                _check(item)
        case dict():
            _check(list(value.values()))
        case int():
            if not -_BIGINT <= value < _BIGINT:
                raise ValueError(f"{value} is too large")
        case Decimal():
            if not value.is_finite():
                raise ValueError(f"{value} is no number")


def _evidence_end(e: Evidence) -> Row:
    where = (e.start, e.end, e.layer, e.page, e.place)
    return (e.field, e.value, e.quote, *where, e.status, e.score, e.reason, e.reading, e.agreement)


def _document_row(result: DocumentResult) -> Row:
    d = result.document
    low, high = edtf_bounds(d.date) if d.date else (None, None)
    # Causes, not what follows from them: a refusal, not the quotes that are missing then.
    causes = {i.code for i in result.issues if i.record_id is None and not _only_noticed(result, i)}
    reasons = sorted(causes) if result.status != "complete" else []
    stated = (
        d.title,
        d.author,
        d.date,
        d.date_source,
        low,
        high,
        d.publisher,
        d.source,
        d.language,
    )
    pages = max((region.page for region in d.regions if region.page), default=None)
    digest = (
        hashlib.sha256(d.text.encode("utf-8", "surrogatepass")).hexdigest()[:16] if d.text else None
    )
    read = (d.reader, d.encoding, d.size_bytes, len(d.text), pages, digest)
    return (d.id, d.path, d.parent, *stated, *read, result.status, reasons)


def _only_noticed(result: DocumentResult, issue: Issue) -> bool:
    """Whether an issue is a warning of the reader, which keeps no document from being complete."""
    warned = {warning.code for warning in result.document.warnings}
    return issue.passage_id is None and issue.code in warned


def _reply_end(reply: Reply) -> Row:
    tokens = (reply.tokens_in, reply.tokens_cached, reply.tokens_out)
    return (
        reply.attempt,
        reply.finish_reason,
        *tokens,
        reply.cost_usd,
        reply.latency_ms,
        reply.content,
    )


def _values(part: Part, specs: tuple[FieldSpec, ...]) -> dict[str, Any]:
    """A part's fields in column order, nested parts as dicts."""
    values: dict[str, Any] = {}
    for spec in specs:
        content = getattr(part, spec.name)
        for column in spec.columns:
            values[f"{spec.name}{column.suffix}"] = _column(spec, column, content)
    return values


def _column(spec: FieldSpec, column: Column, content: Any) -> Any:
    if content is None:
        return None
    of = partial(_values, specs=spec.fields) if spec.fields else column.of
    return [of(item) for item in content] if spec.many else of(content)
