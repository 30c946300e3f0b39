"""Scans, with a stand-in for ocrmypdf that writes what it would."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import DocumentError, DossierError
from pipeline.readers import Source, source_id
from pipeline.readers.isolation import reader_pool
from pipeline.readers.pdf import ocr
from pipeline.readers.pdf.ocr import read_or_recognise
from pipeline.run import run
from tests.answers import settings
from tests.readers.hostile import scan
from tests.readers.typeset import Piece, Typesetter


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ocrmypdf that notes its arguments and copies a typeset page to where the text should go."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "page.pdf").write_bytes(
        Typesetter("The harbour", "Head").pdf([Piece("What the scanner saw and OCR wrote.")])
    )
    script = folder / "ocrmypdf"
    script.write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/calls\nfor last; do :; done\ncp {folder}/page.pdf "$last"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(ocr, "BESIDE", tmp_path)  # an ocrmypdf beside the real one is not meant
    return script


def test_a_scan_is_read_once_through_ocr(tmp_path: Path, program: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(scan())
    source = Source(file, "scan.pdf")
    with pytest.raises(DocumentError, match="is a scan"):
        read_or_recognise(reader_pool(), source, None)
    for _ in range(2):
        document = read_or_recognise(reader_pool(), source, tmp_path / "ocr")
        assert "What the scanner saw and OCR wrote." in document.text
        assert document.reader.endswith("ocrmypdf")
        assert document.id == source_id(source)  # of the scan, not of what was made of it
        assert document.path == "scan.pdf"
    calls = (program.parent / "calls").read_text().splitlines()
    assert len(calls) == 1
    assert calls[0].startswith("--skip-text --quiet")


def test_pages_that_are_scans_are_read_through_ocr_too(tmp_path: Path, program: Path) -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.drawString(72, 700, "Words on the first page.")
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
    canvas.save()
    file = tmp_path / "mixed.pdf"
    file.write_bytes(stream.getvalue())
    source = Source(file, "mixed.pdf")
    assert "Words on the first page." in read_or_recognise(reader_pool(), source, None).text
    assert "What the scanner saw" in read_or_recognise(reader_pool(), source, tmp_path / "ocr").text


def test_ocr_that_fails_quarantines_the_document(tmp_path: Path, program: Path) -> None:
    program.write_text("#!/bin/sh\necho 'no such language' >&2\nexit 3\n")
    file = tmp_path / "scan.pdf"
    file.write_bytes(scan())
    with pytest.raises(DocumentError, match="ended with 3: no such language") as raised:
        read_or_recognise(reader_pool(), Source(file, "scan.pdf"), tmp_path / "ocr")
    assert raised.value.code == "OCR_FAILED"
    assert not list((tmp_path / "ocr").iterdir())


def test_ocr_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/started\nwait\n")
    monkeypatch.setattr(ocr, "MAX_S", 1.0)
    file = tmp_path / "scan.pdf"
    file.write_bytes(scan())
    with pytest.raises(DocumentError, match="took more than 1 s"):
        read_or_recognise(reader_pool(), Source(file, "scan.pdf"), tmp_path / "ocr")
    started = int((tmp_path / "started").read_text())
    deadline = time.monotonic() + 5
    while _runs(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(started)


def _runs(process: int) -> bool:
    """Whether a process is there and no zombie that only waits to be reaped."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ocr_of_this_environment_is_found_though_it_is_not_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(ocr, "BESIDE", tmp_path)
    (tmp_path / "ocrmypdf").touch(mode=0o755)
    assert ocr.find_program() == str(tmp_path / "ocrmypdf")


def test_ocr_without_the_program_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(ocr, "BESIDE", tmp_path)
    with pytest.raises(DossierError, match="ocrmypdf, which is not installed"):
        run(settings(tmp_path / "out", ocr=True))
