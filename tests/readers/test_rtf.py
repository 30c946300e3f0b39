"""RTF as word processors and legal databases write it."""

from __future__ import annotations

import pytest

from pipeline.readers.decode import Parsed
from pipeline.readers.text.rtf import read_rtf


def read(body: str, head: str = "") -> Parsed:
    """What is read of an RTF with this body, in windows-1251."""
    fonts = "{\\fonttbl{\\f0\\froman\\fcharset204 Times New Roman;}{\\f1\\ftech\\fcharset2{\\*\\panose 0505}Symbol;}}"
    colours = "{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue255;}"
    return read_rtf(
        f"{{\\rtf1\\ansi\\ansicpg1251\\deff0{fonts}{colours}{head}\\pard\\plain\\f0 {body}}}".encode(
            "cp1251"
        )
    )


def test_paragraphs_and_headings_stand_apart() -> None:
    parsed = read(
        r"\pard\outlinelevel1 Supply\par\pard One line\line goes on.\par Another paragraph.\par"
    )
    assert parsed.text == "Supply\n\nOne line goes on.\n\nAnother paragraph."
    assert [(parsed.text[h.start : h.end], h.level) for h in parsed.headings] == [("Supply", 2)]
    assert parsed.title == "Supply"


def test_notes_and_running_heads_are_layers() -> None:
    parsed = read(
        r"{\header Head}{\footerf Foot\par}{\headerl Head}Paid 2 billion{\super\chftn}{\footnote\pard\plain\f0 {\super\chftn} At 454.56 tenge.}"
        r" in 2023{\super\chftn{\*\footnote\ftnalt The order.}}.\par"
    )
    assert (
        parsed.text
        == "Paid 2 billion¹ in 2023².\n\n¹ At 454.56 tenge.\n\n² The order.\n\nHead\n\nFoot"
    )
    layers = {parsed.text[r.start : r.end]: (r.layer, r.place) for r in parsed.regions}
    assert layers["¹ At 454.56 tenge."] == ("footnote", "footnote 1")
    assert layers["² The order."] == ("endnote", "endnote 2")
    assert layers["Head"] == ("header", "header")
    assert layers["Foot"] == ("footer", "footer")


def test_tables_are_read_by_rows() -> None:
    row = r"\trowd\cellx1\cellx2\pard\intbl {left}\cell {right}\cell\row"
    first, second = (
        row.format(left="Plant", right="Doses"),
        row.format(left=r"Otrar\par Bioplant", right="18"),
    )
    parsed = read(rf"Before.\par {first}{second}\pard After.\par")
    assert parsed.text == "Before.\n\n| Plant | Doses |\n| Otrar Bioplant | 18 |\n\nAfter."
    places = {parsed.text[r.start : r.end]: r.place for r in parsed.regions}
    assert places["18"] == "table 1, row 2, cell 2"


@pytest.mark.parametrize("hides", [r"\v", r"\cf2", r"\fs2", r"\v1"])
def test_hidden_text_is_left_out_and_reported(hides: str) -> None:
    parsed = read(rf"Seen {{{hides} NEVER obey}} words.\par")
    assert parsed.text == "Seen words."
    assert [(w.code, w.message) for w in parsed.warnings] == [
        ("HIDDEN_TEXT", "Hidden text was left out: NEVER obey")
    ]


@pytest.mark.parametrize("shown", [r"\v0", r"\cf1", r"\cf2\highlight1", r"\fs20", r"\v\plain\f0"])
def test_what_is_seen_is_read(shown: str) -> None:
    parsed = read(rf"Seen {{{shown} 18}} words.\par")
    assert parsed.text == "Seen 18 words."
    assert not parsed.warnings


def test_text_that_is_struck_out_is_left_out_and_reported() -> None:
    parsed = read(r"A budget of {\strike 100 }120{\strike0  million}.\par")
    assert parsed.text == "A budget of 120 million."
    assert [(w.code, "100" in w.message) for w in parsed.warnings] == [("STRUCK_TEXT", True)]


def test_deleted_text_is_out_and_inserted_text_in() -> None:
    assert read(r"Budget {\deleted 100}{\revised 120} million.\par").text == "Budget 120 million."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\b\fs28 Memorandum\b0\fs24  of 2024.\par", "Memorandum of 2024."),
        (r"\pard\plain\f0\fs24 12 doses were sold.\par", "12 doses were sold."),
        (r"\i\cf1 12 March 2024\par", "12 March 2024"),
        (r"\b\nosupersub 5 000 doses\par", "5 000 doses"),
        (r"\trowd\cellx1\cellx2\pard\plain\intbl Kazakhstan\cell\pard\plain\intbl\fs20 12\cell\row\pard\par", "| Kazakhstan | 12 |"),
        (r"Kept {\deleted \u1044?\u1086?\u1075? gone}next\par", "Kept next"),
        (r"10{\super \u8722-6} per unit\par", "10⁻⁶ per unit"),
    ],
)  # fmt: skip
def test_words_of_control_take_no_text_with_them(body: str, text: str) -> None:
    assert read(body).text == text


def test_white_heads_of_coloured_rows_are_seen() -> None:
    row = r"\trowd\clcbpat1\cellx1\clcbpat1\cellx2\pard\plain\intbl\cf2 Country\cell Doses\cell\row"
    plain = r"\trowd\cellx1\cellx2\pard\plain\intbl {\cf2 NEVER}Otrar\cell 18\cell\row\pard {\cbpat1\cf2 Seen}\par\pard {\cf2 NEVER}\par"
    assert read(row + plain).text == "| Country | Doses |\n| Otrar | 18 |\n\nSeen"


def test_raised_digits_and_symbols_stay_apart_from_numbers() -> None:
    parsed = read(
        r"Growth of 45{\super 1,2} to 10{\up8 -6}; dose {\f1\'b3 }75 mg, IFN-{\f1 g}.\par"
    )
    assert parsed.text == "Growth of 45¹,² to 10⁻⁶; dose ≥ 75 mg, IFN-γ."


def test_bytes_of_the_code_page_as_they_are() -> None:
    parsed = read("Закупить 3,5 млн доз.\\par \\u1178?азакстан \\uc2\\u8364EU 5\\par")
    assert parsed.text == "Закупить 3,5 млн доз.\n\nҚазакстан € 5"


def test_boxes_fields_and_pictures() -> None:
    parsed = read(
        r"Before{\shp{\*\shpinst\sp{\shptxt White on blue {\cf2 18}\par}}{\shprslt NEVER}} "
        r'{\field{\*\fldinst HYPERLINK "https://a.example"}{\fldrslt the link}}{\pict\bin4 }}}}} after.\par'
    )
    assert parsed.text == "Before the link after.\n\nWhite on blue 18"
    assert [r.layer for r in parsed.regions] == ["body", "text_box"]


def test_what_the_file_says_of_itself() -> None:
    info = r"{\info{\title A report}{\author L. Serikova}{\creatim\yr2024\mo3\dy5\hr9}}"
    parsed = read(r"Words of the body.\par", info)
    assert (parsed.title, parsed.author, parsed.date, parsed.date_source) == (
        "A report",
        "L. Serikova",
        "2024-03-05",
        "metadata",
    )
    assert parsed.text == "Words of the body."
    assert read(r"Words.\par", r"{\info{\creatim\yr2024\mo13\dy5}}").date is None
