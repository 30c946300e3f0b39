"""Joined names and deals, intervals, and how an evaluation is told."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pipeline.compare.claims import Claim, Value
from pipeline.evaluate.gold import Gold, Names
from pipeline.evaluate.identity import Joined, claims_joined, names_joined
from pipeline.evaluate.intervals import difference, interval
from pipeline.evaluate.measured import Measured, agreement
from pipeline.evaluate.scoring import Records, Scored, Values
from pipeline.evaluate.told import as_json, as_markdown, as_text, compared, listed, tables
from tests.evaluate.damage import FOLDER, KNOWN, all_gold


def entities(**of: str) -> dict[tuple[str, str], frozenset[str]]:
    return {("organisation", name): frozenset(found.split()) for name, found in of.items()}


def test_names_that_are_one_and_such_that_are_not() -> None:
    gold = Gold(
        "d", "", (), frozenset(),
        same=(Names("organisation", ("a", "b", "c")), Names("organisation", ("unknown", "a"))),
        different=(Names("organisation", ("a", "x")), Names("organisation", ("b", "y"))),
    )  # fmt: skip
    (joined,) = names_joined(gold, entities(a="1", b="1", c="2", x="3", y="1")).values()
    assert (joined.together, joined.parted, joined.mixed, joined.apart) == (1, 2, 1, 1)
    assert joined.pairwise_f1 == 2 / (2 + 2 + 1)
    # Members: a, b, c of one; a alone in the second group; x; y.
    assert joined.members == 6
    assert names_joined(gold, {}) == {"organisation": Joined()}


def test_claims_about_one_deal() -> None:
    of = {"r1": "g1", "r2": "g1", "r3": "g2", "r4": "g3"}
    kinds = dict.fromkeys(of, "agreement")
    joined = claims_joined(of, {"r1": "e1", "r2": "e1", "r3": "e1", "r4": "e2"}, kinds)["agreement"]
    assert (joined.together, joined.parted, joined.mixed, joined.apart) == (1, 0, 2, 3)
    # B³ by hand: r1 and r2 stand in a cluster of three that holds both of their two.
    assert joined.clean == pytest.approx(2 / 3 + 2 / 3 + 1 / 3 + 1)
    assert joined.whole == 4
    precision, recall = joined.clean / 4, joined.whole / 4
    assert joined.b3_f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_intervals_hold_the_share_and_are_the_same_each_time() -> None:
    counts = [(8.0, 10.0), (5.0, 10.0), (9.0, 12.0), (1.0, 4.0)]
    low, high = interval(counts) or (0, 0)
    assert 0.25 <= low < 23 / 36 < high <= 0.8
    assert interval(counts) == (low, high)
    assert interval(counts[:1]) is None
    assert interval([(0.0, 0.0), (0.0, 0.0)]) is None
    assert interval([(3.0, 4.0)] * 9) == (0.75, 0.75)


def test_a_difference_beyond_chance_and_one_within() -> None:
    before = [(5.0, 10.0), (4.0, 10.0), (6.0, 10.0), (5.0, 10.0)]
    better = [(above + 3, below) for above, below in before]
    low, high = difference(before, better) or (0, 0)
    assert low == pytest.approx(0.3)
    assert high == pytest.approx(0.3)
    mixed = [
        (above + change, 10.0) for (above, _), change in zip(before, (3, -3, 2, -2), strict=True)
    ]
    low, high = difference(before, mixed) or (0, 0)
    assert low < 0 < high


def scored(document: str, found: int, invented: int, *, wrong: int = 0) -> Scored:
    record = Claim("r", document, "person", (Value("", "Ana\x1b[2J | Ruiz", "exact"),), ())
    return Scored(
        document,
        {"person": Records(found=found, omitted=1, invented=invented)},
        {("person", "title"): Values(right=found, wrong=wrong)},
        invented=[record] * invented,
        negatives=2,
    )


@pytest.fixture
def measured() -> Iterator[Measured]:
    yield Measured("run_1", [scored("a", 5, 3), scored("b", 6, 2, wrong=2), scored("c", 4, 4)])


def test_it_is_told_in_every_form(measured: Measured) -> None:
    found = [*tables(measured), *listed(measured)]
    narrow, wide = as_text(found, 60), as_text(found, 160)
    for text in (narrow, wide, as_markdown(found)):
        assert "71.4\u00a0%" in text  # F1 of 15 found, 9 invented, 3 left out
        assert "\x1b" not in text
    assert max(map(len, narrow.split("\n"))) <= 60
    assert "Ana\ufffd[2J \\| Ruiz" in as_markdown(found)
    told = json.loads(as_json(measured))
    assert told["figures"]["record_f1"] == pytest.approx(30 / 42)
    assert told["types"]["person"]["invented"] == 9
    assert told["fields"]["person.title"]["wrong"] == 2


def test_what_a_change_brings_is_told_with_its_chance(measured: Measured) -> None:
    after = Measured("run_2", [scored("a", 5, 0), scored("b", 6, 0), scored("c", 4, 1)])
    rows = {row[0]: row for row in compared(measured, after).rows}
    assert rows["record_f1"][-1] == "better"
    assert rows["record_f1"][1:3] == ("71.4\u00a0%", "88.2\u00a0%")
    assert {row[-1] for row in compared(measured, measured).rows} == {"within chance"}
    mixed = Measured("run_3", [scored("a", 5, 0), scored("b", 6, 6), scored("c", 4, 1)])
    assert {row[-1] for row in compared(measured, mixed).rows if row[0] == "record_f1"} == {
        "within chance"
    }
    rows = {row[0]: row for row in compared(after, measured).rows}
    assert rows["record_f1.person"][-1] == "worse"


def test_two_readers_of_one_document_are_the_ceiling() -> None:
    found = agreement(all_gold(), all_gold(FOLDER / "second"), KNOWN)
    assert len(found.scored) == 2
    assert found.figures()["record_f1"] > 0.9
    assert found.figures()["value_accuracy"] > 0.9
