"""The names of months and seasons in English, Russian, Kazakh, German and French."""

from __future__ import annotations

_EN = (
    "january february march april may june july august september october november december".split()
)
_RU = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()
_RU_SHORT = "янв фев мар апр май июн июл авг сен окт ноя дек".split()
_DE = "januar februar märz april mai juni juli august september oktober november dezember".split()
_FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_KK = (
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйе[кг] қазан қараша желтоқсан".split()
)
# Endings of cases; other words begin like months: Мамыржанов, Қазанбаев.
_KK_END = (
    r"(?:(?:ы|і|ын|ін)?(?:нда|нде|да|де|та|те)?(?:ғы|гі)?|[дтн]?[аеыі][нң]?|ғ?а|г?е"
    r"|[дтн]ың|[дтн]ің)(?!\w)(?!\s+қала)"
)
MONTHS = (
    {name: i for i, name in enumerate(_EN, 1)}
    | {name[:3]: i for i, name in enumerate(_EN, 1)}
    | {"sept": 9}
)
_LATIN = (
    MONTHS
    | {name: i for i, name in enumerate(_DE, 1)}
    | {name: i for i, name in enumerate(_FR, 1)}
    | {"jän": 1, "jänner": 1, "mär": 3, "okt": 10, "dez": 12, "janv": 1, "févr": 2, "avr": 4,
       "juil": 7, "déc": 12, "fevrier": 2, "aout": 8, "decembre": 12}
)  # fmt: skip
LATIN = "|".join(sorted(_LATIN, key=len, reverse=True))
RUSSIAN = "|".join(rf"{stem}(?:ь|я|е|ю|а|у|й|и|ем|ём|ом)?" for stem in _RU)
RUSSIAN_SHORT = "|".join(rf"{short}\." for short in _RU_SHORT)
KAZAKH = rf"(?:{'|'.join(_KK)}){_KK_END}"
# Names that are words as well.
BARE = "|".join(n for n in {*_EN, *_DE, *_FR} if n not in ("may", "march", "mai", "mars"))

SEASONS = {
    "spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24, "весн": 21, "лет": 22,
    "осен": 23, "зим": 24, "春": 21, "夏": 22, "秋": 23, "冬": 24, "frühjahr": 21, "frühling": 21,
    "sommer": 22, "herbst": 23, "printemps": 21, "été": 22, "automne": 23, "hiver": 24,
    "көктем": 21, "жаз": 22, "күз": 23, "қыс": 24,
}  # fmt: skip


def month_of(name: str) -> int | None:
    """The number of a month by its name or its number."""
    if name.isdecimal():
        return int(name)
    lower = name.lower().rstrip(".")
    if lower in _LATIN:
        return _LATIN[lower]
    if name.endswith(".") and lower in _RU_SHORT:
        return _RU_SHORT.index(lower) + 1
    stems = [*enumerate(_RU, 1), *((i, stem.split("[")[0]) for i, stem in enumerate(_KK, 1))]
    return next(
        (i for i, stem in stems if lower.startswith(stem) and (stem != "ма" or len(lower) < 5)),
        None,
    )


def season_of(name: str) -> int:
    """The EDTF number of a season by a name that begins so."""
    lower = name.lower()
    return next(number for stem, number in SEASONS.items() if lower.startswith(stem))
