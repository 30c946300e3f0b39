"""Numbers written out, in English, Russian, Kazakh, German and French: "two hundred and fifty",
"двести пятьдесят", "zweihundertfünfzig", "quatre-vingt-dix"; Roman numerals.

Chinese and Japanese numerals are in `han_numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from pipeline.values.number_names import (
    GROUPS,
    HUNDREDS,
    KAZAKH,
    PARTS_DE,
    SCALE_WORDS,
    SMALL,
    WITH_HALF,
)

Token = tuple[int, int, str]  # start, end, folded word


@dataclass(frozen=True, slots=True)
class WordNumber:
    """A number in words: where it stands, its value, and the power of ten of its last word of
    scale, 0 without one."""

    start: int
    end: int
    value: Decimal
    scale: int = 0


_NOTHING = Decimal(10_000)  # what a number begins behind: anything goes on with it
_MOST_HYPHENS = 6
_JOINTS = {"and", "и", "et", "und", "с"}
_ARTICLES = {"a", "an", "eine", "ein", "einer", "une", "un", "one"}
# What is a hundred, a thousand or a million without a word before it.
_ALONE = set(
    "жүз мың hundert tausend mille тысяча тысячу тысячей миллион миллиард триллион".split()
)
_HALVES = {"half", "halbe", "halben", "demi", "жарты", "половиной", "пол"}

_PART_DE = "|".join(sorted(PARTS_DE, key=len, reverse=True))
_WORD_DE = re.compile(
    rf"(?:(?P<thousands>(?:(?:{_PART_DE})|hundert|und)*)tausend)?"
    rf"(?:(?P<hundreds>(?:{_PART_DE})?)hundert)?(?:und)?"
    rf"(?:(?P<unit>{_PART_DE})und(?P<tens>{_PART_DE})|(?P<small>{_PART_DE}))?(?P<half>einhalb)?"
)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ROMAN = re.compile(r"(?<![\w.-])(?=[IVX]{2,6}(?![\w-]))(X{0,3})(IX|IV|V?I{0,3})(?!\w)")
_LONE_ROMAN = re.compile(
    r"(?<!\w)(?P<n>[IVX])(?=\s(?:этап|кварт|полугод|степен|класс|разряд|trim|Quartal|Halbjahr))"
    r"|(?<=Phase )(?P<m>[IVX])(?!\w)|(?<=Stage )(?P<o>[IVX])(?!\w)"
)
_LETTERS = {"I": 1, "V": 5, "X": 10}


def read_words(text: str) -> Iterator[WordNumber]:
    """All numbers in words, in order."""
    is_kazakh = re.search("[әғқңөұүһі]", text, re.IGNORECASE) is not None
    tokens = [
        (m.start(), m.end(), m[0].casefold())
        for m in _TOKEN.finditer(text)
        if not _is_no_number(text, m, is_kazakh=is_kazakh)
    ]
    at = 0
    while at < len(tokens):
        run = _run(text, tokens, at) if _may_begin(tokens[at][2]) else None
        if run is None:
            at += 1
            continue
        at, number = run
        yield number


def _is_no_number(text: str, match: re.Match[str], *, is_kazakh: bool) -> bool:
    """Words that count in one language and not in another: "per cent", "UN", the Russian for
    "he"."""
    word = match[0]
    if (
        word.casefold() == "one"
        and text[max(0, match.start() - 3) : match.start()].casefold() == "no "
    ):
        return True
    if word == "UN" or (word.casefold() == "он" and not is_kazakh):
        return True
    return word.casefold() in ("cent", "cents", "mille") and bool(
        re.search(
            r"(?:per|pour|pro)[\s-]?$",
            text[max(0, match.start() - 6) : match.start()],
            re.IGNORECASE,
        )
    )


def read_roman(text: str) -> Iterator[WordNumber]:
    """Roman numerals of two letters and more up to 39; a single letter where a word such as "Phase"
    makes it one."""
    for match in _ROMAN.finditer(text):
        yield WordNumber(*match.span(), Decimal(_roman(match[0])))
    for match in _LONE_ROMAN.finditer(text):
        letter = match["n"] or match["m"] or match["o"]
        yield WordNumber(*match.span(), Decimal(_LETTERS[letter]))


def _roman(letters: str) -> int:
    values = [_LETTERS[letter] for letter in letters]
    return sum(
        -v if any(later > v for later in values[i + 1 : i + 2]) else v for i, v in enumerate(values)
    )


@dataclass
class _Reader:
    """Words taken one by one into a number: sections below a word of scale are summed."""

    total: Decimal = Decimal(0)
    section: Decimal = Decimal(0)
    last: Decimal = field(default=_NOTHING)
    scale: int = 0
    taken: int = 0

    def take(self, tokens: list[Token], at: int) -> int:
        """How many tokens from `at` on go on with the number; 0 when none does."""
        word = tokens[at][2]
        for taking in (self._joint, self._half, self._hundred, self._scale, self._group):
            if count := taking(tokens, at, word):
                return count
        value = _value(word)
        if value is None or not _fits(value, self.last, word):
            return 0
        self._add(value, value)
        return 1

    def _add(self, value: Decimal, last: Decimal) -> None:
        self.section += value
        self.last = last
        self.taken += 1

    def _joint(self, tokens: list[Token], at: int, word: str) -> int:
        if word not in _JOINTS or not self.taken:
            return 0
        if [w for _, _, w in tokens[at + 1 : at + 3]] == ["a", "half"]:
            self._add(Decimal("0.5"), Decimal(0))
            return 3
        if at + 1 < len(tokens) and tokens[at + 1][2] in ("demi", "demie") and word == "et":
            if self.scale and not self.section:
                self.total += Decimal("0.5").scaleb(self.scale)
            else:
                self._add(Decimal("0.5"), Decimal(0))
            return 2
        if at + 1 == len(tokens) or not _continues(tokens, at, self.last):
            return 0
        return 1 + self.take(tokens, at + 1)

    def _half(self, tokens: list[Token], at: int, word: str) -> int:
        if word == "половиной" and self.taken:
            self._add(Decimal("0.5"), Decimal(0))
            return 1
        count = _scale_after(tokens, at) if word in _HALVES else 0
        if count:
            self._add(Decimal("0.5"), Decimal(0))
        return count

    def _hundred(self, tokens: list[Token], at: int, word: str) -> int:
        if word not in HUNDREDS or self.section >= 100:
            return 0
        if not self.section and not _counts_alone(tokens, at):
            return 0
        self.section = (self.section or Decimal(1)) * 100
        self.last = Decimal(100)
        self.taken += 1
        return 1

    def _scale(self, tokens: list[Token], at: int, word: str) -> int:
        if word not in SCALE_WORDS:
            return 0
        if not self.section and not self.total and not _counts_alone(tokens, at):
            return 0
        power = SCALE_WORDS[word]
        if self.total and not self.section and power >= self.scale:  # three lakh crore
            self.total, self.scale = self.total.scaleb(power), power + self.scale
        else:
            self.total += (self.section or Decimal(1)).scaleb(power)
            self.scale = power
        self.section, self.last = Decimal(0), _NOTHING
        self.taken += 1
        return 1

    def _group(self, tokens: list[Token], at: int, word: str) -> int:
        if word not in GROUPS:
            return 0
        self.section = (self.section or Decimal(1)) * SMALL[word]
        self.last = Decimal(0)
        self.taken += 1
        return 1


def _run(text: str, tokens: list[Token], at: int) -> tuple[int, WordNumber] | None:
    """The number that begins with a token, and the index of the token behind it."""
    start, first, reader = tokens[at][0], at, _Reader()
    if tokens[at][2] in _ARTICLES and at + 1 < len(tokens) and _begins(tokens[at + 1][2]):
        at += 1
    while at < len(tokens):
        if at > first and not _is_joined(text[tokens[at - 1][1] : tokens[at][0]]):
            break
        count = reader.take(tokens, at)
        if not count:
            break
        at += count
    if not reader.taken:
        return None
    scale = 0 if reader.section else reader.scale
    return at, WordNumber(start, tokens[at - 1][1], reader.total + reader.section, scale)


@lru_cache(maxsize=65536)
def _may_begin(word: str) -> bool:
    """Whether a number may begin with a word; most words are none, and are asked about often."""
    if word in SCALE_WORDS or word in HUNDREDS or word in _ARTICLES or word in _HALVES:
        return True
    return _value(word) is not None


def _begins(word: str) -> bool:
    """Whether a word is a number behind an article: a million, eine halbe, une douzaine."""
    if word in SCALE_WORDS or word in HUNDREDS or word in GROUPS or word in _HALVES:
        return True
    return word.startswith("demi-") or (word in SMALL and word.endswith("aine"))


def _counts_alone(tokens: list[Token], at: int) -> bool:
    """Whether a word for a hundred or a scale is one by itself: "сто" and "тысяча" are, "several
    hundred" and "миллионов" are not, and "cent" is also a coin."""
    word = tokens[at][2]
    if at and tokens[at - 1][2] in _ARTICLES:
        return True
    if word in ("cent", "cents"):
        return at + 1 < len(tokens) and _value(tokens[at + 1][2]) is not None
    return word in _ALONE


def _scale_after(tokens: list[Token], at: int) -> int:
    """How many tokens stand before the word of scale behind "half a" or "halbe"; 0 when none
    follows."""
    following = [word for _, _, word in tokens[at + 1 : at + 3]]
    if following and following[0] in SCALE_WORDS:
        return 1
    counted = SCALE_WORDS.keys() | GROUPS
    has_article = len(following) > 1 and following[0] in _ARTICLES and following[1] in counted
    return 2 if has_article else 0


def _continues(tokens: list[Token], at: int, last: Decimal) -> bool:
    """Whether the word behind a joint belongs to the same number: "hundred and fifty", "four and a
    half"."""
    word = tokens[at + 1][2]
    if tokens[at][2] == "с":
        return word == "половиной"
    value = _value(word)
    return value is not None and value < last and last >= 20


def _fits(value: Decimal, last: Decimal, word: str) -> bool:
    """Whether a value goes on with a number: twenty-five, сто двадцать, soixante-dix."""
    if last >= _NOTHING:
        return True
    if last >= 100:
        return value < 100
    if last == 10 and word in KAZAKH:
        return value < 10
    if last in (60, 80) and 10 <= value < 20:
        return True  # French counts on: soixante-dix, quatre-vingt-dix
    return last >= 20 and last % 10 == 0 and value < 10


def _value(word: str) -> Decimal | None:
    if word in SMALL:
        return Decimal(SMALL[word]) + (Decimal("0.5") if word in WITH_HALF else 0)
    if word.startswith("пол") and word[3:] in SCALE_WORDS:
        return Decimal("0.5").scaleb(SCALE_WORDS[word[3:]])
    if "-" in word:
        return _hyphened(word)
    return _german(word)


def _hyphened(word: str) -> Decimal | None:
    """twenty-five, soixante-dix, quatre-vingt-dix-neuf, demi-million. A word of more parts is no
    number, and would take long: each way to part it is tried."""
    if word.count("-") > _MOST_HYPHENS:
        return None
    if word.startswith("demi-") and word[5:] in SCALE_WORDS:
        return Decimal("0.5").scaleb(SCALE_WORDS[word[5:]])
    head = word.rpartition("-")[0]
    while head:
        first = _value(head)
        rest = word[len(head) + 1 :]
        second = SMALL.get(rest.removeprefix("et-"))
        if first is not None and second is not None and _fits(Decimal(second), first, rest):
            return first + second
        head = head.rpartition("-")[0]
    return None


def _german(word: str) -> Decimal | None:
    if len(word) < 3:
        return None
    match = _WORD_DE.fullmatch(word)
    if not match or not any(value is not None for value in match.groupdict().values()):
        return None
    total = Decimal(0)
    if match["thousands"] is not None:
        thousands = _german(match["thousands"]) if match["thousands"] else Decimal(1)
        if thousands is None:
            return None
        total += thousands * 1000
    if match["hundreds"] is not None:
        total += 100 * PARTS_DE.get(match["hundreds"], 1)
    if match["tens"]:
        total += PARTS_DE[match["unit"]] + PARTS_DE[match["tens"]]
    if match["small"]:
        total += PARTS_DE[match["small"]]
    return total + Decimal("0.5") if match["half"] else total


def _is_joined(between: str) -> bool:
    return bool(re.fullmatch(r"[\s\u00a0\u202f-]{1,3}", between))
