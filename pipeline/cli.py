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
from typing import TYPE_CHECKING, NoReturn

from pipeline.arguments import Handler, build_parser
from pipeline.errors import DecisionError, DossierError
from pipeline.signals import stops

if TYPE_CHECKING:
    from pipeline.ledger import Ledger
    from pipeline.review.queue import Between
    from pipeline.settings import Settings

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
    from pipeline.run import run
    from pipeline.screen import closing_screen, progress_bar
    from pipeline.store.summary import summarise

    settings = _settings(options)
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


def _batch_export(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.batch import export_requests
    from pipeline.run import plan
    from pipeline.settings import RECORDED

    settings = _settings(options)
    if settings.model == RECORDED:
        raise DossierError(
            "Recorded replies are asked nothing", "Name the model that shall answer with --model."
        )
    path = options.file or settings.out / "batch" / "requests.jsonl"
    ledger = Ledger(settings.ledger)
    requests = (
        (planned.request, settings.model_of(planned.task.name))
        for _, planned in plan(settings, ledger)
    )
    written, answered = export_requests(requests, ledger, path)
    print(f"{written} requests in {path}; {answered} were answered already.", file=sys.stderr)
    return 0


def _estimate(options: argparse.Namespace) -> int:
    from pipeline.estimate import estimate, told
    from pipeline.ledger import Ledger
    from pipeline.plain import plain
    from pipeline.settings import RECORDED

    settings = _settings(options)
    if settings.model == RECORDED and not options.json:
        print("Recorded replies are asked nothing: no call, no cost. Name a model with --model.")
        return 0
    result = estimate(settings, Ledger(settings.ledger))
    if options.json:
        print(json.dumps(dataclasses.asdict(result)))
    else:
        print("\n".join(map(plain, told(result, settings.model))))
    return 0


def _ledger(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger

    path = _settings(options).ledger
    if not path.exists():
        raise DossierError(f"{path} does not exist", "Name the folder of a run with --out.")
    ledger = Ledger(path)
    if options.action == "show":
        return _show_replies(ledger, options.key)
    if options.action == "stats":
        print(json.dumps(ledger.stats(), indent=1))
        return 0
    if options.action == "vacuum":
        print(f"{ledger.vacuum()} bytes given back.", file=sys.stderr)
        return 0
    problems = ledger.verify()
    print("\n".join(problems) or "The ledger is whole.")
    return 2 if problems else 0


def _show_replies(ledger: Ledger, key: str | None) -> int:
    from pipeline.plain import plain

    replies = ledger.find(key) if key else []
    if not replies:
        said = f"No reply has the key {key!r}" if key else "Which reply?"
        remedy = (
            "Give a request_key, or its beginning: `dossier explain ID` tells that of a record."
        )
        raise DossierError(said, remedy)
    for reply in replies:
        told = f"{reply.key} attempt {reply.attempt}, by {reply.model}, {reply.finish_reason}"
        print(
            plain(f"{told}, {reply.tokens_in} tokens in, {reply.tokens_out} out"), file=sys.stderr
        )
        print(plain(reply.content))
    return 0


def _batch_submit(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.batch_api import BatchClient

    _batch_export(options)
    settings = _settings(options)
    folder = settings.out / "batch"
    submitted = BatchClient(Ledger(settings.ledger), folder).submit(folder / "requests.jsonl")
    print(
        f"{submitted} requests submitted; `dossier batch collect` takes their answers.",
        file=sys.stderr,
    )
    return 0


def _batch_collect(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.batch_api import BatchClient
    from pipeline.plain import plain

    settings = _settings(options)
    found = BatchClient(Ledger(settings.ledger), settings.out / "batch").collect()
    for told in found.said:
        print(plain(told), file=sys.stderr)
    said = f"{found.kept} answers kept, {found.failed} failures, {found.pending} requests under way"
    said += f", {found.resubmitted} of expired batches submitted again" if found.resubmitted else ""
    print(f"{said}.", file=sys.stderr)
    return 1 if found.failed or found.pending or found.resubmitted else 0


def _batch_import(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.batch import import_answers

    settings = _settings(options)
    ledger = Ledger(settings.ledger)
    failed = 0
    ours = ledger.exported() or None  # where nothing was exported, they come from elsewhere
    for path in options.files:
        count = import_answers(path, ledger, ours)
        failed += count.failed + len(count.bad) + count.foreign
        if count.foreign:
            print(
                f"{path}: {count.foreign} answers are to requests that were not exported here;"
                " they are not taken.",
                file=sys.stderr,
            )
        if count.bad:
            listed = ", ".join(map(str, count.bad[:10]))
            print(f"{path}: no batch answers in the lines {listed}.", file=sys.stderr)
        print(
            f"{path}: {count.kept} answers kept, {count.known} known already, {count.failed}"
            " failures.",
            file=sys.stderr,
        )
    return 1 if failed else 0


def _replies_save(options: argparse.Namespace) -> int:
    from pipeline.ledger import Ledger
    from pipeline.models.recorded import save_reply
    from pipeline.run import plan

    settings = _settings(options)
    ledger = Ledger(settings.ledger)
    saved = missing = 0
    for document, planned in plan(settings, ledger):
        reply = ledger.get(planned.request.key(settings.model_of(planned.task.name)))
        if reply is None:
            missing += 1
        else:
            save_reply(options.folder, document, planned.request, reply)
            saved += 1
    print(
        f"{saved} replies in {options.folder}; {missing} requests have none in {settings.ledger}.",
        file=sys.stderr,
    )
    return 1 if missing else 0


def _ground(options: argparse.Namespace) -> int:
    from pipeline.quotes import ground_quotes

    for line in ground_quotes(options.document, options.quotes):
        print(line)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from pipeline.explain import explain, known_ids
    from pipeline.plain import plain
    from pipeline.store.query import Session

    session = Session(_settings(options).database)
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
    from pipeline.store.query import Session
    from pipeline.store.runs import Runs

    settings = _settings(options)
    folder = options.folder or settings.out / "export"
    session = Session(Runs(settings.database).find(options.run))
    try:
        count = export_records(session, folder)
    finally:
        session.close()
    print(f"{count} documents in {folder}.", file=sys.stderr)
    return 0


def _runs(options: argparse.Namespace) -> int:
    from pipeline.diff.kept import kept_runs

    settings = _settings(options)
    if options.json:
        print(json.dumps([dataclasses.asdict(run) for run in kept_runs(settings.database)]))
        return 0
    for run in kept_runs(settings.database):
        print(run.line)
    return 0


def _diff(options: argparse.Namespace) -> int:
    from pipeline.diff.formats import FORMATS
    from pipeline.review.queue import read_queue

    report = read_queue(_between(options)).report
    sys.stdout.write(FORMATS[options.format](report))
    return 1 if report.undecided else 0


def _between(options: argparse.Namespace) -> Between:
    from pipeline.diff.select import two_runs
    from pipeline.review.queue import Between
    from pipeline.store.runs import Runs
    from pipeline.subject import load_subject

    settings = _settings(options)
    runs = Runs(settings.database)
    one, other = two_runs(runs, options.one, options.other)
    control = runs.find(options.control) if getattr(options, "control", None) else None
    types = load_subject(settings.subject).record_types
    return Between(one, other, types, settings.decided, control)


def _review(options: argparse.Namespace) -> int:
    from pipeline.review.loop import Loop
    from pipeline.review.queue import read_queue
    from pipeline.review.screen import sit
    from pipeline.review.sitting import Sitting

    between = _between(options)
    sitting = Sitting(read_queue(between), between)
    sit(Loop(sitting, options.order))
    waiting = len(sitting.shown())
    print(f"{waiting} of {len(sitting.by_id)} changes wait for a decision.")
    return 1 if waiting else 0


def _review_serve(options: argparse.Namespace) -> int:
    from pipeline.review.web.server import serve

    def say(address: str) -> None:
        print(f"{address}\nOpen it in a browser on this machine. Ctrl-C ends.", flush=True)

    database = _settings(options).database
    waiting, total = serve(lambda: _between(options), database, options.port, say)
    print(f"{waiting} of {total} changes wait for a decision.")
    return 1 if waiting else 0


def _review_next(options: argparse.Namespace) -> int:
    from pipeline.review.queue import read_queue
    from pipeline.review.told import next_lines

    queue = read_queue(_between(options))
    for line in next_lines(queue, options.most, as_json=options.json):
        print(line)
    return 1 if queue.report.undecided else 0


def _review_check(options: argparse.Namespace) -> int:
    from pipeline.review.queue import read_queue
    from pipeline.review.told import check_lines

    queue = read_queue(_between(options))
    for line in check_lines(queue, options.max_undecided, as_json=options.json):
        print(line)
    if queue.stale:
        return DecisionError.exit_code
    return 1 if len(queue.report.undecided) > options.max_undecided else 0


def _review_apply(options: argparse.Namespace) -> int:
    from pipeline.review.deciding import Given, decide, read_given
    from pipeline.review.queue import FILE, read_queue

    between = _between(options)
    if options.verdict:
        given = [Given(options.what, options.verdict, options.why, options.value, options.quote)]
    else:
        given = read_given(Path(options.what))
    found = decide(read_queue(between), between, given)
    ids = ", ".join(decision.id for decision in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    print(f"{len(found)} decisions in {between.decisions / FILE}: {ids}{more}.")
    return 0


def _review_undo(options: argparse.Namespace) -> int:
    from pipeline.plain import plain
    from pipeline.review.deciding import undo

    taken_back = undo(_settings(options).decided, options.decision, options.why)
    print(plain(f"{taken_back.id} ({taken_back.verdict}) is taken back."))
    return 0


def _review_merge(options: argparse.Namespace) -> int:
    from pipeline.merge import judge, open_questions, show_question, take_back
    from pipeline.plain import plain
    from pipeline.store.query import Session

    settings = _settings(options)
    if options.undo:
        print(plain(take_back(settings, options.undo, options.why)))
        return 0
    session = Session(settings.database)
    *ids, last = options.words or [""]
    if last in ("same", "different", "unsure") and 1 <= len(ids) <= 2:
        print(plain(judge(settings, session, ids, last, options.why)))
        return 0
    if len(options.words) > 1:
        raise DossierError(
            f"{last!r} is no answer", "Say same, different or unsure behind a question or two ids."
        )
    lines = show_question(session, last) if last else open_questions(session)
    for line in lines:
        print("\n".join(plain(part) for part in line.split("\n")))
    return 0


def _sql(options: argparse.Namespace) -> int:
    from pipeline.shell import HELP, answer, one_word, prompt
    from pipeline.store.query import Session

    settings = _settings(options)
    if options.query is not None and (meant := one_word(options.query)):
        print(HELP if meant == "help" else "", end="\n" if meant == "help" else "")
        return 0
    session = Session(settings.database)
    try:
        if options.query is None:
            history = settings.out / ".sql_history"
            return 2 if prompt(session, history, options.format, options.timeout) else 0
        answer(session, options.query, options.format, options.timeout)
        return 0
    except DossierError as error:
        if session.stuck:
            _end_now(error)
        raise
    finally:
        session.close()


def _end_now(error: DossierError) -> NoReturn:
    """End at once: a query that does not let itself be stopped would hold the program."""
    code = _failed(str(error), error.exit_code)
    sys.stderr.flush()
    os._exit(code)


def _settings(options: argparse.Namespace) -> Settings:
    from pipeline.settings import Settings

    names = Settings.__dataclass_fields__
    given = {
        name: value for name, value in vars(options).items() if name in names and value is not None
    }
    if "limits" in given:
        given["limits"] = tuple(given["limits"])
    if "paths" in given:
        given["paths"] = tuple(given["paths"]) or names["paths"].default
    return Settings(**given)


HANDLERS: dict[str, Handler] = {
    "batch_collect": _batch_collect,
    "batch_export": _batch_export,
    "batch_import": _batch_import,
    "batch_submit": _batch_submit,
    "diff": _diff,
    "estimate": _estimate,
    "explain": _explain,
    "export": _export,
    "ground": _ground,
    "ledger": _ledger,
    "replies_save": _replies_save,
    "review": _review,
    "review_apply": _review_apply,
    "review_check": _review_check,
    "review_merge": _review_merge,
    "review_next": _review_next,
    "review_serve": _review_serve,
    "review_undo": _review_undo,
    "run": _run,
    "runs": _runs,
    "sql": _sql,
}


if __name__ == "__main__":
    sys.exit(main())
