"""A thousand decisions through later runs: with a changed prompt, and with a changed document."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from pipeline.compare.changes import known_of
from pipeline.decide.decisions import Decision, ground_of, grounds_of
from pipeline.review.deciding import Given, decide, undo
from pipeline.review.queue import Between, read_file, read_queue
from pipeline.review.sample import Sample
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session
from pipeline.store.runs import Runs
from pipeline.subject import load_subject
from tests.conftest import DOCUMENTS, REPLIES, ROOT

TYPES = load_subject().record_types
KNOWN = known_of(TYPES)
COUNT = 1000
CHANGED = "policy-report-sino-russian-biotech.txt"
States = dict[str, set[tuple[str, str | None]]]


def in_table(database: Path) -> States:
    """States and records by decision, as the run has them."""
    session = Session(database)
    rows = session.query("SELECT decision_id, state, record_id FROM decision")[1]
    session.close()
    found: States = {}
    for decision, state, record in rows:
        found.setdefault(decision, set()).add((state, record))
    return found


def replayed(database: Path, folder: Path) -> States:
    """The same from the file alone, held against all that the run claims."""
    session = Session(database)
    grounds = Grounds.of(session)
    places: dict[object, set[str]] = {}
    for path in grounds.paths:
        for table in grounds.tables:
            for claim in grounds.claims(path, table):
                for ground in grounds_of(claim, KNOWN.fields[table]):
                    places.setdefault(ground, set()).add(claim.id)
    found: States = {}
    for decision in read_file(folder)[0]:
        if decision.ground in places:
            found[decision.id] = {("stands", record) for record in places[decision.ground]}
        elif decision.ground.document in grounds.paths:
            gone = "settled" if decision.verdict == "reject" else "stale"
            found[decision.id] = {(gone, None)}
    session.close()
    return found


def decide_at_random(settings: Settings, folder: Path) -> list[Decision]:
    """COUNT decisions about values of the run, of which a third is taken back."""
    database = settings.database.resolve()
    asked = Between(database, database, TYPES, folder, None, Sample(2 * COUNT, 11))
    queue = read_queue(asked)
    chance = random.Random(3)
    given = []
    # Two that say the same by the same words are one to decide about.
    items = {ground_of(item): item for item in queue.report.items}
    for item in [*items.values()][:COUNT]:
        spec = KNOWN.specs[item.record.claim.type][item.field]
        verdicts = ["accept", "reject", "correct"] if spec.choices else ["accept", "reject"]
        verdict = chance.choice(verdicts)
        value = chance.choice(spec.choices) if verdict == "correct" else None
        given.append(Given(item.id, verdict, "read again", value))
    made = decide(queue, asked, given)
    undone = chance.sample(made, COUNT // 3)
    undo(folder, [decision.id for decision in undone], "a slip")
    gone = {decision.id for decision in undone}
    return [decision for decision in made if decision.id not in gone]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """A run of copies of the bundled documents with a thousand decisions about it, applied."""
    folder = tmp_path_factory.mktemp("reruns")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        shutil.copytree(DOCUMENTS, folder / "documents")
        settings = Settings(
            paths=(Path("documents"),),
            out=folder / "out",
            replies=REPLIES,
            decisions=folder / "said",
        )
        run(settings)
        kept = decide_at_random(settings, folder / "said")
        assert len(kept) == COUNT - COUNT // 3
        run(settings)
        found = in_table(settings.database)
        assert found == replayed(settings.database, folder / "said")
        assert set(found) == {decision.id for decision in kept}
        assert {state for places in found.values() for state, _ in places} == {"stands"}
    return settings, folder


def test_with_a_changed_prompt_stale_are_exactly_those_whose_ground_changed(
    decided: tuple[Settings, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, folder = decided
    monkeypatch.chdir(folder)
    other = Settings(
        paths=settings.paths, out=settings.out, replies=REPLIES, decisions=settings.decisions,
        prompts=ROOT / "data" / "candidate", unpublished=True,
    )  # fmt: skip
    outcome = run(other)
    assert outcome.database
    found = in_table(outcome.database)
    assert found == replayed(outcome.database, folder / "said")
    by_id = {decision.id: decision for decision in read_file(folder / "said")[0]}
    told = Counter(
        (by_id[i].ground.type == "agreement", s) for i, places in found.items() for s, _ in places
    )
    assert told[True, "stale"] > 0
    assert told[True, "stands"] > 0
    # The prompt is that of agreements; nothing else is touched.
    assert told[False, "stale"] == told[False, "settled"] == 0
    assert outcome.stale == told[True, "stale"]


def test_with_a_changed_document_only_what_stood_in_it_is_stale(
    decided: tuple[Settings, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, folder = decided
    monkeypatch.chdir(folder)
    path = folder / "documents" / CHANGED
    before = path.read_text(encoding="utf-8")
    middle = before.index(". ", len(before) // 2) + 2
    path.write_text(f"{before[:middle]}This sentence is new. {before[middle:]}", encoding="utf-8")
    try:
        outcome = run(settings)
    finally:
        path.write_text(before, encoding="utf-8")
    assert outcome.database
    found = in_table(outcome.database)
    assert found == replayed(outcome.database, folder / "said")
    by_id = {decision.id: decision for decision in read_file(folder / "said")[0]}
    told = Counter(
        (by_id[i].ground.document.endswith(CHANGED), s)
        for i, places in found.items()
        for s, _ in places
    )
    assert told[False, "stale"] == told[False, "settled"] == 0
    assert told[True, "stale"] > 0  # in the passage that was not answered any more
    assert told[True, "stands"] > 0  # in the others
    assert outcome.stale == told[True, "stale"]
    assert Runs(settings.database).published() is not None
