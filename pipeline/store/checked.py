"""One view per record table that shows only what the text supports: `checked_<table>`.

Records without a grounded quote are left out; a value whose path is in `doubted` is null, also
inside nested lists. What reviewers decided is applied, and what they corrected is named in the
column `corrected`: a rejected record is left out, a rejected value null, an accepted one shown
whatever a rule doubts. The analyst's views read from these and from nothing else, which is how the
promise holds for every one of them.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.kinds.kind import Column as ValueColumn
from pipeline.records import FieldSpec
from pipeline.store.table import Table
from pipeline.store.tables import Layout

_DECIDED = """
WITH decided AS (
  SELECT record_id, list(path) FILTER (verdict = 'reject') AS rejected,
    list(path) FILTER (verdict = 'accept') AS accepted,
    list(path ORDER BY path) FILTER (verdict = 'correct') AS corrected,
    map_from_entries(flatten(list(map_entries(columns)))) AS told
  FROM decision WHERE state = 'stands' AND type = '{table}' AND record_id IS NOT NULL
  GROUP BY record_id
)
"""


def checked_views(layout: Layout) -> dict[str, str]:
    """The SELECT of each checked view by its name."""
    return {
        f"checked_{table.name}": _select(table, layout.specs[table.name], layout)
        for table in layout.record_tables
    }


def _select(table: Table, specs: tuple[FieldSpec, ...], layout: Layout) -> str:
    columns = ["record_id", "document_id", "passage_id", "request_key"]
    columns += [
        f"{_checked(spec, column, name, _text(spec.name), layout)} AS {name}"
        for spec in specs
        for column, name in _columns(spec)
    ]
    columns.append("coalesce(corrected, []) AS corrected")
    return (
        f"{_DECIDED.format(table=table.name)}SELECT {', '.join(columns)}"
        f' FROM "{table.name}" LEFT JOIN decided USING (record_id)'
        " WHERE grounded AND NOT coalesce(list_contains(rejected, ''), false)"
    )


def _checked(
    spec: FieldSpec, column: ValueColumn, value: str, path: str, layout: Layout, depth: int = 0
) -> str:
    """SQL for `value` without what is doubted. `path` is an SQL expression of the value's evidence
    path."""
    if spec.many:
        item, index = f"x{depth}", f"i{depth}"
        here = f"{path} || '[' || ({index} - 1) || ']'"
        kept = _checked(replace(spec, many=False), column, item, here, layout, depth + 1)
        mapped = f"list_transform({value}, lambda {item}, {index}: {kept})"
        return (
            mapped
            if spec.fields
            else f"list_filter({mapped}, lambda y{depth}: y{depth} IS NOT NULL)"
        )
    if spec.fields:
        inner = []
        for field in spec.fields:
            here = f"{path} || {_text('.' + field.name)}"
            inner += [
                f"{name} := {_checked(field, own, f'{value}.{name}', here, layout, depth)}"
                for own, name in _columns(field)
            ]
        return f"struct_pack({', '.join(inner)})"
    right = f"CAST(told[{path} || {_text(column.suffix)}] AS {layout.type_of(spec, column)})"
    return (
        f"CASE WHEN {_among('corrected', path)} THEN {right}"
        f" WHEN {_among('rejected', path)} THEN NULL"
        f" WHEN NOT list_contains(doubted, {path}) OR {_among('accepted', path)} THEN {value} END"
    )


def _among(paths: str, path: str) -> str:
    return f"coalesce(list_contains({paths}, {path}), false)"


def _columns(spec: FieldSpec) -> list[tuple[ValueColumn, str]]:
    """The columns of a field, which share its fate, and their names in SQL."""
    return [(column, f'"{spec.name}{column.suffix}"') for column in spec.columns]


def _text(name: str) -> str:
    return f"'{name}'"
