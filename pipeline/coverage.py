"""Sentences that no record quotes although they look as if they said something: with a sum, a
percentage, a date, a number, a company, a name that other records know, or a verb of agreement.

Evidence shows what is wrong with a record; this shows where one may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pipeline.domain import ACCEPTED, Document, GroundedRecord, Uncovered
from pipeline.ground.vocabulary import cue_pattern
from pipeline.passages import sentences
from pipeline.records import describe, leaves
from pipeline.resolve.lexicon import words
from pipeline.text.folding import Range, fold_text, is_unspaced
from pipeline.values.dates import read_dates
from pipeline.values.numbers import read_numbers
from pipeline.values.places import any_currency_pattern

CUES = ("money", "percent", "date", "number", "legal_form", "name", "deed")
# What people do with each other, as the vocabulary of the rules knows it.
_DEEDS = (
    "signing", "agreeing", "founding", "ending", "suspending", "drafting",
    "negotiating", "merging", "requested", "asked", "received", "pledged", "takes_effect",
    "announcing",
)  # fmt: skip
_LETTERS = 12  # fewer are no sentence: a number, a heading of one word
_NAME = 4  # letters of a name, below which it stands in any text


def uncovered(document: Document, records: Iterable[GroundedRecord]) -> list[Uncovered]:
    """The sentences of a document's passages that carry cues and that no accepted quote touches."""
    kept = list(records)
    quoted = sorted(
        (e.start, e.end)
        for record in kept
        for e in record.evidence
        if not e.field and e.status in ACCEPTED and e.start is not None and e.end is not None
    )
    names = known_names(kept)
    return [
        Uncovered(start, end, cues)
        for start, end in _sentences(document)
        if not _touched((start, end), quoted)
        and (cues := cues_of(document.text[start:end], document.language or "en", names))
    ]


def cues_of(sentence: str, language: str, names: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """The cues of a sentence, in the order of CUES. `names` finds names in folded text."""
    return tuple(cue for cue, there in _cues(sentence, language, names) if there)


def known_names(records: Iterable[GroundedRecord]) -> re.Pattern[str] | None:
    """A pattern of the names in supported values of records, for folded text; None without any."""
    found = {
        fold_text(str(value))
        for record in records
        for path, spec, value in leaves(record.record, describe(type(record.record)))
        if spec.mention and path not in record.doubted
    }
    long = sorted((name for name in found if len(name) >= _NAME or is_unspaced(name[:1])), key=len)
    if not long:
        return None
    return re.compile("|".join(_whole(name) for name in reversed(long)))


def _cues(
    sentence: str, language: str, names: re.Pattern[str] | None
) -> Iterator[tuple[str, bool]]:
    numbers = read_numbers(sentence)
    dates = [(date.start, date.end) for date in read_dates(sentence)]
    yield "money", bool(numbers) and any_currency_pattern().search(sentence) is not None
    yield "percent", any(number.percent for number in numbers)
    yield "date", bool(dates)
    yield "number", any(not _touched((n.start, n.end), dates) for n in numbers)
    folded = fold_text(sentence)
    yield "legal_form", _legal_forms().search(sentence) is not None
    yield "name", names is not None and names.search(folded) is not None
    yield "deed", any(cue_pattern(deed, language).search(sentence) for deed in _DEEDS)


def _sentences(document: Document) -> Iterator[Range]:
    text = document.text
    for start, end in sentences(text, 0, document.passages_end):
        if sum(letter.isalpha() for letter in text[start:end]) >= (
            _LETTERS if not is_unspaced(text[start]) else _LETTERS // 3
        ):
            yield start, end


def _touched(span: Range, others: Iterable[Range]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


@cache
def _legal_forms() -> re.Pattern[str]:
    """As they are written: short ones are words too (`as`, `se`) unless they are in capitals."""
    known = words()
    found = set(known.han_forms)
    for form in (" ".join(form) for form in known.legal_forms):
        short = len(form) < _NAME
        found |= {form.upper()} if len(form) == 2 else {form.upper(), form.title()}
        found |= set() if short or len(form) == 1 else {form}
    return re.compile("|".join(map(_whole, sorted(found - {""}, key=len, reverse=True))))


def _whole(text: str) -> str:
    """A pattern of a text as a whole word; of scripts without spaces anywhere."""
    plain = re.escape(text)
    return plain if is_unspaced(text[:1]) else rf"(?<!\w){plain}(?!\w)"
