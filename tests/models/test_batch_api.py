"""Batches against a stand-in on loopback that behaves like the Batch API, errors and expiry included."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.ledger import Ledger
from pipeline.models import batch_api
from pipeline.run import run
from pipeline.store.summary import summarise
from tests.answers import SUBJECT, completion, settings
from tests.models.test_faults import right_answer, write_documents


class StandIn:
    """Files and batches as the API keeps them. `ending` tells how the next batch ends; `answer_share` how much of it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.ending = "completed"
        self.answer_share = 1.0
        self.fail_next: list[int] = []

    def create_batch(self, file_id: str) -> dict[str, Any]:
        batch = {"id": f"batch_{len(self.batches)}", "object": "batch", "endpoint": "/v1/chat/completions", "completion_window": "24h",
                 "created_at": 0, "input_file_id": file_id, "status": "in_progress", "output_file_id": None, "error_file_id": None}  # fmt: skip
        self.batches[batch["id"]] = batch
        return batch

    def finish(self) -> None:
        """End all batches that are under way."""
        for batch in self.batches.values():
            if batch["status"] != "in_progress":
                continue
            lines = [
                json.loads(line)
                for line in self.files[batch["input_file_id"]].decode().splitlines()
            ]
            share = round(len(lines) * self.answer_share)
            good, bad = lines[: share - 1], lines[share - 1 : share]
            out = [
                {
                    "custom_id": x["custom_id"],
                    "response": {"status_code": 200, "body": completion(right_answer(x["body"]))},
                    "error": None,
                }
                for x in good
            ]
            errors = [
                {"custom_id": x["custom_id"], "response": None, "error": {"code": "server_error"}}
                for x in bad
            ]
            batch |= {
                "status": self.ending,
                "output_file_id": self.keep(out),
                "error_file_id": self.keep(errors),
            }

    def keep(self, lines: list[dict[str, Any]]) -> str:
        name = f"file_{len(self.files)}"
        self.files[name] = "".join(json.dumps(line) + "\n" for line in lines).encode()
        return name


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["content-length"]))
            if stand_in.fail_next:
                return self.send(stand_in.fail_next.pop(), {"error": {"message": "try later"}})
            if self.path == "/v1/files":
                content = re.search(
                    rb'name="file"; filename="[^"]*"\r\n[^\r]*(?:\r\n[^\r]+)*\r\n\r\n(.*?)\r\n--',
                    data,
                    re.DOTALL,
                )
                assert content is not None
                name = f"file_{len(stand_in.files)}"
                stand_in.files[name] = content[1]
                return self.send(
                    200,
                    {
                        "id": name,
                        "object": "file",
                        "bytes": 1,
                        "created_at": 0,
                        "filename": "x",
                        "purpose": "batch",
                        "status": "processed",
                    },
                )
            return self.send(200, stand_in.create_batch(json.loads(data)["input_file_id"]))

        def do_GET(self) -> None:
            name = self.path.split("?")[0].rstrip("/").split("/")
            if name[-1] == "content" and name[-2] not in stand_in.files:
                self.send(404, {"error": {"message": "no such file"}})
            elif name[-1] == "content":
                body = stand_in.files[name[-2]]
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            elif name[-1] == "batches":
                self.send(
                    200,
                    {"object": "list", "data": list(stand_in.batches.values()), "has_more": False},
                )
            elif name[-1] in stand_in.batches:
                self.send(200, stand_in.batches[name[-1]])
            else:
                self.send(404, {"error": {"message": "no such batch"}})

        def send(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    yield stand_in
    server.shutdown()
    server.server_close()


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    write_documents(tmp_path / "in", 20)
    monkeypatch.chdir(tmp_path)
    return ["in", "--subject", str(SUBJECT), "--model", "test-model", "--out", "out"]


def test_submit_collect_and_run_without_a_call(
    service: StandIn, inputs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "submit", *inputs]) == 0
    assert "20 requests submitted" in capsys.readouterr().err
    assert main(["batch", "submit", *inputs]) == 0  # nothing is sent twice
    assert "0 requests submitted" in capsys.readouterr().err
    assert len(service.batches) == 1
    assert main(["batch", "collect", "--out", "out"]) == 1
    assert "20 requests under way" in capsys.readouterr().err
    service.finish()
    assert main(["batch", "collect", "--out", "out"]) == 1  # one request failed
    assert "19 answers kept, 1 failures, 0 requests under way" in capsys.readouterr().err
    assert main(["batch", "collect", "--out", "out"]) == 0  # collecting again adds nothing
    assert "0 answers kept, 0 failures" in capsys.readouterr().err
    assert main(["batch", "submit", *inputs]) == 0
    assert "1 requests submitted" in capsys.readouterr().err


def test_an_expired_batch_keeps_what_is_done_and_submits_the_rest(
    service: StandIn, inputs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["batch", "submit", *inputs])
    service.ending, service.answer_share = "expired", 0.5
    service.finish()
    capsys.readouterr()
    assert main(["batch", "collect", "--out", "out"]) == 1
    assert (
        "9 answers kept, 1 failures, 0 requests under way, 11 of expired batches submitted again"
        in capsys.readouterr().err
    )
    service.ending, service.answer_share = "completed", 1.0
    service.finish()
    main(["batch", "collect", "--out", "out"])
    main(["batch", "submit", *inputs])
    service.finish()
    main(["batch", "collect", "--out", "out"])
    assert Ledger(Path("out/ledger.sqlite3")).stats()["models"]["test-model"]["answers"] >= 19


def collected(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code of a collection, and what it said."""
    capsys.readouterr()
    return main(["batch", "collect", "--out", "out"]), capsys.readouterr().err


def unanswered() -> int:
    return Ledger(Path("out/ledger.sqlite3")).stats()["failures"].get("BATCH_UNANSWERED", 0)


@pytest.mark.parametrize("status", ["failed", "cancelled", "completed"])
def test_a_batch_without_an_output_file_accounts_for_each_request(
    status: str, service: StandIn, inputs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["batch", "submit", *inputs])
    (batch,) = service.batches.values()
    why = {"object": "list", "data": [{"code": "x", "message": "the file is too large"}]}
    batch |= {"status": status, "errors": why if status == "failed" else None}
    code, said = collected(capsys)
    assert code == 1
    assert f"batch_0 {status}" in said
    assert "20 of 20 requests have no answer" in said
    assert ("the file is too large" in said) == (status == "failed")
    assert unanswered() == 20
    assert main(["batch", "submit", *inputs]) == 0
    assert "20 requests submitted" in capsys.readouterr().err


def test_half_an_answer_file_accounts_for_the_other_half(
    service: StandIn, inputs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["batch", "submit", *inputs])
    service.answer_share = 0.5
    service.finish()
    code, said = collected(capsys)
    assert (code, unanswered()) == (1, 10)
    assert "9 answers kept, 11 failures" in said


def test_one_deleted_batch_or_broken_file_stops_no_other(
    service: StandIn,
    inputs: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch_api, "MAX_REQUESTS", 5)
    main(["batch", "submit", *inputs])
    assert len(service.batches) == 4
    service.finish()
    del service.batches["batch_0"]
    service.files[service.batches["batch_1"]["output_file_id"]] = b"<html>\n"
    del service.files[service.batches["batch_2"]["output_file_id"]]
    code, said = collected(capsys)
    assert code == 1
    assert "batch_0 deleted: 5 of 5 requests have no answer" in said
    assert "4 answers kept" in said
    assert unanswered() == 5 + 4 + 4
    assert collected(capsys)[0] == 0


def test_a_line_of_another_batch_is_not_taken(
    service: StandIn, inputs: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main(["batch", "submit", *inputs])
    service.finish()
    (batch,) = service.batches.values()
    foreign = {
        "custom_id": "f" * 32,
        "response": {"status_code": 200, "body": completion('{"wreck": []}')},
    }
    service.files[batch["output_file_id"]] += json.dumps(foreign).encode() + b"\n"
    assert "19 answers kept" in collected(capsys)[1]
    assert Ledger(Path("out/ledger.sqlite3")).get("f" * 32) is None
    (tmp_path / "foreign.jsonl").write_text(json.dumps(foreign) + "\n")
    assert main(["batch", "import", "foreign.jsonl", "--out", "out"]) == 1
    assert "1 answers are to requests that were not exported here" in capsys.readouterr().err
    assert Ledger(Path("out/ledger.sqlite3")).get("f" * 32) is None


def test_files_are_split_at_the_providers_limits(
    service: StandIn, inputs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_api, "MAX_REQUESTS", 8)
    main(["batch", "submit", *inputs])
    assert [
        len(service.files[b["input_file_id"]].splitlines()) for b in service.batches.values()
    ] == [8, 8, 4]
    monkeypatch.setattr(batch_api, "MAX_BYTES", 1)
    assert len(list(batch_api._chunks(iter(["a\n", "b\n"])))) == 2


def test_a_crash_between_upload_and_creation_makes_no_second_batch(
    service: StandIn,
    inputs: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real = Ledger.put_batch

    def crash(self: Ledger, state: Any) -> None:
        if state.status == "submitted":
            raise KeyboardInterrupt
        real(self, state)

    monkeypatch.setattr(Ledger, "put_batch", crash)
    assert main(["batch", "submit", *inputs]) == 130
    assert len(service.batches) == 1
    monkeypatch.setattr(Ledger, "put_batch", real)
    assert main(["batch", "submit", *inputs]) == 0
    assert len(service.batches) == 1
    service.finish()
    assert main(["batch", "collect", "--out", "out"]) == 1
    assert "19 answers kept" in capsys.readouterr().err


def test_a_failing_service_is_one_clear_line_and_can_be_asked_again(
    service: StandIn, inputs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    service.fail_next = [400]
    assert main(["batch", "submit", *inputs]) == 2
    assert "batch service failed" in capsys.readouterr().err
    assert main(["batch", "submit", *inputs]) == 0
    assert len(service.batches) == 1


def test_the_database_of_a_batch_equals_that_of_live_calls(
    service: StandIn, inputs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["batch", "submit", *inputs])
    service.finish()
    main(["batch", "collect", "--out", "out"])
    config = settings(Path("out"), paths=(Path("in"),), max_calls=0)
    run(config)
    summary = summarise(config.database)
    assert summary["documents"] == {"complete": 19, "partial": 1}
    assert summary["records"] == {"wreck": 19}
