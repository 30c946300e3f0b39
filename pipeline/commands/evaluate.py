"""The commands that measure a run against gold."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.given import settings_of
from pipeline.errors import DossierError

if TYPE_CHECKING:
    from pipeline.evaluate.measured import Measured
    from pipeline.evaluate.told import Table
    from pipeline.records import Record

_LEAST = 0.001  # below a baseline: less is how figures are rounded


def evaluate(options: argparse.Namespace) -> int:
    """Measure a run, begin a gold file, or compare two sets of gold. Returns the exit code: 1 if a
    figure is below what was asked of it."""
    from pipeline.evaluate.told import as_json, compared, listed, tables
    from pipeline.subject import load_record_types

    words = list(options.words)
    if words[:1] == ["annotate"]:
        return _annotate(options, words[1:])
    if words[:1] == ["agreement"]:
        return _agreement(options, words[1:])
    if len(words) > 1:
        raise DossierError(
            f"{words[1]} is one word too many", "eval [RUN] | annotate DOCUMENT | agreement DIR"
        )
    types = load_record_types(settings_of(options).subject)
    measured = _measured(options, words[0] if words else "published", types)
    other = _measured(options, options.compare, types) if options.compare else None
    latest = other or measured
    if options.format == "json":
        print(as_json(measured, other))
    else:
        found = [*tables(latest), *(listed(latest) if options.list else ())]
        _show([*([compared(measured, other)] if other else []), *found], options.format)
    if options.update_baseline:
        text = json.dumps({n: round(f, 4) for n, f in latest.figures().items()}, indent=1)
        options.baseline.write_text(f"{text}\n", encoding="utf-8")
    below = list(_below(options, latest))
    for line in below:
        print(line)
    return 1 if below else 0


def _measured(options: argparse.Namespace, run: str, types: Iterable[type[Record]]) -> Measured:
    from pipeline.evaluate.gold import read_gold
    from pipeline.evaluate.measured import measure
    from pipeline.store.query import Session
    from pipeline.store.runs import Runs

    file = Runs(settings_of(options).database).find(run)
    session = Session(file)
    try:
        return measure(session, file.resolve().stem, read_gold(options.gold, types), types)
    finally:
        session.close()


def _below(options: argparse.Namespace, measured: Measured) -> Iterator[str]:
    """What a figure falls short of: a threshold, or the baseline."""
    figures = measured.figures()
    for name, least in options.min or ():
        if name not in figures:
            raise DossierError(f"No figure is called '{name}'", f"There are {', '.join(figures)}.")
        if figures[name] < least:
            yield f"{name} is {figures[name]:.3f}, below {least:g}."
    if options.baseline is None or options.update_baseline:
        return
    try:
        known = json.loads(options.baseline.read_text(encoding="utf-8"))
        least_of = {str(name): float(figure) for name, figure in known.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise DossierError(
            f"{options.baseline} is no baseline ({error})", "Write one with --update-baseline."
        ) from error
    for name, least in least_of.items():
        if name in figures and figures[name] < least - _LEAST:
            yield f"{name} fell from {least:.3f} to {figures[name]:.3f}."


def _annotate(options: argparse.Namespace, words: list[str]) -> int:
    from pipeline.evaluate.annotate import begin, write_new
    from pipeline.store.query import Session
    from pipeline.store.runs import Runs
    from pipeline.subject import load_record_types

    if len(words) != 1:
        raise DossierError("Which document?", "dossier eval annotate data/documents/NAME")
    settings = settings_of(options)
    types = load_record_types(settings.subject)
    file = Runs(settings.database).find(options.run or "published")
    to = options.to or options.gold / f"{Path(words[0]).stem}.json"
    session = Session(file)
    try:
        write_new(to, begin(session, file.resolve().stem, words[0], types))
    finally:
        session.close()
    print(
        f"{to} is begun. Correct it as docs/annotating.md says; `dossier eval` then measures by it."
    )
    return 0


def _agreement(options: argparse.Namespace, words: list[str]) -> int:
    from pipeline.compare.changes import known_of
    from pipeline.evaluate.gold import read_gold
    from pipeline.evaluate.measured import agreement
    from pipeline.evaluate.told import as_json, listed, tables
    from pipeline.subject import load_record_types

    if len(words) != 1:
        raise DossierError("With which gold?", "dossier eval agreement DIR")
    types = load_record_types(settings_of(options).subject)
    other = read_gold(Path(words[0]), types)
    measured = agreement(read_gold(options.gold, types), other, known_of(types))
    if options.format == "json":
        print(as_json(measured))
    else:
        found = [*tables(measured), *(listed(measured) if options.list else ())]
        _show(found, options.format)
    return 0


def _show(found: list[Table], form: str) -> None:
    from pipeline.evaluate.told import as_markdown, as_text

    if form == "md":
        print(as_markdown(found))
    else:
        print(as_text(found, shutil.get_terminal_size().columns))
