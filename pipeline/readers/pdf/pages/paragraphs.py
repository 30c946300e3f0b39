"""Lines of a paged document to blocks: paragraphs joined over columns and pages; notes, captions
and tables told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from pipeline.domain import Layer
from pipeline.readers.layout import Block, mark_pull_quotes
from pipeline.readers.pdf.pages.bars import BarTable, find_bars
from pipeline.readers.pdf.pages.breaks import (
    SMALL,
    Measures,
    Paragraph,
    breaks,
    continues,
    is_bullet,
    number_of,
)
from pipeline.readers.pdf.pages.columns import Band, Column, reading_order
from pipeline.readers.pdf.pages.furniture import take_furniture, take_sideways
from pipeline.readers.pdf.pages.lines import Page, joined_text, plain_text, row_of, words_of
from pipeline.readers.pdf.pages.rulings import Grid, find_grids
from pipeline.readers.pdf.pages.scale import to_usual_size
from pipeline.readers.pdf.pages.tables import Table
from pipeline.readers.pdf.pages.words import Line

_NOTE_MARK = re.compile(r"^(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|\d{1,3}[.)]?(?:\s|(?=[A-ZА-ЯЁ«“„\"]))|[*†‡§]{1,3})")
# Not "Box 9 contains ...": a caption goes on with a mark or a capital.
_CAPTION = re.compile(
    r"^(?:(?i:figure|fig\.|table|chart|box|рисунок|рис\.|таблица|табл\.|сурет|кесте)\s*(?:\d+|[IVX]+)(?:\.\d+)?"
    r"(?:\s*[.:|–—)]|\s+[\"“«(A-ZА-ЯЁӘҒҚҢӨҰҮІ]|\s*$)|\d{1,3}-(?i:сурет|кесте)|[图表]\s*\d)"
)
_ENDNOTES = re.compile(
    r"^(?:(?:end)?notes?|references|примечания|сноски|ескертпелер|ескертулер|(?:尾?注释?)|参考文献)$",
    re.IGNORECASE,
)
Part: TypeAlias = "Paragraph | tuple[Page, Table]"


def blocks_of(pages: Sequence[Page]) -> list[Block]:
    """The blocks of a document in reading order; running heads are taken out of the pages'
    words."""
    body = to_usual_size(pages)
    furniture = [*take_furniture(pages, body), *take_sideways(pages)]
    found: list[Part] = []
    gutters: list[Band] = []
    for page in pages:
        for part in whole(page, _parts(page, gutters), gutters):
            found += [(page, part)] if isinstance(part, Table) else _paragraphs(page, part, body)
    joined = list(_joined(found, body))
    _mark_endnotes(joined, body)
    blocks = list(_as_blocks(joined, body, words_of(pages)))
    mark_pull_quotes(blocks, [block for block in blocks if block.layer == "body" and block.level])
    return blocks + furniture


def _parts(page: Page, gutters: list[Band]) -> list[Column | Table]:
    """The columns and tables of a page in reading order; a ruled table parts what stands above it
    from what stands below."""
    words = page.words
    parts: list[Column | Table] = []
    last: list[Column | Table] = []
    drawn: list[Grid | BarTable] = [*find_grids(page.rules), *find_bars(page.rules, words)]
    for grid in sorted(drawn, key=lambda grid: grid.rows[0]):
        inside = [word for word in words if grid.holds(word)]
        rows = grid.table(inside)
        if len(rows.rows) < 2 or not any(sum(map(bool, row)) > 1 for row in rows.rows):
            continue
        held = {id(word) for word in inside}
        rest = [word for word in words if id(word) not in held]
        if any(word.bottom > grid.rows[0] and word.top < grid.rows[-1] for word in rest):
            words = rest
            last.append(rows)  # in one of several columns: it parts nothing
            continue
        above = [w for w in rest if (w.top + w.bottom) / 2 < grid.rows[0]]
        parts += [*reading_order(above, gutters, page.rules), rows]
        words = [w for w in rest if (w.top + w.bottom) / 2 >= grid.rows[0]]
    return [*parts, *reading_order(words, gutters, page.rules), *last]


def whole(page: Page, parts: list[Column | Table], gutters: list[Band]) -> list[Column | Table]:
    """The parts of a page with what none of them holds behind them: whatever is taken for a table,
    no word is lost."""
    held = {
        id(word)
        for part in parts
        for words in (
            (line.words for line in part.lines)
            if isinstance(part, Column)
            else (cell for row in part.rows for cell in row)
        )
        for word in words
    }
    left = [word for word in page.words if id(word) not in held]
    return [*parts, *reading_order(left, gutters, page.rules)] if left else parts


def _paragraphs(page: Page, column: Column, body: float) -> Iterator[Paragraph]:
    lines = column.lines
    if not lines:
        return
    notes = _notes_from(page, lines, body)
    usual = Measures(lines, body)
    current: Paragraph | None = None
    for index, line in enumerate(lines):
        text = plain_text(page, line)
        if current and not breaks(current, lines, index, text, usual) and index != notes:
            current.lines.append((page, line))
            continue
        if current:
            yield current.finish()
        layer: Layer = (
            "footnote" if index >= notes else "caption" if _CAPTION.match(text) else "body"
        )
        indented = line.left - usual.left > 0.6 * line.size
        current = Paragraph([(page, line)], usual.right, indented, layer, number=number_of(text))
        current.hanging = current.number > 0 or is_bullet(text)
    if current:
        yield current.finish()


def _notes_from(page: Page, lines: list[Line], body: float) -> int:
    """The index of the first line of the footnotes at the end of a column."""
    start = len(lines)
    while (
        start and lines[start - 1].size < SMALL * body and lines[start - 1].top > 0.35 * page.height
    ):
        start -= 1
    while start < len(lines) and not _NOTE_MARK.match(plain_text(page, lines[start])):
        start += 1
    numbers = [number for line in lines[start:] if (number := number_of(plain_text(page, line)))]
    # Listings in small type may begin with numbers too, but the same ones again and again.
    return len(lines) if len(set(numbers)) * 3 < len(numbers) * 2 else start


def _joined(found: Sequence[Part], body: float) -> Iterator[Part]:
    """The same with paragraphs that go on in another column or page made one."""
    long = [p for p in found if isinstance(p, Paragraph) and p.layer == "body" and len(p.lines) > 2]
    indents = sum(p.indented for p in long) * 2 > len(long)
    last: Paragraph | None = None
    waiting: list[Part] = []
    for part in found:
        if isinstance(part, tuple) or part.layer != "body":
            waiting.append(part)
            continue
        if last and continues(last, part, body, indents=indents):
            last.take(part)
            continue
        if last:
            yield last
        yield from waiting
        waiting, last = [], part
    if last:
        yield last
    yield from waiting


def _mark_endnotes(parts: Sequence[Part], body: float) -> None:
    """Give the layer of endnotes to the small paragraphs at the end of the document that count from
    1, if the page's footnotes do not hold them all."""
    start = len(parts)
    while start and isinstance(part := parts[start - 1], Paragraph) and part.size < SMALL * body:
        start -= 1
    small = [part for part in parts[start:] if isinstance(part, Paragraph)]
    first = next((index for index, part in enumerate(small) if part.number == 1), len(small))
    numbers = [part.number for part in small[first:] if part.number]
    if (
        len(numbers) >= 3
        and numbers == list(range(1, len(numbers) + 1))
        and any(p.layer == "body" for p in small[first:])
    ):
        for part in small[first:]:
            part.layer = "endnote"


def _as_blocks(found: Sequence[Part], body: float, words: Counter[str]) -> Iterator[Block]:
    tables, in_endnotes = 0, False
    for part in found:
        if isinstance(part, tuple):
            page, table = part
            tables += 1
            for number, row in enumerate(table.rows, 1):
                yield row_of(page, row, (tables, number), words)
            continue
        level = part.level(body)
        title = _ENDNOTES.match(part.first.strip().rstrip(":")) is not None and len(part.lines) == 1
        if level or title:
            in_endnotes = title
        text, boxes, spans = joined_text(part.lines, words)
        layer: Layer = (
            "endnote"
            if in_endnotes and not title and part.layer in ("body", "footnote")
            else part.layer
        )
        yield Block(text, layer, max(level, 2 * title), spans=spans, boxes=boxes)
