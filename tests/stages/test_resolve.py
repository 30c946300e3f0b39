"""Names and claims of a whole run: what is joined, what stays, what outlives a run."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain import Reply
from pipeline.errors import DecisionError
from pipeline.ledger import Ledger
from pipeline.records import mention_styles
from pipeline.resolve.judgements import JudgedSide, Judgement
from pipeline.resolve.questions import request_of
from pipeline.resolve.register import Register
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.stages.resolve import Resolver
from pipeline.store.load import Scratch
from pipeline.store.query import asked_questions
from pipeline.store.tables import Layout
from pipeline.subject import load_subject
from tests.store.ships import ask, made, ship


def fleet(folder: Path, texts: dict[str, list[tuple[str, str]]], **changes: object) -> Settings:
    """A run over documents that name ships and their owners."""
    bodies = {
        name: " ".join(f"{vessel} belongs to {owner}." for vessel, owner in given)
        for name, given in texts.items()
    }
    answers = {
        name: [
            ship(f"{vessel} belongs to {owner}.", vessel, owner=owner) for vessel, owner in given
        ]
        for name, given in texts.items()
    }
    return made(folder, bodies, answers, **changes)


OWNERS = {
    "a.txt": [("Halcyon", "Novavektor Shipping"), ("Meridian", "Нововектор Шиппинг")],
    "b.txt": [("Halcyon", "Novavektor Shipping"), ("Astra", "Polar Indium Line")],
    "c.txt": [("Meridian", "Kestrel Lines"), ("Astra", "Polar Indium Line")],
}


def ids(config: Settings) -> dict[str, str]:
    return {
        name: entity for entity, name in ask(config, "SELECT entity_id, unnest(names) FROM usage")
    }


def test_resolving_twice_changes_nothing(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)
    before = (
        ask(config, "FROM entity_member ORDER BY ALL"),
        (config.decided / "register.jsonl").read_bytes(),
    )
    config.database.unlink()
    for kept in (tmp_path / "out" / "runs").iterdir():
        kept.unlink()
    run(config)
    assert (
        ask(config, "FROM entity_member ORDER BY ALL"),
        (config.decided / "register.jsonl").read_bytes(),
    ) == before


def test_documents_added_rename_no_entity(tmp_path: Path) -> None:
    few = {"a.txt": OWNERS["a.txt"]}
    before = ids(fleet(tmp_path, few))
    after = ids(fleet(tmp_path, OWNERS))
    assert {name: after[name] for name in before} == before


def test_no_row_of_a_claim_is_changed_by_joining(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)

    def checksum() -> str:
        rows = ask(config, "FROM ship ORDER BY record_id") + ask(
            config, "FROM mention ORDER BY mention_id"
        )
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    before = checksum()
    (left, _), (right, _) = ask(
        config, "SELECT usage_id, name FROM usage WHERE kind = 'organisation' ORDER BY name LIMIT 2"
    )
    say(config, left, right, "same")
    run(config)
    assert ask(config, "SELECT state FROM judgement") == [("used",)]
    assert checksum() == before


def say(
    config: Settings,
    left: str,
    right: str,
    answer: str,
    who: str = "person:anna",
    at: str = "2026-01-01",
) -> None:
    line = {"answer": answer, "kind": "organisation", "left": {"usage": left, "name": "x"}, "right": {"usage": right, "name": "y"},
            "who": who, "why": "told", "at": at}  # fmt: skip
    config.decided.mkdir(parents=True, exist_ok=True)
    with (config.decided / "identity.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def test_judgements_of_people_that_contradict_each_other_end_the_run_with_3(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)
    a, b, c = (
        u
        for (u,) in ask(
            config,
            "SELECT usage_id FROM usage WHERE kind = 'organisation' ORDER BY usage_id LIMIT 3",
        )
    )
    say(config, a, b, "same")
    say(config, b, c, "same")
    say(config, a, c, "different", who="person:boris")
    with pytest.raises(DecisionError, match="contradict") as failed:
        run(config)
    assert failed.value.exit_code == 3


def test_a_judgement_about_what_is_gone_is_told_and_changes_nothing(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)
    before = ask(config, "FROM entity ORDER BY ALL")
    say(config, "n_gone", "n_gone_too", "same")
    outcome = run(config)
    assert ask(config, "SELECT state FROM judgement") == [("unmatched",)]
    assert any("is about what is not there" in note for note in outcome.notes)
    assert ask(config, "FROM entity ORDER BY ALL") == before


def test_a_broken_line_of_judgements_is_named_and_the_rest_is_used(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)
    a, b = (
        u
        for (u,) in ask(
            config,
            "SELECT usage_id FROM usage WHERE kind = 'organisation' ORDER BY usage_id LIMIT 2",
        )
    )
    config.decided.mkdir(parents=True, exist_ok=True)
    (config.decided / "identity.jsonl").write_text("{broken\n")
    say(config, a, b, "same")
    outcome = run(config)
    assert any("line 1 is no judgement" in note for note in outcome.notes)
    assert ask(
        config, f"SELECT count(DISTINCT entity_id) FROM usage WHERE usage_id IN ('{a}', '{b}')"
    ) == [(1,)]


def test_a_register_that_contradicts_itself_ends_the_run_with_3(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)
    (config.decided / "register.jsonl").write_text('{"entity": "e1", "into": "e2"}\n')
    with pytest.raises(DecisionError, match="line 1"):
        run(config)


def test_answers_about_identity_that_came_since_are_taken(tmp_path: Path) -> None:
    """They come by batch; nothing else has changed meanwhile."""
    config = replace(fleet(tmp_path, OWNERS), ask_model=True, accept=True)
    run(config)  # nobody is there to be asked
    assert ask(config, "FROM judgement") == []
    asker, ledger = load_subject(config.subject).asker, Ledger(config.ledger)
    verdict = json.dumps({"identity_verdict": [{"answer": "different", "reason": "Two."}]})
    for asks in asked_questions(config.database):
        key = request_of(asker, asks).key("m")
        ledger.add(Reply(key, "m", verdict, "stop", 0, 0, 0, 0, 0, "batch"))
    ledger.close()
    run(config)
    assert set(ask(config, "SELECT who, answer FROM judgement")) == {("model:m", "different")}
    assert ask(config, "FROM question") == []


def test_a_judgement_added_and_taken_back_restores_the_state(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)
    tables = ("entity", "entity_member", "usage", "identity_pair", "entity_redirect")

    def state() -> list[list[tuple[object, ...]]]:
        return [ask(config, f"FROM {table} ORDER BY ALL") for table in tables]

    before = state()
    a, b = (
        u
        for (u,) in ask(
            config,
            "SELECT usage_id FROM usage WHERE kind = 'organisation' ORDER BY usage_id LIMIT 2",
        )
    )
    say(config, a, b, "same")
    run(config)
    assert state() != before
    (merged,) = ask(config, "SELECT judgement_id FROM judgement")
    with (config.decided / "identity.jsonl").open("a") as file:
        file.write(
            json.dumps({"undo": merged[0], "who": "person:anna", "why": "", "at": ""}) + "\n"
        )
    run(config)
    assert state() == before


def test_an_edited_document_keeps_its_identity(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS)
    before = ids(config)
    edited = OWNERS | {"a.txt": [*OWNERS["a.txt"], ("Corvus", "Kestrel Lines")]}
    after = ids(fleet(tmp_path, edited))
    assert {name: after[name] for name in before} == before


def test_the_order_of_documents_changes_nothing(tmp_path: Path) -> None:
    one = fleet(tmp_path / "one", OWNERS)
    shuffled = list(OWNERS.items())
    random.Random(3).shuffle(shuffled)
    other = fleet(tmp_path / "other", dict(shuffled))
    sql = "SELECT name, aliases, documents, mentions FROM entity ORDER BY ALL"
    assert ask(one, sql) == ask(other, sql)


def test_names_that_one_record_gives_side_by_side_are_asked_about(tmp_path: Path) -> None:
    config = fleet(tmp_path, {"a.txt": [("Novavektor Shipping", "Novavektor Shippin")]})
    assert ask(config, "SELECT band, reason FROM identity_pair") == [
        ("asked", "one_record_names_both")
    ]


def named(scratch: Scratch, rows: list[tuple[str, str, str, str | None, list[str]]]) -> None:
    """Mentions: record, document, kind and name, country, and what stands beside."""
    for document in sorted({row[1] for row in rows}):
        scratch.db.execute(
            "INSERT INTO document BY NAME SELECT ? AS document_id, ? AS path",
            [document, f"{document}.txt"],
        )
    for i, (record, document, kind_and_name, country, beside) in enumerate(rows):
        kind, _, name = kind_and_name.partition(" ")
        scratch.db.execute(
            "INSERT INTO mention BY NAME SELECT ? AS mention_id, ? AS record_id, ? AS document_id,"
            " 'name' AS field, ? AS kind, ? AS name, ?::VARCHAR AS within, ?::VARCHAR[] AS beside,"
            " true AS own",
            [f"m{i}", record, document, kind, name, country, beside],
        )


def resolver_of(folder: Path) -> Resolver:
    subject = load_subject()
    folder.mkdir()
    scratch = Scratch(folder / "scratch.duckdb", Layout(subject.record_types))
    named(scratch, [
        ("r1", "d1", "organisation Kestrelbio Lines", "KZ", []),
        ("r2", "d2", "organisation Polarindium", "KZ", []),
        ("r3", "d3", "organisation Halcyonetta", "KZ", []),
        ("r4", "d4", "person Aidar Bekmuratov", None, ["Kestrelbio Lines"]),
        ("r5", "d5", "person Aidar Bekmuratov", None, ["Polarindium"]),
        ("r6", "d6", "person Aidar Bekmuratov", None, ["Halcyonetta"]),
    ])  # fmt: skip
    return Resolver(scratch, mention_styles(subject.record_types), Register())


def test_what_a_judgement_did_to_the_scores_ends_with_it(tmp_path: Path) -> None:
    """Employers judged one make two namesakes likelier to be one; only while that is judged."""
    used, fresh = resolver_of(tmp_path / "used"), resolver_of(tmp_path / "fresh")
    first, second, third = (
        JudgedSide(u.id, u.name, "")
        for u in sorted(used.usages.values(), key=lambda u: u.id)
        if u.kind == "organisation"
    )

    def same(a: JudgedSide, b: JudgedSide) -> Judgement:
        return Judgement("same", "organisation", a, b, "person:anna", "told")

    used.resolve([same(first, second)])
    again, anew = used.resolve([same(first, third)]), fresh.resolve([same(first, third)])
    people = {u.id for u in used.usages.values() if u.kind == "person"}
    weights = {e.pair: e.parts for e in again.edges if e.left in people}
    assert len({str(p) for p in weights.values()}) > 1
    assert weights == {e.pair: e.parts for e in anew.edges if e.left in people}


def test_of_very_many_pairs_the_likeliest_are_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = resolver_of(tmp_path / "out")
    resolved = resolver.resolve()
    every = resolver.questions(resolved)
    assert len(every) > 1
    monkeypatch.setattr("pipeline.stages.resolve._MOST_ASKED", 1)
    (only,) = resolver.questions(resolved)
    assert only.weight == max(e.weight for e in resolved.asked)
