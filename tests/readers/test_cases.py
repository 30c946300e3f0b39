"""Files that real programs write, each with what was once read wrongly, named after the fault."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.domain import Document
from pipeline.errors import DocumentError
from pipeline.readers import read_document
from pipeline.readers.encodings import runner_up
from pipeline.readers.languages import reads_like_language
from tests.conftest import ROOT
from tests.readers.type3 import type3_pdf

CASES = ROOT / "tests" / "fixtures" / "cases"
LEEDS = "The plant in Leeds makes 4,200 tonnes a year."
TWO = f"{LEEDS} It opened in 2019 and employs 310 people.\n\nIts owner is Leeds Steel Ltd."
HEAD = "Plant in Leeds\n\nFrom: Ana Ruiz <ana@example.org>\nTo: Ben <ben@example.org>\nDate: Tue, 03 Mar 2026 09:12:00 +0000\n\n"


def read(name: str) -> Document:
    return read_document(CASES / name)


def layers(document: Document) -> Counter[str]:
    return Counter(region.layer for region in document.regions)


TEXTS = {
    "docx_altchunk.docx": f"Report\n\n{LEEDS}",
    "docx_chart_only.docx": "Output in tonnes\n\n|  | Leeds |\n| 2024 | 3900 |\n| 2025 | 4200 |",
    "docx_comments.docx": f"{LEEDS}\n\nAna: Wrong: it was 3,900 tonnes in 2025.",
    "docx_deleted_text.docx": "The plant makes 4,200 tonnes.",
    "docx_list_numbers_in_table.docx": "Before.\n\n1. First outside\n\n| No. | Claim |\n| 2. A | Leeds makes 4,200 tonnes |\n| 3. B | York makes 900 tonnes |\n\n4. After",
    "docx_strict_ooxml.docx": f"{LEEDS}\n\nIt opened in 2019.",
    "docx_style_without_id_tiny.docx": f"{LEEDS}\n\nIt opened in 2019.",
    "eml_apple_mail.eml": f"{HEAD}Dear Ben,\n\n{LEEDS}\n\nIt opened in 2019.",
    "eml_apple_mail_first_sentence.eml": f"{HEAD}{LEEDS}\n\nIt opened in 2019.\n\nSent from my iPhone",
    "eml_center.eml": f"{HEAD}{LEEDS}\n\nIt opened in 2019.",
    "eml_footer.eml": f"{HEAD}Dear Ben,\n\n{LEEDS}\n\nAna Ruiz, Head of Works, Leeds Steel Ltd",
    "eml_gmail.eml": f"{HEAD}Dear Ben,\n\n{LEEDS}\n\nIt opened in 2019.",
    "eml_gmail_quote.eml": f"{HEAD}{LEEDS}\n\nOn Tue, Mar 3, 2026 Ben wrote:\n\nHow much does the plant make?",
    "eml_outlook.eml": f"{HEAD}Dear Ben,\n\n{LEEDS}\n\nIt opened in 2019.",
    "eml_quoted_reply.eml": f"{HEAD}{LEEDS}\n\nAm 03.03.26 um 09:12 schrieb Ben:\n\nHow much does it make?",
    "eml_short_one_line.eml": f"{HEAD}{LEEDS}",
    "eml_span_body.eml": f"{HEAD}{LEEDS} It opened in 2019.",
    "eml_thunderbird_body_text.eml": f"{HEAD}Dear Ben,\n\n{LEEDS} It opened in 2019.\n\nAna",
    "hidden_white_tiny_offpage.pdf": LEEDS,
    "html_body_bare_text.html": f"Note\n\n{LEEDS} It opened in 2019.\n\nIts owner is Leeds Steel Ltd.",
    "html_table_of_figures.html": "Output of plants\n\n| Plant | Tonnes |\n| Leeds | 4,200 |\n| York | 4,200 |\n| Leeds | 4,200 |",
    "pdf_chinese_letter_spaced.pdf": "利兹的工厂每年生产四千二百吨钢",
    "pdf_chinese_plain.pdf": "利兹的工厂每年生产四千二百吨钢",
    "pdf_form_fields.pdf": "Name of the plant: Output in tonnes:\n\nplant: Leeds Steel Works\n\noutput: 4200",
    "pdf_freetext_annotation.pdf": f"{LEEDS}\n\nCorrection: it is 4,900 tonnes.",
    "pdf_inherited_mediabox_a3.pdf": f"Annual report of Leeds Steel Ltd\n\n{TWO}",
    "pdf_inherited_mediabox_a4.pdf": f"Annual report of Leeds Steel Ltd, 3 March 2026\n\n{TWO}",
    "pdf_negative_font_size.pdf": TWO,
    "pdf_ocr_over_strips.pdf": TWO,
    "pdf_own_mediabox_a4.pdf": f"Annual report of Leeds Steel Ltd, 3 March 2026\n\n{TWO}",
    "pdf_scaled_cm.pdf": TWO,
    "pdf_scaled_form.pdf": TWO,
    "pdf_sideways_text.pdf": TWO,
    "pdf_type3_font.pdf": "aba baab abab",
    "pdf_upright_text_rotate90.pdf": TWO,
    "pptx_chart_only.pptx": "|  | Leeds, tonnes |\n| 2024 | 3900 |\n| 2025 | 4200 |",
    "pptx_strict_ooxml.pptx": LEEDS.rstrip("."),
    "rtf_star_in_group.rtf": LEEDS,
    "rtf_text_box.rtf": f"Before the box.\n\nAfter the box.\n\n{LEEDS}",
    "txt_cp1250_hu.txt": "A győri üzem évente 4200 tonna acélt gyárt. 2019-ben nyílt meg, és 310 főt foglalkoztat, közölte a vállalat kedden. Az új gépsor őszre készül el, és jövőre indul.",
    "txt_cp1251_bg.txt": "Заводът в Перник произвежда 4200 тона стомана годишно. Той е открит през 2019 година и в него работят 310 души, съобщи компанията „Стомана Индустри“ във вторник. Ясно е, че тя ще расте.",
    "txt_cp1252_da.txt": "Fabrikken i Ålborg fremstiller 4200 ton stål om året. Den åbnede i 2019 og beskæftiger 310 mennesker, oplyste selskabet tirsdag. Også en ny linje er på vej.",
    "txt_cp1252_nl.txt": "De fabriek in Leeds maakt 4200 ton per jaar. Zij opende in 2019 en heeft 310 werknemers, zo zei het bedrijf dinsdag. Eén lijn is gepland, de coördinatie is bij het „bestuur“.",
    "txt_iso2022jp.txt": "リーズの工場は年間4200トンの鉄鋼を生産している。2019年に開業した。",
    "txt_iso2_cs.txt": "Závod v Třinci vyrábí ročně 4200 tun oceli. Otevřen byl v roce 2019 a zaměstnává 310 lidí, uvedla společnost v úterý. Šéf závodu říká, že další linka přijde příští rok.",
    "txt_koi8r_ru.txt": 'Россия увеличила выпуск стали. Завод в Липецке произвёл 4200 тонн за год, сообщила компания "НЛМК" во вторник. Я считаю, что это рекорд. Директор Яков Яшин заявил: "Эта линия новая".',
    "txt_latin1_sv.txt": "Fabriken i Luleå tillverkar 4200 ton stål om året. Den öppnades 2019 och sysselsätter 310 personer, uppgav företaget på tisdagen. Även en ny linje är på väg.",
    "txt_utf32le_nobom.txt": LEEDS,
    "txt_windows1251_ru_short.txt": "Завод в Липецке произвёл 4200 тонн стали за год. Компания «НЛМК» открыла его в 2019 году.",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_file_is_read_as_a_person_reads_it(name: str) -> None:
    assert read(name).text == TEXTS[name]


def test_a_long_russian_report_keeps_its_letters() -> None:
    text = read("txt_windows1251_ru_report.txt").text
    assert text.startswith("В прошлом году предприятие увеличило производство стали на пятую часть")
    assert "€" not in text


@pytest.mark.parametrize(("name", "language"), [
    ("txt_cp1250_hu.txt", "hu"), ("txt_cp1252_da.txt", "da"), ("txt_iso2_cs.txt", "cs"),
    ("txt_latin1_sv.txt", "sv"), ("txt_iso2022jp.txt", "ja"), ("docx_list_numbers_in_table.docx", "en"),
])  # fmt: skip
def test_the_language_is_told(name: str, language: str) -> None:
    assert read(name).language == language


@pytest.mark.parametrize(("name", "layer", "number"), [
    ("docx_comments.docx", "comment", 1), ("pdf_form_fields.pdf", "form", 2),
    ("pdf_freetext_annotation.pdf", "note", 1), ("docx_chart_only.docx", "caption", 1),
])  # fmt: skip
def test_what_is_no_running_text_has_its_layer(name: str, layer: str, number: int) -> None:
    assert layers(read(name))[layer] == number


def test_bullets_of_a_browser_are_no_table() -> None:
    found = read("pdf_browser_bullets.pdf")
    assert layers(found)["table"] == 0
    assert found.text.startswith("• How the plant works\n\n• How its output is measured\n\n")


def test_a_page_keeps_all_headings_and_a_paragraph_that_stands_twice() -> None:
    text = read("html_same_paragraph_twice.html").text
    assert text.count("it is in operation and makes 4,200 tonnes") == 2
    assert (
        text.index("Leeds\n\nStatus")
        < text.index("York\n\nStatus")
        < text.index("Hull\n\nThe plant")
    )


PARAGRAPHS = "".join(
    f"<p>{LEEDS} {said} The works council was told in March, as the company said on Tuesday.</p>"
    for said in (
        "It opened in 2019.",
        "It employs 310 people.",
        "A second line is planned for 2027.",
    )
)
LONG = {
    "picture": f'<img alt="x" src="data:image/png;base64,{"iVBORw0KGgo" * 8000}">',
    "script": f"<script>{'if (a<b && c<d) { e = a<c; } ' * 3000}</script>",
    "one tag in a script": f"<script>if (a <b {'x' * 90_000}</script>",
    "style": f"<style>/* <p {'.a' * 40_000} */</style>",
    "data of a script": f"<script>//<![CDATA[\n{'x<y ' * 20_000}//]]></script>",
}


@pytest.mark.parametrize("name", LONG)
def test_what_is_long_but_no_tag_is_no_monster(name: str, tmp_path: Path) -> None:
    page = f"<!DOCTYPE html><html><head><title>The plant</title></head><body>{LONG[name]}{PARAGRAPHS}</body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    text = read_document(tmp_path / "page.html").text
    assert text.count(LEEDS) == 3
    assert "a<b" not in text


@pytest.mark.parametrize("monster", [f"<p {'a=1 ' * 60_000}>", f"<p {'x' * 90_000}>"])
def test_a_monstrous_tag_is_refused(monster: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        f"<html><body>{monster}{PARAGRAPHS}</body></html>", encoding="utf-8"
    )
    with pytest.raises(DocumentError) as failed:
        read_document(tmp_path / "page.html")
    assert failed.value.code == "TOO_COMPLEX"


def test_letters_above_u_ffff_are_one_character_with_one_box(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(type3_pdf([["Let 𝔸 be 😀 of it"]]))
    found = read_document(tmp_path / "a.pdf")
    assert found.text == "Let 𝔸 be 😀 of it"
    assert [w.code for w in found.warnings] == []


def test_lines_from_right_to_left_are_in_the_order_they_are_read(tmp_path: Path) -> None:
    # As programs draw them: the last letter is the first on the line.
    lines = ["המפעל בלידס מייצר פלדה", "הוא נפתח לפני שבע שנים"]
    (tmp_path / "a.pdf").write_bytes(type3_pdf([[line[::-1] for line in lines]]))
    found = read_document(tmp_path / "a.pdf")
    assert found.text.split() == " ".join(lines).split()
    assert found.language == "he"


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_turned_lines_are_read_on_pages_however_turned(
    turn: int, rotate: int, tmp_path: Path
) -> None:
    lines = ["The plant in Leeds makes", "4,200 tonnes a year, says", "the company in its report."]
    (tmp_path / "a.pdf").write_bytes(type3_pdf([lines], turn=turn, rotate=rotate))
    assert read_document(tmp_path / "a.pdf").text == " ".join(lines)


def test_a_text_without_a_map_of_letters_is_judged_by_what_it_says() -> None:
    assert reads_like_language(
        "The plant in Leeds makes 4,200 tonnes of steel a year and is to grow."
    )
    assert reads_like_language("Завод в Липецке произвёл четыре тысячи тонн стали за прошлый год.")
    assert not reads_like_language(
        "7KHSODQWLQ/HHGVPDNHV\x17\x0f\x15\x13\x13WRQQHVD\\HDU\x11 ,WRSHQHGLQ\x15\x13"
    )
    assert not reads_like_language(
        "7KHSODQWLQ HHGVPDNHV WRQQHV HDU WRSHQHG DQG HPSOR SHRSOH ,WV RZQHU"
    )
    assert not reads_like_language(
        "\ue001\ue002\ue003 \ue004\ue005 the of and to in for with on was by"
    )


def test_a_close_call_between_encodings_is_told(tmp_path: Path) -> None:
    assert (
        runner_up(
            "Sociétés et données à Genève, où il a été dit que les prix sont élevés".encode(
                "cp1252"
            )
        )
        is None
    )
    close = "Šéf na je že se od".encode("iso8859-2")
    (tmp_path / "a.txt").write_bytes(close)
    (warned,) = read_document(tmp_path / "a.txt").warnings
    assert warned.code == "ENCODING_GUESSED"
    assert "as iso8859-2 it reads nearly as well" in warned.message


@pytest.mark.parametrize("head", [
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8", "Message-ID: <a@example.org>",
    "Return-Path: <ana@example.org>", "Content-Type: text/html; charset=utf-8",
])  # fmt: skip
def test_mail_without_the_usual_headers_is_mail(head: str, tmp_path: Path) -> None:
    body = f"<p>{LEEDS}</p>" if "html" in head else LEEDS
    (tmp_path / "a.eml").write_text(f"{head}\n\n{body}\n", encoding="utf-8")
    assert read_document(tmp_path / "a.eml").text == LEEDS
