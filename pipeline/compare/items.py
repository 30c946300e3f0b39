"""What a person decides about: one value that differs, or one record that came or went; the
riskiest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.compare.changes import CHANGED, Known, RecordChange
from pipeline.compare.claims import Claim, Value, label
from pipeline.compare.values import FieldChange
from pipeline.domain import DOUBTED, content_id
from pipeline.records import FieldSpec

# Why a person should look, the most urgent first.
RISKS = (
    "unsupported",
    "doubted by a rule",
    "doubted by the second reading",
    "contradicted by its quote",
    "not in every answer",
    "money and figures",
    "names",
    "status",
    "dates",
    "other values",
    "evidence or format only",
)
_BY_STATUS = {
    "missing": 0,
    "absent": 0,
    "elsewhere": 0,
    "doubtful": 1,
    "contradicted": 2,
    "unconfirmed": 2,
    "conflict": 3,
}
_UNSTEADY = 4
_BY_KIND = {"number": 5, "percent": 5, "currency": 5, "name": 6, "date": 8}
_OTHER, _LAST = 9, 10
Order = Literal["risk", "document", "field"]


@dataclass(frozen=True, slots=True)
class Item:
    """One change that waits for a person. `change` is the class of the record's change for a record
    that came or went, else the difference of the one value `value`. `risk` is a place in RISKS;
    `within_noise` is whether a rerun changes it as well."""

    id: str
    record: RecordChange
    value: FieldChange | None
    change: str
    label: str
    risk: int
    within_noise: bool = False

    @property
    def field(self) -> str:
        """The field without the places in lists; '' for a whole record."""
        return self.value.field if self.value else ""

    @property
    def before(self) -> Value | None:
        """The value as it was; of a whole record its first quote."""
        return self.value.before if self.value else _first(self.record.before)

    @property
    def after(self) -> Value | None:
        """The value as it is, likewise."""
        return self.value.after if self.value else _first(self.record.after)


def items_of(changes: Iterable[RecordChange], known: Known) -> list[Item]:
    """The items of all changes, the riskiest first, then by document, type and field."""
    found = [item for change in changes for item in _items(change, known)]
    return sorted(found, key=lambda i: (i.risk, _place(i), i.id))


def unchanged_item(claim: Claim, value: Value, known: Known) -> Item:
    """A value that did not change, as an audit asks about it."""
    change = RecordChange("unchanged", claim, claim)
    same = FieldChange("unchanged", value, value)
    name = label(claim, known.fields.get(claim.type, ()))
    risk = _value_risk(same, known.specs.get(claim.type, {}).get(same.field))
    return Item(_id(change, same), change, same, "unchanged", name, risk)


def in_order(items: Iterable[Item], order: Order) -> list[Item]:
    """Items that are the riskiest first, or put by document and place in it, or by type and field
    and then risk."""
    if order == "document":
        return sorted(items, key=lambda i: (i.record.claim.document, _start(i), i.risk, i.id))
    if order == "field":
        return sorted(items, key=lambda i: (i.record.claim.type, i.field, i.risk, _place(i), i.id))
    return list(items)


def _items(change: RecordChange, known: Known) -> Iterator[Item]:
    if change.change not in CHANGED:
        return
    claim = change.claim
    name = label(claim, known.fields.get(claim.type, ()))
    if change.before and change.after:
        for value in change.fields:
            risk = _value_risk(value, known.specs.get(claim.type, {}).get(value.field))
            yield Item(_id(change, value), change, value, value.difference, name, risk)
        return
    values = (*claim.quotes, *claim.values)
    specs = known.specs.get(claim.type, {})
    risk = min((_risk(v, specs.get(v.field)) for v in values), default=_OTHER)
    yield Item(_id(change, None), change, None, change.change, name, risk)


def _value_risk(value: FieldChange, spec: FieldSpec | None) -> int:
    shown = value.after or value.before
    if value.difference in ("evidence_only", "format_only") and not value.support_lost:
        return _LAST
    return _risk(shown, spec) if shown else _OTHER


def _risk(value: Value, spec: FieldSpec | None) -> int:
    if value.status in DOUBTED or value.status == "missing":
        return _BY_STATUS.get(value.status, _OTHER)
    if value.agreement is not None and value.agreement < 1:
        return _UNSTEADY
    if spec is None:
        return _OTHER
    if spec.choices:
        return 7 if spec.cued or spec.claim else _OTHER
    return _BY_KIND.get(spec.kind.name, _OTHER)


def _id(change: RecordChange, value: FieldChange | None) -> str:
    records = [claim and (claim.type, claim.id) for claim in (change.before, change.after)]
    sides = (value.before, value.after) if value else (None, None)
    return content_id("i", records, [v and (v.path, v.text, v.quote) for v in sides])


def _place(item: Item) -> tuple[str, str, int, str]:
    claim = item.record.claim
    return claim.document, claim.type, _start(item), item.field


def _start(item: Item) -> int:
    """Where the record's quotes begin in its document."""
    return next((q.start for q in item.record.claim.quotes if q.start is not None), 0)


def _first(claim: Claim | None) -> Value | None:
    return claim.quotes[0] if claim and claim.quotes else None
