"""Edges to clusters: what is held apart stays so, order changes nothing, people come first."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.resolve.clusters import (
    Band,
    Clusters,
    ContradictionError,
    Edge,
    Source,
    ambiguous,
    cluster,
    pair_of,
    without_moot,
)

NODES = [f"n{i}" for i in range(8)]


def edge(
    a: str,
    b: str,
    band: Band = "joined",
    source: Source = "score",
    weight: float = 12.0,
    reason: str = "same_name",
) -> Edge:
    return Edge(*pair_of(a, b), band, weight, reason, source)


def same(clusters: Clusters, a: str, b: str) -> bool:
    return clusters.find(a) == clusters.find(b)


EDGES = st.builds(
    lambda ends, kind, weight: edge(*ends, *kind, weight=float(weight), reason=f"{kind[1]} {kind[0]}"),
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda e: e[0] != e[1]),
    st.sampled_from([("joined", "score"), ("asked", "score"), ("apart", "guard"), ("asked", "guard"), ("apart", "record"),
                     ("joined", "stated"), ("joined", "model"), ("apart", "model")]),
    st.integers(3, 30),
)  # fmt: skip


@given(st.lists(EDGES, max_size=30), st.randoms())
def test_order_changes_nothing(edges: list[Edge], chance: object) -> None:
    clusters, kept = cluster(ambiguous(edges))
    shuffled = list(edges)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    again, kept_again = cluster(ambiguous(shuffled))
    assert {n: clusters.find(n) for n in NODES} == {n: again.find(n) for n in NODES}
    assert sorted(map(repr, kept)) == sorted(map(repr, kept_again))


def test_what_follows_from_a_models_word_overrules_a_guard_that_it_may_overrule() -> None:
    told = [edge("n1", "n2", "joined", "model"), edge("n2", "n3", "joined", "model")]
    clusters, _ = cluster([*told, edge("n1", "n3", "asked", "guard", 30)])
    assert same(clusters, "n1", "n3")
    clusters, kept = cluster([*told, edge("n1", "n3", "apart", "guard", 3)])
    assert not same(clusters, "n1", "n3")
    assert [e.band for e in kept if e.source == "model"].count("refused") == 1
    weighed = [edge("n1", "n2", "joined", "model"), edge("n2", "n3", "joined", "score", 50)]
    clusters, _ = cluster([*weighed, edge("n1", "n3", "asked", "guard", 3)])
    assert not same(clusters, "n1", "n3")


@pytest.mark.parametrize("who", ["person", "model"])
def test_two_that_somebody_judged_different_are_not_asked_about_by_other_names(who: Source) -> None:
    edges = [
        edge("n1", "n2"), edge("n3", "n4"), edge("n1", "n3", "apart", who),
        edge("n2", "n4", "asked", "guard", reason="one_is_numbered"), edge("n2", "n5", "asked"),
    ]  # fmt: skip
    _, kept = cluster(edges)
    assert [e.pair for e in kept if e.band == "asked"] == [("n2", "n5")]
    (moot,) = (e for e in kept if e.pair == ("n2", "n4"))
    assert moot.band == "apart"
    assert moot.reason == "one_is_numbered: judged different by others of their names"


@given(st.lists(EDGES, max_size=30))
def test_no_pair_that_a_record_tells_apart_is_in_one_cluster(edges: list[Edge]) -> None:
    clusters, _ = cluster(edges)
    for e in edges:
        if e.source == "record":
            assert not same(clusters, e.left, e.right)


@given(st.lists(EDGES, max_size=30))
def test_scores_never_join_what_a_guard_holds_apart(edges: list[Edge]) -> None:
    """Only what documents state, or a model that may overrule the guard, can."""
    few = [e for e in edges if e.source in ("score", "guard")]
    clusters, _ = cluster(few)
    for e in few:
        if e.source == "guard":
            assert not same(clusters, e.left, e.right)


@given(st.lists(EDGES, max_size=30))
def test_clustering_what_was_kept_again_changes_nothing(edges: list[Edge]) -> None:
    clusters, kept = cluster(edges)
    again, _ = cluster([e for e in kept if e.band != "refused"])
    assert {n: clusters.find(n) for n in NODES} == {n: again.find(n) for n in NODES}


def test_the_strongest_edge_comes_first_and_the_other_is_refused() -> None:
    edges = [
        edge("a", "b", weight=20),
        edge("b", "c", weight=11),
        edge("a", "c", "apart", "guard", reason="numbers_differ"),
    ]
    clusters, kept = cluster(edges)
    assert same(clusters, "a", "b")
    assert not same(clusters, "b", "c")
    assert [e.pair for e in kept if e.band == "refused"] == [("b", "c")]
    assert "held apart" in next(e.reason for e in kept if e.band == "refused")


def test_a_person_goes_over_a_guard_and_a_model_over_one_that_asks() -> None:
    hard, soft = edge("a", "b", "apart", "guard"), edge("a", "b", "asked", "guard")
    person, model = (
        edge("a", "b", source="person", weight=2000),
        edge("a", "b", source="model", weight=1000),
    )
    assert same(cluster([hard, person])[0], "a", "b")
    assert not same(cluster([hard, model])[0], "a", "b")
    assert same(cluster([soft, model])[0], "a", "b")
    assert not same(cluster([soft, edge("a", "b")])[0], "a", "b")


def test_a_model_never_goes_over_a_person() -> None:
    no, yes = (
        edge("a", "b", "apart", "person", weight=2000),
        edge("a", "b", source="model", weight=1000),
    )
    clusters, kept = cluster([no, yes])
    assert not same(clusters, "a", "b")
    assert [e.source for e in kept if e.band == "refused"] == ["model"]


def test_people_who_contradict_each_other_are_named() -> None:
    edges = [edge("a", "b", source="person", reason="anna says same (j_1)"), edge("b", "c", source="person", reason="anna says same (j_2)"),
             edge("a", "c", "apart", "person", reason="boris says different (j_3)")]  # fmt: skip
    with pytest.raises(ContradictionError, match=r"j_3.*j_1.*j_2"):
        cluster(edges)


def test_what_documents_state_comes_before_guards_and_after_records() -> None:
    stated, guard = edge("a", "b", source="stated", weight=500), edge("a", "b", "apart", "guard")
    assert same(cluster([stated, guard])[0], "a", "b")
    record = edge("a", "b", "apart", "record", weight=500)
    clusters, kept = cluster([stated, record])
    assert not same(clusters, "a", "b")
    assert any(e.band == "refused" for e in kept)


def test_a_usage_that_fits_two_that_are_apart_is_asked_about() -> None:
    edges = [
        edge("a", "x"),
        edge("b", "x"),
        edge("a", "b", "asked", "guard", reason="countries_conflict"),
    ]
    found = {e.pair: (e.band, e.reason) for e in ambiguous(edges)}
    assert found["a", "x"] == found["b", "x"] == ("asked", "fits_several")
    one = [edge("a", "x"), edge("b", "y"), edges[2]]
    assert {e.band for e in ambiguous(one) if e.source == "score"} == {"joined"}


def test_a_judgement_settles_what_fitted_several() -> None:
    edges = [
        edge("a", "x"),
        edge("b", "x"),
        edge("a", "b", "asked", "guard"),
        edge("a", "b", source="model", weight=1000),
    ]
    clusters, _ = cluster(ambiguous(edges))
    assert all(same(clusters, p, q) for p, q in itertools.combinations("abx", 2))


def test_guards_about_words_are_moot_where_another_name_of_the_same_is_the_same() -> None:
    stated = edge("full", "short", source="stated", weight=500)
    identical = edge("full", "other", reason="same_name")
    words = edge("other", "short", "asked", "guard", reason="one_sided_qualifier")
    fact = edge("other", "short", "asked", "guard", reason="countries_conflict")

    def moot(e: Edge) -> bool:
        return e.reason == "one_sided_qualifier"

    assert words not in without_moot([stated, identical, words], moot)
    assert fact in without_moot([stated, identical, fact], moot)
    judged = edge("full", "other", source="model", weight=1000, reason="model says same")
    assert words not in without_moot([stated, judged, words], moot)
    alike = edge("full", "other", reason="nearly_spelled")
    assert words in without_moot([stated, alike, words], moot)


def test_what_is_kept_apart_stays_so_through_others() -> None:
    clusters = Clusters()
    assert clusters.keep_apart("b", "c")
    assert clusters.join("a", "b")
    assert not clusters.join("c", "a")
    assert clusters.join("c", "d")
    assert not clusters.join("d", "b")
    assert not clusters.keep_apart("a", "b")
    assert clusters.find("b") == "a"


def test_the_smallest_id_represents_a_cluster() -> None:
    clusters = Clusters()
    clusters.join("c", "b")
    assert clusters.find("c") == "b"
    clusters.join("b", "a")
    assert {clusters.find(n) for n in "abc"} == {"a"}
