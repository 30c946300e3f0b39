"""What a session may do, fact by fact."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import DossierError
from pipeline.signals import stops
from pipeline.store.query import Session
from tests.store.ships import made


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    config = made(tmp_path, {"a.txt": "Nothing."}, {})
    opened = Session(config.database)
    yield opened
    opened.close()


def test_no_other_file_is_read(session: Session, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(DossierError, match="disabled"):
        session.query(f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM document",
        "SET enable_external_access = true",
        "CREATE TABLE x (i INT)",
        "EXPLAIN ANALYZE DELETE FROM document",
        "SELECT 1; DROP TABLE document",
    ],
)
def test_what_does_more_than_read_is_refused(sql: str, session: Session) -> None:
    with pytest.raises(DossierError, match="is not run here"):
        list(session.answers(sql))


def test_no_setting_can_be_changed_by_any_way(session: Session) -> None:
    assert session.query("SELECT current_setting('lock_configuration')")[1] == [(True,)]
    assert session.query("SELECT current_setting('enable_external_access')")[1] == [(False,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
        "SELECT a.range FROM range(10000000000) a",
    ],
)
def test_a_query_ends_in_time_whether_rows_come_or_not(sql: str, session: Session) -> None:
    started = time.monotonic()
    with pytest.raises(DossierError, match=r"longer than 0\.2 s"):
        for answer in session.answers(sql, timeout_s=0.2):
            for _ in answer.rows:
                pass
    assert time.monotonic() - started < 5.0


def test_an_interrupted_question_of_the_program_is_an_interruption(session: Session) -> None:
    with stops(), pytest.raises(KeyboardInterrupt):
        threading.Timer(0.2, signal.raise_signal, [signal.SIGTERM]).start()
        session.query("SELECT sum(hash(a.range)) FROM range(300000) a, range(10000) b")
