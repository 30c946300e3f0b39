"""From a record or an entity back to quotes, passage, reply, prompt and model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.domain import DOUBTED
from pipeline.errors import DossierError
from pipeline.explain_entity import explain_entity
from pipeline.ground.rules import meaning
from pipeline.store.query import Session

_CONTEXT = 90
_INDENT = " " * 17
_PLACES = {
    "definition": "a form of the name that the document defines stands in the quotes",
    "full_name": "the quotes give a part of the name",
    "heading": "it stands in a heading, a table head or a speaker's label above the quotes",
    "own_record": "it stands beside the name elsewhere in the document",
    "place": "a town that lies in it stands in the quotes",
    "document_date": "counted from the document's own date",
}
_STATUSES = {
    "elsewhere": "it stands in the document, but neither in the quotes nor where else it may",
    "conflict": "the quotes give another value of the kind, or this one counts something else",
    "absent": "it stands nowhere in the document",
    "unconfirmed": "a second reader did not find it said",
    "contradicted": "a second reader found that the quotes say otherwise",
}


def explain(session: Session, wanted: str) -> Iterator[str]:
    """Lines that tell where the record or entity `wanted` (an id or its beginning) comes from.

    Raises DossierError when no id or several begin so.
    """
    kind, found = _find(session, wanted)
    yield from explain_entity(session, found) if kind == "entity" else _record(session, kind, found)


def known_ids(session: Session) -> list[str]:
    """Two ids as examples: of an entity and of a record."""
    sql = (
        "(SELECT entity_id FROM entity ORDER BY documents DESC, entity_id LIMIT 1)"
        " UNION ALL (SELECT record_id FROM evidence ORDER BY record_id LIMIT 1)"
    )
    return [row[0] for row in session.query(sql)[1]]


def _find(session: Session, wanted: str) -> tuple[str, str]:
    tables = session.query(
        "SELECT table_name FROM duckdb_columns() WHERE column_name = 'doubted' AND NOT internal"
    )[1]
    found = [
        ("entity", i)
        for (i,) in session.query(
            "SELECT entity_id FROM entity WHERE starts_with(entity_id, ?)", [wanted]
        )[1]
    ]
    for (table,) in tables:
        rows = session.query(
            f'SELECT record_id FROM "{table}" WHERE starts_with(record_id, ?)', [wanted]
        )[1]
        found += [(table, i) for (i,) in rows]
    if not found:
        found = [
            ("entity", into)
            for (into,) in session.query(
                "SELECT into_id FROM entity_redirect WHERE starts_with(entity_id, ?)", [wanted]
            )[1]
        ]
    if not found:
        raise DossierError(
            f"No record or entity has the id {wanted!r}",
            '`dossier sql "FROM organisations"` shows ids.',
        )
    if len(found) > 1:
        raise DossierError(
            f"{len(found)} ids begin with {wanted!r}",
            f"Give more of it: {found[0][1]}, {found[1][1]} ...",
        )
    return found[0]


def _record(session: Session, table: str, record_id: str) -> Iterator[str]:
    sql = (
        "SELECT r.document_id, r.passage_id, r.request_key, r.grounded, d.path, d.title, d.date,"
        " p.index, p.start, p.text,"
        " p.headings, y.task, y.prompt_digest, y.model, y.finish_reason"
        f' FROM "{table}" r JOIN document d USING (document_id) JOIN passage p USING (passage_id)'
        " LEFT JOIN reply y ON y.request_key = r.request_key WHERE r.record_id = ?"
    )
    columns, rows = session.query(sql, [record_id])
    at: dict[str, Any] = dict(zip(columns, rows[0], strict=True))
    yield f"{table} {record_id}"
    yield f"  document  {at['path']}  {at['title'] or ''} ({at['date'] or 'undated'})"
    section = " > ".join(at["headings"])
    yield (
        f"  passage   {at['index']}, from character"
        f" {at['start']}{', in ' + section if section else ''}"
    )
    yield f"  prompt    prompts/{at['task']}.md, digest {at['prompt_digest']}"
    yield f"  reply     {at['request_key']} by {at['model']}, finish reason {at['finish_reason']}"
    evidence = session.query(
        'SELECT field, value, quote, start, "end", status, layer, page, place, reason, reading,'
        " agreement FROM evidence WHERE record_id = ? ORDER BY position",
        [record_id],
    )[1]
    yield "\n  quotes" + ("" if at["grounded"] else ": none stands in the document")
    for field, value, quote, start, end, status, *where, _, _, _ in evidence:
        if field:
            continue
        if start is None:
            yield f"    {status:<12} {quote!r}"
            continue
        before, after = _around(at["text"], start - at["start"], end - at["start"])
        yield f"    {status:<12} [{start}:{end}]{_where(*where)} …{before}⟦{_line(quote)}⟧{after}…"
        if value:
            yield f"{_INDENT}the model wrote {value!r}"
    values = [row for row in evidence if row[0]]
    doubted = [row for row in values if row[5] in DOUBTED]
    yield "\n  values"
    for row in values:
        if row not in doubted:
            yield from _value(row)
    if doubted:
        yield "\n  values in doubt, which are null in the views"
    for row in doubted:
        yield from _value(row)


def _value(row: tuple[Any, ...]) -> Iterator[str]:
    """The lines of one value: its status and place, and why it has that status."""
    field, value, quote, start, _, status, *_, reason, reading, agreement = row
    place = f"   ← {_line(quote)!r} at {start}" if quote is not None else ""
    yield f"    {status:<12} {field} = {value}{place}"
    if reason in _PLACES:
        yield f"{_INDENT}{_PLACES[reason]}"
    elif reason:
        yield f"{_INDENT}{reason.replace('_', ' ')}: {meaning(reason)}"
    elif status in _STATUSES:
        yield f"{_INDENT}{_STATUSES[status]}"
    if reading:
        yield f"{_INDENT}the second reader: {_line(reading)!r}"
    if agreement is not None and agreement < 1:
        yield f"{_INDENT}in {agreement:.0%} of the repeated answers"


def _where(layer: str | None, page: int | None, place: str | None) -> str:
    """Page, place and layer as far as they say more than that it stands in the body."""
    known = (f"page {page}" if page else None, place, layer if layer != "body" else None)
    told = ", ".join(part for part in known if part)
    return f" ({told})" if told else ""


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    if start < 0 or end > len(text):
        return "", ""
    return _line(text[max(0, start - _CONTEXT) : start]), _line(text[end : end + _CONTEXT])


def _line(text: str) -> str:
    if "\n" not in text:
        return text
    edges = (" " if text[:1].isspace() else "", " " if text[-1:].isspace() else "")
    return edges[0] + " ".join(text.split()) + edges[1]
