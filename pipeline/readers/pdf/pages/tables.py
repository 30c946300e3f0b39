"""Tables without drawn lines: rows that are split alike, with cells that leave much of their
columns empty."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

from pipeline.readers.pdf.pages.words import GUTTER_PT, Word, covered, runs, wide

TABLE_ROWS = 3
WIDE_EMS = 7  # a column so wide holds words, which may go on in another line; numbers do not
Cells: TypeAlias = "list[list[Word]]"


@dataclass(slots=True)
class Table:
    """Rows of cells, each cell a list of words in no order."""

    rows: list[list[list[Word]]]


def as_table(rows: list[list[Word]]) -> Table | None:
    """The rows as a table, if most of them are split alike and the cells leave much of their
    columns empty."""
    edges = column_edges(rows) if rows else []
    if len(edges) < 2:
        return None
    cells = [cells_of(row, edges) for row in rows]
    joined = _joined(cells)
    split = [row for row in joined if sum(1 for cell in row if cell) >= 2]
    if len(split) < TABLE_ROWS or len(split) * 3 < len(joined) * 2:
        return None
    fills = []
    for index, (lo, hi) in enumerate(edges):
        widths = [
            max(w.right for w in row[index]) - min(w.left for w in row[index])
            for row in cells
            if row[index]
        ]
        whole = max(widths, default=0.0)
        fills.append(median(widths) / whole if whole else 1.0)
        if not _aligned([row[index] for row in cells if row[index]]):
            return None
        if median(widths or [0.0]) > 0.9 * whole and hi - lo > 150 and len(edges) == 2:
            return None  # a column of text
    aligned = sum(
        1 for row in split if len({round(w.bottom) for cell in row for w in cell[:1]}) == 1
    )
    if min(fills) > 0.8 or aligned * 3 < len(split) * 2:
        return None
    return Table(joined)


def lines_of_last_row(rows: list[list[Word]], behind: list[list[Word]]) -> int:
    """How many of the lines behind a table go on with its last row."""
    edges = column_edges(rows)
    lines = [cells_of(row, edges) for row in rows]
    extents = _extents(lines)
    above, count = lines[-1], 0
    for row in behind:
        line = cells_of(row, edges)
        crosses = any(w.left < edge < w.right for _, edge in edges[:-1] for w in row)
        near = min(w.top for w in row) - max(w.bottom for cell in above for w in cell) < row[0].size
        if crosses or not near or not _goes_on(above, line, extents):
            break
        above, count = line, count + 1
    return count


def cells_of(line: list[Word], edges: list[tuple[float, float]]) -> Cells:
    """The words of a line by the columns that their middles lie in; the outermost ones reach as
    far as there are words."""
    inner = [low for low, _ in edges[1:]]
    cells: Cells = [[] for _ in edges]
    for word in line:
        cells[bisect_right(inner, (word.left + word.right) / 2)].append(word)
    return cells


def _joined(lines: list[Cells]) -> list[Cells]:
    """Lines as rows: one in which only wide cells go on, and perhaps the first, belongs to the row
    above."""
    extents = _extents(lines)
    rows: list[Cells] = []
    above: Cells = []
    for line in lines:
        if rows and _goes_on(above, line, extents):
            rows[-1] = [[*old, *new] for old, new in zip(rows[-1], line, strict=True)]
        else:
            rows.append(line)
        above = line
    return rows


def _goes_on(above: Cells, line: Cells, extents: list[tuple[float, float]]) -> bool:
    filled = [index for index, cell in enumerate(line) if cell]
    wide_ones = [
        index
        for index in filled
        if extents[index][1] - extents[index][0] > WIDE_EMS * line[index][0].size
    ]
    if not wide_ones or any(index not in (0, *wide_ones) for index in filled) or all(line):
        return False
    return all(
        above[index] and _wraps(above[index], line[index], extents[index][1]) for index in filled
    )


def _wraps(cell: list[Word], below: list[Word], right: float) -> bool:
    """Whether the first word below would not have fitted at the end of a cell's line, and stands
    where the line begins."""
    first = min(below, key=lambda w: w.left)
    begins = abs(min(w.left for w in cell) - first.left) < 3
    return (
        begins and right - max(w.right for w in cell) < first.right - first.left + 0.3 * first.size
    )


def _extents(lines: list[Cells]) -> list[tuple[float, float]]:
    """The left and right edge of the words in each column."""
    columns = [[word for line in lines for word in line[column]] for column in range(len(lines[0]))]
    return [
        (min((w.left for w in c), default=0.0), max((w.right for w in c), default=0.0))
        for c in columns
    ]


def _aligned(cells: list[list[Word]]) -> bool:
    """Whether most cells of a column share their left edges, right edges or middles, as those of a
    table do."""
    lefts = [min(w.left for w in cell) for cell in cells]
    rights = [max(w.right for w in cell) for cell in cells]
    middles = [(a + b) / 2 for a, b in zip(lefts, rights, strict=True)]
    for places in (lefts, rights, middles):
        usual = median(places)
        if sum(1 for place in places if abs(place - usual) < 3) * 10 >= 7 * len(places):
            return True
    return False


def column_edges(rows: list[list[Word]]) -> list[tuple[float, float]]:
    """The columns between gaps that all rows leave free, as (left, right)."""
    left = min(word.left for row in rows for word in row)
    used = 0
    for row in rows:
        used |= covered(row, left)
    inner = ((1 << used.bit_length()) - 1) & ~used
    edges, start = [], left
    for first, last in runs(wide(inner)):
        x = left + (first + last - GUTTER_PT) / 2
        edges.append((start, x))
        start = x
    edges.append((start, left + used.bit_length() + 1))
    return edges
