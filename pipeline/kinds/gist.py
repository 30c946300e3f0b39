"""Summaries: told in other words, but what they name and count stands in the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.kinds.kind import Kind, Text
from pipeline.kinds.phrase import WORDS
from pipeline.text.folding import Range


class _Gist(Kind):
    name = "gist"

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """As of a phrase."""
        return WORDS.find(text, value, regions)


GIST = _Gist()
