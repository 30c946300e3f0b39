"""A bad day: an endpoint that fails in every way, and kills at any moment. What is complete equals a quiet day's result."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
import trustme

from pipeline.errors import DossierError, EndpointError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.summary import summarise
from tests.answers import SUBJECT, completion, settings
from tests.conftest import ROOT
from tests.models.server import Answer, endpoint, reply

DOCUMENTS = 500
NAMES = ["Halcyon", "Meridian", "Corvus", "Amaranth", "Petrel", "Solace"]


def write_documents(folder: Path, number: int) -> None:
    folder.mkdir(parents=True)
    for i in range(number):
        ship = f"{NAMES[i % len(NAMES)]} {i}"
        (folder / f"{i:04}.txt").write_text(
            f"Chronicle {i}.\n\nThe schooner {ship} went down in a storm on 4 March 1891 with {i + 1} souls.\n"
        )


def right_answer(body: dict[str, Any]) -> str:
    """What a good model says to a request: made from the request alone."""
    user = next(m["content"] for m in body["messages"] if m["role"] == "user")
    found = re.search(
        r"The schooner (\w+ \d+) went down in a storm on 4 March 1891 with (\d+) souls\.", user
    )
    if found is None:
        return json.dumps({"wreck": []})
    wreck = {
        "evidence": [found[0]],
        "realis": "actual",
        "speaker": None,
        "ship": found[1],
        "sank": "1891-03-04",
        "imo": None,
        "cause": "storm",
        "lives_lost": int(found[2]),
    }
    return json.dumps({"wreck": [wreck]})


def key_of(body: dict[str, Any]) -> str:
    return next(m["content"] for m in body["messages"] if m["role"] == "user")


def rows(database: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as db:
        complete = "SELECT document_id FROM document WHERE status = 'complete'"
        return db.execute(
            f"SELECT * EXCLUDE (request_key, passage_id) FROM wreck WHERE document_id IN ({complete}) ORDER BY ALL"
        ).fetchall()


class BadDay:
    """Answers with a mix of faults, drawn anew for each HTTP call, and counts what it has answered well."""

    def __init__(self) -> None:
        self.chance = random.Random(11)
        self.well: set[str] = set()
        self.repeated = 0
        self.faults: Counter[str] = Counter()

    def __call__(self, number: int, body: dict[str, Any]) -> Answer:
        key, first = key_of(body), len(body["messages"]) == 2
        if key in self.well and first:
            self.repeated += 1
        draw = self.chance.random() * 100
        for limit, name in (
            (15, "429"),
            (25, "5xx"),
            (28, "reset"),
            (31, "hang"),
            (36, "cut off"),
            (39, "length"),
            (41, "refusal"),
            (49, "schema"),
            (51, "empty"),
        ):
            if draw < limit:
                self.faults[name] += 1
                return self.fault(name, body, key)
        self.well.add(key)
        return reply(completion(right_answer(body)))

    def fault(self, name: str, body: dict[str, Any], key: str) -> Answer:
        content = right_answer(body)
        if name == "429":
            return reply(
                {"error": {"message": "slow down", "code": "rate_limit_exceeded"}},
                429,
                **{"retry-after": "0.01"},
            )
        if name == "5xx":
            return reply({"error": {"message": "down"}}, self.chance.choice([500, 502, 503]))
        if name == "reset":
            raise ConnectionResetError
        if name == "hang":
            time.sleep(1.5)
            return reply(completion(content))
        if name == "cut off":
            return reply(completion(content[: len(content) // 2]))
        self.well.add(key)  # final endings are answers too: asking again would pay twice
        if name == "length":
            return reply(completion(content[: len(content) // 2], "length"))
        if name == "refusal":
            return reply(completion(None, refusal="I would rather not"))
        self.well.discard(key)
        return reply(completion('{"wreck": [{"ship": 5}]}' if name == "schema" else ""))


def test_a_bad_day_ends_like_a_quiet_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_documents(tmp_path / "in", DOCUMENTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.05)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    quiet = settings(tmp_path / "quiet", paths=(Path("in"),), concurrency=32)
    with endpoint(lambda n, body: reply(completion(right_answer(body)))) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(quiet)
        assert len(received) == DOCUMENTS
    bad = settings(tmp_path / "bad", paths=(Path("in"),), concurrency=32, timeout_s=1.0)
    day = BadDay()
    with endpoint(day) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(bad)
    summary = summarise(bad.database)
    assert sum(summary["documents"].values()) == DOCUMENTS
    assert set(summary["documents"]) <= {"complete", "partial", "quarantined"}
    assert summary["documents"]["complete"] > DOCUMENTS * 0.8
    assert len(day.faults) == 9
    assert day.repeated == 0
    reasons = {row["code"] for row in summary["not_complete"]}
    assert "REFUSED" in reasons
    assert reasons <= {
        "REFUSED",
        "TRUNCATED",
        "EMPTY_REPLY",
        "NOT_JSON",
        "SCHEMA_BROKEN",
        "RECORD_REJECTED",
        "NO_CONNECTION",
        "HTTP_500",
        "HTTP_502",
        "HTTP_503",
        "HTTP_429",
    }
    complete = {row[1] for row in rows(bad.database)}
    assert rows(bad.database) == [row for row in rows(quiet.database) if row[1] in complete]


def test_a_hang_holds_up_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of things, not by the clock: the call that hangs does so until all others are answered."""
    write_documents(tmp_path / "in", 40)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    others: list[str] = []
    all_others = threading.Event()
    held_up: list[bool] = []

    def answer(number: int, body: dict[str, Any]) -> Answer:
        if "Halcyon 0 " in key_of(body):
            held_up.append(not all_others.wait(60))
        else:
            others.append(key_of(body))
            if len(others) == 39:
                all_others.set()
        return reply(completion(right_answer(body)))

    with endpoint(answer) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(settings(tmp_path / "out", paths=(tmp_path / "in",), concurrency=4, timeout_s=120))
    assert held_up == [False]
    assert summarise(tmp_path / "out" / "dossier.duckdb")["documents"] == {"complete": 40}


def test_a_call_that_hangs_ends_by_its_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_documents(tmp_path / "in", 3)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setattr("pipeline.models.transport.MAX_TRIES", 1)
    over = threading.Event()

    def answer(number: int, body: dict[str, Any]) -> Answer:
        if "Halcyon 0 " in key_of(body):
            over.wait(60)
        return reply(completion(right_answer(body)))

    with endpoint(answer) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(settings(tmp_path / "out", paths=(tmp_path / "in",), concurrency=4, timeout_s=1.5))
        over.set()
    told = summarise(tmp_path / "out" / "dossier.duckdb")
    assert told["documents"] == {"complete": 2, "partial": 1}


@pytest.mark.parametrize("mode", ["tools", "json"])
def test_an_endpoint_without_strict_schemas_is_found_out_once(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_documents(tmp_path / "in", 3)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")

    def answer(number: int, body: dict[str, Any]) -> Answer:
        kind = body.get("response_format", {}).get("type")
        if kind == "json_schema" or (mode == "json" and "tools" in body):
            return reply(
                {"error": {"message": "response_format json_schema and tools are not supported"}},
                422,
            )
        content = right_answer(body)
        if mode == "json":
            assert kind == "json_object"
            assert "The JSON schema of the answer" in body["messages"][0]["content"]
            return reply(completion(content))
        told: dict[str, Any] = completion(None, "tool_calls")
        told["choices"][0]["message"]["tool_calls"] = [
            {"id": "t", "type": "function", "function": {"name": "wrecks", "arguments": content}}
        ]
        return reply(told)

    config = settings(tmp_path / "out", paths=(tmp_path / "in",), concurrency=1)
    with endpoint(answer) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(config)
        probes = 2 if mode == "tools" else 4  # each confirmed by a second request
        assert len(received) == 3 + probes
        (tmp_path / "in" / "more.txt").write_text(
            "Another. The schooner Petrel 9 went down in a storm on 4 March 1891 with 7 souls."
        )
        run(config)
        assert len(received) == 4 + probes
    assert summarise(config.database)["documents"] == {"complete": 4}


def test_a_reply_that_hits_the_limit_is_asked_again_for_either_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [
        f"The schooner {NAMES[i % 6]} {i} went down in a storm on 4 March 1891 with {i + 1} souls."
        for i in range(24)
    ]
    (folder / "long.txt").write_text("\n\n".join(lines))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")

    def answer(number: int, body: dict[str, Any]) -> Answer:
        user = key_of(body)
        found = re.findall(
            r"The schooner (\w+ \d+) went down in a storm on 4 March 1891 with (\d+) souls\.", user
        )
        wrecks = [
            json.loads(right_answer({"messages": [{"role": "user", "content": line}]}))["wreck"][0]
            for line in lines
            if any(f"schooner {n} went" in line for n, _ in found)
        ]
        text = json.dumps({"wreck": wrecks})
        return reply(
            completion(text[: len(text) // 2], "length") if len(found) > 8 else completion(text)
        )

    config = settings(tmp_path / "out", paths=(folder,))
    with endpoint(answer) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(config)
    summary = summarise(config.database)
    assert summary["documents"] == {"complete": 1}
    assert summary["records"] == {"wreck": 24}
    calls = len(received)
    config.database.unlink()
    run(config)
    assert len(received) == calls
    assert summarise(config.database)["records"] == {"wreck": 24}


def test_kills_at_random_moments_lose_only_what_was_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, concurrency, kills = 60, 6, 30
    write_documents(tmp_path / "in", number)
    under_way = [0]

    def answer(n: int, body: dict[str, Any]) -> Answer:
        under_way[0] += 1
        time.sleep(0.05)
        under_way[0] -= 1
        return reply(completion(right_answer(body)))

    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "run",
        "in",
        "--subject",
        str(SUBJECT),
        "--model",
        "test-model",
        "--out",
        "out",
    ]
    chance = random.Random(5)
    with endpoint(answer) as (address, received):
        environment = os.environ | {
            "OPENAI_BASE_URL": address,
            "OPENAI_API_KEY": "sk-x",
            "PYTHONPATH": str(ROOT),
        }
        for _ in range(kills):
            process = subprocess.Popen(
                [*command, "--concurrency", str(concurrency)],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(chance.uniform(0.2, 1.8))
            process.send_signal(signal.SIGKILL)
            process.wait()
        subprocess.run(
            [*command, "--concurrency", str(concurrency)],
            cwd=tmp_path,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        made = len(received)
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.chdir(tmp_path)
        undisturbed = settings(tmp_path / "quiet", paths=(Path("in"),))
        run(undisturbed)
    assert number <= made <= number + kills * concurrency
    assert rows(tmp_path / "out" / "dossier.duckdb") == rows(undisturbed.database)
    assert not list((tmp_path / "out").glob(".scratch-*"))


@pytest.mark.parametrize(
    ("changes", "environment", "said"),
    [
        ({}, {"OPENAI_BASE_URL": "http://user:secret@127.0.0.1:1/v1"}, "holds credentials"),
        ({"max_cost": 1.0}, {"OPENAI_API_KEY": "x"}, "No price is known for test-model"),
        ({}, {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "No connection"),
        ({}, {"OPENAI_BASE_URL": "not an address"}, "holds a line break or a blank"),
    ],
)
def test_bad_settings_of_the_endpoint_are_one_clear_error(
    changes: dict[str, Any],
    environment: dict[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.02)
    with pytest.raises(DossierError, match=said) as raised:
        run(settings(tmp_path, **changes))
    assert "secret" not in str(raised.value)


def test_a_certificate_that_nobody_trusts_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0, ssl=context)
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    monkeypatch.setenv(
        "OPENAI_BASE_URL", f"https://localhost:{server.sockets[0].getsockname()[1]}/v1"
    )
    started = time.monotonic()
    try:
        with pytest.raises(EndpointError, match="no certificate that can be trusted") as raised:
            run(settings(tmp_path))
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
    assert "SSL_CERT_FILE" in raised.value.remedy
    assert time.monotonic() - started < 10  # not tried again and again


def test_the_limit_of_money_is_hard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_documents(tmp_path / "in", 30)
    (tmp_path / "prices.json").write_text('{"test-model": {"input": 0, "output": 1000}}')
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    # A call may cost 2,000 tokens out, USD 2, and turns out to cost 5, USD 0.005.
    config = Settings(
        paths=(tmp_path / "in",),
        out=tmp_path / "out",
        subject=SUBJECT,
        model="test-model",
        max_cost=2.05,
        prices=tmp_path / "prices.json",
    )
    with endpoint(lambda n, body: reply(completion(right_answer(body)))) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        outcome = run(config)
    assert outcome.stopped is not None
    assert outcome.stopped.exit_code == 4
    assert outcome.cost_usd is not None
    assert outcome.cost_usd <= 2.05
    assert 8 <= len(received) <= 11
    with duckdb.connect(str(config.database), read_only=True) as db:
        assert db.execute("SELECT round(sum(cost_usd), 4) FROM reply").fetchone() == (
            round(outcome.cost_usd, 4),
        )


def test_two_documents_with_the_same_passage_are_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_documents(tmp_path / "in", 1)
    (tmp_path / "in" / "again.txt").write_text((tmp_path / "in" / "0000.txt").read_text() + "\n\n")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    config = settings(tmp_path / "out", paths=(tmp_path / "in",))
    with endpoint(lambda n, body: reply(completion(right_answer(body)))) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        run(config)
        assert len(received) == 1
    assert summarise(config.database)["documents"] == {"complete": 2}


def test_tries_count_as_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_documents(tmp_path / "in", 3)
    monkeypatch.setattr("pipeline.models.transport.MAX_WAIT_S", 0.01)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    config = settings(tmp_path / "out", paths=(tmp_path / "in",), max_calls=4)
    with endpoint(lambda n, body: reply({"error": {"message": "down"}}, 500)) as (
        address,
        received,
    ):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        outcome = run(config)
    assert len(received) == 4
    assert outcome.stopped is not None
