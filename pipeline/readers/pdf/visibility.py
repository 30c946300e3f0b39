"""What a reader of a PDF page sees: which words are hidden, and where things stand on the page as
it is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from itertools import islice
from typing import Any

from pipeline.readers.pdf.pages.words import Word

MAX_OBJECTS = 20_000
INVISIBLE = "invisible"  # why a word is hidden: it is in the file, and never drawn
_INVISIBLE = (3, 7)  # text rendering modes
_WHITE = 250
_TINY_PT = 1.5  # on a page as wide as A4; pages of other units are smaller or larger
_USUAL_WIDTH = 595
_RENDERED = 1000  # pixels of a page's longer side, when it is looked at
_DARK, _GROUND = 245, 0.5  # a shade of 255 that is no paper; the share of it behind white letters
_INK = 0.03  # the share of it where letters are drawn as lines or a picture
_CELLS = 20  # of a page in each direction, when it is asked how much of it pictures cover


def as_shown(
    page: Any,
) -> Callable[[float, float, float, float], tuple[float, float, float, float]]:
    """From user space (left, top, right, bottom) to the page as it is shown: cropped, turned, top
    left corner at 0, 0."""
    # Of the box that the page shows: get_cropbox knows none that is inherited from the page tree.
    left, bottom, right, top = page.get_bbox()
    return {
        0: lambda x1, y1, x2, y2: (x1 - left, top - y1, x2 - left, top - y2),
        90: lambda x1, y1, x2, y2: (y2 - bottom, x1 - left, y1 - bottom, x2 - left),
        180: lambda x1, y1, x2, y2: (right - x2, y2 - bottom, right - x1, y1 - bottom),
        270: lambda x1, y1, x2, y2: (top - y1, right - x2, top - y2, right - x1),
    }[page.get_rotation()]


class Visibility:
    """Tells which words of a page a reader would not see: invisible, white on white, tiny, or off
    the page."""

    def __init__(self, page: Any, textpage: Any) -> None:
        self._page = page
        self._textpage = textpage
        self._width, self._height = page.get_size()
        self._objects: dict[int, str] = {}
        self._bold: dict[int, bool] = {}  # by the address of a text object, as `_objects`
        self._filled: list[tuple[float, float, float, float]] | None = None
        self._show = as_shown(page)
        self._pictures: list[tuple[float, float, float, float]] = []
        self._scanned: bool | None = None
        self._pixels: tuple[bytes, int, float] | None = None
        self.recognised = False  # whether words were seen that OCR put over a picture

    def hides(self, word: Word) -> str:
        """Why the word cannot be seen; empty if it can."""
        middle_x, middle_y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        if not (0 <= middle_x <= self._width and 0 <= middle_y <= self._height):
            return "off the page"
        if word.size < _TINY_PT * min(1.0, self._width / _USUAL_WIDTH):
            return "tiny"
        kind = self._kind(word.start)
        if kind == INVISIBLE:
            self.recognised = self.recognised or self._is_scan()
            return "" if self._is_scan() else kind  # the text layer that OCR puts over a picture
        if kind == "white" and not any(
            _inside(box, middle_x, middle_y) for box in self._coloured()
        ):
            # Grounds are drawn in more ways than are known here: the page itself says.
            return "" if self._darkness(word) > _GROUND else kind
        return ""

    def is_drawn(self, word: Word) -> bool:
        """Whether the page shows something where a word stands that is itself never drawn."""
        return self._darkness(word) > _INK

    def _darkness(self, word: Word) -> float:
        """The share of a word's box that is not as white as paper, on the page as it is drawn."""
        pixels, stride, scale = self._look()
        left, right = max(0, int(word.left * scale)), int(word.right * scale) + 1
        rows = range(max(0, int(word.top * scale)), int(word.bottom * scale) + 1)
        shades = b"".join(pixels[y * stride + left : y * stride + right] for y in rows)
        return sum(shade < _DARK for shade in shades) / len(shades) if shades else 0.0

    def _look(self) -> tuple[bytes, int, float]:
        """The page's pixels in shades of grey, the length of a row of them, and how many of them a
        point is."""
        if self._pixels is None:
            scale = _RENDERED / max(self._width, self._height, 1.0)
            bitmap = self._page.render(scale=scale, grayscale=True, may_draw_forms=False)
            self._pixels = bytes(bitmap.buffer), bitmap.stride, scale
        return self._pixels

    def bold(self, word: Word) -> bool:
        """Whether the word's font is bold, by its weight or its name."""
        address, _ = self._text_object(word.start)
        if address not in self._bold:
            self._bold[address] = self._is_bold(word.start)
        return self._bold[address]

    def _is_bold(self, index: int) -> bool:
        import pypdfium2.raw as c

        if c.FPDFText_GetFontWeight(self._textpage, index) >= 600:
            return True
        name, flags = ctypes.create_string_buffer(80), ctypes.c_int()
        c.FPDFText_GetFontInfo(self._textpage, index, name, 80, ctypes.byref(flags))
        return b"bold" in name.raw.lower() or b"black" in name.raw.lower()

    def _text_object(self, index: int) -> tuple[int, Any]:
        """The address of a character's text object, and the object; 0 and nothing without one."""
        import pypdfium2.raw as c

        text = c.FPDFText_GetTextObject(self._textpage, index)
        return (ctypes.cast(text, ctypes.c_void_p).value or 0, text) if text else (0, None)

    def _kind(self, index: int) -> str:
        import pypdfium2.raw as c

        address, text = self._text_object(index)
        if not text:
            return ""
        if address not in self._objects:
            red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
            c.FPDFPageObj_GetFillColor(text, red, green, blue, alpha)
            mode = c.FPDFTextObj_GetTextRenderMode(text)
            white = min(red.value, green.value, blue.value) >= _WHITE and mode in (0, 4)
            invisible = mode in _INVISIBLE or (alpha.value < 8 and mode in (0, 4))
            self._objects[address] = INVISIBLE if invisible else "white" if white else ""
        return self._objects[address]

    def has_picture(self) -> bool:
        """Whether a picture stands on the page."""
        self._coloured()
        return bool(self._pictures)

    def _is_scan(self) -> bool:
        """Whether pictures, one or a scan's strips, cover half of the page or more."""
        if self._scanned is None:
            self._coloured()
            places = [
                (self._width * (x + 0.5) / _CELLS, self._height * (y + 0.5) / _CELLS)
                for x in range(_CELLS)
                for y in range(_CELLS)
            ]
            covered = sum(any(_inside(box, *at) for box in self._pictures) for at in places)
            self._scanned = 2 * covered > len(places)
        return self._scanned

    def _coloured(self) -> list[tuple[float, float, float, float]]:
        """Where pictures and filled shapes other than white ones stand."""
        import pypdfium2.raw as c

        if self._filled is not None:
            return self._filled
        self._filled = []
        for thing in islice(self._page.get_objects(max_depth=3), MAX_OBJECTS):
            if thing.type not in (
                c.FPDF_PAGEOBJ_PATH,
                c.FPDF_PAGEOBJ_IMAGE,
                c.FPDF_PAGEOBJ_SHADING,
            ):
                continue
            left, bottom, right, top = thing.get_bounds()
            box = self._show(left, top, right, bottom)
            if thing.type == c.FPDF_PAGEOBJ_IMAGE:
                self._pictures.append(box)
            if thing.type == c.FPDF_PAGEOBJ_PATH:
                red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
                mode, stroke = ctypes.c_int(), ctypes.c_int()
                c.FPDFPath_GetDrawMode(thing, mode, stroke)
                c.FPDFPageObj_GetFillColor(thing, red, green, blue, alpha)
                if not mode.value or min(red.value, green.value, blue.value) >= _WHITE:
                    continue
            self._filled.append(box)
        return self._filled


def _inside(box: tuple[float, float, float, float], x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
