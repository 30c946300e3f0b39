"""The second reading: what is asked, how, and what becomes of answers that do not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain import Document, GroundedRecord, Passage, Reply, Task
from pipeline.errors import DossierError
from pipeline.estimate import estimate
from pipeline.extract import plan_requests
from pipeline.ground.second_reading import Verdict, claims_of, doubted_by, load_reader, questions
from pipeline.ledger import Ledger
from pipeline.models import open_reader
from pipeline.results import Unanswered, assemble, reading_requests
from pipeline.run import plan, run
from pipeline.settings import SECOND_READING, Settings
from pipeline.store.query import Session
from pipeline.subject import load_subject
from schemas.activities import Activity
from schemas.agreements import Agreement
from tests.answers import answer_all, settings
from tests.blank import blank, grounded
from tests.conftest import DOCUMENTS, REPLIES, ROOT

TEXT = (
    "A long first sentence stands here. Nordvax will supply vials to Aurelia. A sentence behind it."
    " A fourth one, which nobody needs. The end of it all."
)
QUOTE = "Nordvax will supply vials to Aurelia."


def deal(**values: Any) -> Agreement:
    parties = [
        {"name": "Nordvax", "kind": "company", "role": "supplier"},
        {"name": "Aurelia", "kind": "company", "role": "buyer"},
    ]
    base = {
        "evidence": [QUOTE],
        "realis": "planned",
        "status": "planned",
        "subject": "supply vials",
        "parties": parties,
    }
    return blank(Agreement, **(base | values))


@pytest.fixture(scope="module")
def reader() -> Task:
    return load_reader(ROOT / "prompts")


def asked_about(reader: Task, *records: GroundedRecord) -> Any:
    document = Document("doc_1", "x.txt", TEXT, "text/1", 1, "utf-8", date="2024-05")
    found = questions(reader, document, records[0].passage, records, ())
    assert found is not None
    return found


def test_claims_are_plain_sentences() -> None:
    claims = dict(claims_of(deal(signed="2024-07/..")))
    assert claims["parties[0].role"] == "Nordvax supplies or sells, or is to: “supply vials”"
    assert claims["parties[1].role"] == "Aurelia buys or is supplied, or is to be: “supply vials”"
    assert claims["status"] == "A deal is merely planned: “supply vials”"
    assert claims["signed"] == "It was signed: from July 2024 on (“supply vials”)"
    assert "title" not in claims


@pytest.mark.parametrize(
    ("value", "words"),
    [("2024-07-18", "18 July 2024"), ("2024-21", "spring 2024"), ("199X", "the 1990s"), ("2021/2024", "from 2021 to 2024"),
     ("../2024", "until 2024"), ("2026~/..", "from about 2026 on")],
)  # fmt: skip
def test_dates_are_told_in_words(value: str, words: str) -> None:
    assert (
        dict(claims_of(deal(ends=value)))["ends"] == f"It ends or ended: {words} (“supply vials”)"
    )


def test_what_a_template_needs_and_is_null_makes_no_claim() -> None:
    record = blank(Activity, description="fill vials", quantity=12, unit=None)
    assert dict(claims_of(record))["quantity"] == "The quantity of “fill vials” is 12"
    assert "quantity" not in dict(claims_of(blank(Activity, description="fill vials")))


def test_a_reader_sees_the_quotes_with_the_sentence_before_and_after(reader: Task) -> None:
    shown = asked_about(reader, grounded(TEXT, deal())).request.messages[1]["content"]
    assert (
        "A long first sentence stands here. Nordvax will supply vials to Aurelia. A sentence behind it."
        in shown
    )
    assert "nobody needs" not in shown
    assert '"2024-05"' in shown


def test_order_and_numbers_give_nothing_away(reader: Task) -> None:
    one, other = grounded(TEXT, deal()), grounded(TEXT, deal(realis="actual", status="signed"))
    found = asked_about(reader, one, other)
    assert found.request.messages == asked_about(reader, other, one).request.messages
    assert found.asked == asked_about(reader, other, one, one).asked
    assert [claim.number for claim in found.asked] == list(range(1, len(found.asked) + 1))
    records = [claim.record_id for claim in found.asked]
    assert records != sorted(records, key=records.index)  # claims of two records are mixed
    assert one.id not in found.request.messages[1]["content"]


def verdicts(found: Any, **answers: str) -> list[Verdict]:
    """`said` for every claim, but for the paths that are named."""
    named = {path.replace("__", "[0]."): answer for path, answer in answers.items()}
    return [
        Verdict(
            claim=claim.number, answer=named.get(claim.path, "said"), words="Nordvax will supply"
        )  # type: ignore[arg-type]
        for claim in found.asked
    ]


@pytest.mark.parametrize(
    ("answer", "status"), [("contradicted", "contradicted"), ("not_said", "unconfirmed")]
)
def test_what_is_not_said_is_doubted_with_the_readers_words(
    reader: Task, answer: str, status: str
) -> None:
    record = grounded(TEXT, deal())
    found = asked_about(reader, record)
    (read,), wrong = doubted_by([record], found.asked, verdicts(found, parties__role=answer))
    assert not wrong
    assert set(read.doubted) - set(record.doubted) == {"parties[0].role"}
    evidence = {e.field: e for e in read.evidence}
    assert (evidence["parties[0].role"].status, evidence["parties[0].role"].reading) == (
        status,
        "Nordvax will supply",
    )
    assert evidence["parties[1].role"].status == "inferred"
    assert read.record == record.record


def test_a_doubt_of_the_first_reading_stands(reader: Task) -> None:
    record = grounded(TEXT, deal(signed="2024-07"))
    found = asked_about(reader, record)
    (read,), _ = doubted_by([record], found.asked, verdicts(found, signed="contradicted"))
    assert next(e.status for e in read.evidence if e.field == "signed") == "absent"
    assert read.doubted.count("signed") == 1


def test_silence_two_answers_and_answers_nobody_asked_leave_the_first_reading(reader: Task) -> None:
    record = grounded(TEXT, deal())
    found = asked_about(reader, record)
    given = verdicts(found)[1:]
    given += [
        Verdict(claim=given[0].claim, answer="contradicted", words=""),
        Verdict(claim=999, answer="contradicted", words=""),
    ]
    (read,), wrong = doubted_by([record], found.asked, given)
    assert read.doubted == record.doubted
    assert wrong == [
        "gives no answer, or two, to 2 claims (1, 2)",
        "answers 1 claims (999), which was not asked",
    ]


def test_without_a_prompt_the_reader_cannot_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="cannot be read"):
        load_reader(tmp_path)


def replied(reader: Task, content: str) -> Any:
    """The result of a document whose second reading answered so."""
    subject = load_subject(ROOT)
    document = Document("doc_1", "x.txt", TEXT, "text/1", 1, "utf-8")
    passage = Passage("p", "doc_1", 0, 0, len(TEXT))
    planned = [
        p
        for p in plan_requests(document, subject.tasks, [passage], ())
        if p.task.name == "agreements"
    ]
    first = json.dumps({"agreement": [deal().model_dump(mode="json")]})
    answers: Any = [(planned[0], Reply("k", "m", first, "stop"))]
    ((_, request),) = reading_requests(document, answers, (), reader)
    second: Any = (
        Reply("k2", "m", content, "stop")
        if content != "none"
        else Unanswered("TIMEOUT", "It did not answer", "Run again.")
    )
    asked = type(planned[0])(passage, reader, request)
    return assemble(document, planned, [*answers, (asked, second)], ())


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        ("no json at all", "NOT_JSON", "partial"),
        (
            '{"verdict": [{"claim": 1, "answer": "perhaps", "words": ""}]}',
            "RECORD_REJECTED",
            "partial",
        ),
        ('{"verdict": []}', "READING_INCOMPLETE", "complete"),
        (
            '{"verdict": [{"claim": 77, "answer": "contradicted", "words": "x"}]}',
            "READING_INCOMPLETE",
            "complete",
        ),
        ("none", "TIMEOUT", "partial"),
    ],
)
def test_a_reading_that_does_not_fit_is_told_and_the_first_one_stands(
    reader: Task, content: str, code: str, status: str
) -> None:
    result = replied(reader, content)
    assert code in {issue.code for issue in result.issues if issue.task == SECOND_READING}
    assert result.status == status
    (record,) = result.records
    assert not {"unconfirmed", "contradicted"} & {e.status for e in record.evidence}


def test_a_second_model_needs_a_second_reading(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="there is no second reading"):
        Settings(second_model="m")


def test_the_calls_of_a_second_model_count_against_the_same_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    from pipeline.models import open_model

    config = settings(tmp_path, second_reading=True, second_model="other", max_calls=3)
    ledger = Ledger(config.ledger)
    first = open_model(config, ledger)
    second = open_reader(config, ledger, first)
    assert second is not first
    assert second.budget is first.budget
    assert open_reader(settings(tmp_path, second_reading=True), ledger, first) is first


def test_requests_of_a_second_reading_are_planned_once_all_else_is_answered(tmp_path: Path) -> None:
    config = settings(tmp_path, second_reading=True, second_model="other")
    ledger = Ledger(config.ledger)
    names = [planned.task.name for _, planned in plan(config, ledger)]
    assert SECOND_READING not in names
    assert config.model_of(SECOND_READING) == "other"
    assert config.model_of(names[0]) == config.model
    bundled = Settings(
        paths=(DOCUMENTS / "news-yunhe-zh.txt",), out=tmp_path, model="m", second_reading=True
    )
    requests = [planned for _, planned in plan(bundled)]
    for number, planned in enumerate(requests):
        file = REPLIES / "news-yunhe-zh" / f"000.{planned.task.name}.json"
        content = json.dumps(json.loads(file.read_text(encoding="utf-8"))["content"])
        ledger.add(Reply(planned.request.key("m"), "m", content, "stop"))
        asked = [p.task.name for _, p in plan(bundled, ledger)].count(SECOND_READING)
        assert asked == (number == len(requests) - 1)


def test_its_cost_is_in_the_estimate(tmp_path: Path) -> None:
    without, with_it = (
        estimate(settings(tmp_path, second_reading=second), Ledger(tmp_path / "ledger.sqlite3"))
        for second in (False, True)
    )
    assert with_it.calls == without.calls + 1  # one request a passage
    assert with_it.tokens_in > without.tokens_in
    assert with_it.tokens_out[1] > without.tokens_out[1]


def test_the_bundled_documents_are_read_twice_without_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    config = Settings(out=tmp_path, second_reading=True)
    assert run(config).calls == 0
    session = Session(config.database)
    read = "SELECT count(*) FROM evidence WHERE reading IS NOT NULL"
    assert session.query(read)[1][0][0] > 1200
    doubted = "SELECT count(*) FROM evidence WHERE status IN ('unconfirmed', 'contradicted')"
    assert 40 <= session.query(doubted)[1][0][0] <= 100
    kept = "SELECT count(*) FROM reply WHERE task = 'second_reading'"
    assert session.query(kept)[1] == [(25,)]
    assert session.query("SELECT starts_with(second_reading, 'recorded ') FROM run")[1] == [(True,)]


def test_a_first_run_without_it_is_not_taken_for_one_with_it(tmp_path: Path) -> None:
    config = settings(tmp_path)
    answer_all(config, '{"wreck": []}')
    run(config)
    assert run(settings(tmp_path, second_reading=True)).database != run(config).database
