"""The prompt of `dossier sql` in a terminal: completion, history, pages, how long it took.

All that is typed and told goes to standard error, only answers to standard output.
"""

from __future__ import annotations

import io
import pydoc
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.output import create_output
from pygments.lexers.sql import SqlLexer

from pipeline.errors import DossierError
from pipeline.output import FORMATS, MAX_TABLE_ROWS, Row
from pipeline.plain import plain
from pipeline.shell import HELP, Asking, expanded, one_word
from pipeline.store.query import Answer, Session
from pipeline.store.table import TABLES, VIEWS

_WORDS = """SELECT FROM WHERE GROUP BY ORDER LIMIT JOIN LEFT USING ON AS AND OR NOT IN IS NULL LIKE
ILIKE BETWEEN DISTINCT COUNT SUM HAVING CASE WHEN THEN ELSE END UNION ALL WITH DESC EXCLUDE UNNEST
LIST FILTER OVER SUMMARIZE DESCRIBE""".split()
_COMMANDS = (".tables", ".describe", ".evidence", ".schema", "help", "quit")
_NAMES = f"""
SELECT view_name FROM {VIEWS}
UNION SELECT table_name FROM {TABLES} WHERE schema_name = 'main'
UNION SELECT function_name || '(' FROM duckdb_functions()
  WHERE function_type IN ('macro', 'table_macro') AND NOT internal
"""
_COLUMNS = "SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal"
_ID = re.compile(r"[re]_[0-9a-f]{16}")
_ROW = re.compile(r"\.evidence\s+(\d+)\s*;?\s*", re.IGNORECASE)


def prompt(session: Session, history: Path, how: Asking) -> int:
    """Read and answer queries until the end of input. A query ends with a semicolon or an empty
    line, and is remembered in the file `history` where that can be written."""
    asking: PromptSession[str] = PromptSession(
        history=_history(history),
        completer=Completions(session),
        lexer=PygmentsLexer(SqlLexer),
        key_bindings=_keys(),
        multiline=True,
        prompt_continuation="     > ",
        output=create_output(stdout=sys.stderr),
    )
    print("SQL on the analyst's views; `help` helps, Tab completes, Ctrl-D ends.", file=sys.stderr)
    told = _Told(how)
    while True:
        try:
            query = asking.prompt("dossier> ").strip()
        except EOFError:
            return 0
        except KeyboardInterrupt:
            continue
        meant = one_word(query)
        if meant == "quit":
            return 0
        if meant == "help":
            print(HELP, file=sys.stderr)
        elif query:
            told.answer(session, query)


class Completions(Completer):
    """Views, tables, macros, columns and words of SQL; short commands at the beginning."""

    def __init__(self, session: Session) -> None:
        names = [name for (name,) in session.query(_NAMES)[1]]
        self.after = sorted(name for name in names if not name.startswith(("checked_", "_")))
        self.words = [
            *self.after,
            *sorted({name for (name,) in session.query(_COLUMNS)[1]} - set(names)),
            *(name for name in names if name.startswith("checked_")),
            *_WORDS,
        ]

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        """What the word before the cursor may become."""
        before = document.text_before_cursor
        if re.fullmatch(r"\s*\.\w*", before):
            word, choices = before.strip(), list(_COMMANDS)
        else:
            word = re.search(r"\w*$", before)[0]  # type: ignore[index]
            names_only = re.search(r"(?:\b(?:FROM|JOIN)|\.describe)\s+\w*$", before, re.IGNORECASE)
            choices = self.after if names_only else self.words if word else []
        for choice in choices:
            if choice.lower().startswith(word.lower()) and choice != word:
                yield Completion(choice, start_position=-len(word))


class _Told:
    """Answers to what is typed; the rows of the last one can be asked about."""

    def __init__(self, how: Asking) -> None:
        self.how = how
        self.last: list[Row] = []

    def answer(self, session: Session, query: str) -> None:
        """Write the answers to a query, and on standard error what went wrong or how long it took;
        a table longer than the screen a page at a time."""
        try:
            if row := _ROW.fullmatch(query):
                query = f".evidence {self._id(int(row[1]))}"
            for result in session.answers(
                expanded(query) or query, self.how.timeout_s, self.how.parameters
            ):
                self._show(result)
        except DossierError as error:
            print(plain(error), file=sys.stderr)
        except KeyboardInterrupt:
            print("\nThe query was stopped.", file=sys.stderr)

    def _show(self, result: Answer) -> None:
        started, count = time.monotonic(), 0
        kept: list[Row] = []

        def counted() -> Iterable[Row]:
            nonlocal count
            for row in result.rows:
                count += 1
                if len(kept) < MAX_TABLE_ROWS:
                    kept.append(row)
                yield row

        paged = self.how.form == "table" and sys.stdout.isatty()
        out = io.StringIO() if paged else sys.stdout
        FORMATS[self.how.form](result.columns, counted(), out)
        took = time.monotonic() - started
        if isinstance(out, io.StringIO):
            text = out.getvalue()
            if text.count("\n") >= shutil.get_terminal_size().lines:
                pydoc.pager(text)
            else:
                sys.stdout.write(text)
        sys.stdout.flush()
        self.last = kept
        more = " or more" if self.how.form == "table" and count > MAX_TABLE_ROWS else ""
        print(f"{count} row{'s' * (count != 1)}{more}, {took:.2f} s", file=sys.stderr)

    def _id(self, number: int) -> str:
        """The id that a row of the last answer holds."""
        if not 1 <= number <= len(self.last):
            raise DossierError(f"The last answer has no row {number}", "Rows are counted from 1.")
        for cell in self.last[number - 1]:
            if isinstance(cell, str) and _ID.fullmatch(cell):
                return cell
        raise DossierError(f"Row {number} holds no id", "Select record_id or entity_id too.")


def _history(file: Path) -> FileHistory | InMemoryHistory:
    """The file, or memory alone where it cannot be written."""
    try:
        with file.open("a", encoding="utf-8"):
            return FileHistory(file)
    except OSError:
        return InMemoryHistory()


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        text = buffer.text.strip()
        ends = text.endswith(";") or not buffer.document.current_line.strip()
        if ends or one_word(text) or expanded(text) or _ROW.fullmatch(text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return keys
