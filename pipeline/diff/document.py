"""A diff as JSON. The form is versioned: fields are added, none is taken away or renamed within a
version."""

from __future__ import annotations

import json
from typing import Any

from pipeline.compare.claims import Value
from pipeline.compare.items import RISKS, Item
from pipeline.diff.report import Report
from pipeline.diff.shown import sentences

VERSION = 1


def as_json(report: Report) -> str:
    """The whole diff as one JSON object in ASCII, ending with a line end."""
    rates = report.noise.rates if report.noise else {}
    told = {
        "version": VERSION,
        "runs": [report.one.get("run_id"), report.other.get("run_id")],
        "causes": report.causes,
        "confounded": len(report.causes) > 1,
        "changes": len(report.items),
        "undecided": len(report.undecided),
        "documents": [
            {"path": path, "before": one, "after": other}
            for path, one, other in report.documents
            if one != other
        ],
        "records": {kind: dict(sorted(c.items())) for kind, c in report.records.items()},
        "values": [
            {"type": kind, "field": field, **dict(sorted(c.items()))}
            | ({"noise": rates.get((kind, field), 0.0)} if report.noise else {})
            for (kind, field), c in report.values.items()
        ],
        "entities": [
            {"change": e.change, "kind": e.kind, "entity_id": e.entity_id, "before": e.before,
             "after": e.after, "others": e.others}
            for e in report.entities
        ],
        "items": [item_as_json(item, report.decided.get(item.id)) for item in report.items],
    }  # fmt: skip
    return json.dumps(told, indent=1) + "\n"


def item_as_json(item: Item, decided: str | None) -> dict[str, Any]:
    """A change as JSON holds it."""
    change = item.record
    was, now = sentences(item)
    return {
        "id": item.id,
        "change": item.change,
        "document": change.claim.document,
        "type": change.claim.type,
        "label": item.label,
        "field": item.field,
        "risk": RISKS[item.risk],
        "within_noise": item.within_noise,
        "decided": decided,
        "record_before": change.before.id if change.before else None,
        "record_after": change.after.id if change.after else None,
        "other_record": change.other.id if change.other else None,
        "before": _value(item.before),
        "after": _value(item.after),
        "sentence_before": was.text if was else None,
        "sentence_after": now.text if now else None,
    }


def _value(value: Value | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {name: getattr(value, name) for name in Value.__dataclass_fields__}
