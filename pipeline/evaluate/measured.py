"""A run measured against gold, or another reader's gold against it: the figures of one Measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.compare.changes import Known, known_of
from pipeline.domain import ACCEPTED, DOUBTED
from pipeline.errors import DossierError
from pipeline.evaluate.gold import Gold, check_quotes
from pipeline.evaluate.identity import Joined, claims_joined, names_joined
from pipeline.evaluate.intervals import Counts
from pipeline.evaluate.scoring import Records, Scored, Values, as_seen, score
from pipeline.records import Record
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session
from pipeline.store.texts import Texts
from pipeline.text.folding import fold_text

_NAMES = """
SELECT m.kind, m.name, e.entity_id FROM mention m JOIN entity_member e USING (mention_id)
JOIN document d ON d.document_id = m.document_id WHERE d.path = ?
"""
_DEALS = """
SELECT e.record_id, e.entity_id FROM entity_member e JOIN document d USING (document_id)
WHERE e.mention_id IS NULL AND d.path = ?
"""
_COST = """
SELECT count(*), coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0), sum(cost_usd),
  coalesce(sum(latency_ms), 0) / 1000
FROM reply JOIN document USING (document_id) WHERE list_contains($1, path)
"""


@dataclass(slots=True)
class Measured:
    """Scores of documents, and what else is known of a run: how names and deals were joined, quotes
    and values that the text supports (of how many), and what it cost."""

    name: str
    scored: list[Scored] = field(default_factory=list)
    names: dict[str, Joined] = field(default_factory=dict)
    deals: dict[str, Joined] = field(default_factory=dict)
    quotes: tuple[int, int] = (0, 0)
    supported: tuple[int, int] = (0, 0)
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    seconds: float = 0.0
    without_gold: list[str] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        """The record types that gold or the run has."""
        return sorted({kind for scored in self.scored for kind in scored.records})

    def records(self, kind: str = "") -> Records:
        """Of all documents: of one type, or of all."""
        total = Records()
        for scored in self.scored:
            for name, records in scored.records.items():
                if kind in ("", name):
                    total.add(records)
        return total

    def values(self, kind: str = "", path: str = "") -> Values:
        """Of all documents: of one type and field, or of all."""
        total = Values()
        for scored in self.scored:
            for (name, where), values in scored.values.items():
                if kind in ("", name) and path in ("", where):
                    total.add(values)
        return total

    def fields(self) -> dict[tuple[str, str], Values]:
        """By type and field."""
        found: dict[tuple[str, str], Values] = {}
        for scored in self.scored:
            for key, values in scored.values.items():
                found.setdefault(key, Values()).add(values)
        return found

    def counts(self, figure: str, kind: str = "") -> Counts:
        """What the share `figure` (record_f1 or value_accuracy) is of, by document."""
        return [_COUNTED[figure](scored, kind) for scored in self.scored]

    def figures(self) -> dict[str, float]:
        """The figures that a threshold or a baseline may name; those of nothing are left out."""
        records, values = self.records(), self.values()
        found: dict[str, float | None] = {
            "record_f1": records.f1,
            "record_precision": records.precision,
            "record_recall": records.recall,
            "value_f1": values.f1,
            "value_accuracy": values.accuracy,
            "negatives_respected": _share(self.negatives()),
            "quotes_grounded": _share(self.quotes),
            "names_f1": sum_of(self.names.values()).pairwise_f1,
            "deals_f1": sum_of(self.deals.values()).pairwise_f1,
        }
        found |= {f"record_f1.{kind}": self.records(kind).f1 for kind in self.types}
        return {name: figure for name, figure in found.items() if figure is not None}

    def negatives(self) -> tuple[int, int]:
        """How many negatives are not asserted, of how many."""
        total = sum(scored.negatives for scored in self.scored)
        return total - sum(len(scored.asserted) for scored in self.scored), total


def measure(
    session: Session, name: str, gold: Sequence[Gold], record_types: Iterable[type[Record]]
) -> Measured:
    """A run against gold. Raises DossierError for gold that quotes what its document does not say,
    and for a run that has read no document of it."""
    known, grounds, texts = known_of(record_types), Grounds.of(session), Texts(session)
    measured = Measured(name)
    about = {one.document: one for one in gold}
    measured.without_gold = [path for path in grounds.paths if path not in about]
    measured.not_read = [path for path in about if not grounds.has_document(path)]
    read = [one for one in gold if grounds.has_document(one.document)]
    if not read:
        raise DossierError(
            f"Run {name} has read no document that the gold is about",
            f"Gold is about {', '.join(list(about)[:3])}; run those.",
        )
    kept = [0, 0, 0, 0]
    for one in read:
        shown = texts.document(one.document)
        if shown:
            parts = texts.parts(shown.id, 0, shown.characters)
            check_quotes(one, " ".join(part for _, part in parts))
        claims = [c for table in grounds.tables for c in grounds.claims(one.document, table)]
        for claim in claims:
            kept[0] += sum(quote.status in ACCEPTED for quote in claim.quotes)
            kept[1] += len(claim.quotes)
            kept[2] += sum(value.status not in DOUBTED for value in claim.values)
            kept[3] += len(claim.values)
        scored = score(one, filter(None, map(as_seen, claims)), known)
        measured.scored.append(scored)
        _join(measured, one, scored, session, {claim.id: claim.type for claim in claims})
    measured.quotes, measured.supported = (kept[0], kept[1]), (kept[2], kept[3])
    row = session.query(_COST, [[one.document for one in read]])[1][0]
    measured.calls, measured.tokens_in, measured.tokens_out = map(int, row[:3])
    measured.cost_usd = None if row[3] is None else float(row[3])
    measured.seconds = float(row[4])
    return measured


def agreement(gold: Sequence[Gold], other: Sequence[Gold], known: Known) -> Measured:
    """Another reader's gold of the same documents against it: what a program can at best be held
    to. What the other marked optional counts if gold has it. Raises DossierError if they share no
    document."""
    about = {one.document: one for one in other}
    names = ", ".join(dict.fromkeys(one.annotator for one in other))
    measured = Measured(names or "another reader")
    for one in gold:
        if found := about.get(one.document):
            measured.scored.append(score(one, found.claims, known, found.optional))
    if not measured.scored:
        raise DossierError("The two sets of gold share no document", "Name another folder.")
    return measured


def _join(
    measured: Measured, gold: Gold, scored: Scored, session: Session, kinds: dict[str, str]
) -> None:
    entities: dict[tuple[str, str], set[str]] = {}
    for kind, name, entity in session.query(_NAMES, [gold.document])[1]:
        entities.setdefault((kind, fold_text(name)), set()).add(entity)
    found = {key: frozenset(value) for key, value in entities.items()}
    for kind, joined in names_joined(gold, found).items():
        measured.names.setdefault(kind, Joined()).add(joined)
    deals: dict[str, str] = dict(session.query(_DEALS, [gold.document])[1])
    for kind, joined in claims_joined(scored.of, deals, kinds).items():
        measured.deals.setdefault(kind, Joined()).add(joined)


def sum_of(joined: Iterable[Joined]) -> Joined:
    """Of all kinds together."""
    total = Joined()
    for one in joined:
        total.add(one)
    return total


def _record_counts(scored: Scored, kind: str) -> tuple[float, float]:
    chosen = [r for name, r in scored.records.items() if kind in ("", name)]
    found = sum(r.found for r in chosen)
    return 2 * found, 2 * found + sum(r.omitted + r.invented for r in chosen)


def _value_counts(scored: Scored, kind: str) -> tuple[float, float]:
    chosen = [v for (name, _), v in scored.values.items() if kind in ("", name)]
    right = sum(v.right for v in chosen)
    return right, right + sum(v.imprecise + v.wrong for v in chosen)


_COUNTED: dict[str, Callable[[Scored, str], tuple[float, float]]] = {
    "record_f1": _record_counts,
    "value_accuracy": _value_counts,
}


def _share(of: tuple[int, int]) -> float | None:
    return of[0] / of[1] if of[1] else None
