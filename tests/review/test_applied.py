"""Decisions hold in the database: views show what reviewers decided, tables what the run claims."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.compare.changes import known_of
from pipeline.decide.decisions import Decision, Ground, grounds_of
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.stages.decisions import REVIEWED, append_lines
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session
from pipeline.subject import load_subject
from tests.conftest import DOCUMENTS, REPLIES

NAME = "press-release-steppe-fund.txt"
SIGNED = "FROM checked_agreement WHERE title = 'limited partnership agreement of the Steppe Life Science Fund'"


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    shutil.copy(DOCUMENTS / NAME, tmp_path / "in")
    settings = Settings(
        paths=(Path("in"),), out=tmp_path / "out", replies=REPLIES, decisions=tmp_path / "said"
    )
    run(settings)
    return settings


def ask(settings: Settings, sql: str) -> list[Any]:
    session = Session(settings.database)
    try:
        return session.query(sql)[1]
    finally:
        session.close()


def ground(
    settings: Settings,
    field: str,
    title: str = "limited partnership agreement of the Steppe Life Science Fund",
) -> Ground:
    session = Session(settings.database)
    try:
        claims = Grounds.of(session).claims(f"in/{NAME}", "agreement")
    finally:
        session.close()
    known = known_of(load_subject().record_types)
    claim = next(c for c in claims if ("title", title) in {(v.path, v.text) for v in c.values})
    return next(g for g in grounds_of(claim, known.fields["agreement"]) if g.field == field)


def say(settings: Settings, *decisions: Decision) -> int:
    assert settings.decisions
    append_lines(settings.decisions / REVIEWED, [d.as_line() for d in decisions])
    return run(settings).stale


def decision(verdict: str, about: Ground, value: str | None = None, at: str = "t") -> Decision:
    return Decision(verdict, about, "person:a", at, "checked", value, None)  # type: ignore[arg-type]


def test_a_corrected_value_is_shown_with_its_columns_and_the_claim_stays(given: Settings) -> None:
    before = ask(given, "SELECT record_id, signed FROM agreement ORDER BY 1")
    assert say(given, decision("correct", ground(given, "signed"), "2024-07-18")) == 0
    assert ask(given, f"SELECT signed, signed_lo::VARCHAR, signed_hi::VARCHAR, corrected {SIGNED}") == [
        ("2024-07-18", "2024-07-18", "2024-07-18", ["signed"])
    ]  # fmt: skip
    assert ask(given, "SELECT record_id, signed FROM agreement ORDER BY 1") == before
    told = "SELECT verdict, state, claimed, value, who, why, path FROM decision"
    assert ask(given, told) == [
        ("correct", "stands", "2024-07", "2024-07-18", "person:a", "checked", "signed")
    ]


def test_a_rejected_value_is_null_and_a_rejected_record_is_left_out(given: Settings) -> None:
    assert say(given, decision("reject", ground(given, "signed"))) == 0
    assert ask(given, f"SELECT signed, signed_lo {SIGNED}") == [(None, None)]
    count = ask(given, "SELECT count(*) FROM checked_agreement")[0][0]
    assert say(given, decision("reject", ground(given, ""))) == 0
    assert ask(given, f"SELECT count(*) {SIGNED}") == [(0,)]
    assert ask(given, "SELECT count(*) FROM checked_agreement")[0][0] == count - 1
    assert ask(given, "SELECT count(*) FROM agreement")[0][0] == count


def test_values_in_lists_and_choices_are_corrected_in_place(given: Settings) -> None:
    sql = f"SELECT list_transform(parties, lambda p: p.role::VARCHAR), status::VARCHAR {SIGNED}"
    (roles, _), *_ = ask(given, sql)
    say(
        given,
        decision("correct", ground(given, "parties.role"), "supervisor"),
        decision("correct", ground(given, "status"), "suspended"),
    )
    assert ask(given, sql) == [(["supervisor", *roles[1:]], "suspended")]


def test_the_last_decision_holds_and_an_undone_one_does_not(given: Settings) -> None:
    about = ground(given, "signed")
    first, last = decision("reject", about, at="t1"), decision("accept", about, at="t2")
    say(given, first, last)
    assert ask(given, f"SELECT signed {SIGNED}") == [("2024-07",)]
    assert given.decisions
    append_lines(given.decisions / REVIEWED, [json.dumps({"undo": last.id})])
    run(given)
    assert ask(given, f"SELECT signed {SIGNED}") == [(None,)]


def test_a_stale_decision_is_shown_exits_3_and_touches_nothing(
    given: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    about = replace(ground(given, "signed"), value="2023-07")
    assert say(given, decision("correct", about, "2024-07-18")) == 1
    assert ask(given, f"SELECT signed, corrected {SIGNED}") == [("2024-07", [])]
    assert ask(given, "SELECT state, record_id FROM decision") == [("stale", None)]
    folders = [
        "--out",
        str(given.out),
        "--replies",
        str(REPLIES),
        "--decisions",
        str(given.decisions),
    ]
    (given.out / "dossier.duckdb").unlink()
    shutil.rmtree(given.out / "runs")
    assert main(["run", "in", *folders]) == 3
    assert "Stale: d_" in capsys.readouterr().out


def test_a_decision_holds_in_a_document_that_changed_elsewhere(given: Settings) -> None:
    assert say(given, decision("correct", ground(given, "signed"), "2024-07-18")) == 0
    path = Path("in") / NAME
    assert ask(given, "SELECT count(*) FROM decision WHERE record_id IS NULL") == [(0,)]
    path.rename(path.with_name("elsewhere.txt"))
    run(given)
    # Under another path it is another document: neither applied nor stale.
    assert ask(given, "SELECT count(*) FROM decision") == [(0,)]


def test_a_broken_line_is_named_and_the_rest_applied(given: Settings) -> None:
    good = decision("reject", ground(given, "signed"))
    assert given.decisions
    append_lines(given.decisions / REVIEWED, ["{half", good.as_line()])
    outcome = run(given)
    assert any("review.jsonl: line 1 is no decision" in note for note in outcome.notes)
    assert ask(given, f"SELECT signed {SIGNED}") == [(None,)]


@pytest.mark.parametrize(("field", "value"), [("status", "perhaps"), ("signed", "no date")])
def test_a_correction_that_the_type_does_not_take_is_not_applied(
    field: str, value: str, given: Settings
) -> None:
    assert say(given, decision("correct", ground(given, field), value)) == 1
    assert ask(given, f"SELECT status::VARCHAR, signed, corrected {SIGNED}") == [
        ("signed", "2024-07", [])
    ]
