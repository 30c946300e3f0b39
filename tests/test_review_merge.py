"""`dossier review merge`: what is asked, a person's word, and that it can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.settings import Settings
from tests.stages.test_resolve import OWNERS, fleet
from tests.store.ships import ask


@pytest.fixture
def ships(tmp_path: Path) -> Settings:
    owners = OWNERS | {"d.txt": [("Corvus", "Novavektor Shippin")]}
    return fleet(tmp_path, owners)


def say(config: Settings, *words: str) -> int:
    return main(["review", "merge", *words, "--out", str(config.out)])


def first(config: Settings) -> str:
    ((question,),) = ask(
        config, "SELECT question_id FROM question ORDER BY weight DESC, question_id LIMIT 1"
    )
    return str(question)


def test_questions_are_listed_and_shown(
    ships: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say(ships) == 0
    listed = capsys.readouterr().out
    assert first(ships) in listed
    assert "Novavektor Shippin" in listed
    assert say(ships, first(ships)[:8]) == 0
    shown = capsys.readouterr().out
    assert "A\n  names:" in shown
    assert "<<<quote_" in shown


def test_a_word_is_kept_applied_and_taken_back(
    ships: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    question = first(ships)
    assert say(ships, question, "same", "--why", "a slip") == 0
    judgement = capsys.readouterr().out.split()[0]
    assert "a slip" in (ships.decided / "identity.jsonl").read_text()
    run_again(ships)
    assert ask(ships, "SELECT judgement_id, answer, why, state FROM judgement") == [
        (judgement, "same", "a slip", "used")
    ]
    assert question not in [q for (q,) in ask(ships, "SELECT question_id FROM question")]
    assert say(ships, "--undo", judgement) == 0
    run_again(ships)
    assert ask(ships, "SELECT state FROM judgement") == [("taken_back",)]
    assert first(ships) == question
    assert say(ships, "--undo", judgement) == 2


def run_again(config: Settings) -> None:
    from pipeline.run import run

    run(config)


def test_two_entities_are_judged_that_nobody_asked_about(ships: Settings) -> None:
    (one,), (other,) = ask(
        ships,
        "SELECT entity_id FROM entity WHERE name IN ('Kestrel Lines', 'Polar Indium Line') ORDER BY name",
    )
    assert say(ships, one, other, "different") == 0
    run_again(ships)
    assert (
        ask(
            ships, "SELECT band, split_part(reason, ' (', 1) FROM identity_pair WHERE weight = 2000"
        )[0][0]
        == "apart"
    )


def test_wrong_words_are_told(ships: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(ships, "q_nothing") == 2
    assert say(ships, first(ships), "maybe") == 2
    assert "'maybe' is no answer" in capsys.readouterr().err
    assert say(ships, "e_none", "e_other", "same") == 2
    assert say(ships, "--undo", "j_none") == 2


def test_an_entity_is_explained_by_what_joined_it(
    ships: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    ((entity,),) = ask(ships, "SELECT entity_id FROM entity WHERE name = 'Novavektor Shipping'")
    assert main(["explain", entity, "--out", str(ships.out)]) == 0
    told = capsys.readouterr().out
    assert "mentions in" in told
    assert "not joined" in told
    assert "Novavektor Shippin" in told
    assert "bits" in told


def test_an_id_that_was_merged_leads_to_the_other(
    ships: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = {e for (e,) in ask(ships, "SELECT entity_id FROM entity")}
    assert say(ships, first(ships), "same") == 0
    run_again(ships)
    ((gone, into),) = ask(ships, "FROM entity_redirect")
    assert {gone, into} <= ids
    capsys.readouterr()
    assert main(["explain", gone, "--out", str(ships.out)]) == 0
    assert into in capsys.readouterr().out
