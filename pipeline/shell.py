"""`dossier sql`: results as a table, CSV or JSON, and a prompt with history."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.domain import decimal_text
from pipeline.errors import DossierError
from pipeline.screen import plain
from pipeline.store.query import Session

FORMATS = ("table", "csv", "json")
MAX_TABLE_ROWS = 200


def show(
    columns: list[str], rows: Sequence[Sequence[Any]], form: str, out: TextIO | None = None
) -> None:
    """Write a result in one of FORMATS, by default to stdout. A table stops at MAX_TABLE_ROWS and
    says so; CSV and JSON are whole."""
    out = out or sys.stdout
    if form == "json":
        json.dump(
            [dict(zip(columns, row, strict=True)) for row in rows],
            out,
            ensure_ascii=False,
            default=_json_value,
            indent=1,
        )
        out.write("\n")
    elif form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
    else:
        table = Table(*columns, box=box.SIMPLE_HEAD)
        for row in rows[:MAX_TABLE_ROWS]:
            table.add_row(*(Text(plain(_cell(value)), overflow="fold") for value in row))
        console = Console(file=out, highlight=False, width=None if out.isatty() else 200)
        console.print(table)
        if len(rows) > MAX_TABLE_ROWS:
            console.print(f"{MAX_TABLE_ROWS} of {len(rows)} rows; --format csv gives all.")


def prompt(session: Session, history: Path, form: str) -> int:
    """Read and answer queries until the end of input; a query ends with a semicolon or an empty
    line. Returns how many failed. From a pipe, nothing but results is written to stdout."""
    if not sys.stdin.isatty():
        return sum(not _answer(session, query, form) for query in _queries(sys.stdin.read()))
    import readline

    readline.set_auto_history(False)  # a query is remembered as one entry, not line by line
    if history.exists():
        readline.read_history_file(history)
    print("SQL on the analyst's views; SHOW TABLES lists them. Ctrl-D ends.", file=sys.stderr)
    try:
        for query in _typed():
            readline.add_history(" ".join(query.split()))
            _answer(session, query, form)
    finally:
        readline.set_history_length(1000)
        with suppress(
            OSError
        ):  # a folder that cannot be written costs the history, not the answers
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
        lines.append(line)
        query = "\n".join(lines).strip()
        if query and (query.endswith(";") or not line.strip()):
            lines = []
            yield query
        elif not query:
            lines = []


def _queries(text: str) -> list[str]:
    """The queries of a script: up to a semicolon at a line's end, the last one without it too."""
    return [
        query for query in (part.strip() for part in re.split(r";[ \t]*(?:\n|\Z)", text)) if query
    ]


def _answer(session: Session, query: str, form: str) -> bool:
    try:
        show(*session.query(query), form)
    except DossierError as error:
        print(error, file=sys.stderr)
        return False
    return True


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_json_value)
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
