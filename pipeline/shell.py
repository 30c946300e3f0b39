"""The prompt of `dossier sql`, and queries from a script."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.errors import DossierError
from pipeline.output import FORMATS
from pipeline.plain import plain
from pipeline.store.query import Session
from pipeline.store.tables import literal

HELP = """A query ends with a semicolon or an empty line. To begin with:
  .tables                the views, then the tables, each in a sentence
  .describe agreements   the columns of one, each in a sentence
  .evidence r_1234...    the quotes and values of a record or entity, by its id
  FROM agreements        all of one
exit, quit or Ctrl-D ends; docs/analysts.md has a query for each question."""
_QUIT = {"exit", "quit", ".exit", ".quit", "\\q", ".q"}
_HELP = {"help", ".help", "?", "\\?"}
_TABLES = """
SELECT view_name AS name, comment FROM duckdb_views()
WHERE NOT internal AND NOT starts_with(view_name, 'checked_')
UNION ALL SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', comment
FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal
UNION ALL SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main'
"""
_DESCRIBE = """
SELECT column_name AS "column", data_type AS type, comment FROM duckdb_columns()
WHERE table_name = {} ORDER BY column_index
"""
_SHORT = {".tables": _TABLES, ".schema": "SHOW ALL TABLES", "\\d": _TABLES}
_WITH_NAME = {".describe": _DESCRIBE, "\\d": _DESCRIBE, ".evidence": "FROM evidence_of({})"}


def answer(session: Session, sql: str, form: str, timeout_s: float) -> None:
    """Write the answer to each statement of `sql` to stdout. Raises DossierError."""
    for result in session.answers(_expanded(sql) or sql, timeout_s):
        FORMATS[form](result.columns, result.rows, sys.stdout)
        sys.stdout.flush()


def _expanded(sql: str) -> str | None:
    """The query that a short command such as ".describe agreements" stands for, if it is one."""
    word, *names = sql.strip().rstrip(";").split() or [""]
    if names and (query := _WITH_NAME.get(word.lower())):
        return query.format(literal(names[0].strip("\"'")))
    return _SHORT.get(_word(sql))


def one_word(sql: str) -> str:
    """ "quit" or "help" when that is what `sql` means, else nothing."""
    word = _word(sql)
    return "quit" if word in _QUIT else "help" if word in _HELP else ""


def prompt(session: Session, history: Path, form: str, timeout_s: float) -> int:
    """Read and answer queries until the end of input; a query ends with a semicolon or an empty
    line. Returns how many failed. From a pipe, nothing but results is written to stdout."""
    if not sys.stdin.isatty():
        return _script(session, sys.stdin.read(), form, timeout_s)
    import readline

    readline.set_auto_history(False)  # a query is remembered as one entry, not line by line
    with suppress(OSError):
        readline.read_history_file(history)
    print("SQL on the analyst's views; `help` helps, Ctrl-D ends.", file=sys.stderr)
    try:
        for query in _typed():
            readline.add_history(" ".join(query.split()))
            _tried(session, query, form, timeout_s)
    finally:
        readline.set_history_length(1000)
        with suppress(OSError):  # a folder that cannot be written costs the history, not answers
            readline.write_history_file(history)
    return 0


def _typed() -> Iterator[str]:
    lines: list[str] = []
    while True:
        try:
            line = input("     > " if lines else "dossier> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            lines = []
            print()
            continue
        if not lines and (meant := one_word(line)):
            if meant == "quit":
                return
            print(HELP, file=sys.stderr)
            continue
        lines.append(line)
        query = "\n".join(lines).strip()
        if query and (query.endswith(";") or not line.strip() or _expanded(query)):
            lines = []
            yield query
        elif not query:
            lines = []


def _script(session: Session, text: str, form: str, timeout_s: float) -> int:
    """Answer the statements of a script, each on its own, so that one that fails ends no other."""
    queries = [q for q in _statements(text) if one_word(q) != "quit"]
    if not queries:
        print("dossier: no query was given on standard input", file=sys.stderr)
        return 1
    return sum(not _tried(session, query, form, timeout_s) for query in queries)


def _statements(text: str) -> Iterator[str]:
    """The statements of a script; a short command has a line of its own."""
    from pipeline.store.statements import split_statements

    lines: list[str] = []
    for line in text.splitlines():
        if _expanded(line):
            yield from split_statements("\n".join(lines))
            lines = []
            yield line
        else:
            lines.append(line)
    yield from split_statements("\n".join(lines))


def _tried(session: Session, query: str, form: str, timeout_s: float) -> bool:
    try:
        answer(session, query, form, timeout_s)
    except DossierError as error:
        print(plain(error), file=sys.stderr)
        return False
    except KeyboardInterrupt:
        print("\nThe query was stopped.", file=sys.stderr)
        return False
    return True


def _word(sql: str) -> str:
    return sql.strip().rstrip(";").strip().lower()
