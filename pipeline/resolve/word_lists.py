"""Small words, legal forms, roles and titles around names, as `words.toml` lists them. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.text.folding import fold_text


@dataclass(frozen=True, slots=True)
class Words:
    """What `words.toml` lists, folded."""

    legal_forms: frozenset[tuple[str, ...]]
    han_forms: tuple[str, ...]
    stop_words: frozenset[str]
    roles: frozenset[tuple[str, ...]]
    han_roles: frozenset[str]
    titles: frozenset[str]
    amendments: tuple[str, ...]
    form_countries: Mapping[str, str]
    han_titles: tuple[str, ...]
    tell_language: Mapping[str, frozenset[str]]
    number_words: Mapping[str, int]
    unmistakable_forms: frozenset[str]


def split_words(text: str) -> list[str]:
    """The words of a folded text: letters and digits, with & and an inner apostrophe or dot
    gone."""
    joined = re.sub(r"(?<=\w)['.](?=\w)", "", text)
    return [w for w in re.split(r"[^\w&/]+", joined) if w and w != "/"]


@cache
def words() -> Words:
    """The word lists."""
    given = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return Words(
        legal_forms=frozenset(tuple(split_words(fold_text(f))) for f in given["legal_forms"]),
        han_forms=tuple(sorted((fold_text(f) for f in given["han_forms"]), key=len, reverse=True)),
        stop_words=frozenset(given["stop_words"]),
        roles=frozenset(tuple(split_words(fold_text(r))) for r in given["roles"]),
        han_roles=frozenset(given["han_roles"]),
        titles=frozenset(given["titles"]),
        form_countries=given["form_countries"],
        amendments=tuple(fold_text(w) for w in given["amendments"]),
        han_titles=tuple(given["han_titles"]),
        unmistakable_forms=frozenset(given["unmistakable_forms"]),
        number_words={w: int(n) for n, listed in given["numbers"].items() for w in listed},
        tell_language={
            w: frozenset((n,)) for n, listed in given["small_words"].items() for w in listed
        },
    )
