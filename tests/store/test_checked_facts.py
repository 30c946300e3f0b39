"""What the checked views leave out, fact by fact."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar

import duckdb
import pytest
from pydantic import Field

from pipeline.records import Date, Mention, Name, Number, Part, Record
from pipeline.store.checked import checked_views
from pipeline.store.tables import Layout, create_statements


class Leg(Part):
    """A part of a voyage."""

    harbour: Name = Field(description="Where.")
    left: Date | None = Field(description="When.")
    cargo: list[Name] = Field(description="What.")


class Voyage(Record):
    """A voyage."""

    plural: ClassVar[str] = "voyages"

    ship: Annotated[Name, Mention("organisation")] = Field(description="The ship.")
    began: Date | None = Field(description="When.")
    crew: Number | None = Field(description="How many.")
    depth_lo: Number | None = Field(description="The lower end of the depth.")
    names: list[Name] = Field(description="Other names.")
    legs: list[Leg] = Field(description="Parts.")


LAYOUT = Layout((Voyage,))
LEGS = [
    {"harbour": f"H{n}", "left": f"189{n}", "left_lo": None, "left_hi": None, "cargo": ["A", "B"]}
    for n in range(3)
]


def shown(*doubted: str, grounded: bool = True) -> list[dict[str, Any]]:
    """The rows of the checked view of one voyage with these doubts."""
    with duckdb.connect() as db:
        for statement in create_statements(LAYOUT):
            db.execute(statement)
        values = {
            "record_id": "r", "document_id": "d", "passage_id": "p", "request_key": "k",
            "grounded": grounded, "doubted": list(doubted), "realis": "actual", "speaker": "X",
            "ship": "Halcyon", "began": "1891", "began_lo": "1891-01-01", "began_hi": "1891-12-31",
            "crew": 17, "depth_lo": 5, "names": ["N0", "N1", "N2"], "legs": LEGS,
        }  # fmt: skip
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        db.execute(f"INSERT INTO voyage ({names}) VALUES ({marks})", list(values.values()))
        result = db.execute(checked_views(LAYOUT)["checked_voyage"])
        columns = [column[0] for column in result.description]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def test_without_doubt_all_is_shown() -> None:
    (row,) = shown()
    assert (row["ship"], row["crew"], row["names"]) == ("Halcyon", 17, ["N0", "N1", "N2"])
    assert [leg["harbour"] for leg in row["legs"]] == ["H0", "H1", "H2"]
    assert {"record_id", "document_id", "passage_id", "request_key"} <= set(row)
    assert "doubted" not in row


def test_an_ungrounded_record_is_left_out() -> None:
    assert shown(grounded=False) == []


def test_a_doubted_value_is_null_and_the_others_stay() -> None:
    (row,) = shown("crew")
    assert (row["crew"], row["ship"]) == (None, "Halcyon")


def test_a_date_takes_its_bounds_along() -> None:
    (row,) = shown("began")
    assert (row["began"], row["began_lo"], row["began_hi"]) == (None, None, None)


def test_a_field_that_is_named_like_a_bound_is_none() -> None:
    assert shown("depth_lo")[0]["depth_lo"] is None
    assert shown("depth")[0]["depth_lo"] == Decimal(5)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_doubted_item_of_a_list_is_left_out_and_no_other(number: int) -> None:
    (row,) = shown(f"names[{number}]")
    assert row["names"] == [f"N{n}" for n in range(3) if n != number]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_doubted_value_inside_a_list_is_null_and_no_other(number: int) -> None:
    (row,) = shown(f"legs[{number}].harbour")
    assert [leg["harbour"] for leg in row["legs"]] == [
        None if n == number else f"H{n}" for n in range(3)
    ]
    assert [leg["left"] for leg in row["legs"]] == ["1890", "1891", "1892"]


def test_a_list_inside_a_list_is_counted_on_its_own() -> None:
    (row,) = shown("legs[1].cargo[0]", "legs[2].cargo[1]")
    assert [leg["cargo"] for leg in row["legs"]] == [["A", "B"], ["B"], ["A"]]
