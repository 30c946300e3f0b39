"""What the ledger keeps, fact by fact."""

import sqlite3
from pathlib import Path

import pytest

from pipeline.domain import Reply
from pipeline.errors import DossierError, LockedError
from pipeline.ledger import BatchState, Ledger

KEY = f"{1:032x}"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "l.sqlite3")


def reply(key: str = KEY, attempt: int = 0, content: str = "{}") -> Reply:
    return Reply(key, "m", content, "stop", attempt, 10, 2, 5, 30, "live")


def test_an_answer_comes_back_as_it_was_kept_and_is_never_replaced(ledger: Ledger) -> None:
    assert ledger.add(reply())
    assert not ledger.add(reply(content="another"))
    assert ledger.get(KEY) == reply()


def test_an_attempt_is_that_attempt_and_the_answer_is_the_last(ledger: Ledger) -> None:
    for attempt in (0, 1, 2):
        ledger.add(reply(attempt=attempt, content=str(attempt)))
    last = ledger.get(KEY)
    assert last is not None
    assert last.content == "2"
    for attempt in (0, 1, 2):
        assert ledger.get(KEY, attempt) == reply(attempt=attempt, content=str(attempt))
    assert ledger.get(KEY, 3) is None


def test_giving_space_back_keeps_answers_and_failures_without_one(ledger: Ledger) -> None:
    ledger.add(reply())
    ledger.add_failure(KEY, "HTTP_503", "down")
    ledger.add_failure(f"{2:032x}", "HTTP_429", "busy")
    ledger.vacuum()
    assert ledger.stats()["failures"] == {"HTTP_429": 1}
    assert ledger.get(KEY) == reply()


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ([reply()], None),
        ([reply(), reply(attempt=1)], None),
        ([reply(attempt=1)], "without gaps"),
        ([reply(), reply(attempt=2)], "without gaps"),
        ([reply("abc")], "no request key"),
        ([reply("G" * 32)], "no request key"),
    ],
)
def test_what_is_wrong_with_a_ledger_is_found(
    kept: list[Reply], said: str | None, ledger: Ledger
) -> None:
    for answer in kept:
        ledger.add(answer)
    problems = ledger.verify()
    assert len(problems) == (said is not None)
    assert all(said and said in problem for problem in problems)


def test_an_endpoints_mode_is_the_last_that_worked_for_the_model(ledger: Ledger) -> None:
    ledger.remember_form("http://a", "m", "wrecks", "schema")
    ledger.remember_form("http://a", "m", "wrecks", "json")
    assert ledger.endpoint_forms("http://a", "m") == {"wrecks": "json"}
    assert ledger.endpoint_forms("http://a", "n") == {}
    assert ledger.endpoint_forms("http://b", "m") == {}


def test_a_batch_is_as_far_as_it_was_last_said_to_be(ledger: Ledger) -> None:
    ledger.put_batch(BatchState("b", 3, "written"))
    ledger.put_batch(BatchState("a", 4, "uploaded", "file"))
    ledger.put_batch(BatchState("b", 3, "submitted", "file", "remote"))
    assert ledger.batches("written") == []
    assert ledger.batches("uploaded") == [BatchState("a", 4, "uploaded", "file")]
    assert ledger.batches("submitted") == [BatchState("b", 3, "submitted", "file", "remote")]


@pytest.mark.parametrize(
    ("said", "kind", "remedy"),
    [
        ("database is locked", LockedError, "Try again when it has finished"),
        ("file is not a database", DossierError, "Put a copy back"),
        ("database disk image is malformed", DossierError, "Put a copy back"),
        ("database or disk is full", DossierError, "Free some space"),
        ("attempt to write a readonly database", DossierError, "permissions"),
    ],
)
def test_each_fault_of_the_file_has_its_error_and_remedy(
    said: str,
    kind: type[DossierError],
    remedy: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError(said)

    monkeypatch.setattr(sqlite3, "connect", fail)
    with pytest.raises(DossierError, match=remedy) as raised:
        Ledger(tmp_path / "l.sqlite3")
    assert type(raised.value) is kind
