"""Pages whose letters are of no usual size: scans measured in pixels, slides; and the guesses of
OCR about letters' heights.

Widths of gutters and columns are rules of thumb in points for letters of body text; where those are
far larger, pages are measured in a larger point. The boxes that quotes get are those of the file
all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pipeline.readers.pdf.pages.lines import Page
from pipeline.readers.pdf.pages.words import rows_of

_USUAL, _LARGEST = (
    11.0,
    15.0,
)  # of body text, in points: common, and the most that is taken as it is
_LARGER = 1.12  # than body text: a heading


def body_size(pages: Sequence[Page]) -> float:
    """The height of most letters, to a quarter of a point; 10 for pages without any."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for word in page.words:
            sizes[round(word.size * 4) / 4] += word.end - word.start
    return sizes.most_common(1)[0][0] if sizes else 10.0


def to_usual_size(pages: Sequence[Page]) -> float:
    """Bring words and rules of all pages to a scale in which body text has its usual size, which is
    returned."""
    body = body_size(pages)
    for page in pages:
        if page.recognised:
            _steady(page, body)
    if body <= _LARGEST:
        return body
    by = _USUAL / body
    for page in pages:
        page.height *= by
        for word in page.words:
            word.left, word.top, word.right, word.bottom = (
                by * edge for edge in (word.left, word.top, word.right, word.bottom)
            )
            word.size *= by
        page.rules = [
            replace(r, left=by * r.left, top=by * r.top, right=by * r.right, bottom=by * r.bottom)
            for r in page.rules
        ]
    return body_size(pages)


def _steady(page: Page, body: float) -> None:
    """OCR takes a line with a raised mark for one of larger letters. Letters that are no wider than
    those of the body are no larger either."""
    rows = [
        (row, sum(w.right - w.left for w in row) / sum(w.end - w.start for w in row))
        for row in rows_of(page.words)
    ]
    usual = median([width for row, width in rows if abs(row[0].size - body) < 0.1 * body] or [0.0])
    for row, width in rows:
        for word in row:
            if word.size > _LARGER * body and width < _LARGER * usual:
                word.top, word.size = word.bottom - body, body
