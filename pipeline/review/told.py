"""What the commands of a review print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.decide.decisions import Decision
from pipeline.diff.document import item_as_json
from pipeline.diff.shown import verdict
from pipeline.diff.terminal import item_lines
from pipeline.plain import plain
from pipeline.review.queue import Queue


def next_lines(queue: Queue, most: int, *, as_json: bool) -> Iterator[str]:
    """The riskiest changes without a decision, and how to decide."""
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
    yield f"Decide: dossier review apply {waiting[0].id} accept|reject|flag --why ..."
    yield 'Correct: dossier review apply ID correct --value "..." --quote "words of the document"'


def check_lines(queue: Queue, most: int, *, as_json: bool) -> Iterator[str]:
    """How many changes wait, and which decisions are stale."""
    waiting = queue.report.undecided
    if as_json:
        yield json.dumps(
            {
                "version": 1,
                "changes": len(queue.report.items),
                "undecided": len(waiting),
                "max_undecided": most,
                "stale": [_stale(decision) for decision in queue.stale],
                "problems": queue.problems,
            }
        )
        return
    yield f"{verdict(queue.report)}."
    yield from map(plain, queue.problems)
    for decision in queue.stale:
        ground = decision.ground
        what = f"{ground.type} {ground.field}".strip()
        yield plain(
            f"Stale: {decision.id}, {decision.verdict} of {what} {ground.value!r} in"
            f" {ground.document}: the run does not say so any more, by these words."
            f" `dossier review undo {decision.id}` takes it back."
        )


def _stale(decision: Decision) -> dict[str, Any]:
    return {"id": decision.id, "verdict": decision.verdict, "document": decision.ground.document,
            "field": decision.ground.field, "value": decision.ground.value}  # fmt: skip
