"""What a run makes anew, carries over, and tells when it ends early, fact by fact."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.domain import Reply
from pipeline.errors import BudgetError, EndpointError
from pipeline.ledger import Ledger
from pipeline.models.recorded import save_reply
from pipeline.run import Outcome, plan, run
from pipeline.settings import Settings
from pipeline.stages.stream import Stream
from tests.answers import HALCYON, SUBJECT, WRECKS, answer_all, completion, settings
from tests.models.server import endpoint, reply


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    """A copy of the tiny subject, answered and run once."""
    shutil.copytree(SUBJECT, tmp_path / "subject")
    given = settings(
        tmp_path / "out", subject=tmp_path / "subject", paths=(tmp_path / "subject" / "documents",)
    )
    answer_all(given, WRECKS)
    run(given)
    return given


def events(config: Settings, name: str) -> list[dict[str, Any]]:
    lines = (config.out / "run.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == name]


def again(config: Settings) -> tuple[bool, int | None]:
    """Whether a run of it did anything, and how many documents it carried over."""
    before = len(events(config, "start"))
    run(replace(config, accept=True))
    started = events(config, "start")
    return (True, started[-1]["unchanged"]) if len(started) > before else (False, None)


def ask(config: Settings, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(config.database.resolve()), read_only=True) as db:
        return db.execute(sql).fetchall()


def add(config: Settings, name: str, text: str = "Another chronicle.") -> Path:
    """One more document, answered."""
    file = config.paths[0] / name
    file.write_text(text)
    answer_all(config, '{"wreck": []}')
    return file


def test_the_same_again_does_nothing(config: Settings) -> None:
    assert again(config) == (False, None)


def test_what_rows_depend_on_makes_all_documents_anew(config: Settings) -> None:
    prompt = config.subject / "prompts" / "wrecks.md"
    prompt.write_text(prompt.read_text() + "\nBe careful.\n")
    answer_all(config, WRECKS)
    assert again(config) == (True, 0)
    assert again(config) == (False, None)


def test_how_fast_and_how_much_changes_nothing(config: Settings) -> None:
    assert again(replace(config, concurrency=3, timeout_s=9.0, max_calls=7)) == (False, None)


def test_a_new_document_leaves_the_others_alone(config: Settings) -> None:
    file = add(config, "more.txt")
    assert again(config) == (True, 1)
    file.unlink()
    assert again(config) == (True, 1)
    assert ask(config, "SELECT count(*) FROM document") == [(1,)]


def test_a_renamed_document_has_its_new_path(config: Settings) -> None:
    file = config.paths[0] / "harbour.txt"
    file.rename(file.with_name("port.txt"))
    assert again(config) == (True, 0)
    ((path,),) = ask(config, "SELECT path FROM document")
    assert path.endswith("port.txt")


def test_a_document_that_is_not_complete_is_tried_again(tmp_path: Path) -> None:
    config = settings(tmp_path)
    answer_all(config, "no JSON")
    run(config)
    assert ask(config, "SELECT status FROM document") == [("partial",)]
    assert again(config) == (True, 0)


def test_a_duplicate_of_another_name_is_told(config: Settings) -> None:
    copy = shutil.copy(config.paths[0] / "harbour.txt", config.paths[0] / "port.txt")
    assert again(config) == (True, 1)
    Path(copy).rename(config.paths[0] / "quay.txt")
    assert again(config) == (True, 1)
    ((path,),) = ask(config, "SELECT path FROM issue WHERE code = 'DUPLICATE_FILE'")
    assert path.endswith("quay.txt")


def test_other_recorded_replies_make_all_documents_anew(tmp_path: Path) -> None:
    folder = tmp_path / "replies"
    config = settings(tmp_path / "out", model="recorded", replies=folder)
    document, planned = next(plan(config))
    save_reply(folder, document, planned.request, Reply("k", "m", WRECKS, "stop"))
    run(config)
    assert again(config) == (False, None)
    save_reply(folder, document, planned.request, Reply("k", "m", '{"wreck": []}', "stop"))
    assert again(config) == (True, 0)
    assert ask(config, "SELECT count(*) FROM wreck") == [(0,)]


def test_an_endpoint_that_cannot_be_used_ends_in_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    with pytest.raises(EndpointError, match="OPENAI_API_KEY is not set"):
        run(config)
    assert not config.database.exists()


def without_calls(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Run with an endpoint that may not be asked."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    return run(replace(config, max_calls=0))


def test_a_limit_that_is_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(tmp_path)
    outcome = without_calls(config, monkeypatch)
    assert isinstance(outcome.stopped, BudgetError)
    assert ask(config, "SELECT status, reasons FROM document") == [("partial", ["BUDGET"])]
    assert events(config, "end")[-1]["stopped"] == "The limit of 0 calls is reached"


def test_a_run_that_was_cut_short_takes_the_place_of_no_whole_one(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config.paths[0] / "more.txt").write_text("Another chronicle.")
    outcome = without_calls(config, monkeypatch)
    assert (outcome.published, "cut short" in outcome.left) == (False, True)
    assert ask(config, "SELECT count(*) FROM document") == [(1,)]


LONG = "\n\n".join(f"{HALCYON['evidence'][0]} That was chronicle {n:02}." for n in range(24))


def halved(tmp_path: Path, number: int) -> Settings:
    """A document whose answer hit the output limit, and so many of its two halves answered."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "long.txt").write_text(LONG)
    config = settings(tmp_path / "out", paths=(folder,))
    answer_all(config, '{"wreck": [', "length")
    ledger = Ledger(config.ledger)
    halves = list(plan(config, ledger))[1:]
    assert [p.request.passage_name for _, p in halves] == ["000a", "000b"]
    for _, half in halves[:number]:
        ledger.add(Reply(half.request.key(config.model), "test-model", WRECKS, "stop"))
    ledger.close()
    return config


def test_the_answers_to_both_halves_stand_for_the_whole(tmp_path: Path) -> None:
    config = halved(tmp_path, 2)
    run(config)
    assert ask(config, "SELECT status FROM document") == [("complete",)]
    assert ask(config, "SELECT finish_reason, count(*) FROM reply GROUP BY ALL") == [("stop", 2)]


def test_the_whole_is_kept_while_a_half_has_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = halved(tmp_path, 1)
    without_calls(config, monkeypatch)
    assert ask(config, "SELECT status FROM document") == [("partial",)]
    found = ask(config, "SELECT finish_reason, count(*) FROM reply GROUP BY ALL ORDER BY ALL")
    assert found == [("length", 1), ("stop", 1)]


def test_failures_and_tokens_are_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.txt").write_text(f"Chronicle {number}.")
    config = settings(tmp_path / "out", paths=(folder,), concurrency=1)
    monkeypatch.setattr("pipeline.models.transport.MAX_TRIES", 1)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    answers = [reply(completion('{"wreck": []}')), reply({"error": {"message": "down"}}, 503)]
    with endpoint(lambda number, _: answers[min(number, 1)]) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(config)
    (failure,) = events(config, "failure")
    assert (failure["code"], failure["task"], failure["passage"]) == ("HTTP_503", "wrecks", "000")
    assert events(config, "end")[-1]["tokens"] == 15


def test_a_fault_on_one_document_is_its_own_quarantine(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(config, "odd.txt", "An odd chronicle.")
    staged = Stream._staged

    async def fails(stream: Stream, source: Any) -> Any:
        if source.name.endswith("odd.txt"):
            raise ZeroDivisionError("odd")
        return await staged(stream, source)

    monkeypatch.setattr(Stream, "_staged", fails)
    run(config)
    found = ask(config, "SELECT status, reasons FROM document ORDER BY status")
    assert sorted(found) == [("complete", []), ("quarantined", ["INTERNAL"])]


def test_a_document_that_cannot_be_read_says_why_and_others_go_on(config: Settings) -> None:
    (config.paths[0] / "a-first.txt").write_text("")
    unreadable: list[tuple[str, Any]] = []
    planned = list(plan(config, unreadable=unreadable))
    assert len(planned) == 1
    assert [(Path(name).name, e.code) for name, e in unreadable] == [("a-first.txt", "EMPTY_FILE")]
    assert again(config) == (True, 1)
    found = ask(config, "SELECT status, reasons FROM document")
    assert sorted(found) == [("complete", []), ("quarantined", ["EMPTY_FILE"])]


def test_what_a_killed_run_left_is_removed(config: Settings) -> None:
    left = config.out / ".scratch-run_gone.duckdb"
    left.write_bytes(b"x")
    run(config)
    assert not left.exists()


def refusing(number: int, body: dict[str, Any]) -> Any:
    return reply({"error": {"message": "Incorrect API key provided"}}, 401)


def test_a_run_that_the_endpoint_ends_says_so_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path / "out")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    with endpoint(refusing) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        with pytest.raises(EndpointError, match="refuses the key"):
            run(config)
    (end,) = events(config, "end")
    assert "refuses the key" in end["stopped"]
    assert not config.database.exists()


def test_a_run_that_the_endpoint_ends_keeps_what_was_published(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = config.database.resolve()
    (config.paths[0] / "new.txt").write_text("The schooner Corvus sank.")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    with endpoint(refusing) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        outcome = run(config)
    assert isinstance(outcome.stopped, EndpointError)
    assert not outcome.published
    assert config.database.resolve() == published
    assert "refuses the key" in events(config, "end")[-1]["stopped"]
