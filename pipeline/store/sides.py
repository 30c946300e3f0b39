"""What is asked about identity, for people: two names or claims, and what is known of either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.store.query import Session

_QUOTES = 3  # shown of a side
_QUESTIONS = """
SELECT question_id, kind, left_usage, right_usage, left_name, right_name, weight, reason
FROM question
"""
_SIDE = """
SELECT u.usage_id, u.kind, u.name, u.scope, u.entity_id, e.name, e.documents, e.mentions, u.names,
       u.countries, u.beside, u.stated, u.documents, u.mentions
FROM usage u JOIN entity e USING (entity_id)
"""
_QUOTED = """
SELECT DISTINCT d.path, e.quote, contains(e.quote, ?) AS named FROM entity_member m
JOIN evidence e ON e.record_id = m.record_id AND e.field = '' AND e.start IS NOT NULL
JOIN document d ON d.document_id = m.document_id
WHERE m.usage_id = ? ORDER BY named DESC, length(e.quote), d.path, e.quote LIMIT ?
"""
_CLAIM = """
SELECT c.type, c.dates, (SELECT list(e.name ORDER BY me.field) FROM mention me
         JOIN entity_member em USING (mention_id) JOIN entity e ON e.entity_id = em.entity_id
         WHERE me.record_id = c.record_id AND list_contains(c.parties, me.field)),
       c.amounts, c.numbers, c.figures, c.words, c.places, c.exact
FROM claim c JOIN entity_member m USING (record_id)
WHERE m.usage_id = ? AND m.mention_id IS NULL ORDER BY record_id LIMIT 1
"""
_OF_CLAIM = (
    "type",
    "dates",
    "parties",
    "amounts",
    "numbers",
    "figures",
    "words",
    "places",
    "exact",
)


@dataclass(frozen=True, slots=True)
class Question:
    """Whether two usages are one: `left` and `right` are their ids; `weight` is in bits."""

    id: str
    kind: str
    left: str
    right: str
    left_name: str
    right_name: str
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class Side:
    """A usage: names that are used alike, or one claim. `scope` is the document outside of which
    the name means nothing. `entity` is what it belongs to now, with that one's name and counts;
    `facts` are what is known of it, by label; `quotes` are documents with a sentence of each."""

    usage: str
    kind: str
    name: str
    scope: str
    entity: str
    entity_name: str
    entity_documents: int
    entity_mentions: int
    names: tuple[str, ...]
    documents: int
    mentions: int
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    quotes: tuple[tuple[str, str], ...]


class Sides:
    """The questions and usages of the run of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def questions(self) -> list[Question]:
        """All that is asked, the likeliest first."""
        return [Question(*r) for r in self._ask(f"{_QUESTIONS} ORDER BY weight DESC, question_id")]

    def asks(self, question_id: str) -> str:
        """Both sides of a question, as a model is shown them."""
        rows = self._ask("SELECT asks FROM question WHERE question_id = ?", [question_id])
        return str(rows[0][0]) if rows else ""

    def side(self, usage_id: str) -> Side | None:
        """The usage of an id; None where the run has none."""
        rows = self._ask(f"{_SIDE} WHERE u.usage_id = ?", [usage_id])
        return self._side(rows[0]) if rows else None

    def of(self, beginning: str) -> list[Side]:
        """The usages of entities or usages whose id begins so, those with most mentions first."""
        sql = f"{_SIDE} WHERE starts_with(u.entity_id, $1) OR starts_with(u.usage_id, $1)"
        rows = self._ask(f"{sql} ORDER BY u.mentions DESC, u.usage_id", [beginning])
        return [self._side(row) for row in rows]

    def entities(self, words: str, most: int) -> list[tuple[str, str, str, int, int]]:
        """Entities one of whose names holds `words`, case aside: id, kind, name, usages and
        documents, those with most usages first."""
        sql = (
            "SELECT entity_id, kind, name, (SELECT count(*) FROM usage u WHERE"
            " u.entity_id = e.entity_id) AS usages, documents FROM entity e WHERE"
            " contains(lower(name || ' ' || array_to_string(aliases, ' ')), lower($1))"
            " ORDER BY usages DESC, documents DESC, entity_id LIMIT $2"
        )
        return [tuple(row) for row in self._ask(sql, [words, most])]

    def _side(self, row: Sequence[Any]) -> Side:
        usage, kind, name, scope, entity, called, in_documents, in_all = row[:8]
        names, countries, beside, stated, documents, mentions = row[8:]
        claims = self._ask(_CLAIM, [usage])
        if claims:
            told = dict(zip(_OF_CLAIM, claims[0], strict=True))
        else:
            told = {"countries": countries, "beside": beside, "also called": stated}
        facts = tuple((label, _texts(value)) for label, value in told.items())
        quotes = [(p, q) for p, q, _ in self._ask(_QUOTED, [name, usage, _QUOTES])]
        return Side(
            usage, kind, name, scope, entity, called, in_documents, in_all, tuple(names), documents,
            mentions, facts, tuple(quotes),
        )  # fmt: skip

    def _ask(self, sql: str, given: Sequence[Any] = ()) -> list[Any]:
        return self._session.query(sql, list(given))[1]


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(str(v) for v in values if v not in (None, ""))
