"""Slides as presentation programs write them."""

from __future__ import annotations

import pytest

from pipeline.readers.decode import Parsed
from pipeline.readers.office.pptx import read_pptx
from tests.readers import makers


def read(extra: str, data: str = "") -> Parsed:
    """What is read of a slide that holds these shapes besides its title."""
    return read_pptx(makers.pptx([("Title", ["Words"], "")], extra=extra, data=data))


def shape(inner: str, *, place: str = "", named: str = "") -> str:
    """A shape with these paragraphs, at an offset in the file's units."""
    spot = (
        f'<p:spPr><a:xfrm><a:off {place}/><a:ext cx="900" cy="900"/></a:xfrm></p:spPr>'
        if place
        else ""
    )
    return f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="s" {named}/><p:nvPr/></p:nvSpPr>{spot}<p:txBody>{inner}</p:txBody></p:sp>'


def run(text: str, properties: str = "") -> str:
    return f"<a:r><a:rPr {properties}/><a:t>{text}</a:t></a:r>"


def test_raised_digits_and_formulas() -> None:
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    fraction = "<m:f><m:num><m:r><m:t>125</m:t></m:r></m:num><m:den><m:r><m:t>1000</m:t></m:r></m:den></m:f>"
    told = (
        run("2 billion")
        + run("6", 'baseline="30000"')
        + run(" and CO")
        + run("2", 'baseline="-25000"')
        + run(" at ")
    )
    parsed = read(shape(f"<a:p>{told}<m:oMath {m}>{fraction}</m:oMath></a:p>"))
    assert "2 billion⁶ and CO2 at 125/1000" in parsed.text.split("\n\n")


@pytest.mark.parametrize(
    "extra",
    [
        shape(f"<a:p>{run('NEVER')}</a:p>", named='hidden="1"'),
        shape(f"<a:p>{run('NEVER')}</a:p>", place='x="9144000" y="0"'),
        shape(f"<a:p>{run('NEVER')}</a:p>", place='x="0" y="-1000"'),
        shape("<a:p>" + run("NEVER", 'sz="100"') + "</a:p>"),
        '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="3" name="g" hidden="1"/></p:nvGrpSpPr>' + shape(f"<a:p>{run('NEVER')}</a:p>") + "</p:grpSp>",
    ],
)  # fmt: skip
def test_hidden_text_is_left_out_and_reported(extra: str) -> None:
    parsed = read(extra)
    assert parsed.text == "Title\n\nWords"
    assert [(w.code, "NEVER" in w.message) for w in parsed.warnings] == [("HIDDEN_TEXT", True)]


@pytest.mark.parametrize(
    "frame",
    [
        '<p:nvGraphicFramePr><p:cNvPr id="4" name="t" hidden="1"/></p:nvGraphicFramePr>',
        '<p:xfrm><a:off x="9144000" y="0"/><a:ext cx="9" cy="9"/></p:xfrm>',
    ],
)
def test_hidden_tables_are_left_out_and_reported(frame: str) -> None:
    table = (
        f"<a:tbl><a:tr><a:tc><a:txBody><a:p>{run('NEVER')}</a:p></a:txBody></a:tc></a:tr></a:tbl>"
    )
    parsed = read(f"<p:graphicFrame>{frame}{table}</p:graphicFrame>")
    assert parsed.text == "Title\n\nWords"
    assert [w.code for w in parsed.warnings] == ["HIDDEN_TEXT"]


@pytest.mark.parametrize("place", ['x="0" y="0"', 'x="9143000" y="6857000"', 'x="none" y="0"', ""])
def test_what_stands_on_the_slide_is_read(place: str) -> None:
    parsed = read(shape(f"<a:p>{run('Seen 45')}</a:p>", place=place))
    assert parsed.text == "Title\n\nWords\n\nSeen 45"
    assert not parsed.warnings


def test_the_date_of_the_first_slide_is_that_of_the_whole() -> None:
    date = f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="dt"/></p:nvPr></p:nvSpPr><p:txBody><a:p>{run("17 May 2024")}</a:p></p:txBody></p:sp>'
    parsed = read(date)
    assert (parsed.date, parsed.date_source) == ("2024-05-17", "text")


def test_cells_of_several_paragraphs_diagrams_and_charts() -> None:
    cells = "".join(
        f"<a:tc><a:txBody>{t}</a:txBody></a:tc>"
        for t in ("<a:p>" + run("42") + "</a:p><a:p>" + run("300 doses") + "</a:p>", "<a:p/>")
    )
    table = f"<p:graphicFrame><a:tbl><a:tr>{cells}</a:tr></a:tbl></p:graphicFrame>"
    d = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    data = f"<dgm:dataModel {d} {a}><dgm:pt><dgm:t><a:p>{run('Step 71')}</a:p></dgm:t></dgm:pt></dgm:dataModel>"
    anchor = f'<p:graphicFrame><dgm:relIds {d} r:dm="rId2"/></p:graphicFrame>'
    chart = '<p:graphicFrame><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/></p:graphicFrame>'
    parsed = read(table + anchor + chart, data)
    assert parsed.text == "Title\n\nWords\n\n| 42 / 300 doses |  |\n\nStep 71"
    assert [r.layer for r in parsed.regions if r.place == "slide 1, diagram"] == ["text_box"]
    assert [w.code for w in parsed.warnings] == ["CHART_NOT_READ"]
