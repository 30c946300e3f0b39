"""Which SQL statements a session runs: those that only read, told by DuckDB's own parser."""

from __future__ import annotations

import re

import duckdb

from pipeline.errors import DossierError

_SPACE = r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)"
_EXPLAIN = re.compile(
    rf"{_SPACE}*EXPLAIN{_SPACE}+(?:ANALY[ZS]E{_SPACE}+)?(?:\([^()]*\){_SPACE}*)?",
    re.IGNORECASE | re.DOTALL,
)
_PIVOT = re.compile(rf"{_SPACE}*PIVOT\b", re.IGNORECASE | re.DOTALL)
_REMEDY = (
    "SELECT, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN of one of them are run; nothing is written."
)


def read_only_statements(sql: str) -> list[str]:
    """The statements of `sql`, in order. Raises DossierError when there is none, when they do not
    parse, and when one of them does more than read."""
    try:
        found = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise DossierError(str(error).strip(), "The query does not parse") from error
    if not found:
        raise DossierError("The query is empty", "Give SQL, or nothing for a prompt.")
    for statement in found:
        if not _only_reads(statement):
            name = str(statement.type).rpartition(".")[2]
            raise DossierError(f"A statement of type {name} is not run here", _REMEDY)
    return [statement.query for statement in found]


def split_statements(script: str) -> list[str]:
    """The statements of a script, whatever they are; where it does not parse as a whole, what ends
    with a semicolon at a line's end."""
    try:
        return [statement.query for statement in duckdb.extract_statements(script)]
    except duckdb.Error:
        parts = re.split(r";[ \t]*(?:\n|\Z)", script)
        return [part for part in parts if part.strip()]


def _only_reads(statement: duckdb.Statement) -> bool:
    kind = statement.type
    if kind == duckdb.StatementType.SELECT:  # DESCRIBE, SHOW and SUMMARIZE are parsed as such
        return True
    if kind == duckdb.StatementType.EXPLAIN:
        return _is_select(_EXPLAIN.sub("", statement.query, count=1))
    # PIVOT without its values is two statements in one: it asks for the values first.
    return kind == duckdb.StatementType.MULTI and _PIVOT.match(statement.query) is not None


def _is_select(sql: str) -> bool:
    """Whether what EXPLAIN explains is one SELECT: EXPLAIN ANALYZE carries it out."""
    try:
        inner = duckdb.extract_statements(sql)
    except duckdb.Error:
        return False
    return len(inner) == 1 and inner[0].type == duckdb.StatementType.SELECT
