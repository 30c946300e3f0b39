"""Countries (ISO 3166-1 alpha-2) and currencies (ISO 4217) by the names and marks that documents
give them."""

from __future__ import annotations

import re
from functools import cache

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
# Names that need more than a word: "Latin American" is no claim about the United States, nor
# "Georgia State" about Georgia.
_EXTRA: dict[str, tuple[str, ...]] = {
    "US": (
        r"(?<!latin )(?<!north )(?<!south )(?<!central )(?<!\w)americans?(?!\w)",
        r"(?<!latin )(?<!north )(?<!south )(?<!central )(?<!\w)america(?!\w)",
    ),
    "GE": (r"(?<!\w)georgia(?! state| tech| institute)(?!\w)",),
}
_CURRENCIES: dict[str, str] = {
    "USD": (
        r"USD|us\$|u\.s\. dollars?|(?<![a-z])\$|(?:us )?(?<!australian )(?<!canadian )(?<!kong"
        r" )(?<!singapore )dollars?"
        r"|(?<!канадских )(?<!австралийских )доллар\w*|долл\.?|美元"
    ),
    "EUR": r"EUR|€|euros?|евро|欧元",
    "RUB": r"RUB|RUR|₽|(?<!belarusian )rou?bles?|(?<!белорусских )рубл\w*|руб\.?|卢布",
    "KZT": r"KZT|₸|tenge|тенге|坚戈",
    "CNY": r"CNY|RMB|¥|￥|yuan|renminbi|юан\w*|人民币|(?<=[\d万亿千百十])元",
    "GBP": r"GBP|£|pounds? sterling|фунт\w* стерлинг\w*|英镑",
    "JPY": r"JPY|¥|yen|иен\w*|йен\w*|日元",
    "CHF": r"CHF|swiss francs?|швейцарск\w+ франк\w*",
    "KRW": r"KRW|₩|south korean won|(?:million|billion|trillion) won|韩元",
    "INR": r"INR|₹|rupees?|рупи\w*",
    "TRY": r"TRY|₺|turkish liras?|турецк\w+ лир\w*",
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
    codes = [code for code, form in _CURRENCIES.items() if re.fullmatch(form, text, re.IGNORECASE)]
    codes = codes or (["CNY"] if text == "元" else [])
    if not codes:
        raise ValueError(f"{value!r} is no currency; give the ISO 4217 code such as USD, or null")
    return codes[0]


@cache
def country_pattern(code: str) -> re.Pattern[str]:
    """Matches any way a text names the country `code`: its names, adjectives and short forms."""
    names = {
        re.escape(name) for name, c in _name_to_code().items() if c == code and name != "georgia"
    }
    forms = sorted(
        names | {re.escape(stem) for stem in _DEMONYMS.get(code, "").split("|") if stem},
        key=len,
        reverse=True,
    )
    parts = []
    for form in forms:
        cyrillic, han = re.search("[а-яё]", form), re.search("[\u3400-\u9fff]", form)
        if len(form) <= 3 and form.isascii():
            parts.append(rf"(?<!\w)(?-i:{form.upper()})(?!\w)")  # "US" is a country, "us" is not
            continue
        parts.append(
            form
            if han
            else rf"(?<!\w){form}\w*"
            if cyrillic
            else rf"(?<!\w){form}(?:s|n|ns)?(?!\w)"
        )
    return re.compile("|".join([*parts, *_EXTRA.get(code, ())]) or r"(?!)", re.IGNORECASE)


@cache
def currency_pattern(code: str) -> re.Pattern[str]:
    """Matches any way a text names the currency `code`."""
    return re.compile(_bounded(_CURRENCIES.get(code, re.escape(code))), re.IGNORECASE)


@cache
def any_currency_pattern() -> re.Pattern[str]:
    """Matches the mark or name of any currency known here."""
    return re.compile("|".join(_bounded(form) for form in _CURRENCIES.values()), re.IGNORECASE)


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
    for language in ("en", "ru", "kk", "zh"):
        for code, name in Locale(language).territories.items():
            if code in _territories():
                names.setdefault(name.casefold(), code)
    long_names = {
        "KZ": "republic of kazakhstan|республика казахстан",
        "RU": "russian federation|российская федерация",
        "CN": "people's republic of china|people’s republic of china|китайская народная республика",
        "US": "united states of america",
        "GB": "great britain",
    }
    for code, long in long_names.items():
        names.update((name, code) for name in long.split("|"))
    return names


def _by_demonym(text: str) -> str:
    return next((code for code, stems in _DEMONYMS.items() if text in stems.split("|")), "")
