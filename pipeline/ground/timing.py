"""Rules about dates: whether the text opens an interval, is vague, and of what it is the date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.ground.stated import Stated
from pipeline.ground.vocabulary import cue_in, cue_pattern
from pipeline.kinds.kind import dates_in
from pipeline.passages import sentences
from pipeline.records import describe
from pipeline.text.folding import Range
from pipeline.values.dates import DateMention
from pipeline.values.edtf import date_sides, supports

_BEFORE, _AFTER = 32, 24  # code points around a date in which a word about it stands
_OPEN = "/.."


def end_of_interval_lost(stated: Stated) -> Range | None:
    """The value is open at one end, and the text writes both."""
    if ".." not in stated.value or stated.place is None:
        return None
    for mention in _mentions(stated):
        low, _, high = mention.edtf.partition("/")
        if high and low and ".." not in mention.edtf and _overlap(mention, stated.place):
            return mention.start, mention.end
    return None


def open_end_not_written(stated: Stated) -> Range | None:
    """The value is open at one end, and no word such as "since" or "until" says so."""
    if ".." not in stated.value or stated.place is None:
        return None
    cue = "since" if stated.value.endswith(_OPEN) else "until"
    return None if cue_in(stated.scene, cue, regions=_around(stated)) else stated.place


def vagueness_not_written(stated: Stated) -> Range | None:
    """The value is approximate, and no word such as "about" or "early" says so."""
    if not re.search(r"[~?%]", stated.value) or stated.place is None:
        return None
    return None if cue_in(stated.scene, "roughly", regions=_around(stated)) else stated.place


def date_of_another_event(stated: Stated) -> Range | None:
    """The sentence of the date tells what another date field of the record is about, and not what
    this one is; or its own word stands beside another date."""
    if stated.spec.when is None or stated.place is None:
        return None
    own = stated.spec.when.cue
    others = {
        spec.when.cue for spec in describe(type(stated.part)) if spec.when and spec.when.cue != own
    }
    sentence = _sentence(stated)
    if sentence is None:
        return None
    if not cue_in(stated.scene, own, regions=(sentence,)):
        # Told in a sentence of its own that has no date, the word may belong to this one.
        told = _undated_sentences(stated)
        if told and cue_in(stated.scene, own, regions=told):
            return None
        return cue_in(stated.scene, *sorted(others), regions=(sentence,))
    mentions = [m for m in _mentions(stated) if sentence[0] <= m.start < sentence[1]]
    pattern = cue_pattern(own, stated.scene.language)
    for match in pattern.finditer(stated.scene.text.masked, *sentence):
        nearest = min(mentions, key=lambda m: _gap((m.start, m.end), match.span()), default=None)
        if nearest is None or _says(nearest, stated.value):
            return None
    others_near = [
        match.span()
        for cue in sorted(others)
        for match in cue_pattern(cue, stated.scene.language).finditer(
            stated.scene.text.masked, *sentence
        )
        if _gap(match.span(), stated.place) < _BEFORE
    ]
    return others_near[0] if others_near else None


def _says(mention: DateMention, value: str) -> bool:
    return any(supports(mention.edtf, side) for side in date_sides(value))


def _mentions(stated: Stated) -> Iterator[DateMention]:
    for quote in stated.scene.quotes:
        yield from dates_in(stated.scene.text, quote)


def _around(stated: Stated) -> tuple[Range, ...]:
    """The dates of the value and what stands beside them in the quotes."""
    found = []
    for mention in _mentions(stated):
        if _says(mention, stated.value):
            for low, high in stated.scene.quotes:
                if low <= mention.start < high:
                    start = max(low, mention.start - _BEFORE)
                    found.append((start, min(high, mention.end + _AFTER)))
    return tuple(found)


def _sentence(stated: Stated) -> Range | None:
    assert stated.place is not None
    for quote in stated.scene.quotes:
        for start, end in sentences(stated.scene.text.masked, *quote):
            if start <= stated.place[0] < end:
                return start, end
    return None


def _undated_sentences(stated: Stated) -> tuple[Range, ...]:
    mentions = [m.start for m in _mentions(stated)]
    return tuple(
        (start, end)
        for quote in stated.scene.quotes
        for start, end in sentences(stated.scene.text.masked, *quote)
        if not any(start <= at < end for at in mentions)
    )


def _overlap(mention: DateMention, place: Range) -> bool:
    return mention.start < place[1] and place[0] < mention.end


def _gap(one: Range, other: Range) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)
