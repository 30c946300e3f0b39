"""Which telling words of two names have no counterpart in the other. Pure."""

from __future__ import annotations

from rapidfuzz.distance import JaroWinkler

from pipeline.resolve.names import NameForm, root_of
from pipeline.resolve.people import alike
from pipeline.resolve.scripts import LETTERS

_SOUND_LEAST = 3


def unmatched(x: NameForm, y: NameForm) -> tuple[list[str], list[str]]:
    """The heads of each that the other has in no spelling, sound, translation or acronym."""
    if x.raw == y.raw:
        return [], []
    ours = [h for i, h in enumerate(x.heads) if not _has(x, i, y)]
    theirs = [h for i, h in enumerate(y.heads) if not _has(y, i, x)]
    if ours and theirs:
        ours, theirs = _together(ours, theirs)
    ours = [h for h in ours if not _stands_for_words(h, x, y)]
    theirs = [h for h in theirs if not _stands_for_words(h, y, x)]
    for one, other, left in ((x, y, ours), (y, x, theirs)):
        if one.acronym and other.initials and one.acronym == other.initials:
            left.clear()
            (theirs if left is ours else ours).clear()
    return ours, theirs


def _has(x: NameForm, at: int, y: NameForm) -> bool:
    head = x.heads[at]
    if head in y.heads or head in y.readings:
        return True
    readings = [r for r in x.readings if _reads(r, head)]
    if any(r in y.heads or r in y.readings for r in readings):
        return True
    if any(alike(r, other) for r in readings for other in y.heads):
        return True
    if x.script != y.script and x.sounds[at] in y.sounds and len(x.sounds[at]) >= _SOUND_LEAST:
        return not (x.han and y.han)
    if x.script != y.script and (root := root_of(x.sounds[at])) and root in y.roots:
        return True
    if x.han and y.han:
        return False
    return any(alike(head, other) for other in (*y.heads, *y.readings, *y.echoes))


def _stands_for_words(head: str, own: NameForm, other: NameForm) -> bool:
    """Whether a word is the first letters of the other's first words, or of their translation: HTC,
    High-Tech Centre."""
    letters = own.letters[own.heads.index(head)] or head.translate(LETTERS)
    initials = {other.initials, *other.translated}
    return 2 < len(letters) < 6 and any(
        i.startswith(letters) and letters != other.initials for i in initials
    )


def _reads(reading: str, head: str) -> bool:
    """Whether a reading of a name is one of this head."""
    return JaroWinkler.similarity(reading, head) > 0.5


def _together(ours: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    """Heads that are one when run together: "bio neva", "bioneva"."""
    if "".join(ours) == "".join(theirs) or alike("".join(ours), "".join(theirs)):
        return [], []
    return ours, theirs


def sounding(x: NameForm, y: NameForm) -> bool:
    """Whether a word of one sounds as a word of the other, where either is in Han."""
    return bool((x.han or y.han) and set(x.sounds) & set(y.sounds) - {""})
