"""Countries (ISO 3166-1): their name, adjective or short form stands in the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.kinds.kind import Kind, Text, search
from pipeline.text.folding import Range
from pipeline.values.places import country_pattern, parse_country


class _Country(Kind):
    name = "country"

    def parse(self, value: Any) -> str:
        """The code."""
        return parse_country(value)

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """A way to name it."""
        return search(text, country_pattern(str(value)), regions)


COUNTRY = _Country()
