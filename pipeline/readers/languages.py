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
# The commonest short words of languages in Latin letters; English is taken where none of them
# prevails.
_COMMON = {
    "en": "the of and to in for with on was by from that is at",
    "de": "der die das und von mit für auf dem den des wurde ist nicht eine",
    "fr": "le la les des et du une dans pour par sur est avec été aux",
    "es": "el los las del una para por con que fue como más entre",
    "it": "il gli della di che per con una nel sono dei alla delle",
    "pt": "os das dos uma para com não foi pela entre mais pelo",
    "pl": "się na nie jest oraz przez został dla przy od że",
    "tr": "ve bir ile için olarak bu tarafından olan da de",
    "nl": "het een van de en voor met zijn op door werd niet",
}


_SCRIPTS = {
    "Cyrillic": ("ru", "kk", "uk", "be", "bg", "sr", "mk", "ky", "tg", "mn", "tt"),
    "Han": ("zh", "ja"),
    "Hangul": ("ko",),
    "Arabic": ("ar", "fa", "ur"),
}


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language that most of a text is in; None when there are hardly any
    letters.

    Without lingua it tells apart en, ru, kk, zh, uk, ja, ko, ar and those of _COMMON.
    """
    sample = text[:_SAMPLE]
    by_letters = _by_letters(sample)
    detector = _detector() if by_letters else None
    found = detector.detect_language_of(sample[:_LINGUA_SAMPLE]) if detector else None
    return found.iso_code_639_1.name.lower() if found else by_letters


def common_words(text: str) -> dict[str, int]:
    """How many of a text's words are among the commonest of each language in Latin letters."""
    words = Counter(re.findall(r"[^\W\d_]+", text.casefold()))
    return {name: sum(words[word] for word in common.split()) for name, common in _COMMON.items()}


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
    return likely if counts[likely] > 1.5 * counts["en"] else "en"
