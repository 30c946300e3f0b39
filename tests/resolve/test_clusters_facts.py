"""Which mentions denote one entity, and how it is shown, fact by fact."""

from pipeline.domain import Entity, NameUsage
from pipeline.resolve.clusters import Clusters, resolve_entities

Abbreviations = tuple[tuple[str, str, str], ...]


def mention(number: int, document: str, name: str, **changes: str) -> NameUsage:
    given = {"kind": "organisation"} | changes
    return NameUsage(f"m_{number:03}", name=name, document_id=document, **given)


def entities(*mentions: NameUsage, abbreviations: Abbreviations = ()) -> list[Entity]:
    return resolve_entities(mentions, abbreviations)


def names(found: list[Entity]) -> list[str]:
    return [entity.name for entity in found]


def test_what_is_kept_apart_stays_so_through_others() -> None:
    clusters = Clusters()
    a, b, c, d = (("k", letter) for letter in "abcd")
    clusters.keep_apart(b, c)
    assert clusters.join(a, b)
    assert not clusters.join(c, a)
    assert clusters.join(c, d)
    assert not clusters.join(d, b)
    assert clusters.find(a) != clusters.find(d)


def test_the_smallest_key_represents_a_cluster() -> None:
    clusters = Clusters()
    clusters.join(("k", "b"), ("k", "a"))
    clusters.join(("k", "c"), ("k", "b"))
    assert {clusters.find(("k", letter)) for letter in "abc"} == {("k", "a")}


def test_an_acronym_of_an_organisation_is_its_documents_own_and_a_products_is_not() -> None:
    both = (mention(1, "a", "BI-90"), mention(2, "b", "BI-90"))
    assert len(entities(*both)) == 2
    products = (mention(1, "a", "BI-90", kind="product"), mention(2, "b", "BI-90", kind="product"))
    assert len(entities(*products)) == 1


def test_an_abbreviation_counts_only_in_the_document_that_defines_it() -> None:
    found = entities(
        mention(1, "a", "BI"),
        mention(2, "b", "BI"),
        mention(3, "a", "Boehme International"),
        abbreviations=(("a", "BI", "Boehme International"),),
    )
    assert sorted(len(entity.members) for entity in found) == [1, 2]
    (joined,) = [entity for entity in found if len(entity.members) == 2]
    assert joined.members == (
        ("m_001", "abbreviation of Boehme International, says the document"),
        ("m_003", "same name"),
    )


def test_an_alias_is_the_reason_for_joining() -> None:
    (found,) = entities(mention(1, "a", "Orion"), mention(2, "a", "Ori", same_as="Orion"))
    assert dict(found.members)["m_002"] == "alias of Orion, says the document"


def test_a_generic_name_of_two_countries_in_one_document_belongs_to_neither() -> None:
    found = entities(
        mention(1, "a", "Ministry of Health", within="KZ"),
        mention(2, "a", "Ministry of Health", within="RU"),
        mention(3, "a", "Ministry of Health"),
    )
    assert len(found) == 3


def test_a_generic_name_is_that_of_its_country_or_document() -> None:
    found = entities(
        mention(1, "a", "Ministry of Health", within="KZ"),
        mention(2, "b", "Ministry of Health", within="KZ"),
        mention(3, "b", "Ministry of Health"),
        mention(4, "c", "Ministry of Health"),
    )
    assert sorted(len(entity.members) for entity in found) == [1, 3]


def test_the_name_that_most_documents_use_is_shown() -> None:
    (found,) = entities(
        mention(1, "a", "Orion"),
        mention(2, "b", "Orion"),
        mention(3, "c", "Orion Pharmaceuticals of Espoo", same_as="Orion"),
        mention(4, "c", "Orion Pharmaceuticals of Espoo", same_as="Orion"),
        mention(5, "c", "Orion Pharmaceuticals of Espoo", same_as="Orion"),
    )
    assert found.name == "Orion"
    assert found.aliases == ("Orion Pharmaceuticals of Espoo",)


def test_of_equally_common_names_the_longest_is_shown_but_no_generic_one() -> None:
    (found,) = entities(
        mention(1, "a", "Orion"), mention(2, "a", "Orion Pharma of Espoo", same_as="Orion")
    )
    assert found.name == "Orion Pharma of Espoo"
    (found,) = entities(
        mention(1, "a", "Orion"),
        mention(2, "a", "The National Research Institute", same_as="Orion"),
    )
    assert found.name == "Orion"


def test_the_country_most_often_claimed_is_shown() -> None:
    (found,) = entities(
        mention(1, "a", "Orion", within="KZ"),
        mention(2, "b", "Orion", within="FI"),
        mention(3, "c", "Orion", within="KZ"),
    )
    assert found.within == "KZ"


def test_entities_are_sorted_by_kind_and_name() -> None:
    found = entities(
        mention(1, "a", "Zeta"),
        mention(2, "a", "Alpha"),
        mention(3, "a", "Marat Ospanov", kind="person"),
        mention(4, "a", "Betaferon", kind="product"),
    )
    assert names(found) == ["Alpha", "Zeta", "Marat Ospanov", "Betaferon"]
    mixed = entities(mention(1, "a", "Zed", kind="person"), mention(2, "a", "Yot"))
    assert names(mixed) == ["Yot", "Zed"]


def test_names_of_other_kinds_make_no_entities() -> None:
    assert entities(mention(1, "a", "Berlin", kind="town")) == []
