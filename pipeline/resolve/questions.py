"""What is asked about identity: both sides' names, context and quotes, as a person or a model sees
them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.domain import NameUsage, Request, Task, content_id
from pipeline.prompts import task_of
from pipeline.resolve.claims import ClaimUsage
from pipeline.resolve.clusters import Edge
from pipeline.resolve.judgements import JudgedSide, Judgement
from pipeline.settings import IDENTITY

PROMPT = "_identity.md"
_MOST_NAMES = 6
_MOST_QUOTE = 400  # characters
Quoted = tuple[str, str]  # what the document is called and its date; the quote


class IdentityVerdict(BaseModel):
    """Whether A and B are the same."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    answer: Literal["same", "different", "unsure"] = Field(description="Whether they are the same.")
    reason: str = Field(description="What decided, in one English sentence of at most 40 words.")


@dataclass(frozen=True, slots=True)
class Question:
    """A pair that somebody is to judge. `asks` is what is shown; `reason` why the program could not
    say."""

    kind: str
    left: JudgedSide
    right: JudgedSide
    weight: float
    reason: str
    asks: str

    @property
    def id(self) -> str:
        """A hash of the two sides."""
        return content_id("q", self.kind, self.left.usage, self.right.usage)

    def judged(self, answer: IdentityVerdict, who: str) -> Judgement:
        """The judgement that an answer makes."""
        return Judgement(answer.answer, self.kind, self.left, self.right, who, answer.reason)


def load_asker(folder: Path) -> Task:
    """The task of asking about identity, from a folder of prompts. Raises DossierError without
    one."""
    return task_of(folder / PROMPT, IDENTITY, (IdentityVerdict,))


def request_of(task: Task, asks: str) -> Request:
    """The request that puts one question to a model."""
    messages = (
        {"role": "system", "content": task.instructions},
        {"role": "user", "content": asks},
    )
    name = content_id("q", asks)[2:14]
    return Request("", "", name, IDENTITY, messages, task.schema, task.parameters)


def questions_of(
    asked: Iterable[Edge],
    cluster_of: Mapping[str, str],
    usages: Mapping[str, NameUsage],
    claims: Mapping[str, ClaimUsage],
    quotes: Mapping[str, Sequence[Quoted]],
    party_names: Mapping[str, str],
) -> list[Question]:
    """One question for every two entities about which something is asked, from the pair that speaks
    most for it; the likeliest first."""
    best: dict[tuple[str, str], Edge] = {}
    for edge in sorted(asked, key=lambda e: (-e.weight, e.left, e.right)):
        ends = (cluster_of[edge.left], cluster_of[edge.right])
        if ends[0] != ends[1]:
            best.setdefault((min(ends), max(ends)), edge)
    found = []
    for edge in best.values():
        sides = []
        for usage in edge.pair:
            one = usages.get(usage) or claims[usage]
            about = (
                _about_name(one) if isinstance(one, NameUsage) else _about_claim(one, party_names)
            )
            sides.append((one, "\n".join([*about, *_quoted(quotes.get(usage, ()))])))
        (left, left_text), (right, right_text) = sides
        asks = f"Kind: {left.kind}\n\nA\n{left_text}\n\nB\n{right_text}"
        found.append(Question(left.kind, _side(left), _side(right), edge.weight, edge.reason, asks))
    return found


def _side(one: NameUsage | ClaimUsage) -> JudgedSide:
    if isinstance(one, NameUsage):
        return JudgedSide(one.id, one.name, one.scope)
    return JudgedSide(one.id, one.called, one.document)


def _about_name(usage: NameUsage) -> list[str]:
    lines = [f"  names: {_list(usage.names)}"]
    if usage.stated:
        lines.append(f"  also called in the same documents: {_list(usage.stated)}")
    if usage.countries:
        lines.append(f"  country claimed: {_list(usage.countries)}")
    return lines


def _about_claim(claim: ClaimUsage, party_names: Mapping[str, str]) -> list[str]:
    lines = [f"  called: {claim.called}"]
    if claim.type:
        lines.append(f"  type: {claim.type}")
    lines += [f"  {field}: {low or '?'} to {high or '?'}" for field, low, high in claim.dates]
    if claim.parties:
        lines.append(f"  parties: {_list(sorted(party_names.get(p, p) for p in claim.parties))}")
    for label, values in (
        ("amounts", claim.amounts),
        ("numbers", claim.numbers),
        ("figures", claim.figures),
    ):
        if values:
            lines.append(f"  {label}: {_list([v.partition(':')[2] or v for v in values])}")
    lines += [
        f"  {field}: {text}"
        for field, text in (*claim.words, *claim.places)
        if text != claim.called
    ]
    return lines


def _quoted(quotes: Sequence[Quoted]) -> list[str]:
    lines = []
    for document, quote in quotes:
        shown = quote if len(quote) <= _MOST_QUOTE else quote[:_MOST_QUOTE] + " …"
        fence = content_id("quote", shown)
        lines += [f"  {document}:", f"<<<{fence}", shown, f"{fence}>>>"]
    return lines


def _list(values: Sequence[str]) -> str:
    more = f"; and {len(values) - _MOST_NAMES} more" if len(values) > _MOST_NAMES else ""
    return "; ".join(values[:_MOST_NAMES]) + more
