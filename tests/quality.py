"""docs/quality.md and the figures of docs/evaluation.md, made from what is measured: python -m
tests.quality writes them."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.compare.changes import known_of
from pipeline.evaluate.gold import Gold, read_gold
from pipeline.evaluate.measured import Measured, agreement, measure
from pipeline.evaluate.told import as_markdown, compared, tables
from pipeline.run import run
from pipeline.settings import BUNDLED, Settings
from pipeline.store.query import Session
from pipeline.subject import load_subject
from tests.conftest import ROOT
from tests.kinds.test_right_pairs import missed as missed_pairs
from tests.kinds.test_right_pairs import pairs
from tests.plants import Caught, by_group, claimed_records, counted
from tests.reading_sample import FOLDER, measured

PAGE = ROOT / "docs" / "quality.md"
EVALUATION = ROOT / "docs" / "evaluation.md"
CANDIDATE = ROOT / "data" / "candidate"
MARK = "<!-- Below: made by make quality. -->"
TYPES = load_subject(BUNDLED).record_types
_LANGUAGES = ("", "en", "ru", "zh")
_HEAD = """# How good the checks are

Made by `make quality`; a test compares this page with what it would write today.

Dossier has no way to know that a model is right. What it can know is whether the text says what the model claims. This page says how
often it notices that it does not, and how often it doubts what is right.

The errors are planted: every class below is put into the recorded replies to the bundled documents wherever it fits, one error a
record, and the record is grounded as any other. It is caught when the value that errs is doubted, or the record stands on no quote. A
plant that happens to be true, because the document says so elsewhere or another name means the same, counts neither way.
"""


@dataclass(frozen=True)
class Judged:
    """A doubt about a value of the recorded replies, and what somebody who read the document says of the value."""

    reading: str  # first or second
    document: str
    type: str
    field: str
    value: str
    verdict: str  # right, wrong or arguable
    why: str


def judged() -> list[Judged]:
    """Every doubt that was judged."""
    with (FOLDER / "judged.tsv").open(encoding="utf-8", newline="") as file:
        return [Judged(*row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _share(share: float | None, number: int) -> str:
    return "" if share is None else f"{100 * share:.0f} % of {number:,}"


def _row(kind: str, told: Caught) -> str:
    cells = " | ".join(_share(told.share(name), told.planted[name]) for name in _LANGUAGES)
    return f"| {kind} | {cells} | {told.true or ''} |"


def _plants(counts: dict[str, Caught]) -> Iterator[str]:
    yield "\n## Without a second reading\n"
    yield "| planted | all | English | Russian | Chinese | happen to be true |"
    yield "|---|---|---|---|---|---|"
    names = {"value": "single values", "classification": "classifications", "summary": "summaries"}
    for group, total in by_group(counts).items():
        yield _row(f"**{names[group]}**", total)
        for kind, told in counts.items():
            if told.group == group:
                yield _row(kind, told)


def _sample() -> Iterator[str]:
    by_kind, _ = measured()
    planted = {kind: m for kind, m in by_kind.items() if kind}
    caught, every = (
        sum(m.caught for m in planted.values()),
        sum(m.caught + m.missed for m in planted.values()),
    )
    true = by_kind[""]
    number = true.caught + true.missed
    yield "\n## With a second reading\n"
    yield (
        f"A sample of {every} plants and {number:,} true claims beside them, as a reader sees them: passage by passage, in an order that gives\n"
        "nothing away. The answers were written from the requests alone by an assistant model, relayed by file; no API was called.\n"
    )
    wrongly = [j for j in judged() if j.reading == "second" and j.verdict == "right"]
    yield f"- caught: **{caught} of {every}, {100 * caught / every:.1f} %**"
    yield (
        f"- true claims doubted: {true.caught} of {number:,}, {100 * true.caught / number:.1f} %. The recorded replies are not without fault: of these,"
        f"\n  an assistant model that read the documents found {len(wrongly)} right, **{100 * len(wrongly) / number:.1f} %**; the rest wrong or arguable"
    )
    yield "\n| planted | caught |"
    yield "|---|---|"
    for kind, m in sorted(planted.items()):
        yield f"| {kind} | {m.caught} of {m.caught + m.missed} |"


def _doubts() -> Iterator[str]:
    first = [j for j in judged() if j.reading == "first"]
    values = sum(1 for c in claimed_records() for _ in c.leaves())
    by_verdict = {v: [j for j in first if j.verdict == v] for v in ("right", "arguable", "wrong")}
    yield "\n## What is doubted in the recorded replies\n"
    yield (
        f"Of {values:,} values {len(first)} were doubted without a second reading ({100 * len(first) / values:.1f} %) when they were judged"
        f"\none by one by an assistant model that read the documents and saw no reason for the doubt: {len(by_verdict['wrong'])} of these values are wrong or not stated there, {len(by_verdict['arguable'])} arguable,"
        f" {len(by_verdict['right'])} right ({100 * len(by_verdict['right']) / values:.2f} % of all values).\n"
    )
    yield "| document | value | judged | why |"
    yield "|---|---|---|---|"
    for verdict in ("right", "arguable", "wrong"):
        for j in by_verdict[verdict]:
            value = j.value.replace("|", "/")
            yield f"| {j.document} | {j.type}.{j.field} = {value[:60]} | {j.verdict} | {j.why.replace('|', '/')} |"


def _pairs() -> Iterator[str]:
    every, wrong, missed = pairs("right_pairs.tsv"), pairs("wrong_pairs.tsv"), missed_pairs()
    yield "\n## What texts write and what values mean\n"
    yield (
        f"{len(every)} right pairs of a text and the value that it supports, in seven languages (`tests/kinds/right_pairs.tsv`):"
        f" {len(every) - len(missed)} are\nsupported, {100 - 100 * len(missed) / len(every):.1f} %. Of {len(wrong)} wrong pairs none is. Missed:\n"
    )
    for kind, language, text, value in missed:
        yield f"- {kind}, {language}: `{text}` for `{value}`"


def quality(counts: dict[str, Caught] | None = None) -> str:
    """The page."""
    parts = [_HEAD.rstrip(), *_plants(counts or counted()), *_sample(), *_doubts(), *_pairs()]
    return "\n".join(parts) + "\n"


def evaluation(database: Path, candidate: Path) -> str:
    """What docs/evaluation.md says, below its mark, of a run of the bundled documents and of one
    with the changed instructions of data/candidate."""
    gold = read_gold(ROOT / "data" / "gold", TYPES)
    second = read_gold(ROOT / "data" / "gold" / "second", TYPES)
    now, tried = _measured(database, "in use", gold), _measured(candidate, "data/candidate", gold)
    readers = agreement(gold, second, known_of(TYPES))
    parts = {
        "### The instructions in use": tables(now),
        "### What the change in data/candidate brings": [compared(now, tried)],
        "### The second reader, against the first": list(tables(readers))[:2],
    }
    return "\n".join(f"{head}\n\n{as_markdown(found, 4)}" for head, found in parts.items())


def _measured(database: Path, name: str, gold: list[Gold]) -> Measured:
    session = Session(database)
    try:
        return measure(session, name, gold, TYPES)
    finally:
        session.close()


def below(page: str) -> tuple[str, str]:
    """A page up to its mark, and what stands below."""
    above, _, under = page.partition(MARK)
    return above + MARK, under


if __name__ == "__main__":
    PAGE.write_text(quality(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        now, tried = (
            Settings(out=Path(name, "now")),
            Settings(out=Path(name, "tried"), prompts=CANDIDATE),
        )
        run(now)
        run(tried)
        above, _ = below(EVALUATION.read_text(encoding="utf-8"))
        told = evaluation(now.database, tried.database)
        EVALUATION.write_text(f"{above}\n\n{told}", encoding="utf-8")
