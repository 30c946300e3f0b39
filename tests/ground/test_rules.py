"""Each rule where it objects and where it does not, in several languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DossierError
from pipeline.ground.rules import RULES, meaning
from pipeline.ground.vocabulary import CUES, FOLDER, cue_pattern, load_vocabulary
from pipeline.records import Record
from schemas.activities import Activity
from schemas.actors import OrganisationRelation
from schemas.agreements import Agreement
from schemas.assets import Indicator
from tests.blank import blank, told


def activity(**values: Any) -> Activity:
    return blank(Activity, **values)


def agreement(**values: Any) -> Agreement:
    return blank(
        Agreement, **({"status": "unknown", "realis": "actual", "subject": "a deal"} | values)
    )


def indicator(**values: Any) -> Indicator:
    return blank(Indicator, **({"measure": "output", "value": 5, "unit": "plants"} | values))


def amount(**values: Any) -> dict[str, Any]:
    base = {
        "kind": "grant",
        "value": 5000000,
        "currency": "USD",
        "text": "USD 5 million",
        "qualifier": "exact",
    }
    base |= {"payer": None, "recipient": None}
    return base | {"basis": "total", "stage": "committed"} | values


def relation(subject: str, kind: str, other: str) -> OrganisationRelation:
    return blank(OrganisationRelation, subject=subject, relation=kind, object=other)


MATCHES: list[tuple[str, str, str, Record, str]] = [
    ("word_for_it_missing", "en", "Aurelia and Casa Nova met in Recife.", agreement(status="signed"), "status"),
    ("word_for_it_missing", "en", "Aurelia runs a plant in Recife.", activity(realis="denied"), "realis"),
    ("word_for_it_missing", "ru", "Компании встретились в Астане.", agreement(status="signed"), "status"),
    ("word_for_it_missing", "zh", "双方在杭州见面。", agreement(status="signed"), "status"),
    ("planned_said_as_done", "en", "Aurelia will fill two million doses in Olinda.", activity(description="fill two million doses"), "realis"),
    ("planned_said_as_done", "ru", "Завод планирует выпускать вакцину в Астане.", activity(description="выпускать вакцину в Астане"), "realis"),
    ("planned_said_as_done", "zh", "云合诊断拟在阿斯塔纳开展小范围试点工作。", activity(description="在阿斯塔纳开展小范围试点"), "realis"),
    ("planned_said_as_done", "kk", "Зауыт Астанада вакцина шығаруды жоспарлап, көзделген мерзімде бастайды.", activity(description="Астанада вакцина шығаруды"), "realis"),
    ("planned_said_as_done", "de", "Das Werk soll im Herbst zwei Millionen Dosen liefern.", activity(description="zwei Millionen Dosen liefern"), "realis"),
    ("planned_said_as_done", "fr", "La société prévoit de livrer deux millions de doses.", activity(description="livrer deux millions de doses"), "realis"),
    ("denied_said_as_done", "en", "Aurelia has not built the filling plant in Olinda.", activity(description="built the filling plant in Olinda"), "realis"),
    ("denied_said_as_done", "ru", "Договор о поставке вакцины не подписан сторонами.", activity(description="Договор о поставке вакцины"), "realis"),
    ("requested_said_as_agreed", "en", "Aurelia asked the ministry for a deal on vaccines and an award of the contract.", agreement(status="agreed"), "status"),
    ("quoted_hope_as_fact", "en", "“We hope for a plant in every town of Bahia,” said Rui Prado.", activity(speaker="Rui Prado", description="a plant in every town of Bahia"), "realis"),
    ("qualifier_dropped", "en", "They run about 5 plants in Bahia.", indicator(qualifier="exact"), "qualifier"),
    ("qualifier_dropped", "ru", "Работает около 5 заводов.", indicator(unit="заводов", measure="Работает", qualifier="exact"), "qualifier"),
    ("qualifier_dropped", "zh", "约5家工厂在运行。", indicator(unit="工厂", measure="运行", qualifier="exact"), "qualifier"),
    ("qualifier_dropped", "de", "Dort laufen rund 5 Werke.", indicator(unit="Werke", measure="laufen", qualifier="exact"), "qualifier"),
    ("qualifier_added", "en", "They run 5 plants in Bahia.", indicator(qualifier="over"), "qualifier"),
    ("qualifier_added", "en", "They run about 5 plants in Bahia.", indicator(qualifier="over"), "qualifier"),
    ("share_said_as_total", "en", "The fund, of which Aurelia gives USD 5 million, was founded.", agreement(amounts=[amount()]), "amounts[0].basis"),
    ("share_said_as_total", "en", "They give USD 5 million each.", agreement(amounts=[amount()]), "amounts[0].basis"),
    ("direction_reversed", "en", "Aurelia owns Casa Nova since 2012.", relation("Aurelia", "owned_by", "Casa Nova"), "relation"),
    ("direction_reversed", "en", "Casa Nova is a subsidiary of Aurelia.", relation("Aurelia", "subsidiary_of", "Casa Nova"), "relation"),
    ("summary_of_something_else", "en", "Aurelia bought a bank in Lisbon with rabies money.", activity(description="production of rabies vaccine at the Olinda plant by Aurelia"), "description"),
    ("summary_of_something_else", "en", "Aurelia bought a bank in Lisbon.", activity(description="production of rabies vaccine at the Olinda plant"), "description"),
    ("name_not_in_quotes", "en", "Aurelia fills the rabies vaccine.", activity(description="fills the rabies vaccine with Novavektor"), "description"),
    ("number_not_in_quotes", "en", "Aurelia built three plants in Olinda.", activity(description="built five plants in Olinda"), "description"),
    ("number_not_in_quotes", "en", "The second stage begins at Olinda.", activity(description="The third stage begins at Olinda"), "description"),
    ("negation_added", "en", "Aurelia will fill the vaccine at Olinda.", activity(description="Aurelia will not fill the vaccine at Olinda"), "description"),
    ("negation_dropped", "en", "Aurelia did not fill the vaccine at Olinda.", activity(description="Aurelia did fill the vaccine at Olinda"), "description"),
    ("negation_dropped", "zh", "双方尚未签署合作协议文本", activity(description="双方签署合作协议文本"), "description"),
    ("hedge_dropped", "en", "Aurelia filled about nine tonnes of vaccine at Olinda.", activity(description="Aurelia filled nine tonnes of vaccine at Olinda"), "description"),
    ("condition_dropped", "en", "Aurelia fills the vaccine at Olinda if the ministry pays.", activity(description="Aurelia fills the vaccine at Olinda"), "description"),
    ("end_of_interval_lost", "en", "The plan runs from 2021 to 2024.", activity(period="2021/..", description="The plan runs"), "period"),
    ("open_end_not_written", "en", "They met in May 2021 in Recife.", activity(period="2021-05/..", description="They met in Recife"), "period"),
    ("vagueness_not_written", "en", "They met in May 2021 in Recife.", activity(period="2021-05~", description="They met in Recife"), "period"),
    ("date_of_another_event", "en", "It was announced in May 2021.", agreement(signed="2021-05"), "signed"),
    ("date_of_another_event", "en", "It was announced in May 2021 and signed in June 2022.", agreement(signed="2021-05"), "signed"),
    ("date_of_another_event", "ru", "Соглашение действует до 31 декабря 2030 года.", agreement(signed="2030-12-31"), "signed"),
    ("date_of_another_event", "zh", "协议自2024年1月1日起生效。", agreement(signed="2024-01-01"), "signed"),
]  # fmt: skip

NO_MATCHES: list[tuple[str, str, str, Record, str]] = [
    ("word_for_it_missing", "en", "Aurelia and Casa Nova signed it in Recife.", agreement(status="signed"), "status"),
    ("word_for_it_missing", "ru", "Компании подписали меморандум.", agreement(status="signed"), "status"),
    ("word_for_it_missing", "zh", "双方在杭州签署备忘录。", agreement(status="signed"), "status"),
    ("planned_said_as_done", "en", "Aurelia filled two million doses and will fill more.", activity(description="filled two million doses"), "realis"),
    ("planned_said_as_done", "en", "Aurelia will fill two million doses.", activity(realis="planned", description="fill two million doses"), "realis"),
    ("denied_said_as_done", "en", "Aurelia has built the filling plant in Olinda.", activity(description="built the filling plant in Olinda"), "realis"),
    ("requested_said_as_agreed", "en", "Aurelia asked for it and the contract was signed.", agreement(status="signed"), "status"),
    ("quoted_hope_as_fact", "en", "“We built a plant in every town of Bahia,” said Rui Prado.", activity(speaker="Rui Prado", description="built a plant in every town"), "realis"),
    ("qualifier_dropped", "en", "Under the plan they run 5 plants.", indicator(qualifier="exact"), "qualifier"),
    ("qualifier_added", "en", "They run more than 5 plants in Bahia.", indicator(qualifier="over"), "qualifier"),
    ("qualifier_added", "zh", "超过5家工厂在运行。", indicator(unit="工厂", measure="运行", qualifier="over"), "qualifier"),
    ("share_said_as_total", "en", "The sum is USD 5 million, of which Aurelia gives a part.", agreement(amounts=[amount()]), "amounts[0].basis"),
    ("direction_reversed", "en", "Casa Nova is a subsidiary of Aurelia.", relation("Casa Nova", "subsidiary_of", "Aurelia"), "relation"),
    ("direction_reversed", "en", "Aurelia owns Casa Nova since 2012.", relation("Casa Nova", "owned_by", "Aurelia"), "relation"),
    ("summary_of_something_else", "en", "Aurelia makes rabies vaccine at its Olinda plant.", activity(description="production of rabies vaccine at the Olinda plant by Aurelia makes"), "description"),
    ("name_not_in_quotes", "en", "Aurelia and Novavektor fill the rabies vaccine.", activity(description="fills the rabies vaccine with Novavektor"), "description"),
    ("number_not_in_quotes", "en", "Aurelia built five plants in Olinda.", activity(description="built 5 plants in Olinda"), "description"),
    ("negation_added", "en", "Aurelia will not fill the vaccine at Olinda.", activity(description="Aurelia will not fill the vaccine at Olinda"), "description"),
    ("negation_dropped", "en", "Aurelia filled the vaccine at Olinda, not at Recife.", activity(description="Aurelia filled the vaccine at Olinda"), "description"),
    ("hedge_dropped", "en", "Aurelia will fill the vaccine at Olinda.", activity(realis="planned", description="Aurelia fill the vaccine at Olinda"), "description"),
    ("condition_dropped", "en", "Aurelia fills the vaccine at Olinda. If not, it closes.", activity(description="Aurelia fills the vaccine at Olinda"), "description"),
    ("end_of_interval_lost", "en", "The plan has run since 2021.", activity(period="2021/..", description="The plan has run"), "period"),
    ("open_end_not_written", "en", "They have met since May 2021 in Recife.", activity(period="2021-05/..", description="They have met in Recife"), "period"),
    ("vagueness_not_written", "en", "They met in early May 2021 in Recife.", activity(period="2021-05~", description="They met in Recife"), "period"),
    ("date_of_another_event", "en", "It was announced in May 2021 and signed in June 2022.", agreement(signed="2022-06", announced="2021-05"), "signed"),
    ("date_of_another_event", "en", "It was signed. The date is May 2021, after the announcement.", agreement(signed="2021-05"), "signed"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "language", "text", "record", "field"), MATCHES)
def test_a_rule_objects(rule: str, language: str, text: str, record: Record, field: str) -> None:
    assert told(text, record, field, language) == ("doubtful", rule)


@pytest.mark.parametrize(("rule", "language", "text", "record", "field"), NO_MATCHES)
def test_a_rule_does_not_object(
    rule: str, language: str, text: str, record: Record, field: str
) -> None:
    assert told(text, record, field, language)[0] in ("quoted", "inferred")


def test_every_rule_says_what_it_finds_and_is_tried_both_ways() -> None:
    names = {rule.__name__ for some in RULES.values() for rule in some}
    assert names == {rule for rule, *_ in MATCHES} == {rule for rule, *_ in NO_MATCHES}
    assert all(meaning(name) for name in names)
    assert meaning("no rule at all") == ""


def test_each_language_has_every_cue_that_rules_ask_for() -> None:
    files = sorted(FOLDER.glob("*.toml"))
    assert [file.stem for file in files] == sorted("en ru kk zh de fr".split())
    for file in files:
        assert set(load_vocabulary(file)) == CUES, file.name


def test_every_cue_is_asked_for_by_a_rule_or_a_schema() -> None:
    root = FOLDER.parent.parent
    sources = [*(root / "pipeline").rglob("*.py"), *(root / "schemas").glob("*.py")]
    text = "\n".join(f.read_text("utf-8") for f in sources if f.name != "vocabulary.py")
    named = " ".join(re.findall(r'"([a-z_ ]+)"', text)).split()
    assert not CUES - set(named)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[a]\nsinged = ['x']", "no rule asks for 'singed'"),
        ("[a]\nsigning = ['(']", "no vocabulary"),
        ("[a]\nsigning = 3", "no vocabulary"),
        ("signing = ", "no vocabulary"),
    ],
)
def test_a_broken_vocabulary_is_told_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "xx.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DossierError, match=said):
        load_vocabulary(file)


def test_a_star_stands_for_an_ending_and_a_language_has_its_own_words() -> None:
    assert cue_pattern("signing", "en").search("the signatures")
    assert not cue_pattern("about", "en").search("rund 5 Werke")
    assert cue_pattern("about", "de").search("rund 5 Werke")
    assert cue_pattern("about", "de").search("около 5 заводов")
    assert not cue_pattern("planned", "en").search("a plant at Steppe")
