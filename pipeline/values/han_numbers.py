"""Chinese and Japanese numerals: 一亿二千万, 二〇二四, 一点五亿, 壹佰万, 三分之二, 七成五."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = (
    {c: n for n, c in enumerate("零一二三四五六七八九")}
    | {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    | {"〇": 0, "两": 2, "兩": 2}
)
_TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_ALL = "".join(_DIGITS) + "".join(_TENS)
_NUMERAL = rf"[{_ALL}][{_ALL}{''.join(_MYRIADS)}]*(?:点[{''.join(_DIGITS)}]+[万亿億]?)?"
_WRITTEN = rf"(?:(?<![\d.])\d+(?:\.\d+)?|{_NUMERAL})"
_FORM = re.compile(
    # Names and words that begin or end like numerals.
    r"(?P<name>统一|一(?:些|般|直|起|定|样|切|致|体|旦)|百度|三菱|三井|三星|三洋|千葉|千叶|千代田|五十嵐)|"
    rf"百分之(?P<per_cent>{_WRITTEN})"
    rf"|(?P<low>{_WRITTEN})\s?分[之の]\s?(?P<high>{_WRITTEN})"
    rf"|(?P<tenths>{_WRITTEN})(?:成|割)(?:(?P<hundredths>{_WRITTEN})分?|(?P<half_tenth>半))?(?![立为本功员])"
    rf"|(?P<half_percent>一半|半分|半数)"
    rf"|(?P<and_half>{_WRITTEN})(?:个|年)半"
    rf"|(?P<half>半)(?=[年月天日])"
    rf"|(?P<plain>(?!零下){_NUMERAL})"
)


@dataclass(frozen=True, slots=True)
class HanNumber:
    """A numeral: where it stands, its value, whether it is a percentage."""

    start: int
    end: int
    value: Decimal
    percent: bool = False


def read_han(text: str) -> Iterator[HanNumber]:
    """All numerals, in order."""
    for match in _FORM.finditer(text):
        if match["name"]:
            continue
        if match["low"]:
            low, high = _value(match["low"]), _value(match["high"])
            if low:
                yield HanNumber(*match.span(), 100 * high / low, True)
        elif match["per_cent"]:
            yield HanNumber(*match.span(), _value(match["per_cent"]), True)
        elif match["tenths"]:
            more = _value(match["hundredths"]) if match["hundredths"] else Decimal(0)
            more += 5 if match["half_tenth"] else 0
            yield HanNumber(*match.span(), 10 * _value(match["tenths"]) + more, True)
        elif match["half_percent"]:
            yield HanNumber(*match.span(), Decimal(50), True)
        elif match["and_half"]:
            yield HanNumber(*match.span(), _value(match["and_half"]) + Decimal("0.5"))
        elif match["half"]:
            yield HanNumber(*match.span(), Decimal("0.5"))
        else:
            yield HanNumber(*match.span(), _value(match["plain"]))


def _value(written: str) -> Decimal:
    if written[0].isdecimal() and written[0] not in _DIGITS:
        return Decimal(written)
    whole, _, part = written.partition("点")
    if not part:
        return Decimal(han_number(whole))
    scale = _MYRIADS.get(part[-1], 1)
    digits = "".join(str(_DIGITS[c]) for c in part if c in _DIGITS)
    return (Decimal(han_number(whole)) + Decimal(f"0.{digits}")) * scale


def han_number(numeral: str) -> int:
    """A Chinese numeral such as 十二亿, 一亿二千万 or, digit by digit, 二〇二四."""
    high = low = section = digit = 0
    for letter in numeral:
        if letter in _DIGITS:
            digit = digit * 10 + _DIGITS[letter]
            continue
        if letter in _TENS:
            section += (digit or 1) * _TENS[letter]
        elif letter in "万萬":
            low, section = low + (section + digit) * _MYRIADS[letter], 0
        else:
            high, low, section = high + (low + section + digit) * _MYRIADS[letter], 0, 0
        digit = 0
    # 一万两千 and 两千五: a last digit without its place is what it says.
    return high + low + section + digit
