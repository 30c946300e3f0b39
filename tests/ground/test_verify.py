"""Each kind of value against a text that says it, says it elsewhere, says another, or says nothing."""

from decimal import Decimal

import pytest

from pipeline import kinds
from pipeline.domain import Document, Extraction, Passage, Reply
from pipeline.ground.align import TextIndex
from pipeline.ground.verify import check_value, ground_extraction
from pipeline.kinds.kind import Kind, Scene
from schemas.agreements import Agreement

TEXT = (
    "On 16 February 2024 the French company Rheinhardt signed a supply agreement worth 4,2 млрд тенге with Saryarka."
    " JPH holds 50.1 % and Bioneva 49.9 %. Волжским федеральным университетом создан центр. Output fell by a factor of 20."
    "\n\nA second part: the Finnish side paid USD 5 million in March 2023. 2024年7月18日启用实验室。"
)
FIRST = (0, TEXT.index("\n\n"))
QUOTE = (0, TEXT.index(" JPH"))


@pytest.mark.parametrize(
    ("support", "value", "status"),
    [
        (kinds.NAME, "Rheinhardt", "quoted"),
        (kinds.NAME, "RHEINHARDT", "quoted"),
        (kinds.NAME, "Bioneva", "elsewhere"),
        (kinds.NAME, "Волжский федеральный университет", "elsewhere"),
        (kinds.NAME, "Rhein", "absent"),
        (kinds.NAME, "Fermion", "absent"),
        (kinds.WORDS, "agreement of supply", "quoted"),
        (kinds.WORDS, "purchase agreement", "absent"),
        (kinds.GIST, "a supply agreement was signed", "quoted"),
        (kinds.GIST, "the two firms will work together", "inferred"),
        (kinds.GIST, "a deal about 7 plants", "conflict"),
        (kinds.DATE, "2024-02-16", "quoted"),
        (kinds.DATE, "2024-02", "quoted"),
        (kinds.DATE, "2024-07-18", "elsewhere"),
        (kinds.DATE, "2024-02-17", "conflict"),
        (kinds.DATE, "2023-03", "elsewhere"),
        (kinds.NUMBER, Decimal(4_200_000_000), "quoted"),
        (kinds.NUMBER, Decimal(5_000_000), "elsewhere"),
        (kinds.NUMBER, Decimal(4_200_000), "conflict"),
        (kinds.PERCENT, Decimal("49.9"), "elsewhere"),
        (kinds.PERCENT, Decimal("48.9"), "absent"),
        (kinds.CURRENCY, "KZT", "quoted"),
        (kinds.CURRENCY, "USD", "elsewhere"),
        (kinds.CURRENCY, "EUR", "conflict"),
        (kinds.COUNTRY, "FR", "quoted"),
        (kinds.COUNTRY, "FI", "elsewhere"),
        (kinds.COUNTRY, "DE", "absent"),
        (kinds.CHOICE, "signed", "inferred"),
    ],
)
def test_field_statuses(support: Kind, value: object, status: str) -> None:
    check = check_value(Scene(TextIndex(TEXT), (QUOTE,), FIRST), support, value)
    assert check.status == status


def agreement(**values: object) -> Agreement:
    empty = dict.fromkeys(
        (
            "title",
            "response",
            "signed",
            "announced",
            "effective",
            "ends",
            "place",
            "country",
            "follows",
            "speaker",
        )
    )
    lists = {name: [] for name in ("components", "parties", "products", "technologies", "territories", "stages", "amounts",
                                   "stakes", "instruments", "unnamed_parties")}  # fmt: skip
    base = {
        "evidence": ["x"],
        "realis": "actual",
        "form": "unspecified",
        "status": "signed",
        "subject": "supply",
    }
    return Agreement.model_validate(empty | lists | base | values)


def ground(record: Agreement, text: str = TEXT):
    document = Document("doc_1", "x.txt", text, "text/1", 1, "utf-8")
    passage = Passage("p", "doc_1", 0, 0, len(text))
    extraction = Extraction(passage, "agreements", Reply("k", "m", "{}", "stop"), (record,))
    return ground_extraction(document, TextIndex(text), extraction)[0]


def test_every_accepted_quote_and_place_is_a_slice_of_the_text() -> None:
    record = agreement(
        evidence=["signed a supply agreement worth 4,2 млрд тенге"], signed="2024-02-16"
    )
    grounded = ground(record)
    assert grounded.grounded
    for evidence in grounded.evidence:
        if evidence.start is not None:
            assert TEXT[evidence.start : evidence.end] == evidence.quote


def test_an_invented_record_is_kept_but_not_grounded() -> None:
    grounded = ground(
        agreement(evidence=["An agreement that nobody wrote about at all"], signed="2031")
    )
    assert not grounded.grounded
    assert "signed" in grounded.doubted
    assert grounded.evidence[0].status == "missing"


def test_doubt_names_the_path_inside_lists() -> None:
    stake = {"holder": "JPH", "asset": "Bioneva", "percent": 61}
    grounded = ground(agreement(evidence=["JPH holds 50.1 % and Bioneva 49.9 %"], stakes=[stake]))
    assert "stakes[0].percent" in grounded.doubted
    assert "stakes[0].holder" not in grounded.doubted


def test_an_endnote_mark_is_not_part_of_a_number() -> None:
    text = "A first point.1 A second one.2 A third.3 Output fell by a factor of 20.4 So it went."
    scene = Scene(TextIndex(text), ((0, len(text)),), (0, len(text)))
    assert check_value(scene, kinds.NUMBER, Decimal(20)).status == "quoted"
    assert check_value(scene, kinds.NUMBER, Decimal("20.4")).status == "conflict"


def test_ids_depend_on_content_alone() -> None:
    record = agreement(evidence=["signed a supply agreement"])
    assert ground(record).id == ground(record).id
    assert (
        ground(record).id
        != ground(agreement(evidence=["signed a supply agreement"], realis="planned")).id
    )
