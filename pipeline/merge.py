"""`dossier review merge`: what is asked about identity, and a person's word on it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import DossierError
from pipeline.resolve.judgements import Answer, JudgedSide, Judgement, undo_line
from pipeline.settings import Settings
from pipeline.stages.decisions import JUDGEMENTS, Decisions, append_lines, now, person
from pipeline.store.query import Session

_LISTED = 20
_SHOWN = 60  # characters of a name
_SIDES = """
SELECT usage_id, kind, name, scope, entity_id FROM usage
WHERE usage_id IN (SELECT left_usage FROM question WHERE question_id = $1)
   OR usage_id IN (SELECT right_usage FROM question WHERE question_id = $1)
ORDER BY usage_id
"""
_OF_ENTITY = """
SELECT usage_id, kind, name, scope, entity_id FROM usage
WHERE starts_with(entity_id, $1) OR starts_with(usage_id, $1)
ORDER BY mentions DESC, usage_id
"""


def open_questions(session: Session) -> Iterator[str]:
    """Lines that list what is asked, the likeliest first."""
    rows = session.query(
        "SELECT question_id, kind, left_name, right_name, reason FROM question"
        " ORDER BY weight DESC, question_id"
    )[1]
    if not rows:
        yield "Nothing is asked about identity."
        return
    yield f"{len(rows)} questions. Are the two the same?"
    for question, kind, left, right, reason in rows[:_LISTED]:
        yield f"\n  {question}  {kind}  ({reason.replace('_', ' ')})"
        yield f"    {_short(left)}\n    {_short(right)}"
    if len(rows) > _LISTED:
        yield f'\n  and {len(rows) - _LISTED} more: dossier sql "FROM question"'
    yield "\nShow one:   dossier review merge QUESTION"
    yield 'Judge one:  dossier review merge QUESTION same|different|unsure --why "..."'
    yield "Judge any:  dossier review merge ID ID same|different (ids of entities)"


def show_question(session: Session, question: str) -> Iterator[str]:
    """Lines that show both sides of a question. Raises DossierError for an unknown one."""
    rows = session.query(
        "SELECT question_id, reason, weight, asks FROM question WHERE starts_with(question_id, ?)",
        [question],
    )[1]
    if len(rows) != 1:
        raise DossierError(
            f"{len(rows)} questions begin with {question!r}", "`dossier review merge` lists them."
        )
    question_id, reason, weight, asks = rows[0]
    yield f"{question_id}  {weight:.1f} bits, {reason.replace('_', ' ')}"
    yield asks


def judge(settings: Settings, session: Session, ids: list[str], answer: Answer, why: str) -> str:
    """Write a person's judgement on a question, or on two entities, and say what to do next."""
    sides = _two(session, ids)
    kinds = {kind for _, kind, *_ in sides}
    if len(kinds) > 1:
        raise DossierError(f"One is {' and one '.join(sorted(kinds))}", "Name two of one kind.")
    left, right = (JudgedSide(usage, name, scope) for usage, _, name, scope, _ in sides)
    judgement = Judgement(answer, kinds.pop(), left, right, person(), why, now())
    decisions = Decisions(settings.decided)
    decisions.judge(judgement)
    path = settings.decided / JUDGEMENTS
    said = {"same": "are the same", "different": "are different", "unsure": "may be one or two"}
    return (
        f"{judgement.id} in {path}: {left.name} and {right.name} {said[answer]}."
        " `dossier run` applies it."
    )


def take_back(settings: Settings, judgement_id: str, why: str) -> str:
    """Write that a judgement is taken back. Raises DossierError for one that is not there."""
    decisions = Decisions(settings.decided)
    found = [j for j in decisions.judgements if j.id.startswith(judgement_id)]
    if len(found) != 1 or found[0].state == "taken_back":
        raise DossierError(
            f"No judgement in force begins with {judgement_id!r}",
            f"{settings.decided / JUDGEMENTS} lists them.",
        )
    line = undo_line(found[0].id, person(), why, now())
    append_lines(settings.decided / JUDGEMENTS, [line])
    return f"{found[0].id} is taken back. `dossier run` applies it."


def _two(session: Session, ids: list[str]) -> list[tuple[str, str, str, str, str]]:
    if len(ids) == 1:
        rows = session.query(_SIDES, [ids[0]])[1]
        if not rows:
            full = session.query(
                "SELECT question_id FROM question WHERE starts_with(question_id, ?)", [ids[0]]
            )[1]
            rows = session.query(_SIDES, [full[0][0]])[1] if len(full) == 1 else []
    else:
        rows = [found[0] for i in ids if (found := session.query(_OF_ENTITY, [i])[1])]
    if len(rows) != 2 or (rows[0][4] == rows[1][4] and len(ids) == 2 and ids[0] == ids[1]):
        raise DossierError(
            f"{' '.join(ids)} names no two things", "Name a question, or two entities or usages."
        )
    return [tuple(row) for row in rows]


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"
