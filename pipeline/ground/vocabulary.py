"""The words by which texts show how they mean something, one file a language in `vocabulary/`.

A cue is a list of words under a name that rules ask for. A star stands for any ending; else an
entry is a regular expression of whole words; of Chinese, which writes no spaces, of any.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from pipeline.errors import DossierError
from pipeline.kinds.kind import Scene
from pipeline.text.folding import Range

FOLDER = Path(__file__).resolve().parent.parent / "vocabulary"
CUES = frozenset(
    "about over under up_to planned intended deed requested asked hoped negated not_done"
    " negation hedge ordinal possible condition signing signed_by agreeing founding completing"
    " ending suspending announcing drafting negotiating subsidiary part affiliated"
    " owning managing funding membership merging renaming hosting received spent pledged target"
    " no_reply undecided accepting rejecting governs governed"
    " signs announces takes_effect ends_at each share share_of since until roughly opinion"
    " forecast plan promotional".split()
)
_STAR = re.compile(r"(?<!\\w)(?<=\w)\*")  # behind a letter; one behind "\w" repeats it
_LATIN = ("en", "de", "fr")
_OTHERS = ("ru", "kk", "zh")  # their scripts tell them from the rest


def load_vocabulary(file: Path) -> dict[str, list[str]]:
    """The entries of one language by cue. Raises DossierError for a file that is no vocabulary, or
    has a cue that no rule asks for."""
    try:
        sections = tomllib.loads(file.read_text(encoding="utf-8"))
        found = {
            cue: [str(entry) for entry in entries]
            for section in sections.values()
            for cue, entries in section.items()
        }
        for entries in found.values():
            _compiled(file.stem, entries)
    except (OSError, ValueError, AttributeError, TypeError, re.error) as error:
        raise DossierError(f"{file} is no vocabulary ({error})", "Mend it.") from error
    if unknown := sorted(set(found) - CUES):
        raise DossierError(
            f"{file}: no rule asks for {unknown[0]!r}", f"Known are {', '.join(sorted(CUES))}."
        )
    return found


def cue_in(scene: Scene, *cues: str, regions: tuple[Range, ...] | None = None) -> Range | None:
    """The first place in the quotes, or in `regions`, where one of the cues stands."""
    for cue in cues:
        for start, end in scene.quotes if regions is None else regions:
            match = cue_pattern(cue, scene.language).search(scene.text.masked, start, end)
            if match:
                return match.span()
    return None


@cache
def cue_pattern(cue: str, language: str) -> re.Pattern[str]:
    """A cue as a pattern: in the document's language, else in English, and in the languages that
    write otherwise."""
    latin = language if language in _LATIN else "en"
    parts = [_compiled(name, _entries(name).get(cue, [])) for name in (latin, *_OTHERS)]
    return re.compile("|".join(part for part in parts if part) or r"(?!)", re.IGNORECASE)


@cache
def _entries(language: str) -> dict[str, list[str]]:
    return load_vocabulary(FOLDER / f"{language}.toml")


def _compiled(language: str, entries: list[str]) -> str:
    if not entries:
        return ""
    if language == "zh":
        return "|".join(entries)
    words = [
        entry.replace("\\*", "\0").replace("*", r"\w*").replace("\0", "\\*") for entry in entries
    ]
    pattern = rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"
    re.compile(pattern)
    return pattern
