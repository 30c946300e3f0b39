"""Where a paragraph of a paged document ends, and where another column or page goes on with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.domain import Layer
from pipeline.readers.pdf.pages.lines import WIDE, Page, plain_text
from pipeline.readers.pdf.pages.words import Line

SMALL, LARGE = 0.93, 1.12  # of the body's size: notes are smaller, headings larger
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NUMBERED = re.compile(r"^[\[(]?([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|\d{1,3}(?=[\])]?[.)]?(?:\s|[A-ZА-ЯЁ«“„\"])))")
_BULLET = re.compile(r"^[•▪●◦■‣·]\s*|^[–—]\s")
_TERMINAL = re.compile(r"[.!?…:;。！？；：][\"'”’»)\]」』]*[⁰¹²³⁴⁵⁶⁷⁸⁹,]*$")
# A full stop behind an initial or one of these ends no sentence.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(«“])(?:[A-ZА-ЯЁ]|Dr|Mr|Mrs|Ms|Prof|St|[Nn]o|[Nn]os|vol|pp?|cf|e\.g|i\.e|см|См|им|ул|стр|(?<!\d"
    r" )г|т)\.$"
)
_SAME = 0.07  # sizes that differ by less are one


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, each with its page. `edge` is the right edge of the column that
    the last one is in."""

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

    def finish(self) -> Paragraph:
        """Fill in what follows from the lines."""
        self.size = median(line.size for _, line in self.lines)
        self.bold = all(word.bold for _, line in self.lines for word in line.words)
        self.first, self.last = plain_text(*self.lines[0]), plain_text(*self.lines[-1])
        return self

    def take(self, other: Paragraph) -> None:
        """Go on with the lines of another."""
        self.lines += other.lines
        self.edge, self.last = other.edge, other.last

    def level(self, body: float) -> int:
        """The level of a heading, 0 for other paragraphs: larger than the body, or short and bold
        throughout."""
        if self.layer != "body" or len(self.lines) > 4:
            return 0
        if self.size > 1.5 * body:
            return 1
        if self.size > LARGE * body:
            return 2
        short = len(self.lines) <= 2 and not re.search(r"[.,;。]$", self.last)
        return 3 if short and self.bold else 0


class Measures:
    """What is usual in a column: its edges and the distance of lines of each size. `body` is the
    size of the body's letters."""

    def __init__(self, lines: list[Line], body: float) -> None:
        self.body = body
        self.left = min(line.left for line in lines)
        # A few lines may stick out: code, addresses, formulas.
        self.right = sorted((line.right for line in lines), reverse=True)[len(lines) // 20]
        self._gaps = [(b.bottom - a.bottom, a.size, b.size) for a, b in pairwise(lines)]
        self._pitch = median([gap for gap, _, _ in self._gaps] or [body * 1.2])
        self._pitches: dict[float, float] = {}

    def pitch(self, size: float) -> float:
        """The usual distance of lines of a size; of all lines where there are too few of it."""
        if size not in self._pitches:
            same = [
                gap
                for gap, a, b in self._gaps
                if 0 < gap < 3 * size and max(abs(a - size), abs(b - size)) < _SAME * size
            ]
            self._pitches[size] = median(same) if len(same) > 2 else self._pitch
        return self._pitches[size]


def number_of(text: str) -> int:
    """The number that a line begins with as a list's item or a note does; 0 for none."""
    match = _NUMBERED.match(text)
    return int(match[1].translate(_PLAIN)) if match else 0


def is_bullet(text: str, *, after_sentence: bool = True) -> bool:
    """Whether a line begins an item; a dash does so only where a sentence has ended."""
    return _BULLET.match(text) is not None and (after_sentence or text[0] not in "–—")


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with this text."""
    return _TERMINAL.search(text) is not None and not _ABBREVIATED.search(text)


def breaks(current: Paragraph, lines: list[Line], index: int, text: str, usual: Measures) -> bool:
    """Whether a paragraph ends before the line `index` of a column, whose text is given."""
    line, before = lines[index], lines[index - 1]
    size = max(line.size, before.size)
    pitch = usual.pitch(line.size)
    if (
        line.bottom - before.bottom > max(1.15 * pitch, pitch + 1.8)
        or min(line.size, before.size) < size / LARGE
    ):
        return True
    if line.bottom < before.top:  # further up: the next column
        return True
    if (
        all(w.bold for w in line.words) != all(w.bold for w in before.words)
        and len(current.lines) <= 2
    ):
        return True
    ended = ends_sentence(plain_text(current.lines[-1][0], before))
    if is_bullet(text, after_sentence=ended) or (
        _follows(current, text, ended=ended) and line.left - usual.left < 0.6 * size
    ):
        return True
    if text[:1].islower() and not ended:
        return False  # a sentence goes on
    decided = _by_indent(current, lines, index, ended=ended)
    if decided is not None:
        return decided
    if size > 1.5 * usual.body:
        return False  # the lines of a title are broken where they please
    return _had_room(current, lines, index, text, usual)


def continues(last: Paragraph, part: Paragraph, body: float, *, indents: bool) -> bool:
    """Whether a paragraph goes on with another one, which stands in the next column or page, or
    behind a wrong cut. `indents` is whether this document's paragraphs are indented."""
    (page, end), (next_page, start) = last.lines[-1], part.lines[0]
    ended, goes_on = ends_sentence(last.last), part.first[:1].islower()
    below = page is next_page and start.top >= end.top and start.left < end.right
    if below and (ended or not goes_on or start.bottom - end.bottom > 1.6 * end.size):
        return False  # in one column: told apart already
    if last.level(body) or part.level(body) or abs(last.size - part.size) > 0.08 * body:
        return False
    if is_bullet(part.first, after_sentence=ended) or _follows(last, part.first, ended=ended):
        return False
    if not ended or goes_on:
        return True
    full = end.right > last.edge - 0.6 * end.size
    return full and not part.indented and (indents or len(last.lines) > 1)


def _follows(current: Paragraph, text: str, *, ended: bool) -> bool:
    """Whether a text begins with the number after the paragraph's; the first of a list follows a
    sentence that has ended."""
    number = number_of(text)
    return number > 0 and number == current.number + 1 and (current.number > 0 or ended)


def _by_indent(current: Paragraph, lines: list[Line], index: int, *, ended: bool) -> bool | None:
    """What the left edges of the lines say about a break; None for nothing."""
    line, before = lines[index], lines[index - 1]
    size, shift = max(line.size, before.size), line.left - before.left
    first_of_paragraph = len(current.lines) == 1
    if first_of_paragraph and current.indented and abs(shift) < 0.3 * size and ended:
        return True  # its second line would stand further left
    if shift > 0.6 * size:
        following = lines[index + 1] if index + 1 < len(lines) else None
        back = following is not None and following.left < line.left - 0.6 * size
        if (back or following is None or ended) and not (first_of_paragraph and current.hanging):
            return back or ended
    if shift < -0.6 * size and not (first_of_paragraph and current.indented):
        return True
    return None


def _had_room(
    current: Paragraph, lines: list[Line], index: int, text: str, usual: Measures
) -> bool:
    """Whether the line's first word would have had room in the line before: then it begins a
    paragraph. Where no sentence has ended, much room is asked for."""
    line, before = lines[index], lines[index - 1]
    alike = [
        other
        for other in lines[index : index + 3]
        if abs(other.left - line.left) < 0.6 * line.size
        and abs(other.size - line.size) < _SAME * line.size
    ]
    near = [*(other for _, other in current.lines), *alike]
    # A quotation or an abstract may be narrower than its column.
    edge = min(usual.right, max(other.right for other in near)) if len(near) > 2 else usual.right
    room = edge - before.right - 0.3 * max(line.size, before.size)
    if WIDE.search(text[:6]):
        digits = len(text) - len(text.lstrip("0123456789.,"))  # not every program breaks numbers
        return room > (2 + 0.6 * digits) * line.size
    needed = _first_word(line)
    if not ends_sentence(plain_text(current.lines[-1][0], before)):
        needed = max(3 * needed, 0.25 * (edge - usual.left))
    return needed < room


def _first_word(line: Line) -> float:
    """The width of a line up to its first space."""
    right = line.words[0].right
    for word in line.words[1:]:
        if word.spaced:
            break
        right = word.right
    return right - line.words[0].left
