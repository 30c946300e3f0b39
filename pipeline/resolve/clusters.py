"""Mentions to entities: union of equal names and of aliases the documents define, held apart where
a document says so.

Union-find with cannot-link sets. Entity ids are hashes of the smallest key, so the same mentions
give the same ids in any order of arrival.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from pipeline.domain import Entity, NameMention, content_id
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
    mentions: Iterable[NameMention], abbreviations: Iterable[tuple[str, str, str]]
) -> list[Entity]:
    """The entities that `mentions` denote. `abbreviations` are (document id, short form, long
    form).

    The display name of an entity is the one most documents use, then the longest, then the first in
    order.
    """
    usable = [m for m in mentions if m.kind in KINDS and name_keys(m.name, m.kind)]
    defined = {(document, short): long for document, short, long in abbreviations}
    countries = _countries_by_document(usable)
    keys = {m.id: _key(m, countries) for m in usable}
    clusters = Clusters()
    for mention in usable:
        if mention.apart_from:
            clusters.keep_apart(
                keys[mention.id], _key(_renamed(mention, mention.apart_from), countries)
            )
    for mention in usable:
        for extra in name_keys(mention.name, mention.kind)[1:]:
            clusters.join(keys[mention.id], (mention.kind, extra))
    reasons: dict[str, str] = {}
    for mention in sorted(usable, key=lambda m: m.id):
        long = defined.get((mention.document_id, mention.name))
        full, why = (mention.same_as, "alias of") if mention.same_as else (long, "abbreviation of")
        if full and clusters.join(keys[mention.id], _key(_renamed(mention, full), countries)):
            reasons[mention.id] = f"{why} {full}, says the document"
    groups: dict[Key, list[NameMention]] = defaultdict(list)
    for mention in usable:
        groups[clusters.find(keys[mention.id])].append(mention)
    entities = [_entity(root, members, reasons) for root, members in groups.items()]
    return sorted(entities, key=lambda e: (e.kind, e.name, e.id))


def _key(mention: NameMention, countries: dict[tuple[str, str], set[str]]) -> Key:
    """A mention's key. A bare acronym is scoped to its document; a generic name to its country or,
    unknown, document."""
    key = name_keys(mention.name, mention.kind)[0]
    if is_acronym(mention.name) and mention.kind == "organisation":
        return mention.kind, f"{key} @{mention.document_id}"
    if is_generic(mention.name, mention.kind):
        claimed = (
            {mention.within} if mention.within else countries.get((mention.document_id, key), set())
        )
        return (
            mention.kind,
            f"{key} @{next(iter(claimed)) if len(claimed) == 1 else mention.document_id}",
        )
    return mention.kind, key


def _countries_by_document(mentions: list[NameMention]) -> dict[tuple[str, str], set[str]]:
    claimed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.within:
            claimed[mention.document_id, name_keys(mention.name, mention.kind)[0]].add(
                mention.within
            )
    return claimed


def _renamed(mention: NameMention, name: str) -> NameMention:
    same = NameMention(
        mention.id, mention.record_id, mention.document_id, mention.field, mention.kind, name
    )
    return same if name_keys(name, mention.kind) else mention


def _entity(root: Key, members: list[NameMention], reasons: dict[str, str]) -> Entity:
    documents: dict[str, set[str]] = defaultdict(set)
    for mention in members:
        documents[mention.name].add(mention.document_id)
    ranked = sorted(
        documents,
        key=lambda n: (is_acronym(n), is_generic(n, root[0]), -len(documents[n]), -len(n), n),
    )
    within = Counter(m.within for m in members if m.within)
    return Entity(
        id=content_id("e", *root),
        kind=root[0],
        name=ranked[0],
        aliases=tuple(sorted(ranked[1:])),
        within=min(within, key=lambda c: (-within[c], c)) if within else None,
        members=tuple(
            (m.id, reasons.get(m.id, "same name")) for m in sorted(members, key=lambda m: m.id)
        ),
    )
