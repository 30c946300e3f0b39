"""The live path: a real HTTP server on loopback, the real openai client, instructor and tenacity."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.cli import main
from pipeline.errors import BudgetError, EndpointError
from pipeline.ledger import Ledger
from pipeline.run import Outcome, plan, run
from pipeline.store.summary import summarise
from tests.answers import HALCYON, SUBJECT, WRECKS, completion, settings
from tests.models.server import Answer, endpoint, reply

BAD = json.dumps({"wreck": [HALCYON | {"sank": "a stormy night"}]})
RATE_LIMIT = {
    "error": {"message": "slow down", "type": "rate_limit", "code": "rate_limit_exceeded"}
}


@pytest.fixture(autouse=True)
def quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.02)


def live(
    config: Any, answer: Any, monkeypatch: pytest.MonkeyPatch, key: str = "sk-secret"
) -> tuple[Outcome, list[dict[str, Any]]]:
    with endpoint(answer) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.setenv("OPENAI_API_KEY", key)
        return run(config), received


def test_a_call_goes_out_with_a_strict_schema_and_comes_back_into_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    outcome, received = live(config, lambda n, body: reply(completion(WRECKS)), monkeypatch)
    assert outcome == Outcome(calls=1, published=True)
    body = received[0]["body"]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["wreck"]
    assert [m["role"] for m in body["messages"]] == ["system", "user"]
    assert body["max_completion_tokens"] == 2000
    assert received[0]["path"] == "/v1/chat/completions"
    with duckdb.connect(str(config.database), read_only=True) as db:
        assert db.execute("SELECT ship, lives_lost::INT FROM wrecks").fetchall() == [
            ("Halcyon", 17)
        ]
        assert db.execute("SELECT model, tokens_in, tokens_out FROM reply").fetchall() == [
            ("test-model", 10, 5)
        ]


def test_nothing_is_asked_twice_even_without_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    live(config, lambda n, body: reply(completion(WRECKS)), monkeypatch)
    config.database.unlink()
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert run(config) == Outcome(calls=0, published=True)


def test_an_answer_is_in_the_ledger_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)

    def crash(*_: object) -> None:
        raise RuntimeError("killed while parsing")

    monkeypatch.setattr("pipeline.stages.ground.Grounders.ground", crash)
    outcome, _ = live(config, lambda n, body: reply(completion(WRECKS)), monkeypatch)
    assert outcome.calls == 1
    assert summarise(config.database)["issues"] == {"INTERNAL": 1}
    monkeypatch.undo()
    assert run(config).calls == 0
    assert summarise(config.database)["documents"] == {"complete": 1}


def test_a_reask_replaces_the_failed_answer_and_names_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = [BAD, BAD, WRECKS]
    config = settings(tmp_path)
    outcome, received = live(config, lambda n, body: reply(completion(contents[n])), monkeypatch)
    assert outcome.calls == 3
    assert [len(r["body"]["messages"]) for r in received] == [2, 4, 4]
    complaint = received[2]["body"]["messages"][-1]["content"]
    assert "wreck[0].sank: 'a stormy night' is no date" in complaint
    assert summarise(config.database)["issues"] == {}


def test_an_answer_that_never_validates_is_kept_as_far_as_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    outcome, received = live(config, lambda n, body: reply(completion(BAD)), monkeypatch)
    assert (outcome.calls, len(received)) == (3, 3)
    summary = summarise(config.database)
    assert summary["records"] == {"wreck": 1}
    assert summary["issues"] == {"VALUE_REJECTED": 1}
    config.database.unlink()
    assert run(config).calls == 0


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_transport_faults_are_retried_once_each_and_not_multiplied(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        return (
            reply(RATE_LIMIT, status, **{"retry-after": "0.01"})
            if number < 2
            else reply(completion(WRECKS))
        )

    outcome, received = live(settings(tmp_path), answer, monkeypatch)
    assert (outcome.calls, len(received)) == (3, 3)


def test_a_fault_that_stays_is_a_failure_and_never_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    _, received = live(
        config, lambda n, body: reply({"error": {"message": "down"}}, 503), monkeypatch
    )
    assert len(received) == 8
    summary = summarise(config.database)
    assert summary["documents"] == {"partial": 1}
    assert summary["not_complete"][0]["code"] == "HTTP_503"
    ledger = Ledger(config.ledger)
    key = next(plan(config))[1].request.key(config.model)
    assert ledger.get(key) is None
    assert ledger.stats()["failures"] == {"HTTP_503": 1}
    assert live(config, lambda n, body: reply(completion(WRECKS)), monkeypatch)[0].calls == 1
    assert summarise(config.database)["documents"] == {"complete": 1}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": {"message": "bad key"}}, "Check OPENAI_API_KEY"),
        (404, {"error": {"message": "no such model"}}, "Check OPENAI_BASE_URL"),
        (429, {"error": {"message": "quota", "code": "insufficient_quota"}}, "out of quota"),
    ],
)
def test_what_no_call_could_survive_ends_the_run_at_once(
    status: int, body: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EndpointError, match=said):
        live(settings(tmp_path), lambda n, b: reply(body, status), monkeypatch)
    assert not (tmp_path / "dossier.duckdb").exists()


def test_no_key_and_no_server_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EndpointError, match="OPENAI_API_KEY is not set"):
        run(settings(tmp_path))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(EndpointError, match=r"No connection to http://127\.0\.0\.1:9"):
        run(settings(tmp_path))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (completion(None, refusal="no"), "REFUSED"),
        (completion("", "content_filter"), "FILTERED"),
        (completion(WRECKS[:40], "length"), "TRUNCATED"),
    ],
)
def test_endings_that_asking_again_would_not_better_are_final(
    answer: dict[str, Any], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    outcome, _ = live(config, lambda n, body: reply(answer), monkeypatch)
    assert outcome.calls == 1
    assert summarise(config.database)["not_complete"][0]["code"] == code


def test_a_page_instead_of_a_completion_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EndpointError, match="answers with a page"):
        live(
            settings(tmp_path),
            lambda n, body: (200, {"content-type": "text/html"}, "<html>proxy</html>"),
            monkeypatch,
        )


def test_a_page_in_between_is_a_failure_of_that_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Chronicle {number}, of ships.")
    page = (200, {"content-type": "text/html"}, "<html>proxy</html>")
    config = settings(tmp_path / "out", paths=(folder,), concurrency=1)
    live(
        config, lambda n, body: page if n == 1 else reply(completion('{"wreck": []}')), monkeypatch
    )
    assert [row["code"] for row in summarise(config.database)["not_complete"]] == ["BAD_COMPLETION"]


def test_events_tell_machines_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint(lambda n, body: reply(completion(WRECKS))) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        command = [
            "run",
            str(SUBJECT / "documents"),
            "--subject",
            str(SUBJECT),
            "--model",
            "m",
            "--out",
            str(tmp_path),
            "--json",
        ]
        assert main(command) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["calls"] == 1
    events = [json.loads(line) for line in told.err.splitlines()]
    assert [event["event"] for event in events] == ["start", "document", "end"]
    assert (tmp_path / "run.jsonl").read_text() == told.err
    assert "Halcyon" not in told.err


def test_plain_progress_lines_when_stderr_is_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.screen.PLAIN_LINE_S", 0.0)
    with endpoint(lambda n, body: reply(completion(WRECKS))) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        assert (
            main(
                [
                    "run",
                    str(SUBJECT / "documents"),
                    "--subject",
                    str(SUBJECT),
                    "--model",
                    "gpt-5-mini",
                    "--out",
                    str(tmp_path),
                ]
            )
            == 0
        )
    last = capsys.readouterr().err.splitlines()[-1]
    assert "1/1 documents · 1 calls" in last
    assert "tokens" in last


def test_the_limit_of_calls_is_hard_and_what_was_done_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(
            f"Chronicle {number}. The schooner Halcyon went down in a storm on 4 March 1891 with 17 souls."
        )
    config = settings(tmp_path / "out", paths=(folder,), max_calls=2)
    answer = json.dumps({"wreck": [HALCYON]})
    outcome, received = live(config, lambda n, body: reply(completion(answer)), monkeypatch)
    assert len(received) == 2
    assert isinstance(outcome.stopped, BudgetError)
    assert summarise(config.database)["documents"] == {"complete": 2, "partial": 3}


def test_no_key_is_ever_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live(
        settings(tmp_path),
        lambda n, body: reply(completion(WRECKS)),
        monkeypatch,
        key="sk-very-secret",
    )
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"sk-very-secret" not in file.read_bytes()


def test_the_request_key_names_what_changes_an_answer(tmp_path: Path) -> None:
    request = next(plan(settings(tmp_path)))[1].request
    assert request.key("a") != request.key("b")
    assert request.key("a") == next(plan(settings(tmp_path, concurrency=2, timeout_s=1.0)))[
        1
    ].request.key("a")
    assert request.key("a") != next(
        plan(
            settings(
                tmp_path, paths=(Path(__file__).parent.parent / "fixtures/documents/good.txt",)
            )
        )
    )[1].request.key("a")


def test_the_ledger_survives_a_second_process(tmp_path: Path) -> None:
    one, other = Ledger(tmp_path / "l.sqlite3"), Ledger(tmp_path / "l.sqlite3")
    one.add_failure("k", "HTTP_500", "x")
    assert other.stats()["failures"] == {"HTTP_500": 1}
    assert sqlite3.connect(tmp_path / "l.sqlite3").execute("PRAGMA journal_mode").fetchone() == (
        "wal",
    )
