"""What makes a run another one, so that nothing is carried over, fact by fact."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain import Reply
from pipeline.models.recorded import RecordedReplies, save_reply
from pipeline.run import plan
from pipeline.settings import Settings
from pipeline.stages import identity
from pipeline.stages.identity import run_identity, tree_digest
from pipeline.subject import load_subject
from tests.answers import SUBJECT, WRECKS, settings

Change = Callable[[Settings], Settings]


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    """A copy of the tiny subject with a view, prices and a recorded reply."""
    subject = tmp_path / "subject"
    shutil.copytree(SUBJECT, subject)
    (subject / "schemas" / "views").mkdir()
    (subject / "schemas" / "views" / "lost.sql").write_text("-- Lost.\nFROM checked_wreck")
    (tmp_path / "prices.json").write_text('{"m": {"input": 1, "output": 2}}')
    given = settings(
        tmp_path / "out",
        subject=subject,
        paths=(subject / "documents",),
        prices=tmp_path / "prices.json",
        replies=tmp_path / "replies",
    )
    document, planned = next(plan(given))
    save_reply(given.replies, document, planned.request, Reply("k", "m", WRECKS, "stop"))
    return given


def of(config: Settings) -> dict[str, str]:
    provider = RecordedReplies(config.replies)
    return run_identity(config, load_subject(config.subject), provider)


def append(name: str) -> Change:
    def change(config: Settings) -> Settings:
        file = config.subject.parent / name
        file.write_text(file.read_text() + "\n")
        return config

    return change


def rename_view(config: Settings) -> Settings:
    view = config.subject / "schemas" / "views" / "lost.sql"
    view.rename(view.with_name("sunk.sql"))
    return config


CHANGES: dict[str, Change] = {
    "prompt": append("subject/prompts/wrecks.md"),
    "schema": append("subject/schemas/__init__.py"),
    "view": append("subject/schemas/views/lost.sql"),
    "name of a view": rename_view,
    "prices": append("prices.json"),
    "no prices": lambda config: replace(config, prices=None),
    "model": lambda config: replace(config, model="another"),
    "max_tokens": lambda config: replace(config, max_tokens=1400),
    "overlap_tokens": lambda config: replace(config, overlap_tokens=50),
    "limits": lambda config: replace(config, limits=("pages=9",)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_what_rows_depend_on_makes_another_run(config: Settings, change: Change) -> None:
    before = of(config)
    assert of(config) == before
    assert of(change(config)) != before


@pytest.mark.parametrize("name", ["code_digest", "readers_digest", "libraries_digest"])
def test_other_code_readers_and_libraries_make_another_run(
    name: str, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = of(config)
    monkeypatch.setattr(identity, name, lambda: "another release")
    assert of(config) != before


def test_recorded_replies_count_where_they_are_asked(config: Settings) -> None:
    recorded = replace(config, model="recorded")
    before, asked = of(config), of(recorded)
    (file,) = config.replies.rglob("*.json")
    file.write_text(file.read_text().replace("Halcyon", "Petrel"))
    assert of(config) == before
    assert of(recorded) != asked


def test_how_fast_and_how_much_makes_no_other_run(config: Settings) -> None:
    other = replace(config, concurrency=3, timeout_s=9.0, max_calls=7, rpm=5, tpm=5, mode="json")
    assert of(other) == of(config)


def test_a_digest_is_that_of_names_and_contents(tmp_path: Path) -> None:
    def digest(**files: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        return tree_digest(folder, "*.py")

    assert digest(a="1", b="2") == digest(b="2", a="1")
    digests = [digest(a="1"), digest(a="2"), digest(b="1"), digest(a="1", b=""), digest()]
    assert len(set(digests)) == len(digests)
