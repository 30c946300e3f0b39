"""`dossier runs` and `dossier diff` as users type them, and what no format obeys."""

import json
import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.compare.changes import compare_sets, known_of
from pipeline.compare.claims import Claim, Value
from pipeline.compare.items import items_of
from pipeline.diff.document import as_json
from pipeline.diff.markdown import MARKER, MOST_BYTES, markdown
from pipeline.diff.page import page
from pipeline.diff.report import Report, compare_runs
from pipeline.diff.terminal import terminal_lines
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.compared import EntityChange
from pipeline.subject import load_subject
from tests.compare.planted import plant

Bundled = tuple[Settings, Outcome]
KNOWN = known_of(load_subject().record_types)
HOSTILE = "</td></details><script>alert(1)</script>\x1b[31m\u202e | `x` [a](javascript:x) @octo #1 <img src=x onerror=y>"


def dossier(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def claim(identity: str, values: dict[str, str], quote: str = "they agreed", at: int = 5) -> Claim:
    quotes = (Value("", quote, "exact", quote, at, at + len(quote)),)
    said = tuple(Value(path, text, "quoted", text, at, at + 1) for path, text in values.items())
    return Claim(identity, "a.txt", "agreement", quotes, said)


def report_of(before: list[Claim], after: list[Claim], **given: object) -> Report:
    changes = compare_sets(before, after, KNOWN)
    counts = {"agreement": Counter(change.change for change in changes)}
    values = {
        ("agreement", field.field): Counter([field.difference])
        for change in changes
        for field in change.fields
    }
    return Report(
        {"run_id": "run_a"}, {"run_id": "run_b"}, ("prompts/agreements.md",), (), counts, values,
        tuple(items_of(changes, KNOWN)), (), **given,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="module")
def planted(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("planted")
    both = plant(bundled[0].database.resolve(), folder, 200, 7)
    return both.one, both.other


def test_nothing_changed_is_said_and_exits_0(
    bundled: Bundled, capsys: pytest.CaptureFixture[str]
) -> None:
    out = bundled[0].out
    for form in ("term", "md", "html", "json"):
        assert dossier("diff", "latest", "latest", "--out", out, "--format", form) == 0
        told = capsys.readouterr().out
        assert '"changes": 0' in told if form == "json" else "Nothing changed" in told


@pytest.mark.parametrize("form", ["term", "md", "html", "json"])
def test_changes_wait_for_a_decision_and_the_bytes_are_the_same_each_time(
    form: str, planted: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for _ in range(2):
        assert dossier("diff", *planted, "--format", form) == 1
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert len(told[0]) > 1000


def test_the_comment_is_under_60_kb_and_begins_with_its_marker_and_the_verdict(
    planted: tuple[Path, Path],
) -> None:
    text = markdown(compare_runs(*planted, load_subject().record_types))
    assert len(text.encode()) < MOST_BYTES
    lines = text.splitlines()
    assert lines[0] == MARKER
    assert re.match(r"### \d+ of \d+ changes wait for a decision", lines[1])
    assert text.count("<details>") == text.count("</details>") == 10


def test_a_huge_comment_is_cut_between_changes() -> None:
    words = " ".join("длинное слово" for _ in range(400))
    before = [claim(f"r{i}", {"title": f"T{i} {words}"}, f"quote {i} {words}") for i in range(30)]
    text = markdown(report_of(before, []))
    assert len(text.encode()) < MOST_BYTES
    assert text.count("<details>") == text.count("</details>") > 0


def test_names_and_quotes_stay_text_in_every_format() -> None:
    before = claim("r1", {"title": "Steppe contract", "subject": HOSTILE}, HOSTILE)
    after = claim("r2", {"title": "Steppe contract", "subject": HOSTILE + " more"}, HOSTILE)
    report = report_of([before], [after])
    text = markdown(report)
    assert "<script" not in text
    assert "<img" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"(?<!\\)\]\(javascript", text)
    assert not re.search(r"@octo", text)
    shown = page(report)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    lines = "\n".join(terminal_lines(report, 60))
    assert "\x1b" not in lines
    assert "\u202e" not in lines
    assert as_json(report).isascii()


def test_the_page_asks_nothing_of_any_other(planted: tuple[Path, Path]) -> None:
    text = page(compare_runs(*planted, load_subject().record_types))
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)\s*=|url\(|@import|<script", text)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    words = "wide words all along the line " * 12
    report = report_of([claim("r1", {"title": words})], [claim("r2", {"title": words + "x"})])
    assert max(map(len, terminal_lines(report, width))) <= width


def test_both_sentences_are_shown_with_the_value_marked() -> None:
    quote = "They signed in 2023 in Astana"
    before = Claim("r1", "a.txt", "agreement", (Value("", quote, "exact", quote, 10, 39),),
                   (Value("title", "pact", "quoted", "pact", 0, 4), Value("signed", "2023", "quoted", "2023", 25, 29)))  # fmt: skip
    other = "They signed in 2024 in Astana"
    after = Claim("r2", "a.txt", "agreement", (Value("", other, "exact", other, 110, 139),),
                  (Value("title", "pact", "quoted", "pact", 0, 4), Value("signed", "2024", "quoted", "2024", 125, 129)))  # fmt: skip
    lines = "\n".join(terminal_lines(report_of([before], [after]), 100))
    assert "They signed in ⟦2023⟧ in Astana" in lines
    assert "They signed in ⟦2024⟧ in Astana" in lines


def test_what_a_rerun_changes_as_well_is_within_noise(bundled: Bundled, tmp_path: Path) -> None:
    run = bundled[0].database.resolve()
    both = plant(run, tmp_path, 60, 3, ["changed"])
    # The rerun has half of the same flips.
    flipped = sorted(both.classes)[:30]
    rerun = tmp_path / "rerun.duckdb"
    rerun.write_bytes(run.read_bytes())
    db = duckdb.connect(str(rerun))
    db.execute(f"ATTACH '{both.other}' AS other (READ_ONLY)")
    for record in flipped:
        db.execute("DELETE FROM evidence WHERE record_id = ?", [record])
        db.execute("INSERT INTO evidence FROM other.evidence WHERE record_id = ?", [record])
    db.close()
    report = compare_runs(both.one, both.other, load_subject().record_types, rerun)
    changed = [item for item in report.items if item.change == "changed"]
    noisy = {item.record.claim.id for item in changed if item.within_noise}
    assert noisy == set(flipped)
    assert report.noise is not None
    rates = [rate for rate in report.noise.rates.values() if rate]
    assert rates
    assert all(0 < rate <= 1 for rate in rates)


def test_the_riskiest_comes_first() -> None:
    def with_status(identity: str, field: str, text: str, status: str) -> Claim:
        base = claim(identity, {"title": f"pact {field}"}, f"quote of {field}")
        value = Value(field, text, status, None, None, None)
        return Claim(identity, "a.txt", "agreement", base.quotes, (*base.values, value))

    fields = (
        ("ends", "2024", "2025", "quoted"), ("status", "signed", "agreed", "inferred"),
        ("parties[0].name", "Aurelia", "Casa Nova", "quoted"), ("amounts[0].value", "5", "6", "quoted"),
        ("place", "Olinda", "Recife", "conflict"), ("speaker", "A. Rui", "B. Rui", "doubtful"),
        ("country", "BR", "PT", "absent"),
    )  # fmt: skip
    before = [with_status(f"a{i}", f, one, "quoted") for i, (f, one, _, _) in enumerate(fields)]
    after = [with_status(f"b{i}", f, two, s) for i, (f, _, two, s) in enumerate(fields)]
    items = items_of(compare_sets(before, after, KNOWN), KNOWN)
    order = [item.field for item in items if item.change == "changed"]
    assert order == [
        "country", "speaker", "place", "amounts.value", "parties.name", "status", "ends",
    ]  # fmt: skip


def test_an_entity_that_changed_is_told_by_both_names() -> None:
    change = EntityChange("renamed", "organisation", "e_1", "Yunhe", "Yunhe Gene Group")
    lines = "\n".join(terminal_lines(Report({}, {}, (), (), {}, {}, (), (change,)), 100))
    assert "renamed: organisation Yunhe → Yunhe Gene Group [e_1]" in lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothere",), "No runs in"),
        (("previous",), "There is no previous run"),
        ((), "nothing to compare it with"),
        (("latest", "{tmp}/absent.duckdb"), "No runs in"),
        (("latest", "{tmp}/broken.duckdb"), "broken.duckdb"),
        (("latest", "{tmp}/foreign.duckdb"), "is no database of a run"),
    ],
)
def test_a_run_that_is_not_there_is_named(
    arguments: tuple[str, ...], said: str, bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "broken.duckdb").write_bytes(b"no database at all")
    duckdb.connect(str(tmp_path / "foreign.duckdb")).close()
    given = [argument.format(tmp=tmp_path) for argument in arguments]
    assert dossier("diff", *given, "--out", bundled[0].out) == 2
    assert said in capsys.readouterr().err


def test_runs_of_different_subjects_are_not_compared(
    bundled: Bundled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.duckdb"
    other.write_bytes(bundled[0].database.read_bytes())
    db = duckdb.connect(str(other))
    views = [
        v
        for (v,) in db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    ]
    for view in views:
        db.execute(f'DROP VIEW IF EXISTS "{view}" CASCADE')
    tables = [
        t
        for (t,) in db.execute(
            "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = 'doubted'"
        ).fetchall()
    ]
    for table in tables:
        db.execute(f'ALTER TABLE "{table}" RENAME TO "wreck_{table}"')
    db.close()
    assert dossier("diff", "latest", other, "--out", bundled[0].out) == 2
    assert "different subjects" in capsys.readouterr().err


def test_runs_lists_what_is_kept(bundled: Bundled, capsys: pytest.CaptureFixture[str]) -> None:
    assert dossier("runs", "--out", bundled[0].out) == 0
    assert re.match(r"run_\w{16}  .*recorded  13 of 13 .*\(published\)", capsys.readouterr().out)
    assert dossier("runs", "--out", bundled[0].out, "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["published"] is True


def test_runs_of_an_empty_folder_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dossier("runs", "--out", tmp_path) == 2
    assert "make run" in capsys.readouterr().err
