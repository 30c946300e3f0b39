"""Runs made from gold: perfect ones, and such as are damaged in known ways."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.compare.changes import known_of
from pipeline.compare.claims import Claim, Value
from pipeline.evaluate.gold import Gold, read_gold
from pipeline.kinds import CHOICE, DATE
from pipeline.settings import BUNDLED
from pipeline.subject import load_subject
from tests.conftest import ROOT

FOLDER = ROOT / "data" / "gold"
TYPES = load_subject(BUNDLED).record_types
KNOWN = known_of(TYPES)


def all_gold(folder: Path = FOLDER) -> list[Gold]:
    return read_gold(folder, TYPES)


def gold_of(name: str) -> Gold:
    return next(gold for gold in all_gold() if name in gold.document)


def as_run(claim: Claim, name: str = "run") -> Claim:
    """A gold record as a run would hold it."""
    return replace(
        claim,
        id=f"{name} {claim.id}",
        quotes=tuple(replace(quote, status="exact") for quote in claim.quotes),
        values=tuple(replace(value, status="quoted") for value in claim.values),
    )


@dataclass
class Damaged:
    """A run, and what a perfect evaluator says of it: numbers of records and of values."""

    claims: list[Claim]
    records: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)


def damaged(gold: Gold, strangers: Sequence[Claim], chance: random.Random) -> Damaged:
    """A run of the document in which some records are damaged, each in one way."""
    run = Damaged([])
    for claim in gold.claims:
        optional = claim.id in gold.optional
        harm = chance.choice(_HARMS) if chance.random() < 0.3 else None
        given = as_run(claim)
        right = Counter(right=len(claim.values))
        if harm is _drop:
            run.records["omitted"] += not optional
            continue
        told = harm(given, chance) if harm else None
        if told is not None:
            given, harmed = told
            right += harmed
            right["right"] -= harmed["wrong"] + harmed["omitted"] + harmed["imprecise"]
        run.claims.append(given)
        run.records["optional" if optional else "found"] += 1
        if not optional:
            run.values += right
        if chance.random() < 0.1:
            run.claims.append(replace(as_run(claim, "again"), values=given.values))
            run.records["repeated"] += 1
    types = {claim.type for claim in gold.claims}
    for number, claim in enumerate(chance.sample(strangers, chance.randint(0, 4))):
        if claim.type in types:
            run.claims.append(as_run(claim, f"stranger {number}"))
            run.records["invented"] += 1
    chance.shuffle(run.claims)
    return run


Harm = Callable[[Claim, random.Random], tuple[Claim, Counter[str]] | None]


def _drop(claim: Claim, chance: random.Random) -> None:
    raise AssertionError("is never called")


def _lone(claim: Claim, chance: random.Random) -> Value | None:
    """A value that stands in no list and is none that records are paired by."""
    paired = KNOWN.fields.get(claim.type, ())
    found = [
        v for v in claim.values if v.path == v.field and "." not in v.path and v.field not in paired
    ]
    return chance.choice(found) if found else None


def _without(claim: Claim, value: Value, *instead: Value) -> Claim:
    kept = [v for v in claim.values if v is not value]
    return replace(claim, values=(*kept, *instead))


def _forget(claim: Claim, chance: random.Random) -> tuple[Claim, Counter[str]] | None:
    value = _lone(claim, chance)
    return (_without(claim, value), Counter(omitted=1)) if value else None


def _mistake(claim: Claim, chance: random.Random) -> tuple[Claim, Counter[str]] | None:
    value = _lone(claim, chance)
    spec = KNOWN.specs[claim.type].get(value.field) if value else None
    if value is None or spec is None:
        return None
    others = [choice for choice in spec.choices if choice != value.text]
    text = chance.choice(others) if spec.kind is CHOICE and others else None
    if text is None:
        return None
    return _without(claim, value, replace(value, text=text)), Counter(wrong=1)


def _blur(claim: Claim, chance: random.Random) -> tuple[Claim, Counter[str]] | None:
    paired = KNOWN.fields.get(claim.type, ())
    for value in claim.values:
        spec = KNOWN.specs[claim.type].get(value.field)
        day = spec is not None and spec.kind is DATE and value.path == value.field
        if day and value.field not in paired and len(value.text) == 10:
            return _without(claim, value, replace(value, text=value.text[:4])), Counter(imprecise=1)
    return None


def _invent(claim: Claim, chance: random.Random) -> tuple[Claim, Counter[str]] | None:
    if any(v.path == "speaker" for v in claim.values) or "speaker" in KNOWN.fields.get(
        claim.type, ()
    ):
        return None
    added = Value("speaker", "Nobody Whoever", "quoted", "Nobody Whoever")
    return replace(claim, values=(*claim.values, added)), Counter(invented=1)


def _shout(claim: Claim, chance: random.Random) -> tuple[Claim, Counter[str]] | None:
    """Write names otherwise than gold does, which is right all the same."""
    return replace(
        claim,
        values=tuple(
            replace(v, text=f"{v.text.upper()}") if v.field in ("name", "title", "speaker") else v
            for v in claim.values
        ),
    ), Counter()


_HARMS: tuple[Harm, ...] = (_drop, _forget, _mistake, _blur, _invent, _shout)  # type: ignore[assignment]
