"""The prompt of `dossier sql` in a terminal, and queries from files, with parameters, to Parquet."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import duckdb
import polars
import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from pipeline.cli import main
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.sql_prompt import Completions
from pipeline.store.query import Session
from tests.conftest import ROOT

Bundled = tuple[Settings, Outcome]


def typed(bundled: Bundled, *queries: str, form: str = "csv", **own: str) -> tuple[str, str]:
    """What a session writes to its output and on standard error when queries are typed in a
    terminal, each when it is asked for; the output is the terminal itself where `own` says what
    its environment is."""
    main_end, terminal = pty.openpty()
    command = [sys.executable, "-m", "pipeline.cli", "sql", "--format", form]
    with subprocess.Popen(
        [*command, "--out", str(bundled[0].out)],
        stdin=terminal,
        stdout=terminal if own else -1,
        stderr=-1,
        cwd=ROOT,
        env=os.environ | own,
    ) as process:
        os.close(terminal)
        assert process.stderr
        err = b""
        for number, query in enumerate([*queries, "\x04"], 1):
            while err.count(b"dossier>\r\n") < number:  # an empty prompt, not what is typed
                part = os.read(process.stderr.fileno(), 65536)
                assert part, err.decode()
                err += part
            os.write(main_end, query.encode() + b"\r" * (query != "\x04"))
        out = process.stdout.read() if process.stdout else b""
        err += process.stderr.read()
        process.wait(timeout=60)
        try:
            while own and (part := os.read(main_end, 65536)):
                out += part
        except OSError:  # the terminal is closed
            pass
    os.close(main_end)
    return out.decode(), err.decode()


def test_a_row_of_the_last_answer_leads_to_its_evidence(bundled: Bundled) -> None:
    out, err = typed(
        bundled,
        "SELECT record_id, title FROM agreements WHERE title = '基金条款书'"
        " UNION ALL SELECT record_id, title FROM agreements WHERE path LIKE '%panel%';",
        ".evidence 1",
        "SELECT 1 AS one;",
        ".evidence 1",
        ".evidence 7",
    )
    assert "基金条款书" in out
    assert out.count("data/documents/news-yunhe-zh.txt") > 5
    assert "1 row, 0." in err
    assert "Row 1 holds no id. Select record_id or entity_id too." in err
    assert "The last answer has no row 7. Rows are counted from 1." in err


def test_what_fails_ends_no_session(bundled: Bundled) -> None:
    out, err = typed(bundled, "SELEKT;", "DROP TABLE run;", "help", "SELECT 2\nAS two;")
    assert out == "two\n2\n"
    assert "Parser Error" in err
    assert "is not run here" in err
    assert ".evidence 3" in err
    kept = (bundled[0].out / ".sql_history").read_text(encoding="utf-8")
    assert "+SELECT 2\n+AS two;\n" in kept  # one entry


def test_a_long_table_comes_by_pages(bundled: Bundled) -> None:
    queries = "SELECT range AS n FROM range(60);", "SELECT 5 AS few;"
    own = {"PAGER": "sed s/^/paged:/", "COLUMNS": "80", "LINES": "20"}
    lines = typed(bundled, *queries, form="table", **own)[0].splitlines()
    assert len([line for line in lines if line.startswith("paged:")]) > 60
    assert [line for line in lines if "few" in line and not line.startswith("paged:")]


def completed(session: Session, text: str) -> list[str]:
    found = Completions(session).get_completions(Document(text), CompleteEvent())
    return [choice.text for choice in found]


def test_names_are_completed_where_they_may_stand(bundled: Bundled) -> None:
    session = Session(bundled[0].database)
    assert completed(session, "SELECT * FROM part") == ["parties", "partner_pairs"]
    assert completed(session, "FROM dealin") == ["dealings("]
    assert completed(session, ".desc") == [".describe"]
    assert completed(session, ".describe agre") == ["agreement", "agreements"]
    assert "summable_once" in completed(session, "SELECT summ")
    assert completed(session, "SELECT 1 FROM document ORD") == ["ORDER"]
    assert completed(session, "FROM nothing_like_it") == []
    assert completed(session, "SELECT ") == []
    assert not [name for name in completed(session, "FROM ") if name.startswith(("_", "checked_"))]


def test_parameters_are_values_and_nothing_else(
    bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(sql: str, *given: str) -> int:
        more = [word for pair in given for word in ("--param", pair)]
        return main(["sql", sql, "--format", "csv", "--out", str(bundled[0].out), *more])

    assert ask("SELECT $a AS a; SELECT $b || '!' AS b", "a=x' OR 1=1 --", "b=c=d") == 0
    assert capsys.readouterr().out == "a\nx' OR 1=1 --\nb\nc=d!\n"
    assert ask("SELECT count(*) > 0 AS n FROM deals WHERE since_lo > $day", "day=2024-01-01") == 0
    assert capsys.readouterr().out == "n\nTrue\n"
    assert ask("SELECT $lacking") == 2
    assert "lacking" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        ask("SELECT 1", "1x=2")


def test_a_file_of_queries(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "my queries.sql"
    file.write_text("SELECT $a AS a;\n.describe stages\nSELECT 2 AS two", encoding="utf-8")
    arguments = ["sql", "--format", "csv", "--out", str(bundled[0].out), "--file"]
    assert main([*arguments, str(file), "--param", "a=1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("a\n1\ncolumn,type,comment\nrecord_id,")
    assert out.endswith("two\n2\n")
    assert main([*arguments, str(tmp_path / "none")]) == 2
    assert "Name a file of SQL." in capsys.readouterr().err


def test_an_answer_as_parquet(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a b.parquet"

    def ask(sql: str, *more: str) -> tuple[int, str]:
        arguments = ["sql", sql, "--format", "parquet", "--out", str(bundled[0].out), *more]
        return main(arguments), capsys.readouterr().err

    to = ["--to", str(file)]
    assert ask("FROM deals WHERE list_contains(countries, $c)", *to, "--param", "c=KZ")[0] == 0
    told = Session(bundled[0].database).query(
        "SELECT entity_id FROM deals WHERE list_contains(countries, 'KZ')"
    )[1]
    assert polars.read_parquet(file)["entity_id"].to_list() == [i for (i,) in told]
    assert duckdb.sql(f"SELECT count(*) FROM '{file}'").fetchall() == [(len(told),)]
    before = file.read_bytes()
    endless = (
        "SELECT count(*) FROM range(9000000) a, range(9000000) b WHERE a.range % 7 = b.range % 11"
    )
    code, err = ask(endless, *to, "--timeout", "0.2")
    assert code == 2
    assert "The query ran longer than 0.2 s" in err
    assert ask("SELECT 1; SELECT 2", *to)[0] == 2
    assert ask("FROM nowhere", *to)[0] == 2
    assert ask("DROP TABLE run", *to)[0] == 2
    assert file.read_bytes() == before  # what was there stays until another is whole
    assert ask("SELECT 1")[1].startswith("dossier: A Parquet file needs a name.")
    assert ask("SELECT 1", "--to", str(tmp_path / "none" / "x"))[0] == 2
    assert [f.name for f in tmp_path.iterdir()] == ["a b.parquet"]
