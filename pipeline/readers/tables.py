"""Tables without drawn lines: rows that are split alike, with cells that leave much of their columns empty."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from pipeline.readers.words import GUTTER_PT, Word, covered, runs, wide

TABLE_ROWS = 3


@dataclass(slots=True)
class Table:
    """Rows of cells, each cell a list of words in no order."""

    rows: list[list[list[Word]]]


def as_table(rows: list[list[Word]]) -> Table | None:
    """The rows as a table, if most of them are split alike and the cells leave much of their columns empty."""
    edges = column_edges(rows) if rows else []
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
