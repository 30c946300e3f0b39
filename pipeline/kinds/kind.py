"""What a kind of value is: the base class of all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, Protocol

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from pipeline.text.abbreviations import Abbreviation
from pipeline.text.folding import Range, fold_text
from pipeline.values.dates import DateMention, read_dates
from pipeline.values.numbers import NumberMention, read_numbers

Reason = Literal["definition", "full_name", "heading", "own_record", "place", "document_date"]


class Text(Protocol):
    """A document's text as kinds see it; offsets count code points of `text`. `masked` is the text
    with its endnote marks blanked, `dated` the document's own date as EDTF."""

    text: str
    dated: str | None

    @property
    def masked(self) -> str:
        """The text with endnote marks blanked."""

    @property
    def dates(self) -> Sequence[DateMention]:
        """All dates of the document."""

    @property
    def numbers(self) -> Sequence[NumberMention]:
        """All numbers of the document."""

    def find_folded(self, needle: str, near: Range) -> Range | None:
        """The first place of a folded string within a range, whole words only."""

    def find_pattern(self, pattern: re.Pattern[str], near: Range) -> Range | None:
        """The first match of a pattern of folded text within a range."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the values of one record are checked against: its quotes, and where else it may look.

    `heads` are headings and table heads above the quotes, `definitions` the abbreviations of the
    document, `owners` the names of what the record is about, `places` what it says of where that
    is, `language` that of the document, `names` and `units` the names in the record and what its
    numbers count.
    """

    text: Text
    quotes: tuple[Range, ...]
    passage: Range
    heads: tuple[Range, ...] = ()
    definitions: tuple[Abbreviation, ...] = ()
    owners: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    language: str = ""
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def whole(self) -> Range:
        """The document."""
        return 0, len(self.text.text)


@dataclass(frozen=True, slots=True)
class Entitled:
    """A place outside the quotes that supports a value, and why the record may look there."""

    place: Range
    reason: Reason


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a field of the kind makes: the field's name and `suffix`, its DuckDB type, a
    comment in which {} is the field's name, and its value. An empty comment is the field's
    description."""

    suffix: str
    type: str
    comment: str
    of: Callable[[Any], Any]


def _itself(value: Any) -> Any:
    return value


TEXT_COLUMN = Column("", "VARCHAR", "", _itself)


class Kind:
    """A kind of value. Subclass it, override what differs, and put one instance into a field's
    annotation: `Annotated[str, HULL_NUMBER]`.

    `name` is unique; `columns` are what a field of the kind makes in its table, the first one
    without a suffix.
    """

    name: str = ""
    columns: tuple[Column, ...] = (TEXT_COLUMN,)
    is_literal = True  # whether the text must hold the value itself

    def parse(self, value: Any) -> Any:
        """A value as it is kept. Raises ValueError, worded for a model."""
        return value

    def find(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Where the value is written within `regions`."""
        raise NotImplementedError

    def rival(self, text: Text, value: Any, regions: Sequence[Range]) -> Range | None:
        """Another value of the kind within `regions` that speaks against this one."""
        return None

    def entitled(self, scene: Scene, value: Any) -> Entitled | None:
        """Where else than in its quotes the record may look for the value, if it stands there."""
        place = self.find(scene.text, value, scene.heads) if scene.heads else None
        return Entitled(place, "heading") if place else None

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values are the same, however they are written."""
        return bool(one == other) or fold_text(str(one)) == fold_text(str(other))

    def words(self, value: Any) -> str:
        """The value as a sentence tells it."""
        return " ".join(str(value).split())

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.parse, handler(source))

    def __repr__(self) -> str:
        return f"<kind {self.name}>"


def find_any(text: Text, pattern: re.Pattern[str], regions: Sequence[Range]) -> Range | None:
    """The first match of a pattern of folded text in any of the regions."""
    return next((p for region in regions if (p := text.find_pattern(pattern, region))), None)


def search(text: Text, pattern: re.Pattern[str], regions: Sequence[Range]) -> Range | None:
    """The first match of a pattern of plain text in any of the regions."""
    matches = (pattern.search(text.masked, *region) for region in regions)
    return next((m.span() for m in matches if m and m.end() > m.start()), None)


def dates_in(text: Text, region: Range) -> Sequence[DateMention]:
    """The dates written within a region."""
    if region == (0, len(text.text)):
        return text.dates
    return _shifted_dates(text.masked[region[0] : region[1]], region[0], text.dated)


def numbers_in(text: Text, region: Range) -> Sequence[NumberMention]:
    """The numbers written within a region."""
    if region == (0, len(text.text)):
        return text.numbers
    return _shifted_numbers(text.masked[region[0] : region[1]], region[0])


def numbers_missing(text: Text, value: str, regions: Iterable[Range]) -> bool:
    """Whether a phrase holds a number that the regions do not."""
    present = [m.values for r in regions for m in numbers_in(text, r)]
    return any(
        not any(m.values & other for other in present) for m in read_numbers(value, words=False)
    )


@lru_cache(maxsize=512)
def _shifted_dates(text: str, offset: int, dated: str | None) -> tuple[DateMention, ...]:
    return tuple(
        DateMention(m.start + offset, m.end + offset, m.edtf, m.relative)
        for m in read_dates(text, dated=dated)
    )


@lru_cache(maxsize=512)
def _shifted_numbers(text: str, offset: int) -> tuple[NumberMention, ...]:
    return tuple(
        NumberMention(m.start + offset, m.end + offset, m.values, m.percent, m.scale)
        for m in read_numbers(text)
    )


def plain_text(value: Any) -> str:
    """A value as text: of a decimal plain digits, no exponent, no trailing zeros."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
