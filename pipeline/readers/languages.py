"""The language of a text: by its letters and commonest words, or by lingua where the extra
`languages` is installed."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

LINGUA = "lingua-language-detector"
_SAMPLE = 50_000
_LINGUA_SAMPLE = 5_000
_KAZAKH = re.compile("[әғқңөұүһ]", re.IGNORECASE)
_UKRAINIAN = re.compile("[їєґі]", re.IGNORECASE)  # і is Kazakh too
# Of languages in Latin letters the letters with marks, and common words that tell them apart.
_LANGUAGES = {
    "en": ("éèïöüçñ", "the of and to in for with on was by from that is at"),
    "de": ("äöüß", "der die das und von mit für auf dem den des wurde ist nicht eine"),
    "fr": ("àâçéèêëîïôùûüÿœæ", "le la les des et du une dans pour par sur est avec été aux"),
    "es": ("áéíñóúü", "el los las del una para por con que fue como más entre"),
    "it": ("àèéìòù", "il gli della di che per con una nel sono dei alla delle"),
    "pt": ("áâãàçéêíóôõúü", "os das dos uma para com não foi pela entre mais pelo"),
    "nl": ("éëïöü", "het een van de en voor met zijn op door werd niet"),
    "da": ("æøåé", "og at det er på til af en som med for den der har om ikke de i"),
    "no": ("æøåéòô", "og at det er på til av en som med for den har om ikke de i"),
    "sv": ("åäöé", "och att det som på är av för med den till har om inte ett i"),
    "fi": ("äöå", "ja on ei oli että se joka mukaan vuonna myös sen"),
    "is": ("áðéíóúýþæö", "og að er sem við til um var ekki frá"),
    "et": ("äõöüšž", "ja on ei oli et see mis aga ning"),
    "lv": ("āčēģīķļņšūž", "un ir no ar ka par tas kas gada"),
    "lt": ("ąčęėįšųūž", "ir yra kad su buvo iš metais kaip"),
    "pl": ("ąćęłńóśźż", "się na nie jest oraz przez został dla przy od że w z do"),
    "cs": ("áčďéěíňóřšťúůýž", "na je že se byl od do pro roce uvedla další v a s z"),
    "sk": ("áäčďéíĺľňóôŕšťúýž", "na je že sa bol od do pre roku ďalšia v a s z"),
    "hu": ("áéíóöőúüű", "az és hogy nem is volt egy meg év el a"),
    "ro": ("ăâîșşțţ", "și în de la cu din pe nu este care anul pentru"),
    "hr": ("čćđšž", "je se na da od su za nije godine kako u i"),
    "sl": ("čšž", "je se na da od so za ni leta kako v in"),
    "tr": ("çğıöşüâîi̇", "ve bir ile için olarak bu tarafından olan da de"),
}  # fmt: skip
MARKED = {name: letters for name, (letters, _) in _LANGUAGES.items()}
_COMMON = {name: words.split() for name, (_, words) in _LANGUAGES.items()}
_UNKNOWN, _FEW, _WORDS = "und", 0.03, 25  # of so many words a language that is known has more


_SCRIPTS = {
    "Cyrillic": ("ru", "kk", "uk", "be", "bg", "sr", "mk", "ky", "tg", "mn", "tt"),
    "Han": ("zh", "ja"),
    "Hangul": ("ko",),
    "Arabic": ("ar", "fa", "ur"),
}


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language that most of a text is in, `und` for one that is not known;
    None when there are hardly any letters.

    Without lingua it tells apart those with letters of their own, en, ru, kk, uk and _LANGUAGES.
    """
    sample = text[:_SAMPLE]
    by_letters = _by_letters(sample)
    detector = _detector() if by_letters else None
    found = detector.detect_language_of(sample[:_LINGUA_SAMPLE]) if detector else None
    return found.iso_code_639_1.name.lower() if found else by_letters


def common_words(text: str) -> dict[str, int]:
    """How many of a text's words are among the commonest of each language in Latin letters."""
    words = Counter(re.findall(r"[^\W\d_]+", text.casefold()))
    return {name: sum(words[word] for word in common) for name, common in _COMMON.items()}


def reads_like_language(text: str) -> bool:
    """Whether a text of uncertain characters is one: it has the common words of a language in Latin
    letters, or is written in other letters, and has hardly any characters that are none."""
    words = re.findall(r"[^\W\d_]+", text)
    odd = sum(not (c.isprintable() or c.isspace()) or "\ue000" <= c <= "\uf8ff" for c in text)
    if len(words) < _WORDS // 5 or odd * 50 > len(text):
        return False
    if max(common_words(text).values()) > _FEW * len(words):
        return True
    letters = "".join(words)
    return sum(c > "\u02ff" for c in letters) * 2 > len(letters)


def same_script(one: str | None, other: str | None) -> bool:
    """Whether two languages are written in letters of one kind, as far as is known."""
    return _script(one) == _script(other) or None in (one, other)


def _script(language: str | None) -> str:
    return next((name for name, members in _SCRIPTS.items() if language in members), "Latin")


def lingua_version() -> str:
    """ "lingua 2.1.1", or nothing if it is not installed: what it reads differently is a changed
    document."""
    try:
        return f"lingua {version(LINGUA)}"
    except PackageNotFoundError:
        return ""


@cache
def _detector() -> Any:
    try:
        from lingua import LanguageDetectorBuilder
    except ImportError:
        return None
    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()


def _by_letters(sample: str) -> str | None:
    other = {
        "ja": len(re.findall("[\u3040-\u30ff]", sample)),
        "ko": len(re.findall("[\uac00-\ud7af]", sample)),
        "ar": len(re.findall("[\u0600-\u06ff]", sample)),
        "he": len(re.findall("[\u0590-\u05ff]", sample)),
        "el": len(re.findall("[\u0370-\u03ff]", sample)),
        "hy": len(re.findall("[\u0530-\u058f]", sample)),
        "hi": len(re.findall("[\u0900-\u097f]", sample)),
        "th": len(re.findall("[\u0e00-\u0e7f]", sample)),
        "ka": len(re.findall("[\u10a0-\u10ff]", sample)),
    }
    han = len(re.findall("[\u3400-\u9fff]", sample))
    cyrillic = len(re.findall("[Ѐ-ӿ]", sample))
    latin = len(re.findall("[A-Za-z]", sample))
    best = max(other, key=lambda name: other[name])
    if other[best] >= 10 and other[best] * 4 > max(han, cyrillic, latin):
        return best
    if han + cyrillic + latin < 20:
        return None
    if han * 3 > max(cyrillic, latin):
        return "zh"
    if cyrillic > latin:
        if len(_KAZAKH.findall(sample)) * 50 > cyrillic:
            return "kk"
        return "uk" if len(_UKRAINIAN.findall(sample)) * 50 > cyrillic else "ru"
    counts = common_words(sample)
    likely = max(counts, key=lambda name: counts[name])
    words = len(re.findall(r"[^\W\d_]+", sample))
    if words > _WORDS and counts[likely] < _FEW * words:
        return _UNKNOWN
    return likely if counts[likely] > max(1, 1.5 * counts["en"]) else "en"
