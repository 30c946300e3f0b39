"""Names to forms that can be compared, whatever their case, legal form, language or script. Pure.

A form keeps apart what distinguishes (heads), what many share (concepts of the lexicon), numbers
and countries. Two names with the same key are the same name; whether they denote the same is for
weights and guards to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.records import Style
from pipeline.resolve.lexicon import Concept, lexicon, split_words, words
from pipeline.resolve.scripts import (
    from_palladius,
    is_cyrillic,
    latin,
    one_system,
    other_readings,
    sound,
)
from pipeline.text.folding import fold_text, is_han

MAX_NAME = 200  # characters; what is longer is no name, and compared by its beginning
_ACRONYM = re.compile(r"[^\W\d_a-zа-яё][^\W_a-zа-яё\d]*[0-9&.\-/]?[^\W_a-zа-яё]{0,7}")
_ROOT = 4  # consonants
# Initials of whom it is named after, and an acronym in brackets behind the name.
_INITIALS = re.compile(r"(?<!\w)(?!u\. ?[sk]\.)(?:[^\W\d_]\.\s?){1,3}(?=[^\W\d_]{3})")
_BRACKETED = re.compile(r"(.{4,}\S)\s*[(（]([^()（）]{2,12})[)）]")
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"(?:x{0,3})(?:ix|iv|v?i{0,3})")
_THIS = "该本此"
_FORMERLY = re.compile("^(?:原名|曾用名|前身为|前身|原)(?=[\u3400-\u9fff]{3})")
_HAN_ORDINAL = re.compile(
    "第?([一二三四五六七八九十]{1,3}|[0-9]+)[届期号]|第([一二三四五六七八九十]{1,3})"
)
# One character at the end of a name that says what it is.
_HAN_ENDINGS = {
    "部": "ministry",
    "局": "department",
    "厅": "department",
    "署": "agency",
    "厂": "plant",
}
_RUNS = re.compile("[\u3400-\u9fff·]+|[^\u3400-\u9fff·]+")
LETTERS = str.maketrans({"c": "k", "q": "k", "w": "v", "y": "i", "j": "i"})


@dataclass(frozen=True, slots=True)
class NameForm:
    """What a name is made of.

    `heads` are the words that no lexicon knows, in Latin letters, in order; `readings` what else
    they may be in Latin letters; `systems` all of them in one system of transliteration,
    `palladius` the same with Chinese names read by Palladius, if any is; `sounds` their
    consonants. `concepts` are lexicon ids, `kinds`, `qualifiers` and `distinctive` parts of them;
    `countries` ISO codes that the name itself gives. `initials` are the first letters of its
    words; `bracketed` is an acronym that stands behind it in brackets. `han` are the characters of
    heads in Han. `roots` are what its heads begin with by their consonants, which international
    words share in all scripts, with its distinctive concepts and numbers. `script` is Latn, Cyrl,
    Hani or mixed; `form_countries` where its legal form is in use, if that says something; `raw`
    all its letters.
    """

    key: str
    heads: tuple[str, ...]
    readings: tuple[str, ...]
    systems: tuple[str, ...]
    palladius: tuple[str, ...]
    sounds: tuple[str, ...]
    concepts: frozenset[str]
    kinds: frozenset[str]
    qualifiers: frozenset[str]
    distinctive: frozenset[str]
    countries: frozenset[str]
    numbers: tuple[str, ...]
    initials: str
    han: str
    acronym: str
    bracketed: str
    is_role: bool
    roots: frozenset[str]
    script: str
    form_countries: frozenset[str]
    raw: str

    @property
    def said(self) -> frozenset[str]:
        """Everything it says but kind words and fillers: heads, distinctive concepts, numbers."""
        return frozenset(self.heads) | self.distinctive | frozenset(self.numbers)

    @property
    def is_generic(self) -> bool:
        """Whether it says nothing that distinguishes its bearer from others of the kind."""
        return not (self.heads or self.distinctive or self.acronym or self.numbers)


@lru_cache(maxsize=1 << 18)
def name_form(name: str, style: Style = "organisation") -> NameForm | None:
    """The form of a name; None for one without letters or digits. A person's name is split into its
    words alone (see people.py)."""
    folded = fold_text(name[:MAX_NAME])
    parts = _Parts(style)
    if style != "person":
        folded = _INITIALS.sub("", folded)
    if bracketed := _BRACKETED.fullmatch(name[:MAX_NAME].strip()):
        parts.bracketed = acronym_of(bracketed[2])
        folded = fold_text(bracketed[1]) if parts.bracketed else folded
    for run in _RUNS.findall(_without_han_forms(folded) if style == "organisation" else folded):
        if any(is_han(c) for c in run):
            parts.take_han(run)
        else:
            parts.take_words(_without_legal_forms(split_words(run)) or split_words(run), run)
    return parts.form(name, folded) if parts.order else None


def acronym_of(name: str) -> str:
    """A bare acronym in Latin letters that are alike in all scripts (КИК, KIC); empty for what is
    none."""
    bare = " ".join(_without_legal_forms(split_words(name.strip().lower())))
    shown = name.strip().strip("\"'«»“”„")
    whole = re.sub(r"[.\s]", "", shown) if re.fullmatch(r"(?:\w\.\s?){2,8}", shown) else shown
    words_left = [w for w in whole.split() if w.lower() in bare.split()] or [whole]
    if len(words_left) != 1 or len(whole) > 24:
        return ""
    word = words_left[0].strip("\"'«»“”„().,")
    upper = sum(c.isupper() for c in word)
    if not (2 <= len(word) <= 9 and upper >= 2 and upper * 2 > len(word)) or not word[0].isupper():
        return ""
    return _letters(word)


def _letters(word: str) -> str:
    """Letters of an acronym one by one, so that Ц is C and К is K is C."""
    one_by_one = "".join(
        {
            "ц": "k",
            "ч": "k",
            "ш": "s",
            "щ": "s",
            "ж": "z",
            "х": "k",
            "ю": "u",
            "я": "a",
            "й": "i",
        }.get(c, latin(c)[:1])
        for c in word.lower()
        if c.isalnum()
    )
    return one_by_one.translate(LETTERS)


class _Parts:
    """The parts of a name while it is read."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.order: list[str] = []
        self.heads: list[str] = []
        self.readings: list[str] = []
        self.chinese: list[str] = []
        self.is_chinese = False
        self.sounds: list[str] = []
        self.concepts: list[Concept] = []
        self.numbers: list[str] = []
        self.first: list[str] = []
        self.han: list[str] = []
        self.role = False
        self.bracketed = ""

    def take_words(self, given: list[str], _: str) -> None:
        """Take words of a script with spaces."""
        lists, known = words(), lexicon()
        at = 0
        while at < len(given):
            word = given[at]
            if self.style != "person" and (found := known.match(given, at)):
                concept, length = found
                self.first += [
                    _letters(w[:1]) for w in given[at : at + length] if w not in lists.stop_words
                ]
                self._concept(concept)
                self.role = self.role or tuple(given[at : at + length]) in lists.roles
                at += length
                continue
            if self.style != "person" and (word,) in lists.roles:
                self.role = True
                self.order.append(f"!{latin(word)}")
            elif word not in lists.stop_words:
                self._word(word)
            at += 1

    def take_han(self, run: str) -> None:
        """Take a run of Han: what the lexicon knows, and what is left between."""
        run = _FORMERLY.sub("", run)
        known, at, left = lexicon(), 0, ""
        if run in words().han_roles or run[:1] in _THIS:
            self.role = True
            self.order.append(f"!{latin(run)}")
            return
        while at < len(run):
            if self.style != "person" and (ordinal := _HAN_ORDINAL.match(run, at)):
                self._han_head(left)
                left = ""
                self._number(str(_han_number(ordinal[1] or ordinal[2])))
                at = ordinal.end()
                continue
            found = known.match_han(run, at) if self.style != "person" else None
            if found is None and at == len(run) - 1 and at and run[at] in _HAN_ENDINGS:
                found = (known.concepts[_HAN_ENDINGS[run[at]]], 1)
            if found is None:
                left += run[at]
                at += 1
                continue
            self._han_head(left)
            left = ""
            self._concept(found[0])
            self.first.append(found[0].id.lstrip("@")[:1])
            at += found[1]
        self._han_head(left)

    def form(self, name: str, folded: str) -> NameForm:
        """All of it as one form."""
        ids = [c.id for c in self.concepts if not c.is_country]
        kinds = {c.id for c in self.concepts if c.kind}
        distinctive = {c.id for c in self.concepts if not (c.generic or c.is_country)}
        countries = {c.id[1:] for c in self.concepts if c.is_country}
        acronym = "" if self.bracketed else acronym_of(name)
        towns = {i for i in ids if i.startswith("%")}
        # Whose and what it is: the ministry of education of China, the government of Shenzhen.
        placed = bool(kinds and (towns or (countries and len(set(ids)) > 1)))
        nameless = not (self.heads or acronym or placed)
        return NameForm(
            key=" ".join(self.order),
            heads=tuple(self.heads),
            readings=tuple(self.readings),
            systems=tuple(sorted(map(one_system, self.heads))),
            palladius=tuple(sorted(self.chinese)) if self.is_chinese else (),
            sounds=tuple(self.sounds),
            concepts=frozenset(ids),
            kinds=frozenset(kinds),
            qualifiers=frozenset(c.id for c in self.concepts if c.qualifier),
            distinctive=frozenset(distinctive),
            countries=frozenset(countries),
            numbers=tuple(sorted(self.numbers)),
            initials="".join(self.first).translate(LETTERS),
            han="".join(self.han),
            acronym=acronym,
            bracketed=self.bracketed,
            is_role=(self.role and nameless)
            or (self.style == "organisation" and nameless and _is_described(name, folded))
            or (nameless and not (distinctive or countries or self.numbers) and len(set(ids)) <= 1)
            or (
                self.style == "organisation"
                and _is_described(name, folded)
                and (self.role or is_cyrillic(name) or folded.startswith(("the ", "a ", "an ")))
            ),
            roots=frozenset(
                distinctive
                | {f"#{n}" for n in self.numbers}
                | set(map(root_of, self.sounds)) - {""}
            ),
            script=_script(folded),
            raw=_raw(folded),
            form_countries=_form_countries(folded) if self.style == "organisation" else frozenset(),
        )

    def _concept(self, concept: Concept) -> None:
        if concept.silent:
            return
        self.concepts.append(concept)
        self.order.append(concept.id if concept.is_country else f"~{concept.id}")

    def _word(self, word: str) -> None:
        plain = latin(word)
        if not plain:
            return
        self.first.append(_letters(word[:1]))
        numbers = _NUMBER.findall(plain)
        if numbers or (1 < len(word) <= 5 and _ROMAN.fullmatch(word)):
            for number in numbers or [str(_roman(word))]:
                self._number(str(int(number)))
            plain = _NUMBER.sub("", plain) if numbers else ""
            plain = "" if plain in ("th", "st", "nd", "rd", "i", "ia") else plain
        if plain:
            self.order.append(plain)
            self.heads.append(plain)
            self.sounds.append(sound(word))
            self.readings += other_readings(word)
            reading = from_palladius(word)
            self.is_chinese = self.is_chinese or bool(reading)
            self.chinese.append(one_system(reading or plain))

    def _number(self, number: str) -> None:
        self.numbers.append(number)
        self.order.append(f"#{number}")

    def _han_head(self, characters: str) -> None:
        characters = characters.strip("·的和与及、")
        if not characters:
            return
        plain = latin(characters)
        if plain:
            self.order.append(plain)
            self.heads.append(plain)
            self.sounds.append(sound(characters))
            self.han.append(characters)
            self.first.append(plain[:1])


def _raw(folded: str) -> str:
    """All letters and digits in a row: Han as it is, the rest in Latin letters."""
    if any(is_han(c) for c in folded):
        return "".join(c for c in folded if c.isalnum())
    return "".join(map(latin, _without_legal_forms(split_words(folded))))


def _form_countries(folded: str) -> frozenset[str]:
    """The countries of a legal form in Latin letters at the end of a name."""
    given = split_words(folded)
    found = words().form_countries.get(given[-1]) if len(given) > 1 else None
    return frozenset(found.split()) if found else frozenset()


def root_of(consonants: str) -> str:
    """What a word begins with, if that says something."""
    return consonants[:_ROOT] if len(consonants) >= _ROOT else ""


def _script(folded: str) -> str:
    found = {
        "Hani" if is_han(c) else "Cyrl" if is_cyrillic(c) else "Latn" for c in folded if c.isalpha()
    }
    return found.pop() if len(found) == 1 else "mixed"


def _han_number(text: str) -> int:
    """A number up to 99 in Han or other digits."""
    if text.isdigit():
        return int(text)
    tens, _, ones = text.partition("十") if "十" in text else ("", "", text)
    digits = "零一二三四五六七八九"
    high = (digits.find(tens) if tens else 1) * 10 if "十" in text else 0
    return high + (digits.find(ones) if ones else 0)


def _roman(word: str) -> int:
    values = {"i": 1, "v": 5, "x": 10}
    digits = [values[c] for c in word]
    return sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits))


def _without_han_forms(folded: str) -> str:
    for form in words().han_forms:
        if folded.endswith(form) and len(folded) > len(form) + 1:
            return folded.removesuffix(form)
    return folded


@lru_cache(maxsize=1 << 14)
def _is_legal_form(given: tuple[str, ...]) -> bool:
    return given in words().legal_forms


def _without_legal_forms(given: list[str]) -> list[str]:
    """Words without the legal forms at either end."""
    first, last = 0, len(given)
    trimmed = True
    while trimmed and last - first > 1:
        trimmed = False
        for length in range(min(5, last - first - 1), 0, -1):
            if _is_legal_form(tuple(given[last - length : last])):
                last -= length
                trimmed = True
                break
            if _is_legal_form(tuple(given[first : first + length])):
                first += length
                trimmed = True
                break
    return given[first:last]


def _is_described(name: str, folded: str) -> bool:
    """Whether an organisation's "name" only describes: in lower case throughout, or behind an
    indefinite article or number."""
    shown = name.strip().lstrip("\"'«“„")
    given = re.findall(r"[^\W\d_][\w'’-]*", shown)
    if not given or any(is_han(c) for c in folded):
        return False
    if given[0].lower() in (
        "a",
        "an",
        "another",
        "some",
        "any",
        "two",
        "both",
        "several",
        "certain",
    ):
        return True
    if is_cyrillic(shown):
        return shown[:1].islower() and not any(w[0].isupper() for w in given)
    known = lexicon()
    rest = [w for w in given[1:] if w.lower() not in words().stop_words]
    if given[0].lower() in words().stop_words:
        rest = [w for w in given if w.lower() not in words().stop_words]
        return all(w[0].islower() for w in rest)
    nationality = known.match([given[0].lower()], 0)
    opening = given[0][0].islower() or (nationality is not None)
    return opening and all(w[0].islower() for w in rest) and (bool(rest) or given[0][0].islower())
