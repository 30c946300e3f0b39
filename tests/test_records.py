"""What record types accept, normalise and refuse, with messages a model can act on."""

import json

import pytest
from pydantic import ValidationError

from pipeline.prompts import complaints
from pipeline.records import describe, leaves
from schemas.actors import Organisation
from schemas.agreements import Agreement
from schemas.common import Amount

AMOUNT = {
    "kind": "fund_size",
    "value": None,
    "currency": None,
    "text": "x",
    "qualifier": "exact",
    "payer": None,
    "recipient": None,
    "basis": "total",
    "stage": "planned",
}
ORGANISATION = {"evidence": ["q"], "realis": "actual", "speaker": None, "name": "X", "kind": "company", "country": None,
                "legal_form": None, "aliases": []}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("value", "USD 2 billion", "2E+9"),
        ("value", "2 млрд", "2E+9"),
        ("value", "20亿", "2.0E+9"),
        ("value", 4.2, "4.2"),
        ("currency", "доллар", "USD"),
        ("currency", "kzt", "KZT"),
        ("value", "not stated", "None"),
    ],
)
def test_amounts_are_normalised(field: str, given: object, kept: str) -> None:
    assert str(getattr(Amount.model_validate(AMOUNT | {field: given}), field)) == kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"country": "Atlantis"},
            "country: 'Atlantis' is no country; give the ISO 3166-1 alpha-2 code such as KZ, or null",
        ),
        ({"kind": "shop"}, "kind: Input should be 'company'"),
        ({"evidence": []}, "evidence: List should have at least 1 item"),
        ({"name": None}, "name: Input should be a valid string"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    ],
)
def test_refusals_say_what_to_do(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Organisation.model_validate(ORGANISATION | change)
    assert any(line.startswith(said) for line in complaints(raised.value))


def test_leaves_name_every_value_by_its_path() -> None:
    values = {
        name: [] if spec.many else None for name, spec in ((s.name, s) for s in describe(Agreement))
    }
    values |= {
        "evidence": ["q"],
        "realis": "actual",
        "form": "memorandum",
        "status": "signed",
        "subject": "s",
        "signed": "2024",
    }
    values["parties"] = [
        {"name": "A", "kind": "company", "role": "party"},
        {"name": "B", "kind": "fund", "role": "investor"},
    ]
    paths = {
        path: value
        for path, _, value in leaves(Agreement.model_validate(values), describe(Agreement))
    }
    assert paths["parties[1].name"] == "B"
    assert paths["signed"] == "2024"
    assert "ends" not in paths
    assert json.dumps(sorted(paths))
