"""Lines that run from right to left, in Hebrew, Arabic and Syriac letters.

Files hold such letters in the order of reading or in that in which they stand on the line; pdfium
turns some of them round. What counts here is where they stand. A page of such lines is mirrored, so
that columns, cells and indents are found as on any other page; the boxes that quotes get are those
of the file all the same. Within a line, numbers and words in other letters are read in their own
direction (after Unicode's bidirectional algorithm, UAX 9, for what a line shows of it).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum
from itertools import groupby, pairwise

from pipeline.readers.layout import Boxes
from pipeline.readers.pdf.pages.words import Rule, Word

# Hebrew, Arabic, Syriac and their forms.
LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
STRETCH = "\u0640"  # kashida: a line that is drawn to make an Arabic word wider, and no letter
_RUN = re.compile(r"[^\s\0]+")
_STRAIGHT = re.compile(r"[^\W_](?:[^\W_]|(?<=\d)[.,:/](?=\d))*")  # a number or a word
_LEADING = re.compile(r"[.,:;!?…،؛؟]+(?=\w)")
_MIRROR = dict(zip("()[]{}«»", ")(][}{»«", strict=True))
_BRACKET = re.compile(r"(?<![^\s(\[{«])[)\]}»](?=\w)|(?<=\w)[(\[{«](?=[\s.,:;!?…،؛؟]|$)")
_GAP = 0.1  # of a letter's height, from which a space stands between two words
_ARABIC = "\u0620-\u065f\u066e-\u06ff"
_BETWEEN = re.compile(
    rf"(?<=[{_ARABIC}])([^\s\0/.,:;()«»\"'&+@_–—{_ARABIC}-])\1{{0,8}}(?=[{_ARABIC}])"
)
_ALEF_LAM = re.compile("[\u0622\u0623\u0625\u0627]\u0644")
_SAME_PT = 0.2
_OFTEN = 3  # times on a page


def reading_order(characters: str, boxes: Boxes) -> list[int] | None:
    """The places of characters, each word of leftward letters in the order of reading; None if they
    are in that order already."""
    order: list[int] | None = None
    for match in _RUN.finditer(characters) if LEFTWARD.search(characters) else ():
        places = [i for i in range(*match.span()) if LEFTWARD.match(characters[i])]
        steps = [boxes[4 * b] - boxes[4 * a] for a, b in pairwise(places)]
        if sum((step > 0) - (step < 0) for step in steps) > 0:
            order = order or list(range(len(characters)))
            order[match.start() : match.end()] = _turned(characters, *match.span())
    for match in _ALEF_LAM.finditer(characters):
        at, box = match.start(), boxes[4 * match.start() : 4 * match.end()]
        same = abs(box[0] - box[4]) + abs(box[2] - box[6]) < _SAME_PT
        if same and (order is None or order[at] == at):
            # One sign for both, lam and alef, whose letters pdfium turned round with the line.
            order = order or list(range(len(characters)))
            order[at : at + 2] = [at + 1, at]
    return order


def with_stretches(characters: str) -> str:
    """Characters in which what fonts draw between two Arabic letters, without saying what it is, is
    a stretch of the line: U+FFFD, or a sign that stands nowhere else on the page and is none that
    people write there."""
    between: Counter[str] = Counter()
    for match in _BETWEEN.finditer(characters):
        between[match[1]] += len(match[0])
    drawn = {
        sign
        for sign, times in between.items()
        if sign == "\ufffd" or (times >= _OFTEN and times == characters.count(sign))
    }
    return _BETWEEN.sub(lambda m: STRETCH * len(m[0]) if m[1] in drawn else m[0], characters)


def _turned(letters: str, start: int, end: int) -> list[int]:
    """The places of a word's characters from its right edge: marks stay behind their letter,
    numbers and words in other letters as they are."""
    order = list(range(end - 1, start - 1, -1))
    text = "".join(letters[i] for i in order)
    for match in _STRAIGHT.finditer(text):
        if not LEFTWARD.search(match[0]):
            order[match.start() : match.end()] = order[match.start() : match.end()][::-1]
    at = 0
    while at < len(order):
        last = at
        while unicodedata.combining(letters[order[last]]) and last + 1 < len(order):
            last += 1
        order[at : last + 1] = [order[last], *order[at:last]]
        at = last + 1
    return order


def is_leftward(characters: str, words: Sequence[Word]) -> bool:
    """Whether most letters of words run from right to left."""
    if not LEFTWARD.search(characters):
        return False
    letters = leftward = 0
    for word in words:
        for letter in characters[word.start : word.end]:
            if letter.isalpha():
                letters += 1
                leftward += LEFTWARD.match(letter) is not None
    return 2 * leftward > letters


def mirrored(words: Iterable[Word], rules: list[Rule], width: float) -> list[Rule]:
    """Turn a page of this width round: words in place, and the lines drawn on it, which are
    returned."""
    for word in words:
        word.left, word.right = width - word.right, width - word.left
    return [replace(rule, left=width - rule.right, right=width - rule.left) for rule in rules]


def as_read(characters: str, boxes: Boxes, words: list[Word], *, leftward: bool) -> list[Word]:
    """The words of a line in the order of reading, of a line that has letters which run leftward.

    `words` come as the page is read: from its right if it is `leftward`, else from its left. Signs
    that such a line shows before a number or word ("." of "1.") become words behind it.
    """
    kinds = [_kind(characters[word.start : word.end]) for word in words]
    letters = Counter(
        bool(LEFTWARD.match(letter))
        for word in words
        for letter in characters[word.start : word.end]
        if letter.isalpha()
    )
    line_leftward = letters[True] > letters[False] if letters else leftward
    if line_leftward is not leftward:
        words, kinds = words[::-1], kinds[::-1]
    found = [
        part
        for index in _order(kinds, leftward=line_leftward)
        for part in (
            _signs_behind(characters, boxes, words[index])
            if line_leftward and kinds[index] is not _Kind.LEFTWARD
            else [words[index]]
        )
    ]
    return [
        replace(word, spaced=before is not None and _apart(characters, before, word))
        for before, word in zip([None, *found], found, strict=False)
    ]


class _Kind(Enum):
    LEFTWARD, LETTERS, NUMBER, SIGNS = range(4)


def _kind(text: str) -> _Kind:
    if LEFTWARD.search(text):
        return _Kind.LEFTWARD
    if any(letter.isalpha() for letter in text):
        return _Kind.LETTERS
    return _Kind.NUMBER if any(letter.isdecimal() for letter in text) else _Kind.SIGNS


def _order(kinds: list[_Kind], *, leftward: bool) -> list[int]:
    """The places of words as they are read: what runs against its line is turned round. Numbers of
    a leftward line stand each for itself, but one behind other letters belongs to them."""
    own = _Kind.LEFTWARD if leftward else _Kind.LETTERS
    other = _Kind.LETTERS if leftward else _Kind.LEFTWARD
    order: list[int] = []
    for is_own, group in groupby(range(len(kinds)), key=lambda index: kinds[index] is own):
        places = list(group)
        against = [at for at, index in enumerate(places) if kinds[index] is other]
        if against and not is_own:
            first, last = against[0], against[-1]
            if leftward and first and kinds[places[first - 1]] is _Kind.NUMBER:
                first -= 1
            places[first : last + 1] = places[first : last + 1][::-1]
        order += places
    return order


def _signs_behind(characters: str, boxes: Boxes, word: Word) -> list[Word]:
    match = _LEADING.match(characters, word.start, word.end)
    if match is None or boxes[4 * word.start] > boxes[4 * match.end()]:
        return [word]
    return [replace(word, start=match.end()), replace(word, end=match.end())]


def _apart(characters: str, before: Word, word: Word) -> bool:
    """Whether a space stands between two words: one in the file, or a gap."""
    first, second = sorted((before, word), key=lambda w: w.start)
    blank = characters[first.end : second.start].isspace()
    # The words of slanting hands overlap; beside signs pdfium puts blanks where none are.
    if blank and all(LEFTWARD.search(characters, w.start, w.end) for w in (before, word)):
        return True
    gap = max(word.left - before.right, before.left - word.right)
    return gap > _GAP * max(before.size, word.size)


def with_brackets(text: str) -> str:
    """A line whose brackets open before words and close behind them: files and pdfium mirror some
    of them, and some twice."""
    return _BRACKET.sub(lambda found: _MIRROR.get(found[0], found[0]), text)
