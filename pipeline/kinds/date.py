"""Dates in EDTF: a date that says the same is written in the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.kinds.kind import TEXT_COLUMN, Column, Entitled, Kind, Scene, Text, dates_in
from pipeline.text.folding import Range
from pipeline.values.dates import DateMention, parse_date
from pipeline.values.edtf import date_sides, date_words, edtf_bounds, supports


class _Date(Kind):
    name = "date"
    columns = (
        TEXT_COLUMN,
        Column("_lo", "DATE", "First day of `{}`.", lambda value: edtf_bounds(value)[0]),
        Column("_hi", "DATE", "Last day of `{}`.", lambda value: edtf_bounds(value)[1]),
    )

    def parse(self, value: Any) -> str:
        """EDTF level 1."""
        return parse_date(value)

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """A written date; of an interval both ends. One that only the document's own date completes
        does not count here."""
        return _written(text, str(value), regions, dated=False)

    def entitled(self, scene: Scene, value: Any) -> Entitled | None:
        """Also a relative date, or a day without its year, by the document's date."""
        place = _written(scene.text, str(value), scene.quotes, dated=True)
        return Entitled(place, "document_date") if place else super().entitled(scene, value)

    def rival(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Any other date."""
        return next(((m.start, m.end) for q in regions for m in dates_in(text, q)), None)

    def words(self, value: Any) -> str:
        """In English words."""
        return date_words(str(value))


DATE = _Date()


def _written(text: Text, value: str, regions: Sequence[Range], *, dated: bool) -> Range | None:
    mentions = [m for region in regions for m in dates_in(text, region) if dated or not m.relative]
    year = (text.dated or "")[:4] if dated else ""
    places = []
    for side in date_sides(value):
        stated = [m for m in mentions if _says(m, side, mentions, year)]
        if not stated:
            return None
        places.append((stated[0].start, stated[0].end))
    return min(places, default=None)


def _says(mention: DateMention, side: str, others: Sequence[DateMention], year: str) -> bool:
    if not supports(mention.edtf, side):
        return False
    if not mention.edtf.startswith("XXXX"):
        return True
    # A day without a year counts if the year is written beside it or is the document's own.
    return any(other.edtf[:4] == side[:4] for other in others) or year == side[:4]
