"""Questions about names in the review: what is shown of both sides, answers, splits, and undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import DossierError
from pipeline.resolve.judgements import read_judgements
from pipeline.review.asked import members_text
from pipeline.review.loop import Loop
from pipeline.review.names import Names, beside, consequences
from pipeline.review.queue import Between, read_queue
from pipeline.review.sitting import Sitting
from pipeline.run import Outcome, run
from pipeline.settings import Settings
from pipeline.store.query import Session
from pipeline.store.sides import Side, Sides
from pipeline.subject import load_subject
from tests.review.test_screen import press, screens, text_of  # noqa: F401 (a fixture)
from tests.stages.test_resolve import OWNERS, fleet
from tests.store.ships import ask

Bundled = tuple[Settings, Outcome]


@pytest.fixture
def session(weighed: Path) -> Iterator[Session]:
    found = Session(weighed.resolve())
    yield found
    found.close()


@pytest.fixture
def names(session: Session, tmp_path: Path) -> Names:
    return Names(Sides(session), tmp_path)


@pytest.fixture
def loop(weighed: Path, names: Names, tmp_path: Path) -> Loop:
    run_ = weighed.resolve()
    between = Between(run_, run_, load_subject().record_types, tmp_path)
    return Loop(Sitting(read_queue(between), between), names=names)


def answers(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / "identity.jsonl").read_text(encoding="utf-8").splitlines()
    return [(j.answer, j.state) for j in read_judgements(lines)[0]]


def side(name: str, **facts: tuple[str, ...]) -> Side:
    return Side(
        f"n_{name}",
        "organisation",
        name,
        "",
        f"e_{name}",
        name,
        1,
        2,
        (name,),
        1,
        2,
        tuple(facts.items()),
        (),
    )


def test_questions_come_behind_the_changes_the_likeliest_first(loop: Loop) -> None:
    assert loop.item is None
    assert loop.question is not None
    weights = [q.weight for q in loop.names.open()]  # type: ignore[union-attr]
    assert weights == sorted(weights, reverse=True)
    assert len(loop.shown) == len(weights) > 50
    loop.filter("question organisation")
    assert {q.kind for q in loop.shown} == {"organisation"}  # type: ignore[union-attr]


def test_x_d_and_u_answer_and_capital_u_takes_back(loop: Loop, tmp_path: Path) -> None:
    asked = [q.id for q in loop.shown[:3]]
    press(loop, "xdu")
    assert answers(tmp_path) == [("same", "used"), ("different", "used"), ("unsure", "used")]
    assert [q.id for q in loop.names.open()[:1]] != asked[:1]  # type: ignore[union-attr]
    press(loop, "UU")
    assert answers(tmp_path) == [
        ("same", "used"),
        ("different", "taken_back"),
        ("unsure", "taken_back"),
    ]
    assert loop.shown[loop.place].id == asked[1]


def test_the_weight_is_hidden_until_v(loop: Loop) -> None:
    assert "bits" not in text_of(press(loop, ""))
    assert "bits" in text_of(press(loop, "v"))
    assert "bits" not in text_of(press(loop, "vj"))


def test_both_sides_are_shown_with_consequences_and_what_differs(loop: Loop) -> None:
    loop.filter("question agreement")
    shown = text_of(press(loop, ""))
    assert "A  " in shown
    assert "B  " in shown
    assert "x same: " in shown
    assert "become one" in shown
    assert "stay apart" in shown


def test_a_and_r_do_nothing_to_a_question_and_x_nothing_to_a_change(
    loop: Loop, tmp_path: Path
) -> None:
    press(loop, "arxjk")
    assert answers(tmp_path) == [("same", "used")]
    assert not (tmp_path / "review.jsonl").exists()
    loop.filter("no such thing")
    press(loop, "xdut")
    assert len(answers(tmp_path)) == 1


def test_a_split_says_that_one_name_is_another(loop: Loop, tmp_path: Path) -> None:
    place = next(n for n in range(len(loop.shown)) if _at(loop, n))
    loop.place = place
    members = loop.members()
    shown = "".join(part[1] for part in members_text(members))
    assert f"1  {members[0].name}" in shown
    press(loop, "t\x1b")
    assert not (tmp_path / "identity.jsonl").exists()
    press(loop, "t2\r")
    assert answers(tmp_path) == [("different", "used")]
    (said,) = loop.names.said.values()  # type: ignore[union-attr]
    assert members[1].usage in (said.left.usage, said.right.usage)
    press(loop, "t99\r")
    assert loop.message == "No such number; nothing was said"
    press(loop, "U")
    assert answers(tmp_path) == [("different", "taken_back")]


def _at(loop: Loop, place: int) -> bool:
    loop.place = place
    return bool(loop.members())


def test_what_differs_is_marked() -> None:
    pair = beside(
        side(
            "Sun 3 Pharma", countries=("IN",), dates=("signed 2024-01-01 2024-01-31",), words=("a",)
        ),
        side(
            "Sun 4 pharma Ltd",
            countries=("RU",),
            dates=("signed 2024-01-05 2024-01-05",),
            words=("b",),
        ),
    )
    assert pair.left_name == (
        ("Sun", False),
        (" ", False),
        ("3", True),
        (" ", False),
        ("Pharma", False),
    )
    assert ("Ltd", True) in pair.right_name
    assert {f.label: f.differs for f in pair.facts} == {
        "countries": True,
        "dates": False,
        "words": False,
    }
    later = beside(
        side("a", dates=("signed 2024-01-05 2024-01-05",)),
        side("b", dates=("signed 2024-02-01 2024-02-29",)),
    )
    assert [(f.left, f.right, f.differs) for f in later.facts] == [
        (("signed 2024-01-05",), ("signed 2024-02-01 to 2024-02-29",), True)
    ]
    assert dict(consequences(pair))["same"] == (
        "Sun 3 Pharma (2 mentions in 1 document) and Sun 4 pharma Ltd (2 mentions in 1 document) become one"
    )


def test_wrong_words_are_told_and_nothing_is_written(names: Names, tmp_path: Path) -> None:
    question = names.open()[0]
    left, right = names.two([question.id])
    other = next(q for q in names.open() if q.kind != question.kind)
    for act in (
        lambda: names.find("q_"),
        lambda: names.find("nothing"),
        lambda: names.two([left.entity, left.entity]),
        lambda: names.two([left.entity, "e_nothing"]),
        lambda: names.judge(left, left, "same", ""),
        lambda: names.judge(left, names.two([other.id])[0], "same", ""),
        lambda: names.split("n_nothing", ""),
        lambda: names.take_back("j_nothing", ""),
    ):
        with pytest.raises(DossierError):
            act()
    assert not (tmp_path / "identity.jsonl").exists()
    assert right.kind == left.kind


def test_the_next_run_does_what_the_preview_says(tmp_path: Path) -> None:
    config = fleet(tmp_path, OWNERS | {"d.txt": [("Corvus", "Novavektor Shippin")]})
    session = Session(config.database)
    names = Names(Sides(session), config.decided)
    question = names.open()[0]
    pair = names.pair(question)
    names.judge(pair.left, pair.right, "same", "a slip")
    session.close()
    run(config)
    sql = "SELECT count(DISTINCT entity_id) FROM usage WHERE usage_id IN (?, ?)".replace(
        "?", "'{}'"
    )
    assert ask(config, sql.format(pair.left.usage, pair.right.usage)) == [(1,)]
    session = Session(config.database)
    names = Names(Sides(session), config.decided)
    names.split(pair.left.usage, "not a slip after all")
    session.close()
    run(config)
    assert ask(config, sql.format(pair.left.usage, pair.right.usage)) == [(2,)]
