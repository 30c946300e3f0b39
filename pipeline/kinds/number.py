"""Numbers and percentages: a number of that value is written in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from pipeline.kinds.kind import Column, Kind, Text, find_any, numbers_in
from pipeline.text.folding import Range
from pipeline.values.fractions import read_shares
from pipeline.values.numbers import parse_decimal

_OF_WHAT = 60  # characters between a share and the number of which it is one
_CLAUSE = re.compile(r"[.;:!?。；！？\n]")
DECIMAL = "DECIMAL(28, 6)"


class _Number(Kind):
    name = "number"
    columns = (Column("", DECIMAL, "", lambda value: value),)

    def parse(self, value: Any) -> Any:
        """A decimal."""
        return parse_decimal(value)

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """A number of that value, or a share in words of a number that comes to it ("half of the
        fee of EUR 400,000")."""
        written = (
            (m.start, m.end) for r in regions for m in numbers_in(text, r) if value in m.values
        )
        return next(written, None) or next(
            (found for r in regions if (found := _share_of_a_number(text, value, r))), None
        )

    def rival(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Any other number."""
        return next(((m.start, m.end) for q in regions for m in numbers_in(text, q)), None)

    def same(self, one: Any, other: Any) -> bool:
        """Whether they are equal as numbers: a fold would drop a sign."""
        return bool(one == other)

    def words(self, value: Any) -> str:
        """With commas between thousands."""
        return f"{value.normalize():,f}"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.parse, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "number"}


def _share_of_a_number(text: Text, value: Any, region: Range) -> Range | None:
    """From a share in words to the number behind it of which it is one."""
    for share in read_shares(text.masked[region[0] : region[1]]):
        start, end = region[0] + share.start, region[0] + share.end
        behind = next((m for m in numbers_in(text, region) if m.start >= end), None)
        if behind is None or behind.percent or behind.start - end > _OF_WHAT:
            continue
        between = text.masked[end : behind.start]
        if not _CLAUSE.search(between) and value in {share.ratio * v for v in behind.values}:
            return start, behind.end
    return None


class _Percent(_Number):
    name = "percent"

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """A number of that value with a percent sign or word, or beside another that has one ("50.1
        % and 49.9")."""
        for region in regions:
            mentions = numbers_in(text, region)
            some = any(m.percent for m in mentions)
            stated = [m for m in mentions if value in m.values and (m.percent or some)]
            if stated and region != (0, len(text.text)):
                best = next((m for m in stated if m.percent), stated[0])
                return best.start, best.end
            if marked := next((m for m in stated if m.percent), None):
                return marked.start, marked.end
        return None

    def rival(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Another percentage."""
        mentions = (m for q in regions for m in numbers_in(text, q))
        return next(((m.start, m.end) for m in mentions if m.percent), None)


# Folded; a Chinese numeral behind 第 is read as a number anyway, as is "3rd".
_ENDINGS = (
    "(?:ый|ий|ой|ая|яя|ья|ое|ее|ье|ого|его|ьего|ому|ему|ьему|ом|ем|ьем|ую|ью|ым|им|ьим|ые|ие)"
)
_ORDINALS = (
    f"first|erste[rsnm]?|premi[eè]re?|перв{_ENDINGS}|бірінші",
    f"second|zweite[rsnm]?|deuxi[eè]me|втор{_ENDINGS}|екінші",
    f"third|dritte[rsnm]?|troisi[eè]me|трет(?:ий|{_ENDINGS})|үшінші",
    f"fourth|vierte[rsnm]?|quatri[eè]me|четв[её]рт{_ENDINGS}|төртінші",
    f"fifth|f[uü]nfte[rsnm]?|cinqui[eè]me|пят{_ENDINGS}|бесінші",
    f"sixth|sechste[rsnm]?|sixi[eè]me|шест{_ENDINGS}|алтыншы",
    f"seventh|siebte[rsnm]?|septi[eè]me|седьм{_ENDINGS}|жетінші",
    f"eighth|achte[rsnm]?|huiti[eè]me|восьм{_ENDINGS}|сегізінші",
    f"ninth|neunte[rsnm]?|neuvi[eè]me|девят{_ENDINGS}|тоғызыншы",
    f"tenth|zehnte[rsnm]?|dixi[eè]me|десят{_ENDINGS}|оныншы",
)
_FRACTION = r"(?<!\bone )(?<!\btwo )(?<!\ba )"  # "one third" is a share
_LARGEST = r"largest|biggest|крупнейш\w+|(?:größte|grösste|grosste)[rsnm]?"
_LAST_RANK = 10_000

_LAST_RANK = 10_000  # the column holds no more than INTEGER does


class _Rank(_Number):
    name = "rank"
    columns = (Column("", "INTEGER", "", int),)

    def parse(self, value: Any) -> Any:
        """A whole number from 1."""
        rank = parse_decimal(value)
        if not 1 <= rank <= _LAST_RANK or rank != rank.to_integral_value():
            raise ValueError(f"{value!r} is no place in an order; give a whole number from 1")
        return rank

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Also an ordinal, up to the tenth; the largest is the first, unless it is the second."""
        place = super().find(text, value, regions)
        if place or value > len(_ORDINALS):
            return place
        forms = rf"{_FRACTION}(?<!\w)(?:{_ORDINALS[int(value) - 1]})(?!\w)"
        place = find_any(text, re.compile(forms), regions)
        if place or value > 1:
            return place
        place = find_any(text, re.compile(rf"(?<!\w)(?:{_LARGEST})(?!\w)|最大|首[家个位]"), regions)
        others = "|".join(_ORDINALS[1:])
        ranked = re.compile(rf"(?<!\w)(?:{others})(?:[ -](?:по величине )?)(?:{_LARGEST})|第.大")
        return place if place and not find_any(text, ranked, regions) else None


NUMBER = _Number()
PERCENT = _Percent()
RANK = _Rank()
