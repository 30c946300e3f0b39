"""Names: they stand in the text as written, up to case, quotation marks and inflection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pipeline.kinds.kind import Entitled, Kind, Scene, Text
from pipeline.text.abbreviations import Abbreviation
from pipeline.text.folding import Range, fold_text, is_unspaced

WORD = re.compile(r"\d+(?:[.,]\d+)*|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff][\w']*")
_CYRILLIC = re.compile("[а-яәғқңөұүһі]")


class _Name(Kind):
    name = "name"

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Literally after folding, else word for word with Russian endings let loose."""
        needle = fold_text(str(value))
        for region in regions:
            place = text.find_folded(needle, region) if needle else None
            place = place or text.find_pattern(name_pattern(needle), region)
            if place:
                return place
        return None

    def entitled(self, scene: Scene, value: Any) -> Entitled | None:
        """Also the definition of an abbreviation, when the quotes have one of its two forms and the
        value is the other."""
        return super().entitled(scene, value) or defined(self, scene, str(value))


NAME = _Name()


def defined(kind: Kind, scene: Scene, value: str) -> Entitled | None:
    """The definition that joins the value to a form of it in the quotes."""
    wanted = name_pattern(fold_text(value))
    for definition in scene.definitions:
        other = _other_form(definition, wanted)
        if other and kind.find(scene.text, other, scene.quotes):
            place = kind.find(scene.text, value, [(definition.start, definition.end)])
            return Entitled(place or (definition.start, definition.end), "definition")
    return None


def _other_form(definition: Abbreviation, wanted: re.Pattern[str]) -> str | None:
    """The short form of what is wanted, or the long one; None when it is neither."""
    if wanted.fullmatch(fold_text(definition.long)):
        return definition.short
    return definition.long if wanted.fullmatch(fold_text(definition.short)) else None


@lru_cache(maxsize=4096)
def name_pattern(needle: str) -> re.Pattern[str]:
    """A folded name as a pattern of folded text."""
    words = WORD.findall(needle)
    return re.compile(r"[\W_]{0,3}".join(loose(w) for w in words) if words else r"(?!)")


def loose(word: str) -> str:
    """A folded word as a pattern; a Russian or Kazakh one with any ending."""
    if _CYRILLIC.match(word) and len(word) >= 4:
        return rf"(?<!\w){re.escape(word[: max(3, len(word) - 2)])}\w{{0,4}}(?!\w)"
    if is_unspaced(word[0]):
        return re.escape(word)
    return rf"(?<!\w){re.escape(word)}(?!\w)"
