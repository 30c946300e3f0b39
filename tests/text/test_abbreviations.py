import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.abbreviations import find_abbreviations


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("talks with the French company Boehme Animal Health (hereinafter – BAH) began", "BAH", "Boehme Animal Health"),
        ("the National Centre for Cell Technologies (NCCT) opened", "NCCT", "National Centre for Cell Technologies"),
        ("Yunhe Gene Group Co., Ltd. (hereinafter - YGG), a group", "YGG", "Yunhe Gene Group Co., Ltd."),
        ("Волжский федеральный университет (далее — ВФУ) ведёт", "ВФУ", "Волжский федеральный университет"),
        ("в Национальном центре. Национальный центр клеточных технологий (НЦКТ) принял", "НЦКТ", "Национальный центр клеточных технологий"),
        ("由云合基因集团股份有限公司（以下简称“云合集团”）参与", "云合集团", "云合基因集团股份有限公司"),
        ("gross domestic product (GDP) rose", "GDP", "gross domestic product"),
    ],
)  # fmt: skip
def test_finds_the_definition(text: str, short: str, long: str) -> None:
    assert (short, long) in [(a.short, a.long) for a in find_abbreviations(text)]


@pytest.mark.parametrize(
    "text",
    [
        "the plan (2024) was",
        "she agreed (see above)",
        "in May (Monday) they met",
        "a test (XYZ) of words",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert find_abbreviations(text) == []


@given(st.text(alphabet="abAB (),.-далее—ВФ云合简称“”\n", max_size=120))
def test_definitions_stand_in_the_text(text: str) -> None:
    for found in find_abbreviations(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.long in text
        assert found.short in text
