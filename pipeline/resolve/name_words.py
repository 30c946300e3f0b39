"""A name read word by word: what the lexicon knows, numbers, and the heads that are left. Pure."""

from __future__ import annotations

import re

from pipeline.records import Style
from pipeline.resolve.inflection import is_kazakh, russian_base, without_adjective
from pipeline.resolve.legal_forms import is_legal_form
from pipeline.resolve.lexicon import Concept, lexicon
from pipeline.resolve.scripts import (
    acronym_letters,
    from_palladius,
    is_cyrillic,
    latin,
    one_system,
    other_readings,
    sound,
)
from pipeline.resolve.word_lists import words
from pipeline.text.folding import is_han

_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"(?:x{0,3})(?:ix|iv|v?i{0,3})")
# What stands at a number without a blank: 4th, №7, 5мг, v2.
_BESIDE_A_NUMBER = (
    "th", "st", "nd", "rd", "i", "ia", "e", "no", "nr", "v",
)  # fmt: skip
_HEARD = 7  # letters of a common word that a slip of the pen may spoil
_NAMED_AFTER = ("им", "имени", "after")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_SHORT = 7  # letters of a word that may be an acronym
_SHOUTED = 3  # words of a name in which one in capitals is an acronym of its bearer
_INNER = re.compile(r"(?<!\w)[A-ZА-ЯЁ]{3,7}(?!\w)")
_INITIALS = range(3, 9)  # words of a name whose first letters may be an acronym
_MAB = re.compile("(\\w{4,})(?:mab|маб[а-я]?)")  # the stem of monoclonal antibodies (WHO 2017)

_THIS = "该本此"
_FORMERLY = re.compile("^(?:原名|曾用名|前身为|前身|原)(?=[\u3400-\u9fff]{3})")
_HAN_NUMBERS = (
    (re.compile("第([一二三四五六])代"), 0, ""),  # a generation
    (re.compile("十([一二三四五六])五"), 10, "five_year"),  # a plan of five years
    (re.compile("第?([一二三四五六七八九十]{1,3}|[0-9]+)[届期号]"), 0, ""),
    (re.compile("第([一二三四五六七八九十]{1,3})"), 0, ""),
)
# Two countries at the beginning of a name: 中哈, 俄中.
_PAIR = re.compile(
    "(?:中[哈俄乌吉塔蒙美英法德日韩印白]|[哈俄乌吉塔蒙]中|哈俄|俄哈)(?=[\u3400-\u9fff]{2})"
)
_SHORT_COUNTRIES = {
    "中": "CN", "哈": "KZ", "俄": "RU", "乌": "UZ", "吉": "KG", "塔": "TJ", "蒙": "MN", "美": "US",
    "英": "GB", "法": "FR", "德": "DE", "日": "JP", "韩": "KR", "印": "IN", "白": "BY",
}  # fmt: skip
# One character at the end of a name that says what it is.
_HAN_ENDINGS = {
    "部": "ministry",
    "局": "department",
    "厅": "department",
    "署": "agency",
    "厂": "plant",
}


class NameWords:
    """The words of a name while they are read, as NameForm lists them. `order` is the key word by
    word, `first` the first letters, `is_role` whether a word says who somebody is in a text."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.order: list[str] = []
        self.heads: list[str] = []
        self.readings: list[str] = []
        self.echoes: list[str] = []
        self.chinese: list[str] = []
        self.is_chinese = False
        self.sounds: list[str] = []
        self.letters: list[str] = []
        self.concepts: list[Concept] = []
        self.numbers: list[str] = []
        self.first: list[str] = []
        self.han: list[str] = []
        self.is_role = False
        self._units: list[Concept | str] = []  # concepts, and first letters of other words
        self._languages: list[frozenset[str]] = []

    def take_words(self, given: list[str]) -> None:
        """Take words of a script with spaces, without the legal form around them."""
        at = 0
        while at < len(given):
            if self.style == "person":
                self._plain(given[at])
                at += 1
            else:
                at += self._phrase(given, at) or self._single(given[at])

    def _plain(self, word: str) -> None:
        if word not in words().stop_words:
            self._word(word)

    def _phrase(self, given: list[str], at: int) -> int:
        """Take what the lexicon knows from a word on; how many words that are."""
        lists, known = words(), lexicon()
        found = known.match(given, at)
        if found is None or (found[0].is_town and given[at] in lists.stop_words):
            return 0
        if found[0].is_town and at and given[at - 1] in _NAMED_AFTER:
            return 0
        concept, length = found
        phrase = tuple(given[at : at + length])
        self.first += [acronym_letters(w[:1]) for w in phrase if w not in lists.stop_words]
        self._concept(concept, "".join(phrase))
        self._at_home(known.languages_of(phrase), phrase[0])
        self.is_role = self.is_role or phrase in lists.roles
        return length

    def _single(self, word: str) -> int:
        """Take one word that is in no phrase."""
        lists, known = words(), lexicon()
        if (word,) in lists.roles:
            self.is_role = True
            self.order.append(f"!{latin(word)}")
        elif word in lists.stop_words or (self.order and word in lists.unmistakable_forms):
            self._at_home(lists.tell_language.get(word), word)
        elif word in lists.number_words:
            self._number(lists.number_words[word])
        elif self.style == "thing" and (antibody := _MAB.fullmatch(word)):
            self._word(antibody[1])
            self._concept(known.concepts["antibody"])
        elif parts := known.parts(word):
            self.first.append(acronym_letters(word[:1]))
            for concept in parts:
                self._concept(concept, word, inflected=word not in known.abbreviated)
            self._at_home(None, word)
        else:
            self._word(word)
        return 1

    def take_han(self, run: str) -> None:
        """Take a run of Han: what the lexicon knows, and what is left between."""
        if run in words().han_roles or run[:1] in _THIS:
            self.is_role = True
            self.order.append(f"!{latin(run)}")
            return
        run = _FORMERLY.sub("", run)
        at, left = 0, ""
        if pair := _PAIR.match(run):
            at = 2
            for letter in pair[0]:
                self._concept(lexicon().concepts[f"@{_SHORT_COUNTRIES[letter]}"])
        while at < len(run):
            length = 0 if self.style == "person" else self._known_han(run, at, left)
            left = "" if length else left + run[at]
            at += length or 1
        self._han_head(left)

    def _known_han(self, run: str, at: int, left: str) -> int:
        """Take a number or concept, after the head that is left before it; how many characters that
        are."""
        known = lexicon()
        for pattern, base, concept in _HAN_NUMBERS:
            if number := pattern.match(run, at):
                self._han_head(left)
                self._number(base + _han_number(number[1]))
                if concept:
                    self._concept(known.concepts[concept])
                return number.end() - at
        found = known.match_han(run, at)
        if found is None and at == len(run) - 1 and at and run[at] in _HAN_ENDINGS:
            found = (known.concepts[_HAN_ENDINGS[run[at]]], 1)
        if found is None:
            return 0
        self._han_head(left)
        self._concept(found[0], run[at : at + found[1]])
        self.first.append(found[0].id.lstrip("@")[:1])
        return found[1]

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which all words are at home."""
        return frozenset.intersection(*self._languages) if self._languages else frozenset()

    @property
    def translated(self) -> frozenset[str]:
        """The initials that its translations may have, word by word in this order."""
        units = [u for u in self._units if isinstance(u, str) or not (u.is_country or u.is_town)]
        if len(units) not in _INITIALS:
            return frozenset()
        initials, found = lexicon().initials, set()
        for language in ("en", "ru", "kk", "de", "fr"):
            given = [u if isinstance(u, str) else initials[u.id].get(language, "") for u in units]
            if all(given):
                found.add("".join(given))
        return frozenset(found)

    def _at_home(self, languages: frozenset[str] | None, word: str) -> None:
        """Note in which languages a word is at home."""
        if is_kazakh(word):
            languages = frozenset(("kk",))
        if languages:
            self._languages.append(languages)

    def _concept(self, concept: Concept, words: str = "", *, inflected: bool = False) -> None:
        """Take a concept that these words name. How telling ones sound is noted, for brands are as
        often transcribed as translated, and how long ones are spelled, for slips of the pen."""
        if concept.silent:
            return
        if concept.id in _ORDINALS:
            self._number(_ORDINALS[concept.id])
            return
        self._units.append(concept)
        self.concepts.append(concept)
        told = latin(words) if words and (concept.weak or inflected) else ""
        self.order.append(concept.id if concept.is_country else told or f"~{concept.id}")
        tells = not (concept.generic or concept.is_country)
        if words and (tells or (len(words) >= _HEARD and not is_han(words[0]))):
            self.echoes.append(latin(words))

    def _word(self, word: str) -> None:
        plain = latin(word)
        if not plain:
            return
        self.first.append(acronym_letters(word[:1]))
        numbers = [int(n) for n in _NUMBER.findall(plain)]
        if not numbers and 1 < len(word) <= 5 and _ROMAN.fullmatch(word):
            self._number(_roman(word))
            return
        coded = len(numbers) > 1 and not plain.isdecimal()  # H3N2 is not H2N3
        for number in () if coded else numbers:
            self._number(number)
        plain = plain if coded else _NUMBER.sub("", plain)
        if not plain or (numbers and plain in _BESIDE_A_NUMBER):
            return
        self._at_home(None, word)
        self._head(plain, word, sound(without_adjective(word)))
        self.readings += other_readings(word)
        if is_cyrillic(word):
            bases = {latin(russian_base(word)), latin(without_adjective(word))}
            self.readings += sorted(bases - {plain, *self.readings})
        reading = from_palladius(word)
        self.is_chinese = self.is_chinese or bool(reading)
        self.chinese.append(one_system(reading or plain))

    def _han_head(self, characters: str) -> None:
        characters = characters.strip("·的和与及、")
        if plain := latin(characters):
            self._head(plain, "", sound(characters))
            self.han.append(characters)
            self.first.append(plain[:1])

    def _head(self, plain: str, word: str, sounds: str) -> None:
        self._units.append(acronym_letters(word[:1]) or plain[:1])
        self.order.append(plain)
        self.heads.append(plain)
        self.letters.append(acronym_letters(word) if len(word) <= _SHORT else "")
        self.sounds.append(sounds)

    def _number(self, number: int) -> None:
        self.numbers.append(str(number))
        self.order.append(f"#{number}")


def capitals_in(name: str) -> frozenset[str]:
    """The letters of words in capitals within a short name, but legal forms: CRL of "CRL
    Almaty"."""
    if len(re.findall(r"[^\W\d_]{2,}", name)) > _SHOUTED:
        return frozenset()
    found = _INNER.findall(name)
    return frozenset(acronym_letters(w) for w in found if not is_legal_form((w.lower(),)))


def _han_number(text: str) -> int:
    """A number up to 99 in Han or other digits."""
    if text.isdecimal():
        return int(text)
    tens, _, ones = text.partition("十") if "十" in text else ("", "", text)
    digits = "零一二三四五六七八九"
    high = (digits.find(tens) if tens else 1) * 10 if "十" in text else 0
    return high + (digits.find(ones) if ones else 0)


def _roman(word: str) -> int:
    values = {"i": 1, "v": 5, "x": 10}
    digits = [values[c] for c in word]
    return sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits))
