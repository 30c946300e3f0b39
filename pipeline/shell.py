"""What queries and short commands of `dossier sql` mean, and queries from a script."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.errors import DossierError
from pipeline.output import FORMATS
from pipeline.plain import plain
from pipeline.store.query import Session
from pipeline.store.table import TABLES, VIEWS
from pipeline.store.tables import literal

HELP = """A query ends with a semicolon or an empty line. To begin with:
  .tables                the views, then the tables, each in a sentence
  .describe agreements   the columns of one, each in a sentence
  .evidence r_1234...    the quotes and values of a record or entity, by its id
  .evidence 3            likewise, of the third row of the last answer
  FROM agreements        all of one
exit, quit or Ctrl-D ends; docs/analysts.md has a query for each question."""
_QUIT = {"exit", "quit", ".exit", ".quit", "\\q", ".q"}
_HELP = {"help", ".help", "?", "\\?"}
_TABLES = f"""
SELECT view_name AS name, comment FROM {VIEWS}
WHERE NOT regexp_matches(view_name, '^(checked)?_')
UNION ALL SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', comment
FROM duckdb_functions() WHERE function_type IN ('macro', 'table_macro') AND NOT internal
UNION ALL SELECT table_name, comment FROM {TABLES} WHERE schema_name = 'main'
"""
_DESCRIBE = """
SELECT column_name AS "column", data_type AS type, comment FROM duckdb_columns()
WHERE table_name = {} ORDER BY column_index
"""
_SHORT = {".tables": _TABLES, ".schema": "SHOW ALL TABLES", "\\d": _TABLES}
_WITH_NAME = {".describe": _DESCRIBE, "\\d": _DESCRIBE, ".evidence": "FROM evidence_of({})"}


@dataclass(frozen=True, slots=True)
class Asking:
    """How queries are answered: the format, the time limit of each statement, and what `$name` in
    them stands for."""

    form: str = "table"
    timeout_s: float = 60.0
    parameters: Mapping[str, str] = field(default_factory=dict)


def answer(session: Session, sql: str, how: Asking) -> None:
    """Write the answer to each statement of `sql` to stdout. Raises DossierError."""
    for result in session.answers(expanded(sql) or sql, how.timeout_s, how.parameters):
        FORMATS[how.form](result.columns, result.rows, sys.stdout)
        sys.stdout.flush()


def expanded(sql: str) -> str | None:
    """The query that a short command such as ".describe agreements" stands for, if it is one."""
    word, *names = sql.strip().rstrip(";").split() or [""]
    if names and (query := _WITH_NAME.get(word.lower())):
        return query.format(literal(names[0].strip("\"'")))
    return _SHORT.get(_word(sql))


def one_word(sql: str) -> str:
    """ "quit" or "help" when that is what `sql` means, else nothing."""
    word = _word(sql)
    return "quit" if word in _QUIT else "help" if word in _HELP else ""


def script(session: Session, text: str, how: Asking) -> int:
    """Answer the statements of a script, each on its own, so that one that fails ends no other;
    return how many failed."""
    queries = [q for q in _statements(text) if one_word(q) != "quit"]
    if not queries:
        print("dossier: no query was given", file=sys.stderr)
        return 1
    return sum(not _tried(session, query, how) for query in queries)


def _statements(text: str) -> Iterator[str]:
    """The statements of a script; a short command has a line of its own."""
    from pipeline.store.statements import split_statements

    lines: list[str] = []
    for line in text.splitlines():
        if expanded(line):
            yield from split_statements("\n".join(lines))
            lines = []
            yield line
        else:
            lines.append(line)
    yield from split_statements("\n".join(lines))


def _tried(session: Session, query: str, how: Asking) -> bool:
    try:
        answer(session, query, how)
    except DossierError as error:
        print(plain(error), file=sys.stderr)
        return False
    except KeyboardInterrupt:
        print("\nThe query was stopped.", file=sys.stderr)
        return False
    return True


def _word(sql: str) -> str:
    return sql.strip().rstrip(";").strip().lower()
