"""What waits for a decision between two runs, and what has been decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.compare.changes import known_of
from pipeline.compare.items import Item
from pipeline.decide.decisions import Decision, ground_of, in_force, read_decisions
from pipeline.decide.standing import Standing
from pipeline.diff.report import Report, compare_runs
from pipeline.records import Record
from pipeline.review.sample import Sample, sampled
from pipeline.stages.decisions import REVIEWED as FILE
from pipeline.stages.decisions import read_lines
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session

__all__ = ["FILE", "Between", "Queue", "read_file", "read_queue", "with_decisions"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A report with its decisions. `stale` are decisions whose ground has changed in the newer run,
    `problems` what is wrong with lines of the file."""

    report: Report
    decisions: tuple[Decision, ...]
    stale: tuple[Decision, ...]
    problems: tuple[str, ...]

    def find(self, item_id: str) -> list[Item]:
        """The items whose id begins so."""
        return [item for item in self.report.items if item.id.startswith(item_id)]


@dataclass(frozen=True, slots=True)
class Between:
    """Two runs, the record types that both are read by, the folder of decisions, a rerun of the
    first for control, and the random sample of what did not change, if that is asked about."""

    one: Path
    other: Path
    record_types: tuple[type[Record], ...]
    decisions: Path
    control: Path | None = None
    sample: Sample | None = None


def read_queue(between: Between) -> Queue:
    """Compare the runs and look up what was decided. Raises DossierError as `compare_runs`."""
    report = compare_runs(between.one, between.other, between.record_types, between.control)
    if between.sample:
        known = known_of(between.record_types)
        report = replace(report, items=sampled(report, between.other, between.sample, known))
    return with_decisions(report, between)


def with_decisions(report: Report, between: Between) -> Queue:
    """The queue of a report that is there, with the decisions as the file has them now."""
    decisions, problems = read_file(between.decisions)
    forced = in_force(decisions)
    decided = {
        item.id: forced[ground].verdict
        for item in report.items
        if (ground := ground_of(item)) in forced
    }
    session = Session(between.other)
    try:
        standing = Standing(Grounds.of(session), known_of(between.record_types))
        found = standing.states(decisions)
    finally:
        session.close()
    stale = tuple(decision for decision, state in found if state == "stale")
    return Queue(replace(report, decided=decided), tuple(decisions), stale, tuple(problems))


def read_file(folder: Path) -> tuple[list[Decision], list[str]]:
    """The decisions of a folder, which need not exist, and what is wrong with the file. Raises
    DossierError for one that cannot be read."""
    path = folder / FILE
    found, problems = read_decisions(read_lines(path))
    return found, [f"{path}: {said}" for said in problems]
