"""Which texts support a value, fact by fact, and what becomes of a record's evidence."""

from array import array
from dataclasses import replace
from decimal import Decimal
from math import nan

import pytest

from pipeline import kinds
from pipeline.domain import Document, Extraction, GroundedRecord, Passage, Region, Reply
from pipeline.ground.align import TextIndex
from pipeline.ground.verify import Check, check_value, ground_extraction
from pipeline.kinds.kind import Kind, Scene
from pipeline.records import Record
from schemas.actors import Organisation
from tests.answers import HALCYON


def check(
    text: str,
    support: Kind,
    value: object,
    quotes: tuple[str, ...] = (),
    passage: str | None = None,
    dated: str | None = None,
) -> tuple[str, str | None]:
    """The status of a value and the slice of the text that it was found at."""
    places = tuple((text.index(q), text.index(q) + len(q)) for q in quotes or (text,))
    inside = text if passage is None else passage
    text += "\n\nThe end."  # so that neither quote nor passage is the whole document
    start = text.index(inside)
    scene = Scene(TextIndex(text, dated), places, (start, start + len(inside)))
    found: Check = check_value(scene, support, value)
    return found.status, None if found.place is None else text[slice(*found.place)]


@pytest.mark.parametrize(
    ("text", "dated", "value", "status"),
    [
        ("They signed on 4 March.", None, "1891-03-04", "conflict"),
        ("They signed on 4 March.", "1891-06", "1891-03-04", "context"),
        ("They signed on 4 March.", "1892-06", "1891-03-04", "conflict"),
        ("In 1891 it rained. They signed on 4 March.", None, "1891-03-04", "quoted"),
        ("In 1892 it rained. They signed on 4 March.", None, "1891-03-04", "conflict"),
    ],
)
def test_a_day_without_a_year_needs_the_year_beside_it_or_the_documents_own(
    text: str, dated: str | None, value: str, status: str
) -> None:
    assert check(text, kinds.DATE, value, dated=dated)[0] == status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("2021/2024", "quoted"),
        ("2021/2025", "conflict"),
        ("2020/2024", "conflict"),
        ("2021/..", "quoted"),
        ("../2020", "conflict"),
    ],
)
def test_both_ends_of_an_interval_must_be_written(value: str, status: str) -> None:
    text = "The plan runs from May 2021 until June 2024."
    assert check(text, kinds.DATE, value)[0] == status


def test_a_relative_date_counts_in_a_quote_of_a_dated_document() -> None:
    text = "A note. Last month they met. The end."
    quotes = ("Last month they met.",)
    told = check(text, kinds.DATE, "2011-04", quotes, dated="2011-05-16")
    assert told == ("context", "Last month")
    assert check(text, kinds.DATE, "2011-04", quotes)[0] == "absent"


@pytest.mark.parametrize(
    ("support", "value", "found"),
    [(kinds.DATE, "2024-02-16", "16 February 2024"), (kinds.NUMBER, Decimal(5000), "5,000")],
)
def test_a_value_is_placed_where_its_quote_stands(support: Kind, value: object, found: str) -> None:
    text = "A long beginning. They paid 5,000 on 16 February 2024. The end."
    quotes = ("They paid 5,000 on 16 February 2024.",)
    assert check(text, support, value, quotes) == ("quoted", found)


def test_the_passage_is_looked_at_before_the_rest_of_the_document() -> None:
    text = "Orion is here.\n\nA quote. Orion, of the passage."
    start = text.index("A quote")
    scene = Scene(TextIndex(text), ((start, start + len("A quote.")),), (start, len(text)))
    found = check_value(scene, kinds.NAME, "Orion")
    assert found == Check("elsewhere", (text.rindex("Orion"), text.rindex("Orion") + 5))


def test_what_stands_outside_the_passage_is_elsewhere() -> None:
    text = "Orion is here.\n\nA quote."
    assert check(text, kinds.NAME, "Orion", ("A quote.",), "A quote.")[0] == "elsewhere"


def test_two_quotes_may_say_a_phrase_together() -> None:
    text = "A supply of goods. Then some words. They made an agreement."
    quotes = ("A supply of goods.", "They made an agreement.")
    assert check(text, kinds.WORDS, "supply agreement", quotes)[0] == "quoted"


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ("The fund holds 50 shares.", "50", "absent"),
        ("The fund holds 50 % of it.", "50", "quoted"),
        ("JPH holds 50.1 % and Bioneva 49.9.", "49.9", "quoted"),
    ],
)
def test_a_percentage_needs_a_percent_sign_beside_it(text: str, value: str, status: str) -> None:
    assert check(text, kinds.PERCENT, Decimal(value))[0] == status


def test_a_percent_sign_elsewhere_in_the_document_is_not_beside_a_number() -> None:
    text = "They own 50 plants.\n\nOutput rose by 7 %.\n\nA quote."
    assert check(text, kinds.PERCENT, Decimal(50), ("A quote.",), "A quote.")[0] == "absent"


def test_a_number_with_a_percent_sign_goes_before_one_without() -> None:
    text = "Of 50 plants, 50 % closed."
    assert check(text, kinds.PERCENT, Decimal(50)) == ("quoted", "50 %")


def test_only_a_percentage_speaks_against_a_percentage() -> None:
    assert check("They own 7 plants.", kinds.PERCENT, Decimal(50))[0] == "absent"
    assert check("They own 7 % of it.", kinds.PERCENT, Decimal(50)) == ("conflict", "7 %")
    assert check("They own 7 plants.", kinds.NUMBER, Decimal(50)) == ("conflict", "7")


def test_the_numbers_of_a_summary_must_stand_in_its_passage() -> None:
    text = "There are 7 plants.\n\nThe two firms will work together."
    passage = "The two firms will work together."
    said = "both companies build 7 factories"
    assert check(text, kinds.GIST, said, (passage,), passage)[0] == "conflict"
    assert check(text, kinds.GIST, said, (passage,))[0] == "inferred"


def test_a_phrase_needs_its_numbers_and_not_their_digits_alone() -> None:
    text = "They paid 2 million for half of 3 billion shares."
    assert check(text, kinds.WORDS, "paid 2 billion")[0] == "absent"
    assert check(text, kinds.WORDS, "paid for 2 million")[0] == "quoted"


def test_a_phrase_needs_each_of_its_words() -> None:
    assert check("A supply agreement.", kinds.WORDS, "supply contract")[0] == "absent"


def test_a_word_of_a_phrase_may_differ_in_its_ending_and_no_more() -> None:
    assert check("Agreements of supply.", kinds.WORDS, "supply agreement")[0] == "quoted"
    assert check("He is agreeable to supply.", kinds.WORDS, "supply agreement")[0] == "absent"
    assert check("An intern of supply.", kinds.WORDS, "supply international")[0] == "absent"


def test_a_russian_name_may_differ_in_its_ending_and_no_more() -> None:
    assert check("Встреча с Казаховым прошла.", kinds.NAME, "Казахов")[0] == "quoted"
    assert check("Казахстанский завод открыт.", kinds.NAME, "Казах")[0] == "absent"


def test_an_endnote_mark_is_not_part_of_a_number_in_a_quote() -> None:
    text = "Begin. One point.1 A second.2 A third.3 Output fell by a factor of 20.4 So it went."
    quotes = ("Output fell by a factor of 20.4 So it went.",)
    assert check(text, kinds.NUMBER, Decimal(20), quotes)[0] == "quoted"
    assert check(text, kinds.NUMBER, Decimal("20.4"), quotes)[0] == "conflict"


TEXT = "The Ruritania Fund is a company from France. It isn't a bank of 5 plants."


def organisation(**values: object) -> Organisation:
    empty = {"speaker": None, "country": None, "legal_form": None, "aliases": []}
    base = {"evidence": ["x"], "realis": "actual", "name": "Ruritania Fund", "kind": "fund"}
    return Organisation.model_validate(empty | base | values)


def ground(record: Record, document: Document | None = None) -> GroundedRecord:
    document = document or Document("doc_1", "x.txt", TEXT, "text/1", 1, "utf-8")
    passage = Passage("p", document.id, 0, 0, len(document.text))
    extraction = Extraction(passage, "actors", Reply("k", "m", "{}", "stop"), (record,))
    return ground_extraction(document, TextIndex(document.text), extraction)[0]


def test_a_record_whose_only_quote_is_in_conflict_is_not_grounded() -> None:
    grounded = ground(organisation(evidence=["It is a bank of 5 plants."]))
    assert grounded.evidence[0].status == "conflict"
    assert not grounded.grounded


def test_absent_and_conflicting_values_are_doubted() -> None:
    absent = ground(organisation(evidence=["The Ruritania Fund is a company"], country="DE"))
    assert absent.doubted == ("country",)
    assert [e.status for e in absent.evidence if e.field == "country"] == ["absent"]


def test_a_quote_keeps_what_the_model_wrote_where_the_text_differs() -> None:
    grounded = ground(organisation(evidence=["the RURITANIA fund is a company", "from France"]))
    assert [(e.quote, e.value) for e in grounded.evidence[:2]] == [
        ("The Ruritania Fund is a company", "the RURITANIA fund is a company"),
        ("from France", None),
    ]


def test_a_value_scores_100_only_where_it_stands() -> None:
    grounded = ground(organisation(evidence=["from France"], country="DE"))
    scores = {e.field: (e.status, e.score) for e in grounded.evidence if e.field}
    assert scores["name"] == ("elsewhere", 100.0)
    assert scores["country"] == ("absent", 0.0)
    assert scores["kind"] == ("inferred", 0.0)


def test_record_ids_name_the_document_and_the_type() -> None:
    record = organisation(evidence=["from France"])
    other = Document("doc_2", "y.txt", TEXT, "text/1", 1, "utf-8")
    assert ground(record).id != ground(record, other).id

    class Fund(Organisation):
        """The same fields under another name."""

    alike = Fund.model_validate(record.model_dump())
    assert ground(record).id != ground(alike).id


def test_evidence_carries_layer_page_place_and_rectangles() -> None:
    boxes = array("f")
    for index, letter in enumerate(TEXT):
        drawn = (10.0 * index, 0.0, 10.0 * index + 8, 12.0)
        boxes.extend((nan, nan, nan, nan) if letter == " " else drawn)
    regions = (Region(0, len(TEXT), "table", 3, "table 1, row 2, cell 3"),)
    document = Document("d", "x", TEXT, "pdf/1", 1, "", regions=regions, boxes=boxes)
    quote = ground(organisation(evidence=["Ruritania Fund"]), document).evidence[0]
    assert (quote.layer, quote.page, quote.place) == ("table", 3, "table 1, row 2, cell 3")
    start = 10.0 * TEXT.index("Ruritania")
    (box,) = quote.boxes
    assert (box.page, box.left, box.right) == (3, start, start + 138)
    assert replace(quote, boxes=()).start == TEXT.index("Ruritania")
    value = next(
        e
        for e in ground(organisation(evidence=["Ruritania Fund"]), document).evidence
        if e.field == "name"
    )
    assert (value.layer, value.page, value.boxes) == ("table", 3, quote.boxes)


def test_the_tiny_subjects_example_is_what_its_text_says() -> None:
    assert check(HALCYON["evidence"][0], kinds.DATE, HALCYON["sank"])[0] == "quoted"
