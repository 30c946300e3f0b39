"""Sentences that no record quotes although they look as if they said something: with a sum, a
percentage, a date, a number, a company, a name that other records know, or a verb of agreement.

Evidence shows what is wrong with a record; this shows where one may be missing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from pipeline.domain import ACCEPTED, Document, GroundedRecord, Uncovered
from pipeline.ground.vocabulary import cue_pattern
from pipeline.passages import sentences
from pipeline.records import describe, leaves
from pipeline.resolve.word_lists import split_words, words
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
_WORD = re.compile(r"\w+")
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
    reached = _reaches(quoted)
    return [
        Uncovered(start, end, cues)
        for start, end in _sentences(document)
        if not _quoted((start, end), quoted, reached)
        and (cues := cues_of(document.text[start:end], document.language or "en", names))
    ]


@dataclass(frozen=True, slots=True)
class Names:
    """Names as folded text has them: by their words, with the numbers of words that names with the
    same first word have, and those of scripts without spaces."""

    spaced: frozenset[tuple[str, ...]]
    lengths: Mapping[str, frozenset[int]]
    unspaced: tuple[str, ...]

    def stand_in(self, folded: str) -> bool:
        """Whether one stands in a text, as whole words or, without spaces, anywhere."""
        if any(name in folded for name in self.unspaced):
            return True
        said = _WORD.findall(folded)
        return any(
            tuple(said[at : at + length]) in self.spaced
            for at, word in enumerate(said)
            for length in self.lengths.get(word, ())
        )


def cues_of(sentence: str, language: str, names: Names | None = None) -> tuple[str, ...]:
    """The cues of a sentence, in the order of CUES."""
    return tuple(cue for cue, there in _cues(sentence, language, names) if there)


def known_names(records: Iterable[GroundedRecord]) -> Names | None:
    """The names in supported values of records; None without any."""
    found = {
        fold_text(str(value))
        for record in records
        for path, spec, value in leaves(record.record, describe(type(record.record)))
        if spec.mention and path not in record.doubted
    }
    unspaced = tuple(sorted(name for name in found if is_unspaced(name[:1])))
    spaced = {tuple(_WORD.findall(name)) for name in found - {*unspaced} if len(name) >= _NAME}
    spaced.discard(())
    if not unspaced and not spaced:
        return None
    lengths: dict[str, set[int]] = {}
    for name in spaced:
        lengths.setdefault(name[0], set()).add(len(name))
    return Names(frozenset(spaced), {w: frozenset(n) for w, n in lengths.items()}, unspaced)


def _cues(sentence: str, language: str, names: Names | None) -> Iterator[tuple[str, bool]]:
    numbers = read_numbers(sentence)
    dates = [(date.start, date.end) for date in read_dates(sentence)]
    yield "money", bool(numbers) and any_currency_pattern().search(sentence) is not None
    yield "percent", any(number.percent for number in numbers)
    yield "date", bool(dates)
    yield "number", any(not _touched((n.start, n.end), dates) for n in numbers)
    yield "legal_form", _has_legal_form(sentence)
    yield "name", names is not None and names.stand_in(fold_text(sentence))
    yield "deed", _deeds(language).search(sentence) is not None


@cache
def _deeds(language: str) -> re.Pattern[str]:
    patterns = (cue_pattern(deed, language) for deed in _DEEDS)
    return re.compile("|".join(pattern.pattern for pattern in patterns), re.IGNORECASE)


def _sentences(document: Document) -> Iterator[Range]:
    text = document.text
    for start, end in sentences(text, 0, document.passages_end):
        if sum(letter.isalpha() for letter in text[start:end]) >= (
            _LETTERS if not is_unspaced(text[start]) else _LETTERS // 3
        ):
            yield start, end


def _reaches(quoted: list[Range]) -> list[int]:
    """How far the quotes up to each, which are in order, reach."""
    return list(accumulate((end for _, end in quoted), max))


def _quoted(span: Range, quoted: list[Range], reached: list[int]) -> bool:
    """Whether one of the quotes, which are in order, touches a span."""
    before = bisect_left(quoted, (span[1], 0))
    return before > 0 and reached[before - 1] > span[0]


def _touched(span: Range, others: Iterable[Range]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _has_legal_form(sentence: str) -> bool:
    single, phrases, unspaced = _legal_forms()
    said = split_words(sentence)
    if any(word.casefold() in single and _is_written_as_form(word) for word in said):
        return True
    spaced = f" {' '.join(said).casefold()} "
    return any(phrase in spaced for phrase in phrases) or any(f in sentence for f in unspaced)


def _is_written_as_form(word: str) -> bool:
    """Short forms are words too (`as`, `se`, `spa`) unless they have capitals; those of two letters
    have nothing else."""
    return len(word) >= _NAME or (word.isupper() if len(word) == 2 else not word.islower())


@cache
def _legal_forms() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Folded: those of one word, those of several between blanks, and those of scripts without
    spaces."""
    known = words()
    single = frozenset(form[0] for form in known.legal_forms if len(form) == 1)
    phrases = tuple(f" {' '.join(form)} " for form in sorted(known.legal_forms) if len(form) > 1)
    return single, phrases, known.han_forms
