"""Shares in words: "two thirds", "one in ten", "две трети", "jeder zehnte"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.values.letters import PLAIN
from pipeline.values.number_words import read_words


@dataclass(frozen=True, slots=True)
class Share:
    """A share: where it stands, and how much of a whole it is."""

    start: int
    end: int
    ratio: Decimal


_PARTS: dict[str, int] = {
    form: number
    for number, forms in {
        2: "half halves половина половины половину половине половиной hälfte moitié",
        3: "third thirds треть трети третью третей drittel tiers",
        4: "quarter quarters fourth fourths четверть четверти четвертью четвёртых четвертей viertel"
        " quart quarts",
        5: "fifth fifths пятая пятых пятой пятую fünftel cinquième cinquièmes",
        6: "sixth sixths шестая шестых шестую sechstel sixième sixièmes",
        7: "seventh sevenths седьмых siebtel septième septièmes",
        8: "eighth eighths восьмая восьмых achtel huitième huitièmes",
        10: "tenth tenths десятая десятых десятую zehntel dixième dixièmes",
    }.items()
    for form in forms.split()
}
_COUNTS: dict[str, int] = {
    "one": 1, "a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "одна": 1, "одну": 1, "две": 2, "двух": 2, "три": 3, "трёх": 3,
    "трех": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "ein": 1, "eine": 1, "zwei": 2,
    "drei": 3, "vier": 4, "fünf": 5, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4,
    "cinq": 5,
}  # fmt: skip
_COUNTED = re.compile(
    rf"(?<!\w)(?<!and )(?P<count>{'|'.join(_COUNTS)})[\s-](?P<part>{'|'.join(_PARTS)})(?!\w)",
    re.IGNORECASE,
)
# Of one part alone only what is followed by a whole: "a third of", "половина средств".
_ALONE = re.compile(
    r"(?<!\w)(?P<part>half|треть|четверть|половин[аыуе]|(?<=d[ie][er] )hälfte|(?<=la )moitié)(?!\w)"
    r"(?!\san?\s(?:dozen|hundred|thousand|million|billion))"
    r"(?P<of>\s(?:of|the|a|an|de|des|du|der|des)(?!\w)|\s[а-яё]{3,})?",
    re.IGNORECASE,
)
_NOT_A_SHARE = re.compile(
    r"(?:first|second|third|last|latter|other|перв\w+|втор\w+|последн\w+|erste\w*|zweite\w*|première|"
    r"seconde|deuxième)\s$",
    re.IGNORECASE,
)
_BEFORE = 24  # characters in which an ordinal before a share stands
_ORDINALS: dict[str, int] = {
    "второй": 2, "вторая": 2, "третий": 3, "третья": 3, "четвертый": 4, "четвёртый": 4, "пятый": 5,
    "пятая": 5, "десятый": 10, "десятая": 10, "двадцатый": 20, "сотый": 100, "zweite": 2,
    "dritte": 3, "vierte": 4, "fünfte": 5, "zehnte": 10,
}  # fmt: skip
_EVERY = re.compile(
    rf"(?<!\w)(?:кажд(?:ый|ая|ое)|jede[rs]?)\s(?P<ordinal>{'|'.join(_ORDINALS)})(?!\w)",
    re.IGNORECASE,
)
_OUT_OF = re.compile(
    r"(?<!\w)(?P<count>\d{1,3}|[^\W\d_]+)"
    r"(?P<joint>\s(?:in|out of|из|von|aus|sur)\s|\s[^\W\d_]+\ssur\s)"
    r"(?P<whole>\d{1,4}|[^\W\d_]+)(?!\w)",
    re.IGNORECASE,
)
_KAZAKH = {
    "үштен екісі": (2, 3), "үштен бірі": (1, 3), "төрттен бірі": (1, 4), "төрттен үші": (3, 4),
    "бестен бірі": (1, 5), "бестен төрті": (4, 5), "оннан бірі": (1, 10), "жартысы": (1, 2),
}  # fmt: skip
_IN_KAZAKH = re.compile("|".join(_KAZAKH), re.IGNORECASE)
_HALF_YEAR = re.compile(r"(?:бірінші|екінші)\s$", re.IGNORECASE)


def read_shares(text: str) -> Iterator[Share]:
    """All shares in words, in order of their forms."""
    text = text.translate(PLAIN)
    for match in _COUNTED.finditer(text):
        number, part = _COUNTS[match["count"].casefold()], _PARTS[match["part"].casefold()]
        if number < part and not _is_date(text, match):
            yield Share(*match.span(), Decimal(number) / part)
    for match in _ALONE.finditer(text):
        part = _PARTS.get(match["part"].casefold(), 2)
        of_something = match["of"] or match["part"].casefold() in ("hälfte", "moitié")
        is_ordinal = _NOT_A_SHARE.search(text[max(0, match.start() - _BEFORE) : match.start()])
        if of_something and not is_ordinal and not _is_date(text, match):
            yield Share(match.start(), match.end("part"), Decimal(1) / part)
    for match in _EVERY.finditer(text):
        yield Share(*match.span(), Decimal(1) / _ORDINALS[match["ordinal"].casefold()])
    for match in _OUT_OF.finditer(text):
        count, whole = _small(match["count"]), _small(match["whole"])
        bare_in = match["joint"].strip().casefold() == "in"
        if count and whole and count < whole and not (bare_in and whole > 1000):
            yield Share(*match.span(), count / whole)
    for match in _IN_KAZAKH.finditer(text):
        if _HALF_YEAR.search(text[: match.start()][-12:]):
            continue
        one, other = _KAZAKH[match[0].casefold()]
        yield Share(*match.span(), Decimal(one) / other)


def _is_date(text: str, match: re.Match[str]) -> bool:
    """Whether it is a part of a year or an ordinal: "a first quarter", "half of 2024"."""
    return (
        re.match(r"\s*(?:of\s|des\s|de\s)?(?:(?:19|20)\d\d|кварт|полуг)", text[match.end() :])
        is not None
    )


def _small(word: str) -> Decimal | None:
    if word.isdecimal():
        return Decimal(word)
    numbers = list(read_words(word))
    whole = len(numbers) == 1 and numbers[0].end - numbers[0].start == len(word)
    return numbers[0].value if whole else None
