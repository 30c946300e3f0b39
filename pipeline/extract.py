"""Passage x task, through a model, to validated records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain import Document, Extraction, Issue, Passage, Reply, Request, Task
from pipeline.passages import halve_passage
from pipeline.prompts import render_request
from pipeline.replies import input_cut, read_reply
from pipeline.text.abbreviations import Abbreviation

# What a reply that is no whole answer is called, and what to do about it.
BROKEN_REPLY = {
    "TRUNCATED": "Run again with smaller passages (--passage-tokens); what parsed is kept.",
    "REFUSED": "Read the reply in the ledger; another model may answer.",
    "FILTERED": "The provider's content filter stopped it; another model may answer.",
    "EMPTY_REPLY": "Ask again with another model.",
    "NOT_JSON": "Ask again; if it repeats, the endpoint does not honour the schema.",
    "SCHEMA_BROKEN": "Ask again; if it repeats, the endpoint does not honour the schema.",
    "OUTPUT_LIMIT": (
        "Raise max_output_tokens in the prompt's front matter, or choose a model that thinks less."
    ),
    "INPUT_CUT": (
        "Give the server a larger context (num_ctx, --ctx-size, --max-model-len), or use smaller"
        " passages (--passage-tokens), and run with --retry-failed."
    ),
    "RECORD_REJECTED": (
        "Read the reply; the prompt or the record type may need a clearer description."
    ),
}
REMEDIES = BROKEN_REPLY | {
    "VALUE_REJECTED": BROKEN_REPLY["RECORD_REJECTED"],
    "READING_INCOMPLETE": "For these claims the first reading stands; another model may answer.",
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


def parse_reply(
    reply: Reply, passage: Passage, task: Task, request: Request | None = None
) -> Extraction:
    """The records of a reply. Whatever is wrong with it becomes an issue; what can be saved is
    kept. With its request, whether that was read whole. Never raises."""
    reading = read_reply(reply, task.record_types)
    cut = input_cut(reply, request) if request else None
    issues = tuple(
        Issue(passage.document_id, p.code, p.message, REMEDIES[p.code], passage.id, task.name)
        for p in (*reading.problems, *([cut] if cut else []))
    )
    return Extraction(passage, task.name, reply, reading.records, issues)
