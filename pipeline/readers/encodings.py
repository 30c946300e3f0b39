"""Texts in one byte a letter whose encoding is not stated: the one is taken in which they read like
a language.

Of letters that stand beside each other in Russian a few dozen pairs make up half; in a wrong
encoding hardly any appear. A text in Latin letters is told by its common words, and then by the
letters with marks that its language has.
"""

from __future__ import annotations

import re

from pipeline.readers.languages import MARKED, common_words

# How likely a text of unknown origin is in an encoding, apart from what it holds: files come from
# Windows, then from the web and mail, then from DOS, and next to never from old Macs.
_CYRILLIC = {
    "cp1251": 1.0, "koi8-r": 0.99, "cp866": 0.98, "koi8-u": 0.97, "kz1048": 0.97,
    "iso8859-5": 0.95, "ptcp154": 0.94, "mac_cyrillic": 0.9,
}  # fmt: skip
_LATIN = {
    "cp1252": 1.0, "cp1250": 0.99, "iso8859-2": 0.98, "cp1254": 0.97, "cp1257": 0.97,
    "iso8859-15": 0.96, "cp850": 0.95, "mac_roman": 0.93,
}  # fmt: skip
_PAIRS = set(
    "ст но ен то на ов ни ра во ко ро ос ал не по го пр ер от ре ть ва ор ли та ел ан ет ка ом ле"
    " ло ти ат ин ес да об ол ри за ск ит ог де ве ам ир ил ар ви со до ие ма".split()
)
_SIGNS = set("«»“”„‘’‚–—…€£°§№•·¿¡²³½±×®©™\u00a0\u00ad")
_SIGN_IN_WORD = re.compile("(?<=[a-zß-ÿа-яё]{2})[€£¬¿¡±•§№]|[€£¬¿¡±•§№](?=[a-zß-ÿа-яё])")
_ENOUGH_PAIRS, _RUSSIAN = 12, 0.3  # of 12 pairs or more, this share
_ENOUGH_WORDS, _FITS = 2, 0.9
_CLOSE = 0.03  # two fits that differ by less could be either
_HEAD = 20_000  # letters that are looked at
Guess = tuple[float, str, str]  # the fit, the text, the encoding


def guess_encoding(data: bytes) -> tuple[str, str] | None:
    """Text and encoding name of bytes that are Russian or a language of Europe in Latin letters;
    None for others."""
    found = _cyrillic(data) or _latin(data)
    return found[0][1:] if found else None


def is_guessed(encoding: str) -> bool:
    """Whether an encoding is one of those among which a text's language decides."""
    return encoding in _CYRILLIC or encoding in _LATIN


def runner_up(data: bytes) -> str | None:
    """The encoding in which bytes read nearly as well as in the one that is guessed, if they read
    otherwise there; None if there is none."""
    found = _cyrillic(data) or _latin(data)
    others = [g for g in found[1:] if g[1] != found[0][1] and g[0] > found[0][0] - _CLOSE]
    return others[0][2] if others else None


def _cyrillic(data: bytes) -> list[Guess]:
    found: list[Guess] = []
    for encoding, prior in _CYRILLIC.items():
        text = _decoded(data, encoding)
        head = text[:_HEAD]
        pairs = re.findall(r"(?=([а-яё]{2}))", head)
        swapped = len(re.findall("[а-яё][А-ЯЁ]", head))
        if len(pairs) < _ENOUGH_PAIRS or swapped * 20 > len(pairs):
            continue
        share = sum(1 for pair in pairs if pair in _PAIRS) / len(pairs)
        marked = [c for c in head.lower() if c > "\x7f"]
        likely = sum(map(_likely, marked)) - 2 * _signs_in_words(head)
        fit = prior * share * likely / len(marked) * (1 - 2 * swapped / len(pairs))
        if share > _RUSSIAN:
            found.append((fit, text, encoding))
    return sorted(found, key=lambda guess: -guess[0])


def _latin(data: bytes) -> list[Guess]:
    found: list[Guess] = []
    for encoding, prior in _LATIN.items():
        text = _decoded(data, encoding)
        head = text[:_HEAD]
        odd = [c for c in head.lower() if c > "\x7f" and c not in _SIGNS]
        wrong = _signs_in_words(head)
        total = max(1, len(re.findall(r"[^\W\d_]+", head)))
        best = 0.0
        for language, known in common_words(head).items() if odd else ():
            fit = sum(1 for c in odd if c in MARKED[language]) / (len(odd) + wrong)
            if known >= _ENOUGH_WORDS and (fit == 1 or (fit > _FITS and known > _ENOUGH_WORDS)):
                best = max(best, fit * prior * (0.5 + min(0.5, known / total)))
        if best:
            found.append((best, text, encoding))
    return sorted(found, key=lambda guess: -guess[0])


def _signs_in_words(text: str) -> int:
    """How many signs stand within words in small letters, where none belong: a letter of another
    encoding (`предпри€тие`), but not `4,5 M€`, `м²` or `20 °C`."""
    return len(_SIGN_IN_WORD.findall(text))


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
