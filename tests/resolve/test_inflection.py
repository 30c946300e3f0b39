"""Endings come off words only where what is left may be known."""

import pytest

from pipeline.resolve.inflection import (
    first_parts,
    is_kazakh,
    kazakh_bases,
    latin_bases,
    russian_base,
    without_adjective,
)


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("стратегиясы", "стратегия"),
        ("қанды", "қан"),
        ("орталықтар", "орталық"),
        ("балаларға", "бала"),
        ("зауыттарының", "зауыт"),
        ("кластерлерінде", "кластер"),
        ("жастары", "жас"),
        ("институттармен", "институт"),
        ("орталығында", "орталық"),
    ],
)
def test_a_kazakh_word_is_found_without_number_possession_and_case(word: str, base: str) -> None:
    assert base in kazakh_bases(word)


def test_what_is_left_of_a_kazakh_word_has_three_letters_at_least() -> None:
    assert all(len(b) >= 3 for w in ("қаны", "аны", "ата") for b in kazakh_bases(w))
    assert "қа" not in kazakh_bases("қаны")


@pytest.mark.parametrize(
    ("language", "word", "base"),
    [
        ("en", "therapies", "therapy"),
        ("en", "vaccines", "vaccine"),
        ("de", "seltener", "selten"),
        ("de", "impfstoffen", "impfstoff"),
        ("fr", "nationaux", "national"),
        ("fr", "rares", "rare"),
    ],
)
def test_a_latin_word_is_found_in_its_language(language: str, word: str, base: str) -> None:
    assert base in latin_bases(word, language)
    assert not list(latin_bases(word, "kk"))


def test_a_short_latin_word_keeps_its_ending() -> None:
    assert list(latin_bases("news", "en")) == []


@pytest.mark.parametrize(
    ("adjective", "name"),
    [
        ("сеченовский", "сеченов"),
        ("отарского", "отар"),
        ("невскому", "невскому"),
        ("донецкая", "доне"),
    ],
)
def test_an_adjective_is_of_a_name(adjective: str, name: str) -> None:
    assert without_adjective(adjective) == name


def test_russian_cases_have_one_base() -> None:
    assert {russian_base(w) for w in ("устойчивых", "устойчивые", "устойчивой")} == {"устойчив"}
    assert russian_base("сети") == "сети"


def test_kazakh_is_told_by_its_letters() -> None:
    assert is_kazakh("қор")
    assert not is_kazakh("фонд")


def test_a_compound_is_parted_with_and_without_its_joint() -> None:
    assert ("forschung", "zentrum") in list(first_parts("forschungszentrum", 4))
    assert ("daten", "bank") in list(first_parts("datenbank", 4))
    assert all(len(a) >= 4 and len(b) >= 4 for a, b in first_parts("datenbank", 4))
