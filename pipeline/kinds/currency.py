"""Currencies (ISO 4217): their mark or name stands in the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.kinds.kind import Kind, Text, search
from pipeline.text.folding import Range
from pipeline.values.places import any_currency_pattern, currency_pattern, parse_currency


class _Currency(Kind):
    name = "currency"

    def parse(self, value: Any) -> str:
        """The code."""
        return parse_currency(value)

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Its mark or name."""
        return search(text, currency_pattern(str(value)), regions)

    def rival(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """The mark or name of another."""
        return search(text, any_currency_pattern(), regions)


CURRENCY = _Currency()
