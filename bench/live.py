"""Live extraction: throughput and CPU at a 1 s endpoint, beside langextract, memory over many documents, reruns, the ledger.

Figures are ratios from one run. langextract is measured if an environment has it: make bench LANGEXTRACT=path/to/python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CALLS, AT_ONCE = 1000, 64
_RUN = """
import json, resource, sys, time
from pathlib import Path
from pipeline.run import run
from pipeline.settings import Settings
folder, out, at_once = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
started = time.perf_counter()
outcome = run(Settings(paths=(folder,), out=out, subject=Path("tests/fixtures/subject"), model="m", concurrency=at_once))
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"s": time.perf_counter() - started, "cpu_s": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss // 1024,
                  "calls": outcome.calls}))
"""
# The endpoint alone: the same bodies over as many plain connections, with nothing done to the answers.
_ALONE = """
import asyncio, json, sys, time
port, calls, at_once = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
body = sys.stdin.buffer.read()
head = b"POST /v1/chat/completions HTTP/1.1\\r\\nhost: localhost\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(body)
async def work(left):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while left:
        left.pop()
        writer.write(head + body)
        told = await reader.readuntil(b"\\r\\n\\r\\n")
        await reader.readexactly(int(told.lower().split(b"content-length:")[1].split(b"\\r\\n")[0]))
async def main():
    left = list(range(calls))
    await asyncio.gather(*(work(left) for _ in range(at_once)))
started = time.perf_counter()
asyncio.run(main())
print(time.perf_counter() - started)
"""
_LANGEXTRACT = """
import json, resource, sys, time
from pathlib import Path
import langextract as lx
from langextract.providers.openai import OpenAILanguageModel
folder, at_once, address = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
documents = [lx.data.Document(text=f.read_text(), document_id=f.stem) for f in sorted(folder.glob("*.txt"))]
ship = lx.data.Extraction(extraction_class="ship", extraction_text="Lark")
example = lx.data.ExampleData(text="The schooner Lark went down.", extractions=[ship])
model = OpenAILanguageModel(model_id="gpt-4o-mini", api_key="x", base_url=address, max_workers=at_once)
started = time.perf_counter()
results = list(lx.extract(documents, prompt_description="Extract ships.", examples=[example], model=model,
                          max_char_buffer=8000, batch_length=at_once, max_workers=at_once, show_progress=False))
used = resource.getrusage(resource.RUSAGE_SELF)
found = sum(bool(result.extractions) for result in results)
print(json.dumps({"s": time.perf_counter() - started, "cpu_s": used.ru_utime + used.ru_stime, "found": found}))
"""


@contextmanager
def endpoint(delay_s: float) -> Iterator[str]:
    command = [sys.executable, str(ROOT / "bench" / "server.py"), str(delay_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        server.kill()


def write_documents(folder: Path, number: int, characters: int = 0) -> Path:
    """Documents of one call each; with `characters`, filled up to about that length."""
    folder.mkdir(parents=True)
    for i in range(number):
        filler = "".join(
            f"On day {d} the wind of {i % 7} stood in the bay and nothing was seen.\n\n"
            for d in range(characters // 66)
        )
        text = f"Chronicle {i}.\n\n{filler}The schooner Halcyon {i} went down in a storm on 4 March 1891 with {i + 1} souls.\n"
        (folder / f"{i:05}.txt").write_text(text)
    return folder


def ours(folder: Path, out: Path, address: str, at_once: int) -> dict[str, float]:
    environment = os.environ | {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "x"}
    command = [sys.executable, "-c", _RUN, str(folder), str(out), str(at_once)]
    result = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment, check=True
    )
    measured: dict[str, float] = json.loads(result.stdout)
    return measured


def alone(address: str) -> float:
    """Seconds that the endpoint itself needs for the calls, asked by a client that does nothing else."""
    schema = {"type": "json_schema", "json_schema": {"schema": {"properties": {"wreck": {}}}}}
    messages = [{"role": "user", "content": "Extract every wreck. " * 150}]
    body = json.dumps({"model": "m", "messages": messages, "response_format": schema}).encode()
    command = [
        sys.executable,
        "-c",
        _ALONE,
        address.split(":")[2].removesuffix("/v1"),
        str(CALLS),
        str(AT_ONCE),
    ]
    return float(subprocess.run(command, input=body, capture_output=True, check=True).stdout)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        with endpoint(1.0) as address:
            _throughput(scratch, address)
        with endpoint(0.0) as address:
            _memory_and_reruns(scratch, address)
    _ledger()


def _throughput(scratch: Path, address: str) -> None:
    folder = write_documents(scratch / "thousand", CALLS)
    alone_s = alone(address)
    part = ours(
        write_documents(scratch / "part", CALLS // 2), scratch / "out-part", address, AT_ONCE
    )
    row = ours(folder, scratch / "out", address, AT_ONCE)
    steady = CALLS / 2 / AT_ONCE / (row["s"] - part["s"])
    print(
        f"{CALLS} calls, 1 s, {AT_ONCE} at once: {row['s']:.2f} s; the endpoint alone {alone_s:.2f} s"
    )
    print(
        f"  {alone_s / row['s']:.3f} of what the endpoint alone allows; {-(-CALLS // AT_ONCE) / row['s']:.3f} of whole seconds"
    )
    print(
        f"  its second half, without start and end: {steady:.2f}; {1000 * row['cpu_s'] / CALLS:.1f} ms CPU a call"
    )
    python = os.environ.get("LANGEXTRACT")
    if not python:
        print(
            "langextract: not measured (make bench LANGEXTRACT=path/to/python of an environment that has it)"
        )
        return
    few = write_documents(scratch / "few", 200, characters=5500)
    mine = ours(few, scratch / "out-few", address, 32)
    command = [python, "-c", _LANGEXTRACT, str(few), "32", address]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    peer = json.loads(result.stdout.splitlines()[-1])
    for who, measured in (("dossier", mine), ("langextract", peer)):
        cpu_ms = 1000 * measured["cpu_s"] / 200
        print(
            f"200 documents, 32 at once: {who:<12} {measured['s']:6.1f} s {cpu_ms:6.1f} ms CPU a document"
        )
    speed, cpu = peer["s"] / mine["s"], mine["cpu_s"] / peer["cpu_s"]
    print(
        f"  {speed:.2f} times langextract's documents per second, {cpu:.2f} of its CPU ({peer['found']} of 200 found by it)"
    )


def _memory_and_reruns(scratch: Path, address: str) -> None:
    thousand = ours(scratch / "thousand", scratch / "m1", address, 16)
    ten = ours(write_documents(scratch / "ten", 10_000), scratch / "m10", address, 16)
    print(f"peak memory: 1,000 documents {thousand['mb']} MB, 10,000 documents {ten['mb']} MB")
    again = ours(scratch / "thousand", scratch / "m1", address, 16)
    print(f"rerun of 1,000 documents, nothing changed: {again['calls']} calls, {again['s']:.2f} s")
    (scratch / "thousand" / "00007.txt").write_text(
        "The schooner Petrel 7 went down in a storm on 4 March 1891 with 9 souls."
    )
    one = ours(scratch / "thousand", scratch / "m1", address, 16)
    print(f"one of them changed: {one['calls']} call, {one['s']:.2f} s")


def _ledger() -> None:
    sys.path.insert(0, str(ROOT))
    from pipeline.domain import Reply
    from pipeline.ledger import Ledger

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "ledger.sqlite3"
        ledger = Ledger(path)
        ledger._db.execute("BEGIN")
        for number in range(100_000):
            ledger.add(Reply(f"{number:032x}", "m", "{}" * 500, "stop"))
        ledger._db.execute("COMMIT")
        ledger.close()
        started = time.perf_counter()
        Ledger(path).get(f"{99_999:032x}")
        print(
            f"100,000 replies: opening and one look-up {(time.perf_counter() - started) * 1000:.1f} ms"
        )


if __name__ == "__main__":
    main()
