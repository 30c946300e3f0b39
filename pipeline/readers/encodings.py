"""Texts in one byte a letter whose encoding is not stated: the one is taken in which they read like
a language.

Of letters that stand beside each other in Russian a few dozen pairs make up half; in a wrong
encoding hardly any appear. A text in Latin letters is told by its common words, and then by the
letters with marks that its language has.
"""

from __future__ import annotations

import re

from pipeline.readers.languages import common_words

_CYRILLIC = (
    "cp1251",
    "koi8-r",
    "koi8-u",
    "cp866",
    "mac_cyrillic",
    "iso8859-5",
    "kz1048",
    "ptcp154",
)
_LATIN = ("cp1252", "cp1250", "iso8859-2", "cp1254", "mac_roman", "cp850")
_PAIRS = set(
    "ст но ен то на ов ни ра во ко ро ос ал не по го пр ер от ре ть ва ор ли та ел ан ет ка ом ле"
    " ло ти ат ин ес да об ол ри за ск ит ог де ве ам ир ил ар ви со до ие ма".split()
)
_MARKED = {
    "en": "éèïöüçñ", "de": "äöüß", "fr": "àâçéèêëîïôùûüÿœæ", "es": "áéíñóúü", "it": "àèéìòù",
    "pt": "áâãàçéêíóôõúü",
    "pl": "ąćęłńóśźż", "tr": "çğıöşüâî", "nl": "éëïöü",
}  # fmt: skip
_SIGNS = set("«»“”„‘’‚–—…€£°§№•·¿¡²³½±×®©™\u00a0\u00ad")
_ENOUGH_PAIRS, _RUSSIAN = 12, 0.3  # of 12 pairs or more, this share
_ENOUGH_WORDS, _FITS = 2, 0.9


def guess_encoding(data: bytes) -> tuple[str, str] | None:
    """Text and encoding name of bytes that are Russian or a language of western or central Europe;
    None for others."""
    return _cyrillic(data) or _latin(data)


def _cyrillic(data: bytes) -> tuple[str, str] | None:
    best: tuple[float, str, str] | None = None
    for encoding in _CYRILLIC:
        text = _decoded(data, encoding)
        pairs = re.findall(r"(?=([а-яё]{2}))", text[:20_000]) if text else []
        swapped = len(re.findall("[а-яё][А-ЯЁ]", text[:20_000]))
        if len(pairs) < _ENOUGH_PAIRS or swapped * 20 > len(pairs):
            continue
        share = sum(1 for pair in pairs if pair in _PAIRS) / len(pairs)
        marked = [c for c in text[:20_000].lower() if c > "\x7f"]
        fit = share * sum(map(_likely, marked)) / len(marked) * (1 - 2 * swapped / len(pairs))
        if share > _RUSSIAN and (best is None or fit > best[0]):
            best = fit, text, encoding
    return best[1:] if best else None


def _latin(data: bytes) -> tuple[str, str] | None:
    best: tuple[float, int, str, str] | None = None
    for encoding in _LATIN:
        text = _decoded(data, encoding)
        odd = [c for c in text[:20_000].lower() if c > "\x7f" and c not in _SIGNS]
        for language, words in common_words(text[:20_000]).items() if odd else ():
            fit = sum(1 for c in odd if c in _MARKED[language]) / len(odd)
            enough = words >= _ENOUGH_WORDS and (
                fit == 1 or (fit > _FITS and words > _ENOUGH_WORDS)
            )
            if enough and (best is None or (fit, words) > best[:2]):
                best = fit, words, text, encoding
    return best[2:] if best else None


def _likely(letter: str) -> float:
    """How likely a character is in a Russian or Kazakh text."""
    return (
        1.0
        if "а" <= letter <= "я" or letter == "ё"
        else 0.9
        if letter in "әғқңөұүһі"
        else 0.5
        if letter in _SIGNS
        else 0.0
    )


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""
