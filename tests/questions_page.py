"""docs/questions.md: questions, their SQL, and what it answers on the bundled documents.

`python -m tests.questions_page` runs each query of the page and writes its answer below it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.query import Session
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "questions.md"
_QUERY = re.compile(r"(```sql\n([^`]*)```\n)(?:\n(?:\|[^\n]*\n)+(?:\n…[^\n]*\n)?)?")
_ROWS, _LETTERS = 6, 90


def questions_page(page: str, database: Path) -> str:
    """The page with the answers to its queries."""
    session = Session(database)
    try:
        return _QUERY.sub(lambda match: f"{match[1]}\n{_answer(session, match[2])}", page)
    finally:
        session.close()


def _answer(session: Session, sql: str) -> str:
    columns, rows = session.query(sql)
    lines = [_line(columns), _line(["---"] * len(columns)), *map(_line, rows[:_ROWS])]
    more = f"\n… {len(rows)} rows\n" if len(rows) > _ROWS else ""
    return "\n".join(lines) + "\n" + more


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return _cut("; ".join(map(_cell, value)))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return _cut(" ".join(str(value).removeprefix("data/documents/").split()).replace("|", "/"))


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(out=Path(folder))
        run(settings)
        told = questions_page(PAGE.read_text(encoding="utf-8"), settings.database)
        PAGE.write_text(told, encoding="utf-8")
