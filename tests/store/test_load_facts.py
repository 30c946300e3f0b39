"""What a run copies from the one before and how faults of the file are told, fact by fact."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import DossierError, LockedError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.load import Translated, remove_database
from tests.conftest import DOCUMENTS, REPLIES
from tests.store.ships import ask, made, ship


def test_an_entity_counts_documents_and_mentions(tmp_path: Path) -> None:
    texts = {"a.txt": "Halcyon sank. Halcyon rose.", "b.txt": "They saw Halcyon."}
    answers = {
        "a.txt": [ship("Halcyon sank.", "Halcyon"), ship("Halcyon rose.", "Halcyon")],
        "b.txt": [ship("They saw Halcyon.", "Halcyon")],
    }
    config = made(tmp_path, texts, answers)
    assert ask(config, "SELECT name, documents, mentions FROM entity") == [("Halcyon", 2, 3)]


def test_a_short_form_means_what_its_own_document_defines(tmp_path: Path) -> None:
    texts = {
        "a.txt": "The Polar Indium Smelter (PoIS) owns Halcyon. Halcyon was seen by ZKX.",
        "b.txt": "The Polar Island Society (PoIS) owns Meridian. Meridian was seen by ZKX.",
    }
    answers = {
        name: [
            ship(text.split(". ")[0] + ".", vessel, owner="PoIS"),
            ship(text.split(". ")[1], vessel, owner="ZKX"),
        ]
        for (name, text), vessel in zip(texts.items(), ("Halcyon", "Meridian"), strict=True)
    }
    config = made(tmp_path, texts, answers)
    found = "SELECT documents, mentions FROM entity WHERE name = 'ZKX'"
    assert ask(config, found) == [(1, 1), (1, 1)]
    assert ask(config, "SELECT name, alias, confirmed FROM alias ORDER BY ALL") == [
        ("Polar Indium Smelter", "PoIS", False),
        ("Polar Island Society", "PoIS", False),
    ]
    assert ask(config, "SELECT count(*) FROM entity WHERE name = 'PoIS'") == [(2,)]


def test_duplicates_are_those_of_this_run(tmp_path: Path) -> None:
    config = made(tmp_path, {"a.txt": "Nothing.", "b.txt": "Nothing."}, {})
    duplicates = "SELECT path FROM issue WHERE code = 'DUPLICATE_FILE' ORDER BY path"
    assert len(ask(config, duplicates)) == 1
    (tmp_path / "in" / "b.txt").unlink()
    (tmp_path / "in" / "c.txt").write_text("Something else.")
    made(tmp_path, {}, {})
    assert ask(config, duplicates) == []


def test_all_rows_of_unchanged_documents_and_no_others_are_carried_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(DOCUMENTS / "report-technology-transfer.pdf", folder)
    gone = shutil.copy(DOCUMENTS / "news-yunhe-zh.txt", folder)
    config = Settings(paths=(Path("in"),), out=tmp_path / "out", replies=REPLIES, accept=True)
    run(config)
    pdf = "(SELECT document_id FROM document WHERE path LIKE '%.pdf')"
    tables = ("passage", "reply", "evidence", "evidence_box", "abbreviation", "mention")
    sql = [f"SELECT * FROM {t} WHERE document_id = {pdf} ORDER BY ALL" for t in tables]
    before = [ask(config, query) for query in sql]
    assert before[3]
    Path(gone).unlink()
    shutil.copy(DOCUMENTS / "news-massbridge-polaris.txt", folder)
    run(config)
    assert [ask(config, query) for query in sql] == before
    paths = [path for (path,) in ask(config, "SELECT path FROM document ORDER BY path")]
    assert paths == ["in/news-massbridge-polaris.txt", "in/report-technology-transfer.pdf"]


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        ("Could not set lock on file", LockedError, "locked by another process"),
        ("No space left on device", DossierError, "the disk is full"),
        ("checksum does not match", DossierError, "can be deleted and built again"),
    ],
)
def test_each_fault_of_the_file_has_its_error(
    said: str, kind: type[DossierError], told: str, tmp_path: Path
) -> None:
    with pytest.raises(DossierError, match=told) as raised, Translated(tmp_path / "x.duckdb"):
        raise duckdb.IOException(said)
    assert type(raised.value) is kind


def test_a_database_goes_with_its_log(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    for file in (path, tmp_path / "x.duckdb.wal"):
        file.write_text("")
    remove_database(path)
    assert list(tmp_path.iterdir()) == []
