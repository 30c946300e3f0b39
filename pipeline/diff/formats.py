"""The formats of a diff, by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping

from pipeline.diff.document import as_json
from pipeline.diff.markdown import markdown
from pipeline.diff.page import page
from pipeline.diff.report import Report
from pipeline.diff.terminal import terminal_lines

_WIDTH = 100  # where nobody says how wide the screen is


def _term(report: Report) -> str:
    width = shutil.get_terminal_size((_WIDTH, 24)).columns
    return "".join(f"{line}\n" for line in terminal_lines(report, width))


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "term": _term,
    "md": markdown,
    "html": page,
    "json": as_json,
}
