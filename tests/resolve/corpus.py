"""How the bundled corpus is joined, against data/identities: `python -m tests.resolve.corpus DATABASE`.

Labels are of names in documents and of claims. A pair of usages of one label is joined, asked (what is
asked ties their entities together, if all questions are answered `same`), or missed. Names that only
say who somebody is in a text, and classes of products, denote nobody in particular and are left out.
"""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipeline.resolve.clusters import Clusters
from pipeline.resolve.features import flag_of

IDENTITIES = Path(__file__).resolve().parents[2] / "data" / "identities"
STYLES = {"organisation": "organisation", "person": "person"}


@dataclass
class Measured:
    """Pairs of one label by what became of them, and pairs of two labels that were joined."""

    joined: int = 0
    asked: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def pairs(self) -> int:
        return self.joined + self.asked + len(self.missed)


def measure(database: Path) -> dict[str, Measured]:
    """By kind of entity."""
    db = duckdb.connect(str(database), read_only=True)
    try:
        labels, entity, shown, kinds = _labelled(db)
        tied = Clusters()
        sql = (
            "SELECT l.entity_id, r.entity_id FROM identity_pair p JOIN usage l ON l.usage_id = left_usage"
            " JOIN usage r ON r.usage_id = right_usage WHERE band = 'asked'"
        )
        for a, b in db.execute(sql).fetchall():
            tied.join(a, b)
    finally:
        db.close()
    found: dict[str, Measured] = defaultdict(Measured)
    for kind, usages in sorted(kinds.items()):
        of = found[kind]
        for a, b in itertools.combinations(sorted(usages), 2):
            told = f"{shown[a]} | {shown[b]}"
            if labels[a] & labels[b]:
                if entity[a] == entity[b]:
                    of.joined += 1
                elif tied.find(entity[a]) == tied.find(entity[b]):
                    of.asked += 1
                else:
                    of.missed.append(told)
            elif entity[a] == entity[b]:
                of.wrong.append(told)
    return found


def _labelled(
    db: duckdb.DuckDBPyConnection,
) -> tuple[dict[str, set[str]], dict[str, str], dict[str, str], dict[str, set[str]]]:
    names = {}
    for line in (IDENTITIES / "names.tsv").read_text(encoding="utf-8").splitlines():
        kind, document, name, label = line.split("\t")
        names[kind, document, name] = label
    claims = {}
    for line in (IDENTITIES / "claims.tsv").read_text(encoding="utf-8").splitlines():
        kind, record, label = line.split("\t")
        claims[record] = label
    labels: dict[str, set[str]] = defaultdict(set)
    entity, shown, kinds = {}, {}, defaultdict(set)
    sql = (
        "SELECT u.usage_id, u.kind, u.name, u.entity_id, m.name, parse_filename(d.path), em.record_id"
        " FROM usage u JOIN entity_member em USING (usage_id) LEFT JOIN mention m ON m.mention_id = em.mention_id"
        " JOIN document d ON d.document_id = em.document_id"
    )
    for usage, kind, name, its, mention, document, record in db.execute(sql).fetchall():
        label = claims.get(record) if mention is None else names.get((kind, document, mention))
        if label is None or label == "-":
            continue
        if mention is not None and flag_of(mention, STYLES.get(kind, "thing")) in ("role", "class"):
            continue
        labels[usage].add(label)
        entity[usage], shown[usage] = its, name
        kinds[kind].add(usage)
    return labels, entity, shown, kinds


def main(database: str) -> None:
    total = Measured()
    for kind, of in measure(Path(database)).items():
        print(
            f"{kind:<13} {of.pairs:>4} pairs: {of.joined} joined, {of.asked} asked, {len(of.missed)} missed; {len(of.wrong)} joined wrongly"
        )
        for told in of.missed:
            print(f"    missed  {told}")
        for told in of.wrong:
            print(f"    wrong   {told}")
        total.joined += of.joined
        total.asked += of.asked
        total.missed += of.missed
        total.wrong += of.wrong
    print(
        f"{'all':<13} {total.pairs:>4} pairs: {total.joined / total.pairs:.1%} joined, {(total.joined + total.asked) / total.pairs:.1%} joined or asked, {len(total.wrong)} joined wrongly"
    )


if __name__ == "__main__":
    main(sys.argv[1])
