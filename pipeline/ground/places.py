"""Where a slice of a document's text stands in its file: layer, page, place, and the rectangles
around it on the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from math import isnan

from pipeline.domain import Box, Document, Layer, Region
from pipeline.text.folding import Range


def layer_at(document: Document, offset: int) -> Layer:
    """The layer of the text at an offset."""
    region = _region_at(document, offset)
    return region.layer if region else "body"


def page_and_place(document: Document, offset: int) -> tuple[int | None, str | None]:
    """The page, counted from 1, and the place such as "table 1, row 2, cell 3" of an offset, as far
    as they are known."""
    region = _region_at(document, offset)
    return (region.page, region.place) if region else (None, None)


def boxes_of(document: Document, start: int, end: int) -> tuple[Box, ...]:
    """The rectangles that hold `document.text[start:end]`, one for each line of each page; none
    without drawn text."""
    return tuple(_boxes(document, start, end)) if document.boxes else ()


def heads_above(document: Document, quotes: Iterable[Range]) -> tuple[Range, ...]:
    """The headings above the quotes, of each level the nearest one, the first row of the tables in
    which they stand, and what stands before the colon of their lines, as the speaker of a
    transcript does."""
    found: dict[Range, None] = {}
    for start, _ in quotes:
        found.update(dict.fromkeys(_headings_above(document, start)))
        if row := _first_row(document.text, start):
            found[row] = None
        if label := _label(document.text, start):
            found[label] = None
    return tuple(found)


def _headings_above(document: Document, offset: int) -> Iterator[Range]:
    count = bisect_right(document.headings, offset, key=lambda heading: heading.start)
    level = 99
    for heading in reversed(document.headings[:count]):
        if heading.level < level:
            level = heading.level
            yield heading.start, heading.end


def _first_row(text: str, offset: int) -> Range | None:
    """The first of the lines of cells, "| a | b |", among which an offset is."""
    start = text.rfind("\n", 0, offset) + 1
    if text[start : start + 1] != "|":
        return None
    while start and text[text.rfind("\n", 0, start - 1) + 1] == "|":
        start = text.rfind("\n", 0, start - 1) + 1
    end = text.find("\n", start)
    return start, len(text) if end < 0 else end


_LABEL = re.compile(r"[^\W\d_][^\n:.!?|]{0,118}(?=: )")


def _label(text: str, offset: int) -> Range | None:
    """What stands before the first colon of the line of an offset, if it could be a name."""
    match = _LABEL.match(text, text.rfind("\n", 0, offset) + 1)
    return match.span() if match and match.end() < offset else None


def _boxes(document: Document, start: int, end: int) -> Iterator[Box]:
    first = max(0, bisect_right(document.regions, start, key=lambda region: region.start) - 1)
    for region in document.regions[first:]:
        if region.start >= end:
            return
        if region.page is not None:
            yield from _lines(document, max(start, region.start), min(end, region.end), region.page)


def _lines(document: Document, start: int, end: int, page: int) -> Iterator[Box]:
    line: tuple[float, float, float, float] | None = None
    for index in range(start, end):
        left, top, right, bottom = document.boxes[4 * index : 4 * index + 4]
        if isnan(left):  # nothing is drawn
            continue
        if (
            line is not None
            and min(bottom, line[3]) - max(top, line[1]) > 0.4 * (bottom - top)
            and left >= line[0]
        ):
            line = (line[0], min(top, line[1]), max(right, line[2]), max(bottom, line[3]))
            continue
        if line is not None:
            yield Box(page, *(round(edge, 2) for edge in line))
        line = (left, top, right, bottom)
    if line is not None:
        yield Box(page, *(round(edge, 2) for edge in line))


def _region_at(document: Document, offset: int) -> Region | None:
    """The region that holds an offset, or that of the cell behind it where it is a table's mark."""
    index = bisect_right(document.regions, offset, key=lambda region: region.start) - 1
    if index >= 0 and offset < document.regions[index].end:
        return document.regions[index]
    following = document.regions[index + 1] if index + 1 < len(document.regions) else None
    behind_marks = following is not None and not document.text[offset : following.start].strip(
        "| \n"
    )
    return following if behind_marks and document.text[offset : offset + 1] == "|" else None
