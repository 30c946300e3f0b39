"""One value of a record as rules see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.ground.vocabulary import cue_in
from pipeline.kinds.kind import Scene
from pipeline.records import FieldSpec, Part, Record
from pipeline.text.folding import Range


@dataclass(frozen=True, slots=True)
class Stated:
    """One value of a record: where it was found, and what it is checked against. `figure` is the
    place of the number that it limits, if it limits one."""

    scene: Scene
    record: Record
    part: Part
    spec: FieldSpec
    value: Any
    place: Range | None
    figure: Range | None = None

    def cue(self, *cues: str) -> Range | None:
        """The first place in the quotes where one of the cues stands."""
        return cue_in(self.scene, *cues)

    @property
    def silence(self) -> Range | None:
        """The first quote: it does not say so."""
        return self.scene.quotes[0] if self.scene.quotes else None


Rule = Callable[[Stated], Range | None]
