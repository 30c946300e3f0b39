"""Phrases: their content words stand in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pipeline.kinds.kind import Entitled, Kind, Scene, Text, find_any, numbers_in, numbers_missing
from pipeline.kinds.name import NAME, WORD, defined, loose
from pipeline.text.folding import Range, fold_text
from pipeline.values.numbers import PERCENT

_STOPWORDS = set(
    "the and for with from that this into its their of in on at to a an by as or was were is are be"
    " been has have had для или при под над что как это".split()
)

_PERCENT = re.compile(PERCENT, re.IGNORECASE)


class _Phrase(Kind):
    name = "words"

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Literally, else the first of its content words when all of them stand in the regions."""
        place = NAME.find(text, value, regions)
        if place:
            return place
        if _PERCENT.fullmatch(str(value).strip()):  # "per cent", "one in ten"
            shares = (m for r in regions for m in numbers_in(text, r) if m.percent)
            return next(((m.start, m.end) for m in shares), None)
        words = content_words(str(value))
        places = [find_any(text, stem_pattern(word), regions) for word in dict.fromkeys(words)]
        found = [p for p in places if p]
        return (
            min(found)
            if words
            and len(found) == len(places)
            and not numbers_missing(text, str(value), regions)
            else None
        )

    def same(self, one: Any, other: Any) -> bool:
        """Also per cent, however it is written."""
        both = (_PERCENT.fullmatch(str(value).strip()) for value in (one, other))
        return all(both) or super().same(one, other)

    def entitled(self, scene: Scene, value: Any) -> Entitled | None:
        """As of names."""
        return super().entitled(scene, value) or defined(self, scene, str(value))


WORDS = _Phrase()


def content_words(value: str) -> list[str]:
    """The words of a phrase that say something, folded."""
    return [
        word
        for word in WORD.findall(fold_text(value))
        if (len(word) > 2 or not word.isascii()) and word not in _STOPWORDS
    ]


@lru_cache(maxsize=4096)
def stem_pattern(word: str) -> re.Pattern[str]:
    """A folded word as a pattern that lets its ending differ."""
    if word.isascii() and word.isalpha() and len(word) > 4:
        return re.compile(rf"(?<!\w){re.escape(word[: max(4, len(word) - 3)])}\w{{0,6}}")
    if word.isascii() and word.isalpha() and len(word) == 4:
        return re.compile(rf"(?<!\w){word}(?:s|ed|ing)?(?!\w)")
    return re.compile(loose(word))
