"""The audit of what did not change: what is drawn, what verdicts give, facts without a record."""

import json
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.compare.changes import known_of
from pipeline.decide.standing import Standing
from pipeline.domain import SUPPORTED
from pipeline.errors import DossierError
from pipeline.review.deciding import Given, decide, report_missing
from pipeline.review.loop import Loop
from pipeline.review.queue import FILE, Between, read_file, read_queue
from pipeline.review.sample import ALL, Sample, precision, precision_lines
from pipeline.review.sitting import Sitting
from pipeline.run import Outcome, run
from pipeline.settings import Settings
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session
from pipeline.subject import load_subject
from tests.compare.planted import plant
from tests.conftest import REPLIES
from tests.review.test_screen import press, screens, text_of  # noqa: F401 (a fixture)

Bundled = tuple[Settings, Outcome]
TYPES = load_subject().record_types
POLARIS = "data/documents/news-massbridge-polaris.txt"


@pytest.fixture(scope="module")
def pair(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    both = plant(bundled[0].database.resolve(), tmp_path_factory.mktemp("sample"), 200, 3)
    return both.one, both.other


def between(pair: tuple[Path, Path], folder: Path, size: int = 50, seed: int = 7) -> Between:
    return Between(*pair, TYPES, folder, None, Sample(size, seed))


def ids(found: Between) -> list[str]:
    return [item.id for item in read_queue(found).report.items]


def test_a_seed_draws_the_same_and_another_draws_others(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    drawn = ids(between(pair, tmp_path))
    assert len(drawn) == len(set(drawn)) == 50
    assert ids(between(pair, tmp_path)) == drawn
    assert len(set(ids(between(pair, tmp_path, seed=8))) & set(drawn)) < 10
    assert set(drawn) <= set(ids(between(pair, tmp_path, size=80)))


def test_only_supported_values_that_did_not_change_are_drawn(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    changed = read_queue(Between(*pair, TYPES, tmp_path)).report.items
    touched = {(i.record.after.id, i.after.path) for i in changed if i.record.after and i.after}
    items = read_queue(between(pair, tmp_path, size=100_000)).report.items
    assert {i.after.status for i in items if i.after} <= set(SUPPORTED)
    assert not touched & {(i.record.claim.id, i.after.path) for i in items if i.after}
    db = duckdb.connect(str(pair[1]), read_only=True)
    ((supported,),) = db.execute(
        "SELECT count(*) FROM evidence WHERE field <> '' AND status::VARCHAR IN ('quoted', 'context', 'inferred')"
    ).fetchall()
    db.close()
    added = {i.record.claim.id for i in changed if i.after and not i.value}
    assert supported * 0.85 < len(items) < supported
    assert not added & {i.record.claim.id for i in items}


def test_every_value_is_drawn_about_as_often_as_any_other(pair: tuple[Path, Path]) -> None:
    session = Session(pair[1])
    grounds = Grounds.of(session)
    every = grounds.sample(100_000, 0, SUPPORTED)
    drawn: Counter[tuple[str, str, str]] = Counter()
    for seed in range(60):
        drawn.update(grounds.sample(len(every) // 4, seed, SUPPORTED))
    session.close()
    assert len(drawn) == len(every)  # of sixty quarters each value misses with odds of 3e-8
    mean = sum(drawn.values()) / len(every)
    assert abs(mean - 15) < 0.1
    spread = sum((count - mean) ** 2 for count in drawn.values()) / len(every)
    assert 9 < spread < 14  # 60 · ¼ · ¾ = 11.25


def test_verdicts_give_the_precision_by_type_with_its_interval(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    asked = between(pair, tmp_path, size=40)
    queue = read_queue(asked)
    items = queue.report.items
    verdicts = {item.id: "reject" if n % 8 == 0 else "accept" for n, item in enumerate(items[:32])}
    decide(queue, asked, [Given(i, v) for i, v in verdicts.items()])
    found = precision(items, read_queue(asked).report.decided)
    overall = found[-1]
    assert overall.type == ALL
    assert (overall.right, overall.wrong) == (28, 4)
    # Wilson's interval of 28 in 32, by its formula.
    n, p, z = 32, 28 / 32, 1.959964
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    assert overall.low == pytest.approx(middle - half, abs=1e-6)
    assert overall.high == pytest.approx(middle + half, abs=1e-6)
    assert sum(p.right + p.wrong for p in found[:-1]) == 32
    assert precision_lines(found)[-1].startswith(
        "all types                28 of 32 right: 87.5%, between 71.9% and"
    )
    assert precision(items, {}) == []


def test_flags_and_notes_count_for_nothing_and_a_correction_is_wrong(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    asked = between(pair, tmp_path, size=60)
    queue = read_queue(asked)
    number = next(i for i in queue.report.items if i.field == "realis")
    others = [i for i in queue.report.items if i.id != number.id][:2]
    value = "denied" if number.after and number.after.text != "denied" else "actual"
    decide(queue, asked, [
        Given(number.id, "correct", "read it", value), Given(others[0].id, "flag"), Given(others[1].id, "note"),
    ])  # fmt: skip
    found = precision(queue.report.items, read_queue(asked).report.decided)
    assert [(p.type, p.right, p.wrong) for p in found] == [
        (number.record.claim.type, 0, 1),
        (ALL, 0, 1),
    ]


def test_one_run_alone_is_audited_from_the_command_line(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(bundled[0].out), "--decisions", str(tmp_path)]
    assert main(["review", "next", "--sample", "5", "--json", *out]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["undecided"] == 5
    (item,) = told["items"]
    assert item["change"] == "unchanged"
    assert item["sentence_after"]
    assert main(["review", "apply", item["id"], "accept", "--sample", "5", *out]) == 0
    capsys.readouterr()
    assert main(["review", "check", "--sample", "5", "--json", *out]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["precision"][-1] | {"low": 0, "high": 0} == {
        "type": ALL,
        "right": 1,
        "wrong": 0,
        "low": 0,
        "high": 0,
    }
    assert main(["review", "check", "--sample", "5", *out]) == 1
    assert "4 of 5 sampled values wait" in capsys.readouterr().out
    assert main(["review", "next", "--sample", "5", "--seed", "3", *out]) == 1
    shown = capsys.readouterr().out
    assert "\n  - " not in shown
    decide_ = next(line for line in shown.splitlines() if line.startswith("Decide: dossier "))
    words = decide_.removeprefix("Decide: dossier ").replace("accept|reject|flag", "accept")
    assert main([*words.replace("...", "seen").split(), *out]) == 0  # as it is told
    for wrong in (["--sample", "0"], ["--seed", "3"]):
        assert main(["review", "next", *wrong, *out]) == 2


def test_a_sample_is_reviewed_by_key(pair: tuple[Path, Path], tmp_path: Path) -> None:
    asked = between(pair, tmp_path, size=10)
    loop = Loop(Sitting(read_queue(asked), asked))
    shown = text_of(press(loop, ""))
    assert "unchanged: " in shown
    assert "\n- " not in shown
    press(loop, "aar")
    assert [d.verdict for d in read_file(tmp_path)[0]] == ["accept", "accept", "reject"]


def test_a_fact_without_a_record_is_reported_by_key_and_taken_back(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    asked = between(pair, tmp_path, size=200)
    loop = Loop(Sitting(read_queue(asked), asked))
    loop.filter("polaris agreement")
    word = next(q.quote for q in loop.item.record.claim.quotes if q.quote)  # type: ignore[union-attr]
    press(loop, "wwords that stand nowhere\r\r")
    assert "does not stand" in loop.message
    press(loop, f"w{word}\r\x01\x0bnothing\r")
    assert "no type of record" in loop.message
    assert not (tmp_path / FILE).exists()
    press(loop, f"w{word}\r\x01\x0bstatement\r")
    ((said),) = read_file(tmp_path)[0]
    assert (said.verdict, said.ground.type, said.ground.quote) == ("missing", "statement", word)
    press(loop, "u")
    assert read_file(tmp_path)[0] == []


def test_a_missing_fact_stands_until_a_record_quotes_it(bundled: Bundled, tmp_path: Path) -> None:
    database = bundled[0].database.resolve()
    asked = Between(database, database, TYPES, tmp_path)
    session = Session(database)
    grounds = Grounds.of(session)
    (quoted,) = {q.quote for c in grounds.claims(POLARIS, "agreement")[:1] for q in c.quotes[:1]}
    text = session.query(
        "SELECT string_agg(text, ' ') FROM passage JOIN document USING (document_id) WHERE path = ?",
        [POLARIS],
    )[1][0][0]
    bare = text[:25]
    assert quoted
    made = [
        report_missing(asked, POLARIS, "agreement", quoted, ""),
        report_missing(asked, POLARIS, "indicator", bare, "a figure"),
    ]
    states = [state for _, state in Standing(grounds, known_of(TYPES)).states(made)]
    assert states == ["settled", "stands"]
    with pytest.raises(DossierError):
        report_missing(asked, POLARIS, "agreement", "words that stand nowhere", "")
    with pytest.raises(DossierError):
        decide(read_queue(asked), asked, [Given("i_", "missing")])
    session.close()


def test_missing_facts_are_rows_for_the_analyst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Path
) -> None:
    settings = Settings(
        paths=(corpus,), out=tmp_path / "out", replies=REPLIES, decisions=tmp_path / "said"
    )
    run(settings)
    name = "documents/news-massbridge-polaris.txt"
    asked = Between(
        settings.database.resolve(), settings.database.resolve(), TYPES, tmp_path / "said"
    )
    session = Session(settings.database)
    text = session.query(
        "SELECT text FROM passage JOIN document USING (document_id) WHERE path = ? ORDER BY index",
        [name],
    )[1][0][0]
    session.close()
    report_missing(asked, name, "indicator", text[:30], "a figure")
    run(settings)
    session = Session(settings.database)
    rows = session.query("SELECT verdict, state, type, quote, why, record_id FROM decision")[1]
    session.close()
    assert rows == [("missing", "stands", "indicator", text[:30], "a figure", None)]
