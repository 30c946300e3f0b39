"""What operators run into: damaged files, odd names, wrong values. One clear line each, the right
one to blame, and nothing that vanishes."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.domain import Reply
from pipeline.errors import DossierError, LockedError
from pipeline.extract import parse_reply
from pipeline.ledger import Ledger
from pipeline.lock import hold_folder
from pipeline.models.batch import import_answers
from pipeline.models.recorded import RecordedReplies
from pipeline.readers import find_documents
from pipeline.run import run
from pipeline.store.summary import summarise
from tests.answers import HALCYON, SUBJECT, WRECKS, answer_all, completion, settings
from tests.conftest import DOCUMENTS, REPLIES, ROOT

KEY = "0" * 31


def kept(path: Path) -> Ledger:
    ledger = Ledger(path)
    for digit in "12":
        ledger.add(Reply(KEY + digit, "m", f"answer \x1b[31m{digit}", "stop"))
    return ledger


@pytest.mark.parametrize("action", ["stats", "verify", "vacuum", "show"])
def test_a_damaged_ledger_is_told_whatever_is_asked_of_it(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.sqlite3"
    kept(path).close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x5a" * (len(data) - 4096)
    path.write_bytes(data)
    assert main(["ledger", action, "0", "--out", str(tmp_path)]) == 2
    told = "".join(capsys.readouterr())
    assert "damaged" in told or "malformed" in told or "cannot be written" in told


@pytest.mark.parametrize("action", ["stats", "verify", "vacuum"])
def test_a_locked_ledger_is_exit_75(
    action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    kept(path).close()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k | {"timeout": 0.1}))
    holder = connect(path, isolation_level=None)
    holder.execute("PRAGMA journal_mode=DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    assert main(["ledger", action, "--out", str(tmp_path)]) == 75
    holder.close()


def test_a_reply_is_shown_by_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(tmp_path / "ledger.sqlite3").close()
    assert main(["ledger", "show", KEY + "2", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "answer \ufffd[31m2\n"
    assert main(["ledger", "show", "fff", "--out", str(tmp_path)]) == 2
    assert main(["ledger", "show", "--out", str(tmp_path)]) == 2


def test_one_bad_line_of_a_batch_costs_one_line(tmp_path: Path) -> None:
    good = {"custom_id": KEY + "1", "response": {"status_code": 200, "body": completion("x")}}
    odd: list[Any] = [
        "no json", "[]", "7", '{"custom_id": 3}', '{"response": {}}', '{"custom_id": "a", "response": 5}',
        json.dumps(good | {"custom_id": "b", "response": {"status_code": 200, "body": []}}),
        json.dumps(good | {"custom_id": "c", "error": {"message": "\ud800"}}),
        json.dumps(good),
    ]  # fmt: skip
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b"\xff\xfe broken\n" + "\n".join(odd).encode())
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    count = import_answers(file, ledger)
    assert (count.kept, count.failed, count.bad) == (1, 2, (1, 2, 3, 4, 5, 6, 7))
    file.write_text("\n".join(odd[:3]))
    with pytest.raises(DossierError, match=r"answers\.jsonl:1 is no batch answer"):
        import_answers(file, ledger)


def test_recorded_files_may_lack_model_and_usage(tmp_path: Path) -> None:
    shutil.copytree(REPLIES / "news-yunhe-zh", tmp_path / "replies" / "a")
    for number, file in enumerate(sorted((tmp_path / "replies").rglob("*.json"))):
        told = json.loads(file.read_text())
        odd: dict[str, Any] = {"usage": [None, {"prompt_tokens": 2**70}, "x", 3, None][number]}
        file.write_text(json.dumps({"request": told["request"], "content": told["content"]} | odd))
    config = settings(
        tmp_path / "out",
        paths=(DOCUMENTS / "news-yunhe-zh.txt",),
        subject=ROOT,
        model="recorded",
        replies=tmp_path / "replies",
    )
    run(config)
    assert summarise(config.database)["documents"] == {"complete": 1}
    assert RecordedReplies(tmp_path / "replies").version


def test_of_a_long_list_the_wrong_item_is_taken_out() -> None:
    from pipeline.domain import Passage
    from pipeline.subject import load_subject

    task = next(t for t in load_subject(ROOT).tasks if t.name == "actors")
    names = [f"Name {n}" for n in range(14)]
    wrong: list[Any] = [*names]
    wrong[2], wrong[11] = 7, {"no": "name"}
    record = {
        "evidence": ["Acme Ltd"], "realis": "actual", "speaker": None, "name": "Acme", "kind": "company",
        "country": None, "legal_form": None, "aliases": wrong,
    }  # fmt: skip
    content = json.dumps({"organisation": [record], "organisation_relation": [], "person": []})
    passage = Passage("p", "d", 0, 0, 8)
    extraction = parse_reply(Reply("k", "m", content, "stop"), passage, task)
    (kept_record,) = extraction.records
    assert kept_record.aliases == [n for i, n in enumerate(names) if i not in (2, 11)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("limit", ["seconds=inf", "seconds=nan", "memory=1e400", "bytes=9" * 20])
def test_limits_that_cannot_be_kept_are_refused(tmp_path: Path, limit: str) -> None:
    assert main(["run", str(SUBJECT), "--limit", limit, "--out", str(tmp_path)]) == 2


def test_the_output_folder_is_blamed_for_its_own_faults_alone(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="elsewhere"), hold_folder(tmp_path):
        raise OSError("elsewhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(DossierError, match="file"), hold_folder(tmp_path / "file"):
        pass
    with hold_folder(tmp_path), pytest.raises(LockedError), hold_folder(tmp_path):
        pass


@pytest.mark.parametrize("name", ["[/x]", "[red]", "a b", "ünï"])
def test_names_are_no_markup(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    config = settings(Path(name))
    answer_all(config, WRECKS)
    command = ["run", str(SUBJECT / "documents"), "--subject", str(SUBJECT), "--out", name]
    assert main([*command, "--model", "test-model"]) == 0
    assert f"The database: {name}/dossier.duckdb" in capsys.readouterr().out.replace("\n", "")


def test_two_members_of_one_name_are_two_documents(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with pytest.warns(UserWarning), zipfile.ZipFile(archive, "w") as file:
        file.writestr("note.txt", "The brig One sank on 5 May 1890.")
        file.writestr("note.txt", "The brig Two sank on 6 May 1890.")
    config = settings(tmp_path / "out", paths=(archive,))
    answer_all(config, '{"wreck": []}')
    run(config)
    sources = find_documents((archive,))
    assert [s.name for s in sources] == ["a.zip/note.txt", "a.zip/note.txt (2)"]
    assert summarise(config.database)["documents"] == {"complete": 2}


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "closed").mkdir(parents=True)
    shutil.copy(SUBJECT / "documents" / "harbour.txt", tmp_path / "in")
    scandir = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    config = settings(tmp_path / "out", paths=(tmp_path / "in",))
    answer_all(config, WRECKS)
    run(config)
    summary = summarise(config.database)
    assert summary["documents"] == {"complete": 1, "quarantined": 1}
    assert [row["code"] for row in summary["not_complete"]] == ["UNREADABLE"]


def test_the_log_names_paths_and_causes(tmp_path: Path) -> None:
    config = settings(tmp_path)
    answer_all(config, "I cannot help with that.", finish_reason="stop", refusal="No.")
    run(config)
    events = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    start, end = events[0], events[-1]
    assert start["model"] == "test-model"
    assert start["documents"] == 1
    assert (end["event"], end["stopped"], end["done"]) == ("end", "", 1)
    (document,) = (e for e in events if e["event"] == "document")
    assert document["path"].endswith("harbour.txt")
    assert document["reasons"] == ["REFUSED"]


def test_causes_come_before_what_follows_from_them(tmp_path: Path) -> None:
    config = settings(tmp_path)
    invented = HALCYON | {"evidence": ["The frigate Phantom sank with 900 men."]}
    answer_all(config, json.dumps({"wreck": [invented, 7]}))
    run(config)
    assert [row["code"] for row in summarise(config.database)["not_complete"]] == [
        "RECORD_REJECTED"
    ]


def test_a_pipe_that_ends_early_changes_no_exit_code(tmp_path: Path) -> None:
    config = settings(tmp_path)
    answer_all(config, WRECKS)
    command = [sys.executable, "-m", "pipeline.console", "run", str(SUBJECT / "documents")]
    command += ["--subject", str(SUBJECT), "--model", "test-model", "--out", str(tmp_path)]
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("dossier 0.")


def test_estimate_takes_what_run_takes() -> None:
    from pipeline.arguments import build_parser
    from pipeline.cli import HANDLERS

    parser = build_parser(HANDLERS)
    given = "--max-cost 1 --max-calls 3 --concurrency 2 --keep 3 --accept --rpm 5 --ocr --json"
    for command in ("run", "estimate"):
        assert parser.parse_args([command, "in", "--model", "m", *given.split()]).max_calls == 3
