"""A diff as a comment on a pull request: verdict first, under 60 kB, nothing in it obeyed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.compare.items import Item
from pipeline.diff.causes import told
from pipeline.diff.report import Report
from pipeline.diff.shown import (
    DIFFERENCES,
    entity_line,
    heading,
    record_rows,
    risk_name,
    sentences,
    short,
    told_value,
    value_rows,
    verdict,
)
from pipeline.diff.terminal import marked
from pipeline.plain import plain

MARKER = "<!-- dossier-diff -->"  # by which a script finds the comment that it should update
MOST_BYTES = 60_000
_MOST_CHANGES, _MOST_ENTITIES, _MOST_FIELDS = 10, 10, 60
_QUOTE = 1200  # characters
# Whatever Markdown or a forge gives a meaning; @ and # would notify people and link issues.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&@:/$^=\"'])")
_MEANT = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "@\u200b"}
_RECORDS = ("added", "removed", "split", "merged", "changed", "unchanged")


def markdown(report: Report) -> str:
    """The comment, ending with a line end."""
    lines = list(_lines(report))
    while len("\n".join(lines).encode()) > MOST_BYTES - 200 and len(lines) > 1:
        lines = [*lines[: int(len(lines) * 0.9)]]
        while lines and lines[-1] != "</details>" and "<details>" in "\n".join(lines):
            lines.pop()
    return "\n".join(lines) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield MARKER
    yield f"### {_safe(verdict(report))}"
    yield ""
    runs = [_safe(str(run.get("run_id"))) for run in (report.one, report.other)]
    yield f"{_safe(told(report.causes))}\\. Runs: {runs[0]} → {runs[1]}\\."
    if not report.items and not report.entities:
        return
    yield ""
    yield "| records | " + " | ".join(_RECORDS) + " |"
    yield "|---|" + "--:|" * len(_RECORDS)
    for kind, _ in record_rows(report):
        counts = report.records[kind]
        yield f"| {_safe(kind)} | " + " | ".join(str(counts[c]) for c in _RECORDS) + " |"
    yield from _fields(report)
    if report.entities:
        yield ""
        yield "Names, deals and events"
        yield ""
        yield from (f"- {_safe(entity_line(c))}" for c in report.entities[:_MOST_ENTITIES])
        if len(report.entities) > _MOST_ENTITIES:
            yield f"- and {len(report.entities) - _MOST_ENTITIES} more"
    if report.items:
        yield ""
        shown = min(_MOST_CHANGES, len(report.items))
        yield f"The weightiest {shown} of {len(report.items)} changes"
    for item in report.items[:_MOST_CHANGES]:
        yield from _item(item, report.decided.get(item.id, ""))


def _fields(report: Report) -> Iterator[str]:
    rows = [row for row in value_rows(report) if any(row[2])]
    if not rows:
        return
    noisy = report.noise is not None
    yield ""
    heads = [d.replace("_", " ") for d in DIFFERENCES] + ["noise"] * noisy
    yield "| values | " + " | ".join(heads) + " |"
    yield "|---|" + "--:|" * len(heads)
    for kind, name, counts, rate in rows[:_MOST_FIELDS]:
        cells = [str(c) for c in counts] + ([] if rate is None else [f"{rate:.1%}"])
        yield f"| {_safe(f'{kind}.{name}')} | " + " | ".join(cells) + " |"
    if len(rows) > _MOST_FIELDS:
        yield f"| and {len(rows) - _MOST_FIELDS} more fields |" + " |" * len(heads)


def _item(item: Item, decided: str) -> Iterator[str]:
    tags = [risk_name(item)] + ["within noise"] * item.within_noise + [decided] * bool(decided)
    was, now = told_value(item.before, item), told_value(item.after, item)
    yield ""
    yield f"<details><summary>{_text(heading(item))}: {_text(was)} → {_text(now)}</summary>"
    yield ""
    yield f"{_safe('; '.join(tags))}; {_safe(item.label)}, {_safe(item.record.claim.document)}"
    yield ""
    for name, shown in zip(("before", "after"), sentences(item), strict=True):
        if shown:
            yield f"> {name}: {_safe(plain(marked(shown))[:_QUOTE])}"
            yield ""
    yield "</details>"


def _safe(text: str) -> str:
    """Text in one line that Markdown takes for text."""
    line = plain(" ".join(text.split()))
    return _SPECIAL.sub(lambda match: _MEANT.get(match[1], f"\\{match[1]}"), line)


def _text(text: str) -> str:
    """Text within an HTML element on a line of its own."""
    shown = html.escape(plain(short(text)))
    return re.sub(r"[\[\]*_`@\\]", lambda match: f"&#{ord(match[0])};", shown)
