"""Quotes and values that a model copied from the worked example of its prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.domain import Evidence, GroundedRecord
from pipeline.ground.leaks import leaked
from pipeline.run import run
from pipeline.store.query import Session
from tests.answers import HALCYON, SUBJECT, answer_all, settings

PROMPT = "Worked example. In June 2017 Aurelia and Casa Nova\nsigned; Rui Prado, the mayor, spoke. It cost 5 euros."


def record(*evidence: Evidence) -> GroundedRecord:
    return GroundedRecord("r", None, "t", "k", None, evidence, grounded=True, doubted=())  # type: ignore[arg-type]


def made(field: str, text: str, status: str) -> Evidence:
    value, quote = (text, None) if field else (None, text)
    return Evidence(field, value, quote, None, None, status, 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "text", "status", "leaks"), [
    ("", "Aurelia and Casa Nova signed", "missing", True),
    ("", "Aurelia and Casa Nova signed", "exact", False),
    ("", "Aurelia and nobody signed", "missing", False),
    ("name", "RUI PRADO", "absent", True), ("name", "Rui Prado", "quoted", False),
    ("name", "Rui Prado", "elsewhere", False), ("name", "Prad", "absent", False), ("name", "Rui", "absent", False),
    ("name", "Nobody Known", "absent", False),
])  # fmt: skip
def test_what_stands_in_the_prompt_alone_is_from_there(
    field: str, text: str, status: str, leaks: bool
) -> None:
    assert list(leaked(record(made(field, text, status)), PROMPT)) == (
        [(field, text)] if leaks else []
    )


def test_a_run_names_what_came_from_the_example(tmp_path: Path) -> None:
    config = settings(tmp_path)
    prompt = next((SUBJECT / "prompts").glob("*.md")).read_text(encoding="utf-8")
    copied = next(
        line for line in prompt.split("\n") if len(line.split()) > 6 and line[0].isalpha()
    )
    told = HALCYON | {"evidence": [copied, *HALCYON["evidence"]]}  # type: ignore[misc]
    answer_all(config, json.dumps({"wreck": [told]}))
    session = Session(run(config).database or config.database)
    try:
        rows = session.query("SELECT code, message FROM issue WHERE code = 'EXAMPLE_LEAK'")[1]
    finally:
        session.close()
    assert rows
    assert rows[0][1].startswith("A quote is from the prompt, not from the document: ")
