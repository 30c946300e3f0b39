"""What differs between two records: field by field, each value compared by its kind.

Lists are compared as sets are: a part, such as a party, is found again by what it says, not by its
place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.compare.claims import Value
from pipeline.domain import DOUBTED
from pipeline.records import FieldSpec

Difference = Literal["added", "removed", "changed", "format_only", "evidence_only", "unchanged"]
Specs = Mapping[str, FieldSpec]  # by path without indices
_STEP = re.compile(r"^(\w+)(?:\[(\d+)\])?\.?")
_LEAST_PART = 0.34  # share of equal values below which two parts of a list are not one


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value that differs, or one of an audit that does not (`unchanged`). `before` or `after` is
    None where there was, or is, none."""

    difference: Difference
    before: Value | None
    after: Value | None

    @property
    def field(self) -> str:
        """The path without the places in lists."""
        value = self.after or self.before
        return value.field if value else ""

    @property
    def support_lost(self) -> bool:
        """Whether the same value was supported by the text, and is doubted now."""
        one, other = self.before, self.after
        return bool(one and other and one.status not in DOUBTED and other.status in DOUBTED)


def compare_values(
    before: Sequence[Value], after: Sequence[Value], specs: Specs
) -> tuple[FieldChange, ...]:
    """All that differs between the values of two records, in order of the paths. Places in the
    document are not compared."""
    left = [(v.path, v) for v in before]
    right = [(v.path, v) for v in after]
    found = list(_compared(left, right, specs))
    order = {v.path: i for i, v in enumerate((*after, *before))}
    return tuple(sorted(found, key=lambda c: order[(c.after or c.before).path]))  # type: ignore[union-attr]


def same_value(spec: FieldSpec | None, one: str, other: str) -> bool:
    """Whether two values are the same by the kind of their field. Of a field that the subject does
    not know any more they are when their texts are."""
    if one == other or spec is None:
        return one == other
    try:
        return spec.kind.same(spec.kind.parse(one), spec.kind.parse(other))
    except ValueError:
        return False


_Rest = Sequence[tuple[str, Value]]  # values, each with what of its path is still ahead


def _compared(left: _Rest, right: _Rest, specs: Specs) -> Iterator[FieldChange]:
    parts_left, parts_right = _by_step(left), _by_step(right)
    for name in {**parts_left, **parts_right}:
        one, other = parts_left.get(name, {}), parts_right.get(name, {})
        yield from _paired_parts(one, other, specs)


def _by_step(values: _Rest) -> dict[str, dict[str, list[tuple[str, Value]]]]:
    """Values by the first step of their path, and there by the place in a list ('' for none)."""
    found: dict[str, dict[str, list[tuple[str, Value]]]] = defaultdict(dict)
    for ahead, value in values:
        step = _STEP.match(ahead)
        name, place = (step[1], step[2] or "") if step else (ahead, "")
        rest = ahead[step.end() :] if step else ""
        found[name].setdefault(place, []).append((rest, value))
    return found


def _paired_parts(
    left: Mapping[str, list[tuple[str, Value]]],
    right: Mapping[str, list[tuple[str, Value]]],
    specs: Specs,
) -> Iterator[FieldChange]:
    """Entries of one field: those that are most alike are one."""
    pairs, lone_left, lone_right = _matched(left, right, specs)
    for one, other in pairs:
        if one[0][0] or other[0][0]:
            yield from _compared(one, other, specs)
        elif change := _changed(one[0][1], other[0][1], specs):
            yield change
    for entry in lone_left:
        yield from (FieldChange("removed", value, None) for _, value in entry)
    for entry in lone_right:
        yield from (FieldChange("added", None, value) for _, value in entry)


_Entry = list[tuple[str, Value]]


def _matched(
    left: Mapping[str, _Entry], right: Mapping[str, _Entry], specs: Specs
) -> tuple[list[tuple[_Entry, _Entry]], list[_Entry], list[_Entry]]:
    pairs: list[tuple[_Entry, _Entry]] = []
    if set(left) == set(right) == {""}:
        return [(left[""], right[""])], [], []
    scored = sorted(
        (-score, i, j)
        for i, one in enumerate(left.values())
        for j, other in enumerate(right.values())
        if (score := _alike(one, other, specs)) >= _LEAST_PART
    )
    ones, others = list(left.values()), list(right.values())
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in scored:
        if i not in taken[0] and j not in taken[1]:
            pairs.append((ones[i], others[j]))
            taken[0].add(i)
            taken[1].add(j)
    lone_left = [entry for i, entry in enumerate(ones) if i not in taken[0]]
    lone_right = [entry for j, entry in enumerate(others) if j not in taken[1]]
    if len(lone_left) == len(lone_right) == 1:  # one stands where the other stood
        return [*pairs, (lone_left[0], lone_right[0])], [], []
    return pairs, lone_left, lone_right


def _alike(one: _Entry, other: _Entry, specs: Specs) -> float:
    """Of single values likeness of their texts, of parts the share of what they say alike; names
    and figures count more than classifications."""
    if not one[0][0] and not other[0][0]:
        return _text_alike(one[0][1], other[0][1], specs)
    said = dict(one)
    both = total = 0.0
    for rest in {**said, **dict(other)}:
        mine, theirs = said.get(rest), dict(other).get(rest)
        weight = 1.0 if _is_classification(mine or theirs, specs) else 4.0
        total += weight
        if mine and theirs:
            both += weight * _text_alike(mine, theirs, specs)
    return both / total if total else 0.0


def _is_classification(value: Value | None, specs: Specs) -> bool:
    spec = specs.get(value.field) if value else None
    return bool(spec and spec.choices)


def _text_alike(one: Value, other: Value, specs: Specs) -> float:
    spec = specs.get(other.field)
    if same_value(spec, one.text, other.text):
        return 1.0
    if spec and spec.choices:
        return 0.0
    from rapidfuzz.fuzz import ratio

    return float(ratio(one.text.casefold(), other.text.casefold())) / 125  # at most 0.8


def _changed(one: Value, other: Value, specs: Specs) -> FieldChange | None:
    if one.text != other.text:
        is_same = same_value(specs.get(other.field), one.text, other.text)
        return FieldChange("format_only" if is_same else "changed", one, other)
    if _evidence(one) != _evidence(other):
        return FieldChange("evidence_only", one, other)
    return None


def _evidence(value: Value) -> tuple[Any, ...]:
    return value.quote, value.status, value.reason
