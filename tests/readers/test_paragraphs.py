"""Paragraphs, notes and tables of PDF pages as other programs set them, drawn line by line."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from pipeline.readers import FORMATS
from pipeline.readers.decode import Parsed
from tests.readers.samples import sentence
from tests.readers.typeset import fonts

WORDS = random.Random(7)
SENTENCES = [sentence("en", WORDS) for _ in range(60)]


class Setter:
    """Sets ragged text on pages of 595 by 842 points; `at` is the distance of the next line from the top."""

    def __init__(self, canvas: Canvas) -> None:
        fonts()
        self.canvas, self.at = canvas, 60.0

    def text(
        self,
        words: str,
        left: float = 60,
        width: float = 470,
        size: float = 10,
        lead: float = 12.5,
        bold: bool = False,
    ) -> None:
        font = "Bold" if bold else "Text"
        self.canvas.setFont(font, size)
        for line in simpleSplit(words, font, size, width):
            self.canvas.drawString(left, 842 - self.at, line)
            self.at += lead

    def row(self, *cells: str, lefts: tuple[float, ...] = (60, 260, 400)) -> None:
        self.canvas.setFont("Text", 9)
        for left, cell in zip(lefts, cells, strict=True):
            self.canvas.drawString(left, 842 - self.at, cell)
        self.at += 12.5

    def page(self) -> None:
        self.canvas.showPage()
        self.at = 60.0


def read(draw: Callable[[Setter], None]) -> Parsed:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842), invariant=1)
    draw(Setter(canvas))
    canvas.save()
    return FORMATS[".pdf"].read(stream.getvalue())


def long(number: int, count: int = 5) -> str:
    return " ".join(SENTENCES[number * count : (number + 1) * count])


def layers(parsed: Parsed, layer: str) -> list[str]:
    return [parsed.text[r.start : r.end] for r in parsed.regions if r.layer == layer]


def test_a_table_without_lines_is_seen_though_ragged_text_follows() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0))
        page.at += 8
        for cells in (
            ("Country", "Sites", "Doses"),
            ("Kazakhstan", "17", "101.0"),
            ("Latvia", "9", "12.5"),
            ("Finland", "4", "7.1"),
        ):
            page.row(*cells)
        page.at += 8
        page.text("A short line.")
        page.text(long(1))

    assert (
        "| Country | Sites | Doses |\n| Kazakhstan | 17 | 101.0 |\n| Latvia | 9 | 12.5 |\n| Finland | 4 | 7.1 |"
        in read(draw).text
    )


def test_many_small_notes_do_not_tear_the_body() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0), lead=14)
        page.at = 430
        for number in range(1, 13):
            page.text(f"{number} {long(number % 9, 2)}", size=7, lead=8.5)
        page.page()
        for number in range(1, 6):
            page.text(long(number), lead=14)

    parsed = read(draw)
    assert parsed.text.split("\n\n")[0] == long(0)
    assert len(layers(parsed, "footnote")) == 12


def test_a_block_narrower_than_its_column_is_one_paragraph() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0))
        page.at += 8
        page.text(long(1), left=100, width=300)
        page.at += 8
        page.text(long(2))

    assert read(draw).text.split("\n\n") == [long(0), long(1), long(2)]


def test_a_dash_begins_an_item_only_where_a_sentence_has_ended() -> None:
    def draw(page: Setter) -> None:
        for line in (
            "Ситуация с вакцинами остаётся сложной, но план выполняется в срок и без изъятий",
            "— заявила министр на встрече с партнёрами.",
        ):
            page.text(line)
        page.text("— первый пункт перечня;")
        page.text("— второй пункт перечня.")

    paragraphs = read(draw).text.split("\n\n")
    assert paragraphs[0].endswith("без изъятий — заявила министр на встрече с партнёрами.")
    assert paragraphs[1:] == ["— первый пункт перечня;", "— второй пункт перечня."]


def test_initials_and_numbers_at_line_ends_break_nothing() -> None:
    def draw(page: Setter) -> None:
        for line in (
            "The programme was reviewed at length by the committee and its chairman, said J.",
            "Whitcombe, who led it, in the second meeting, which was held in the town of Otrar on",
            "1 February 2009 with all its members. Nobody objected.",
        ):
            page.text(line)

    assert read(draw).text.count("\n\n") == 0


def test_endnotes_need_no_heading() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0))
        page.text(long(1))
        page.page()
        for number in range(1, 9):
            page.text(f"{number}. Source number {number}, page {10 * number}.", size=8, lead=40)

    parsed = read(draw)
    assert layers(parsed, "endnote") == [
        f"{n}. Source number {n}, page {10 * n}." for n in range(1, 9)
    ]


def test_notes_that_look_alike_are_no_running_heads() -> None:
    def draw(page: Setter) -> None:
        for number, source in ((1, 214), (2, 37), (3, 105)):
            page.text(f"Running head of page {number}", size=8)
            page.at = 100
            page.text(f"{long(number)}")
            page.at = 790
            page.text(f"{number} See the register of contracts, p. {source}.", size=8)
            page.page()

    parsed = read(draw)
    assert layers(parsed, "footnote") == [
        f"{n} See the register of contracts, p. {p}." for n, p in ((1, 214), (2, 37), (3, 105))
    ]
    assert layers(parsed, "header") == ["Running head of page 1"]


def test_notes_that_end_alike_are_no_running_feet() -> None:
    def draw(page: Setter) -> None:
        for number in (1, 2, 3):
            page.text(long(number))
            page.at = 790
            page.text(
                f"{number} {SENTENCES[number].removesuffix('.')} and the number {number} of its",
                size=8,
                lead=10,
                width=1000,
            )
            page.text("vaccines.", size=8)
            page.page()

    parsed = read(draw)
    assert layers(parsed, "footer") == []
    assert [note.endswith(" of its vaccines.") for note in layers(parsed, "footnote")] == [True] * 3


def two_columns(page: Setter, left: str, right: str) -> None:
    top = page.at
    page.text(left, width=225)
    low, page.at = page.at, top
    page.text(right, left=310, width=225)
    page.at = max(low, page.at)


def test_what_stands_below_two_columns_is_read_after_both() -> None:
    def draw(page: Setter) -> None:
        two_columns(page, long(0, 9), long(1, 7))
        page.at += 30
        page.text("Notes", size=12, bold=True)
        page.at += 4
        page.text("1. " + long(7, 2), size=8, lead=10)

    parsed = read(draw)
    order = [
        parsed.text.index(words) for words in (long(0, 9)[:30], long(1, 7)[:30], "Notes\n", "1. ")
    ]
    assert order == sorted(order)
    assert len(layers(parsed, "endnote")) == 1


def test_a_drawn_line_ends_two_columns() -> None:
    def draw(page: Setter) -> None:
        two_columns(page, long(0, 8), long(1, 8))
        page.canvas.line(60, 842 - page.at, 535, 842 - page.at)
        page.at += 18
        two_columns(page, long(2, 8), long(3, 8))

    parsed = read(draw)
    order = [parsed.text.index(long(number, 8)[:40]) for number in range(4)]
    assert order == sorted(order)


def test_the_gutter_of_one_page_cuts_no_lines_of_the_next() -> None:
    def draw(page: Setter) -> None:
        two_columns(page, long(0, 10), long(1, 10))
        page.page()
        words = long(2, 10).split()
        page.canvas.setFont("Text", 10)
        for start in range(0, len(words), 8):  # a wide gap in each line where the gutter was
            page.canvas.drawString(60, 842 - page.at, " ".join(words[start : start + 4]))
            page.canvas.drawString(303, 842 - page.at, " ".join(words[start + 4 : start + 8]))
            page.at += 12.5
            if start == 8:
                break
        page.at += 60
        page.text(long(3))

    assert long(3) in read(draw).text.split("\n\n")


def test_accents_drawn_apart_are_set_on_their_letters() -> None:
    def draw(page: Setter) -> None:
        page.canvas.setFont("Text", 10)
        page.canvas.drawString(
            60, 700, "Local authorities in Gdansk reported it, at a cost of 5` and more."
        )
        before, letter, accent = (
            stringWidth(text, "Text", 10) for text in ("Local authorities in Gda", "n", "´")
        )
        page.canvas.drawString(60 + before + (letter - accent) / 2, 700, "´")

    assert read(draw).text == "Local authorities in Gdańsk reported it, at a cost of 5` and more."


def test_chinese_lines_break_numbers() -> None:
    def draw(page: Setter) -> None:
        fonts()
        for number, line in enumerate(
            ("据主管部门统计截至20", "14年底共检查了899家", "实验室其中26家有证。")
        ):
            page.canvas.setFont("STSong-Light", 10)
            page.canvas.drawString(60, 700 - 14 * number, line)

    assert read(draw).text == "据主管部门统计截至2014年底共检查了899家实验室其中26家有证。"


def test_a_heading_that_spans_columns_parts_sections() -> None:
    def draw(page: Setter) -> None:
        two_columns(page, long(0, 6), long(0, 6))
        page.at += 12
        page.text("A second section", size=13, bold=True, width=225)
        page.at += 6
        two_columns(page, long(1, 6), long(2, 6))

    parsed = read(draw)
    paragraphs = parsed.text.split("\n\n")
    assert paragraphs == [long(0, 6), long(0, 6), "A second section", long(1, 6), long(2, 6)]


def test_page_numbers_above_large_margins_are_dropped() -> None:
    def draw(page: Setter) -> None:
        for number in range(1, 4):
            page.at = 150
            page.text(long(number))
            page.at = 690
            page.text(str(number), left=295, width=30)
            page.page()

    assert read(draw).text.split("\n\n") == [long(1), long(2), long(3)]


def test_lone_numbers_that_count_no_pages_are_kept() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0))
        page.at = 680
        page.text("1500")
        page.page()
        page.text(long(1))
        page.at = 150
        page.text("Civil", size=14)

    text = read(draw).text
    assert "1500" in text
    assert "Civil" in text


def test_powers_stay_apart_from_their_base() -> None:
    def draw(page: Setter) -> None:
        for power, top in (("6.5", 600), ("−6", 500)):
            page.canvas.setFont("Text", 10)
            page.canvas.drawString(60, top, "A titre of 10")
            page.canvas.setFont("Text", 6)
            page.canvas.drawString(60 + stringWidth("A titre of 10", "Text", 10), top + 4, power)

    assert read(draw).text.split() == "A titre of 10^6.5 A titre of 10⁻⁶".split()


def test_stamps_beside_the_text_are_in_no_passage() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0))
        page.canvas.saveState()
        page.canvas.translate(30, 300)
        page.canvas.rotate(90)
        page.canvas.setFont("Text", 18)
        page.canvas.drawString(0, 0, "arXiv 2024 stamp")
        page.canvas.restoreState()
        page.canvas.saveState()
        page.canvas.translate(150, 200)
        page.canvas.rotate(45)
        page.canvas.setFont("Text", 60)
        page.canvas.drawString(0, 0, "DRAFT")
        page.canvas.restoreState()

    parsed = read(draw)
    assert parsed.text.split("\n\n") == [long(0), "arXiv 2024 stamp", "DRAFT"]
    assert layers(parsed, "margin") == ["arXiv 2024 stamp", "DRAFT"]
    assert parsed.title is None


def test_dashes_and_hyphens_at_line_ends() -> None:
    lines = (
        "He cited case C-",
        "331/16, the pages 92–",
        "125, the pre-",
        "and post-war years and H.-",
        "P. Kessler of the fill-",
        "and-finish plant.",
    )

    def draw(page: Setter) -> None:
        for line in lines:
            page.text(line, left=60, width=200)
        page.text("The fill-and-finish plant closed.", left=60, width=200)

    text = read(draw).text
    assert text.startswith(
        "He cited case C-331/16, the pages 92–125, the pre- and post-war years and H.-P. Kessler of the fill-and-finish plant."
    )


def test_captions_go_on_with_a_mark_or_a_capital() -> None:
    def draw(page: Setter) -> None:
        page.text("Box 9 contains receipts and unsigned letters. " + long(0, 2))
        page.at += 10
        page.text("Table 1. Measures taken")
        page.at += 10
        page.text("Figure 2 Gauge readings at Otrar")
        page.at += 10
        page.text(long(1))

    assert layers(read(draw), "caption") == [
        "Table 1. Measures taken",
        "Figure 2 Gauge readings at Otrar",
    ]


def test_soft_hyphens_within_a_line_are_nothing() -> None:
    def draw(page: Setter) -> None:
        page.text("A well-known plant was of\u00adfered here.")

    assert read(draw).text == "A well-known plant was offered here."


def test_words_in_cells_keep_their_order() -> None:
    def draw(page: Setter) -> None:
        page.canvas.grid([60, 200, 420], [742, 700, 640])
        page.at = 118
        page.text("Otrar plant", left=66, size=9)
        page.at = 118
        page.text(
            "inspected by 11 March 2009, of which three held; re-gular, grey, jumping",
            left=206,
            width=200,
            size=9,
        )
        page.at = 160
        page.text("Irtysh", left=66, size=9)
        page.at = 160
        page.text("none", left=206, size=9)

    assert (
        "| Otrar plant | inspected by 11 March 2009, of which three held; re-gular, grey, jumping |\n| Irtysh | none |"
        in read(draw).text
    )


LONG_CELLS = (
    (
        "Finland",
        "Export controls on synthesisers entered into force on 10 December 1998, with a transition period.",
        "42",
    ),
    (
        "Portugal",
        "It also provides for visits, although only with the consent of the host government.",
        "7",
    ),
    ("Latvia", "Votes: 653.", "15"),
)
WANTED = "\n".join(f"| {' | '.join(row)} |" for row in LONG_CELLS)


def wrapped_row(page: Setter, cells: tuple[str, ...]) -> None:
    top, low = page.at, page.at
    for left, width, cell in zip((64, 170, 440), (90, 240, 80), cells, strict=True):
        page.at = top
        page.text(cell, left, width, size=9, lead=11)
        low = max(low, page.at)
    page.at = low


def line(page: Setter) -> None:
    page.at -= 7
    page.canvas.line(60, 842 - page.at, 535, 842 - page.at)
    page.at += 14


def test_cells_between_horizontal_lines_alone() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0))
        page.at += 12
        line(page)
        for cells in LONG_CELLS:
            wrapped_row(page, cells)
            line(page)
        page.text(long(1))

    paragraphs = read(draw).text.split("\n\n")
    assert paragraphs == [long(0), WANTED, long(1)]


def test_ruled_paper_is_no_table() -> None:
    def draw(page: Setter) -> None:
        for number in range(160):
            page.canvas.line(60, 800 - 4 * number, 535, 800 - 4 * number)
        for number in range(40):
            page.canvas.setFont("Text", 3)
            page.canvas.drawString(60, 799 - 16 * number, SENTENCES[number] * 3)

    assert not layers(read(draw), "table")


def test_a_table_of_a_book_with_three_lines() -> None:
    head = ("Country", "Measure", "Votes")

    def draw(page: Setter) -> None:
        page.at += 12
        line(page)
        wrapped_row(page, head)
        line(page)
        for cells in LONG_CELLS:
            wrapped_row(page, cells)
        line(page)
        page.text(long(1))

    assert read(draw).text.split("\n\n") == [f"| {' | '.join(head)} |\n{WANTED}", long(1)]


def test_a_head_above_the_first_line_belongs_to_the_table() -> None:
    def draw(page: Setter) -> None:
        page.text("Table 1. Measures taken")
        wrapped_row(page, ("Country", "Measure", "Votes"))
        for cells in LONG_CELLS:
            line(page)
            wrapped_row(page, cells)

    assert read(draw).text.split("\n\n") == [
        "Table 1. Measures taken",
        f"| Country | Measure | Votes |\n{WANTED}",
    ]


def test_a_table_without_lines_whose_cells_are_wrapped() -> None:
    def draw(page: Setter) -> None:
        page.text(long(0))
        page.at += 14
        wrapped_row(page, ("Country", "Measure", "Votes"))
        for cells in (*LONG_CELLS[::-1], ("Poland", LONG_CELLS[0][1], "9")):
            wrapped_row(page, cells)
        page.at += 8
        page.text(long(1))

    rows = [("Country", "Measure", "Votes"), *LONG_CELLS[::-1], ("Poland", LONG_CELLS[0][1], "9")]
    assert read(draw).text.split("\n\n") == [
        long(0),
        "\n".join(f"| {' | '.join(row)} |" for row in rows),
        long(1),
    ]


def test_numbers_below_each_other_stay_apart() -> None:
    def draw(page: Setter) -> None:
        for cells in (
            ("Plant", "Doses", "Year"),
            ("Otrar", "42", "2023"),
            ("", "300", "2024"),
            ("Irtysh", "7", "2023"),
            ("", "9", "2024"),
        ):
            page.row(*cells)

    assert (
        "| Otrar | 42 | 2023 |\n|  | 300 | 2024 |\n| Irtysh | 7 | 2023 |\n|  | 9 | 2024 |"
        in read(draw).text
    )


def test_two_columns_of_text_between_lines_are_no_table() -> None:
    def draw(page: Setter) -> None:
        line(page)
        two_columns(page, long(9, 3), long(10, 3))
        page.at += 10
        line(page)
        two_columns(page, long(0, 12), long(1, 12))
        page.at += 10
        line(page)

    parsed = read(draw)
    assert not layers(parsed, "table")
    assert parsed.text.index(long(0, 12)[:50]) < parsed.text.index(long(1, 12)[:50])
