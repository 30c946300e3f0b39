"""The views of a run, its documents and its evidence as files for other tools: Parquet and CSV with
a data dictionary, and who deals with whom as nodes and edges.

The dictionary is a Frictionless Data Package (https://specs.frictionlessdata.io/data-package/), the
network GraphML (http://graphml.graphdrawing.org/). DuckDB writes the tables, so that memory stays
flat. A cell of a CSV that a spreadsheet would run as a formula has an apostrophe before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb

from pipeline.errors import DossierError
from pipeline.plain import plain
from pipeline.store.load import Translated
from pipeline.store.table import TABLES, VIEWS
from pipeline.store.tables import literal

MEMORY = "1GB"
_FORMULA = r"^[=+\-@\t\r]"
_TABLES = f"""
SELECT view_name AS name, comment FROM {VIEWS}
WHERE database_name = 'run' AND NOT regexp_matches(view_name, '^(checked)?_')
UNION ALL SELECT table_name, comment FROM {TABLES}
WHERE database_name = 'run' AND table_name IN ('document', 'evidence')
ORDER BY ALL
"""
_COLUMNS = """
SELECT column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = 'run' AND table_name = ? ORDER BY column_index
"""
_TYPES = {
    "STRUCT": "object", "MAP": "object", "BOOLEAN": "boolean", "DATE": "date", "BIGINT": "integer",
    "INTEGER": "integer", "HUGEINT": "integer", "DECIMAL": "number", "DOUBLE": "number",
}  # fmt: skip
_NODES = """
SELECT e.entity_id AS id, e.name, o.kind::VARCHAR AS kind, e.country
FROM entity e LEFT JOIN organisations o USING (entity_id)
WHERE e.kind = 'organisation' AND NOT e.is_role
"""
_EDGES = """
SELECT a_id AS source, b_id AS target, directed, deals, concluded, components, since_lo, paths
FROM partner_pairs
"""
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_REMEDY = "Name a folder to write into."


def write_package(database: Path, folder: Path) -> int:
    """Write `tables/NAME.parquet` and `NAME.csv` of every view, of the documents and the evidence,
    `network/` where the views tell of one, and `datapackage.json` into a folder; return the number
    of tables.

    Raises DossierError for a folder that cannot be written and a file that is no database of a run.
    """
    db = duckdb.connect(":memory:", config={"memory_limit": MEMORY})
    try:
        with Translated(database):
            db.execute(f"ATTACH {literal(str(database.resolve()))} AS run (READ_ONLY); USE run")
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        tables = db.execute(_TABLES).fetchall()
        resources = [_resource(db, folder, name, comment) for name, comment in tables]
        if {"organisations", "partner_pairs"} <= {name for name, _ in tables}:
            (folder / "network").mkdir(exist_ok=True)
            _write_network(db, folder / "network")
        (run_id,) = db.execute("SELECT run_id FROM run").fetchone() or ("",)
        name = str(run_id).replace("_", "-")
        package = {"profile": "tabular-data-package", "name": name, "resources": resources}
        text = json.dumps(package, ensure_ascii=False, indent=1)
        (folder / "datapackage.json").write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise DossierError(f"{folder}: {error.strerror}", _REMEDY) from error
    except duckdb.IOException as error:
        raise DossierError(f"{folder}: {plain(str(error)).splitlines()[0]}", _REMEDY) from error
    finally:
        db.close()
    return len(resources)


def _resource(
    db: duckdb.DuckDBPyConnection, folder: Path, name: str, comment: str
) -> dict[str, Any]:
    columns = db.execute(_COLUMNS, [name]).fetchall()
    base = folder / "tables" / name
    _copy(db, f'SELECT * FROM "{name}"', base.with_suffix(".parquet"))
    _copy(db, _for_csv(f'"{name}"', columns), base.with_suffix(".csv"))
    fields = [{"name": n, "type": _type(t), "description": c} for n, t, c in columns]
    path = f"tables/{name}.csv"
    return {"name": name, "path": path, "description": comment, "schema": {"fields": fields}}


def _copy(db: duckdb.DuckDBPyConnection, sql: str, file: Path) -> None:
    aside = file.with_name(f".{file.name}.new")
    form = "PARQUET, COMPRESSION zstd" if file.suffix == ".parquet" else "CSV, HEADER"
    db.execute(f"COPY ({sql}) TO {literal(str(aside))} (FORMAT {form})")
    aside.replace(file)


def _for_csv(source: str, columns: Sequence[tuple[str, str, str]]) -> str:
    """A query whose lists and parts are JSON, and whose texts no spreadsheet runs."""
    cells = []
    for name, type_, _ in columns:
        kind, cell = _type(type_), '"' + name.replace('"', '""') + '"'
        told = cell
        if kind in ("array", "object"):
            told = f"to_json({cell})::VARCHAR"
        elif kind == "string":
            harmful = f"regexp_matches({cell}::VARCHAR, {literal(_FORMULA)})"
            told = f"""CASE WHEN {harmful} THEN '''' ELSE '' END || {cell}::VARCHAR"""
        cells.append(f"{told} AS {cell}")
    return f"SELECT {', '.join(cells)} FROM {source}"


def _type(duckdb_type: str) -> str:
    """The Frictionless type of a column."""
    if duckdb_type.endswith("[]"):
        return "array"
    return next((told for part, told in _TYPES.items() if duckdb_type.startswith(part)), "string")


def _write_network(db: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for name, sql in (("nodes", _NODES), ("edges", _EDGES)):
        columns = [(n, t, "") for n, t, *_ in db.execute(f"DESCRIBE {sql}").fetchall()]
        _copy(db, _for_csv(f"({sql})", columns), folder / f"{name}.csv")
    tree = ElementTree.ElementTree(_graphml(db))
    ElementTree.indent(tree)
    aside = folder / ".network.graphml.new"
    tree.write(aside, encoding="utf-8", xml_declaration=True)
    aside.replace(folder / "network.graphml")


def _graphml(db: duckdb.DuckDBPyConnection) -> ElementTree.Element:
    """Organisations and pairs of them; texts without what XML cannot hold."""
    root = ElementTree.Element("graphml", xmlns=_GRAPHML)
    of_node, of_edge = ("name", "kind", "country"), ("deals", "concluded", "components")
    for of, names in (("node", of_node), ("edge", of_edge)):
        for name in names:
            key = {"id": name, "for": of, "attr.name": name, "attr.type": "string"}
            ElementTree.SubElement(root, "key", key)
    graph = ElementTree.SubElement(root, "graph", edgedefault="undirected")
    for node, *values in _rows(db, f"{_NODES} ORDER BY id"):
        _element(graph, "node", {"id": node}, of_node, values)
    edges = (
        "SELECT source, target, directed, deals, concluded, array_to_string(components, ', ')"
        f" FROM ({_EDGES}) ORDER BY ALL"
    )
    for source, target, directed, *values in _rows(db, edges):
        where = {"source": source, "target": target, "directed": str(bool(directed)).lower()}
        _element(graph, "edge", where, of_edge, values)
    return root


def _rows(db: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    result = db.execute(sql)
    while rows := result.fetchmany(1000):
        yield from rows


def _element(
    graph: ElementTree.Element,
    tag: str,
    where: dict[str, str],
    names: Sequence[str],
    values: Sequence[Any],
) -> None:
    element = ElementTree.SubElement(graph, tag, where)
    for name, value in zip(names, values, strict=True):
        if value is not None:
            ElementTree.SubElement(element, "data", key=name).text = plain(value)
