"""Decisions of reviewers: one line each, only ever appended, keyed on what was seen. Pure.

A decision is about one value of a document, with the sentence it was seen with, or about a whole
record: then field and value are empty, and the quote is all its quotes. So it holds in every later
run that claims the same on the same words, and in no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pipeline.compare.claims import Claim, Value, label
from pipeline.compare.items import Item
from pipeline.domain import content_id

Verdict = Literal["accept", "reject", "correct", "flag", "note", "missing"]
DECIDING: tuple[Verdict, ...] = ("accept", "reject", "correct")
BETWEEN_QUOTES = " ⏎ "


@dataclass(frozen=True, slots=True)
class Ground:
    """What a decision is about. `claimed` is whether the run claims it; else it no longer does.
    `document` is its path, `record` what the record is called and `part` what the entry of a list
    is, `field` without places in lists, `quote` the sentence in the words of the document."""

    document: str
    type: str
    record: str
    part: str
    field: str
    value: str
    quote: str
    claimed: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `value` and `quote` are the corrected value and what supports it; `at` is ISO
    8601; `line` where it stands in the file, from 1."""

    verdict: Verdict
    ground: Ground
    who: str
    at: str
    why: str = ""
    value: str | None = None
    quote: str | None = None
    line: int = 0

    @property
    def id(self) -> str:
        """A hash of its content."""
        return content_id("d", self._told())

    def as_line(self) -> str:
        """The line of the file."""
        return json.dumps({"id": self.id, **self._told()}, ensure_ascii=False)

    def _told(self) -> dict[str, Any]:
        ground = {name: getattr(self.ground, name) for name in Ground.__dataclass_fields__}
        given: dict[str, Any] = {"verdict": self.verdict, "about": ground}
        if self.verdict == "correct":
            given |= {"value": self.value, "quote": self.quote}
        return given | {"who": self.who, "why": self.why, "at": self.at}


def missing_ground(document: str, table: str, quote: str) -> Ground:
    """What the verdict `missing` is about: words of a document that say something of which there is
    no record of type `table`."""
    return Ground(document, table, "", "", "", "", quote, claimed=False)


def undo_line(decision_id: str, who: str, why: str, at: str) -> str:
    """The line that takes a decision back."""
    return json.dumps({"undo": decision_id, "who": who, "why": why, "at": at}, ensure_ascii=False)


def read_decisions(lines: Iterable[str]) -> tuple[list[Decision], list[str]]:
    """The decisions of a file that are not taken back, in order, and what is wrong with its lines,
    named by number. A line that cannot be read, such as half of one, is skipped."""
    found: dict[str, Decision] = {}
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            if "undo" not in given:
                decision = _decision(given, number)
                found[decision.id] = decision
            elif found.pop(str(given["undo"]), None) is None:
                problems.append(
                    f"line {number} takes back {str(given['undo'])[:80]!r}, which is not in force"
                )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problems.append(
                f"line {number} is no decision ({type(error).__name__}: {str(error)[:200]!r})"
            )
    return list(found.values()), problems


def in_force(decisions: Iterable[Decision]) -> dict[Ground, Decision]:
    """The last decision about each ground; flags and notes decide nothing."""
    return {d.ground: d for d in decisions if d.verdict in DECIDING}


def ground_of(item: Item) -> Ground:
    """What a decision about an item is about: what the run claims now, else what it no longer
    claims."""
    change = item.record
    claimed = item.after is not None
    claim, value = (change.after, item.after) if claimed else (change.before, item.before)
    if claim is None or value is None:
        raise ValueError("an item about nothing")
    path = value.path if item.value else ""
    return _ground(claim, item.label, value if path else None, claimed)


def grounds_of(claim: Claim, fields: Sequence[str]) -> Iterator[Ground]:
    """All that a decision could be about in a record that is told apart by `fields`."""
    called = label(claim, fields)
    for value in (None, *claim.values):
        yield _ground(claim, called, value, True)


def _ground(claim: Claim, called: str, value: Value | None, claimed: bool) -> Ground:
    head = (claim.document, claim.type, called)
    if value is None:
        return Ground(*head, "", "", "", all_quotes(claim), claimed)
    part, sentence = _part(claim, value), sentence_of(claim, value)
    return Ground(*head, part, value.field, value.text, sentence, claimed)


def _part(claim: Claim, value: Value) -> str:
    """What the entry of a list that a value belongs to is called: the first quoted one in it."""
    entry, dot, _ = value.path.rpartition(".")
    same = (v.text for v in claim.values if dot and v.path.startswith(f"{entry}.") and v.quote)
    return next(same, "")


def sentence_of(claim: Claim, value: Value) -> str:
    """The words of the quote that a value stands in, else of the record's first."""
    quote = claim.quote_of(value)
    return (quote.quote or quote.text) if quote else ""


def all_quotes(claim: Claim) -> str:
    """The quotes of a record in one string."""
    return BETWEEN_QUOTES.join(q.quote or q.text for q in claim.quotes)


def _decision(given: Mapping[str, Any], line: int) -> Decision:
    if given["verdict"] not in get_args(Verdict):
        raise ValueError(f"the verdict is {given['verdict']!r}")
    about = given["about"]
    texts = {name: str(about[name]) for name in Ground.__dataclass_fields__ if name != "claimed"}
    ground = Ground(**texts, claimed=bool(about["claimed"]))
    return Decision(
        given["verdict"], ground, str(given["who"]), str(given["at"]), str(given.get("why", "")),
        _text(given.get("value")), _text(given.get("quote")), line,
    )  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)
