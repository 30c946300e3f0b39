"""Trying changed prompts beside what is published."""

from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.diff.report import compare_runs
from pipeline.errors import DossierError
from pipeline.run import Outcome, run
from pipeline.settings import Settings
from pipeline.store.query import Session
from pipeline.store.runs import Runs
from pipeline.subject import load_subject
from tests.conftest import DOCUMENTS, REPLIES, ROOT

CANDIDATE = ROOT / "data" / "candidate"


def test_a_changed_prompt_takes_the_place_of_the_one_of_its_name() -> None:
    now, tried = load_subject(), load_subject(prompts=CANDIDATE)
    changed = {t.name for t, u in zip(now.tasks, tried.tasks, strict=True) if t.digest != u.digest}
    assert changed == {"agreements"}
    assert now.digest != tried.digest
    # Its preamble is the one in use.
    assert tried.tasks[2].instructions.startswith(now.tasks[2].instructions[:500])


def test_a_preamble_beside_the_changed_prompt_comes_first(tmp_path: Path) -> None:
    (tmp_path / "agreements.md").write_text((CANDIDATE / "agreements.md").read_text())
    (tmp_path / "_rules.md").write_text("Other rules.")
    tried = load_subject(prompts=tmp_path)
    assert all(task.instructions.startswith("Other rules.") for task in tried.tasks)


def test_a_folder_without_prompts_is_named(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match=r"has no prompts"):
        load_subject(prompts=tmp_path)


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """One document, published, and run again with the changed prompts."""
    monkeypatch.chdir(ROOT)
    given = {
        "paths": (DOCUMENTS / "news-cold-chain-ru.html",), "out": tmp_path, "replies": REPLIES,
    }  # fmt: skip
    run(Settings(**given))  # type: ignore[arg-type]
    run(Settings(**given, prompts=CANDIDATE, unpublished=True))  # type: ignore[arg-type]
    return Settings(**given)  # type: ignore[arg-type]


def test_an_unpublished_run_is_kept_and_the_published_one_stays(tried: Settings) -> None:
    kept = Runs(tried.database)
    latest, published = kept.all()
    assert published.run_id == kept.published().run_id  # type: ignore[union-attr]
    assert latest.settings["prompts"] == str(CANDIDATE)
    assert not latest.cut_short
    session = Session(tried.database)
    assert session.query("SELECT run_id FROM run")[1] == [(published.run_id,)]


def test_the_diff_names_the_changed_prompt_as_the_one_cause(
    tried: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "--out", str(tried.out)]) == 1
    told = capsys.readouterr().out
    assert "\nCause: prompts/agreements.md.\n" in told
    types = [line.strip() for line in told.split("\n\n")[1].splitlines()]
    touched = [line for line in types if not line.split(": ")[1].endswith(" unchanged")]
    assert [line.split(":")[0] for line in touched] == ["agreement"]


def test_every_passage_has_a_recorded_reply_to_the_changed_prompt(
    bundled: tuple[Settings, Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    outcome = run(Settings(out=tmp_path, prompts=CANDIDATE))
    assert outcome.calls == 0
    assert outcome.database is not None
    session = Session(outcome.database)
    assert session.query("SELECT DISTINCT status::VARCHAR FROM document")[1] == [("complete",)]
    session.close()
    # The counts in the README are those of this comparison.
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    report = compare_runs(
        bundled[0].database.resolve(), outcome.database, load_subject().record_types
    )
    assert f"{len(report.items)} of {len(report.items)} changes wait" in page
    counts = report.records["agreement"]
    assert f"agreement: {counts['removed']} removed, {counts['changed']} changed" in page
