"""From an entity to its members: the edge that joined each, weights or guard."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from pipeline.resolve import claims, guards
from pipeline.store.query import Session

_SHOWN = 70  # characters of a name
_MOST = 12  # pairs that were not joined
_NOT_JOINED = {"asked": "asked", "apart": "kept apart", "refused": "refused"}


def explain_entity(session: Session, entity_id: str) -> Iterator[str]:
    """Lines that tell what an entity is made of, why, and what was not joined to it."""
    kind, name, aliases, countries, documents, mentions, is_role = session.query(
        "SELECT kind, name, aliases, countries, documents, mentions, is_role FROM entity"
        " WHERE entity_id = ?",
        [entity_id],
    )[1][0]
    yield f"{kind} {_short(name)}  ({entity_id})"
    if aliases:
        yield f"  also: {'; '.join(map(_short, aliases))}"
    if is_role:
        yield "  a role or a class: it says who somebody is in a text, not who"
    claimed = f"countries claimed: {', '.join(countries)}; " if countries else ""
    yield f"  {claimed}{mentions} mentions in {documents} documents"
    yield from _usages(session, entity_id)
    yield from _edges(session, entity_id, kind)
    yield from _members(session, entity_id)
    yield f"\nThe sentences: dossier sql \"FROM evidence_of('{entity_id}')\""


def _usages(session: Session, entity_id: str) -> Iterator[str]:
    rows = session.query(
        "SELECT usage_id, name, countries, documents, mentions FROM usage WHERE entity_id = ?"
        " ORDER BY mentions DESC, usage_id",
        [entity_id],
    )[1]
    if len(rows) < 2:
        return
    yield "\n  joined from"
    for usage, name, countries, documents, mentions in rows:
        where = f", {'/'.join(countries)}" if countries else ""
        yield f"    {usage}  {_short(name)}{where}  ({mentions} in {documents} documents)"


def _edges(session: Session, entity_id: str, kind: str) -> Iterator[str]:
    is_claim = session.query("SELECT count(*) FROM claim WHERE kind = ?", [kind])[1][0][0] > 0
    sql = (
        "SELECT p.band, p.weight, p.reason, p.parts, p.relation, l.name, r.name,"
        " l.entity_id = r.entity_id AS within"
        " FROM identity_pair p JOIN usage l ON l.usage_id = p.left_usage"
        " JOIN usage r ON r.usage_id = p.right_usage"
        " WHERE l.entity_id = $1 OR r.entity_id = $1"
        " ORDER BY p.band <> 'asked', p.reason = 'record_tells_apart', p.weight DESC,"
        " l.name, r.name,"
        " p.left_usage, p.right_usage"
    )
    rows = session.query(sql, [entity_id])[1]
    joined = [row for row in rows if row[7] and row[0] == "joined"]
    others = [row for row in rows if not row[7]]
    if joined:
        yield "\n  by"
    for _, weight, reason, parts, _, left, right, _ in joined:
        yield f"    {_short(left)}  =  {_short(right)}"
        yield f"        {_told(reason, weight, parts, is_claim)}"
    if others:
        yield "\n  not joined"
    for band, weight, reason, parts, relation, left, right, _ in others[:_MOST]:
        suggested = f", {relation.replace('_', ' ')}?" if relation else ""
        yield f"    {_NOT_JOINED.get(band, band)}{suggested}: {_short(left)}  |  {_short(right)}"
        yield f"        {_told(reason, weight, parts, is_claim)}"
    if len(others) > _MOST:
        yield f"    and {len(others) - _MOST} more in identity_pair"


def _told(reason: str, weight: float, parts: dict[str, float], is_claim: bool) -> str:
    """A reason in words, with the bits of each comparison."""
    known = claims.GUARDS if is_claim else chain.from_iterable(guards.GUARDS.values())
    meaning = guards.guard_meaning(reason, known)
    said = f"{reason.replace('_', ' ')}{': ' + meaning if meaning else ''}"
    bits = ", ".join(f"{name} {value:+g}" for name, value in parts.items())
    return f"{said}  [{weight:g} bits: {bits}]" if bits else said


def _members(session: Session, entity_id: str) -> Iterator[str]:
    rows = session.query(
        "SELECT coalesce(m.name, u.name), em.reason, d.path, coalesce(m.field, ''), em.record_id"
        " FROM entity_member em JOIN usage u USING (usage_id)"
        " LEFT JOIN mention m ON m.mention_id = em.mention_id"
        " JOIN document d ON d.document_id = em.document_id"
        " WHERE em.entity_id = ? ORDER BY d.path, 1, em.record_id, 4",
        [entity_id],
    )[1]
    path = None
    for name, reason, document, field, record in rows:
        if document != path:
            path = document
            yield f"\n  {path}"
        where = f" {field}" if field else ""
        yield f"    {record}{where}: {_short(name)}  [{reason.replace('_', ' ')}]"


def _short(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
