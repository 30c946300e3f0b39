"""Labelled pairs of names, deals and events through the resolver: `python -m tests.resolve.benchmark`.

tests/resolve/pairs holds 300 pairs of names a kind, 100 of deals and 100 of events, written for this
project by somebody who had not seen the code: invented names, half of the pairs true, each with the
trap it sets. A pair is decided twice: from the two names alone, and with what its documents say
(country, aliases, employer, company).

`--missed KIND` lists what was joined wrongly and which true pairs were kept apart.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pipeline.domain import NameUsage
from pipeline.resolve.claims import COLUMNS as CLAIM_COLUMNS
from pipeline.resolve.claims import ClaimUsage, lone_strangers
from pipeline.resolve.claims import decide as decide_claims
from pipeline.resolve.claims import row_of as claim_row
from pipeline.resolve.clusters import Clusters, Edge, pair_of
from pipeline.resolve.decide import decide
from pipeline.resolve.features import COLUMNS, beside_key, flag_of, key_of, row_of
from pipeline.resolve.weights import load_weights
from pipeline.store.scores import fill_features, scored_pairs
from pipeline.values.edtf import edtf_bounds
from pipeline.values.numbers import read_numbers

PAIRS = Path(__file__).with_name("pairs")
NAMES = {"organisation": "organisation", "organisation_2": "organisation", "organisation_3": "organisation", "person": "person", "product": "thing", "product_2": "thing", "product_3": "thing", "programme": "thing",
         "facility": "thing"}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    kind: str
    trap: str
    same: bool
    band: str  # joined, asked or apart
    edge: Edge | None
    left: dict[str, object]
    right: dict[str, object]


def load_pairs(kind: str) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for line in (PAIRS / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def usage(kind: str, side: dict[str, object], usage_id: str, context: bool) -> NameUsage | None:
    style = NAMES[kind]
    name = str(side["name"])
    key = key_of(name, style)
    if not key:
        return None
    given = side if context else {}
    country = given.get("country")
    countries = (str(country),) if country else ()
    company = [str(w) for w in given.get("with", ())]
    beside: list[str] = []
    if kind in ("person", "facility", "programme"):
        titles = [str(given["title"])] if given.get("title") else []
        beside = [beside_key(w) for w in [*company[: 1 if kind == "person" else None], *titles]]
    near = [f"organisation {key_of(w, 'organisation')}" for w in company]
    stated = tuple(str(a) for a in given.get("aliases", ()))
    flag = flag_of(name, style)
    scoped = flag in ("role", "acronym") or (flag == "generic" and not countries) or flag == "short"
    return NameUsage(
        usage_id,
        kind.rstrip("_23"),
        style,
        key,
        usage_id if scoped else "",
        (name,),
        countries,
        tuple(b for b in beside if b),
        tuple(near),
        stated,
    )


def usages_of(kind: str, side: dict[str, object], usage_id: str, context: bool) -> list[NameUsage]:
    """The name as its document uses it, and the other names that the document states."""
    names = [str(side["name"]), *(str(a) for a in side.get("aliases", ()) if context)]
    found = []
    for at, name in enumerate(names):
        stated = [n for n in names if n != name]
        one = usage(kind, side | {"name": name, "aliases": stated}, f"{usage_id}{at}", context)
        if one:
            found.append(one)
    return found


def run(kind: str, context: bool) -> list[Outcome]:
    """Every pair of a kind decided: as any of its names with any of the other's."""
    pairs = load_pairs(kind)
    usages: dict[str, NameUsage] = {}
    rows = []
    for i, pair in enumerate(pairs):
        for end in ("left", "right"):
            for found in usages_of(kind, pair[end], f"{i:04}{end}", context):
                usages[found.id] = found
                row = list(row_of(found))
                row[-1] = [f"{i} {block}" for block in row[-1]]  # pairs do not see each other
                rows.append(tuple(row))
    db = duckdb.connect()
    weights = load_weights()
    fill_features(db, COLUMNS, rows)
    edges: dict[int, list[Edge]] = defaultdict(list)
    for left, right, bits, parts in scored_pairs(
        db, weights.settings(NAMES[kind]), weights.ask(NAMES[kind])
    ):
        if left[4:8] != right[4:8]:
            edge = decide(usages[left], usages[right], bits, parts, weights)
            edges[int(left[:4])] += [edge] if edge else []
    db.close()
    best = {
        i: min(found, key=lambda e: ("joined", "asked", "apart").index(e.band))
        for i, found in edges.items()
        if found
    }
    return [
        Outcome(kind, pair["trap"], pair["same"], edge.band if (edge := best.get(i)) else "apart",
                edge, pair["left"], pair["right"])
        for i, pair in enumerate(pairs)
    ]  # fmt: skip


FIELDS = {"agreement": (("signed", "effective", "announced"), ("title", "subject", "products"), "form", "unspecified"),
          "event": (("start", "end"), ("name", "topics"), "kind", "other")}  # fmt: skip


def claim(kind: str, side: dict[str, object], usage_id: str, parties: dict[str, str]) -> ClaimUsage:
    dates, words, type_, vague = FIELDS[kind]
    shown = []
    for field in dates:
        if value := side.get(field):
            low, high = edtf_bounds(str(value))
            shown.append((field, str(low or ""), str(high or "")))
    said = [(f, str(t)) for f in words for t in _listed(side.get(f))]
    places = [(f, str(side[f])) for f in ("country", "place") if side.get(f)]
    return ClaimUsage(
        usage_id, kind, usage_id, (usage_id,), said[0][1] if said else "",
        None if side.get(type_) in (None, vague) else str(side[type_]), tuple(shown),
        tuple(sorted({parties[p] for p in _takers(side)})), tuple(sorted(map(_sum, _listed(side.get("amounts"))))),
        words=tuple(said), places=tuple(places),
    )  # fmt: skip


def _listed(value: object) -> list[str]:
    return [] if not value else [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _takers(side: dict[str, object]) -> list[str]:
    return [
        p
        for p in _listed(side.get("parties")) + _listed(side.get("participants"))
        if key_of(p, "organisation")
    ]


def _sum(text: str) -> str:
    numbers = sorted(str(v.normalize()) for m in read_numbers(text) for v in m.values)
    return numbers[-1] if numbers else text


def run_claims(kind: str) -> list[Outcome]:
    """Every pair of claims decided: first their parties, then the claims, then the parties again
    with what the claims say of them, and the claims again."""
    pairs = load_pairs(kind)
    usages: dict[str, NameUsage] = {}
    for i, pair in enumerate(pairs):
        for end in ("left", "right"):
            side = pair[end]
            takers = _takers(side)
            for at, name in enumerate(takers):
                near = [f"organisation {key_of(t, 'organisation')}" for t in takers if t != name]
                aliases = (side.get("aliases") or {}).get(name, [])
                found = usage(
                    "organisation", {"name": name, "aliases": aliases}, f"{i:04}{end}{at}", True
                )
                if found:
                    usages[found.id] = replace(found, near=tuple(near), scope="")
    db = duckdb.connect()
    weights = load_weights()
    scores = {(a, b): (bits, parts) for a, b, bits, parts in _in_worlds(db, COLUMNS, [(u.id, row_of(u)) for u in usages.values()],
              weights.settings("organisation"), -5.0) if a[4:8] != b[4:8]}  # fmt: skip
    evidence: dict[tuple[str, str], float] = {}
    for _ in range(2):
        clusters = Clusters()
        for ends in sorted(scores.keys() | evidence.keys()):
            bits, parts = scores.get(ends, (0.0, {}))
            edge = decide(
                usages[ends[0]], usages[ends[1]], bits + evidence.get(ends, 0.0), parts, weights
            )
            if edge and edge.band == "joined":
                clusters.join(*ends)
        claims = {}
        for i, pair in enumerate(pairs):
            for end in ("left", "right"):
                ids = {
                    usages[u].name: clusters.find(u) for u in usages if u.startswith(f"{i:04}{end}")
                }
                one = claim(kind, pair[end], f"{i:04}{end}", ids)
                claims[one.id] = one
        edges = {}
        scored = _in_worlds(
            db,
            CLAIM_COLUMNS,
            [(c.id, claim_row(c)) for c in claims.values()],
            weights.settings("claim"),
            0.0,
        )
        for a, b, bits, parts in scored:
            edges[int(a[:4])] = decide_claims(claims[a], claims[b], bits, parts, weights)
        for one, other in lone_strangers(claims, ((a, b) for a, b, _, _ in scored)):
            evidence[pair_of(one, other)] = 5.0
    db.close()
    return [
        Outcome(kind, pair["trap"], pair["same"], edge.band if (edge := edges.get(i)) else "apart", edge, pair["left"], pair["right"])
        for i, pair in enumerate(pairs)
    ]  # fmt: skip


def _in_worlds(db, columns, rows, settings, least):
    """Scores of rows whose blocks begin with the number of their pair."""
    fill_features(
        db, columns, [(*row[:-1], [f"{int(i[:4])} {b}" for b in row[-1]]) for i, row in rows]
    )
    return scored_pairs(db, settings, least)


@dataclass(frozen=True)
class Figures:
    """`precision` of automatic joins, `recall` joined or asked, `joined` of true pairs; `b3` as
    (precision, recall) of the clusters that joins make, each name weighing the same."""

    pairs: int
    precision: float
    joined: float
    recall: float
    asked: int
    wrong: int
    b3: tuple[float, float]


def figures(outcomes: Iterable[Outcome]) -> Figures:
    given = list(outcomes)
    true = [o for o in given if o.same]
    joined = [o for o in given if o.band == "joined"]
    right = [o for o in joined if o.same]
    reached = [o for o in true if o.band in ("joined", "asked")]
    # B3 on clusters of one or two: a name in a wrong pair is half right, in a missed one half found.
    b3_precision = 1 - 0.5 * (len(joined) - len(right)) / len(given)
    b3_recall = 1 - 0.5 * (len(true) - len(right)) / len(given)
    return Figures(
        len(given), len(right) / len(joined) if joined else 1.0, len(right) / len(true),
        len(reached) / len(true), sum(o.band == "asked" for o in given), len(joined) - len(right),
        (b3_precision, b3_recall),
    )  # fmt: skip


def measured() -> list[tuple[str, str, Figures]]:
    """Every kind, from names alone and with context."""
    found = [
        (kind, what, figures(run(kind, what == "context")))
        for kind in NAMES
        for what in ("names", "context")
    ]
    return found + [(kind, "context", figures(run_claims(kind))) for kind in FIELDS]


def table() -> str:
    """The figures as the table of docs/identity.md."""
    lines = ["| pairs | from | joins that are right | true pairs joined | joined or asked | asked in all | B3 precision, recall |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for kind, what, f in measured():
        shown = kind.replace("_2", ", second list").replace("_3", ", third list")
        told = "names alone" if what == "names" else "names and context"
        lines.append(
            f"| {f.pairs} {shown} | {told} | {f.precision:.1%} ({f.wrong} wrong) | {f.joined:.0%} | {f.recall:.1%} | {f.asked} | {f.b3[0]:.3f}, {f.b3[1]:.3f} |"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    if not arguments:
        print(table())
        return
    for kind in arguments[1:2]:
        runs = [run_claims(kind)] if kind in FIELDS else [run(kind, False), run(kind, True)]
        for outcomes in runs:
            print(f"{kind}: {figures(outcomes)}")
            _missed(outcomes, arguments[2:])


def _missed(outcomes: list[Outcome], traps: list[str]) -> None:
    by_trap: dict[str, Counter[str]] = defaultdict(Counter)
    for o in outcomes:
        by_trap[o.trap][f"{'same' if o.same else 'different'} {o.band}"] += 1
        bad = (o.same and o.band == "apart") or (not o.same and o.band == "joined")
        if bad and (not traps or o.trap in traps):
            edge = o.edge
            said = f"{edge.reason} {edge.weight} {dict(edge.parts)}" if edge else "no candidate"
            print(f"   {'MISSED' if o.same else 'WRONG '} {o.trap}: {o.left} | {o.right} [{said}]")
    for trap, counts in sorted(by_trap.items()):
        print(f"   {trap}: {dict(counts)}")


if __name__ == "__main__":
    main(sys.argv[1:])
