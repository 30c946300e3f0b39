"""Right pairs: what a text writes and the value that it supports, in seven languages; and wrong ones."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import kinds
from pipeline.ground.align import TextIndex
from pipeline.ground.verify import check_value
from pipeline.kinds.kind import Scene

FOLDER = Path(__file__).parent
KINDS = {kind.name: kind for kind in kinds.KINDS}
_AROUND = "A beginning. {}\n\nThe end."


def pairs(name: str) -> list[tuple[str, str, str, str]]:
    """Kind, language, text and value, line by line."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]  # type: ignore[misc]


def status(kind: str, language: str, text: str, value: str) -> str:
    """How the text, quoted whole, supports the value."""
    whole = _AROUND.format(text)
    quote = (whole.index(text), whole.index(text) + len(text))
    typed: Any = Decimal(value) if kind in ("number", "percent") else value
    scene = Scene(TextIndex(whole), (quote,), (0, len(whole)), language=language)
    return check_value(scene, KINDS[kind], typed).status


def missed() -> list[tuple[str, str, str, str]]:
    """The right pairs that are not supported."""
    return [pair for pair in pairs("right_pairs.tsv") if status(*pair) != "quoted"]


def test_a_share_of_a_number_that_is_written_is_supported_whole() -> None:
    assert status("number", "en", "half of the entry fee of EUR 400,000", "200000") == "quoted"
    other_sentence = "half of the fee was paid. The grant was EUR 400,000"
    assert status("number", "en", other_sentence, "200000") == "conflict"


def test_98_of_100_right_pairs_are_supported() -> None:
    every = pairs("right_pairs.tsv")
    assert len(every) >= 400
    assert {language for _, language, _, _ in every} == set("en ru kk zh de fr ja".split())
    assert len(missed()) <= 0.02 * len(every), missed()


def test_no_wrong_pair_is_supported() -> None:
    every = pairs("wrong_pairs.tsv")
    assert len(every) >= 60
    assert [pair for pair in every if status(*pair) in ("quoted", "context")] == []
