import pytest
from pydantic import ValidationError

from pipeline.records import describe, leaves
from schemas.actors import Organisation

GIVEN = {
    "evidence": ["q"],
    "realis": "actual",
    "speaker": None,
    "name": "X",
    "kind": "company",
    "country": None,
    "legal_form": None,
    "aliases": [],
}


@pytest.mark.parametrize("blank", ["Not stated", " N/A ", "NULL", "", "none"])
def test_blanks_in_any_case_are_null(blank: str) -> None:
    assert Organisation.model_validate(GIVEN | {"country": blank}).country is None
    with pytest.raises(ValidationError):
        Organisation.model_validate(GIVEN | {"name": blank})


def test_items_of_a_list_are_named_by_their_number_from_0() -> None:
    record = Organisation.model_validate(GIVEN | {"aliases": ["A", "B"]})
    paths = [path for path, _, _ in leaves(record, describe(Organisation))]
    assert paths == ["realis", "name", "kind", "aliases[0]", "aliases[1]"]


def test_a_field_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Organisation.model_validate(GIVEN | {"colour": "red"})
