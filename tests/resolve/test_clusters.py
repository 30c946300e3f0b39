import random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import NameUsage
from pipeline.resolve.clusters import Clusters, resolve_entities


def mention(
    number: int, document: str, name: str, kind: str = "organisation", **links: str
) -> NameUsage:
    return NameUsage(f"m_{number:03}", kind, name, document, **links)


def groups(mentions: list[NameUsage], *abbreviations: tuple[str, str, str]) -> set[frozenset[str]]:
    names = {m.id: m.name for m in mentions}
    return {
        frozenset(names[i] for i, _ in e.members) for e in resolve_entities(mentions, abbreviations)
    }


def test_aliases_and_abbreviations_of_a_document_join() -> None:
    mentions = [
        mention(1, "a", "Kazakhstan Innovation Capital JSC"),
        mention(2, "a", "KIC"),
        mention(3, "b", "Казахстан Инновейшн Капитал", same_as="Kazakhstan Innovation Capital"),
    ]
    assert groups(mentions, ("a", "KIC", "Kazakhstan Innovation Capital JSC")) == {
        frozenset(m.name for m in mentions)
    }


def test_an_acronym_means_something_only_in_its_document() -> None:
    mentions = [
        mention(1, "a", "BI"),
        mention(2, "b", "BI"),
        mention(3, "a", "Boehme International"),
    ]
    assert len(groups(mentions, ("a", "BI", "Boehme International"))) == 2


def test_ministries_of_two_countries_stay_apart() -> None:
    mentions = [
        mention(1, "a", "Ministry of Health", within="KZ"),
        mention(2, "b", "Ministry of Health", within="RU"),
        mention(3, "b", "Ministry of Health"),
        mention(4, "c", "Ministry of Health"),
    ]
    entities = resolve_entities(mentions, [])
    assert sorted(len(e.members) for e in entities) == [1, 1, 2]
    assert {e.within for e in entities} == {"KZ", "RU", None}


def test_what_a_document_tells_apart_is_never_joined() -> None:
    mentions = [
        mention(1, "a", "Yunhe Diagnostics"),
        mention(2, "a", "Yunhe Gene Group", apart_from="Yunhe Diagnostics"),
        mention(3, "b", "Yunhe Diagnostics", same_as="Yunhe Gene Group"),
    ]
    assert groups(mentions) == {frozenset({"Yunhe Diagnostics"}), frozenset({"Yunhe Gene Group"})}


def test_the_display_name_is_the_one_most_documents_use_and_no_acronym() -> None:
    mentions = [mention(1, "a", "NCCT"), mention(2, "b", "NCCT"), mention(3, "a", "National Cell Centre Astana", same_as="NCCT"),
                mention(4, "b", "National Cell Centre Astana", same_as="NCCT")]  # fmt: skip
    (entity,) = resolve_entities(mentions, [])
    assert entity.name == "National Cell Centre Astana"
    assert entity.aliases == ("NCCT",)


@given(st.permutations(range(12)))
def test_order_does_not_matter(order: list[int]) -> None:
    names = [
        "Alpha LLC",
        "Alpha",
        "Альфа",
        "Beta",
        "Beta Group",
        "АО «Бета»",
        "BG",
        "Gamma",
        "Gamma",
        "Delta",
        "Дельта",
        "Ministry",
    ]
    mentions = [mention(i, f"d{i % 3}", names[i]) for i in range(12)]
    assert resolve_entities([mentions[i] for i in order], []) == resolve_entities(mentions, [])


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans()), max_size=30))
def test_cannot_links_hold_through_any_joins(steps: list[tuple[int, int, bool]]) -> None:
    clusters = Clusters()
    apart = []
    for a, b, join in steps:
        one, other = ("k", str(a)), ("k", str(b))
        if join:
            clusters.join(one, other)
        elif clusters.find(one) != clusters.find(other):
            clusters.keep_apart(one, other)
            apart.append((one, other))
        for x, y in apart:
            assert clusters.find(x) != clusters.find(y)


def test_many_mentions_are_resolved_in_reasonable_memory() -> None:
    chance = random.Random(1)
    mentions = [
        mention(i, f"d{i % 50}", f"Company {chance.randrange(400)} LLC") for i in range(5000)
    ]
    assert len(resolve_entities(mentions, [])) <= 400
