"""Attachments of e-mail as documents of their own, with the message as their parent."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.errors import DocumentError
from pipeline.readers import Source, find_documents, without_duplicates
from pipeline.readers.attachments import attachment, attachments
from pipeline.readers.isolation import ReaderPool
from pipeline.readers.limits import Limits
from pipeline.readers.sources import document_id, read_bytes
from tests.answers import SUBJECT
from tests.conftest import REPLIES
from tests.readers import makers
from tests.readers.type3 import type3_pdf

REPORT = type3_pdf([["The plant in Leeds makes 4,200 tonnes a year."]])
TERMS = makers.docx(makers.paragraph("The price is 5.30 dollars."))
INNER = makers.eml("Inner", "Of the inner message.", attachments={"terms.docx": TERMS})
OUTER = makers.eml(
    "Outer",
    "Of the outer message.",
    attachments={
        "report.pdf": REPORT, "prices.xlsx": makers.zipped({"xl/workbook.xml": "<a/>"}),
        "inner.eml": INNER, "logo.png": b"\x89PNG\r\n\x1a\n", "note.txt": b"A note.",
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    pool = ReaderPool(1)
    yield pool
    pool.close()


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "m.eml"
    file.write_bytes(OUTER)
    return file


def test_each_that_can_be_read_is_a_document(mail: Path, pool: ReaderPool) -> None:
    sources = pool.with_attachments(find_documents((Path("in"),)))
    assert [source.name for source in sources] == [
        "in/m.eml", "in/m.eml/report.pdf", "in/m.eml/inner.eml",
        "in/m.eml/inner.eml/terms.docx", "in/m.eml/note.txt",
    ]  # fmt: skip
    read = [pool.read(source) for source in sources]
    assert "4,200 tonnes" in read[1].text
    assert "Of the inner message." in read[2].text
    assert (read[3].text, read[4].text) == ("The price is 5.30 dollars.", "A note.")
    parent = document_id(OUTER)
    assert [document.parent for document in read] == [None, *[parent] * 4]
    assert read[1].id == document_id(REPORT) == pool.identify(sources[1])
    # The message says what it has that was not read, and no more.
    (warned,) = read[0].warnings
    assert warned.message == "Attachments were not read: prices.xlsx, logo.png"
    assert "A note." not in read[0].text


def test_one_in_a_message_in_an_archive_is_read(mail: Path, pool: ReaderPool) -> None:
    Path("in/all.zip").write_bytes(makers.zipped({"sub/m.eml": OUTER}))
    mail.unlink()
    sources = pool.with_attachments(find_documents((Path("in"),)))
    assert sources[1].name == "in/all.zip/sub/m.eml/report.pdf"
    assert "4,200 tonnes" in pool.read(sources[1]).text


def test_the_file_beside_the_message_is_taken_rather_than_the_attachment(
    mail: Path, pool: ReaderPool
) -> None:
    Path("in/z.pdf").write_bytes(REPORT)
    sources = pool.with_attachments(find_documents((Path("in"),)))
    first, duplicates = without_duplicates(sources, pool.identify)
    assert first[document_id(REPORT)].name == "in/z.pdf"
    assert [(name, said) for _, name, said in duplicates] == [
        ("in/m.eml/report.pdf", "Same bytes as in/z.pdf")
    ]


def part(name: str | None, kind: str, data: bytes, disposition: str = "attachment") -> EmailMessage:
    message = EmailMessage()
    main_kind, sub_kind = kind.split("/")
    message.set_content(
        data, maintype=main_kind, subtype=sub_kind, disposition=disposition, filename=name
    )
    return message


def sent(*parts: EmailMessage) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "Parts"
    message.set_content("Words.")
    message.make_mixed()
    for one in parts:
        message.attach(one)
    return bytes(message)


def names(*parts: EmailMessage) -> list[str]:
    return [name for _, name in attachments(sent(*parts))]


def test_what_a_part_is_its_name_or_its_content_says() -> None:
    assert names(part("доклад.PDF", "application/octet-stream", REPORT)) == ["доклад.PDF"]
    assert names(part("scan.dat", "application/octet-stream", REPORT)) == ["scan.dat.pdf"]
    assert names(part(None, "application/pdf", REPORT, "inline")) == ["attachment.pdf"]
    assert names(part("../../etc/a.pdf", "application/pdf", REPORT)) == ["a.pdf"]
    assert names(part("C:\\docs\\a.pdf", "application/pdf", REPORT)) == ["a.pdf"]
    assert not names(part("a.png", "image/png", b"\x89PNG"))
    assert not names(part("a.zip", "application/zip", makers.zipped({"a.txt": "a"})))


def test_text_without_a_name_or_shown_in_the_message_is_read_with_it(pool: ReaderPool) -> None:
    shown = [part("a.txt", "text/plain", b"Shown.", "inline"), part(None, "text/plain", b"Too.")]
    assert not names(*shown)
    file = Path("shown.eml").absolute()
    file.write_bytes(sent(*shown))
    try:
        text = pool.read(Source(file, "shown.eml")).text
    finally:
        file.unlink()
    assert "Shown." in text
    assert "Too." in text


def test_two_of_one_name_are_told_apart(tmp_path: Path, pool: ReaderPool) -> None:
    file = tmp_path / "m.eml"
    file.write_bytes(
        sent(part("a.txt", "text/plain", b"One."), part("a.txt", "text/plain", b"Two."))
    )
    sources = pool.with_attachments([Source(file, "m.eml")])[1:]
    assert [source.name for source in sources] == ["m.eml/a.txt", "m.eml/a (2).txt"]
    assert [pool.read(source).text for source in sources] == ["One.", "Two."]


def test_messages_in_messages_end(tmp_path: Path, pool: ReaderPool) -> None:
    data = makers.eml("0", "Innermost.")
    for depth in range(1, 14):
        data = makers.eml(str(depth), "Words.", attachments={"m.eml": data})
    assert len(attachments(data)) == 9
    file = tmp_path / "m.eml"
    file.write_bytes(sent(*(part(f"{n}.txt", "text/plain", b"Words.") for n in range(501))))
    with pytest.raises(DocumentError, match="more than 500 attachments"):
        attachments(file.read_bytes())
    assert pool.with_attachments([Source(file, "m.eml")]) == [Source(file, "m.eml")]


def test_an_attachment_is_within_the_limits_of_a_document(tmp_path: Path) -> None:
    file = tmp_path / "m.eml"
    file.write_bytes(sent(part("a.txt", "text/plain", b"Words. " * 9000)))
    pool = ReaderPool(1, Limits(characters=1000))
    try:
        _, source = pool.with_attachments([Source(file, "m.eml")])
        with pytest.raises(DocumentError) as raised:
            pool.read(source)
    finally:
        pool.close()
    assert raised.value.code == "TOO_LARGE"


@pytest.mark.parametrize("number", ["99", "0/1", "x", "1/99"])
def test_a_number_that_the_message_has_not_is_told(number: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as raised:
        attachment(b"no message", number)
    assert raised.value.code == "CORRUPT_FILE"
    file = tmp_path / "m.eml"
    file.write_bytes(b"no message")
    with pytest.raises(DocumentError):
        read_bytes(Source(file, "m.eml/a.pdf", part=number))


def test_the_database_says_which_message_an_attachment_came_with(
    mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["run", "in", "--out", "out", "--replies", str(REPLIES), "--subject", str(SUBJECT)])
    said = capsys.readouterr().out
    assert "5 documents" in said
    main(
        [
            "sql",
            "--out",
            "out",
            "SELECT a.path, m.path FROM document a JOIN document m ON a.parent = m.document_id ORDER BY 1",
        ]
    )
    assert capsys.readouterr().out.count("in/m.eml/") == 4
