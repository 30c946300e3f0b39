"""How record types become tables, fact by fact."""

from __future__ import annotations

from typing import ClassVar, Literal

import duckdb
from pydantic import Field

from pipeline.records import Date, Name, Number, Part, Percent, Record
from pipeline.store.tables import (
    Layout,
    comment_statements,
    create_statements,
    literal,
)

Tide = Literal["high", "low"]


class Leg(Part):
    """A part of a voyage."""

    left: Date | None = Field(description="When.")
    tide: Tide = Field(description="The tide.")


class Voyage(Record):
    """A captain's voyage."""

    plural: ClassVar[str] = "voyages"

    ship: Name = Field(description="The ship's name.")
    began: Date | None = Field(description="When.")
    crew: Number | None = Field(description="How many.")
    lost: Percent | None = Field(description="How much.")
    tide: Tide = Field(description="The tide.")
    legs: list[Leg] = Field(description="Parts.")


LAYOUT = Layout((Voyage,))


def columns() -> dict[str, str]:
    return {column.name: column.type for column in LAYOUT.record_tables[0].columns}


def test_numbers_and_percentages_are_decimals_and_dates_have_bounds() -> None:
    types = columns()
    assert types["crew"] == types["lost"] == "DECIMAL(28, 6)"
    assert (types["began"], types["began_lo"], types["began_hi"]) == ("VARCHAR", "DATE", "DATE")
    assert '"left_lo" DATE, "left_hi" DATE' in types["legs"]


def test_fields_with_the_same_choices_share_an_enumeration() -> None:
    assert [name for name, choices in LAYOUT.enums.items() if choices == ("high", "low")] == [
        "voyage_tide"
    ]
    assert columns()["tide"] == '"voyage_tide"'
    assert '"tide" "voyage_tide"' in columns()["legs"]


def test_what_has_an_order_of_its_own_is_sorted_by_it() -> None:
    keys = {table.name: table.keys for table in LAYOUT.tables}
    assert keys["evidence"] == ("document_id", "record_id", "position")
    assert keys["evidence_box"] == ("document_id", "record_id", "position", "box")
    assert keys["voyage"] == ("document_id", "record_id")
    for table in LAYOUT.tables:
        assert set(table.keys) <= {column.name for column in table.columns}


def test_a_quote_in_a_comment_is_kept() -> None:
    assert literal("a captain's") == "'a captain''s'"
    with duckdb.connect() as db:
        for statement in create_statements(LAYOUT) + comment_statements(LAYOUT):
            db.execute(statement)
        sql = "SELECT comment FROM duckdb_tables() WHERE table_name = 'voyage'"
        assert db.execute(sql).fetchone() == ("A captain's voyage.",)
