"""Every kind of value: parsed, found, contradicted, the same, its columns; and kinds that a subject brings."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import kinds
from pipeline.errors import DossierError
from pipeline.ground.align import TextIndex
from pipeline.ground.verify import Check, check_value
from pipeline.kinds.kind import Kind, Scene
from pipeline.subject import load_subject
from pipeline.text.abbreviations import find_abbreviations
from tests.answers import SUBJECT

TEXT = "In June 2017 the Finnish firm Lahtela (Finland) sold 50.1 % of 2 million vials for EUR 5 million, the third largest."
INDEX = TextIndex(TEXT)
WHOLE = [(0, len(TEXT))]

EXAMPLES: dict[
    str, tuple[Any, Any, Any]
] = {  # as given, as kept, another that the text contradicts or has not
    "name": ("Lahtela", "Lahtela", "Fermia"),
    "words": ("2 million vials", "2 million vials", "3 million vials"),
    "gist": ("sold vials", "sold vials", "bought a bank"),
    "date": ("June 2017", "2017-06", "2018-06"),
    "number": ("2 million", Decimal(2_000_000), Decimal(7)),
    "percent": ("50.1 %", Decimal("50.1"), Decimal(7)),
    "rank": ("3", Decimal(3), Decimal(4)),
    "currency": ("€", "EUR", "USD"),
    "country": ("Finland", "FI", "SE"),
    "choice": ("signed", "signed", "draft_sent"),
}


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.name)
def test_a_kind_parses_finds_and_tells_apart(kind: Kind) -> None:
    given, kept, other = EXAMPLES[kind.name]
    assert kind.parse(given) == kept
    assert kind.same(kept, kept)
    assert not kind.same(kept, other)
    assert kind.words(kept)
    place = kind.find(INDEX, kept, WHOLE)
    assert (place is not None) == kind.is_literal
    assert kind.find(INDEX, other, WHOLE) is None
    assert kind.columns[0].suffix == ""
    assert kind.columns[0].of(kept) == kept


@pytest.mark.parametrize(
    ("name", "rival"),
    [("date", "June 2017"), ("currency", "EUR"), ("percent", "50.1 %"), ("number", "50.1 %")],
)
def test_another_value_of_the_kind_speaks_against_one(name: str, rival: str) -> None:
    kind = next(k for k in kinds.KINDS if k.name == name)
    found = kind.rival(INDEX, EXAMPLES[name][2], WHOLE)
    # A year is read as a number too, and stands first; what matters is that something speaks against it.
    assert found is not None
    assert name == "number" or TEXT[slice(*found)] == rival


def test_a_date_makes_its_bounds() -> None:
    columns = {c.suffix: c for c in kinds.DATE.columns}
    assert [str(columns[s].of("2017-06/..")) for s in ("", "_lo", "_hi")] == [
        "2017-06/..",
        "2017-06-01",
        "None",
    ]
    assert columns["_lo"].comment.format("signed") == "First day of `signed`."


def look(text: str, quote: str, kind: Kind, value: Any, **more: Any) -> Check:
    start = text.index(quote)
    scene = Scene(
        TextIndex(text, more.pop("dated", None)),
        ((start, start + len(quote)),),
        (0, len(text)),
        **more,
    )
    return check_value(scene, kind, value)


def test_a_form_of_a_name_that_the_document_defines_counts() -> None:
    text = "The National Centre for Cells (NCC) opened. Later NCC grew. The Other Fund closed."
    definitions = tuple(find_abbreviations(text))
    found = look(
        text, "Later NCC grew.", kinds.NAME, "National Centre for Cells", definitions=definitions
    )
    assert (found.status, found.reason) == ("context", "definition")
    assert found.place is not None
    assert text[slice(*found.place)] == "National Centre for Cells"
    assert (
        look(text, "Later NCC grew.", kinds.NAME, "Other Fund", definitions=definitions).status
        == "elsewhere"
    )
    assert (
        look(
            text,
            "The Other Fund closed.",
            kinds.NAME,
            "National Centre for Cells",
            definitions=definitions,
        ).status
        == "elsewhere"
    )


@pytest.mark.parametrize(
    ("text", "value", "told"),
    [
        ("Emil Gareev leads it. Mr Gareev agreed at once.", "Emil Gareev", ("context", "full_name")),
        ("Murat Ospanov leads it. Marat Ospanov is another. Ospanov agreed at once.", "Murat Ospanov", ("elsewhere", None)),
        ("Saryarka Biopharm Holding JSC grew. Saryarka Biopharm agreed at once.", "Saryarka Biopharm Holding JSC", ("context", "full_name")),
        ("Polaris Pharm JSC grew. Polaris Bank agreed at once.", "Polaris Pharm JSC", ("elsewhere", None)),
        ("Polaris Pharm JSC grew. Polaris-Nova agreed at once.", "Polaris Pharm JSC", ("elsewhere", None)),
        ("Nova Group grew. The Group agreed at once.", "Nova Group", ("elsewhere", None)),
    ],
)  # fmt: skip
def test_a_full_name_counts_where_the_quotes_have_a_part_that_nobody_else_bears(
    text: str, value: str, told: tuple[str, str | None]
) -> None:
    quote = text[text.rindex(". ", 0, -1) + 2 :]
    found = look(text, quote, kinds.NAME, value)
    assert (found.status, found.reason) == told
    assert found.place is not None
    assert text[slice(*found.place)] == value


def test_a_heading_above_counts() -> None:
    text = "Plants in Olinda\n\nThey fill vials. The bank of Lisbon."
    heads = ((0, len("Plants in Olinda")),)
    found = look(text, "They fill vials.", kinds.WORDS, "Olinda", heads=heads)
    assert (found.status, found.reason) == ("context", "heading")
    assert look(text, "They fill vials.", kinds.WORDS, "Lisbon", heads=heads).status == "elsewhere"


@pytest.mark.parametrize(
    ("text", "country", "told"),
    [
        ("The Finnish company Lahtela grew. Lahtela sold vials.", "FI", ("context", "own_record")),
        ("Korea Plasma of Seoul grew, and so did Lahtela of Seoul. Lahtela sold vials.", "KR", ("context", "own_record")),
        ("Lahtela grew. A Finnish bank closed. Lahtela sold vials.", "FI", ("elsewhere", None)),
        ("Lahtela grew with the Finnish bank. Lahtela sold vials.", "FI", ("elsewhere", None)),
        ("Lahtela of Hyderabad grew. Lahtela sold vials.", "IN", ("absent", None)),  # a town of two countries
        ("Lahtela of Hyderabad grew. Lahtela sold vials.", "PK", ("absent", None)),
        ("In Turku it grew. Lahtela sold vials.", "FI", ("absent", None)),  # in no quote
    ],
)  # fmt: skip
def test_a_country_counts_beside_the_name_that_it_is_claimed_for(
    text: str, country: str, told: tuple[str, str | None]
) -> None:
    found = look(text, "Lahtela sold vials.", kinds.COUNTRY, country, owners=("Lahtela",))
    assert (found.status, found.reason) == told


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        (
            "Lahtela sold vials for many years to whoever came to its hall in Turku.",
            ("context", "place"),
        ),
        ("Lahtela sold vials to a bank in Lisbon from its seat in Turku.", ("absent", None)),
        ("Lahtela sold vials to the Korean bank from its seat in Turku.", ("absent", None)),
        ("Lahtela sold vials.", ("absent", None)),
    ],
)
def test_a_town_in_the_quotes_tells_the_country_if_no_other_stands_there(
    quote: str, told: tuple[str, str | None]
) -> None:
    found = look(f"{quote} The end.", quote, kinds.COUNTRY, "FI", owners=("Lahtela",))
    assert (found.status, found.reason) == told
    # What has neither a seat nor a place, such as a person, is not helped by it.
    assert look(f"{quote} The end.", quote, kinds.COUNTRY, "FI").status == "absent"


@pytest.mark.parametrize(
    ("place", "status"),
    [("hall in Turku", "context"), ("the hall", "absent"), ("Lisbon", "absent")],
)
def test_a_town_in_the_place_of_a_record_tells_its_country(place: str, status: str) -> None:
    quote = "They met in Turku, far from Lisbon."
    found = look(f"{quote} The end.", quote, kinds.COUNTRY, "FI", places=(place,))
    assert found.status == status
    elsewhere = look(
        "They met. It was in Turku.", "They met.", kinds.COUNTRY, "FI", places=(place,)
    )
    assert elsewhere.status == "absent"


@pytest.mark.parametrize(
    ("quote", "dated", "value", "told"),
    [
        ("Last month they met.", "2011-05-16", "2011-04", ("context", "document_date")),
        ("Last month they met.", "2011-05-16", "2011-05", ("conflict", None)),
        (
            "Over the last five years they grew.",
            "2024-07",
            "2019/2024",
            ("context", "document_date"),
        ),
        ("近五年累计投入20亿元。", "2024-07-25", "2019/2024", ("context", "document_date")),
        ("They met on 18 July.", "2024-07", "2024-07-18", ("context", "document_date")),
    ],
)
def test_a_relative_date_counts_from_the_documents(
    quote: str, dated: str, value: str, told: tuple[str, str | None]
) -> None:
    found = look(f"A note. {quote}", quote, kinds.DATE, value, dated=dated)
    assert (found.status, found.reason) == told


class _Bad(Kind):
    name = "name"


class _Nameless(Kind):
    pass


class _Bare(Kind):
    name = "bare"
    columns = ()


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ([_Bad()], "two kinds are named 'name'"),
        ([_Nameless()], "a kind without a name"),
        ([_Bare()], "'bare' has no column"),
        (["hull"], "is no kind"),
    ],
)
def test_a_bad_kind_is_told_in_one_line(brought: list[Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        kinds.check_kinds(brought)


def test_a_subject_with_a_bad_kind_is_refused_by_name(tmp_path: Path) -> None:
    shutil.copytree(SUBJECT, tmp_path / "ships")
    schemas = tmp_path / "ships" / "schemas" / "__init__.py"
    schemas.write_text(schemas.read_text() + "\nKINDS = (IMO_NUMBER, IMO_NUMBER)\n")
    with pytest.raises(DossierError, match="two kinds are named 'imo_number'"):
        load_subject(tmp_path / "ships")


def test_the_tiny_subject_brings_a_kind_of_its_own() -> None:
    (wreck,) = load_subject(SUBJECT).record_types
    module = __import__("sys").modules[wreck.__module__]
    kind = module.IMO_NUMBER
    assert kind.parse("imo 907-4729") == "IMO 9074729"
    with pytest.raises(ValueError, match="is no IMO number"):
        kind.parse("IMO 9074720")  # its last digit checks the others
    text = "The Halcyon (IMO: 9074729) went down. The end."
    assert (
        look(text, "The Halcyon (IMO: 9074729) went down.", kind, "IMO 9074729").status == "quoted"
    )
    assert look(text, "The end.", kind, "IMO 9074729").status == "elsewhere"


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("the second-largest market", 2), ("the largest market", 1), ("the 3rd largest", 3), ("a place: number 12", 12),
        ("второй по величине рынок", 2), ("крупнейший рынок", 1), ("第二大市场", 2), ("der drittgrößte, der dritte Markt", 3),
        ("le deuxième marché", 2), ("世界最大的市场", 1), ("Das größte Werk", 1), ("首家企业", 1), ("третий завод", 3), ("ең үлкен екінші нарық", 2),
    ],
)  # fmt: skip
def test_a_rank_is_an_ordinal_or_its_number(text: str, rank: int) -> None:
    assert look(text, text, kinds.RANK, Decimal(rank)).status == "quoted"
    assert look(text, text, kinds.RANK, Decimal(rank + 3)).status != "quoted"


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("the third largest market", 1), ("the second-largest market", 1), ("Во вторник подписали", 2),
        ("one third of the doses", 3), ("第二大市场", 1),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_rank(text: str, rank: int) -> None:
    assert look(text, text, kinds.RANK, Decimal(rank)).status != "quoted"


@pytest.mark.parametrize("given", ["0", "1.5", "-2", "x", "3000000000"])
def test_what_is_no_rank(given: str) -> None:
    with pytest.raises(ValueError):
        kinds.RANK.parse(given)


@pytest.mark.parametrize("unit", ["%", "per cent", "percent", "процентов", "Prozent", "pour cent"])
def test_per_cent_is_one_unit_however_it_is_written(unit: str) -> None:
    assert kinds.WORDS.same("%", unit)
    assert not kinds.WORDS.same("doses", unit)
    for text in ("It rose by 5 per cent.", "One in ten left.", "Выросло на 5 процентов."):
        assert look(text, text, kinds.WORDS, unit).status == "quoted"
    assert look("It rose by 5 doses.", "It rose by 5 doses.", kinds.WORDS, "%").status == "absent"
