"""Nothing that one document or one reply brings about reaches another, or the event loop."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.domain import Document
from pipeline.errors import DossierError
from pipeline.ledger import Ledger
from pipeline.run import run
from pipeline.settings import BUNDLED
from pipeline.stages import ground, stream
from pipeline.stages.ground import FaultError, Grounders
from pipeline.text.abbreviations import Abbreviation
from pipeline.values.numbers import parse_decimal, read_numbers
from pipeline.workers import LostWorkerError, Workers
from tests.answers import HALCYON, SUBJECT, WRECKS, answer_all, completion, settings
from tests.conftest import DOCUMENTS, ROOT
from tests.models.server import endpoint, reply
from tests.models.test_faults import right_answer, write_documents


def ask(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as db:
        return db.execute(sql).fetchall()


def test_what_nobody_foresaw_is_that_documents_quarantine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    shutil.copytree(SUBJECT / "documents", folder)
    (folder / "odd.txt").write_text("The brig Odd sank on 5 May 1890.")
    config = settings(tmp_path / "out", paths=(folder,))
    answer_all(config, WRECKS)
    read = stream.read_or_recognise

    def fails(pool: Any, source: Any, recognised: Any) -> Document:
        return 1 // 0 if source.path.name == "odd.txt" else read(pool, source, recognised)

    monkeypatch.setattr(stream, "read_or_recognise", fails)
    run(config)
    statuses = dict(ask(config.database, "SELECT parse_filename(path), status FROM document"))
    assert statuses == {"harbour.txt": "complete", "odd.txt": "quarantined"}
    code, message = ask(config.database, "SELECT code, message FROM issue")[0]
    assert (code, "ZeroDivisionError" in message) == ("INTERNAL", True)
    log = (config.out / "run.jsonl").read_text()
    (fault,) = (e for e in map(json.loads, log.splitlines()) if e["event"] == "fault")
    assert fault["path"].endswith("odd.txt")
    assert "Traceback" in fault["traceback"]


def test_a_full_disk_is_everybodys_affair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(tmp_path)
    answer_all(config, WRECKS)

    def full(*_: Any) -> Document:
        raise DossierError("the disk is full", "Make room.")

    monkeypatch.setattr(stream, "read_or_recognise", full)
    with pytest.raises(DossierError, match="disk is full"):
        run(config)


ODD = {
    "an exponent without end": '{{"wreck": [{}]}}'.format(
        json.dumps(HALCYON).replace("17", "1e999999999")
    ),
    "a tiny exponent": '{{"wreck": [{}]}}'.format(
        json.dumps(HALCYON).replace("17", "1e-999999999")
    ),
    "an exponent in text": json.dumps({"wreck": [HALCYON | {"lives_lost": "1e999999999"}]}),
    "more digits than any number has": json.dumps({"wreck": [HALCYON]}).replace("17", "9" * 5000),
    "a number of 40 digits": json.dumps({"wreck": [HALCYON]}).replace("17", "9" * 40),
    "half a character": json.dumps({"wreck": [HALCYON | {"cause": "storm \ud800"}]}),
    "half a character in a quote": json.dumps({"wreck": [HALCYON | {"evidence": ["\udfff"]}]}),
    "a character of no meaning": json.dumps({"wreck": [HALCYON | {"cause": "sto\x00rm"}]}),
    "a year before all": json.dumps({"wreck": [HALCYON | {"sank": "0000-01-01"}]}),
    "nesting without end": '{"wreck": ' + "[" * 5000 + "]" * 5000 + "}",
    "an object of objects": '{"wreck": ' + '{"a": ' * 900 + "1" + "}" * 901,
    "not a number": json.dumps({"wreck": [HALCYON]}).replace("17", "NaN"),
    "another type": json.dumps({"wreck": [7, None, "x", [], {"evidence": 3}]}),
    "a control sequence": json.dumps({"wreck": [HALCYON | {"ship": "\x1b[31mHalcyon"}]}),
    "a megabyte": json.dumps({"wreck": [HALCYON | {"ship": "Halcyon " * 100_000}]}),
}


@pytest.mark.parametrize("case", ODD)
def test_no_value_of_a_reply_ends_a_run(case: str, tmp_path: Path) -> None:
    config = settings(tmp_path)
    answer_all(config, ODD[case])
    for _ in range(2):  # being in the ledger, it comes back
        run(config)
        ((status, codes),) = ask(config.database, "SELECT status, reasons FROM document")
        assert status in ("complete", "partial")
        assert "INTERNAL" not in codes


@pytest.mark.parametrize("value", ["1e999999999", "-1e999999999", "1e-999999999", 1e300, 10**22])
def test_numbers_that_no_column_holds_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="no number this field can hold"):
        parse_decimal(value)


def test_the_numbers_of_a_long_table_are_read_in_one_pass() -> None:
    """A pass for each number took two minutes for this text; it takes seconds."""
    text = " ".join(f"{n * 37 % 9973},{n % 10}" for n in range(60_000))
    started = time.process_time()
    assert len(read_numbers(text)) >= 60_000
    assert time.process_time() - started < 20


def test_grounding_leaves_the_event_loop_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grounders = Grounders(BUNDLED)
    text = "word (ABC) " * 16_000  # some seconds of work
    document = Document("doc_1", "a.txt", text, "text/3", len(text), "utf-8")

    async def go() -> float:
        work = asyncio.get_running_loop().run_in_executor(None, grounders.split, document, 1500, 60)
        longest = 0.0
        while not work.done():
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)
        assert (await work).abbreviations == ()
        return longest

    try:
        assert asyncio.run(go()) < 1.5
    finally:
        grounders.end()


def test_a_child_that_takes_too_long_or_dies_costs_one_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ground, "LEAST_S", 0.0)
    monkeypatch.setattr(ground, "_CHARACTERS_PER_S", 1e9)
    grounders = Grounders(SUBJECT)
    document = Document("doc_1", "a.txt", "Nothing.", "text/3", 8, "utf-8")
    with pytest.raises(FaultError, match="does not answer"):
        grounders.split(document, 1500, 60)
    monkeypatch.setattr(ground, "LEAST_S", 60.0)
    assert grounders.split(document, 1500, 60).passages
    with pytest.raises(FaultError, match="TypeError"):
        grounders.split(document, None, 60)  # type: ignore[arg-type]
    grounders.end()


def test_children_are_all_ended() -> None:
    workers = Workers(3, "from pipeline.workers import serve; serve(lambda b: b)", [])
    assert workers.ask(b"x" * 3_000_000, 30) == b"x" * 3_000_000
    worker = workers._idle.get()
    workers._idle.put(worker)
    assert worker is not None
    workers.end()
    assert worker.popen.returncode is not None
    assert workers.ask(b"again", 30) == b"again"
    workers.end()
    deaf = Workers(1, "import time; time.sleep(60)", [])
    with pytest.raises(LostWorkerError):
        deaf.ask(b"x" * 3_000_000, 0.3)
    deaf.end()


def test_children_send_values_and_no_code() -> None:
    assert ground._loaded(pickle.dumps(Abbreviation("A", "B", 0, 1))).short == "A"
    with pytest.raises(pickle.UnpicklingError):
        ground._loaded(pickle.dumps(os.system))


@pytest.mark.parametrize("second_s", [0.0, 0.05, 0.5])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_within_a_second_is_the_same(
    number: signal.Signals, second_s: float, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(300):
        text = (DOCUMENTS / "news-massbridge-polaris.txt").read_text()
        (folder / f"{n}.txt").write_text(f"{n}\n\n{text}")
    command = [sys.executable, "-m", "pipeline.console", "run", str(folder)]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "out")], stderr=subprocess.PIPE, text=True, cwd=ROOT,
        stdout=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        log = tmp_path / "out" / "run.jsonl"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and (
            not log.exists() or '"event": "start"' not in log.read_text()
        ):
            time.sleep(0.05)
        process.send_signal(number)
        told = time.monotonic()
        time.sleep(second_s)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.count("\n") == 1
    assert time.monotonic() - told < 8
    assert not list((tmp_path / "out").glob(".scratch*"))
    assert (tmp_path / "out" / "dossier.duckdb").exists()


def test_a_ledger_that_cannot_be_written_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no document's fault: none is quarantined for it."""

    def full(*_: object) -> bool:
        raise DossierError("ledger.sqlite3: the disk is full", "Free some space.")

    write_documents(tmp_path / "in", 3)
    monkeypatch.setattr(Ledger, "add", full)
    with endpoint(lambda _, body: reply(completion(right_answer(body)))) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        with pytest.raises(DossierError, match="the disk is full"):
            run(settings(tmp_path / "out", paths=(tmp_path / "in",)))
    assert not (tmp_path / "out" / "dossier.duckdb").exists()
