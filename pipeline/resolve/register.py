"""Ids that outlive a run: of entities by their members, of documents by bytes and source. Pure.

The register is a file of lines to which runs only append: `{"entity": id, "add": [usages]}` gives
an entity members, `{"document": key, "bytes": id, "source": name}` a document another version. A
usage belongs to the entity of the last line that names it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain import content_id


class RegisterError(ValueError):
    """A register that contradicts itself; the message names the line."""


@dataclass
class Register:
    """What was minted so far: entities in order of age, the entity of each usage and those it was
    of before, and the keys of documents by bytes and by source."""

    order: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    former: dict[str, list[str]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    by_bytes: dict[str, str] = field(default_factory=dict)
    by_source: dict[str, str] = field(default_factory=dict)
    torn: list[int] = field(default_factory=list)


def read_register(lines: Iterable[str]) -> Register:
    """The register of a file. A torn line, as a killed run leaves at the end, is skipped and listed
    in `torn`. Raises RegisterError for an entity of two kinds, a redirection in a circle or of an
    entity that nobody minted."""
    register = Register()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            register.torn.append(number)
            continue
        if not isinstance(given, dict):
            raise RegisterError(f"line {number} is no entry")
        if "document" in given:
            _take_document(register, given, number)
        elif "entity" in given:
            _take_entity(register, given, number)
        else:
            raise RegisterError(f"line {number} names neither an entity nor a document")
    return register


def _take_document(register: Register, given: Mapping[str, object], number: int) -> None:
    key, bytes_id, source = (str(given.get(k, "")) for k in ("document", "bytes", "source"))
    known = register.by_bytes.get(bytes_id, key)
    if known != key:
        raise RegisterError(f"line {number}: {bytes_id} is {key} here and {known} above")
    register.by_bytes[bytes_id] = key
    if source:
        register.by_source[source] = key


def _take_entity(register: Register, given: Mapping[str, object], number: int) -> None:
    entity, kind = str(given["entity"]), str(given.get("kind", ""))
    if kind and register.kinds.setdefault(entity, kind) != kind:
        raise RegisterError(
            f"line {number}: {entity} is {kind} here, {register.kinds[entity]} above"
        )
    register.order.setdefault(entity, len(register.order))
    into = given.get("into")
    if into is not None:
        if str(into) not in register.order or leads_to(register, str(into)) == entity:
            raise RegisterError(f"line {number}: {entity} cannot lead to {into}")
        register.redirects[entity] = str(into)
    else:
        register.redirects.pop(entity, None)
    added = given.get("add", [])
    for usage in added if isinstance(added, list) else []:
        before = register.members.get(str(usage))
        if before not in (None, entity):
            register.former.setdefault(str(usage), []).append(str(before))
        register.members[str(usage)] = entity


def leads_to(register: Register, entity: str) -> str:
    """Where an entity's redirections end."""
    seen = {entity}
    while entity in register.redirects:
        entity = register.redirects[entity]
        if entity in seen:
            return entity
        seen.add(entity)
    return entity


def document_keys(
    register: Register, documents: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], list[str]]:
    """The key of each document, given as (id of its bytes, source), and the lines to append. Known
    bytes keep their key wherever they lie; other bytes at a known source are a new version of what
    lay there; all else is new, its key that of its bytes."""
    keys: dict[str, str] = {}
    lines = []
    given = sorted(documents)
    taken = {register.by_bytes[b] for b, _ in given if b in register.by_bytes}
    for bytes_id, source in given:
        key = register.by_bytes.get(bytes_id)
        if key is None:
            known = register.by_source.get(source)
            key = known if known and known not in taken else bytes_id
        if bytes_id not in register.by_bytes or register.by_source.get(source) != key:
            line = {"document": key, "bytes": bytes_id, "source": source}
            lines.append(json.dumps(line, ensure_ascii=False))
        taken.add(key)
        keys[bytes_id] = key
    return keys, lines


def entity_ids(
    register: Register,
    clusters: Iterable[tuple[str, Sequence[str]]],
    judged: Iterable[str] = (),
) -> tuple[list[str], list[str], dict[str, str]]:
    """The ids of clusters, given as (kind, members), in their order; the lines to append; and what
    is redirected now.

    Members take their id with them. Of several in one cluster the oldest survives and the others
    lead to it; of a cluster that fell apart the part with a member of `judged`, a person's word,
    keeps the id, else the largest, else the one with the smallest member; another part takes back
    the id that its members had before they were merged.
    """
    given = [(kind, sorted(members)) for kind, members in clusters]
    spoken = set(judged)
    claims: dict[str, list[tuple[bool, int, str, int]]] = defaultdict(list)
    for place, (_, members) in enumerate(given):
        shares = Counter(register.members[m] for m in members if m in register.members)
        for entity, count in shares.items():
            mine = [m for m in members if register.members.get(m) == entity]
            has_word = any(m in spoken for m in mine)
            claims[entity].append((not has_word, -count, mine[0], place))
    owned: dict[int, list[str]] = defaultdict(list)
    for entity, parts in claims.items():
        owned[min(parts)[3]].append(entity)
    ids: list[str] = []
    lines: list[str] = []
    redirects: dict[str, str] = {}
    taken = {entity for entities in owned.values() for entity in entities}
    for place, (kind, members) in enumerate(given):
        known = sorted(owned[place], key=lambda e: register.order[e])
        entity = known[0] if known else _taken_up(register, kind, members, taken)
        taken.add(entity)
        ids.append(entity)
        added = [m for m in members if register.members.get(m) != entity]
        if added or entity in register.redirects:
            entry = {"entity": entity, "kind": kind, "add": added}
            lines.append(json.dumps(entry, ensure_ascii=False))
        for other in known[1:]:
            redirects[other] = entity
            if register.redirects.get(other) != entity:
                lines.append(json.dumps({"entity": other, "into": entity}))
    current = set(ids)
    for other in register.redirects:
        end = leads_to(register, other)
        if other not in current and end in current:
            redirects.setdefault(other, end)
    return ids, lines, redirects


def _taken_up(register: Register, kind: str, members: Sequence[str], taken: set[str]) -> str:
    """The oldest id that members had before and nobody has now, else a new one."""
    former = {e for m in members for e in register.former.get(m, ()) if e not in taken}
    if former:
        return min(former, key=lambda e: register.order[e])
    return _minted(register, kind, members[0])


def _minted(register: Register, kind: str, first: str) -> str:
    """A new id, from the smallest member; another where a split left that one's id elsewhere."""
    entity, turn = content_id("e", kind, first), 0
    while entity in register.order:
        turn += 1
        entity = content_id("e", kind, first, turn)
    register.order[entity] = len(register.order)
    return entity
