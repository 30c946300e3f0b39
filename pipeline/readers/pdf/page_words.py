"""The words of a PDF page: its characters in the order of reading, on a page turned so that most
lines are level, as runs without a gap; those beside the text and those that nobody sees apart."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.errors import DocumentError
from pipeline.readers.layout import Boxes
from pipeline.readers.pdf.glyphs import characters_of, em_and_slope
from pipeline.readers.pdf.pages import leftward
from pipeline.readers.pdf.pages.lines import NOTHING
from pipeline.readers.pdf.pages.words import Word
from pipeline.readers.pdf.visibility import INVISIBLE, Visibility

MAX_PAGE_CHARACTERS = 200_000
_SIDEWAYS = (
    20  # degrees from which a line stands beside the text: stamps, watermarks, labels of axes
)
_WIDEST = 2.0  # a letter of a font, in ems
_DRAWN = 0.8  # of words that are never drawn: something is drawn where they stand
_SAMPLED = 50  # letters of a page that tell how its lines run


@dataclass(slots=True)
class Letters:
    """The characters of a page in the order of reading; their boxes on the page as it is shown,
    and on the page turned so that most lines are `level`; by how many degrees those lines are
    turned in the file, anticlockwise; the width and height of the turned page."""

    characters: str
    boxes: Boxes
    level: Boxes
    turned: int
    width: float
    height: float


def letters_of(page: Any, textpage: Any, number: int) -> Letters:
    """The characters of page `number`. Raises DocumentError TOO_COMPLEX."""
    count = textpage.count_chars()
    if count > MAX_PAGE_CHARACTERS:
        raise DocumentError(
            "TOO_COMPLEX", f"Page {number} holds {count} characters", "Print it to a new PDF."
        )
    characters, boxes = characters_of(page, textpage, max(count, 0))
    characters = leftward.with_stretches(characters)
    width, height = page.get_size()
    rotation = page.get_rotation()
    turned = rotation + _turn(page, textpage, characters)
    level = _upright(boxes, (turned - rotation) % 360, width, height)
    if turned % 180 != rotation % 180:
        width, height = height, width
    if order := leftward.reading_order(characters, level):
        boxes, level = _in_order(boxes, level, order)
        characters = "".join(characters[index] for index in order)
    return Letters(characters, boxes, level, turned, width, height)


def sorted_words(
    letters: Letters, textpage: Any, checker: Visibility
) -> tuple[list[Word], list[Word], list[str]]:
    """The words on level lines, those beside them, and what nobody sees."""
    words: list[Word] = []
    sideways: list[Word] = []
    hidden: list[tuple[Word, bool]] = []
    for word in _words(letters.characters, letters.level):
        em, slope = em_and_slope(textpage, word.start)
        # A Type 3 font may have units of its own: its letters are then wider than its size.
        advance = (word.right - word.left) / (word.end - word.start)
        word.size = max(em, _WIDEST * advance if advance > _WIDEST * em else 0.0) or word.size
        shown = word if letters.level is letters.boxes else _on_page(word, letters.boxes)
        if reason := checker.hides(shown):
            hidden.append((word, reason == INVISIBLE and checker.is_drawn(shown)))
            continue
        word.bold = checker.bold(word)
        beside = abs((slope - letters.turned + 180) % 360 - 180) >= _SIDEWAYS
        (sideways if beside else words).append(word)
    if len(sideways) > len(words):
        words, sideways = sorted([*words, *sideways], key=lambda w: w.start), []
    drawn = sum(is_drawn for _, is_drawn in hidden)
    if hidden and not words and drawn > _DRAWN * len(hidden):
        # A page drawn as lines, or as pictures smaller than a scan: they say what it shows.
        checker.recognised = True
        return [word for word, _ in hidden], [], []
    return words, sideways, [letters.characters[word.start : word.end] for word, _ in hidden]


def _in_order(boxes: Boxes, level: Boxes, order: list[int]) -> tuple[Boxes, Boxes]:
    """Boxes of characters, on the page and on the page as it is read, in another order."""
    edges = [4 * index + edge for index in order for edge in range(4)]
    ordered = array("f", [boxes[edge] for edge in edges])
    return ordered, ordered if level is boxes else array("f", [level[edge] for edge in edges])


def _turn(page: Any, textpage: Any, characters: str) -> int:
    """By how many degrees, anticlockwise, most lines of a page as it is shown are turned: 0, 90,
    180 or 270."""
    letters = [index for index, letter in enumerate(characters) if letter.isalnum()]
    step = max(1, len(letters) // _SAMPLED)
    slopes = (em_and_slope(textpage, index)[1] - page.get_rotation() for index in letters[::step])
    counted = Counter(round(slope / 90) * 90 % 360 for slope in slopes)
    return max(counted, key=lambda turn: (counted[turn], -turn), default=0)


def _upright(boxes: Boxes, turn: int, width: float, height: float) -> Boxes:
    """Boxes on a page that is turned so that lines which are turned by `turn` become level."""
    if not turn:
        return boxes
    found: Boxes = array("f")
    for start in range(0, len(boxes), 4):
        x1, y1, x2, y2 = boxes[start : start + 4]
        if turn == 90:
            found.extend((height - y2, x1, height - y1, x2))
        elif turn == 180:
            found.extend((width - x2, height - y2, width - x1, height - y1))
        else:
            found.extend((y1, width - x2, y2, width - x1))
    return found


def _on_page(word: Word, boxes: Boxes) -> Word:
    """A word with the box that it has on the page as it is shown."""
    shown = boxes[4 * word.start : 4 * word.end]
    edges = min(shown[0::4]), min(shown[1::4]), max(shown[2::4]), max(shown[3::4])
    return Word(word.start, word.end, *edges, word.size, word.bold, word.spaced)


def _words(characters: str, boxes: Boxes) -> Iterator[Word]:
    """Runs of characters that follow each other on one line without a gap."""
    start, spaced, against = -1, False, False
    mixed = leftward.LEFTWARD.search(characters) is not None
    left = top = right = bottom = 0.0
    for index, letter in enumerate(characters):
        if letter == NOTHING:
            continue
        blank = letter.isspace() or letter < " "
        x1, y1, x2, y2 = boxes[4 * index : 4 * index + 4]
        if start >= 0:
            height = bottom - top
            size = (y2 - y1) / height if height else 1.0
            against = against or (mixed and leftward.LEFTWARD.match(letter) is not None)
            # What runs from right to left goes on at the left, but for numbers in it.
            gap = max(left - x2, x1 - right) if against else x1 - right
            # Letters of one ligature share its box.
            apart = not (-0.5 * height < gap < 0.2 * height or left <= x1 <= x2 <= right + 0.1)
            if blank or apart or not 0.8 < size < 1.25 or abs(y2 - bottom) > 0.1 * height:
                yield Word(start, index, left, top, right, bottom, height, False, spaced)
                spaced = blank or gap > 0.2 * height or gap < -0.5 * height
                start = -1
        elif blank:
            spaced = True
        if blank:
            continue
        if start < 0:
            start, left, top, right, bottom = index, x1, y1, x2, y2
            against = mixed and leftward.LEFTWARD.match(letter) is not None
        else:
            left, right = min(left, x1), max(right, x2)
            top, bottom = min(top, y1), max(bottom, y2)
    if start >= 0:
        yield Word(start, len(characters), left, top, right, bottom, bottom - top, False, spaced)
