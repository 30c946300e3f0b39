"""The same asked several times, and what the answers agree on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.ledger import Ledger
from pipeline.models.batch import import_answers
from pipeline.models.recorded import RecordedReplies
from pipeline.run import plan, run
from pipeline.settings import Settings
from pipeline.store.query import Session
from tests.answers import HALCYON, SUBJECT, answer_all, completion, settings

DAWN = HALCYON | {
    "evidence": ["In 1902 the barque Bright Dawn burned at her berth"],
    "ship": "Bright Dawn",
    "sank": "1902",
    "cause": "fire",
    "lives_lost": None,
}


def answered(out: Path, *answers: list[dict[str, Any]], **changes: object) -> Settings:
    """Settings under which the tiny subject was asked as often as there are answers."""
    config = settings(out, repeats=len(answers), **changes)
    ledger = Ledger(config.ledger)
    lines = []
    for _, planned in plan(config, ledger):
        content = json.dumps({"wreck": answers[planned.request.sample - 1]})
        key = planned.request.key(config.model)
        body = {"status_code": 200, "body": completion(content)}
        lines.append(json.dumps({"custom_id": key, "response": body}))
    file = out / "answers.jsonl"
    file.write_text("\n".join(lines))
    import_answers(file, ledger)
    ledger.close()
    return config


def query(database: Path | None, sql: str) -> list[tuple[Any, ...]]:
    assert database
    session = Session(database)
    try:
        return session.query(sql)[1]
    finally:
        session.close()


def agreement(config: Settings) -> dict[tuple[str, str], float | None]:
    """Of each value by ship and field; of the record under ''."""
    sql = "SELECT ship, field, agreement FROM evidence JOIN wreck USING (record_id)"
    return {(ship, field): share for ship, field, share in query(run(config).database, sql)}


def test_each_asking_is_a_request_of_its_own_with_the_same_words(tmp_path: Path) -> None:
    requests = [p.request for _, p in plan(settings(tmp_path, repeats=3))]
    assert [r.task for r in requests] == ["wrecks", "wrecks_repeat2", "wrecks_repeat3"]
    assert len({r.key("m") for r in requests}) == len({r.body_hash for r in requests}) == 3
    assert len({json.dumps(r.messages) for r in requests}) == 1
    once = [p.request for _, p in plan(settings(tmp_path))]
    assert [r.key("m") for r in once] == [requests[0].key("m")]


def test_a_value_has_the_share_of_the_answers_that_give_it(tmp_path: Path) -> None:
    otherwise = HALCYON | {"cause": "fire", "lives_lost": None}
    found = agreement(answered(tmp_path, [HALCYON, DAWN], [otherwise], [HALCYON]))
    assert found["Halcyon", ""] == found["Halcyon", "ship"] == found["Halcyon", "sank"] == 1
    assert found["Halcyon", "cause"] == found["Halcyon", "lives_lost"] == 0.6667
    assert found["Bright Dawn", ""] == found["Bright Dawn", "ship"] == 0.3333


def test_the_first_answer_alone_makes_records(tmp_path: Path) -> None:
    config = answered(tmp_path, [HALCYON], [DAWN], [DAWN])
    assert query(run(config).database, "SELECT ship FROM wreck") == [("Halcyon",)]
    assert agreement(config)["Halcyon", "ship"] == 0.3333


def test_the_same_in_other_words_agrees(tmp_path: Path) -> None:
    config = answered(tmp_path, [HALCYON], [HALCYON | {"ship": "HALCYON"}])
    assert agreement(config)["Halcyon", "ship"] == 1


def test_what_was_asked_once_has_no_share(tmp_path: Path) -> None:
    config = answered(tmp_path, [HALCYON])
    assert set(agreement(config).values()) == {None}
    assert query(run(config).database, "SELECT repeats FROM run") == [(1,)]


def test_a_repeat_without_an_answer_leaves_its_document_partial(tmp_path: Path) -> None:
    answered(tmp_path, [HALCYON])
    config = settings(tmp_path, repeats=2, max_calls=0)
    database = run(config).database
    assert query(database, "SELECT status::VARCHAR, reasons FROM document")[0][0] == "partial"
    assert query(database, "SELECT DISTINCT agreement FROM evidence") == [(None,)]


def test_a_broken_repeat_is_an_issue_and_no_agreement(tmp_path: Path) -> None:
    config = answered(tmp_path, [HALCYON], [{"ship": "Halcyon"}])
    database = run(config).database
    issues = query(database, "SELECT DISTINCT code, task FROM issue WHERE task = 'wrecks_repeat2'")
    assert issues == [("RECORD_REJECTED", "wrecks_repeat2")]
    assert agreement(config)["Halcyon", "ship"] == 0.5


def test_a_refused_repeat_neither_agrees_nor_disagrees(tmp_path: Path) -> None:
    config = answered(tmp_path, [HALCYON])
    config = settings(tmp_path, repeats=2)
    answer_all(config, None, refusal="No.")
    found = agreement(config)
    assert found["Halcyon", "ship"] is None
    reasons = query(run(config).database, "SELECT reasons FROM document")
    assert reasons == [(["REFUSED"],)]


def test_repeats_are_saved_and_found_again(tmp_path: Path) -> None:
    config = answered(tmp_path, [HALCYON], [DAWN])
    common = [str(SUBJECT / "documents"), "--model", config.model, "--out", str(tmp_path)]
    saved = tmp_path / "saved"
    assert (
        main(["replies", "save", str(saved), *common, "--repeats", "2", "--subject", str(SUBJECT)])
        == 0
    )
    names = sorted(path.name.split(".", 1)[1] for path in saved.rglob("*.json"))
    assert names == ["wrecks.json", "wrecks_repeat2.json"]
    replies = RecordedReplies(saved)
    assert replies.version
    again = settings(tmp_path / "again", model="recorded", replies=saved, repeats=2)
    assert agreement(again)["Halcyon", "ship"] == 0.5


def test_fewer_than_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["run", str(SUBJECT / "documents"), "--repeats", "0", "--out", str(tmp_path)])
    assert code == 2
    assert "--repeats is 0. It must be 1 or more." in " ".join(capsys.readouterr().err.split())


def test_the_review_asks_about_the_least_agreed_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fewer, other = HALCYON | {"lives_lost": 16}, HALCYON | {"lives_lost": 16, "cause": "fire"}
    run(answered(tmp_path, [HALCYON], [fewer], [other]))
    common = ["--out", str(tmp_path), "--subject", str(SUBJECT)]
    assert main(["review", "next", "--unsteady", "--most", "5", "--json", *common]) == 1
    told = json.loads(capsys.readouterr().out)["items"]
    assert [(item["field"], item["risk"]) for item in told] == [
        ("lives_lost", "not in every answer"),
        ("cause", "not in every answer"),
    ]
    assert main(["review", "next", "--unsteady", *common]) == 1
    told_ = capsys.readouterr().out
    assert "--unsteady" in told_.split("Decide:")[1].splitlines()[0]
    assert "in 33% of the answers" in " ".join(told_.split())


def test_a_diff_shows_the_unsteady_before_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = HALCYON | {"lives_lost": None}
    run(answered(tmp_path, [HALCYON | {"sank": "1891-03"}]))
    run(answered(tmp_path, [changed], [changed | {"sank": "1891"}], model="other"))
    assert (
        main(["diff", "--format", "json", "--out", str(tmp_path), "--subject", str(SUBJECT)]) == 1
    )
    told = json.loads(capsys.readouterr().out)
    assert [(item["field"], item["risk"]) for item in told["items"]] == [
        ("sank", "not in every answer"),
        ("lives_lost", "money and figures"),
    ]
    assert told["causes"] == ["how often everything is asked"]


def test_without_repeats_nothing_is_unsteady(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(answered(tmp_path, [HALCYON]))
    common = ["--out", str(tmp_path), "--subject", str(SUBJECT)]
    assert main(["review", "next", "--unsteady", *common]) == 2
    assert "Run with --repeats 3." in capsys.readouterr().err
