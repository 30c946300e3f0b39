"""What the subject's report shows: a query each, with the form in which its rows are drawn.

A file `schemas/report/N_name.sql` begins with comment lines: its title, `form: lanes`, and what a
reader is to know. Files come in the order of their names. A form needs columns:

    lanes    lanes (list), label, lo, hi, state    intervals of time, a lane for each name
    network  source_id, source, target_id, target, deals, concluded, parts (list), year
    matrix   row, column, value
    bars     bar, part, value, and facet           stacked; a facet has its own scale
    flow     left, middle, right, planned          each row one side of the middle
    dots     series, lo, hi, value, unit           series with more than one time
    table    any                                   no picture

In every form `id` leads to an entity's card and the list `record_ids` to the quotes behind the row.
`heads: lanes = parties, lo = -` names columns in the figure's table, or leaves them out of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import DossierError

FORMS = {
    "lanes": ("lanes", "label", "lo", "hi", "state"),
    "network": tuple("source_id source target_id target deals concluded parts year".split()),
    "matrix": ("row", "column", "value"),
    "bars": ("bar", "part", "value"),
    "flow": ("left", "middle", "right", "planned"),
    "dots": ("series", "lo", "hi", "value", "unit"),
    "table": (),
}  # fmt: skip
_WORDS = ("form", "heads")
_REMEDY = "docs/your-own-subject.md tells how a figure of the report is written."


@dataclass(frozen=True, slots=True)
class Figure:
    """A query of the report. `form` is one of FORMS; `lead` is a sentence or more for readers;
    `heads` gives columns of its table other names, "-" to those that are not shown."""

    name: str
    title: str
    form: str
    lead: str
    sql: str
    heads: Mapping[str, str] = field(default_factory=dict)


def load_figures(subject: Path) -> list[Figure]:
    """The figures of `subject/schemas/report`, in order; none where there is no such folder.

    Raises DossierError for a file without a title or with a form that does not exist.
    """
    return [_figure(path) for path in sorted((subject / "schemas" / "report").glob("*.sql"))]


def _figure(path: Path) -> Figure:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(f"{path} cannot be read ({error})", _REMEDY) from error
    head = re.match(r"(?:--.*\n)*", text)
    lines = [line[2:].strip() for line in (head[0] if head else "").splitlines()]
    said = {word: [rest for line in lines if (rest := _after(word, line))] for word in _WORDS}
    told = [line for line in lines if not any(_after(word, line) for word in _WORDS)]
    forms = said["form"]
    if not told or len(forms) != 1 or forms[0] not in FORMS:
        what = f"a title and `-- form:` one of {', '.join(FORMS)}"
        raise DossierError(f"{path} does not begin with {what}", _REMEDY)
    pairs = [pair.partition("=") for line in said["heads"] for pair in line.split(",")]
    heads = {column.strip(): head.strip() for column, _, head in pairs}
    name = re.sub(r"^\d+_", "", path.stem)
    return Figure(name, told[0], forms[0], " ".join(told[1:]), text, heads)


def _after(word: str, line: str) -> str:
    """What stands behind `word:` at the beginning of a line, if it does."""
    before, colon, rest = line.partition(":")
    return rest.strip() if colon and before == word else ""
