"""Errors planted into the recorded replies are caught, and what is right there is not doubted."""

from __future__ import annotations

from functools import cache

from pipeline.domain import DOUBTED
from pipeline.ground.verify import ground_record
from tests.conftest import ROOT
from tests.plants import Caught, by_group, claimed_records, counted
from tests.quality import judged, quality
from tests.reading_sample import measured


@cache
def counts() -> dict[str, Caught]:
    return counted()


def test_planted_errors_are_caught_without_a_second_reading() -> None:
    groups = by_group(counts())
    shares = {name: group.share() for name, group in groups.items()}
    assert sum(group.planted[""] for group in groups.values()) > 4_500
    assert shares["value"] is not None and shares["value"] >= 0.85
    assert shares["classification"] is not None and shares["classification"] >= 0.60
    assert shares["summary"] is not None and shares["summary"] >= 0.80
    for language in ("en", "ru", "zh"):
        share = groups["value"].share(language)
        assert share is not None and share >= 0.85


def test_no_class_of_single_values_goes_by_unseen() -> None:
    weak = {
        kind: told.share()
        for kind, told in counts().items()
        if told.group == "value" and told.planted[""] >= 30 and (told.share() or 0) < 0.7
    }
    assert set(weak) <= {"another date of the quotes"}  # which only a second reading knows


def test_recorded_values_are_seldom_doubted() -> None:
    values = doubted = 0
    for c in claimed_records():
        grounded = ground_record(c.document, c.index, c.extraction, c.record, c.definitions)
        for evidence in grounded.evidence:
            values += bool(evidence.field)
            doubted += bool(evidence.field) and evidence.status in DOUBTED
    assert values > 4_000
    assert doubted <= 0.01 * values
    wrongly = [item for item in judged() if item.reading == "first" and item.verdict == "right"]
    assert len(wrongly) <= 0.01 * values


def test_with_a_second_reading_nine_tenths_are_caught() -> None:
    by_kind, _ = measured()
    planted = [m for kind, m in by_kind.items() if kind]
    caught, every = sum(m.caught for m in planted), sum(m.caught + m.missed for m in planted)
    assert every >= 300
    assert caught >= 0.9 * every
    true = by_kind[""]
    assert true.caught + true.missed >= 300
    wrongly = [item for item in judged() if item.reading == "second" and item.verdict == "right"]
    assert len(wrongly) <= 0.03 * (true.caught + true.missed)


def test_every_doubt_about_a_true_claim_was_judged_by_a_reader() -> None:
    _, doubted = measured()
    assert len(doubted) <= len([item for item in judged() if item.reading == "second"])


def test_the_page_about_quality_says_what_is_measured() -> None:
    assert (ROOT / "docs" / "quality.md").read_text(encoding="utf-8") == quality(counts())
