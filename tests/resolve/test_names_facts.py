"""Which names are the same, fact by fact."""

import pytest

from pipeline.resolve.names import is_generic, name_keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Orion Co., Ltd.", "Orion"),
        ("ТОО «Орион»", "Орион"),
        ("The Orion Fund", "Orion Fund"),
        ("云合基因有限公司", "云合基因"),
        ("云合基因集团股份有限公司", "云合基因集团"),
    ],
)
def test_legal_forms_do_not_tell_organisations_apart(one: str, other: str) -> None:
    assert name_keys(one, "organisation") == name_keys(other, "organisation")


def test_a_legal_form_that_only_ends_names_is_part_of_one_that_it_begins() -> None:
    assert name_keys("SA Pharma", "organisation") != name_keys("Pharma", "organisation")
    assert name_keys("Pharma SA", "organisation") == name_keys("Pharma", "organisation")


def test_a_name_of_nothing_but_legal_forms_keeps_them() -> None:
    assert name_keys("AG", "organisation") == ("ag",)


def test_a_persons_name_is_the_same_in_either_order() -> None:
    one, other = name_keys("Marat Ospanov", "person"), name_keys("Ospanov Marat", "person")
    assert set(one) & set(other)
    long = name_keys("Marat Askarovich Ospanov", "person")
    assert set(long) & set(name_keys("Ospanov Marat Askarovich", "person"))


def test_a_chinese_family_name_is_the_first_syllable() -> None:
    assert set(name_keys("殷卫国", "person")) == set(name_keys("Weiguo Yin", "person"))


def test_a_name_is_generic_when_all_its_words_are() -> None:
    assert is_generic("National Research Institute", "organisation")
    assert not is_generic("Orion Research Institute", "organisation")
    assert not is_generic("National Research Institute", "product")


def test_two_letters_of_an_english_name_are_not_one() -> None:
    assert name_keys("Bayer", "organisation") != name_keys("Baer", "organisation")
    assert name_keys("Алексеев", "person") == name_keys("Alekseev", "person")
