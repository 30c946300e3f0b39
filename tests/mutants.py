"""Do the tests hold? Each mutant of tests/mutants.toml is a realistic mistake in one line of the
code, and its tests must fail on it: `python -m tests.mutants [NAME-PART ...]`.

A mutant names a file, the snippet `old` that stands in it exactly once (else it is stale and wants
renewing), what to put there instead, and the tests that should notice. `survives` gives the reason
why one that no test can tell from the right code is kept. Mutants are made in copies of the tree;
the tree itself is never touched. A run of all of them writes tests/mutants.score.txt. Exit code 1:
under 85 % are killed; 2: the tests fail on the code as it is, so that they would say nothing.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "mutants.toml"
SCORE = ROOT / "tests" / "mutants.score.txt"
WORKERS = 2
TIMEOUT_S = 120.0
BASELINE_TIMEOUT_S = 600.0
ENOUGH = 0.85
# What the tests need; all else, such as output and environments, would only be copied for nothing.
_COPIED = ("pipeline", "schemas", "prompts", "tests", "data", "docs", "bench")
_COPIED_FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "Makefile", "requirements.lock")

Outcome = Literal["killed", "survived", "stale"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake. `name` says what the code then does wrong."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    survives: str = ""

    @property
    def package(self) -> str:
        """The folder or module of the pipeline that it is in."""
        return self.file.split("/")[1]


def load_mutants(path: Path = LIST) -> list[Mutant]:
    """The list in order. Raises ValueError for one that could not be told from another, or that
    changes nothing."""
    given = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    mutants = [Mutant(**entry | {"tests": tuple(entry["tests"])}) for entry in given]
    seen: set[str] = set()
    for mutant in mutants:
        if mutant.name in seen or mutant.old == mutant.new or not mutant.tests:
            raise ValueError(f"{path}: {mutant.name!r} is there twice, empty or without tests")
        seen.add(mutant.name)
    return mutants


def is_stale(mutant: Mutant, tree: Path) -> bool:
    """Whether the code has moved on, so that it is not clear any more what to change."""
    file = tree / mutant.file
    if not file.is_file() or file.read_text(encoding="utf-8").count(mutant.old) != 1:
        return True
    return not all((tree / test.partition("::")[0]).exists() for test in mutant.tests)


def copy_tree(into: Path) -> None:
    """What the tests need, without compiled code: it could outlive the mutant it was made of."""
    for name in _COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "out", ".*")
            shutil.copytree(ROOT / name, into / name, ignore=ignored)
    for name in _COPIED_FILES:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, into / name)


def tests_pass(tree: Path, tests: Iterable[str], timeout_s: float = TIMEOUT_S) -> bool:
    """Whether the tests pass in a copy; time that runs out is a failure."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    quiet = subprocess.DEVNULL
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    )
    try:
        return process.wait(timeout_s) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a test run and whatever it started itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def try_out(mutant: Mutant, tree: Path) -> Outcome:
    """Put a mutant into a copy, run its tests, and take it out again."""
    if is_stale(mutant, tree):
        return "stale"
    file = tree / mutant.file
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return "survived" if tests_pass(tree, mutant.tests) else "killed"
    finally:
        file.write_text(right, encoding="utf-8")


def try_all(mutants: list[Mutant], trees: list[Path]) -> list[Outcome]:
    """The outcome of each, in order. A copy serves one mutant at a time."""
    free: queue.Queue[Path] = queue.Queue()
    for tree in trees:
        free.put(tree)

    def one(mutant: Mutant) -> Outcome:
        tree = free.get()
        try:
            outcome = try_out(mutant, tree)
        finally:
            free.put(tree)
        if outcome == "survived":
            print(f"survived: {mutant.name} ({mutant.file})", flush=True)
        elif outcome == "stale":
            print(f"stale: {mutant.name} ({mutant.file})", flush=True)
        elif mutant.survives:
            print(f"killed after all: {mutant.name} ({mutant.file})", flush=True)
        return outcome

    with ThreadPoolExecutor(len(trees)) as pool:
        return list(pool.map(one, mutants))


def closing_line(outcomes: list[Outcome]) -> str:
    """How many were killed, of those that are not stale."""
    killed, stale = outcomes.count("killed"), outcomes.count("stale")
    tried = len(outcomes) - stale
    return f"{killed} of {tried} killed ({100 * killed // max(tried, 1)} %), {stale} stale"


def score(mutants: list[Mutant], outcomes: list[Outcome]) -> str:
    """The text of the score file: the same for the same outcomes."""
    packages: dict[str, list[Outcome]] = defaultdict(list)
    for mutant, outcome in zip(mutants, outcomes, strict=True):
        packages[mutant.package].append(outcome)
    width = max(map(len, packages), default=0)
    lines = ["What `python -m tests.mutants` found.", ""]
    lines += [f"{name:{width}}  {closing_line(packages[name])}" for name in sorted(packages)]
    lines += [f"{'all':{width}}  {closing_line(outcomes)}"]
    for outcome, title in (("survived", "Survivors:"), ("stale", "Stale:")):
        found = [m for m, o in zip(mutants, outcomes, strict=True) if o == outcome]
        if found:
            lines += ["", title]
        for m in found:
            why = f": {m.survives or 'no test tells it apart yet'}" if outcome != "stale" else ""
            lines.append(f"- {m.name} ({m.file}){why}")
    return "\n".join(lines) + "\n"


def main(parts: list[str]) -> int:
    """Try the mutants whose name or file holds one of `parts`; all of them without."""
    mutants = [
        m for m in load_mutants() if not parts or any(p in m.name or p in m.file for p in parts)
    ]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees = [Path(folder) / str(number) for number in range(WORKERS)]
        for tree in trees:
            copy_tree(tree)
        fresh = [m for m in mutants if not is_stale(m, trees[0])]
        tests = sorted({test for m in fresh for test in m.tests})
        if tests and not tests_pass(trees[0], tests, BASELINE_TIMEOUT_S):
            print(f"The tests fail on the code as it is: pytest {' '.join(tests)}")
            return 2
        outcomes = try_all(mutants, trees)
    if not parts:
        SCORE.write_text(score(mutants, outcomes), encoding="utf-8")
    print(closing_line(outcomes))
    tried = len(outcomes) - outcomes.count("stale")
    return 0 if outcomes.count("killed") >= ENOUGH * tried else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
