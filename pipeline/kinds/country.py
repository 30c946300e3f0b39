"""Countries (ISO 3166-1): their name, adjective or short form stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from pipeline.kinds.kind import Entitled, Kind, Scene, Text, find_any
from pipeline.kinds.name import name_pattern
from pipeline.text.folding import Range, fold_text
from pipeline.values.places import countries, country_in, parse_country, towns_in

_BESIDE = 30  # code points
_MOST_PLACES = 30
_CLAUSE_END = re.compile(
    r"[.;:!?。；：！？\n|]\s|[。；！？\n|]|\s(?:and|with|и|с|und|et|avec)\s|[与和及同]"
)


class _Country(Kind):
    name = "country"

    def parse(self, value: Any) -> str:
        """The code."""
        return parse_country(value)

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """A way to name it."""
        places = (country_in(text.masked, str(value), *region) for region in regions)
        return next((place for place in places if place), None)

    def entitled(self, scene: Scene, value: Any) -> Entitled | None:
        """Also beside the name of what the record is about, wherever the document names it: the
        country, or a town that lies in it. Of a place that the record names, such a town in that
        name is enough, if the quotes have it. Of what has a seat or a place, such a town in the
        quotes is enough, if they name no other country and no town elsewhere."""
        for place in _names(scene):
            beside = _beside(scene.text.masked, *place)
            found = country_in(scene.text.masked, str(value), *beside)
            found = found or _town(scene.text.masked, beside, str(value))
            if found:
                return Entitled(found, "own_record")
        for name in scene.places:
            for start, end in towns_in(name, str(value)):
                pattern = name_pattern(fold_text(name[start:end]))
                if found := find_any(scene.text, pattern, (*scene.quotes, *scene.heads)):
                    return Entitled(found, "place")
        texts = tuple(scene.text.masked[start:end] for start, end in scene.quotes)
        if (scene.owners or scene.places) and (alone := _alone(texts, str(value))):
            at, (start, end) = alone
            return Entitled((scene.quotes[at][0] + start, scene.quotes[at][0] + end), "place")
        return super().entitled(scene, value)


COUNTRY = _Country()


@lru_cache(maxsize=1024)
def _alone(texts: tuple[str, ...], country: str) -> tuple[int, Range] | None:
    """The text, by its place, and the range in it of a town in a country, if that is the only one
    that the texts name by itself or by its towns."""
    found = next(((i, r) for i, t in enumerate(texts) for r in towns_in(t, country)), None)
    if found is None:
        return None
    for other in countries() - {country}:
        for text in texts:
            if country_in(text, other, 0, len(text)) or next(towns_in(text, other), None):
                return None
    return found


def _names(scene: Scene) -> Iterator[Range]:
    """Where the names of what a record is about stand, each at most _MOST_PLACES times."""
    for name in scene.owners:
        pattern, start = name_pattern(fold_text(name)), 0
        for _ in range(_MOST_PLACES):
            place = scene.text.find_pattern(pattern, (start, len(scene.text.text)))
            if place is None:
                break
            yield place
            start = place[1]


def _town(text: str, region: Range, country: str) -> Range | None:
    start = region[0]
    found = next(towns_in(text[start : region[1]], country), None)
    return (start + found[0], start + found[1]) if found else None


def _beside(text: str, start: int, end: int) -> Range:
    """The range `start` to `end` with what stands beside it in the same clause."""
    low, high = max(0, start - _BESIDE), min(len(text), end + _BESIDE)
    before = _CLAUSE_END.split(text[low:start])[-1]
    after = _CLAUSE_END.split(text[end:high])[0]
    return start - len(before), end + len(after)
