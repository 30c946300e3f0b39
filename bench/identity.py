"""How long resolving takes: `python bench/identity.py [MENTIONS]` (default 100000).

Mentions are made up: organisations with Zipf-like frequency, each under several spellings (legal
forms, another script, initials of an alias, a slip), ten mentions a document, and a deal for every
fiftieth document. Then a thousand mentions more on what was resolved. Seconds, and the peak of
memory of this process.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from pipeline.records import mention_styles
from pipeline.resolve.register import Register, read_register
from pipeline.stages.resolve import Resolver
from pipeline.store.load import Scratch
from pipeline.store.tables import Layout
from pipeline.subject import load_subject

SYLLABLES = "ba be bo da de di do fa ga go ka ke ko la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se so ta te ti to va ve vi zu".split()  # fmt: skip
CYRILLIC = dict(zip("abdefgiklmnoprstuvz", "абдефгиклмнопрстувз", strict=True))
KINDS = ("Pharma", "Biotech", "Research Institute", "Group", "Medical Centre", "University", "Fund")
RUSSIAN = {"Pharma": "Фарма", "Biotech": "Биотех", "Research Institute": "Научный институт", "Group": "Групп",
           "Medical Centre": "Медицинский центр", "University": "Университет", "Fund": "Фонд"}  # fmt: skip
COUNTRIES = ("KZ", "RU", "CN", "DE", "FR", "IN", "KR")
EACH = 10  # mentions a document


def spellings(chance: random.Random, number: int) -> tuple[list[str], str]:
    head = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4))).capitalize()
    head += chance.choice(SYLLABLES) + chance.choice("bdgklmnprstvz")
    kind = KINDS[number % len(KINDS)]
    cyrillic = "".join(CYRILLIC.get(c, c) for c in head.lower()).capitalize()
    names = [
        f"{head} {kind}",
        f"{head} {kind} LLC",
        f"{head} {kind} JSC",
        f"{cyrillic} {RUSSIAN[kind]}",
    ]
    if number % 5 == 0:
        at = len(head) // 2
        names.append(f"{head[:at]}{head[at + 1 :]} {kind}")
    return names, COUNTRIES[number % len(COUNTRIES)]


def made(count: int, seed: int, first_document: int = 0) -> tuple[pa.Table, pa.Table]:
    chance = random.Random(seed)
    entities = [spellings(random.Random(i), i) for i in range(max(10, count // 8))]
    columns: dict[str, list[object]] = {n: [] for n in (
        "mention_id", "record_id", "document_id", "field", "kind", "name", "same_as", "apart_from",
        "within", "beside", "own")}  # fmt: skip
    for i in range(count):
        names, country = entities[int(len(entities) ** chance.random()) - 1]
        document = first_document + i // EACH
        own = chance.random() < 0.3
        row = (f"m_{first_document}_{i}", f"r_{first_document}_{i // 2}", f"d_{document}", "name", "organisation",
               chance.choice(names), None, None, country if own and chance.random() < 0.5 else None, [], own)  # fmt: skip
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    documents = sorted(set(columns["document_id"]))
    types = {"own": pa.bool_(), "beside": pa.list_(pa.string())}
    mentions = pa.table({n: pa.array(v, types.get(n, pa.string())) for n, v in columns.items()})
    return mentions, pa.table({"document_id": documents, "path": [f"{d}.txt" for d in documents]})


def fill(scratch: Scratch, mentions: pa.Table, documents: pa.Table) -> None:
    for table, rows in (("mention", mentions), ("document", documents)):
        scratch.db.register("made", rows)
        scratch.db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM made")
        scratch.db.unregister("made")


def resolved(
    mentions: list[tuple[pa.Table, pa.Table]], register: Register
) -> tuple[float, Resolver, list[str]]:
    subject = load_subject()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(Path(folder) / "scratch.duckdb", Layout(subject.record_types))
        for part in mentions:
            fill(scratch, *part)
        start = time.perf_counter()
        resolver = Resolver(scratch, mention_styles(subject.record_types), register)
        result = resolver.resolve()
        resolver.write(result)
        took = time.perf_counter() - start
        clusters = len(set(result.cluster_of.values()))
        bands = {
            b: sum(e.band == b for e in result.edges)
            for b in ("joined", "asked", "apart", "refused")
        }
        print(f"  {len(result.usages)} usages, {clusters} entities, {bands}")
        scratch.close()
    return took, resolver, result.lines


def main(count: int) -> None:
    first = made(count, 1)
    print(f"{count} mentions")
    took, _, lines = resolved([first], Register())
    print(
        f"  {took:.1f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB at most"
    )
    more = made(1000, 2, first_document=count)
    print("1000 mentions more")
    took, _, _ = resolved([first, more], read_register(lines))
    print(f"  {took:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
