"""Everything a diff tells, whatever its format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.compare.changes import CHANGED, RecordChange, compare_sets, known_of
from pipeline.compare.items import Item, items_of
from pipeline.compare.noise import Field, Noise, noise_of, tagged
from pipeline.diff.causes import causes
from pipeline.errors import DossierError
from pipeline.records import Record
from pipeline.store.compared import Compared, EntityChange


@dataclass(frozen=True, slots=True)
class Report:
    """What changed from the run `one` to the run `other`.

    `items` wait for a decision, the riskiest first; `decided` maps ids of them to the verdict.
    `records` counts what became of records by type and class, `values` what differs by type and
    field; `noise` holds, with a rerun for control, the share of values that flip by type and field.
    """

    one: Mapping[str, Any]
    other: Mapping[str, Any]
    causes: tuple[str, ...]
    documents: tuple[tuple[str, str | None, str | None], ...]
    records: Mapping[str, Counter[str]]
    values: Mapping[Field, Counter[str]]
    items: tuple[Item, ...]
    entities: tuple[EntityChange, ...]
    noise: Noise | None = None
    decided: Mapping[str, str] = field(default_factory=dict)

    @property
    def undecided(self) -> list[Item]:
        """Items without a decision."""
        return [item for item in self.items if item.id not in self.decided]

    def count(self, change: str) -> int:
        """The number of records of a class."""
        return sum(counts[change] for counts in self.records.values())


def compare_runs(
    one: Path, other: Path, record_types: tuple[type[Record], ...], control: Path | None = None
) -> Report:
    """Compare two databases of runs; `control` is a rerun of the first.

    Raises DossierError for files that are no runs, and for runs of different subjects.
    """
    known = known_of(record_types)
    with ExitStack() as stack:
        pair = stack.enter_context(Compared(one, other))
        _refuse_other_subjects(pair, one, other)
        changes = compare_sets(pair.claims(0), pair.claims(1), known)
        items = items_of(changes, known)
        noise = None
        if control:
            again = stack.enter_context(Compared(one, control))
            flips = compare_sets(again.claims(0), again.claims(1), known)
            noise = noise_of(items_of(flips, known), again.totals())
            items = tagged(items, noise)
        documents = tuple(pair.documents())
        return Report(
            one=pair.run(0),
            other=pair.run(1),
            causes=causes(
                (pair.run(0), pair.run(1)),
                (pair.prompts(0), pair.prompts(1)),
                documents,
                pair.answered_anew(),
            ),
            documents=documents,
            records=_records(changes, pair.unchanged()),
            values=_values(changes),
            items=tuple(items),
            entities=_entities(pair, changes),
            noise=noise,
        )


def _entities(pair: Compared, changes: list[RecordChange]) -> tuple[EntityChange, ...]:
    """What became of entities. A deal whose claim was extracted otherwise has another id, and is
    the same deal: what is told of it is another name, if it has one."""
    was, now = pair.deals(0), pair.deals(1)
    both = [(c.before.id, c.after.id) for c in changes if c.before and c.after]
    follows = {was[one]: now[other] for one, other in both if one in was and other in now}
    found = pair.entities()
    added = {change.entity_id: change for change in found if change.change == "added"}
    removed = {change.entity_id: change for change in found if change.change == "removed"}
    same = {one: other for one, other in follows.items() if one in removed and other in added}
    renamed = [
        replace(added[other], change="renamed", before=removed[one].before)
        for one, other in sorted(same.items())
        if removed[one].before != added[other].after
    ]
    known = {*same, *same.values()}
    return (*(change for change in found if change.entity_id not in known), *renamed)


def _refuse_other_subjects(pair: Compared, one: Path, other: Path) -> None:
    if not set(pair.types["one"]) & set(pair.types["other"]):
        names = [", ".join(types) or "none" for types in pair.types.values()]
        raise DossierError(
            f"{one.name} and {other.name} are of different subjects: they share no record type",
            f"One has {names[0]}; the other {names[1]}.",
        )


def _records(changes: list[RecordChange], unchanged: Mapping[str, int]) -> dict[str, Counter[str]]:
    found = {kind: Counter({"unchanged": count}) for kind, count in unchanged.items()}
    for change in changes:
        found.setdefault(change.claim.type, Counter())[change.change] += 1
    return dict(sorted(found.items()))


def _values(changes: list[RecordChange]) -> dict[Field, Counter[str]]:
    found: dict[Field, Counter[str]] = {}
    for change in changes:
        if change.change not in CHANGED:
            continue
        for value in change.fields:
            key = (change.claim.type, value.field)
            found.setdefault(key, Counter())[value.difference] += 1
    return dict(sorted(found.items()))
