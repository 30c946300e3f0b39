"""All views as files that other tools read."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from pipeline.cli import main
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.package import write_package
from pipeline.store.query import Session
from tests.store.ships import made, ship

Bundled = tuple[Settings, Outcome]


@pytest.fixture(scope="module")
def package(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a package")
    write_package(bundled[0].database, folder)
    return folder


def cells(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def test_every_view_is_there_with_all_its_rows(bundled: Bundled, package: Path) -> None:
    session = Session(bundled[0].database)
    views = "SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT regexp_matches(view_name, '^(checked)?_')"
    names = {name for (name,) in session.query(views)[1]} | {"document", "evidence"}
    for suffix in ("parquet", "csv"):
        assert {p.stem for p in (package / "tables").glob(f"*.{suffix}")} == names
    for name in names:
        ((count,),) = session.query(f'SELECT count(*) FROM "{name}"')[1]
        parquet = f"SELECT count(*) FROM '{package}/tables/{name}.parquet'"
        assert duckdb.sql(parquet).fetchall() == [(count,)]
        assert len(cells(package / "tables" / f"{name}.csv")) - 1 == count


def test_the_dictionary_says_what_each_column_is(package: Path) -> None:
    told = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    assert told["profile"] == "tabular-data-package"
    for resource in told["resources"]:
        fields = resource["schema"]["fields"]
        assert resource["description"]
        assert all(field["description"] for field in fields)
        assert cells(package / resource["path"])[0] == [field["name"] for field in fields]
    (amounts,) = [r for r in told["resources"] if r["name"] == "amounts"]
    types = {field["name"]: field["type"] for field in amounts["schema"]["fields"]}
    assert [types[n] for n in ("value", "summable", "payers", "text", "position")] == [
        "number", "boolean", "array", "string", "integer",
    ]  # fmt: skip


def test_the_network_is_that_of_the_pairs(bundled: Bundled, package: Path) -> None:
    pairs = Session(bundled[0].database).query("SELECT a_id, b_id, directed FROM partner_pairs")[1]
    edges = {
        (a, b, directed == "true")
        for a, b, directed, *_ in cells(package / "network/edges.csv")[1:]
    }
    assert edges == set(pairs)
    nodes = {row[0] for row in cells(package / "network/nodes.csv")[1:]}
    assert {end for a, b, _ in pairs for end in (a, b)} <= nodes
    name = "{http://graphml.graphdrawing.org/xmlns}"
    graph = ElementTree.parse(package / "network/network.graphml").getroot().find(f"{name}graph")
    assert graph is not None
    assert {n.get("id") for n in graph.findall(f"{name}node")} == nodes
    assert len(graph.findall(f"{name}edge")) == len(pairs)


def test_no_spreadsheet_runs_a_cell(tmp_path: Path) -> None:
    evil = "=HYPERLINK(1)"
    text = f"The ship {evil} sank, and so did +Dawn."
    settings = made(tmp_path, {"a.txt": text}, {"a.txt": [ship(text, evil, owner="+Dawn")]})
    folder = tmp_path / "out here"
    assert write_package(settings.database, folder) > 2
    head, row = cells(folder / "tables" / "ships.csv")
    told = dict(zip(head, row, strict=True))
    assert (told["name"], told["owner"]) == (f"'{evil}", "'+Dawn")
    kept = duckdb.sql(f"SELECT name FROM '{folder}/tables/ships.parquet'").fetchall()
    assert kept == [(evil,)]
    assert not (folder / "network").exists()  # of this subject there is none


def test_the_command(bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def export(to: Path) -> int:
        out = ["--out", str(bundled[0].out)]
        return main(["export", "--format", "tables", "--to", str(to), *out])

    assert export(tmp_path / "p") == 0
    assert "tables in" in capsys.readouterr().err
    assert export(tmp_path / "p") == 0  # again
    (tmp_path / "file").write_text("x")
    capsys.readouterr()
    assert export(tmp_path / "file") == 2
    assert "Name a folder to write into." in capsys.readouterr().err
