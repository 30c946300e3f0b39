"""Guards: facts that keep two names apart, whatever else speaks for them. Pure.

Each guard takes two sides and says whether it holds. `GUARDS` lists them by style; the first that
holds decides. A guard named in `ASKABLE` only forbids to join without being asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rapidfuzz.distance import OSA

from pipeline.records import Style
from pipeline.resolve.heads import sounding, unmatched
from pipeline.resolve.lexicon import family_of
from pipeline.resolve.person_guards import (
    families_differ,
    genders_differ,
    given_names_differ,
    han_names_differ,
    initials_conflict,
    lives_differ,
    patronymics_conflict,
)
from pipeline.resolve.side import Guard, Held, Side, names_of

_HAN_SHUFFLED = 6  # characters that are hardly two names in two orders


def role_is_no_name(a: Side, b: Side) -> bool:
    """One of them only says who somebody is in its own text: "the partners", 哈方."""
    x, y = names_of(a, b)
    return (x.is_role or y.is_role) and a.scope != b.scope


def bodies_differ(a: Side, b: Side) -> bool:
    """They are names of two well-known public bodies."""
    return bool(a.bodies and b.bodies and not a.bodies & b.bodies)


def operators_differ(a: Side, b: Side) -> bool:
    """Their names only say what they are, and each stands beside somebody or somewhere that the
    other does not: the training centre of X, of Y."""
    x, y = names_of(a, b)
    return not (x.heads or y.heads) and bool(a.within - b.within and b.within - a.within)


def numbers_differ(a: Side, b: Side) -> bool:
    """Both are numbered, and otherwise: Hospital No. 3, Hospital No. 5."""
    x, y = names_of(a, b)
    return bool(x.numbers and y.numbers and x.numbers != y.numbers)


def countries_conflict(a: Side, b: Side) -> bool:
    """The names, or what documents claim, give them different countries."""
    x, y = names_of(a, b)
    ours, theirs = a.countries or x.countries, b.countries or y.countries
    return bool(ours and theirs and not ours & theirs)


def countries_named_differ(a: Side, b: Side) -> bool:
    """The names themselves give different countries: Ministry of Health of X, of Y."""
    x, y = names_of(a, b)
    return bool(x.countries and y.countries and not x.countries & y.countries)


def legal_forms_differ(a: Side, b: Side) -> bool:
    """Their legal forms are of different countries: GmbH, S.p.A."""
    x, y = names_of(a, b)
    return bool(x.form_countries and y.form_countries and not x.form_countries & y.form_countries)


def han_characters_differ(a: Side, b: Side) -> bool:
    """Both are written in Han, and in different characters, however they sound."""
    x, y = names_of(a, b)
    if len(x.han) >= _HAN_SHUFFLED and sorted(x.han) == sorted(y.han):
        return False  # the same in another order
    return bool(x.han and y.han and x.han != y.han and not (x.han in y.han or y.han in x.han))


def distinctive_heads_differ(a: Side, b: Side) -> bool:
    """Each has a word of its own that the other has in no spelling, script or translation."""
    x, y = names_of(a, b)
    ours, theirs = unmatched(x, y)
    if ours and theirs:
        return True
    more, less = x.distinctive - y.distinctive, y.distinctive - x.distinctive
    return bool((ours and less - x.concepts) or (theirs and more - y.concepts))


def one_has_a_head_more(a: Side, b: Side) -> bool:
    """One has a distinctive word that the other lacks: JPH Bioneva and Bioneva."""
    x, y = names_of(a, b)
    ours, theirs = unmatched(x, y)
    return bool(ours) != bool(theirs)


def one_sided_qualifier(a: Side, b: Side) -> bool:
    """Behind a shared head one has a word that marks an affiliate or part: Genomics, Research,
    Group."""
    x, y = names_of(a, b)
    if not (set(x.heads) | x.distinctive) & (set(y.heads) | y.distinctive) and not sounding(x, y):
        return False
    more = (x.qualifiers - y.concepts) | (y.qualifiers - x.concepts)
    if x.kinds & y.kinds:  # "Centre" and "Centre for Research" may be one, "Group" is always more
        more &= x.kinds | y.kinds
    return bool(more)


def qualifiers_differ(a: Side, b: Side) -> bool:
    """Each marks an affiliate or part that the other is not: Research, Diagnostics."""
    x, y = names_of(a, b)
    return bool(x.qualifiers - y.concepts and y.qualifiers - x.concepts)


def kind_words_differ(a: Side, b: Side) -> bool:
    """They say that they are different kinds of thing: an institute, a university."""
    x, y = names_of(a, b)
    return bool(x.kinds and y.kinds and not x.kinds & y.kinds)


def _kinds_are_near(a: Side, b: Side) -> bool:
    """Whether translators take the one kind for the other: a programme, a plan."""
    x, y = names_of(a, b)
    return bool(set(map(family_of, x.kinds)) & set(map(family_of, y.kinds)))


def distinction_is_one_sided(a: Side, b: Side) -> bool:
    """One has a distinguishing attribute more: inactivated vaccine, vaccine."""
    x, y = names_of(a, b)
    return x.distinctive != y.distinctive and (
        x.distinctive < y.distinctive or y.distinctive < x.distinctive
    )


def distinctions_differ(a: Side, b: Side) -> bool:
    """Each has a distinguishing attribute that the other lacks: oral, injectable."""
    x, y = names_of(a, b)
    return bool(x.distinctive - y.distinctive and y.distinctive - x.distinctive)


def one_is_numbered(a: Side, b: Side) -> bool:
    """One has a number and the other has none: X-2 and X, Biomed 2030 and Biomed."""
    x, y = names_of(a, b)
    return bool(x.numbers) != bool(y.numbers)


def bearers_differ(a: Side, b: Side) -> bool:
    """The names say nothing that distinguishes, and no country or owner is known to be the same."""
    x, y = names_of(a, b)
    if not (x.is_generic and y.is_generic):
        return False
    ours, theirs = a.countries or x.countries, b.countries or y.countries
    return not (ours & theirs or a.within & b.within)


GUARDS: dict[Style, tuple[Guard, ...]] = {
    "organisation": (
        role_is_no_name, numbers_differ, countries_named_differ, bodies_differ,
        han_characters_differ, distinctive_heads_differ, qualifiers_differ, one_sided_qualifier,
        kind_words_differ,
        one_has_a_head_more, distinctions_differ, distinction_is_one_sided, countries_conflict,
        legal_forms_differ, bearers_differ, one_is_numbered,
    ),
    "thing": (
        role_is_no_name, numbers_differ, countries_named_differ, han_characters_differ,
        distinctive_heads_differ, kind_words_differ, distinctions_differ, one_is_numbered,
        one_has_a_head_more, distinction_is_one_sided, countries_conflict, bearers_differ,
        operators_differ,
    ),
    "person": (
        han_names_differ, patronymics_conflict, initials_conflict, given_names_differ,
        genders_differ, families_differ, lives_differ,
    ),
}  # fmt: skip
# What a person or a model may overrule; weights alone may not.
ASKABLE = frozenset(
    ("countries_conflict", "legal_forms_differ", "bearers_differ", "one_has_a_head_more",
    "lives_differ", "one_is_numbered", "operators_differ", "bodies_differ",
     "distinction_is_one_sided")
)  # fmt: skip


# What may be overruled between two scripts: what a translator made of a word cannot be known.
ASKABLE_ACROSS_SCRIPTS = frozenset(
    ("distinctive_heads_differ", "kind_words_differ", "distinctions_differ", "one_sided_qualifier")
)


# What compares the words of two names, which an acronym has not.
OF_WORDS = frozenset(
    ("distinctive_heads_differ", "one_has_a_head_more", "one_sided_qualifier", "qualifiers_differ",
     "kind_words_differ", "distinction_is_one_sided", "distinctions_differ", "numbers_differ",
     "one_is_numbered", "bearers_differ", "role_is_no_name")
)  # fmt: skip


def first_guard(a: Side, b: Side) -> Held | None:
    """The first guard that holds of a pair, in the order of GUARDS; one that nobody may overrule
    before one that somebody may."""
    held: Held | None = None
    bare = _is_bare_acronym(a) or _is_bare_acronym(b)
    wordless = bool(a.bodies & b.bodies) or (bare and not _shares_a_head(a, b))
    for guard in GUARDS[a.style]:
        name = guard.__name__
        if not (wordless and name in OF_WORDS) and guard(a, b):
            relation = "part_of" if name in ("one_sided_qualifier", "qualifiers_differ") else ""
            askable = name in ASKABLE or (name in ASKABLE_ACROSS_SCRIPTS and _other_scripts(a, b))
            askable = askable or (name in _OF_SPELLING and _nearly_the_same(a, b))
            askable = askable or (name == "kind_words_differ" and _kinds_are_near(a, b))
            if name == "countries_conflict" and _says_nothing(a, b):
                askable = False  # ministries of two countries are two
            if not askable:
                return Held(name, False, relation)
            held = held or Held(name, True, relation)
    return held


# What a slip of the pen may bring about.
_OF_SPELLING = ASKABLE_ACROSS_SCRIPTS | {"han_characters_differ", "qualifiers_differ"}


def _nearly_the_same(a: Side, b: Side) -> bool:
    """Whether the whole names are a letter or two apart."""
    if a.name is None or b.name is None:
        return False
    x, y = a.name.raw, b.name.raw
    han = bool(a.name.han and b.name.han)
    least = min(len(x), len(y))
    return least >= (6 if han else 12) and OSA.distance(x, y) <= (1 if han else 2)


def _says_nothing(a: Side, b: Side) -> bool:
    return bool(a.name and b.name and a.name.is_generic and b.name.is_generic)


def _shares_a_head(a: Side, b: Side) -> bool:
    """Whether an acronym is a word of the other name: BGI, BGI Research."""
    return bool(a.name and b.name and set(a.name.heads) & set(b.name.heads))


def _is_bare_acronym(side: Side) -> bool:
    return bool(
        side.name and side.name.acronym and len(side.name.heads) == 1 and not side.name.concepts
    )


def _other_scripts(a: Side, b: Side) -> bool:
    """Whether the names are of two scripts or, as far as their words tell, languages."""
    if a.name is None or b.name is None:
        return False
    ours, theirs = a.name.languages, b.name.languages
    return a.name.script != b.name.script or bool(ours and theirs and not ours & theirs)


def guard_meaning(name: str, guards: Iterable[Callable[..., bool]]) -> str:
    """What the guard of this name among `guards` says, in one line; empty if there is none. Names
    and claims have guards of one name that say different things."""
    known = {g.__name__: g for g in guards}
    return " ".join((known[name].__doc__ or "").split()) if name in known else ""
