"""Usages of names to entities: union of equal names and of aliases the documents define, held
apart where a document says so.

Union-find with cannot-link sets. Entity ids are hashes of the smallest key, so the same usages
give the same ids in any order of arrival.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.domain import Entity, NameUsage, content_id
from pipeline.resolve.names import is_acronym, is_generic, name_keys

KINDS = ("organisation", "person", "product", "programme")
Key = tuple[
    str, str
]  # (kind, key of a name, scoped to a document or country where the name alone says too little)


class Clusters:
    """Keys joined into clusters, some of them held apart."""

    def __init__(self) -> None:
        self._parent: dict[Key, Key] = {}
        self._apart: dict[Key, set[Key]] = defaultdict(set)

    def find(self, key: Key) -> Key:
        """The representative of a key's cluster."""
        root = key
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while key != root:
            key, self._parent[key] = self._parent.get(key, root), root
        return root

    def keep_apart(self, a: Key, b: Key) -> None:
        """Forbid joining two keys, directly or through others."""
        a, b = self.find(a), self.find(b)
        if a != b:
            self._apart[a].add(b)
            self._apart[b].add(a)

    def join(self, a: Key, b: Key) -> bool:
        """Join two keys; False when they are kept apart. The smaller key represents the cluster."""
        a, b = sorted((self.find(a), self.find(b)))
        if a == b:
            return True
        if b in self._apart[a]:
            return False
        self._parent[b] = a
        for other in self._apart.pop(b, set()):
            self._apart[other].discard(b)
            self._apart[other].add(a)
            self._apart[a].add(other)
        return True


def resolve_entities(
    usages: Iterable[NameUsage], abbreviations: Iterable[tuple[str, str, str]]
) -> list[Entity]:
    """The entities that names denote. `abbreviations` are (document id, short form, long form); a
    usage of a short form, an acronym or a generic name carries its document.

    The display name of an entity is the one most documents use, then the longest, then the first in
    order.
    """
    usable = [u for u in sorted(usages, key=lambda u: u.id) if u.kind in KINDS and _keys(u)]
    defined = {(document, short): long for document, short, long in abbreviations}
    countries = _countries_by_document(usable)
    keys = {u.id: _key(u, countries) for u in usable}
    clusters = Clusters()
    for usage in usable:
        if usage.apart_from:
            clusters.keep_apart(keys[usage.id], _key(_renamed(usage, usage.apart_from), countries))
    for usage in usable:
        for extra in _keys(usage)[1:]:
            clusters.join(keys[usage.id], (usage.kind, extra))
    reasons: dict[str, str] = {}
    for usage in usable:
        long = defined.get((usage.document_id, usage.name))
        full, why = (usage.same_as, "alias of") if usage.same_as else (long, "abbreviation of")
        if full and clusters.join(keys[usage.id], _key(_renamed(usage, full), countries)):
            reasons[usage.id] = f"{why} {full}, says the document"
    groups: dict[Key, list[NameUsage]] = defaultdict(list)
    for usage in usable:
        groups[clusters.find(keys[usage.id])].append(usage)
    entities = [_entity(root, members, reasons) for root, members in groups.items()]
    return sorted(entities, key=lambda e: (e.kind, e.name, e.id))


def is_scoped(name: str, kind: str) -> bool:
    """Whether a name alone says too little: a bare acronym of an organisation, or a generic
    name."""
    return kind == "organisation" and (is_acronym(name) or is_generic(name, kind))


def _keys(usage: NameUsage) -> tuple[str, ...]:
    return name_keys(usage.name, usage.kind)


def _key(usage: NameUsage, countries: dict[tuple[str, str], set[str]]) -> Key:
    """A usage's key. A bare acronym is scoped to its document; a generic name to its country or,
    unknown, document."""
    key = _keys(usage)[0]
    if not is_scoped(usage.name, usage.kind):
        return usage.kind, key
    scope = usage.document_id
    if not is_acronym(usage.name):
        known = countries.get((usage.document_id, key), set())
        claimed = {usage.within} if usage.within else known
        scope = next(iter(claimed)) if len(claimed) == 1 else scope
    return usage.kind, f"{key} @{scope}"


def _countries_by_document(usages: list[NameUsage]) -> dict[tuple[str, str], set[str]]:
    claimed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for usage in usages:
        if usage.within and usage.document_id:
            claimed[usage.document_id, _keys(usage)[0]].add(usage.within)
    return claimed


def _renamed(usage: NameUsage, name: str) -> NameUsage:
    return replace(usage, name=name, within=None) if name_keys(name, usage.kind) else usage


def _entity(root: Key, members: Sequence[NameUsage], reasons: dict[str, str]) -> Entity:
    spread = _documents_by_name(members)
    ranked = sorted(
        spread, key=lambda n: (is_acronym(n), is_generic(n, root[0]), -spread[n], -len(n), n)
    )
    within: Counter[str] = Counter()
    for usage in members:
        if usage.within:
            within[usage.within] += usage.mentions
    return Entity(
        id=content_id("e", *root),
        kind=root[0],
        name=ranked[0],
        aliases=tuple(sorted(ranked[1:])),
        within=min(within, key=lambda c: (-within[c], c)) if within else None,
        members=tuple((u.id, reasons.get(u.id, "same name")) for u in members),
    )


def _documents_by_name(members: Sequence[NameUsage]) -> dict[str, int]:
    """How many documents call an entity by each name. A name that means one thing everywhere is
    counted everywhere; of others, only the documents whose usage is a member."""
    documents: dict[str, set[str]] = defaultdict(set)
    everywhere: dict[str, int] = defaultdict(int)
    for usage in members:
        documents[usage.name].add(usage.document_id)
        if not is_scoped(usage.name, usage.kind):
            everywhere[usage.name] = usage.documents
    return {name: max(len(ids), everywhere[name]) for name, ids in documents.items()}
