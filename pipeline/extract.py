"""Passage x task, through a model, to validated records. Live, recorded and batch replies are
parsed here and only here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from pipeline.abbreviations import Abbreviation
from pipeline.domain import Document, Extraction, Issue, Passage, Reply, Request, Task
from pipeline.passages import halve_passage
from pipeline.prompts import complaints, render_request
from pipeline.records import Record, table_name

# What a reply that is no whole answer is called, and what to do about it.
BROKEN_REPLY = {
    "TRUNCATED": "Run again with smaller passages (--passage-tokens); what parsed is kept.",
    "REFUSED": "Read the reply in the ledger; another model may answer.",
    "FILTERED": "The provider's content filter stopped it; another model may answer.",
    "EMPTY_REPLY": "Ask again with another model.",
    "NOT_JSON": "Ask again; if it repeats, the endpoint does not honour the schema.",
    "SCHEMA_BROKEN": "Ask again; if it repeats, the endpoint does not honour the schema.",
    "RECORD_REJECTED": (
        "Read the reply; the prompt or the record type may need a clearer description."
    ),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One call to make."""

    passage: Passage
    task: Task
    request: Request


def plan_requests(
    document: Document,
    tasks: tuple[Task, ...],
    passages: Iterable[Passage],
    abbreviations: Sequence[Abbreviation],
) -> Iterator[Planned]:
    """All requests of a document, passage by passage."""
    for passage in passages:
        for task in tasks:
            yield Planned(passage, task, render_request(task, document, passage, abbreviations))


def halve(
    document: Document, planned: Planned, abbreviations: Sequence[Abbreviation]
) -> list[Planned]:
    """The calls to make instead of one whose reply hit the output limit: the same task on either
    half of the passage."""
    return [
        Planned(half, planned.task, render_request(planned.task, document, half, abbreviations))
        for half in halve_passage(document, planned.passage)
    ]


def parse_reply(reply: Reply, passage: Passage, task: Task) -> Extraction:
    """The records of a reply. Whatever is wrong with it becomes an issue; what can be saved is
    kept. Never raises."""
    records: list[Record] = []
    issues: list[Issue] = []

    def report(code: str, message: str, remedy: str) -> None:
        issues.append(Issue(passage.document_id, code, message, remedy, passage.id, task.name))

    content, broken = _content(reply)
    if broken:
        report(broken[0], broken[1], BROKEN_REPLY[broken[0]])
    for record_type in task.record_types:
        name = table_name(record_type)
        items = content.get(name)
        if not isinstance(items, list):
            if not broken:
                report(
                    "SCHEMA_BROKEN",
                    f"The reply has no list {name!r}",
                    BROKEN_REPLY["SCHEMA_BROKEN"],
                )
            continue
        for index, item in enumerate(items):
            record, problems = _record(record_type, item)
            # The last record of a truncated reply is cut too; the issue for the reply says so
            # already.
            if record is None and broken and index == len(items) - 1:
                continue
            code = "RECORD_REJECTED" if record is None else "VALUE_REJECTED"
            for problem in problems:
                report(code, f"{name}[{index}].{problem}", BROKEN_REPLY["RECORD_REJECTED"])
            if record is not None:
                records.append(record)
    return Extraction(passage, task.name, reply, tuple(records), tuple(issues))


def _content(reply: Reply) -> tuple[dict[str, Any], tuple[str, str] | None]:
    text = reply.content.strip()
    if reply.finish_reason == "refusal":
        return {}, ("REFUSED", f"The model refused: {text[:200]}")
    if reply.finish_reason == "content_filter":
        return {}, ("FILTERED", "The provider's content filter stopped the reply")
    if not text:
        return {}, ("EMPTY_REPLY", f"The reply is empty (finish reason {reply.finish_reason})")
    start, end = text.find("{"), text.rfind("}")
    try:
        value = json.loads(text[start : end + 1] if 0 <= start < end else text)
    except RecursionError:
        return {}, ("NOT_JSON", "The reply nests too deep to be read")
    except ValueError:
        return _cut_off(text[max(start, 0) :], reply.finish_reason)
    if not isinstance(value, dict):
        return {}, ("SCHEMA_BROKEN", "The reply is JSON but no object")
    return value, (
        (
            "TRUNCATED",
            "The reply hit the output limit",
        )
        if reply.finish_reason == "length"
        else None
    )


def _cut_off(text: str, finish_reason: str) -> tuple[dict[str, Any], tuple[str, str]]:
    try:
        value = from_json(text, allow_partial=True)
    except (ValueError, RecursionError) as error:
        return {}, ("NOT_JSON", f"The reply is not JSON ({error})")
    if not isinstance(value, dict) or not value:
        return {}, ("NOT_JSON", "The reply is not a JSON object")
    return value, (
        "TRUNCATED",
        f"The reply is cut off after {len(text)} characters (finish reason {finish_reason})",
    )


def _record(record_type: type[Record], item: Any) -> tuple[Record | None, list[str]]:
    """The record, if need be without the single values that do not validate, and what was wrong."""
    try:
        return record_type.model_validate(item), []
    except ValidationError as error:
        problems = complaints(error)
        mended = json.loads(json.dumps(item, default=str))
        for place in sorted((e["loc"] for e in error.errors()), key=_order, reverse=True):
            _remove(mended, place)
        try:
            return record_type.model_validate(mended), problems
        except ValidationError:
            return None, problems


def _order(place: tuple[int | str, ...]) -> list[tuple[int, str]]:
    """Places of one list by their number: the last is taken out first, so that none moves."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _remove(item: Any, place: tuple[int | str, ...]) -> None:
    """Set the value at `place` to null, or take it out of its list."""
    for part in place[:-1]:
        try:
            item = item[part]
        except (KeyError, IndexError, TypeError):
            return
    last = place[-1] if place else None
    if isinstance(item, dict) and last in item:
        item[last] = None
    elif isinstance(item, list) and isinstance(last, int) and last < len(item):
        del item[last]
