"""Dates that no document can have are no dates; sheets of any size are measured as they are."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.domain import Document
from pipeline.readers import possible_date, read_document
from tests.readers import makers

NEXT = date.today().year + 1


@pytest.mark.parametrize(
    ("stated", "taken"),
    [
        ("2024-03-05", True), ("1800", True), (str(NEXT), True), ("2021/2024", True), ("2024-02-29", True),
        ("1601-01-01", False), ("3609-05-07", False), ("0000-00-00", False), ("2024-02-30", False),
        ("2023-02-29", False), (str(NEXT + 1), False), ("1799-12-31", False), ("soon", False), ("", False),
        ("2020/3000", False),
    ],
)  # fmt: skip
def test_a_document_has_a_date_of_the_calendar_from_1800_to_next_year(
    stated: str, taken: bool
) -> None:
    assert possible_date(stated) == (stated if taken else None)


@pytest.mark.parametrize("stated", ["D:00000000", "D:16010101", "D:36090507", "D:20240230", "D:"])
def test_an_impossible_date_costs_a_pdf_nothing_else(stated: str, tmp_path: Path) -> None:
    data = pdf((595, 842))
    data = re.sub(rb"/CreationDate \([^)]*\)", f"/CreationDate ({stated})".encode(), data)
    assert stated.encode() in data
    document = written(tmp_path / "a.pdf", data)
    assert (document.date, document.date_source) == (None, None)
    assert "Leeds" in document.text


@pytest.mark.parametrize("stated", ["1601-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "0000-00-00"])
def test_an_impossible_date_costs_a_docx_nothing_else(stated: str, tmp_path: Path) -> None:
    made = makers.docx([makers.paragraph("The plant in Leeds opened.")])
    document = written(tmp_path / "a.docx", created(made, stated))
    assert (document.date, document.date_source) == (None, None)
    assert "Leeds" in document.text


def test_an_impossible_date_costs_an_rtf_nothing_else(tmp_path: Path) -> None:
    source = rb"{\rtf1{\info{\creatim\yr2024\mo2\dy30}}The plant in Leeds opened.\par}"
    document = written(tmp_path / "a.rtf", source)
    assert (document.date, document.date_source) == (None, None)


@pytest.mark.parametrize("size", [(595, 842), (842, 1191), (300, 400), (2384, 3370)])
def test_a_sheet_whose_size_is_inherited_shows_all_its_text(
    size: tuple[int, int], tmp_path: Path
) -> None:
    own = pdf(size)
    moved = re.sub(rb"/MediaBox \[[^\]]*\]", lambda m: b" " * len(m[0]), own)
    box = f"/MediaBox [ 0 0 {size[0]} {size[1]} ] ".encode()
    inherited = re.sub(rb"/Type /Pages", box + b"/Type /Pages", moved)
    assert inherited.count(b"MediaBox") == 1
    texts = [written(tmp_path / f"{i}.pdf", data) for i, data in enumerate((own, inherited))]
    assert texts[0].text == texts[1].text
    assert "top of the page" in texts[1].text
    assert [warned.code for warned in texts[1].warnings] == []


def pdf(size: tuple[int, int]) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size, pageCompression=0)
    canvas.drawString(20, size[1] - 30, "Leeds stands at the top of the page.")
    canvas.drawString(20, size[1] / 2, "The plant makes 4,200 tonnes a year.")
    canvas.save()
    return stream.getvalue()


def created(package: bytes, stated: str) -> bytes:
    """A package that says it was created then."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = re.sub(
                rb"(<dcterms:created[^>]*>)[^<]*", rb"\g<1>" + stated.encode(), old.read(name)
            )
            new.writestr(name, content)
    return stream.getvalue()


def written(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    return read_document(path)
