"""The documentation says what is so: its queries run, its commands exist, its numbers are the real ones."""

import argparse
import re
import subprocess
from pathlib import Path

import pytest

from pipeline.arguments import build_parser
from pipeline.cli import HANDLERS
from pipeline.report.contents import contents_of
from pipeline.report.figures import load_figures
from pipeline.report.pictures import picture
from pipeline.run import Outcome, run
from pipeline.screen import closing_screen
from pipeline.settings import Settings
from pipeline.store.query import Session
from pipeline.store.summary import summarise
from tests.answers import SUBJECT, WRECKS, answer_all, settings
from tests.conftest import ROOT
from tests.questions_page import PAGE as QUESTIONS
from tests.questions_page import questions_page
from tests.tables_page import PAGE, tables_page

PAGES = [ROOT / "README.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(
        rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL
    )


@pytest.mark.parametrize("query", blocks("docs/analysts.md", "sql"))
def test_every_query_for_analysts_answers(query: str, bundled: tuple[Settings, Outcome]) -> None:
    _, rows = Session(bundled[0].database).query(query)
    assert rows


def test_every_view_is_described_for_analysts(bundled: tuple[Settings, Outcome]) -> None:
    page = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")
    sql = "SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT regexp_matches(view_name, '^(checked)?_')"
    missing = [
        name for (name,) in Session(bundled[0].database).query(sql)[1] if f"`{name}`" not in page
    ]
    assert missing == []


def test_every_table_view_and_column_says_what_it_is(bundled: tuple[Settings, Outcome]) -> None:
    session = Session(bundled[0].database)
    bare = (
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' AND comment IS NULL"
        " AND NOT internal"
    )
    assert session.query(bare)[1] == []
    told = "SELECT comment FROM duckdb_columns() WHERE table_name = ? AND column_name = ?"
    assert session.query(told, ["agreements", "signed"]) == session.query(
        told, ["agreement", "signed"]
    )
    assert session.query(told, ["agreements", "deal_id"])[1] == [
        ("the deal it is a claim of, in `deals`",)
    ]


def test_the_page_of_tables_is_what_the_database_says(bundled: tuple[Settings, Outcome]) -> None:
    assert PAGE.read_text(encoding="utf-8") == tables_page(bundled[0].database)


def test_the_answers_to_the_questions_are_what_the_database_says(
    bundled: tuple[Settings, Outcome],
) -> None:
    page = QUESTIONS.read_text(encoding="utf-8")
    assert page.count("```sql") >= 25
    assert questions_page(page, bundled[0].database) == page


def test_every_view_leads_to_its_documents(bundled: tuple[Settings, Outcome]) -> None:
    sql = (
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT regexp_matches(view_name, '^(checked)?_')"
        " EXCEPT SELECT table_name FROM duckdb_columns() WHERE column_name IN ('path', 'paths')"
    )
    assert Session(bundled[0].database).query(sql)[1] == []
    by_id = sql.replace("IN ('path', 'paths')", "SIMILAR TO '(record|entity|product|a)_id'")
    assert Session(bundled[0].database).query(by_id)[1] == []


def test_your_own_subject_is_the_one_the_tests_run() -> None:
    assert blocks("docs/your-own-subject.md", "python") == [
        (SUBJECT / "schemas" / name).read_text(encoding="utf-8")
        for name in ("__init__.py", "kinds.py")
    ]
    assert blocks("docs/your-own-subject.md", "markdown") == [
        (SUBJECT / "prompts" / "wrecks.md").read_text(encoding="utf-8")
    ]


def test_the_figure_of_your_own_subject_is_drawn(tmp_path: Path) -> None:
    (sql,) = blocks("docs/your-own-subject.md", "sql")
    assert sql == (SUBJECT / "schemas/report/1_wrecks.sql").read_text(encoding="utf-8")
    (figure,) = load_figures(SUBJECT)
    config = settings(tmp_path)
    answer_all(config, WRECKS)
    run(config)
    (shown,) = contents_of(Session(config.database), [figure]).figures
    assert shown.total == len(shown.rows) > 0
    assert picture(shown) is not None


def test_the_counts_in_the_readme_are_the_real_ones(
    bundled: tuple[Settings, Outcome], capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    summary = summarise(bundled[0].database)
    assert f"Found {sum(summary['records'].values())} records" in page
    for name, count in summary["records"].items():
        assert re.search(rf"\b{count} {name.replace('_', ' ')}\b", page), name
    assert f"{sum(summary['quotes'].values())} quotes" in page
    for kind, word in (("organisation", "organisations"), ("person", "people")):
        both = summary["entities"][kind], summary["entities_in_two_documents"][kind]
        assert f"{both[0]} {word} ({both[1]} in two or more documents)" in page
    assert f"A model judged {sum(summary['judged'].values())} pairs of them" in page
    closing_screen(summary, bundled[1], bundled[0].database)
    assert f"A model judged {sum(summary['judged'].values())} pairs" in capsys.readouterr().out
    record = re.search(r"ID=(r_\w+)", page)
    assert record is not None
    assert Session(bundled[0].database).query(
        "SELECT count(*) FROM agreement WHERE record_id = ?", [record[1]]
    )[1] == [(1,)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_targets_and_links_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?m)^make ([a-z]+)|`make ([a-z]+)", text):
        assert re.search(rf"(?m)^{''.join(target)}:", makefile), target
    commands = subcommands(build_parser(HANDLERS))
    for command in re.findall(r"(?m)^dossier ([a-z]+)|`dossier ([a-z]+)", text):
        assert "".join(command) in commands
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (page.parent / link).exists(), link


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
            for inner in action.choices.values():
                found |= subcommands(inner)
    return found


def test_every_command_says_what_it_is_for() -> None:
    for name, parser in subcommands(build_parser(HANDLERS)).items():
        assert name in parser.format_help()
    assert "bring the database up to date" in build_parser(HANDLERS).format_help()


def test_every_reason_code_is_documented_and_real() -> None:
    source = "\n".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "pipeline").rglob("*.py")
    )
    raised = set(re.findall(r'(?:DocumentError|CallError)\(\s*"([A-Z_]+)"', source))
    raised |= set(re.findall(r'Warned\("([A-Z_]+)"', source))
    raised |= set(re.findall(r'Issue\(\w+, "([A-Z_]+)"', source)) | set(
        re.findall(r'\("([A-Z_]{5,})", f?"', source)
    )
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert {code for code in raised if f"`{code}`" not in page} == set()
    documented = {
        code
        for row in re.findall(r"(?m)^\| (`.*?`) \|", page)
        for code in re.findall(r"`([A-Z_]+)`", row)
    }
    assert {
        code for code in documented if f"{code}" not in source and not code.startswith("QUOTE_")
    } == set()


def test_make_help_lists_every_target() -> None:
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?m)^([a-z]+):", makefile):
        assert f"make {target}" in listed
