"""The workflow of docs/review-in-ci.md, with a stand-in for the forge's API."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.diff.markdown import MARKER
from pipeline.run import Outcome
from pipeline.settings import Settings
from tests.compare.planted import plant
from tests.conftest import ROOT

SCRIPT = re.search(
    r"```sh\n(.*?)```", (ROOT / "docs" / "review-in-ci.md").read_text(encoding="utf-8"), re.DOTALL
)


class Forge(BaseHTTPRequestHandler):
    """Comments of pull request 7 of o/r."""

    comments: list[dict[str, Any]]
    asked: list[str]

    def _take(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}")

    def _answer(self, content: object) -> None:
        data = json.dumps(content).encode()
        self.send_response(200 if self.headers["Authorization"] == "Bearer secret" else 401)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.asked.append("GET")
        page = int(re.search(r"page=(\d+)$", self.path)[1])  # type: ignore[index]
        self._answer(self.comments[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        assert self.path == "/repos/o/r/issues/7/comments"
        self.asked.append("POST")
        self.comments.append({"id": len(self.comments), **self._take()})
        self._answer({})

    def do_PATCH(self) -> None:
        self.asked.append("PATCH")
        self.comments[int(self.path.rpartition("/")[2])] |= self._take()
        self._answer({})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def forge() -> Iterator[ThreadingHTTPServer]:
    Forge.comments = [{"id": i, "body": f"a remark {i}"} for i in range(130)]
    Forge.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Forge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_comment_is_written_once_and_updated_after(
    forge: ThreadingHTTPServer, bundled: tuple[Settings, Outcome], tmp_path: Path
) -> None:
    assert SCRIPT
    both = plant(bundled[0].database.resolve(), tmp_path, 25, 9)
    api = f"http://127.0.0.1:{forge.server_address[1]}/repos/o/r"
    dossier = tmp_path / "dossier"
    dossier.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pipeline.console "$@"\n')
    dossier.chmod(0o755)
    told = {
        "DOSSIER": str(dossier), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "API": api,
        "NUMBER": "7", "TOKEN": "secret", "BASE": str(both.one),
    }  # fmt: skip

    def compare(head: Path) -> int:
        environment = {**os.environ, **told, "HEAD": str(head)}
        return subprocess.run(
            ["bash", "-c", SCRIPT[1]], cwd=tmp_path, env=environment, check=False,
            capture_output=True,
        ).returncode  # fmt: skip

    assert compare(both.other) == 1
    assert Forge.asked == ["GET", "GET", "POST"]
    assert Forge.comments[-1]["body"].startswith(MARKER)
    assert "changes wait for a decision" in Forge.comments[-1]["body"]

    assert compare(both.one) == 0
    assert Forge.asked[3:] == ["GET", "GET", "PATCH"]
    assert len(Forge.comments) == 131
    assert "Nothing changed" in Forge.comments[-1]["body"]
    assert compare(tmp_path / "absent.duckdb") == 2
    assert len(Forge.asked) == 6
