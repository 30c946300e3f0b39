"""Running heads and page numbers of a paged document, taken out of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.readers.decode import clean
from pipeline.readers.layout import Block
from pipeline.readers.pdf.pages.breaks import ends_sentence
from pipeline.readers.pdf.pages.lines import NOTHING, Page, line_text, plain_text
from pipeline.readers.pdf.pages.words import Line, Word, rows_of

_PAGE_NUMBER = re.compile(
    r"^[-–—\s]*(?:(?:page|стр\.?|с\.|бет|第)\s*)?(?:\d{1,4}|(?-i:[ivxlc]{1,6}|[IVXLC]{1,6}))\s*(?:(?:of|из|/)\s*\d{1,4})?\s*页?[-–—\s]*$",
    re.IGNORECASE,
)
_APART = 4  # characters between words of one stamp
_ZONE, _WIDE_ZONE = (
    0.13,
    0.25,
)  # of the page's height, above and below, where running heads and page numbers stand


@dataclass(slots=True)
class _Row:
    """Words on one line near the edge of a page, or with `at_edge` false its outermost one. Rows
    with the same `key` look alike but for their numbers."""

    page: Page
    words: list[Word]
    text: str
    key: str
    at_top: bool
    at_edge: bool

    @property
    def counts_pages(self) -> bool:
        return str(self.page.number) in re.findall(r"[0-9]+", self.text)

    @property
    def is_number(self) -> bool:
        return _PAGE_NUMBER.match(self.text) is not None and len(self.words) <= 5


def take_furniture(pages: Sequence[Page], body: float) -> Iterator[Block]:
    """Running heads and feet, once each: rows near the edge that repeat on other pages. They and
    page numbers, which are dropped, are taken out of the pages' words."""
    groups: dict[str, list[_Row]] = {}
    rows = [row for page in pages for row in _edge_rows(page, body)]
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    repeated = {id(row) for group in groups.values() for row in _repeated(group)}
    seen: set[str] = set()
    for row in rows:
        if id(row) not in repeated and not (row.is_number and row.at_edge and _alone(row)):
            continue
        gone = {id(word) for word in row.words}
        row.page.words = [word for word in row.page.words if id(word) not in gone]
        # What counts, but not the pages, is no head, and kept each time.
        told = row.key if row.counts_pages else row.text
        if not row.is_number and told not in seen:
            seen.add(told)
            content, boxes = line_text(row.page, Line(row.words))
            yield Block(
                content, "header" if row.at_top else "footer", page=row.page.number, boxes=boxes
            )


def take_sideways(pages: Sequence[Page]) -> Iterator[Block]:
    """What stands beside the text of pages, such as stamps and watermarks, each text once."""
    seen = set()
    for page in pages:
        start = end = -1
        size = 0.0
        for word in [*page.sideways, None]:
            if word is not None and start >= 0 and word.start - end < _APART and word.size == size:
                end = word.end
                continue
            text = (
                clean(" ".join(page.characters[start:end].replace(NOTHING, "").split()))
                if start >= 0
                else ""
            )
            if text and text not in seen:
                seen.add(text)
                yield Block(text, "margin", page=page.number)
            start, end, size = (
                (word.start, word.end, word.size) if word is not None else (-1, -1, 0.0)
            )


def _edge_rows(page: Page, body: float) -> Iterator[_Row]:
    near = [
        w
        for w in page.words
        if w.bottom < _WIDE_ZONE * page.height or w.top > (1 - _WIDE_ZONE) * page.height
    ]
    rows = rows_of(near)
    for words in rows:
        at_edge = words[0].bottom < _ZONE * page.height or words[0].top > (1 - _ZONE) * page.height
        # Where margins are large, the outermost row of a page may stand further in.
        if not at_edge and words is not rows[0] and words is not rows[-1]:
            continue
        words.sort(key=lambda w: w.left)
        text = plain_text(page, Line(words))
        # The end of a sentence that began in the line above; short ones meet again at the same
        # place by chance.
        if text[:1].islower() and ends_sentence(text):
            continue
        at_top = words[0].bottom < page.height / 2
        # Large letters head a section, "Part 2" after "Part 1" at the top of a page too.
        pattern = (
            text if Line(words).size > 1.05 * body else re.sub(r"[0-9]+", "#", text.casefold())
        )
        yield _Row(
            page,
            words,
            text,
            f"{'header' if at_top else 'footer'} {round(words[0].top / 4)} {pattern}",
            at_top,
            at_edge,
        )


def _repeated(group: list[_Row]) -> Iterator[_Row]:
    """The rows of a group, in the order of their pages, that stand again on another page, but for a
    number that counts it."""
    for index, row in enumerate(group):
        others = [*group[max(0, index - 1) : index], *group[index + 1 : index + 2]]
        if any(other.page is not row.page and _same_but_for_page(row, other) for other in others):
            yield row


def _same_but_for_page(row: _Row, other: _Row) -> bool:
    one, two = (list(map(int, re.findall(r"[0-9]{1,9}", text))) for text in (row.text, other.text))
    apart = row.page.number - other.page.number
    return len(one) == len(two) and all(
        a == b or a - b == apart for a, b in zip(one, two, strict=True)
    )


def _alone(row: _Row) -> bool:
    """Whether a row is the outermost of its page and apart from the others."""
    top, bottom = min(w.top for w in row.words), max(w.bottom for w in row.words)
    inside = {id(word) for word in row.words}
    others = [w for w in row.page.words if id(w) not in inside]
    gap = 0.8 * (bottom - top)
    return all(w.bottom < top - gap for w in others) or all(w.top > bottom + gap for w in others)
