"""A diff for a terminal of any width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pipeline.compare.items import Item
from pipeline.diff.causes import told
from pipeline.diff.report import Report
from pipeline.diff.shown import (
    CLASSES,
    DIFFERENCES,
    Sentence,
    entity_line,
    heading,
    record_rows,
    risk_name,
    sentences,
    told_value,
    value_rows,
    verdict,
)
from pipeline.plain import plain

_MOST_ENTITIES = 10


def terminal_lines(report: Report, width: int, most: int = 20) -> Iterator[str]:
    """The lines, none wider than `width` but for a word that is; at most `most` changes."""
    for line in _lines(report, most):
        indent = len(line) - len(line.lstrip())
        yield from textwrap.wrap(
            line, max(30, width), subsequent_indent=" " * (indent + 2), drop_whitespace=True
        ) or [""]


def _lines(report: Report, most: int) -> Iterator[str]:
    yield f"{verdict(report)}: {report.one.get('run_id')} → {report.other.get('run_id')}."
    yield f"{told(report.causes)}."
    if not report.items and not report.entities:
        return
    yield ""
    for kind, counts in record_rows(report):
        if said := _counted(counts, CLASSES):
            yield f"  {kind}: {said}"
    rows = [row for row in value_rows(report) if any(row[2])]
    if rows:
        yield ""
        yield "Values"
    for kind, field, counts, rate in rows:
        noise = f"; noise {rate:.1%}" if rate is not None else ""
        yield f"  {kind}.{field}: {_counted(counts, DIFFERENCES)}{noise}"
    yield from _entities(report)
    if report.items:
        yield ""
        yield f"Changes, the riskiest {min(most, len(report.items))} of {len(report.items)}"
    for item in report.items[:most]:
        yield from item_lines(item, report.decided.get(item.id, ""))
    if len(report.items) > most:
        yield ""
        yield f"… and {len(report.items) - most} more: --format html shows all."


def item_lines(item: Item, decided: str = "") -> Iterator[str]:
    """A change: what, where, why to look, both values, both sentences."""
    yield ""
    tags = [risk_name(item)] + ["within noise"] * item.within_noise + [decided] * bool(decided)
    yield plain(f"{heading(item)}  [{'; '.join(tags)}]")
    yield plain(f"  {item.label}  in {item.record.claim.document}")
    if item.record.other:
        word = "into" if item.change == "merged" else "from"
        yield f"  {word} {item.record.other.id}"
    was, now = sentences(item)
    for sign, value, shown in (("-", item.before, was), ("+", item.after, now)):
        if sign == "-" and item.change == "unchanged":
            continue
        if value is not None:
            yield f"  {sign} {told_value(value, item)}"
        if shown is not None and not (sign == "-" and shown == now and item.value):
            yield f"      {plain(marked(shown))}"


def marked(shown: Sentence) -> str:
    """A sentence with ⟦ ⟧ around the value."""
    inner = f"⟦{shown.marked}⟧" if shown.marked else ""
    return " ".join(f"{shown.before}{inner}{shown.after}".split())


def _entities(report: Report) -> Iterator[str]:
    if not report.entities:
        return
    yield ""
    yield "Names, deals and events"
    for change in report.entities[:_MOST_ENTITIES]:
        yield f"  {entity_line(change)}"
    if len(report.entities) > _MOST_ENTITIES:
        yield f"  … and {len(report.entities) - _MOST_ENTITIES} more"


def _counted(counts: list[int], names: tuple[str, ...]) -> str:
    pairs = zip(counts, names, strict=True)
    return ", ".join(f"{count} {name.replace('_', ' ')}" for count, name in pairs if count)
