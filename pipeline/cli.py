"""The command line: arguments to Settings, one call, an exit code. No logic.

Exit codes: 0 done; 1 done, and something waits for a person; 2 usage, input or I/O; 4 budget reached; 75 locked, try
again; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DossierError

if TYPE_CHECKING:
    from pipeline.settings import Settings

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    handler: Callable[[argparse.Namespace], int] = options.handler
    try:
        return handler(options)
    except DossierError as error:
        print(f"dossier: {_printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of a pipe, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("dossier: interrupted; every reply received is kept, run again to go on.", file=sys.stderr)
        return INTERRUPTED


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def _run(options: argparse.Namespace) -> int:
    from pipeline.run import run
    from pipeline.screen import closing_screen, progress_bar
    from pipeline.store.summary import summarise

    settings = _settings(options)
    with progress_bar(quiet=options.json) as report:
        outcome = run(settings, report, mirror=sys.stderr if options.json else None)
    summary = summarise(settings.database)
    if options.json:
        told = {"calls": outcome.calls, "cost_usd": outcome.cost_usd, "changed": outcome.published}
        summary |= told | {"database": str(settings.database)}
        print(json.dumps(summary, ensure_ascii=False, default=str))
    else:
        closing_screen(summary, outcome, settings.database)
    if outcome.stopped:
        raise outcome.stopped
    return 1 if summary["not_complete"] else 0


def _batch_export(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.batch import export_requests
    from pipeline.run import plan

    settings = _settings(options)
    path = options.file or settings.out / "batch" / "requests.jsonl"
    ledger = Ledger(settings.ledger)
    requests = (planned.request for _, planned in plan(settings, ledger))
    written, answered = export_requests(requests, settings.model, ledger, path)
    print(f"{written} requests in {path}; {answered} were answered already.", file=sys.stderr)
    return 0


def _batch_import(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.batch import import_answers

    settings = _settings(options)
    ledger = Ledger(settings.ledger)
    failed = 0
    for path in options.files:
        count = import_answers(path, ledger)
        failed += count.failed
        print(f"{path}: {count.kept} answers kept, {count.known} known already, {count.failed} failures.", file=sys.stderr)
    return 1 if failed else 0


def _replies_save(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.recorded import save_reply
    from pipeline.run import plan

    settings = _settings(options)
    ledger = Ledger(settings.ledger)
    saved = missing = 0
    for document, planned in plan(settings, ledger):
        reply = ledger.get(planned.request.key(settings.model))
        if reply is None:
            missing += 1
        else:
            save_reply(options.folder, document, planned.request, reply)
            saved += 1
    print(f"{saved} replies in {options.folder}; {missing} requests have none in {settings.ledger}.", file=sys.stderr)
    return 1 if missing else 0


def _ground(options: argparse.Namespace) -> int:
    from pipeline.quotes import ground_quotes

    for line in ground_quotes(options.document, options.quotes):
        print(line)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from pipeline.explain import explain
    from pipeline.screen import plain
    from pipeline.store.query import Session

    session = Session(_settings(options).database)
    for line in explain(session, options.id):
        print("\n".join(plain(part) for part in line.split("\n")))
    return 0


def _sql(options: argparse.Namespace) -> int:
    from pipeline.shell import prompt, show
    from pipeline.store.query import Session

    settings = _settings(options)
    session = Session(settings.database)
    if options.query:
        show(*session.query(options.query, timeout_s=options.timeout), options.format)
    else:
        prompt(session, settings.out / ".sql_history", options.format)
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    from pipeline.settings import Settings

    names = Settings.__dataclass_fields__
    given = {name: value for name, value in vars(options).items() if name in names and value is not None}
    if "paths" in given:
        given["paths"] = tuple(given["paths"]) or names["paths"].default
    return Settings(**given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dossier", description="Documents to a database you can trust.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="bring the database up to date with the documents")
    _add_inputs(run, "recorded")
    run.add_argument("--replies", type=Path, metavar="DIR", help="recorded replies (default tests/fixtures/replies)")
    run.add_argument("--concurrency", type=int, metavar="N", help="calls at once (default 16)")
    run.add_argument("--max-calls", type=int, metavar="N", help="stop after so many calls, exit 4")
    run.add_argument("--max-cost", type=float, metavar="USD", help="never spend more, calls under way counted; exit 4")
    _add_prices(run)
    run.add_argument("--rpm", type=int, metavar="N", help="at most N requests a minute")
    run.add_argument("--tpm", type=int, metavar="N", help="at most N tokens a minute")
    run.add_argument("--timeout", dest="timeout_s", type=float, metavar="SECONDS", help="for one HTTP call (default 120)")
    modes = ("schema", "tools", "json")
    run.add_argument(
        "--endpoint-mode", dest="mode", choices=modes, help="how the endpoint takes the schema (default: found out)"
    )
    run.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    run.set_defaults(handler=_run)

    batch = commands.add_parser("batch", help="requests to a batch file, answers from one")
    actions = batch.add_subparsers(title="actions", metavar="ACTION", required=True)
    export = actions.add_parser("export", help="write the requests not answered yet, in the Batch API's format")
    _add_inputs(export, None)
    export.add_argument("--file", type=Path, metavar="FILE", help="default OUT/batch/requests.jsonl")
    export.set_defaults(handler=_batch_export)
    importing = actions.add_parser("import", help="take the answers of a batch's output file into the ledger")
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _add_out(importing)
    importing.set_defaults(handler=_batch_import)

    replies = commands.add_parser("replies", help="recorded replies")
    actions = replies.add_subparsers(title="actions", metavar="ACTION", required=True)
    save = actions.add_parser("save", help="write a model's replies from the ledger as readable files")
    save.add_argument("folder", type=Path, metavar="DIR")
    _add_inputs(save, None)
    save.set_defaults(handler=_replies_save)

    ground = commands.add_parser("ground", help="where quotes stand in a document")
    ground.add_argument("document", type=Path, metavar="FILE")
    ground.add_argument("quotes", type=Path, metavar="QUOTES.jsonl", help='lines {"quote": "..."}; - for standard input')
    ground.set_defaults(handler=_ground)

    explain = commands.add_parser("explain", help="from a record or entity back to its sentences")
    explain.add_argument("id", metavar="ID")
    _add_out(explain)
    explain.set_defaults(handler=_explain)

    sql = commands.add_parser("sql", help="query the database, read-only; without a query, a prompt")
    sql.add_argument("query", nargs="?", metavar="QUERY")
    sql.add_argument("--format", choices=("table", "csv", "json"), default="table")
    sql.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS")
    _add_out(sql)
    sql.set_defaults(handler=_sql)
    return parser


def _add_inputs(parser: argparse.ArgumentParser, model: str | None) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders (default data/documents)")
    parser.add_argument(
        "--model",
        required=model is None,
        metavar="NAME",
        help="recorded (default), or a model's name" if model else "the model's name",
    )
    parser.add_argument(
        "--subject", type=Path, metavar="DIR", help="folder with schemas/ and prompts/ (default the bundled one)"
    )
    parser.add_argument("--passage-tokens", dest="max_tokens", type=int, metavar="N", help="size of a passage (default 1500)")
    _add_out(parser)


def _add_prices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prices", type=Path, metavar="FILE", help="JSON of prices for models the table does not know")


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the database and ledger are (default data/out)")


if __name__ == "__main__":
    sys.exit(main())
