"""Words, lines and drawn lines of a page, and the gaps between words: pure geometry, points from
the top left corner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.readers.layout import Boxes

GUTTER_PT = 6  # the least width of a gap between columns


@dataclass(slots=True)
class Word:
    """A run of characters without a gap: their range in the page's characters and the box around
    them, in points from the page's top left corner; `size` is the height of a line in its font,
    `spaced` whether a space stands before it."""

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    spaced: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical line: its box, in points from the page's top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def level(self) -> bool:
        """Whether it is horizontal."""
        return self.right - self.left > self.bottom - self.top


class Line:
    """Words on one baseline, in order, with the edges and the size of most of its characters."""

    __slots__ = ("bottom", "drawn", "left", "right", "size", "top", "words")

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        sizes: Counter[float] = Counter()
        for word in words:
            sizes[word.size] += word.end - word.start
        self.size = max(sizes, key=lambda size: sizes[size])
        usual = [word for word in words if word.size > 0.85 * self.size]
        self.left = words[0].left
        self.right = max(word.right for word in words)
        self.top = min(word.top for word in usual)
        self.bottom = median(word.bottom for word in usual)
        self.drawn: tuple[str, Boxes] | None = None  # its text with boxes, once it is asked for


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words by rows, from the top: those that overlap by half their height or more share one."""
    rows: list[list[Word]] = []
    tops: list[float] = []
    bottoms: list[float] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.left)):
        middle = (word.top + word.bottom) / 2
        # Only the last rows can take it: words come by their middles.
        for index in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            if (
                tops[index] < middle < bottoms[index]
                or word.top < (tops[index] + bottoms[index]) / 2 < word.bottom
            ):
                rows[index].append(word)
                if word.size >= rows[index][0].size:
                    tops[index], bottoms[index] = (
                        min(tops[index], word.top),
                        max(bottoms[index], word.bottom),
                    )
                break
        else:
            rows.append([word])
            tops.append(word.top)
            bottoms.append(word.bottom)
    return rows


def covered(row: list[Word], left: float) -> int:
    """A bit for each point of the row, from `left` on, that a word covers."""
    mask = 0
    for word in row:
        start, end = int(word.left - left), int(word.right - left) + 1
        mask |= ((1 << (end - start)) - 1) << start
    return mask


def runs(mask: int) -> list[tuple[int, int]]:
    """The runs of set bits of a mask as (first, last)."""
    found = []
    while mask:
        start = (mask & -mask).bit_length() - 1
        rest = ~(mask >> start)
        length = (rest & -rest).bit_length() - 1
        found.append((start, start + length - 1))
        mask &= ~(((1 << length) - 1) << start)
    return found


def wide(mask: int) -> int:
    """The bits of a mask that end a run of GUTTER_PT set ones."""
    for _ in range(GUTTER_PT - 1):
        mask &= mask << 1
    return mask
