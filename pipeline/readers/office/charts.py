"""Charts of DOCX and PPTX: their figures are in the file, as the program kept them when it last
drew the chart, and are read as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.readers.decode import clean

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_C = CHART.removesuffix("chart")
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NAMES = ("cat", "xVal")  # what figures are named by
_FIGURES = ("val", "yVal")
_MOST = 2000  # rows and columns of a chart that somebody looks at


def chart_title(root: Any) -> str:
    """The title of a chart part; empty when it has none."""
    title = root.find(f"{_C}chart/{_C}title")
    parts = title.iter(f"{_A}t", f"{_C}v") if title is not None else ()
    return clean(" ".join(part.text or "" for part in parts)).strip()


def chart_rows(root: Any) -> list[list[str]]:
    """The figures of a chart part as rows: a head with the names of the series, then a row for each
    name on the axis. Empty when the file keeps no figures."""
    series = [*root.iter(f"{_C}ser")][:_MOST]
    heads = [_first(one.find(f"{_C}tx")) for one in series]
    names: dict[int, str] = {}
    columns = []
    for one in series:
        names |= {i: t for i, t in _points(one, _NAMES) if i not in names}
        columns.append(dict(_points(one, _FIGURES)))
    places = sorted({place for column in columns for place in column})[:_MOST]
    if not places:
        return []
    rows = [[names.get(i, ""), *(column.get(i, "") for column in columns)] for i in places]
    return [["", *heads], *rows] if any(heads) else rows


def _points(series: Any, kinds: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    part = next((found for k in kinds if (found := series.find(f"{_C}{k}")) is not None), None)
    for point in part.iter(f"{_C}pt") if part is not None else ():
        place = point.get("idx") or ""
        if place.isdecimal() and len(place) < 7:
            yield int(place), clean(point.findtext(f"{_C}v") or "").strip()


def _first(node: Any) -> str:
    texts = node.iter(f"{_C}v", f"{_A}t") if node is not None else ()
    return next((clean(text.text or "").strip() for text in texts), "")
