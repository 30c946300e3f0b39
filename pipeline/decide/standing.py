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
        there, a missing fact has a record); is about a document that is `elsewhere`; or `stale`,
        when its ground has changed."""
        return [(decision, self._state(decision)) for decision in decisions]

    def _state(self, decision: Decision) -> State:
        ground = decision.ground
        if not self.grounds.has_document(ground.document):
            return "elsewhere"
        if decision.verdict == "missing":
            return self._of_missing(ground)
        claimed = self._of(ground.document, ground.type)
        if not ground.claimed or ground in claimed:  # what comes back is a change of its own
            return "stands"
        if decision.verdict == "reject":
            return "settled"
        corrected = replace(ground, value=decision.value or "")
        if decision.verdict == "correct" and corrected in claimed:
            return "settled"
        return "stale"

    def _of_missing(self, ground: Ground) -> State:
        """A missing fact is settled when a record of its type quotes the words, or some of them."""
        claims = self.grounds.claims(ground.document, ground.type)
        quotes = [q.quote or "" for claim in claims for q in claim.quotes if q.start is not None]
        if any(quote and (quote in ground.quote or ground.quote in quote) for quote in quotes):
            return "settled"
        return "stands" if self.grounds.holds(ground.document, ground.quote) else "stale"

    def _of(self, document: str, table: str) -> set[Ground]:
        key = (document, table)
        if key not in self._claimed:
            fields = self.known.fields.get(table, ())
            claims = self.grounds.claims(document, table)
            self._claimed[key] = {g for claim in claims for g in grounds_of(claim, fields)}
        return self._claimed[key]
