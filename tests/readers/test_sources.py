"""Files, folders, patterns, archives and standard input as places where documents come from."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.errors import DocumentError, DossierError
from pipeline.readers import find_documents, read_document, source_id, without_duplicates
from tests.answers import SUBJECT
from tests.conftest import REPLIES
from tests.readers import makers


def names(*paths: str) -> list[str]:
    return [source.name for source in find_documents(tuple(map(Path, paths)))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    inside = tmp_path / "in"
    (inside / "deep").mkdir(parents=True)
    (inside / "b.txt").write_text("b")
    (inside / "deep" / "a.md").write_text("a")
    (inside / ".hidden").mkdir()
    (inside / ".hidden" / "c.txt").write_text("c")
    return inside


def test_folders_files_and_patterns(folder: Path) -> None:
    assert names("in") == ["in/b.txt", "in/deep/a.md"]
    assert names("in/b.txt", "in") == ["in/b.txt", "in/deep/a.md"]
    assert names("in/*.txt") == ["in/b.txt"]
    assert names("in/**/*.md") == ["in/deep/a.md"]
    with pytest.raises(DossierError, match="No documents"):
        names("in/*.pdf")


def test_the_members_of_an_archive_are_documents(folder: Path) -> None:
    (folder / "more.zip").write_bytes(
        makers.zipped(
            {
                "z.txt": "in the archive",
                "sub/y.docx": makers.docx(makers.paragraph("Words.")),
                ".x/h.txt": "h",
            }
        )
    )
    assert names("in/more.zip") == ["in/more.zip/sub/y.docx", "in/more.zip/z.txt"]
    assert names("in") == [
        "in/b.txt",
        "in/deep/a.md",
        "in/more.zip/sub/y.docx",
        "in/more.zip/z.txt",
    ]
    texts = [read_document(source).text for source in find_documents((Path("in/more.zip"),))]
    assert texts == ["Words.", "in the archive"]
    loose = folder / "loose.txt"
    loose.write_text("in the archive")
    [member] = [s for s in find_documents((Path("in/more.zip"),)) if s.member == "z.txt"]
    assert source_id(member) == read_document(loose).id  # the same bytes are the same document


def test_links_out_of_the_folder_are_told_and_not_followed(folder: Path) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("secret")
    (folder / "out.txt").symlink_to(secret)
    (folder / "within.txt").symlink_to(folder / "b.txt")
    (folder / "up").symlink_to(folder.parent)
    (folder / "loop").symlink_to(folder)
    (folder / "dangling.txt").symlink_to(folder / "nothing.txt")
    found = find_documents((Path("in"),))
    told = {s.name: s.outside for s in found}
    assert [name for name, outside in told.items() if not outside] == [
        "in/b.txt",
        "in/deep/a.md",
        "in/within.txt",
    ]
    assert [name for name, outside in told.items() if outside] == [
        "in/dangling.txt",
        "in/loop",
        "in/out.txt",
        "in/up",
    ]
    assert names("in/*.txt") == ["in/b.txt", "in/out.txt", "in/within.txt"]
    outside = next(s for s in found if s.name == "in/out.txt")
    with pytest.raises(DocumentError) as raised:
        read_document(outside)
    assert raised.value.code == "OUTSIDE_FOLDER"
    assert source_id(outside) != read_document(secret).id


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Plain words.", "stdin.txt"),
        (makers.docx(makers.paragraph("Words.")), "stdin.docx"),
        (makers.page("T", ["Words"]), "stdin.html"),
    ],
)
def test_standard_input(
    data: bytes, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    [source] = find_documents((Path("-"),))
    assert source.name == name
    assert read_document(source).path == name


def test_odd_names_are_recorded_without_control_characters(folder: Path) -> None:
    odd = os.fsencode(folder) + b"/line\nbreak \xff.txt"
    Path(os.fsdecode(odd)).write_text("odd")
    assert "in/line\\nbreak \\xff.txt" in names("in")


def test_a_folder_of_odd_files_ends_with_a_row_for_each(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "more.zip").write_bytes(
        makers.zipped({"../../climb.txt": "climbing", "inner.zip": makers.zipped({"a.txt": "a"})})
    )
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    (folder / "b.pdf").write_bytes(b"plain words")
    (folder / "note.xyz").write_text("x")
    assert (
        main(["run", "in", "--out", "out", "--replies", str(REPLIES), "--subject", str(SUBJECT)])
        == 1
    )
    told = capsys.readouterr().out
    for code in ("CORRUPT_FILE", "FORMAT_MISMATCH", "UNSUPPORTED_FORMAT"):
        assert code in told
    assert not (folder.parent.parent / "climb.txt").exists()


def test_of_equal_bytes_the_file_that_reads_is_taken(folder: Path) -> None:
    data = makers.docx(makers.paragraph("Words."))
    (folder / "a-wrong.pdf").write_bytes(data)
    (folder / "m.zip").write_bytes(makers.zipped({"inside.docx": data}))
    (folder / "k-right.docx").write_bytes(data)
    (folder / "c-link.docx").symlink_to(folder / "k-right.docx")
    first, duplicates = without_duplicates(find_documents((Path("in"),)))
    assert sorted(source.name for source in first.values()) == [
        "in/b.txt",
        "in/deep/a.md",
        "in/k-right.docx",
    ]
    assert {(name, told) for _, name, told in duplicates} == {
        (name, "Same bytes as in/k-right.docx")
        for name in ("in/a-wrong.pdf", "in/c-link.docx", "in/m.zip/inside.docx")
    }


def test_what_programs_leave_behind_is_passed_over(folder: Path) -> None:
    for name in ("~$report.docx", "Thumbs.db", "desktop.ini"):
        (folder / name).write_bytes(b"x")
    assert names("in") == ["in/b.txt", "in/deep/a.md"]


def test_a_path_that_is_empty_or_no_file_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / "pipe")
    for path in ("in/pipe", "in/nowhere"):
        with pytest.raises(DossierError, match="Name a file or a folder"):
            names(path)
    with pytest.raises(SystemExit) as raised:
        main(["run", "", "--out", "out"])
    assert raised.value.code == 2
    assert "an empty path" in capsys.readouterr().err
