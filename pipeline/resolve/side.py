"""One side of a pair of names as guards see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.records import Style
from pipeline.resolve.names import NameForm
from pipeline.resolve.people import PersonForm


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair: the form of the name and what its documents say of the bearer.

    `countries` are codes claimed for it, `stated` the keys of names that its documents give it,
    `bodies` the well-known public bodies it may be; `person` is filled for persons instead of
    `name`.
    """

    style: Style
    key: str
    name: NameForm | None = None
    person: PersonForm | None = None
    countries: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    stated: frozenset[str] = frozenset()
    scope: str = ""
    bodies: frozenset[str] = frozenset()


Guard = Callable[[Side, Side], bool]


@dataclass(frozen=True, slots=True)
class Held:
    """A guard that holds: its name, and whether somebody may overrule it when asked."""

    guard: str
    askable: bool = False
    relation: str = field(default="")


def names_of(a: Side, b: Side) -> tuple[NameForm, NameForm]:
    """The names of two sides that are no people."""
    assert a.name is not None and b.name is not None
    return a.name, b.name


def people_of(a: Side, b: Side) -> tuple[PersonForm, PersonForm]:
    """The names of two sides that are people."""
    assert a.person is not None and b.person is not None
    return a.person, b.person
