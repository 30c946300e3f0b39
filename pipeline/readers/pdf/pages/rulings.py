"""Lines drawn on a PDF page: those that form a grid are a table's, and long ones part what stands
above and below."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.readers.pdf.pages.tables import Table
from pipeline.readers.pdf.pages.words import Rule, Word

MAX_SEGMENTS = 4_000  # more are a chart or a map
_MIN_LENGTH_PT, _TOUCH_PT = 5.0, 3.0
Shown = Callable[[float, float, float, float], tuple[float, float, float, float]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: the places of its vertical and of its horizontal lines, in order."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]

    def holds(self, word: Word) -> bool:
        """Whether the middle of a word lies within."""
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        return self.columns[0] <= x <= self.columns[-1] and self.rows[0] <= y <= self.rows[-1]

    def table(self, words: list[Word]) -> Table:
        """The words in the cells of the grid; rows without words are left out."""
        rows: list[list[list[Word]]] = [[[] for _ in self.columns[1:]] for _ in self.rows[1:]]
        for word in words:
            row = _interval(self.rows, (word.top + word.bottom) / 2)
            column = _interval(self.columns, (word.left + word.right) / 2)
            rows[row][column].append(word)
        return Table([row for row in rows if any(row)])


def find_rules(page: Any, show: Shown) -> list[Rule]:
    """The horizontal and vertical lines of a page, thin rectangles included."""
    import pypdfium2.raw as c

    found: list[Rule] = []
    seen = 0
    for index in range(c.FPDFPage_CountObjects(page)):
        thing = c.FPDFPage_GetObject(page, index)
        if c.FPDFPageObj_GetType(thing) != c.FPDF_PAGEOBJ_PATH:
            continue
        count = c.FPDFPath_CountSegments(thing)
        seen += max(count, 1)
        if seen > MAX_SEGMENTS:
            return []
        for x1, y1, x2, y2 in _segments(thing, count):
            left, top, right, bottom = show(min(x1, x2), max(y1, y2), max(x1, x2), min(y1, y2))
            if (
                min(right - left, bottom - top) < 1
                and max(right - left, bottom - top) >= _MIN_LENGTH_PT
            ):
                found.append(Rule(left, top, right, bottom))
    return found


def find_grids(rules: list[Rule]) -> list[Grid]:
    """The tables that lines form: at least two columns and two rows whose lines touch."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: (r.top, r.left)):
        touching = [group for group in groups if any(_touch(rule, other) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([rule, *(other for group in touching for other in group)])
    grids = []
    for group in groups:
        columns = _places([rule.left for rule in group if not rule.level])
        rows = _places([rule.top for rule in group if rule.level])
        if len(columns) >= 3 and len(rows) >= 3:
            grids.append(Grid(columns, rows))
    return grids


def _segments(thing: Any, count: int) -> Iterator[tuple[float, float, float, float]]:
    import pypdfium2.raw as c

    matrix = c.FS_MATRIX()
    c.FPDFPageObj_GetMatrix(thing, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(count):
        segment = c.FPDFPath_GetPathSegment(thing, index)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = c.FPDFPathSegment_GetType(segment)
        if kind == c.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == c.FPDF_SEGMENT_LINETO:
            yield (*last, *here)
        if c.FPDFPathSegment_GetClose(segment):
            yield (*here, *start)
        last = here


def _touch(one: Rule, other: Rule) -> bool:
    return (
        one.left - _TOUCH_PT <= other.right
        and other.left - _TOUCH_PT <= one.right
        and one.top - _TOUCH_PT <= other.bottom
        and other.top - _TOUCH_PT <= one.bottom
    )


def _places(values: list[float]) -> tuple[float, ...]:
    """Values in order, those that lie close together as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _TOUCH_PT:
            found.append(value)
    return tuple(found)


def _interval(places: tuple[float, ...], value: float) -> int:
    return max(0, min(sum(1 for place in places if place <= value) - 1, len(places) - 2))
