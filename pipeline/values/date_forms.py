"""The forms of written dates, and how each becomes EDTF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from pipeline.values.han_numbers import han_number
from pipeline.values.months import KAZAKH, LATIN, RUSSIAN, RUSSIAN_SHORT, month_of, season_of

_M = rf"(?P<m>(?:{LATIN})\b\.?|(?:{RUSSIAN_SHORT})|(?:{RUSSIAN})(?!\w)|{KAZAKH})"
_MA, _MB = _M.replace("?P<m>", "?P<ma>"), _M.replace("?P<m>", "?P<mb>")
_END = r"(?:st|nd|rd|th|er|\.)?"
_D = rf"[«\"“„]?(?P<d>[0-3]?\d){_END}[»\"”“]?"
_YEAR = r"(?:1[89]|20)\d\d"
_Y = rf"(?P<y>{_YEAR})"
_TO = r"\s?(?:[-–—−~～]|to|until|till|and|по|до|и|至|到|bis|und|au?|à|et|から)\s?"
_D2 = rf"(?:{_TO}(?P<d2>[0-3]?\d){_END})?"
_OF = r"(?:of\s|de\s|des\s|d['’])?"
_Y_END = r"(?!\d|-\d\d(?!\d))"
_DAYS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first"
    " twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh"
    " twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_DAY_NAME = "|".join(sorted(_DAYS, key=len, reverse=True))
_DAYS_RU = (
    "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат"
    " четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат двадцат"
).split()
_HAN = "〇零一二三四五六七八九十"
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9,
          "X": 10, "XI": 11, "XII": 12}  # fmt: skip
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "перв": 1, "втор": 2, "трет": 3,
    "четверт": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4, "一": 1, "二": 2, "三": 3, "四": 4,
    "上": 1, "下": 2, "erste": 1, "zweite": 2, "dritte": 3, "vierte": 4, "premier": 1,
    "deuxième": 2, "second semestre": 2, "troisième": 3, "quatrième": 4, "бірінші": 1,
    "екінші": 2, "үшінші": 3, "төртінші": 4}  # fmt: skip
_NTH = (
    r"(?P<n>first|second|third|fourth|перв|втор|трет|четв[её]рт|IV|III|II|I|erste|zweite|dritte"
    r"|vierte|premier|deuxième|troisième|quatrième|бірінші|екінші|үшінші|төртінші|[1-4])"
)

Built = Iterable[str | None]
Form = tuple[re.Pattern[str], Callable[[re.Match[str]], Built]]


def _join(year: str | None, month: int | None, day: str | int | None) -> str | None:
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None:
        try:
            date(int(year or 2024), month or 1, int(day))
        except ValueError:
            return None
    if (year is None and day is None) or (day is not None and month is None):
        return None
    return (year or "XXXX") + (f"-{month:02}" if month else "") + (f"-{int(day):02}" if day else "")


def _interval(first: str | None, second: str | None) -> Built:
    return [f"{first}/{second}"] if first and second else []


def _plain(match: re.Match[str]) -> Built:
    """A day, month or year, or a range of days."""
    part = match.groupdict()
    if part.get("m") in ("may", "march"):  # words, without a capital
        return []
    month = month_of(part["m"]) if part.get("m") else None
    year = part.get("y") or _full_year(part.get("yy"))
    first = _join(year, month, part.get("d"))
    if first and part.get("d2"):
        return [f"{first}/{second}" if (second := _join(year, month, part["d2"])) else first]
    return [first]


def _two_days(match: re.Match[str]) -> Built:
    part = match.groupdict()
    first = _join(part.get("ya") or part["y"], month_of(part["ma"]), part["da"])
    return _interval(first, _join(part["y"], month_of(part["mb"]), part["db"]))


def _two_months(match: re.Match[str]) -> Built:
    part = match.groupdict()
    first = _join(part["ya"] or part["y"], month_of(part["ma"]), None)
    return _interval(first, _join(part["y"], month_of(part["mb"]), None))


def _two_years(match: re.Match[str]) -> Built:
    second = match["y2"] if len(match["y2"]) == 4 else match["y"][:2] + match["y2"]
    return [f"{match['y']}/{second}"] if second > match["y"] else [match["y"]]


def _day_or_month_first(match: re.Match[str]) -> Built:
    """12/04/2024, which is either of two days; 3/25/2024, which is one."""
    a, b = int(match["a"]), int(match["b"])
    year = match["y"]
    return [_join(year, b, a), _join(year, a, b)]


def _named_day(match: re.Match[str]) -> Built:
    return [_join(match["y"], month_of(match["m"]), _DAYS.index(match["day"].lower()) + 1)]


def _named_day_ru(match: re.Match[str]) -> Built:
    tens = {"двадцать": 20, "тридцать": 30}.get((match["tens"] or "").lower(), 0)
    day = tens + _DAYS_RU.index(match["day"].lower()) + 1
    return [_join(match["y"], month_of(match["m"]), day)]


def _roman_month(match: re.Match[str]) -> Built:
    return [_join(match["y"], _ROMAN[match["roman"]], match["d"])]


def _han_date(match: re.Match[str]) -> Built:
    month = han_number(match["hm"]) if match["hm"] else None
    day = han_number(match["hd"]) if match["hd"] else None
    return [_join(str(han_number(match["hy"])), month, day)]


def _era(match: re.Match[str]) -> Built:
    year = _ERAS[match["era"]] + (1 if match["n"] == "元" else int(match["n"]))
    return [_join(str(year), int(match["em"]) if match["em"] else None, match["ed"])]


def _cjk_range(match: re.Match[str]) -> Built:
    part = match.groupdict()
    year = part["y"]
    first = _join(year, int(part["m"]), part.get("d"))
    month = part.get("m2") or part["m"]
    second = _join(part.get("y2") or year, int(month), part.get("d2"))
    return _interval(first, second)


def _nth(match: re.Match[str]) -> int:
    name = match["n"].lower().replace("ё", "е")
    return int(name) if name.isdecimal() else next(n for s, n in _ORDINALS.items() if name == s)


def _months(year: str, number: int, length: int) -> Built:
    first = (number - 1) * length + 1
    return [f"{year}-{first:02}/{year}-{first + length - 1:02}"] if first + length <= 13 else []


def _half(match: re.Match[str]) -> Built:
    return _months(match["y"] if match["y"] else _full_year(match["yy"]) or "", _nth(match), 6)


def _quarter(match: re.Match[str]) -> Built:
    part = match.groupdict()
    return _months(part.get("y") or _full_year(part.get("yy")) or "", _nth(match), 3)


def _season(match: re.Match[str]) -> Built:
    return [f"{match['y']}-{season_of(match['s'])}"]


def _decade(match: re.Match[str]) -> Built:
    return [f"{match['decade'][:3]}X"]


def _middle_of_decade(match: re.Match[str]) -> Built:
    return [f"{match['decade'][:3]}5~"]


def _short_decade(match: re.Match[str]) -> Built:
    return [f"19{match['tens']}X"]


def _named_decade(match: re.Match[str]) -> Built:
    stems = (
        "twent thirt fort fift sixt sevent eight ninet двадцат тридцат сороков пятидесят шестидесят"
        " семидесят восьмидесят девяност".split()
    )
    word = match["word"].lower()
    number = next(i % 8 + 2 for i, stem in enumerate(stems) if word.startswith(stem))
    return [f"19{number}X"] if number > 2 else []


def _century(match: re.Match[str]) -> Built:
    part = match.groupdict()
    words = {"nineteenth": 19, "twentieth": 20, "twenty-first": 21}
    roman = {"XIX": 19, "XX": 20, "XXI": 21}
    written = part.get("number") or part.get("roman") or part.get("word") or part.get("han") or ""
    number = (
        int(written)
        if written.isdecimal()
        else roman.get(written)
        or words.get(written.lower())
        or (han_number(written) if part.get("han") else 0)
    )
    return [f"{number - 1}XX"] if 15 <= number <= 21 else []


def _full_year(short: str | None) -> str | None:
    """Two digits of a year: 24 is 2024, 98 is 1998."""
    if not short:
        return None
    return short if len(short) == 4 else ("20" if int(short) < 69 else "19") + short


def _form(
    pattern: str, build: Callable[[re.Match[str]], Built], flags: int = re.IGNORECASE
) -> Form:
    return re.compile(pattern, flags), build


_YA = rf"(?:,?\s(?P<ya>{_YEAR}))?"
_YEARS = r"(?:\s?(?:годы?|года|гг?\.|жыл\w*|ж\.))?"
FORMS: list[Form] = [
    # 24 February – 3 March 2024; February 24 – March 3, 2024; 9月30日至10月2日
    _form(
        rf"(?<!\d)(?P<da>[0-3]?\d){_END}\s{_MA}{_YA}{_TO}(?P<db>[0-3]?\d){_END}\s{_MB},?\s{_Y}",
        _two_days,
    ),
    _form(rf"\b{_MA}\s(?P<da>[0-3]?\d){_YA}{_TO}{_MB}\s(?P<db>[0-3]?\d),?\s{_Y}", _two_days),
    _form(
        rf"{_Y}\s?年\s?(?P<m>[01]?\d)\s?月(?:\s?(?P<d>[0-3]?\d)\s?日)?(?:{_TO}|和)"
        rf"(?:(?P<y2>{_YEAR})\s?年)?(?P<m2>[01]?\d)\s?月(?:\s?(?P<d2>[0-3]?\d)\s?日)?",
        _cjk_range,
    ),
    _form(
        rf"{_Y}\s?年\s?(?P<m>[01]?\d)\s?月\s?(?P<d>[0-3]?\d)\s?日?(?:{_TO}|和)(?P<d2>[0-3]?\d)\s?日",
        _cjk_range,
    ),
    # 2024 жылғы 12 наурыздағы; 2024 жылдың наурызында
    _form(
        rf"{_Y}\s?(?:жыл\w*|ж\.)\s(?:(?P<d>[0-3]?\d)(?:[-–](?P<d2>[0-3]?\d))?\s)?(?P<m>{KAZAKH})",
        _plain,
    ),
    # halves and quarters
    _form(
        rf"(?<!\w){_NTH}(?:\w*\s(?:half|half-year)\s{_OF}|\w*\s(?:половин\w+|полуг\w+)\s|s?\s?Halbjahr\s|[sn]\sHalbjahr\s"
        rf"|\s?semestre\s{_OF})(?:{_Y}|(?P<yy>(?!)))",
        _half,
    ),
    _form(
        rf"(?<!\w)(?:H(?P<n>[12])|(?P<n2>[12])H)(?:[\s/]?)(?:{_Y}|['’]?(?P<yy>\d\d)(?!\d))",
        lambda m: _months(m["y"] or _full_year(m["yy"]) or "", int(m["n"] or m["n2"]), 6),
    ),
    _form(
        rf"{_Y}\s?年(?:の)?(?P<n>[上下])半[年期]",
        lambda m: _months(m["y"], 1 if m["n"] == "上" else 2, 6),
    ),
    _form(
        rf"{_Y}\s?жылдың\s(?P<n>бірінші|екінші)\sжарты\w*", lambda m: _months(m["y"], _nth(m), 6)
    ),
    _form(
        rf"(?<!\w){_NTH}(?:\w*(?:[\s-]\w{{0,3}})?\s?(?:кварт\w*|кв\.)\s|\squarter\s{_OF}|[nsr]?\.?\sQuartal\s|\strimestre\s{_OF}){_Y}",
        _quarter,
    ),
    _form(
        rf"(?<!\w)(?:Q(?P<n>[1-4])|(?P<n2>[1-4])Q)[\s/]?(?:{_Y}|['’]?(?P<yy>\d\d)(?!\d))",
        lambda m: _months(m["y"] or _full_year(m["yy"]) or "", int(m["n"] or m["n2"]), 3),
    ),
    _form(rf"{_Y}\s?年(?:第)?(?P<n>[一二三四1-4])(?:季度|四半期)", _quarter),
    _form(rf"{_Y}\s?жыл\w*\s(?P<n>[1-4])-тоқсан\w*", _quarter),
    # seasons
    _form(
        rf"(?<!\w)(?P<s>spring|summer|autumn|fall|winter|frühjahr|frühling|sommer|herbst|printemps|été|automne|hiver)\s{_OF}{_Y}",
        _season,
    ),
    _form(rf"(?<!\w)(?P<s>весн|лет|осен|зим)(?:а|о|ь|ой|ом|ью|ы|и|у)\s{_Y}", _season),
    _form(rf"{_Y}\s?年(?P<s>[春夏秋冬])(?:季|天)?", _season),
    _form(rf"{_Y}\s?жылдың\s(?P<s>көктем|жаз|күз|қыс)\w*", _season),
    # decades and centuries
    _form(
        r"(?:middle\sof\sthe|mid-?|в?\s?середин\w|mitte\sder|milieu\sdes\sannées)\s?(?P<decade>(?:19|20)\d0)(?:er\b|s\b|-х|-е)?(?:\s(?:jahre|год\w*))?",
        _middle_of_decade,
    ),
    _form(r"(?<!\d)(?P<decade>(?:19|20)\d0)(?:s\b|-х|-е|年代|er\sJahren?\b|-жылдар\w*)", _decade),
    _form(r"années\s(?P<decade>(?:19|20)\d0)(?!\d)", _decade),
    _form(r"(?<!\d)(?:上世纪)?(?P<tens>[2-9])0年代", _short_decade),
    _form(
        r"(?:the\s|в\s)(?P<word>thirties|forties|fifties|sixties|seventies|eighties|nineties|тридцатых|сороковых|пятидесятых|шестидесятых|семидесятых|восьмидесятых|девяностых)(?!\w)",
        _named_decade,
    ),
    _form(
        r"(?<!\d)(?P<number>1[6-9]|2[01])(?:th|st|\.|e|ème)?\s(?:century|jahrhunderts?|siècle|век\w*)",
        _century,
    ),
    _form(r"(?<!\w)(?P<word>nineteenth|twentieth|twenty-first)\scentury", _century),
    _form(r"(?<!\w)(?P<roman>XIX|XXI|XX)(?:e|ème)?\s(?:век\w*|ғасыр\w*|siècle)", _century, 0),
    _form(r"(?P<han>十九|二十一|二十)世[纪紀]", _century),
    # full dates
    _form(
        rf"(?<![\d.])(?P<d>[0-3]?\d)[-\s](?P<m>(?:{LATIN}))[-\s]['’]?(?P<yy>\d\d)(?![\d\w:.])",
        _plain,
    ),
    _form(rf"(?<!\d)(?P<d>[0-3]?\d)-(?P<m>(?:{LATIN}))-{_Y}", _plain),
    _form(
        rf"(?<!\d)(?P<d>[0-3]?\d)\.(?P<roman>XII|XI|X|IX|VIII|VII|VI|V|IV|III|II|I)\.{_Y}",
        _roman_month,
        0,
    ),
    _form(
        rf"(?<!\w)(?:the\s)?(?P<day>{_DAY_NAME})\s(?:of\s)?{_M},?\s{_Y}",
        _named_day,
    ),
    _form(
        rf"(?<!\w)(?:(?P<tens>двадцать|тридцать)\s)?(?P<day>{'|'.join(_DAYS_RU)})(?:ое|ого|ье|ьего)\s{_M}\s{_Y}",
        _named_day_ru,
    ),
    _form(rf"(?<!\d){_D}{_D2}\s(?:of\s)?{_M},?\s{_Y}(?!\d)", _plain),
    _form(rf"\b{_M}\s{_D}(?!\d){_D2},?\s{_Y}(?!\d)", _plain),
    _form(rf"\b{_MA}{_YA}{_TO}{_MB},?\s(?:of\s)?{_Y}(?!\d)", _two_months),
    _form(
        rf"\b{_M}\s{_D}(?!\d){_D2}(?!\d)",
        lambda m: _plain(m) if m["m"][0].isupper() or not m["m"].isascii() else [],
    ),
    _form(rf"(?<!\d){_D}{_D2}\s(?:of\s)?{_M}", _plain),
    _form(rf"\b{_M},?\s(?:of\s)?{_Y}(?!\d)", _plain),
    _form(
        rf"(?P<hy>[{_HAN}]{{4}})年(?:(?P<hm>[{_HAN}]{{1,2}})月(?:(?P<hd>[{_HAN}]{{1,3}})日)?)?",
        _han_date,
    ),
    _form(
        r"(?P<era>令和|平成|昭和)(?P<n>\d{1,2}|元)年(?:(?P<em>\d{1,2})月(?:(?P<ed>\d{1,2})日)?)?",
        _era,
    ),
    _form(rf"{_Y}\s?年\s?(?P<m>[01]?\d)\s?月\s?(?P<d>[0-3]?\d)\s?日", _plain),
    _form(rf"{_Y}\s?年\s?(?P<m>[01]?\d)\s?月", _plain),
    _form(rf"{_Y}\s?年?(?:{_TO}|从)(?P<y2>{_YEAR})\s?年(?!\d)", _two_years),
    _form(rf"{_Y}\s?年", _plain),
    _form(r"(?<!\d)(?P<m>[01]?\d)\s?月\s?(?P<d>[0-3]?\d)\s?日", _plain),
    _form(rf"(?<!\d){_Y}-(?P<m>[01]\d)(?:-(?P<d>[0-3]\d))?(?![\d-])", _plain),
    _form(rf"(?<![\d./])(?P<a>[0-3]?\d)/(?P<b>[0-3]?\d)/{_Y}(?!\d)", _day_or_month_first),
    _form(rf"(?<![\d.])(?P<d>[0-3]?\d)\.(?P<m>[01]?\d)\.{_Y}(?!\d)", _plain),
    _form(r"(?<![\d.,])(?P<d>[0-3]?\d)\.(?P<m>[01]?\d)\.(?P<yy>\d\d)(?![\d%]|[.,]\d)", _plain),
    _form(rf"(?<!\d){_Y}[./](?P<m>[01]?\d)[./](?P<d>[0-3]?\d)(?!\d)", _plain),
    # years
    _form(rf"(?<![\d./-]){_Y}(?:{_TO})(?P<y2>{_YEAR})(?!\d|-\d\d(?!\d)){_YEARS}", _two_years),
    _form(rf"(?<![\d./-]){_Y}[-–/](?P<y2>\d\d)(?![\d/-])", _two_years),
    _form(rf"(?<![\d/])(?:(?<!\w)FY\s?)?{_Y}{_Y_END}", _plain),
]
# Those that need no digit, which most sentences do not have.
FORMS_IN_WORDS = [form for form in FORMS if form[1] in (_named_decade, _century, _han_date)]
