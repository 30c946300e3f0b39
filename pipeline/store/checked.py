"""One view per record table that shows only what the text supports: `checked_<table>`.

Records without a grounded quote are left out; a value whose path is in `doubted` is null, also
inside nested lists. The analyst's views read from these and from nothing else, which is how the
promise holds for every one of them.
"""

from __future__ import annotations

from pipeline.records import FieldSpec, Support
from pipeline.store.tables import Layout, Table, with_bounds


def checked_views(layout: Layout) -> dict[str, str]:
    """The SELECT of each checked view by its name."""
    return {
        f"checked_{table.name}": _select(table, layout.specs[table.name])
        for table in layout.record_tables
    }


def _select(table: Table, specs: tuple[FieldSpec, ...]) -> str:
    columns = ["record_id", "document_id", "passage_id", "request_key"]
    columns += [
        f"{_checked(spec, _column(spec), _path(spec))} AS {_column(spec)}"
        for spec in with_bounds(specs)
    ]
    return f'SELECT {", ".join(columns)} FROM "{table.name}" WHERE grounded'


def _checked(spec: FieldSpec, value: str, path: str, depth: int = 0) -> str:
    """SQL for `value` without what is doubted. `path` is an SQL expression of the value's evidence
    path."""
    if spec.support is Support.CHOICE:
        return value
    if spec.many:
        item, index = f"x{depth}", f"i{depth}"
        here = f"{path} || '[' || ({index} - 1) || ']'"
        kept = _checked(_single(spec), item, here, depth + 1)
        mapped = f"list_transform({value}, lambda {item}, {index}: {kept})"
        return (
            mapped
            if spec.fields
            else f"list_filter({mapped}, lambda y{depth}: y{depth} IS NOT NULL)"
        )
    if spec.fields:
        inner = []
        for field in with_bounds(spec.fields):
            here = f"{path} || '.{_bare(field)}'"
            inner.append(
                f"{_column(field)} := {_checked(field, f'{value}.{_column(field)}', here, depth)}"
            )
        return f"struct_pack({', '.join(inner)})"
    return f"CASE WHEN NOT list_contains(doubted, {path}) THEN {value} END"


def _single(spec: FieldSpec) -> FieldSpec:
    return FieldSpec(
        spec.name,
        spec.description,
        spec.support,
        spec.mention,
        False,
        True,
        spec.choices,
        spec.fields,
    )


def _column(spec: FieldSpec) -> str:
    return f'"{spec.name}"'


def _path(spec: FieldSpec) -> str:
    return f"'{_bare(spec)}'"


def _bare(spec: FieldSpec) -> str:
    """The field a column belongs to: a date's bounds share its fate."""
    return (
        spec.name.removesuffix("_lo").removesuffix("_hi") if spec.description == "" else spec.name
    )
