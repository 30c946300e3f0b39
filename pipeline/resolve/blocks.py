"""Blocks: where a usage looks for others, so that not all pairs are compared. Pure.

Two usages that share a block are candidates; a block of very many tells nothing (store/scores.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from pipeline.domain import NameUsage
from pipeline.resolve.names import NameForm
from pipeline.resolve.people import PersonForm

_MOST = 60  # blocks of a usage


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a usage beside the form of its name: telling keys of other names that its
    documents give it, acronyms, well-known public bodies, telling words of what stands beside it,
    and its concepts as families."""

    keys: Collection[str]
    acronyms: Collection[str]
    bodies: Collection[str]
    beside: list[str]
    broad: list[str]


def name_blocks(usage: NameUsage, form: NameForm, known: Known) -> list[str]:
    """The blocks of a name that is no person's."""
    blocks = {f"k:{k}" for k in (usage.key, *known.keys)} | {f"b:{b}" for b in known.bodies}
    blocks |= _of_words(form) | _of_sounds(form) | _of_letters(form, known.acronyms)
    blocks |= _of_meaning(form, known.broad)
    if usage.style == "thing":
        blocks |= {f"w:{h}" for h in (*form.heads, *known.beside) if len(h) > 3}
    return _few(usage.kind, blocks)


def person_blocks(usage: NameUsage, form: PersonForm, orders: set[str]) -> list[str]:
    """The blocks of a person's name; `orders` are all ways to write this and their other names."""
    sounds = sorted(form.sounds)
    blocks = {f"o:{min(orders)}", *(f"o:{o}" for o in orders), *(f"s:{s}" for s in form.shorts)}
    blocks |= {f"n:{n}" for n in form.names if len(n) > 2}
    if len("".join(sounds)) > 3:
        blocks.add("c:" + "".join(sounds))
    blocks |= {f"p:{a}+{b}" for a, b in combinations(sounds, 2)}
    blocks |= {f"t:{n[:3]}:{m[:2]}" for n in form.names for m in form.names if n != m}
    blocks |= {f"w:{s[:3]}" for s in sounds if len(s) > 2}
    return _few(usage.kind, blocks)


def _of_words(form: NameForm) -> set[str]:
    """By words, their beginnings and ends."""
    blocks = set()
    for head in (*form.heads, *form.readings, *form.echoes):
        if len(head) > 2:
            blocks.add(f"h:{head}")
        if len(head) > 4:
            blocks |= {f"t:{head[:4]}", f"e:{head[-4:]}{len(head) // 3}"}
    if len(form.heads) > 1:
        blocks.add("h:" + "".join(form.heads))
    if len(form.raw) > 7:
        blocks |= {f"r:{form.raw[:6]}", f"r:{form.raw[-6:]}"}
    elif len(form.raw) > 4 and form.han:
        blocks |= {f"r:{form.raw[:2]}", f"r:{form.raw[-3:]}"}
    return blocks


def _of_sounds(form: NameForm) -> set[str]:
    blocks = {f"s:{s}" for s in form.sounds if len(s) > 2}
    # Han is written without blanks, so that a word of another script may be its last part.
    if len(joined := "".join(form.sounds)) > 2:
        blocks |= {f"p:{joined[:3]}", f"q:{joined[-3:]}"}
    return blocks


def _of_letters(form: NameForm, acronyms: Collection[str]) -> set[str]:
    """By acronyms and what may be one."""
    blocks = {f"a:{a}" for a in (*acronyms, *form.translated)}
    blocks |= {f"i:{a[:3]}" for a in acronyms if len(a) > 2}
    initials = {form.initials, *form.translated}
    blocks |= {f"l:{''.join(sorted(a))}" for a in (*acronyms, *initials) if len(a) > 3}
    if 2 <= len(form.initials) <= 8:
        blocks.add(f"a:{form.initials}")
        if len(form.initials) > 2:
            blocks.add(f"i:{form.initials[:3]}")
    return blocks


def _of_meaning(form: NameForm, broad: list[str]) -> set[str]:
    """By what the words say: pairs of telling ones, and all concepts but one."""
    telling = sorted(form.roots | {f"@{c}" for c in form.countries})
    blocks = {f"d:{x}+{y}" for x, y in combinations(telling[:6], 2)}
    if len(telling) < 3:
        blocks |= {f"d:{x}" for x in telling}
    if len(broad) > 2:
        blocks.add("g:" + "+".join(broad))
        blocks |= {"g:" + "+".join(broad[:at] + broad[at + 1 :]) for at in range(len(broad[:6]))}
    if not form.heads:
        said = sorted(form.concepts)
        blocks |= {"g:" + "+".join(said), "g:" + "+".join(broad)}
        blocks |= {f"g:{x}+{y}" for x in telling for y in said if x != y}
    return blocks


def _few(kind: str, blocks: Iterable[str]) -> list[str]:
    """The most telling ones first: keys, bodies, acronyms, words."""
    return [f"{kind} {b}" for b in sorted(blocks, key=lambda b: (b[0] not in "kbah", b))[:_MOST]]
