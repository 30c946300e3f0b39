"""docs/scale.md says what is reckoned from the measured parts, and nothing else."""

from __future__ import annotations

import json

import pytest

from bench.scale import AT_ONCE, LATENCY_S, PAGE, PARTS, of_bundled, page, reckon, told


def test_the_page_holds_the_table_that_is_reckoned_now() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "python -m bench.scale"


def test_what_is_reckoned_grows_with_the_documents() -> None:
    parts = {name: given["value"] for name, given in json.loads(PARTS.read_text()).items()}
    one = of_bundled()
    few, many = (reckon(n, one, parts) for n in (one.documents, 10_000 * one.documents))
    assert (few.calls, few.tokens_in) == (one.calls, one.tokens_in)
    assert many.calls == pytest.approx(10_000 * few.calls)
    hours = many.calls * LATENCY_S / AT_ONCE[0] / 3600
    assert many.call_hours[AT_ONCE[0]] == pytest.approx(hours)
    assert many.cores[AT_ONCE[1]] == pytest.approx(10 * many.cores[AT_ONCE[0]])
    assert many.disk == pytest.approx(10_000 * few.disk)


def test_hours_are_told_in_the_unit_that_suits_them() -> None:
    assert [told(h) for h in (0.5, 1.25, 47.9, 480.0)] == ["30 min", "1.2 h", "47.9 h", "20 days"]
