"""Whatever a page is taken for, each of its words stands in the text."""

from __future__ import annotations

import io
import random
from array import array
from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from pipeline.readers import FORMATS
from pipeline.readers.pdf.pages.columns import Column
from pipeline.readers.pdf.pages.lines import Page
from pipeline.readers.pdf.pages.paragraphs import blocks_of, whole
from pipeline.readers.pdf.pages.tables import Table, cells_of
from pipeline.readers.pdf.pages.words import Line, Rule, Word
from tests.readers.typeset import fonts

LETTER = 5.0
Placed = tuple[float, float, str]


def page_of(placed: list[Placed], rules: list[Rule]) -> Page:
    """A page of words, each at its left edge and top."""
    words, characters = [], ""
    for left, top, text in placed:
        start = len(characters)
        characters += text
        right = left + LETTER * len(text)
        words.append(
            Word(start, len(characters), left, top, right, top + 10, 10.0, bold=False, spaced=True)
        )
        characters += " "
    boxes = array("f", [0.0] * 4 * len(characters))
    return Page(1, 842.0, words, characters, boxes, rules)


def words_read(page: Page) -> Counter[str]:
    return Counter(
        word for block in blocks_of([page]) for word in block.text.replace("|", " ").split()
    )


@given(st.integers(0, 10_000))
def test_no_layout_loses_a_word(seed: int) -> None:
    chance = random.Random(seed)
    columns = sorted(chance.sample(range(40, 500, 40), chance.randint(1, 5)))
    placed: list[Placed] = []
    for row in range(chance.randint(3, 25)):
        for left in columns:
            if chance.random() < 0.8:
                shift = chance.choice([0, 0, 0, 12, -7])
                for k in range(chance.choice([1, 1, 2, 5])):
                    placed.append((left + shift + 30.0 * k, 120 + 14.0 * row, f"w{len(placed)}x"))
    ends = chance.sample(range(100, 500, 28), chance.choice([0, 0, 3, 5]))
    rules = [Rule(columns[0] - 5.0, top, columns[-1] + 60.0, top + 0.5) for top in sorted(ends)]
    wanted = Counter(text for _, _, text in placed)
    assert words_read(page_of(placed, rules)) == wanted


@given(st.integers(0, 10_000))
def test_a_table_whose_last_cell_goes_on_as_text_loses_none(seed: int) -> None:
    chance = random.Random(seed)
    placed: list[Placed] = []
    top = 100.0
    rows = chance.randint(3, 6)
    for row in range(rows):
        placed.append((60.0, top, f"w{len(placed)}x"))
        lines = 1 if row < rows - 1 else chance.randint(3, 7)
        for line in range(lines):
            left = 150.0
            width = 390 if line < lines - 1 else chance.randint(100, 380)
            while left < 150 + width - 60:
                placed.append((left, top, f"w{len(placed)}x".ljust(chance.randint(4, 9), "x")))
                left += LETTER * len(placed[-1][2]) + 4
            top += 14
    below = [(60.0, top + 60 + 14 * line, "below " * 12) for line in range(5)]
    text = " ".join(block.text for block in blocks_of([page_of([*placed, *below], [])]))
    found = text.split("below")[0].replace("|", " ").split()
    assert Counter(found) == Counter(text for _, _, text in placed)


def test_what_no_part_of_a_page_holds_stands_behind_them() -> None:
    page = page_of([(60.0, 100.0, "one"), (60.0, 200.0, "two")], [])
    first = Column([Line(page.words[:1])])
    parts = whole(page, [first], [])
    assert parts[0] is first
    assert [
        line.words for part in parts[1:] if isinstance(part, Column) for line in part.lines
    ] == [page.words[1:]]
    assert whole(page, [Column([Line(page.words[:1])]), Table([[[page.words[1]]]])], [])[2:] == []


def drawn(draw: Callable[[Canvas], None]) -> str:
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    draw(canvas)
    canvas.save()
    return FORMATS[".pdf"].read(stream.getvalue()).text


def test_a_last_row_that_goes_on_for_lines_keeps_them() -> None:
    rows = [
        ("Name:", "Leeds Steel"), ("Seat:", "Leeds, in the north"), ("Founded by,", "as it says, two brothers from York"),
        ("Since:", ""), ("Work:", "it makes steel of many kinds and sells it to builders of bridges and ships"),
        ("", "of the whole country and beyond, and so it has done for more than a hundred years,"),
        ("", "through two wars and a strike, as its own history of the works has it, printed and"),
        ("", "given to all its workers in the year in which its hall was opened by the mayor."),
    ]  # fmt: skip

    def draw(canvas: Canvas) -> None:
        for number, (label, said) in enumerate(rows):
            canvas.drawString(60, 700 - 14 * number, label)
            canvas.drawString(130, 700 - 14 * number, said)
        for number in range(6):
            canvas.drawString(
                60, 500 - 14 * number, f"Line {number} of what is said below the table of all this."
            )

    text = drawn(draw)
    assert text.index("the mayor.") < text.index("Line 0")
    found = Counter(text.split("Line 0")[0].replace("|", " ").split())
    assert found == Counter(" ".join(f"{label} {said}" for label, said in rows).split())


def test_words_beyond_the_outermost_columns_are_in_them() -> None:
    words = [Word(0, 1, x, 0.0, x + 5, 10.0, 10.0, bold=False, spaced=True) for x in (1, 60, 400)]
    assert cells_of(words, [(50.0, 100.0), (100.0, 200.0)]) == [words[:2], words[2:]]


def test_blanks_that_are_none_do_not_part_letters_set_wide() -> None:
    pieces = ["Th", "e plant in Lee", "ds makes ste", "el, and it is so", "ld at home."]

    fonts()

    def draw(canvas: Canvas, apart: float = 2.0) -> None:
        canvas.setFont("Text", 12)  # in the file: what takes another's place has other widths
        left = 60.0
        for piece in pieces:
            canvas.drawString(left, 700, piece)
            left += canvas.stringWidth(piece, "Text", 12) + apart

    assert drawn(draw) == "The plant in Leeds makes steel, and it is sold at home."
    # Where a page has no blanks of its own, and where they are wide, pdfium's are those between words.
    pieces = "The plant in Leeds makes steel.".split()
    assert drawn(draw) == "The plant in Leeds makes steel."
    pieces = ["The plant in", "Leeds makes steel and", "sells it."]
    assert drawn(lambda canvas: draw(canvas, 3.5)) == "The plant in Leeds makes steel and sells it."
