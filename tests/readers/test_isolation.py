"""Nothing that lies beside documents is run, and what a child sends is data."""

from __future__ import annotations

import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from pipeline.domain import Document, Heading, Region, Warned
from pipeline.readers.frames import (
    answer_from_bytes,
    answer_to_bytes,
    source_from_bytes,
    source_to_bytes,
)
from pipeline.readers.isolation import ReaderPool
from pipeline.readers.limits import Limits
from pipeline.readers.sources import Source
from tests.conftest import ROOT

_LIBRARIES = (
    "pydantic duckdb rich lxml openai instructor rapidfuzz pipeline schemas prompts".split()
)
_TEXT = "The schooner Halcyon went down in a storm on 4 March 1891 with 17 souls."
_COMMANDS = (
    ("run", "."),
    ("estimate", ".", "--model", "gpt-5-mini"),
    ("batch", "export", ".", "--model", "m"),
    ("sql", "FROM document"),
    ("explain", "r_0"),
    ("ledger", "stats"),
    ("ground", "ship.txt", "quotes.jsonl"),
    ("--help",),
)


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """A folder of documents with a file for each name that Python could import."""
    folder = tmp_path / "delivered"
    folder.mkdir()
    trap = f"open({str(tmp_path / 'imported')!r}, 'a').write(__name__ + '\\n')\n"
    for name in (*sys.stdlib_module_names, *_LIBRARIES):
        (folder / f"{name}.py").write_text(trap)
    (folder / "ship.txt").write_text(_TEXT)
    (folder / "quotes.jsonl").write_text('{"quote": "went down in a storm"}\n')
    return folder


def test_no_command_imports_what_lies_in_the_working_folder(
    delivered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "")
    dossier = str(Path(sys.executable).with_name("dossier"))
    replies = ("--replies", str(ROOT / "tests/fixtures/replies"))
    for command in _COMMANDS:
        extra = replies if command[0] == "run" else ()
        out = () if command[0] in ("--help", "ground") else ("--out", str(tmp_path / "out"))
        done = subprocess.run(
            [dossier, *command, *extra, *out],
            cwd=delivered,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 1, 2), (command, done.stderr)
    assert not (tmp_path / "imported").exists(), (tmp_path / "imported").read_text()


def test_a_child_knows_no_variable_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    pool = ReaderPool(1, Limits())
    try:
        pool.read(Source(ROOT / "README.md", "README.md"))
        worker = pool.workers._idle.get()
        assert worker is not None
        environment = Path(f"/proc/{worker.popen.pid}/environ").read_bytes()
        pool.workers._idle.put(worker)
    finally:
        pool.close()
    assert b"secret" not in environment


def test_a_document_survives_the_pipe() -> None:
    document = Document(
        id="doc_1",
        path="a/\udcff.txt",
        text="naïve \ud800 текст",
        reader="text/3",
        size_bytes=5,
        encoding="utf-8",
        headings=(Heading(0, 2, 1),),
        regions=(Region(0, 2, "table", 1, "row 1"),),
        boxes=array("f", [1.0, 2.0]),
        warnings=(Warned("A", "b", "c"),),
    )
    assert answer_from_bytes(answer_to_bytes(document)) == document
    assert answer_from_bytes(answer_to_bytes(("CODE", "said", "remedy"))) == (
        "CODE",
        "said",
        "remedy",
    )
    source = Source(Path("/a/\udcff.zip"), "b", "c", True)
    assert source_from_bytes(source_to_bytes(source)) == source


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x02{}", b"\x80\x04N.", b"\x00\x00\x00\x04true"],
)
def test_an_answer_of_another_form_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        answer_from_bytes(content)
