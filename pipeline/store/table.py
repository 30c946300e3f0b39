"""What a table is: its name, columns and comments."""

from __future__ import annotations

from dataclasses import dataclass

# What the tables and the views of a file are, as duckdb_tables() and duckdb_views() give them: a
# table whose rows are in Parquet files is a view in DuckDB's eyes.
TABLES = """(
SELECT database_name, schema_name, table_name, comment FROM duckdb_tables()
UNION ALL SELECT database_name, schema_name, view_name, comment FROM duckdb_views()
WHERE contains(sql, 'read_parquet(')
)"""
VIEWS = """(
FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'
  AND NOT contains(sql, 'read_parquet(')
)"""


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
