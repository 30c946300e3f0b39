"""Each guard holds of one pair and not of another."""

import pytest

from pipeline.domain import NameUsage
from pipeline.resolve import claims
from pipeline.resolve.claims import ClaimUsage
from pipeline.resolve.features import key_of, side_of
from pipeline.resolve.guards import ASKABLE, GUARDS, first_guard, guard_meaning
from pipeline.resolve.side import Side
from pipeline.resolve.weights import load_weights

ORGANISATION, THING, PERSON = "organisation", "thing", "person"


def side(style: str, name: str, countries: str = "", beside: str = "", scope: str = "") -> Side:
    usage = NameUsage(
        "n",
        style,
        style,
        key_of(name, style),
        scope,
        (name,),
        tuple(countries.split()),
        tuple(beside.split()),
    )  # type: ignore[arg-type]
    return side_of(usage)


# guard: style, a pair of which it is the first to hold, a pair of which none does
HOLDS = {
    "role_is_no_name": (ORGANISATION, ("the partners", "a"), ("Bioneva", "Bioneva JSC")),
    "numbers_differ": (ORGANISATION, ("Otrar Hospital No. 3", "Otrar Hospital No. 5"), ("Otrar Hospital No. 3", "Больница Отрар № 3")),
    "countries_named_differ": (ORGANISATION, ("Ministry of Health of Kazakhstan", "Ministry of Health of Russia"),
                               ("Ministry of Health of Kazakhstan", "哈萨克斯坦卫生部")),
    "bodies_differ": (ORGANISATION, ("BfArM", "Swissmedic"), ("BfArM", "Bundesinstitut für Arzneimittel und Medizinprodukte")),
    "han_characters_differ": (ORGANISATION, ("云合医院", "运合医院"), ("云合医院", "Yunhe Hospital")),
    "distinctive_heads_differ": (ORGANISATION, ("Novavektor JSC", "Bioneva JSC"), ("Novavektor JSC", "Нововектор")),
    "qualifiers_differ": (ORGANISATION, ("Yunhe Research", "Yunhe Diagnostics"), ("Yunhe Research", "Юньхэ Рисерч")),
    "one_sided_qualifier": (ORGANISATION, ("Yunhe Gene", "Yunhe Gene Group"), ("Yunhe Gene Group", "云合基因集团")),
    "kind_words_differ": (ORGANISATION, ("Volga Federal University", "Volga Federal Hospital"), ("Volga University", "Волжский университет")),
    "one_has_a_head_more": (ORGANISATION, ("Bioneva", "JPH Bioneva"), ("Bioneva", "比奥涅瓦")),
    "distinctions_differ": (THING, ("oral polio vaccine", "injectable polio vaccine"), ("oral polio vaccine", "口服脊髓灰质炎疫苗")),
    "distinction_is_one_sided": (THING, ("influenza vaccine", "inactivated influenza vaccine"), ("influenza vaccine", "вакцина против гриппа")),
    "one_is_numbered": (THING, ("Nobelix", "Nobelix 2"), ("Nobelix 2", "Нобеликс-2")),
}  # fmt: skip


@pytest.mark.parametrize("guard", HOLDS)
def test_a_guard_holds_of_one_pair_and_not_of_another(guard: str) -> None:
    style, (one, other), (same, also) = HOLDS[guard]
    a, b = (
        side(style, one, scope="x"),
        side(style, other if guard != "role_is_no_name" else "the partners", scope="y"),
    )
    held = first_guard(a, b)
    assert held is not None
    assert held.guard == guard
    assert first_guard(side(style, same), side(style, also)) is None
    assert guard_meaning(guard, GUARDS[style])


PEOPLE = {
    "han_names_differ": ("王磊", "王雷"),
    "patronymics_conflict": ("Игорь Ильдарович Лебедев", "Игорь Степанович Лебедев"),
    "initials_conflict": ("D. Ivashin", "Andrei Ivashin"),
    "given_names_differ": ("Marat Ospanov", "Murat Ospanov"),
    "families_differ": ("Marat Ospanov", "Igor Rudakov"),
}


@pytest.mark.parametrize("guard", PEOPLE)
def test_a_guard_of_people(guard: str) -> None:
    one, other = PEOPLE[guard]
    held = first_guard(side(PERSON, one), side(PERSON, other))
    assert held is not None
    assert held.guard == guard
    assert first_guard(side(PERSON, one), side(PERSON, one)) is None


def test_a_woman_and_a_man_of_one_family_are_two() -> None:
    held = first_guard(side(PERSON, "A. Orlova"), side(PERSON, "A. Orlov"))
    assert held is not None


def test_namesakes_with_other_lives_are_asked_about() -> None:
    a, b = side(PERSON, "Wang Wei", "CN", "cansino"), side(PERSON, "Wang Wei", "SG", "temasek")
    held = first_guard(a, b)
    assert held is not None
    assert (held.guard, held.askable) == ("lives_differ", True)
    assert first_guard(a, side(PERSON, "Wang Wei", "SG", "cansino")) is None


def test_countries_claimed_may_be_overruled_and_named_ones_not() -> None:
    held = first_guard(
        side(ORGANISATION, "Rheinhardt Animal Health", "FR"),
        side(ORGANISATION, "Rheinhardt Animal Health", "DE"),
    )
    assert held is not None
    assert (held.guard, held.askable) == ("countries_conflict", True)
    assert "countries_named_differ" not in ASKABLE


def test_a_ministry_without_a_country_is_not_another_ones() -> None:
    held = first_guard(
        side(ORGANISATION, "Ministry of Health", "KZ"),
        side(ORGANISATION, "Министерство здравоохранения"),
    )
    assert held is not None
    assert held.guard == "bearers_differ"
    assert (
        first_guard(
            side(ORGANISATION, "Ministry of Health", "KZ"),
            side(ORGANISATION, "Министерство здравоохранения", "KZ"),
        )
        is None
    )


def test_what_is_called_alike_beside_two_operators_is_asked_about() -> None:
    held = first_guard(
        side(THING, "training centre", beside="fujifilm %Tashkent"),
        side(THING, "training centre", beside="olympus %Tashkent"),
    )
    assert held is not None
    assert (held.guard, held.askable) == ("operators_differ", True)
    beside = side(THING, "training centre", beside="fujifilm %Tashkent")
    assert first_guard(beside, side(THING, "training centre", beside="fujifilm")) is None


@pytest.mark.parametrize(
    ("style", "one", "other"),
    [
        # Words that differ between two languages of one script may be each other's translation.
        (THING, "Zukunft der Impfung", "Vaccination for the Morrow"),
        (ORGANISATION, "Қазына зерттеу орталығы", "Центр исследований по казенному делу"),
        # Kinds that translators take for one another.
        (THING, "Onkoschit Programme", "Onkoschit Project"),
    ],
)
def test_what_a_translator_may_have_made_of_a_name_is_asked_about(
    style: str, one: str, other: str
) -> None:
    held = first_guard(side(style, one), side(style, other))
    assert held is not None
    assert held.askable


def test_kinds_that_no_translator_confuses_and_words_of_one_language_are_apart() -> None:
    for one, other in (
        ("Onkoschit Programme", "Onkoschit Vaccine"),
        ("Onkoschit Programme", "Kardioschit Programme"),
    ):
        held = first_guard(side(THING, one), side(THING, other))
        assert held is not None
        assert not held.askable


def test_the_words_of_a_well_known_body_do_not_count() -> None:
    names = ("Swissmedic", "Schweizerisches Heilmittelinstitut")
    assert first_guard(side(ORGANISATION, names[0]), side(ORGANISATION, names[1])) is None


def test_characters_in_another_order_are_one_long_name_and_two_short_ones() -> None:
    long = side(THING, "云合晋海疫苗阜仑"), side(THING, "阜仑疫苗(云合晋海)")
    assert first_guard(*long) is None
    held = first_guard(side(ORGANISATION, "云合医院"), side(ORGANISATION, "合云医院"))
    assert held is not None
    assert held.guard == "han_characters_differ"


def test_papers_of_one_long_number_are_one_whatever_they_are_said_to_be_about() -> None:
    def paper(called: str, number: str) -> ClaimUsage:
        return ClaimUsage(
            called,
            "instrument",
            "d",
            (called,),
            called,
            numbers=(number,),
            words=(("title", called),),
        )

    one, other = (
        paper("decree on tobacco", "number:12-345"),
        paper("order on sugar", "number:12-345"),
    )
    assert not claims.subjects_differ(one, other)
    assert claims.subjects_differ(one, paper("order on sugar", "number:12-346"))
    short = paper("decree on tobacco", "number:12"), paper("order on sugar", "number:12")
    assert claims.subjects_differ(*short)  # every issuer has a paper No. 12


def test_legal_forms_of_two_countries() -> None:
    held = first_guard(side(ORGANISATION, "Seltano GmbH"), side(ORGANISATION, "Seltano S.p.A."))
    assert held is not None
    assert held.guard == "legal_forms_differ"


def test_an_affiliate_is_suggested_as_a_part() -> None:
    held = first_guard(side(ORGANISATION, "Yunhe Gene Group"), side(ORGANISATION, "Yunhe Research"))
    assert held is not None
    assert held.relation == "part_of"
    assert not held.askable


def test_every_guard_has_a_case() -> None:
    elsewhere = {
        "genders_differ",
        "lives_differ",
        "countries_conflict",
        "bearers_differ",
        "legal_forms_differ",
        "operators_differ",
    }
    named = {g.__name__ for guards in GUARDS.values() for g in guards}
    assert named == set(HOLDS) | set(PEOPLE) | elsewhere


def deal(**changes: object) -> ClaimUsage:
    given = {"id": "k", "kind": "agreement", "document": "d", "records": ("r",), "called": "memorandum", "type": "memorandum",
             "dates": (("signed", "2024-03-14", "2024-03-14"),), "parties": ("a", "b"), "words": (("title", "memorandum on virology"),)}  # fmt: skip
    return ClaimUsage(**given | changes)  # type: ignore[arg-type]


CLAIMS = {
    "types_differ": {"type": "term_sheet"},
    "dates_conflict": {"dates": (("signed", "2024-04-14", "2024-04-14"),)},
    "numbers_differ": {"numbers": ("number:2",)},
    "one_amends": {"called": "amendment to the memorandum"},
    "countries_conflict": {"places": (("country", "RU"),)},
    "exact_fields_differ": {"exact": ("unit:USD",)},
    "measures_differ": {"called": "exports of insulin", "figures": ("value:2",)},
    "figures_differ": {"figures": ("value:2",)},
    "subjects_differ": {"words": (("title", "memorandum on insulin"),)},
    "parties_differ": {"parties": ("a", "c")},
}
BASE = {
    "numbers_differ": {"numbers": ("number:1",)}, "countries_conflict": {"places": (("country", "KZ"),)},
    "exact_fields_differ": {"exact": ("unit:%",)}, "figures_differ": {"figures": ("value:1",)},
    "measures_differ": {"called": "imports of vaccines", "figures": ("value:2",)},
}  # fmt: skip


@pytest.mark.parametrize("guard", CLAIMS)
def test_a_guard_of_claims(guard: str) -> None:
    held = {g.__name__: g for g in claims.GUARDS}[guard]
    a = deal(**BASE.get(guard, {}))
    assert held(a, deal(**BASE.get(guard, {}) | CLAIMS[guard]))
    assert not held(a, a)
    assert guard_meaning(guard, claims.GUARDS)


def test_types_that_differ_are_asked_about_where_the_same_parties_do_it_on_no_day() -> None:
    def band(a: ClaimUsage, b: ClaimUsage) -> str:
        edge = claims.decide(a, b, 6.0, {"parties": 6.5}, load_weights())
        return edge.band if edge else ""

    undated = deal(type="founding", dates=())
    assert band(deal(), undated) == "asked"
    assert band(deal(), deal(type="founding")) == "apart"
    assert band(deal(), deal(type="founding", dates=(), parties=("a",))) == "apart"
    assert band(deal(parties=("a",)), deal(type="founding", dates=(), parties=("a",))) == "apart"


def test_subjects_of_two_scripts_are_told_apart_by_words_that_are_translated() -> None:
    def about(words: str) -> ClaimUsage:
        return deal(words=(("title", words),))

    assert claims.subjects_differ(about("joint insulin laboratory"), about("疫苗与疟疾"))
    assert not claims.subjects_differ(about("joint malaria laboratory"), about("疫苗与疟疾"))
    assert not claims.subjects_differ(
        about("Zhanaton"), about("疫苗与疟疾")
    )  # a name, translated or not


def test_every_guard_of_claims_has_a_case() -> None:
    assert {g.__name__ for g in claims.GUARDS} == set(CLAIMS)


def test_a_month_and_its_day_do_not_conflict_nor_do_two_days_of_a_week() -> None:
    month = deal(dates=(("signed", "2024-03-01", "2024-03-31"),))
    assert not claims.dates_conflict(deal(), month)
    assert not claims.dates_conflict(deal(), deal(dates=(("signed", "2024-03-15", "2024-03-15"),)))


def test_the_last_party_of_two_claims_of_one_deal_is_one() -> None:
    a = deal(id="k1", parties=("a", "b", "x"), amounts=("1 USD",))
    b = deal(id="k2", parties=("a", "b", "y"), amounts=("1 USD",))
    assert claims.lone_strangers({"k1": a, "k2": b}, [("k1", "k2")]) == [("x", "y")]
    c = deal(id="k2", parties=("a", "z", "y"))
    assert claims.lone_strangers({"k1": a, "k2": c}, [("k1", "k2")]) == []
    few = deal(id="k1", parties=("a", "x")), deal(id="k2", parties=("a", "y"))
    assert claims.lone_strangers({"k1": few[0], "k2": few[1]}, [("k1", "k2")]) == []
    other_day = deal(
        id="k2", parties=("a", "b", "y"), dates=(("signed", "2023-01-01", "2023-01-01"),)
    )
    assert claims.lone_strangers({"k1": a, "k2": other_day}, [("k1", "k2")]) == []


def test_names_and_claims_have_guards_of_one_name_that_say_different_things() -> None:
    both = {g.__name__ for g in claims.GUARDS} & {g.__name__ for g in GUARDS["organisation"]}
    assert both
    for name in both:
        said = guard_meaning(name, claims.GUARDS), guard_meaning(name, GUARDS["organisation"])
        assert all(said)
        assert said[0] != said[1]
