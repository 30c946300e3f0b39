"""The sample of planted and true claims that a second reader judged, and what came of it.

    python -m tests.reading_sample choose     writes the sample (tests/fixtures/second_reading/sample.jsonl)
    python -m tests.reading_sample export F   writes its requests, for `dossier batch`
    python -m tests.reading_sample            counts by class

A record bears at most one error, so that no claim of a request gives another away.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.domain import GroundedRecord
from pipeline.ground.second_reading import (
    Questions,
    Verdict,
    claims_of,
    doubted_by,
    load_reader,
    questions,
)
from pipeline.ground.verify import ground_record
from pipeline.models.recorded import RecordedReplies, reply_from_file
from pipeline.records import Record, table_name
from pipeline.replies import read_reply
from pipeline.text.abbreviations import find_abbreviations
from tests.conftest import ROOT
from tests.plants import MAKERS, Claimed, Plant, claimed_records, plants

FOLDER = ROOT / "tests" / "fixtures" / "second_reading"
SAMPLE = FOLDER / "sample.jsonl"
_EACH = 12  # plants of a class
_TRUE = 40  # records without an error


@dataclass(frozen=True)
class Sampled:
    """A record of the sample as the reader sees it; `paths` are where it errs, none when it does not."""

    claimed: Claimed
    record: Record
    kind: str
    paths: tuple[str, ...]


def choose(seed: int = 14) -> Iterator[dict[str, object]]:
    """The lines of the sample: class by class in turns, each record once; then records as they are."""
    chance = random.Random(seed)
    by_kind: dict[str, list[Plant]] = defaultdict(list)
    for plant in plants(seed):
        if not plant.true:
            by_kind[plant.kind].append(plant)
    number = {id(c): i for i, c in enumerate(claimed_records())}
    used: set[int] = set()
    for kind in sorted(MAKERS, key=lambda kind: len(by_kind[kind])):  # the rare ones first
        taken = 0
        for plant in chance.sample(by_kind[kind], len(by_kind[kind])):
            at = number[id(plant.claimed)]
            if at not in used and taken < _EACH:
                used.add(at)
                taken += 1
                yield _line(plant.claimed, plant.record, kind, plant.paths)
    rest = [c for i, c in enumerate(claimed_records()) if i not in used and claims_of(c.record)]
    for claimed in chance.sample(rest, min(_TRUE, len(rest))):
        yield _line(claimed, claimed.record, "", ())


def _line(claimed: Claimed, record: Record, kind: str, paths: tuple[str, ...]) -> dict[str, object]:
    was, now = claimed.record.model_dump(mode="json"), record.model_dump(mode="json")
    return {
        "at": _place(claimed),
        "kind": kind,
        "paths": paths,
        "changed": {name: value for name, value in now.items() if value != was[name]},
    }


def _place(claimed: Claimed) -> str:
    """Where a record stands among the recorded replies."""
    e = claimed.extraction
    index = next(i for i, r in enumerate(e.records) if r is claimed.record)
    return f"{Path(claimed.document.path).stem} {e.passage.index:03} {e.task} {index} {table_name(type(claimed.record))}"


@cache
def sample() -> tuple[Sampled, ...]:
    """The sample as it is kept."""
    known = {_place(c): c for c in claimed_records()}
    found = []
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        claimed = known[item["at"]]
        record = type(claimed.record).model_validate(
            claimed.record.model_dump(mode="json") | item["changed"]
        )
        found.append(Sampled(claimed, record, item["kind"], tuple(item["paths"])))
    return tuple(found)


def asked() -> Iterator[tuple[list[tuple[Sampled, GroundedRecord]], Questions]]:
    """Passage by passage, the sampled records and what a reader is asked about them."""
    task = load_reader(ROOT / "prompts")
    passages: dict[tuple[str, str], list[Sampled]] = defaultdict(list)
    for item in sample():
        passages[item.claimed.document.id, item.claimed.extraction.passage.id].append(item)
    for items in passages.values():
        first = items[0].claimed
        grounded = [
            (
                s,
                ground_record(
                    s.claimed.document,
                    s.claimed.index,
                    s.claimed.extraction,
                    s.record,
                    s.claimed.definitions,
                ),
            )
            for s in items
        ]
        found = questions(
            task,
            first.document,
            first.extraction.passage,
            [g for _, g in grounded],
            find_abbreviations(first.document.text),
        )
        if found:
            yield grounded, found


@dataclass
class Measured:
    """What became of a class of plants, or of the true claims, with the second reading."""

    caught: int = 0
    missed: int = 0


def measured() -> tuple[dict[str, Measured], list[str]]:
    """By class the plants caught, "" for true claims, of which `caught` counts those that are doubted; and these."""
    replies = RecordedReplies(FOLDER)
    by_kind: dict[str, Measured] = defaultdict(Measured)
    doubted: list[str] = []
    asked_of = {}
    for rows, found in asked():
        file = replies._files[found.request.body_hash]
        verdicts = read_reply(reply_from_file(file, found.request), (Verdict,)).records
        records, wrong = doubted_by([g for _, g in rows], found.asked, verdicts)
        assert not wrong
        asked_of.update(
            {r.id: (r, [a for a in found.asked if a.record_id == r.id]) for r in records}
        )
    for item in sample():
        c = item.claimed
        grounded = ground_record(c.document, c.index, c.extraction, item.record, c.definitions)
        read, claims = asked_of.get(grounded.id, (grounded, []))
        if item.kind:
            hit = not read.grounded or any(path in read.doubted for path in item.paths)
            by_kind[item.kind].caught += hit
            by_kind[item.kind].missed += not hit
        was = dict(claims_of(c.record))
        for claim in claims:
            told = claim.path not in item.paths and was.get(claim.path) == claim.sentence
            if told and item.record.evidence == c.record.evidence:
                hit = claim.path in read.doubted
                by_kind[""].caught += hit
                by_kind[""].missed += not hit
                if hit:
                    evidence = next(e for e in read.evidence if e.field == claim.path)
                    doubted.append(
                        f"{evidence.status} {evidence.reason or ''} | {_place(c)} {claim.path} | {claim.sentence} | {evidence.reading}"
                    )
    return by_kind, doubted


def main() -> None:
    if "choose" in sys.argv:
        FOLDER.mkdir(exist_ok=True)
        SAMPLE.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in choose()),
            encoding="utf-8",
        )
        print(Counter(s.kind for s in sample()))
        claims = sum(len(q.asked) for _, q in asked())
        erring = {(g.id, p) for rows, _ in asked() for s, g in rows for p in s.paths}
        planted = sum((a.record_id, a.path) in erring for _, q in asked() for a in q.asked)
        print(
            f"{len(sample())} records, {claims} claims, {planted} of them where an error was planted"
        )
    if "export" in sys.argv:
        with Path(sys.argv[-1]).open("w", encoding="utf-8") as file:
            for rows, found in asked():
                r = found.request
                line = {"custom_id": r.body_hash, "document": rows[0][0].claimed.document.path, "passage": r.passage_name,
                        "messages": r.messages, "schema": r.schema}  # fmt: skip
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    if len(sys.argv) == 1:
        by_kind, doubted = measured()
        for kind, m in by_kind.items():
            print(f"{kind or 'true claims, doubted':<56} {m.caught:4} of {m.caught + m.missed:4}")
        planted = [m for kind, m in by_kind.items() if kind]
        caught, every = sum(m.caught for m in planted), sum(m.caught + m.missed for m in planted)
        print(f"{'all plants':<56} {caught:4} of {every:4}: {100 * caught / every:.1f} %")
        print("\n".join(doubted))


if __name__ == "__main__":
    main()
