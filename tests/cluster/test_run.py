"""`dossier run --engine ray` on two nodes of this machine: the rows of one machine, whatever dies
meanwhile.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.cluster import kill_worker, sums
from pipeline.cli import main
from pipeline.run import Outcome, run
from pipeline.settings import Settings
from tests.answers import SUBJECT, completion
from tests.cluster.nodes import Nodes, nodes
from tests.conftest import ROOT
from tests.models.server import endpoint, reply
from tests.models.test_faults import right_answer, write_documents

if importlib.util.find_spec("ray") is None and not os.environ.get("CI"):
    pytest.skip("Ray is not installed: make ray", allow_module_level=True)

NUMBER, AT_ONCE = 240, 8
Given = list[str]
Answer = Callable[[int, dict[str, Any]], Any]


@pytest.fixture(scope="module")
def two() -> Iterator[Nodes]:
    with nodes(2) as found:
        yield found


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ships") / "in"
    write_documents(folder, NUMBER)
    return folder


@pytest.fixture(scope="module")
def wanted(ships: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What one machine makes of the ships."""
    out = tmp_path_factory.mktemp("one")
    with endpoint(lambda _, body: answered(body)) as (address, _):
        os.environ["OPENAI_BASE_URL"] = address
        try:
            run(Settings(paths=(ships,), out=out, subject=SUBJECT, model="m"))
        finally:
            del os.environ["OPENAI_BASE_URL"]
    return sums(out / "dossier.duckdb")


def answered(body: dict[str, Any]) -> Any:
    return reply(completion(right_answer(body)))


def answering(*numbers: int) -> tuple[Answer, list[threading.Event]]:
    """An endpoint that takes 20 ms, and what it sets when it is asked for the call of each number."""
    due = {number: threading.Event() for number in numbers}

    def answer(number: int, body: dict[str, Any]) -> Any:
        if number in due:
            due[number].set()
        time.sleep(0.02)
        return answered(body)

    return answer, list(due.values())


def start(cluster: Nodes, out: Path, given: Given, **environment: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "pipeline.console",
        "run",
        "--out",
        str(out),
        "--engine",
        f"ray={cluster.address}",
        *given,
    ]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
    )


def finish(popen: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = popen.communicate(timeout=240)
    return popen.returncode, said


def of_ships(ships: Path) -> Given:
    return [str(ships), "--subject", str(SUBJECT), "--model", "m", "--concurrency", str(AT_ONCE)]


def test_the_bundled_corpus_is_that_of_one_machine(
    two: Nodes, bundled: tuple[Settings, Outcome], tmp_path: Path
) -> None:
    out = tmp_path / "a folder with blanks"
    code, said = finish(start(two, out, []))
    assert code == 0, said
    assert sums(out / "dossier.duckdb") == sums(bundled[0].database)
    with duckdb.connect(str(out / "dossier.duckdb"), read_only=True) as db:
        assert db.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]


def test_nobody_notices_who_died(
    two: Nodes, ships: Path, wanted: dict[str, tuple[int, str]], tmp_path: Path
) -> None:
    """The driver a third of the way, then a worker; what is known is not asked again."""
    answer, (third, two_thirds) = answering(NUMBER // 3, 2 * NUMBER // 3)
    with endpoint(answer) as (address, received):
        first = start(two, tmp_path / "out", of_ships(ships), OPENAI_BASE_URL=address)
        assert third.wait(120)
        first.kill()
        first.communicate()
        second = start(two, tmp_path / "out", of_ships(ships), OPENAI_BASE_URL=address)
        assert two_thirds.wait(120)
        assert kill_worker()
        code, said = finish(second)
        assert code == 0, said
        code, _ = finish(start(two, tmp_path / "out", of_ships(ships), OPENAI_BASE_URL=address))
    assert code == 0
    asked = {json.dumps(got["body"]) for got in received}
    assert len(asked) == NUMBER
    assert len(received) - NUMBER <= 2 * AT_ONCE
    assert sums(tmp_path / "out" / "dossier.duckdb") == wanted


def test_a_node_that_is_lost_costs_what_was_under_way(
    ships: Path, wanted: dict[str, tuple[int, str]], tmp_path: Path
) -> None:
    answer, (due,) = answering(NUMBER // 2)
    with nodes(2) as cluster, endpoint(answer) as (address, received):
        popen = start(cluster, tmp_path / "out", of_ships(ships), OPENAI_BASE_URL=address)
        assert due.wait(120)
        cluster.kill_one()
        code, said = finish(popen)
        assert code == 0, said
    assert len(received) - NUMBER <= AT_ONCE
    assert sums(tmp_path / "out" / "dossier.duckdb") == wanted


def test_a_poisonous_document_is_its_own_quarantine(
    two: Nodes, ships: Path, tmp_path: Path
) -> None:
    """Its answer ends the process that parses it."""
    subject = shutil.copytree(SUBJECT, tmp_path / "subject")
    schemas = subject / "schemas" / "__init__.py"
    poison = """
    @field_validator("ship", mode="before")
    @classmethod
    def _poison(cls, value: str) -> str:
        if value.endswith(" 77"):
            import os

            os._exit(9)
        return value


RECORD_TYPES ="""
    text = schemas.read_text().replace("import Field", "import Field, field_validator")
    schemas.write_text(text.replace("\n\nRECORD_TYPES =", poison, 1))
    given = [str(subject) if word == str(SUBJECT) else word for word in of_ships(ships)]
    with endpoint(lambda _, body: answered(body)) as (address, received):
        code, said = finish(start(two, tmp_path / "out", given, OPENAI_BASE_URL=address))
    assert code == 1, said
    with duckdb.connect(str(tmp_path / "out" / "dossier.duckdb"), read_only=True) as db:
        sql = "SELECT status::VARCHAR, count(*) FROM document GROUP BY 1 ORDER BY 1"
        assert db.execute(sql).fetchall() == [("complete", NUMBER - 1), ("quarantined", 1)]
        issues = db.execute("SELECT path, code FROM issue").fetchall()
    assert [(Path(path).name, code) for path, code in issues] == [("0077.txt", "WORKER_LOST")]
    assert len(received) - NUMBER <= 2 * AT_ONCE


@pytest.mark.parametrize(
    ("limit", "calls"),
    [(["--max-calls", "50"], 50), (["--max-cost", "0.0065", "--prices", "p.json"], NUMBER // 2)],
)
def test_a_limit_holds_over_all_nodes(
    two: Nodes, ships: Path, tmp_path: Path, limit: Given, calls: int
) -> None:
    prices = tmp_path / "p.json"
    prices.write_text('{"m": {"input": 1, "output": 1}}')  # 15 tokens an answer, at most 4,900
    limit = [str(prices) if word == "p.json" else word for word in limit]
    with endpoint(lambda _, body: answered(body)) as (address, received):
        given = [*of_ships(ships), *limit]
        key = {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "sk-never-to-be-seen"}
        code, said = finish(start(two, tmp_path / "out", given, **key))
    assert code == 4, said
    assert {got["authorization"] for got in received} == {"Bearer sk-never-to-be-seen"}
    for folder in (two.folder, tmp_path):
        files = [file for file in folder.rglob("*") if file.is_file()]
        assert files
        assert not any(b"sk-never-to-be-seen" in file.read_bytes() for file in files)
    assert 0 < len(received) <= calls
    if "--max-calls" in limit:
        assert len(received) == calls
    with duckdb.connect(str(tmp_path / "out" / "dossier.duckdb"), read_only=True) as db:
        assert db.execute("SELECT count(*) FROM document").fetchall() == [(NUMBER,)]


def test_an_interruption_keeps_all_and_the_same_command_goes_on(
    two: Nodes, ships: Path, wanted: dict[str, tuple[int, str]], tmp_path: Path
) -> None:
    answer, (due,) = answering(NUMBER // 2)
    with endpoint(answer) as (address, received):
        popen = start(two, tmp_path / "out", of_ships(ships), OPENAI_BASE_URL=address)
        assert due.wait(120)
        popen.send_signal(signal.SIGINT)
        code, said = finish(popen)
        assert (code, said.strip().splitlines()[-1]) == (
            130, "dossier: interrupted; every reply received is kept, run again to go on.",
        )  # fmt: skip
        assert not (tmp_path / "out" / "dossier.duckdb").exists()
        code, said = finish(start(two, tmp_path / "out", of_ships(ships), OPENAI_BASE_URL=address))
    assert code == 0, said
    assert len(received) - NUMBER <= AT_ONCE
    assert sums(tmp_path / "out" / "dossier.duckdb") == wanted


def test_a_worker_without_what_the_subject_imports_is_one_line(
    two: Nodes, ships: Path, tmp_path: Path
) -> None:
    subject = shutil.copytree(SUBJECT, tmp_path / "subject")
    schemas = subject / "schemas" / "__init__.py"
    schemas.write_text(
        schemas.read_text().replace("from typing", "import only_here\nfrom typing", 1)
    )
    (tmp_path / "only" / "only_here").mkdir(parents=True)
    (tmp_path / "only" / "only_here" / "__init__.py").touch()
    given = [str(subject) if word == str(SUBJECT) else word for word in of_ships(ships)]
    driver = "import sys; sys.path.append(sys.argv.pop(1))\n"
    driver += "from pipeline.console import main; sys.exit(main())"
    command = [
        sys.executable,
        "-c",
        driver,
        str(tmp_path / "only"),
        "run",
        "--out",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(
        [*command, "--engine", f"ray={two.address}", *given], cwd=ROOT, text=True, capture_output=True,
        check=False, env=os.environ | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, timeout=120,
    )  # fmt: skip
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("dossier:")]
    assert done.returncode == 2
    assert "lacks something" in line
    assert "only_here" in line


def refused(capsys: pytest.CaptureFixture[str], *given: str) -> str:
    assert main(["run", *given]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_what_cannot_work_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    bundled: tuple[Settings, Outcome],
) -> None:  # fmt: skip
    monkeypatch.chdir(ROOT)
    out = ["--out", str(tmp_path / "out")]
    assert "No cluster answers at 127.0.0.1:9" in refused(
        capsys, *out, "--engine", "ray=127.0.0.1:9"
    )
    assert "There is no engine spark" in refused(capsys, *out, "--engine", "spark")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".of-cluster").touch()
    assert "holds the runs of a cluster" in refused(capsys, *out)
    one = ["--out", str(bundled[0].out), "--engine", "ray"]
    assert "holds runs of one machine" in refused(capsys, *one)
    (tmp_path / "file").touch()
    assert "File exists" in refused(capsys, "--out", str(tmp_path / "file"), "--engine", "ray")
    odd = ["--out", str(tmp_path / "out[1]"), "--engine", "ray"]
    assert "* ? [" in refused(capsys, *odd)
    assert main(["ledger", "stats", "--out", str(tmp_path / "out")]) == 2
    assert "ledger import" in capsys.readouterr().err
