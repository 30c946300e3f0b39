"""What a worker does with a shard, in this process: the rows of one machine, and whose fault an end
was.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.cluster import parcel as parcels
from pipeline.cluster.listing import identify_piece, write_pieces
from pipeline.cluster.parcel import Parcel, make_parcel
from pipeline.cluster.worker import MOST_BEGUN, Work, Worker, problem
from pipeline.ledger_parquet import ParquetLedger
from pipeline.models import Shared, open_model, open_reader
from pipeline.models.budget import Budget
from pipeline.readers.isolation import reader_pool
from pipeline.settings import Settings
from pipeline.store import worklist
from pipeline.store.worklist import Shard, make_worklist
from tests.answers import SUBJECT
from tests.conftest import ROOT
from tests.models.server import endpoint, reply
from tests.models.test_faults import right_answer, write_documents


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings for a dozen documents and an endpoint that answers."""
    monkeypatch.chdir(tmp_path)
    write_documents(tmp_path / "in", 12)
    with endpoint(lambda _, body: reply(_completion(body))) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        (tmp_path / "out").mkdir()
        yield Settings(
            paths=(Path("in"),), out=Path("out"), subject=SUBJECT, model="m", engine="ray"
        )


def _completion(body: dict[str, Any]) -> dict[str, Any]:
    from tests.answers import completion

    return completion(right_answer(body))


def prepared(settings: Settings) -> tuple[Work, tuple[Shard, ...]]:
    folder = settings.out / "listing"
    folder.mkdir(exist_ok=True)
    pieces = [
        identify_piece(p, reader_pool(), Path.cwd()) for p in write_pieces(settings.paths, folder)
    ]
    found = make_worklist(pieces, folder)
    shards = (settings.out / "shards").absolute()
    shards.mkdir(exist_ok=True)
    return Work(make_parcel(settings), shards, found.file.absolute(), None, 4, 1), found.shards


def done(work: Work, shard: Shard) -> dict[str, Any]:
    worker = Worker(work)
    told = worker({"shard": [json.dumps(asdict(shard))]})["told"]
    worker.close()
    return dict(json.loads(told[0]))


def statuses(work: Work, shard: Shard) -> dict[str, str]:
    file = work.shards / shard.name / "document.parquet"
    return dict(duckdb.sql(f"SELECT path, status FROM '{file}'").fetchall())


def test_a_shard_is_whole_or_not_there(given: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "DOCUMENTS", 5)
    work, shards = prepared(given)
    told = [done(work, shard) for shard in shards]
    assert sum(t["done"] for t in told) == sum(t["complete"] for t in told) == 12
    assert sum(t["calls"] for t in told) == sum(t["replies"] for t in told) == 12
    assert {f.name for f in work.shards.iterdir()} == {shard.name for shard in shards}
    assert {s for shard in shards for s in statuses(work, shard).values()} == {"complete"}
    assert (
        done(work, shards[0])["calls"] == 0
    )  # done twice: nothing is asked again, nothing is in the way


def test_who_was_tried_twice_is_given_up_and_the_rest_is_not(given: Settings) -> None:
    work, (shard,) = prepared(given)
    ids = [i for (i,) in duckdb.sql(f"SELECT id FROM '{work.documents}' ORDER BY id").fetchall()]
    log = "".join(f"+{i}\n" for i in ids) + "".join(f"-{i}\n" for i in ids[4:]) + f"+{ids[0]}\n"
    (work.shards / f".tries-{shard.name}").write_text(log)
    told = done(work, shard)
    assert (told["done"], told["complete"], told["calls"]) == (12, 11, 11)
    file = work.shards / shard.name / "issue.parquet"
    assert duckdb.sql(f"SELECT document_id, code FROM '{file}'").fetchall() == [
        (ids[0], "WORKER_LOST")
    ]
    assert not (work.shards / f".tries-{shard.name}").exists()


def test_suspects_are_tried_alone(given: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.stages.stream import Stream

    groups: list[int] = []
    process = Stream.process

    async def watched(self: Stream, files: list[Any]) -> None:
        groups.append(len(files))
        await process(self, files)

    monkeypatch.setattr(Stream, "process", watched)
    work, (shard,) = prepared(given)
    ids = [i for (i,) in duckdb.sql(f"SELECT id FROM '{work.documents}' ORDER BY id").fetchall()]
    (work.shards / f".tries-{shard.name}").write_text("".join(f"+{i}\n" for i in ids[:3]))
    assert done(work, shard)["complete"] == 12
    assert groups == [1, 1, 1, 9]


def test_what_is_under_way_is_written_down(
    given: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    work, (shard,) = prepared(given)
    worker = Worker(work)
    tries = work.shards / f".tries-{shard.name}"
    monkeypatch.setattr(worker, "_summary", lambda *a: seen.append(tries.read_text()) or {})
    worker({"shard": [json.dumps(asdict(shard))]})
    worker.close()
    lines = seen[0].replace("+shard\n", "").split()
    assert sorted(line for line in lines if line[0] == "+") == sorted(
        line.replace("-", "+") for line in lines if line[0] == "-"
    )
    assert len(lines) == 24


def parcel_of(settings: Settings) -> Parcel:
    (settings.out / "mark").touch()
    return make_parcel(settings)


def test_a_node_that_can_work_has_no_problem(given: Settings) -> None:
    assert problem(parcel_of(given), "mark") == ""


@pytest.mark.parametrize("name", ["Python", "dossier", "libraries"])
def test_other_versions_are_named(given: Settings, name: str) -> None:
    parcel = parcel_of(given)
    other = replace(parcel, versions=parcel.versions | {name: "0.0"})
    assert problem(other, "mark").startswith(
        f"has {name} {parcel.versions[name]}, and the driver 0.0"
    )


def test_a_node_that_does_not_see_the_folder_says_so(given: Settings) -> None:
    assert "one folder for all nodes" in problem(parcel_of(given), "another mark")


def test_a_subject_that_needs_what_a_node_lacks_is_told(given: Settings, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(SUBJECT, tmp_path / "subject")
    schemas = tmp_path / "subject" / "schemas" / "__init__.py"
    schemas.write_text(schemas.read_text().replace("from typing", "import nowhere\nfrom typing", 1))
    parcel = parcel_of(replace(given, subject=tmp_path / "subject"))
    assert "No module named 'nowhere'" in problem(parcel, "mark")


def test_a_parcel_brings_all_that_a_node_may_not_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "wrecks.md").write_text("changed")
    (tmp_path / "p.json").write_text('{"m": {"input": 1, "output": 1}}')
    given = Settings(
        subject=SUBJECT,
        prompts=Path("prompts"),
        prices=Path("p.json"),
        replies=ROOT / "tests/fixtures/replies",
    )
    parcel = make_parcel(given)
    monkeypatch.chdir("/")
    found = parcel.unpack(tmp_path / "there")
    assert found.out == tmp_path / "data/out"
    assert (found.subject / "schemas" / "kinds.py").read_bytes() == (
        SUBJECT / "schemas" / "kinds.py"
    ).read_bytes()
    assert found.prompts is not None
    assert (found.prompts / "wrecks.md").read_text() == "changed"
    assert found.prices is not None
    assert found.prices.read_text() == (tmp_path / "p.json").read_text()
    assert len(list(found.replies.rglob("*.json"))) == len(list(given.replies.rglob("*.json")))
    assert b"sk-secret" not in pickle.dumps(parcel)
    assert parcels.environment() == {"OPENAI_API_KEY": "sk-secret"}
    assert parcels.versions() == parcel.versions


def test_a_node_that_does_not_see_the_documents_says_so(given: Settings) -> None:
    parcel = parcel_of(replace(given, paths=(Path("in"), Path("*.txt"))))
    assert problem(parcel, "mark") == ""
    shutil.rmtree("in")
    assert "in, which all nodes must see under this path" in problem(parcel, "mark")


def test_a_shard_that_ends_every_worker_is_not_begun_for_ever(given: Settings) -> None:
    work, (shard,) = prepared(given)
    (work.shards / f".tries-{shard.name}").write_text("+shard\n" * MOST_BEGUN)
    message, _ = done(work, shard)["wrong"]
    assert message == f"Shard {shard.name} has ended {MOST_BEGUN} workers"


def test_only_the_senders_variables_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://of-the-node/v1")
    monkeypatch.setenv("HTTPS_PROXY", "http://of-the-node")
    monkeypatch.setenv("PATH_OF_MINE", "kept")
    parcels.take_environment({"OPENAI_API_KEY": "sk-x"})
    assert os.environ.get("OPENAI_BASE_URL") is None
    assert os.environ.get("HTTPS_PROXY") is None
    assert (os.environ["OPENAI_API_KEY"], os.environ["PATH_OF_MINE"]) == ("sk-x", "kept")
    monkeypatch.delenv("OPENAI_API_KEY")


def test_workers_that_share_a_budget_share_it_with_a_second_model(tmp_path: Path) -> None:
    settings = Settings(
        replies=ROOT / "tests/fixtures/replies", second_reading=True, second_model="m"
    )
    assert settings.is_live
    assert not replace(settings, second_model=None).is_live
    budget = Budget(5, None)
    ledger = ParquetLedger(tmp_path)
    first = open_model(settings, ledger, Shared(budget))
    assert open_reader(settings, ledger, first, Shared(budget)).budget is budget
