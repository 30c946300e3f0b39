"""Lines of a paged document to paragraphs: joined over columns and pages, notes, captions and running heads told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.domain import Layer
from pipeline.readers.columns import Column, Line, Table, Word, reading_order, rows_of
from pipeline.readers.layout import Block, mark_pull_quotes
from pipeline.readers.lines import WIDE, Page, joined_text, line_text, plain_text, row_of, words_of
from pipeline.readers.rulings import find_grids
from pipeline.readers.scale import to_usual_size

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NOTE_MARK = re.compile(r"^(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|\d{1,3}[.)]?\s|[*†‡§]{1,3})")
_NUMBERED = re.compile(r"^[\[(]?([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|\d{1,3}(?=[\])]?[.)]?\s))")
_BULLET = re.compile(r"^[•▪●◦■‣·]\s*|^[–—]\s")
_CAPTION = re.compile(
    r"^(?:(?:figure|fig\.|table|chart|box|рисунок|рис\.|таблица|табл\.|сурет|кесте)\s*\d|\d{1,3}-(?:сурет|кесте)|[图表]\s*\d)",
    re.IGNORECASE,
)
_ENDNOTES = re.compile(
    r"^(?:(?:end)?notes?|references|примечания|сноски|ескертпелер|ескертулер|(?:尾?注释?)|参考文献)$", re.IGNORECASE
)
_PAGE_NUMBER = re.compile(
    r"^[-–—\s]*(?:(?:page|стр\.?|с\.|бет|第)\s*)?(?:\d{1,4}|[ivxlc]{1,6})\s*(?:(?:of|из|/)\s*\d{1,4})?\s*页?[-–—\s]*$",
    re.IGNORECASE,
)
_TERMINAL = re.compile(r"[.!?…:;。！？；：][\"'”’»)\]」』]*[⁰¹²³⁴⁵⁶⁷⁸⁹,]*$")
_SMALL, _LARGE = 0.93, 1.12
_ZONE = 0.13  # of the page's height, above and below, where running heads and page numbers stand


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together, each with its page. `edge` is the right edge of the column that the last one is in."""

    lines: list[tuple[Page, Line]]
    edge: float
    indented: bool
    layer: Layer = "body"
    size: float = 0.0
    bold: bool = False
    first: str = ""
    last: str = ""
    number: int = 0
    hanging: bool = False

    def finish(self) -> _Paragraph:
        """Fill in what follows from the lines."""
        self.size = median(line.size for _, line in self.lines)
        self.bold = all(word.bold for _, line in self.lines for word in line.words)
        self.first, self.last = plain_text(*self.lines[0]), plain_text(*self.lines[-1])
        return self

    def take(self, other: _Paragraph) -> None:
        """Go on with the lines of another."""
        self.lines += other.lines
        self.edge, self.last = other.edge, other.last


def blocks_of(pages: Sequence[Page]) -> list[Block]:
    """The blocks of a document in reading order; running heads are taken out of the pages' words."""
    body = to_usual_size(pages)
    furniture = list(_furniture(pages, body))
    found: list[_Paragraph | tuple[Page, Table]] = []
    gutters: list[float] = []
    for page in pages:
        for part in _parts(page, gutters):
            found += [(page, part)] if isinstance(part, Table) else _paragraphs(page, part, body)
    whole = list(_joined(found, body))
    blocks = list(_as_blocks(whole, body, words_of(pages)))
    mark_pull_quotes(blocks, [block for block in blocks if block.layer == "body" and block.level])
    return blocks + furniture


def _parts(page: Page, gutters: list[float]) -> list[Column | Table]:
    """The columns and tables of a page in reading order; a ruled table parts what stands above it from what stands below."""
    words = page.words
    parts: list[Column | Table] = []
    last: list[Column | Table] = []
    for grid in sorted(find_grids(page.rules), key=lambda grid: grid.rows[0]):
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
        parts += [*reading_order([w for w in rest if (w.top + w.bottom) / 2 < grid.rows[0]], gutters), rows]
        words = [w for w in rest if (w.top + w.bottom) / 2 >= grid.rows[0]]
    return [*parts, *reading_order(words, gutters), *last]


def _furniture(pages: Sequence[Page], body: float) -> Iterator[Block]:
    """Running heads and feet, once each: rows near the edge that repeat on other pages, and page numbers, which are dropped."""
    candidates: list[tuple[Page, list[Word], str, str, bool]] = []
    for page in pages:
        rows = rows_of([w for w in page.words if w.bottom < _ZONE * page.height or w.top > (1 - _ZONE) * page.height])
        for row in rows:
            row.sort(key=lambda w: w.left)
            text = plain_text(page, Line(row))
            at_top = row[0].bottom < page.height / 2
            place = f"{'header' if at_top else 'footer'} {round(row[0].top / 4)}"
            # Large letters head a section, "Part 2" after "Part 1" at the top of a page too.
            pattern = text if Line(row).size > 1.05 * body else re.sub(r"[0-9]+", "#", text.casefold())
            candidates.append((page, row, text, f"{place} {pattern}", at_top))
    times = Counter(key for *_, key, _ in candidates)
    seen: set[str] = set()
    for page, row, text, key, at_top in candidates:
        number = _PAGE_NUMBER.match(text) is not None and len(row) <= 5
        if times[key] < 2 and not (number and _alone(page, row)):
            continue
        gone = {id(word) for word in row}
        page.words = [word for word in page.words if id(word) not in gone]
        if not number and key not in seen:
            seen.add(key)
            content, boxes = line_text(page, Line(row))
            yield Block(content, "header" if at_top else "footer", page=page.number, boxes=boxes)


def _alone(page: Page, row: list[Word]) -> bool:
    """Whether a row is the outermost of its page and apart from the others."""
    top, bottom = min(w.top for w in row), max(w.bottom for w in row)
    inside = {id(word) for word in row}
    others = [w for w in page.words if id(w) not in inside]
    gap = 0.8 * (bottom - top)
    return all(w.bottom < top - gap for w in others) or all(w.top > bottom + gap for w in others)


def _paragraphs(page: Page, column: Column, body: float) -> Iterator[_Paragraph]:
    lines = column.lines
    if not lines:
        return
    notes = _notes_from(page, lines, body)
    left = min(line.left for line in lines)
    # A few lines may stick out: code, addresses, formulas.
    edge = sorted((line.right for line in lines), reverse=True)[len(lines) // 20]
    pitch = median([b.bottom - a.bottom for a, b in pairwise(lines)] or [body * 1.2])
    current: _Paragraph | None = None
    for index, line in enumerate(lines):
        text = plain_text(page, line)
        if current and not _breaks(current, lines, index, text, (left, edge, pitch, body)) and index != notes:
            current.lines.append((page, line))
            continue
        if current:
            yield current.finish()
        indented = line.left - left > 0.6 * line.size
        current = _Paragraph([(page, line)], edge, indented, "footnote" if index >= notes else "body", number=_number(text))
        current.hanging = current.number > 0 or _BULLET.match(text) is not None
        if _CAPTION.match(text) and index < notes:
            current.layer = "caption"
    if current:
        yield current.finish()


def _breaks(current: _Paragraph, lines: list[Line], index: int, text: str, column: tuple[float, float, float, float]) -> bool:
    """Whether a paragraph ends before the line `index` of a column, given as (left, right, usual distance of lines,
    size of the body)."""
    left, edge, pitch, body = column
    line, before = lines[index], lines[index - 1]
    size = max(line.size, before.size)
    if line.bottom - before.bottom > max(1.15 * pitch, pitch + 1.8) or min(line.size, before.size) < size / _LARGE:
        return True
    if line.bottom < before.top:  # further up: the next column
        return True
    if all(w.bold for w in line.words) != all(w.bold for w in before.words) and len(current.lines) <= 2:
        return True
    if _BULLET.match(text) or (_number(text) and _number(text) == current.number + 1 and line.left - left < 0.6 * size):
        return True
    first_of_paragraph = len(current.lines) == 1
    shift = line.left - before.left
    ended = _TERMINAL.search(plain_text(current.lines[-1][0], before)) is not None
    if text[:1].islower() and not ended:
        return False  # a sentence goes on
    if first_of_paragraph and current.indented and abs(shift) < 0.3 * size and ended:
        return True  # its second line would stand further left
    if shift > 0.6 * size:
        following = lines[index + 1] if index + 1 < len(lines) else None
        back = following is not None and following.left < line.left - 0.6 * size
        if (back or following is None or ended) and not (first_of_paragraph and current.hanging):
            return back or ended
    if shift < -0.6 * size and not (first_of_paragraph and current.indented):
        return True
    if size > 1.5 * body:
        return False  # the lines of a title are broken where they please
    # A new paragraph if its first word would have had room in the line before.
    room = edge - before.right - 0.3 * size
    needed = 2 * size if WIDE.match(text) else line.words[0].right - line.words[0].left
    return needed < room


def _notes_from(page: Page, lines: list[Line], body: float) -> int:
    """The index of the first line of the footnotes at the end of a column."""
    start = len(lines)
    while start and lines[start - 1].size < _SMALL * body and lines[start - 1].top > 0.35 * page.height:
        start -= 1
    while start < len(lines) and not _NOTE_MARK.match(plain_text(page, lines[start])):
        start += 1
    numbers = [number for line in lines[start:] if (number := _number(plain_text(page, line)))]
    # Listings in small type may begin with numbers too, but the same ones again and again.
    return len(lines) if len(set(numbers)) * 3 < len(numbers) * 2 else start


def _number(text: str) -> int:
    match = _NUMBERED.match(text)
    return int(match[1].translate(_PLAIN)) if match else 0


def _joined(found: Sequence[_Paragraph | tuple[Page, Table]], body: float) -> Iterator[_Paragraph | tuple[Page, Table]]:
    """The same with paragraphs that go on in another column or page made one."""
    long = [p for p in found if isinstance(p, _Paragraph) and p.layer == "body" and len(p.lines) > 2]
    indents = sum(p.indented for p in long) * 2 > len(long)
    last: _Paragraph | None = None
    waiting: list[_Paragraph | tuple[Page, Table]] = []
    for part in found:
        if isinstance(part, tuple) or part.layer != "body":
            waiting.append(part)
            continue
        if last and _continues(last, part, body, indents):
            last.take(part)
            continue
        if last:
            yield last
        yield from waiting
        waiting, last = [], part
    if last:
        yield last
    yield from waiting


def _continues(last: _Paragraph, part: _Paragraph, body: float, indents: bool) -> bool:
    (page, end), (next_page, start) = last.lines[-1], part.lines[0]
    if page is next_page and start.top >= end.top and start.left < end.right:
        return False  # below it in one column: told apart already
    if _level(last, body) or _level(part, body) or abs(last.size - part.size) > 0.08 * body or _BULLET.match(part.first):
        return False
    if part.number and part.number == last.number + 1:
        return False
    if not _TERMINAL.search(last.last) or part.first[:1].islower():
        return True
    full = end.right > last.edge - 0.6 * end.size
    return full and not part.indented and (indents or len(last.lines) > 1)


def _level(paragraph: _Paragraph, body: float) -> int:
    """The level of a heading, 0 for other paragraphs: larger than the body, or short and bold throughout."""
    if paragraph.layer != "body" or len(paragraph.lines) > 4:
        return 0
    if paragraph.size > 1.5 * body:
        return 1
    if paragraph.size > _LARGE * body:
        return 2
    short = len(paragraph.lines) <= 2 and not re.search(r"[.,;。]$", paragraph.last)
    return 3 if short and paragraph.bold else 0


def _as_blocks(
    found: Iterator[_Paragraph | tuple[Page, Table]] | list[_Paragraph | tuple[Page, Table]], body: float, words: Counter[str]
) -> Iterator[Block]:
    tables, in_endnotes = 0, False
    for part in found:
        if isinstance(part, tuple):
            page, table = part
            tables += 1
            for number, row in enumerate(table.rows, 1):
                yield row_of(page, row, (tables, number), words)
            continue
        level = _level(part, body)
        title = _ENDNOTES.match(part.first.strip().rstrip(":")) is not None and len(part.lines) == 1
        if level or title:
            in_endnotes = title
        text, boxes, spans = joined_text(part.lines, words)
        layer: Layer = "endnote" if in_endnotes and not title and part.layer in ("body", "footnote") else part.layer
        yield Block(text, layer, max(level, 2 * title), spans=spans, boxes=boxes)
