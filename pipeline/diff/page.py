"""A diff as one HTML file that asks nothing of any other."""

from __future__ import annotations

from pipeline.diff.causes import told
from pipeline.diff.report import Report
from pipeline.diff.shown import (
    CLASSES,
    DIFFERENCES,
    entity_line,
    heading,
    record_rows,
    risk_name,
    sentences,
    told_value,
    value_rows,
    verdict,
)
from pipeline.templates import templates_of


def page(report: Report) -> str:
    """The file's text."""
    return (
        templates_of("pipeline.diff")
        .get_template("diff.html")
        .render(
            verdict=verdict(report),
            cause=told(report.causes),
            report=report,
            classes=CLASSES,
            differences=DIFFERENCES,
            records=record_rows(report),
            values=[row for row in value_rows(report) if any(row[2])],
            entities=[entity_line(change) for change in report.entities],
            heading=heading,
            told_value=told_value,
            sentences=sentences,
            risk_name=risk_name,
        )
    )
