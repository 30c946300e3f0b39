"""Which words name a country or currency, fact by fact."""

import pytest

from pipeline.values.places import (
    any_currency_pattern,
    country_pattern,
    currency_pattern,
    parse_country,
    parse_currency,
)


def test_a_currency_code_is_in_capitals() -> None:
    assert currency_pattern("TRY").search("paid TRY 5")
    assert not currency_pattern("TRY").search("they try 5 times")
    assert not any_currency_pattern().search("they try 5 times")


def test_a_currency_in_a_word_is_none() -> None:
    assert not currency_pattern("EUR").search("an amateuro of neurons")
    assert not currency_pattern("UZS").search("the sums of it")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Republic of Kazakhstan", "KZ"),
        ("Российская Федерация", "RU"),
        ("Республика Казахстан", "KZ"),
        ("el", "GR"),
        ("UK", "GB"),
    ],
)
def test_long_names_and_common_codes(name: str, code: str) -> None:
    assert parse_country(name) == code


@pytest.mark.parametrize("name", ["EU", "ZZ", "UN"])
def test_a_union_is_no_country(name: str) -> None:
    with pytest.raises(ValueError, match="no country"):
        parse_country(name)


def test_a_university_of_georgia_is_not_the_country() -> None:
    assert country_pattern("GE").search("a plant in Georgia")
    assert not country_pattern("GE").search("Georgia Tech of Atlanta")


def test_the_yuan_sign_of_a_price_is_a_currency() -> None:
    assert parse_currency("元") == "CNY"
    assert currency_pattern("CNY").search("20亿元")
    assert not currency_pattern("CNY").search("元首")
