"""Reading order of the words on a page: a recursive cut at gutters (after Nagy and Seth's XY-cut,
1984). Pure geometry.

A gutter is a gap of 6 pt or more that at least 4 consecutive rows of words share. Rows above and
below it are read before and after the columns beside it. A block whose columns are mostly empty and
share their baselines is a table, read by rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from pipeline.readers.pdf.pages.tables import Table, as_table, lines_of_last_row
from pipeline.readers.pdf.pages.words import (
    GUTTER_PT,
    Line,
    Rule,
    Word,
    covered,
    rows_of,
    runs,
    wide,
)

GUTTER_ROWS = 4
# In justified text gaps of a few rows can stand above each other by chance ("rivers"); a narrow
# column needs more of them.
COLUMN_PT, RIVER_ROWS = 130, 14
NARROW_PT = 36  # what is narrower is no column: bullets, or the numbers of a list
CROSSING_PT = 60  # of a drawn line on either side of a gutter
APART = 1.5  # times the usual distance of lines
Band: TypeAlias = "tuple[float, float]"  # the left and right edge of a gutter


@dataclass(slots=True)
class Column:
    """Lines read one after the other."""

    lines: list[Line]


def reading_order(
    words: Sequence[Word], known: list[Band] | None = None, rules: Sequence[Rule] = ()
) -> list[Column | Table]:
    """The words of a page as columns of lines and tables, in the order they are read.

    `known` holds the gutters of earlier pages, where one row on either side is enough; those found
    here are added. A drawn line among `rules` that crosses a gutter ends it.
    """
    known = [] if known is None else known
    bars = [rule for rule in rules if rule.level]
    found: list[Column | Table] = []
    pending = [list(words)]
    while pending:
        part = pending.pop()
        if not part:
            continue
        rows = rows_of(part)
        cut = _widest_cut(rows, known, bars)
        if cut is None:
            found.append(Column([Line(sorted(row, key=lambda w: w.left)) for row in rows]))
            continue
        first, last, gutter = cut
        split = _split(rows[first:last], gutter)
        if split and (table := as_table(split)) is not None:
            if above := _flat(rows[: rows.index(split[0])]):
                found += reading_order(above, known, rules)
            behind = rows[rows.index(split[-1]) + 1 :]
            more = lines_of_last_row(split, behind)
            longer = as_table([*split, *behind[:more]])
            found.append(longer or table)
            pending.append(_flat(behind[more if longer else 0 :]))
            continue
        first, last = _trimmed(rows, first, last, gutter)
        last = _next_section(rows, first, last, gutter)
        inside, above, below = rows[first:last], _flat(rows[:first]), _flat(rows[last:])
        left = [word for row in inside for word in row if word.right <= gutter]
        right = [word for row in inside for word in row if word.right > gutter]
        band = (
            max((w.right for w in left), default=gutter),
            min((w.left for w in right), default=gutter),
        )
        if last - first >= GUTTER_ROWS and not any(_same_band(band, other) for other in known):
            known.append(band)
        pending += [below, right, left, above]
    return found


def _same_band(one: Band, other: Band) -> bool:
    return abs(one[0] - other[0]) < 3 and abs(one[1] - other[1]) < 3


def _widest_cut(
    rows: list[list[Word]], known: list[Band], rules: Sequence[Rule]
) -> tuple[int, int, float] | None:
    """The gutter that most rows share, as (first row, row after the last, x), or None.

    Columns need not share baselines, so a row may hold words of one side alone; each side must have
    GUTTER_ROWS in all.
    """
    if len(rows) < GUTTER_ROWS and not known:
        return None
    left = min(word.left for row in rows for word in row)
    right = max(word.right for row in rows for word in row)
    full = (1 << (int(right - left) + 2)) - 1
    free = [full & ~covered(row, left) for row in rows]
    edges = [(min(w.left for w in row), max(w.right for w in row)) for row in rows]
    best: tuple[int, int, int, float] | None = None
    first = 0
    while first < len(rows):
        found = None
        for start, end, stop in _shared_runs(free, first):
            x, last = left + (start + end - GUTTER_PT) / 2, stop
            if x - left < NARROW_PT or right - x < NARROW_PT:
                continue
            if rules and as_table(_split(rows[first:last], x)) is None:
                last = _barred(rows, first, last, x, rules)
            both = min(
                sum(1 for a, _ in edges[first:last] if a < x),
                sum(1 for _, b in edges[first:last] if b > x),
            )
            gap = (left + start - GUTTER_PT + 1, left + end + 1)
            needed = (
                1
                if any(gap[0] < low + 2 and gap[1] > high - 2 for low, high in known)
                else GUTTER_ROWS
            )
            if both < needed or (found is not None and both <= found[0]):
                continue
            if (
                min(x - left, right - x) < COLUMN_PT
                and both < RIVER_ROWS
                and as_table(_split(rows[first:last], x)) is None
            ):
                continue
            found = (both, first, last, x)
        if found and (best is None or found[0] > best[0]):
            best = found
        first = max(first + 1, found[2] - GUTTER_ROWS) if found else first + 1
    return best[1:] if best else None


def _shared_runs(free: list[int], first: int) -> Iterator[tuple[int, int, int]]:
    """The gaps that rows from `first` on have in common, as (first bit, last bit, row after the
    last): each as long as it lasts, and those that last longest."""
    shared, last = free[first], first + 1
    while last < len(free) and (left := wide(shared & free[last])):
        for start, end in runs(wide(shared)):
            if not left & (((1 << (end - start + 1)) - 1) << start):
                yield start, end, last
        shared &= free[last]
        last += 1
    for start, end in runs(wide(shared)):
        yield start, end, last


def _barred(rows: list[list[Word]], first: int, last: int, x: float, rules: Sequence[Rule]) -> int:
    """The row from `first` on above which one of `rules`, level lines, crosses x; `last` if none
    does. Browsers
    draw such a line in pieces."""
    near = [rule for rule in rules if rule.right > x - CROSSING_PT and rule.left < x + CROSSING_PT]
    for index in range(first + 1, last if near else first):
        above = max((w.top + w.bottom) / 2 for w in rows[index - 1])
        below = min((w.top + w.bottom) / 2 for w in rows[index])
        reach = x - CROSSING_PT
        for rule in sorted(
            (rule for rule in near if above < rule.top < below), key=lambda rule: rule.left
        ):
            if rule.left <= reach + 3:
                reach = max(reach, rule.right)
        if reach > x + CROSSING_PT:
            return index
    return last


def _next_section(rows: list[list[Word]], first: int, last: int, x: float) -> int:
    """The row of a heading that spans the columns though its words stand in the first: both columns
    end above it, balanced, and begin again on one line below it; `last` if there is none."""
    lefts = [index for index in range(first, last) if any(w.right <= x for w in rows[index])]
    rights = [index for index in range(first, last) if any(w.right > x for w in rows[index])]
    base = {index: median(w.bottom for w in rows[index] if w.right <= x) for index in lefts}
    other = {index: median(w.bottom for w in rows[index] if w.right > x) for index in rights}
    pitch = median([base[b] - base[a] for a, b in pairwise(lefts)] or [0.0])
    size = median([w.size for index in lefts for w in rows[index]] or [0.0])
    for before, index, after in zip(lefts, lefts[1:], lefts[2:], strict=False):
        heads = all(w.bold or w.size > 1.05 * size for w in rows[index])
        if index in other or not heads or base[index] - base[before] <= APART * pitch:
            continue
        ended = max((other[i] for i in rights if i < index), default=0.0)
        begun = min((other[i] for i in rights if i > index), default=0.0)
        if abs(ended - base[before]) < 1.6 * pitch and abs(begun - base[after]) < 0.3 * pitch:
            return index
    return last


def _trimmed(rows: list[list[Word]], first: int, last: int, x: float) -> tuple[int, int]:
    """The rows of a gutter without those at its beginning and end that stand left of it alone and
    apart from the others: a heading above the columns, notes below them."""
    bases = [[w.bottom for w in row if w.right <= x] for row in rows]
    both = [index for index in range(first, last) if max(w.right for w in rows[index]) > x]
    lefts = [index for index in range(first, last) if bases[index]]
    gaps = {
        index: median(bases[index]) - median(bases[before]) for before, index in pairwise(lefts)
    }
    pitch = median(list(gaps.values()) or [0.0])
    apart = [index for index in lefts if gaps.get(index, 0.0) > APART * pitch]
    # Where no row crosses the gutter above or below, what stands alone is the rest of the longer
    # column.
    starts = [index for index in apart if 0 < first < index <= both[0]]
    ends = [index for index in apart if index > both[-1]] if last < len(rows) else []
    return (starts[-1] if starts else first), (ends[0] if ends else last)


def _split(rows: list[list[Word]], x: float) -> list[list[Word]]:
    """The rows from the first to the last that has words on either side of x: a table begins and
    ends with such."""
    both = [
        i for i, row in enumerate(rows) if min(w.left for w in row) < x < max(w.right for w in row)
    ]
    return rows[both[0] : both[-1] + 1] if both else []


def _flat(rows: list[list[Word]]) -> list[Word]:
    return [word for row in rows for word in row]
