"""What a written number is worth, fact by fact."""

from decimal import Decimal

import pytest

from pipeline.values.numbers import parse_decimal, read_numbers


def readings(text: str) -> list[list[Decimal]]:
    return [sorted(mention.values) for mention in read_numbers(text)]


def numbers(*values: float) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5-6 million", [numbers(5, 5_000_000), numbers(6_000_000)]),
        ("5 thousand to 6 million", [numbers(5000), numbers(6_000_000)]),
        ("2.500.000 doses", [numbers(2_500_000)]),
        ("2.500,25 doses", [numbers(2500.25)]),
        ("4,25 doses", [numbers(4.25)]),
        ("4,250 doses", [numbers(4.25, 4250)]),
        ("2 million doses", [numbers(2_000_000)]),
        ("fell to -5 or (-6)", [numbers(-5), numbers(-6)]),
        ("十人", [numbers(10)]),
        ("十二人", [numbers(12)]),
        ("两百人", [numbers(200)]),
    ],
)
def test_the_readings_of_each_number(text: str, values: list[list[Decimal]]) -> None:
    assert readings(text) == values


def test_a_range_keeps_a_scale_and_a_percent_sign_of_its_own() -> None:
    first, second = read_numbers("5 % to 6 million")
    assert (first.percent, second.percent) == (True, False)
    assert first.values == {Decimal(5)}


def test_a_word_that_is_part_of_a_number_is_no_number_of_its_own() -> None:
    assert len(read_numbers("5十亿")) == 1
    assert len(read_numbers("3百万")) == 1


def test_an_ambiguous_number_is_taken_for_the_larger_one() -> None:
    assert parse_decimal("USD 1,500") == 1500


def test_several_numbers_are_no_value() -> None:
    with pytest.raises(ValueError, match="holds 2 numbers"):
        parse_decimal("2 of 3")


def test_a_value_is_smaller_than_what_the_database_cannot_hold() -> None:
    most = 10**22  # DECIMAL(28, 6)
    assert parse_decimal(most - 1) == most - 1
    for value in (most, -most, "1e999999999"):
        with pytest.raises(ValueError, match="no number this field can hold"):
            parse_decimal(value)


def test_true_is_no_number() -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_decimal(True)


def test_a_half_is_added() -> None:
    assert readings("two and a half million") == [numbers(2_500_000)]


@pytest.mark.parametrize(
    "text", ["1.2.3", "(1,234)", "27.12.2023", "1.2.3 million", "12 and 13", "½ ¼"]
)
def test_what_cannot_be_read_is_refused_and_its_parts_are_no_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="numbers"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("text", "value"), [("1,50,000", 150_000), ("1'250'000", 1_250_000), ("12,34,567", 1_234_567)]
)
def test_thousands_are_grouped_as_in_india_and_switzerland(text: str, value: int) -> None:
    assert parse_decimal(text) == value
