import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers import read_document
from pipeline.text.folding import endnote_marks, fold, fold_text
from tests.conftest import DOCUMENTS


@given(st.text(max_size=200))
def test_every_folded_character_knows_its_origin(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origins)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin < len(text) for origin in folded.origins)


@given(st.text(max_size=100))
def test_folding_again_changes_nothing(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once


@given(st.text(alphabet="abcЖя é“”—-\n合作12", max_size=60), st.integers(0, 59), st.integers(1, 10))
def test_a_folded_range_comes_back_to_source_offsets(text: str, at: int, length: int) -> None:
    folded = fold(text)
    if at + length <= len(folded.text):
        start, end = folded.to_source(at, at + length)
        assert 0 <= start < end <= len(text)
        assert folded.text[at] in fold_text(f"x{text[start : start + 1]}x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The “First”\nPhase", 'the "first" phase'),
        ("co\u00adoperation", "cooperation"),
        ("bio-\ntechnology", "biotechnology"),
        ("oﬃce — ﬁnance", "office - finance"),
        ("the **bold** claim", "the bold claim"),
        ("2024 年 7 月", "2024年7月"),
        ("基金，规模", "基金,规模"),
        ("№\u00a05", "no 5"),
        ("| Fill and finish | 31 December 2025 |", "Fill and finish 31 December 2025"),
    ],
)
def test_the_same_words_fold_alike(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(
    ("one", "other"), [("й", "и"), ("10⁶", "106"), ("unable", "able"), ("2.5", "25"), ("−5", "5")]
)
def test_different_words_fold_apart(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


def test_endnote_marks_are_told_from_numbers() -> None:
    text = read_document(DOCUMENTS / "policy-report-sino-russian-biotech.txt").text
    marked = [(text[max(0, s - 12) : s], text[s:e]) for s, e in endnote_marks(text)]
    assert len(marked) == 40
    assert [mark for _, mark in marked[:4]] == ["1", "2", "3", "4"]
    assert ("factor of 20.", "21")[1] in [mark for before, mark in marked if before.endswith("20.")]
    assert all(before[-1] != "," for before, _ in marked)


@pytest.mark.parametrize(
    "text",
    ["It grew by 2.5 and 3.7 and 4.1 per cent.", "COVID-19 and SARS-2", "v1.1 v1.2", "No notes."],
)
def test_numbers_without_order_are_no_marks(text: str) -> None:
    assert endnote_marks(text) == []
