"""A summary beside the quotes it is made from: which of its words, names, numbers and negations
stand there, and what stands between them there and was left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.ground.vocabulary import cue_in, cue_pattern
from pipeline.kinds.kind import Scene, find_any, numbers_in
from pipeline.kinds.name import NAME
from pipeline.kinds.phrase import content_words, stem_pattern
from pipeline.passages import sentences
from pipeline.text.folding import Range, fold_text
from pipeline.values.numbers import read_numbers

_FOREIGN = 0.5  # share of the words that must stand in the quotes
_SPANNED = 0.8  # share of the words that one sentence must have to be the summary's source
_FEW = 3  # words; of fewer nothing is said
_NAME = re.compile(r"(?<![\w.!?:\"“«„])(?<!^)[A-ZА-ЯЁӘҒҚҢӨҰҮІ][\w-]{2,}")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_LEAST_FOREIGN_RUN = 4  # Chinese characters in a row that no quote has
_DROPPED = {"negation": ("negation",), "hedge": ("hedge",)}
_BESIDE = 12  # code points between the summary's words and a condition


@dataclass(frozen=True)
class Summary:
    """A summary and the quotes. Made by `of`, which remembers the last ones."""

    scene: Scene
    text: str

    @staticmethod
    def of(scene: Scene, text: str) -> Summary:
        """The summary `text` in a scene."""
        return _made(scene, text)

    @cached_property
    def words(self) -> list[str]:
        """The words that say something, folded; of Chinese pairs of characters."""
        plain = _HAN_RUN.sub(" ", self.text)
        pairs = [run[i : i + 2] for run in _HAN_RUN.findall(self.text) for i in range(len(run) - 1)]
        return content_words(plain) + pairs

    @cached_property
    def places(self) -> dict[str, Range]:
        """Where in the quotes the words stand."""
        found = {}
        for word in dict.fromkeys(self.words):
            if place := find_any(self.scene.text, stem_pattern(word), self.scene.quotes):
                found[word] = place
        return found

    @property
    def is_foreign(self) -> bool:
        """Whether most of its words do not stand in the quotes, nor in a heading above them."""
        words = set(self.words)
        if len(words) < _FEW:
            return False
        heads = [w for w in words if find_any(self.scene.text, stem_pattern(w), self.scene.heads)]
        return len(set(self.places) | set(heads)) < _FOREIGN * len(words)

    @property
    def has_foreign_name(self) -> bool:
        """Whether it has a name that no quote, heading or definition has."""
        return any(not self._is_known(name) for name in self._names())

    def _names(self) -> list[str]:
        names = _NAME.findall(self.text)
        for run in _HAN_RUN.findall(self.text):
            known = [run[i : i + 2] in self.places for i in range(len(run) - 1)]
            told = "".join("x" if k else " " for k in known)
            names += [
                run[m.start() : m.end() + 1]
                for m in re.finditer(r" +", told)
                if m.end() - m.start() + 1 >= _LEAST_FOREIGN_RUN
            ]
        return names

    def _is_known(self, name: str) -> bool:
        text, scene = self.scene.text, self.scene
        if NAME.find(text, name, (*scene.quotes, *scene.heads)):
            return True
        if find_any(text, stem_pattern(fold_text(name)), scene.quotes):
            return True
        return NAME.entitled(scene, name) is not None or any(
            name in d.long.split() and NAME.find(text, d.short, scene.quotes)
            for d in scene.definitions
        )

    @property
    def has_foreign_number(self) -> bool:
        """Whether it has a number, in figures or in words, or an ordinal that no quote has."""
        present = [m.values for q in self.scene.quotes for m in numbers_in(self.scene.text, q)]
        numbers = [m.values for m in read_numbers(self.text)]
        if any(not any(values & other for other in present) for values in numbers):
            return True
        ordinals = cue_pattern("ordinal", self.scene.language).findall(fold_text(self.text))
        return any(
            not find_any(self.scene.text, stem_pattern(ordinal), self.scene.quotes)
            for ordinal in ordinals
        )

    @cached_property
    def denies(self) -> bool:
        """Whether it has a negation."""
        return cue_pattern("negation", self.scene.language).search(self.text) is not None

    @cached_property
    def quotes_deny(self) -> bool:
        """Whether the quotes have one, or a word that comes near to it; where one sentence has the
        words of the summary, whether that one has."""
        regions = (self.sentence,) if self.sentence else self.scene.quotes
        return cue_in(self.scene, "negation", "negated", regions=regions) is not None

    @property
    def sentence(self) -> Range | None:
        """The sentence of the quotes that has the words of the summary; None when several have."""
        return self._closest[0] if self._closest else None

    @property
    def window(self) -> Range | None:
        """The part of that sentence which the words span."""
        return self._closest[1] if self._closest else None

    @cached_property
    def _closest(self) -> tuple[Range, Range] | None:
        least = max(_FEW, _SPANNED * len(set(self.words)))
        if len(self.places) < least:
            return None
        best: tuple[int, Range, Range] | None = None
        for quote in self.scene.quotes:
            for sentence in sentences(self.scene.text.masked, *quote):
                found = [
                    place
                    for word in self.places
                    if (place := find_any(self.scene.text, stem_pattern(word), [sentence]))
                ]
                if len(found) >= least and (best is None or len(found) > best[0]):
                    span = (min(p[0] for p in found), max(p[1] for p in found))
                    best = len(found), sentence, span
        return best[1:] if best else None

    def dropped(self, what: str) -> Range | None:
        """Where a negation or a hedge stands amid the words of the summary, which has none."""
        if self.window is None:
            return None
        found = cue_in(self.scene, *_DROPPED[what], regions=(self.window,))
        if found is None or cue_pattern(what, self.scene.language).search(self.text):
            return None
        return found

    def dropped_condition(self) -> Range | None:
        """Where a condition stands right beside the words of the summary, in the same sentence."""
        if self._closest is None or cue_pattern("condition", self.scene.language).search(self.text):
            return None
        (start, end), (low, high) = self._closest
        beside = (max(start, low - _BESIDE), min(end, high + _BESIDE))
        return cue_in(self.scene, "condition", regions=(beside,))


@lru_cache(maxsize=8)
def _made(scene: Scene, text: str) -> Summary:
    return Summary(scene, text)
