"""Names of any script in Latin letters, and how they sound. Pure.

Cyrillic, Greek and other letters go through anyascii and are then spelled alike; Han goes by pinyin
(pypinyin). Chinese names that stand in Cyrillic follow the Palladius system; its table is computed
here from the syllables of pinyin, after the rules of the system as Russian maps use it. What
Chinese texts make of foreign names (萨雷阿尔卡) is comparable by its consonants alone.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from anyascii import anyascii

from pipeline.text.folding import is_han

# Spellings of one sound in romanisations of one name (Andrey, Andrei, Андрей; Akhmet, Ahmet).
_SPELLINGS = (
    ("shch", "sch"), ("kh", "h"), ("ph", "f"), ("ya", "ia"), ("yu", "iu"), ("yo", "io"), ("ju",
    "iu"),
    ("ja", "ia"), ("j", "i"), ("y", "i"), ("ck", "k"), ("tz", "ts"), ("x", "ks"),
)  # fmt: skip
# In names alone: "Yelena" is Elena, "Evgeniya" Evgenia, German "Schmidt" Шмидт.
# The usual systems of transliteration in one, for the letters that `latin` leaves apart.
_STEPS = tuple(
    (re.compile(pattern), common)
    for pattern, common in (
        (r"^jou", "zhu"), (r"schtsch|shtch|chtch", "sh"), (r"^ch(?=r)", "h"),
        (r"tsch|tch|tsh", "ch"), (r"shch|sch", "sh"), (r"dzh|dj", "zh"), (r"gh",
        "g"), (r"q", "k"),
        (r"ou", "u"), (r"(?<=[aou])e(?![aeiouv])", ""), (r"ff$|w$", "v"),
        (r"^w(?=\w{4})|(?<=\w\w)w|(?<=\w)w(?=\w\w)", "v"), (r"kh", "h"), (r"ph", "f"),
        (r"x", "ks"), (r"ck", "k"), (r"[yj]", "i"), (r"^ie", "e"), (r"(?<=[aeou])i(?=[aeou])", ""),
        (r"(?<=[bcdfghklmnprstvz])io", "e"), (r"(?<=[bcdfghklmnprstvz])iu", "u"), (r"ie(?=v|va$)",
        "e"),
        (r"([^aeiou])\1+", r"\1"), (r"i+$", "i"),
    )
)  # fmt: skip
# Letters of acronyms that are alike in all scripts (КИК, KIC).
LETTERS = str.maketrans({"c": "k", "q": "k", "w": "v", "y": "i", "j": "i"})
_CYRILLIC = re.compile("[а-яёА-ЯЁәғқңөұүһіӘҒҚҢӨҰҮҺІ]")

# Characters of foreign names that were chosen when j was still a g: 加马列亚 is Gamaleya.
_FOREIGN = str.maketrans("加伽", "嘎嘎")
_INITIALS = {
    "b": "б", "p": "п", "m": "м", "f": "ф", "d": "д", "t": "т", "n": "н", "l": "л", "g": "г",
    "k": "к",
    "h": "х", "j": "цз", "q": "ц", "x": "с", "zh": "чж", "ch": "ч", "sh": "ш", "r": "ж", "z": "цз",
    "c": "ц", "s": "с",
}  # fmt: skip
_FINALS = {
    "a": "а", "ai": "ай", "an": "ань", "ang": "ан", "ao": "ао", "e": "э", "ei": "эй", "en": "энь",
    "eng": "эн", "ong": "ун", "ou": "оу", "u": "у", "ua": "уа", "uai": "уай", "uan": "уань",
    "uang": "уан", "ui": "уй", "un": "унь", "uo": "о", "o": "о",
}  # fmt: skip
_NARROW = {
    "i": "и", "ia": "я", "ian": "янь", "iang": "ян", "iao": "яо", "ie": "е", "in": "инь",
    "ing": "ин",
    "iong": "юн", "iu": "ю",
}  # fmt: skip
_ROUND = {"u": "юй", "uan": "юань", "ue": "юэ", "un": "юнь"}
_ALONE = {
    "yi": "и", "ya": "я", "yan": "янь", "yang": "ян", "yao": "яо", "ye": "е", "yin": "инь",
    "ying": "ин",
    "yong": "юн", "you": "ю", "yu": "юй", "yuan": "юань", "yue": "юэ", "yun": "юнь", "wa": "ва",
    "wai": "вай", "wan": "вань", "wang": "ван", "wei": "вэй", "wen": "вэнь", "weng": "вэн",
    "wo": "во",
    "wu": "у", "a": "а", "ai": "ай", "an": "ань", "ao": "ао", "e": "э", "en": "энь", "er": "эр",
    "ou": "оу", "nü": "нюй", "lü": "люй",
}  # fmt: skip
_SIBILANT = {
    "zhi": "чжи",
    "chi": "чи",
    "shi": "ши",
    "ri": "жи",
    "zi": "цзы",
    "ci": "цы",
    "si": "сы",
}

_SOUNDS = (
    (re.compile("shch|sch|sh|ch|zh|dzh|ts|tz|ss|dz"), "s"),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("x"), "ks"),
    (re.compile("ph|f|w|v"), "v"),
    (re.compile("kh|ck|[cgkqh]"), "k"),
    (re.compile("ng"), "n"),
    (re.compile("[szj]"), "s"),
    (re.compile("[bp]"), "p"),
    (re.compile("[dt]"), "t"),
    (re.compile("[lr]"), "l"),
    (re.compile("[^sktpvlmn]"), ""),
)
_PINYIN_SOUNDS = (
    (re.compile("^(?:zh|ch|sh|[jqxzcs])"), "s"),
    (re.compile("^[wf]"), "v"),
    (re.compile("^[gkh]"), "k"),
    (re.compile("^[bp]"), "p"),
    (re.compile("^[dt]"), "t"),
    (re.compile("^[lr]"), "l"),
)


@lru_cache(maxsize=1 << 17)
def latin(word: str) -> str:
    """A word in plain lower-case Latin letters and digits, in which the usual spellings of one name
    coincide. Han is read by pinyin, its syllables run together."""
    han = any(is_han(c) for c in word)
    text = "".join(_pinyin(word)) if han else anyascii(word).lower()
    text = re.sub("[^a-z0-9]", "", text)
    if not (han or word.isascii()):
        # Only a transliteration writes "ye" for a plain е; in "Bayer" the two letters are two.
        text = text.replace("ye", "e")
    for spelling, common in _SPELLINGS:
        text = text.replace(spelling, common)
    return re.sub(r"i{2,}", "i", text)


@lru_cache(maxsize=1 << 17)
def one_system(plain: str) -> str:
    """A word in Latin letters so that its transliterations by the usual systems (Tschernow,
    Chernov; Fyodorov, Fedorov; Schröder, Schroeder) coincide."""
    for pattern, common in _STEPS:
        plain = pattern.sub(common, plain)
    return plain


def other_readings(word: str) -> list[str]:
    """What a word of a name in Latin or Cyrillic letters may be besides `latin`: read by Palladius,
    by another system of transliteration, with a j that is a zh."""
    found = [from_palladius(word), one_system(latin(word))]
    if "x" in word:  # in Uzbek and Kazakh it is an h
        found.append(one_system(latin(word.replace("x", "h"))))
    plain = re.sub("[^a-z]", "", anyascii(word).lower())
    if "j" in plain and not is_cyrillic(word):
        found.append(one_system(latin(plain.replace("j", "zh"))))
    return [f for f in dict.fromkeys(found) if f and f != latin(word)]


@lru_cache(maxsize=1 << 15)
def from_palladius(word: str) -> str:
    """The pinyin that a Cyrillic word writes by the Palladius system, spelled as `latin` does;
    empty for a word that is not made of its syllables."""
    if not _CYRILLIC.match(word):
        return ""
    found = _syllables(word.lower().replace("ё", "е").replace("ъ", ""))
    return latin("".join(found)) if found else ""


@lru_cache(maxsize=1 << 17)
def sound(word: str) -> str:
    """The consonants of a word in classes that survive a transcription into Chinese and back: l is
    r, b is p, every hiss is s; without vowels."""
    if any(is_han(c) for c in word):
        return "".join(_pinyin_sound(syllable) for syllable in _pinyin(word))
    text = re.sub("[^a-z]", "", anyascii(word).lower())
    text = re.sub(r"(.)\1+", r"\1", text)
    for pattern, common in _SOUNDS:
        text = pattern.sub(common, text)
    return text


@lru_cache(maxsize=1 << 15)
def acronym_letters(word: str) -> str:
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


def is_cyrillic(text: str) -> bool:
    """Whether a text has a Cyrillic letter."""
    return _CYRILLIC.search(text) is not None


def _pinyin(word: str) -> list[str]:
    from pypinyin import lazy_pinyin

    word = word.translate(_FOREIGN)
    return [re.sub("[üv]", "u", str(syllable).lower()) for syllable in lazy_pinyin(word)]


def _pinyin_sound(syllable: str) -> str:
    if syllable == "er":
        return "l"
    text = syllable
    for pattern, common in _PINYIN_SOUNDS:
        text = pattern.sub(common.upper(), text)
    ending = "n" if re.search("ng?$", syllable) else ""
    start = re.match("[A-Z]|m|n", text)
    return (start[0].lower() if start else "") + ending


@lru_cache(maxsize=1 << 15)  # also of the rest of a word: else each way to part it would be tried
def _syllables(word: str) -> list[str]:
    """The pinyin of the longest syllables from the left that use up the whole word."""
    if not word:
        return []
    for length in range(min(7, len(word)), 0, -1):
        syllable = _palladius().get(word[:length])
        if syllable is None:
            continue
        rest = _syllables(word[length:])
        if rest or length == len(word):
            return [syllable, *rest]
    return []


@cache
def _palladius() -> dict[str, str]:
    """Cyrillic syllables to pinyin. Where two syllables are written alike, the more common wins."""
    table: dict[str, str] = {}

    def add(cyrillic: str, pinyin: str) -> None:
        table.setdefault(cyrillic, pinyin)

    for pinyin, cyrillic in (_ALONE | _SIBILANT).items():
        add(cyrillic, pinyin)
    for initial, letter in _INITIALS.items():
        narrow_only = initial in ("j", "q", "x")
        wide_only = initial in ("zh", "ch", "sh", "r", "z", "c", "s", "g", "k", "h", "f")
        for final, written in () if narrow_only else _FINALS.items():
            if final == "o" and initial not in ("b", "p", "m", "f"):
                continue
            add(letter + written, initial + final)
        for final, written in () if wide_only else _NARROW.items():
            add(letter + written, initial + final)
        for final, written in _ROUND.items() if narrow_only else ():
            add(letter + written, initial + final)
    add("хуэй", "hui")
    add("гуй", "gui")
    return table
