"""Words without their endings, so that the lexicon and the words of another name fit them. Pure.

Not linguistics: an ending is taken off only to look whether what is left is known, or to compare
two words that stand in like places of two names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LEAST = 4  # letters of what is left; of a Kazakh word one less
# Endings of plural, gender and case by language, with what they stand for.
_LATIN: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (("ies", "y"), ("es", ""), ("s", "")),
    "de": (("er", ""), ("es", ""), ("en", ""), ("em", ""), ("n", ""), ("s", ""), ("e", "")),
    "fr": (("aux", "al"), ("ales", "al"), ("es", ""), ("s", ""), ("x", ""), ("e", "")),
}
# What joins two German words: Forschung-s-zentrum, Daten-, Kind-er-.
_JOINTS = ("s", "es", "n", "en", "er", "e", "o")
_KAZAKH = re.compile(
    "(?:лар|лер|дар|дер|тар|тер)?(?:л[ыі]қ|л[ыі]к|д[ыі]қ|д[ыі]к|т[ыі]қ|т[ыі]к)?(?:с?[ыі]н?)?"
    "(?:н|[ндт][ыі]|[ндт][ыі]ң|[ғқгкн][ае]|[дт][ае]|[дтн][ае]н|[мбп]ен|[дт]ағы|[дт]егі)?"
)
_KAZAKH_LETTER = re.compile("[әғқңөұүһі]")
_VOICED = str.maketrans({"ғ": "қ", "г": "к", "б": "п"})
_ADJECTIVE = re.compile("(?:ск|цк)(?:ого|ому|ими|ий|ая|ое|ие|ой|их|им|ую|ом)$")
_RUSSIAN = re.compile(
    "(?:ами|ями|ыми|ими|ого|его|ому|ему|иях|иям|ых|их|ой|ей|ая|яя|ое|ее|ые|ие|ый|ий|ом|ем|ам|ям|ах|ях"
    "|ую|юю|ия|ии|ию|а|я|ы|и|у|ю|е|о|ь)$"
)


def latin_bases(word: str, language: str) -> Iterator[str]:
    """What a word in Latin letters may be an inflected form of, in one language."""
    for ending, stands_for in _LATIN.get(language, ()):
        stem = word.removesuffix(ending) + stands_for
        if word.endswith(ending) and len(stem) >= _LEAST:
            yield stem


def kazakh_bases(word: str) -> Iterator[str]:
    """What a Kazakh word may be an inflected form of: without number, possession and case."""
    for length in range(len(word) - 1, _LEAST - 2, -1):
        if _KAZAKH.fullmatch(word, length):
            stem = word[:length]
            yield stem
            if stem[-1:] in "ғгб":
                yield stem[:-1] + stem[-1].translate(_VOICED)


def is_kazakh(word: str) -> bool:
    """Whether a word has a letter that Russian has not."""
    return _KAZAKH_LETTER.search(word) is not None


def russian_base(word: str) -> str:
    """A Russian word without its ending; as it is, when too little would be left."""
    stem = _RUSSIAN.sub("", word)
    return stem if len(stem) >= _LEAST else word


def without_adjective(word: str) -> str:
    """The name of which Russian made an adjective: Сеченов of "сеченовский", Отар of
    "отарского"."""
    stem = _ADJECTIVE.sub("", word)
    return stem if len(stem) >= _LEAST else word


def first_parts(word: str, least: int) -> Iterator[tuple[str, str]]:
    """The ways to part a compound in two, the longest second part first; also without what joins
    them. Each part has `least` letters at least."""
    for at in range(least, len(word) - _LEAST + 1):
        first, second = word[:at], word[at:]
        yield first, second
        for joint in _JOINTS:
            if first.endswith(joint) and len(first) - len(joint) >= least:
                yield first.removesuffix(joint), second
