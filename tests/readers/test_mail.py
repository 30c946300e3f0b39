"""E-mail as mail programs write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.readers import FORMATS, read_document
from tests.readers import makers

HEAD = "From: A <a@gov.example>\nTo: b@who.example\nSubject: Prices\nDate: Tue, 12 Mar 2024 10:00:00 +0000\nMIME-Version: 1.0\n"


def test_a_message_with_a_picture_in_it_is_no_saved_page(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_text(
        f"{HEAD}Content-Type: multipart/related; boundary=X\n\n--X\nContent-Type: text/html\n\n"
        "<html><body><p>The price is 5.30 dollars.</p></body></html>\n--X\nContent-Type: image/png\n\nx\n--X--\n"
    )
    assert "The price is 5.30 dollars." in read_document(file).text


def test_a_message_of_another_name_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(makers.eml("Prices", "The price is 5.30.", attachments={"a.xlsx": b"PK"}))
    with pytest.raises(
        DocumentError, match=r"is an e-mail, not what its ending says\. Rename it to \.eml"
    ):
        read_document(file)
    file.write_text("From: the start\n\nOf a text that is no message.")
    assert read_document(file).text


def test_a_message_and_a_saved_page_may_have_the_other_name(tmp_path: Path) -> None:
    saved = tmp_path / "page.eml"
    saved.write_bytes(
        makers.mhtml("<html><body><p>The price is 5.30.</p></body></html>", "https://a.example")
    )
    assert "The price is 5.30." in read_document(saved).text
    sent = tmp_path / "sent.mhtml"
    sent.write_bytes(makers.eml("Prices", "Words.", "<p>The price is 5.30.</p>"))
    assert "The price is 5.30." in read_document(sent).text


def alternative(plain: str, page: str) -> str:
    data = (
        f"{HEAD}Content-Type: multipart/alternative; boundary=X\n\n--X\nContent-Type: text/plain\n\n{plain}\n--X\n"
        f"Content-Type: text/html\n\n<html><body>{page}</body></html>\n--X--\n"
    )
    return FORMATS[".eml"].read(data.encode()).text


def test_a_page_is_read_where_the_plain_text_is_a_stub() -> None:
    page = (
        "<h1>Digest</h1>"
        + "<p>The ministry bought 3.5 million doses of the vaccine for 45 million dollars in March.</p>"
        * 3
    )
    assert "3.5 million doses" in alternative("Your mail program cannot show this message.", page)
    whole = "All of it stands in the plain text, as said, and that is what is read here."
    assert "as said" in alternative(whole, "<p>All of it, and nothing more, in HTML.</p>")


def test_flowed_lines_are_joined() -> None:
    lines = "The ministry paid 2.4 billion tenge for 1 \n200 000 doses.\nNext.\n> quoted \n> words\nmine \n-- \nSig\n"
    parsed = FORMATS[".eml"].read(
        f"{HEAD}Content-Type: text/plain; format=flowed\n\n{lines}".encode()
    )
    assert "for 1 200 000 doses.\nNext.\n> quoted words\nmine \n-- \nSig" in parsed.text
    parsed = FORMATS[".eml"].read(
        f"{HEAD}Content-Type: text/plain; format=flowed; delsp=yes\n\n\u5408\u4f5c \n\u534f\u8bae\n".encode()
    )
    assert "\u5408\u4f5c\u534f\u8bae" in parsed.text


def test_headers_in_bytes_of_the_bodys_encoding() -> None:
    text = "Министерство закупило 3,5 млн доз вакцины."
    parsed = FORMATS[".eml"].read(
        f"From: Айгуль <a@gov.example>\nSubject: Отчёт о закупках\n\n{text}\n".encode("cp1251")
    )
    assert (parsed.title, parsed.author) == ("Отчёт о закупках", "Айгуль <a@gov.example>")
    assert text in parsed.text


def test_a_saved_page_is_still_one(tmp_path: Path) -> None:
    file = tmp_path / "page"
    file.write_bytes(
        makers.mhtml(
            makers.page("A title", ["Words of the page. " * 20]).decode(),
            "https://a.example/b",
            "utf-8",
        )
    )
    assert read_document(file).source == "https://a.example/b"


def test_a_body_without_a_main_text_is_read_all_the_same() -> None:
    message = f"{HEAD}Content-Type: text/html\n\n<p>Ok, 500.</p><p style='display:none'>NEVER</p>\n"
    parsed = FORMATS[".eml"].read(message.encode())
    assert parsed.text.endswith("Ok, 500.")
    assert [w.code for w in parsed.warnings] == ["HIDDEN_TEXT"]


@pytest.mark.parametrize(
    "body",
    [
        "One ton a day.<br>Since 2019.<br>",
        "One ton a day.<div><br></div><div>Since 2019.</div>",
        "<center>One ton a day.</center><br>Since 2019.",
        "<span>One ton a day.</span><br><span>Since 2019.</span>",
        "<p>One ton a day.</p><footer><p>Since 2019.</p></footer>",
        "One ton a day.<blockquote><p>Since 2019.</p></blockquote>",
        "<b>One</b> ton a day.<p>Since 2019.</p>Ana",
    ],
)
def test_all_of_a_messages_body_is_read_in_order(body: str, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_text(f"{HEAD}Content-Type: text/html\n\n<html><body>{body}</body></html>")
    text = read_document(file).text
    assert 0 < text.index("One ton a day.") < text.index("Since 2019.")
    assert text.endswith("Ana") == body.endswith("Ana")


@pytest.mark.parametrize(
    "date", ["Mon, 1 Jan 99999999999 00:00:00 +0000", "Mon, 1 Jan 2024 00:00:00 +99999999999999"]
)
def test_a_message_with_a_date_beyond_all_calendars_has_none(tmp_path: Path, date: str) -> None:
    file = tmp_path / "a.eml"
    file.write_text(
        f"{HEAD}\nThe price is 5.30.\n".replace("Tue, 12 Mar 2024 10:00:00 +0000", date)
    )
    document = read_document(file)
    assert "The price is 5.30." in document.text
    assert document.date is None
