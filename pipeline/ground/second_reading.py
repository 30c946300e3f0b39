"""A second reading, for what no rule can know: who supplied whom, and whether it is so.

One request a passage shows a model the quotes with the sentence before and after, and what the
records claim as plain sentences, made from the templates beside the fields (`records.Claim`). The
reader learns neither which record a claim belongs to nor which claims go together. What it does not
find said is doubted; it changes no value.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.domain import ACCEPTED, Document, GroundedRecord, Passage, Request, Task, content_id
from pipeline.passages import sentences
from pipeline.prompts import about_document, task_of
from pipeline.records import FieldSpec, Part, Record, describe, leaves, part_at
from pipeline.settings import SECOND_READING
from pipeline.text.abbreviations import Abbreviation
from pipeline.text.folding import Range

PROMPT = "_second_reading.md"
_NEAR = 1500  # characters around a quote in which sentences are told apart
_MAX_NEIGHBOUR = 300  # characters of the sentence before and after
_MAX_SENTENCE = 600  # characters of a claim
_BROUGHT: Mapping[str, Literal["unconfirmed", "contradicted"]] = {
    "not_said": "unconfirmed",
    "contradicted": "contradicted",
}


class Verdict(BaseModel):
    """What the excerpt says of one claim."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    claim: int = Field(description="The number of the claim.")
    answer: Literal["said", "not_said", "contradicted"] = Field(
        description="Whether the excerpt says it, does not say it, or says otherwise."
    )
    words: str = Field(description="The words of the excerpt that decide; empty for not_said.")


@dataclass(frozen=True, slots=True)
class Asked:
    """One claim of a request: its number from 1, the record and field it is of, and the
    sentence."""

    number: int
    record_id: str
    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Questions:
    """The request for a passage, and what it asks."""

    request: Request
    asked: tuple[Asked, ...]


def load_reader(folder: Path) -> Task:
    """The task of a second reading from a folder of prompts. Raises DossierError without one."""
    return task_of(folder / PROMPT, SECOND_READING, (Verdict,))


def claims_of(record: Record) -> list[tuple[str, str]]:
    """What a record claims that a reader should judge: paths and sentences, in order of fields."""
    found = []
    for path, spec, value in leaves(record, describe(type(record))):
        if spec.claim is None:
            continue
        template = spec.claim.by.get(value, "") if spec.claim.by else spec.claim.template
        sentence = _filled(template, _Names(record, path, value, spec)) if template else ""
        if sentence:
            found.append((path, sentence))
    return found


def questions(
    task: Task,
    document: Document,
    passage: Passage,
    records: Iterable[GroundedRecord],
    abbreviations: Sequence[Abbreviation],
) -> Questions | None:
    """The request that asks about the records of one passage; None when they claim nothing that a
    reader should judge. Records that stand on no quote are left out."""
    excerpts: dict[tuple[Range, ...], list[tuple[str, str, str]]] = defaultdict(list)
    for record in {record.id: record for record in records}.values():
        windows = _windows(document.text, record)
        if windows:
            for path, sentence in claims_of(record.record):
                excerpts[windows].append((record.id, path, sentence))
    asked: list[Asked] = []
    lines: list[str] = []
    for number, windows in enumerate(sorted(w for w in excerpts if excerpts[w]), 1):
        text = "\n[...]\n".join(document.text[start:end] for start, end in windows)
        fence = content_id("excerpt", text)
        lines += [f"Excerpt {number}:", f"<<<{fence}", text, f"{fence}>>>"]
        lines.append(f"Claims on excerpt {number}:")
        # By a hash, so that neither the record nor the order of its fields shows.
        for claim in sorted(excerpts[windows], key=lambda c: content_id("c", *c)):
            asked.append(Asked(len(asked) + 1, *claim))
            lines.append(f"{len(asked)}. {claim[2]}")
        lines.append("")
    if not asked:
        return None
    shown = "\n".join(lines)
    messages = (
        {"role": "system", "content": task.instructions},
        {
            "role": "user",
            "content": f"{about_document(document, passage, abbreviations, shown)}\n\n{shown}",
        },
    )
    name = f"{passage.index:03}{passage.part}"
    about = (document.id, passage.id, name, SECOND_READING)
    request = Request(*about, messages, task.schema, task.parameters)
    return Questions(request, tuple(asked))


def doubted_by(
    records: Iterable[GroundedRecord], asked: Iterable[Asked], verdicts: Iterable[Verdict]
) -> tuple[list[GroundedRecord], list[str]]:
    """The records with what the reader did not find said as `unconfirmed` or `contradicted`, and
    what is wrong with the reading in words. Where it is silent, or says two things, the first
    reading stands."""
    answers: dict[int, set[Verdict]] = defaultdict(set)
    for verdict in verdicts:
        answers[verdict.claim].add(verdict)
    by_record: dict[str, dict[str, Verdict]] = defaultdict(dict)
    silent = []
    for claim in asked:
        given = answers.pop(claim.number, set())
        if len({verdict.answer for verdict in given}) == 1:
            by_record[claim.record_id][claim.path] = min(given, key=lambda v: v.words)
        else:
            silent.append(claim.number)
    wrong = [f"gives no answer, or two, to {_numbers(silent)}"] if silent else []
    wrong += [f"answers {_numbers(sorted(answers))}, which was not asked"] if answers else []
    return [_doubted(record, by_record[record.id]) for record in records], wrong


def _doubted(record: GroundedRecord, verdicts: Mapping[str, Verdict]) -> GroundedRecord:
    evidence = list(record.evidence)
    doubted = list(record.doubted)
    for place, item in enumerate(evidence):
        verdict = verdicts.get(item.field) if item.field else None
        if verdict is None:
            continue
        evidence[place] = replace(item, reading=verdict.words or verdict.answer.replace("_", " "))
        status = _BROUGHT.get(verdict.answer)
        if status and item.field not in doubted:
            evidence[place] = replace(evidence[place], status=status)
            doubted.append(item.field)
    return replace(record, evidence=tuple(evidence), doubted=tuple(doubted))


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"{len(numbers)} claims ({shown}{', ...' if len(numbers) > 10 else ''})"


def _windows(text: str, record: GroundedRecord) -> tuple[Range, ...]:
    """Where the quotes of a record stand, with the sentence before and after; those that touch are
    one."""
    found: list[Range] = []
    for quote in record.evidence:
        accepted = not quote.field and quote.status in ACCEPTED
        if not accepted or quote.start is None or quote.end is None:
            continue
        low, high = max(0, quote.start - _NEAR), min(len(text), quote.end + _NEAR)
        spans = list(sentences(text, low, high))
        starts = [start for start, _ in spans]
        first = max(0, bisect_right(starts, quote.start) - 1)
        last = max(first, bisect_right(starts, quote.end - 1) - 1)
        low = min(spans[max(0, first - 1)][0], quote.start)
        high = max(spans[min(len(spans) - 1, last + 1)][1], quote.end)
        found.append(
            (max(low, quote.start - _MAX_NEIGHBOUR), min(high, quote.end + _MAX_NEIGHBOUR))
        )
    merged: list[Range] = []
    for low, high in sorted(found):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


class _Names:
    """The values that a template may name, in words."""

    def __init__(self, record: Record, path: str, value: object, spec: FieldSpec) -> None:
        self._record, self._path, self._value, self._spec = record, path, value, spec

    def get(self, name: str) -> str | None:
        """The value of a name in words; None for a null."""
        if name == "value":
            return self._spec.kind.words(self._value)
        if name == "about":
            about = type(self._record).about
            return _filled(about, _Names(self._record, "", None, self._spec)) if about else None
        of_record = name.startswith("record.")
        part = self._record if of_record else part_at(self._record, self._path)
        name = name.removeprefix("record.")
        name = name.removeprefix(".")
        kind: type[Part] = type(part)
        specs = {spec.name: spec for spec in describe(kind)}
        content = getattr(part, name)
        return None if content is None else specs[name].kind.words(content)


def _filled(template: str, names: _Names) -> str:
    """The template with its names filled in; empty when one that must be is null."""
    parts = []
    for text, name, _, _ in string.Formatter().parse(template):
        parts.append(text)
        if name:
            value = names.get(name.removesuffix("?"))
            if value is None and not name.endswith("?"):
                return ""
            parts.append(value or "")
    line = " ".join("".join(parts).split())
    return re.sub(r"\s+([,:)])|,(?=\s*:)", r"\1", line)[:_MAX_SENTENCE]
