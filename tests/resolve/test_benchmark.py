"""What the benchmark says: joins are right, no affiliate is merged, and what is one is not lost."""

from functools import cache

import pytest

from tests.conftest import ROOT
from tests.resolve.benchmark import (
    FIELDS,
    NAMES,
    Outcome,
    figures,
    load_pairs,
    run,
    run_claims,
    table,
)

# The least share of true pairs that are joined or asked: (from names alone, with context).
FOUND = {
    "organisation": (0.80, 0.93), "organisation_2": (0.81, 0.94), "organisation_3": (0.70, 0.87), "person": (0.96, 0.96),
    "product": (0.83, 0.89), "product_2": (0.88, 0.88), "product_3": (0.71, 0.75), "programme": (0.81, 0.89), "facility": (0.83, 0.92),
}  # fmt: skip
CLAIMS = {"agreement": 0.88, "event": 0.98}


@cache
def outcomes(kind: str, context: bool) -> tuple[Outcome, ...]:
    return tuple(run_claims(kind) if kind in FIELDS else run(kind, context))


@pytest.mark.parametrize("kind", NAMES)
def test_there_are_three_hundred_pairs_of_each_kind(kind: str) -> None:
    pairs = load_pairs(kind)
    assert len(pairs) == 300
    assert 0.4 < sum(bool(p["same"]) for p in pairs) / 300 < 0.6


@pytest.mark.parametrize("kind", FIELDS)
def test_there_are_a_hundred_pairs_of_claims(kind: str) -> None:
    assert len(load_pairs(kind)) == 100


def test_automatic_joins_are_right() -> None:
    joined = [o for kind in NAMES for o in outcomes(kind, True) if o.band == "joined"]
    joined += [o for kind in FIELDS for o in outcomes(kind, True) if o.band == "joined"]
    assert len(joined) > 150
    assert sum(o.same for o in joined) / len(joined) >= 0.98


def test_joins_from_names_alone_are_right() -> None:
    joined = [o for kind in NAMES for o in outcomes(kind, False) if o.band == "joined"]
    assert len(joined) > 40
    assert sum(o.same for o in joined) / len(joined) >= 0.98


@pytest.mark.parametrize("context", [False, True])
def test_no_affiliate_part_or_namesake_is_merged(context: bool) -> None:
    traps = (
        "affiliate",
        "part",
        "component",
        "namesake",
        "sound_alike",
        "same_family",
        "gendered",
        "numbers",
        "edition",
        "other_party",
    )
    wrong = [
        o
        for kind in NAMES
        for o in outcomes(kind, context)
        if o.trap in traps and not o.same and o.band == "joined"
    ]
    assert [(o.left, o.right) for o in wrong] == []


@pytest.mark.parametrize("kind", NAMES)
def test_true_pairs_of_names_are_joined_or_asked(kind: str) -> None:
    alone, context = (figures(outcomes(kind, c)).recall for c in (False, True))
    assert alone >= FOUND[kind][0]
    assert context >= FOUND[kind][1]


@pytest.mark.parametrize("kind", FIELDS)
def test_true_pairs_of_claims_are_joined_or_asked(kind: str) -> None:
    assert figures(outcomes(kind, True)).recall >= CLAIMS[kind]


def test_the_page_about_identity_says_what_is_measured() -> None:
    page = (ROOT / "docs" / "identity.md").read_text(encoding="utf-8")
    for line in table().splitlines():
        assert line in page
