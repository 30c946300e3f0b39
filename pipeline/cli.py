"""The command line: arguments to Settings, one call, an exit code. No logic.

Exit codes: 0 done; 1 done, and something waits for a person; 2 usage, input or I/O; 4 budget
reached; 75 locked, try again; 130 interrupted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from pipeline.arguments import Handler, build_parser
from pipeline.commands import evaluate, prompts, replies, review
from pipeline.commands.given import settings_of
from pipeline.errors import DecisionError, DossierError
from pipeline.signals import stops

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what an old code page lacks is written as escapes
            stream.reconfigure(errors="backslashreplace")
    parser = build_parser(HANDLERS)
    options = parser.parse_args(arguments)
    handler: Handler = options.handler
    try:
        with stops():
            code = handler(options)
            sys.stdout.flush()
        return code
    except DossierError as error:
        return _failed(str(error), error.exit_code)
    except BrokenPipeError:
        silence()
        return 0
    except OSError as error:
        silence()
        return _failed(f"Output failed: {error.strerror}. Make room, or name another place.", 2)
    except KeyboardInterrupt:
        return _failed(
            "interrupted; every reply received is kept, run again to go on.", INTERRUPTED
        )
    except Exception as error:  # the boundary: nobody is shown a traceback for our mistakes
        if os.environ.get("DOSSIER_TRACEBACK"):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"
        return _failed(f"A fault of the program: {said}. DOSSIER_TRACEBACK=1 tells more.", 2)


def silence() -> None:
    """Nobody reads standard output any more, as when `head` has seen enough: drop the rest."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(said: str, code: int) -> int:
    print(f"dossier: {_printable(said)}", file=sys.stderr)
    return code


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def _run(options: argparse.Namespace) -> int:
    from pipeline.screen import closing_screen, progress_bar
    from pipeline.store.summary import summarise

    settings = settings_of(options)
    if settings.engine is None:
        from pipeline.run import run
    else:
        from pipeline.cluster.engine import run_on_cluster as run
    with progress_bar(quiet=options.json) as report:
        outcome = run(settings, report, mirror=sys.stderr if options.json else None)
    summary = summarise(outcome.database or settings.database)
    if options.json:
        told: dict[str, object] = {
            "calls": outcome.calls,
            "cost_usd": outcome.cost_usd,
            "changed": outcome.published,
        }
        told |= {"left": outcome.left, "run": str(outcome.database)}
        summary |= told | {"database": str(settings.database)}
        print(json.dumps(summary, default=str))  # ASCII: a terminal obeys none of it
    else:
        try:
            closing_screen(summary, outcome, settings.database)
        except BrokenPipeError:  # `run | head`: what the run ended with still counts
            silence()
    if outcome.stopped:
        raise outcome.stopped
    if outcome.stale:
        return DecisionError.exit_code
    return 1 if summary["not_complete"] or outcome.left else 0


def _estimate(options: argparse.Namespace) -> int:
    from pipeline.estimate import estimate, told
    from pipeline.ledger import Ledger
    from pipeline.plain import plain
    from pipeline.settings import RECORDED

    settings = settings_of(options)
    if settings.model == RECORDED and not options.json:
        print("Recorded replies are asked nothing: no call, no cost. Name a model with --model.")
        return 0
    result = estimate(settings, Ledger(settings.ledger))
    if options.json:
        print(json.dumps(dataclasses.asdict(result)))
    else:
        print("\n".join(map(plain, told(result, settings.model))))
    return 0


def _ground(options: argparse.Namespace) -> int:
    from pipeline.quotes import ground_quotes

    for line in ground_quotes(options.document, options.quotes):
        print(line)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from pipeline.explain import explain, known_ids
    from pipeline.plain import plain
    from pipeline.store.query import Session

    session = Session(settings_of(options).database)
    if options.id is None or options.id in ("help", "?"):
        ids = ", ".join(known_ids(session))
        raise DossierError(
            "Which record or entity?", f"Give an id or its beginning, such as {ids}."
        )
    for line in explain(session, options.id):
        print("\n".join(plain(part) for part in line.split("\n")))
    return 0


def _export(options: argparse.Namespace) -> int:
    from pipeline.export import export_records
    from pipeline.store.package import write_package
    from pipeline.store.query import Session
    from pipeline.store.runs import Runs

    settings = settings_of(options)
    run = Runs(settings.database).find(options.run)
    if options.format == "tables":
        folder = options.folder or settings.out / "package"
        count = write_package(run, folder)
        print(f"{count} tables in {folder}; datapackage.json says what they hold.", file=sys.stderr)
        return 0
    folder = options.folder or settings.out / "export"
    session = Session(run)
    try:
        count = export_records(session, folder)
    finally:
        session.close()
    print(f"{count} documents in {folder}.", file=sys.stderr)
    return 0


def _report(options: argparse.Namespace) -> int:
    from pipeline.report.page import EXTRA, write_report
    from pipeline.store.query import Session
    from pipeline.store.runs import Runs

    settings = settings_of(options)
    file = options.file or settings.out / "report.html"
    session = Session(Runs(settings.database).find(options.run))
    try:
        written = write_report(session, settings.subject, file, options.figures)
    finally:
        session.close()
    without = "" if written.drawn else f" Without pictures; for them: {EXTRA}."
    print(f"{file}: {written.size / 1e6:.1f} MB, {written.pictures} pictures.{without}")
    return 0


def _sql(options: argparse.Namespace) -> int:
    from pipeline.shell import HELP, Asking, answer, expanded, one_word, script
    from pipeline.store.query import Session

    settings = settings_of(options)
    if options.query is not None and (meant := one_word(options.query)):
        print(HELP if meant == "help" else "", end="\n" if meant == "help" else "")
        return 0
    how = Asking(options.format, options.timeout, dict(options.parameters or ()))
    if options.to and (options.query is None or options.format != "parquet"):
        raise DossierError("--to FILE is for --format parquet and one query", "Redirect others.")
    if options.format == "parquet" and not options.to:
        raise DossierError("A Parquet file needs a name", "Give --to FILE.")
    session = Session(settings.database)
    try:
        if options.to:
            query = expanded(options.query) or options.query
            rows = session.write_parquet(query, options.to, how.timeout_s, how.parameters)
            print(f"{options.to}: {rows} rows.", file=sys.stderr)
            return 0
        if options.query is not None:
            answer(session, options.query, how)
            return 0
        if options.file or not sys.stdin.isatty():
            return 2 if script(session, _script_of(options.file), how) else 0
        from pipeline.sql_prompt import prompt

        return prompt(session, settings.out / ".sql_history", how)
    except DossierError as error:
        if session.stuck:
            _end_now(error)
        raise
    finally:
        session.close()


def _script_of(file: Path | None) -> str:
    if file is None or str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(f"{file} cannot be read ({error})", "Name a file of SQL.") from error


def _end_now(error: DossierError) -> NoReturn:
    """End at once: a query that does not let itself be stopped would hold the program."""
    code = _failed(str(error), error.exit_code)
    sys.stderr.flush()
    os._exit(code)


HANDLERS: dict[str, Handler] = {
    "batch_collect": replies.batch_collect,
    "batch_export": replies.batch_export,
    "batch_import": replies.batch_import,
    "batch_submit": replies.batch_submit,
    "diff": review.diff,
    "eval": evaluate.evaluate,
    "prompts_lint": prompts.lint,
    "prompts_show": prompts.show,
    "estimate": _estimate,
    "explain": _explain,
    "export": _export,
    "ground": _ground,
    "ledger": replies.ledger,
    "report": _report,
    "replies_save": replies.replies_save,
    "review": review.review,
    "review_apply": review.review_apply,
    "review_check": review.review_check,
    "review_merge": review.review_merge,
    "review_next": review.review_next,
    "review_serve": review.review_serve,
    "review_undo": review.review_undo,
    "run": _run,
    "runs": review.runs,
    "sql": _sql,
}


if __name__ == "__main__":
    sys.exit(main())
