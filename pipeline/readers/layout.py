"""Blocks of text, as the readers of laid-out formats find them, to one canonical text with layers,
places and boxes.

What stands in no passage (running headers and footers, marginal notes) comes last, so that passages
are a prefix.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from pipeline.domain import OUTSIDE_PASSAGES, Heading, Layer, Region, Warned
from pipeline.readers.decode import Parsed, clean, stated_date, stated_publisher
from pipeline.readers.languages import language_of

# Left, top, right, bottom of each code point, in points from the page's top left corner.
Boxes: TypeAlias = "array[float]"
NO_BOX = (float("nan"),) * 4
_ORDER: dict[Layer, int] = {"footnote": 1, "endnote": 2, "notes": 3, "comment": 4}


@dataclass(slots=True)
class Block:
    """A paragraph, table row, note or the like. `level` is that of a heading, 0 for none; `tight`
    puts it on the line after the block before. `spans` are (start, end, page, place) within `text`;
    `boxes` has four numbers a code point."""

    text: str
    layer: Layer = "body"
    level: int = 0
    tight: bool = False
    page: int | None = None
    place: str | None = None
    spans: tuple[tuple[int, int, int | None, str | None], ...] = ()
    boxes: Boxes | None = None


@dataclass(slots=True)
class LaidOut:
    """Canonical text with what is known of its parts."""

    text: str
    headings: tuple[Heading, ...]
    regions: tuple[Region, ...]
    boxes: Boxes = field(default_factory=lambda: array("f"))

    def parsed(
        self,
        encoding: str,
        *,
        title: str | None,
        author: str,
        made: str | None,
        warnings: tuple[Warned, ...] = (),
    ) -> Parsed:
        """What the reader returns. A date the text states goes before `made`, the file's own, in
        EDTF."""
        date = stated_date(self.text[:800])
        return Parsed(
            text=self.text,
            encoding=encoding,
            title=title,
            author=clean(author).strip() or None,
            date=date or made,
            date_source="text" if date else "metadata" if made else None,
            publisher=stated_publisher(self.text[:800]),
            language=language_of(self.text),
            headings=self.headings,
            regions=self.regions,
            boxes=self.boxes,
            warnings=warnings,
        )


def lay_out(blocks: Iterable[Block]) -> LaidOut:
    """Blocks in reading order to text: body first, then footnotes, endnotes, speaker's notes, then
    what no passage holds.

    Blocks of nothing but white space are left out. Regions are in order and do not overlap.
    """
    kept = [block for block in blocks if block.text.strip()]
    kept.sort(
        key=lambda block: (
            len(_ORDER) + 1 if block.layer in OUTSIDE_PASSAGES else _ORDER.get(block.layer, 0)
        )
    )
    parts: list[str] = []
    headings: list[Heading] = []
    regions: list[Region] = []
    boxes: Boxes = array("f")
    length = 0
    with_boxes = any(block.boxes for block in kept)
    for block in kept:
        joint = "" if not parts else "\n" if block.tight else "\n\n"
        length += len(joint)
        parts += [joint, block.text]
        if block.level:
            headings.append(Heading(length, length + len(block.text), block.level))
        for start, end, page, place in block.spans or (
            (0, len(block.text), block.page, block.place),
        ):
            regions.append(Region(length + start, length + end, block.layer, page, place))
        if with_boxes:
            boxes.extend(NO_BOX * len(joint))
            boxes.extend(block.boxes or NO_BOX * len(block.text))
        length += len(block.text)
    return LaidOut("".join(parts), tuple(headings), tuple(regions), boxes)


def row_block(cells: list[str], table: int, row: int, page: int | None = None) -> Block:
    """A table's row, "| a | b |", each cell with its place."""
    text, spans = "|", []
    for number, cell in enumerate(cells, 1):
        content = " ".join(clean(cell).split())
        start = len(text) + 1
        text += f" {content} |"
        if content:
            spans.append(
                (start, start + len(content), page, f"table {table}, row {row}, cell {number}")
            )
    return Block(text if spans else "", "table", tight=row > 1, page=page, spans=tuple(spans))


def mark_pull_quotes(blocks: list[Block], candidates: Iterable[Block]) -> None:
    """Give the layer of pull-quotes to those candidates, sentences or text boxes, whose words stand
    in a longer block of the body."""
    body = [_letters(block.text) for block in blocks if block.layer == "body"]
    for block in candidates:
        words = _letters(block.text)
        sentence = (len(words) >= 20 and block.layer == "text_box") or re.search(
            r"[.!?…。！？][\"'”’»」]*$", block.text
        )
        if sentence and any(words in other and len(other) > len(words) for other in body):
            block.layer, block.level = "pull_quote", 0


def composed(text: str, boxes: Boxes) -> tuple[str, Boxes]:
    """Text in canonical form (NFC, no control characters) and its boxes: what becomes one character
    has one box."""
    if unicodedata.is_normalized("NFC", text) and clean(text) == text:
        return text, boxes
    out: list[str] = []
    kept: Boxes = array("f")
    for start, end in _clusters(text):
        part = clean(text[start:end])
        if not part:
            continue
        cornered = [tuple(boxes[4 * i : 4 * i + 4]) for i in range(start, end)]
        drawn = [box for box in cornered if box[0] == box[0]]
        union = _union(drawn) if drawn else NO_BOX
        out.append(part)
        kept.extend(union * len(part))
    return "".join(out), kept


def struck_out(texts: list[str]) -> tuple[Warned, ...]:
    """The warning of text that is struck out, and so was left out; none without such text."""
    if not texts:
        return ()
    said = f"Text that is struck out was left out: {'; '.join(texts)[:300]}"
    return (Warned("STRUCK_TEXT", said, "Nothing, if it is no longer meant."),)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A character with the combining ones behind it, as ranges."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not unicodedata.combining(text[index]):
            yield start, index
            start = index


def _union(boxes: list[tuple[float, ...]]) -> tuple[float, float, float, float]:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha() or c.isdecimal())
