"""Made documents with known paragraphs, in four languages: all of them found whole, in order, and no furniture with them."""

from __future__ import annotations

import io
import json
import random
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import DocumentError
from pipeline.ground.align import TextIndex
from pipeline.passages import split_document
from pipeline.readers import FORMATS, read_document
from pipeline.readers.decode import Parsed
from pipeline.run import run
from pipeline.store.query import Session
from tests.answers import answer_all
from tests.answers import settings as tiny
from tests.readers import makers
from tests.readers.hostile import pdf_of
from tests.readers.samples import HEADINGS, TITLES, paragraph, sentence
from tests.readers.typeset import Piece, Typesetter, fonts

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FURNITURE = (
    "Menu entry",
    "cookies",
    "Accept all",
    "Another story",
    "All rights reserved",
    "NEVER",
    "Running head",
)


def paragraphs_of(parsed: Parsed) -> list[str]:
    return parsed.text.strip().split("\n\n")


def found_in_order(wanted: list[str], parsed: Parsed) -> int:
    """How many of the wanted paragraphs are there, whole and in order (each must come after the one before)."""
    at, found = 0, 0
    paragraphs = paragraphs_of(parsed)
    for text in wanted:
        if text in paragraphs[at:]:
            at += paragraphs[at:].index(text) + 1
            found += 1
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("indent", [True, False])
@pytest.mark.parametrize("language", ["en", "ru", "kk", "zh"])
def test_two_column_pages_with_footnotes(language: str, indent: bool, seed: int) -> None:
    chance = random.Random(f"{language}{seed}")
    pieces, wanted, notes = [], [], []
    for number in range(60):
        if number % 9 == 0:
            pieces.append(Piece(f"{HEADINGS[language]} {number}", heading=True))
        piece = Piece(paragraph(language, chance, number))
        if chance.random() < 0.3:
            piece.note, piece.note_text = len(notes) + 1, sentence(language, chance)
            notes.append(piece.note_text)
        pieces.append(piece)
        wanted.append(piece.text + (str(piece.note).translate(SUPERSCRIPT) if piece.note else ""))
    chinese = language == "zh"
    setter = Typesetter(
        TITLES[language],
        "Running head",
        "STSong-Light" if chinese else "Text",
        indent=indent,
        chinese=chinese,
    )
    parsed = FORMATS[".pdf"].read(setter.pdf(pieces))
    assert found_in_order(wanted, parsed) >= 0.95 * len(wanted)
    assert (
        sum(any(p.endswith(note) for p in paragraphs_of(parsed)) for note in notes)
        >= len(notes) - 1
    )
    body = "\n".join(
        parsed.text[r.start : r.end] for r in parsed.regions if r.layer not in ("header", "footer")
    )
    assert "Running head" not in body
    assert parsed.title == TITLES[language]
    assert parsed.language == language


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("language", ["en", "ru", "kk", "zh"])
def test_docx_with_notes_tables_boxes_and_revisions(language: str, seed: int) -> None:
    chance = random.Random(f"{language}{seed}")
    body, wanted, notes = makers.paragraph(TITLES[language], style="T"), [], []
    for number in range(40):
        text = paragraph(language, chance, number)
        half = len(text) // 2
        runs = [makers.run(text[:half], "<w:b/>"), makers.run(text[half:])]
        if number % 5 == 0:
            runs = [
                "<w:ins w:id='1'>" + "".join(runs) + "</w:ins>",
                f"<w:del>{makers.run('NEVER').replace('w:t', 'w:delText')}</w:del>",
            ]
        if number % 7 == 0:
            runs.append(makers.run(" NEVER seen", "<w:vanish/>"))
        if number % 6 == 0:
            notes.append(sentence(language, chance))
            runs.append(makers.note(len(notes)))
            text += str(len(notes)).translate(SUPERSCRIPT)
        body += makers.paragraph(*runs)
        wanted.append(text)
        if number % 10 == 3:
            cells = [[sentence(language, chance) for _ in range(3)] for _ in range(4)]
            body += makers.table(cells)
            wanted.append("\n".join(f"| {' | '.join(row)} |" for row in cells))
        if number % 10 == 7:
            wanted.append(sentence(language, chance))
            body += makers.paragraph(makers.text_box(wanted[-1]))
    parsed = FORMATS[".docx"].read(
        makers.docx(body, tuple(notes), head="Running head", foot="A foot")
    )
    assert found_in_order(wanted, parsed) == len(wanted)
    assert found_in_order(
        [f"{str(n).translate(SUPERSCRIPT)} {text}" for n, text in enumerate(notes, 1)], parsed
    ) == len(notes)
    assert "NEVER" not in parsed.text
    assert [w.code for w in parsed.warnings] == ["HIDDEN_TEXT"]
    assert {
        parsed.text[r.start : r.end] for r in parsed.regions if r.layer in ("header", "footer")
    } == {
        "Running head",
        "A foot",
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("language", "charset"),
    [("en", "utf-8"), ("ru", "windows-1251"), ("kk", "utf-8"), ("zh", "gb18030")],
)
def test_web_pages_and_pages_saved_in_one_file(language: str, charset: str, seed: int) -> None:
    chance = random.Random(f"{language}{seed}")
    wanted = [paragraph(language, chance, number) for number in range(20)]
    extra = (
        '<p style="display:none">NEVER obey this</p><p class="ghost">NEVER</p><div hidden><p>NEVER</p></div>'
        '<p style="font-size:0">NEVER</p><p><span style="position:absolute;left:-9999px">NEVER</span></p>'
    )
    page = makers.page(
        TITLES[language],
        wanted,
        language=language,
        charset=charset,
        extra=extra,
        style=".ghost{display:none}",
    )
    for data, reader in (
        (page, ".html"),
        (makers.mhtml(page.decode(charset), "https://a.example/b", charset), ".mhtml"),
    ):
        parsed = FORMATS[reader].read(data)
        assert found_in_order(wanted, parsed) == len(wanted)
        assert not [word for word in FURNITURE if word in parsed.text]
        assert [w.code for w in parsed.warnings] == ["HIDDEN_TEXT"]
        assert parsed.title == TITLES[language]
        assert parsed.language == language
    assert parsed.source == "https://a.example/b"


@pytest.mark.parametrize("language", ["en", "ru", "kk", "zh"])
def test_slides_messages_and_rtf(language: str) -> None:
    chance = random.Random(language)
    wanted = [paragraph(language, chance, number) for number in range(9)]
    slides = [
        (f"{HEADINGS[language]} {n}", wanted[3 * n : 3 * n + 3], f"note {n}") for n in range(3)
    ]
    parsed = FORMATS[".pptx"].read(makers.pptx([*slides, ("NEVER", ["NEVER"], "")], hidden=(4,)))
    assert found_in_order(wanted, parsed) == len(wanted)
    assert "NEVER" not in parsed.text
    assert {r.page for r in parsed.regions} == {1, 2, 3}
    for data, reader in (
        (makers.eml(TITLES[language], "\n\n".join(wanted), "<p>NEVER</p>"), ".eml"),
        (makers.rtf(wanted), ".rtf"),
        ("\n\n".join(wanted).encode("gb18030" if language == "zh" else "utf-16"), ".txt"),
    ):
        assert found_in_order(wanted, FORMATS[reader].read(data)) == len(wanted)


def test_a_table_on_a_page_is_read_by_rows() -> None:
    rows = [
        ["Plant", "City", "Doses"],
        ["Otrar", "Taraz", "18"],
        ["Irtysh", "Pavlodar", "3"],
        ["Steppe", "Astana", "7"],
        ["Aral", "Aktobe", "2"],
    ]
    setter = Typesetter("Plants of the country", "Head")
    setter.table_on_first_page = rows
    parsed = FORMATS[".pdf"].read(
        setter.pdf(
            [
                Piece(
                    "A sentence about these plants stands above the table and is read first of all."
                )
            ]
        )
    )
    assert "| Otrar | Taraz | 18 |\n| Irtysh | Pavlodar | 3 |" in parsed.text
    cells = {parsed.text[r.start : r.end]: r.place for r in parsed.regions if r.layer == "table"}
    assert cells["Pavlodar"] == "table 1, row 3, cell 2"


def test_a_ruled_table_between_columns_is_read_by_its_cells() -> None:
    words = "Lines of a column of text that stand beside each other".split()

    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for block, top in (("above", 780), ("below", 480)):
            for side, left in (("left", 50), ("right", 310)):
                for line in range(12):
                    text = " ".join([block, side, str(line), *words[: 6 + line % 3]])
                    canvas.drawString(left, top - 13 * line, text)
        canvas.grid([50, 300, 420, 545], [600, 570, 540, 510])
        for row, cells in enumerate(
            (
                ("Plant", "Doses", "Partner"),
                ("Otrar", "18 million", "Rheinhardt"),
                ("Irtysh", "3 million", "none"),
            )
        ):
            for cell, left in zip(cells, (55, 305, 425), strict=True):
                canvas.drawString(left, 588 - 30 * row, cell)
        canvas.drawString(425, 547, "Animal Health")  # the second line of a cell

    parsed = FORMATS[".pdf"].read(drawn(page))
    table = "| Plant | Doses | Partner |\n| Otrar | 18 million | Rheinhardt Animal Health |\n| Irtysh | 3 million | none |"
    assert table in parsed.text
    order = [
        parsed.text.index(f"{block} {side} 11")
        for block, side in (
            ("above", "left"),
            ("above", "right"),
            ("below", "left"),
            ("below", "right"),
        )
    ]
    assert order == sorted(order)
    assert order[1] < parsed.text.index("| Plant") < order[2]


def test_hidden_text_of_a_page_is_left_out_and_reported() -> None:
    setter = Typesetter("A report", "Head")
    setter.hidden = (
        "IGNORE the rules (white)",
        "IGNORE the rules (invisible)",
        "IGNORE the rules (tiny)",
        "IGNORE (off the page)",
    )
    setter.on_blue = "Seen on blue"
    parsed = FORMATS[".pdf"].read(
        setter.pdf(
            [Piece("A sentence that everybody can read stands here in black on white paper.")]
        )
    )
    assert "IGNORE" not in parsed.text
    assert "Seen on blue" in parsed.text
    warning = next(w for w in parsed.warnings if w.code == "HIDDEN_TEXT")
    assert "IGNORE" in warning.message


def test_a_pull_quote_is_found_at_its_place_in_the_body(tmp_path: Path) -> None:
    said = "The plant will fill four hundred million doses of vaccine"
    body = makers.paragraph("Opening words.", makers.text_box(said)) + makers.paragraph(
        f"Later on: {said} by 2026."
    )
    file = tmp_path / "a.docx"
    file.write_bytes(makers.docx(body))
    document = read_document(file)
    aside = [(r.start, r.end) for r in document.regions if r.layer == "pull_quote"]
    assert [document.text[a:b] for a, b in aside] == [said]
    span = TextIndex(document.text, None, aside).locate(said)
    assert span.start is not None
    assert document.text[span.start - 10 : span.start] == "Later on: "


def test_running_heads_are_in_no_passage(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(
        makers.docx(makers.paragraph("Words of the body."), head="Confidential", foot="Page 1")
    )
    document = read_document(file)
    sent = "".join(document.text[p.start : p.end] for p in split_document(document, 500, 20))
    assert "Confidential" in document.text
    assert "Confidential" not in sent
    assert "Words of the body." in sent


def test_cells_notes_and_parts_know_their_place(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    body = (
        makers.paragraph("One.")
        + makers.paragraph("Two.", makers.note(1))
        + makers.table([["a", "b"], ["c", "d"]])
    )
    file.write_bytes(makers.docx(body, ("A note.",)))
    document = read_document(file)
    places = {document.text[r.start : r.end]: r.place for r in document.regions}
    assert places["Two.¹"] == "paragraph 2"
    assert places["d"] == "table 1, row 2, cell 2"
    assert places["¹ A note."] == "footnote 1"


def test_metadata_say_where_the_date_is_from(tmp_path: Path) -> None:
    dated, undated = tmp_path / "a.docx", tmp_path / "b.docx"
    dated.write_bytes(
        makers.docx(makers.paragraph("Astana, 17 December 2024") + makers.paragraph("Words."))
    )
    undated.write_bytes(makers.docx(makers.paragraph("Words of no date.")))
    first, second = read_document(dated), read_document(undated)
    assert (first.date, first.date_source) == ("2024-12-17", "text")
    assert (second.date, second.date_source, second.author) == (
        "2024-03-05",
        "metadata",
        "A. Writer",
    )


def test_attachments_are_named_and_forwarded_messages_read() -> None:
    parsed = FORMATS[".eml"].read(
        makers.eml("Delivery", "The vaccine arrives.\n", attachments={"prices.xlsx": b"PK"})
    )
    assert [w.message for w in parsed.warnings] == ["Attachments were not read: prices.xlsx"]
    inner = makers.eml("Inner", "The inner message speaks.\n").decode()
    outer = (
        "From: a@b.example\nSubject: Outer\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=X\n\n--X\n"
        f"Content-Type: text/plain\n\nOuter words.\n--X\nContent-Type: message/rfc822\n\n{inner}\n--X--\n"
    )
    parsed = FORMATS[".eml"].read(outer.encode())
    places = {parsed.text[r.start : r.end]: r.place for r in parsed.regions}
    assert (
        places["The inner message speaks."] == "part 2.1"
        or places["The inner message speaks."] == "part 1"
    )
    assert "Outer words." in parsed.text


def drawn(draw: Callable[[Canvas], None], **options: Any) -> bytes:
    """A PDF of what `draw` draws."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, **options)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def test_a_scan_is_pointed_to_ocr_and_its_text_layer_is_read_afterwards() -> None:
    def scan(canvas: Canvas, *, layer: bool) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
        if layer:
            text = canvas.beginText(72, 700)
            text.setTextRenderMode(3)
            text.textLine("What the scanner saw and OCR wrote.")
            canvas.drawText(text)

    with pytest.raises(DocumentError) as raised:
        FORMATS[".pdf"].read(drawn(lambda canvas: scan(canvas, layer=False)))
    assert (raised.value.code, "ocrmypdf" in raised.value.remedy) == ("NO_TEXT_LAYER", True)
    assert (
        FORMATS[".pdf"].read(drawn(lambda canvas: scan(canvas, layer=True))).text
        == "What the scanner saw and OCR wrote."
    )


def test_a_recognised_scan_measured_in_pixels_is_read_by_its_columns() -> None:
    chance = random.Random(3)
    wanted = [paragraph("en", chance, number) for number in range(10)]

    def page(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 1487, 2105)
        text = canvas.beginText()
        text.setTextRenderMode(3)
        for left, column in ((130, wanted[:5]), (770, wanted[5:])):
            at = 1950
            for words in column:
                for index, line in enumerate(textwrap.wrap(words, 46)):
                    # A raised mark makes OCR see a line of larger letters; it is set to the width that it measured.
                    size = 34 if index % 4 == 2 else 24
                    text.setFont("Helvetica", size)
                    text.setHorizScale(100 * 24 / size)
                    text.setTextOrigin(left, at)
                    text.textOut(line)
                    at -= 31
                at -= 18
        canvas.drawText(text)

    parsed = FORMATS[".pdf"].read(drawn(page, pagesize=(1487, 2105)))
    assert (
        found_in_order(wanted, parsed) >= 9
    )  # a ragged line may look like the last of its paragraph
    at = parsed.text.index("No5x")
    assert 760 < parsed.boxes[4 * at] < 780  # in points of the page as it is


def test_pages_without_text_and_owners_passwords_are_warned_of() -> None:
    def pages(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Words on the first page of three.")
        canvas.showPage()
        canvas.showPage()
        canvas.drawString(72, 700, "Words on the last page of three.")

    parsed = FORMATS[".pdf"].read(drawn(pages, encrypt=StandardEncryption("", "owner", canCopy=0)))
    assert [w.code for w in parsed.warnings] == ["OWNER_PASSWORD", "PAGES_WITHOUT_TEXT"]
    assert parsed.warnings[1].message == "No text on page 2"
    assert [r.page for r in parsed.regions] == [1, 3]


def test_fonts_that_do_not_name_their_letters() -> None:
    def page(canvas: Canvas) -> None:
        fonts()
        canvas.setFont("Text", 12)
        canvas.drawString(72, 700, "Слова, набранные шрифтом со своей нумерацией букв")

    data = drawn(page, pageCompression=0)
    mapped = re.search(rb"/ToUnicode \d+ 0 R", data)
    assert mapped is not None
    with pytest.raises(DocumentError) as raised:
        FORMATS[".pdf"].read(data.replace(mapped[0], b" " * len(mapped[0])))
    assert raised.value.code == "NO_UNICODE_TEXT"


def test_letters_that_are_drawings_have_the_height_of_their_line() -> None:
    def stream(data: bytes) -> bytes:
        return b"<</Length %d>>stream\n%s\nendstream" % (len(data), data)

    def drawing(top: int, bottom: int) -> bytes:
        return stream(
            b"600 0 0 %d 500 %d d1 0 %d 500 %d re f" % (bottom, top, bottom, top - bottom)
        )

    named = stream(
        b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n"
        b"3 beginbfchar <2D> <002D> <67> <0067> <78> <0078> endbfchar endcmap"
    )

    font = (
        b"/Subtype/Type3/FontBBox[0 250 500 300]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</x 6 0 R/hyphen 7 0 R/g 8 0 R>>"
        b"/Encoding<</Type/Encoding/Differences[45/hyphen 103/g 120/x]>>/FirstChar 45/LastChar 120/ToUnicode 9 0 R/Widths[%s]"
        % (b"600 " * 76)
    )
    content = b"BT /F1 12 Tf 72 700 Td (xxg-gxx gxg) Tj 0 -15 Td (gg xx-x) Tj ET"
    parsed = FORMATS[".pdf"].read(
        pdf_of(
            content, font=font, more=(drawing(700, 0), drawing(300, 250), drawing(450, -250), named)
        )
    )
    assert parsed.text == "xxg-gxx gxg gg xx-x"
    assert not parsed.warnings
    heights = {
        round(parsed.boxes[4 * i + 3] - parsed.boxes[4 * i + 1], 1)
        for i, c in enumerate(parsed.text)
        if c != " "
    }
    assert heights == {12.0}


def test_evidence_in_the_database_knows_its_page_and_boxes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    setter = Typesetter("Chronicle of the bay", "Head")
    said = "The schooner Halcyon went down in a storm on 4 March 1891 with 12 souls."
    (tmp_path / "in" / "a.pdf").write_bytes(
        setter.pdf([Piece(f"Long before the light was built. {said} Nobody saw it.")])
    )
    (tmp_path / "in" / "b.docx").write_bytes(makers.docx(makers.table([["a", said]])))
    config = tiny(tmp_path / "out", paths=(tmp_path / "in",), max_calls=0)
    wreck = {
        "evidence": [said],
        "realis": "actual",
        "speaker": None,
        "ship": "Halcyon",
        "sank": "1891-03-04",
        "cause": "storm",
        "lives_lost": 12,
    }
    answer_all(config, json.dumps({"wreck": [wreck]}))
    run(config)
    session = Session(config.database)
    quotes = session.query(
        "SELECT d.path, layer, page, place FROM evidence JOIN document d USING (document_id) WHERE field = '' ORDER BY 1"
    )[1]
    assert [row[1:] for row in quotes] == [
        ("body", 1, None),
        ("table", None, "table 1, row 1, cell 2"),
    ]
    boxes = session.query(
        'SELECT b.page, "left", top, "right", bottom FROM evidence_box b JOIN evidence USING (record_id, position) WHERE field = \'\''
    )[1]
    assert len(boxes) >= 2  # the quote runs over two lines or more
    assert all(
        page == 1 and 50 < left < right < 300 and 0 < top < bottom < 842
        for page, left, top, right, bottom in boxes
    )
    _, [(pages, digest)] = session.query(
        "SELECT pages, text_digest FROM document WHERE path LIKE '%pdf'"
    )
    assert pages == 1
    assert len(digest) == 16
