"""The driver, with this process as its cluster: what is done again, what is not, and what one
machine would have made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.cluster import sums
from pipeline.cli import main
from pipeline.cluster import engine, listing
from pipeline.errors import DossierError
from pipeline.ledger_parquet import ParquetLedger
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store import worklist
from pipeline.store.query import Session
from tests.answers import SUBJECT, completion
from tests.cluster.local import LocalNodes, run_here
from tests.models.server import endpoint, reply
from tests.models.test_faults import right_answer, write_documents

NUMBER = 30


class Endpoint:
    """Answers rightly, but for documents that hold a word in `fails`."""

    def __init__(self) -> None:
        self.fails: set[str] = set()
        self.calls = 0

    def __call__(self, _: int, body: dict[str, Any]) -> Any:
        self.calls += 1
        answer = right_answer(body)
        if any(f'"{word}"' in answer for word in self.fails):
            return reply({"error": {"message": "content filter", "code": "content_filter"}}, 400)
        return reply(completion(answer))


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(worklist, "DOCUMENTS", 8)
    monkeypatch.setattr(listing, "PIECE", 7)
    write_documents(tmp_path / "in", NUMBER)
    answers = Endpoint()
    with endpoint(answers) as (address, _):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        yield answers


def given(out: str = "out", **changes: Any) -> Settings:
    base = Settings(paths=(Path("in"),), out=Path(out), subject=SUBJECT, model="m", engine="ray")
    return replace(base, **changes)


def statuses(database: Path) -> dict[str, int]:
    with duckdb.connect(str(database), read_only=True) as db:
        return dict(
            db.execute("SELECT status::VARCHAR, count(*) FROM document GROUP BY 1").fetchall()
        )


def test_the_rows_are_those_of_one_machine(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("0003.txt", "copy.txt"):
        Path("in", f"again-{name}").write_bytes(Path("in", "0003.txt").read_bytes())
    Path("in", "empty.txt").touch()
    run(given("one", engine=None))
    nodes = LocalNodes()
    outcome = run_here(monkeypatch, nodes, given())
    assert outcome.published
    assert outcome.calls == NUMBER
    wanted = sums(Path("one/dossier.duckdb"))
    assert wanted["document"][0] == NUMBER + 1
    assert sums(Path("out/dossier.duckdb")) == wanted


def test_nothing_is_done_twice(model: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    run_here(monkeypatch, LocalNodes(), given())
    nodes, calls = LocalNodes(), model.calls
    monkeypatch.setattr(listing, "PIECE", 1000)
    assert not run_here(monkeypatch, nodes, given()).published
    assert (nodes.connected, model.calls) == (0, calls)
    Path("in", "0001.txt").write_text(
        "The schooner Petrel 99 went down in a storm on 4 March 1891 with 9 souls."
    )
    outcome = run_here(monkeypatch, nodes, given())
    assert outcome.published
    assert model.calls == calls + 1
    assert 1 <= len(nodes.rows) <= 2
    assert statuses(Path("out/dossier.duckdb")) == {"complete": NUMBER}
    run(given("one", engine=None))
    assert sums(Path("out/dossier.duckdb")) == sums(Path("one/dossier.duckdb"))


def test_a_shard_with_a_partial_document_is_taken_up_again(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.fails = {f"{name} 5" for name in ("Halcyon", "Petrel", "Lark")} | {"storm"}
    outcome = run_here(monkeypatch, LocalNodes(), given())
    assert statuses(Path("out/dossier.duckdb")) != {"complete": NUMBER}
    model.fails.clear()
    nodes = LocalNodes()
    outcome = run_here(monkeypatch, nodes, given())
    assert outcome.published
    assert statuses(Path("out/dossier.duckdb")) == {"complete": NUMBER}


def test_tries_of_a_driver_that_was_killed_do_not_count(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_here(monkeypatch, LocalNodes(), given())
    (shards,) = Path("out/shards").iterdir()
    for shard in sorted(shards.iterdir()):
        ids = [
            i
            for (i,) in duckdb.sql(f"SELECT document_id FROM '{shard}/document.parquet'").fetchall()
        ]
        (shards / f".tries-{shard.name}").write_text("".join(f"+{i}\n+{i}\n" for i in ids))
        (shard / "done.json").unlink()
    (shards / ".000-left-half-done").mkdir()
    outcome = run_here(monkeypatch, LocalNodes(), given())
    assert outcome.database is not None
    assert statuses(outcome.database) == {"complete": NUMBER}
    assert list(shards.glob(".*")) == []


def test_answers_are_moved_to_parts_while_a_run_goes_on(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    compact = engine.compact

    def watched(folder: Path, names: Any = None) -> int:
        moved = compact(folder, names)
        seen.append(moved)
        return moved

    monkeypatch.setattr(engine, "compact", watched)
    monkeypatch.setattr(engine, "_COMPACT_AFTER", 9)
    run_here(monkeypatch, LocalNodes(), given())
    assert sum(seen) == NUMBER
    assert len([n for n in seen if n]) >= 2
    assert list(Path("out/ledger/new").iterdir()) == []


def test_shards_of_long_ago_are_removed(model: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for tokens in (200, 300, 400, 500):
        run_here(monkeypatch, LocalNodes(), given(max_tokens=tokens))
    assert len(list(Path("out/shards").iterdir())) == 3


def test_a_run_that_knows_less_is_not_published(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_here(monkeypatch, LocalNodes(), given())
    Path("in", "0002.txt").unlink()
    outcome = run_here(monkeypatch, LocalNodes(), given())
    assert outcome.left == "1 documents are not among those given (in/0002.txt)"
    assert statuses(Path("out/dossier.duckdb")) == {"complete": NUMBER}
    assert run_here(monkeypatch, LocalNodes(), given(accept=True)).published


def test_an_endpoint_that_takes_nothing_ends_it(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unauthorised(_: int, __: dict[str, Any]) -> Any:
        return reply({"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}, 401)

    with endpoint(unauthorised) as (address, received):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        with pytest.raises(DossierError, match="key"):
            run_here(monkeypatch, LocalNodes(), given())
    assert len(received) <= 2
    assert not Path("out/dossier.duckdb").exists()


def test_a_folder_belongs_to_one_engine(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_here(monkeypatch, LocalNodes(), given())
    with pytest.raises(DossierError, match="holds the runs of a cluster"):
        run(given(engine=None))
    run(given("one", engine=None))
    with pytest.raises(DossierError, match="holds runs of one machine"):
        run_here(monkeypatch, LocalNodes(), given("one"))
    assert main(["ledger", "stats", "--out", "out"]) == 2
    assert "keeps its replies in out/ledger" in capsys.readouterr().err


def test_what_was_answered_elsewhere_is_not_asked(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(given("one", engine=None))
    assert main(["ledger", "export", "out/ledger", "--out", "one"]) == 0
    calls = model.calls
    outcome = run_here(monkeypatch, LocalNodes(), given())
    assert (outcome.calls, model.calls) == (0, calls)
    assert sums(Path("out/dossier.duckdb")) == sums(Path("one/dossier.duckdb"))


def test_the_log_tells_of_each_shard_and_never_of_text(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_here(monkeypatch, LocalNodes(), given())
    events = [json.loads(line) for line in Path("out/run.jsonl").read_text().splitlines()]
    assert [e["event"] for e in events if e["event"] != "shard"] == ["start", "end"]
    assert sum(e["done"] for e in events if e["event"] == "shard") == NUMBER
    assert "schooner" not in Path("out/run.jsonl").read_text()


@pytest.mark.parametrize("given_", [["--out", "s3://bucket/out"], ["s3://bucket/in"]])
def test_an_address_is_no_folder(given_: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", *given_])
    assert ended.value.code == 2
    assert "object stores are to be mounted as folders" in capsys.readouterr().err


def test_views_are_read_from_any_folder_and_a_moved_run_is_healed(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run_here(monkeypatch, LocalNodes(), given("model=x"))
    monkeypatch.chdir("/")
    session = Session(tmp_path / "model=x" / "dossier.duckdb")
    assert session.query("SELECT count(*), any_value(model) FROM reply")[1] == [
        (NUMBER, "test-model")
    ]
    session.close()
    monkeypatch.chdir(tmp_path)
    Path("model=x").rename("moved")
    calls = model.calls
    assert run_here(monkeypatch, LocalNodes(), given("moved")).published
    assert model.calls == calls
    assert Session(Path("moved/dossier.duckdb")).query("SELECT count(*) FROM wreck")[1] == [
        (NUMBER,)
    ]


def test_a_moved_run_does_not_hold_a_changed_one_back(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_here(monkeypatch, LocalNodes(), given())
    Path("out").rename("moved")
    Path("in", "0001.txt").unlink()
    assert run_here(monkeypatch, LocalNodes(), given("moved")).published


def test_shards_of_documents_that_changed_are_removed(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_here(monkeypatch, LocalNodes(), given())
    (shards,) = Path("out/shards").iterdir()
    number = len(list(shards.iterdir()))
    for turn in range(3):
        Path("in", "0001.txt").write_text(f"Chronicle {turn}.")
        run_here(monkeypatch, LocalNodes(), given(accept=True))
    assert len(list(shards.iterdir())) <= number + 1


def test_a_full_disk_is_one_line(model: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> bool:
        raise DossierError("out: the disk is full", "Free some space.")

    monkeypatch.setattr(ParquetLedger, "add", full)
    with pytest.raises(DossierError, match="the disk is full"):
        run_here(monkeypatch, LocalNodes(), given())


def test_an_estimate_or_a_failed_start_claims_no_folder(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["estimate", "in", "--model", "m", "--subject", str(SUBJECT), "--out", "out"]) == 0
    nodes = LocalNodes()
    monkeypatch.setattr(nodes, "check", lambda *_: (_ for _ in ()).throw(DossierError("no", "")))
    with pytest.raises(DossierError):
        run_here(monkeypatch, nodes, given())
    assert run(given(engine=None)).published


def test_a_run_that_is_stopped_twice_alike_can_be_read(
    model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        outcome = run_here(monkeypatch, LocalNodes(), given(max_calls=0))
        assert outcome.stopped
        assert outcome.database is not None
        assert statuses(outcome.database) == {"partial": NUMBER}
