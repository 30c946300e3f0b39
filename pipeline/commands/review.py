"""The commands that compare runs and take decisions."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.given import settings_of
from pipeline.errors import DecisionError, DossierError

if TYPE_CHECKING:
    from pipeline.review.queue import Between
    from pipeline.review.sample import Sample

_MOST_UNSTEADY = 1000


def runs(options: argparse.Namespace) -> int:
    """List the kept runs. Returns the exit code."""
    from pipeline.diff.kept import kept_runs

    settings = settings_of(options)
    if options.json:
        print(json.dumps([dataclasses.asdict(run) for run in kept_runs(settings.database)]))
        return 0
    for run in kept_runs(settings.database):
        print(run.line)
    return 0


def diff(options: argparse.Namespace) -> int:
    """Compare two runs. Returns the exit code."""
    from pipeline.diff.formats import FORMATS
    from pipeline.review.queue import read_queue

    report = read_queue(_between(options)).report
    sys.stdout.write(FORMATS[options.format](report))
    return 1 if report.undecided else 0


def _between(options: argparse.Namespace, *, alone: bool = False) -> Between:
    """The runs that are meant; with `alone`, a run that is the only one is taken for both: its
    names and documents can be looked at."""
    from pipeline.diff.select import two_runs
    from pipeline.review.queue import Between
    from pipeline.store.runs import Runs
    from pipeline.subject import load_subject

    settings = settings_of(options)
    runs = Runs(settings.database)
    sample = _sample(options)
    unnamed = not options.one and not options.other
    single = sample is not None or (alone and unnamed and len(runs.all()) == 1)
    if single and not options.one:  # what is in a run may be audited without another
        one = other = runs.find(options.other or "published")
    else:
        one, other = two_runs(runs, options.one, options.other)
    control = runs.find(options.control) if getattr(options, "control", None) else None
    types = load_subject(settings.subject).record_types
    return Between(one, other, types, settings.decided, control, sample)


def _sample(options: argparse.Namespace) -> Sample | None:
    from pipeline.review.sample import Sample

    size, seed = getattr(options, "sample", None), getattr(options, "seed", None)
    if size is None and seed is not None:
        raise DossierError("--seed is of a sample", "Give --sample N as well.")
    if size is not None and size < 1:
        raise DossierError(f"A sample of {size} is none", "Give --sample 50.")
    if getattr(options, "unsteady", None):
        return Sample(size or _MOST_UNSTEADY, seed or 1, unsteady=True)
    return None if size is None else Sample(size, 1 if seed is None else seed)


def review(options: argparse.Namespace) -> int:
    """Review in this terminal. Returns the exit code."""
    from pipeline.diff.shown import waiting_of
    from pipeline.review.loop import Loop
    from pipeline.review.names import Names
    from pipeline.review.queue import read_queue
    from pipeline.review.sample import precision, precision_lines
    from pipeline.review.screen import sit
    from pipeline.review.sitting import Sitting
    from pipeline.store.query import Session
    from pipeline.store.sides import Sides

    between = _between(options, alone=True)
    sitting = Sitting(read_queue(between), between)
    items = sitting.queue.report.items
    session = Session(between.other)
    try:
        names = None if between.sample else Names(Sides(session), between.decisions)
        sit(Loop(sitting, options.order, names))
        waiting = len(sitting.shown())
        print(f"{waiting_of(waiting, items)}.")
        if names:
            told = f"{len(names.open())} of {len(names.questions)} questions about names"
            print(f"{told} wait for an answer.")
    finally:
        session.close()
    # What is unsteady is no random sample: its precision says nothing of the run's.
    drawn = () if between.sample and between.sample.unsteady else items
    for line in precision_lines(precision(drawn, sitting.decided)):
        print(line)
    return 1 if waiting else 0


def review_serve(options: argparse.Namespace) -> int:
    """Serve the review as a page. Returns the exit code."""
    from pipeline.review.web.server import serve

    def say(address: str) -> None:
        print(f"{address}\nOpen it in a browser on this machine. Ctrl-C ends.", flush=True)

    database = settings_of(options).database
    waiting, total = serve(lambda: _between(options, alone=True), database, options.port, say)
    print(f"{waiting} of {total} wait for a decision.")
    return 1 if waiting else 0


def review_next(options: argparse.Namespace) -> int:
    """Show what is to be decided next. Returns the exit code."""
    from pipeline.review.queue import read_queue
    from pipeline.review.told import next_lines

    between = _between(options)
    queue = read_queue(between)
    for line in next_lines(queue, options.most, between.sample, as_json=options.json):
        print(line)
    return 1 if queue.report.undecided else 0


def review_check(options: argparse.Namespace) -> int:
    """Say whether all is decided. Returns the exit code."""
    from pipeline.review.queue import read_queue
    from pipeline.review.told import check_lines

    queue = read_queue(_between(options))
    for line in check_lines(queue, options.max_undecided, as_json=options.json):
        print(line)
    if queue.stale:
        return DecisionError.exit_code
    return 1 if len(queue.report.undecided) > options.max_undecided else 0


def review_apply(options: argparse.Namespace) -> int:
    """Decide. Returns the exit code."""
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


def review_undo(options: argparse.Namespace) -> int:
    """Take a decision back. Returns the exit code."""
    from pipeline.plain import plain
    from pipeline.review.deciding import undo

    (taken_back,) = undo(settings_of(options).decided, [options.decision], options.why)
    print(plain(f"{taken_back.id} ({taken_back.verdict}) is taken back."))
    return 0


def review_merge(options: argparse.Namespace) -> int:
    """Ask about names, and judge them. Returns the exit code."""
    from pipeline.plain import plain
    from pipeline.review.names import Names, told
    from pipeline.review.told import asked_lines, question_lines
    from pipeline.store.query import Session
    from pipeline.store.sides import Sides

    settings = settings_of(options)
    session = Session(settings.database)
    names = Names(Sides(session), settings.decided)
    *ids, last = options.words or [""]
    if options.undo:
        taken_back = names.take_back(options.undo, options.why)
        print(f"{taken_back.id} is taken back. `dossier run` applies it.")
    elif last in ("same", "different", "unsure") and 1 <= len(ids) <= 2:
        judgement = names.judge(*names.two(ids), last, options.why)
        said = f"{judgement.id} in {names.folder}: {told(judgement)}. `dossier run` applies it."
        print(plain(said))
    elif len(options.words) > 1:
        raise DossierError(
            f"{last!r} is no answer", "Say same, different or unsure behind a question or two ids."
        )
    else:
        print("\n".join(asked_lines(names, last) if last else question_lines(names)))
    return 0
