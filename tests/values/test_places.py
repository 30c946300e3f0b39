import pytest

from pipeline.values.places import (
    country_of_place,
    country_pattern,
    currency_pattern,
    parse_country,
    parse_currency,
    towns_in,
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("KZ", "KZ"),
        ("Kazakhstan", "KZ"),
        ("Казахстан", "KZ"),
        ("哈萨克斯坦", "KZ"),
        ("uk", "GB"),
        ("Chinese", "CN"),
        ("俄罗斯", "RU"),
    ],
)
def test_parses_countries(name: str, code: str) -> None:
    assert parse_country(name) == code


@pytest.mark.parametrize("name", ["XX", "Atlantis", "EU", ""])
def test_refuses_what_is_no_country(name: str) -> None:
    with pytest.raises(ValueError, match="alpha-2"):
        parse_country(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("USD", "USD"),
        ("$", "USD"),
        ("тенге", "KZT"),
        ("美元", "USD"),
        ("рублей", "RUB"),
        ("kzt", "KZT"),
    ],
)
def test_parses_currencies(name: str, code: str) -> None:
    assert parse_currency(name) == code


@pytest.mark.parametrize("name", ["beans", "", "US"])
def test_refuses_what_is_no_currency(name: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        parse_currency(name)


@pytest.mark.parametrize(
    ("code", "text", "there"),
    [
        ("FR", "the French company", True),
        ("FR", "французская компания", True),
        ("FR", "法国公司", True),
        ("FR", "in Finland", False),
        ("US", "they told us", False),
        ("US", "made in the US", True),
        ("US", "the U.S. market", True),
        ("KZ", "Республики Казахстан", True),
        ("RU", "в Российской Федерации", True),
        ("IN", "in the industry", False),
        ("DK", "по данным ведомства", False),
        ("KR", "коренной перелом", False),
        ("IN", "индивидуальный подход", False),
        ("GE", "Georgia State University", False),
        ("US", "Latin American markets", False),
        ("US", "an American company", True),
        ("IN", "поставки из Индии", True),
    ],
)
def test_countries_in_a_text(code: str, text: str, there: bool) -> None:
    assert bool(country_pattern(code).search(text)) is there


@pytest.mark.parametrize(
    ("code", "text", "there"),
    [
        ("USD", "150 млн долларов США", True),
        ("CNY", "20亿元人民币", True),
        ("KZT", "4,2 млрд тенге", True),
        ("EUR", "neuron", False),
    ],
)
def test_currencies_in_a_text(code: str, text: str, there: bool) -> None:
    assert bool(currency_pattern(code).search(text)) is there


def test_a_town_lies_in_one_country_if_no_other_has_a_comparable_one() -> None:
    assert country_of_place("Moscow") == "RU"  # that of Idaho is far smaller
    assert country_of_place("Samara") == "RU"  # others are called so beside their own names
    assert country_of_place("Cambridge") is None
    assert country_of_place("Massachusetts") == "US"
    assert country_of_place("Georgia") is None
    assert country_of_place("Elsewhere") is None


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("a plant in Cambridge", "GB", []),
        ("a plant in Samara", "RU", ["Samara"]),
        ("a plant in Moscow", "US", []),
        ("акимат Павлодарской области", "KZ", ["Павлодарской"]),
        ("акимат Жамбылской области", "KZ", ["Жамбылской"]),  # in Latin letters alone
        ("обучение в Лионе", "FR", ["Лионе"]),
        ("赴杭州总部考察", "CN", ["杭州"]),
        ("University of March, Union Deal", "GB", []),
    ],
)
def test_towns_of_a_country_in_a_text(text: str, country: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in towns_in(text, country)] == found
