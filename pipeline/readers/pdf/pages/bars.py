"""Tables between horizontal lines alone, as books and reports set them: a line above, one below the
head, one at the end, and perhaps one below each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from pipeline.readers.pdf.pages.tables import Cells, Table, cells_of, column_edges
from pipeline.readers.pdf.pages.words import Rule, Word, rows_of

_JOIN_PT, _SAME_PT = 6.0, 3.0  # pieces of one line; edges that are one
_HEAD_LINES, _TEXT_LINES, _TEXT_SHARE = 4, 15, 0.7
_MOST_TRIES = 300  # on a page
# Lines with the same ends: left, right, places from the top.
Stack: TypeAlias = "tuple[float, float, tuple[float, ...]]"


@dataclass(frozen=True, slots=True)
class BarTable:
    """A table whose rows stand between lines from `left` to `right`; `rows` are the places of the
    lines, in order."""

    left: float
    right: float
    rows: tuple[float, ...]

    def holds(self, word: Word) -> bool:
        """Whether the middle of a word lies within."""
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        return (
            self.left - _SAME_PT <= x <= self.right + _SAME_PT
            and self.rows[0] <= y <= self.rows[-1]
        )

    def table(self, words: list[Word]) -> Table:
        """The rows of cells; none if the words are no table's."""
        zones = self.zones(words)
        if not all(zones):
            return Table([])
        edges = column_edges([line for zone in zones[1:] for line in zone])
        split = [[cells_of(line, edges) for line in zone] for zone in zones]
        head = _merged(split[0])
        if (
            len(edges) < 2
            or len(split[0]) > _HEAD_LINES
            or sum(map(bool, head)) < 2
            or any(map(_is_text, split))
        ):
            return Table([])
        return Table([head, *(row for zone in split[1:] for row in self._rows(zone))])

    def zones(self, words: list[Word]) -> list[list[list[Word]]]:
        """The lines of words between each two drawn ones."""
        return [
            rows_of([word for word in words if above <= (word.top + word.bottom) / 2 < below])
            for above, below in pairwise(self.rows)
        ]

    def _rows(self, lines: list[Cells]) -> Iterator[Cells]:
        """The rows of a zone. Where the first column has as many lines as the others each is a row;
        else cells are of several lines: those of one row between two drawn lines, or those of rows
        that begin where the first column does."""
        first = sum(1 for line in lines if line[0])
        most = max(sum(1 for line in lines if line[column]) for column in range(len(lines[0])))
        if first == most:
            yield from lines
        elif first <= 1 or len(self.rows) > 3:
            yield _merged(lines)
        else:
            starts = [index for index, line in enumerate(lines) if line[0] or index == 0]
            for start, end in pairwise([*starts, len(lines)]):
                yield _merged(lines[start:end])


def find_bars(rules: Sequence[Rule], words: list[Word]) -> list[BarTable]:
    """The tables between horizontal lines of one length, of three or more."""
    found: list[BarTable] = []
    tries = _MOST_TRIES
    for left, right, places in (
        piece for stack in _stacks(rules) for piece in _pieces(stack, words)
    ):
        start = 0
        while start + 2 < len(places):
            best = None
            for end in range(len(places), start + 2, -1):
                candidate = BarTable(left, right, places[start:end])
                tries -= 1
                if tries < 0:
                    return found
                if candidate.table([w for w in words if candidate.holds(w)]).rows:
                    best = candidate
                    break
            if best:
                found.append(_extended(best, words))
            start += len(best.rows) if best else 1
    return found


def _pieces(stack: Stack, words: list[Word]) -> Iterator[Stack]:
    """The stack cut where no table goes on: at spaces between lines that hold no words, or a full
    line of text."""
    left, right, places = stack
    begun = 0
    for index, zone in enumerate(
        BarTable(left, right, places).zones(
            [w for w in words if left <= w.left and w.right <= right + 1]
        )
    ):
        text = any(
            len(column_edges([line])) == 1 and _span(line) > _TEXT_SHARE * (right - left)
            for line in zone
        )
        if not zone or text:
            yield left, right, places[begun : index + 1]
            begun = index + 1
    yield left, right, places[begun:]


def _span(line: list[Word]) -> float:
    return max(w.right for w in line) - min(w.left for w in line)


def _extended(table: BarTable, words: list[Word]) -> BarTable:
    """The table with a head above its first line or a row below its last one, where no lines are
    drawn around them."""
    edges = column_edges([line for zone in table.zones(words)[1:] for line in zone])
    beside = [
        w
        for w in words
        if table.left - _SAME_PT <= (w.left + w.right) / 2 <= table.right + _SAME_PT
    ]
    above = _adjoining(
        rows_of([w for w in beside if w.bottom <= table.rows[0] + 1])[::-1], edges, table.rows[0]
    )
    below = _adjoining(
        rows_of([w for w in beside if w.top >= table.rows[-1] - 1]), edges, table.rows[-1]
    )
    top = [min(w.top for w in above) - 1] if above else []
    bottom = [max(w.bottom for w in below) + 1] if below else []
    return BarTable(table.left, table.right, (*top, *table.rows, *bottom))


def _adjoining(
    lines: list[list[Word]], edges: list[tuple[float, float]], place: float
) -> list[Word]:
    """The words of the lines next to a drawn one that are split as the table is, if they fill the
    first cell and another."""
    found: list[list[Word]] = []
    for line in lines[:_HEAD_LINES]:
        far = min(abs(place - w.top) for w in line) > 2.6 * line[0].size
        if far or any(w.left < edge < w.right for _, edge in edges[:-1] for w in line):
            break
        found.append(line)
        place = line[0].top
    # A caption, or the paragraph behind the table, fills the first cell alone.
    while (
        found
        and [bool(cell) for cell in cells_of(found[-1], edges)].count(True) < 2
        and cells_of(found[-1], edges)[0]
    ):
        found.pop()
    cells = _merged([cells_of(line, edges) for line in found]) if found else [[]]
    return [w for line in found for w in line] if cells[0] and sum(map(bool, cells)) > 1 else []


def _stacks(rules: Sequence[Rule]) -> list[Stack]:
    """Horizontal lines with the same ends."""
    stacks: list[tuple[float, float, list[float]]] = []
    for bar in _joined(rules):
        same = next(
            (
                s
                for s in stacks
                if abs(s[0] - bar.left) < _SAME_PT and abs(s[1] - bar.right) < _SAME_PT
            ),
            None,
        )
        if same is None:
            stacks.append((bar.left, bar.right, [bar.top]))
        elif bar.top - same[2][-1] > _SAME_PT:
            same[2].append(bar.top)
    return [(left, right, tuple(places)) for left, right, places in stacks]


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Horizontal lines from the top, pieces that touch made one: browsers draw one for each
    cell."""
    bars: list[Rule] = []
    for rule in sorted(
        (rule for rule in rules if rule.level), key=lambda r: (round(r.top), r.left)
    ):
        last = bars[-1] if bars else None
        if last and abs(last.top - rule.top) < 1 and rule.left - last.right < _JOIN_PT:
            bars[-1] = Rule(last.left, last.top, max(last.right, rule.right), last.bottom)
        else:
            bars.append(rule)
    return bars


def _merged(lines: list[Cells]) -> Cells:
    """Lines of cells as one row."""
    return [[word for line in lines for word in line[column]] for column in range(len(lines[0]))]


def _is_text(lines: list[Cells]) -> bool:
    """Whether two columns of a zone are full of lines, as those of a page of text are."""
    full = 0
    for column in range(len(lines[0])):
        widths = [
            max(w.right for w in line[column]) - min(w.left for w in line[column])
            for line in lines
            if line[column]
        ]
        full += len(widths) > _TEXT_LINES and median(widths) > 0.8 * max(widths)
    return full >= 2
