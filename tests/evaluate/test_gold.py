"""Gold files that are right, and such as are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DossierError
from pipeline.evaluate.annotate import gold_text
from pipeline.evaluate.gold import check_quotes, read_gold
from pipeline.readers import read_document
from tests.conftest import ROOT
from tests.evaluate.damage import FOLDER, TYPES, all_gold

PERSON = {
    "evidence": ["Ana Ruiz, head of works"], "realis": "actual", "speaker": None, "name": "Ana Ruiz",
    "title": "head of works", "organisation": None, "as_of": None, "country": None,
}  # fmt: skip


def written(tmp_path: Path, **changes: Any) -> Path:
    gold = {
        "document": "a.txt", "annotator": "A. Reader",
        "records": [{"id": "r1", "type": "person", "optional": False, "record": PERSON}],
        "negatives": [{"type": "person", "where": {"title": "mayor"}, "quote": "head", "why": "no"}],
        "same": [{"kind": "person", "names": ["Ana Ruiz", "A. Ruiz"]}], "different": [],
    } | changes  # fmt: skip
    (tmp_path / "a.json").write_text(gold_text(gold), encoding="utf-8")
    return tmp_path


def test_a_gold_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    (gold,) = read_gold(written(tmp_path), TYPES)
    assert (gold.document, gold.annotator, gold.optional) == ("a.txt", "A. Reader", frozenset())
    assert [(v.path, v.text) for v in gold.claims[0].values] == [
        ("realis", "actual"), ("name", "Ana Ruiz"), ("title", "head of works"),
    ]  # fmt: skip
    assert gold.negatives[0].where == (("title", "mayor"),)
    assert gold.same[0].names == ("Ana Ruiz", "A. Ruiz")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"records": [{"id": "r1", "type": "vessel", "record": PERSON}]}, "a.json, r1: no record type is called 'vessel'"),
        ({"records": [{"id": "r1", "type": "person", "record": PERSON | {"name": None}}]}, "a.json, r1: name: "),
        ({"records": [{"id": "r1", "type": "person", "record": PERSON | {"ship": "x"}}]}, "a.json, r1: ship: "),
        ({"records": [{"id": "r1", "type": "person", "record": PERSON}] * 2}, "two records have one id"),
        ({"records": None}, "is no gold file"),
        ({"negatives": [{"type": "vessel", "where": {}}]}, "negative 1: no record type is called 'vessel'"),
        ({"negatives": [{"type": "person", "where": {"ship": "x"}}]}, "negative 1: person has no field ship"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(DossierError) as raised:
        read_gold(written(tmp_path, **changes), TYPES)
    assert said in raised.value.message


@pytest.mark.parametrize("content", ["", "[]", "{", '{"document": 1}'])
def test_a_file_that_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(DossierError, match=r"a\.json"):
        read_gold(tmp_path, TYPES)


def test_a_folder_without_gold_and_a_document_with_two(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(DossierError, match="holds no gold file"):
            read_gold(folder, TYPES)
    written(tmp_path)
    (tmp_path / "b.json").write_text((tmp_path / "a.json").read_text())
    with pytest.raises(DossierError, match=r"a second gold file of a\.txt"):
        read_gold(tmp_path, TYPES)


def test_a_quote_that_the_document_has_not_is_told(tmp_path: Path) -> None:
    (gold,) = read_gold(written(tmp_path), TYPES)
    check_quotes(gold, "Here is Ana  Ruiz,\nhead of works.")
    with pytest.raises(DossierError, match=r"r1: 'Ana Ruiz, head of works' is not in the document"):
        check_quotes(gold, "Here is Ana Ruiz, head.")
    with pytest.raises(DossierError, match="negative 1: 'nothing'"):
        (other,) = read_gold(
            written(tmp_path, negatives=[{"type": "person", "where": {}, "quote": "nothing"}]),
            TYPES,
        )
        check_quotes(other, "Ana Ruiz, head of works")


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "second"])
def test_the_bundled_gold_quotes_its_documents(folder: Path) -> None:
    for gold in all_gold(folder):
        check_quotes(gold, read_document(ROOT / gold.document).text)
        assert gold.negatives
        assert gold.annotator
    assert FOLDER.name == "gold"


def test_every_bundled_document_has_gold() -> None:
    documents = {f"data/documents/{file.name}" for file in (ROOT / "data" / "documents").iterdir()}
    assert {gold.document for gold in all_gold()} == documents


def test_a_record_is_a_line() -> None:
    text = (FOLDER / "news-yunhe-zh.json").read_text(encoding="utf-8")
    given = json.loads(text)
    assert gold_text(given) == text
    assert sum(line.startswith('  {"id"') for line in text.split("\n")) == len(given["records"])
