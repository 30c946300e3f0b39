"""Records to grounded records: each quote is located, then each value is checked against the places
where the record may look, by its kind.

`quoted`: the value stands in one of the record's quotes. `context`: it stands where the record is
entitled to look. `inferred`: a classification or a summary to which no rule objects. `elsewhere`:
it stands in the document, but not for this record. `conflict`: the quotes hold another value of
that kind. `absent`: none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.domain import (
    ACCEPTED,
    DOUBTED,
    Box,
    Document,
    Evidence,
    Extraction,
    FieldStatus,
    GroundedRecord,
    Layer,
    Span,
    content_id,
)
from pipeline.ground.align import TextIndex, locate_all
from pipeline.ground.figures import figures_of, misplaced
from pipeline.ground.places import boxes_of, heads_above, layer_at, page_and_place
from pipeline.ground.rules import objection
from pipeline.ground.stated import Stated
from pipeline.kinds import GIST
from pipeline.kinds.kind import Kind, Scene, numbers_missing, plain_text
from pipeline.records import FieldSpec, Record, describe, leaves, part_at, table_name
from pipeline.text.abbreviations import Abbreviation
from pipeline.text.folding import Range


@dataclass(frozen=True, slots=True)
class Check:
    """A value's status and, if it stands somewhere, the place; `reason` says why the record may
    look there, or which rule objects."""

    status: FieldStatus
    place: Range | None = None
    reason: str | None = None


def ground_extraction(
    document: Document,
    index: TextIndex,
    extraction: Extraction,
    definitions: Sequence[Abbreviation] = (),
) -> list[GroundedRecord]:
    """Each record of an extraction with its evidence. Ids are hashes of document, record type and
    content; `definitions` are the abbreviations of the document."""
    return [
        ground_record(document, index, extraction, record, definitions)
        for record in extraction.records
    ]


def ground_record(
    document: Document,
    index: TextIndex,
    extraction: Extraction,
    record: Record,
    definitions: Sequence[Abbreviation] = (),
) -> GroundedRecord:
    """Locate the quotes of one record and check its values."""
    passage = extraction.passage
    spans = locate_all(index, list(record.evidence), (passage.start, passage.end))
    evidence = [
        _quote_evidence(document, q, s) for q, s in zip(record.evidence, spans, strict=True)
    ]
    quotes = tuple(
        (s.start, s.end)
        for s in spans
        if s.status in ACCEPTED and s.start is not None and s.end is not None
    )
    values = list(leaves(record, describe(type(record))))
    figures = figures_of(record, values)
    scene = Scene(
        text=index,
        quotes=quotes,
        passage=(passage.start, passage.end),
        heads=heads_above(document, quotes),
        definitions=tuple(definitions),
        owners=tuple(str(v) for _, spec, v in values if spec.mention and spec.mention.within),
        places=tuple(_places(values, record)),
        language=document.language or "",
        names=tuple(str(v) for _, spec, v in values if spec.mention),
        units=tuple(figure.unit for figure in figures if figure.unit),
    )
    checks = {path: check_value(scene, spec.kind, value) for path, spec, value in values}
    contradicted = dict(misplaced(scene, figures)) | dict(_contradictions(scene, record, values))
    for path, place in contradicted.items():
        if checks[path].status in ("quoted", "context"):
            checks[path] = Check("conflict", place)
    for path, spec, value in values:
        checks[path] = _ruled(scene, record, path, spec, value, checks)
        evidence.append(_field_evidence(document, path, value, checks[path]))
    return GroundedRecord(
        id=content_id("r", document.id, table_name(type(record)), record.model_dump(mode="json")),
        passage=passage,
        task=extraction.task,
        reply_key=extraction.reply.key,
        record=record,
        evidence=tuple(evidence),
        grounded=bool(quotes),
        doubted=tuple(e.field for e in evidence if e.field and e.status in DOUBTED),
    )


def _places(values: Sequence[tuple[str, FieldSpec, Any]], record: Record) -> Iterator[str]:
    """What the record says of where that is whose country it gives."""
    fields = {f for _, spec, _ in values if spec.lies_in for f in spec.lies_in.of}
    for name in sorted(fields):
        value = getattr(record, name, None)
        if isinstance(value, str):
            yield value


def check_value(scene: Scene, kind: Kind, value: Any) -> Check:
    """How the text supports one value: by the quotes, else by a place where the record may look."""
    if not kind.is_literal:
        return Check("inferred")
    text, quotes = scene.text, scene.quotes
    for quote in quotes:
        if place := kind.find(text, value, [quote]):
            return Check("quoted", place)
    if len(quotes) > 1 and (place := kind.find(text, value, quotes)):
        return Check("quoted", place)
    if found := kind.entitled(scene, value):
        return Check("context", found.place, found.reason)
    if kind is GIST:
        foreign = numbers_missing(text, str(value), [scene.passage])
        return Check("conflict" if foreign else "inferred")
    for region in (scene.passage, scene.whole):
        if place := kind.find(text, value, [region]):
            return Check("elsewhere", place)
    rival = kind.rival(text, value, quotes)
    return Check("conflict", rival) if rival else Check("absent")


def _contradictions(
    scene: Scene, record: Record, values: Sequence[tuple[str, FieldSpec, Any]]
) -> Iterator[tuple[str, Range]]:
    """The paths of sums that the words of the text contradict, and where."""
    stems = dict.fromkeys(path.rpartition(".")[0] for path, _, _ in values)
    for stem in stems:
        part = part_at(record, f"{stem}.x") if stem else record
        if part.money:
            for name, place in part.money.contradictions(scene, part).items():
                yield f"{stem}.{name}" if stem else name, place


def _ruled(
    scene: Scene,
    record: Record,
    path: str,
    spec: FieldSpec,
    value: Any,
    checks: Mapping[str, Check],
) -> Check:
    """The check of a value after the rules about it; of a record without quotes there are none."""
    check = checks[path]
    if check.status in DOUBTED or not scene.quotes:
        return check
    figure = checks.get(path.removesuffix(spec.name) + spec.limits.of) if spec.limits else None
    stated = Stated(
        scene=scene,
        record=record,
        part=part_at(record, path),
        spec=spec,
        value=value,
        place=check.place,
        figure=figure.place if figure and figure.status not in DOUBTED else None,
    )
    if found := objection(stated):
        return Check("doubtful", found[1], found[0])
    return check


def _quote_evidence(document: Document, quote: str, span: Span) -> Evidence:
    found = document.text[span.start : span.end] if span.start is not None else quote
    # What the model wrote is kept as the value where it is not what stands in the text.
    value = quote if found != quote else None
    where = _where(document, span.start, span.end)
    return Evidence("", value, found, span.start, span.end, span.status, span.score, *where)


def _field_evidence(document: Document, path: str, value: object, check: Check) -> Evidence:
    start, end = check.place or (None, None)
    quote = document.text[start:end] if start is not None else None
    score = 100.0 if check.status in ("quoted", "context", "elsewhere") else 0.0
    layer, page, place, boxes = _where(document, start, end)
    return Evidence(
        field=path,
        value=plain_text(value),
        quote=quote,
        start=start,
        end=end,
        status=check.status,
        score=score,
        layer=layer,
        page=page,
        place=place,
        boxes=boxes,
        reason=check.reason,
    )


_Where = tuple[Layer | None, int | None, str | None, tuple[Box, ...]]


def _where(document: Document, start: int | None, end: int | None) -> _Where:
    """Layer, page, place and boxes of a range, if it stands anywhere."""
    if start is None or end is None:
        return None, None, None, ()
    return (
        layer_at(document, start),
        *page_and_place(document, start),
        boxes_of(document, start, end),
    )
