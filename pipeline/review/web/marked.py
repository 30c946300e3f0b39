"""Text with marks in it, cut into pieces that a template can show. Offsets are code points, which
is what Python counts; a browser would count otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.passages import sentences
from pipeline.store.texts import Mark

_LETTERS = 12  # fewer are no sentence: a number, a heading of one word


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. `marks` are those that cover it, and `begins` is whether a quote of a record
    begins here; `focus` is 'quote' or 'value' where it is what the reader came for, and `first`
    whether such text begins here; `bare` is whether it is in a sentence that no record quotes."""

    text: str
    marks: tuple[Mark, ...] = ()
    focus: str = ""
    first: bool = False
    bare: bool = False
    begins: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The types of the records that quote it; that of the shortest quote first."""
        shortest = sorted(self.marks, key=lambda mark: mark.end - mark.start)
        return tuple(dict.fromkeys(mark.table for mark in shortest))


def pieces(
    start: int,
    text: str,
    marks: Sequence[Mark] = (),
    focus: Sequence[tuple[int, int]] = (),
    bare: Iterable[tuple[int, int]] = (),
) -> list[Piece]:
    """Cut `text`, which begins at `start`, where anything begins or ends. `focus` is the place of
    the quote and that of the value in it; `bare` are sentences that no record quotes."""
    end = start + len(text)
    lonely = list(bare)
    places = [(m.start, m.end) for m in marks] + [*focus, *lonely]
    cuts = sorted({start, end, *(c for place in places for c in place if start < c < end)})
    found: list[Piece] = []
    seen = False
    for low, high in pairwise(cuts):
        over = tuple(m for m in marks if m.start < high and m.end > low)
        inside = [n for n, (a, b) in enumerate(focus) if a < high and b > low]
        name = ("quote", "value")[inside[-1]] if inside else ""
        is_bare = any(a < high and b > low for a, b in lonely)
        shown = text[low - start : high - start]
        begins = any(m.start == low and not m.field for m in over)
        found.append(Piece(shown, over, name, bool(name) and not seen, is_bare, begins))
        seen = seen or bool(name)
    return found


def bare_sentences(start: int, text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """The sentences that no record quotes, as places in the document."""
    quoted = sorted((m.start - start, m.end - start) for m in marks if not m.field)
    found = []
    for low, high in sentences(text):
        letters = sum(c.isalpha() for c in text[low:high])
        if letters >= _LETTERS and not any(a < high and b > low for a, b in quoted):
            found.append((start + low, start + high))
    return found


def quoted_at(marks: Sequence[Mark], place: int) -> tuple[int, int]:
    """The shortest quote of a record that a place is in; the place alone where there is none."""
    over = [m for m in marks if not m.field and m.start <= place < m.end]
    found = min(over, key=lambda m: m.end - m.start, default=None)
    return (found.start, found.end) if found else (place, place + 1)
