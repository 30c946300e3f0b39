"""Whether names and deals that are one were joined, and others were not: pairs, and B³.

B³ (A. Bagga and B. Baldwin, 1998) asks of each member which share of its cluster belongs there, and
which share of those that belong together its cluster holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from pipeline.evaluate.gold import Gold, Names
from pipeline.text.folding import fold_text


@dataclass(slots=True)
class Joined:
    """Pairs of what is one in gold (`together` of them joined, `parted` not) and of what is not
    (`mixed` joined, `apart` not); the sums of B³ over `members`."""

    together: int = 0
    parted: int = 0
    mixed: int = 0
    apart: int = 0
    members: int = 0
    clean: float = 0.0
    whole: float = 0.0

    def add(self, other: Joined) -> None:
        """Count another document's as well."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def pairwise_f1(self) -> float | None:
        """F1 over pairs; None without any that are one."""
        both = 2 * self.together + self.parted + self.mixed
        return 2 * self.together / both if both else None

    @property
    def b3_f1(self) -> float | None:
        """F1 of B³; None without members."""
        total = self.clean + self.whole
        return 2 * self.clean * self.whole / (total * self.members) if total else None


def names_joined(
    gold: Gold, entities: Mapping[tuple[str, str], frozenset[str]]
) -> dict[str, Joined]:
    """By kind of entity, for the names that gold says are one or are not. `entities` gives, by kind
    and folded name, the entities that the document's mentions of the name belong to; names that
    the run does not mention are left out."""
    found: dict[str, Joined] = defaultdict(Joined)
    members: dict[str, list[tuple[Hashable, Hashable]]] = defaultdict(list)
    grouped: set[tuple[str, str]] = set()
    for number, group in enumerate(gold.same):
        known = _known(group, entities)
        grouped |= {(group.kind, fold_text(name)) for name in group.names}
        members[group.kind] += [(number, min(e)) for _, e in known]
        for (_, one), (_, other) in combinations(known, 2):
            found[group.kind].together += bool(one & other)
            found[group.kind].parted += not one & other
    for group in gold.different:
        known = _known(group, entities)
        members[group.kind] += [
            (name, min(e)) for name, e in known if (group.kind, name) not in grouped
        ]
        grouped |= {(group.kind, name) for name, _ in known}
        for (_, one), (_, other) in combinations(known, 2):
            found[group.kind].mixed += bool(one & other)
            found[group.kind].apart += not one & other
    for kind, told in members.items():
        found[kind].add(_b3(told))
    return dict(found)


def _known(
    group: Names, entities: Mapping[tuple[str, str], frozenset[str]]
) -> list[tuple[str, frozenset[str]]]:
    """The folded names of a group that the run mentions, with their entities."""
    names = dict.fromkeys(map(fold_text, group.names))
    return [(name, e) for name in names if (e := entities.get((group.kind, name)))]


def claims_joined(
    of: Mapping[str, str], entities: Mapping[str, str], kinds: Mapping[str, str]
) -> dict[str, Joined]:
    """By type, for records of one document that find gold records: `of` says which, `entities`
    which deal or event each record is a claim about, `kinds` the type of each."""
    members: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record, gold in of.items():
        if record in entities and record in kinds:
            members[kinds[record]].append((gold, entities[record]))
    found = {}
    for kind, told in members.items():
        joined = _b3(told)
        for (gold, one), (other_gold, other) in combinations(told, 2):
            if gold == other_gold:
                joined.together += one == other
                joined.parted += one != other
            else:
                joined.mixed += one == other
                joined.apart += one != other
        found[kind] = joined
    return found


def _b3(members: Iterable[tuple[Hashable, Hashable]]) -> Joined:
    """The sums of B³ for members given as (what they are, where they were put)."""
    told = list(members)
    joined = Joined(members=len(told))
    for gold, entity in told:
        cluster = sum(1 for _, other in told if other == entity)
        wanted = sum(1 for other, _ in told if other == gold)
        both = sum(1 for g, e in told if g == gold and e == entity)
        joined.clean += both / cluster
        joined.whole += both / wanted
    return joined
