"""Dates as documents write them, read into EDTF level 1.

Reads English, Russian, Kazakh, Chinese, German, French and Japanese: full dates, months, years,
ranges, halves, quarters, seasons, decades, centuries, numeric forms, and a few relative ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.values.date_forms import FORMS, FORMS_IN_WORDS
from pipeline.values.edtf import is_edtf
from pipeline.values.letters import PLAIN
from pipeline.values.months import BARE, RUSSIAN, month_of, season_of
from pipeline.values.numbers import read_numbers

_MOST_YEARS = 100
_DIGIT = re.compile(r"\d")
_BARE_SEASON = re.compile(
    r"\b(?P<en>spring|summer|autumn|winter)\b|\b(?P<ru>весн|лет|осен|зим)(?:ой|ом|ью)\b|(?P<zh>[春夏秋冬])[季天]",
    re.IGNORECASE,
)
_BARE_MONTH = re.compile(rf"\b(?:{BARE})\b|(?<!\w)(?:{RUSSIAN})(?!\w)|(?<!\d)1?\d月", re.IGNORECASE)
_RELATIVE = [
    (re.compile(r"\b(?:last|previous|past) month\b|прошл\w+ месяц\w*|上个?月", re.I), "month", -1),
    (re.compile(r"\bthis month\b|эт\w+ месяц\w*|本月", re.I), "month", 0),
    (re.compile(r"\b(?:last|previous|past) year\b|прошл\w+ год\w*|去年", re.I), "year", -1),
    (re.compile(r"\bthis year\b|эт\w+ год\w*|今年", re.I), "year", 0),
    (re.compile(r"\bnext year\b|следующ\w+ год\w*|明年", re.I), "year", 1),
    (re.compile(r"\btoday\b|\bсегодня\b|今[天日]", re.I), "day", 0),
]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text as an EDTF string ("XXXX-07-18" when no year is given), offsets in code
    points. `relative` is whether only the document's own date makes it one."""

    start: int
    end: int
    edtf: str
    relative: bool = False


def read_dates(text: str, *, dated: str | None = None) -> list[DateMention]:
    """All dates of `text` in order; one with two readings, such as 04/12/2024, twice. `dated` (the
    document's own EDTF date) resolves relative ones."""
    text = text.translate(PLAIN)
    found: list[DateMention] = []
    taken = bytearray(len(text))
    for form, build in FORMS if _DIGIT.search(text) else FORMS_IN_WORDS:
        for match in form.finditer(text):
            values = [value for value in build(match) if value]
            if values and not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found += [DateMention(match.start(), match.end(), v) for v in dict.fromkeys(values)]
    found += _bare(text, taken)
    found += _relative(text, dated)
    return sorted(found, key=lambda m: (m.start, m.end))


def parse_date(value: str) -> str:
    """EDTF level 1 from EDTF or from a single written date. Raises ValueError, worded for a
    model."""
    text = value.strip().translate(PLAIN)
    if is_edtf(text):
        return text
    if re.fullmatch(r"[\d/.~?%X-]+", text) and not re.fullmatch(r"\d\d?[./]\d\d?[./]\d{4}", text):
        raise ValueError(
            f"{value!r} is no EDTF date; give 2024, 2024-07, 2024-07-18, 2021/2024 or 2026/.., or"
            " null"
        )
    mentions = [m for m in read_dates(text) if "X" not in m.edtf]
    if len(mentions) > 1 and mentions[0].start == mentions[1].start:
        raise ValueError(f"{value!r} may be two days; give EDTF such as 2024-07-18, or null")
    if len(mentions) == 1:
        return mentions[0].edtf
    if len(mentions) == 2 and all("/" not in m.edtf for m in mentions):
        return f"{mentions[0].edtf}/{mentions[1].edtf}"
    raise ValueError(
        f"{value!r} is no date; give EDTF such as 2024, 2024-07, 2024-07-18, 2021/2024 or 2026/..,"
        " or null"
    )


def _bare(text: str, taken: bytearray) -> Iterator[DateMention]:
    """Months and seasons without a year, as XXXX."""
    for match in _BARE_SEASON.finditer(text):
        if not any(taken[match.start() : match.end()]):
            name = match["en"] or match["ru"] or match["zh"]
            yield DateMention(*match.span(), f"XXXX-{season_of(name)}")
    for match in _BARE_MONTH.finditer(text):
        month = month_of(match[0].rstrip("月"))
        if month and not any(taken[match.start() : match.end()]):
            yield DateMention(*match.span(), f"XXXX-{month:02}")


_SPAN = re.compile(
    r"\b(?:last|past|previous)\s(?P<en>\w+)\syears\b|последни\w+\s(?P<ru>\w+)\sлет\b"
    r"|(?:近|过去|最近)(?P<zh>[一二三四五六七八九十\d]+)年",
    re.IGNORECASE,
)


def _spans(text: str, year: int) -> Iterator[DateMention]:
    """Years counted back from the document's: "the last five years" of 2024 are 2019 to 2024."""
    for match in _SPAN.finditer(text):
        numbers = read_numbers(match["en"] or match["ru"] or match["zh"])
        if len(numbers) == 1 and numbers[0].values and max(numbers[0].values) < _MOST_YEARS:
            first = year - int(max(numbers[0].values))
            yield DateMention(*match.span(), f"{first}/{year}", True)


def _relative(text: str, dated: str | None) -> Iterator[DateMention]:
    if not dated or not re.match(r"\d{4}", dated):
        return
    year, month = int(dated[:4]), int(dated[5:7]) if re.match(r"\d{4}-\d\d", dated) else None
    yield from _spans(text, year)
    for form, unit, shift in _RELATIVE:
        for match in form.finditer(text):
            if unit == "year":
                yield DateMention(match.start(), match.end(), str(year + shift), True)
            elif unit == "month" and month:
                index = year * 12 + month - 1 + shift
                yield DateMention(
                    match.start(), match.end(), f"{index // 12}-{index % 12 + 1:02}", True
                )
            elif unit == "day":
                yield DateMention(match.start(), match.end(), dated, True)
