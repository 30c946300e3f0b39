"""The characters of a PDF page with the boxes of their lines, by pdfium."""

from __future__ import annotations

import ctypes
import unicodedata
from array import array
from typing import Any

from pipeline.readers.layout import Boxes
from pipeline.readers.lines import LINE_HYPHEN
from pipeline.readers.visibility import as_shown

NOTHING = "\0"  # a character that is part of no text
_ACCENTS = dict(
    zip("`´ˆ˜¨ˇ˘˙˚¸˛˝¯", "\u0300\u0301\u0302\u0303\u0308\u030c\u0306\u0307\u030a\u0327\u0328\u030b\u0304", strict=True)
)
# Characters before and behind an accent, among which its letter is; a page with so many accents is none of text.
_NEAR, _MANY = 200, 2000
_SPACE = 32
_HYPHENS = "\u0002\ufffe"  # pdfium's codes for a hyphen at the end of a line
_ASCENT, _DESCENT = 0.75, 0.25  # of a font that does not state its own, in ems
_SLANT, _OFF = 0.01, 0.03


def characters_of(page: Any, textpage: Any, count: int) -> tuple[str, Boxes]:
    """The characters of a page and four numbers for each: its box as the page is shown, from the top left corner."""
    import pypdfium2.raw as c

    show, heights = as_shown(page), _Heights(textpage)
    letters: list[str] = []
    boxes = array("f")
    box = c.FS_RECTF()
    pointer = ctypes.byref(box)
    unicode_of, loose_box = c.FPDFText_GetUnicode, c.FPDFText_GetLooseCharBox
    textpage = textpage.raw  # pypdfium2 would unwrap it twice for each character
    last = -1.0
    for index in range(count):
        code = unicode_of(textpage, index)
        loose_box(textpage, index, pointer)
        height = box.top - box.bottom
        if height != last:  # else of the same font, most likely
            heights.look_at(index, height)
            last = height
        if heights.missing:
            heights.mend(index, box)
        letter = "\ufffd" if not code or 0xD800 <= code <= 0xDFFF else chr(code)
        if code < _SPACE and not letter.isspace() and c.FPDFText_HasUnicodeMapError(textpage, index):
            letter = "\ufffd"  # the font does not say which letter it is; its code is no character
        letters.append(LINE_HYPHEN if letter in _HYPHENS else letter)
        boxes.extend(show(box.left, box.top, box.right, box.bottom))
    accents = [i for i, letter in enumerate(letters) if letter in _ACCENTS]
    for index in accents if len(accents) < _MANY else ():
        _set_on(index, letters, boxes)
    return "".join(letters), boxes


def _set_on(index: int, letters: list[str], boxes: Boxes) -> None:
    """Set an accent that is drawn over a letter, as old fonts of TeX do, onto that letter; NOTHING stays in its place, so that
    characters keep the numbers they have in the file."""
    left, top, right, bottom = boxes[4 * index : 4 * index + 4]
    middle = (left + right) / 2
    for beside in sorted(range(max(0, index - _NEAR), min(len(letters), index + _NEAR)), key=lambda other: abs(other - index)):
        low, high, end, base = boxes[4 * beside : 4 * beside + 4]
        if beside == index or not (low < middle < end and min(base, bottom) - max(high, top) > (bottom - top) / 2):
            continue
        plain = {"ı": "i", "ȷ": "j"}.get(letters[beside], letters[beside])
        composed = unicodedata.normalize("NFC", plain + _ACCENTS[letters[index]])
        if len(composed) == 1:
            letters[beside], letters[index] = composed, NOTHING
            return


class _Heights:
    """Fonts for which pdfium gives the box of each letter's ink, which tells neither the size nor the line: those that do not
    state how high their lines are, and those whose letters are drawings (Type 3). `missing` is whether the font looked at
    last is one."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as c

        self._textpage = textpage.raw
        self._fonts: dict[int, tuple[float, float] | None] = {}
        self._matrix = c.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._up = self._down = 0.0
        self.missing = False

    def look_at(self, index: int, height: float) -> None:
        """Find out about the font of a character whose box has this height."""
        import pypdfium2.raw as c

        self.missing = False
        text = c.FPDFText_GetTextObject(self._textpage, index)
        font = c.FPDFTextObj_GetFont(text) if text else None
        if not font or not c.FPDFText_GetMatrix(self._textpage, index, self._matrix):
            return
        address = ctypes.cast(font, ctypes.c_void_p).value or 0
        if address not in self._fonts:
            self._fonts[address] = _stated(font)
        stated = self._fonts[address]
        size = c.FPDFText_GetFontSize(self._textpage, index)
        line = sum(stated or (0.0, 0.0)) * size * abs(self._matrix.d)
        upright = abs(self._matrix.b) + abs(self._matrix.c) < _SLANT * abs(self._matrix.d)
        self.missing = stated is None or (upright and abs(height - line) > _OFF * line)
        self._up, self._down = (size * part for part in stated or (_ASCENT, _DESCENT))

    def mend(self, index: int, box: Any) -> None:
        """Give a box the height of its line; that of slanting text is left as it is."""
        import pypdfium2.raw as c

        c.FPDFText_GetCharOrigin(self._textpage, index, self._x, self._y)
        x, y, matrix = self._x.value, self._y.value, self._matrix
        if abs(matrix.b) + abs(matrix.c) < _SLANT * abs(matrix.d):
            box.bottom, box.top = sorted((y - self._down * matrix.d, y + self._up * matrix.d))
        elif abs(matrix.a) + abs(matrix.d) < _SLANT * abs(matrix.c):
            box.left, box.right = sorted((x - self._down * matrix.c, x + self._up * matrix.c))


def _stated(font: Any) -> tuple[float, float] | None:
    """A font's ascent and descent in ems, if they can be those of letters."""
    import pypdfium2.raw as c

    ascent, descent = ctypes.c_float(), ctypes.c_float()
    c.FPDFFont_GetAscent(font, 1.0, ascent)
    c.FPDFFont_GetDescent(font, 1.0, descent)
    up, down = ascent.value, -descent.value
    return (up, down) if 0.5 < up < 1.5 and 0.05 < down < 0.8 else None
