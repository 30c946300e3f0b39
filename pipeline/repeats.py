"""The same asked several times: how many of the answers give a value says how steady it is.

The first answer makes the records. The others are paired with it as runs are (compare/), and what
they agree on is counted, as in the self-consistency of X. Wang et al. (2022), but field by field
and without a vote: a value that most answers give otherwise stays, with its low share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.compare.claims import Claim, claim_of
from pipeline.compare.pairing import pair
from pipeline.compare.values import compare_values
from pipeline.domain import Evidence, GroundedRecord, Passage, Task
from pipeline.records import (
    Record,
    describe,
    pairing_fields,
    table_name,
    walk_paths,
)
from pipeline.settings import REPEAT

_STATED = "stated"
# A sample's number, the task it repeats, and the passage: what was answered, with its records.
Sample = tuple[int, str, Passage]


def repeated(tasks: Sequence[Task], times: int) -> tuple[Task, ...]:
    """Tasks that are asked `times` times: themselves, then their repeats."""
    again = (
        replace(task, name=f"{task.name}{REPEAT}{number}", sample=number)
        for number in range(2, times + 1)
        for task in tasks
    )
    return (*tasks, *again)


def repeats_of(task: Task) -> str:
    """The name of the task that a repeat repeats; of another its own."""
    return task.name.removesuffix(f"{REPEAT}{task.sample}")


def with_agreement(
    records: Sequence[GroundedRecord], samples: Mapping[Sample, Sequence[Record]]
) -> list[GroundedRecord]:
    """The records of the first answers, each value with the share of answers about its passage
    that give it, the first included. `samples` are the repeated answers; where there is none to a
    passage, shares stay None."""
    answered: dict[str, list[tuple[int, Passage]]] = defaultdict(list)
    for number, task, passage in samples:
        answered[task].append((number, passage))
    given = {n: _paths_given(records, n, samples) for n in {number for number, *_ in samples}}

    def agreed(record: GroundedRecord) -> GroundedRecord:
        numbers = {n for n, p in answered[record.task] if _overlap(p, record.passage)}
        if not numbers:
            return record
        said = [given[n].get(record.id) for n in sorted(numbers)]
        return replace(record, evidence=tuple(_agreed(e, said) for e in record.evidence))

    return [agreed(record) for record in records]


def _agreed(evidence: Evidence, said: Sequence[frozenset[str] | None]) -> Evidence:
    """`said` are the paths of values that each answer gives as well, None if it has no such
    record."""
    both = sum(s is not None and (not evidence.field or evidence.field in s) for s in said)
    return replace(evidence, agreement=round((1 + both) / (1 + len(said)), 4))


def _paths_given(
    records: Sequence[GroundedRecord], number: int, samples: Mapping[Sample, Sequence[Record]]
) -> dict[str, frozenset[str]]:
    """By record that a sample has as well, the paths of values that it gives."""
    types: dict[str, type[Record]] = {}
    first: dict[str, list[Claim]] = defaultdict(list)
    again: dict[str, list[Claim]] = defaultdict(list)
    for grounded in {r.id: r for r in records}.values():
        types[table_name(type(grounded.record))] = type(grounded.record)
        _add(first, grounded.id, grounded.record)
    others = (r for (n, *_), rs in samples.items() if n == number for r in rs)
    for place, record in enumerate(others):
        _add(again, f"{number} {place}", record)
    found = {}
    for name, claims in first.items():
        specs = walk_paths(describe(types[name]))
        paired = pair(claims, again[name], {name: pairing_fields(types[name])})
        for one, other in paired.pairs:
            changes = compare_values(one.values, other.values, specs)
            lost = {
                c.before.path
                for c in changes
                if c.before and c.difference in ("changed", "removed")
            }
            found[one.id] = frozenset(v.path for v in one.values if v.path not in lost)
    return found


def _add(claims: dict[str, list[Claim]], record_id: str, record: Record) -> None:
    claims[table_name(type(record))].append(claim_of(record_id, "", record, _STATED))


def _overlap(one: Passage, other: Passage) -> bool:
    return one.start < other.end and other.start < one.end
