"""What is asked about names, deals and events, and a person's word on it, which resolution reads in
the next run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pipeline.errors import DossierError
from pipeline.resolve.judgements import Answer, JudgedSide, Judgement, undo_line
from pipeline.stages.decisions import JUDGEMENTS, Decisions, append_lines, now, person
from pipeline.store.sides import Question, Side, Sides

_WORD = re.compile(r"\w+")
_SAID = {"same": "are the same", "different": "are different", "unsure": "may be one or two"}
# Written in the words of the document, and so in its language: that they differ tells nothing.
_IN_WORDS = ("words", "places", "beside", "also called")
Part = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of both sides under one label. `differs` is whether both give it, and share
    nothing of it."""

    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides beside each other. The names are in parts, with whether the part is a word or
    number that the other side's names lack."""

    left: Side
    right: Side
    left_name: tuple[Part, ...]
    right_name: tuple[Part, ...]
    facts: tuple[Fact, ...]


class Names:
    """The questions of a run with what was said about them. `sides` opens the run."""

    def __init__(self, sides: Sides, folder: Path) -> None:
        self.sides = sides
        self.folder = folder
        self.made: list[Judgement] = []  # in this sitting
        self.refresh()

    @cached_property
    def questions(self) -> dict[str, Question]:
        """All questions by id, the likeliest first."""
        return {question.id: question for question in self.sides.questions()}

    def refresh(self) -> None:
        """Take in what others have said meanwhile."""
        given = Decisions(self.folder).judgements
        self.said = {
            frozenset((j.left.usage, j.right.usage)): j for j in given if j.state == "used"
        }

    def judgement(self, question: Question) -> Judgement | None:
        """What was said about a question, if anything."""
        return self.said.get(frozenset((question.left, question.right)))

    def open(self, words: Iterable[str] = ()) -> list[Question]:
        """Questions without an answer that hold all words in kind, reason or names."""
        return [q for q in self.like(words) if self.judgement(q) is None]

    def like(self, words: Iterable[str]) -> list[Question]:
        """Questions that hold all words in kind, reason or names, answered ones too."""
        wanted = [word.casefold() for word in words]
        questions = self.questions.values()
        return [q for q in questions if all(word in _described(q) for word in wanted)]

    def find(self, beginning: str) -> Question:
        """The question whose id begins so. Raises DossierError for none or several."""
        found = [q for i, q in self.questions.items() if i.startswith(beginning)]
        if len(found) != 1:
            raise DossierError(
                f"{len(found)} questions begin with {beginning!r}",
                "`dossier review merge` lists them.",
            )
        return found[0]

    def pair(self, question: Question) -> Pair:
        """Both sides of a question. Raises DossierError when the run has them no more."""
        left, right = self.sides.side(question.left), self.sides.side(question.right)
        if left is None or right is None:
            raise DossierError(f"The run has not both sides of {question.id}", "Run again.")
        return beside(left, right)

    def two(self, ids: list[str]) -> tuple[Side, Side]:
        """The sides of a question, or what two ids of entities or usages begin. Raises
        DossierError."""
        if len(ids) == 1:
            pair = self.pair(self.find(ids[0]))
            return pair.left, pair.right
        found = [self.sides.of(beginning)[:1] for beginning in ids]
        if len(found) != 2 or not all(found) or ids[0] == ids[1]:
            raise DossierError(
                f"{' '.join(ids)} names no two things",
                "Name a question, or two entities or usages.",
            )
        return found[0][0], found[1][0]

    def judge(self, left: Side, right: Side, answer: Answer, why: str) -> Judgement:
        """Write a person's judgement. Raises DossierError for two of different kinds, or one."""
        if left.kind != right.kind:
            kinds = " and one ".join(sorted({left.kind, right.kind}))
            raise DossierError(f"One is {kinds}", "Name two of one kind.")
        if left.usage == right.usage:
            raise DossierError(f"{left.name} is one name", "Name two.")
        one, other = (JudgedSide(s.usage, s.name, s.scope) for s in (left, right))
        judgement = Judgement(answer, left.kind, one, other, person(), why, now())
        append_lines(self.folder / JUDGEMENTS, [judgement.as_line()])
        self.made.append(judgement)
        self.refresh()
        return judgement

    def split(self, usage: str, why: str) -> Judgement:
        """Say that a name is another entity than the one it belongs to: different from the name of
        it that is used most. Names tied to it alone may go with it. Raises DossierError."""
        side = self.sides.side(usage)
        if side is None:
            raise DossierError(f"The run has no name {usage}", "Look it up again.")
        others = [other for other in self.sides.of(side.entity) if other.usage != usage]
        if not others:
            raise DossierError(f"{side.name} is alone: nothing to split", "")
        return self.judge(side, others[0], "different", why)

    def take_back(self, beginning: str, why: str) -> Judgement:
        """Write that a judgement is taken back. Raises DossierError for one that is not there."""
        found = [
            j
            for j in Decisions(self.folder).judgements
            if j.id.startswith(beginning) and j.state != "taken_back"
        ]
        if len(found) != 1:
            raise DossierError(
                f"No judgement in force begins with {beginning!r}",
                f"{self.folder / JUDGEMENTS} lists them.",
            )
        append_lines(self.folder / JUDGEMENTS, [undo_line(found[0].id, person(), why, now())])
        self.made = [j for j in self.made if j.id != found[0].id]
        self.refresh()
        return found[0]


def told(judgement: Judgement) -> str:
    """A judgement in one line."""
    return f"{judgement.left.name} and {judgement.right.name} {_SAID[judgement.answer]}"


def beside(left: Side, right: Side) -> Pair:
    """Two sides with what differs between them marked."""
    facts = []
    known = dict(right.facts)
    for label, mine in left.facts:
        theirs = known.get(label, ())
        if mine or theirs:
            one, other = (tuple(fact_text(label, v) for v in values) for values in (mine, theirs))
            facts.append(Fact(label, one, other, _disagree(label, mine, theirs)))
    return Pair(
        left, right, _parts(left.name, right.names), _parts(right.name, left.names), tuple(facts)
    )


def consequences(pair: Pair) -> list[tuple[Literal["same", "different", "unsure"], str]]:
    """What each answer leads to in the next run."""
    left, right = pair.left, pair.right
    if left.entity == right.entity:
        joined = "They belong to one entity already"
        apart = f"{left.name} is parted from {right.entity_name}; names tied to it go with it"
    else:
        joined = f"{_counted(left)} and {_counted(right)} become one"
        apart = f"{left.entity_name} and {right.entity_name} stay apart, and are not asked again"
    return [
        ("same", joined),
        ("different", apart),
        ("unsure", "They stay apart, and nobody is asked again"),
    ]


def _disagree(label: str, mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether both give it, and nothing that one gives agrees with what the other does. Dates
    agree if one may be the other: a day in a month."""
    if label == "dates":
        pairs = [(a, b) for a in map(str.split, mine) for b in map(str.split, theirs)]
        alike = [(a, b) for a, b in pairs if a[0] == b[0]]
        return bool(alike) and not any(a[1] <= b[2] and b[1] <= a[2] for a, b in alike)
    if not mine or not theirs or label in _IN_WORDS:
        return False
    return not {v.casefold() for v in mine} & {v.casefold() for v in theirs}


def fact_text(label: str, value: str) -> str:
    """A fact of a side as people read it."""
    if label == "dates":
        what, first, last = value.split()
        return f"{what} {first}" if first == last else f"{what} {first} to {last}"
    return value.replace(":", ": ", 1) if label in _IN_WORDS else value


def _counted(side: Side) -> str:
    mentions, documents = side.entity_mentions, side.entity_documents
    counted = f"{mentions} mention{'s' * (mentions != 1)} in {documents}"
    return f"{side.entity_name} ({counted} document{'s' * (documents != 1)})"


def _parts(name: str, others: tuple[str, ...]) -> tuple[Part, ...]:
    known = {word.casefold() for other in others for word in _WORD.findall(other)}
    found: list[Part] = []
    at = 0
    for match in _WORD.finditer(name):
        found.append((name[at : match.start()], False))
        found.append((match[0], match[0].casefold() not in known))
        at = match.end()
    return tuple(part for part in (*found, (name[at:], False)) if part[0])


def _described(question: Question) -> str:
    told_ = (question.kind, question.reason.replace("_", " "), question.left_name)
    return " ".join((*told_, question.right_name, "question")).casefold()
