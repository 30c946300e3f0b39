"""The evaluator against runs whose scores are known."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.compare.claims import Claim, Value
from pipeline.evaluate.gold import Gold, Names, Negative
from pipeline.evaluate.judging import judged
from pipeline.evaluate.scoring import NUMBERS, Records, Scored, Values, as_seen, score
from tests.evaluate.damage import KNOWN, all_gold, as_run, damaged, gold_of

VALUES = ("right", "imprecise", "wrong", "omitted", "invented")


def records(scored: Scored) -> Records:
    total = Records()
    for found in scored.records.values():
        total.add(found)
    return total


def values(scored: Scored) -> Values:
    total = Values()
    for found in scored.values.values():
        total.add(found)
    return total


def shares(scored: Scored) -> tuple[float | None, ...]:
    found = records(scored)
    return found.precision, found.recall, found.f1, values(scored).f1


@pytest.mark.parametrize("gold", all_gold(), ids=lambda gold: gold.document.split("/")[-1])
def test_a_perfect_an_empty_a_doubled_and_a_shuffled_run(gold: Gold) -> None:
    perfect = [as_run(claim) for claim in gold.claims]
    required = len(gold.claims) - len(gold.optional)
    scored = score(gold, perfect, KNOWN)
    assert shares(scored) == (1.0, 1.0, 1.0, 1.0)
    assert records(scored) == Records(required, optional=len(gold.optional))
    assert not scored.asserted
    assert shares(score(gold, [], KNOWN)) == (None, 0.0, 0.0, None)
    doubled = score(gold, [*perfect, *(as_run(claim, "again") for claim in gold.claims)], KNOWN)
    assert shares(doubled) == (1.0, 1.0, 1.0, 1.0)
    assert records(doubled).repeated == len(gold.claims)
    shuffled = random.Random(1).sample(perfect, len(perfect))
    assert records(score(gold, shuffled, KNOWN)) == records(scored)
    assert score(gold, shuffled, KNOWN).values == scored.values


def test_a_thousand_damaged_runs_score_what_was_done_to_them() -> None:
    small = [gold_of(name) for name in ("protocol", "cold-chain", "massbridge", "car-t")]
    strangers = {
        gold.document: [
            claim for other in all_gold() if "yunhe" in other.document for claim in other.claims
            if claim.type in ("organisation", "agreement", "statement", "person")
        ]
        for gold in small
    }  # fmt: skip
    for seed in range(1000):
        gold = small[seed % len(small)]
        run = damaged(gold, strangers[gold.document], random.Random(seed))
        scored = score(gold, run.claims, KNOWN)
        told = records(scored)
        assert {n: getattr(told, n) for n in NUMBERS} == {n: run.records[n] for n in NUMBERS}, seed
        found = values(scored)
        assert {n: getattr(found, n) for n in VALUES} == {n: run.values[n] for n in VALUES}, seed


def claim(kind: str, quote: str, /, **given: str) -> Claim:
    told = tuple(Value(path.replace("__", "."), text, "quoted") for path, text in given.items())
    return Claim(f"{kind} {quote}", "d.txt", kind, (Value("", quote, "exact", quote),), told)


def gold(*claims: Claim, **changes: object) -> Gold:
    return replace(Gold("d.txt", "", claims, frozenset()), **changes)  # type: ignore[arg-type]


def test_either_of_two_names_that_are_one_counts() -> None:
    wanted = claim(
        "person", "Dr Ana Ruiz of Leeds Steel", name="Ana Ruiz", organisation="Leeds Steel Ltd"
    )
    given = claim("person", "Dr Ana Ruiz of Leeds Steel", name="Ana Ruiz", organisation="LSL")
    assert values(score(gold(wanted), [given], KNOWN)).wrong == 1
    same = (Names("organisation", ("Leeds Steel Ltd", "LSL")),)
    assert values(score(gold(wanted, same=same), [given], KNOWN)).wrong == 0
    # An organisation's record says so itself.
    own = claim(
        "organisation", "Leeds Steel Ltd (LSL)", name="Leeds Steel Ltd", **{"aliases[0]": "LSL"}
    )
    scored = score(gold(wanted, own), [given], KNOWN)
    assert scored.values["person", "organisation"] == Values(right=1)


def stake(holder: str, percent: str, at: int) -> dict[str, str]:
    return {f"stakes[{at}].holder": holder, f"stakes[{at}].percent": percent}


def test_a_negative_is_asserted_by_one_part_not_by_two() -> None:
    wrong = Negative("agreement", (("stakes.holder", "B"), ("stakes.percent", "50.1")), "", "A's")
    right = claim(
        "agreement",
        "A holds 50.1, B 49.9",
        subject="x",
        **stake("A", "50.1", 0),
        **stake("B", "49.9", 1),
    )
    assert not score(gold(right, negatives=(wrong,)), [right], KNOWN).asserted
    exchanged = claim("agreement", "A holds 50.1, B 49.9", subject="x", **stake("B", "50.1", 0))
    assert score(gold(right, negatives=(wrong,)), [exchanged], KNOWN).asserted == [
        (wrong, exchanged)
    ]
    elsewhere = replace(wrong, type="organisation")
    assert not score(gold(right, negatives=(elsewhere,)), [exchanged], KNOWN).asserted


@pytest.mark.parametrize(("path", "gold_text", "given", "verdict"), [
    ("signed", "2024-03-05", "2024", "imprecise"), ("signed", "2024", "2024-03", "imprecise"),
    ("signed", "2024-03-05", "2023", "wrong"), ("signed", "2024-03-05", "2024-03-05", "right"),
    ("status", "signed", "planned", "wrong"), ("parties.name", "Leeds Steel", "LEEDS STEEL", "right"),
    ("parties.name", "Leeds Steel", "York Steel", "wrong"),
    ("parties.name", "АО «Лидс Стил»", "Лидс Стил", "right"), ("parties.name", "Leeds Steel Ltd", "Leeds Steel (LS)", "right"),
    ("parties.name", "Leeds Steel", "Leeds Steel Works", "wrong"), ("amounts.value", "4200", "4200.0", "right"),
    ("amounts.value", "4200", "4300", "wrong"), ("subject", "supply of steel for the bridge", "supply of steel", "right"),
    ("subject", "supply of steel", "a loan to the town", "wrong"), ("subject", "supply of steel", "supply", "wrong"),
])  # fmt: skip
def test_values_are_judged_by_their_kind(
    path: str, gold_text: str, given: str, verdict: str
) -> None:
    assert judged(KNOWN.specs["agreement"][path], gold_text, given) == verdict


def test_what_analysts_do_not_see_does_not_count() -> None:
    doubted = claim("person", "Ana Ruiz", name="Ana Ruiz", title="mayor")
    doubted = replace(
        doubted, values=(doubted.values[0], replace(doubted.values[1], status="doubtful"))
    )
    seen = as_seen(doubted)
    assert seen is not None
    assert [v.path for v in seen.values] == ["name"]
    assert as_seen(replace(doubted, quotes=(Value("", "x", "missing", "x"),))) is None


def test_a_record_of_another_thing_is_invented_and_a_like_one_repeats() -> None:
    ana = claim("person", "Ana Ruiz, the head of works", name="Ana Ruiz", title="head of works")
    again = claim("person", "Ana Ruiz said", name="Ana Ruiz")
    ben = claim("person", "Ben Hill said", name="Ben Hill")
    scored = score(gold(ana), [ana, again, ben], KNOWN)
    assert scored.records["person"] == Records(found=1, invented=1, repeated=1)
    assert scored.invented == [ben]
    assert scored.of == {ana.id: ana.id, again.id: ana.id}
    # What another reader marks optional is not held against it.
    other = score(gold(ana), [ana, ben], KNOWN, frozenset({ben.id}))
    assert other.records["person"] == Records(found=1)


def test_the_shares() -> None:
    found = Records(found=6, omitted=2, invented=4)
    assert (found.precision, found.recall, found.f1) == (0.6, 0.75, 12 / 18)
    told = Values(right=6, imprecise=1, wrong=1, omitted=2, invented=4)
    assert (told.accuracy, told.precision, told.recall) == (0.75, 0.5, 0.6)
    assert told.f1 == 12 / 22
    assert list(NUMBERS) == list(Records.__dataclass_fields__)
