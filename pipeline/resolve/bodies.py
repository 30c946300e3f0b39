"""Well-known public bodies by all the names they go by: what no rule can tell of an acronym (BfArM,
НМПА) or a short name. Pure.

`bodies.toml` lists them: country | names. A name of several words is known by them without legal
form and small words, whatever their case; one word in Latin letters, and an acronym, as it is
written.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from pipeline.resolve.legal_forms import without_legal_forms
from pipeline.resolve.names import plain_text
from pipeline.resolve.word_lists import split_words, words

_FILE = Path(__file__).with_name("bodies.toml")


@lru_cache(maxsize=1 << 16)
def bodies_of(name: str, countries: frozenset[str] = frozenset()) -> frozenset[str]:
    """The bodies that a name may mean, but those of other countries than documents claim for its
    bearer."""
    found = _known().get(spelt(name), {})
    return frozenset(
        b for b, country in found.items() if not (country and countries) or country in countries
    )


def spelt(name: str) -> str:
    """How the table knows a name."""
    bare = name.strip().strip("\"'«»“”„")
    if " " not in bare and (bare.isupper() or bare.isascii()):
        return bare
    given = without_legal_forms(split_words(plain_text(bare)))
    return " ".join(w for w in given if w not in words().stop_words)


@cache
def _known() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for body, line in tomllib.loads(_FILE.read_text(encoding="utf-8"))["bodies"].items():
        country, _, names = line.partition("|")
        for name in _listed(names):
            found[spelt(name)][body] = country.strip()
    return found


def _listed(names: str) -> Iterable[str]:
    return filter(None, (name.strip() for name in names.split(";")))
