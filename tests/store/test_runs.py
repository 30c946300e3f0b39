"""Runs are kept; none that knows less takes the place of a better one unless it is accepted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.cli import main
from pipeline.ledger import Ledger
from pipeline.models.recorded import RecordedReplies
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.stages import identity
from pipeline.stages.identity import run_identity
from pipeline.store.runs import Manifest, Runs, worse
from pipeline.subject import load_subject
from tests.answers import SUBJECT, WRECKS, answer_all, settings
from tests.conftest import DOCUMENTS, REPLIES


def paths(database: Path) -> list[str]:
    with duckdb.connect(str(database), read_only=True) as db:
        rows = db.execute("SELECT path FROM document WHERE status = 'complete' ORDER BY 1")
        return [path for (path,) in rows.fetchall()]


def manifest(documents: dict[str, str], cut_short: str = "") -> Manifest:
    rows = tuple((f"doc_{path}", path, status) for path, status in documents.items())
    return Manifest("run_1", {}, {}, rows, (), "", "", cut_short)


@pytest.mark.parametrize(
    ("new", "current", "why"),
    [
        (manifest({"a": "complete"}), manifest({"a": "complete"}), ""),
        (manifest({"a": "complete", "b": "partial"}), manifest({"a": "complete"}), ""),
        (manifest({"a": "complete"}), manifest({"a": "complete", "b": "quarantined"}), ""),
        (manifest({}), manifest({"a": "complete"}), "1 documents are not among those given (a)"),
        (manifest({"a": "partial"}), manifest({"a": "complete"}), "1 are no longer complete (a)"),
        (manifest({"a": "complete"}, "Ctrl-C"), manifest({}), "this run was cut short (Ctrl-C)"),
        (manifest({"a": "complete"}, "Ctrl-C"), manifest({"a": "complete"}, "x"), ""),
        (manifest({"a": "partial"}, "x"), manifest({"a": "complete"}, "x"), "1 are no longer"),
    ],
)
def test_a_run_is_worse_if_it_lost_documents_or_was_cut_short(
    new: Manifest, current: Manifest, why: str
) -> None:
    assert worse(new, current).startswith(why)
    assert bool(worse(new, current)) == bool(why)


def test_a_changed_and_a_renamed_document_are_not_lost() -> None:
    current = manifest({"a": "complete", "b": "complete"})
    rows = (("doc_new", "a", "complete"), ("doc_b", "c", "complete"))
    assert worse(replace(current, documents=rows), current) == ""


def test_a_forgotten_folder_leaves_the_database_and_says_so(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["run", "--replies", str(REPLIES), "--out", "out"]
    assert main([*command, str(corpus)]) == 0
    before = Path("out/dossier.duckdb").resolve()
    one = corpus / "news-yunhe-zh.txt"
    for _ in range(2):  # said again as long as it is so
        capsys.readouterr()
        assert main([*command, str(one)]) == 1
        out = " ".join(capsys.readouterr().out.split())
        assert "It stays as it was: 1 documents are not among those given" in out
        assert "--accept" in out
        assert Path("out/dossier.duckdb").resolve() == before
    assert len(list(Path("out/runs").glob("*.duckdb"))) == 2
    assert main([*command, str(one), "--accept"]) == 0
    assert paths(Path("out/dossier.duckdb")) == ["documents/news-yunhe-zh.txt"]
    assert main([*command, str(corpus)]) == 0  # more again: published without asking
    assert len(paths(Path("out/dossier.duckdb"))) == 2


def test_a_run_that_is_cut_short_is_kept_beside_the_published_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    answer_all(config, WRECKS)
    run(config)
    whole = config.database.resolve()
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    outcome = run(replace(config, model="another-model", max_calls=0))
    assert outcome.stopped is not None
    assert "cut short" in outcome.left
    assert config.database.resolve() == whole
    kept = next(m for m in Runs(config.database).all() if m.cut_short)
    assert {status for _, _, status in kept.documents} == {"partial"}
    assert kept.settings["max_calls"] == "0"
    assert kept.totals["calls"] == 0


def test_the_first_run_is_published_even_if_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    outcome = run(settings(tmp_path, max_calls=0))
    assert outcome.published
    assert (tmp_path / "dossier.duckdb").exists()


def test_so_many_runs_stay_and_the_published_one_among_them(corpus: Path) -> None:
    config = Settings(paths=(corpus,), out=Path("out"), replies=REPLIES, keep=2)
    run(config)
    published = config.database.resolve()
    for tokens in (300, 400, 500):
        outcome = run(replace(config, max_tokens=tokens))
        assert outcome.left  # nothing is recorded for passages of that size
    kept = {m.run_id for m in Runs(config.database).all()}
    assert len(kept) == 3
    assert published.stem in kept
    assert {f.stem for f in Path("out/runs").iterdir()} == kept


def test_a_database_of_an_older_release_is_moved_not_lost(tmp_path: Path) -> None:
    config = settings(tmp_path)
    with duckdb.connect(str(config.database)) as db:
        db.execute("CREATE TABLE old AS SELECT 1")
    (tmp_path / "dossier.duckdb.wal").write_bytes(b"left by a client")
    answer_all(config, WRECKS)
    assert run(config).published
    assert config.database.is_symlink()
    assert not (tmp_path / "dossier.duckdb.wal").exists()
    with duckdb.connect(str(tmp_path / "runs" / "earlier.duckdb"), read_only=True) as db:
        assert db.execute("FROM old").fetchall() == [(1,)]


CHANGES: dict[str, Any] = {
    "model": {"model": "another"},
    "passages": {"max_tokens": 900},
    "overlap": {"overlap_tokens": 10},
    "limits": {"limits": ("pages=9",)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_setting_that_rows_depend_on_counts(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    config = Settings(paths=(DOCUMENTS,), replies=REPLIES)
    assert identity_of(config) == identity_of(replace(config, concurrency=3, timeout_s=9.0))
    assert identity_of(config) != identity_of(replace(config, **CHANGES[change]))


def identity_of(config: Settings) -> dict[str, str]:
    return run_identity(config, load_subject(config.subject), RecordedReplies(REPLIES))


def test_prices_and_ocr_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_version", lambda name: "1")
    config, prices = Settings(), tmp_path / "prices.json"
    known = [identity_of(config)["ocr"], identity_of(replace(config, ocr=True))["ocr"]]
    assert known == ["", "1"]
    told = []
    for text in ("{}", '{"m": {"input": 1, "output": 2}}'):
        prices.write_text(text)
        told.append(identity_of(replace(config, prices=prices))["prices"])
    assert len({"", *told}) == 3


@pytest.mark.parametrize("name", identity.LIBRARIES)
def test_a_new_release_of_a_library_counts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity.libraries_digest.__wrapped__()
    version = identity._version
    monkeypatch.setattr(identity, "_version", lambda n: "999" if n == name else version(n))
    assert identity.libraries_digest.__wrapped__() != before


@pytest.mark.parametrize(
    "file",
    ["prompts/_rules.txt", "prompts/more/extra.md", "schemas/parts/deep.py", "schemas/__init__.py"],
)
def test_each_file_of_a_subject_counts(file: str, tmp_path: Path) -> None:
    subject = tmp_path / "subject"
    shutil.copytree(SUBJECT, subject, ignore=shutil.ignore_patterns("__pycache__"))
    before = load_subject(subject).digest
    target = subject / file
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a") as stream:
        stream.write("\n# another line\n")
    assert load_subject(subject).digest != before


def test_a_view_counts(tmp_path: Path) -> None:
    subject = tmp_path / "subject"
    shutil.copytree(SUBJECT, subject, ignore=shutil.ignore_patterns("__pycache__"))
    config = Settings(subject=subject)
    before = identity_of(config)
    (subject / "schemas" / "views").mkdir(exist_ok=True)
    (subject / "schemas" / "views" / "sunk.sql").write_text("-- Ships.\nSELECT 1 AS one")
    assert identity_of(config) != before


def test_what_was_made_by_another_identity_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    answer_all(config, WRECKS)
    run(config)
    assert not run(config).published
    for name in run_identity(config, load_subject(config.subject), RecordedReplies(REPLIES)):
        known = Runs(config.database).all()[0]
        file = tmp_path / "runs" / f"{known.run_id}.json"
        told = json.loads(file.read_text())
        told["identity"][name] += "?"
        file.write_text(json.dumps(told))
        assert run(config).published or run(config).database, name
        assert json.loads(file.read_text())["identity"][name] == known.identity[name], name


def test_the_ledger_is_not_read_for_documents_that_are_carried_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    answer_all(config, WRECKS)
    run(config)
    asked: list[str] = []
    monkeypatch.setattr(Ledger, "get", lambda self, key, attempt=None: asked.append(key))
    run(config)
    assert asked == []
