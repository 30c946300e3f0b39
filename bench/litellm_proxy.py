"""LiteLLM's proxy in front of the stand-in of the tests on a bad day: does every document end in its
right status, though the proxy puts each fault into words and statuses of its own?

Needs an environment of its own: `pip install "litellm[proxy]"`; then `LITELLM=that/bin/litellm
python bench/litellm_proxy.py [DOCUMENTS]`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.run import run
from tests.answers import settings
from tests.models import test_mix
from tests.models.server import endpoint
from tests.models.test_faults import write_documents

WAIT_S = 120
_CONFIG = """
model_list:
  - model_name: test-model
    litellm_params: {{model: openai/test-model, api_base: "{address}", api_key: sk-x, max_retries: 0}}
litellm_settings: {{num_retries: 0, telemetry: false}}
router_settings: {{num_retries: 0, disable_cooldowns: true}}
"""


@contextmanager
def proxy(program: str, folder: Path, address: str) -> Iterator[str]:
    """The proxy while the context lasts; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "litellm.yaml"
    config.write_text(_CONFIG.format(address=address))
    command = [program, "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    open_to_all = {"LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true"}
    environment = os.environ | open_to_all | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    try:
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                alive = f"http://127.0.0.1:{port}/health/liveliness"
                urllib.request.urlopen(alive, timeout=2).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit("The proxy does not start.") from None
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    program = os.environ.get("LITELLM")
    if not program:
        raise SystemExit(__doc__)
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_documents(folder / "in", number)
        day = test_mix.Day(seed=1, documents=number)
        with endpoint(day) as (stand_in, received), proxy(program, folder, stand_in) as address:
            os.environ |= {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "sk-x"}
            config = settings(folder / "out", paths=(folder / "in",), concurrency=8)
            outcome = run(config)
        with duckdb.connect(str(config.database), read_only=True) as db:
            found = dict(db.execute("SELECT path, status::VARCHAR FROM document").fetchall())
            codes = db.execute("SELECT code, count(*) FROM issue GROUP BY ALL ORDER BY ALL")
            issues = dict(codes.fetchall())
        expected = test_mix.expected(day, number)
        wrong = sorted(path for path, status in found.items() if status != expected[path])
    print(f"{number} documents, {outcome.calls} calls, {len(received)} of them at the stand-in")
    print(f"  stopped: {outcome.stopped}; issues: {issues}")
    print(f"  documents in another status than theirs: {wrong or 'none'}")


if __name__ == "__main__":
    main()
