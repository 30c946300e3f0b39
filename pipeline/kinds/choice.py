"""Classifications: one of a list of choices, for which no literal is expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.kinds.kind import Kind, Text
from pipeline.text.folding import Range


class _Choice(Kind):
    name = "choice"
    is_literal = False

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Nowhere."""
        return None

    def words(self, value: Any) -> str:
        """With spaces."""
        return str(value).replace("_", " ")


CHOICE = _Choice()
