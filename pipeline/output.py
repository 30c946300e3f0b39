"""Results of queries as a table for people, or whole as CSV, JSON or Markdown.

CSV and JSON lose nothing: money keeps its digits, columns of one name are told apart. Control
characters, which a terminal would obey, are written as escapes in all of them.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from typing import Any, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from pipeline.domain import decimal_text
from pipeline.plain import escaped, plain
from pipeline.screen import PipeConsole

MAX_TABLE_ROWS = 200
MAX_RECORDS = 20  # rows too wide for a table stand below each other
_NARROW = 12  # a column of a table is as wide as this, or as its widest cell
_PIPE_WIDTH = 200
Row = Sequence[Any]


def write_json(columns: list[str], rows: Iterable[Row], out: TextIO) -> None:
    """A list of objects. What JSON has no form for (dates, NaN, blobs) is written as text."""
    names = list(map(_quoted, distinct(columns)))
    unicode = (out.encoding or "utf-8").lower().startswith("utf")
    before = "[\n "
    for row in rows:
        pairs = (f"{name}: {_json(value)}" for name, value in zip(names, row, strict=True))
        out.write(before + escaped("{" + ", ".join(pairs) + "}", ascii_only=not unicode))
        before = ",\n "
    out.write("[]\n" if before.startswith("[") else "\n]\n")


def write_csv(columns: list[str], rows: Iterable[Row], out: TextIO) -> None:
    """Comma-separated values with a head; nested values as JSON."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(escaped(name) for name in distinct(columns))
    writer.writerows([escaped(cell(value)) for value in row] for row in rows)


def write_markdown(columns: list[str], rows: Iterable[Row], out: TextIO) -> None:
    """A table in Markdown, all rows; a bar in a cell is escaped, a line break a blank."""
    for row in chain([distinct(columns), ["---"] * len(columns)], rows):
        cells = (" ".join(escaped(_readable(value)).split()).replace("|", "\\|") for value in row)
        out.write(f"| {' | '.join(cells)} |\n")


def write_table(columns: list[str], rows: Iterable[Row], out: TextIO) -> None:
    """A table for people, of the first MAX_TABLE_ROWS rows; where its columns would be too narrow
    to read, the first MAX_RECORDS rows below each other, without their empty fields."""
    width = shutil.get_terminal_size().columns if out.isatty() else _pipe_width()
    console = PipeConsole(file=out, highlight=False, width=width)
    stream = iter(rows)
    shown = [[plain(_readable(value)) for value in row] for row in islice(stream, MAX_TABLE_ROWS)]
    heads = [plain(name) for name in columns]
    if sum(_least_widths(heads, shown)) + 3 * len(heads) <= width:
        console.print(_table(heads, shown))
        limit = MAX_TABLE_ROWS
    else:
        _print_records(console, heads, shown[:MAX_RECORDS])
        limit = MAX_RECORDS
    if next(chain(shown[limit:], stream), None) is not None:
        console.print(f"The first {limit} rows; --format csv gives all.")


FORMATS: dict[str, Callable[[list[str], Iterable[Row], TextIO], None]] = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
    "md": write_markdown,
}


def distinct(columns: list[str]) -> list[str]:
    """Column names told apart: a second `name` is `name:1`, as DuckDB itself writes it."""
    taken: set[str] = set()
    names = []
    for column in columns:
        number, name = 0, column
        while name in taken:
            number += 1
            name = f"{column}:{number}"
        taken.add(name)
        names.append(name)
    return names


def cell(value: Any) -> str:
    """A value as text: nothing for null, plain digits for decimals, JSON for what is nested."""
    if value is None:
        return ""
    if isinstance(value, list | tuple | dict):
        return _json(value)
    if isinstance(value, bytes):
        return value.hex()
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


def _readable(value: Any) -> str:
    """A value for people: items of a list one after the other, without fields that are null."""
    match value:
        case list() | tuple():
            return "; ".join(map(_readable, value))
        case dict():
            held = {name: _readable(item) for name, item in value.items()}
            return ", ".join(f"{name} {text}" for name, text in held.items() if text)
        case _:
            return cell(value)


def _json(value: Any) -> str:
    match value:
        case dict():
            pairs = (f"{_quoted(str(name))}: {_json(item)}" for name, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_json, value)) + "]"
        case None | bool() | int():
            return json.dumps(value)
        case Decimal():
            return decimal_text(value) if value.is_finite() else _quoted(str(value))
        case float():
            return repr(value) if isfinite(value) else _quoted(str(value))
        case _:
            return _quoted(cell(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _pipe_width() -> int:
    return shutil.get_terminal_size((_PIPE_WIDTH, 50)).columns


def _least_widths(heads: list[str], rows: list[list[str]]) -> Iterator[int]:
    """The width below which a column can no longer be read."""
    for index, head in enumerate(heads):
        widest = max([cell_len(head), *(cell_len(row[index]) for row in rows)])
        yield min(widest, _NARROW)


def _table(heads: list[str], rows: list[list[str]]) -> Table:
    table = Table(*(Column(Text(head)) for head in heads), box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text(value, overflow="fold") for value in row))
    return table


def _print_records(console: Console, heads: list[str], rows: list[list[str]]) -> None:
    widest = max(cell_len(head) for head in heads)
    for number, row in enumerate(rows, 1):
        grid = Table.grid(padding=(0, 2))
        grid.add_column(width=min(widest, console.width // 2), overflow="fold")
        grid.add_column(overflow="fold")
        for head, value in zip(heads, row, strict=True):
            if value:
                grid.add_row(Text(head, style="bold"), Text(value))
        console.print(Text(f"─── row {number}", style="dim"))
        console.print(grid)
    if rows:
        console.print(Text("Empty fields are left out; name columns to see a table.", style="dim"))
