"""Abbreviations that a document defines anywhere, so that a late passage knows what they mean.

Bracketed acronyms are matched to the words before them after Schwartz and Hearst, "A simple
algorithm for identifying abbreviation definitions in biomedical text" (PSB 2003); "hereinafter"
forms of English, Russian and Chinese are explicit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTES = "\"'“”„«»‘’"
_HEREINAFTER = re.compile(
    r"[(（]\s*+(?:hereinafter|hereafter|(?:в\s+)?дал(?:ее|ьнейшем)|以下简称|下称|简称)"
    r"\s*+(?:referred to as|called|именуем\w+|также)?"
    rf"\s*+[-–—:：,，]?\s*+(?:the\s)?[{_QUOTES}]?([^()（）\n{_QUOTES}]{{2,60}}?)[{_QUOTES}]?\s*[)）]",
    re.IGNORECASE,
)
_HEREINAFTER_TAIL = re.compile(
    r"[(（]([^()（）\n]{2,60}?)[,，]\s*(?:以下简称|下称)[“\"]([^”\"()（）\n]{2,30})[”\"]\s*[)）]"
)
_BRACKETED = re.compile(rf"[(（]\s*[{_QUOTES}]?([^\W\d_][\w&.\-]{{1,11}})[{_QUOTES}]?\s*[)）]")
_STOPS = re.compile(r"\.(?=\s+[^\W\da-zа-яё_])|[;:!?。；：！？()（）\n|]|\s[-–—]\s")
_INITIAL = re.compile(r"(?:^|(?<!\w))\w\.$")  # as in "Olga A. Tarasova"
_FORM_WITH_COMMA = {"co.,", "ltd.,", "inc.,", "s.p.a.,"}
_LOWER_INSIDE = {
    "of",
    "the",
    "for",
    "and",
    "de",
    "in",
    "on",
    "по",
    "и",
    "в",
    "на",
    "при",
    "им.",
    "имени",
}


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """`short` stands for `long`; `start` and `end` span the definition in the text."""

    short: str
    long: str
    start: int
    end: int


def find_abbreviations(text: str) -> list[Abbreviation]:
    """All abbreviations the text defines, in order of definition; the first definition of a short
    form wins."""
    found: list[Abbreviation] = []
    for match in _HEREINAFTER.finditer(text):
        _add(found, text, match, match[1], _name_before(text, match.start()))
    for match in _HEREINAFTER_TAIL.finditer(text):
        _add(found, text, match, match[2], _name_before(text, match.start()))
    for match in _BRACKETED.finditer(text):
        if sum(letter.isupper() for letter in match[1]) >= 2:
            _add(found, text, match, match[1], _long_form(text, match.start(), match[1]))
    unique: dict[str, Abbreviation] = {}
    for item in sorted(found, key=lambda a: a.start):
        unique.setdefault(item.short, item)
    return list(unique.values())


def _add(found: list[Abbreviation], text: str, match: re.Match[str], short: str, long: str) -> None:
    short = short.strip(_QUOTES + " .,")
    if len(short) >= 2 and len(long) > len(short) and long.casefold() != short.casefold():
        start = text.rfind(long, 0, match.start())  # not there where its blanks are others
        found.append(Abbreviation(short, long, match.start() if start < 0 else start, match.end()))


def _clause_before(text: str, end: int) -> str:
    clause = text[max(0, end - 160) : end]
    start = 0
    for stop in _STOPS.finditer(clause):
        if not _INITIAL.search(clause, max(0, stop.end() - 3), stop.end()):
            start = stop.end()
    return clause[start:].strip()


def _long_form(text: str, end: int, short: str) -> str:
    """The shortest run of words before the bracket in which the letters of `short` occur in order,
    the first one beginning a word."""
    letters = [c for c in short.casefold() if c.isalnum()]
    words = _clause_before(text, end).split()
    words = words[-min(len(letters) + 5, len(letters) * 2) :]
    candidate = " ".join(words)
    low, position = candidate.casefold(), len(candidate)
    if len(low) != len(candidate):
        return ""
    for i in range(len(letters) - 1, -1, -1):
        position -= 1
        while position >= 0 and (
            low[position] != letters[i] or (i == 0 and position > 0 and low[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return _name_before(text, end) if re.search("[\u3400-\u9fff]", candidate) else ""
    return candidate[position:].strip(_QUOTES + " ,")


def _name_before(text: str, end: int) -> str:
    """The name that ends right before the bracket: words back to the first one that cannot belong
    to a name."""
    clause = _clause_before(text, end)
    if re.search("[\u3400-\u9fff]$", clause):
        return re.split(r"[，、,\s]|[由与和同在](?=[\u3400-\u9fff]{4,})", clause)[-1]
    words = clause.split()
    quoted = re.search(
        r"(?:\b[А-ЯA-Z]{2,5}\s)?[«“\"][^«»]*(?:[„“][^“”]*[“”])?[^«»]*[»”\"]$", clause
    )
    if quoted:
        return quoted[0].strip()
    kept: list[str] = []
    for word in reversed(words):
        bare = word.strip(_QUOTES + ",")
        capital = bare[:1].isupper() or bare[:1].isdigit() or (kept and bare in _LOWER_INSIDE)
        # A Russian name begins with its only capital, so lower-case words before it are taken until
        # that one.
        russian = (
            re.match("[а-яё]", bare) and len(kept) < 5 and not any(w[:1].isupper() for w in kept)
        )
        if not capital and not russian:
            break
        kept.insert(0, word)
        if word.endswith(",") and len(kept) > 1 and word.casefold() not in _FORM_WITH_COMMA:
            kept.pop(0)
            break
    while kept and kept[0] in _LOWER_INSIDE | {"The", "the"}:
        kept.pop(0)
    return " ".join(kept).strip(" ,")
