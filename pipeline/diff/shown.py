"""What every format shows of a change: its place, both values, and the sentences behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.compare.claims import Claim, Value
from pipeline.compare.items import RISKS, Item
from pipeline.diff.report import Report
from pipeline.plain import plain

SHORT = 160  # characters of a value where many stand below each other


@dataclass(frozen=True, slots=True)
class Sentence:
    """A quote of the document in three parts, the middle one the value in it (or empty)."""

    before: str
    marked: str
    after: str

    @property
    def text(self) -> str:
        """The quote."""
        return self.before + self.marked + self.after


def sentence(value: Value | None, claim: Claim | None) -> Sentence | None:
    """The record's quote that holds the value, else its first; None for a record without one."""
    quote = claim.quote_of(value) if claim else None
    if quote is None:
        return None
    text = quote.quote or quote.text
    places = (quote.start, value.start, value.end) if value and value.path and value.quote else ()
    if not places or None in places:
        return Sentence(text, "", "")
    start, low, high = (place or 0 for place in places)
    if low < start or high > start + len(text):
        return Sentence(text, "", "")
    return Sentence(text[: low - start], text[low - start : high - start], text[high - start :])


def sentences(item: Item) -> tuple[Sentence | None, Sentence | None]:
    """The sentences on either side; None where there was, or is, no value."""
    change = item.record
    return (
        sentence(item.before, change.before) if item.before else None,
        sentence(item.after, change.after) if item.after else None,
    )


def told_value(value: Value | None, item: Item) -> str:
    """A value with its support in one line; of a whole record what it is called."""
    if value is None:
        return "—"
    if not item.value:
        return plain(short(item.label))
    support = value.reason.replace("_", " ") if value.reason else ""
    steady = "" if value.agreement in (None, 1) else f", in {value.agreement:.0%} of the answers"
    status = f" ({value.status}{': ' + support if support else ''}{steady})"
    return plain(short(value.text)) + status


def short(text: str) -> str:
    """One line of at most SHORT characters."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"


def heading(item: Item) -> str:
    """What changed, in one line."""
    kind = item.record.claim.type.replace("_", " ")
    what = f" {item.field}" if item.field else " quotes" if item.value else ""
    return f"{item.change.replace('_', ' ')}: {kind}{what}"


def verdict(report: Report) -> str:
    """The first line: whether anything waits for a decision."""
    if not report.items and not report.entities:
        return "Nothing changed"
    waiting = len(report.undecided)
    noise = sum(item.within_noise for item in report.undecided)
    said = waiting_of(waiting, report.items)
    return said + (f", {noise} of them within noise" if noise else "")


def waiting_of(waiting: int, items: Sequence[Item]) -> str:
    """How many of the changes, or of the values of an audit, wait for a decision."""
    what = "sampled values" if items and items[0].change == "unchanged" else "changes"
    if not waiting:
        return f"All {len(items)} {what} are decided"
    return f"{waiting} of {len(items)} {what} wait for a decision"


CLASSES = (
    "added", "removed", "split", "merged", "changed", "format_only", "evidence_only", "moved",
    "unchanged",
)  # fmt: skip
DIFFERENCES = ("changed", "added", "removed", "format_only", "evidence_only")


def record_rows(report: Report) -> list[tuple[str, list[int]]]:
    """Of each record type the number of records by class."""
    return [(kind, [counts[c] for c in CLASSES]) for kind, counts in report.records.items()]


def value_rows(report: Report) -> list[tuple[str, str, list[int], float | None]]:
    """Of each field the number of values by difference, and the noise rate of a control."""
    rates = report.noise.rates if report.noise else {}
    return [
        (
            kind,
            field or "(quotes)",
            [counts[d] for d in DIFFERENCES],
            rates.get((kind, field), 0.0) if report.noise else None,
        )
        for (kind, field), counts in report.values.items()
    ]


def entity_line(change: Any) -> str:
    """What became of an entity, in one line."""
    name = change.after or change.before
    line = f"{change.change}: {change.kind} {short(name)}"
    if change.change == "renamed":
        line = f"renamed: {change.kind} {short(change.before)} → {short(change.after)}"
    if change.others:
        word = "took in" if change.change == "joined" else "gave up"
        line += f", {word} {', '.join(map(short, change.others[:3]))}"
    return plain(line) + f" [{change.entity_id}]"


def risk_name(item: Item) -> str:
    """Why a person should look."""
    return RISKS[item.risk]
