"""What goes into a batch file and what is taken from its answers, fact by fact."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain import Reply, Request
from pipeline.errors import DossierError
from pipeline.ledger import Ledger
from pipeline.models.batch import ImportCount, export_requests, import_answers
from tests.answers import completion

REQUEST = Request(
    "doc_1", "p_1", "000", "wrecks", ({"role": "user", "content": "Text."},), {"type": "object"}, {}
)
OTHER = replace(REQUEST, messages=({"role": "user", "content": "Other."},))
TWIN = replace(REQUEST, document_id="doc_2", passage_id="p_2")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "l.sqlite3")


def test_each_request_without_an_answer_is_written_once(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add(Reply(OTHER.key("m"), "m", "{}", "stop"))
    file = tmp_path / "requests.jsonl"
    assert export_requests([(r, "m") for r in (REQUEST, TWIN, OTHER, REQUEST)], ledger, file) == (
        1,
        1,
    )
    (line,) = map(json.loads, file.read_text().splitlines())
    assert line["custom_id"] == REQUEST.key("m")
    assert line["body"]["messages"] == [{"role": "user", "content": "Text."}]


def test_a_file_takes_its_place_only_when_it_is_whole(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    export_requests([(REQUEST, "m")], ledger, file)
    before = file.read_text()

    def broken() -> Iterator[tuple[Request, str]]:
        yield OTHER, "m"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_requests(broken(), ledger, file)
    assert file.read_text() == before


def answers(tmp_path: Path, *lines: dict[str, Any]) -> Path:
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def answer(number: int, status: int = 200, body: Any = None, **more: Any) -> dict[str, Any]:
    body = completion("{}") if body is None else body
    return {"custom_id": f"{number:032x}", "response": {"status_code": status, "body": body}} | more


def test_answers_are_kept_once_and_failures_are_no_answers(ledger: Ledger, tmp_path: Path) -> None:
    file = answers(
        tmp_path,
        answer(1),
        answer(2, 500),
        answer(3, error={"code": "expired"}),
        answer(4, body={"choices": []}),
    )
    assert import_answers(file, ledger) == ImportCount(kept=1, known=0, failed=3)
    assert import_answers(file, ledger) == ImportCount(kept=0, known=1, failed=3)
    assert ledger.get(f"{1:032x}") is not None
    assert all(ledger.get(f"{number:032x}") is None for number in (2, 3, 4))
    assert ledger.stats()["failures"] == {"BAD_COMPLETION": 2, "BATCH_ERROR": 4}


def test_a_line_that_is_no_answer_loses_no_other(ledger: Ledger, tmp_path: Path) -> None:
    found = import_answers(answers(tmp_path, answer(1), {"response": {}}, answer(2)), ledger)
    assert (found.kept, found.bad) == (2, (2,))


def test_a_file_without_any_answer_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(DossierError, match=r"answers\.jsonl:1 is no batch answer"):
        import_answers(answers(tmp_path, {"response": {}}, {"a": 1}), ledger)
