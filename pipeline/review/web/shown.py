"""What the templates show of a change: both sides, and the source with its quote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.compare.items import Item
from pipeline.errors import DossierError
from pipeline.readers.pdf.pictures import Pictures
from pipeline.readers.sources import Source as File
from pipeline.readers.sources import source_id
from pipeline.review.loop import place_of
from pipeline.review.web.marked import Piece, pieces
from pipeline.store.texts import Box, Shown, Texts

if TYPE_CHECKING:
    from pipeline.compare.claims import Value

_AROUND = 3000  # code points before and behind a quote in a long passage


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a document with the rectangles of what it supports; sizes in points."""

    number: int
    width: float
    height: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a change stands: its document, the place in it (None if there is none), the text around
    it in pieces, and its pages."""

    document: Shown
    at: int | None
    pieces: tuple[Piece, ...]
    pages: tuple[Page, ...]


def source_of(item: Item, texts: Texts, pictures: Pictures) -> Source | None:
    """The source of a change; None when the run has no such document."""
    claim = item.record.after if item.after else item.record.before
    document = texts.document(item.record.claim.document)
    if document is None or claim is None:
        return None
    place = place_of(item)
    if place is None:
        return Source(document, None, (), ())
    low, high = texts.passage_at(document.id, place[0]) or place
    low, high = max(low, place[0] - _AROUND), max(place[1], min(high, place[1] + _AROUND))
    quotes = [(q.start, q.end) for q in claim.quotes if q.start is not None and q.end is not None]
    quote = next((q for q in quotes if q[0] <= place[0] and place[1] <= q[1]), place)
    focus = [quote, place] if quote != place else [place]
    found = [
        piece
        for start, text in texts.parts(document.id, min(low, quote[0]), max(high, quote[1]))
        for piece in pieces(start, text, (), focus)
    ]
    value = item.after or item.before
    return Source(
        document, place[0], tuple(found), _pages(document, claim.id, value, texts, pictures)
    )


def file_of(document: Shown) -> Path | None:
    """The file of a document, if it is where it was and still has the same bytes."""
    file = Path(document.path)
    if not file.is_file() or source_id(File(file, document.path)) != document.id:
        return None
    return file


def _pages(
    document: Shown, record: str, value: Value | None, texts: Texts, pictures: Pictures
) -> tuple[Page, ...]:
    boxes = texts.boxes(record, value.path if value else "") if document.pages else []
    file = file_of(document) if boxes else None
    if file is None:
        return ()
    numbers = sorted({box.page for box in boxes})
    on_value = [box.page for box in boxes if box.field]
    try:
        sizes = {number: pictures.page(file, number, draw=False) for number in numbers}
    except DossierError:
        return ()
    found = [
        Page(n, sizes[n].width, sizes[n].height, tuple(b for b in boxes if b.page == n))
        for n in numbers
    ]
    return tuple(sorted(found, key=lambda page: page.number not in on_value))
