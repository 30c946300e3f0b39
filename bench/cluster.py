"""The same documents by one machine and by 1, 2 and 3 nodes of a cluster: whether all rows are
equal, processor time, memory, what a killed node, worker and driver repeat, and whether limits
hold. python -m bench.cluster [PART ...]

Processor time is that of the whole machine, so nothing else should run.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.live import endpoint, write_documents
from pipeline.store.table import TABLES
from tests.cluster.nodes import Nodes, nodes

ROOT = Path(__file__).resolve().parent.parent
SUBJECT = ["--subject", str(ROOT / "tests/fixtures/subject")]
DOCUMENTS = 3_000
NODES = (1, 2, 3)
# Of a call, not of the run: what took how long.
_TIMED = "c <> 'latency_ms'"


@dataclass
class Ran:
    """What a run took: seconds, processor seconds of the machine, and of the driver the peak in MB."""

    code: int
    seconds: float
    cpu_s: float
    driver_mb: int
    said: str


def cpu_s() -> float:
    """Processor seconds of the whole machine so far, in user and system mode."""
    user, nice, system, *_ = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def run(
    given: list[str], address: str, meanwhile: Callable[[subprocess.Popen[str]], None] | None = None
) -> Ran:
    """`dossier run` with these arguments."""
    environment = os.environ | {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "x"}
    command = [sys.executable, "-m", "pipeline.console", "run", "--json", *given]
    began, used = time.monotonic(), cpu_s()
    with tempfile.TemporaryFile("w+") as said:
        popen = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, text=True, cwd=ROOT, env=environment
        )
        if meanwhile:
            thread = threading.Thread(target=meanwhile, args=(popen,))
            thread.start()
        _, status, usage = os.wait4(popen.pid, 0)
        popen.returncode = os.waitstatus_to_exitcode(status)
        if meanwhile:
            thread.join()
        said.seek(0)
        lines = said.read().splitlines()
    seconds = time.monotonic() - began
    return Ran(
        popen.returncode, seconds, cpu_s() - used, usage.ru_maxrss // 1024, "\n".join(lines[-3:])
    )


def on_nodes(folder: Path, out: Path, cluster: Nodes) -> list[str]:
    """The arguments of a run of these documents on a cluster."""
    engine = f"ray={cluster.address}"
    return [str(folder), "--out", str(out), "--model", "m", *SUBJECT, "--engine", engine]


def sums(database: Path) -> dict[str, tuple[int, str]]:
    """Rows and a checksum of every table, whatever the order of its rows."""
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{database}' AS run (READ_ONLY); USE run")
        where = "database_name = 'run' AND schema_name IN ('main', 'stored')"
        names = db.execute(f"SELECT schema_name, table_name FROM {TABLES} WHERE {where}").fetchall()
        row = f'(SELECT COLUMNS(lambda c: {_TIMED}) FROM {{}}."{{}}") t'
        sql = "SELECT count(*), md5(string_agg(t::VARCHAR, chr(10) ORDER BY t::VARCHAR)) FROM {}"
        return {
            name: db.execute(sql.format(row.format(schema, name))).fetchone()
            for schema, name in names
        }  # type: ignore[misc]


def stats(address: str) -> dict[str, int]:
    """What the stand-in endpoint was asked."""
    with urllib.request.urlopen(address.removesuffix("/v1") + "/stats") as answer:
        told: dict[str, int] = json.load(answer)
    return told


def wait_for_calls(address: str, number: int) -> None:
    """Until the endpoint has taken so many calls."""
    while stats(address)["calls"] < number:
        time.sleep(0.05)


def equal(scratch: Path) -> None:
    """One machine against 1, 2 and 3 nodes, for documents of a sentence and for those of half a page."""
    for characters in (0, 1_200):
        _equal(scratch / str(characters), characters)


def _equal(scratch: Path, characters: int) -> None:
    folder = write_documents(scratch / "in", DOCUMENTS, characters)
    size = sum(f.stat().st_size for f in folder.iterdir()) // DOCUMENTS
    with endpoint(0.02) as address:
        one = run([str(folder), "--out", str(scratch / "one"), "--model", "m", *SUBJECT], address)
    print(
        f"{DOCUMENTS} documents of {size} bytes, one machine: {one.seconds:.1f} s, {one.cpu_s:.1f} s CPU, peak {one.driver_mb} MB, exit {one.code}",
        flush=True,
    )
    wanted = sums(scratch / "one/dossier.duckdb")
    for number in NODES:
        with nodes(number) as cluster, endpoint(0.02) as address:
            out = scratch / f"ray{number}"
            given = on_nodes(folder, out, cluster)
            ran = run(given, address)
            told = stats(address)
        same = ran.code == 0 and sums(out / "dossier.duckdb") == wanted
        print(
            f"  {number} nodes: {ran.seconds:.1f} s, {ran.cpu_s:.1f} s CPU ({ran.cpu_s / one.cpu_s:.2f} of one machine's), driver {ran.driver_mb} MB,"
            f" {told['calls']} calls, {'every table equal' if same else 'NOT EQUAL ' + ran.said}", flush=True,
        )  # fmt: skip


def kill_worker() -> bool:
    """Kill a process that takes shards, as the kernel does when memory runs out; whether there was one."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        if b"ray::MapWorker" in file.read_bytes():
            os.kill(int(file.parent.name), signal.SIGKILL)
            return True
    return False


def faults(scratch: Path) -> None:
    """A node, a worker and the driver, killed in the middle."""
    folder = write_documents(scratch / "in", DOCUMENTS)
    at_once = 16
    with endpoint(0.02) as address:
        run([str(folder), "--out", str(scratch / "one"), "--model", "m", *SUBJECT], address)
    wanted = sums(scratch / "one/dossier.duckdb")
    for what in ("node", "worker", "driver"):
        with nodes(3) as cluster, endpoint(0.05) as address:
            out = scratch / what
            given = on_nodes(folder, out, cluster)

            def kill(
                driver: subprocess.Popen[str],
                what: str = what,
                cluster: Nodes = cluster,
                address: str = address,
            ) -> None:
                wait_for_calls(address, DOCUMENTS // 3)
                if what == "node":
                    cluster.kill_one()
                elif what == "worker":
                    kill_worker()
                else:
                    driver.kill()

            ran = run(given, address, kill)
            if what == "driver":
                ran = run(given, address)
            told = stats(address)
        same = ran.code == 0 and sums(out / "dossier.duckdb") == wanted
        repeated = told["calls"] - told["requests"]
        print(
            f"a {what} killed: {repeated} calls repeated ({at_once} at once), {'every table equal' if same else f'NOT EQUAL, exit {ran.code} {ran.said}'}",
            flush=True,
        )


def limits(scratch: Path) -> None:
    """A rate and a number of calls over three nodes."""
    folder = write_documents(scratch / "in", 400)
    with nodes(3) as cluster:
        for name, given in (("rate", ["--rpm", "240"]), ("calls", ["--max-calls", "123"])):
            with endpoint(0.02) as address:
                engine = ["--engine", f"ray={cluster.address}"]
                ran = run(
                    [
                        str(folder),
                        "--out",
                        str(scratch / name),
                        "--model",
                        "m",
                        *SUBJECT,
                        *engine,
                        *given,
                    ],
                    address,
                )
                told = stats(address)
            print(
                f"{' '.join(given)}: {told['calls']} calls, at most {told['minute']} in a minute, exit {ran.code}, {ran.seconds:.0f} s",
                flush=True,
            )
        prices = scratch / "prices.json"
        prices.write_text('{"m": {"input": 1, "output": 1}}')
        with endpoint(0.02) as address:
            given = ["--max-cost", "0.05", "--prices", str(prices)]
            ran = run(
                [
                    str(folder),
                    "--out",
                    str(scratch / "cost"),
                    "--model",
                    "m",
                    *SUBJECT,
                    "--engine",
                    f"ray={cluster.address}",
                    *given,
                ],
                address,
            )
            told = stats(address)
        cost = told["calls"] * 550 / 1e6
        print(
            f"--max-cost 0.05: {told['calls']} calls for USD {cost:.4f}, exit {ran.code} {ran.said[-200:]}",
            flush=True,
        )


def memory(scratch: Path) -> None:
    """The driver's peak over ever more tiny documents: while shards are worked on, and with joining and writing."""
    for number in (10_000, 100_000):
        folder = write_documents(scratch / f"in{number}", number)
        out = scratch / f"out{number}"
        mapped_kb = 0

        def watch(driver: subprocess.Popen[str], out: Path = out, number: int = number) -> None:
            nonlocal mapped_kb
            log, done = out / "run.jsonl", 0
            while done < number and "VmHWM:" in (
                status := Path(f"/proc/{driver.pid}/status").read_text()
            ):
                mapped_kb = int(status.partition("VmHWM:")[2].split()[0])
                with suppress(OSError):
                    lines = log.read_text().splitlines()
                    done = sum(json.loads(line)["done"] for line in lines if '"shard"' in line)
                time.sleep(1)

        with nodes(1) as cluster, endpoint(0.0) as address:
            engine = ["--engine", f"ray={cluster.address}", "--concurrency", "64"]
            ran = run(
                [str(folder), "--out", str(out), "--model", "m", *SUBJECT, *engine], address, watch
            )
        print(
            f"{number} documents: driver {mapped_kb // 1024} MB over all shards, {ran.driver_mb} MB with joining names,"
            f" {ran.seconds:.0f} s, {ran.cpu_s:.0f} s CPU, exit {ran.code}", flush=True,
        )  # fmt: skip


PARTS = {"equal": equal, "faults": faults, "limits": limits, "memory": memory}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory() as name:
            PARTS[part](Path(name))
