"""What decisions make of the records of a run. Pure but for looking its claims up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.compare.changes import Known
from pipeline.decide.decisions import Decision, Ground, grounds_of, in_force
from pipeline.decide.standing import Standing, State
from pipeline.records import FieldSpec
from pipeline.store.grounds import Grounds

Row = tuple[Any, ...]
_NOWHERE: list[tuple[str | None, str | None]] = [(None, None)]


@dataclass(frozen=True, slots=True)
class Applied:
    """Rows of table `decision`, and the decisions that do not hold any more."""

    rows: tuple[Row, ...] = ()
    stale: tuple[Decision, ...] = field(default=())


def apply_decisions(decisions: Iterable[Decision], grounds: Grounds, known: Known) -> Applied:
    """Find what each decision is about among the claims of a run. A decision that is stale or was
    replaced by a later one is listed and touches nothing; one about documents that the run did not
    read is left out."""
    told = list(decisions)
    forced = in_force(told)
    states = [
        (decision, state if _is_taken(decision, known) else "stale")
        for decision, state in Standing(grounds, known).states(told)
    ]
    places = _places((d.ground for d, state in states if state == "stands"), grounds, known)
    rows: list[Row] = []
    for decision, state in states:
        if state == "elsewhere":
            continue
        latest = forced.get(decision.ground, decision) is decision
        found = places.get(decision.ground, []) if state == "stands" else []
        told_state = state if latest else "replaced"
        rows += [_row(decision, told_state, *place, known) for place in found or _NOWHERE]
    stale = tuple(d for d, s in states if s == "stale" and forced.get(d.ground, d) is d)
    return Applied(tuple(rows), stale)


def _is_taken(decision: Decision, known: Known) -> bool:
    """Whether the record type takes the value of a correction: the file may be edited by hand."""
    if decision.verdict != "correct":
        return True
    spec = known.specs.get(decision.ground.type, {}).get(decision.ground.field)
    if spec is None or decision.value is None:
        return False
    if spec.choices:
        return decision.value in spec.choices
    try:
        return spec.kind.parse(decision.value) is not None
    except ValueError:
        return False


def _places(
    wanted: Iterable[Ground], grounds: Grounds, known: Known
) -> Mapping[Ground, list[tuple[str, str]]]:
    """Records and paths that are what decisions are about."""
    found: dict[Ground, list[tuple[str, str]]] = {}
    for document, table in sorted({(g.document, g.type) for g in wanted}):
        fields = known.fields.get(table, ())
        for claim in grounds.claims(document, table):
            paths = ["", *(value.path for value in claim.values)]
            for path, ground in zip(paths, grounds_of(claim, fields), strict=True):
                found.setdefault(ground, []).append((claim.id, path))
    return found


def _row(
    decision: Decision, state: State | str, record: str | None, path: str | None, known: Known
) -> Row:
    ground = decision.ground
    spec = known.specs.get(ground.type, {}).get(ground.field)
    columns = _columns(spec, path, decision.value) if decision.verdict == "correct" else {}
    shown = ground.field if path is None else path
    where = (decision.id, record, ground.document, ground.type, shown)
    quote = ground.quote if decision.verdict == "missing" else decision.quote
    said = (decision.verdict, state, ground.value, decision.value, quote)
    return (*where, *said, decision.who, decision.at, decision.why, columns)


def _columns(spec: FieldSpec | None, path: str | None, value: str | None) -> dict[str, str]:
    """The corrected value in each column that its field makes, as text."""
    if spec is None or path is None or value is None:
        return {}
    parsed = value if spec.choices else spec.kind.parse(value)
    single = replace(spec, many=False)
    told = {f"{path}{c.suffix}": c.of(parsed) for c in single.columns}
    return {name: str(given) for name, given in told.items() if given is not None}
