"""A usage as a row of columns that weights compare. Pure.

Names only (see names.py, people.py) and what documents say of them; the weights are in model.json.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.domain import NameUsage
from pipeline.records import Style
from pipeline.resolve.blocks import Known, name_blocks, person_blocks
from pipeline.resolve.bodies import bodies_of
from pipeline.resolve.lexicon import family_of
from pipeline.resolve.names import NameForm, acronym_of, name_form
from pipeline.resolve.people import person_form
from pipeline.resolve.side import Side
from pipeline.resolve.word_lists import split_words, words
from pipeline.text.folding import fold_text, is_han

COLUMNS: dict[str, str] = {
    "usage_id": "VARCHAR", "kind": "VARCHAR", "key": "VARCHAR",
    # what its words are
    "plain": "VARCHAR", "heads": "VARCHAR[]", "spelled": "VARCHAR[]", "systems": "VARCHAR[]",
    "palladius": "VARCHAR[]", "script": "VARCHAR", "tongue": "VARCHAR", "sounds": "VARCHAR[]",
    "han": "BOOLEAN", "echoes": "VARCHAR[]", "roots": "VARCHAR[]", "raw": "VARCHAR",
    # what they say
    "distinct_": "VARCHAR[]", "telling": "VARCHAR[]", "concepts": "VARCHAR[]", "broad": "VARCHAR[]",
    "numbers": "VARCHAR[]", "bodies": "VARCHAR[]", "role": "BOOLEAN", "keys": "VARCHAR[]",
    # acronyms, and of what it may be one
    "acronyms": "VARCHAR[]", "cut": "VARCHAR[]", "initials": "VARCHAR", "starts": "VARCHAR[]",
    "others": "VARCHAR[]", "shuffled": "VARCHAR[]",
    # of a person
    "orders": "VARCHAR[]", "shorts": "VARCHAR[]", "tokens": "VARCHAR[]",
    # what stands around it
    "countries": "VARCHAR[]", "beside": "VARCHAR[]", "beside_heads": "VARCHAR[]",
    "near": "VARCHAR[]", "bare": "BOOLEAN", "blocks": "VARCHAR[]",
}  # fmt: skip
Row = tuple[object, ...]


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
        bodies=_bodies(usage),
    )


def _bodies(usage: NameUsage) -> frozenset[str]:
    """The well-known public bodies that an organisation may be."""
    if usage.style != "organisation":
        return frozenset()
    return bodies_of(usage.name, frozenset(usage.countries))


def row_of(usage: NameUsage) -> Row:
    """The columns of a usage, in the order of COLUMNS."""
    style = usage.style
    if style == "person":
        return _person_row(usage)
    form = name_form(usage.name, style)
    assert form is not None  # a usage has a key
    keys = sorted({k for s in usage.stated if is_telling(k := key_of(s, style))})
    stated_acronyms = {a for s in usage.stated if (a := acronym_of(s))}
    acronyms = stated_acronyms | form.inner | ({form.acronym, form.bracketed} - {""})
    numbers, countries = {f"#{n}" for n in form.numbers}, {f"@{c}" for c in form.countries}
    initials = {form.initials, *form.translated}
    known = Known(keys, acronyms, _bodies(usage), _heads_beside(usage), broad(form))
    unnamed = form.is_role and style == "organisation"
    return _row(
        usage,
        plain="".join(dict.fromkeys(form.heads)),
        heads=sorted(form.heads),
        spelled=sorted({*form.heads, *form.readings}),
        systems=list(form.systems),
        palladius=list(form.palladius),
        script=form.script,
        tongue="-".join((form.script, *(form.languages if len(form.languages) == 1 else ()))),
        sounds=sorted(form.sounds),
        han=bool(form.han),
        distinct_=sorted(form.distinctive | countries | numbers),
        telling=sorted(form.distinctive),
        concepts=sorted(form.concepts),
        broad=known.broad,
        numbers=list(form.numbers),
        initials=form.initials,
        starts=[form.initials[:n] for n in range(3, len(form.initials))],
        others=sorted(form.translated - {form.initials}),
        acronyms=sorted(acronyms),
        cut=sorted(a[:-1] for a in acronyms if len(a) > 3),
        shuffled=sorted({"".join(sorted(a)) for a in acronyms | initials if len(a) > 3}),
        echoes=sorted(form.echoes),
        bodies=sorted(known.bodies),
        beside_heads=known.beside if style == "thing" else [],
        raw=form.raw,
        keys=keys,
        roots=sorted(form.roots),
        countries=sorted(usage.countries or form.countries),
        role=form.is_role,
        blocks=[] if unnamed else name_blocks(usage, form, known),
    )


def _row(usage: NameUsage, **given: object) -> Row:
    """The columns that are given, those that all usages have, and for the rest nothing."""
    given |= {
        "usage_id": usage.id, "kind": usage.kind, "key": usage.key, "beside": list(usage.beside),
        "near": list(usage.near), "bare": bool(usage.scope),
    }  # fmt: skip
    nothing: dict[str, object] = {"VARCHAR": "", "VARCHAR[]": [], "BOOLEAN": False}
    return tuple(given.get(name, nothing[type_]) for name, type_ in COLUMNS.items())


def broad(form: NameForm) -> list[str]:
    """Its concepts, each as what translators take for it."""
    return sorted(set(map(family_of, form.concepts)))


def _heads_beside(usage: NameUsage) -> list[str]:
    """The telling words of what stands beside a name: of an operator, a town."""
    return sorted({w for b in usage.beside for w in b.split() if w[0] not in "~@#!"})


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
    return _row(
        usage,
        plain=usage.key,
        sounds=sorted(form.sounds),
        han=bool(form.han),
        raw=usage.key,
        keys=[usage.key],
        orders=sorted(orders),
        shorts=sorted(form.shorts),
        tokens=sorted(form.names),
        countries=list(usage.countries),
        blocks=person_blocks(usage, form, orders),
    )
