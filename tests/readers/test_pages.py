"""Quotes of a PDF, shown on the page: the boxes hold exactly the words that the text says stand there."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
import pytest

from pipeline.domain import Box, Document
from pipeline.ground.places import boxes_of, layer_at, page_and_place
from pipeline.readers import read_document
from pipeline.readers.pdf.visibility import as_shown
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.query import Session
from tests import corpus
from tests.conftest import DOCUMENTS
from tests.readers.samples import paragraph
from tests.readers.typeset import Piece, Typesetter


@pytest.fixture(scope="module")
def typeset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(4)
    pieces = [Piece(paragraph("ru" if n % 2 else "en", chance, n)) for n in range(40)]
    file = tmp_path_factory.mktemp("pages") / "typeset.pdf"
    file.write_bytes(Typesetter("A report", "Head").pdf(pieces))
    return file


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pages") / "report.pdf"
    file.write_bytes(corpus.report())
    return file


def quotes(document: Document, number: int) -> list[tuple[int, int]]:
    """Slices of whole words from all over the body."""
    chance = random.Random(8)
    found = []
    while len(found) < number:
        start = document.text.find(" ", chance.randrange(document.passages_end - 200)) + 1
        end = document.text.find(" ", start + chance.randint(5, 150))
        if (
            0 < start < end
            and "\n" not in document.text[start:end]
            and "|" not in document.text[start:end]
        ):
            found.append((start, end))
    return found


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalpha())


def under(pdf: pypdfium2.PdfDocument, boxes: Iterable[Box]) -> str:
    """The text that pdfium finds under boxes."""
    found = ""
    for box in boxes:
        page = pdf[box.page - 1]
        height, third = (
            page.get_height(),
            (box.bottom - box.top) / 3,
        )  # lines stand close: look at the middle of this one
        bounds = (box.left, height - box.bottom + third, box.right, height - box.top - third)
        found += page.get_textpage().get_text_bounded(*bounds)
    return found


@pytest.mark.parametrize("path", ["typeset", "report"])
def test_the_words_under_the_boxes_are_the_quote(path: str, typeset: Path, report: Path) -> None:
    file = typeset if path == "typeset" else report
    document = read_document(file)
    assert len(document.boxes) == 4 * len(document.text)
    pdf = pypdfium2.PdfDocument(file)
    for start, end in quotes(document, 60):
        boxes = boxes_of(document, start, end)
        assert boxes
        assert boxes[0].page == page_and_place(document, start)[0]
        assert letters(under(pdf, boxes)) == letters(document.text[start:end])


def test_every_quote_of_the_bundled_database_goes_back_to_its_place(
    bundled: tuple[Settings, Outcome],
) -> None:
    session = Session(bundled[0].database)
    rows = session.query(
        'SELECT d.path, e.quote, e."start", e."end", e.page, e.place, '
        '(SELECT list([b.page, b."left", b.top, b."right", b.bottom] ORDER BY b.box) FROM evidence_box b '
        "WHERE b.record_id = e.record_id AND b.position = e.position) FROM evidence e JOIN document d USING (document_id) "
        'WHERE e."start" IS NOT NULL'
    )[1]
    documents = {
        path: read_document(DOCUMENTS.parent.parent / path) for path in {row[0] for row in rows}
    }
    pdf = pypdfium2.PdfDocument(DOCUMENTS / corpus.PDF)
    kinds = set()
    for path, quote, start, end, page, place, boxes in rows:
        kinds.add(Path(path).suffix)
        assert documents[path].text[start:end] == quote
        if path.endswith(".pdf"):
            assert 1 <= page <= len(pdf)
            assert letters(under(pdf, [Box(int(b[0]), *b[1:]) for b in boxes])) == letters(quote)
        elif path.endswith(".docx"):
            assert place
    assert kinds == {".pdf", ".docx", ".html", ".txt", ".md"}


def test_there_is_ink_under_the_boxes_and_none_between_the_columns(report: Path) -> None:
    document = read_document(report)
    pdf = pypdfium2.PdfDocument(report)
    scale = 3
    images = [page.render(scale=scale).to_pil().convert("L") for page in pdf]
    for start, end in quotes(document, 40):
        for box in boxes_of(document, start, end):
            corners = (box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)
            darkest, _ = images[box.page - 1].crop(tuple(map(round, corners))).getextrema()
            assert darkest < 100
            assert (
                box.right <= 288 or box.left >= 307 or box.top < 200
            )  # a line never reaches over the gutter


@pytest.mark.parametrize(
    ("rotation", "shown"),
    [
        (0, (10, 22, 40, 32)),
        (90, (810, 10, 820, 40)),
        (180, (555, 810, 585, 820)),
        (270, (22, 555, 32, 585)),
    ],
)
def test_a_turned_page_is_measured_as_it_is_shown(
    rotation: int, shown: tuple[float, ...], typeset: Path
) -> None:
    page = pypdfium2.PdfDocument(typeset)[0]  # 595 by 842 points
    page.set_rotation(rotation)
    assert as_shown(page)(10, 820, 40, 810) == pytest.approx(
        shown, abs=0.01
    )  # left, top, right, bottom, from below


def test_cropped_pages_are_measured_from_the_crop(tmp_path: Path, typeset: Path) -> None:
    plain = read_document(typeset)
    at = plain.text.index("No0x")
    upright = boxes_of(plain, at, at + 4)[0]
    turned = pypdfium2.PdfDocument(typeset)
    for page in turned:
        page.set_cropbox(20, 10, 580, 830)
    turned.save(tmp_path / "cropped.pdf")
    cropped = read_document(tmp_path / "cropped.pdf")
    box = boxes_of(cropped, cropped.text.index("No0x"), cropped.text.index("No0x") + 4)[0]
    assert (box.left, box.top) == pytest.approx((upright.left - 20, upright.top - 12), abs=0.1)


def test_layers_of_the_report(report: Path) -> None:
    document = read_document(report)
    text = document.text
    assert layer_at(document, text.index("Irtysh Pharma JSC, annual report 2022")) == "endnote"
    assert layer_at(document, text.index("Working paper 7")) == "header"
    first, second = text.index("We bought a line"), text.rindex("We bought a line")
    assert (layer_at(document, first), layer_at(document, second)) == ("pull_quote", "body")
    assert "2022.² It covers" in text  # an endnote mark is kept apart from the number it follows
    assert text.rindex("Working paper 7") >= document.passages_end
