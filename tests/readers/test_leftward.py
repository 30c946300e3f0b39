"""Pages in letters that run from right to left: columns, cells, numbers and names in other letters."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from pipeline.domain import Document
from pipeline.readers import read_document
from pipeline.readers.pdf.pages.leftward import (
    as_read,
    reading_order,
    with_brackets,
    with_stretches,
)
from pipeline.readers.pdf.pages.words import Word
from tests.readers.type3 import Placed, type3_pdf

LETTER = 6.0  # points, of the drawn letters
RIGHT = [
    "המפעל בעיר חיפה מייצר פלדה", "ומוכר אותה לבנאים בארץ כולה", "הוא נפתח לפני שבע שנים ומאז",
    "עובדים בו שלוש מאות איש ואישה", "כך נאמר בהודעה של החברה היום", "והיא נמסרה גם לעיתונים בעיר",
]  # fmt: skip
LEFT = [
    "בשנה הבאה ייפתח קו חדש בנמל", "שיכפיל את התפוקה של המפעל כו", "ההסכם על כך נחתם בחודש שעבר",
    "בין החברה לבין משרד התעשייה ו", "המימון יבוא מקרן ציבורית אחת", "ומבנק אחד שלא נמסר מה שמו עד",
]  # fmt: skip


def read(lines: list[str | Placed], tmp_path: Path) -> Document:
    (tmp_path / "a.pdf").write_bytes(type3_pdf([lines]))
    return read_document(tmp_path / "a.pdf")


def ending_at(right: float, up: float, shown: str) -> Placed:
    """A line as it is shown, the last letter of a leftward word first."""
    return (right - LETTER * len(shown), up, shown)


def test_the_right_column_is_read_before_the_left_one(tmp_path: Path) -> None:
    lines = [
        ending_at(edge, 700 - 14 * n, line[::-1])
        for edge, column in ((270, LEFT), (530, RIGHT))
        for n, line in enumerate(column)
    ]
    assert read(lines, tmp_path).text.split() == " ".join([*RIGHT, *LEFT]).split()


def test_cells_of_a_table_are_read_from_the_right(tmp_path: Path) -> None:
    rows = [
        ("חיפה", "2019", "310"),
        ("אשדוד", "2020", "95"),
        ("אילת", "2021", "40"),
        ("עכו", "2022", "17"),
    ]
    lines = [
        ending_at(edge, 700 - 20 * n, cell[::-1] if cell[0] > "z" else cell)
        for n, row in enumerate(rows)
        for edge, cell in zip((530, 330, 130), row, strict=True)
    ]
    lines.append(ending_at(530, 740, RIGHT[0][::-1]))
    assert "| חיפה | 2019 | 310 |\n| אשדוד | 2020 | 95 |" in read(lines, tmp_path).text


@pytest.mark.parametrize(("shown", "read_as"), [
    ("םידעצ .1", "1. צעדים"),
    ("הרבחה Pfizer Inc לעפמה", "המפעל Pfizer Inc החברה"),
    ("הרבחה GSK 2020 לעפמה", "המפעל GSK 2020 החברה"),
    ("הרבחה 2021 2020 לעפמה", "המפעל 2020 2021 החברה"),
    ("הרבחה (WHO) לעפמה", "המפעל (WHO) החברה"),
    ("הרבחה 4,200 לעפמה", "המפעל 4,200 החברה"),
    (".הרבחה לעפמה", "המפעל החברה."),
])  # fmt: skip
def test_numbers_and_names_in_other_letters_keep_their_direction(
    shown: str, read_as: str, tmp_path: Path
) -> None:
    lines = [ending_at(530, 700 - 20 * n, line) for n, line in enumerate((shown, RIGHT[0][::-1]))]
    assert read_as in read(lines, tmp_path).text


def test_a_leftward_line_on_another_page_is_read_from_its_right(tmp_path: Path) -> None:
    lines: list[str | Placed] = [
        (60.0, 700.0, "The plant in Haifa is owned by the company named"),
        (60.0, 686.0, "הדלפ לעפמ and makes 4,200 tonnes of steel a year."),
    ]
    text = read(lines, tmp_path).text
    assert text.endswith("the company named מפעל פלדה and makes 4,200 tonnes of steel a year.")


def test_lines_of_one_kind_on_a_page_of_the_other(tmp_path: Path) -> None:
    english = "Haifa Steel Works, 1 Port Road"
    lines: list[str | Placed] = [ending_at(530, 700 - 20 * n, RIGHT[n][::-1]) for n in range(4)]
    lines.insert(0, ending_at(530, 760, english))
    assert read(lines, tmp_path).text.startswith(english)
    lines = [(60.0, 700.0 - 20 * n, "The plant in Haifa is owned by them") for n in range(4)]
    lines.insert(0, (60.0, 760.0, "4,200 הדלפ לעפמ"))
    assert read(lines, tmp_path).text.startswith("מפעל פלדה 4,200")


def test_words_of_a_slanting_hand_overlap_and_are_two() -> None:
    characters = "אב גד(א"
    boxes = boxes_at((50, 56), (44, 50), (0, 0), (40, 46), (34, 40), (31, 34), (28, 31))
    words = [
        Word(start, end, left, 0.0, right, 10.0, 10.0, bold=False, spaced=False)
        for start, end, left, right in (
            (0, 2, 44, 56),
            (3, 5, 34, 46),
            (5, 6, 31, 34),
            (6, 7, 28, 31),
        )
    ]
    read_as = as_read(characters, boxes, words[::-1], leftward=False)
    assert [(w.start, w.spaced) for w in read_as] == [(0, False), (3, True), (5, False), (6, False)]


def test_boxes_are_where_the_letters_stand(tmp_path: Path) -> None:
    found = read([ending_at(530, 700 - 20 * n, RIGHT[n][::-1]) for n in range(2)], tmp_path)
    at = found.text.index(RIGHT[0][:5])
    lefts = [found.boxes[4 * (at + n)] for n in range(5)]
    assert lefts == pytest.approx([530 - LETTER * (n + 1) for n in range(5)], abs=1)


def boxes_at(*edges: tuple[float, float]) -> array[float]:
    return array("f", [edge for left, right in edges for edge in (left, 0.0, right, 10.0)])


def test_letters_in_the_order_of_the_page_are_turned_round_and_numbers_in_them_not() -> None:
    ascending = boxes_at(*((6.0 * n, 6.0 * n + 6) for n in range(6)))
    descending = boxes_at(*((60 - 6.0 * n, 66 - 6.0 * n) for n in range(6)))
    assert reading_order("ןויליס", ascending) == [5, 4, 3, 2, 1, 0]
    assert reading_order("סיליון", descending) is None
    assert reading_order("letter", ascending) is None
    turned = reading_order("12-באג", ascending)
    assert turned and "".join("12-באג"[n] for n in turned) == "גאב-12"


def test_marks_stay_behind_their_letter() -> None:
    order = reading_order("בָא", boxes_at((0, 6), (2, 3), (6, 12)))
    assert order == [2, 0, 1]


def test_one_sign_for_lam_and_alef_is_read_as_lam_and_alef() -> None:
    boxes = boxes_at((20, 26), (10, 20), (10, 20), (4, 10))
    assert reading_order("\u0627\u0627\u0644\u062a", boxes) == [0, 2, 1, 3]
    apart = boxes_at((20, 26), (15, 20), (10, 15), (4, 10))
    assert reading_order("\u0627\u0627\u0644\u062a", apart) is None


@pytest.mark.parametrize(("drawn", "read_as"), [
    ("إنت\ufffdاج", "إنت\u0640اج"),
    ("ت$ع ص$د ط$و", "ت\u0640ع ص\u0640د ط\u0640و"),
    ("ت$ع ص$د ط$و 5$", "ت$ع ص$د ط$و 5$"),
    ("و/أ و/أ و/أ", "و/أ و/أ و/أ"),
    ("ت$ع ص$د", "ت$ع ص$د"),
])  # fmt: skip
def test_what_widens_arabic_words_is_no_letter(drawn: str, read_as: str) -> None:
    assert with_stretches(drawn) == read_as


@pytest.mark.parametrize(("line", "mended"), [
    ("של )WHO) היום", "של (WHO) היום"), ("של (WHO) היום", "של (WHO) היום"),
    ("של )א(, היום", "של (א), היום"), ("סעיף 3(א)", "סעיף 3(א)"), ("א) ראשון", "א) ראשון"),
])  # fmt: skip
def test_brackets_open_before_words(line: str, mended: str) -> None:
    assert with_brackets(line) == mended
