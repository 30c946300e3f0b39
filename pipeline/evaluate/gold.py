"""Gold files: what a careful reader wants in the database from one document, in the record types'
own form. docs/annotating.md says how one is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.compare.claims import Claim, claim_of
from pipeline.errors import DossierError
from pipeline.records import Record, describe, table_name, walk_paths

SUFFIX = ".json"
GOLD = "gold"  # the status of a value that a reader gave


@dataclass(frozen=True, slots=True)
class Negative:
    """What the document does not say: a record of `type` whose values are those of `where`, by path
    without indices, asserts it."""

    type: str
    where: tuple[tuple[str, str], ...]
    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a kind of entity that are one, or two that are not."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold file. `document` is the path it is about; `optional` holds the ids of records that
    count neither for nor against a run."""

    document: str
    annotator: str
    claims: tuple[Claim, ...]
    optional: frozenset[str]
    negatives: tuple[Negative, ...] = ()
    same: tuple[Names, ...] = ()
    different: tuple[Names, ...] = ()

    @property
    def quotes(self) -> tuple[tuple[str, str], ...]:
        """All quotes, each with the record or the negative it belongs to."""
        records = [(c.id, q.text) for c in self.claims for q in c.quotes]
        told = [(f"negative {n}", x.quote) for n, x in enumerate(self.negatives, 1) if x.quote]
        return (*records, *told)


def read_gold(folder: Path, record_types: Iterable[type[Record]]) -> list[Gold]:
    """The gold files of a folder, by document. Raises DossierError for what is none, naming file
    and record, and for a folder without any."""
    known = {table_name(t): t for t in record_types}
    files = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    if not files:
        raise DossierError(
            f"{folder} holds no gold file", "docs/annotating.md says how one is written."
        )
    found: dict[str, Gold] = {}
    for file in files:
        gold = _read(file, known)
        if gold.document in found:
            raise DossierError(f"{file}: a second gold file of {gold.document}", "Keep one.")
        found[gold.document] = gold
    return [found[document] for document in sorted(found)]


def check_quotes(gold: Gold, text: str) -> None:
    """Raises DossierError for a quote that is not in the document's text, line breaks aside."""
    flat = " ".join(text.split())
    for where, quote in gold.quotes:
        if " ".join(quote.split()) not in flat:
            raise DossierError(
                f"Gold of {gold.document}, {where}: '{quote[:80]}' is not in the document",
                "Quote it as it stands there.",
            )


def _read(file: Path, known: Mapping[str, type[Record]]) -> Gold:
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DossierError(f"{file} cannot be read ({error})", "Mend it.") from error
    if isinstance(given, dict) and given.get("missing"):
        raise DossierError(
            f"{file}: under `missing` stand facts that reviewers reported, without their records",
            "Write the records, and take the list out.",
        )
    try:
        document = str(given["document"])
        claims, optional = [], set()
        for number, entry in enumerate(given["records"], 1):
            record_id = str(entry.get("id") or f"record {number}")
            record = _record(file, record_id, entry, known)
            claims.append(claim_of(record_id, document, record, GOLD))
            if entry.get("optional"):
                optional.add(record_id)
        if len({claim.id for claim in claims}) < len(claims):
            raise DossierError(f"{file}: two records have one id", "Give each its own.")
        return Gold(
            document,
            str(given.get("annotator", "")),
            tuple(claims),
            frozenset(optional),
            tuple(_negative(file, n, entry, known) for n, entry in _numbered(given, "negatives")),
            tuple(_names(entry) for _, entry in _numbered(given, "same")),
            tuple(_names(entry) for _, entry in _numbered(given, "different")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DossierError(
            f"{file} is no gold file ({type(error).__name__}: {error})",
            "docs/annotating.md shows the form.",
        ) from error


def _numbered(given: Mapping[str, Any], name: str) -> list[tuple[int, Any]]:
    return list(enumerate(given.get(name) or [], 1))


def _record(
    file: Path, record_id: str, entry: Mapping[str, Any], known: Mapping[str, type[Record]]
) -> Record:
    record_type = known.get(entry["type"])
    if record_type is None:
        raise _unknown_type(file, record_id, str(entry["type"]), known)
    try:
        return record_type.model_validate(entry["record"])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DossierError(
            f"{file}, {record_id}: {where}: {first['msg']}", "Mend the value."
        ) from error


def _negative(
    file: Path, number: int, entry: Mapping[str, Any], known: Mapping[str, type[Record]]
) -> Negative:
    where = tuple((str(path), str(value)) for path, value in dict(entry["where"]).items())
    record_type = known.get(entry["type"])
    if record_type is None:
        raise _unknown_type(file, f"negative {number}", str(entry["type"]), known)
    paths = walk_paths(describe(record_type))
    for path, _ in where:
        if path not in paths:
            raise DossierError(
                f"{file}, negative {number}: {entry['type']} has no field {path}",
                f"It has {', '.join(paths)}.",
            )
    return Negative(entry["type"], where, str(entry.get("quote", "")), str(entry.get("why", "")))


def _unknown_type(
    file: Path, where: str, name: str, known: Mapping[str, type[Record]]
) -> DossierError:
    return DossierError(
        f"{file}, {where}: no record type is called '{name}'", f"There are {', '.join(known)}."
    )


def _names(entry: Mapping[str, Any]) -> Names:
    return Names(str(entry["kind"]), tuple(map(str, entry["names"])))
