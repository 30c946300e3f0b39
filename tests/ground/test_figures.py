"""Which figure belongs to which field, and sums as one claim."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.activities import Activity
from schemas.agreements import Agreement
from schemas.assets import Indicator
from tests.blank import blank, evidence_of, grounded, told


def indicator(value: float, unit: str | None, **more: Any) -> Indicator:
    return blank(Indicator, measure="output", value=value, unit=unit, **more)


@pytest.mark.parametrize(
    ("text", "value", "unit", "status"),
    [
        ("In 2024 they made 12 vials.", 12, "vials", "quoted"),
        ("In 2024 they made 12 vials.", 2024, "vials", "conflict"),  # a year is no figure
        ("On 12 April they made 30 vials.", 12, "vials", "conflict"),
        ("They made 2000 doses.", 2000, "doses", "quoted"),  # and four digits are not always a year
        ("Order No. 14-2 names 30 vials.", 14, "vials", "conflict"),  # the number of a paper
        ("Under 22-93-5.21 they made 30 vials.", 93, "vials", "conflict"),
        ("They made 12 vials in 30 plants.", 30, "vials", "conflict"),  # another noun's
        ("They made 12 vials in 30 plants.", 30, "plants", "quoted"),
        ("They got 12 vials for USD 30 each.", 30, "vials", "conflict"),
        ("Of the 34 funds five are closed.", 5, "funds", "quoted"),  # whose noun goes without saying
        ("It made 3.1 million vials; its capacity is 8 million a year.", 8_000_000, "vials", "quoted"),
        ("It takes nine to twelve months.", 9, "months", "quoted"),
        ("Prices rose by 12 to 40 per cent.", 12, "%", "quoted"),
        ("Imports were 63.5 % in 12 plants.", 63.5, "plants", "conflict"),  # a share counts nothing
        ("Imports were 63.5 % in 12 plants.", 63.5, "%", "quoted"),
        ("Output fell by a factor of 20.", 20, None, "quoted"),
        ("In 2024 it fell by a factor of 20.", 2024, None, "conflict"),
        ("Of the 34 funds five closed.", 5, "funds", "quoted"),
        ("Imports were 63.5 % of it.", 63.5, "plants", "conflict"),
        ("В 2024 году выпустили 12 партий.", 2024, "партий", "conflict"),
        ("2024年生产12批次疫苗。", 2024, "批次", "conflict"),
    ],
)  # fmt: skip
def test_a_figure_belongs_to_what_it_counts(
    text: str, value: float, unit: str | None, status: str
) -> None:
    assert told(text, indicator(value, unit), "value")[0] == status


def test_a_number_in_a_name_is_no_figure() -> None:
    text = "Vacina Livre 2020 was made by Otrar 7 in 12 plants."
    record = blank(
        Activity, description="was made in plants", actors=["Otrar 7"], quantity=7, unit="plants"
    )
    assert told(text, record, "quantity")[0] == "conflict"
    record = blank(Activity, description="fell by a factor", actors=["Otrar 7"], quantity=7)
    assert told("Otrar 7 fell by a factor of 20.", record, "quantity")[0] == "conflict"


def stakes(*held: tuple[str, float]) -> Agreement:
    parts = [
        {"holder": holder, "asset": "JPH Bioneva", "percent": percent} for holder, percent in held
    ]
    return blank(Agreement, subject="the venture", stakes=parts)


@pytest.mark.parametrize(
    ("held", "doubted"),
    [
        ((("JPH", 50.1), ("Bioneva", 49.9)), set()),
        ((("JPH", 49.9), ("Bioneva", 50.1)), {"stakes[0].percent", "stakes[1].percent"}),
    ],
)
def test_a_stake_belongs_to_the_holder_before_it(
    held: tuple[tuple[str, float], ...], doubted: set[str]
) -> None:
    text = "JPH holds 50.1 % of JPH Bioneva and Bioneva 49.9 % of the venture."
    record = stakes(*held).model_copy(update={"evidence": [text]})
    assert {p for p in grounded(text, record).doubted if "percent" in p} == doubted


def test_one_figure_is_not_both_ends_of_a_range() -> None:
    record = indicator(5, "plants", value_high=5)
    assert told("They run 5 plants.", record, "value_high")[0] == "conflict"
    record = indicator(5, "plants", value_high=6)
    assert told("They run 5 to 6 plants.", record, "value_high")[0] == "quoted"


def summed(text: str, value: float | None, currency: str | None, written: str) -> dict[str, str]:
    amount = {"kind": "grant", "value": value, "currency": currency, "text": written, "qualifier": "exact",
              "basis": "ambiguous", "stage": "committed", "payer": None, "recipient": None}  # fmt: skip
    record = blank(Agreement, subject="the sum", amounts=[amount], evidence=[text])
    found = grounded(f"{text}\n\nThe end.", record)
    return {
        name: evidence_of(found, f"amounts[0].{name}").status
        for name in ("value", "currency", "text")
    }


@pytest.mark.parametrize(
    ("text", "value", "currency", "written", "wrong"),
    [
        ("They pay EUR 5 million and USD 7,000,000.", 5e6, "EUR", "EUR 5 million", set()),
        ("They pay EUR 5 million and USD 7,000,000.", 7e6, "EUR", "EUR 5 million", {"value"}),
        ("They pay EUR 5 million and USD 7,000,000.", 5e6, "USD", "EUR 5 million", {"currency"}),
        (
            "They pay EUR 5 million and USD 7,000,000.",
            7e6,
            "USD",
            "EUR 5 million",
            {"value", "currency"},
        ),
        ("They pay 5 million euros.", 5e6, "EUR", "5 million", set()),
        ("They pay 5 million euros, or USD 6 million.", 5e6, "USD", "5 million", {"currency"}),
        ("Платят 4,2 млрд тенге.", 4.2e9, "KZT", "4,2 млрд тенге", set()),
        ("基金总规模1.8亿美元。", 1.8e8, "USD", "1.8亿美元", set()),
    ],
)
def test_a_sum_is_one_claim(
    text: str, value: float, currency: str, written: str, wrong: set[str]
) -> None:
    statuses = summed(text, value, currency, written)
    assert {name for name, status in statuses.items() if status == "conflict"} == wrong
