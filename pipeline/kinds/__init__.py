"""A kind of value a file: how it is parsed, how it is found in a text, what contradicts it, when
two are the same, and which columns it makes.

To add one, write its file and put it into KINDS; a subject brings its own in `schemas/` and lists
them there as KINDS.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.kinds.choice import CHOICE
from pipeline.kinds.country import COUNTRY
from pipeline.kinds.currency import CURRENCY
from pipeline.kinds.date import DATE
from pipeline.kinds.gist import GIST
from pipeline.kinds.kind import Kind
from pipeline.kinds.name import NAME
from pipeline.kinds.number import NUMBER, PERCENT, RANK
from pipeline.kinds.phrase import WORDS

__all__ = [
    "CHOICE", "COUNTRY", "CURRENCY", "DATE", "GIST", "KINDS", "NAME", "NUMBER", "PERCENT", "RANK",
    "WORDS", "Kind", "check_kinds",
]  # fmt: skip

KINDS: tuple[Kind, ...] = (
    NAME, WORDS, GIST, DATE, NUMBER, PERCENT, RANK, CURRENCY, COUNTRY, CHOICE,
)  # fmt: skip


def check_kinds(brought: Iterable[Kind]) -> None:
    """Raises TypeError, naming the kind, for one without a name or columns, or of a name that is
    taken."""
    taken = {kind.name for kind in KINDS}
    for kind in brought:
        if not isinstance(kind, Kind):
            raise TypeError(f"KINDS holds {kind!r}, which is no kind; list instances of Kind")
        if not kind.name:
            raise TypeError(f"{type(kind).__name__} is a kind without a name")
        if kind.name in taken:
            raise TypeError(f"two kinds are named {kind.name!r}")
        if not kind.columns or kind.columns[0].suffix:
            raise TypeError(f"the kind {kind.name!r} has no column of its own (suffix '')")
        taken.add(kind.name)
