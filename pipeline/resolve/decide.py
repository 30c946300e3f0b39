"""What weights and guards make of a pair: joined, asked or apart. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.domain import NameUsage
from pipeline.resolve.clusters import Band, Edge, pair_of
from pipeline.resolve.features import side_of
from pipeline.resolve.guards import first_guard
from pipeline.resolve.weights import Weights

STATED_BITS = 500.0  # what a document states comes before every score
_SAYS_THE_SAME = 7.5  # bits of two names of common words that say the same
_TELLING = 3  # concepts that hardly two of one kind share
ONE_RECORD = "one_record_names_both"


def decide(
    left: NameUsage,
    right: NameUsage,
    bits: float,
    parts: Mapping[str, float],
    weights: Weights,
    together: bool = False,
) -> Edge | None:
    """The edge of a candidate pair; None for one that too little speaks for. `together` is whether
    one record names both."""
    if bits < weights.ask(left.style):
        return None
    ends = pair_of(left.id, right.id)
    held = first_guard(side_of(left), side_of(right))
    unsaid = held and held.guard == "bearers_differ" and bits < weights.join
    if unsaid and not _may_be_one(left, right, bits):
        return None  # every ministry would be asked about with every other
    if held:
        band: Band = "asked" if held.askable and not together else "apart"
        return Edge(*ends, band, bits, held.guard, "guard", parts, held.relation)
    if together:
        return Edge(*ends, "asked", bits, ONE_RECORD, "guard", parts)
    level = weights.level_of(left.style, "name", parts.get("name", 0.0))
    return Edge(*ends, "joined" if bits >= weights.join else "asked", bits, level, "score", parts)


def _may_be_one(left: NameUsage, right: NameUsage, bits: float) -> bool:
    """Whether two names of common words alone say the same, and either is of no known country or
    they say more than most: a ministry of health and the one of Kazakhstan."""
    x, y = side_of(left), side_of(right)
    if x.name is None or y.name is None or bits < _SAYS_THE_SAME:
        return False
    known = [s.countries or s.name.countries for s in (x, y) if s.name]
    return (bool(known[0]) != bool(known[1])) or len(x.name.concepts) >= _TELLING
