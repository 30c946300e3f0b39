"""A usage as a row of columns that weights compare, and the blocks in which it looks for others.
Pure.

Names only (see names.py, people.py) and what documents say of them; the weights are in model.json.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations

from pipeline.domain import NameUsage
from pipeline.records import Style
from pipeline.resolve.guards import Side
from pipeline.resolve.lexicon import split_words, words
from pipeline.resolve.names import NameForm, acronym_of, name_form
from pipeline.resolve.people import person_form
from pipeline.text.folding import fold_text, is_han

COLUMNS: dict[str, str] = {
    "usage_id": "VARCHAR", "kind": "VARCHAR", "key": "VARCHAR", "plain": "VARCHAR",
    "heads": "VARCHAR[]",
    "spelled": "VARCHAR[]", "systems": "VARCHAR[]", "palladius": "VARCHAR[]", "script": "VARCHAR",
    "sounds": "VARCHAR[]", "han": "BOOLEAN", "distinct_": "VARCHAR[]",
    "telling": "VARCHAR[]", "concepts": "VARCHAR[]", "numbers": "VARCHAR[]",
    "initials": "VARCHAR", "starts": "VARCHAR[]", "acronyms": "VARCHAR[]", "cut": "VARCHAR[]",
    "raw": "VARCHAR",
    "keys": "VARCHAR[]", "roots": "VARCHAR[]", "orders": "VARCHAR[]", "shorts": "VARCHAR[]",
    "tokens": "VARCHAR[]",
    "countries": "VARCHAR[]", "beside": "VARCHAR[]", "near": "VARCHAR[]", "bare": "BOOLEAN",
    "role": "BOOLEAN",
    "blocks": "VARCHAR[]",
}  # fmt: skip
Row = tuple[object, ...]
_MOST_BLOCKS = 40


def key_of(name: str, style: Style) -> str:
    """The key of a name; names with the same key are the same name. Empty for one without
    letters."""
    if style == "person":
        person = person_form(name)
        return person.key if person else ""
    form = name_form(name, style)
    return " ".join(sorted(form.key.split())) if form else ""


def beside_key(text: str) -> str:
    """The key of what stands beside a name, such as an employer, an office or a town; empty for
    what many share, such as "director"."""
    form = name_form(text, "organisation")
    return (
        ""
        if form is None or (form.is_generic and len(form.concepts) < 2)
        else key_of(text, "organisation")
    )


@lru_cache(maxsize=1 << 17)
def flag_of(name: str, style: Style) -> str:
    """What a name alone is worth: `role` for one that only says who somebody is, `acronym`,
    `generic` for one that says nothing distinguishing, `short` for one word; empty for the rest."""
    if style == "person":
        person = person_form(name)
        if _is_crowd(name):
            return "role"
        return "short" if person and len(person.names) + len(person.initials) < 2 else ""
    form = name_form(name, style)
    if form is None:
        return ""
    if form.is_role:
        return "class" if style == "thing" and "!" not in form.key else "role"
    if form.acronym and len(form.heads) <= 1 and not form.concepts:
        return "acronym"
    if form.is_generic:
        return "generic"
    return "short" if len(form.key.split()) == 1 else ""


@lru_cache(maxsize=1 << 14)
def _is_crowd(name: str) -> bool:
    """Whether a "person" is somebody unnamed: "Chinese officials", "Interviewees"."""
    given = split_words(fold_text(name))
    known = words()
    if any((w,) in known.roles for w in given) or fold_text(name) in known.han_roles:
        return True
    shown = name.strip()
    return not any(is_han(c) for c in shown) and (
        shown[:1].islower() or given[:1] in (["the"], ["a"], ["one"])
    )


def side_of(usage: NameUsage) -> Side:
    """A usage as guards see it."""
    style = usage.style
    return Side(
        style=style,
        key=usage.key,
        name=None if style == "person" else name_form(usage.name, style),
        person=person_form(usage.name) if style == "person" else None,
        countries=frozenset(usage.countries),
        within=frozenset(usage.beside),
        stated=frozenset(key_of(s, style) for s in usage.stated),
        scope=usage.scope,
    )


def row_of(usage: NameUsage) -> Row:
    """The columns of a usage, in the order of COLUMNS."""
    style = usage.style
    if style == "person":
        return _person_row(usage)
    form = name_form(usage.name, style)
    assert form is not None  # a usage has a key
    keys = [usage.key, *(k for s in usage.stated if (k := key_of(s, style)))]
    stated_acronyms = {a for s in usage.stated if (a := acronym_of(s))}
    acronyms = sorted(stated_acronyms | ({form.acronym, form.bracketed} - {""}))
    stated_keys = sorted({k for k in keys[1:] if is_telling(k)})
    return (
        usage.id,
        usage.kind,
        usage.key,
        "".join(form.heads),
        sorted(form.heads),
        sorted({*form.heads, *form.readings}),
        list(form.systems),
        list(form.palladius),
        form.script,
        sorted(form.sounds),
        bool(form.han),
        sorted(
            form.distinctive | {f"@{c}" for c in form.countries} | {f"#{n}" for n in form.numbers}
        ),
        sorted(form.distinctive),
        sorted(form.concepts),
        list(form.numbers),
        form.initials,
        [form.initials[:n] for n in range(3, len(form.initials))],
        acronyms,
        [a[:-1] for a in acronyms if len(a) > 3],
        form.raw,
        stated_keys,
        sorted(form.roots),
        [],
        [],
        [],
        sorted(usage.countries or form.countries),
        list(usage.beside),
        list(usage.near),
        bool(usage.scope),
        form.is_role,
        []
        if form.is_role and style == "organisation"
        else _name_blocks(usage, form, stated_keys, acronyms),
    )


def is_telling(key: str) -> bool:
    """Whether a key is more than one bare word, so that another document may mean the same by
    it."""
    return len(key.split()) > 1 or len(key) > 12


def _person_row(usage: NameUsage) -> Row:
    form = person_form(usage.name)
    assert form is not None  # a usage has a key
    orders = set(form.orders)
    for name in usage.stated:
        if other := person_form(name):
            orders |= other.orders
    sounds = sorted(form.sounds)
    blocks = {f"o:{min(orders)}", *(f"o:{o}" for o in orders), *(f"s:{s}" for s in form.shorts)}
    blocks |= {f"n:{n}" for n in form.names if len(n) > 2}
    if len("".join(sounds)) > 3:
        blocks.add("c:" + "".join(sounds))
    blocks |= {f"t:{n[:3]}:{m[:2]}" for n in form.names for m in form.names if n != m}
    blocks |= {f"w:{s[:3]}" for s in sounds if len(s) > 2}
    return (
        usage.id, usage.kind, usage.key, usage.key, [], [], [], [], "", sounds, bool(form.han), [],
        [], [], [], "", [], [], [], usage.key, [usage.key], [], sorted(orders),
        sorted(form.shorts), sorted(form.names),
        list(usage.countries),
        list(usage.beside), list(usage.near), bool(usage.scope), False, _few(usage.kind, blocks),
    )  # fmt: skip


def _name_blocks(
    usage: NameUsage, form: NameForm, keys: Iterable[str], acronyms: Iterable[str]
) -> list[str]:
    blocks = {f"k:{usage.key}", *(f"k:{k}" for k in keys)}
    for head in (*form.heads, *form.readings):
        if len(head) > 2:
            blocks.add(f"h:{head}")
        if len(head) > 4:
            blocks |= {f"t:{head[:4]}", f"e:{head[-4:]}{len(head) // 3}"}
    if len(form.heads) > 1:
        blocks.add("h:" + "".join(form.heads))
    blocks |= {f"s:{s}" for s in form.sounds if len(s) > 2}
    if form.han:  # written without blanks, so that a word of another script may be its last part
        blocks |= {f"s:{s[-n:]}" for s in form.sounds for n in (3, 4) if len(s) > n}
    blocks |= {f"a:{a}" for a in acronyms}
    if len(form.raw) > 7:
        blocks |= {f"r:{form.raw[:6]}", f"r:{form.raw[-6:]}"}
    elif len(form.raw) > 4 and form.han:
        blocks |= {f"r:{form.raw[:2]}", f"r:{form.raw[-3:]}"}
    if 2 <= len(form.initials) <= 8:
        blocks.add(f"a:{form.initials}")
        if len(form.initials) > 2:
            blocks.add(f"i:{form.initials[:3]}")
    blocks |= {f"i:{a[:3]}" for a in acronyms if len(a) > 2}
    telling = sorted(form.roots | {f"@{c}" for c in form.countries})
    blocks |= {f"d:{x}+{y}" for x, y in combinations(telling[:6], 2)}
    if len(telling) < 3:
        blocks |= {f"d:{x}" for x in telling}
    if not form.heads:
        said = sorted(form.concepts)
        blocks.add("g:" + "+".join(said))
        blocks |= {f"g:{x}+{y}" for x in telling for y in said if x != y}
    return _few(usage.kind, blocks)


def _few(kind: str, blocks: Iterable[str]) -> list[str]:
    return sorted(f"{kind} {b}" for b in blocks)[:_MOST_BLOCKS]
