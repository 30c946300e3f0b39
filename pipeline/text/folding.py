"""A text folded for comparison, with the way back to its offsets.

Two texts fold to the same string when they differ only in case, white space, bars between cells,
kinds of quotation mark and dash, ligatures and width, hyphenation at line ends, soft hyphens,
emphasis marks and endnote marks.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

Range = tuple[int, int]

_DROPPED = set("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
# Marks of emphasis; between two letters or digits they are no emphasis ("1*8").
_EMPHASIS = set("*`_")
_SAME = (
    dict.fromkeys("‐‑‒–—―−－﹣", "-")
    | dict.fromkeys("«»„“”‟＂「」『』〝〞", '"')
    | dict.fromkeys("‘’‚‛′ʼ`´＇", "'")
    | {"。": ".", "、": ",", "ё": "е", "Ё": "е"}
)
SUPERSCRIPTS = {c: str(unicodedata.digit(c)) for c in "⁰¹²³⁴⁵⁶⁷⁸⁹"}
_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐\u00ad¬\u0002\ufffe][ \t]*\n\s*(?=[^\W\d_])")
_SQUARED = re.compile(r"(?:\b[kcmd]?m|(?<!\w)[ксд]?м)[²³]")
_MARK = re.compile(
    r"(?<=[^\s\d\-–—/(A-ZА-Я])(?:\d{1,3}(?=[\s\"”»)\]]|$)|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})|(?<=\s)[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}"
)
_MAX_MARKS = 3000
_MAX_GAP = 6
_FOLDS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is the folded string, `origins[i]` the offset in the source of what became
    `text[i]`."""

    text: str
    origins: array[int]

    def to_source(self, start: int, end: int) -> Range:
        """The source offsets of the non-empty folded range."""
        return self.origins[start], self.origins[end - 1] + 1

    def splits_a_character(self, start: int, end: int) -> bool:
        """Whether the folded range begins or ends inside what one source character became ("½",
        "㎎")."""
        origins = self.origins
        return (start > 0 and origins[start] == origins[start - 1]) or (
            end < len(origins) and origins[end] == origins[end - 1]
        )

    def from_source(self, start: int, end: int) -> Range:
        """The folded range that comes from the source range."""
        return bisect_left(self.origins, start), bisect_left(self.origins, end)


def fold(text: str, skipped: list[Range] | None = None, *, keep_hyphens: bool = False) -> Folded:
    """Fold `text`, leaving out the `skipped` ranges (such as endnote marks) and hyphens at line
    ends.

    With `keep_hyphens` only the line break behind a hyphen goes, as in "three-" / "year".
    """
    out: list[str] = []
    origins = array("Q")
    broken = ((m.start() + keep_hyphens, m.end()) for m in _LINE_HYPHEN.finditer(text))
    gaps = sorted([*(skipped or []), *broken])
    position, space_at = 0, -1
    for gap_start, gap_end in [*gaps, (len(text), len(text))]:
        for index in range(position, gap_start):
            letter = text[index]
            if letter in _EMPHASIS and not _between_words(text, index):
                continue
            folded = _FOLDS.get(letter)
            if folded is None:
                folded = _FOLDS[letter] = _fold_letter(letter)
            if folded == " ":
                if space_at < 0:
                    space_at = index
            elif folded:
                # Chinese is written without spaces: one beside a Chinese character or mark means
                # nothing.
                if space_at >= 0:
                    if out and not (_is_chinese(text[origins[-1]]) or _is_chinese(letter)):
                        out.append(" ")
                        origins.append(space_at)
                    space_at = -1
                if len(folded) == 1:
                    out.append(folded)
                    origins.append(index)
                else:
                    out.extend(folded)
                    origins.extend([index] * len(folded))
        position = max(position, gap_end)
    return Folded("".join(out), origins)


@lru_cache(maxsize=8192)
def fold_text(text: str) -> str:
    """The folded string alone."""
    return fold(text).text


def is_han(letter: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u3400" <= letter <= "\u9fff"


# Chinese, Japanese, Korean (which writes particles to its words), Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]"
)


def is_unspaced(letter: str) -> bool:
    """Whether a script puts no space where a word ends, so that a word may stand within letters."""
    return _UNSPACED.match(letter) is not None


def _is_chinese(letter: str) -> bool:
    return (
        is_han(letter)
        or "\u3000" < letter <= "\u30ff"  # Japanese writes no spaces either
        or "\uff00" <= letter <= "\uffef"
    )


def _between_words(text: str, index: int) -> bool:
    return 0 < index < len(text) - 1 and text[index - 1].isalnum() and text[index + 1].isalnum()


def endnote_marks(text: str) -> list[Range]:
    """Where endnote marks are glued to the text ("USD 2 billion.6", "a factor of 20.21",
    "partners.⁵").

    They are told from numbers by their order: the longest chain of glued digits that count upwards
    from the beginning, with gaps of up to five, is taken for marks if it has four or more links.
    """
    candidates = [
        (m.start(), m.end(), note_number(m[0]), _weight(text, m)) for m in _MARK.finditer(text)
    ][:_MAX_MARKS]
    best: list[
        tuple[int, int]
    ] = []  # (score, previous candidate) of the best chain that ends at each candidate
    by_value: dict[int, list[int]] = {}  # candidates by value, in order of place
    for here, (_, _, value, weight) in enumerate(candidates):
        score, previous = (weight, -1) if value <= 3 else (-1, -1)
        for gap in range(1, _MAX_GAP + 1):
            earlier = by_value.get(value - gap, [])[-40:]
            for link in earlier:
                if best[link][0] > 0 and best[link][0] + weight - gap + 1 > score:
                    score, previous = best[link][0] + weight - gap + 1, link
        best.append((score, previous))
        by_value.setdefault(value, []).append(here)
    chain: list[Range] = []
    link = max(range(len(best)), key=lambda i: best[i][0], default=-1)
    while link >= 0 and best[link][0] > 0:
        chain.insert(0, candidates[link][:2])
        link = best[link][1]
    # Digits glued to letters alone ("v1 v2 v3 v4") are labels; marks stand behind punctuation too.
    weights = {span[:2]: span[3] for span in candidates}
    sure = len(chain) >= 4 and sum(weights[link] for link in chain) >= 2 * len(chain)
    squared = {m.end() - 1 for m in _SQUARED.finditer(text)}
    superscripts = [
        (s, e) for s, e, _, _ in candidates if text[s] in SUPERSCRIPTS and s not in squared
    ]
    return sorted({*(span for span in chain if sure and span[0] not in squared), *superscripts})


def note_number(digits: str) -> int:
    """The number of a mark, superscript or not."""
    return int("".join(SUPERSCRIPTS.get(d, d) for d in digits))


def _weight(text: str, match: re.Match[str]) -> int:
    """3 for a mark behind a letter, a word's full stop or in superscript; 2 where it could be a
    decimal; else 1."""
    if text[match.start()] in SUPERSCRIPTS:
        return 3
    before = text[max(0, match.start() - 2) : match.start()]
    if before[-1:] in ".,;:!?\"”»')" and not before[:1].isdigit():
        return 3
    return 2 if before[-1:] in ".,)" else 1


def _fold_letter(letter: str) -> str:
    if letter in _SAME:
        return _SAME[letter]
    if letter in _DROPPED:
        return ""
    if (
        letter.isspace() or letter == "|"
    ):  # between the cells of a table, which quotes often leave out
        return " "
    if letter in SUPERSCRIPTS:
        return letter
    decomposed = unicodedata.normalize("NFKD", letter).casefold()
    # "½" and the like decompose into digits and a fraction slash; й must not lose its breve to и.
    return (
        unicodedata.normalize(
            "NFC", "".join(_SAME.get(c, c) for c in decomposed if c not in _DROPPED)
        ).strip()
        or " "
    )
