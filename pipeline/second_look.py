"""A second look at what no record rests on: the sentences that carry cues are sent again, once,
with their surroundings and what is already recorded.

What it brings is told by `reply.task`: the task's name with LOOK (settings.py) behind it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from pipeline.coverage import uncovered
from pipeline.domain import (
    Document,
    GroundedRecord,
    Passage,
    Request,
    Task,
    Uncovered,
    content_id,
)
from pipeline.passages import paragraphs
from pipeline.prompts import about_document, passage_request
from pipeline.records import describe, leaves, pairing_fields, table_name
from pipeline.text.abbreviations import Abbreviation
from pipeline.text.folding import Range

_KNOWN = 60  # records of a passage that a request lists
_OF_ALL = ("realis", "speaker")  # which tell no records apart
_ALONE = ("deed", "name")  # cues that make no sentence worth a look without another


def look_requests(
    document: Document,
    records: Sequence[GroundedRecord],
    passages: Sequence[Passage],
    abbreviations: Sequence[Abbreviation],
    looks: Sequence[Task],
) -> list[tuple[Passage, Request]]:
    """What is asked about the sentences that no record rests on, passage by passage. One that
    stands in two passages is asked about in the first."""
    left = [u for u in uncovered(document, records) if set(u.cues) - set(_ALONE)]
    found = []
    for passage in passages:
        here = [u for u in left if passage.start <= u.start and u.end <= passage.end]
        left = [u for u in left if not (passage.start <= u.start and u.end <= passage.end)]
        if not here:
            continue
        own = [record for record in records if record.passage.id == passage.id]
        for task in looks:
            found.append((passage, _request(document, passage, here, own, abbreviations, task)))
    return found


def _request(
    document: Document,
    passage: Passage,
    here: Sequence[Uncovered],
    records: Sequence[GroundedRecord],
    abbreviations: Sequence[Abbreviation],
    task: Task,
) -> Request:
    text = "\n\n[...]\n\n".join(
        document.text[start:end] for start, end in _surroundings(document, passage, here)
    )
    fence = content_id("passage", text)
    lines = [about_document(document, passage, abbreviations, text), "Already recorded:"]
    known = [f"- {line}" for r in records if (line := _told(r, task))]
    lines += known[:_KNOWN] or ["- nothing of these types"]
    lines += [
        "The surroundings:",
        f"<<<{fence}",
        text,
        f"{fence}>>>",
        "Sentences to look at again:",
    ]
    lines += [
        f"- {json.dumps(' '.join(document.text[u.start : u.end].split()), ensure_ascii=False)}"
        for u in here
    ]
    return passage_request(task, document, passage, "\n".join(lines))


def _surroundings(document: Document, passage: Passage, here: Sequence[Uncovered]) -> list[Range]:
    """The paragraphs of a passage that hold the sentences; neighbours are one."""
    text = document.text[passage.start : passage.end]
    found: list[Range] = []
    for start, end in paragraphs(text):
        low, high = passage.start + start, passage.start + end
        if any(u.start < high and low < u.end for u in here):
            if found and not document.text[found[-1][1] : low].strip():
                found[-1] = (found[-1][0], high)
            else:
                found.append((low, high))
    return found


def _told(record: GroundedRecord, task: Task) -> str:
    """A record in a line, by what tells it apart; empty if it is none of the task's types."""
    record_type = type(record.record)
    if record_type not in task.record_types:
        return ""
    wanted = pairing_fields(record_type)
    values = [
        str(value)
        for path, _, value in leaves(record.record, describe(record_type))
        if path not in _OF_ALL
        and (not wanted or path.split("[")[0] in {field.split(".")[0] for field in wanted})
    ]
    return f"{table_name(record_type)}: {'; '.join(values)[:300]}"
