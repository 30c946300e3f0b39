"""Edges to clusters: union-find with cannot-link sets, the strongest edge first. Pure.

Ties go by the ids of the ends, so that the order of input changes nothing. What may not be joined,
directly or through others, is in `apart`; an edge that would join such two is refused and kept with
its reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Band = Literal["joined", "asked", "apart", "refused"]
# Whose word an edge is, the strongest first.
Source = Literal["person", "record", "stated", "model", "guard", "score"]
Pair = tuple[str, str]
# Levels of names that say the names are one, not merely alike.
IDENTITY_LEVELS = frozenset(
    (
        "same_name",
        "same_common_words",
        "same_reading",
        "sounds_alike",
        "run_together",
        "same_full_name",
    )
)


@dataclass(frozen=True, slots=True)
class Edge:
    """What speaks for or against two usages being one. `left` < `right`; `weight` in bits; `reason`
    names the level, guard, alias or judgement; `parts` the weight of each comparison.

    An edge of a guard is `apart`, or `asked` where somebody may overrule it; until then it holds
    its ends apart all the same.
    """

    left: str
    right: str
    band: Band
    weight: float
    reason: str
    source: Source = "score"
    parts: Mapping[str, float] = field(default_factory=dict)
    relation: str = ""

    @property
    def pair(self) -> Pair:
        """Its two ends."""
        return self.left, self.right


def pair_of(a: str, b: str) -> Pair:
    """Two ids in order."""
    return (a, b) if a <= b else (b, a)


class Clusters:
    """Ids joined into clusters, some of them held apart. The smallest id represents a cluster."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)

    def find(self, key: str) -> str:
        """The representative of an id's cluster."""
        root = key
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while key != root:
            key, self._parent[key] = self._parent.get(key, root), root
        return root

    def keep_apart(self, a: str, b: str) -> bool:
        """Forbid joining two ids, directly or through others; False when they are joined."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self._apart[a].add(b)
        self._apart[b].add(a)
        return True

    def join(self, a: str, b: str) -> bool:
        """Join two ids; False when they are kept apart."""
        a, b = sorted((self.find(a), self.find(b)))
        if a == b:
            return True
        if b in self._apart.get(a, ()):
            return False
        self._parent[b] = a
        for other in self._apart.pop(b, set()):
            self._apart[other].discard(b)
            self._apart[other].add(a)
            self._apart[a].add(other)
        return True


class ContradictionError(ValueError):
    """Judgements of people that cannot all hold; the message names them."""


def cluster(edges: Iterable[Edge]) -> tuple[Clusters, list[Edge]]:
    """The clusters that joined edges make, and all edges, with those refused marked so, and those
    asked about two clusters that somebody judged different apart.

    People come first, then what records tell apart, what documents state, what models judged
    different, guards that nobody may overrule, what models judged the same, guards that somebody
    may, and scores by weight. So a guard that a model may overrule is overruled too where it
    follows from what the model judged. Raises ContradictionError when people's judgements
    contradict each other.
    """
    ordered = sorted(edges, key=lambda e: (-e.weight, e.left, e.right, e.reason))
    by_source: dict[Source, list[Edge]] = defaultdict(list)
    for edge in ordered:
        by_source[edge.source].append(edge)
    clusters = _of_people(by_source["person"])
    settled = {e.pair for e in by_source["person"] if e.band != "asked"}
    refused: set[tuple[Pair, Source]] = set()

    def of(source: Source, band: Band) -> list[Edge]:
        return [edge for edge in by_source[source] if edge.band == band]

    for edge in (
        *of("record", "apart"), *of("stated", "joined"), *of("model", "apart"),
        *of("guard", "apart"), *of("model", "joined"), *of("guard", "asked"),
        *of("score", "joined"),
    ):  # fmt: skip
        if edge.band != "joined":
            if edge.pair not in settled:
                clusters.keep_apart(*edge.pair)
        elif not clusters.join(*edge.pair):
            refused.add((edge.pair, edge.source))

    def ends(edge: Edge) -> Pair:
        return pair_of(clusters.find(edge.left), clusters.find(edge.right))

    judged = {ends(e) for e in ordered if e.source in ("person", "model") and e.band == "apart"}
    return clusters, [
        _held_apart(edge, "refused", "members are held apart")
        if edge.band == "joined" and (edge.pair, edge.source) in refused
        else _held_apart(edge, "apart", "judged different by others of their names")
        if edge.band == "asked" and edge.source in ("guard", "score") and ends(edge) in judged
        else edge
        for edge in ordered
    ]


def _of_people(people: list[Edge]) -> Clusters:
    """What people joined and hold apart. Raises ContradictionError."""
    clusters = Clusters()
    for edge in people:
        if edge.band == "joined":
            clusters.join(*edge.pair)
    for edge in people:
        if edge.band == "apart" and not clusters.keep_apart(*edge.pair):
            raise ContradictionError(_contradiction(edge, people))
    return clusters


def _held_apart(edge: Edge, band: Band, why: str) -> Edge:
    return replace(edge, band=band, reason=f"{edge.reason}: {why}")


def _contradiction(edge: Edge, judged: list[Edge]) -> str:
    """Names the judgements on the way between the two ends of one that says `different`."""
    neighbours: dict[str, list[Edge]] = defaultdict(list)
    for other in judged:
        if other.band == "joined":
            neighbours[other.left].append(other)
            neighbours[other.right].append(other)
    seen: dict[str, list[Edge]] = {edge.left: []}
    queue = [edge.left]
    while queue:
        here = queue.pop(0)
        for step in neighbours[here]:
            there = step.right if step.left == here else step.left
            if there not in seen:
                seen[there] = [*seen[here], step]
                queue.append(there)
    way = ", ".join(e.reason for e in seen.get(edge.right, []))
    return f"{edge.reason} contradicts {way}"


def without_moot(edges: Iterable[Edge], moot: Callable[[Edge], bool]) -> list[Edge]:
    """The edges, without guards about words between two sets of names that documents state to be
    one each, when a name of the one is a name of the other, or somebody judged so: it has more than
    one name. `moot` says whether an edge is such a guard."""
    given = list(edges)
    whole = Clusters()
    for edge in given:
        if edge.source == "stated" and edge.band == "joined":
            whole.join(*edge.pair)

    def ends(edge: Edge) -> Pair:
        return pair_of(whole.find(edge.left), whole.find(edge.right))

    same = {
        ends(e)
        for e in given
        if e.band == "joined" and (e.reason in IDENTITY_LEVELS or e.source in ("person", "model"))
    }
    return [e for e in given if not (e.source == "guard" and moot(e) and ends(e) in same)]


def ambiguous(edges: Iterable[Edge]) -> list[Edge]:
    """The edges, with those by which a usage would join two that are held apart asked instead: it
    says too little to tell which of them it is. Usages that a document or somebody joined count as
    one."""
    given = list(edges)
    whole = Clusters()
    for edge in given:
        if edge.band == "joined" and edge.source != "score":
            whole.join(*edge.pair)
    apart: dict[str, set[str]] = defaultdict(set)
    joined: dict[str, set[str]] = defaultdict(set)
    for edge in given:
        a, b = whole.find(edge.left), whole.find(edge.right)
        found = joined if edge.band == "joined" else apart if edge.source == "guard" else None
        if found is not None and a != b:
            found[a].add(b)
            found[b].add(a)
    torn = {
        node
        for node, others in joined.items()
        if len(others) > 1 and any(apart.get(other, set()) & others for other in others)
    }

    def fits_several(edge: Edge) -> bool:
        a, b = whole.find(edge.left), whole.find(edge.right)
        return any(n in torn and apart.get(o, set()) & joined[n] for n, o in ((a, b), (b, a)))

    return [
        replace(edge, band="asked", reason="fits_several")
        if edge.band == "joined" and edge.source == "score" and fits_several(edge)
        else edge
        for edge in given
    ]
