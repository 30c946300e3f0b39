"""Sentences that look as if they said something, against what gold finds in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.coverage import CUES, cues_of, known_names, uncovered
from pipeline.domain import Document, Evidence, GroundedRecord, Passage
from pipeline.kinds import DATE, NUMBER, PERCENT
from pipeline.passages import sentences
from pipeline.readers import read_document
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.query import Session
from schemas.actors import Person
from tests.conftest import ROOT
from tests.evaluate.damage import KNOWN, all_gold


def measured() -> tuple[int, int, int, int]:
    """Gold facts with a number, date or sum, and those of them in cued sentences; cued sentences,
    and those of them without a gold fact."""
    facts = found = cued = bare = 0
    for gold in all_gold():
        document = read_document(ROOT / gold.document)
        text = " ".join(document.text.split())
        spans = {s: cues_of(text[s[0] : s[1]], document.language or "en") for s in sentences(text)}
        told: set[tuple[int, int]] = set()
        for claim in gold.claims:
            kinds = {KNOWN.specs[claim.type][v.field].kind for v in claim.values}
            at = [text.find(" ".join(q.text.split())) for q in claim.quotes]
            touched = {
                span for span in spans for place, quote in zip(at, claim.quotes, strict=True)
                if place < span[1] and span[0] < place + len(" ".join(quote.text.split()))
            }  # fmt: skip
            told |= touched
            if kinds & {NUMBER, PERCENT, DATE}:
                facts += 1
                found += any(spans[span] for span in touched)
        cued += sum(1 for cues in spans.values() if cues)
        bare += sum(1 for span, cues in spans.items() if cues and span not in told)
    return facts, found, cued, bare


def test_facts_with_figures_and_dates_lie_in_cued_sentences() -> None:
    facts, found, cued, bare = measured()
    assert facts > 150
    assert found >= 0.95 * facts
    assert bare < 0.5 * cued


@pytest.mark.parametrize(("sentence", "language", "cues"), [
    ("It cost USD 5 million.", "en", {"money", "number"}), ("Он стоил 4,2 млрд тенге.", "ru", {"money", "number"}),
    ("Exports rose by 12 %.", "en", {"percent", "number"}), ("出口增长了百分之十二。", "zh", {"percent", "number"}),
    ("It opened on 5 March 2024.", "en", {"date"}), ("The maker is Leeds Steel Ltd.", "en", {"legal_form"}),
    ("Завод строит АО «Сталь».", "ru", {"legal_form"}), ("It is as good as any other.", "en", set()),
    ("They signed it in the hall.", "en", {"deed"}), ("Стороны подписали меморандум.", "ru", {"deed"}),
    ("The weather was fine and dry.", "en", set()), ("We ate as a spa may se it.", "en", set()),
    *((f"The maker is Leeds {form} here.", "en", {"legal_form"}) for form in (
        "GmbH", "SpA", "S.p.A.", "S.A.", "mbH", "A/S", "Sp. z o.o.", "Limited Liability Company", "AG",
    )),
    ("The maker is unlimited liability companyless.", "en", set()),
])  # fmt: skip
def test_the_cues_of_a_sentence(sentence: str, language: str, cues: set[str]) -> None:
    found = set(cues_of(sentence, language))
    assert cues <= found <= set(CUES)
    assert bool(found) is bool(cues)


def grounded(quote: str, text: str, name: str, status: str = "exact") -> GroundedRecord:
    start = text.index(quote)
    evidence = Evidence("", None, quote, start, start + len(quote), status, 1.0)  # type: ignore[arg-type]
    record = Person.model_validate({
        "evidence": [quote], "realis": "actual", "speaker": None, "name": name, "title": None,
        "organisation": None, "as_of": None, "country": None,
    })  # fmt: skip
    passage = Passage("p", "d", 0, 0, len(text))
    return GroundedRecord(
        "r", passage, "actors", "k", record, (evidence,), grounded=True, doubted=()
    )


def test_what_no_quote_touches_is_uncovered() -> None:
    text = "Ana Ruiz signed the contract. It cost USD 5 million. Ana Ruiz was there all day. Nothing else happened there."
    document = Document("d", "d.txt", text, "text/6", len(text), "utf-8", language="en")
    record = grounded("Ana Ruiz signed", text, "Ana Ruiz")
    found = {text[u.start : u.end]: u.cues for u in uncovered(document, [record])}
    assert list(found) == ["It cost USD 5 million.", "Ana Ruiz was there all day."]
    assert "name" in found["Ana Ruiz was there all day."]
    # A quote that was not found in the text covers nothing, and a doubted name is none.
    unfound = replace(
        record, evidence=(replace(record.evidence[0], status="missing"),), doubted=("name",)
    )
    assert "Ana Ruiz signed the contract." in {
        text[u.start : u.end] for u in uncovered(document, [unfound])
    }
    assert known_names([unfound]) is None


def test_names_are_whole_words_and_han_names_stand_anywhere() -> None:
    names = known_names([
        grounded("Anna", "Anna", "Anna"), grounded("云合", "云合", "云合"), grounded("Li", "Li", "Li"),
    ])  # fmt: skip
    assert names is not None
    assert cues_of("The savannas are wide and green.", "en", names) == ()
    assert "name" in cues_of("He met Anna in the hall.", "en", names)
    assert "name" in cues_of("他在云合集团工作。", "zh", names)
    assert "name" not in cues_of("They live in the old town.", "en", names)


def test_the_table_holds_what_no_record_quotes(bundled: tuple[Settings, Outcome]) -> None:
    session = Session(bundled[0].database)
    try:
        rows = session.query(
            "SELECT c.sentence, c.cues, count(e.record_id) FROM coverage c LEFT JOIN evidence e"
            ' ON e.document_id = c.document_id AND e.field = \'\' AND e.start < c."end" AND c.start < e."end"'
            " GROUP BY ALL"
        )[1]
    finally:
        session.close()
    assert len(rows) > 100
    assert all(cues and set(cues) <= set(CUES) and not quotes for _, cues, quotes in rows)


if __name__ == "__main__":
    print(measured())
