"""A record as a claim about a deal, event, paper or figure: what its type declares to identify
it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from pipeline.domain import GroundedRecord, content_id, decimal_text
from pipeline.records import FieldSpec, Part, describe, leaves, table_name
from pipeline.values.edtf import edtf_bounds

Row = tuple[Any, ...]
_INDEX = re.compile(r"\[\d+\]")


def claim_row(document_id: str, grounded: GroundedRecord) -> Row | None:
    """The row of table `claim`; None for a record that stands on no quote or whose type declares no
    identity. What is doubted identifies nothing."""
    identity = type(grounded.record).identity
    if identity is None or not grounded.grounded:
        return None
    values = [
        (path, spec, value)
        for path, spec, value in leaves(grounded.record, describe(type(grounded.record)))
        if path not in grounded.doubted
    ]
    plain: dict[str, list[tuple[str, Any]]] = {}
    for path, _, value in values:
        plain.setdefault(_INDEX.sub("", path), []).append((path, value))

    def texts(fields: tuple[str, ...]) -> list[str]:
        return [f"{f}:{_text(value)}" for f in fields for _, value in plain.get(f, ())]

    types = [str(v) for f in identity.types for _, v in plain.get(f, ()) if v not in identity.vague]
    return (
        grounded.id,
        document_id,
        identity.kind,
        content_key(grounded),
        types[0] if types else None,
        [d for f in identity.dates for _, v in plain.get(f, ()) if (d := _date(f, str(v)))],
        [path for f in identity.parties for path, _ in plain.get(f, ())],
        sorted({s for f in identity.amounts for s in _sums(grounded, f)}),
        texts(identity.numbers),
        texts(identity.figures),
        texts(identity.words),
        texts(identity.places),
        texts(identity.exact),
    )


def content_key(grounded: GroundedRecord) -> str:
    """What a record claims, as a hash: its type and values, whatever they are quoted from and
    wherever they stand."""
    content = grounded.record.model_dump(mode="json", exclude={"evidence"})
    return content_id("c", table_name(type(grounded.record)), content)


def _text(value: Any) -> str:
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


def _date(field: str, value: str) -> str | None:
    """The field and the first and last day of a date."""
    low, high = edtf_bounds(value)
    if low is None and high is None:
        return None
    return f"{field} {low or ''} {high or ''}"


def _sums(grounded: GroundedRecord, field: str) -> list[str]:
    """Known sums of a list of amounts, such as "150000000 USD"."""
    specs = {spec.name: spec for spec in describe(type(grounded.record))}
    found = []
    for index, part in enumerate(getattr(grounded.record, field)):
        if text := _sum(part, specs[field], f"{field}[{index}]", grounded.doubted):
            found.append(text)
    return found


def _sum(part: Part, spec: FieldSpec, path: str, doubted: tuple[str, ...]) -> str | None:
    money = part.money
    if money is None or not spec.fields:
        return None
    names = (money.value, money.currency)
    if any(f"{path}.{name}" in doubted for name in names):
        return None
    value, currency = (getattr(part, name) for name in names)
    return f"{decimal_text(value)} {currency or '?'}" if value is not None else None
