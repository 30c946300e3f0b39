"""Whether a near match says the same: the gate between `fuzzy` and `conflict`.

Two texts are compared word by word. A difference in a protected word (number, negation, currency, unit, date, modality,
name) is a conflict; a slip of spelling or a small function word is harmless; any other difference means that the quote is
simply not there.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

from pipeline.ground.normalise import fold_text, is_han
from pipeline.values.dates import MONTHS
from pipeline.values.numbers import SCALES, WORDS

Verdict = Literal["fuzzy", "conflict", "missing"]

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[\u3400-\u9fff]|[^\W\d_](?:[\w'’]|-(?=\w))*|[%$€£¥₽₸№+<>≤≥±−]")
_NEGATIONS = set(
    "no not nor none never neither without cannot can't won't don't doesn't didn't isn't aren't wasn't weren't hasn't haven't"
    " hadn't wouldn't shouldn't couldn't nobody nothing hardly barely scarcely except unless lack lacks lacked lacking fail"
    " fails failed refuse refused denied denies deny rejected не ни нет нельзя без кроме никогда никто ничего отказ отказался"
    " отказались отсутствует отсутствуют вряд едва".split()
)
_MODALITY = set(
    "will would may might could can should must shall plan plans planned expect expected expects intend intends intended"
    " propose proposed possible possibly likely unlikely if about approximately nearly almost over under up least most only"
    " more less fewer than before after until since first last next all some both each every half double twice once already"
    " yet still soon had has have is are was were be been бы может могут планирует планируется планируют будет будут если"
    " около порядка почти более менее свыше только до после все всех каждый уже ещё еще".split()
)
_UNITS = set(
    "percent per cent doses dose mg ml kg g l km usd eur rub kzt cny gbp jpy dollar dollars euro euros tenge ruble rubles"
    " rouble roubles yuan day days week weeks month months year years hour hours quarter процент процентов процента доз дозы"
    " доллар долларов рубль рублей рубля тенге юаней евро день дней дня месяц месяцев год года лет году мг мл кг".split()
)
_PROTECTED = _NEGATIONS | _MODALITY | _UNITS | set(SCALES) | set(WORDS) | set(MONTHS)
_FUNCTION_WORDS = set(
    "a an the of in on at to for by and as that this these those which who its their his her it with from into"
    " и в во на по с со к ко о об от у за из для при а же то это этот эта эти что как который которая которые".split()
)
_HARMLESS_HAN = set("的了地得之所")
_MIN_SLIP = 5


def judge(quote: str, found: str) -> Verdict:
    """Whether `quote` and the near match `found` say the same, both in their original spelling."""
    ours, theirs = _tokens(quote), _tokens(found)
    verdict: Verdict = "fuzzy"
    matcher = SequenceMatcher(None, [t for t, _ in ours], [t for t, _ in theirs], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        mine, other = ours[a:b], theirs[c:d]
        if len(mine) == len(other) and all(_is_slip(x, y) for x, y in zip(mine, other, strict=True)):
            continue
        if any(_is_protected(token, word) for token, word in mine + other):
            return "conflict"
        if not all(token in _FUNCTION_WORDS or token in _HARMLESS_HAN for token, _ in mine + other):
            verdict = "missing"
    return verdict


def edges(quote: str, found: str) -> tuple[int, int]:
    """How many characters of `found` at its beginning and end belong to words that `quote` does not have."""
    ours, theirs = [t for t, _ in _tokens(quote)], list(_TOKEN.finditer(found))
    blocks = [
        m
        for m in SequenceMatcher(None, ours, [fold_text(m[0]) for m in theirs], autojunk=False).get_matching_blocks()
        if m.size
    ]
    if not blocks:
        return 0, 0
    # A word that differs at the very edge stands for the quote's own edge word, so keep as many as the quote has there.
    first = max(0, blocks[0].b - blocks[0].a)
    last = min(len(theirs), blocks[-1].b + blocks[-1].size + len(ours) - blocks[-1].a - blocks[-1].size)
    if first >= last:
        return 0, 0
    return theirs[first].start(), len(found) - theirs[last - 1].end()


def _tokens(text: str) -> list[tuple[str, str]]:
    return [(fold_text(match[0]), match[0]) for match in _TOKEN.finditer(text)]


def _is_protected(token: str, word: str) -> bool:
    if is_han(token[0]):
        return token not in _HARMLESS_HAN
    if not token[0].isalpha() or any(c.isdigit() for c in token) or token in _PROTECTED or token.endswith("n't"):
        return True
    return word[0].isupper() and token not in _FUNCTION_WORDS


def _is_slip(mine: tuple[str, str], other: tuple[str, str]) -> bool:
    """A slip of spelling inside one lower-case word: one letter (two in a long word), never at its beginning, where
    prefixes such as un- and не- turn the meaning round."""
    (a, word_a), (b, word_b) = mine, other
    if a == b:
        return True
    if min(len(a), len(b)) < _MIN_SLIP or _is_protected(a, word_a) or _is_protected(b, word_b) or a[:3] != b[:3]:
        return False
    from rapidfuzz.distance import DamerauLevenshtein

    return DamerauLevenshtein.distance(a, b) <= (2 if min(len(a), len(b)) >= 9 else 1)
