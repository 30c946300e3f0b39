"""The report: all that it shows is in the database, it asks nobody, and a hostile name is only a name."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.errors import DossierError
from pipeline.report import page, pictures
from pipeline.report.contents import MOST_ROWS, Shown, contents_of
from pipeline.report.figures import FORMS, Figure, load_figures
from pipeline.report.flow import placed
from pipeline.report.network import HOPS, MOST_AROUND, MOST_PARTS, OTHER, network_of
from pipeline.report.page import told, write_report
from pipeline.run import Outcome
from pipeline.settings import BUNDLED, Settings
from pipeline.store.query import Session

Bundled = tuple[Settings, Outcome]


@pytest.fixture(scope="module")
def report(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a report")
    write_report(Session(bundled[0].database), BUNDLED, folder / "report.html", folder / "figures")
    return folder


def ids_and_links(text: str) -> tuple[list[str], set[str]]:
    return re.findall(r'\sid="([^"]+)"', text), set(re.findall(r'href="#([^"]*)"', text))


def test_it_is_small_and_every_link_in_it_leads_somewhere(report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8")
    assert len(text.encode()) < 1_500_000
    ids, links = ids_and_links(text)
    assert len(ids) == len(set(ids))
    assert links <= set(ids)
    assert len(links) > 500
    assert not re.findall(r'(?:src|href|action)="[^#]', text)


def test_every_deal_and_every_quote_behind_it_is_in_it(bundled: Bundled, report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8")
    ids = set(ids_and_links(text)[0])
    session = Session(bundled[0].database)
    assert {i for (i,) in session.query("SELECT entity_id FROM deals")[1]} <= ids
    assert {i for (i,) in session.query("SELECT record_id FROM agreements")[1]} <= ids
    for (quote,) in session.query(
        "SELECT quote FROM evidence WHERE position = 0 AND record_id IN (SELECT record_id FROM agreements)"
    )[1]:
        assert (
            page.plain(quote).replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;")
            in text
        )
    totals = contents_of(session, []).totals
    assert totals["records"] == 575
    assert f"<b>{totals['values']:,}</b> values" in text
    assert f"<b>{totals['doubted']}</b> values doubted" in text


def test_a_row_of_any_figure_leads_to_its_quotes(bundled: Bundled, tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "report"
    folder.mkdir(parents=True)
    session = Session(bundled[0].database)

    def shown() -> set[str]:
        write_report(session, tmp_path, tmp_path / "report.html", None)
        return set(ids_and_links((tmp_path / "report.html").read_text(encoding="utf-8"))[0])

    records = {record for (record,) in session.query("SELECT record_id FROM evidence")[1]}
    one = min(records - shown())  # no card leads to it
    (folder / "1_x.sql").write_text(f"-- T\n-- form: table\nSELECT ['{one}'] AS record_ids")
    assert one in shown()


def test_the_policy_allows_what_stands_in_the_page_and_nothing_else(report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8")
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#39;", "'")
    found = {name: rest for name, *rest in (part.split() for part in policy.split(";"))}
    digests = {
        tag: [
            f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
            for body in re.findall(rf"<{tag}(?: id=[^>]*)?>(.*?)</{tag}>", text, re.DOTALL)
        ]
        for tag in ("style", "script")
    }
    nothing = ["'none'"]
    assert found == {
        "default-src": nothing, "base-uri": nothing, "form-action": nothing,
        "style-src": digests["style"], "script-src": digests["script"],
    }  # fmt: skip


def test_names_in_pictures_are_told_apart() -> None:
    svg = '<svg class="m" width="1" height="2"><g id="a" clip-path="url(#a)"/></svg>'
    told = [page._inline(name, svg) for name in ("x", "y")]
    assert told[0] == '<svg class="m"><g id="x-a" clip-path="url(#x-a)"/></svg>'
    assert not set(re.findall(r'id="([^"]+)"', told[0])) & set(re.findall(r'id="([^"]+)"', told[1]))


def test_figures_are_files(report: Path) -> None:
    names = {"deals", "partners", "countries", "money", "totals", "products", "documents"}
    for suffix, begin in ((".svg", b"<svg"), (".png", b"\x89PNG")):
        files = {p.stem: p for p in (report / "figures").glob(f"*{suffix}")}
        assert set(files) == names
        assert all(file.read_bytes().startswith(begin) for file in files.values())


def test_without_the_libraries_that_draw_there_are_tables(
    bundled: Bundled,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(pictures, "available", lambda: False)
    file = tmp_path / "report.html"
    command = ["report", "--out", str(bundled[0].out), "--to", str(file)]
    assert main(command) == 0
    assert "Without pictures; for them: pip install 'dossier[report]'" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    assert "<figure>" not in text
    assert "This report has no pictures" in text
    assert "<details open><summary>Table: Deals over time" in text
    assert main([*command, "--figures", str(tmp_path / "f")]) == 2
    assert "Pictures need Altair and vl-convert" in capsys.readouterr().err


def test_the_command(bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(bundled[0].out)]
    assert main(["report", *out]) == 0
    assert "report.html: 1." in capsys.readouterr().out
    (tmp_path / "file").write_text("x")
    assert main(["report", *out, "--to", str(tmp_path / "file" / "r.html")]) == 2
    assert "Name another file or folder." in capsys.readouterr().err
    assert main(["report", *out, "--subject", str(tmp_path)]) == 0  # a subject without figures
    assert main(["report", "--out", str(tmp_path)]) == 2
    assert "Build it first" in capsys.readouterr().err


def test_a_figure_that_cannot_be_read_is_named(bundled: Bundled, tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "report"
    folder.mkdir(parents=True)
    file = folder / "1_x.sql"
    session = Session(bundled[0].database)
    for sql, message in (
        ("SELECT 1", "does not begin with a title"),
        ("-- T\n-- form: pie\nSELECT 1", "does not begin with a title"),
        ("-- form: table\nSELECT 1", "does not begin with a title"),
        ("-- T\nSELECT 1", "does not begin with a title"),
        ("-- T\n-- form: table\nFROM nowhere", "'x' cannot be read"),
        ("-- T\n-- form: bars\nSELECT 1 AS bar", "has no column 'part'"),
    ):
        file.write_text(sql)
        with pytest.raises(DossierError, match=message):
            contents_of(session, load_figures(tmp_path))


def test_the_top_is_shown_and_how_much_there_is(bundled: Bundled) -> None:
    figure = Figure("x", "X", "table", "", f"SELECT * FROM range({MOST_ROWS + 50}) ORDER BY 1 DESC")
    (shown,) = contents_of(Session(bundled[0].database), [figure]).figures
    assert (len(shown.rows), shown.total) == (MOST_ROWS, MOST_ROWS + 50)
    assert shown.columns == ["range"]
    assert shown.rows[0]["range"] == MOST_ROWS + 49


def values_of(form: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The data of a drawing."""
    chart = pictures.picture(Shown(Figure("x", "X", form, "", ""), list(rows[0]), rows, len(rows)))
    found = re.findall(r'"values": (\[\{.*?\}\])', json.dumps(chart.to_dict(), default=str))
    return [value for data in found for value in json.loads(data)]


def interval(lo: date | None, hi: date | None, **changes: Any) -> dict[str, Any]:
    return {"lanes": ["A"], "label": "x", "lo": lo, "hi": hi, "state": "s", "id": "e_1"} | changes


def test_a_month_is_a_bar_and_a_day_a_point() -> None:
    rows = [
        interval(date(2020, 2, 1), date(2020, 2, 29)),
        interval(date(2021, 5, 3), date(2021, 5, 3), lanes=["A", "B"]),
        interval(None, date(2020, 12, 31)),
        interval(None, None, lanes=["C"]),
    ]
    found = {(v["lane"], v["lo"], v["hi"], v["days"]) for v in values_of("lanes", rows)}
    assert found == {
        ("A", "2020-02-01", "2020-03-01", 29),
        ("A", "2021-05-03", "2021-05-04", 1),
        ("B", "2021-05-03", "2021-05-04", 1),
        (
            "A",
            "2020-02-01",
            "2021-01-01",
            335,
        ),  # of an open beginning: from the first day that there is
    }
    shown = Shown(Figure("x", "X", "lanes", "", ""), [], rows, 4)
    assert pictures.note(shown) == "1 without a date are in the table alone."


def test_only_series_of_more_than_one_time_are_drawn() -> None:
    def row(series: str, year: int, value: float | None) -> dict[str, Any]:
        return {
            "series": series,
            "lo": date(year, 1, 1),
            "hi": date(year, 12, 31),
            "value": value,
            "unit": "%",
        }

    rows = [
        row("a", 2018, 70.2),
        row("a", 2023, 62),
        row("b", 2018, 1),
        row("b", 2018, 2),
        row("c", 2018, None),
        row("c", 2019, 3),
    ]
    assert {(v["series"], v["value"]) for v in values_of("dots", rows)} == {("a", 70.2), ("a", 62)}


def test_countries_stand_on_both_sides_of_the_diagonal() -> None:
    rows = [{"row": "CN", "column": "KZ", "value": 4}, {"row": "RU", "column": "RU", "value": 2}]
    found = {(v["a"], v["b"], v["value"]) for v in values_of("matrix", rows)}
    assert found == {("CN", "KZ", 4), ("KZ", "CN", 4), ("RU", "RU", 2)}


def test_in_a_flow_each_name_stands_at_the_height_of_what_it_is_joined_to() -> None:
    rows = [
        {"middle": m, "left": left, "right": right}
        for m, left, right in (("p", "z", "r"), ("q", "a", "r"), ("s", "a", None), ("t", "a", "c"))
    ]
    found = placed(rows)
    assert [found.at["middle", m] for m in "pqst"] == [0, 1, 2, 3]
    assert found.height == 4
    assert found.at["left", "z"] < found.at["left", "a"]  # 0 against the mean of 1, 2 and 3
    assert found.at["right", "r"] < found.at["right", "c"]
    assert all(-0.5 <= y <= 3.5 for y in found.at.values())
    many = placed([{"middle": str(i), "left": "x", "right": None} for i in range(50)])
    assert (many.height, len(many.rows)) == (40, 40)
    assert placed([]).at == {}


def pair(a: str, b: str, *parts: str, **changes: Any) -> dict[str, Any]:
    ids = {"source_id": a, "source": a.upper(), "target_id": b, "target": b.upper()}
    return ids | {"deals": 1, "concluded": 1, "parts": list(parts), "year": None} | changes


def test_a_network_is_placed_around_each_of_its_nodes() -> None:
    rows = [
        pair("a", "b", "x"),
        pair("b", "c", "y", "x"),
        pair("c", "d"),
        pair("d", "e", "y"),
        pair("q", "r", "x"),
    ]
    network = network_of(rows)
    assert network
    names = [node["card"] for node in network.nodes]
    around = {
        names[c]: {names[n]: hop for n, hop, _, _ in place} for c, place in network.centres.items()
    }
    assert around["a"] == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert around["q"] == {"q": 0, "r": 1}
    assert HOPS == 3
    assert [edge["part"] for edge in network.edges] == ["x", "x", "something else", "y", "x"]
    for place in network.centres.values():
        assert place[0][2:] == (0, 0)
        assert all(-1 <= c <= 1 for _, _, x, y in place for c in (x, y))
        assert len({(x, y) for _, _, x, y in place}) == len(place)
    first = network.around(names.index("a"))
    assert {node["card"] for node in first.nodes} == {"a", "b", "c"}
    assert len(first.edges) == 2


def test_topics_beyond_the_most_common_have_no_colour_of_their_own() -> None:
    rows = [
        pair("a", f"b{i}{j}", f"topic {i}") for i in range(MOST_PARTS + 2) for j in range(9 - i)
    ]
    network = network_of(rows)
    assert network
    assert network.parts == [*(f"topic {i}" for i in range(MOST_PARTS)), OTHER]


def test_of_a_large_network_the_nearest_are_placed() -> None:
    network = network_of([pair("hub", f"n{i}") for i in range(200)])
    assert network
    assert len(network.centres[0]) == MOST_AROUND
    assert len(network.centres) == 100
    assert network_of([]) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "yes"), (1234567, "1,234,567"), (0.5, "0.5"), (1e6, "1,000,000"), (["a", None, "b"], "a; b"),
        ({"x": 1, "y": None}, "x 1"), ("\x1b", "\ufffd"), (-1234.25, "-1,234.25"),
    ],
)  # fmt: skip
def test_a_cell_is_for_people(value: object, text: str) -> None:
    assert told(value) == text


def test_every_form_is_used_and_described() -> None:
    figures = load_figures(BUNDLED)
    assert {figure.form for figure in figures} == set(FORMS)
    assert all(figure.lead and figure.title for figure in figures)
