"""What keys and ids depend on: replies that were paid for are found by them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.domain import Document, Region, Request, content_id, decimal_text

REQUEST = Request(
    document_id="doc_1",
    passage_id="p_1",
    passage_name="000",
    task="wrecks",
    messages=({"role": "system", "content": "Ask."}, {"role": "user", "content": "Text."}),
    schema={"type": "object", "properties": {"wreck": {"type": "array"}}},
    parameters={"max_completion_tokens": 2000},
)


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, messages=({"role": "user", "content": "Text."},)),
        replace(REQUEST, schema={"type": "object", "properties": {"ship": {"type": "array"}}}),
        replace(REQUEST, parameters={"max_completion_tokens": 4000}),
    ],
    ids=["messages", "schema", "parameters"],
)
def test_messages_schema_and_parameters_change_all_of_the_key(other: Request) -> None:
    one, two = REQUEST.key("m"), other.key("m")
    assert len(one) == len(two) == 32
    assert one[:16] != two[:16]
    assert one[16:] != two[16:]
    assert REQUEST.body_hash != other.body_hash


def test_the_model_changes_the_key_but_not_where_recorded_replies_are_found() -> None:
    assert REQUEST.key("m")[:16] != REQUEST.key("n")[:16]
    assert REQUEST.key("m")[16:] == REQUEST.key("n")[16:] == REQUEST.body_hash


def test_names_and_the_order_of_parameters_change_no_key() -> None:
    named = replace(REQUEST, document_id="doc_2", passage_id="p_2", passage_name="001", task="t")
    assert named.key("m") == REQUEST.key("m")
    one = replace(REQUEST, parameters={"a": 1, "b": 2})
    two = replace(REQUEST, parameters={"b": 2, "a": 1})
    assert one.key("m") == two.key("m")


def test_keys_stay_what_they_were_when_replies_were_kept_under_them() -> None:
    assert REQUEST.key("m") == "52bcf06e58819079060563ea3db74867"
    assert content_id("r", "doc_1", "ship", {"name": "Ünion", "n": None}) == "r_c7b38d0cbb614191"


def test_running_headers_and_all_behind_them_are_in_no_passage() -> None:
    text = "Body text. Page 1 of 2"
    for layer in ("header", "footer", "margin"):
        regions = (Region(0, 5, "table"), Region(11, 15, layer), Region(16, 22, "footer"))
        document = Document("d", "x", text, "pdf/1", 1, "", regions=regions)
        assert document.passages_end == 11
    assert Document("d", "x", text, "text/1", 1, "").passages_end == len(text)


@pytest.mark.parametrize(
    ("value", "text"), [("2E+9", "2000000000"), ("4.20", "4.2"), ("100", "100"), ("0.05", "0.05")]
)
def test_decimals_are_plain_digits(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text
