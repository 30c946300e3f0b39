"""The endnotes that a stretch of text cites: its marks, and the numbered list at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from pipeline.text.folding import Range, endnote_marks, note_number

_NOTE = re.compile(r"^[ \t]*(?:[-*•][ \t]+)?[\[(]?(\d{1,3})[.)\]]?[ \t]+(?=\S)", re.MULTILINE)
_IBID = re.compile(r"(?:ibid|ibidem|id\.|там же|ebd|ebenda|同上)", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_LEAST = 3  # notes of a list
_GAP = 3  # from a note to the next: some are lost where a page was read badly
_LONGEST = 600  # code points of a note


def notes_cited(text: str, start: int, end: int) -> dict[int, Range]:
    """The notes that marks between `start` and `end` of a document's text cite, by number; code
    points of the text. With a note that says "ibid." comes the one before it. Notes that stand
    there themselves are left out, as is a mark without one."""
    notes = _notes(text)
    cited = {note_number(text[a:b]) for a, b in _marks(text) if start <= a and b <= end}
    downwards = sorted(notes, reverse=True)  # an "ibid." may follow another
    for number, before in pairwise(downwards):
        if number in cited and _IBID.match(text, *notes[number]):
            cited.add(before)
    found = {number: notes[number] for number in sorted(cited & set(notes))}
    return {n: place for n, place in found.items() if not start <= place[0] < end}


@lru_cache(maxsize=8)
def _marks(text: str) -> tuple[Range, ...]:
    return tuple(endnote_marks(text))


@lru_cache(maxsize=8)
def _notes(text: str) -> Mapping[int, Range]:
    """The longest list of numbered paragraphs that counts upwards from 1, as good as without gaps;
    of equal ones the last."""
    lines = [(int(m[1]), m.start(), m.end()) for m in _NOTE.finditer(text)]
    best: list[int] = []
    for first, (number, _, _) in enumerate(lines):
        if number != 1:
            continue
        run = [first]
        for place in range(first + 1, len(lines)):
            if 0 < lines[place][0] - lines[run[-1]][0] <= _GAP:
                run.append(place)
            elif lines[place][0] == 1:
                break
        best = run if len(run) >= max(len(best), _LEAST) else best
    if not best:
        return {}
    ends = [*(lines[place][1] for place in best[1:]), len(text)]
    return {lines[p][0]: _trimmed(text, lines[p][2], e) for p, e in zip(best, ends, strict=True)}


def _trimmed(text: str, start: int, end: int) -> Range:
    """A note to the end of its paragraph."""
    blank = _PARAGRAPH.search(text, start, end)
    end = min(blank.start() if blank else end, start + _LONGEST)
    return start, start + len(text[start:end].rstrip())
