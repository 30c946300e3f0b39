"""Everything at once: faults and quirks of servers at random, on many documents. What is complete
equals a quiet run's. DOSSIER_SEEDS=10 tries ten days instead of one."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.run import run
from tests.answers import completion, settings
from tests.models.server import Answer, endpoint, reply
from tests.models.test_faults import key_of, right_answer, rows, write_documents
from tests.models.test_quirks import (
    FILTERED,
    QUIRKS,
    TOO_LONG,
    Asked,
    Server,
    always,
    content,
    error,
    good,
)

DOCUMENTS = 500
SEEDS = int(os.environ.get("DOSSIER_SEEDS", "1"))
TIMEOUT_S = 1.0
LAST = 5  # calls of a request, after which it is answered
SHAPES = [
    q.server for q in QUIRKS if (q.complete, q.calls, q.issues, q.changes) == (4, 4, set(), {})
]


def reset(asked: Asked) -> Answer:
    raise ConnectionResetError


def hang(asked: Asked) -> Answer:
    time.sleep(TIMEOUT_S * 1.5)
    return good(asked)


PASSING: list[Server] = [
    always(reply(error("slow down", "rate_limit_exceeded"), 429, **{"retry-after": "0.01"})),
    always(reply(error("busy"), 503, **{"retry-after": "0"})),
    always(reply(error("Overloaded"), 529)),
    always((500, {}, "")),
    always(reply(error("Rate limit", 429))),
    always(reply({"choices": []})),
    always(reply({"choices": [{"error": {"code": 502, "message": "Upstream"}}]})),
    reset,
]
ASKED_AGAIN: list[Server] = [
    content(lambda text: "There is nothing."),
    content(lambda text: text[: len(text) // 2]),
    content(lambda text: '{"wreck": [{"ship": 5}]}'),
    always(reply(completion(""))),
]
LASTING: list[Server] = [
    always(FILTERED),
    always(TOO_LONG),
    always(reply(error("Blocked"), 403)),
    always(reply(error("Failed to generate JSON", "json_validate_failed"), 400)),
    always(reply(completion(None, refusal="I would rather not"))),
    always(reply(completion("", "length"))),
]


class Day:
    """Answers as chance has it. One document in ten is never answered well; all others are, in the
    end."""

    def __init__(self, seed: int, documents: int = DOCUMENTS) -> None:
        self.chance = random.Random(seed)
        some = self.chance.sample(range(documents), documents // 10)
        self.lasting = {n: self.chance.choice(LASTING) for n in some}
        self.seen: dict[str, int] = defaultdict(int)
        self.bad: dict[str, int] = defaultdict(int)
        self.well: set[str] = set()
        self.repeated = 0

    def __call__(self, number: int, body: dict[str, Any]) -> Answer:
        key = key_of(body)
        asked = Asked(number, self.seen[key], body)
        self.seen[key] += 1
        if key in self.well:
            self.repeated += 1
        if server := self.lasting.get(asked.document):
            return server(asked)
        if asked.nth < LAST and self.chance.random() < 0.35:
            if self.chance.random() < 0.02:
                return hang(asked)
            return self.chance.choice(PASSING)(asked)
        if self.bad[key] < 2 and self.chance.random() < 0.15:
            self.bad[key] += 1
            return self.chance.choice(ASKED_AGAIN)(asked)
        self.well.add(key)
        return self.chance.choice(SHAPES)(asked)


def expected(day: Day, documents: int) -> dict[str, str]:
    """The status of each document by its path."""
    return {
        f"in/{n:04}.txt": "partial" if n in day.lasting else "complete" for n in range(documents)
    }


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose documents were all answered at once."""
    folder = tmp_path_factory.mktemp("quiet")
    write_documents(folder / "in", DOCUMENTS)
    config = settings(folder / "out", paths=(folder / "in",), concurrency=32)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_API_KEY", "sk-x")
        with endpoint(lambda n, body: reply(completion(right_answer(body)))) as (address, _):
            patched.setenv("OPENAI_BASE_URL", address)
            run(config)
    return folder


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_each_document_ends_as_it_should(
    seed: int, quiet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.05)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    config = settings(
        tmp_path, paths=(quiet / "in",), concurrency=32, timeout_s=TIMEOUT_S, max_calls=10_000
    )
    day = Day(seed)
    with endpoint(day) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        outcome = run(config)
    assert outcome.stopped is None
    with duckdb.connect(str(config.database), read_only=True) as db:
        found = dict(db.execute("SELECT path, status::VARCHAR FROM document").fetchall())
    assert found == expected(day, DOCUMENTS)
    complete = {row[0]: row for row in rows(config.database)}
    calm = {row[0]: row for row in rows(quiet / "out" / "dossier.duckdb")}
    assert complete
    assert all(calm[i] == row for i, row in complete.items())
    assert day.repeated == 0


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_no_more_money_is_spent_than_allowed(
    seed: int, quiet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.05)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    prices = tmp_path / "prices.json"
    prices.write_text('{"test-model": {"input": 1.0, "output": 10.0}}')
    limit = random.Random(seed).uniform(0.02, 0.5)
    config = settings(
        tmp_path / "out", paths=(quiet / "in",), concurrency=32, timeout_s=TIMEOUT_S,
        max_cost=limit, prices=prices,
    )  # fmt: skip
    day, charged = Day(seed), [0.0]

    def answer(number: int, body: dict[str, Any]) -> Answer:
        told = day(number, body)
        if told[0] == 200:
            charged[0] += 10 * 1e-6 + 5 * 10e-6  # as the completions of the tests count
        return told

    with endpoint(answer) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        outcome = run(config)
    assert outcome.stopped is not None
    assert outcome.stopped.exit_code == 4
    assert outcome.cost_usd is not None
    assert charged[0] <= outcome.cost_usd + 1e-9 <= limit + 2e-9
