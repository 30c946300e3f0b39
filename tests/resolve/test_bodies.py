"""Well-known public bodies are known by all their names, and others by none of them."""

import pytest

from pipeline.resolve.bodies import bodies_of, spelt


@pytest.mark.parametrize(
    "names",
    [
        (
            "BfArM",
            "Bundesinstitut für Arzneimittel und Medizinprodukte",
            "德国联邦药品和医疗器械研究所",
        ),
        ("NMPA", "НМПА", "国家药品监督管理局", "«National Medical Products Administration»"),
        ("ҚР ДСМ", "Минздрав РК", "Ministry of Health of the Republic of Kazakhstan"),
        ("ФМБА России", "Federal Medical-Biological Agency"),
        (
            "M.P. Chumakov Federal Scientific Centre",
            "M.P.Chumakov Scientific Centre",
            "Институт Чумакова",
        ),
    ],
)
def test_the_names_of_one_body_are_one(names: tuple[str, ...]) -> None:
    found = {bodies_of(name) for name in names}
    assert len(found) == 1
    assert len(found.pop()) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Ministry of Health",
        "министерство здравоохранения",
        "who",
        "Otrar Bioplant LLP",
        "",
        "CDC",
        "MIT",
    ],
)
def test_what_many_are_called_is_no_body(name: str) -> None:
    assert not bodies_of(name)


def test_legal_form_case_and_small_words_do_not_matter_to_a_name_and_case_does_to_an_acronym() -> (
    None
):
    assert spelt("АО «Институт Гамалеи»") == spelt("институт гамалеи")
    assert spelt("The Academy of Sciences") == spelt("Academy of the Sciences")
    assert spelt("WHO") != spelt("who")


def test_a_body_of_another_country_than_the_documents_claim_is_none() -> None:
    assert bodies_of("Минздрав Казахстана", frozenset(("KZ", "RU")))
    assert not bodies_of("Минздрав Казахстана", frozenset(("RU",)))
    assert bodies_of("WHO", frozenset(("CH",)))  # of no country


def test_ministries_of_two_countries_are_two() -> None:
    ours, theirs = map(bodies_of, ("Минздрав Казахстана", "Минздрав Узбекистана"))
    assert ours
    assert theirs
    assert ours != theirs
