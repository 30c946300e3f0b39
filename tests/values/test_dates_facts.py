"""What a written date says and covers, fact by fact."""

from datetime import date

import pytest

from pipeline.values.dates import DateMention, parse_date, read_dates
from pipeline.values.edtf import date_sides, edtf_bounds, is_edtf, supports


def edtf(text: str, dated: str | None = None) -> list[str]:
    return [mention.edtf for mention in read_dates(text, dated=dated)]


@pytest.mark.parametrize(
    ("mention", "value", "says"),
    [
        ("XXXX-07-18", "2024-07-19", False),
        ("XXXX-07-18", "2024", False),
        ("2024", "2024-07", False),
        ("2024~", "2024", True),
        ("2024-07-18?", "2024-07-18", True),
    ],
)
def test_a_mention_says_a_value(mention: str, value: str, says: bool) -> None:
    assert supports(mention, value) is says


def test_the_closed_sides_of_a_value_carry_no_marks_of_doubt() -> None:
    assert date_sides("2026~/..") == ["2026"]
    assert date_sides("2024-07?/2025-XX") == ["2024-07", "2025"]


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("2023-24", date(2023, 12, 1), date(2024, 2, 29)),
        ("2024-24", date(2024, 12, 1), date(2025, 2, 28)),
        ("2024-21", date(2024, 3, 1), date(2024, 5, 31)),
        ("2024-22", date(2024, 6, 1), date(2024, 8, 31)),
        ("2024-23", date(2024, 9, 1), date(2024, 11, 30)),
        ("199X", date(1990, 1, 1), date(1999, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024/..", date(2024, 1, 1), None),
        ("../2024-06", None, date(2024, 6, 30)),
    ],
)
def test_first_and_last_day(value: str, low: date | None, high: date | None) -> None:
    assert edtf_bounds(value) == (low, high)


def test_an_interval_has_two_sides_at_most() -> None:
    assert not is_edtf("2020/2021/2022")
    assert is_edtf("2020/2021")


def test_an_interval_ends_no_earlier_than_it_begins() -> None:
    assert not is_edtf("2024-07-18/2024-07-17")
    assert is_edtf("2024-07-18/2024-07-18")


@pytest.mark.parametrize(
    ("text", "dated", "said"),
    [
        ("Last month they met", "2012-01-10", ["2011-12"]),
        ("Last month they met", "2012-12-10", ["2012-11"]),
        ("This month they met", "2012-12-10", ["2012-12"]),
        ("Last month they met", "2012", []),
        ("Next year they meet", "2012-12-10", ["2013"]),
        ("Today they met", "2012-12-10", ["2012-12-10"]),
    ],
)
def test_relative_dates(text: str, dated: str, said: list[str]) -> None:
    assert edtf(text, dated) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on 29 February they met", ["XXXX-02-29"]),
        ("on 30 February they met", ["XXXX-02"]),
        ("in the season 2021/22", ["2021/2022"]),
        ("in the paper 2021/20", ["2021"]),
        ("on 18 July 2024 they met", ["2024-07-18"]),
        ("the third quarter of 2024", ["2024-07/2024-09"]),
        ("in July they met", ["XXXX-07"]),
        ("28 December 2023 to 3 January 2024", ["2023-12-28/2024-01-03"]),
        ("28 October to 3 November 2024", ["2024-10-28/2024-11-03"]),
    ],
)
def test_each_date_is_read_once_and_whole(text: str, said: list[str]) -> None:
    assert sorted(edtf(text)) == sorted(said)


def test_a_day_without_a_year_is_no_value() -> None:
    assert read_dates("18 July") == [DateMention(0, 7, "XXXX-07-18")]
    with pytest.raises(ValueError, match="null"):
        parse_date("18 July")


def test_a_day_that_may_be_two_is_read_as_both_and_given_by_none() -> None:
    assert sorted(edtf("on 04/12/2024 they met")) == ["2024-04-12", "2024-12-04"]
    assert edtf("on 25/12/2024 they met") == ["2024-12-25"]
    with pytest.raises(ValueError, match="may be two days"):
        parse_date("04/12/2024")
