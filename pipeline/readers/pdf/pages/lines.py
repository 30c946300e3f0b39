"""Words of a page to text with boxes: raised digits as superscripts, words cut at line ends
joined."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.readers.layout import NO_BOX, Block, Boxes, composed, row_block
from pipeline.readers.letters import raised
from pipeline.readers.pdf.pages.leftward import LEFTWARD, STRETCH, as_read, with_brackets
from pipeline.readers.pdf.pages.words import Line, Rule, Word, rows_of

_MARKS = ("*", "**", "***", "†", "‡", "§")
WIDE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
NOTHING = "\0"  # in a page's characters: one that is part of no text
_TAIL = 200  # characters at the end of a text that tell how it goes on
LINE_HYPHEN = (
    "\u00ad"  # in a page's characters: a hyphen that may be there only because the line ends
)


_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_AND = ("and", "or", "to", "и", "или", "und")
_CUT_WORD = re.compile(r"\w{0,40}\u00ad\s{0,3}\w{0,40}")


@dataclass(slots=True)
class Page:
    """The visible words of a page; `characters` and `boxes` are what their ranges point into;
    `rules` are the lines drawn on it; `recognised` is whether OCR put the words over a picture:
    their sizes are guesses; `sideways` are words on lines that are not level; a page that is read
    `leftward` is mirrored, its words and rules measured from its right edge."""

    number: int
    height: float
    words: list[Word]
    characters: str
    boxes: Boxes
    rules: list[Rule] = field(default_factory=list)
    recognised: bool = False
    sideways: list[Word] = field(default_factory=list)
    leftward: bool = False


def words_of(pages: Iterable[Page]) -> Counter[str]:
    """How often each word stands uncut in a document, and each pair of neighbours in words with
    several hyphens."""
    words = Counter(
        word
        for page in pages
        for word in _WORD.findall(_CUT_WORD.sub(" ", page.characters).casefold())
    )
    for word, times in list(words.items()):
        parts = re.split("[-‐]", word)
        for pair in pairwise(parts) if len(parts) > 2 else ():
            words["-".join(pair)] += times
    return words


def row_of(page: Page, row: list[list[Word]], place: tuple[int, int], words: Counter[str]) -> Block:
    """A table's row, given by the words of each cell, as a block with boxes; `place` is (table,
    row)."""
    cells = [_cell_text(page, cell, words) for cell in row]
    block = row_block([text for text, _ in cells], *place, page.number)
    boxes: Boxes = array("f", NO_BOX * len(block.text))
    for (start, end, *_), (text, drawn) in zip(
        block.spans, [c for c in cells if c[0].strip()], strict=True
    ):
        if end - start == len(text):
            boxes[4 * start : 4 * end] = drawn
    block.boxes = boxes
    return block


def _cell_text(page: Page, cell: list[Word], words: Counter[str]) -> tuple[str, Boxes]:
    lines = [(page, Line(sorted(row, key=lambda w: w.left))) for row in rows_of(cell)]
    return joined_text(lines, words)[:2]


def joined_text(
    lines: list[tuple[Page, Line]], words: Counter[str]
) -> tuple[str, Boxes, tuple[tuple[int, int, int, None], ...]]:
    """A paragraph's text with boxes, and the range of each page in it; words cut at line ends are
    joined."""
    parts: list[str] = []
    boxes: Boxes = array("f")
    spans: list[tuple[int, int, int, None]] = []
    length = 0
    for page, line in lines:
        added, drawn = line_text(page, line)
        if not added:
            continue
        before = "".join(parts[-2:])[-_TAIL:]
        if before:
            kept = _before_break(before, added, words)
            if kept is None and not _written_on(before, added):
                parts.append(" ")
                boxes.extend(NO_BOX)
                length += 1
            elif kept is not None and kept < len(before):
                parts[-1] = parts[-1][:-1]
                del boxes[-4:]
                length -= 1
        start = length
        parts.append(added)
        boxes.extend(drawn)
        length += len(added)
        if spans and spans[-1][2] == page.number:
            start = spans.pop()[0]
        spans.append((start, length, page.number, None))
    return "".join(parts), boxes, tuple((s, min(e, length), p, n) for s, e, p, n in spans)


def _written_on(text: str, added: str) -> bool:
    """Whether no space stands for the line break between two lines: Chinese has none, and breaks
    numbers too."""
    if WIDE.match(text[-1]) or WIDE.match(added):
        return True
    return (
        text[-1].isdecimal()
        and added[0].isdecimal()
        and WIDE.search(text[-12:] + added[:12]) is not None
    )


def _before_break(text: str, added: str, words: Counter[str]) -> int | None:
    """How much of `text` is kept if a hyphen or dash at its end joins it to `added`; None if a
    space belongs between them."""
    if text[-1] not in "-‐–—" or len(text) < 2 or text[-2].isspace() or not added[0].isalnum():
        return None
    head = re.search(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*[-‐]$", text)
    tail = re.match(r"[^\W\d_]+", added)
    if head is None or tail is None:
        return len(text)  # "C-" / "331", "1998–" / "2004"
    left, right = head[0][:-1].casefold(), tail[0].casefold()
    if added.split(maxsplit=1)[0] in _AND:
        return None  # "pre-" / "and post-war", but "fill-" / "and-finish"
    if words[left + right]:
        return len(text) - 1
    compound = (
        words[f"{left}-{right}"] or added[0].isupper() or (words[left] > 1 and words[right] > 1)
    )
    return len(text) if compound else len(text) - 1


def line_text(page: Page, line: Line) -> tuple[str, Boxes]:
    """A line's text in canonical form, raised digits as superscripts, with a box for each code
    point; kept for the next time."""
    if line.drawn is None:
        line.drawn = _drawn(page, line)
    return line.drawn


def _drawn(page: Page, line: Line) -> tuple[str, Boxes]:
    parts: list[str] = []
    boxes: Boxes = array("f")
    size, bottom = line.size, line.bottom
    edge = 0.0
    for word in _as_read(page, line):
        text = page.characters[word.start : word.end]
        shown = raised(text)
        mark = (
            (shown != text or text in _MARKS)
            and word.size < 0.85 * size
            and word.bottom < bottom - 0.12 * size
        )
        # Some programs draw the hyphen at a line's end apart.
        hyphen = (
            text in ("-", LINE_HYPHEN) and word is line.words[-1] and word.left - edge < 0.3 * size
        )
        if (
            parts
            and word.spaced
            and not mark
            and not hyphen
            and not _is_spread(parts[-1], text, word.left - edge, size)
        ):
            parts.append(" ")
            boxes.extend(NO_BOX)
        parts.append(shown if mark else text)
        if mark and len(shown) > len(text):
            boxes.extend(NO_BOX)  # of the sign that sets a power apart
        boxes.extend(page.boxes[4 * word.start : 4 * word.end])
        edge = word.right
    joined = "".join(parts)
    if LEFTWARD.search(joined):
        joined = with_brackets(joined.replace(STRETCH, NOTHING))
    if "-" in page.characters:  # else the font calls all its hyphens soft ones
        joined = (
            joined[:-1].replace(LINE_HYPHEN, NOTHING) + joined[-1:]
        )  # a soft hyphen within a line is not drawn
    text, drawn = composed(joined.replace(LINE_HYPHEN, "-"), boxes)
    return text, drawn


def _as_read(page: Page, line: Line) -> list[Word]:
    if not any(LEFTWARD.search(page.characters, word.start, word.end) for word in line.words):
        return line.words if not page.leftward else line.words[::-1]
    return as_read(page.characters, page.boxes, line.words, leftward=page.leftward)


def _is_spread(before: str, text: str, gap: float, size: float) -> bool:
    """Whether a gap only spaces out letters of a script that has no spaces between words."""
    return gap < size and bool(WIDE.match(before[-1:]) and WIDE.match(text))


def plain_text(page: Page, line: Line) -> str:
    """A line's text without boxes."""
    return line_text(page, line)[0].strip()
