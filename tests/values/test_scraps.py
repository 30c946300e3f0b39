"""No mixture of words, digits of any script, marks and signs makes a reader of values fail."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values.dates import parse_date, read_dates
from pipeline.values.fractions import read_shares
from pipeline.values.months import month_of
from pipeline.values.numbers import parse_decimal, read_numbers
from pipeline.values.places import parse_country, parse_currency, towns_in

SCRAPS = (
    "in|out of|из|von|aus|sur|²|²¹|¹|½|¼|⅓|①|Ⅻ|㈠|٣|٢٣|๓|十|百万|1|12|3,5|1.000|two|три|drei|2024|May|мая|3月|№"
    "|,|.|-|–|%|‰|million|млн|亿|half a|third|every|jede|fünfte|USD|€|₸|5th|第|Q2|квартал|first|stage|from|to|до|от"
    "|since|с|по|1/2|3/4|0|:|(|)|тыс.|k|9.4|2°|İ|ı|ſ|WİNTER|ſecond|FİFTH|APRİL|перᲀое|×10^|·10|⁹⁹|百分之|分之|成|点五"
    "|twenty-|-five|1⁄2|⅞|٫|99999999999999999999999999"
).split("|")
TEXTS = st.lists(st.tuples(st.sampled_from(SCRAPS), st.sampled_from(["", " "])), max_size=9).map(
    lambda parts: "".join(scrap + blank for scrap, blank in parts)
)


@given(TEXTS)
def test_values_are_read_from_any_text(text: str) -> None:
    for read in (read_numbers, read_dates):
        for mention in read(text):
            assert 0 <= mention.start < mention.end <= len(text)
    for share in read_shares(text):
        assert 0 < share.ratio <= 1
    list(towns_in(text, "KZ"))


@given(TEXTS)
def test_what_is_no_value_raises_nothing_but_value_error(text: str) -> None:
    for parse in (parse_date, parse_decimal, parse_country, parse_currency):
        with suppress(ValueError):
            parse(text)


@pytest.mark.parametrize("mark", ["²", "²¹", "①"])
def test_a_raised_mark_is_no_number(mark: str) -> None:
    """As an endnote mark between two words: "by a factor of 20.²¹ In 2015"."""
    assert [s.ratio for s in read_shares(f"fell.{mark} in two of three years")] == []
    assert month_of(mark) is None


def test_a_share_is_read_beside_a_raised_mark() -> None:
    assert [s.ratio for s in read_shares("² in two, one in five")] == [Decimal(1) / 5]


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("FİRST quarter of 2024", "2024-01/2024-03"),
        ("WİNTER 2024", "2024-24"),
        ("ſecond of May 2024", "2024-05-02"),
        ("the ſixties", "196X"),
        ("12 APRİL 2024", "2024-04-12"),
        ("5 aprıl 2024", "2024-04-05"),
        ("20 маем 2024", "2024-05-20"),
        ("20٢٤-01-05", "2024-01-05"),
    ],
)
def test_letters_and_digits_that_stand_for_others_make_the_same_date(text: str, edtf: str) -> None:
    assert edtf in [m.edtf for m in read_dates(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("HALF OF A MİLLİON", 500_000),
        ("٣٫٥ million", 3_500_000),
        ("१२३ doses", 123),
        ("5⅞ inches", Decimal("5.875")),
        ("1⁄2", Decimal("0.5")),
        ("2×10⁹ cells", 2_000_000_000),
        ("百分之1234567890123456789012345", Decimal("1234567890123456789012345")),
        ("9" * 24 + "成", Decimal("9" * 24 + "0")),
    ],
)
def test_numbers_of_any_script_and_size_are_read(text: str, value: Decimal | int) -> None:
    assert any(value in mention.values for mention in read_numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        "7·10^1000000",
        "2×10⁹⁹⁹⁹⁹⁹⁹",
        "2×10 ¹²³⁴⁵⁶⁷",
        "5·10^" + "9" * 4301,
        "一" * 4301 + "点五",
        "三分之" + "9" * 26,
    ],
)
def test_a_number_beyond_all_bounds_is_none_that_a_field_holds(text: str) -> None:
    read_numbers(text)
    with pytest.raises(ValueError):
        parse_decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        "-".join(["ab"] * 1100),  # each way to part a word was tried, 26 parts took a minute
        "-".join("twenty five and a half of that which is left over from one to ten".split() * 3),
        "9" * 30_000,
        "half of it " * 20_000,
        "no one " * 20_000,
    ],
)
def test_reading_takes_no_longer_than_the_text(text: str) -> None:
    """Not timed: what these were like did not end while anybody waited."""
    read_numbers(text)
    read_dates(text)


def test_what_has_no_month_has_no_day() -> None:
    for text in ("12 Aprxl 2024", "31 xpril 2024"):
        assert all(m.edtf in ("2024", "XXXX") for m in read_dates(text))
    with pytest.raises(ValueError, match="is no"):
        parse_date("2024-31")
