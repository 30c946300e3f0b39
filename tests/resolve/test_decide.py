"""What weights and guards make of a pair."""

from pipeline.domain import NameUsage
from pipeline.resolve.clusters import Edge
from pipeline.resolve.decide import ONE_RECORD, decide
from pipeline.resolve.features import key_of
from pipeline.resolve.weights import load_weights

WEIGHTS = load_weights()


def decided(
    a: str, b: str, bits: float, *, together: bool = False, countries: tuple[str, str] = ("", "")
) -> Edge | None:
    left, right = (
        NameUsage(
            f"n{i}",
            "organisation",
            "organisation",
            key_of(name, "organisation"),
            "",
            (name,),
            tuple(country.split()),
        )
        for i, (name, country) in enumerate(zip((a, b), countries, strict=True))
    )
    return decide(left, right, bits, {"name": 13.0}, WEIGHTS, together)


def band(edge: Edge | None) -> str:
    return f"{edge.source} {edge.band}" if edge else "none"


def test_bits_decide_the_band() -> None:
    assert band(decided("Otrar Bioplant", "Отрар Биоплант", WEIGHTS.join)) == "score joined"
    assert band(decided("Otrar Bioplant", "Отрар Биоплант", WEIGHTS.join - 0.1)) == "score asked"
    assert (
        band(decided("Otrar Bioplant", "Отрар Биоплант", WEIGHTS.ask("organisation") - 0.1))
        == "none"
    )


def test_a_guard_comes_before_any_weight() -> None:
    assert band(decided("Yunhe Research", "Yunhe Diagnostics", 99)) == "guard apart"
    assert (
        band(
            decided(
                "Rheinhardt Animal Health", "Rheinhardt Animal Health", 99, countries=("FR", "DE")
            )
        )
        == "guard asked"
    )


def test_what_one_record_names_side_by_side_is_asked_and_with_a_guard_apart() -> None:
    edge = decided("Otrar Bioplant", "Отрар Биоплант", 99, together=True)
    assert edge is not None
    assert (edge.band, edge.reason) == ("asked", ONE_RECORD)
    assert band(decided("Bioneva", "JPH Bioneva", 99)) == "guard asked"
    assert band(decided("Bioneva", "JPH Bioneva", 99, together=True)) == "guard apart"


def test_ministries_without_a_country_are_asked_about_only_where_much_speaks_for_it() -> None:
    assert (
        band(decided("Ministry of Health", "Министерство здравоохранения", WEIGHTS.join - 1))
        == "none"
    )
    assert (
        band(decided("Ministry of Health", "Министерство здравоохранения", WEIGHTS.join + 1))
        == "guard asked"
    )


def test_a_name_of_common_words_is_asked_about_where_its_country_is_not_known() -> None:
    health = ("Ministry of Health", "Министерство здравоохранения")
    assert band(decided(*health, 8.0, countries=("", "UZ"))) == "guard asked"
    assert band(decided(*health, 7.0, countries=("", "UZ"))) == "none"
    assert (
        band(decided("Ministry of Health", "Министерство здравоохранения Узбекистана", 8.0))
        == "guard asked"
    )
    assert band(decided(*health, 8.0, countries=("KZ", "UZ"))) == "guard apart"


def test_names_of_many_common_words_are_asked_about_without_a_country() -> None:
    long = ("National Biotechnology Centre", "Национальный центр биотехнологии")
    assert band(decided(*long, 8.0)) == "guard asked"
    assert band(decided(*long, 8.0, countries=("KZ", "RU"))) == "guard apart"
