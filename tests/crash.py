"""Real runs, killed at random moments: python -m tests.crash [ROUNDS] [SEED], 100 and 1 by default.

Ten rounds share an output folder. Each starts `pipeline.cli run` on some of the documents, gives it
one blow, and checks the folder, the processes, the exit code and the endpoint's bill. A full disk
is a small tmpfs that a file fills up; without the right to mount, a limit on the size of files.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing, suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb

from tests.answers import SUBJECT, completion
from tests.conftest import ROOT
from tests.models.server import Answer, endpoint, reply
from tests.models.test_faults import right_answer, write_documents

DOCUMENTS, FOLDER_ROUNDS = 36, 10
KINDS = {"SIGKILL": 4, "SIGTERM twice": 4, "SIGINT": 3, "SIGTERM group": 3, "full disk": 4, "no": 2}
ENDS = {"SIGKILL": (-9, 0, 1), "no": (0, 1), "full disk": (0, 2)}
SIGNALLED = (0, 1, 4, 130)
LEFT_OVER = (".scratch-*", "*.new", ".*.new", "*.wal", ".*.wal", "*.tmp", ".*.tmp")


def descendants() -> dict[int, str]:
    """Living processes below this one. It inherits all that lose their parent, as their subreaper,
    so none is missed, whatever its session, group or environment."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    parents, names = dict[int, int](), dict[int, str]()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            parents[int(place.name)] = int(parent)
            if state not in "ZX":
                names[int(place.name)] = (place / "cmdline").read_text().replace("\0", " ")[-90:]
    found, fresh = set[int](), {os.getpid()}
    while fresh := {pid for pid, parent in parents.items() if parent in fresh} - found:
        found |= fresh
    return {pid: names[pid] for pid in found if pid in names}


def dump(database: Path) -> dict[str, list[Any]]:
    """All tables, without how long a call took."""
    with duckdb.connect(str(database), read_only=True) as db:
        names = db.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        select = "SELECT COLUMNS(lambda c: c <> 'latency_ms') FROM \"{}\" ORDER BY ALL"
        return {name: db.execute(select.format(name)).fetchall() for (name,) in names}


class Crash:
    def __init__(self, seed: int, work: Path, undo: ExitStack) -> None:
        self.seed, self.work, self.disk, self.filler = seed, work, work / "disk", work / "disk/fill"
        write_documents(work / "in", DOCUMENTS)
        self.files = sorted((work / "in").iterdir())
        self.disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "dossier-crash", str(self.disk)]
        self.mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
        if self.mounted:
            undo.callback(subprocess.run, ["umount", "-l", str(self.disk)], check=False)
        self.content, self.sent = dict[str, str](), dict[str, float]()
        self.round, self.kinds, self.violations = Counter[str](), Counter[str](), Counter[str]()
        self.missed = self.calls = self.repeated = 0
        self.early, self.where, self.length = list[float](), "first run", 0.0
        ThreadingHTTPServer.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.address, _ = undo.enter_context(endpoint(self.answer))
        self.begin()
        started = time.monotonic()
        self.one("no", random.Random(seed), self.files)
        self.length, self.reference = time.monotonic() - started, dump(self.database)

    def answer(self, _: int, body: dict[str, Any]) -> Answer:
        """After 5 to 30 ms; one request in eight gets a broken answer first, and is asked again.
        A request is known by the sha of its messages."""
        sha, text = hashlib.sha256(json.dumps(body["messages"]).encode()), right_answer(body)
        if sha.digest()[0] < 32 and len(body["messages"]) == 2:
            text = text.replace('"storm"', "5")
        self.content[sha.hexdigest()] = text
        self.round[sha.hexdigest()] += 1
        time.sleep(random.uniform(0.005, 0.03))
        self.sent[sha.hexdigest()] = time.monotonic()  # but for a local write
        return reply(completion(text))

    def begin(self) -> None:
        """A new output folder."""
        self.out = Path(tempfile.mkdtemp(dir=self.disk))
        self.database, self.log = self.out / "dossier.duckdb", self.out / "run.jsonl"
        self.asked, self.lost, self.kept = Counter[str](), Counter[str](), set[str]()

    def violation(self, name: str, told: object) -> None:
        self.violations[name] += 1
        print(f"VIOLATION {name}: {self.where}: {told}", flush=True)

    def one(self, kind: str, chance: random.Random, files: list[Path]) -> None:
        """One run with one blow, and all checks."""
        self.round.clear(), self.sent.clear()
        had, before = os.path.lexists(self.database), self.complete()
        log_size = self.log.stat().st_size if self.log.exists() else 0
        command = [sys.executable, "-m", "pipeline.cli", "run", *map(str, files), "--model", "test"]
        command += ["--subject", str(SUBJECT), "--out", str(self.out), "--concurrency", "2"]
        env = os.environ | {"OPENAI_BASE_URL": self.address, "OPENAI_API_KEY": "sk-x"}
        null, moment, phase = subprocess.DEVNULL, chance.uniform(0, self.length), "over"
        with (self.work / "stderr").open("w") as err:
            process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=null, stderr=err, start_new_session=True
            )
        try:
            process.wait(60 if kind == "no" else moment)
        except subprocess.TimeoutExpired:
            events = self.log.read_bytes()[log_size:] if self.log.exists() else b""
            phase = "running" if b'"start"' in events else "start-up"
            phase = "closing" if b'"end"' in events else phase
            self.strike(kind, chance, process)
        blow, code = time.monotonic(), None
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(60)
        process.kill()
        process.wait()
        self.filler.unlink(missing_ok=True)
        self.where = f"seed {self.seed} round {self.kinds.total()} {kind} {moment:.3f} s ({phase})"
        self.missed += phase == "over" and kind != "no"
        if code in (-signal.SIGTERM, -signal.SIGINT) and phase == "start-up":
            self.early.append(moment)
        else:
            self.check_end(kind, code)
        while (alive := descendants()) and time.monotonic() < blow + 15:
            time.sleep(0.02)
        for pid, name in alive.items():
            self.violation("alive after 15 s", name)
            os.kill(pid, signal.SIGKILL)
        self.check_database(had, before & {file.name for file in files})
        self.check_calls(kind, code, blow)
        if kind == "no":
            if left := {p.name for pattern in LEFT_OVER for p in self.out.rglob(pattern)}:
                self.violation("left over", left)
            if self.complete() != {file.name for file in files}:
                self.violation("not complete", f"{len(self.complete())} of {len(files)}")

    def strike(self, kind: str, chance: random.Random, process: subprocess.Popen[bytes]) -> None:
        if kind == "full disk":
            slack = chance.choice([0, 1 << 14, 1 << 17, 1 << 20])
            if not self.mounted:
                sizes = [file.stat().st_size for file in self.out.iterdir()]
                limit = max(sizes, default=0) + slack
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
                return
            with suppress(OSError), self.filler.open("wb", 0) as file:
                while file.write(bytes(1 << 20)):
                    pass
            os.truncate(self.filler, max(0, self.filler.stat().st_size - slack))
        elif kind == "SIGTERM group":
            os.killpg(process.pid, signal.SIGTERM)
        elif kind != "no":
            process.send_signal(getattr(signal, kind.partition(" ")[0]))
        if kind == "SIGTERM twice":
            time.sleep(chance.uniform(0.01, 0.8))
            process.send_signal(signal.SIGTERM)

    def check_end(self, kind: str, code: int | None) -> None:
        """The exit code and what was said on stderr; None is a run that did not end."""
        lines = (self.work / "stderr").read_text().strip().splitlines()
        if any("Traceback" in line for line in lines):
            self.violation("traceback", " / ".join(lines[-1:] + lines[1:3]))
        if code not in ENDS.get(kind, SIGNALLED):
            self.violation("exit code", f"{code} {' / '.join(lines[-1:])}")
        elif code == 2 and (len(lines) != 1 or not lines[0].startswith("dossier: ")):
            self.violation("message", f"{len(lines)} lines: {' / '.join(lines[-3:])}")

    def complete(self) -> set[str]:
        """The names of the documents that the database calls complete."""
        if not self.database.exists():
            return set()
        with duckdb.connect(str(self.database), read_only=True) as db:
            rows = db.execute("SELECT path FROM document WHERE status = 'complete'").fetchall()
        return {Path(path).name for (path,) in rows}

    def check_database(self, had: bool, before: set[str]) -> None:
        try:
            gone = before - self.complete()
        except duckdb.Error as error:
            self.violation("database", error)
            shutil.rmtree(self.out)
            return
        if gone or (had or os.path.lexists(self.database)) != self.database.exists():
            self.violation("database", f"gone, or no longer complete there: {sorted(gone)}")

    def check_calls(self, kind: str, code: int | None, blow: float) -> None:
        """The bill against the ledger."""
        before, self.kept = self.kept, self.answers()
        if before - self.kept or self.kept - set(self.content.values()):
            self.violation("ledger", "an answer is gone or not whole")
        clean = code in SIGNALLED and kind not in ("SIGTERM twice", "full disk")
        for sha, times in self.round.items():
            self.asked[sha] += times
            if times > 1 or self.content[sha] in before:
                self.violation("asked again", f"{times} times in a round, or it was kept")
            if self.content[sha] not in self.kept:
                self.lost[sha] += kind != "no"
                since = blow - self.sent.get(sha, float("inf"))
                if kind != "full disk" and since > (-60 if clean else 1):
                    self.violation("answer lost", f"sent {since:.3f} s before the blow")

    def answers(self) -> set[str]:
        """Those in a copy of the ledger; the next run finds the ledger as the blow left it."""
        for name in ("ledger.sqlite3", "ledger.sqlite3-wal"):
            (self.work / name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.copy(self.out / name, self.work)
        try:
            with closing(sqlite3.connect(self.work / "ledger.sqlite3")) as db:
                if (told := db.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
                    self.violation("ledger", told)
                made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'answer'").fetchone()
                return (
                    {row[0] for row in db.execute("SELECT content FROM answer")} if made else set()
                )
        except sqlite3.Error as error:
            self.violation("ledger", error)
            return set()

    def close_folder(self) -> None:
        """An undisturbed run at the end of a folder, its tables, and how often each was asked."""
        self.one("no", random.Random(self.seed), self.files)
        tables = dump(self.database)
        if differ := [n for n in self.reference if tables.get(n) != self.reference[n]]:
            self.violation("tables differ", differ)
        if any(times > 1 + self.lost[sha] for sha, times in self.asked.items()):
            self.violation("asked again", "more often than blows came while it was under way")
        self.calls += self.asked.total()
        self.repeated += sum(times > 1 for times in self.asked.values())
        shutil.rmtree(self.out)


def main() -> int:
    rounds, seed = (int(a) for a in [*sys.argv[1:], "100", "1"][:1] + [*sys.argv[2:], "1"][:1])
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    with tempfile.TemporaryDirectory(prefix="dossier-crash-") as work, ExitStack() as undo:
        crash, began = Crash(seed, Path(work), undo), time.monotonic()
        how = "a tmpfs" if crash.mounted else "RLIMIT_FSIZE"
        print(f"An undisturbed run takes {crash.length:.2f} s; a full disk is {how}.", flush=True)
        for number in range(1, rounds + 1):
            chance, at = random.Random(f"{seed}:{number}"), (number - 1) % FOLDER_ROUNDS
            if at == 0:
                crash.begin()
            most = min(DOCUMENTS, DOCUMENTS * (at + 2) // (FOLDER_ROUNDS // 2))
            kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
            crash.kinds[kind] += 1
            crash.one(kind, chance, crash.files[: chance.randint(most // 2, most)])
            if at == FOLDER_ROUNDS - 1 or number == rounds:
                crash.close_folder()
            if number % 25 == 0 or number == rounds:
                rate, found = number * 60 / (time.monotonic() - began), crash.violations.total()
                print(f"{number} rounds, {rate:.0f} a minute, {found} violations", flush=True)
    latest = f"{max(crash.early, default=0):.2f}"
    print(f"Rounds: {dict(crash.kinds)}; {crash.missed} blows came when the run was over.")
    print(f"{len(crash.early)} runs died of the signal in start-up, the latest at {latest} s.")
    print(f"{crash.calls} calls asked, {crash.repeated} of them more than once.")
    print(f"Violations: {dict(crash.violations) or 'none'}.")
    return 1 if crash.violations else 0


if __name__ == "__main__":
    sys.exit(main())
