"""What people and models said about identity: same, different or unsure, who, when and why. Pure.

A line of the file is one judgement or takes one back. A side is known by its usage id and, should
that be gone, by kind, name and document: so a judgement outlives a new extraction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pipeline.domain import content_id

Answer = Literal["same", "different", "unsure"]
State = Literal["used", "unmatched", "overruled", "taken_back"]


@dataclass(frozen=True, slots=True)
class JudgedSide:
    """One of two that were judged. `document` is the key of the only document in which the name
    means it; empty for a name that means it everywhere."""

    usage: str
    name: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement. `at` is ISO 8601; `line` where it stands in the file, from 1; `state` what
    became of it."""

    answer: Answer
    kind: str
    left: JudgedSide
    right: JudgedSide
    who: str
    why: str = ""
    at: str = ""
    line: int = 0
    state: State = "used"

    @property
    def id(self) -> str:
        """A hash of its content."""
        sides = sorted([(s.name, s.document, s.usage) for s in (self.left, self.right)])
        return content_id("j", self.kind, sides, self.answer, self.who, self.at)

    @property
    def is_person(self) -> bool:
        """Whether a person gave it."""
        return self.who.startswith("person:")

    def as_line(self) -> str:
        """The line of the file."""
        sides = {
            side: {
                "usage": s.usage,
                "name": s.name,
                **({"document": s.document} if s.document else {}),
            }
            for side, s in (("left", self.left), ("right", self.right))
        }
        given = {"id": self.id, "answer": self.answer, "kind": self.kind, **sides, "who": self.who}
        return json.dumps(given | {"why": self.why, "at": self.at}, ensure_ascii=False)


def undo_line(judgement_id: str, who: str, why: str, at: str) -> str:
    """The line that takes a judgement back."""
    return json.dumps({"undo": judgement_id, "who": who, "why": why, "at": at}, ensure_ascii=False)


def read_judgements(lines: Iterable[str]) -> tuple[list[Judgement], list[str]]:
    """The judgements of a file in order, those taken back marked so, and what is wrong with its
    lines, named by number. A later judgement by the same person about the same two replaces the
    earlier."""
    found: list[Judgement] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            if "undo" in given:
                found = _taken_back(found, str(given["undo"]), number, problems)
            else:
                found.append(_judgement(given, number))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problems.append(
                f"line {number} is no judgement ({type(error).__name__}: {str(error)[:200]!r})"
            )
    return _latest(found), problems


def _judgement(given: Mapping[str, Any], line: int) -> Judgement:
    answer = given["answer"]
    if answer not in ("same", "different", "unsure"):
        raise ValueError(f"the answer is {answer!r}")
    left, right = (
        JudgedSide(str(s["usage"]), str(s["name"]), str(s.get("document", "")))
        for s in (given["left"], given["right"])
    )
    return Judgement(
        answer, str(given["kind"]), left, right, str(given["who"]), str(given.get("why", "")),
        str(given.get("at", "")), line,
    )  # fmt: skip


def _taken_back(
    found: list[Judgement], judgement_id: str, number: int, problems: list[str]
) -> list[Judgement]:
    if not any(j.id == judgement_id for j in found):
        problems.append(
            f"line {number} takes back {judgement_id[:80]!r}, which stands nowhere above"
        )
    return [replace(j, state="taken_back") if j.id == judgement_id else j for j in found]


def _latest(found: list[Judgement]) -> list[Judgement]:
    """Of several judgements of one person about the same two the last holds."""
    last: dict[tuple[str, ...], int] = {}
    for place, judgement in enumerate(found):
        if judgement.state == "used":
            last[_about(judgement)] = place
    return [
        replace(j, state="taken_back") if j.state == "used" and last[_about(j)] != place else j
        for place, j in enumerate(found)
    ]


def _about(judgement: Judgement) -> tuple[str, ...]:
    sides = sorted((s.usage, s.name, s.document) for s in (judgement.left, judgement.right))
    return (judgement.who, judgement.kind, *sides[0], *sides[1])
