"""What a table is: its name, columns and comments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name, DuckDB type, comment."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: name, comment, columns; `keys` are the columns it is sorted by in the published
    file."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]


def make_table(name: str, comment: str, keys: str, *columns: tuple[str, str, str]) -> Table:
    """A table from its name, comment, keys in one string, and (name, type, comment) a column."""
    return Table(name, comment, tuple(Column(*column) for column in columns), tuple(keys.split()))
