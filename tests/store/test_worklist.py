"""The list of documents of a cluster: the same documents and duplicates as one machine finds, each
in one shard.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.cluster import listing
from pipeline.cluster.listing import identify_piece, read_sources, write_pieces
from pipeline.errors import DossierError
from pipeline.readers import find_documents, without_duplicates
from pipeline.readers.isolation import reader_pool
from pipeline.store import worklist
from pipeline.store.worklist import Worklist, make_worklist

MAIL = b"""From: a@example.org\nTo: b@example.org\nSubject: Terms\nMIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nSee the file.
--x\nContent-Type: text/plain; name=terms.txt\nContent-Disposition: attachment; filename=terms.txt

Signed on 4 March.\n--x--\n"""


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of the same bytes, a link, an archive, a message, and one that is empty."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    for number in range(40):
        (folder / f"{number}.txt").write_text(f"Chronicle {number % 30}.")
    (folder / "deep" / "z\u0416.txt").write_text("Chronicle 3.")
    (folder / "a-link.txt").symlink_to(folder / "5.txt")
    (folder / "a-page.txt").write_text("<html><body><p>Chronicle</p></body></html>")
    (folder / "z-page.html").write_text("<html><body><p>Chronicle</p></body></html>")
    (folder / "empty.txt").touch()
    (folder / "mail.eml").write_bytes(MAIL)
    with zipfile.ZipFile(folder / "in.zip", "w") as archive:
        archive.writestr("a.txt", "Chronicle 7.")
        archive.writestr("b.txt", "Only here.")
    return Path("in")


def listed(paths: tuple[Path, ...], folder: Path) -> Worklist:
    folder.mkdir(exist_ok=True)
    pieces = [identify_piece(p, reader_pool(), Path.cwd()) for p in write_pieces(paths, folder)]
    return make_worklist(pieces, folder)


def test_it_is_what_one_machine_finds(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PIECE", 7)
    paths = (given, given / "3.txt", given.absolute())
    files, duplicates = without_duplicates(
        reader_pool().with_attachments(find_documents(paths)), reader_pool().identify
    )
    found = listed(paths, tmp_path / "work")
    documents = {s.id: (s.name, s.member, s.part) for _, s in read_sources(found.file, Path.cwd())}
    assert documents == {i: (s.name, s.member, s.part) for i, s in files.items()}
    assert sorted(found.duplicates) == sorted(duplicates)
    assert found.number == len(files)


def test_each_document_is_in_one_shard(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "DOCUMENTS", 4)
    found = listed((given,), tmp_path / "work")
    assert len(found.shards) > 3
    taken = []
    for shard in found.shards:
        ranged = [("id", ">=", shard.low), ("id", "<", shard.high)]
        ids = [s.id for _, s in read_sources(found.file, Path.cwd(), ranged)]
        assert len(ids) == shard.documents
        taken += ids
    assert taken == sorted({s.id for _, s in read_sources(found.file, Path.cwd())})


def test_a_shards_name_changes_with_its_documents_alone(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "DOCUMENTS", 4)
    before = {shard.name for shard in listed((given,), tmp_path / "work").shards}
    (given / "0.txt").write_text("Chronicle of another year.")
    after = {shard.name for shard in listed((given,), tmp_path / "work").shards}
    assert 1 <= len(before - after) <= 2
    (given / "1.txt").rename(given / "renamed.txt")
    assert len(after - {s.name for s in listed((given,), tmp_path / "work").shards}) == 1


def test_a_cluster_reads_no_standard_input_and_wants_documents(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="standard input"):
        write_pieces((Path("-"),), tmp_path)
    with pytest.raises(DossierError, match="No documents"):
        write_pieces((tmp_path,), tmp_path)
