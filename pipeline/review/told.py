"""What the commands of a review print, without a screen."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from pipeline.decide.decisions import Decision
from pipeline.diff.document import item_as_json
from pipeline.diff.shown import short, verdict
from pipeline.diff.terminal import item_lines
from pipeline.plain import plain
from pipeline.review.names import Names, consequences
from pipeline.review.queue import Queue
from pipeline.review.sample import Sample, precision, precision_lines

_LISTED = 20  # questions


def next_lines(queue: Queue, most: int, sample: Sample | None, *, as_json: bool) -> Iterator[str]:
    """The riskiest changes without a decision, or values of a sample, and how to decide."""
    waiting = queue.report.undecided
    if as_json:
        items = [item_as_json(item, None) for item in waiting[:most]]
        yield json.dumps({"version": 1, "undecided": len(waiting), "items": items})
        return
    if not waiting:
        yield f"{verdict(queue.report)}."
        return
    total = len(queue.report.items)
    for item in waiting[:most]:
        yield from item_lines(item)
        yield f"  [{total - len(waiting) + 1 + waiting.index(item)}/{total}] {item.id}"
    yield ""
    drawn = f" --sample {sample.size} --seed {sample.seed}" if sample else ""
    drawn += " --unsteady" if sample and sample.unsteady else ""
    yield f"Decide: dossier review apply {waiting[0].id} accept|reject|flag --why ...{drawn}"
    correct = 'dossier review apply ID correct --value "..." --quote "words of the document"'
    yield f"Correct: {correct}{drawn}"


def check_lines(queue: Queue, most: int, *, as_json: bool) -> Iterator[str]:
    """How many changes wait, which decisions are stale, and of a sample the precision."""
    waiting = queue.report.undecided
    found = precision(queue.report.items, queue.report.decided)
    if as_json:
        yield json.dumps(
            {
                "version": 1,
                "changes": len(queue.report.items),
                "undecided": len(waiting),
                "max_undecided": most,
                "stale": [_stale(decision) for decision in queue.stale],
                "problems": queue.problems,
                "precision": [dataclasses.asdict(p) for p in found],
            }
        )
        return
    yield f"{verdict(queue.report)}."
    yield from precision_lines(found)
    yield from map(plain, queue.problems)
    for decision in queue.stale:
        ground = decision.ground
        what = f"{ground.type} {ground.field}".strip()
        yield plain(
            f"Stale: {decision.id}, {decision.verdict} of {what} {ground.value!r} in"
            f" {ground.document}: the run does not say so any more, by these words."
            f" `dossier review undo {decision.id}` takes it back."
        )


def question_lines(names: Names) -> Iterator[str]:
    """What is asked about identity, the likeliest first, and how to answer."""
    waiting = names.open()
    if not waiting:
        yield "Nothing is asked about identity."
        return
    yield f"{len(waiting)} questions. Are the two the same?"
    for question in waiting[:_LISTED]:
        yield f"\n  {question.id}  {question.kind}  ({question.reason.replace('_', ' ')})"
        yield f"    {plain(short(question.left_name))}\n    {plain(short(question.right_name))}"
    if len(waiting) > _LISTED:
        yield f'\n  and {len(waiting) - _LISTED} more: dossier sql "FROM question"'
    yield "\nShow one:   dossier review merge QUESTION"
    yield 'Judge one:  dossier review merge QUESTION same|different|unsure --why "..."'
    yield "Judge any:  dossier review merge ID ID same|different (ids of entities)"


def asked_lines(names: Names, question_id: str) -> Iterator[str]:
    """Both sides of a question. Raises DossierError for an unknown one."""
    question = names.find(question_id)
    yield f"{question.id}  {question.weight:.1f} bits, {question.reason.replace('_', ' ')}"
    yield from map(plain, names.sides.asks(question.id).split("\n"))
    yield ""
    for answer, leads_to in consequences(names.pair(question)):
        yield plain(f"  {answer:<10} {leads_to}")


def _stale(decision: Decision) -> dict[str, Any]:
    return {"id": decision.id, "verdict": decision.verdict, "document": decision.ground.document,
            "field": decision.ground.field, "value": decision.ground.value}  # fmt: skip
