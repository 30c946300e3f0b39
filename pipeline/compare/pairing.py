"""Which record of one set is which of the other: by optimal assignment of likeness.

Likeness of two records is that of what identifies them, of all they say and of what they quote,
each a Dice coefficient over words (L. R. Dice, 1945), for scripts without spaces over pairs of
letters. The assignment that maximises the sum is found by scipy (Jonker and Volgenant's algorithm
as of D. F. Crouse, 2016).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.compare.claims import Claim
from pipeline.text.folding import fold_text, is_unspaced

LEAST = 0.4  # likeness below which two records are not one
_REPEATS = 0.85  # likeness at which a record repeats another of its own document
_IDENTITY, _VALUES, _QUOTES = 0.5, 0.25, 0.25
_ALL_PAIRS = 40_000  # beyond it only records that share a rare word are looked at
_RARE = 20
_WORD = re.compile(r"\w+")

Words = Counter[str]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Pairs, and what is left of either side; in the order given."""

    pairs: tuple[tuple[Claim, Claim], ...]
    left: tuple[Claim, ...]
    right: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a record is compared by."""

    identity: Words
    values: Words
    quotes: Words


def profile(claim: Claim, fields: Sequence[str]) -> Profile:
    """The profile of a record whose type is told apart by `fields`."""
    known = claim.texts(fields) if fields else [v.text for v in claim.values]
    said = Counter(f"{v.field}={fold_text(v.text)}" for v in claim.values)
    return Profile(words_in(known), said, words_in(q.quote or q.text for q in claim.quotes))


def likeness(one: Profile, other: Profile) -> float:
    """0 to 1."""
    return (
        _IDENTITY * dice(one.identity, other.identity)
        + _VALUES * dice(one.values, other.values)
        + _QUOTES * dice(one.quotes, other.quotes)
    )


def pair(
    left: Sequence[Claim], right: Sequence[Claim], fields: Mapping[str, Sequence[str]]
) -> Pairing:
    """Pair the records of one document and type. `fields` names what tells records apart by type;
    records that say the same on the same quotes are paired first."""
    equal, left, right = _equal(left, right)
    profiles = {c.id: profile(c, fields.get(c.type, ())) for c in (*left, *right)}
    found: list[tuple[Claim, Claim]] = []
    for group_left, group_right in _groups(left, right, profiles):
        found += _assigned(group_left, group_right, profiles)
    found = _without_repeats(found, equal, profiles, fields)
    ones, others = {one.id for one, _ in found}, {other.id for _, other in found}
    return Pairing(
        (*equal, *found),
        tuple(c for c in left if c.id not in ones),
        tuple(c for c in right if c.id not in others),
    )


def _without_repeats(
    found: list[tuple[Claim, Claim]],
    equal: Sequence[tuple[Claim, Claim]],
    profiles: Mapping[str, Profile],
    fields: Mapping[str, Sequence[str]],
) -> list[tuple[Claim, Claim]]:
    """Pairs without such of which one side repeats a record that is paired already, and is less
    like its partner: it was merged into that record, or split from it."""
    if not found:
        return found
    known = [
        (profile(a, fields.get(a.type, ())), profile(b, fields.get(b.type, ()))) for a, b in equal
    ]
    kept = []
    for one, other in found:
        left, right = profiles[one.id], profiles[other.id]
        alike = likeness(left, right)
        best = max((max(likeness(left, b), likeness(right, a)) for a, b in known), default=0.0)
        if best < _REPEATS or best <= alike:
            kept.append((one, other))
    return kept


def _equal(
    left: Sequence[Claim], right: Sequence[Claim]
) -> tuple[list[tuple[Claim, Claim]], list[Claim], list[Claim]]:
    """Records with the same id, then such as say the same on the same quotes; and the others."""
    pairs: list[tuple[Claim, Claim]] = []
    for key in (_id, _content):
        waiting: dict[object, list[Claim]] = defaultdict(list)
        for claim in reversed(right):
            waiting[key(claim)].append(claim)
        rest = []
        for claim in left:
            if same := waiting.get(key(claim)):
                pairs.append((claim, same.pop()))
            else:
                rest.append(claim)
        found = {id(other) for _, other in pairs}
        left, right = rest, [c for c in right if id(c) not in found]
    return pairs, list(left), list(right)


def _id(claim: Claim) -> object:
    return claim.id


def _content(claim: Claim) -> object:
    return (
        tuple(q.quote or q.text for q in claim.quotes),
        tuple((v.path, v.text) for v in claim.values),
    )


def _groups(
    left: Sequence[Claim], right: Sequence[Claim], profiles: Mapping[str, Profile]
) -> list[tuple[list[Claim], list[Claim]]]:
    """Groups that can be assigned each for itself: all, or those that share rare words."""
    if not left or not right:
        return []
    if len(left) * len(right) <= _ALL_PAIRS:
        return [(list(left), list(right))]
    sides = [(0, i, c) for i, c in enumerate(left)] + [(1, i, c) for i, c in enumerate(right)]
    places: dict[str, list[int]] = defaultdict(list)
    for number, (_, _, claim) in enumerate(sides):
        for word in (*profiles[claim.id].identity, *profiles[claim.id].quotes):
            places[word].append(number)
    root = _joined(len(sides), [p for p in places.values() if 2 <= len(p) <= _RARE])
    found: dict[int, tuple[list[Claim], list[Claim]]] = defaultdict(lambda: ([], []))
    for number, (side, _, claim) in enumerate(sides):
        found[root(number)][side].append(claim)
    return [group for group in found.values() if group[0] and group[1]]


def _joined(count: int, sets: Sequence[Sequence[int]]) -> Callable[[int], int]:
    """Union-find: the representative of each number once the sets are joined."""
    parent = list(range(count))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for members in sets:
        for member in members[1:]:
            parent[root(member)] = root(members[0])
    return root


def _assigned(
    left: list[Claim], right: list[Claim], profiles: Mapping[str, Profile]
) -> list[tuple[Claim, Claim]]:
    likenesses = [[likeness(profiles[a.id], profiles[b.id]) for b in right] for a in left]
    if len(left) == len(right) == 1:
        return [(left[0], right[0])] if likenesses[0][0] >= LEAST else []
    from scipy.optimize import linear_sum_assignment

    # What is too unlike counts nothing, so that it does not push a better pair aside.
    weights = [[value if value >= LEAST else 0.0 for value in row] for row in likenesses]
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [(left[i], right[j]) for i, j in zip(rows, columns, strict=True) if weights[i][j]]


def words_in(texts: Iterable[str]) -> Words:
    """The folded words of texts; of scripts without spaces pairs of letters."""
    found: Words = Counter()
    for text in texts:
        found.update(_words(text))
    return found


@lru_cache(maxsize=100_000)
def _words(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in _WORD.findall(fold_text(text)):
        if is_unspaced(word[0]):
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        else:
            found.append(word)
    return tuple(found)


def dice(one: Words, other: Words) -> float:
    """Twice the words that both have, of all words of both. Of two that are both empty it is 0:
    nothing speaks for their being one."""
    both = one.total() + other.total()
    if not both:
        return 0.0
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return 2 * sum(min(n, large[w]) for w, n in small.items() if w in large) / both
