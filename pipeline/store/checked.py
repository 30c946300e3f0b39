"""One view per record table that shows only what the text supports: `checked_<table>`.

Records without a grounded quote are left out; a value whose path is in `doubted` is null, also
inside nested lists. The analyst's views read from these and from nothing else, which is how the
promise holds for every one of them.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import FieldSpec
from pipeline.store.table import Table
from pipeline.store.tables import Layout


def checked_views(layout: Layout) -> dict[str, str]:
    """The SELECT of each checked view by its name."""
    return {
        f"checked_{table.name}": _select(table, layout.specs[table.name])
        for table in layout.record_tables
    }


def _select(table: Table, specs: tuple[FieldSpec, ...]) -> str:
    columns = ["record_id", "document_id", "passage_id", "request_key"]
    columns += [
        f"{_checked(spec, name, _text(spec.name))} AS {name}"
        for spec in specs
        for name in _columns(spec)
    ]
    return f'SELECT {", ".join(columns)} FROM "{table.name}" WHERE grounded'


def _checked(spec: FieldSpec, value: str, path: str, depth: int = 0) -> str:
    """SQL for `value` without what is doubted. `path` is an SQL expression of the value's evidence
    path."""
    if spec.many:
        item, index = f"x{depth}", f"i{depth}"
        here = f"{path} || '[' || ({index} - 1) || ']'"
        kept = _checked(replace(spec, many=False), item, here, depth + 1)
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
                f"{name} := {_checked(field, f'{value}.{name}', here, depth)}"
                for name in _columns(field)
            ]
        return f"struct_pack({', '.join(inner)})"
    return f"CASE WHEN NOT list_contains(doubted, {path}) THEN {value} END"


def _columns(spec: FieldSpec) -> list[str]:
    """The columns of a field, which share its fate."""
    return [f'"{spec.name}{column.suffix}"' for column in spec.columns]


def _text(name: str) -> str:
    return f"'{name}'"
