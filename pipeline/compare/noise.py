"""Which changes a mere rerun brings as well: a change that also flips between two runs of the same
is no effect of what was changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.compare.changes import RecordChange
from pipeline.compare.items import Item
from pipeline.text.folding import fold_text

Field = tuple[str, str]  # type, and field; '' for whole records


@dataclass(frozen=True, slots=True)
class Noise:
    """What flips between a run and its rerun. `rates` are flips per value of the run, by field."""

    flips: frozenset[tuple[str, ...]]
    rates: Mapping[Field, float]


def noise_of(control: Sequence[Item], totals: Mapping[Field, int]) -> Noise:
    """Noise from the items between a run and its rerun; `totals` count the run's values by field,
    and its records under the field ''."""
    flips = Counter((i.record.claim.type, i.field) for i in control)
    rates = {
        field: min(1.0, count / max(1, totals.get(field, 0))) for field, count in flips.items()
    }
    return Noise(frozenset(_key(item) for item in control), rates)


def tagged(items: Iterable[Item], noise: Noise) -> list[Item]:
    """The items, those that flip in the rerun as well marked so."""
    return [replace(item, within_noise=_key(item) in noise.flips) for item in items]


def _key(item: Item) -> tuple[str, ...]:
    """What flipped: a field of a record of the first run, or a record that came, by its name."""
    change: RecordChange = item.record
    if change.before:
        at = item.value.before if item.value else None
        path = at.path if at else item.field
        return change.before.type, change.before.id, path
    return change.claim.type, change.claim.document, fold_text(item.label)
