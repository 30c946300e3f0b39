"""Quotes to places in a document. The document is folded once; every occurrence is considered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from rapidfuzz import fuzz

from pipeline.domain import Span
from pipeline.ground.gate import case_differs, edges, judge
from pipeline.text.folding import Folded, Range, endnote_marks, fold, fold_text, is_unspaced
from pipeline.values.dates import DateMention, read_dates
from pipeline.values.numbers import NumberMention, read_numbers

MIN_FUZZY = 12  # folded characters, Chinese ones counted twice; a shorter quote is near to anything
FUZZY_CUTOFF = 80.0
MAX_FUZZY_TEXT = 300_000  # folded characters; beyond, near matches are sought in the passage alone
_SCALE_AHEAD = re.compile(r"\s?[万亿萬億千百十]")
_EDGE = " \"'.,;:!?()[]•#‹›《》-"
_NOWHERE = Span("missing", None, None, 0.0)


class TextIndex:
    """A document's text prepared for finding things in it. `dated` is the document's own date as
    EDTF; what stands in the ranges `set_aside`, such as pull-quotes, is found there only if it
    stands nowhere else."""

    def __init__(
        self, text: str, dated: str | None = None, set_aside: Sequence[Range] = ()
    ) -> None:
        self.text = text
        self.set_aside = set_aside
        self.dated = dated
        self.marks = endnote_marks(text)
        self.folded: Folded = fold(text, self.marks)
        self._mark_starts = {start for start, _ in self.marks}

    @cached_property
    def folded_with_marks(self) -> Folded:
        """Folded with the endnote marks kept, for quotes that copied them."""
        return fold(self.text) if self.marks else self.folded

    @cached_property
    def folded_with_hyphens(self) -> Folded:
        """Folded with hyphens at line ends kept, for words that are written with one anyway."""
        return fold(self.text, self.marks, keep_hyphens=True)

    @cached_property
    def masked(self) -> str:
        """The text with its endnote marks blanked, offsets unchanged: numbers are read from
        here."""
        if not self.marks:
            return self.text
        parts, position = [], 0
        for start, end in self.marks:
            parts += [self.text[position:start], " " * (end - start)]
            position = end
        return "".join(parts) + self.text[position:]

    @cached_property
    def numbers(self) -> list[NumberMention]:
        """All numbers of the document."""
        return read_numbers(self.masked)

    @cached_property
    def dates(self) -> list[DateMention]:
        """All dates of the document."""
        return read_dates(self.masked, dated=self.dated)

    def locate(self, quote: str, near: Range | None = None, beside: int | None = None) -> Span:
        """Where `quote` stands. Of several places the one within `near` (the passage) wins, then
        the one nearest to `beside` (the record's other quotes), then the first."""
        exact = unicodedata.normalize("NFC", quote).strip()
        if not exact:
            return _NOWHERE
        place = self._best(self._exact_places(exact), near, beside)
        if place:
            return Span("exact", *place, 100.0)
        wanted = fold_text(exact)
        for needle, folded in self._needles(exact, wanted):
            place = self._best(self._folded_places(needle, folded), near, beside)
            if place:
                changed = case_differs(exact, self.text[place[0] : place[1]])
                return Span("conflict" if changed else "normalised", *place, 100.0)
        return self._near_match(exact, wanted, near)

    def _needles(self, exact: str, wanted: str) -> Iterator[tuple[str, Folded]]:
        """What to look for and where, from the likeliest on: with endnote marks, with hyphens at
        line ends kept, without punctuation around it."""
        kept = fold(exact, keep_hyphens=True).text
        for needle in dict.fromkeys((wanted, kept, _bare(wanted), _bare(kept))):
            if needle:
                yield from (
                    (needle, folded)
                    for folded in (self.folded, self.folded_with_marks, self.folded_with_hyphens)
                )

    def find_folded(self, needle: str, near: Range) -> Range | None:
        """The first place of the folded `needle` within the source range `near`, whole words
        only."""
        low, high = self.folded.from_source(*near)
        return next(iter(self._folded_places(needle, self.folded, low, high)), None)

    def find_pattern(self, pattern: re.Pattern[str], near: Range) -> Range | None:
        """The first match of `pattern` in the folded text within the source range `near`."""
        low, high = self.folded.from_source(*near)
        match = pattern.search(self.folded.text, low, high)
        return (
            self.folded.to_source(*match.span()) if match and match.end() > match.start() else None
        )

    def splits_a_word(self, start: int, end: int) -> bool:
        """Whether the range begins or ends inside a word or a number: "signed" in "unsigned", "2"
        in "2.5" or "20亿"."""
        text = self.text
        if start and _joined(text[start - 1], text[start]):
            return True
        if (
            start > 1
            and text[start].isdigit()
            and text[start - 1] in ".,"
            and text[start - 2].isdigit()
        ):
            return True
        if end < len(text) and end not in self._mark_starts and _joined(text[end - 1], text[end]):
            return True
        if end < len(text) and text[end - 1].isdigit():
            if (
                end + 1 < len(text)
                and text[end] in ".,"
                and text[end + 1].isdigit()
                and end + 1 not in self._mark_starts
            ):
                return True
            return _SCALE_AHEAD.match(text, end) is not None
        return False

    def _exact_places(self, quote: str) -> Iterator[Range]:
        at = self.text.find(quote)
        while at >= 0:
            if not self.splits_a_word(at, at + len(quote)):
                yield at, at + len(quote)
            at = self.text.find(quote, at + 1)

    def _folded_places(
        self, needle: str, folded: Folded, low: int = 0, high: int | None = None
    ) -> Iterator[Range]:
        high = len(folded.text) if high is None else high
        at = folded.text.find(needle, low, high)
        while at >= 0:
            place = folded.to_source(at, at + len(needle))
            if not folded.splits_a_character(at, at + len(needle)) and not self.splits_a_word(
                *place
            ):
                yield place
            at = folded.text.find(needle, at + 1, high)

    def _best(
        self, places: Iterable[Range], near: Range | None, beside: int | None
    ) -> Range | None:
        def rank(place: Range) -> tuple[bool, bool, int, int]:
            aside = any(low <= place[0] < high for low, high in self.set_aside)
            outside = near is not None and not (near[0] <= place[0] and place[1] <= near[1])
            return aside, outside, 0 if beside is None else abs(place[0] - beside), place[0]

        return min(places, key=rank, default=None)

    def _near_match(self, quote: str, wanted: str, near: Range | None) -> Span:
        if len(wanted) + sum(map(is_unspaced, wanted)) < MIN_FUZZY:
            return _NOWHERE
        whole = (0, len(self.folded.text))
        regions = [self.folded.from_source(*near)] if near else []
        if whole[1] <= MAX_FUZZY_TEXT and whole not in regions:
            regions.append(whole)
        best = _NOWHERE
        for low, high in regions:
            hay = self.folded.text[low:high]
            if len(hay) < len(wanted) // 2:
                continue
            # The function swaps its arguments when the first is longer, so give it a text that is
            # not.
            hay = hay.ljust(len(wanted))
            found = fuzz.partial_ratio_alignment(wanted, hay, score_cutoff=FUZZY_CUTOFF)
            if found is None:
                continue
            span = self._judged(
                quote, low + found.dest_start, min(low + found.dest_end, high), found.score
            )
            if span.status == "fuzzy":
                return span
            if best.status == "missing":
                best = span
        return best

    def _judged(self, quote: str, low: int, high: int, score: float) -> Span:
        low, high = self._to_words(low, high)
        start, end = self.folded.to_source(low, high)
        skip_left, skip_right = edges(quote, self.masked[start:end])
        start, end = start + skip_left, end - skip_right
        verdict = judge(quote, self.masked[start:end])
        if verdict == "fuzzy" and self.splits_a_word(start, end):
            verdict = "conflict"
        return _NOWHERE if verdict == "missing" else Span(verdict, start, end, round(score, 1))

    def _to_words(self, low: int, high: int) -> Range:
        """A folded range widened by two words on either side, for `edges` to trim: alignment may
        cut one in two."""
        text = self.folded.text
        for _ in range(3):
            low = max(text.rfind(" ", max(0, low - 40), max(0, low - 1)) + 1, low - 40, 0)
            ahead = text.find(" ", high + 1, high + 40)
            high = min(ahead if ahead >= 0 else high + 40, len(text))
        return low, high


def locate_all(index: TextIndex, quotes: list[str], near: Range | None = None) -> list[Span]:
    """The places of a record's quotes, in order; a quote with several places goes to the one beside
    the others."""
    first = [index.locate(quote, near) for quote in quotes]
    sure = [
        s.start
        for s, q in zip(first, quotes, strict=True)
        if s.start is not None and index.text.count(q) == 1
    ]
    if not sure or len(quotes) == 1:
        return first
    return [
        s if index.text.count(q) == 1 else index.locate(q, near, sure[0])
        for s, q in zip(first, quotes, strict=True)
    ]


def _bare(folded: str) -> str:
    """Without punctuation around it, but not without a sign or point that belongs to a number."""
    stripped = folded.strip(_EDGE)
    if stripped[:1].isdigit() and folded[: len(folded) - len(folded.lstrip(_EDGE))][-1:] in (
        "-",
        ".",
        ",",
    ):
        return ""
    return stripped


def _joined(left: str, right: str) -> bool:
    if is_unspaced(left) or is_unspaced(right):
        return False
    return left.isalnum() and right.isalnum()
