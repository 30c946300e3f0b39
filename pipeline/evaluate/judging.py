"""Whether a value is that of gold, and whether a record asserts what gold says is not so. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pipeline.compare.claims import Claim, Value
from pipeline.compare.pairing import dice, words_in
from pipeline.compare.values import Specs, same_value
from pipeline.kinds import DATE, GIST, WORDS
from pipeline.records import FieldSpec
from pipeline.resolve.names import name_form
from pipeline.text.folding import fold_text
from pipeline.values.edtf import edtf_bounds

_ALIKE = 0.6  # share of words from which a free wording says what gold says


def judged(spec: FieldSpec | None, gold: str, given: str) -> str:
    """A value that is written otherwise than gold's: right if its kind says that both are the same,
    a name differs in its legal form or the acronym behind it alone, or a free wording shares most
    words; imprecise if one date is within the other; else wrong."""
    if same_value(spec, gold, given):
        return "right"
    if spec is None:
        return "wrong"
    if spec.mention and spec.mention.style == "organisation" and _same_form(gold, given):
        return "right"
    if spec.kind in (WORDS, GIST):
        return "right" if _alike(gold, given) else "wrong"
    if spec.kind is DATE and _within(gold, given):
        return "imprecise"
    return "wrong"


def _same_form(one: str, other: str) -> bool:
    forms = [form and replace(form, bracketed="") for form in map(name_form, (one, other))]
    return forms[0] is not None and forms[0] == forms[1]


def _alike(one: str, other: str) -> bool:
    """Whether two wordings share most words, or one of several words is part of the other."""
    left, right = words_in([one]), words_in([other])
    small, large = (left, right) if left.total() <= right.total() else (right, left)
    contained = small.total() > 1 and all(n <= large[word] for word, n in small.items())
    return contained or dice(left, right) >= _ALIKE


def _within(one: str, other: str) -> bool:
    try:
        (a, b), (c, d) = edtf_bounds(one), edtf_bounds(other)
    except ValueError:
        return False
    low, high = date.min, date.max
    first, second = ((a or low, b or high), (c or low, d or high))
    return (first[0] <= second[0] and second[1] <= first[1]) or (
        second[0] <= first[0] and first[1] <= second[1]
    )


def asserts(claim: Claim, where: Iterable[Value], specs: Specs) -> bool:
    """Whether a record has all these values: those of parts of a list, such as an amount's sum and
    its stage, in one part."""
    groups: dict[str, list[Value]] = defaultdict(list)
    for value in where:
        inner = value.field.rpartition(".")[0]
        groups[inner or value.field].append(value)
    return all(
        any(
            all(_has(part, value, specs) for value in wanted)
            for part in _parts_of(claim, inner).values()
        )
        for inner, wanted in groups.items()
    )


def _parts_of(claim: Claim, inner: str) -> dict[str, list[Value]]:
    """The values of a record in or at the field `inner`, by the part of the list they are in."""
    found: dict[str, list[Value]] = defaultdict(list)
    for value in claim.values:
        if value.field.rpartition(".")[0] == inner or value.field == inner:
            found[value.path.rpartition(".")[0]].append(value)
    return found


def _has(values: Iterable[Value], wanted: Value, specs: Specs) -> bool:
    """Whether one of the values is the wanted one; a free wording has to hold it word for word,
    since a word less may make it true."""
    spec = specs.get(wanted.field)
    free = spec is not None and spec.kind in (WORDS, GIST)
    return any(
        given.field == wanted.field
        and (
            same_value(spec, wanted.text, given.text)
            or (free and fold_text(wanted.text) in fold_text(given.text))
        )
        for given in values
    )
