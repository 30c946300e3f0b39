"""Records and values of one document against its gold: what was found, left out, invented. Pure.

Records are paired as those of two runs are (compare/pairing.py). A record of the run that is like
a gold record which another one has found already repeats it, as passages that tell one thing twice
do: it counts neither way, and is counted. So do gold records marked optional, and what finds them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.compare.changes import Known
from pipeline.compare.claims import Claim, Value
from pipeline.compare.pairing import LEAST, Profile, likeness, pair, profile
from pipeline.compare.values import FieldChange, Specs, compare_values
from pipeline.domain import ACCEPTED, DOUBTED
from pipeline.evaluate.gold import Gold, Negative
from pipeline.evaluate.judging import asserts, judged
from pipeline.text.folding import fold_text

_GOLD = "gold "  # before the ids of gold records, so that none is taken for one of the run
NUMBERS = ("found", "omitted", "invented", "repeated", "optional")


@dataclass(slots=True)
class Records:
    """Numbers of records: gold ones that were found and omitted, those invented, repeats of found
    ones, and optional gold records that were found."""

    found: int = 0
    omitted: int = 0
    invented: int = 0
    repeated: int = 0
    optional: int = 0

    def add(self, other: Records) -> None:
        """Count another document's as well."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def precision(self) -> float | None:
        """The share of what was given that gold has; None of nothing."""
        return _share(self.found, self.found + self.invented)

    @property
    def recall(self) -> float | None:
        """The share of gold that was found; None of nothing."""
        return _share(self.found, self.found + self.omitted)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None where gold and run have nothing."""
        return _share(2 * self.found, 2 * self.found + self.invented + self.omitted)


@dataclass(slots=True)
class Values:
    """Numbers of values in records that were found: right, less or more precise than gold, wrong,
    omitted, and given where gold has none."""

    right: int = 0
    imprecise: int = 0
    wrong: int = 0
    omitted: int = 0
    invented: int = 0

    def add(self, other: Values) -> None:
        """Count another field's or document's as well."""
        for name in ("right", "imprecise", "wrong", "omitted", "invented"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def accuracy(self) -> float | None:
        """The share that is right of values given where gold has one."""
        return _share(self.right, self.right + self.imprecise + self.wrong)

    @property
    def precision(self) -> float | None:
        """The share that is right of all values given."""
        return _share(self.right, self.right + self.imprecise + self.wrong + self.invented)

    @property
    def recall(self) -> float | None:
        """The share of gold's values that were given right."""
        return _share(self.right, self.right + self.imprecise + self.wrong + self.omitted)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        both = 2 * self.right + 2 * (self.imprecise + self.wrong) + self.omitted + self.invented
        return _share(2 * self.right, both)


@dataclass(slots=True)
class Scored:
    """A document against its gold. `of` says for each record of the run that finds or repeats a
    gold record which one; `omitted`, `invented` and `asserted` are for a person to read."""

    document: str
    records: dict[str, Records] = field(default_factory=dict)
    values: dict[tuple[str, str], Values] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    omitted: list[Claim] = field(default_factory=list)
    invented: list[Claim] = field(default_factory=list)
    wrong: list[tuple[Claim, FieldChange]] = field(default_factory=list)
    asserted: list[tuple[Negative, Claim]] = field(default_factory=list)
    negatives: int = 0


def as_seen(claim: Claim) -> Claim | None:
    """A record as analysts see it: without doubted values; None if it stands on no quote."""
    if not any(quote.status in ACCEPTED for quote in claim.quotes):
        return None
    return replace(claim, values=tuple(v for v in claim.values if v.status not in DOUBTED))


def score(
    gold: Gold, claims: Iterable[Claim], known: Known, optional: frozenset[str] = frozenset()
) -> Scored:
    """A document's records against its gold. `optional` are those of `claims` that need not be
    given: another reader's, which count only if gold has them."""
    scored = Scored(gold.document, negatives=len(gold.negatives))
    canonical = canonical_names(gold, known)
    wanted = _by_type(gold.claims, canonical, known, _GOLD)
    given = _by_type(claims, canonical, known)
    for kind in sorted({*wanted, *given}):
        _score_type(scored, gold, wanted.get(kind, []), given.get(kind, []), known, optional)
    for negative in gold.negatives:
        specs = known.specs.get(negative.type, {})
        where = [canonical(Value(path, text, "gold"), specs) for path, text in negative.where]
        for claim in given.get(negative.type, []):
            if asserts(claim, where, specs):
                scored.asserted.append((negative, claim))
                break
    return scored


Canonical = Callable[[Value, Specs], Value]


def canonical_names(gold: Gold, known: Known) -> Canonical:
    """What gives a name that gold says is one with others the first of them, so that either counts;
    names that are listed as such (aliases) stay as they are."""
    first: dict[str, str] = {}
    groups = [names.names for names in gold.same]
    for claim in gold.claims:
        specs = known.specs.get(claim.type, {})
        own = [v.text for v in claim.values if _mention(specs, v, own=True)]
        also = [v.text for v in claim.values if _mention(specs, v, own=False)]
        if own and also:
            groups.append((*own, *also))
    for group in groups:
        known_as = next((first[f] for name in group if (f := fold_text(name)) in first), group[0])
        for name in group:
            first.setdefault(fold_text(name), known_as)

    def canonical(value: Value, specs: Specs) -> Value:
        spec = specs.get(value.field)
        if spec is None or spec.mention is None or spec.mention.same_as:
            return value
        name = first.get(fold_text(value.text))
        return value if name is None else replace(value, text=name)

    return canonical


def _mention(specs: Specs, value: Value, *, own: bool) -> bool:
    spec = specs.get(value.field)
    if spec is None or spec.mention is None:
        return False
    return spec.mention.own if own else spec.mention.same_as is not None


def _by_type(
    claims: Iterable[Claim], canonical: Canonical, known: Known, prefix: str = ""
) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        specs = known.specs.get(claim.type, {})
        values = tuple(canonical(value, specs) for value in claim.values)
        found[claim.type].append(replace(claim, id=prefix + claim.id, values=values))
    return found


def _score_type(
    scored: Scored,
    gold: Gold,
    wanted: Sequence[Claim],
    given: Sequence[Claim],
    known: Known,
    optional: frozenset[str],
) -> None:
    kind = (*wanted, *given)[0].type
    records = scored.records.setdefault(kind, Records())
    pairing = pair(wanted, given, known.fields)
    for one, other in pairing.pairs:
        gold_id = one.id.removeprefix(_GOLD)
        scored.of[other.id] = gold_id
        if gold_id in gold.optional:
            records.optional += 1
            continue
        records.found += 1
        _score_values(scored, one, other, known.specs.get(kind, {}))
    for claim in pairing.left:
        if claim.id.removeprefix(_GOLD) not in gold.optional:
            records.omitted += 1
            scored.omitted.append(claim)
    fields = known.fields.get(kind, ())
    profiles = [(one.id, profile(one, fields)) for one, _ in pairing.pairs]
    for claim in pairing.right:
        if repeated := _repeated(profile(claim, fields), profiles):
            records.repeated += 1
            scored.of[claim.id] = repeated.removeprefix(_GOLD)
        elif claim.id not in optional:
            records.invented += 1
            scored.invented.append(claim)


def _repeated(given: Profile, found: Sequence[tuple[str, Profile]]) -> str:
    """The gold record that a record says again, of those that were found; empty for none."""
    best = max(((likeness(given, known), name) for name, known in found), default=(0.0, ""))
    return best[1] if best[0] >= LEAST else ""


def _score_values(scored: Scored, one: Claim, other: Claim, specs: Specs) -> None:
    kind = one.type
    for value in one.values:
        scored.values.setdefault((kind, value.field), Values()).right += 1
    for change in compare_values(one.values, other.values, specs):
        values = scored.values.setdefault((kind, change.field), Values())
        if change.after is None:
            values.right -= 1
            values.omitted += 1
        elif change.before is None:
            values.invented += 1
        elif change.difference == "changed":
            # Paired parts of a list are of one field; what replaces another stands in its field.
            values = scored.values[kind, change.before.field]
            told = judged(specs.get(change.field), change.before.text, change.after.text)
            if told != "right":
                values.right -= 1
                setattr(values, told, getattr(values, told) + 1)
                scored.wrong.append((other, change))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
