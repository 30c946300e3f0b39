"""Numbers as documents write them: "2.5 billion", «4,2 млрд», "1500万", "1'250'000", "two thirds".

A form with two readings has both ("1,500" may be 1500 or 1.5); one that cannot be read has none,
and its parts are no numbers either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pipeline.values.fractions import Share, read_shares
from pipeline.values.han_numbers import read_han
from pipeline.values.letters import PLAIN
from pipeline.values.number_names import HUNDREDS, SCALE_WORDS, SMALL
from pipeline.values.number_words import read_roman, read_words

SCALES: dict[str, int] = SCALE_WORDS | {
    "k": 3, "mln": 6, "mn": 6, "mio": 6, "m": 6, "bn": 9, "bln": 9, "b": 9, "mrd": 9, "md": 9,
    "trn": 12, "tn": 12, "tsd": 3, "тыс": 3, "млн": 6, "млрд": 9, "трлн": 12, "lakh crore": 12,
    "十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8,
    "十亿": 9, "百亿": 10, "千亿": 11, "兆": 12, "万亿": 12,
}  # fmt: skip
# Words that count, for the gate of quotes.
WORDS = frozenset(SMALL) | HUNDREDS

_LATIN_SCALE = "|".join(
    sorted((s for s in SCALES if not "\u3400" <= s[0] <= "\u9fff"), key=len, reverse=True)
)
_HAN_SCALE = "|".join(
    sorted((s for s in SCALES if "\u3400" <= s[0] <= "\u9fff"), key=len, reverse=True)
)
_SPACE = "\u0020\u00a0\u2009\u202f"
# What the database's DECIMAL(28, 6) holds.
_SMALLEST, _LARGEST = -7, 22  # powers of ten
_GAP = _SPACE + "\n"
_VULGAR = {
    "½": "0.5",
    "⅓": "0.3333",
    "⅔": "0.6667",
    "¼": "0.25",
    "¾": "0.75",
    "⅕": "0.2",
    "⅛": "0.125",
    "⅜": "0.375",
    "⅝": "0.625",
    "⅞": "0.875",
    "⅖": "0.4",
    "⅗": "0.6",
    "⅘": "0.8",
    "⅙": "0.1667",
    "⅚": "0.8333",
}
_DIGITS = (
    rf"\d{{1,3}}(?:[{_SPACE}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d{{1,3}}(?:['’]\d{{3}})+(?:[.,]\d+)?"
    rf"|\d+(?:[.,]\d+)*|(?<![\w.,])[.,]\d+"
)
PERCENT = (
    r"\s?(?:%|％|percent(?:age\spoints?)?\b|per\s?cent\b|pct\b|процент\w*|п\.\s?п\.|пайыз\w*|パーセント"
    r"|prozent\w*|pour\s?cent\b|v\.\s?H\.)"
)
_NUMBER = re.compile(
    # A minus belongs to the number when nothing but white space or a bracket stands before it.
    rf"(?:(?:(?<=[\s(\[])|(?<!.))(?P<sign>[-−–])(?=[\d.]))?"
    rf"(?P<below>(?:minus|минус|moins|零下|负|マイナス|氷点下)\s?)?(?<!\d)(?P<digits>{_DIGITS})(?:e(?P<exp>[+-]?\d{{1,2}})(?!\w))?(?:\s(?P<low>[1-9])/(?P<high>[2-9])(?![\d/]))?(?P<vulgar>[{''.join(_VULGAR)}])?"
    rf"(?:\s?[×x·*]\s?10\s?\^?\s?(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}(?![⁰¹²³⁴⁵⁶⁷⁸⁹])|(?<=\^)\d{{1,3}}(?!\d)))?"
    rf"(?:[{_GAP}\-]{{0,2}}(?P<scale>{_LATIN_SCALE})(?![^\W\d_])\.?|\s?(?P<han>{_HAN_SCALE}))?"
    rf"(?P<percent>{PERCENT})?",
    re.IGNORECASE,
)
_OF_SCALE = re.compile(
    rf"\s(?:of\s(?:a|one)\s|de\s)?({'|'.join(SCALE_WORDS)})(?!\w)", re.IGNORECASE
)
_BELOW = re.compile(r"(?:minus|минус|moins)\s$", re.IGNORECASE)
_VULGAR_ALONE = re.compile(f"(?<!\\d)[{''.join(_VULGAR)}]")
_SLASHED = re.compile(r"(?<![\w./,-])(?P<low>[1-9])/(?P<high>[2-9]|10)(?![\w/.,-])")
_SMALL_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_TO = re.compile(
    r"\s?[-–—−]\s?[$€£¥]?|\s(?:to|and|or|до|и|или|bis|und|à|et|мен)\s|\s?[至到~]\s?", re.IGNORECASE
)
_WIDE_JOIN = 60  # code points between a percentage and a number that shares its sign


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
    """All numbers of `text` in order; with `words`, also numbers and shares written out."""
    text = text.translate(PLAIN)
    taken = bytearray(len(text))
    found: list[NumberMention] = []

    def add(mentions: Iterable[NumberMention]) -> None:
        for mention in mentions:
            if taken.find(1, mention.start, mention.end) < 0:
                taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
                if mention.values:
                    found.append(mention)

    if words:
        add(_share(text, share) for share in read_shares(text))
        add(_han(text))
    add(_slashed(m) for m in _SLASHED.finditer(text) if words)
    add(_mention(match) for match in _NUMBER.finditer(text))
    add(
        NumberMention(m.start(), m.end(), frozenset({Decimal(_VULGAR[m[0]])}))
        for m in _VULGAR_ALONE.finditer(text)
    )
    if words:
        add(_in_words(text))
        add(NumberMention(r.start, r.end, frozenset({r.value})) for r in read_roman(text))
    found.sort(key=lambda m: (m.start, m.end))
    return _shared_percent(text, _ranges(text, _joined(text, found)))


def parse_decimal(value: object) -> Decimal:
    """A decimal from a number or from text such as "USD 2 billion", «2 млрд», "20亿".

    Raises ValueError, worded for a model, when the text holds no number or several.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise ValueError(
            f"{value!r} is not a number; give a plain number such as 2000000000, or null"
        )
    text = str(value).strip().replace("−", "-")
    try:
        result = Decimal(text)
    except InvalidOperation:
        mentions = read_numbers(text, words=False)
        if len(mentions) != 1 or _is_unread(text, mentions[0]):
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


def _is_unread(text: str, mention: NumberMention) -> bool:
    """Whether digits are left over, or brackets make it a loss: "(1,234)"."""
    rest = text[: mention.start] + text[mention.end :]
    return any(c.isdigit() for c in rest) or (
        text[: mention.start].endswith("(") and text[mention.end :].startswith(")")
    )


def _rounded(ratio: Decimal) -> frozenset[Decimal]:
    """A share as a percentage and as a ratio, each as people round it."""
    if ratio.adjusted() >= _LARGEST:
        return frozenset({ratio})  # there is nothing to round within the precision of decimals
    values = set()
    for value in (ratio * 100, ratio):
        values |= {round(value, digits) for digits in range(5)} if value >= 1 else set()
        values |= {round(value, digits) for digits in (1, 2, 3, 4)} if value < 1 else set()
    return frozenset(v.normalize() + 0 for v in values if v)


def _share(text: str, share: Share) -> NumberMention:
    """A share as a percentage; of a million it is a number."""
    scale = _OF_SCALE.match(text, share.end)
    if scale is None:
        return NumberMention(share.start, share.end, _rounded(share.ratio), True)
    power = SCALE_WORDS[scale[1].casefold()]
    values = frozenset({(share.ratio.scaleb(power)).normalize() + 0})
    return NumberMention(share.start, scale.end(), values, scale=power)


def _slashed(match: re.Match[str]) -> NumberMention:
    low, high = Decimal(match["low"]), Decimal(match["high"])
    values = _rounded(low / high) if low < high else frozenset()
    return NumberMention(match.start(), match.end(), values)


def _han(text: str) -> Iterable[NumberMention]:
    for number in read_han(text):
        plain = frozenset({number.value})
        values = plain | _rounded(number.value / 100) if number.percent else plain
        yield NumberMention(number.start, number.end, frozenset(values), number.percent)


def _in_words(text: str) -> Iterable[NumberMention]:
    percent = re.compile(PERCENT, re.IGNORECASE)
    for number in read_words(text):
        percents = percent.match(text, number.end)
        end = percents.end() if percents else number.end
        sign = -1 if _BELOW.search(text[max(0, number.start - 8) : number.start]) else 1
        values = frozenset({sign * number.value.normalize() + 0})
        yield NumberMention(number.start, end, values, percents is not None, number.scale)


def _mention(match: re.Match[str]) -> NumberMention:
    scale = SCALES.get((match["scale"] or match["han"] or "").lower(), 0)
    if match["power"]:
        scale += int(match["power"].translate(_SMALL_POWERS))
    sign = -1 if match["sign"] or match["below"] else 1
    scale += int(match["exp"] or 0)
    more = Decimal(_VULGAR[match["vulgar"]]) if match["vulgar"] else Decimal(0)
    more += round(Decimal(match["low"]) / Decimal(match["high"]), 4) if match["low"] else 0
    values = frozenset(
        sign * (reading + more).scaleb(scale) for reading in _readings(match["digits"])
    )
    return NumberMention(match.start(), match.end(), values, match["percent"] is not None, scale)


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


def _shared_percent(text: str, mentions: list[NumberMention]) -> list[NumberMention]:
    """A number that counts as the percentage before it does: "50.1 % and 49.9", «51 процент,
    турецкой — 49»."""
    result: list[NumberMention] = []
    for mention in mentions:
        last = result[-1] if result else None
        shares = (
            last is not None
            and last.percent
            and not mention.percent
            and not mention.scale
            and all(0 < value <= 100 for value in mention.values)
            and mention.start - last.end <= _WIDE_JOIN
            and _SHARING.fullmatch(text, last.end, mention.start) is not None
            and _NOTHING_COUNTED.match(text, mention.end) is not None
        )
        if shares:
            mention = NumberMention(mention.start, mention.end, mention.values, True)  # noqa: PLW2901
        result.append(mention)
    return result


# What may stand between two percentages of which the second has no sign, and behind it.
_SHARING = re.compile(
    r"[\s,;]*(?:(?:and|и|und|et|а)\s)?(?:[^\W\d_]+[\s,]*){0,3}[—–-]?\s?(?:at|на|zu)?\s?"
)
_NOTHING_COUNTED = re.compile(r"\s*(?:[.,;:!?)\]»”\"]|$|and\b|to\b|for\b)")


def _readings(digits: str) -> set[Decimal]:
    plain = re.sub(rf"[{_SPACE}'’]", "", digits)
    if plain[0] in ".,":
        return {Decimal("0." + plain[1:])} if plain[1:].isdecimal() else set()
    parts = re.split(r"[.,]", plain)
    if len(parts) == 1:
        return {Decimal(plain)}
    readings = set()
    if all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:
        readings.add(Decimal("".join(parts)))
    if len(parts) == 2:
        readings.add(Decimal(".".join(parts)))
    elif len(parts[-1]) != 3 and all(len(part) == 3 for part in parts[1:-1]):
        readings.add(Decimal("".join(parts[:-1]) + "." + parts[-1]))
    elif "." not in plain and len(parts[-1]) == 3 and all(len(part) == 2 for part in parts[1:-1]):
        readings.add(Decimal("".join(parts)))  # lakhs and crores: 12,34,567
    # "27.12.2023", "1.2.3" and the like are no numbers, nor are their parts.
    return readings
