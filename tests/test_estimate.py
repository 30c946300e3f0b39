import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.estimate import estimate
from pipeline.ledger import Ledger
from pipeline.run import plan
from pipeline.settings import Settings
from tests.answers import SUBJECT, WRECKS, answer_all, settings
from tests.conftest import ROOT
from tests.models.test_faults import write_documents


def test_the_bundled_corpus_is_estimated_with_a_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["estimate", "--model", "gpt-5-mini", "--out", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["calls"] == 100
    assert told["tokens_in_cached"] < told["tokens_in"]
    low, likely, high = told["cost_usd"]
    assert 0 < low < likely < high


def test_no_price_is_said_and_answers_are_learnt_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_documents(tmp_path / "in", 8)
    config = settings(tmp_path / "out", paths=(tmp_path / "in",))
    before = estimate(config, Ledger(config.ledger))
    assert (before.calls, before.answered, before.learnt_from) == (8, 0, 0)
    assert (
        main(
            [
                "estimate",
                str(tmp_path / "in"),
                "--subject",
                str(SUBJECT),
                "--model",
                "test-model",
                "--out",
                str(tmp_path / "out"),
            ]
        )
        == 0
    )
    assert "no price known for test-model" in capsys.readouterr().out
    answer_all(config, WRECKS)
    (tmp_path / "in" / "new.txt").write_text("One more document, of 3 May 2020.")
    after = estimate(config, Ledger(config.ledger))
    assert (after.calls, after.answered, after.learnt_from) == (1, 8, 8)
    assert after.tokens_out[0] <= after.tokens_out[1] <= after.tokens_out[2]


def test_an_estimate_counts_exactly_the_calls_of_a_run(tmp_path: Path) -> None:
    write_documents(tmp_path / "in", 5)
    config = Settings(paths=(tmp_path / "in",), out=tmp_path / "out", subject=SUBJECT, model="m")
    assert estimate(config, Ledger(config.ledger)).calls == sum(1 for _ in plan(config))
