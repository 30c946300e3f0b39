"""The commands about batches, recorded replies and the ledger."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.given import settings_of
from pipeline.errors import DossierError
from pipeline.lock import MARK

if TYPE_CHECKING:
    from pipeline.ledger import Ledger


def batch_export(options: argparse.Namespace) -> int:
    """Write the requests that are not answered yet. Returns the exit code."""
    from pipeline.ledger import Ledger
    from pipeline.models.batch import export_requests
    from pipeline.run import plan
    from pipeline.settings import RECORDED

    settings = settings_of(options)
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


def ledger(options: argparse.Namespace) -> int:
    """Tell what is in the ledger. Returns the exit code."""
    from pipeline.ledger import Ledger

    path = settings_of(options).ledger
    known = path.exists() or (path.parent / MARK).exists() or options.action == "import"
    if not known:
        raise DossierError(f"{path} does not exist", "Name the folder of a run with --out.")
    ledger = Ledger(path)
    if options.action in ("export", "import"):
        return _exchange(ledger, options)
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


def _exchange(ledger: Ledger, options: argparse.Namespace) -> int:
    from pipeline.ledger_parquet import export_ledger, import_ledger

    if not options.key:
        raise DossierError(f"To {options.action} needs a folder", "Name one, such as DIR/ledger.")
    folder = Path(options.key)
    if options.action == "export":
        print(f"{export_ledger(ledger, folder)} answers in {folder}.", file=sys.stderr)
        return 0
    new, count = import_ledger(ledger, folder)
    print(f"{new} of {count} answers are new in {ledger.path}.", file=sys.stderr)
    return 0


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


def batch_submit(options: argparse.Namespace) -> int:
    """Send them to the Batch API. Returns the exit code."""
    from pipeline.ledger import Ledger
    from pipeline.models.batch_api import BatchClient

    batch_export(options)
    settings = settings_of(options)
    folder = settings.out / "batch"
    submitted = BatchClient(Ledger(settings.ledger), folder).submit(folder / "requests.jsonl")
    print(
        f"{submitted} requests submitted; `dossier batch collect` takes their answers.",
        file=sys.stderr,
    )
    return 0


def batch_collect(options: argparse.Namespace) -> int:
    """Take the answers of batches that have ended. Returns the exit code."""
    from pipeline.ledger import Ledger
    from pipeline.models.batch_api import BatchClient
    from pipeline.plain import plain

    settings = settings_of(options)
    found = BatchClient(Ledger(settings.ledger), settings.out / "batch").collect()
    for told in found.said:
        print(plain(told), file=sys.stderr)
    said = f"{found.kept} answers kept, {found.failed} failures, {found.pending} requests under way"
    said += f", {found.resubmitted} of expired batches submitted again" if found.resubmitted else ""
    print(f"{said}.", file=sys.stderr)
    return 1 if found.failed or found.pending or found.resubmitted else 0


def batch_import(options: argparse.Namespace) -> int:
    """Take the answers of files. Returns the exit code."""
    from pipeline.ledger import Ledger
    from pipeline.models.batch import import_answers

    settings = settings_of(options)
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


def replies_save(options: argparse.Namespace) -> int:
    """Write replies of the ledger as files. Returns the exit code."""
    from pipeline.ledger import Ledger
    from pipeline.models.recorded import save_reply
    from pipeline.run import plan

    settings = settings_of(options)
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
