"""`dossier export`: files that change only where records do."""

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.compare.claims import Claim, Value
from pipeline.export import record_lines
from pipeline.run import Outcome
from pipeline.settings import Settings
from tests.compare.planted import plant

Bundled = tuple[Settings, Outcome]


def export(folder: Path, run: Path) -> dict[str, list[str]]:
    assert main(["export", "--to", str(folder), "--run", str(run)]) == 0
    return {f.name: f.read_text(encoding="utf-8").splitlines() for f in folder.iterdir()}


def test_every_record_is_a_line_of_its_document_and_the_bytes_are_the_same_each_time(
    bundled: Bundled, tmp_path: Path
) -> None:
    run = bundled[0].database.resolve()
    files = export(tmp_path / "a", run)
    assert len(files) == 13
    assert sum(map(len, files.values())) == 575
    assert files == export(tmp_path / "b", run)
    assert files == export(tmp_path / "a", run)
    for lines in files.values():
        for line in lines:
            told = json.loads(line)
            assert set(told) - {"doubted"} == {"type", "values", "quotes"}


def test_what_changes_in_a_run_is_what_changes_in_its_export(
    bundled: Bundled, tmp_path: Path
) -> None:
    planted = plant(bundled[0].database.resolve(), tmp_path, 30, 4, ["changed"])
    one, other = export(tmp_path / "a", planted.one), export(tmp_path / "b", planted.other)
    gone = sum(len(set(lines) - set(other[name])) for name, lines in one.items())
    come = sum(len(set(other[name]) - set(lines)) for name, lines in one.items())
    assert (gone, come) == (30, 30)


def test_ids_and_places_are_in_no_line_and_order_is_that_of_the_text() -> None:
    def claim(identity: str, at: int) -> Claim:
        quote = Value("", f"quote {identity[0]}", "exact", f"quote {identity[0]}", at, at + 5)
        values = (Value("name", identity[0], "elsewhere", None, None, None),)
        return Claim(identity, "a.txt", "product", (quote,), values)

    lines = record_lines([claim("b1", 90), claim("a1", 10)])
    assert lines == record_lines([claim("a2", 110), claim("b2", 190)])
    assert [json.loads(line)["values"] for line in lines] == [{"name": "a"}, {"name": "b"}]
    assert json.loads(lines[0])["doubted"] == {"name": "elsewhere"}


def test_files_of_documents_that_are_gone_are_removed_and_no_others(
    bundled: Bundled, tmp_path: Path
) -> None:
    (tmp_path / "gone.txt.records.jsonl").write_text("{}\n")
    (tmp_path / "notes.jsonl").write_text("{}\n")
    files = export(tmp_path, bundled[0].database.resolve())
    assert "gone.txt.records.jsonl" not in files
    assert "notes.jsonl" in files


def test_a_folder_that_cannot_be_written_is_named(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    run = str(bundled[0].database.resolve())
    assert main(["export", "--to", str(tmp_path / "file" / "x"), "--run", run]) == 2
    assert "Name a folder that can be written" in capsys.readouterr().err
