"""A drawing for each form of figure, as SVG and PNG, by Altair and vl-convert (the extra `report`).

Dates are days of the proleptic calendar, drawn in UTC so that no time zone moves them; an interval
is as wide as what the text leaves open. Nothing is fetched: data stand in the drawing's own
specification, and the converter is allowed no address.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from typing import Any

from pipeline.plain import plain
from pipeline.report.contents import Row, Shown
from pipeline.report.flow import COLUMNS, MOST_MIDDLES, placed
from pipeline.report.network import OTHER, Ego

Chart = Any  # of altair, which is an extra and imported only where it draws
# Okabe and Ito's colours, which the colour-blind can tell apart.
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
_WIDTH = 720
_LANES = 30
_SERIES = 8
_LABEL = 42  # characters
_DAY = timedelta(days=1)
_NONE = "#"
_BILLIONS = "replace(format(datum.value, '~s'), 'G', 'B')"  # d3 has no format that writes B


def available() -> bool:
    """Whether the libraries that draw are installed."""
    return all(find_spec(name) is not None for name in ("altair", "vl_convert"))


def picture(shown: Shown) -> Chart:
    """The drawing of a figure, or nothing where its form or its rows have none."""
    draw = _DRAWINGS.get(shown.figure.form)
    return draw(shown.rows) if draw and shown.rows else None


def svg_of(chart: Chart) -> str:
    """The drawing as an SVG element that fits a page with a strict policy: it has no style of its
    own, and scales to the width it is given."""
    svg = str(_converter().vegalite_to_svg(_spec(chart), allowed_base_urls=[]))
    svg = re.sub(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")', "", svg)
    # The converter puts an address of its own before a link within the page.
    svg = re.sub(r'xlink:href="[^"#]*#', 'href="#', svg)
    # What a mark is called is the name of the link around it.
    svg = re.sub(r'(<a href="#[^"]*")>(<\w+) (aria-label="[^"]*")', r"\1 \3>\2", svg)
    return re.sub(r"<a [^>]*href=\"#\"[^>]*>(.*?)</a>", r"\1", svg, flags=re.DOTALL)


def png_of(chart: Chart) -> bytes:
    """The drawing as PNG, two pixels a point."""
    return bytes(_converter().vegalite_to_png(_spec(chart), scale=2, allowed_base_urls=[]))


def _spec(chart: Chart) -> dict[str, Any]:
    configured = chart.configure(
        background="#ffffff",
        font="system-ui, sans-serif",
        padding={"left": 28, "right": 12, "top": 6, "bottom": 6},  # fonts differ in width
        aria=False,  # the table beside it is for those who cannot see it
        axis={"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 300, "titleColor": "#444"},
        legend={"labelFontSize": 12, "titleFontSize": 12, "orient": "top", "title": None},
        header={"labelFontSize": 12, "title": None},
        view={"stroke": "#cccccc"},
    )
    return dict(configured.to_dict())


def note(shown: Shown) -> str:
    """What a drawing leaves out of its figure, in a sentence, if it leaves out anything."""
    rows, form = shown.rows, shown.figure.form
    if form == "lanes":
        undated = sum(not (row["lo"] or row["hi"]) for row in rows)
        lanes = {lane for row in rows for lane in row["lanes"] if row["lo"] or row["hi"]}
        more = f"The {_LANES} lanes of most marks, of {len(lanes)}." if len(lanes) > _LANES else ""
        return " ".join(filter(None, [f"{undated} without a date are in the table alone.", more]))
    if form == "flow" and len(middles := {row["middle"] for row in rows}) > MOST_MIDDLES:
        return f"The first {MOST_MIDDLES} of {len(middles)}."
    if form == "dots" and len(told := _told_again(rows)) > _SERIES:
        return f"The first {_SERIES} of {len(told)} series."
    return ""


def strips(rows: Sequence[Row]) -> Chart:
    """A strip for each document from its beginning to its end: where records quote it, and where a
    sentence that says something has none."""
    if not rows:
        return None
    alt = _altair()
    values = [dict(row) | {"path": _short(row["path"].rsplit("/", 1)[-1])} for row in rows]
    return (
        alt.Chart(alt.Data(values=values))
        .mark_bar(height=10)
        .encode(
            x=alt.X("lo:Q", title="per cent of the document", scale=alt.Scale(domain=[0, 100])),
            x2="hi:Q",
            y=alt.Y("path:N", title=None, sort=None),
            color=_colour("what", ["a quote of a record", "a sentence without a record"]),
        )
        .properties(width=_WIDTH, height=alt.Step(18))
    )


def ego(around: Ego) -> Chart:
    """Whoever stands around one organisation, where the network puts them."""
    alt = _altair()
    place = {node["id"]: node for node in around.nodes}
    ends = [
        {
            "x": place[edge["source"]]["x"], "y": place[edge["source"]]["y"],
            "x2": place[edge["target"]]["x"], "y2": place[edge["target"]]["y"],
            "about": _spoken(edge["part"]), "concluded": bool(edge["concluded"]),
        }
        for edge in around.edges
    ]  # fmt: skip
    nodes = [node | {"label": _short(node["name"], 28)} for node in around.nodes]
    hidden = {"x": alt.X("x:Q", axis=None), "y": alt.Y("y:Q", axis=None)}
    lines = (
        alt.Chart(alt.Data(values=ends))
        .mark_rule(strokeWidth=2)
        .encode(
            **hidden,
            x2="x2:Q",
            y2="y2:Q",
            color=_colour("about", [_spoken(part) for part in around.parts]),
            strokeDash=_dashed("concluded", planned=False),
        )
    )
    dots = alt.Chart(alt.Data(values=nodes)).mark_circle(size=110, color="#444", opacity=1)
    names = alt.Chart(alt.Data(values=nodes)).mark_text(dy=-12, fontSize=11)
    layers = lines + dots.encode(**hidden) + names.encode(**hidden, text="label:N")
    return layers.properties(width=_WIDTH, height=460)


def _lanes(rows: Sequence[Row]) -> Chart:
    """A lane for each of those named most, a mark for each interval."""
    dated = [row for row in rows if row["lo"] or row["hi"]]
    if not dated:
        return None
    alt = _altair()
    named = Counter(lane for row in dated for lane in row["lanes"])
    kept = {name for name, _ in sorted(named.items(), key=lambda n: (-n[1], n[0]))[:_LANES]}
    first = min(row["lo"] or row["hi"] for row in dated)
    last = max(row["hi"] or row["lo"] for row in dated)
    values: list[dict[str, Any]] = [
        {
            "lane": _short(lane), "label": plain(row["label"]), "state": _spoken(row["state"]),
            "href": _href(row), **_span(row["lo"] or first, row["hi"] or last),
        }
        for row in dated for lane in row["lanes"] if lane in kept
    ]  # fmt: skip
    if not values:
        return None
    y = alt.Y("lane:N", title=None, sort=alt.EncodingSortField("lo", op="min"))
    shared = {
        "y": y,
        "color": _colour("state", sorted({value["state"] for value in values})),
        "href": "href:N",
        "description": "label:N",
    }
    x = alt.X("lo:T", title=None, scale=alt.Scale(type="utc", nice="year"))
    base = alt.Chart(alt.Data(values=values))
    bars = base.transform_filter("datum.days > 1").mark_bar(height=9, opacity=0.8, aria=True)
    points = base.transform_filter("datum.days == 1").mark_point(
        filled=True, size=70, opacity=0.9, aria=True
    )
    layers = bars.encode(x=x, x2="hi:T", **shared) + points.encode(
        x=x, shape=alt.Shape("state:N", legend=None), **shared
    )
    return layers.properties(width=_WIDTH, height=alt.Step(20))


def _matrix(rows: Sequence[Row]) -> Chart:
    alt = _altair()
    values = [{"a": row["row"], "b": row["column"], "value": row["value"]} for row in rows]
    values += [{"a": v["b"], "b": v["a"], "value": v["value"]} for v in values if v["a"] != v["b"]]
    most = max(value["value"] for value in values)
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("a:N", title=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("b:N", title=None),
    )
    cells = base.mark_rect(stroke="#fff").encode(
        color=alt.Color("value:Q", scale=alt.Scale(scheme="blues", domain=[0, most]), legend=None)
    )
    dark = alt.condition(f"datum.value > {most} * 0.6", alt.value("#fff"), alt.value("#000"))
    text = base.mark_text(fontSize=13).encode(text="value:Q", color=dark)
    return (cells + text).properties(width=alt.Step(44), height=alt.Step(34))


def _bars(rows: Sequence[Row]) -> Chart:
    alt = _altair()
    facets = list(dict.fromkeys(row.get("facet") for row in rows))
    values: list[dict[str, Any]] = [
        {"bar": str(row["bar"]), "part": _spoken(row["part"]), "value": float(row["value"])}
        | ({"facet": plain(row["facet"])} if "facet" in row else {})
        for row in rows
    ]
    bars = sorted({value["bar"] for value in values})
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            x=alt.X("bar:O", title=None, scale=alt.Scale(domain=bars), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(labelExpr=_BILLIONS)),
            color=_colour("part", sorted({value["part"] for value in values})),
        )
    )
    if facets == [None]:
        return chart.properties(width=_WIDTH, height=260)
    rows_of_it = chart.properties(width=_WIDTH, height=110)
    return rows_of_it.facet(row=alt.Row("facet:N", header=alt.Header(labelAngle=0))).resolve_scale(
        y="independent"
    )


def _flow(rows: Sequence[Row]) -> Chart:
    """Three columns of names; each name stands at the height of what it is joined to."""
    alt = _altair()
    place = placed(rows)
    lines = [
        {
            "x": COLUMNS[side], "y": place.at[side, row[side]],
            "x2": 1, "y2": place.at["middle", row["middle"]], "planned": bool(row["planned"]),
        }
        for row in place.rows for side in ("left", "right") if row[side]
    ]  # fmt: skip
    ids = {row["middle"]: _href(row) for row in place.rows}
    names = [
        {
            "x": COLUMNS[side], "y": y, "name": _short(name), "side": side,
            "href": ids.get(name, _NONE),
        }
        for (side, name), y in place.at.items()
    ]  # fmt: skip
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.9, 2.9]))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(reverse=True, domain=[-1, place.height]))
    rules = (
        alt.Chart(alt.Data(values=lines))
        .mark_rule(color=_COLOURS[0], strokeWidth=1.5)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", strokeDash=_dashed("planned", planned=True))
    )
    layers = [rules]
    for side, align, dx in (("left", "right", -7), ("middle", "center", 0), ("right", "left", 7)):
        base = alt.Chart(alt.Data(values=[name for name in names if name["side"] == side]))
        if side == "middle":  # a plate of the page's colour, so that no line runs through a name
            layers.append(base.mark_text(align=align, stroke="#fff", strokeWidth=5, fontSize=12)
                          .encode(x=x, y=y, text="name:N"))  # fmt: skip
        layers.append(
            base.mark_text(align=align, dx=dx, fontSize=12).encode(
                x=x, y=y, text="name:N", href="href:N"
            )
        )
    return alt.layer(*layers).properties(width=860, height=max(26 * place.height, 120))


def _dots(rows: Sequence[Row]) -> Chart:
    alt = _altair()
    values = [
        {"series": _short(name, 90), "value": float(row["value"]), "href": _href(row)}
        | _span(row["lo"] or row["hi"], row["hi"] or row["lo"])
        for name, found in sorted(_told_again(rows).items())[:_SERIES]
        for row in found
    ]
    if not values:
        return None
    x = alt.X("lo:T", title=None, scale=alt.Scale(type="utc"))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True))
    base = alt.Chart().encode(y=y)
    spans = base.mark_rule(color=_COLOURS[0], strokeWidth=5, aria=True).encode(
        x=x, x2="hi:T", href="href:N", description="series:N"
    )
    text = base.mark_text(align="left", dx=4, dy=-9).encode(x=x, text="value:Q")
    return (
        alt.layer(spans, text, data=alt.Data(values=values))
        .properties(width=_WIDTH, height=90)
        .facet(facet=alt.Facet("series:N", header=alt.Header(labelAnchor="start")), columns=1)
        .resolve_scale(y="independent")
    )


def _told_again(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The series with figures of more than one time."""
    series: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["value"] is not None and (row["lo"] or row["hi"]):
            series[row["series"]].append(row)
    return {n: found for n, found in series.items() if len({(r["lo"], r["hi"]) for r in found}) > 1}


_DRAWINGS: dict[str, Callable[[Sequence[Row]], Any]] = {
    "lanes": _lanes,
    "matrix": _matrix,
    "bars": _bars,
    "flow": _flow,
    "dots": _dots,
}


def _span(lo: date, hi: date) -> dict[str, Any]:
    """First day and the day behind the last, and how many days lie between."""
    return {"lo": lo.isoformat(), "hi": (hi + _DAY).isoformat(), "days": (hi - lo).days + 1}


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name, grey for what is something else."""
    told = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)}
    return told | ({OTHER: "#999999"} if OTHER in told else {})


def _colour(field: str, domain: list[str]) -> Chart:
    alt = _altair()
    scale = alt.Scale(domain=domain, range=list(colours_of(domain).values()))
    return alt.Color(f"{field}:N", scale=scale)


def _dashed(field: str, *, planned: bool) -> Chart:
    """Broken lines where `field` is `planned`."""
    alt = _altair()
    scale = alt.Scale(domain=[planned, not planned], range=[[5, 4], [1, 0]])
    return alt.StrokeDash(f"{field}:N", scale=scale, legend=None)


def _href(row: Row) -> str:
    return f"#{row['id']}" if row.get("id") else _NONE


def _spoken(name: str) -> str:
    return plain(name).replace("_", " ")


def _short(text: str, most: int = _LABEL) -> str:
    line = " ".join(plain(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


@cache
def _altair() -> Any:
    import altair as alt

    return alt


@cache
def _converter() -> Any:
    import vl_convert

    return vl_convert
