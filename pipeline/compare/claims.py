"""A record as its evidence tells it: its quotes, and its values by path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pipeline.domain import decimal_text
from pipeline.records import Record, describe, leaves, table_name

INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Value:
    """A value at a path such as `parties[0].name`, or a quote of the record, whose path is ''.

    `quote` is the slice of the document that supports it, `start` and `end` its offsets in code
    points of the document's text; all three are None for a classification. `agreement` is the share
    of equal askings that gave it, None where there was one.
    """

    path: str
    text: str
    status: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    reason: str | None = None
    agreement: float | None = None

    @property
    def field(self) -> str:
        """The path without the places in lists."""
        return INDEX.sub("", self.path)


@dataclass(frozen=True, slots=True)
class Claim:
    """A record of table `type`. `document` is the same for both sets if they hold it."""

    id: str
    document: str
    type: str
    quotes: tuple[Value, ...]
    values: tuple[Value, ...]

    def quote_of(self, value: Value | None) -> Value | None:
        """The record's quote that a value stands in, else its first; None when it has no quote."""
        for quote in self.quotes:
            if value is None or quote.start is None or quote.end is None:
                continue
            if value.start is None or value.end is None:
                continue
            if quote.start <= value.start and value.end <= quote.end:
                return quote
        return self.quotes[0] if self.quotes else None

    def texts(self, fields: Iterable[str]) -> list[str]:
        """The values of fields, in order of the fields."""
        wanted = {field: place for place, field in enumerate(fields)}
        found = [(wanted[v.field], v.text) for v in self.values if v.field in wanted]
        return [text for _, text in sorted(found, key=lambda pair: pair[0])]


def claim_of(record_id: str, document: str, record: Record, status: str) -> Claim:
    """A record as it was given, nothing looked up in the text: all that it says has one status."""
    quotes = tuple(Value("", quote, status, quote) for quote in record.evidence)
    values = tuple(
        Value(path, decimal_text(v) if isinstance(v, Decimal) else str(v), status)
        for path, _, v in leaves(record, describe(type(record)))
    )
    return Claim(record_id, document, table_name(type(record)), quotes, values)


def label(claim: Claim, fields: Iterable[str]) -> str:
    """What a record is called: its most telling value, else its first quote."""
    texts = claim.texts(fields) or [v.text for v in claim.values if v.quote]
    quoted = [q.quote or q.text for q in claim.quotes]
    return " ".join((texts or quoted or [claim.id])[0].split())
