"""Ids that outlive a run."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.resolve.register import (
    Register,
    RegisterError,
    document_keys,
    entity_ids,
    leads_to,
    read_register,
)

Groups = list[tuple[str, list[str]]]


def minted(
    groups: Groups, lines: list[str], judged: tuple[str, ...] = ()
) -> tuple[list[str], list[str], dict[str, str]]:
    ids, more, redirects = entity_ids(read_register(lines), groups, judged)
    return ids, [*lines, *more], redirects


def test_an_id_is_kept_when_members_are_added() -> None:
    (first,), lines, _ = minted([("organisation", ["n5"])], [])
    (again,), lines, _ = minted([("organisation", ["n1", "n5"])], lines)
    assert again == first
    assert minted([("organisation", ["n1", "n5"])], lines)[1] == lines


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(6, 9), max_size=6)
)
def test_adding_renames_no_untouched_entity(first: list[int], added: list[int]) -> None:
    def groups(of: list[int]) -> Groups:
        found: dict[int, list[str]] = {}
        for member, group in enumerate(of):
            found.setdefault(group, []).append(f"n{member}")
        return [("x", members) for _, members in sorted(found.items())]

    before = groups(first)
    ids, lines, _ = minted(before, [])
    after, _, redirects = minted(groups(first + added), lines)
    assert after[: len(ids)] == ids
    assert len(set(after)) == len(after)
    assert redirects == {}


def test_on_a_merge_the_oldest_survives_and_the_other_leads_to_it() -> None:
    ids, lines, _ = minted([("x", ["n1"])], [])
    both, lines, _ = minted([("x", ["n1"]), ("x", ["n0"])], lines)
    (merged,), lines, redirects = minted([("x", ["n0", "n1"])], lines)
    assert merged == ids[0] == both[0]
    assert redirects == {both[1]: merged}
    assert minted([("x", ["n0", "n1"])], lines)[1:] == (lines, redirects)


def test_on_a_split_the_judged_part_keeps_the_id_else_the_largest() -> None:
    (whole,), lines, _ = minted([("x", ["n1", "n2", "n3"])], [])
    parts: Groups = [("x", ["n1"]), ("x", ["n2", "n3"])]
    assert minted(parts, lines)[0][1] == whole
    assert minted(parts, lines, judged=("n1",))[0][0] == whole
    ids = minted(parts, lines)[0]
    assert len(set(ids)) == 2


def test_taking_a_merge_back_gives_both_their_ids_again() -> None:
    apart: Groups = [("x", ["n1"]), ("x", ["n2"])]
    ids, lines, _ = minted(apart, [])
    _, lines, _ = minted([("x", ["n1", "n2"])], lines)
    again, lines, redirects = minted(apart, lines)
    assert sorted(again) == sorted(ids)
    assert redirects == {}
    assert minted(apart, lines)[1] == lines


def test_the_same_members_are_minted_the_same_in_any_order() -> None:
    groups: Groups = [("x", ["n2", "n1"]), ("x", ["n3"])]
    assert minted(groups, [])[0] == minted([("x", ["n1", "n2"]), ("x", ["n3"])], [])[0]


def test_a_document_is_known_by_its_bytes_and_by_its_source() -> None:
    keys, lines = document_keys(Register(), [("doc_1", "a.txt"), ("doc_2", "b.txt")])
    assert keys == {"doc_1": "doc_1", "doc_2": "doc_2"}
    edited, more = document_keys(read_register(lines), [("doc_9", "a.txt"), ("doc_2", "b.txt")])
    assert edited == {"doc_9": "doc_1", "doc_2": "doc_2"}
    moved, _ = document_keys(read_register([*lines, *more]), [("doc_9", "c/a.txt")])
    assert moved == {"doc_9": "doc_1"}
    other, _ = document_keys(read_register(lines), [("doc_1", "c.txt"), ("doc_7", "a.txt")])
    assert other == {"doc_1": "doc_1", "doc_7": "doc_7"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"entity": "e1", "kind": "x", "add": []}, {"entity": "e1", "kind": "y", "add": []}], "line 2: e1 is y"),
        ([{"entity": "e1", "add": []}, {"entity": "e1", "into": "e1"}], "line 2: e1 cannot lead"),
        ([{"entity": "e1", "into": "e2"}], "line 1: e1 cannot lead"),
        ([{"entity": "e1"}, {"entity": "e2"}, {"entity": "e1", "into": "e2"}, {"entity": "e2", "into": "e1"}], "line 4"),
        ([{"document": "d1", "bytes": "b", "source": "a"}, {"document": "d2", "bytes": "b", "source": "a"}], "line 2: b is d2"),
        ([{"what": 1}], "line 1 names neither"),
        ([[1]], "line 1 is no entry"),
    ],
)  # fmt: skip
def test_a_register_that_contradicts_itself_is_refused_by_line(
    lines: list[object], said: str
) -> None:
    with pytest.raises(RegisterError, match=said):
        read_register([json.dumps(line) for line in lines])


def test_a_torn_line_is_passed_over_and_told() -> None:
    register = read_register(
        ['{"entity": "e1", "kind": "x", "add": ["n1"]}', '{"entity": "e2", "ki']
    )
    assert register.members == {"n1": "e1"}
    assert register.torn == [2]
    assert leads_to(register, "e1") == "e1"
