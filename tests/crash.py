"""Real runs, killed at random moments: python -m tests.crash [ROUNDS] [SEED], else 100 and 1.
Ten rounds share an output folder. Each gives `pipeline.console run` one blow, and checks the folder,
processes, exit code and bill. A full disk is a small tmpfs, or else a limit on the size of files.
"""

from __future__ import annotations

import ctypes
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

import duckdb

from tests.answers import SUBJECT, completion
from tests.conftest import ROOT
from tests.models.server import Answer, endpoint, reply
from tests.models.test_faults import right_answer, write_documents

KINDS = {"SIGKILL": 4, "SIGTERM twice": 4, "SIGINT": 3, "SIGTERM group": 3, "full disk": 4, "no": 1}
# 1: fewer documents than before were given, so that the link was left.
ENDS = {"SIGKILL": (-9, 0, 1), "no": (0, 1), "full disk": (0, 1, 2)}
LEDGER = "ledger.sqlite3"


def alive() -> str:
    """Ids of processes that outlived their run, of any session: their subreaper inherits them."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return ""
    return " ".join(file.read_text() for file in Path("/proc/self/task").glob("*/children"))


def dump(database: Path) -> dict[str, list[tuple]]:
    """All tables, without how long a call took."""
    with duckdb.connect(str(database), read_only=True) as db:
        names = db.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        select = "SELECT COLUMNS(lambda c: c <> 'latency_ms') FROM \"{}\" ORDER BY ALL"
        return {name: db.execute(select.format(name)).fetchall() for (name,) in names}


class Crash:
    def __init__(self, seed: int, work: Path, undo: ExitStack) -> None:
        self.seed, self.work, self.disk, self.filler = seed, work, work / "disk", work / "disk/full"
        write_documents(work / "in", 40)
        self.files = sorted((work / "in").iterdir())
        self.mounted = not os.system(f"mkdir {self.disk}; mount -t tmpfs -o size=64m x {self.disk}")
        undo.callback(os.system, f"umount -l {self.disk} 2> /dev/null")
        self.kinds, self.violations, self.calls = Counter[str](), Counter[str](), Counter[str]()
        self.early, self.where, self.length = list[float](), "first run", 0.0
        ThreadingHTTPServer.handle_error = lambda *_: None  # type: ignore[method-assign]
        address, _ = undo.enter_context(endpoint(self.answer))
        os.environ |= {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "sk-x"}
        self.begin()
        started = time.monotonic()
        self.one("no", random.Random(seed), self.files)
        self.length, self.reference = time.monotonic() - started, dump(self.database)
        self.close_folder()

    def answer(self, _: int, body: dict) -> Answer:
        """One for each request, by which it is known, after 5 to 30 ms; some are broken at first."""
        text = right_answer(body)
        if "7 souls" in text and len(body["messages"]) == 2:
            text = text.replace('"storm"', "5")
        self.round[text] += 1
        time.sleep(random.uniform(0.005, 0.03))
        self.sent[text] = time.monotonic()  # but for a write to loopback
        return reply(completion(text))

    def begin(self) -> None:
        self.out = Path(tempfile.mkdtemp(dir=self.disk))
        self.database, self.log = self.out / "dossier.duckdb", self.out / "run.jsonl"
        self.log.touch()
        self.asked, self.kept, self.complete = Counter[str](), set[str](), set[str]()

    def violation(self, name: str, told: object) -> None:
        self.violations[name] += 1
        print(f"VIOLATION {name}: {self.where}: {told}")

    def one(self, kind: str, chance: random.Random, files: list[Path]) -> None:
        self.round, self.sent, had, code = Counter(), {}, os.path.lexists(self.database), None
        known, moment, phase = self.log.stat().st_size, chance.uniform(0, self.length), "over"
        command = [
            sys.executable,
            "-m",
            "pipeline.console",
            "run",
            *map(str, files),
            "--model",
            "test",
        ]
        command += ["--subject", str(SUBJECT), "--out", str(self.out), "--concurrency", "2"]
        to = {"stdout": subprocess.DEVNULL, "cwd": ROOT, "start_new_session": True}
        with (self.work / "stderr").open("w") as stderr:
            process = subprocess.Popen(command, stderr=stderr, **to)
        try:
            process.wait(60 if kind == "no" else moment)
        except subprocess.TimeoutExpired:
            log = self.log.read_bytes()[known:]
            phase = "closing" if b'"end"' in log else "running" if b'"start"' in log else "start-up"
            self.strike(kind, chance, process)
        blow = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(60)
        process.kill()
        self.filler.unlink(missing_ok=True)
        self.where = f"seed {self.seed} round {self.kinds.total()} {kind} {moment:.3f} s ({phase})"
        self.calls[f"blows when {phase}"] += kind != "no"
        self.check_end(kind, code, moment if phase == "start-up" else None)
        while (left := alive()) and time.monotonic() < blow + 15:
            time.sleep(0.02)
        for pid in left.split():
            self.violation("alive after 15 s", Path("/proc", pid, "cmdline").read_text()[-90:])
            os.kill(int(pid), signal.SIGKILL)
        self.check_calls(kind, blow, code in (0, 1, 4, 130) and kind != "SIGTERM twice")
        self.check_folder(kind, had, {file.name for file in files})

    def strike(self, kind: str, chance: random.Random, process: subprocess.Popen[bytes]) -> None:
        room, pause = chance.choice([0, 1 << 14, 1 << 17, 1 << 20]), chance.uniform(0.01, 0.8)
        if kind == "full disk" and self.mounted:
            with suppress(OSError):
                self.filler.write_bytes(bytes(1 << 26))
            os.truncate(self.filler, max(0, self.filler.stat().st_size - room))
        elif kind == "full disk":
            room += max(1 << 14, *(file.stat().st_size for file in self.out.iterdir()))
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (room, room))
        elif kind == "SIGTERM group":
            os.killpg(process.pid, signal.SIGTERM)
        elif kind != "no":
            process.send_signal(getattr(signal, kind.partition(" ")[0]))
        if kind == "SIGTERM twice":
            time.sleep(pause)
            process.send_signal(signal.SIGTERM)

    def check_end(self, kind: str, code: int | None, early: float | None) -> None:
        lines = (self.work / "stderr").read_text().strip().splitlines()
        if any("Traceback" in line for line in lines):
            self.violation("traceback", " / ".join(lines[-1:] + lines[1:3]))
        if code in (-signal.SIGTERM, -signal.SIGINT) and early is not None:
            self.early.append(round(early, 2))
        elif code not in ENDS.get(kind, (0, 1, 4, 130)):
            self.violation("exit code", f"{code} {' / '.join(lines[-1:])}")
        elif code == 2 and (len(lines) != 1 or not lines[0].startswith("dossier: ")):
            self.violation("message", f"{len(lines)} lines: {' / '.join(lines[-3:])}")

    def check_folder(self, kind: str, had: bool, shown: set[str]) -> None:
        before, rows = self.complete & shown, list[tuple]()
        try:
            rows = dump(self.database)["document"] if self.database.exists() else []
        except duckdb.Error as error:
            self.violation("database", error)
        self.complete = {Path(row[1]).name for row in rows if "complete" in row}
        if (had or os.path.lexists(self.database)) != self.database.exists():
            self.violation("database", "it is gone")
        if lost := (shown if kind == "no" else before) - self.complete:
            self.violation("not complete", f"{sorted(lost)}, of them before {len(lost & before)}")
        rest = [p.name for p in self.out.iterdir() if p.suffix in (".new", ".wal", ".tmp")]
        if kind == "no" and (rest := rest + [p.name for p in self.out.glob(".scratch-*")]):
            self.violation("left over", rest)

    def check_calls(self, kind: str, blow: float, clean: bool) -> None:
        """The bill against the ledger: of a copy, so that the next run finds it as it was left."""
        self.asked += self.round
        before, copy = self.kept, self.work / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        try:
            with closing(sqlite3.connect(shutil.copytree(self.out, copy, True) / LEDGER)) as db:
                told = db.execute("PRAGMA integrity_check").fetchall()
                db.execute("CREATE TABLE IF NOT EXISTS answer (content)")
                self.kept = {row[0] for row in db.execute("SELECT content FROM answer")}
        except sqlite3.Error as error:
            told = [(str(error),)]
        if told != [("ok",)] or not before <= self.kept <= set(self.asked):
            self.violation("ledger", f"{told}, or an answer is gone or not whole")
        for text, times in self.round.items():
            if times > 1 or text in before:
                self.violation("asked again", f"{times} times; kept before: {text in before}")
            since = blow - self.sent.get(text, float("inf"))
            if text not in self.kept and kind != "full disk" and since > (-60 if clean else 1):
                self.violation("answer lost", f"sent {since:.3f} s before the blow")

    def close_folder(self) -> None:
        self.one("no", random.Random(self.seed), self.files)
        now = dump(self.database)
        if differ := [name for name, rows in self.reference.items() if rows != now.get(name)]:
            self.violation("tables differ", differ)
        self.calls["asked"] += self.asked.total()
        self.calls["asked more than once"] += sum(times > 1 for times in self.asked.values())
        shutil.rmtree(self.out)
        self.begin()


def main() -> int:
    rounds, seed = map(int, sys.argv[1:] + ["100", "1"][len(sys.argv) - 1 :])
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    with tempfile.TemporaryDirectory(prefix="dossier-crash-") as work, ExitStack() as undo:
        crash, began = Crash(seed, Path(work), undo), time.time()
        print(f"An undisturbed run takes {crash.length:.2f} s; tmpfs: {crash.mounted}")
        for number in range(1, rounds + 1):
            chance = random.Random(f"{seed}:{number}")
            kind = chance.choices([*KINDS], [*KINDS.values()])[0]
            crash.kinds[kind] += 1
            most = 4 * ((number - 1) % 10 + 1)  # so that most rounds have something to ask
            crash.one(kind, chance, crash.files[: chance.randint(max(1, most - 7), most)])
            if number % 10 == 0 or number == rounds:
                crash.close_folder()
            if number % 25 == 0 or number == rounds:
                print(f"{number} rounds, {time.time() - began:.0f} s: {dict(crash.violations)}")
    print(f"Rounds {dict(crash.kinds)}\nCalls {dict(crash.calls)}")
    print(f"Dead in start-up, at {sorted(crash.early)}\nViolations {dict(crash.violations)}")
    return 1 if crash.violations else 0


if __name__ == "__main__":
    sys.exit(main())
