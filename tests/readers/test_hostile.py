"""About 130 broken and hostile files in one folder with good ones: each ends in its code, in time, and harms nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DocumentError, DossierError
from pipeline.readers import Source
from pipeline.readers.isolation import ReaderPool, reader_pool
from pipeline.readers.limits import Limits, parse_limits
from tests.conftest import ROOT
from tests.readers.hostile import WORDS, samples

_READ = """
import json, resource, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pipeline.errors import DocumentError, DossierError
from pipeline.readers import find_documents, source_id
from pipeline.readers.isolation import ReaderPool
pool = ReaderPool(2)
def read(source):
    started = time.monotonic()
    source_id(source)
    try:
        told = ["", len(pool.read(source).text)]
    except DocumentError as error:
        told = [error.code, error.message, error.remedy]
    return source.path.name, time.monotonic() - started, told
sources = find_documents((Path(sys.argv[1]),))
calm = [source for source in sources if source.path.name.startswith("calm")]
for source in calm * 20:
    read(source)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with ThreadPoolExecutor(2) as threads:
    results = list(threads.map(read, sources))
swollen = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"results": results, "swollen_kb": swollen}))
pool.close()
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("hostile")
    for name, data, _ in samples():
        (folder / name).write_bytes(data)
    for number in range(5):
        (folder / f"calm-{number}.txt").write_text(WORDS * (number + 1))
    result = subprocess.run(
        [sys.executable, "-c", _READ, folder],
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=400,
    )
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_there_are_enough_of_them() -> None:
    names = [name for name, _, _ in samples()]
    assert len(set(names)) == len(names) >= 90


def test_each_ends_in_its_code(outcome: dict[str, Any]) -> None:
    wanted = {name: codes for name, _, codes in samples()}
    found = [(name, told[0]) for name, _, told in outcome["results"] if name in wanted]
    assert {name for name, _ in found} == set(wanted)
    assert [(name, code, wanted[name]) for name, code in found if code not in wanted[name]] == []


def test_none_takes_longer_than_it_may(outcome: dict[str, Any]) -> None:
    assert [(name, seconds) for name, seconds, _ in outcome["results"] if seconds > 45] == []


def test_the_reading_process_does_not_swell(outcome: dict[str, Any]) -> None:
    assert outcome["swollen_kb"] < 50_000


def test_good_documents_beside_them_are_unharmed(outcome: dict[str, Any]) -> None:
    lengths = {name: told[1] for name, _, told in outcome["results"] if name.startswith("calm")}
    assert lengths == {f"calm-{n}.txt": len(WORDS) * (n + 1) for n in range(5)}


def test_messages_can_be_printed_and_say_what_to_do(outcome: dict[str, Any]) -> None:
    for _, _, told in outcome["results"]:
        if told[0]:
            assert told[1].isprintable(), told
            assert told[2]


def read(pool: ReaderPool, path: Path) -> str:
    try:
        pool.read(Source(path, path.name))
    except DocumentError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "PARSER_CRASHED"),
        ("os.abort()", "PARSER_CRASHED"),
        ("time.sleep(60)", "TIMEOUT"),
        ("exec('while True: pass')", "TIMEOUT"),
        ("bytearray(10**10)", "OUT_OF_MEMORY"),
        ("(lambda f: f(f))(lambda f: f(f))", "TOO_COMPLEX"),
        ("1 / 0", "PARSER_CRASHED"),
        ("socket.create_connection(('127.0.0.1', 9))", "PARSER_CRASHED"),
        ("subprocess.run(['true'])", "PARSER_CRASHED"),
        ("os.system('true')", "PARSER_CRASHED"),
        ("[open('/dev/null') for _ in range(999)]", "PARSER_CRASHED"),
    ],
)
def test_whatever_a_parser_does_only_its_document_is_lost(
    harm: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = f"lambda data: ({harm}) if b'bad' in data else real(data)"
    imports = "import os, signal, socket, subprocess, time\n"
    hook = "from dataclasses import replace\nfrom pipeline import readers\nform = readers.FORMATS['.txt']\nreal = form.read\n"
    hook += f"readers.FORMATS['.txt'] = replace(form, read={parser})\n"
    monkeypatch.setattr("pipeline.readers.isolation._CODE", _with_hook(imports + hook))
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("good words")
    bad.write_text("bad words")
    pool = ReaderPool(1, Limits(seconds=3.0))
    try:
        assert [read(pool, path) for path in (good, bad, good, bad, good)] == [
            "",
            code,
            "",
            code,
            "",
        ]
    finally:
        pool.close()


def test_a_child_is_replaced_after_many_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pipeline.readers.isolation._CODE",
        _with_hook("from pipeline.readers import child\nchild.DOCUMENTS = 3\n"),
    )
    file = tmp_path / "a.txt"
    file.write_text("words")
    pool = ReaderPool(1)
    try:
        assert [read(pool, file) for _ in range(10)] == [""] * 10
    finally:
        pool.close()


def test_a_killed_reading_process_costs_one_document(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("words")
    pool = ReaderPool(1)
    try:
        assert read(pool, file) == ""
        process = pool.workers._idle.get()
        assert process is not None
        os.killpg(process.popen.pid, signal.SIGKILL)
        process.popen.wait()
        pool.workers._idle.put(process)
        assert read(pool, file) == "PARSER_CRASHED"
        assert read(pool, file) == ""
    finally:
        pool.close()


def test_the_pool_of_a_process_is_one() -> None:
    assert reader_pool() is reader_pool()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("bytes=10", "TOO_LARGE"),
        ("characters=10", "TOO_LARGE"),
        ("seconds=0.000001", "TIMEOUT"),
        ("bytes=99", ""),
    ],
)
def test_limits_are_settings(told: str, code: str, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("more than ten words and characters")
    pool = ReaderPool(1, parse_limits((told,)))
    try:
        assert read(pool, file) == code
    finally:
        pool.close()


@pytest.mark.parametrize("told", ["pages", "pages=x", "paages=3", "pages=0", "pages=-1"])
def test_limits_that_are_none_are_refused(told: str) -> None:
    with pytest.raises(DossierError, match="--limit"):
        parse_limits((told,))


def _with_hook(hook: str) -> str:
    from pipeline.readers.isolation import _CODE

    return _CODE.replace("serve(Limits", f"{hook}serve(Limits")
