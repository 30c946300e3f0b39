"""Decisions last: they replay from the file, hold where their ground does, and are lost to nobody."""

import fcntl
import json
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.compare.changes import known_of
from pipeline.decide.decisions import (
    Decision,
    Ground,
    ground_of,
    grounds_of,
    in_force,
    read_decisions,
)
from pipeline.errors import DossierError, LockedError
from pipeline.review.deciding import Given, decide, read_given, undo
from pipeline.review.queue import FILE, Between, read_file, read_queue
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.stages.decisions import Decisions, append_lines
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session
from pipeline.subject import load_subject
from tests.compare.planted import plant

Bundled = tuple[Settings, Outcome]
TYPES = load_subject().record_types


def dossier(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def pair(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pair")
    both = plant(bundled[0].database.resolve(), folder, 400, 11)
    return both.one, both.other


@pytest.fixture
def between(pair: tuple[Path, Path], tmp_path: Path) -> Between:
    return Between(*pair, TYPES, tmp_path / "decisions")


def ground(number: int) -> Ground:
    return Ground("a.txt", "agreement", "pact", "", "place", f"Olinda {number}", "in Olinda")


def test_the_state_equals_a_replay_of_1000_decisions_of_which_a_third_is_undone(
    tmp_path: Path,
) -> None:
    chance = random.Random(5)
    expected: dict[Ground, list[Decision]] = {}
    standing: list[Decision] = []
    for step in range(1000):
        verdict = chance.choice(["accept", "reject", "flag", "note"])
        decision = Decision(verdict, ground(chance.randrange(200)), "person:a", f"t{step}")  # type: ignore[arg-type]
        append_lines(tmp_path / FILE, [decision.as_line()])
        expected.setdefault(decision.ground, []).append(decision)
        standing.append(decision)
        if step % 3 == 0:
            gone = standing.pop(chance.randrange(len(standing)))
            undo(tmp_path, [gone.id], "a slip")
            expected[gone.ground].remove(gone)
    decisions, problems = read_file(tmp_path)
    assert problems == []
    assert len(decisions) == 1000 - 334
    last = {
        about: [d.verdict for d in told if d.verdict in ("accept", "reject")][-1:]
        for about, told in expected.items()
    }
    assert {about: [d.verdict] for about, d in in_force(decisions).items()} == {
        about: verdicts for about, verdicts in last.items() if verdicts
    }


def test_what_was_decided_once_is_decided_in_every_later_comparison(between: Between) -> None:
    queue = read_queue(between)
    waiting = queue.report.undecided
    decide(queue, between, [Given(item.id, "accept") for item in waiting[:50]])
    again = read_queue(between)
    assert len(again.report.undecided) <= len(waiting) - 50
    assert {again.report.decided[item.id] for item in waiting[:50]} == {"accept"}
    # Each decided one is decided by a decision about the same ground, no other.
    grounds = {ground_of(item) for item in waiting[:50]}
    assert {ground_of(i) for i in again.report.items if i.id in again.report.decided} == grounds


def test_stale_are_exactly_the_decisions_whose_ground_changed(
    between: Between, tmp_path: Path
) -> None:
    queue = read_queue(between)
    known = known_of(TYPES)
    session = Session(between.other)
    claims = Grounds.of(session).claims
    values = []
    for item in queue.report.items:
        if item.change in ("changed", "added") and item.value and item.after:
            claim = item.record.claim
            told = [
                g
                for c in claims(claim.document, claim.type)
                for g in grounds_of(c, known.fields[claim.type])
            ]
            if told.count(ground_of(item)) == 1:  # else another record still says it
                values.append(item)
    session.close()
    decide(queue, between, [Given(item.id, "accept") for item in values])
    later = tmp_path / "later.duckdb"
    later.write_bytes(between.other.read_bytes())
    db = duckdb.connect(str(later))
    chosen = values[::4]
    for item in chosen:
        assert item.after is not None
        db.execute(
            "UPDATE evidence SET value = value || ' anew' WHERE record_id = ? AND field = ?",
            [item.record.after.id, item.after.path],  # type: ignore[union-attr]
        )
    db.close()
    stale = read_queue(Between(between.one, later, TYPES, between.decisions)).stale
    kept = {ground_of(item) for item in values} - {ground_of(item) for item in chosen}
    assert {d.ground for d in stale} == {ground_of(item) for item in chosen} - kept
    assert read_queue(between).stale == ()


def test_a_rejected_value_that_is_gone_is_settled_and_a_corrected_one_that_is_there_too(
    between: Between, tmp_path: Path
) -> None:
    queue = read_queue(between)
    changed = [i for i in queue.report.items if i.change == "changed" and i.field == "speaker"]
    changed += [i for i in queue.report.items if i.change == "added" and i.field == "speaker"]
    one, other = changed[:2]
    given = [Given(one.id, "reject"), Given(other.id, "correct", "known", "the publisher")]
    decide(queue, between, given)
    later = tmp_path / "later.duckdb"
    later.write_bytes(between.other.read_bytes())
    db = duckdb.connect(str(later))
    for item, value in ((one, "somebody else"), (other, "the publisher")):
        db.execute(
            "UPDATE evidence SET value = ? WHERE record_id = ? AND field = 'speaker'",
            [value, item.record.after.id],  # type: ignore[union-attr]
        )
    db.close()
    assert read_queue(Between(between.one, later, TYPES, between.decisions)).stale == ()


def test_two_who_append_at_once_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom pipeline.stages.decisions import append_lines\n"
        "for i in range(150):\n"
        "    append_lines(Path(sys.argv[1]), [sys.argv[2] * 3000 + str(i)])\n"
    )
    path = tmp_path / FILE
    both = [subprocess.Popen([sys.executable, "-c", program, path, name]) for name in "ab"]
    assert [process.wait() for process in both] == [0, 0]
    lines = path.read_text().splitlines()
    assert sorted(lines) == sorted(name * 3000 + str(i) for name in "ab" for i in range(150))


def test_half_a_line_of_a_killed_process_is_named_and_skipped_and_the_next_one_is_whole(
    tmp_path: Path,
) -> None:
    decisions = [Decision("accept", ground(i), "person:a", f"t{i}") for i in range(3)]
    path = tmp_path / FILE
    append_lines(path, [decisions[0].as_line()])
    path.write_bytes(path.read_bytes() + decisions[1].as_line().encode()[:70])
    append_lines(path, [decisions[2].as_line()])
    found, problems = read_file(tmp_path)
    assert [d.at for d in found] == ["t0", "t2"]
    assert len(problems) == 1
    assert "line 2 is no decision" in problems[0]


def test_on_a_full_disk_nothing_is_recorded_and_that_is_said(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "from pipeline.errors import DossierError\n"
        "from pipeline.stages.decisions import append_lines\n"
        "try: append_lines(Path(sys.argv[1]), ['x' * 80, 'y' * 80])\n"
        "except DossierError as error: print(error)\n"
    )
    path = tmp_path / FILE
    path.write_text("{}\n")
    told = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    assert "nothing was recorded" in told.stdout
    assert path.read_text() == "{}\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", "line 1 is no decision"),
        ('{"verdict": "perhaps"}', "line 1 is no decision"),
        ('{"verdict": "accept", "about": {"document": "a"}}', "line 1 is no decision"),
        ("[]", "line 1 is no decision"),
        ('{"undo": "d_1"}', "line 1 takes back 'd_1'"),
    ],
)
def test_a_broken_line_is_named_and_the_rest_is_read(line: str, said: str) -> None:
    good = Decision("accept", ground(1), "person:a", "t")
    found, problems = read_decisions([line, good.as_line()])
    assert [d.ground for d in found] == [good.ground]
    assert problems[0].startswith(said)


@pytest.mark.parametrize(
    ("value", "quote", "why", "said"),
    [
        (None, None, "", "is missing"),
        ("perhaps", None, "known", "is no realis"),
        ("planned", None, "", "needs the words"),
        ("planned", "words that stand nowhere in it", "", "does not stand in"),
    ],
)
def test_a_correction_needs_a_value_of_its_type_and_words_of_the_text(
    value: str | None, quote: str | None, why: str, said: str, between: Between
) -> None:
    queue = read_queue(between)
    item = next(i for i in queue.report.items if i.change == "changed" and i.field == "realis")
    with pytest.raises(DossierError, match=said):
        decide(queue, between, [Given(item.id, "correct", why, value, quote)])
    assert read_file(between.decisions) == ([], [])


def test_a_whole_record_and_a_wrong_verdict_are_refused_and_nothing_of_the_lot_is_recorded(
    between: Between,
) -> None:
    queue = read_queue(between)
    removed = next(i for i in queue.report.items if i.change == "removed" and not i.value)
    some = Given(queue.report.items[0].id, "accept")
    for wrong, said in (
        (Given(removed.id, "correct", "why", "x"), "no one value to correct"),
        (Given(removed.id, "approve"), "is no verdict"),
        (Given("i_nothing", "accept"), "No changes begin with"),
    ):
        with pytest.raises(DossierError, match=said):
            decide(queue, between, [some, wrong])
    assert read_file(between.decisions) == ([], [])


def test_the_commands_decide_check_and_take_back(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = ("--from", pair[0], "--to", pair[1], "--decisions", tmp_path)
    assert dossier("review", "next", *runs, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    first = told["items"][0]["id"]
    assert dossier("review", "next", *runs) == 1
    assert first in capsys.readouterr().out
    assert dossier("review", "apply", first, "reject", "--why", "wrong", *runs) == 0
    capsys.readouterr()
    assert dossier("diff", *pair, "--decisions", tmp_path, "--format", "json") == 1
    items = {item["id"]: item for item in json.loads(capsys.readouterr().out)["items"]}
    assert items[first]["decided"] == "reject"

    lines = [{"item": i, "verdict": "accept"} for i, item in items.items() if not item["decided"]]
    given = tmp_path / "given.jsonl"
    given.write_text("\n".join(map(json.dumps, lines)))
    assert dossier("review", "apply", given, *runs) == 0
    assert dossier("review", "check", *runs) == 0
    assert dossier("diff", *pair, "--decisions", tmp_path) == 0
    capsys.readouterr()

    decision = json.loads((tmp_path / FILE).read_text().splitlines()[0])
    assert dossier("review", "undo", decision["id"], "--decisions", tmp_path) == 0
    capsys.readouterr()
    assert dossier("review", "check", *runs, "--json") == 1
    left = json.loads(capsys.readouterr().out)["undecided"]
    assert left >= 1
    assert dossier("review", "check", *runs, "--max-undecided", left) == 0


def test_a_stale_decision_is_shown_and_exits_3(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # What is accepted of the second run is not so in the first.
    runs = ("--from", pair[0], "--to", pair[1], "--decisions", tmp_path)
    dossier("diff", *pair, "--decisions", tmp_path, "--format", "json")
    items = json.loads(capsys.readouterr().out)["items"]
    item = next(i for i in items if i["change"] == "changed" and i["type"] == "activity")
    assert dossier("review", "apply", item["id"], "accept", *runs) == 0
    back = ("--from", pair[1], "--to", pair[0], "--decisions", tmp_path)
    assert dossier("review", "check", *back, "--max-undecided", 10_000) == 3
    assert "Stale: d_" in capsys.readouterr().out


def test_a_file_that_is_no_list_of_decisions_is_named_by_its_line(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "given.jsonl"
    given.write_text('{"item": "i_1", "verdict": "accept"}\n{"itm": 1}\n')
    runs = ("--from", pair[0], "--to", pair[1], "--decisions", tmp_path)
    assert dossier("review", "apply", given, *runs) == 2
    assert "given.jsonl, line 2" in capsys.readouterr().err
    assert dossier("review", "apply", tmp_path / "absent.jsonl", *runs) == 2


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\r"])
def test_what_parts_lines_elsewhere_stays_within_a_line(
    between: Between, tmp_path: Path, odd: str
) -> None:
    queue = read_queue(between)
    item = queue.report.undecided[0].id
    decide(queue, between, [Given(item, "flag", f"one{odd}two")])
    again = read_queue(between)
    assert [d.why for d in again.decisions] == [f"one{odd}two"]
    assert again.problems == ()
    assert [d.why for d in Decisions(between.decisions).reviewed] == [f"one{odd}two"]
    given = tmp_path / "given.jsonl"
    line = json.dumps({"item": item, "verdict": "note", "why": f"one{odd}two"}, ensure_ascii=False)
    given.write_text(line, encoding="utf-8", newline="")
    assert [g.why for g in read_given(given)] == [f"one{odd}two"]


def test_a_lock_that_somebody_keeps_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.stages.decisions.PATIENCE_S", 0.2)
    path = tmp_path / "review.jsonl"
    with path.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LockedError, match="held by another"):
            append_lines(path, ["{}"])
    assert path.read_bytes() == b""
    append_lines(path, ["{}"])
    assert path.read_bytes() == b"{}\n"
