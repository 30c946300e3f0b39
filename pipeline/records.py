"""What record types are made of: the base class, the kinds of field, and one description that every
stage walks.

A subject's record types (see `schemas/`) subclass `Record` and build their fields from the kinds
of value (see `kinds/`). Descriptions are what the model reads.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipeline.kinds import (
    CHOICE,
    COUNTRY,
    CURRENCY,
    DATE,
    GIST,
    NAME,
    NUMBER,
    PERCENT,
    RANK,
    WORDS,
)
from pipeline.kinds.kind import Column, Kind
from pipeline.kinds.money import Money

# How names of a kind are made.
Style = Literal["organisation", "person", "thing"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Marks a name that refers to an entity of `kind`; names of one kind are joined across
    documents.

    `style` says how names of the kind are made: `organisation` with legal forms, acronyms and
    affiliates, `person` with given names, initials and patronymics, `thing` for all else.
    `same_as` names the field of the record whose entity this name also denotes (an alias);
    `apart_from` one whose entity is another (the other side of a relation); `within` one, such as
    the country, that tells apart bearers of a generic name; `beside` others that tell bearers of
    one name apart, such as the employer of a person. `own` marks the name of what the record itself
    describes.
    """

    kind: str
    style: Style = "thing"
    same_as: str | None = None
    apart_from: str | None = None
    within: str | None = None
    beside: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class ClaimIdentity:
    """What tells the claims of a record type apart, so that those about one deal, event or paper
    are joined: names of its fields, each an empty tuple where there is none.

    `types` are choices that claims of one thing share, unless they are one of `vague`; `dates` in
    order of precedence; `parties` paths of names, such as `parties.name`; `amounts` lists of sums;
    `numbers` names that number a paper; `figures` numbers that are measured; `words` texts that say
    what it is about, the most telling first; `places` countries and places. `exact` are fields that
    must be the same where both have them, such as a population.
    """

    kind: str
    types: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What a value claims, as a plain sentence that a second reader can judge.

    `{value}` in the template is the value, `{x}` or `{.x}` the field x of the same part,
    `{record.x}` one of the record; behind a name, `?` says that it may be null: without it a null
    makes no claim.
    `by` gives a template for each choice that claims something.
    """

    template: str = ""
    by: Mapping[str, str] | None = None


class Cued(dict[str, tuple[str, ...]]):
    """The cues of `vocabulary/` that a choice needs in the quotes, one of them at least: what says
    "signed" is a text with a word for it."""

    __hash__ = object.__hash__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class When:
    """Marks a date; a word of `cue` tells what happened then: "signed", "until"."""

    cue: str


@dataclass(frozen=True, slots=True)
class Unit:
    """Marks a number; `field` of the same part says what it counts."""

    field: str


@dataclass(frozen=True, slots=True)
class LiesIn:
    """Marks a country in which that lies or happens which stands in the fields `of` of the record,
    so that a town named there tells it."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Marks a classification that says how the figure in the field `of` is limited, or what it is a
    part of."""

    of: str


Name = Annotated[str, Field(min_length=1), NAME]
Words = Annotated[str, Field(min_length=1), WORDS]
Gist = Annotated[str, Field(min_length=1), GIST]
Date = Annotated[str, DATE]
Number = Annotated[Decimal, NUMBER]
Percent = Annotated[Decimal, PERCENT]
Rank = Annotated[Decimal, RANK]
Currency = Annotated[str, CURRENCY]
Country = Annotated[str, COUNTRY]
Quote = Annotated[str, Field(min_length=1)]

_Mark = TypeVar("_Mark")
_BLANK = {"", "null", "none", "n/a", "not stated", "not specified"}


class Part(BaseModel):
    """A value with fields of its own inside a record, such as a party or an amount."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)
    money: ClassVar[Money | None] = None  # the fields that make a sum, if it is one

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_null(cls, value: object) -> object:
        """Models write "not stated" where null is meant; a required field then fails as missing."""
        return None if isinstance(value, str) and value.strip().casefold() in _BLANK else value


class Record(Part):
    """One claim of one document, with the quotes that prove it."""

    plural: ClassVar[str] = ""
    about: ClassVar[str] = ""  # a template as of Claim: what `realis` is said of
    identity: ClassVar[ClaimIdentity | None] = None  # if claims about one thing are to be joined
    # Fields that tell records of one document apart; else those of `identity`, and own names.
    paired_by: ClassVar[tuple[str, ...]] = ()

    evidence: list[Quote] = Field(
        min_length=1,
        json_schema_extra={"maxItems": 6},
        description=(
            "1 to 6 verbatim quotes copied character by character from the passage, each one"
            " contiguous and as short as still proves the record; together they contain every value"
            " below."
        ),
    )
    realis: Annotated[
        Literal["actual", "ongoing", "planned", "hypothetical", "denied"],
        Cued(planned=("planned",), hypothetical=("possible",), denied=("negated", "negation")),
        Claim(
            by={
                "actual": "By the text this has happened or is so: {about}",
                "ongoing": "By the text this is under way or is so: {about}",
                "planned": "By the text this is planned, expected or asked for: {about}",
                "hypothetical": "By the text this is merely imagined or possible: {about}",
                "denied": "By the text this did not happen or is not so: {about}",
            }
        ),
    ] = Field(
        description=(
            "Whether the text says it happened or is so (actual), is under way (ongoing), is"
            " intended, expected or requested (planned), is merely imagined, possible or"
            " counterfactual (hypothetical), or did not happen (denied)."
        )
    )
    speaker: Name | None = Field(
        description=(
            "Who says it, when the text attributes it to a named speaker or source; null for the"
            " author's voice."
        )
    )


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a record type, as grounding, tables and documentation see it.

    `fields` is filled for a nested part, whose `kind` is PART; `many` marks a list; `optional` a
    value that may be null.
    """

    name: str
    description: str
    kind: Kind
    mention: Mention | None
    many: bool
    optional: bool
    choices: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    claim: Claim | None = None
    cued: Cued | None = None
    limits: Limits | None = None
    unit: Unit | None = None
    when: When | None = None
    lies_in: LiesIn | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns it makes; a list of values or parts makes one."""
        return self.kind.columns[:1] if self.many else self.kind.columns


class _Part(Kind):
    name = "part"


PART = _Part()


def table_name(record_type: type[BaseModel]) -> str:
    """The snake_case name a record type goes by in replies and tables."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record_type.__name__).lower()


@cache
def describe(model: type[Part]) -> tuple[FieldSpec, ...]:
    """The fields of a record type or part in order, without `evidence`.

    Raises TypeError, naming the field, for a type that no kind of field covers.
    """
    return tuple(
        _spec(
            f"{model.__name__}.{name}",
            name,
            field.annotation,
            field.metadata,
            field.description or "",
        )
        for name, field in model.model_fields.items()
        if name != "evidence"
    )


def leaves(
    value: Part, specs: tuple[FieldSpec, ...], path: str = ""
) -> Iterator[tuple[str, FieldSpec, Any]]:
    """Every non-null single value of a record as (path, field, value); a path reads like
    `parties[0].name`."""
    for spec in specs:
        content = getattr(value, spec.name)
        items = enumerate(content) if spec.many and content else [(None, content)]
        for index, item in items:
            here = f"{path}{spec.name}" + ("" if index is None else f"[{index}]")
            if spec.fields and item:
                yield from leaves(item, spec.fields, f"{here}.")
            elif item is not None and item != []:
                yield here, spec, item


def mention_styles(record_types: Iterable[type[Part]]) -> dict[str, Style]:
    """The kinds of entity that record types name, and how names of each are made."""
    found: dict[str, Style] = {}
    for record_type in record_types:
        for spec in walk(describe(record_type)):
            if spec.mention:
                found.setdefault(spec.mention.kind, spec.mention.style)
    return found


def pairing_fields(record_type: type[Record]) -> tuple[str, ...]:
    """Fields, as paths without indices, by which a record is known again in another extraction of
    its document; empty where all of them are."""
    if record_type.paired_by:
        return record_type.paired_by
    own = [s.name for s in describe(record_type) if s.mention and s.mention.own]
    known = record_type.identity
    if known is None:
        return tuple(own)
    return (*own, *known.numbers, *known.figures, *known.words, *known.parties, *known.dates)


def walk(specs: tuple[FieldSpec, ...]) -> Iterator[FieldSpec]:
    """All fields, those of parts included."""
    for spec in specs:
        yield spec
        yield from walk(spec.fields)


def walk_paths(specs: tuple[FieldSpec, ...], path: str = "") -> dict[str, FieldSpec]:
    """All fields by their path without places in lists, such as `parties.name`."""
    found = {}
    for spec in specs:
        found[f"{path}{spec.name}"] = spec
        found |= walk_paths(spec.fields, f"{path}{spec.name}.")
    return found


def part_at(record: Record, path: str) -> Part:
    """The part of a record that holds the value at a path, or the record itself."""
    steps = re.findall(r"\w+", path)
    # The last step of a list of single values is its index.
    steps = steps[:-2] if steps and steps[-1].isdigit() else steps[:-1]
    part: Any = record
    for step in steps:
        part = part[int(step)] if step.isdigit() else getattr(part, step)
    found: Part = part
    return found


def _spec(
    where: str, name: str, annotation: Any, metadata: list[Any], description: str
) -> FieldSpec:
    marks, many, optional = list(metadata), False, False
    while True:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is Annotated:
            marks += arguments[1:]
            annotation = arguments[0]
        elif (
            origin in (types.UnionType, typing.Union)
            and types.NoneType in arguments
            and len(arguments) == 2
        ):
            optional = True
            annotation = next(a for a in arguments if a is not types.NoneType)
        elif origin is list:
            many = True
            annotation = arguments[0]
        else:
            break
    if many and optional:
        raise TypeError(f"{where}: a list is never null; write list[...] alone")
    kind = _last(marks, Kind)
    choices: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    if origin is Literal:
        kind, choices = CHOICE, arguments
    elif isinstance(annotation, type) and issubclass(annotation, Part):
        kind, fields = PART, describe(annotation)
    if kind is None:
        raise TypeError(
            f"{where}: use a kind of pipeline.records (Name, Words, Gist, Date, Number, ...), not"
            f" {annotation}"
        )
    return FieldSpec(
        name=name,
        description=description,
        kind=kind,
        mention=_last(marks, Mention),
        many=many,
        optional=optional,
        choices=choices,
        fields=fields,
        claim=_last(marks, Claim),
        cued=_last(marks, Cued),
        limits=_last(marks, Limits),
        unit=_last(marks, Unit),
        when=_last(marks, When),
        lies_in=_last(marks, LiesIn),
    )


def _last(marks: list[Any], kind: type[_Mark]) -> _Mark | None:
    """The outermost mark of a type: an annotation around another one has the last word."""
    return next((mark for mark in reversed(marks) if isinstance(mark, kind)), None)
