"""A question about names on the screen of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from prompt_toolkit.formatted_text import StyleAndTextTuples

from pipeline.plain import plain
from pipeline.review.loop import Loop
from pipeline.review.names import Part, consequences
from pipeline.store.sides import Question, Side

_SHORT = 300  # characters of a quote


def question_text(loop: Loop, question: Question, *, weighed: bool) -> StyleAndTextTuples:
    """Both sides beside each other, what differs marked, and what each answer leads to."""
    if loop.names is None:
        return []
    pair = loop.names.pair(question)
    said = loop.said(question)
    told = question.reason.replace("_", " ") + (f"; {said}" if said else "")
    weight = f"; {question.weight:.1f} bits speak for it" if weighed else ""
    lines: StyleAndTextTuples = [
        ("bold", f"the same {question.kind}?"),
        ("", plain(f"  [{told}{weight}]\n")),
    ]
    for key, (answer, leads_to) in zip("xdu", consequences(pair), strict=True):
        lines.append(("", plain(f"{key} {answer}: {leads_to}\n")))
    for sign, side, name in (("A", pair.left, pair.left_name), ("B", pair.right, pair.right_name)):
        lines += [("bold", f"\n{sign}  "), *_marked(name)]
        spelled = [n for n in side.names if n != side.name]
        lines.append(("", plain(f"\n   {'; '.join(spelled)}" if spelled else "")))
        if side.entity_name != side.name:
            lines.append(("", plain(f"\n   now part of {side.entity_name}")))
        for document, quote in side.quotes:
            lines.append(("", plain(f"\n   {document}: {' '.join(quote.split())[:_SHORT]}")))
        lines.append(("", "\n"))
    for fact in pair.facts:
        style, sign = ("reverse", "≠") if fact.differs else ("", " ")
        for left, right in zip_longest(fact.left[:3], fact.right[:3], fillvalue="—"):
            lines.append((style, plain(f"\n{sign} {fact.label}: {left}  |  {right}")))
    return lines


def members_text(members: Sequence[Side]) -> StyleAndTextTuples:
    """The names that entities were joined from, with numbers."""
    lines: StyleAndTextTuples = []
    entity = ""
    for number, side in enumerate(members, 1):
        if side.entity != entity:
            entity = side.entity
            lines.append(("bold", plain(f"{side.entity_name}\n")))
        documents = f"{side.documents} document{'s' * (side.documents != 1)}"
        lines.append(("", plain(f"  {number}  {side.name}  ({documents})\n")))
    return lines


def _marked(parts: Sequence[Part]) -> StyleAndTextTuples:
    return [("reverse" if differs else "", plain(text)) for text, differs in parts]
