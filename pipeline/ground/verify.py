"""Records to grounded records: each quote is located, then each value is checked against the quotes
by its kind.

`quoted`: the value stands in one of the record's quotes. `elsewhere`: it stands in the document,
not in them. `inferred`: a classification or a summary, no literal expected. `conflict`: the quotes
hold another value of that kind. `absent`: none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from pipeline.domain import (
    Document,
    Evidence,
    Extraction,
    FieldStatus,
    GroundedRecord,
    Passage,
    Span,
    content_id,
    decimal_text,
)
from pipeline.ground.align import TextIndex, locate_all
from pipeline.ground.normalise import Range, fold_text
from pipeline.ground.places import boxes_of, layer_at, page_and_place
from pipeline.records import FieldSpec, Record, Support, describe, leaves, table_name
from pipeline.values.dates import DateMention, date_sides, read_dates, supports
from pipeline.values.numbers import NumberMention, read_numbers
from pipeline.values.places import any_currency_pattern, country_pattern, currency_pattern

ACCEPTED = ("exact", "normalised", "fuzzy")
DOUBTED = ("conflict", "absent")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff][\w']*")
_STOPWORDS = set(
    "the and for with from that this into its their of in on at to a an by as or was were is are be"
    " been has have had для или при под над что как это".split()
)
_CYRILLIC = re.compile("[а-яәғқңөұүһі]")


@dataclass(frozen=True, slots=True)
class Check:
    """A value's status and, if it stands somewhere, the place."""

    status: FieldStatus
    place: Range | None = None


def ground_extraction(
    document: Document, index: TextIndex, extraction: Extraction
) -> list[GroundedRecord]:
    """Each record of an extraction with its evidence. Ids are hashes of document, record type and
    content."""
    return [ground_record(document, index, extraction, record) for record in extraction.records]


def ground_record(
    document: Document, index: TextIndex, extraction: Extraction, record: Record
) -> GroundedRecord:
    """Locate the quotes of one record and check its values."""
    passage = extraction.passage
    spans = locate_all(index, list(record.evidence), (passage.start, passage.end))
    evidence = [
        _quote_evidence(document, q, s) for q, s in zip(record.evidence, spans, strict=True)
    ]
    quotes = [
        (s.start, s.end)
        for s in spans
        if s.status in ACCEPTED and s.start is not None and s.end is not None
    ]
    for path, spec, value in leaves(record, describe(type(record))):
        check = check_value(index, spec, value, quotes, passage)
        evidence.append(_field_evidence(document, path, value, check))
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


def check_value(
    index: TextIndex, spec: FieldSpec, value: object, quotes: list[Range], passage: Passage
) -> Check:
    """How the text supports one value, looked for in the quotes, then the passage, then the whole
    document."""
    if spec.support is Support.CHOICE:
        return Check("inferred")
    find = _FINDERS[spec.support]
    for quote in quotes:
        place = find(index, value, [quote])
        if place:
            return Check("quoted", place)
    if len(quotes) > 1 and (place := find(index, value, quotes)):
        return Check("quoted", place)
    for region in ((passage.start, passage.end), (0, len(index.text))):
        place = find(index, value, [region])
        if place:
            return Check("elsewhere", place)
    if spec.support is Support.GIST:
        return Check(
            "conflict"
            if _has_foreign_numbers(index, str(value), (passage.start, passage.end))
            else "inferred"
        )
    rival = _rival(index, spec.support, value, quotes)
    return Check("conflict", rival) if rival else Check("absent")


Finder = Callable[[TextIndex, object, list[Range]], Range | None]


def find_name(index: TextIndex, value: object, regions: list[Range]) -> Range | None:
    """The place of a name: literally after folding, else word for word with Russian endings let
    loose."""
    needle = fold_text(str(value))
    for region in regions:
        place = index.find_folded(needle, region) if needle else None
        place = place or index.find_pattern(_name_pattern(needle), region)
        if place:
            return place
    return None


def find_words(index: TextIndex, value: object, regions: list[Range]) -> Range | None:
    """The place of a phrase: literally, else the first of its content words when all of them stand
    in the regions."""
    place = find_name(index, value, regions)
    if place:
        return place
    words = [
        w
        for w in _WORD.findall(fold_text(str(value)))
        if (len(w) > 2 or not w.isascii()) and w not in _STOPWORDS
    ]
    places = [find_any(index, _stem_pattern(word), regions) for word in dict.fromkeys(words)]
    found = [p for p in places if p]
    return (
        min(found)
        if words and len(found) == len(places) and not _numbers_missing(index, str(value), regions)
        else None
    )


def find_date(index: TextIndex, value: object, regions: list[Range]) -> Range | None:
    """The place of a written date that says the EDTF value; for an interval both ends must be
    written."""
    mentions = [m for region in regions for m in _dates_in(index, region)]
    places = []
    for side in date_sides(str(value)):
        stated = [m for m in mentions if _says(m, side, mentions, index)]
        if not stated:
            return None
        places.append((stated[0].start, stated[0].end))
    return min(places, default=None)


def find_number(index: TextIndex, value: object, regions: list[Range]) -> Range | None:
    """The place of a number of that value."""
    return next(
        ((m.start, m.end) for r in regions for m in _numbers_in(index, r) if value in m.values),
        None,
    )


def find_percent(index: TextIndex, value: object, regions: list[Range]) -> Range | None:
    """The place of a number of that value with a percent sign or word, or beside another that has
    one ("50.1 % and 49.9")."""
    for region in regions:
        mentions = list(_numbers_in(index, region))
        stated = [
            m
            for m in mentions
            if value in m.values and (m.percent or any(other.percent for other in mentions))
        ]
        if stated and region != (0, len(index.text)):
            best = next((m for m in stated if m.percent), stated[0])
            return best.start, best.end
        if marked := next((m for m in stated if m.percent), None):
            return marked.start, marked.end
    return None


def find_currency(index: TextIndex, value: object, regions: list[Range]) -> Range | None:
    """The place of a currency's mark or name."""
    return _search(index, currency_pattern(str(value)), regions)


def find_country(index: TextIndex, value: object, regions: list[Range]) -> Range | None:
    """The place of a country's name, adjective or short form."""
    return _search(index, country_pattern(str(value)), regions)


def find_any(index: TextIndex, pattern: re.Pattern[str], regions: list[Range]) -> Range | None:
    """The first match of a folded pattern in any of the regions."""
    return next((p for region in regions if (p := index.find_pattern(pattern, region))), None)


_FINDERS: dict[Support, Finder] = {
    Support.NAME: find_name,
    Support.WORDS: find_words,
    Support.GIST: find_words,
    Support.DATE: find_date,
    Support.NUMBER: find_number,
    Support.PERCENT: find_percent,
    Support.CURRENCY: find_currency,
    Support.COUNTRY: find_country,
}


def _quote_evidence(document: Document, quote: str, span: Span) -> Evidence:
    found = document.text[span.start : span.end] if span.start is not None else quote
    # What the model wrote is kept as the value where it is not what stands in the text.
    value = quote if found != quote else None
    return _placed(
        document, Evidence("", value, found, span.start, span.end, span.status, span.score)
    )


def _field_evidence(document: Document, path: str, value: object, check: Check) -> Evidence:
    start, end = check.place or (None, None)
    text = decimal_text(value) if isinstance(value, Decimal) else str(value)
    quote = document.text[start:end] if start is not None else None
    score = 100.0 if check.status in ("quoted", "elsewhere") else 0.0
    return _placed(document, Evidence(path, text, quote, start, end, check.status, score))


def _placed(document: Document, evidence: Evidence) -> Evidence:
    """The same with layer, page, place and boxes, if it stands anywhere."""
    start, end = evidence.start, evidence.end
    if start is None or end is None:
        return evidence
    page, place = page_and_place(document, start)
    layer, boxes = layer_at(document, start), boxes_of(document, start, end)
    return replace(evidence, layer=layer, page=page, place=place, boxes=boxes)


def _search(index: TextIndex, pattern: re.Pattern[str], regions: list[Range]) -> Range | None:
    matches = (pattern.search(index.masked, *region) for region in regions)
    return next((m.span() for m in matches if m and m.end() > m.start()), None)


@lru_cache(maxsize=4096)
def _name_pattern(needle: str) -> re.Pattern[str]:
    words = _WORD.findall(needle)
    return re.compile(r"[\W_]{0,3}".join(_loose(w) for w in words) if words else r"(?!)")


@lru_cache(maxsize=4096)
def _stem_pattern(word: str) -> re.Pattern[str]:
    if word.isascii() and word.isalpha() and len(word) > 4:
        return re.compile(rf"(?<!\w){re.escape(word[: max(4, len(word) - 3)])}\w{{0,6}}")
    return re.compile(_loose(word))


def _loose(word: str) -> str:
    """A folded word as a pattern; a Russian or Kazakh one with any ending."""
    if _CYRILLIC.match(word) and len(word) >= 4:
        return rf"(?<!\w){re.escape(word[: max(3, len(word) - 2)])}\w{{0,4}}(?!\w)"
    if "\u3400" <= word[0] <= "\u9fff":
        return re.escape(word)
    return rf"(?<!\w){re.escape(word)}(?!\w)"


def _dates_in(index: TextIndex, region: Range) -> Iterable[DateMention]:
    if region == (0, len(index.text)):
        return index.dates
    return _shifted_dates(index.masked[region[0] : region[1]], region[0], index.dated)


def _numbers_in(index: TextIndex, region: Range) -> Iterable[NumberMention]:
    if region == (0, len(index.text)):
        return index.numbers
    return _shifted_numbers(index.masked[region[0] : region[1]], region[0])


@lru_cache(maxsize=512)
def _shifted_dates(text: str, offset: int, dated: str | None) -> tuple[DateMention, ...]:
    return tuple(
        DateMention(m.start + offset, m.end + offset, m.edtf) for m in read_dates(text, dated=dated)
    )


@lru_cache(maxsize=512)
def _shifted_numbers(text: str, offset: int) -> tuple[NumberMention, ...]:
    return tuple(
        NumberMention(m.start + offset, m.end + offset, m.values, m.percent)
        for m in read_numbers(text)
    )


def _says(mention: DateMention, side: str, others: list[DateMention], index: TextIndex) -> bool:
    if not supports(mention.edtf, side):
        return False
    if not mention.edtf.startswith("XXXX"):
        return True
    # A day without a year counts if the year is written beside it or is the document's own.
    return (
        any(other.edtf[:4] == side[:4] for other in others) or (index.dated or "")[:4] == side[:4]
    )


def _rival(index: TextIndex, support: Support, value: object, quotes: list[Range]) -> Range | None:
    """Another value of the same kind in the quotes, which speaks against this one."""
    if support is Support.DATE:
        return next(((m.start, m.end) for q in quotes for m in _dates_in(index, q)), None)
    if support in (Support.NUMBER, Support.PERCENT):
        mentions = (m for q in quotes for m in _numbers_in(index, q))
        return next(
            ((m.start, m.end) for m in mentions if support is Support.NUMBER or m.percent), None
        )
    if support is Support.CURRENCY:
        return _search(index, any_currency_pattern(), quotes)
    return None


def _has_foreign_numbers(index: TextIndex, value: str, region: Range) -> bool:
    return _numbers_missing(index, value, [region])


def _numbers_missing(index: TextIndex, value: str, regions: list[Range]) -> bool:
    present = [m.values for r in regions for m in _numbers_in(index, r)]
    return any(
        not any(m.values & other for other in present) for m in read_numbers(value, words=False)
    )
