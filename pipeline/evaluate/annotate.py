"""A gold file begun from a run: its records as analysts see them, with what reviewers decided
applied, for a person to correct. Facts that reviewers reported as missing are listed without their
records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.compare.claims import Claim
from pipeline.errors import DossierError
from pipeline.evaluate.scoring import as_seen
from pipeline.records import FieldSpec, Record, describe, table_name
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")
_DECIDED = """
SELECT record_id, path, verdict, value FROM decision
WHERE document = ? AND state = 'stands' AND record_id IS NOT NULL
"""
_MISSING = """
SELECT type, quote, who, why FROM decision
WHERE document = ? AND state = 'stands' AND verdict = 'missing' ORDER BY ALL
"""
_MODELS = "SELECT string_agg(DISTINCT model, ', ' ORDER BY model) FROM reply"
Decided = Mapping[tuple[str, str], tuple[str, str | None]]


def begin(session: Session, run: str, path: str, record_types: Iterable[type[Record]]) -> str:
    """The text of a gold file of the document at `path`. Raises DossierError for a document that
    the run has not read, or has no record of."""
    grounds = Grounds.of(session)
    if not grounds.has_document(path):
        some = ", ".join(list(grounds.paths)[:5])
        raise DossierError(f"Run {run} has not read {path}", f"It has read {some}.")
    decided = {(r, p): (v, x) for r, p, v, x in session.query(_DECIDED, [path])[1]}
    types = {table_name(t): t for t in record_types}
    claims = [c for table in grounds.tables for c in grounds.claims(path, table)]
    records = [
        {"id": f"r{number}", "type": claim.type, "optional": False, "record": record}
        for number, (claim, record) in enumerate(_records(claims, types, decided), 1)
    ]
    if not records:
        raise DossierError(f"Run {run} has no record of {path}", "Write its gold by hand.")
    models = session.query(_MODELS)[1][0][0]
    how = f"begun from run {run} ({models}), {len(decided)} decisions of reviewers applied"
    names = ("type", "quote", "who", "why")
    missing = [dict(zip(names, row, strict=True)) for row in session.query(_MISSING, [path])[1]]
    return gold_text(
        {
            "document": path,
            "annotator": f"{how}; to be corrected by a person, whose name goes here",
            **({"missing": missing} if missing else {}),
            "records": records,
            "negatives": [],
            "same": [],
            "different": [],
        }
    )


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet. Raises DossierError if it is, or cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise DossierError(f"{file} is there already", "Remove it, or name another.") from error
    except OSError as error:
        raise DossierError(f"{file}: {error.strerror}", "Name another place.") from error


def gold_text(gold: Mapping[str, Any]) -> str:
    """A gold file's text: a line for each record and negative, so that a change is one line."""
    parts = []
    for name, value in gold.items():
        if isinstance(value, list) and value:
            lines = ",\n  ".join(_json(entry) for entry in value)
            parts.append(f"{_json(name)}: [\n  {lines}\n ]")
        else:
            parts.append(f"{_json(name)}: {_json(value)}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def _records(
    claims: Iterable[Claim], types: Mapping[str, type[Record]], decided: Decided
) -> Iterator[tuple[Claim, dict[str, Any]]]:
    for claim in claims:
        seen = as_seen(claim)
        record_type = types.get(claim.type)
        if (
            seen is None
            or record_type is None
            or decided.get((claim.id, ""), ("", ""))[0] == "reject"
        ):
            continue
        values = {value.path: value.text for value in seen.values}
        for (of, path), (verdict, value) in decided.items():
            if of != claim.id or not path:
                continue
            if verdict == "correct" and value is not None:
                values[path] = value
            elif verdict == "reject":
                values.pop(path, None)
        told = _nested(values, describe(record_type))
        told["evidence"] = [quote.quote or quote.text for quote in claim.quotes]
        try:
            record = record_type.model_validate(told)
        except ValidationError:
            continue  # without what is doubted or was rejected it is no record any more
        yield claim, _plain(record.model_dump())


def _nested(values: Mapping[str, str], specs: tuple[FieldSpec, ...]) -> dict[str, Any]:
    """Values by path as a record holds them; null and empty lists where there are none."""
    found: dict[str, Any] = {}
    for spec in specs:
        own = {path: text for path, text in values.items() if _STEP.match(path)[1] == spec.name}  # type: ignore[index]
        if not spec.many:
            found[spec.name] = _one(own, spec, spec.name)
            continue
        places = sorted({int(_STEP.match(path)[2] or 0) for path in own})  # type: ignore[index]
        found[spec.name] = [_one(own, spec, f"{spec.name}[{place}]") for place in places]
    return found


def _one(values: Mapping[str, str], spec: FieldSpec, at: str) -> Any:
    if not spec.fields:
        return values.get(at)
    inner = {p.removeprefix(f"{at}."): text for p, text in values.items() if p.startswith(f"{at}.")}
    return _nested(inner, spec.fields) if inner else None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
