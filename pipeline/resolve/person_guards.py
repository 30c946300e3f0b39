"""Guards that keep the names of two people apart. Pure."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from pipeline.resolve.people import PersonForm, letter, shared_names, slip, stem_of
from pipeline.resolve.side import Side, people_of


def given_names_differ(a: Side, b: Side) -> bool:
    """They share a family name, but their given names are two names, even if they sound alike:
    Marat, Murat."""
    x, y = people_of(a, b)
    both, ours, theirs = shared_names(x, y)
    if not both or x.orders & y.orders or _transcribed(x, y):
        return False
    if not (ours and theirs):
        return False
    return not any(slip(n, m) for n in ours for m in theirs)


def families_differ(a: Side, b: Side) -> bool:
    """They share no name, nor do their consonants agree."""
    x, y = people_of(a, b)
    if bool(x.han) != bool(y.han) and len(set(x.sounds) & set(y.sounds)) > 1:
        return False
    if x.orders & y.orders or set(x.names) & set(y.names) or _transcribed(x, y):
        return False
    matched = sum(any(slip(n, m) for m in y.names) for n in x.names)
    return matched < min(len(x.names), len(y.names))


def initials_conflict(a: Side, b: Side) -> bool:
    """An initial fits no name of the other."""
    x, y = people_of(a, b)
    for one, other in ((x, y), (y, x)):
        whole = [*other.names, other.patronymic] if other.patronymic else other.names
        known = [*map(letter, whole), *other.initials]
        full = len(other.names) + len(other.initials) > 1
        short = len(one.names) < 2  # a middle initial beside two names says little
        if full and short and any(i not in known for i in one.initials[:1]):
            return True
    if len(x.initials) > 1 and len(y.initials) > 1:
        return set(x.initials) != set(y.initials)
    return False


def patronymics_conflict(a: Side, b: Side) -> bool:
    """Both have a patronymic, and they are two."""
    x, y = people_of(a, b)
    if x.patronymic and y.patronymic:
        return not slip(stem_of(x.patronymic), stem_of(y.patronymic))
    for one, other in ((x, y), (y, x)):
        if one.patronymic and len(other.initials) > 1:
            return letter(one.patronymic) not in other.initials
    return False


def genders_differ(a: Side, b: Side) -> bool:
    """One family name is a woman's, the other a man's: Orlov, Orlova."""
    x, y = people_of(a, b)
    return bool(x.gendered and y.gendered and x.gendered != y.gendered)


def han_names_differ(a: Side, b: Side) -> bool:
    """Both are written in Han, and in different characters, however they sound."""
    x, y = people_of(a, b)
    return bool(x.han and y.han and x.han != y.han)


def lives_differ(a: Side, b: Side) -> bool:
    """Country and employer are known of both, and neither agrees."""
    countries = bool(a.countries and b.countries and not a.countries & b.countries)
    return countries and bool(a.within and b.within and not a.within & b.within)


def _transcribed(x: PersonForm, y: PersonForm) -> bool:
    """Whether one is in Han and sounds much as the other, which is not."""
    if bool(x.han) == bool(y.han):
        return False
    ours, theirs = "".join(x.sounds), "".join(y.sounds)
    longer = max(len(ours), len(theirs))
    return OSA.distance(ours, theirs) <= (0 if longer < 4 else 1 if longer < 7 else 2)
