"""Names and claims to entities: usages, scores, guards, clusters, ids. Reads and writes the scratch
database; what it decides is decided by the pure functions of resolve/.

Two floors: names first, organisations before what stands beside them; then claims about deals,
events and the like, whose parties are entities. What claims say of their parties goes back to the
first floor until nothing changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.domain import NameUsage, content_id
from pipeline.records import Style
from pipeline.resolve import claims as claim_rules
from pipeline.resolve.claims import ClaimUsage
from pipeline.resolve.clusters import Clusters, Edge, ambiguous, cluster, pair_of, without_moot
from pipeline.resolve.decide import STATED_BITS, decide
from pipeline.resolve.features import COLUMNS, beside_key, flag_of, key_of, row_of
from pipeline.resolve.guards import OF_WORDS
from pipeline.resolve.judgements import JudgedSide, Judgement
from pipeline.resolve.questions import Question, questions_of
from pipeline.resolve.register import Register, document_keys, entity_ids
from pipeline.resolve.shown import claim_row, reasons, shown, usage_row
from pipeline.resolve.weights import STYLES, load_weights
from pipeline.store.entities import claim_rows, note_claims, quotes_of, write_entities
from pipeline.store.load import Scratch
from pipeline.store.scores import fill_features, scored_pairs
from pipeline.store.usages import apart_pairs, in_one_record, prepare_usages, stated_pairs

_MOST_ASKED = 5000  # pairs, of which questions are made
_QUOTES = 3  # of each side of a question
_ROUNDS = 3  # in which deals and their parties tell each other something new
_DEAL_BITS = 5.0  # two claims leave over one party each, all else alike
_PERSON_BITS, _MODEL_BITS = 2000.0, 1000.0
Scored = tuple[str, str, float, dict[str, float]]


@dataclass
class Resolution:
    """What was decided. `lines` are to be appended to the register; `judgements` all that were
    given, with what became of each."""

    usages: dict[str, NameUsage]
    claims: dict[str, ClaimUsage]
    edges: list[Edge]
    cluster_of: dict[str, str]
    entity_of: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)

    @property
    def asked(self) -> list[Edge]:
        """The pairs about which a person or a model is to say, the likeliest first."""
        return [e for e in self.edges if e.band == "asked"]

    def kind_of(self, usage_id: str) -> str:
        """The kind of entity that a usage denotes."""
        return (self.usages.get(usage_id) or self.claims[usage_id]).kind


class Resolver:
    """Resolves the names and claims of one scratch database. Reading and comparing is done once;
    `resolve` may be called again with more judgements."""

    def __init__(self, scratch: Scratch, styles: Mapping[str, Style], register: Register) -> None:
        self.scratch = scratch
        self.weights = load_weights()
        self.register = register
        documents = [(i, path) for i, path, _ in scratch.documents()]
        self.document_keys, self.document_lines = document_keys(register, documents)
        found = prepare_usages(
            scratch,
            lambda name, style: (key_of(name, style), flag_of(name, style)),
            beside_key,
            styles,
            self.document_keys,
        )
        self.usages = {u.id: u for u in found}
        self.raw_claims = claim_rows(scratch)
        self.fixed = [*self._stated(), *self._apart()]
        self._replaced: set[str] = set()
        self.scores = self._scores()
        self._decided: dict[tuple[str, str], tuple[float, bool, Edge | None]] = {}

    def resolve(self, judgements: Sequence[Judgement] = ()) -> Resolution:
        """Decide everything. Raises ContradictionError when people's judgements contradict each
        other."""
        named, states = self._judged(judgements, self._find_usage)
        evidence: dict[tuple[str, str], float] = {}
        scores = self.scores
        for turn in range(_ROUNDS):
            clusters, edges = self._names(scores, named, evidence)
            claims = self._claims(clusters)
            pairs = self._claim_scores(claims)
            found = self._deal_evidence(claims, pairs, clusters)
            beside = self._canonical(clusters) if turn == 0 else {}
            if turn and found.keys() <= evidence.keys():
                break
            evidence |= found
            if beside:
                scores = self._rescored(beside)
        judged, more = self._judged(judgements, lambda side, kind: _find_claim(claims, side, kind))
        claim_edges = [
            edge for a, b, bits, parts in pairs
            if (edge := claim_rules.decide(claims[a], claims[b], bits, parts, self.weights))
        ]  # fmt: skip
        claim_clusters, claim_edges = cluster(ambiguous([*claim_edges, *judged]))
        cluster_of = {u: clusters.find(u) for u in self.usages}
        cluster_of |= {c: claim_clusters.find(c) for c in claims}
        edges += claim_edges
        result = Resolution(self.usages, claims, edges, cluster_of)
        result.judgements = _with_states(judgements, states | more, edges)
        self._mint(result, judgements)
        return result

    def _mint(self, result: Resolution, judgements: Sequence[Judgement]) -> None:
        members: dict[str, list[str]] = defaultdict(list)
        for usage, root in sorted(result.cluster_of.items()):
            members[root].append(usage)
        spoken = {
            s.usage
            for j in judgements
            if j.is_person and j.state == "used"
            for s in (j.left, j.right)
        }
        groups = [(result.kind_of(root), members[root]) for root in sorted(members)]
        ids, lines, redirects = entity_ids(self.register, groups, spoken)
        for entity, (_, group) in zip(ids, groups, strict=True):
            result.entity_of |= dict.fromkeys(group, entity)
        result.lines = [*self.document_lines, *lines]
        result.redirects = redirects

    def questions(self, result: Resolution) -> list[Question]:
        """What somebody is to say, that nobody said yet: of very many the likeliest."""
        answered = {
            (j.kind, frozenset((j.left.usage, j.right.usage)))
            for j in result.judgements if j.state != "taken_back"
        }  # fmt: skip
        asked = [
            e for e in result.asked
            if (result.kind_of(e.left), frozenset(e.pair)) not in answered
        ]  # fmt: skip
        asked = sorted(asked, key=lambda e: (-e.weight, e.left, e.right))[:_MOST_ASKED]
        note_claims(self.scratch, [(c.id, r) for c in result.claims.values() for r in c.records])
        quotes = quotes_of(self.scratch, sorted({u for e in asked for u in e.pair}), _QUOTES)
        names = {
            root: self.usages[root].name
            for root in set(result.cluster_of.values()) & self.usages.keys()
        }
        return questions_of(asked, result.cluster_of, result.usages, result.claims, quotes, names)

    def write(self, result: Resolution) -> None:
        """Write usages, pairs, entities, members, aliases, judgements and redirections."""
        asked = self.questions(result)
        rows: dict[str, tuple[Any, ...]] = {u.id: usage_row(u) for u in result.usages.values()}
        rows |= {c.id: claim_row(c) for c in result.claims.values()}
        write_entities(
            self.scratch,
            usages=rows,
            entity_of=result.entity_of,
            reasons=reasons(result.edges, result.cluster_of, result.usages),
            shown=shown(result.entity_of, result.usages, result.claims),
            tables={
                "identity_pair": [
                    (e.left, e.right, result.kind_of(e.left), e.band, e.weight, e.reason,
                     dict(e.parts), e.relation)
                    for e in result.edges
                ],
                "question": [
                    (q.id, q.kind, q.left.usage, q.right.usage, q.left.name, q.right.name, q.weight,
                     q.reason, q.asks)
                    for q in asked
                ],
                "entity_redirect": sorted(result.redirects.items()),
                "judgement": [
                    (i, j.id, j.kind, j.answer, j.left.name, j.right.name, j.who, j.why, j.at,
                    j.state) for i, j in enumerate(result.judgements)
                ],
            },
        )  # fmt: skip

    def _stated(self) -> list[Edge]:
        return [
            Edge(a, b, "joined", STATED_BITS, f"stated: {alias} is {full}", "stated")
            for a, b, alias, full in stated_pairs(self.scratch)
        ]

    def _apart(self) -> list[Edge]:
        return [
            Edge(a, b, "apart", STATED_BITS, "record_tells_apart", "record")
            for a, b in apart_pairs(self.scratch)
        ]

    def _scores(self) -> list[Scored]:
        """Candidate pairs of all names."""
        return [pair for style in STYLES for pair in self._scored(style)]

    def _rescored(self, canonical: Mapping[str, str]) -> list[Scored]:
        """The same when names that denote one organisation have a common key, which `canonical`
        gives: only what stands beside a usage changes by that."""
        changed = {
            u.id: c
            for u in self.usages.values()
            if (c := _canonised(u, canonical)) != u or u.id in self._replaced
        }
        self._replaced |= changed.keys()  # their rows are to be written anew the next time, too
        found = [p for p in self.scores if p[0] not in changed and p[1] not in changed]
        for style in STYLES:
            if any(u.style == style for u in changed.values()):
                found += self._scored(style, changed)
        return found

    def _scored(self, style: str, changed: Mapping[str, NameUsage] | None = None) -> list[Scored]:
        given = [u for u in self.usages.values() if u.style == style]
        if not given:
            return []
        table = f"feature_{style}"
        if changed is None:
            fill_features(self.scratch.db, COLUMNS, map(row_of, given), table=table)
        else:
            rows = (row_of(u) for u in changed.values() if u.style == style)
            fill_features(self.scratch.db, COLUMNS, rows, table=table, replace=True)
        settings, least = self.weights.settings(style), self.weights.ask(style) - _DEAL_BITS
        only_changed = changed is not None
        return scored_pairs(
            self.scratch.db, settings, least, table=table, only_changed=only_changed
        )

    def _names(
        self,
        scores: Iterable[Scored],
        judged: list[Edge],
        evidence: Mapping[tuple[str, str], float],
    ) -> tuple[Clusters, list[Edge]]:
        candidates = {(a, b): (bits, parts) for a, b, bits, parts in scores}
        for pair, bits in evidence.items():
            known, parts = candidates.get(pair, (0.0, {}))
            candidates[pair] = (known + bits, {**parts, "deals": bits})
        asked = {u.id: self.weights.ask(u.style) for u in self.usages.values()}
        likely = [p for p, (bits, _) in candidates.items() if bits >= asked[p[0]]]
        together = in_one_record(self.scratch, likely)
        stated = {e.pair for e in self.fixed if e.source == "stated"}
        edges = list(self.fixed)
        for pair in likely:
            bits, parts = candidates[pair]
            a, b = (self.usages[i] for i in pair)
            side_by_side = pair in together and a.key != b.key
            before = self._decided.get(pair)
            if before is None or before[:2] != (bits, side_by_side):
                edge = decide(a, b, bits, parts, self.weights, side_by_side)
                before = self._decided[pair] = (bits, side_by_side, edge)
            if before[2] and pair not in stated:
                edges.append(before[2])
        given = without_moot([*edges, *judged], lambda e: e.reason in OF_WORDS)
        return cluster(ambiguous(given))

    def _canonical(self, clusters: Clusters) -> dict[str, str]:
        """Keys of organisations that denote one cluster alone, by the key of the cluster."""
        roots: dict[str, set[str]] = defaultdict(set)
        for usage in self.usages.values():
            if usage.style == "organisation":
                for key in {usage.key, *(key_of(s, "organisation") for s in usage.stated)}:
                    roots[key].add(clusters.find(usage.id))
        one = {key: next(iter(found)) for key, found in roots.items() if len(found) == 1}
        return {key: self.usages[root].key for key, root in one.items()}

    def _claims(self, clusters: Clusters) -> dict[str, ClaimUsage]:
        groups: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self.raw_claims:
            groups[content_id("k", row[2], row[1], row[3])].append(row)
        return {i: _claim_usage(i, rows, clusters) for i, rows in sorted(groups.items())}

    def _claim_scores(self, claims: Mapping[str, ClaimUsage]) -> list[Scored]:
        if not claims:
            return []
        rows = (claim_rules.row_of(c) for c in claims.values())
        fill_features(self.scratch.db, claim_rules.COLUMNS, rows)
        return scored_pairs(self.scratch.db, self.weights.settings("claim"), 0.0)

    def _deal_evidence(
        self, claims: Mapping[str, ClaimUsage], pairs: Iterable[Scored], clusters: Clusters
    ) -> dict[tuple[str, str], float]:
        """What deals say of their parties: pairs of usages, with bits."""
        strangers = claim_rules.lone_strangers(claims, ((a, b) for a, b, _, _ in pairs))
        if not strangers:
            return {}
        members: dict[str, list[str]] = defaultdict(list)
        wanted = {root for pair in strangers for root in pair}
        for usage in self.usages:
            if (root := clusters.find(usage)) in wanted:
                members[root].append(usage)
        return {
            pair_of(a, b): _DEAL_BITS
            for one, other in strangers
            if self.usages[one].kind == self.usages[other].kind
            for a in members[one]
            for b in members[other]
        }

    def _judged(
        self, judgements: Iterable[Judgement], find: Callable[[JudgedSide, str], str | None]
    ) -> tuple[list[Edge], dict[str, str]]:
        """Judgements as edges, and the ids of those that match something."""
        edges, matched = [], {}
        for judgement in judgements:
            ends = [find(side, judgement.kind) for side in (judgement.left, judgement.right)]
            if judgement.state != "used" or None in ends or ends[0] == ends[1]:
                continue
            a, b = pair_of(str(ends[0]), str(ends[1]))
            matched[judgement.id] = "used"
            if judgement.answer != "unsure":
                band = "joined" if judgement.answer == "same" else "apart"
                source = "person" if judgement.is_person else "model"
                bits = _PERSON_BITS if judgement.is_person else _MODEL_BITS
                said = f"{judgement.who} says {judgement.answer} ({judgement.id})"
                edges.append(Edge(a, b, band, bits, said, source))  # type: ignore[arg-type]
        return edges, matched

    def _find_usage(self, side: JudgedSide, kind: str) -> str | None:
        if side.usage in self.usages:
            return side.usage
        if not hasattr(self, "_by_key"):
            self._by_key: dict[tuple[str, str, str], list[str]] = defaultdict(list)
            for usage in self.usages.values():
                self._by_key[usage.kind, usage.key, usage.scope].append(usage.id)
        styles = (u.style for u in self.usages.values() if u.kind == kind)
        style: Style = next(styles, "thing")
        found = self._by_key.get((kind, key_of(side.name, style), side.document), [])
        return found[0] if len(found) == 1 else None


def _find_claim(claims: Mapping[str, ClaimUsage], side: JudgedSide, kind: str) -> str | None:
    if side.usage in claims:
        return side.usage
    found = [
        c.id for c in claims.values()
        if c.kind == kind and c.called == side.name and c.document == side.document
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _canonised(usage: NameUsage, canonical: Mapping[str, str]) -> NameUsage:
    if not canonical:
        return usage
    near = {
        f"{kind} {canonical.get(key, key)}"
        for kind, _, key in (n.partition(" ") for n in usage.near)
    }
    beside = {canonical.get(b, b) for b in usage.beside}
    return replace(usage, near=tuple(sorted(near)), beside=tuple(sorted(beside)))


def _claim_usage(usage_id: str, rows: list[tuple[Any, ...]], clusters: Clusters) -> ClaimUsage:
    (
        record,
        document,
        kind,
        _,
        type_,
        dates,
        amounts,
        numbers,
        figures,
        said,
        places,
        exact,
        parties,
    ) = rows[0]
    words = tuple((f, t) for f, _, t in (w.partition(":") for w in said))
    return ClaimUsage(
        usage_id,
        kind,
        document,
        tuple(row[0] for row in rows),
        next((text for _, text in words), numbers[0].partition(":")[2] if numbers else record),
        type_,
        tuple(tuple(d.split(" ")) for d in dates),
        tuple(sorted({clusters.find(p) for p in parties})),
        tuple(amounts),
        tuple(numbers),
        tuple(figures),
        words,
        tuple((f, t) for f, _, t in (p.partition(":") for p in places)),
        tuple(exact),
    )


def _with_states(
    judgements: Iterable[Judgement], matched: Mapping[str, str], edges: Iterable[Edge]
) -> list[Judgement]:
    overruled = {e.reason for e in edges if e.band == "refused" and e.source == "model"}
    result = []
    for judgement in judgements:
        state = judgement.state
        if state == "used" and judgement.id not in matched:
            state = "unmatched"
        elif state == "used" and any(judgement.id in reason for reason in overruled):
            state = "overruled"
        result.append(replace(judgement, state=state))
    return result
