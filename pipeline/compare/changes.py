"""A set of records against another, document by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.compare.claims import Claim, Value
from pipeline.compare.pairing import Profile, Words, pair, profile
from pipeline.compare.values import FieldChange, Specs, compare_values
from pipeline.records import Record, describe, pairing_fields, table_name, walk_paths

Class = Literal[
    "added",
    "removed",
    "split",
    "merged",
    "changed",
    "format_only",
    "evidence_only",
    "moved",
    "unchanged",
]
CHANGED: tuple[Class, ...] = (
    "added",
    "removed",
    "split",
    "merged",
    "changed",
    "format_only",
    "evidence_only",
)
_COVERED = 0.6  # share of what a record says that another must say to have taken it in
_QUOTED = 0.5  # share of its quotes' words that the other must quote too
_REPEATED = 0.9  # a share at which one repeats the other


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What became of one record. `fields` are its differences if it is on both sides. `other` is
    the record that a removed one was merged into, or an added one was split from. `moved` records
    say the same by the same quotes, under another id or elsewhere in the document."""

    change: Class
    before: Claim | None
    after: Claim | None
    fields: tuple[FieldChange, ...] = ()
    other: Claim | None = None

    @property
    def claim(self) -> Claim:
        """The record as it is now, or was."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found


@dataclass(frozen=True, slots=True)
class Known:
    """What the subject says of its record types: by type, the fields that tell records apart, and
    the specification of each field by its path without indices."""

    fields: Mapping[str, Sequence[str]]
    specs: Mapping[str, Specs]


def known_of(record_types: Iterable[type[Record]]) -> Known:
    """What a subject says of its record types."""
    types = {table_name(t): t for t in record_types}
    return Known(
        {name: pairing_fields(t) for name, t in types.items()},
        {name: walk_paths(describe(t)) for name, t in types.items()},
    )


def compare_sets(
    before: Iterable[Claim], after: Iterable[Claim], known: Known
) -> list[RecordChange]:
    """What became of every record of two sets, by document and type, in a fixed order."""
    sides: dict[tuple[str, str], tuple[list[Claim], list[Claim]]] = defaultdict(lambda: ([], []))
    for side, claims in enumerate((before, after)):
        for claim in claims:
            sides[claim.document, claim.type][side].append(claim)
    found: list[RecordChange] = []
    for _, (left, right) in sorted(sides.items()):
        found += _one_type(left, right, known)
    return found


def compare_pair(before: Claim, after: Claim, specs: Specs) -> RecordChange:
    """What differs between two records that are one."""
    fields = list(compare_values(before.values, after.values, specs))
    fields += _quote_changes(before.quotes, after.quotes)
    return RecordChange(_class_of(before, after, fields), before, after, tuple(fields))


def _class_of(before: Claim, after: Claim, fields: Sequence[FieldChange]) -> Class:
    differences = {field.difference for field in fields}
    if differences & {"added", "removed", "changed"}:
        return "changed"
    if differences:
        return "format_only" if "format_only" in differences else "evidence_only"
    same_place = [(v.start, v.end) for v in before.quotes] == [
        (v.start, v.end) for v in after.quotes
    ]
    return "unchanged" if before.id == after.id and same_place else "moved"


def _quote_changes(before: Sequence[Value], after: Sequence[Value]) -> Iterator[FieldChange]:
    """The record's own quotes, as one difference of evidence."""
    told = [[(q.quote or q.text, q.status) for q in quotes] for quotes in (before, after)]
    if told[0] != told[1]:
        one, other = (quotes[0] if quotes else None for quotes in (before, after))
        yield FieldChange("evidence_only", one, other)


def _one_type(left: Sequence[Claim], right: Sequence[Claim], known: Known) -> list[RecordChange]:
    paired = pair(left, right, known.fields)
    some = (*left, *right)
    specs = known.specs.get(some[0].type, {}) if some else {}
    changes = [compare_pair(one, other, specs) for one, other in paired.pairs]
    profiles = {c.id: profile(c, known.fields.get(c.type, ())) for c in some} if changes else {}
    # A record that takes in another, or gives part of itself away, changes by it.
    hosts = [change for change in changes if change.change == "changed"]
    for claim in paired.left:
        into = _taken_in(claim, hosts, profiles, "after")
        changes.append(RecordChange("merged" if into else "removed", claim, None, (), into))
    for claim in paired.right:
        source = _taken_in(claim, hosts, profiles, "before")
        changes.append(RecordChange("split" if source else "added", None, claim, (), source))
    return changes


def _taken_in(
    claim: Claim, changes: Sequence[RecordChange], profiles: Mapping[str, Profile], side: str
) -> Claim | None:
    """The record that says most of what `claim` says, on quotes that have half its words, and
    that repeats it, or says more of it than the record it is paired with did."""
    best: tuple[float, Claim] | None = None
    for change in changes:
        other, partner = (
            (change.after, change.before) if side == "after" else (change.before, change.after)
        )
        if other is None or partner is None:
            continue
        said = profiles[claim.id].identity
        share = _share(said, profiles[other.id].identity)
        gained = share > _share(said, profiles[partner.id].identity)
        overlaps = _share(profiles[claim.id].quotes, profiles[other.id].quotes) >= _QUOTED
        takes_in = share >= (_COVERED if gained else _REPEATED) and overlaps
        if takes_in and (best is None or share > best[0]):
            best = share, other
    return best[1] if best else None


def _share(one: Words, other: Words) -> float:
    """The share of the words of one that the other has as well."""
    total = one.total()
    return (one & other).total() / total if total else 0.0
