"""Which figure of the quotes belongs to which field.

Numbers inside dates, numbers of papers and names are no free figures. A figure is taken by one
field of a record, unless the text gives it twice. Among several, the one beside the field's unit or
noun wins; another one is in conflict. Percentages count percentages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.kinds import GIST, NAME, NUMBER, PERCENT, WORDS
from pipeline.kinds.date import DATE
from pipeline.kinds.kind import Scene, dates_in, find_any, numbers_in
from pipeline.kinds.phrase import content_words, stem_pattern
from pipeline.passages import sentences
from pipeline.records import FieldSpec, Record, part_at
from pipeline.text.folding import Range
from pipeline.values.numbers import NumberMention
from pipeline.values.places import any_currency_pattern

_AHEAD = 60  # code points behind a figure in which its unit stands
_NOUN = re.compile(r"\s?([^\W\d_]{4,}|[\u3400-\u9fff]|[$€£₸₽¥])")
_NO_NOUNS = set("that which with from were have year years into than when where this these".split())
_RANGE = 6  # code points between the numbers of a range
_TO = re.compile(r"\s?(?:[-–—−~至到]|to|and|or|bis|und|à|et|до|и)\s?", re.IGNORECASE)
_PAPER = re.compile(
    r"(?:(?<!\w)No\.?|№|(?<!\w)Nr\.?|第)\s*[\w./-]*\d[\w./-]*|(?<!\d)\d+(?:[-/]\d+){2,}"
    r"|(?<!\d)\d+-\d+-\d[\d.]*",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%|per\s?cent|процент|百分|prozent|pour\s?cent|пайыз", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of a record that is a number, and what it counts: its unit, and the texts of the same
    part that tell it from its neighbours in a list."""

    path: str
    spec: FieldSpec
    value: Any
    unit: str
    beside: tuple[str, ...] = ()


def figures_of(record: Record, values: Iterable[tuple[str, FieldSpec, Any]]) -> list[Figure]:
    """The numbers among the values of a record."""
    found = []
    told = list(values)
    for path, spec, value in told:
        if spec.kind in (NUMBER, PERCENT):
            part = part_at(record, path)
            unit = getattr(part, spec.unit.field, None) if spec.unit else None
            unit = "%" if spec.kind is PERCENT else unit or ""
            found.append(Figure(path, spec, value, unit, tuple(_labels(path, told))))
    return found


def _labels(path: str, values: Iterable[tuple[str, FieldSpec, Any]]) -> Iterator[str]:
    """The names and phrases of the part in a list that holds the value."""
    stem = path.rpartition(".")[0]
    if stem.endswith("]"):
        for other, spec, value in values:
            if (
                other.startswith(f"{stem}.")
                and other != path
                and spec.kind in (NAME, WORDS, DATE, GIST)
            ):
                yield str(value)


def misplaced(scene: Scene, figures: list[Figure]) -> Mapping[str, Range]:
    """The paths of figures that stand in the quotes, but count something else there, and the place
    that belongs to them or to something else."""
    if not figures:
        return {}
    mentions = list(_free_figures(scene))
    wrong: dict[str, Range] = {}
    taken: list[tuple[NumberMention, Figure]] = []
    for figure in figures:
        stated = [m for m in mentions if figure.value in m.values and _fits(scene, m, figure)]
        everywhere = [m for q in scene.quotes for m in numbers_in(scene.text, q)]
        if not any(figure.value in m.values for m in everywhere):
            continue  # it stands not at all, which is another's affair
        if not stated:
            wrong[figure.path] = next(
                (m.start, m.end) for m in everywhere if figure.value in m.values
            )
            continue
        owners = [m for m in mentions if _has_unit(scene, m, mentions, figure.unit)]
        if owners and not any(m in owners or not _counts_else(scene, m) for m in stated):
            wrong[figure.path] = (owners[0].start, owners[0].end)
            continue
        rivals = [other for other in figures if other.spec.name == figure.spec.name]
        if len(rivals) > 1 and (nearer := _nearer_to_another(scene, stated, figure, rivals)):
            wrong[figure.path] = nearer
            continue
        same = [m for m, other in taken if other.value == figure.value and _alike(other, figure)]
        if len(same) >= len(stated):
            wrong[figure.path] = (stated[0].start, stated[0].end)
            continue
        taken.append((stated[0], figure))
    return wrong


def _alike(one: Figure, other: Figure) -> bool:
    """Whether two fields of one part claim the same figure: the two ends of a range."""
    stems = (one.path.rpartition(".")[0], other.path.rpartition(".")[0])
    return stems[0] == stems[1] and one.path != other.path


def _free_figures(scene: Scene) -> Iterator[NumberMention]:
    names = [
        place
        for name in scene.names
        for quote in scene.quotes
        if any(c.isdigit() for c in name) and (place := NAME.find(scene.text, name, [quote]))
    ]
    for quote in scene.quotes:
        dates = [(d.start, d.end) for d in dates_in(scene.text, quote) if d.end - d.start > 1]
        papers = [m.span() for m in _PAPER.finditer(scene.text.masked, *quote)]
        for mention in numbers_in(scene.text, quote):
            free = not _within(mention, papers) and not _within(mention, names)
            in_date = _within(mention, dates) and not _is_counted_year(scene, mention, dates)
            if free and not in_date:
                yield mention


def _within(mention: NumberMention, ranges: Iterable[Range]) -> bool:
    return any(start <= mention.start and mention.end <= end for start, end in ranges)


def _is_counted_year(scene: Scene, mention: NumberMention, dates: Iterable[Range]) -> bool:
    """Whether four digits that look like a year are followed by what they count: "2000 doses"."""
    if (mention.start, mention.end) not in set(dates):
        return False
    ahead = scene.text.masked[mention.end : mention.end + 1 + max(map(len, scene.units), default=0)]
    return any(ahead.strip().casefold().startswith(unit.casefold()) for unit in scene.units)


def _fits(scene: Scene, mention: NumberMention, figure: Figure) -> bool:
    """Whether a number with a percent sign meets a percentage, and one without does not."""
    if figure.spec.kind is PERCENT or not figure.unit:
        return True
    is_share = _PERCENT.search(figure.unit) is not None
    return is_share or not mention.percent


def _counts_else(scene: Scene, mention: NumberMention) -> bool:
    """Whether a number in figures has a noun, a sign or a currency of its own. The noun of others
    goes without saying: "of the 34 funds five", "its capacity is 8 million a year"."""
    if not any(c.isdigit() for c in scene.text.text[mention.start : mention.end]):
        return False
    before = scene.text.masked[max(0, mention.start - 5) : mention.start]
    if mention.percent or any_currency_pattern().search(before):
        return True
    noun = _NOUN.match(scene.text.masked, mention.end)
    return noun is not None and noun[1].casefold() not in _NO_NOUNS


def _has_unit(
    scene: Scene, mention: NumberMention, mentions: list[NumberMention], unit: str
) -> bool:
    """Whether the unit stands behind the number, before the next one; the first number of a range
    shares that of the second."""
    words = content_words(unit) or ([unit] if unit == "%" else [])
    if not words:
        return False
    following = next((m for m in mentions if m.start >= mention.end), None)
    if following and following.start - mention.end <= _RANGE:
        between = scene.text.masked[mention.end : following.start]
        if _TO.fullmatch(between):
            mention = following
            following = next((m for m in mentions if m.start >= mention.end), None)
    end = min(mention.end + _AHEAD, following.start if following else len(scene.text.text))
    return any(
        find_any(scene.text, stem_pattern(word), [(mention.start, end)]) is not None
        for word in words
    )


def _nearer_to_another(
    scene: Scene, stated: list[NumberMention], figure: Figure, rivals: list[Figure]
) -> Range | None:
    """The number, when its place belongs to another item of the list: each item of a list has its
    own names, and a number belongs to the item whose name stands before it most closely."""
    places = _places(scene, {text for rival in rivals for text in rival.beside})
    foreign = [set(r.beside) for r in rivals if r is not figure and r.value != figure.value]
    others = set().union(*foreign) - set(figure.beside)
    shared = set().union(*foreign) & set(figure.beside)
    near = [place for text in set(figure.beside) - shared for place in places[text]]
    far = [place for text in others for place in places[text]]
    told = [m for m in stated if _shares_sentence(scene, m, near)]
    if not told or not far or any(_distance(m, near) <= _distance(m, far) for m in stated):
        return None
    return stated[0].start, stated[0].end


def _shares_sentence(scene: Scene, mention: NumberMention, places: list[Range]) -> bool:
    """Whether one of the places stands in the sentence of the number; where none does, "we" or
    "the other side" may stand for it."""
    for quote in scene.quotes:
        for start, end in sentences(scene.text.masked, *quote):
            if start <= mention.start < end:
                return any(start <= place[0] < end for place in places)
    return False


def _places(scene: Scene, texts: set[str]) -> dict[str, list[Range]]:
    """Where each of the texts stands in the quotes, and not merely within a longer one of them."""
    found: dict[str, list[Range]] = {text: [] for text in texts}
    taken: list[Range] = []
    for text in sorted(texts, key=len, reverse=True):
        for start, end in scene.quotes:
            at = start
            while place := NAME.find(scene.text, text, [(at, end)]):
                at = place[1]
                if not any(low <= place[0] < high for low, high in taken):
                    found[text].append(place)
        taken += found[text]
    return found


def _distance(mention: NumberMention, places: list[Range]) -> float:
    """How far a number is from the nearest of the places; one behind it counts as twice as far."""
    return min(
        (
            mention.start - end
            if end <= mention.start
            else 2.0 * (start - mention.end)
            if start >= mention.end
            else 0.0
        )
        for start, end in places
    )
