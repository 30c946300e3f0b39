"""An audit of what did not change: values drawn at random, and the precision that verdicts give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.compare.changes import Known
from pipeline.compare.items import Item, unchanged_item
from pipeline.diff.report import Report
from pipeline.domain import SUPPORTED
from pipeline.errors import DossierError
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session

ALL = "all types"


@dataclass(frozen=True, slots=True)
class Sample:
    """How many values, and the seed by which they are drawn; `unsteady` are those alone that not
    every repeated answer gives, the least agreed first."""

    size: int
    seed: int
    unsteady: bool = False


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the values of a type were found right and wrong. `low` and `high` are the ends of
    Wilson's interval of 95 % for the share that is right (E. B. Wilson, JASA 22, 1927)."""

    type: str
    right: int
    wrong: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that is right."""
        return self.right / (self.right + self.wrong)


def sampled(report: Report, run: Path, sample: Sample, known: Known) -> tuple[Item, ...]:
    """Supported values of a run that the report does not list as changed, drawn as `sample` says.
    Raises DossierError when only unsteady ones are wanted and nothing was asked twice."""
    changed = {
        (i.record.after.id, i.after.path) for i in report.items if i.record.after and i.after
    }
    whole = {i.record.after.id for i in report.items if i.record.after and not i.value}
    session = Session(run)
    try:
        grounds = Grounds.of(session)
        if sample.unsteady and not grounds.has_repeats:
            raise DossierError(
                "The run asked everything once: no value is known to be unsteady",
                "Run with --repeats 3.",
            )
        most = sample.size + len(report.items)
        drawn = [
            place
            for place in grounds.sample(most, sample.seed, SUPPORTED, unsteady=sample.unsteady)
            if place[1:] not in changed and place[1] not in whole
        ][: sample.size]
        tables = grounds.tables_of({record for _, record, _ in drawn})
        claims = {
            claim.id: claim
            for document, table in sorted({(d, tables[r]) for d, r, _ in drawn})
            for claim in grounds.claims(document, table)
        }
    finally:
        session.close()
    found = []
    for _, record, path in drawn:
        claim = claims[record]
        value = next(value for value in claim.values if value.path == path)
        found.append(unchanged_item(claim, value, known))
    return tuple(found)


def precision(items: Iterable[Item], decided: Mapping[str, str]) -> list[Precision]:
    """The precision by type, and of all together, as far as there are verdicts: accepted values are
    right, rejected and corrected ones wrong."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for item in items:
        verdict = decided.get(item.id)
        if item.change != "unchanged" or verdict is None:
            continue
        for kind in (item.record.claim.type, ALL):
            (right if verdict == "accept" else wrong)[kind] += 1
    kinds = sorted({*right, *wrong}, key=lambda kind: (kind == ALL, kind))
    return [_precision(kind, right[kind], wrong[kind]) for kind in kinds]


def precision_lines(found: Iterable[Precision]) -> list[str]:
    """The precision for a terminal."""
    return [
        f"{p.type:<24} {p.right} of {p.right + p.wrong} right: {p.share:.1%},"
        f" between {p.low:.1%} and {p.high:.1%} (95 %)"
        for p in found
    ]


def _precision(kind: str, right: int, wrong: int) -> Precision:
    from scipy.stats import binomtest

    ends = binomtest(right, right + wrong).proportion_ci(method="wilson")
    return Precision(kind, right, wrong, float(ends.low), float(ends.high))
