"""Judgements: read line by line, known by content, taken back."""

import json

from pipeline.resolve.judgements import JudgedSide, Judgement, read_judgements, undo_line

LEFT, RIGHT = JudgedSide("n_1", "Polaris"), JudgedSide("n_2", "Поларис", "doc_1")


def judged(answer: str = "same", who: str = "person:anna", at: str = "2026-01-01") -> Judgement:
    return Judgement(answer, "organisation", LEFT, RIGHT, who, "one seat", at)  # type: ignore[arg-type]


def test_a_line_is_read_as_it_was_written() -> None:
    (found,), problems = read_judgements([judged().as_line()])
    assert problems == []
    assert (found.left, found.right, found.answer, found.why, found.who) == (
        LEFT,
        RIGHT,
        "same",
        "one seat",
        "person:anna",
    )
    assert found.id == judged().id == json.loads(judged().as_line())["id"]
    assert found.is_person
    assert not judged(who="model:x").is_person


def test_broken_lines_are_named_by_number_and_the_rest_is_read() -> None:
    lines = [
        "{broken",
        "",
        judged().as_line(),
        '{"answer": "maybe"}',
        "[]",
        '{"answer": "same", "left": 1}',
    ]
    found, problems = read_judgements(lines)
    assert len(found) == 1
    assert [p.split()[1] for p in problems] == ["1", "4", "5", "6"]


def test_a_judgement_is_taken_back() -> None:
    line = undo_line(judged().id, "person:anna", "mistaken", "2026-01-02")
    (found,), problems = read_judgements([judged().as_line(), line])
    assert (found.state, problems) == ("taken_back", [])
    _, problems = read_judgements([line])
    assert problems[0].startswith("line 1 takes back")


def test_the_last_word_of_one_person_holds_and_of_two_both() -> None:
    lines = [judged("same").as_line(), judged("different", at="2026-01-02").as_line()]
    found, _ = read_judgements(lines)
    assert [(j.answer, j.state) for j in found] == [("same", "taken_back"), ("different", "used")]
    lines = [judged("same").as_line(), judged("different", who="person:boris").as_line()]
    assert [j.state for j in read_judgements(lines)[0]] == ["used", "used"]


def test_the_order_of_the_sides_does_not_matter_to_its_id() -> None:
    turned = Judgement("same", "organisation", RIGHT, LEFT, "person:anna", "one seat", "2026-01-01")
    assert turned.id == judged().id
