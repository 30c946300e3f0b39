"""Requests to and answers from files in the format of the OpenAI Batch API, which vLLM's
`run-batch` takes as well."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.domain import Request
from pipeline.errors import DossierError
from pipeline.ledger import Ledger
from pipeline.models.body import chat_body, reply_from_completion


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What an import did: answers kept, answers that were there already, failures recorded, the
    numbers of lines that are no answers, lines for requests of somebody else, and which requests
    failed."""

    kept: int
    known: int
    failed: int
    bad: tuple[int, ...] = ()
    foreign: int = 0
    failed_keys: tuple[str, ...] = field(default=(), compare=False)


def export_requests(
    requests: Iterable[tuple[Request, str]], ledger: Ledger, path: Path
) -> tuple[int, int]:
    """Write a line for each request and the model it is for that the ledger has no answer to;
    returns (written, already
    answered).

    `custom_id` is the request's key. Raises DossierError when the file cannot be written.
    """
    written = answered = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.part")  # so that a file of this name is a whole one
        with aside.open("w", encoding="utf-8") as file:
            seen: set[str] = set()
            for request, model in requests:
                key = request.key(model)
                if key in seen:
                    continue  # two documents with the same passage are one request
                seen.add(key)
                if ledger.get(key):
                    answered += 1
                    continue
                line = {"custom_id": key, "method": "POST", "url": "/v1/chat/completions"}
                file.write(
                    json.dumps(line | {"body": chat_body(request, model)}, ensure_ascii=False)
                    + "\n"
                )
                written += 1
        ledger.add_exported(seen)
        aside.replace(path)
    except OSError as error:
        raise DossierError(
            f"{path}: {error.strerror}", "Name another file, or make room."
        ) from error
    return written, answered


def import_answers(path: Path, ledger: Ledger, ours: Container[str] | None = None) -> ImportCount:
    """Take the answers of one output or error file into the ledger; importing twice adds nothing.

    A line that is no answer, or to none of the requests `ours`, is counted and passed over. Raises
    DossierError when none is an answer.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError as error:
        remedy = "Name the output file of a batch."
        raise DossierError(f"{path} cannot be read ({error.strerror})", remedy) from error
    taken: Counter[str] = Counter()
    bad: list[int] = []
    failed: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        answer = _answer(line)
        if answer is None:
            bad.append(number)
            continue
        is_ours = ours is None or answer[0] in ours
        what = _take(*answer, ledger) if is_ours else "foreign"
        taken[what] += 1
        if what == "failed":
            failed.append(answer[0])
    if bad and not taken:
        remedy = "Each line is an object with custom_id and response, as the Batch API writes it."
        raise DossierError(f"{path}:{bad[0]} is no batch answer, and no other line is", remedy)
    return ImportCount(
        kept=taken["kept"],
        known=taken["known"],
        failed=taken["failed"],
        bad=tuple(bad),
        foreign=taken["foreign"],
        failed_keys=tuple(failed),
    )


def _answer(line: str) -> tuple[str, Any, dict[str, Any]] | None:
    """Key, error and response of a line; None if it is no batch answer."""
    try:
        answer = json.loads(line)
        key, response = answer["custom_id"], answer.get("response") or {}
        error = answer.get("error")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    whole = isinstance(key, str) and isinstance(response, dict)
    return (key, error, response) if whole else None


def _take(key: str, error: Any, response: dict[str, Any], ledger: Ledger) -> str:
    """Put an answer or a failure into the ledger: "kept", "known" or "failed"."""
    if error or response.get("status_code") != 200:
        ledger.add_failure(key, "BATCH_ERROR", json.dumps(error or response.get("body")))
        return "failed"
    try:
        reply = reply_from_completion(response["body"], key, "batch")
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as fault:
        ledger.add_failure(key, "BAD_COMPLETION", str(fault))
        return "failed"
    return "kept" if ledger.add(reply) else "known"
