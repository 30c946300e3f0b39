"""Numbers as documents write them: "2.5 billion", «4,2 млрд», "1500万", "two"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

SCALES: dict[str, int] = {
    "thousand": 3, "thousands": 3, "k": 3, "million": 6, "millions": 6, "mln": 6, "mn": 6, "m": 6,
    "billion": 9, "billions": 9, "bn": 9, "bln": 9, "b": 9, "trillion": 12, "trn": 12,
    "тыс": 3, "тысяча": 3, "тысячи": 3, "тысяч": 3, "млн": 6, "миллион": 6, "миллиона": 6,
    "миллионов": 6,
    "миллионами": 6, "млрд": 9, "миллиард": 9, "миллиарда": 9, "миллиардов": 9, "трлн": 12,
    "триллион": 12,
    "триллиона": 12, "триллионов": 12,
    "十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8,
    "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
}  # fmt: skip

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen"
)
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
WORDS: dict[str, Decimal] = {
    name: Decimal(str(value))
    for name, value in (
        *((word, number) for number, word in enumerate(f"{_UNITS} nineteen".split(), 1)),
        *_TENS.items(),
        *{
            "hundred": 100, "один": 1, "одна": 1, "одну": 1, "полтора": "1.5", "два": 2, "две": 2,
            "двух": 2, "двумя": 2,
            "три": 3, "трёх": 3, "трех": 3, "четыре": 4, "четырёх": 4, "пять": 5, "пяти": 5,
            "шесть": 6, "семь": 7,
            "восемь": 8, "девять": 9, "десять": 10, "десяти": 10, "двенадцать": 12,
            "пятнадцать": 15, "двадцать": 20,
            "тридцать": 30, "сорок": 40, "пятьдесят": 50, "сто": 100,
        }.items(),
    )
}  # fmt: skip
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN_MYRIADS = {"万": 10_000, "亿": 100_000_000}

_LATIN_SCALE = "|".join(
    sorted((s for s in SCALES if s.isascii() or "а" <= s[0] <= "я"), key=len, reverse=True)
)
_HAN_SCALE = "|".join(
    sorted((s for s in SCALES if s[0] > "一" or s[0] == "一"), key=len, reverse=True)
)
_SPACE = "\u0020\u00a0\u2009\u202f"
# What the database's DECIMAL(28, 6) holds.
_SMALLEST, _LARGEST = -7, 22  # powers of ten
_GAP = _SPACE + "\n"
_DIGITS = rf"\d{{1,3}}(?:[{_SPACE}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*"
_NUMBER = re.compile(
    # A minus belongs to the number when nothing but white space or a bracket stands before it.
    rf"(?:(?:(?<=[\s(\[])|(?<!.))(?P<sign>[-−–])(?=\d))?(?<![\d])(?P<digits>{_DIGITS})"
    rf"(?:[{_GAP}\-]{{0,2}}(?P<scale>{_LATIN_SCALE})\b\.?|\s?(?P<han>{_HAN_SCALE}))?"
    rf"(?P<percent>\s?(?:%|％|percent\b|per\s?cent\b|процент\w*))?",
    re.IGNORECASE,
)
_WORD = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})[\s\-](?=(?:{_UNITS.replace(' ', '|')})\b))?"
    rf"(?P<word>{'|'.join(WORDS)})\b(?P<half>\sand\sa\shalf\b|\sс\sполовиной\b)?(?:[\s\-](?P<scale>{_LATIN_SCALE})\b)?"
    rf"|(?P<han_word>[{''.join(_HAN_DIGITS)}十][{''.join(_HAN_DIGITS)}十百千万亿]*)",
    re.IGNORECASE,
)


_TO = re.compile(r"\s?[-–—−]\s?|\s(?:to|and|or|до|и|или)\s|\s?[至到~]\s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in a text. `values` are its possible readings ("1,500" may be 1500 or 1.5), offsets
    in code points."""

    start: int
    end: int
    values: frozenset[Decimal]
    percent: bool = False
    scale: int = 0


def read_numbers(text: str, *, words: bool = True) -> list[NumberMention]:
    """All numbers of `text` in order; with `words`, also small numbers written out."""
    found = [_mention(match) for match in _NUMBER.finditer(text)]
    if words:
        taken = bytearray(len(text))
        for mention in found:
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
        free = (m for m in _WORD.finditer(text) if taken.find(1, m.start(), m.end()) < 0)
        found += map(_word_mention, free)
        found.sort(key=lambda m: (m.start, m.end))
    return _ranges(text, _joined(text, found))


def parse_decimal(value: object) -> Decimal:
    """A decimal from a number or from text such as "USD 2 billion", «2 млрд», "20亿".

    Raises ValueError, worded for a model, when the text holds no number or several.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise ValueError(
            f"{value!r} is not a number; give a plain number such as 2000000000, or null"
        )
    try:
        result = Decimal(str(value).strip().replace("−", "-"))
    except InvalidOperation:
        mentions = read_numbers(str(value), words=False)
        if len(mentions) != 1:
            raise ValueError(
                f"{value!r} holds {len(mentions)} numbers; give one plain number, or null"
            ) from None
        result = max(mentions[0].values)
    # Of "1e999999999" not even the absolute value can be taken.
    if not result.is_finite() or (result and not _SMALLEST <= result.adjusted() < _LARGEST):
        raise ValueError(
            f"{value!r} is no number this field can hold; give a plain number, or null"
        )
    return result


def _mention(match: re.Match[str]) -> NumberMention:
    scale = SCALES.get((match["scale"] or match["han"] or "").lower(), 0)
    sign = -1 if match["sign"] else 1
    values = frozenset(sign * reading.scaleb(scale) for reading in _readings(match["digits"]))
    return NumberMention(match.start(), match.end(), values, match["percent"] is not None, scale)


def _word_mention(match: re.Match[str]) -> NumberMention:
    if match["han_word"]:
        return NumberMention(
            match.start(), match.end(), frozenset({_han_number(match["han_word"])})
        )
    value = WORDS[match["word"].lower()] + _TENS.get((match["tens"] or "").lower(), 0)
    value += Decimal("0.5") if match["half"] else 0
    scale = SCALES.get((match["scale"] or "").lower(), 0)
    return NumberMention(match.start(), match.end(), frozenset({value.scaleb(scale)}), scale=scale)


def _han_number(numeral: str) -> Decimal:
    """A Chinese numeral such as 十二亿, 一亿二千万 or, digit by digit, 二〇二四."""
    high = low = section = digit = 0
    for letter in numeral:
        if letter in _HAN_DIGITS:
            digit = digit * 10 + _HAN_DIGITS[letter]
            continue
        if letter in _HAN_TENS:
            section += (digit or 1) * _HAN_TENS[letter]
        elif letter == "万":
            low, section = low + (section + digit) * _HAN_MYRIADS[letter], 0
        else:
            high, low, section = high + (low + section + digit) * _HAN_MYRIADS[letter], 0, 0
        digit = 0
    return Decimal(high + low + section + digit)


def _joined(text: str, mentions: list[NumberMention]) -> list[NumberMention]:
    """Neighbouring parts of one number, as in 1亿2000万 and "1 млрд 200 млн", as one."""
    joined: list[NumberMention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        if (
            last
            and last.scale > mention.scale > 0
            and not last.percent
            and not text[last.end : mention.start].strip(_SPACE)
            and mention.start - last.end < 2
            and max(mention.values) < Decimal(1).scaleb(last.scale)
        ):
            values = frozenset(a + b for a in last.values for b in mention.values)
            joined[-1] = NumberMention(
                last.start, mention.end, values, mention.percent, mention.scale
            )
        else:
            joined.append(mention)
    return joined


def _ranges(text: str, mentions: list[NumberMention]) -> list[NumberMention]:
    """In "5-6 million" and "12 to 40 %" the first number shares the second one's scale and percent
    sign."""
    result = list(mentions)
    for i in range(len(result) - 2, -1, -1):
        first, second = result[i], result[i + 1]
        if not _TO.fullmatch(text, first.end, second.start) or first.scale or first.percent:
            continue
        scaled = {value.scaleb(second.scale) for value in first.values}
        percent = second.percent
        result[i] = NumberMention(
            first.start, first.end, first.values | scaled, percent, second.scale
        )
    return result


def _readings(digits: str) -> set[Decimal]:
    plain = re.sub(rf"[{_SPACE}]", "", digits)
    parts = re.split(r"[.,]", plain)
    if len(parts) == 1:
        return {Decimal(plain)}
    readings = set()
    if all(len(part) == 3 for part in parts[1:]):
        readings.add(Decimal("".join(parts)))
    if len(parts) == 2:
        readings.add(Decimal(".".join(parts)))
    elif len(parts[-1]) != 3 and all(len(part) == 3 for part in parts[1:-1]):
        readings.add(Decimal("".join(parts[:-1]) + "." + parts[-1]))
    # "27.12.2023" and the like are no numbers; keep each part so that a quoted "12" still finds its
    # digits.
    return readings or {Decimal(part) for part in parts}
