"""Where a quote stands, fact by fact."""

import pytest

from pipeline.ground import align
from pipeline.ground.align import TextIndex, locate_all

ACCEPTED = ("exact", "normalised", "fuzzy")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The fund holds 20亿 in all", "The fund holds 20"),
        ("It paid 4,25 in all", "25 in all"),
        ("It paid 4,25 in all", "It paid 4"),
        ("It paid 4.25 in all", "25 IN ALL"),
        ("They paid ½ of it", "They paid 1"),
        ("A change of -5 million", "5 million"),
        ("the unsigned paper", "SIGNED PAPER"),
    ],
)
def test_part_of_a_number_or_word_is_not_found(text: str, quote: str) -> None:
    span = TextIndex(text).locate(quote)
    assert span.status not in ACCEPTED or text[span.start : span.end] == "5 million"


def test_a_quote_with_punctuation_around_it_keeps_the_point_of_its_number() -> None:
    assert TextIndex("They paid 5 million then").locate(".5 million.").status not in ACCEPTED
    assert TextIndex("They paid 5 million then").locate("-5 million.").status not in ACCEPTED
    assert TextIndex("They paid 5 million then").locate("(paid 5 million)").status == "normalised"


def test_a_pull_quote_is_found_only_where_the_text_has_none() -> None:
    text = "The fund was set up here.\n\nMore text. The fund was set up here. Only here aside."
    second = text.rindex("The fund was")
    index = TextIndex(text, set_aside=[(second, len(text))])
    assert index.locate("The fund was set up here", near=(second - 5, len(text))).start == 0
    assert index.locate("Only here aside").start == text.index("Only")
    first = TextIndex(text, set_aside=[(0, 25)])
    assert first.locate("The fund was set up here").start == second


def test_a_place_that_sticks_out_of_the_passage_is_outside() -> None:
    index = TextIndex("Go on. Go on. It ends.")
    assert index.locate("Go on.", near=(0, 10), beside=13).start == 0
    assert index.locate("Go on.", near=(0, 13), beside=13).start == 7
    assert index.locate("Go on.", near=(2, 13)).start == 7


def test_case_that_makes_another_word_is_a_conflict() -> None:
    assert TextIndex("It was made by us in May.").locate("made by US in May").status == "conflict"
    assert TextIndex("It was made by us in May.").locate("Made by us in May").status == "normalised"
    assert TextIndex("MADE BY US IN MAY").locate("Made by us in May").status == "normalised"


def test_chinese_characters_count_twice_for_a_near_match() -> None:
    text = "双方在北京共同签署合作协议。"
    assert TextIndex(text).locate("双方在北京不共同签署").status == "conflict"
    assert TextIndex("abc of the xyz").locate("abc of xyz").status == "missing"


def test_a_short_quote_has_no_near_match() -> None:
    assert TextIndex("We sold the cow.").locate("sold a cow").status == "missing"
    assert TextIndex("We sold the brown cow.").locate("sold a brown cow").status == "fuzzy"


def test_near_matches_in_a_huge_document_are_sought_in_the_passage_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(align, "MAX_FUZZY_TEXT", 100)
    here, there = "Nothing of the kind is here. ", "The partners agreed to a plan. "
    text = here * 5 + there
    index = TextIndex(text)
    quote = "The partners agreed to the plan"
    assert index.locate(quote, near=(0, len(here))).status == "missing"
    assert index.locate(quote, near=(len(text) - len(there), len(text))).status == "fuzzy"


def test_a_near_match_elsewhere_goes_before_a_conflict_in_the_passage() -> None:
    conflict = "The partners agreed to a plan of 6 plants. "
    text = conflict + conflict.replace("6", "5")
    quote = "The partners agreed to the plan of 5 plants."
    assert TextIndex(conflict).locate(quote).status == "conflict"
    span = TextIndex(text).locate(quote, near=(0, len(conflict)))
    assert span.status == "fuzzy"
    assert span.start is not None
    assert span.start >= len(conflict)


def test_a_value_is_found_only_in_the_range_asked_for() -> None:
    text = "Orion here. Orion there."
    index = TextIndex(text)
    assert index.find_folded("orion", (11, len(text))) == (12, 17)
    assert index.find_folded("orion", (5, 12)) is None


def test_blanked_endnote_marks_keep_every_offset() -> None:
    text = "A point here.1 A second one.2 A third one.3 A fourth one.4 The end."
    masked = TextIndex(text).masked
    assert len(masked) == len(text)
    assert masked.index("The end") == text.index("The end")
    assert "4" not in masked


def test_a_quote_with_several_places_does_not_say_where_the_others_belong() -> None:
    text = "It rained. Orion won. A gap of many words here. It rained. The only one. It rained."
    spans = locate_all(TextIndex(text), ["Orion won.", "It rained.", "The only one."])
    assert spans[1].start == 0
    spans = locate_all(TextIndex(text), ["It rained.", "The only one."])
    assert spans[0].start in (text.index("It rained", 20), text.rindex("It rained"))


def test_a_near_match_is_trimmed_to_the_words_of_the_quote() -> None:
    text = "Surely, they said, the partners agreed to a plan yesterday in town."
    span = TextIndex(text).locate("the partners agreed to the plan")
    assert text[span.start : span.end] == "the partners agreed to a plan"


def test_words_written_with_a_hyphen_are_found_across_a_line_end() -> None:
    text = "It is a three-\nyear plan of the bio-\ntechnology centre."
    assert TextIndex(text).locate("a three-year plan").status == "normalised"
    assert TextIndex(text).locate("the biotechnology centre").status == "normalised"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("当社は武田薬品工業とサノフィの提携を発表した。", "武田薬品工業とサノフィ"),
        ("当社は武田薬品工業とサノフィの提携を発表した。", "サノフィの提携"),
        ("当社は武田薬品\n工業とサノ\nフィの提携を発表した。", "武田薬品工業とサノフィの提携"),
        ("삼성바이오로직스는 화이자와 계약을 체결했다.", "삼성바이오로직스"),
        ("삼성바이오로직스는 화이자와 계약을 체결했다.", "화이자와 계약"),
        ("บริษัทลงนามข้อตกลงกับไฟเซอร์ในปี 2564", "ลงนามข้อตกลง"),
    ],
)
def test_a_word_ends_anywhere_in_scripts_that_write_no_spaces(text: str, quote: str) -> None:
    span = TextIndex(text).locate(quote)
    assert span.status in ("exact", "normalised")
    assert text[span.start : span.end].replace("\n", "") == quote
