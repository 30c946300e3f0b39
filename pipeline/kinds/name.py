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
_LEAST_PART = 4  # letters of a part that stands for a name
_NO_PARTS = set("Group Holding Limited Company University Ministry Institute Fund Centre".split())
_TITLES = set(
    "Mr Mrs Ms Miss Dr Prof Professor The And But For In At Yet When г-н г-жа Herr Frau M".split()
)
_CAPITAL_BEFORE = re.compile(r"(?<![\w-])([^\W\d_a-zа-яё][\w-]*)\.?\s$")
_CAPITAL_AFTER = re.compile(r"\s([^\W\d_a-zа-яё][\w-]*)")
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
        value is the other; and the full name elsewhere, when the quotes have a part of it that
        nobody else in the document bears."""
        found = super().entitled(scene, value) or defined(self, scene, str(value))
        return found or _in_full(scene, str(value))


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


_MOST_WORDS = 8  # of the beginning of a name that stands for all of it


def _in_full(scene: Scene, value: str) -> Entitled | None:
    """The full name, wherever it stands, when a surname or the beginning of a name in the quotes
    can be no other."""
    words = value.split()
    if len(words) < 2 or not (place := NAME.find(scene.text, value, [scene.whole])):
        return None
    most = min(len(words) - 1, _MOST_WORDS)
    beginnings = [" ".join(words[:count]) for count in range(most, 0, -1)]
    for part in (words[-1], *beginnings):
        is_name = len(part) >= _LEAST_PART and part[0].isupper() and part not in _NO_PARTS
        if is_name and _bears(scene.text.masked, part, words, scene.quotes):
            return Entitled(place, "full_name")
    return None


def _bears(text: str, part: str, words: list[str], quotes: Sequence[Range]) -> bool:
    """Whether a part of a name stands in the quotes, and nowhere in the text beside another
    capital that is not of the name."""
    known = {*words, *_TITLES}
    found = False
    for match in re.finditer(rf"(?<![\w-]){re.escape(part)}(?![\w-])", text):
        before = _CAPITAL_BEFORE.search(text, max(0, match.start() - 40), match.start())
        after = _CAPITAL_AFTER.match(text, match.end())
        if (before and before[1] not in known) or (after and after[1] not in known):
            return False
        found = found or any(low <= match.start() and match.end() <= high for low, high in quotes)
    return found


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
