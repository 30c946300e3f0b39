"""DOCX as word processors and their users write it."""

from __future__ import annotations

import pytest

from pipeline.readers.decode import Parsed
from pipeline.readers.office.docx import read_docx
from tests.readers import makers
from tests.readers.makers import paragraph, run

STYLES = (
    '<w:style w:type="paragraph" w:styleId="GhostPara"><w:name w:val="g"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Raised"><w:name w:val="r"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="Dark"><w:name w:val="d"/><w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:fill="1F3864"/>'
    "</w:tcPr></w:tblStylePr></w:style>"
)
WHITE = '<w:color w:val="FFFFFF"/>'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def read(body: str, **more: dict[str, tuple[str, str]]) -> Parsed:
    return read_docx(makers.docx(body, styles=STYLES, **more))


def lines(parsed: Parsed) -> list[str]:
    return parsed.text.split("\n\n")


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (["45", run("1,2", '<w:vertAlign w:val="superscript"/>')], "45¹,²"),
        (["10", run("-6", '<w:vertAlign w:val="superscript"/>')], "10⁻⁶"),
        (["512", run("8", '<w:rStyle w:val="Raised"/>')], "512⁸"),
        (["Dose ", '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', "75"], "Dose ≥75"),
        (["p ", run("\uf0a3", '<w:rFonts w:ascii="Symbol"/>'), " 0.05"], "p ≤ 0.05"),
        (["疫苗", "<w:r><w:ruby><w:rt><w:r><w:t>yì</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>率</w:t></w:r></w:rubyBase></w:ruby></w:r>"], "疫苗率"),
        (["a", "<w:r><w:ptab/></w:r>", "b"], "a b"),
    ],
)  # fmt: skip
def test_runs_say_what_is_seen(runs: list[str], shown: str) -> None:
    assert lines(read(paragraph(*runs)))[0] == shown


def test_only_the_result_of_a_field_is_text() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = "<w:r><w:instrText> IF </w:instrText></w:r>"
    inner = mark("begin") + instruction + mark("separate") + run("999") + mark("end")
    whole = mark("begin") + instruction + inner + mark("separate") + run("shown") + mark("end")
    assert lines(read(paragraph(whole, run(" and more"))))[0] == "shown and more"
    unclosed = paragraph(mark("begin"), run("lost")) + paragraph("Not lost.")
    assert "Not lost." in read(unclosed).text


@pytest.mark.parametrize(
    "body",
    [
        paragraph(run("NEVER"), style="GhostPara"),
        paragraph(run("NEVER", '<w:rStyle w:val="Ghost"/>')),
        paragraph(run("NEVER", WHITE)),
        paragraph(run("NEVER", '<w:color w:val="FEFEFE"/>')),
        paragraph(run("NEVER", f'{WHITE}<w:shd w:val="clear" w:fill="auto"/>')),
        paragraph(run("NEVER", f'{WHITE}<w:shd w:val="clear" w:fill="FFFFFF"/>')),
        paragraph(run("NEVER", '<w:sz w:val="2"/>')),
    ],
)
def test_hidden_text_is_left_out_and_reported(body: str) -> None:
    parsed = read(paragraph("Words.") + body)
    assert lines(parsed)[0] == "Words."
    assert "NEVER" not in parsed.text
    assert [w.code for w in parsed.warnings] == ["HIDDEN_TEXT"]


def box(text: str, fill: str) -> str:
    shape = f"<wps:spPr><a:solidFill {A}/></wps:spPr>" if fill == "drawing" else ""
    content = f"<w:txbxContent>{paragraph(run(text, WHITE))}</w:txbxContent>"
    if fill == "vml":
        return f'<w:r><w:pict><v:rect fillcolor="#1f3864"><v:textbox>{content}</v:textbox></v:rect></w:pict></w:r>'
    return f"<w:r><wps:wsp>{shape}<wps:txbx>{content}</wps:txbx></wps:wsp></w:r>"


@pytest.mark.parametrize(
    "body",
    [
        paragraph(run("Seen 45", f'{WHITE}<w:shd w:val="clear" w:fill="1F3864"/>')),
        paragraph(run("Seen 45", f'{WHITE}<w:highlight w:val="black"/>')),
        paragraph(run("Seen 45", f'{WHITE}<w:shd w:val="solid" w:color="000080" w:fill="auto"/>')),
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:fill="1F3864"/></w:tcPr>{paragraph(run("Seen 45", WHITE))}</w:tc><w:tc/></w:tr></w:tbl>',
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr><w:tr><w:tc>{paragraph(run("Seen 45", WHITE))}</w:tc><w:tc/></w:tr></w:tbl>',
        paragraph("Words", box("Seen 45", "drawing")),
        paragraph("Words", box("Seen 45", "vml")),
        paragraph(run("Seen 45", "<w:webHidden/>")),
        paragraph(run("Seen 45", '<w:vanish w:val="0"/>'), style="GhostPara"),
    ],
)
def test_white_on_a_fill_is_seen(body: str) -> None:
    parsed = read(body)
    assert "Seen 45" in parsed.text
    assert not parsed.warnings


def test_a_white_box_without_a_fill_is_hidden() -> None:
    assert "NEVER" not in read(paragraph("Words", box("NEVER", ""))).text


def cell(*texts: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(map(paragraph, texts))}</w:tc>"


def test_cells_that_span_columns_keep_the_others_in_their_place() -> None:
    wide = '<w:gridSpan w:val="2"/>'
    rows = (
        f"<w:tr>{cell('Vaccine')}{cell('2022', properties=wide)}{cell('2023', properties=wide)}</w:tr>"
        f"<w:tr>{cell('BCG')}{cell('10')}{cell('11')}{cell('12')}{cell('13', 'each')}</w:tr>"
        f'<w:tr><w:trPr><w:gridBefore w:val="3"/></w:trPr>{cell("14")}{cell("15")}</w:tr>'
    )
    parsed = read(f"<w:tbl>{rows}</w:tbl>")
    assert (
        lines(parsed)[0]
        == "| Vaccine | 2022 |  | 2023 |  |\n| BCG | 10 | 11 | 12 | 13 / each |\n|  |  |  | 14 | 15 |"
    )
    assert {parsed.text[r.start : r.end]: r.place for r in parsed.regions}[
        "12"
    ] == "table 1, row 2, cell 4"


def test_a_frame_around_text_is_no_table() -> None:
    inner = makers.table([["Year", "Cost"], ["2023", "45"]])
    framed = f"<w:tbl><w:tr><w:tc>{paragraph('A box', style='H1')}{paragraph('Says 12.')}{inner}</w:tc></w:tr></w:tbl>"
    parsed = read(framed + paragraph("After."))
    assert lines(parsed) == ["A box", "Says 12.", "| Year | Cost |\n| 2023 | 45 |", "After."]
    assert [parsed.text[h.start : h.end] for h in parsed.headings] == ["A box"]


def test_boxes_stand_once_wherever_they_are_anchored() -> None:
    in_cell = f"<w:tbl><w:tr><w:tc>{paragraph('Total 45', makers.text_box('Box 17'))}</w:tc>{cell('b')}</w:tr></w:tbl>"
    in_box = paragraph(
        "Anchor",
        f"<w:r><w:txbxContent>{paragraph('Outer', makers.text_box('Inner'))}</w:txbxContent></w:r>",
    )
    parsed = read(in_cell + in_box)
    assert lines(parsed) == ["| Total 45 | b |", "Box 17", "Anchor", "Outer", "Inner"]


def test_paragraphs_that_are_one_are_joined() -> None:
    deleted = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + run("the number is 4") + "</w:p>"
    dropped = '<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr>' + run("T") + "</w:p>"
    parsed = read(deleted + paragraph("5 million.") + dropped + paragraph("he ministry."))
    assert lines(parsed) == ["the number is 45 million.", "The ministry."]


def test_joined_paragraphs_keep_blanks_and_order() -> None:
    def deleted(text: str) -> str:
        return "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + run(text) + "</w:p>"

    table = makers.table([["a", "b"]])
    body = (
        deleted("It cost 12. ")
        + paragraph("5 were sold.")
        + deleted("Before the table.")
        + table
        + paragraph("After.")
    )
    assert lines(read(body)) == [
        "It cost 12. 5 were sold.",
        "Before the table.",
        "| a | b |",
        "After.",
    ]


def test_tables_of_data_with_styled_heads_and_long_cells_are_tables() -> None:
    head = (
        "<w:tr>"
        + "".join(f"<w:tc>{paragraph(text, style='H1')}</w:tc>" for text in ("Country", "Doses"))
        + "</w:tr>"
    )
    rows = "".join(
        f"<w:tr>{cell(name, *['x'] * 6)}{cell('12')}</w:tr>"
        for name in ("Latvia", "Poland", "Georgia")
    )
    parsed = read(f"<w:tbl>{head}{rows}</w:tbl>")
    assert parsed.text.startswith("| Country | Doses |\n| Latvia / x / x")
    assert not parsed.headings


def test_text_that_is_struck_out_is_left_out_and_reported() -> None:
    parsed = read(
        paragraph(
            "A budget of ", run("100", "<w:strike/>"), " 120 ", run("EUR", '<w:strike w:val="0"/>')
        )
    )
    assert lines(parsed)[0] == "A budget of  120 EUR"
    assert [(w.code, "100" in w.message) for w in parsed.warnings] == [("STRUCK_TEXT", True)]


def test_formulas_are_text() -> None:
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def part(name: str, text: str) -> str:
        return f"<m:{name}><m:r><m:t>{text}</m:t></m:r></m:{name}>"

    fraction = f"<m:oMath {m}><m:f>{part('num', '125')}{part('den', '1000')}</m:f></m:oMath>"
    power = f"<m:oMath {m}><m:sSup>{part('e', '10')}{part('sup', '6')}</m:sSup></m:oMath>"
    assert (
        lines(read(paragraph("The rate is ", fraction, " or ", power, ".")))[0]
        == "The rate is 125/1000 or 10⁶."
    )
    half = f"<m:oMath {m}><m:r><m:t>2</m:t></m:r><m:f>{part('num', '1')}{part('den', '2')}</m:f></m:oMath>"
    sums = f"<m:oMath {m}><m:f>{part('num', '1+2')}{part('den', '3+4')}</m:f></m:oMath>"
    odd = f"<m:oMath {m}><m:sSup>{part('e', '10')}{part('sup', '6.5')}</m:sSup></m:oMath>"
    assert lines(read(paragraph(half, ", ", sums, ", ", odd)))[0] == "2 1/2, (1+2)/(3+4), 10^6.5"


def test_diagrams_are_read_and_charts_reported() -> None:
    d = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    r = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    points = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>Step {n}</a:t></a:r></a:p></dgm:t></dgm:pt>" for n in (1, 2)
    )
    data = f"<dgm:dataModel {d} {A}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>"
    anchor = f'<w:r><dgm:relIds {d} {r} r:dm="rId6"/></w:r>'
    chart = '<w:r><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:r>'
    parsed = read(paragraph("Words", anchor, chart), more={"data1": ("diagramData", data)})
    assert lines(parsed) == ["Words", "Step 1", "Step 2"]
    assert [w.code for w in parsed.warnings] == ["CHART_NOT_READ"]


def test_marks_of_footnotes_and_endnotes_differ() -> None:
    data = makers.docx(
        paragraph("One", makers.note(1), " two", makers.note(1, "endnote")), ("Foot.",), ("End.",)
    )
    assert lines(read_docx(data)) == ["One¹ two²", "¹ Foot.", "² End."]


def numbered(text: str, number: int = 1, level: int = 0) -> str:
    return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>{run(text)}</w:p>'


def lists() -> dict[str, tuple[str, str]]:
    """A part that numbers 1., 1.1., (a); another list of the same series that begins anew at 5; bullets."""

    def level(depth: int, kind: str, text: str) -> str:
        return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'

    first = (
        level(0, "decimal", "%1.")
        + level(1, "decimal", "%1.%2.")
        + level(2, "russianLower", "(%3)")
    )
    second = level(0, "upperRoman", "Part %1:") + level(1, "lowerLetter", "%2)")
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    body = (
        f'<w:abstractNum w:abstractNumId="7">{first}</w:abstractNum><w:abstractNum w:abstractNumId="8">{second}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="9">{level(0, "bullet", "x")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
        f'<w:num w:numId="3"><w:abstractNumId w:val="9"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="7"/>{override}</w:num>'
    )
    return {"numbering": ("numbering", f'<w:numbering xmlns:w="{makers.W}">{body}</w:numbering>')}


def test_lists_number_themselves() -> None:
    told = [
        (numbered("Buy."), "1. Buy."),
        (numbered("Store.", level=1), "1.1. Store."),
        (numbered("Cold.", level=2), "(а) Cold."),
        (numbered("Colder.", level=2), "(б) Colder."),
        (numbered("Ship.", level=1), "1.2. Ship."),
        (paragraph("Between."), "Between."),
        (numbered("Report."), "2. Report."),
        (numbered("Again.", level=1), "2.1. Again."),
        (numbered("A part.", 2), "Part I: A part."),
        (numbered("Its point.", 2, 1), "a) Its point."),
        (numbered("Part four.", 2), "Part II: Part four."),
        (numbered("A bullet.", 3), "A bullet."),
        (numbered("Anew.", 4), "5. Anew."),
        (numbered("Next.", 4), "6. Next."),
        (numbered("No such list.", 99), "No such list."),
        (numbered("None.", 0), "None."),
    ]
    parsed = read("".join(xml for xml, _ in told), more=lists())
    assert lines(parsed) == [text for _, text in told]


def test_styles_number_headings() -> None:
    style = (
        '<w:style w:type="paragraph" w:styleId="N1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '<w:outlineLvl w:val="0"/></w:pPr></w:style>'
    )
    data = makers.docx(
        paragraph("Aims", style="N1") + paragraph("Words.") + paragraph("Means", style="N1"),
        styles=style,
        more=lists(),
    )
    parsed = read_docx(data)
    assert lines(parsed) == ["1. Aims", "Words.", "2. Means"]
    assert [parsed.text[h.start : h.end] for h in parsed.headings] == ["1. Aims", "2. Means"]
