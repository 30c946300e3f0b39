"""The characters of a PDF page with the boxes of their lines, by pdfium."""

from __future__ import annotations

import ctypes
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2, degrees, hypot, pi
from typing import Any

from pipeline.readers.layout import Boxes
from pipeline.readers.pdf.pages.leftward import LEFTWARD
from pipeline.readers.pdf.pages.lines import LINE_HYPHEN, NOTHING
from pipeline.readers.pdf.visibility import as_shown

_ACCENTS = dict(
    zip(
        "`´ˆ˜¨ˇ˘˙˚¸˛˝¯",
        "\u0300\u0301\u0302\u0303\u0308\u030c\u0306\u0307\u030a\u0327\u0328\u030b\u0304",
        strict=True,
    )
)
# Characters before and behind an accent, among which its letter is; a page with so many accents is
# none of text.
_NEAR, _MANY = 200, 500
_SPACE = 32
_SURROGATES, _LOW, _LAST_LOW = 0xD800, 0xDC00, 0xDFFF
_HYPHENS = "\u0002\ufffe"  # pdfium's codes for a hyphen at the end of a line
_ASCENT, _DESCENT = 0.75, 0.25  # of a font that does not state its own, in ems
_NO_BLANK = 0.2  # of a line's height, below which a gap is none between words
_TOUCHING = 0.1  # the same between letters that run leftward, which are joined
_SLANT, _OFF, _UNEVEN = 0.01, 0.15, 1.03


def characters_of(page: Any, textpage: Any, count: int) -> tuple[str, Boxes]:
    """The characters of a page and four numbers for each: its box as the page is shown, from the
    top left corner."""
    import pypdfium2.raw as c

    # Two calls for each character are most of the time that reading takes: nothing else is done
    # for each of them that can be done for all.
    raw = textpage.raw  # pypdfium2 would unwrap it twice for each character
    box = bytearray(ctypes.sizeof(c.FS_RECTF))  # four floats, which pdfium fills
    pointer = ctypes.byref(c.FS_RECTF.from_buffer(box))
    unicode_of, loose_box = c.FPDFText_GetUnicode, c.FPDFText_GetLooseCharBox
    codes = [unicode_of(raw, index) for index in range(count)]
    edges = array("f")  # left, top, right, bottom, from the bottom left corner
    for index in range(count):
        loose_box(raw, index, pointer)
        edges.frombytes(box)
    heights = _Heights(textpage)
    last = -1.0
    for index, (top, bottom) in enumerate(zip(edges[1::4], edges[3::4], strict=True)):
        if top - bottom != last:  # else of the same font, most likely
            last = top - bottom
            heights.note(index, last)
    for index, run in heights.ink(count):
        heights.mend(index, run, edges)
    boxes = _shown(page, edges)
    letters = _letters(codes, raw, boxes)
    _close_up(letters, raw, boxes)
    accents = [i for i, letter in enumerate(letters) if letter in _ACCENTS]
    for index in accents if len(accents) < _MANY else ():
        _set_on(index, letters, boxes)
    return "".join(letters), boxes


def _close_up(letters: list[str], textpage: Any, boxes: Boxes) -> None:
    """Take out the blanks that pdfium puts into gaps between letters, where the page has blanks of
    its own and the gap is none of them: text set wide, as OCR does, would fall apart."""
    import pypdfium2.raw as c

    blanks = [index for index, letter in enumerate(letters) if letter == " "]
    made = [index for index in blanks if c.FPDFText_IsGenerated(textpage, index)]
    few = 2 * len(made) <= len(blanks)
    for index in made:
        if not 0 < index < len(letters) - 1:
            continue
        left, top, right, bottom = boxes[4 * index - 4 : 4 * index]
        next_left, next_right = boxes[4 * index + 4], boxes[4 * index + 6]
        if LEFTWARD.match(letters[index - 1]) and LEFTWARD.match(letters[index + 1]):
            gap = max(left - next_right, next_left - right)
            if gap < _TOUCHING * (bottom - top):
                letters[index] = NOTHING
        elif few and 0 <= next_left - right < _NO_BLANK * (bottom - top):
            letters[index] = NOTHING


def _letters(codes: list[int], textpage: Any, boxes: Boxes) -> list[str]:
    """The characters of pdfium's codes, one for each. One above U+FFFF has two codes: it takes the
    place of the first, NOTHING that of the second, whose box becomes that of the first."""
    import pypdfium2.raw as c

    letters = list(map(chr, codes))
    for index, code in enumerate(codes):
        if _SPACE <= code < _SURROGATES:
            continue
        if code < _SPACE:
            letter = letters[index]
            if letter in _HYPHENS:
                letters[index] = LINE_HYPHEN
            elif not code or not (
                letter.isspace() or not c.FPDFText_HasUnicodeMapError(textpage, index)
            ):
                # The font does not say which letter it is; its code is no character.
                letters[index] = "\ufffd"
        elif code < _LOW:
            letters[index] = "\ufffd"
        elif code <= _LAST_LOW:
            high = codes[index - 1] if index else 0
            if _SURROGATES <= high < _LOW:
                letters[index - 1] = chr(0x10000 + ((high - _SURROGATES) << 10) + code - _LOW)
                letters[index] = NOTHING
                boxes[4 * index : 4 * index + 4] = boxes[4 * index - 4 : 4 * index]
            else:
                letters[index] = "\ufffd"
        elif letters[index] in _HYPHENS:
            letters[index] = LINE_HYPHEN
    return letters


def _shown(page: Any, edges: Boxes) -> Boxes:
    """Boxes in user space (left, top, right, bottom) on the page as it is shown."""
    show = as_shown(page)
    parts = edges[0::4], edges[1::4], edges[2::4], edges[3::4]
    shown = array("f", edges)
    if not page.get_rotation():  # most pages: four sums, and no call for each character
        left, top, _, _ = show(0.0, 0.0, 0.0, 0.0)
        for at, part in enumerate(parts):
            shown[at::4] = array(
                "f", [top - y for y in part] if at % 2 else [left + x for x in part]
            )
        return shown
    for index, box in enumerate(map(show, *parts)):
        shown[4 * index : 4 * index + 4] = array("f", box)
    return shown


def em_and_slope(textpage: Any, index: int) -> tuple[float, float]:
    """The size of a character's letters on the page in points, 0.0 if it is not known, and the
    angle of its line in degrees, anticlockwise, on the page as the file has it."""
    import pypdfium2.raw as c

    matrix = c.FS_MATRIX()
    if not c.FPDFText_GetMatrix(textpage, index, matrix):
        return 0.0, 0.0
    size = float(c.FPDFText_GetFontSize(textpage, index))
    # A negative size turns the letters round, which their matrix then turns back.
    angle = atan2(matrix.b, matrix.a) + (pi if size < 0 else 0)
    return abs(size) * hypot(matrix.c, matrix.d), degrees(angle)


def _set_on(index: int, letters: list[str], boxes: Boxes) -> None:
    """Set an accent that is drawn over a letter, as old fonts of TeX do, onto that letter; NOTHING
    stays in its place, so that characters keep the numbers they have in the file."""
    left, top, right, bottom = boxes[4 * index : 4 * index + 4]
    middle = (left + right) / 2
    for beside in sorted(
        range(max(0, index - _NEAR), min(len(letters), index + _NEAR)),
        key=lambda other: abs(other - index),
    ):
        low, high, end, base = boxes[4 * beside : 4 * beside + 4]
        if beside == index or not (
            low < middle < end and min(base, bottom) - max(high, top) > (bottom - top) / 2
        ):
            continue
        plain = {"ı": "i", "ȷ": "j"}.get(letters[beside], letters[beside])
        composed = unicodedata.normalize("NFC", plain + _ACCENTS[letters[index]])
        if len(composed) == 1:
            letters[beside], letters[index] = composed, NOTHING
            return


@dataclass(slots=True)
class _Run:
    """Characters from `start` on whose boxes are equally high, with their font, size and text
    matrix."""

    start: int
    font: int
    size: float
    matrix: tuple[float, float, float, float]


@dataclass(slots=True)
class _Font:
    """A font's ascent and descent in ems, if it states them, and the least and greatest height of
    its boxes, in ems."""

    stated: tuple[float, float] | None
    least: float = 9.0
    greatest: float = 0.0

    @property
    def is_ink(self) -> bool:
        """Whether pdfium gives the box of each letter's ink, which tells neither the size nor the
        line: of fonts that do not state how high their lines are, and of letters that are
        drawings."""
        if self.stated is None or self.greatest > _UNEVEN * self.least:
            return True
        line = sum(self.stated)
        return abs(self.greatest - line) > _OFF * line if self.greatest else False


class _Heights:
    """Finds the characters whose boxes are those of their ink, and gives them the height of their
    line."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as c

        self._textpage = textpage.raw
        self._fonts: dict[int, _Font] = {}
        self._runs: list[_Run] = []
        self._object: tuple[int, int] = (0, 0)  # addresses: the last text object, and its font
        self._size = 0.0
        self._matrix = c.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def note(self, index: int, height: float) -> None:
        """Keep what there is to know of the characters from this one on."""
        import pypdfium2.raw as c

        text = c.FPDFText_GetTextObject(self._textpage, index)
        place = (ctypes.cast(text, ctypes.c_void_p).value or 0) if text else 0
        # Font, size and matrix are those of the text object, which most neighbours share.
        if not place or place != self._object[0]:
            font = c.FPDFTextObj_GetFont(text) if text else None
            if not font or not c.FPDFText_GetMatrix(self._textpage, index, self._matrix):
                self._object = (0, 0)
                self._runs.append(_Run(index, 0, 0.0, (1.0, 0.0, 0.0, 1.0)))
                return
            self._object = (place, ctypes.cast(font, ctypes.c_void_p).value or 0)
            self._size = c.FPDFText_GetFontSize(self._textpage, index)
            if self._object[1] not in self._fonts:
                self._fonts[self._object[1]] = _Font(_stated(font))
        address, size, m = self._object[1], self._size, self._matrix
        known = self._fonts[address]
        em = size * abs(m.d)
        if em and abs(m.b) + abs(m.c) < _SLANT * abs(m.d):
            known.least, known.greatest = (
                min(known.least, height / em),
                max(known.greatest, height / em),
            )
        self._runs.append(_Run(index, address, size, (m.a, m.b, m.c, m.d)))

    def ink(self, count: int) -> Iterator[tuple[int, _Run]]:
        """The characters whose boxes are those of their ink, each with its run."""
        ink = {address for address, font in self._fonts.items() if font.is_ink}
        for run, following in zip(self._runs, [*self._runs[1:], None], strict=True) if ink else ():
            if run.font in ink:
                for index in range(run.start, following.start if following else count):
                    yield index, run

    def mend(self, index: int, run: _Run, edges: Boxes) -> None:
        """Give the box of a character the height of its line; that of slanting text is left as it
        is."""
        import pypdfium2.raw as c

        c.FPDFText_GetCharOrigin(self._textpage, index, self._x, self._y)
        x, y = self._x.value, self._y.value
        up, down = (run.size * part for part in self._fonts[run.font].stated or (_ASCENT, _DESCENT))
        a, b, right, top = run.matrix
        if abs(b) + abs(right) < _SLANT * abs(top):
            edges[4 * index + 3], edges[4 * index + 1] = sorted((y - down * top, y + up * top))
        elif abs(a) + abs(top) < _SLANT * abs(right):
            edges[4 * index], edges[4 * index + 2] = sorted((x - down * right, x + up * right))


def _stated(font: Any) -> tuple[float, float] | None:
    """A font's ascent and descent in ems, if they can be those of letters."""
    import pypdfium2.raw as c

    ascent, descent = ctypes.c_float(), ctypes.c_float()
    c.FPDFFont_GetAscent(font, 1.0, ascent)
    c.FPDFFont_GetDescent(font, 1.0, descent)
    up, down = ascent.value, -descent.value
    return (up, down) if 0.5 < up < 1.5 and 0.05 < down < 0.8 else None
