"""Dates as documents write them, read into EDTF level 1 (https://www.loc.gov/standards/datetime/).

Reads English, Russian, Kazakh and Chinese: full dates, month and year, years, ranges, numeric
forms, and a few relative ones.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_EN = (
    "january february march april may june july august september october november december".split()
)
_RU = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()
# Endings of cases; other words begin like months: Мамыржанов, Қазанбаев.
_KK_END = (
    r"(?:(?:ы|і|ын|ін)?(?:нда|нде|да|де|та|те)?(?:ғы|гі)?|[дтн]?[аеыі][нң]?|ғ?а|г?е"
    r"|[дтн]ың|[дтн]ің)(?!\w)(?!\s+қала)"
)
_KK = (
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйе[кг] қазан қараша желтоқсан".split()
)
_M_KK = rf"(?P<kk>{'|'.join(_KK)}){_KK_END}"
MONTHS = (
    {name: i for i, name in enumerate(_EN, 1)}
    | {name[:3]: i for i, name in enumerate(_EN, 1)}
    | {"sept": 9}
)
_MONTH_EN = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH_RU = "|".join(rf"{stem}(?:ь|я|е|ю|а|у|й|и|ем|ём|ом)?" for stem in _RU)
_M = rf"(?:(?P<en>{_MONTH_EN})\b\.?|(?P<ru>{_MONTH_RU})(?!\w))"
_D = r"(?P<d>[0-3]?\d)(?:st|nd|rd|th)?"
_Y = r"(?P<y>(?:1[89]|20)\d\d)"
_DASH = r"\s?(?:[-–—−]|to|until|till|and|по|до|и|至|到)\s?"
_D2 = rf"(?:{_DASH}(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?)?"

_FORMS = [
    # 24 February – 3 March 2024; February 24 – March 3, 2024
    re.compile(
        rf"(?<!\d)(?P<da>[0-3]?\d)\s(?P<ma>{_MONTH_EN}|{_MONTH_RU})\b(?:,?\s(?P<ya>20\d\d|19\d\d))?{_DASH}"
        rf"(?P<db>[0-3]?\d)\s(?P<mb>{_MONTH_EN}|{_MONTH_RU})\b,?\s{_Y}",
        re.I,
    ),
    re.compile(
        rf"\b(?P<ma>{_MONTH_EN})\s(?P<da>[0-3]?\d)(?:,?\s(?P<ya>20\d\d|19\d\d))?{_DASH}"
        rf"(?P<mb>{_MONTH_EN})\s(?P<db>[0-3]?\d),?\s{_Y}",
        re.I,
    ),
    # 2024 жылғы 12 наурыздағы; 12 наурыз 2024
    re.compile(
        rf"{_Y}\s?(?:жыл\w*|ж\.)\s(?:(?P<d>[0-3]?\d)(?:[-–](?P<d2>[0-3]?\d))?\s)?(?P<kk>{'|'.join(_KK)}){_KK_END}",
        re.I,
    ),
    re.compile(rf"(?<!\d)(?P<d>[0-3]?\d)\s{_M_KK}\s{_Y}(?!\d)", re.I),
    re.compile(rf"\b{_M}\s{_D}(?!\d){_D2}(?:,?\s{_Y})?(?!\d)", re.I),
    re.compile(rf"(?<!\d){_D}{_D2}\s(?:of\s)?{_M}(?:,?\s{_Y})?(?!\d)", re.I),
    re.compile(rf"\b{_M},?\s(?:of\s)?{_Y}(?!\d)", re.I),
    re.compile(
        rf"{_Y}\s?年(?:\s?(?P<m>[01]?\d)\s?月(?:\s?(?P<d>[0-3]?\d)\s?日)?(?:{_DASH}(?P<d2>[0-3]?\d)\s?日)?)?"
    ),
    re.compile(r"(?<!\d)(?P<m>[01]?\d)\s?月\s?(?P<d>[0-3]?\d)\s?日"),
    re.compile(rf"(?<!\d){_Y}-(?P<m>[01]\d)(?:-(?P<d>[0-3]\d))?(?![\d-])"),
    re.compile(rf"(?<![\d.])(?P<d>[0-3]?\d)[./](?P<m>[01]?\d)[./]{_Y}(?!\d)"),
    re.compile(rf"(?<!\d){_Y}[./](?P<m>[01]?\d)[./](?P<d>[0-3]?\d)(?!\d)"),
    re.compile(rf"(?<![\d/]){_Y}(?:{_DASH}(?P<y2>(?:1[89]|20)\d\d))?(?!\d|-\d\d(?!\d))"),
]
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "перв": 1, "втор": 2, "трет": 3,
    "четверт": 4,
             "i": 1, "ii": 2, "iii": 3, "iv": 4, "一": 1, "二": 2, "三": 3, "四": 4}  # fmt: skip
_QUARTER = re.compile(
    r"(?:\b(?P<en>first|second|third|fourth)\squarter\s(?:of\s)?|\bQ(?P<q>[1-4])\s"
    r"|\b(?P<ru>перв|втор|трет|четв[её]рт|IV|III|II|I|[1-4])\w*[\s-]\w{0,3}\s?квартал\w*\s)(?P<y>20\d\d|19\d\d)"
    r"|(?P<y2>20\d\d)年第?(?P<zh>[一二三四1-4])季度",
    re.I,
)
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24, "весн": 21,
    "лет": 22, "осен": 23, "зим": 24,
            "春": 21, "夏": 22, "秋": 23, "冬": 24}  # fmt: skip
_SEASON = re.compile(
    r"\b(?P<en>spring|summer|autumn|fall|winter)\s(?:of\s)?(?P<y>20\d\d|19\d\d)"
    r"|\b(?P<ru>весн|лет|осен|зим)(?:а|о|ь|ой|ом|ью|ы|и|у)\s(?P<y2>20\d\d|19\d\d)|(?P<y3>20\d\d)年(?P<zh>[春夏秋冬])",
    re.I,
)
_BARE_SEASON = re.compile(
    r"\b(?P<en>spring|summer|autumn|winter)\b|\b(?P<ru>весн|лет|осен|зим)(?:ой|ом|ью)\b|(?P<zh>[春夏秋冬])[季天]",
    re.I,
)
_DECADE = re.compile(r"(?<!\d)(?P<decade>(?:19|20)\d)0(?:s\b|-х|-е|年代)", re.I)
_BARE_MONTH = re.compile(
    rf"\b(?:{'|'.join(n for n in _EN if n not in ('may', 'march'))})\b"
    rf"|(?<!\w)(?:{_MONTH_RU})(?!\w)|(?<!\d)1?\d月",
    re.I,
)
_EDTF_SIDE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d\dXX)(?:-(?P<month>0[1-9]|1[0-2]|2[1-4]|XX)(?:-(?P<day>[0-3]\d|XX))?)?[?~%]?"
)
_SHORT_RANGE = re.compile(r"(?<![\d./-])(?P<y>20\d\d|19\d\d)[-–/](?P<y2>\d\d)(?![\d/-])")
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
    """All dates of `text` in order. `dated` (the document's own EDTF date) resolves relative
    ones."""
    found: list[DateMention] = []
    taken = bytearray(len(text))
    for form in _FORMS:
        for match in form.finditer(text):
            value = _edtf(match)
            if value and not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append(DateMention(match.start(), match.end(), value))
    for match in _SHORT_RANGE.finditer(text):
        value = f"{match['y']}/{match['y'][:2]}{match['y2']}"
        if value[5:] > value[:4]:
            found.append(DateMention(match.start(), match.end(), value))
    found += _loose_periods(text, taken)
    found += _relative(text, dated)
    return sorted(found, key=lambda m: (m.start, m.end))


def parse_date(value: str) -> str:
    """EDTF level 1 from EDTF or from a single written date. Raises ValueError, worded for a
    model."""
    text = value.strip()
    if is_edtf(text):
        return text
    if re.fullmatch(r"[\d/.~?%X-]+", text) and not re.fullmatch(r"\d\d?[./]\d\d?[./]\d{4}", text):
        raise ValueError(
            f"{value!r} is no EDTF date; give 2024, 2024-07, 2024-07-18, 2021/2024 or 2026/.., or"
            " null"
        )
    mentions = [m for m in read_dates(text) if "X" not in m.edtf]
    if len(mentions) == 1:
        return mentions[0].edtf
    if len(mentions) == 2 and all("/" not in m.edtf for m in mentions):
        return f"{mentions[0].edtf}/{mentions[1].edtf}"
    raise ValueError(
        f"{value!r} is no date; give EDTF such as 2024, 2024-07, 2024-07-18, 2021/2024 or 2026/..,"
        " or null"
    )


def is_edtf(value: str) -> bool:
    """Whether `value` is EDTF level 0 or 1 with real calendar dates."""
    try:
        edtf_bounds(value)
    except ValueError:
        return False
    return True


def edtf_bounds(value: str) -> tuple[date | None, date | None]:
    """First and last day an EDTF value covers; None for an open end. Raises ValueError when it is
    no EDTF.

    Written here because the edtf package takes 9 ms for one date, and a run reads thousands.
    """
    sides = value.split("/")
    if len(sides) > 2 or set(sides) <= {"", ".."}:
        raise ValueError(f"{value!r} is no EDTF date")
    low = _side_bounds(sides[0], value)[0]
    high = _side_bounds(sides[-1], value)[1]
    if low and high and low > high:
        raise ValueError(f"{value!r} ends before it begins")
    return low, high


def _side_bounds(side: str, value: str) -> tuple[date | None, date | None]:
    if side in ("", ".."):
        return None, None
    match = _EDTF_SIDE.fullmatch(side)
    if not match:
        raise ValueError(f"{value!r} is no EDTF level 1 date")
    first_year, last_year = (int(match["year"].replace("X", digit)) for digit in "09")
    month, day = match["month"], match["day"]
    try:
        if month and month != "XX" and int(month) > 20:
            return _season_bounds(first_year, int(month))
        first_month, last_month = (1, 12) if month in (None, "XX") else (int(month), int(month))
        if day in (None, "XX"):
            return date(first_year, first_month, 1), date(
                last_year, last_month, monthrange(last_year, last_month)[1]
            )
        return date(first_year, first_month, int(day)), date(last_year, last_month, int(day))
    except ValueError as error:
        raise ValueError(f"{value!r} is no day of the calendar") from error


def _season_bounds(year: int, season: int) -> tuple[date, date]:
    """Northern seasons of three months; winter (24) runs into the next year."""
    if season == 24:
        return date(year, 12, 1), date(year + 1, 2, monthrange(year + 1, 2)[1])
    first = (season - 20) * 3
    return date(year, first, 1), date(year, first + 2, monthrange(year, first + 2)[1])


def date_words(value: str) -> str:
    """An EDTF value in English words: "2024-07/.." is "from July 2024 on"."""
    sides = value.split("/")
    told = [_side_words(side) for side in sides]
    if len(sides) == 1:
        return told[0]
    if not told[0]:
        return f"until {told[1]}"
    return f"from {told[0]} to {told[1]}" if told[1] else f"from {told[0]} on"


def _side_words(side: str) -> str:
    match = _EDTF_SIDE.fullmatch(side)
    if not match:
        return ""
    year, month, day = match["year"], match["month"], match["day"]
    words = f"the {year.replace('X', '0')}s" if "X" in year else year
    if month and month != "XX":
        season = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}.get(month)
        words = f"{season or _EN[int(month) - 1].capitalize()} {words}"
        words = f"{int(day)} {words}" if day and day != "XX" else words
    return f"about {words}" if side[-1] in "?~%" else words


def supports(mention: str, value: str) -> bool:
    """Whether the written date `mention` says `value`: equal, or `value` is the same date told less
    precisely."""
    return any(_covers(stated, value) for stated in _sides(mention))


def date_sides(value: str) -> list[str]:
    """The closed ends of an EDTF value without their uncertainty marks: "2026~/.." gives
    ["2026"]."""
    return [side for side in _sides(value) if side]


def _covers(stated: str, value: str) -> bool:
    if stated.startswith("XXXX"):
        return value[4:] != "" and stated[4:] == value[4:]
    return stated == value or stated.startswith(value + "-")


def _sides(value: str) -> list[str]:
    return [
        re.sub(r"[?~%]|(-XX)+$", "", side) for side in value.split("/") if side not in ("", "..")
    ]


def _edtf(match: re.Match[str]) -> str | None:
    part = match.groupdict()
    if part.get("ma"):
        start = _join(part["ya"] or part["y"], _month(part["ma"]), part["da"])
        end = _join(part["y"], _month(part["mb"]), part["db"])
        return f"{start}/{end}" if start and end else None
    month = part.get("m") or part.get("en") or part.get("ru") or part.get("kk")
    first = _join(part.get("y"), _month(month), part.get("d"))
    if first and part.get("d2"):
        second = _join(part.get("y"), _month(month), part["d2"])
        return f"{first}/{second}" if second else first
    return f"{first}/{part['y2']}" if first and part.get("y2") else first


def _join(year: str | None, month: int | None, day: str | None) -> str | None:
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None:
        try:
            date(int(year or 2024), month or 1, int(day))
        except ValueError:
            return None
    if year is None and day is None:
        return None
    return (year or "XXXX") + (f"-{month:02}" if month else "") + (f"-{int(day):02}" if day else "")


def _month(name: str | None) -> int | None:
    if name is None:
        return None
    if name.isdigit():
        return int(name)
    lower = name.lower().rstrip(".")
    if lower in MONTHS:
        return MONTHS[lower]
    stems = [*enumerate(_RU, 1), *((i, stem.split("[")[0]) for i, stem in enumerate(_KK, 1))]
    return next(
        (i for i, stem in stems if lower.startswith(stem) and (stem != "ма" or len(lower) < 4)),
        None,
    )


def _loose_periods(text: str, taken: bytearray) -> Iterator[DateMention]:
    """Quarters as intervals of months, seasons as EDTF 21 to 24, decades; months and seasons
    without a year as XXXX."""
    for match in _QUARTER.finditer(text):
        name = (match["en"] or match["q"] or match["ru"] or match["zh"]).lower().replace("ё", "е")
        quarter = int(name) if name.isdigit() else _ORDINALS[name]
        year = match["y"] or match["y2"]
        yield DateMention(*match.span(), f"{year}-{quarter * 3 - 2:02}/{year}-{quarter * 3:02}")
    for match in _SEASON.finditer(text):
        name = (match["en"] or match["ru"] or match["zh"]).lower()
        yield DateMention(
            *match.span(), f"{match['y'] or match['y2'] or match['y3']}-{_SEASONS[name]}"
        )
    for match in _BARE_SEASON.finditer(text):
        name = (match["en"] or match["ru"] or match["zh"]).lower()
        yield DateMention(*match.span(), f"XXXX-{_SEASONS[name]}")
    for match in _DECADE.finditer(text):
        yield DateMention(*match.span(), f"{match['decade']}X")
    for match in _BARE_MONTH.finditer(text):
        month = _month(match[0].rstrip("月"))
        if month and not any(taken[match.start() : match.end()]):
            yield DateMention(*match.span(), f"XXXX-{month:02}")


def _relative(text: str, dated: str | None) -> Iterator[DateMention]:
    if not dated or not re.match(r"\d{4}", dated):
        return
    year, month = int(dated[:4]), int(dated[5:7]) if re.match(r"\d{4}-\d\d", dated) else None
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
