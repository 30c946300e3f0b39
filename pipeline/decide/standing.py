"""Which decisions still stand in a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from pipeline.compare.changes import Known
from pipeline.decide.decisions import Decision, Ground, grounds_of
from pipeline.store.grounds import Grounds

State = Literal["stands", "settled", "stale", "elsewhere"]


class Standing:
    """Holds decisions against what a run claims."""

    def __init__(self, grounds: Grounds, known: Known) -> None:
        self.grounds = grounds
        self.known = known
        self._claimed: dict[tuple[str, str], set[Ground]] = {}

    def states(self, decisions: Iterable[Decision]) -> list[tuple[Decision, State]]:
        """The state of each decision: it `stands` on what the run claims; is `settled`, when the
        run claims by itself what it asked for (a rejected value is gone, the corrected one is
        there); is about a document that is `elsewhere`; or `stale`, when its ground has changed."""
        return [(decision, self._state(decision)) for decision in decisions]

    def _state(self, decision: Decision) -> State:
        ground = decision.ground
        if not self.grounds.has_document(ground.document):
            return "elsewhere"
        claimed = self._of(ground.document, ground.type)
        if not ground.claimed or ground in claimed:  # what comes back is a change of its own
            return "stands"
        if decision.verdict == "reject":
            return "settled"
        corrected = replace(ground, value=decision.value or "")
        if decision.verdict == "correct" and corrected in claimed:
            return "settled"
        return "stale"

    def _of(self, document: str, table: str) -> set[Ground]:
        key = (document, table)
        if key not in self._claimed:
            fields = self.known.fields.get(table, ())
            claims = self.grounds.claims(document, table)
            self._claimed[key] = {g for claim in claims for g in grounds_of(claim, fields)}
        return self._claimed[key]
