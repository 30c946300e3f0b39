from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values.numbers import parse_decimal, read_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("USD 2 billion", 2_000_000_000),
        ("4,2 млрд тенге", 4_200_000_000),
        ("20亿美元", 2_000_000_000),
        ("1500万美元", 15_000_000),
        ("1,500 units", 1500),
        ("1 000 000 doses", 1_000_000),
        ("two mobile laboratories", 2),
        ("двух лабораторий", 2),
        ("EUR 5\nmillion", 5_000_000),
        ("5-6 mln doses", 5_000_000),
        ("порядка 18 млн доз", 18_000_000),
        ("half of 2.5 thousand", 2500),
        ("about two and a half times", "2.5"),
        ("two and a half million doses", 2500000),
        ("eighteen million doses", 18_000_000),
        ("twenty-five hospitals", 25),
        ("十二亿元", 1_200_000_000),
        ("一亿二千万元", 120_000_000),
        ("一万二千亿元", 1_200_000_000_000),
        ("三十五万亿元", 35_000_000_000_000),
        ("二〇二四", 2024),
        ("一百零五", 105),
        ("1亿2000万元", 120_000_000),
        ("1 млрд 200 млн рублей", 1_200_000_000),
        ("2 млн 350 тыс. доз", 2_350_000),
        ("1 billion 200 million doses", 1_200_000_000),
        ("一千五百万美元", 15_000_000),
        ("fell by −5 %", -5),
    ],
)
def test_reads_the_value(text: str, value: int) -> None:
    assert any(Decimal(value) in mention.values for mention in read_numbers(text))


@pytest.mark.parametrize(
    ("text", "percent"),
    [("50.1 %", True), ("22 per cent", True), ("49,9%", True), ("70 processes", False)],
)
def test_knows_percentages(text: str, percent: bool) -> None:
    assert read_numbers(text)[0].percent is percent


def test_a_range_shares_scale_and_percent_sign() -> None:
    first, second = read_numbers("between 12 and 40 per cent")
    assert first.percent
    assert second.percent


def test_a_sign_is_part_of_a_number_and_a_range_is_none() -> None:
    assert [
        sorted(map(int, m.values)) for m in read_numbers("at −20 or 2–8 degrees, in COVID-19")
    ] == [[-20], [2], [8], [19]]
    assert parse_decimal("−5") == -5
    assert Decimal(5) not in read_numbers("changed by −5 %")[0].values


@pytest.mark.parametrize("value", [1e30, "twelve or so", "2 of 3", True, "nan", "inf", None, [1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_decimal(value)


@given(st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False, allow_infinity=False))
def test_a_written_number_reads_back(value: Decimal) -> None:
    assert parse_decimal(str(value)) == value
    assert any(value in mention.values for mention in read_numbers(f"about {value} doses"))


@given(st.integers(min_value=0, max_value=10**11))
def test_thousands_separators_read_back(value: int) -> None:
    for written in (f"{value:,}", f"{value:,}".replace(",", " ")):
        assert any(Decimal(value) in mention.values for mention in read_numbers(f"x {written} y"))


@given(st.text(max_size=200))
def test_offsets_are_inside_the_text(text: str) -> None:
    for mention in read_numbers(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.values


def test_the_parts_of_one_number_are_no_numbers_of_their_own() -> None:
    (whole,) = read_numbers("约1亿2000万元")
    assert whole.values == {Decimal(120_000_000)}
    assert [m.values for m in read_numbers("5 million, 200 thousand")] == [
        {Decimal(5_000_000)},
        {Decimal(200_000)},
    ]
    assert len(read_numbers("2 thousand 5 million")) == 2
    assert len(read_numbers("2 million 5 doses")) == 2
