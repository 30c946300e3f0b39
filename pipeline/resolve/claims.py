"""Claims as rows that weights compare, and the guards that keep two claims apart. Pure.

A claim is what one document says of a deal, event, paper or figure; its parties are entities of the
floor below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from pipeline.resolve.clusters import Band, Edge, pair_of
from pipeline.resolve.lexicon import lexicon
from pipeline.resolve.names import name_form
from pipeline.resolve.weights import Weights
from pipeline.resolve.word_lists import split_words, words
from pipeline.text.folding import fold_text

COLUMNS: dict[str, str] = {
    "usage_id": "VARCHAR", "kind": "VARCHAR", "key": "VARCHAR", "document": "VARCHAR",
    "type": "VARCHAR",
    "low": "VARCHAR", "high": "VARCHAR", "parties": "VARCHAR[]", "amounts": "VARCHAR[]",
    "numbers": "VARCHAR[]", "figures": "VARCHAR[]", "words": "VARCHAR[]", "places": "VARCHAR[]",
    "called": "VARCHAR[]", "blocks": "VARCHAR[]",
}  # fmt: skip
_DAYS_APART = 7  # by which two documents may date one thing differently
_MOST_BLOCKS = 40
_NAME = 2  # telling words of what is a name rather than a sentence
_TELLING_NUMBER = 5  # letters and digits; every issuer has a paper No. 12
_FAR = "9999-12-31"


@dataclass(frozen=True, slots=True)
class ClaimUsage:
    """The claims of one document that say the same, whatever they quote.

    `dates` are (field, first day, last day), ISO, the most telling first; `parties` ids of
    entities; `words` (field, text); `document` the key of the document.
    """

    id: str
    kind: str
    document: str
    records: tuple[str, ...]
    called: str
    type: str | None = None
    dates: tuple[tuple[str, str, str], ...] = ()
    parties: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    exact: tuple[str, ...] = ()


Guard = Callable[[ClaimUsage, ClaimUsage], bool]


@lru_cache(maxsize=1 << 15)
def telling(text: str) -> frozenset[str]:
    """What a text says in words that other languages share: names, concepts that distinguish,
    countries and numbers."""
    form = name_form(text, "thing")
    if form is None:
        return frozenset()
    countries = {f"@{c}" for c in form.countries}
    heads = {h for h in form.heads if len(h) > 3}
    said = form.distinctive - form.kinds
    return frozenset(heads | said | countries | {f"#{n}" for n in form.numbers})


@lru_cache(maxsize=1 << 15)
def said_in(text: str) -> frozenset[str]:
    """The same with the words that many texts share, such as kinds of paper and event."""
    form = name_form(text, "thing")
    return telling(text) | form.concepts if form else frozenset()


@lru_cache(maxsize=1 << 15)
def _place(text: str) -> str:
    form = name_form(text, "thing")
    return " ".join(sorted(form.key.split())) if form else text.casefold()


def row_of(claim: ClaimUsage) -> tuple[object, ...]:
    """The columns of a claim, in the order of COLUMNS."""
    said = sorted({t for _, text in claim.words for t in said_in(text)})
    called = sorted(said_in(claim.called))
    places = sorted({_place(text) for _, text in claim.places})
    low, high = _span(claim)
    numbers = sorted({_number(n) for n in claim.numbers})
    return (
        claim.id, claim.kind, "", claim.document, claim.type, low, high, list(claim.parties),
        list(claim.amounts), numbers, list(claim.figures), said, places, called,
        _blocks(claim, said, numbers, places, low),
    )  # fmt: skip


def _blocks(
    claim: ClaimUsage, said: list[str], numbers: list[str], places: list[str], low: str | None
) -> list[str]:
    """Where it looks for others: by two parties, a party and a year or amount, a number, a day,
    a place and month, and by what distinguishes its words."""
    year = (low or "")[:4]
    blocks = {f"n:{n}" for n in numbers}
    parties = sorted(claim.parties)[:_MOST_BLOCKS]
    blocks |= {f"p:{a}+{b}" for a, b in combinations(parties, 2)}
    blocks |= {f"p:{p}+{year}" for p in claim.parties} | {
        f"q:{p}+{claim.type}" for p in claim.parties
    }
    blocks |= {f"a:{a}+{year}" for a in claim.amounts}
    blocks |= {f"p:{p}+{a}" for p in claim.parties for a in claim.amounts}
    if low and len(low) == 10:
        blocks.add(f"d:{low}+{claim.type}")
    blocks |= {f"l:{p}+{(low or '')[:7]}" for p in places}
    rare = [t for t in said if not t.startswith("@")][:12]
    blocks |= {f"w:{a}+{b}" for a, b in combinations(rare[:8], 2)}
    blocks |= {f"f:{f}+{t}" for f in claim.figures for t in rare[:6]}
    return sorted(f"{claim.kind} {b}" for b in blocks)[:_MOST_BLOCKS]


def _span(claim: ClaimUsage) -> tuple[str | None, str | None]:
    if not claim.dates:
        return None, None
    _, low, high = claim.dates[0]
    return low or None, high or None


def _number(text: str) -> str:
    return "".join(c for c in fold_text(text.partition(":")[2] or text) if c.isalnum())


def types_differ(a: ClaimUsage, b: ClaimUsage) -> bool:
    """They say that they are different kinds: a term sheet, a fund agreement."""
    return bool(a.type and b.type and a.type != b.type)


def dates_conflict(a: ClaimUsage, b: ClaimUsage) -> bool:
    """Dates of the same field are more than a week apart; without a field in common, the first
    dates are more than a year apart."""
    mine, yours = {f: (x, y) for f, x, y in a.dates}, {f: (x, y) for f, x, y in b.dates}
    shared = [f for f in mine if f in yours]
    if shared:
        return _days_between(mine[shared[0]], yours[shared[0]]) > _DAYS_APART
    if mine and yours:
        return _days_between(a.dates[0][1:], b.dates[0][1:]) > 366
    return False


def numbers_differ(a: ClaimUsage, b: ClaimUsage) -> bool:
    """They are numbered, and otherwise; or their names are: the fourth forum, the fifth."""
    if a.numbers and b.numbers:
        return not {_number(n) for n in a.numbers} & {_number(n) for n in b.numbers}
    x, y = name_form(a.called, "thing"), name_form(b.called, "thing")
    return bool(x and y and x.numbers and y.numbers and set(x.numbers).isdisjoint(y.numbers))


def one_amends(a: ClaimUsage, b: ClaimUsage) -> bool:
    """One of them changes or adds to an earlier paper."""
    return _amends(a.called) != _amends(b.called)


def countries_conflict(a: ClaimUsage, b: ClaimUsage) -> bool:
    """They take place in different countries."""
    mine, yours = ({t for f, t in c.places if f == "country"} for c in (a, b))
    return bool(mine and yours and not mine & yours)


def exact_fields_differ(a: ClaimUsage, b: ClaimUsage) -> bool:
    """What must be the same, such as the unit of a figure, is not."""
    mine = {e.partition(":")[0]: _place(e.partition(":")[2]) for e in a.exact}
    yours = {e.partition(":")[0]: _place(e.partition(":")[2]) for e in b.exact}
    return any(mine[f] != yours[f] for f in mine.keys() & yours.keys())


def measures_differ(a: ClaimUsage, b: ClaimUsage) -> bool:
    """They measure what is called by other words."""
    mine, yours = telling(a.called), telling(b.called)
    return bool(a.figures and b.figures and mine and yours and not mine & yours)


def subjects_differ(a: ClaimUsage, b: ClaimUsage) -> bool:
    """No telling word of the one is in the other, as far as their scripts let it be told; or they
    name other products; but papers of one long number are one."""
    shared = set(map(_number, a.numbers)) & set(map(_number, b.numbers))
    if any(len(number) >= _TELLING_NUMBER for number in shared):
        return False
    fields = {f for f, _ in a.words} & {f for f, _ in b.words}
    named = [
        f
        for f in fields
        if all(len(telling(t)) <= _NAME for c in (a, b) for g, t in c.words if g == f)
    ]
    return _nothing_shared(a, b, None) or any(_nothing_shared(a, b, f) for f in named)


def _nothing_shared(a: ClaimUsage, b: ClaimUsage, field: str | None) -> bool:
    texts = [[t for f, t in c.words if field in (None, f)] for c in (a, b)]
    mine, yours = (frozenset().union(*map(telling, given)) for given in texts)
    scripts = [{f.script for t in given if (f := name_form(t, "thing"))} for given in texts]
    if not scripts[0] & scripts[1]:  # of names it cannot be told what a translator made of them
        mine, yours = mine & lexicon().concepts.keys(), yours & lexicon().concepts.keys()
    return bool(mine and yours and not mine & yours)


def parties_differ(a: ClaimUsage, b: ClaimUsage) -> bool:
    """Each has a party that the other has not."""
    mine, yours = set(a.parties), set(b.parties)
    return bool(mine - yours and yours - mine)


def figures_differ(a: ClaimUsage, b: ClaimUsage) -> bool:
    """They measured different figures."""
    return bool(a.figures and b.figures and not set(a.figures) & set(b.figures))


GUARDS: tuple[Guard, ...] = (
    types_differ, dates_conflict, numbers_differ, one_amends, countries_conflict,
    exact_fields_differ, measures_differ, figures_differ, subjects_differ, parties_differ,
)  # fmt: skip
# What a person or a model may overrule; weights alone may not.
ASKABLE = frozenset(
    (
        "parties_differ",
        "subjects_differ",
        "exact_fields_differ",
        "figures_differ",
        "measures_differ",
        "one_amends",
        "countries_conflict",
    )
)


def decide(
    a: ClaimUsage, b: ClaimUsage, bits: float, parts: Mapping[str, float], weights: Weights
) -> Edge | None:
    """The edge of two claims; None for a pair that too little speaks for."""
    if bits < weights.ask("claim"):
        return None
    ends = pair_of(a.id, b.id)
    for guard in GUARDS:
        if guard(a, b):
            askable = guard.__name__ in ASKABLE or (guard is types_differ and _told_loosely(a, b))
            band: Band = "asked" if askable else "apart"
            return Edge(*ends, band, bits, guard.__name__, "guard", parts)
    strongest = max(parts, key=lambda p: (parts[p], p), default="weights")
    reason = f"same_{strongest}"
    return Edge(*ends, "joined" if bits >= weights.join else "asked", bits, reason, "score", parts)


def _told_loosely(a: ClaimUsage, b: ClaimUsage) -> bool:
    """Whether the same parties do it and one of them says no day: it may speak of a fund where the
    other speaks of its founding."""
    return len(a.parties) > 1 and set(a.parties) == set(b.parties) and not (a.dates and b.dates)


def lone_strangers(
    claims: Mapping[str, ClaimUsage], pairs: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Entities that two claims of one type and date leave over, one each, when all their other
    parties, two at least, or one and the amount, are the same: evidence that they are one."""
    found = set()
    for left, right in pairs:
        a, b = claims[left], claims[right]
        if not a.type or a.type != b.type or dates_conflict(a, b) or not (a.dates and b.dates):
            continue
        mine, yours = set(a.parties), set(b.parties)
        shared = len(mine & yours) + (len(set(a.amounts) & set(b.amounts)) > 0)
        if len(mine - yours) == 1 and len(yours - mine) == 1 and shared > 1:
            found.add(pair_of(*(mine ^ yours)))
    return sorted(found)


def _days_between(mine: tuple[str, ...], yours: tuple[str, ...]) -> int:
    (low, high), (other_low, other_high) = mine, yours
    if (low or "") <= (other_high or _FAR) and (other_low or "") <= (high or _FAR):
        return 0
    first = min(high or _FAR, other_high or _FAR)
    second = max(low or "0001-01-01", other_low or "0001-01-01")
    return abs((date.fromisoformat(second) - date.fromisoformat(first)).days)


@lru_cache(maxsize=1 << 14)
def _amends(text: str) -> bool:
    folded = fold_text(text)
    given = set(split_words(folded))
    return any(w in given if w.isascii() or len(w) > 3 else w in folded for w in words().amendments)
