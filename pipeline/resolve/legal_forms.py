"""Legal forms around a name: JSC, ТОО, 股份有限公司. Pure."""

from __future__ import annotations

from functools import lru_cache

from pipeline.resolve.word_lists import split_words, words


def without_han_forms(folded: str) -> str:
    """A folded name in Han without its form at the end."""
    for form in words().han_forms:
        if folded.endswith(form) and len(folded) > len(form) + 1:
            return folded.removesuffix(form)
    return folded


@lru_cache(maxsize=1 << 14)
def is_legal_form(given: tuple[str, ...]) -> bool:
    """Whether folded words are one."""
    return given in words().legal_forms


def without_legal_forms(given: list[str]) -> list[str]:
    """Words without the legal forms at either end."""
    first, last = 0, len(given)
    trimmed = True
    while trimmed and last - first > 1:
        trimmed = False
        for length in range(min(5, last - first - 1), 0, -1):
            if is_legal_form(tuple(given[last - length : last])):
                last -= length
                trimmed = True
                break
            if is_legal_form(tuple(given[first : first + length])):
                first += length
                trimmed = True
                break
    return given[first:last]


def form_countries(folded: str) -> frozenset[str]:
    """The countries of a legal form in Latin letters at the end of a name."""
    given = split_words(folded)
    found = words().form_countries.get(given[-1]) if len(given) > 1 else None
    return frozenset(found.split()) if found else frozenset()
