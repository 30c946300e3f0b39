"""Two-column pages with known paragraphs: justified, hyphenated, with footnotes, running heads and page numbers."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import font_roboto
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT, MARGIN, GUTTER = 595.0, 842.0, 54.0, 20.0
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
SIZE, LEADING, NOTE = 9.0, 11.0, 7.0


def fonts() -> None:
    folder = Path(font_roboto.__file__).parent / "files"
    pdfmetrics.registerFont(TTFont("Text", folder / "Roboto-Regular.ttf"))
    pdfmetrics.registerFont(TTFont("Bold", folder / "Roboto-Bold.ttf"))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


@dataclass
class Piece:
    """A paragraph or heading; `note` is the number of a footnote, marked at its end by a superscript."""

    text: str
    heading: bool = False
    note: int = 0
    note_text: str = ""


@dataclass
class Typesetter:
    title: str
    head: str
    font: str = "Text"
    indent: bool = True
    chinese: bool = False
    first_baseline: float = HEIGHT - MARGIN - 50
    hidden: tuple[str, ...] = ()
    on_blue: str = ""
    table_on_first_page: list[list[str]] = field(default_factory=list)

    def pdf(self, pieces: list[Piece]) -> bytes:
        """The pages as PDF bytes, the same for the same pieces."""
        fonts()
        stream = io.BytesIO()
        self.canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.page, self.column = 1, 0
        self._begin_page()
        bold = self.font if self.chinese else "Bold"
        self.canvas.setFont(bold, 18)
        self.canvas.drawString(MARGIN, HEIGHT - MARGIN - 18, self.title)
        self.y = self.first_baseline
        self._extras()
        self.notes: list[tuple[int, str]] = []
        for piece in pieces:
            if piece.heading:
                self._room(3 * LEADING)
                self.y -= LEADING * 0.6
                self.canvas.setFont(bold, 11.5)
                self.canvas.drawString(self._left(), self.y, piece.text)
                self.y -= LEADING * 1.4
                continue
            self._paragraph(piece)
            self.y -= 0 if self.indent else LEADING * 0.7
        self._end_column()
        self.canvas.showPage()
        self.canvas.save()
        return stream.getvalue()

    def _extras(self) -> None:
        """Hidden words (white, invisible, tiny, off the page), white words on blue, and a table below the columns."""
        self.canvas.setFont(self.font, SIZE)
        for number, text in enumerate(self.hidden):
            self.canvas.saveState()
            ink = self.canvas.beginText(
                -500 if "off the page" in text else MARGIN, 300 - 14 * number
            )
            ink.setFont(self.font, 0.5 if "tiny" in text else SIZE)
            ink.setTextRenderMode(3 if "invisible" in text else 0)
            ink.setFillGray(1 if "white" in text else 0)
            ink.textLine(text)
            self.canvas.drawText(ink)
            self.canvas.restoreState()
        if self.on_blue:
            self.canvas.setFillColorRGB(0, 0, 0.6)
            self.canvas.rect(MARGIN, 150, 200, 20, stroke=0, fill=1)
            self.canvas.setFillGray(1)
            self.canvas.drawString(MARGIN + 5, 156, self.on_blue)
            self.canvas.setFillGray(0)
        for line, row in enumerate(self.table_on_first_page):
            for column, cell in enumerate(row):
                self.canvas.drawString(MARGIN + 130 * column, 300 - 14 * line, cell)

    def _paragraph(self, piece: Piece) -> None:
        lines = self._broken(piece.text, COLUMN, SIZE, 12 if self.indent else 0)
        for number, words in enumerate(lines):
            last = number == len(lines) - 1
            self._room(LEADING, self._note_height(piece) if last and piece.note else 0)
            indent = 12 if self.indent and number == 0 else 0
            end = self._draw(words, self._left() + indent, COLUMN - indent, SIZE, justify=not last)
            if last and piece.note:
                self.canvas.setFont("Text", SIZE * 0.6)
                self.canvas.drawString(end, self.y + SIZE * 0.35, str(piece.note))
                self.notes.append((piece.note, piece.note_text))
            self.y -= LEADING

    def _draw(
        self, words: list[str], left: float, width: float, size: float, *, justify: bool
    ) -> float:
        self.canvas.setFont(self.font, size)
        if self.chinese:
            self.canvas.drawString(left, self.y, "".join(words))
            return left + pdfmetrics.stringWidth("".join(words), self.font, size)
        widths = [pdfmetrics.stringWidth(w, self.font, size) for w in words]
        blank = pdfmetrics.stringWidth(" ", self.font, size)
        if justify and len(words) > 1:
            blank = (width - sum(widths)) / (len(words) - 1)
        x = left
        for word, wide in zip(words, widths, strict=True):
            self.canvas.drawString(x, self.y, word)
            x += wide + blank
        return x - blank

    def _broken(self, text: str, width: float, size: float, indent: float = 0) -> list[list[str]]:
        """Words by lines; one that does not fit is cut with a hyphen if that leaves three letters on either side."""
        lines: list[list[str]] = [[]]
        used = indent
        blank = 0.0 if self.chinese else pdfmetrics.stringWidth(" ", self.font, size)
        pending = re.findall(r"\d[\d.]*|\D[。，]?", text) if self.chinese else text.split()
        while pending:
            word = pending.pop(0)
            wide = pdfmetrics.stringWidth(word, self.font, size)
            if used + wide <= width or not lines[-1]:
                lines[-1].append(word)
                used += wide + blank
                continue
            cut = next(
                (
                    n
                    for n in range(len(word) - 3, 2, -1)
                    if word.isalpha()
                    and used + pdfmetrics.stringWidth(word[:n] + "-", self.font, size) <= width
                ),
                0,
            )
            if cut and not self.chinese:
                lines[-1].append(word[:cut] + "-")
                word = word[cut:]
            lines.append([])
            used = 0
            pending.insert(0, word)
        return lines

    def _note_height(self, piece: Piece) -> float:
        return len(self._broken(f"{piece.note} {piece.note_text}", COLUMN, NOTE)) * (NOTE + 1.5) + 8

    def _left(self) -> float:
        return MARGIN + self.column * (COLUMN + GUTTER)

    def _floor(self) -> float:
        heights = [
            len(self._broken(f"{n} {t}", COLUMN, NOTE)) * (NOTE + 1.5) for n, t in self.notes
        ]
        return MARGIN + sum(heights) + (8 if heights else 0)

    def _room(self, height: float, note: float = 0.0) -> None:
        if self.y - height - note >= self._floor():
            return
        self._end_column()
        if self.column == 0:
            self.column = 1
            self.y = self.first_baseline if self.page == 1 else HEIGHT - MARGIN - LEADING
        else:
            self.canvas.showPage()
            self.page, self.column = self.page + 1, 0
            self._begin_page()
            self.y = HEIGHT - MARGIN - LEADING

    def _end_column(self) -> None:
        self.y = self._floor() - 4
        for number, text in self.notes:
            for index, words in enumerate(self._broken(text, COLUMN - 6, NOTE)):
                self.y -= NOTE + 1.5
                if index == 0:
                    self.canvas.setFont("Text", NOTE * 0.7)
                    self.canvas.drawString(self._left(), self.y + 2, str(number))
                self._draw(words, self._left() + 6, COLUMN, NOTE, justify=False)
        self.notes = []

    def _begin_page(self) -> None:
        self.canvas.setFont(self.font, 7)
        self.canvas.drawString(MARGIN, HEIGHT - 30, self.head)
        self.canvas.drawCentredString(WIDTH / 2, 28, str(self.page))
