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
    "|since|с|по|1/2|3/4|0|:|(|)|тыс.|k|9.4|2°"
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
