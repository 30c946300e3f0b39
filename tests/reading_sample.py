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
from pipeline.ground.second_reading import Questions, claims_of, load_reader, questions
from pipeline.ground.verify import ground_record
from pipeline.records import Record, table_name
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


if __name__ == "__main__":
    main()
