"""The ledger of a cluster: what came is known again, whatever became of the process that wrote it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from pipeline import ledger_parquet
from pipeline.cli import main
from pipeline.domain import Reply
from pipeline.errors import DossierError
from pipeline.ledger import Ledger
from pipeline.ledger_parquet import ParquetLedger, compact, export_ledger, import_ledger


def reply(number: int, attempt: int = 0, content: str = "{}") -> Reply:
    return Reply(f"{number:032x}", "m", content, "stop", attempt, 10, 2, 5, 7, "live")


def keep(folder: Path, *replies: Reply, name: str = "driver", asked: str = "") -> None:
    ledger = ParquetLedger(folder, name)
    for one in replies:
        assert ledger.add(one, asked)
        assert not ledger.add(one)
    ledger.close()


def contents(ledger: ParquetLedger, number: int) -> list[str]:
    return [known.content for known, _ in ledger.all(f"{number:032x}")]


def journals(folder: Path) -> list[Path]:
    return sorted(folder.glob("new/*.jsonl"))


def test_an_answer_comes_back_as_it_was_and_is_never_replaced(tmp_path: Path) -> None:
    keep(tmp_path, reply(1, content="ответ \ud800"), asked="http://a/v1 schema")
    compact(tmp_path)
    ledger = ParquetLedger(tmp_path)
    ((known, asked),) = ledger.all(f"{1:032x}")
    assert (known, asked) == (reply(1, content="ответ ?"), "http://a/v1 schema")
    assert ledger.all(f"{2:032x}") == []


def test_attempts_are_known_in_order_from_parts_and_journal(tmp_path: Path) -> None:
    keep(tmp_path, reply(1, 0, "first"))
    compact(tmp_path)
    keep(tmp_path, reply(1, 1, "second"))
    assert contents(ParquetLedger(tmp_path), 1) == ["first", "second"]


def test_an_answer_is_on_the_disk_before_it_is_given(tmp_path: Path) -> None:
    ledger = ParquetLedger(tmp_path, "shard")
    ledger.add(reply(1))
    (line,) = journals(tmp_path)[0].read_text().splitlines()
    ledger.close()
    assert json.loads(line)["key"] == f"{1:032x}"


def test_who_takes_a_shard_up_again_knows_what_was_answered(tmp_path: Path) -> None:
    keep(tmp_path, reply(1, content="known"), reply(2), name="shard")
    (journal,) = journals(tmp_path)
    journal.write_bytes(journal.read_bytes()[:-9])  # killed within a line
    again = ParquetLedger(tmp_path, "other")
    assert contents(again, 1) == []
    again.begin("shard")
    assert contents(again, 1) == ["known"]
    assert contents(again, 2) == []


def test_only_named_journals_are_moved_and_small_parts_are_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_parquet, "MOST_SMALL", 3)
    for number in range(5):
        keep(tmp_path, reply(number), name=f"s{number}")
    assert compact(tmp_path, ["s0", "s1"]) == 2
    assert len(journals(tmp_path)) == 3
    for number in (2, 3):
        compact(tmp_path, [f"s{number}"])
    assert len(list(tmp_path.glob("answer/00/part-*"))) == 3
    compact(tmp_path)
    assert len(list(tmp_path.glob("answer/00/*"))) == 1
    assert [len(ParquetLedger(tmp_path).all(f"{n:032x}")) for n in range(6)] == [1] * 5 + [0]


def test_a_ledger_that_is_open_sees_what_was_joined_meanwhile(tmp_path: Path) -> None:
    ledger = ParquetLedger(tmp_path, "a")
    for number in range(12):
        keep(tmp_path, reply(number), name=f"b{number}")
        compact(tmp_path, [f"b{number}"])
        assert contents(ledger, number) == ["{}"]


def test_forms_are_shared(tmp_path: Path) -> None:
    ParquetLedger(tmp_path).remember_form("http://a/v1", "m", "wrecks", "tools")
    ParquetLedger(tmp_path).remember_form("http://a/v1", "m", "wrecks", "json")
    assert ParquetLedger(tmp_path).endpoint_forms("http://a/v1", "m") == {"wrecks": "json"}
    assert ParquetLedger(tmp_path).endpoint_forms("http://a/v1", "n") == {}


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("a file")
    with pytest.raises(DossierError, match="Check the folder"):
        ParquetLedger(tmp_path / "ledger")


def test_export_and_import_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = Ledger(tmp_path / "one" / "ledger.sqlite3")
    for number in range(300):
        one.add(reply(number * 7 << 100, content=f"{number}"), "asked")
    one.add(reply(0, 1))
    one.close()
    folder = tmp_path / "cluster" / "ledger"
    assert main(["ledger", "export", str(folder), "--out", str(tmp_path / "one")]) == 0
    assert main(["ledger", "export", str(folder), "--out", str(tmp_path / "one")]) == 2
    assert "301 answers" in capsys.readouterr().err
    assert main(["ledger", "import", str(folder), "--out", str(tmp_path / "two")]) == 0
    assert main(["ledger", "import", str(folder), "--out", str(tmp_path / "two")]) == 0
    assert "0 of 301 answers are new" in capsys.readouterr().err
    two = Ledger(tmp_path / "two" / "ledger.sqlite3")
    columns = ["key", "attempt", "content", "asked", "received_at", "latency_ms"]
    assert two.rows("", columns) == Ledger(tmp_path / "one" / "ledger.sqlite3").rows("", columns)


def test_import_takes_journals_too_and_refuses_another_folder(tmp_path: Path) -> None:
    keep(tmp_path / "c", reply(5))
    ledger = Ledger(tmp_path / "l.sqlite3")
    assert import_ledger(ledger, tmp_path / "c") == (1, 1)
    assert len(journals(tmp_path / "c")) == 1  # a run may be adding to it
    with pytest.raises(DossierError, match="holds no replies"):
        import_ledger(ledger, tmp_path / "nothing")


def test_an_export_keeps_keys_of_every_beginning(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite3")
    for number in range(256):
        ledger.add(reply(number << 120))
    assert export_ledger(ledger, tmp_path / "d") == 256
    known = ParquetLedger(tmp_path / "d")
    assert all(known.all(f"{number << 120:032x}") for number in range(256))


def test_answers_are_synced_together_before_anyone_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(
        "os.fdatasync", lambda _: synced.append(len(journals(tmp_path)[0].read_bytes()))
    )

    async def answer(ledger: ParquetLedger, number: int) -> int:
        ledger.add(reply(number))
        size = len(journals(tmp_path)[0].read_bytes())
        await ledger.settled()
        return max(synced) - size

    async def go() -> list[int]:
        ledger = ParquetLedger(tmp_path)
        first = await asyncio.gather(*(answer(ledger, n) for n in range(20)))
        second = await answer(ledger, 20)
        ledger.close()
        return [*first, second]

    assert min(asyncio.run(go())) >= 0
    assert len(synced) == 2
