"""`dossier eval` as people and pipelines call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.compare.changes import known_of
from pipeline.evaluate.gold import read_gold
from pipeline.evaluate.scoring import score
from pipeline.review.deciding import report_missing
from pipeline.review.queue import Between
from pipeline.run import Outcome, run
from pipeline.settings import Settings
from tests.conftest import DOCUMENTS, REPLIES, ROOT
from tests.evaluate.damage import FOLDER, TYPES
from tests.quality import CANDIDATE, EVALUATION, below, evaluation

Bundled = tuple[Settings, Outcome]
COLD = "data/documents/news-cold-chain-ru.html"


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def evaluate(bundled: Bundled, *given: object) -> int:
    return main(["eval", *map(str, given), "--out", str(bundled[0].out)])


def test_the_page_says_what_is_measured(bundled: Bundled, tmp_path: Path) -> None:
    candidate = Settings(paths=(DOCUMENTS,), replies=REPLIES, prompts=CANDIDATE, out=tmp_path)
    run(candidate)
    said = below(EVALUATION.read_text(encoding="utf-8"))[1]
    assert said.strip() == evaluation(bundled[0].database, candidate.database).strip()


def test_the_bundled_instructions_reach_what_is_asked_of_them(
    bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(bundled, "--format", "json", "--min", "record_f1=0.85",
                    "--min", "value_accuracy=0.95", "--min", "negatives_respected=1",
                    "--min", "quotes_grounded=0.99") == 0  # fmt: skip
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert min(f for name, f in figures.items() if name.startswith("record_f1.")) >= 0.7


def test_a_run_that_lost_every_other_record_is_worse_beyond_chance(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    half = tmp_path / "half.duckdb"
    shutil.copy(bundled[0].database.resolve(), half)
    with duckdb.connect(str(half)) as db:
        db.execute("DELETE FROM evidence WHERE hash(record_id) % 2 = 0")
    published = bundled[0].database
    assert evaluate(bundled, published, "--compare", half, "--format", "json") == 0
    _, high = json.loads(capsys.readouterr().out)["differences"]["record_f1"]
    assert high < -0.1
    assert evaluate(bundled, published, "--compare", published, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["differences"]["record_f1"] == [0, 0]


def test_the_bundled_run_is_no_worse_than_its_baseline(
    bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(bundled, "--baseline", "data/baseline.json") == 0
    said = capsys.readouterr().out
    for part in ("13 documents with gold", "records, F1", "The weakest fields", "agreement"):
        assert part in said


def test_a_figure_below_what_is_asked_ends_with_1(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(bundled, "--min", "record_recall=0.9", "--format", "json") == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert evaluate(bundled, "--min", "record_recall=0.999999") == 1
    assert "record_recall is" in capsys.readouterr().out
    kept = tmp_path / "baseline.json"
    kept.write_text(json.dumps(figures | {"record_f1": figures["record_f1"] + 0.1}))
    assert evaluate(bundled, "--baseline", kept) == 1
    told = [line for line in capsys.readouterr().out.split("\n") if " fell from " in line]
    assert len(told) == 1
    assert told[0].startswith("record_f1 fell from")
    assert evaluate(bundled, "--baseline", kept, "--update-baseline") == 0
    assert evaluate(bundled, "--baseline", kept) == 0


@pytest.mark.parametrize(("given", "said"), [
    (("--min", "beauty=1"), "No figure is called 'beauty'"),
    (("--gold", "docs"), "docs holds no gold file"),
    (("--baseline", "README.md"), "README.md is no baseline"),
    (("published", "latest"), "latest is one word too many"),
    (("annotate",), "Which document?"),
    (("annotate", "data/documents/none.txt"), "has not read data/documents/none.txt"),
    (("agreement",), "With which gold?"),
    (("agreement", "docs"), "docs holds no gold file"),
    (("run_none",), "run_none"),
])  # fmt: skip
def test_what_cannot_be_measured_is_told_in_a_line(
    given: tuple[str, ...], said: str, bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(bundled, *given) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_gold_of_other_documents_and_of_one_that_quotes_wrongly(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (FOLDER / "news-cold-chain-ru.json").read_text(encoding="utf-8")
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / "a.json").write_text(text.replace(COLD, "data/documents/other.txt"), encoding="utf-8")
    assert evaluate(bundled, "--gold", gold) == 2
    assert "has read no document that the gold is about" in capsys.readouterr().err
    shutil.copy(FOLDER / "news-yunhe-zh.json", gold)
    assert evaluate(bundled, "--gold", gold) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "1 document with gold; gold of 1 more that it did not read; 12 without gold left out"
        in said
    )
    first = json.loads(text)["records"][0]["record"]["evidence"][0]
    (gold / "a.json").write_text(
        text.replace(json.dumps(first, ensure_ascii=False)[1:-1], "Этого там нет"), encoding="utf-8"
    )
    assert evaluate(bundled, "--gold", gold) == 2
    assert "'Этого там нет' is not in the document" in capsys.readouterr().err


def test_a_gold_file_is_begun_and_measures_as_perfect(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gold" / "cold.json"
    assert evaluate(bundled, "annotate", COLD, "--to", file) == 0
    assert "Correct it as docs/annotating.md says" in capsys.readouterr().out
    assert evaluate(bundled, "annotate", COLD, "--to", file) == 2
    assert "is there already" in capsys.readouterr().err
    (gold,) = read_gold(file.parent, TYPES)
    assert gold.annotator.startswith("begun from run run_")
    assert evaluate(bundled, "--gold", file.parent, "--format", "json") == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert figures["record_f1"] == figures["value_accuracy"] == 1.0
    assert score(gold, gold.claims, known_of(TYPES)).records["organisation"].found > 3


def test_what_reviewers_reported_missing_is_to_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    config = Settings(paths=(ROOT / COLD,), replies=REPLIES, out=out)
    run(config)
    quote = "в Шымкенте"
    report_missing(
        Between(config.database, config.database, TYPES, config.decided),
        COLD,
        "event",
        quote,
        "a visit",
    )
    run(config)
    file = tmp_path / "gold" / "cold.json"
    assert main(["eval", "annotate", COLD, "--to", str(file), "--out", str(out)]) == 0
    (told,) = json.loads(file.read_text(encoding="utf-8"))["missing"]
    assert (told["type"], told["quote"], told["why"]) == ("event", quote, "a visit")
    capsys.readouterr()
    assert main(["eval", "--gold", str(file.parent), "--out", str(out)]) == 2
    assert "Write the records, and take the list out." in capsys.readouterr().err


def test_a_run_beside_itself_is_within_chance(
    bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(bundled, "published", "--compare", "latest", "--format", "md", "--list") == 0
    said = capsys.readouterr().out
    assert "within chance" in said
    assert "better" not in said.split("## Against gold")[0]
    assert "## Invented" in said
