import time
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.domain import Reply
from pipeline.errors import DossierError
from pipeline.ledger import Ledger


def reply(number: int, attempt: int = 0) -> Reply:
    return Reply(f"{number:032x}", "m", '{"wreck": []}', "stop", attempt, 10, 2, 5)


def test_an_answer_is_never_replaced(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite3")
    assert ledger.add(reply(1))
    assert not ledger.add(Reply(f"{1:032x}", "m", "another", "stop"))
    found = ledger.get(f"{1:032x}")
    assert found is not None
    assert found.content == '{"wreck": []}'
    assert (found.tokens_in, found.tokens_cached, found.tokens_out) == (10, 2, 5)


def test_the_last_attempt_answers_and_each_can_be_asked_for(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite3")
    ledger.add(reply(1, 0))
    ledger.add(reply(1, 1))
    last = ledger.get(f"{1:032x}")
    assert last is not None
    assert last.attempt == 1
    assert ledger.get(f"{1:032x}", 0) is not None
    assert ledger.get(f"{1:032x}", 2) is None


def test_failures_are_rows_of_their_own_and_no_answers(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite3")
    ledger.add_failure(f"{1:032x}", "HTTP_503", "down")
    assert ledger.get(f"{1:032x}") is None
    assert ledger.stats()["failures"] == {"HTTP_503": 1}


def test_stats_verify_and_vacuum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    for number in range(50):
        ledger.add(reply(number))
    assert main(["ledger", "stats", "--out", str(tmp_path)]) == 0
    assert '"answers": 50' in capsys.readouterr().out
    assert main(["ledger", "verify", "--out", str(tmp_path)]) == 0
    assert "whole" in capsys.readouterr().out
    assert main(["ledger", "vacuum", "--out", str(tmp_path)]) == 0
    ledger.add(reply(60, attempt=2))
    assert main(["ledger", "verify", "--out", str(tmp_path)]) == 2
    assert "without gaps" in capsys.readouterr().out


def test_a_damaged_ledger_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "l.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(DossierError, match=r"l\.sqlite3"):
        Ledger(tmp_path / "l.sqlite3")


def test_opening_a_large_ledger_and_looking_up_are_quick(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite3")
    ledger._db.execute("BEGIN")
    for number in range(20_000):
        ledger.add(reply(number))
    ledger._db.execute("COMMIT")
    ledger.close()
    started = time.perf_counter()
    again = Ledger(tmp_path / "l.sqlite3")
    assert again.get(f"{19_999:032x}") is not None
    assert (
        time.perf_counter() - started < 1.0
    )  # no scan: 50 ms is measured in bench/, this only tells it from seconds
