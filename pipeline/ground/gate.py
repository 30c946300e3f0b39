"""Whether a near match says the same: the gate between `fuzzy` and `conflict`.

Two texts are compared token by token. Only articles, possessives and a few prepositions away from
numbers and names may differ. A difference in a number, sign, symbol, negation, unit, date,
modality, name or Chinese character is a conflict; any other difference means that the quote is
simply not there. Slips of spelling are not forgiven: no list of words tells "iranian" from
"iraqian" or "sixth" from "sixty" in every language.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipeline.text.folding import fold_text, is_han
from pipeline.values.months import MONTHS
from pipeline.values.numbers import SCALES, WORDS

Verdict = Literal["fuzzy", "conflict", "missing"]

_DASH = "-−–—‐‑"
_TOKEN = re.compile(
    # A number with its sign or leading point.
    rf"(?:(?<![\w.,])[{_DASH}])?(?:(?<!\w)[.,])?\d+(?:[.,:/]\d+)*"
    rf"|(?P<range>(?<=\d)\s?[{_DASH}]\s?(?=\d))"
    r"|[\u3400-\u9fff]"
    r"|[^\W\d_\u3400-\u9fff](?:[^\W_\u3400-\u9fff]|['’](?=\w))*"
    r"|[^\w\s]"
)
_NEGATIONS = set(
    "no not nor none never neither without cannot nobody nothing hardly barely scarcely except"
    " unless lack lacks lacked lacking fail fails failed refuse refused denied denies deny rejected"
    " не ни нет нельзя без кроме никогда никто ничего отказ отказался отказались отсутствует"
    " отсутствуют вряд едва".split()
)
_MODALITY = set(
    "will would may might could can should must shall plan plans planned expect expected expects"
    " intend intends intended propose proposed possible possibly likely unlikely if about"
    " approximately nearly almost over under up least most only more less fewer than before after"
    " until since first last next all some both each every half double twice once already yet still"
    " soon had has have is are was were be been бы может могут планирует планируется планируют"
    " будет будут если около порядка почти более менее свыше только до после все всех каждый уже"
    " ещё еще".split()
)
_UNITS = set(
    "percent per cent doses dose mg ml kg g l km usd eur rub kzt cny gbp jpy dollar dollars euro"
    " euros tenge ruble rubles rouble roubles yuan day days week weeks month months year years hour"
    " hours quarter процент процентов процента доз дозы доллар долларов рубль рублей рубля тенге"
    " юаней евро день дней дня месяц месяцев год года лет году мг мл кг".split()
)
_PROTECTED = _NEGATIONS | _MODALITY | _UNITS | set(SCALES) | set(WORDS) | set(MONTHS)
# What may come, go or change. "by", "to", "from" and "and" may not: they say who did it to whom,
# and how many.
_HARMLESS = set("a an the its their his her of in on at as which в во на о об".split())
_NUMBER_SENSITIVE = set("of in on at as в во на о об".split())
_SENTENCE_END = ".;!?。；！？"


@dataclass(frozen=True, slots=True)
class _Token:
    folded: str
    word: str
    end: int
    initial: bool  # a single letter with a full stop, as in "Olga A. Tarasova"


def judge(quote: str, found: str) -> Verdict:
    """Whether `quote` and the near match `found` say the same, both in their original spelling."""
    if case_differs(quote, found):
        return "conflict"
    ours, theirs = _tokens(quote), _tokens(found)
    verdict: Verdict = "fuzzy"
    matcher = SequenceMatcher(
        None, [t.folded for t in ours], [t.folded for t in theirs], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            if any(
                _ends_differ(quote, x, found, y)
                for x, y in zip(ours[a:b], theirs[c:d], strict=True)
            ):
                return "conflict"
            continue
        changed = ours[a:b] + theirs[c:d]
        if any(_is_protected(token) for token in changed):
            return "conflict"
        if not all(token.folded in _HARMLESS for token in changed):
            verdict = "missing"
        elif any(token.folded in _NUMBER_SENSITIVE for token in changed):
            beside = (
                ours[max(0, a - 1) : a]
                + ours[b : b + 1]
                + theirs[max(0, c - 1) : c]
                + theirs[d : d + 1]
            )
            if any(_is_protected(token) for token in beside):
                return "conflict"
    return verdict


def case_differs(quote: str, found: str) -> bool:
    """Whether a word of the same letters is an acronym or unit in one and a plain word in the
    other: "US" and "us", "мВт" and "МВт". A quote all in one case, or a heading in capitals, says
    nothing about it."""
    if quote.upper() == quote or quote.lower() == quote or found.upper() == found:
        return False
    ours, theirs = _tokens(quote), _tokens(found)
    pairs = zip(ours, theirs, strict=True) if len(ours) == len(theirs) else _paired(ours, theirs)
    return any(x.folded == y.folded and _inner_case_differs(x.word, y.word) for x, y in pairs)


def edges(quote: str, found: str) -> tuple[int, int]:
    """How many characters of `found` at its beginning and end belong to words that `quote` does not
    have."""
    ours, theirs = _tokens(quote), _tokens(found)
    matcher = SequenceMatcher(
        None, [t.folded for t in ours], [t.folded for t in theirs], autojunk=False
    )
    blocks = [m for m in matcher.get_matching_blocks() if m.size]
    if not blocks:
        return 0, 0
    # A word that differs at the very edge stands for the quote's own edge word, so keep as many as
    # the quote has there.
    first = max(0, blocks[0].b - blocks[0].a)
    last = min(
        len(theirs), blocks[-1].b + blocks[-1].size + len(ours) - blocks[-1].a - blocks[-1].size
    )
    if first >= last:
        return 0, 0
    return theirs[first].end - len(theirs[first].word), len(found) - theirs[last - 1].end


def _paired(ours: list[_Token], theirs: list[_Token]) -> list[tuple[_Token, _Token]]:
    matcher = SequenceMatcher(
        None, [t.folded for t in ours], [t.folded for t in theirs], autojunk=False
    )
    return [
        (ours[m.a + i], theirs[m.b + i])
        for m in matcher.get_matching_blocks()
        for i in range(m.size)
    ]


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        folded = fold_text(word).replace(" ", "")
        if not match["range"] and len(word) == 1 and not word.isalnum() and not _is_symbol(word):
            continue  # punctuation is no word; what it can change is compared by _ends_differ
        if folded:
            initial = (
                len(word) == 1 and word.isalpha() and text[match.end() : match.end() + 1] == "."
            )
            found.append(_Token(folded, word, match.end(), initial))
    return found


def _is_symbol(mark: str) -> bool:
    """Currency, mathematics, degrees, percent and range dashes, in any width."""
    return (
        unicodedata.category(mark)[0] == "S"
        or unicodedata.normalize("NFKC", mark) in "%‰‱#&@§†"
        or mark == "−"
    )


def _is_protected(token: _Token) -> bool:
    if (
        is_han(token.folded[0])
        or not token.folded[0].isalpha()
        or any(c.isdigit() for c in token.folded)
    ):
        return True
    if token.initial or token.folded in _PROTECTED or token.folded.endswith(("n't", "n’t")):
        return True
    # A capital is a name, except that of a function word at a sentence's beginning; "WHO" and
    # initials are names.
    sentence_case = len(token.word) > 1 and token.word[1:].islower() and token.folded in _HARMLESS
    return token.word[0].isupper() and not sentence_case


def _ends_differ(quote: str, ours: _Token, found: str, theirs: _Token) -> bool:
    """Whether a negation stands alone in one text and not in the other: "No. Oncology" and "No
    oncology"."""
    if ours.folded not in _NEGATIONS:
        return False
    return (quote[ours.end : ours.end + 1] in _SENTENCE_END) != (
        found[theirs.end : theirs.end + 1] in _SENTENCE_END
    ) and (ours.end < len(quote) and theirs.end < len(found))


def _inner_case_differs(x: str, y: str) -> bool:
    """Whether capitals behind the first letter differ, or the first letter's case before such a
    capital."""
    capitals_x, capitals_y = x[1:] != x[1:].lower(), y[1:] != y[1:].lower()
    return capitals_x != capitals_y or (capitals_x and x[:1].isupper() != y[:1].isupper())
