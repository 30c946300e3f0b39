"""Sums of money: a value, its currency and the words of the text are one claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.kinds.currency import CURRENCY
from pipeline.kinds.kind import Scene
from pipeline.kinds.name import NAME
from pipeline.kinds.number import NUMBER
from pipeline.text.folding import Range
from pipeline.values.places import currency_of

_BREAK = re.compile(r"[,;:()（），；]|\s(?:or|and|и|или|und|oder|et|ou)\s")
_BESIDE = 14  # code points beside the words of a sum in which its currency may stand


@dataclass(frozen=True, slots=True)
class Money:
    """Which fields of a part make a sum."""

    value: str
    currency: str
    text: str

    def contradictions(self, scene: Scene, part: Any) -> Mapping[str, Range]:
        """The fields that the words of the sum contradict, and where: 7,000,000 EUR is not what
        "USD 5 million" says."""
        text = getattr(part, self.text)
        place = NAME.find(scene.text, text, scene.quotes) if text else None
        return dict(self._wrong(scene, part, place)) if place else {}

    def _wrong(self, scene: Scene, part: Any, place: Range) -> Iterator[tuple[str, Range]]:
        value, currency = getattr(part, self.value), getattr(part, self.currency)
        if value is not None and not NUMBER.find(scene.text, value, [place]):
            yield self.value, place
        if currency is None:
            return
        masked = scene.text.masked
        if CURRENCY.find(scene.text, currency, [place]):
            return
        named = currency_of(masked[slice(*place)])
        before = _BREAK.split(masked[max(0, place[0] - _BESIDE) : place[0]])[-1]
        after = _BREAK.split(masked[place[1] : place[1] + _BESIDE])[0]
        beside = (place[0] - len(before), place[1] + len(after))
        if named or not CURRENCY.find(scene.text, currency, [beside]):
            written = named or currency_of(masked[slice(*beside)])
            if written and written != currency:
                yield self.currency, place
