"""What folds to the same text and what counts as an endnote mark, fact by fact."""

import pytest

from pipeline.text.folding import endnote_marks, fold, fold_text


def marks(text: str) -> list[str]:
    return [text[start:end] for start, end in endnote_marks(text)]


def test_three_numbers_in_order_are_no_endnote_marks() -> None:
    three = "A point here.1 A second one.2 A third one.3 The end."
    assert marks(three) == []
    assert marks(f"{three} A fourth.4 The end.") == ["1", "2", "3", "4"]


def test_endnote_marks_may_skip_up_to_five_numbers() -> None:
    text = "A point here.1 A second one.2 A third one.3 A later one.9 The last.10 The end."
    assert marks(text) == ["1", "2", "3", "9", "10"]


def test_labels_in_order_are_no_endnote_marks() -> None:
    assert marks("There are v1 and v2 and v3 and v4 and v5 here.") == []


def test_square_metres_are_no_endnote_marks() -> None:
    assert marks("It has 500 m² and 20 km² of land, said one.²") == ["²"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("всё", "все"), ("ЁЛКА", "елка"), ("a|b", "a b"), ("*bold* word", "bold word")],
)
def test_these_fold_alike(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(("one", "other"), [("1*8", "18"), ("a_b", "ab"), ("½", "12")])
def test_these_fold_apart(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


def test_a_hyphen_at_a_line_end_is_kept_on_demand() -> None:
    assert fold_text("three-\nyear") == "threeyear"
    assert fold("three-\nyear", keep_hyphens=True).text == "three-year"


def test_a_range_that_ends_inside_one_source_character_splits_it() -> None:
    folded = fold("a ½ b")
    at = folded.text.index("1")
    assert folded.splits_a_character(at, at + 1)
    assert not folded.splits_a_character(at, at + 3)
    assert folded.to_source(at, at + 3) == (2, 3)
