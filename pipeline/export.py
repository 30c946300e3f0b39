"""Records as JSON lines, a file a document, so that `git diff` between two exports reads well.

No line holds what changes without the record changing: no ids, no offsets. Lines are in order of
type, first quote and values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.compare.claims import Claim
from pipeline.domain import DOUBTED
from pipeline.errors import DossierError
from pipeline.store.grounds import Grounds
from pipeline.store.query import Session

SUFFIX = ".records.jsonl"


def export_records(session: Session, folder: Path) -> int:
    """Write a file for each document of a run and return their number. Files of an earlier export
    whose document is gone are removed; no other file is touched. Raises DossierError."""
    grounds = Grounds.of(session)
    written: set[str] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in grounds.paths:
            name = _name(path, written)
            claims = [c for table in grounds.tables for c in grounds.claims(path, table)]
            text = "".join(f"{line}\n" for line in record_lines(claims))
            aside = folder / f".{name}.new"
            aside.write_text(text, encoding="utf-8")
            aside.replace(folder / name)
            written.add(name)
        for left in folder.glob(f"*{SUFFIX}"):
            if left.name not in written:
                left.unlink()
    except OSError as error:
        raise DossierError(
            f"{folder}: {error.strerror}", "Name a folder that can be written."
        ) from error
    return len(written)


def record_lines(claims: Iterable[Claim]) -> list[str]:
    """A line for each record, in order."""
    told = [(c.type, _first(c), json.dumps(_told(c), ensure_ascii=False)) for c in claims]
    return [line for _, _, line in sorted(told)]


def _told(claim: Claim) -> dict[str, object]:
    doubts = {v.path: v.reason or v.status for v in claim.values if v.status in DOUBTED}
    record: dict[str, object] = {
        "type": claim.type,
        "values": {value.path: value.text for value in claim.values},
        "quotes": [quote.quote or quote.text for quote in claim.quotes],
    }
    return record | ({"doubted": doubts} if doubts else {})


def _first(claim: Claim) -> int:
    """Where its first quote stands; of a record without one, behind all others."""
    return min((q.start for q in claim.quotes if q.start is not None), default=2**62)


def _name(path: str, taken: set[str]) -> str:
    stem = re.sub(r"[^\w.-]+", "-", Path(path).name).strip(".-") or "document"
    name, number = f"{stem}{SUFFIX}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{SUFFIX}"
    return name
