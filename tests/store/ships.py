"""A subject of ships with owners, made anew in a folder, and runs of it: for tests of the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from pipeline.ledger import Ledger
from pipeline.models.batch import import_answers
from pipeline.run import plan, run
from pipeline.settings import Settings
from tests.answers import completion

SCHEMA = '''
from typing import Annotated, ClassVar
from pydantic import Field
from pipeline.records import Country, Date, Mention, Name, Record

class Ship(Record):
    """A ship."""
    plural: ClassVar[str] = "ships"
    name: Annotated[Name, Mention("organisation", within="country", own=True)] = Field(description="Its name.")
    country: Country | None = Field(description="Its flag.")
    owner: Annotated[Name, Mention("organisation")] | None = Field(description="Who owns it.")
    sank: Date | None = Field(description="When.")

RECORD_TYPES = (Ship,)
'''


def ship(quote: str, name: str, **changes: Any) -> dict[str, Any]:
    """A record as a model would give it."""
    empty = {"speaker": None, "country": None, "owner": None, "sank": None, "realis": "actual"}
    return empty | {"evidence": [quote], "name": name} | changes


def made(
    folder: Path,
    documents: dict[str, str],
    answers: dict[str, list[dict[str, Any]]],
    views: dict[str, str] | None = None,
) -> Settings:
    """Run the subject over some texts, each with the records of its answer, and return the
    settings of the run."""
    subject, given = folder / "subject", folder / "in"
    for part in ("schemas/views", "prompts"):
        (subject / part).mkdir(parents=True, exist_ok=True)
    given.mkdir(exist_ok=True)
    (subject / "schemas" / "__init__.py").write_text(SCHEMA)
    (subject / "prompts" / "ships.md").write_text("---\nrecords: [Ship]\n---\nAsk.")
    for name, sql in (views or {}).items():
        (subject / "schemas" / "views" / f"{name}.sql").write_text(sql)
    for name, text in documents.items():
        (given / name).write_text(text)
    settings = Settings(paths=(given,), out=folder / "out", subject=subject, model="m")
    ledger = Ledger(settings.ledger)
    lines = []
    for document, planned in plan(settings):
        records = answers.get(Path(document.path).name, [])
        body = completion(json.dumps({"ship": records}))
        response = {"status_code": 200, "body": body}
        lines.append({"custom_id": planned.request.key("m"), "response": response})
    file = folder / "answers.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    import_answers(file, ledger)
    ledger.close()
    run(settings)
    return settings


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query to the published file."""
    with duckdb.connect(str(settings.database.resolve()), read_only=True) as db:
        return db.execute(sql).fetchall()
