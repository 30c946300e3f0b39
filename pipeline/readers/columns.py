"""Reading order of the words on a page: a recursive cut at gutters (after Nagy and Seth's XY-cut, 1984). Pure geometry.

A gutter is a gap of 6 pt or more that at least 4 consecutive rows of words share. Rows above and below it are read before and
after the columns beside it. A block whose columns are mostly empty and share their baselines is a table, read by rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

GUTTER_PT = 6
GUTTER_ROWS = 4
# In justified text gaps of a few rows can stand above each other by chance ("rivers"); a narrow column needs more of them.
COLUMN_PT, RIVER_ROWS = 130, 14
NARROW_PT = 36  # what is narrower is no column: bullets, or the numbers of a list
TABLE_ROWS = 3


@dataclass(slots=True)
class Word:
    """A run of characters without a gap: their range in the page's characters and the box around them, in points from the
    page's top left corner; `size` is the height of a line in its font, `spaced` whether a space stands before it."""

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    spaced: bool


class Line:
    """Words on one baseline, in order, with the edges and the size of most of its characters."""

    __slots__ = ("bottom", "left", "right", "size", "text", "top", "words")

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
        self.text: str | None = None


@dataclass(slots=True)
class Column:
    """Lines read one after the other."""

    lines: list[Line]


@dataclass(slots=True)
class Table:
    """Rows of cells, each cell a list of words in no order."""

    rows: list[list[list[Word]]]


def reading_order(words: Sequence[Word], known: list[float] | None = None) -> list[Column | Table]:
    """The words of a page as columns of lines and tables, in the order they are read.

    `known` holds the gutters of earlier pages, where one row on either side is enough; those found here are added.
    """
    known = [] if known is None else known
    found: list[Column | Table] = []
    pending = [list(words)]
    while pending:
        part = pending.pop()
        if not part:
            continue
        rows = _rows(part)
        cut = _widest_cut(rows, known)
        if cut is None:
            found.append(Column([Line(sorted(row, key=lambda w: w.left)) for row in rows]))
            continue
        first, last, gutter = cut
        split = _split(rows[first:last], gutter)
        if split and (table := _table(split)) is not None:
            if above := _flat(rows[: rows.index(split[0])]):
                found += reading_order(above, known)
            found.append(table)
            pending.append(_flat(rows[rows.index(split[-1]) + 1 :]))
            continue
        inside, above, below = rows[first:last], _flat(rows[:first]), _flat(rows[last:])
        if not any(abs(gutter - other) < GUTTER_PT for other in known):
            known.append(gutter)
        left = [word for row in inside for word in row if word.right <= gutter]
        right = [word for row in inside for word in row if word.right > gutter]
        pending += [below, right, left, above]
    return found


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words by rows, from the top: those that overlap by half their height or more share one."""
    return _rows(words)


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    tops: list[float] = []
    bottoms: list[float] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.left)):
        middle = (word.top + word.bottom) / 2
        # Only the last rows can take it: words come by their middles.
        for index in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            if tops[index] < middle < bottoms[index] or word.top < (tops[index] + bottoms[index]) / 2 < word.bottom:
                rows[index].append(word)
                if word.size >= rows[index][0].size:
                    tops[index], bottoms[index] = min(tops[index], word.top), max(bottoms[index], word.bottom)
                break
        else:
            rows.append([word])
            tops.append(word.top)
            bottoms.append(word.bottom)
    return rows


def _widest_cut(rows: list[list[Word]], known: list[float]) -> tuple[int, int, float] | None:
    """The gutter that most rows share, as (first row, row after the last, x), or None.

    Columns need not share baselines, so a row may hold words of one side alone; each side must have GUTTER_ROWS in all.
    """
    if len(rows) < GUTTER_ROWS and not known:
        return None
    left = min(word.left for row in rows for word in row)
    right = max(word.right for row in rows for word in row)
    full = (1 << (int(right - left) + 2)) - 1
    free = [full & ~_covered(row, left) for row in rows]
    best: tuple[int, int, int, float] | None = None
    first = 0
    while first < len(rows):
        shared, last = free[first], first + 1
        while last < len(rows) and _wide(shared & free[last]):
            shared &= free[last]
            last += 1
        found = None
        for start, end in _runs(_wide(shared)):
            x = left + (start + end - GUTTER_PT) / 2
            beside = sum(1 for row in rows[first:last] if min(w.left for w in row) < x)
            behind = sum(1 for row in rows[first:last] if max(w.right for w in row) > x)
            both = min(beside, behind)
            if x - left < NARROW_PT or right - x < NARROW_PT:
                continue
            needed = 1 if any(abs(x - other) < GUTTER_PT for other in known) else GUTTER_ROWS
            if min(x - left, right - x) < COLUMN_PT and both < RIVER_ROWS and _table(_split(rows[first:last], x)) is None:
                continue
            if both >= needed and (found is None or both > found[0]):
                found = (both, first, last, x)
        if found and (best is None or found[0] > best[0]):
            best = found
        first = max(first + 1, last - GUTTER_ROWS) if found else first + 1
    return best[1:] if best else None


def _split(rows: list[list[Word]], x: float) -> list[list[Word]]:
    """The rows from the first to the last that has words on either side of x: a table begins and ends with such."""
    both = [i for i, row in enumerate(rows) if min(w.left for w in row) < x < max(w.right for w in row)]
    return rows[both[0] : both[-1] + 1] if both else []


def _covered(row: list[Word], left: float) -> int:
    """A bit for each point of the row, from `left` on, that a word covers."""
    covered = 0
    for word in row:
        start, end = int(word.left - left), int(word.right - left) + 1
        covered |= ((1 << (end - start)) - 1) << start
    return covered


def _runs(mask: int) -> list[tuple[int, int]]:
    """The runs of set bits of a mask as (first, last)."""
    runs = []
    while mask:
        start = (mask & -mask).bit_length() - 1
        rest = ~(mask >> start)
        length = (rest & -rest).bit_length() - 1
        runs.append((start, start + length - 1))
        mask &= ~(((1 << length) - 1) << start)
    return runs


def _wide(mask: int) -> int:
    """The bits of a mask that end a run of GUTTER_PT set ones."""
    for _ in range(GUTTER_PT - 1):
        mask &= mask << 1
    return mask


def _table(rows: list[list[Word]]) -> Table | None:
    """The rows as a table, if most of them are split alike and the cells leave much of their columns empty."""
    edges = _column_edges(rows) if rows else []
    if len(edges) < 2:
        return None
    cells = [[[w for w in row if lo <= (w.left + w.right) / 2 < hi] for lo, hi in edges] for row in rows]
    split = [row for row in cells if sum(1 for cell in row if cell) >= 2]
    if len(split) < TABLE_ROWS or len(split) * 3 < len(rows) * 2:
        return None
    fills = []
    for index, (lo, hi) in enumerate(edges):
        widths = [max(w.right for w in row[index]) - min(w.left for w in row[index]) for row in cells if row[index]]
        whole = max(widths, default=0.0)
        fills.append(median(widths) / whole if whole else 1.0)
        if not _aligned([row[index] for row in cells if row[index]]):
            return None
        if median(widths or [0.0]) > 0.9 * whole and hi - lo > 150 and len(edges) == 2:
            return None  # a column of text
    aligned = sum(1 for row in split if len({round(w.bottom) for cell in row for w in cell[:1]}) == 1)
    if min(fills) > 0.8 or aligned * 3 < len(split) * 2:
        return None
    return Table(cells)


def _aligned(cells: list[list[Word]]) -> bool:
    """Whether most cells of a column share their left edges, right edges or middles, as those of a table do."""
    lefts = [min(w.left for w in cell) for cell in cells]
    rights = [max(w.right for w in cell) for cell in cells]
    middles = [(a + b) / 2 for a, b in zip(lefts, rights, strict=True)]
    for places in (lefts, rights, middles):
        usual = median(places)
        if sum(1 for place in places if abs(place - usual) < 3) * 10 >= 7 * len(places):
            return True
    return False


def _column_edges(rows: list[list[Word]]) -> list[tuple[float, float]]:
    """The columns between gaps that all rows leave free, as (left, right)."""
    left = min(word.left for row in rows for word in row)
    covered = 0
    for row in rows:
        covered |= _covered(row, left)
    inner = ((1 << covered.bit_length()) - 1) & ~covered
    edges, start = [], left
    for first, last in _runs(_wide(inner)):
        x = left + (first + last - GUTTER_PT) / 2
        edges.append((start, x))
        start = x
    edges.append((start, left + covered.bit_length() + 1))
    return edges


def _flat(rows: list[list[Word]]) -> list[Word]:
    return [word for row in rows for word in row]
