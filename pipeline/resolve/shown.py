"""How usages and entities are shown: why each usage belongs, and by which name an entity goes.
Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.domain import NameUsage
from pipeline.records import Style
from pipeline.resolve.claims import ClaimUsage
from pipeline.resolve.clusters import Edge
from pipeline.resolve.features import flag_of
from pipeline.resolve.names import acronym_of, name_form

Row = tuple[Any, ...]


def reasons(
    edges_given: Iterable[Edge], cluster_of: Mapping[str, str], usages: Mapping[str, NameUsage]
) -> dict[str, str]:
    """Why a usage belongs to its entity: the edge that ties it to the one with most mentions,
    directly or through others, the strongest first."""
    edges: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges_given:
        if edge.band == "joined" and cluster_of[edge.left] == cluster_of[edge.right]:
            edges[cluster_of[edge.left]].append(edge)
    weight = {u.id: -u.mentions for u in usages.values()}
    found_reasons: dict[str, str] = {}
    for given in edges.values():
        reached = {min({u for e in given for u in e.pair}, key=lambda u: (weight.get(u, 0), u))}
        while found := next(
            (e for e in given if (e.left in reached) != (e.right in reached)), None
        ):
            new = found.right if found.left in reached else found.left
            found_reasons[new] = found.reason
            reached.add(new)
    return found_reasons


def usage_row(u: NameUsage) -> Row:
    """The columns of `usage` behind its entity."""
    return (
        u.kind, u.name, list(u.names), u.key, u.scope, list(u.countries), list(u.beside),
        list(u.stated), u.documents, u.mentions,
    )  # fmt: skip


def claim_row(c: ClaimUsage) -> Row:
    """The same of a claim."""
    countries = sorted({t for f, t in c.places if f == "country"})
    return (c.kind, c.called, [c.called], "", c.document, countries, [], [], 1, len(c.records))


def shown(
    entity_of: Mapping[str, str],
    usages: Mapping[str, NameUsage],
    claims: Mapping[str, ClaimUsage],
) -> Iterable[Row]:
    """Entities with the name to show: the one most documents use, then the longest; a bare acronym
    or a role only for want of another."""
    groups: dict[str, list[str]] = defaultdict(list)
    for usage, entity in sorted(entity_of.items()):
        groups[entity].append(usage)
    for entity, members in groups.items():
        if members[0] in claims:
            yield _shown_claim(entity, [claims[m] for m in members])
        else:
            yield _shown_names(entity, [usages[m] for m in members])


def _shown_claim(entity: str, members: list[ClaimUsage]) -> Row:
    called = Counter(c.called for c in members)
    ranked = sorted(called, key=lambda n: (-called[n], -len(n), n))
    countries = Counter(t for c in members for f, t in c.places if f == "country")
    best = min(countries, key=lambda c: (-countries[c], c)) if countries else None
    return (entity, members[0].kind, ranked[0], ranked[1:], best, sorted(countries), False)


def _country_named(name: str, style: Style) -> str | None:
    """The country of a party that is one, or its government: China, the Republic of Kazakhstan."""
    form = name_form(name, style)
    says_more = form is None or form.is_role or form.said or form.acronym
    known = frozenset() if form is None or says_more else form.countries
    return next(iter(known)) if len(known) == 1 else None


def _shown_names(entity: str, members: list[NameUsage]) -> Row:
    style = members[0].style
    documents: Counter[str] = Counter()
    for usage in members:
        for name, count in zip(usage.names, usage.documents_by_name, strict=True):
            documents[name] += count

    def rank(name: str) -> Row:
        flag = flag_of(name, style)
        return (
            flag in ("role", "class"),
            bool(acronym_of(name)),
            flag == "generic",
            -documents[name],
            -len(name),
            name.isupper(),  # a heading
            name,
        )

    ranked = sorted(documents, key=rank)
    countries: Counter[str] = Counter()
    for usage in members:
        for country in usage.countries:
            countries[country] += usage.mentions
    best = min(countries, key=lambda c: (-countries[c], c)) if countries else None
    if best is None and style != "person":
        best = _country_named(ranked[0], style)
    is_role = all(flag_of(n, style) in ("role", "class") for n in ranked)
    return (
        entity,
        members[0].kind,
        ranked[0],
        sorted(ranked[1:]),
        best,
        sorted(countries),
        is_role,
    )
