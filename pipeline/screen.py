"""What people see in a terminal: progress on stderr, the closing screen on stdout.

Whatever comes from documents or models is printed as plain text: no markup, no control characters.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from rich.table import Column, Table
from rich.text import Text

from pipeline.domain import DOUBTED
from pipeline.events import Progress, Report
from pipeline.plain import plain
from pipeline.stages.conclude import Outcome

PLAIN_LINE_S = 10.0
_MOST_LINES, _WIDEST, _GRID_CELL = 10, 200, 20


class PipeConsole(Console):
    """A console that leaves a pipe's end to its caller, where rich itself would exit with 1."""

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError that is being handled."""
        raise BrokenPipeError


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Report]:
    """Progress on stderr: a bar in a terminal, else a plain line now and then; nothing when
    `quiet`."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield _plain_lines(quiet)
        return
    columns = (
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        TextColumn("{task.fields[said]}", markup=False, table_column=Column(no_wrap=True)),
    )
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, said="")
        yield lambda p: bar.update(
            task, total=p.documents, completed=p.documents_done, said=_told(p)
        )


def _plain_lines(quiet: bool) -> Report:
    last = [time.monotonic()]

    def report(progress: Progress) -> None:
        if not quiet and time.monotonic() - last[0] >= PLAIN_LINE_S:
            last[0] = time.monotonic()
            done = f"{progress.documents_done}/{progress.documents} documents"
            print(f"dossier: {done} · {_told(progress)}", file=sys.stderr, flush=True)

    return report


def _told(p: Progress) -> str:
    parts = [
        f"{p.calls} calls",
        f"{p.under_way} under way",
        f"{p.tokens} tokens",
        f"{p.rate:.1f} replies/s",
    ]
    parts += [f"USD {p.cost_usd:.4f}"] if p.cost_usd is not None else []
    parts += [f"{p.failures} failed"] if p.failures else []
    parts += [f"waiting for {p.waiting_for}"] if p.waiting_for else []
    return " · ".join(parts)


def closing_screen(summary: dict[str, Any], outcome: Outcome, database: Path) -> None:
    """What was found, what was doubted, what to type next."""
    console = PipeConsole(file=sys.stdout, highlight=False, soft_wrap=True)
    total = sum(summary["documents"].values())
    states = ", ".join(f"{count} {status}" for status, count in summary["documents"].items())
    done = (
        f"{outcome.calls} calls to a model"
        if outcome.published
        else "nothing had changed, no call made"
    )
    done += f", USD {outcome.cost_usd:.4f}" if outcome.cost_usd else ""
    console.print(f"\n[bold]{total} document{'s' if total != 1 else ''}[/]: {states}. {done}.")
    program = "dossier" if shutil.which("dossier") else _here(Path(sys.argv[0]))
    out = (
        "" if database.parent == Path("data/out") else f" --out {shlex.quote(str(database.parent))}"
    )
    _found(console, summary)
    _doubted(console, summary)
    if outcome.notes:
        console.print("\n[bold]Found out about the endpoint[/]")
    for note in outcome.notes:
        console.print(Text(f"  {plain(note)}"))
    _left(console, summary, f'{program} sql "FROM issue"{out}')
    console.print("\n[bold]Next[/]")
    for command, why in (
        (
            f'{program} sql "FROM {summary["view"]}"{out}',
            "ask the database; without a query, a prompt",
        ),
        (
            f"{program} explain {summary['example'] or 'ID'}{out}",
            "from a record or entity back to its sentences",
        ),
        (f"{program} report{out}", "one HTML file to look at and to show"),
        (
            f"{program} run my/documents --model gpt-5-mini",
            "your own documents, with OPENAI_API_KEY set",
        ),
    ):
        console.print(Text.assemble("  ", (f"{command:<56}", "cyan"), f" {why}"))
    console.print(f"\nThe database: {database}", markup=False)
    if outcome.left:
        _left_as_it_was(console, outcome, database)


def _left_as_it_was(console: Console, outcome: Outcome, database: Path) -> None:
    """Why the link was left, and how to have it otherwise."""
    said = (
        f"It stays as it was: {outcome.left}. This run is kept as {outcome.database};"
        " the same command with --accept publishes it."
    )
    console.print(Text(plain(said), style="yellow"))


def _found(console: Console, summary: dict[str, Any]) -> None:
    records = {name.replace("_", " "): count for name, count in summary["records"].items() if count}
    console.print(f"\n[bold]Found[/] {sum(records.values())} records")
    console.print(_grid([(name, str(count)) for name, count in records.items()], console.width))
    shared = summary["entities_in_two_documents"]
    entities = "; ".join(
        f"{n} {_plural(kind)} ({shared.get(kind, 0)} in two or more documents)"
        for kind, n in summary["entities"].items()
    )
    if not records:
        return
    console.print(f"  that name {entities or 'no entity'}.")
    if judged := sum(summary["judged"].values()):
        console.print(f"  A model judged {judged} pairs of them, one or two: `FROM judgement`.")
    if asked := summary["questions"]:
        console.print(f"  {asked} pairs of them may be one: `dossier review merge` asks.")
    quotes, values = summary["quotes"], summary["values"]
    held = quotes.get("exact", 0) + quotes.get("normalised", 0)
    console.print(
        f"  {sum(quotes.values())} quotes, {_percent(held, sum(quotes.values()))} word for word in"
        " their document"
    )
    console.print(
        f"  {sum(values.values())} values: {values.get('quoted', 0)} stand in their quotes,"
        f" {values.get('context', 0)} where else the record may look,"
        f" {values.get('inferred', 0)} classify or sum up and no rule objects"
    )


def _plural(kind: str) -> str:
    if kind == "person":
        return "people"
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _doubted(console: Console, summary: dict[str, Any]) -> None:
    doubts = sum(summary["values"].get(s, 0) for s in DOUBTED)
    doubts += sum(summary["quotes"].get(s, 0) for s in ("conflict", "missing"))
    if not summary["values"]:
        return
    console.print(
        f"\n[bold]Doubted[/] {doubts} values and quotes that the text does not support; kept, and"
        " left out of the views"
    )
    for row in summary["doubted"]:
        place = f"{row['record_id']} {row['field'] or 'quote'}"
        line = Text.assemble(
            "  ",
            (f"{row['status']:<13}", "yellow"),
            f"{place:<42} ",
            plain(row["value"] or "")[:60],
            (f"  {row['reason'].replace('_', ' ')}" if row["reason"] else "", "dim"),
        )
        console.print(line)
    if doubts > len(summary["doubted"]) > 0:
        console.print(f"  and {doubts - len(summary['doubted'])} more")


def _left(console: Console, summary: dict[str, Any], command: str) -> None:
    """The documents that are not complete, one line for each reason, and what readers left out."""
    rows = summary["not_complete"]
    if rows:
        console.print("\n[bold]Not complete[/]")
    for row in rows[:_MOST_LINES]:
        times = f" ({row['times']} times)" if row["times"] > 1 else ""
        sentence = (
            f"  {row['path']} is {row['status']}: {row['code']}{times}. {row['message']}."
            f" {row['remedy']}"
        )
        console.print(Text(plain(sentence), style="red"))
    if len(rows) > _MOST_LINES:
        console.print(f"  and {len(rows) - _MOST_LINES} more: {command}", markup=False)
    if summary["noticed"]:
        console.print("\n[bold]Noticed[/]")
    for row in summary["noticed"]:
        others = f" and {row['documents'] - 1} more" if row["documents"] > 1 else ""
        console.print(
            Text(plain(f"  {row['code']} in {row['path']}{others}: {row['message']}"[:_WIDEST]))
        )


def _here(program: Path) -> str:
    """How to call a program that is not on the path: as it was called, relative to the working
    folder if below it."""
    full = program.absolute()
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(program)


def _percent(part: int, whole: int) -> str:
    # Rounded down, so that 100 % means all.
    return f"{int(1000 * part / whole) / 10:g} %" if whole else "none"


def _grid(pairs: list[tuple[str, str]], width: int) -> Table:
    across = max(1, min(4, width // _GRID_CELL))
    table = Table.grid(padding=(0, 2))
    for start in range(0, len(pairs), across):
        table.add_row("", *(f"{count:>4} {name}" for name, count in pairs[start : start + across]))
    return table
