"""Commands as users type them: help, exit codes, one clear line for everything that goes wrong."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.run import Outcome
from pipeline.settings import Settings
from tests.answers import SUBJECT, WRECKS, answer_all, settings
from tests.conftest import DOCUMENTS, REPLIES, ROOT

Bundled = tuple[Settings, Outcome]


def dossier(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_help_is_quick_and_imports_neither_openai_nor_duckdb() -> None:
    probe = "import sys; sys.argv=['dossier','--help']\nfrom pipeline.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    probe += "print(sorted({'openai','duckdb','instructor','trafilatura'} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.endswith("[]\n")
    assert "COMMAND" in result.stdout


@pytest.mark.parametrize(
    "command", ["run", "batch export", "batch import", "replies save", "ground", "explain", "sql"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*command.split(), "--help"])
    assert left.value.code == 0
    assert "usage: dossier" in capsys.readouterr().out


def test_run_prints_a_closing_screen_and_json(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dossier("run", corpus, "--replies", REPLIES) == 0
    screen = capsys.readouterr().out
    for part in (
        "2 documents",
        "Found",
        "Doubted",
        "Next",
        'sql "FROM agreements"',
        "data/out/dossier.duckdb",
    ):
        assert part in screen
    assert dossier("run", corpus, "--replies", REPLIES, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["calls"] == 0
    assert told["changed"] is False
    assert told["documents"] == {"complete": 2}


def test_something_that_waits_for_a_person_is_exit_1(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "new.txt").write_text("A document without a recorded reply, signed on 3 May 2020.")
    assert dossier("run", corpus, "--replies", REPLIES) == 1
    out = capsys.readouterr().out
    assert "new.txt is partial: NO_RECORDED_REPLY" in out
    assert "dossier replies save" in out


def test_the_closing_screen_lists_what_is_not_complete_and_what_was_left_out(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "broken.docx").write_bytes(b"PK\x03\x04")
    shutil.copy(DOCUMENTS / "news-cold-chain-ru.html", corpus)
    shutil.copy(DOCUMENTS / "news-cold-chain-ru.html", corpus / "same-again.html")
    assert dossier("run", corpus, "--replies", REPLIES) == 1
    screen = capsys.readouterr().out
    not_complete, noticed = screen.split("Not complete")[1].split("Noticed")
    assert not_complete.count("broken.docx is quarantined: CORRUPT_FILE") == 1
    assert "DUPLICATE_FILE" not in not_complete
    assert "HIDDEN_TEXT in documents/news-cold-chain-ru.html: Hidden text was left out" in noticed
    assert (
        "DUPLICATE_FILE in documents/same-again.html: Same bytes as documents/news-cold-chain-ru.html"
        in noticed
    )


def test_an_estimate_names_what_cannot_be_read(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "broken.docx").write_bytes(b"PK\x03\x04")
    shutil.copy(corpus / "news-yunhe-zh.txt", corpus / "again.txt")
    assert dossier("estimate", corpus, "--model", "gpt-5-mini") == 0
    told = capsys.readouterr().out
    assert "2 documents: 8 calls" in told
    assert "broken.docx: CORRUPT_FILE" in told


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("run nowhere", 2, "nowhere does not exist"),
        ("run empty", 2, "No documents in empty"),
        ("run documents --replies nowhere", 2, "nowhere does not exist"),
        ("run documents --model gpt-x", 2, "OPENAI_API_KEY is not set"),
        ("ledger verify --out nowhere", 2, "nowhere/ledger.sqlite3 does not exist"),
        ("run documents --concurrency 0", 2, "--concurrency is 0"),
        ("run documents --model m --max-cost -1", 2, "--max-cost is -1"),
        ("run documents --model m --max-cost nan", 2, "--max-cost is nan"),
        ("run documents --model m --rpm 0", 2, "--rpm is 0"),
        ("run documents --model m --timeout 0", 2, "--timeout is 0"),
        ("run documents --max-calls -1", 2, "--max-calls is -1"),
        ("run documents --subject empty", 2, "has no schemas/__init__.py"),
        ("run documents --subject broken", 2, "unknown record type 'Nonesuch'"),
        ("run documents --out taken", 2, "taken"),
        ("sql FROM", 2, "does not exist"),
        ("explain x", 2, "does not exist"),
        ("batch import nowhere.jsonl", 2, "nowhere.jsonl cannot be read"),
        ("batch import bad.jsonl", 2, "bad.jsonl:1 is no batch answer"),
        ("ground documents/news-yunhe-zh.txt bad.jsonl", 2, "bad.jsonl:1 is no quote"),
        ("ground nowhere.txt bad.jsonl", 2, "nowhere.txt"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(
    arguments: str, code: int, said: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    Path("taken").write_text("a file where a folder should be")
    Path("bad.jsonl").write_text("not json\n")
    shutil.copytree(SUBJECT, "broken")
    prompt = Path("broken/prompts/wrecks.md")
    prompt.write_text(prompt.read_text().replace("[Wreck]", "[Wreck, Nonesuch]"))
    assert dossier(*arguments.split(" ")) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.startswith("dossier: ")
    assert len(captured.err.strip().splitlines()) == 1


def test_a_damaged_database_says_what_to_do(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dossier("run", corpus, "--replies", REPLIES) == 0
    Path("data/out/dossier.duckdb").resolve().write_bytes(b"this is no database" * 100)
    assert dossier("run", corpus, "--replies", REPLIES) == 2
    assert "can be deleted and built again" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["run", "--concurrency", "many"], ["sql", "--format", "xml"]]
)
def test_usage_errors_are_exit_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


def test_the_budget_is_exit_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    command = (
        "run",
        SUBJECT / "documents",
        "--subject",
        SUBJECT,
        "--model",
        "m",
        "--out",
        tmp_path,
        "--max-calls",
        0,
    )
    assert dossier(*command) == 4
    assert "limit of 0 calls" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_is_exit_130_within_five_seconds(
    number: signal.Signals, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts and never answers
        address = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        command = [
            sys.executable,
            "-m",
            "pipeline.cli",
            "run",
            str(SUBJECT / "documents"),
            "--subject",
            str(SUBJECT),
            "--model",
            "m",
        ]
        environment = os.environ | {"OPENAI_BASE_URL": address, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            [*command, "--out", str(tmp_path)], env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            connection, _ = server.accept()
            with connection:
                time.sleep(0.2)
                process.send_signal(number)
                told = time.monotonic()
                _, err = process.communicate(timeout=20)
    assert time.monotonic() - told < 5
    assert process.returncode == 130
    assert (tmp_path / "dossier.duckdb").exists()
    # A machine that is busy has time for a line of progress too.
    (told_last,) = (line for line in err.splitlines() if "replies/s" not in line)
    assert "Interrupted" in told_last


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_sql_in_every_format(
    form: str, bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "SELECT name, documents FROM organisations LIMIT 2"
    assert dossier("sql", query, "--format", form, "--out", bundled[0].out) == 0
    out = capsys.readouterr().out
    assert "Saryarka Biopharm" in out
    if form == "json":
        assert json.loads(out)[0]["name"] == "Saryarka Biopharm"
    if form == "csv":
        assert out.splitlines()[0] == "name,documents"


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE x (i INT)", "INSERT INTO run SELECT * FROM run", "COPY run TO '/tmp/x.csv'", "ATTACH '/tmp/x.db'",
        "SELECT * FROM read_csv('/etc/passwd')", "INSTALL httpfs", "LOAD fts", "SET enable_external_access = true",
        "SELECT * FROM '/etc/passwd'",
    ],
)  # fmt: skip
def test_a_session_can_touch_nothing(
    query: str, bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dossier("sql", query, "--out", bundled[0].out) == 2
    assert capsys.readouterr().err.startswith("dossier: ")


def test_a_query_without_end_is_stopped(
    bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "SELECT count(*) FROM range(10000000) a, range(10000000) b"
    assert dossier("sql", query, "--timeout", "0.3", "--out", bundled[0].out) == 2
    assert "ran longer" in capsys.readouterr().err


def test_queries_from_a_pipe_are_answered_and_nothing_else_is_printed(bundled: Bundled) -> None:
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "sql",
        "--out",
        str(bundled[0].out),
        "--format",
        "csv",
    ]
    typed = "SELECT count(*) AS n\nFROM document;\nSELECT 1 AS one"
    result = subprocess.run(
        command, input=typed, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (result.returncode, result.stdout) == (
        0,
        f"n\n{len(list(DOCUMENTS.iterdir()))}\none\n1\n",
    )
    result = subprocess.run(
        command,
        input="SELEKT;\nSELECT 2 AS two;",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "two\n2\n")
    assert "Parser Error" in result.stderr


def test_explain_leads_from_an_entity_to_a_record_to_a_sentence(
    bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    out = bundled[0].out
    dossier(
        "sql",
        "SELECT entity_id FROM organisations WHERE name = 'Lahtela Pharma'",
        "--format",
        "csv",
        "--out",
        out,
    )
    entity = capsys.readouterr().out.splitlines()[1]
    assert dossier("explain", entity, "--out", out) == 0
    told = capsys.readouterr().out
    assert "organisation Lahtela Pharma" in told
    record = next(word for word in told.split() if word.startswith("r_"))
    assert dossier("explain", record, "--out", out) == 0
    told = capsys.readouterr().out
    for part in ("document", "passage", "prompt    prompts/", "reply", "by relay", "⟦", "Lahtela"):
        assert part in told
    assert dossier("explain", "r_", "--out", out) == 2
    assert "ids begin with 'r_'" in capsys.readouterr().err
    assert dossier("explain", "nothing", "--out", out) == 2


def test_ground_answers_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quotes = tmp_path / "quotes.jsonl"
    given = ["总规模1.8亿美元", "no such thing in this text", "KIC 出资1500万美元"]
    quotes.write_text("".join(json.dumps({"quote": q}) + "\n" for q in given))
    assert dossier("ground", DOCUMENTS / "news-yunhe-zh.txt", quotes) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [a["quote"] for a in answers] == given
    assert [a["status"] for a in answers] == ["exact", "missing", "normalised"]
    assert list(answers[0]) == ["quote", "status", "start", "end", "score"]


def test_batch_round_trip_and_saved_replies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = settings(tmp_path / "out")
    inputs = (
        SUBJECT / "documents",
        "--subject",
        SUBJECT,
        "--model",
        "test-model",
        "--out",
        config.out,
    )
    assert dossier("batch", "export", *inputs) == 0
    line = json.loads((config.out / "batch" / "requests.jsonl").read_text().splitlines()[0])
    assert {"custom_id", "method", "url", "body"} == set(line)
    assert line["url"] == "/v1/chat/completions"
    assert line["body"]["model"] == "test-model"
    answer_all(config, WRECKS)
    assert dossier("batch", "import", config.out / "answers.jsonl", "--out", config.out) == 0
    assert "0 answers kept, 1 known already" in capsys.readouterr().err
    assert dossier("batch", "export", *inputs) == 0
    assert "0 requests" in capsys.readouterr().err
    assert dossier("replies", "save", tmp_path / "saved", *inputs) == 0
    saved = tmp_path / "saved" / "harbour" / "000.wrecks.json"
    assert json.loads(saved.read_text())["content"]["wreck"][0]["ship"] == "Halcyon"
    recorded = (
        "run",
        SUBJECT / "documents",
        "--subject",
        SUBJECT,
        "--replies",
        tmp_path / "saved",
        "--out",
        tmp_path / "again",
    )
    assert dossier(*recorded) == 0
    saved.write_text("{}")
    assert dossier(*recorded) == 2
    assert "no recorded reply" in capsys.readouterr().err


def test_failures_in_a_batch_file_are_failures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "errors.jsonl"
    lines = [
        {"custom_id": "a", "response": None, "error": {"code": "batch_expired"}},
        {"custom_id": "b", "response": {"status_code": 500, "body": {}}},
        {"custom_id": "c", "response": {"status_code": 200, "body": {"choices": []}}},
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    assert dossier("batch", "import", file, "--out", tmp_path) == 1
    assert "0 answers kept, 0 known already, 3 failures" in capsys.readouterr().err
