from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values.dates import parse_date, read_dates
from pipeline.values.edtf import edtf_bounds, is_edtf, supports

RU = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("on 18 July 2024", "2024-07-18"),
        ("On July 18, 2024,", "2024-07-18"),
        ("in March 2024", "2024-03"),
        ("14 марта 2024 года", "2024-03-14"),
        ("в октябре 2019 г.", "2019-10"),
        ("мая 2024", "2024-05"),
        ("2024年3月14日", "2024-03-14"),
        ("2024年7月", "2024-07"),
        ("7月18日", "XXXX-07-18"),
        ("27.12.2023", "2023-12-27"),
        ("From September 18 to 20, 2024", "2024-09-18/2024-09-20"),
        ("с 18 по 20 сентября 2024 года", "2024-09-18/2024-09-20"),
        ("24 February - 3 March 2024", "2024-02-24/2024-03-03"),
        ("February 24 – March 3, 2024", "2024-02-24/2024-03-03"),
        ("Between 2021 and 2024", "2021/2024"),
        ("(2024–2025)", "2024/2025"),
        ("2021/22", "2021/2022"),
        ("the first quarter of 2020", "2020-01/2020-03"),
        ("во втором квартале 2024 года", "2024-04/2024-06"),
        ("2024年第一季度", "2024-01/2024-03"),
        ("осенью 2024 года", "2024-23"),
        ("since the 1990s", "199X"),
        ("2024 жылғы 12 наурыздағы № 45 бұйрық", "2024-03-12"),
        ("2024 жылдың қыркүйегінде", "2024-09"),
        ("12 желтоқсан 2024 ж.", "2024-12-12"),
        ("2024 жылғы 1 қарашадан", "2024-11-01"),
        ("2024 жылдың мамыр айында", "2024-05"),
        ("2024 жылы Қазан қаласында саммит өтті", "2024"),
        ("2024 жылы Мамыржанов келді", "2024"),
    ],
)
def test_reads_the_date(text: str, edtf: str) -> None:
    assert edtf in [mention.edtf for mention in read_dates(text)]


@pytest.mark.parametrize(
    "text", ["No. 22-93-5.21", "clause 1.11", "No. 383/1", "letters PR-505", "page 14-03/518"]
)
def test_document_numbers_are_no_dates(text: str) -> None:
    assert read_dates(text) == []


@pytest.mark.parametrize(
    ("text", "edtf"),
    [("Last month they met", "2011-04"), ("в прошлом году", "2010"), ("今年", "2011")],
)
def test_relative_dates_need_a_dated_document(text: str, edtf: str) -> None:
    assert edtf in [mention.edtf for mention in read_dates(text, dated="2011-05-16")]
    assert edtf not in [mention.edtf for mention in read_dates(text)]


@pytest.mark.parametrize(
    "value",
    [
        "2024",
        "2024-07",
        "2024-07-18",
        "2021/2024",
        "2026~/..",
        "../2020",
        "199X",
        "2024-23",
        "2024?",
    ],
)
def test_edtf_is_kept(value: str) -> None:
    assert parse_date(value) == value


@pytest.mark.parametrize(
    "value",
    ["2024-02-30", "2023-02-29", "2024-13", "soon", "", "2024/2021", "..", "2024-07-18/2024-07-01"],
)
def test_what_is_no_date_is_refused(value: str) -> None:
    assert not is_edtf(value)
    with pytest.raises(ValueError, match=r"null|ends before"):
        parse_date(value)


@pytest.mark.parametrize(
    ("mention", "value", "says"),
    [
        ("2024-03-14", "2024-03-14", True),
        ("2024-03-14", "2024-03", True),
        ("2024-03", "2024-03-14", False),
        ("2024-03-14", "2024-04", False),
        ("2024-09-18/2024-09-20", "2024-09-20", True),
        ("XXXX-07-18", "2024-07-18", True),
    ],
)
def test_a_date_says_itself_and_what_is_less_precise(mention: str, value: str, says: bool) -> None:
    assert supports(mention, value) is says


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_every_way_of_writing_a_day_reads_back(day: date) -> None:
    forms = [
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {RU[day.month - 1]} {day.year} года",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%d.%m.%Y}",
        day.isoformat(),
    ]
    for form in forms:
        assert [m.edtf for m in read_dates(f"They met on {form} there.")] == [day.isoformat()], form
        assert parse_date(form) == day.isoformat()


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 1, 1)), st.integers(0, 400))
def test_bounds_of_an_interval(day: date, length: int) -> None:
    end = day + timedelta(days=length)
    assert edtf_bounds(f"{day}/{end}") == (day, end)
    low, high = edtf_bounds(f"{day:%Y-%m}")
    assert low is not None
    assert high is not None
    assert low <= day <= high
    assert (high + timedelta(days=1)).day == 1


@given(st.text(max_size=200), st.sampled_from([None, "2011-05-16", "2020"]))
def test_offsets_are_inside_the_text(text: str, dated: str | None) -> None:
    for mention in read_dates(text, dated=dated):
        assert 0 <= mention.start < mention.end <= len(text)


@given(st.text(max_size=30))
def test_bounds_raise_nothing_but_value_error(text: str) -> None:
    with suppress(ValueError):
        edtf_bounds(text)
