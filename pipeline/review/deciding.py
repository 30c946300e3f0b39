"""Taking decisions: checked against what is decided about, then appended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pipeline.compare.changes import known_of
from pipeline.compare.items import Item
from pipeline.decide.decisions import Decision, Verdict, ground_of, missing_ground, undo_line
from pipeline.errors import DossierError
from pipeline.records import FieldSpec
from pipeline.review.queue import FILE, Between, Queue, read_file
from pipeline.stages.decisions import append_lines, now, person
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session

ABOUT_CHANGES = tuple(verdict for verdict in get_args(Verdict) if verdict != "missing")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says about an item: a verdict, why, and of a correction the value and the words
    of the document that support it."""

    item: str
    verdict: str
    why: str = ""
    value: str | None = None
    quote: str | None = None


def decide(queue: Queue, between: Between, given: Iterable[Given]) -> list[Decision]:
    """Append decisions, all or, if one of them is wrong, none. Raises DossierError, naming it."""
    found = [_decision(queue, between, one) for one in given]
    append_lines(between.decisions / FILE, [decision.as_line() for decision in found])
    return found


def report_missing(between: Between, document: str, table: str, quote: str, why: str) -> Decision:
    """Append that a document says something of which there is no record of type `table`. Raises
    DossierError for a type that is none, and words that do not stand in the document."""
    types = sorted(known_of(between.record_types).fields)
    if table not in types:
        raise DossierError(f"{table!r} is no type of record", f"Say {', '.join(types)}.")
    check_quote(between.other, document, quote)
    ground = missing_ground(document, table, quote)
    decision = Decision("missing", ground, person(), now(), why)
    append_lines(between.decisions / FILE, [decision.as_line()])
    return decision


def undo(folder: Path, decision_ids: Sequence[str], why: str) -> list[Decision]:
    """Append that decisions, each told by its id or the beginning of it, are taken back: all or
    none. Raises DossierError for one that does not stand."""
    decisions, _ = read_file(folder)
    by_id = {decision.id: decision for decision in decisions}
    found = [_in_force(by_id, beginning, folder) for beginning in decision_ids]
    append_lines(folder / FILE, [undo_line(d.id, person(), why, now()) for d in found])
    return found


def _in_force(by_id: Mapping[str, Decision], beginning: str, folder: Path) -> Decision:
    if beginning in by_id:
        return by_id[beginning]
    found = [decision for i, decision in by_id.items() if i.startswith(beginning)]
    if len(found) != 1:
        raise DossierError(
            f"{len(found) or 'No'} decisions in force begin with {beginning!r}",
            f"{folder / FILE} lists them.",
        )
    return found[0]


def read_given(path: Path) -> list[Given]:
    """Decisions from a file of JSON lines. Raises DossierError, naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(
            f"{path} cannot be read ({error})", "Name a file of JSON lines."
        ) from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            found.append(Given(**{name: told[name] for name in told}))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            remedy = 'A line is {"item": ID, "verdict": "accept", "why": "..."}.'
            raise DossierError(f"{path}, line {number}: {error}", remedy) from error
    return found


def _decision(queue: Queue, between: Between, given: Given) -> Decision:
    found = queue.find(given.item)
    if len(found) != 1:
        said = f"{len(found) or 'No'} changes begin with {given.item!r}"
        raise DossierError(said, "`dossier review next` names one.")
    if given.verdict not in ABOUT_CHANGES:
        said = f"{given.verdict!r} is no verdict on a change"
        raise DossierError(said, f"Say {', '.join(ABOUT_CHANGES)}.")
    verdict: Any = given.verdict
    ground = ground_of(found[0])
    if verdict == "correct":
        _check_correction(between, found[0], given)
    elif given.value is not None:
        raise DossierError(f"A value is given, but {given.item} is not corrected", "Say correct.")
    return Decision(verdict, ground, person(), now(), given.why, given.value, given.quote)


def _check_correction(between: Between, item: Item, given: Given) -> None:
    claim = item.record.claim
    spec = known_of(between.record_types).specs.get(claim.type, {}).get(item.field)
    if not item.value or spec is None or not item.field:
        raise DossierError(
            f"{given.item} is a whole record or its quotes: there is no one value to correct",
            "Accept, reject or flag it.",
        )
    if item.after is None:
        raise DossierError(
            f"The newer run claims no {item.field} there: there is nothing to correct",
            "Reject or flag the change.",
        )
    if given.value is None:
        raise DossierError(f"The corrected value of {item.field} is missing", "Give a value.")
    _check_value(spec, given.value)
    if given.quote is not None:
        check_quote(between.other, claim.document, given.quote)
    if given.quote is None and not given.why.strip():
        raise DossierError(
            "A correction needs the words that support it, or a reason for none",
            "Give a quote from the document, or why.",
        )


def check_quote(run: Path, document: str, quote: str) -> None:
    """Raises DossierError for words that do not stand in a document."""
    session = Session(run)
    try:
        holds = Grounds.of(session).holds(document, quote)
    finally:
        session.close()
    if not holds:
        raise DossierError(
            f"{quote!r} does not stand in {document}",
            "Copy the words of the document, or say why there are none.",
        )


def _check_value(spec: FieldSpec, value: str) -> None:
    """Raises DossierError for a value that the record type does not take."""
    if spec.choices:
        if value not in spec.choices:
            said = f"{value!r} is no {spec.name}"
            raise DossierError(said, f"It is one of {', '.join(spec.choices)}.")
        return
    try:
        parsed = spec.kind.parse(value)
    except ValueError as error:
        raise DossierError(f"{value!r} is no {spec.name}: {error}", "Correct it.") from error
    if parsed is None or not str(parsed).strip():
        raise DossierError(f"{value!r} is no {spec.name}", "Correct it, or reject the value.")
