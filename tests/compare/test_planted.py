"""Known changes in a copy of a run: all are found, each in its class, and none is invented."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.compare.changes import RecordChange, compare_sets, known_of
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.compared import Compared
from pipeline.subject import load_subject
from tests.compare.planted import Planted, plant

# A twin that is added or gone comes with a change of the first of the two.
_CLASS = {"reclassified": "changed", "value_lost": "changed", "value_found": "changed"}


def changes_of(planted: Planted) -> list[RecordChange]:
    with Compared(planted.one, planted.other) as pair:
        known = known_of(load_subject().record_types)
        return compare_sets(pair.claims(0), pair.claims(1), known)


@pytest.mark.parametrize("seed", [1, 2])
def test_of_300_planted_changes_all_are_found_each_in_its_class(
    seed: int, bundled: tuple[Settings, Outcome], tmp_path: Path
) -> None:
    planted = plant(bundled[0].database.resolve(), tmp_path, 300, seed)
    assert len(planted.classes) == 300
    assert min(Counter(planted.classes.values()).values()) > 20

    found: dict[str, Counter[str]] = {}
    for change in changes_of(planted):
        record = change.claim.id.removesuffix("x")
        found.setdefault(record, Counter())[change.change] += 1

    wrong = {}
    for record, name in planted.classes.items():
        classes = Counter([_CLASS.get(name, name)])
        if name in ("merged", "split"):
            classes["changed"] = 1
        if found.get(record) != classes:
            wrong[record] = (name, found.get(record))
    assert wrong == {}
    assert set(found) == set(planted.classes)
