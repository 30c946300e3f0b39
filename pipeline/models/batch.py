"""Requests to and answers from files in the format of the OpenAI Batch API, which vLLM's
`run-batch` takes as well."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain import Request
from pipeline.errors import DossierError
from pipeline.ledger import Ledger
from pipeline.models.body import chat_body, reply_from_completion


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What an import did: answers kept, answers that were there already, failures recorded."""

    kept: int
    known: int
    failed: int


def export_requests(
    requests: Iterable[Request], model: str, ledger: Ledger, path: Path
) -> tuple[int, int]:
    """Write a line for each request that the ledger has no answer to; returns (written, already
    answered).

    `custom_id` is the request's key. Raises DossierError when the file cannot be written.
    """
    written = answered = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.part")  # so that a file of this name is a whole one
        with aside.open("w", encoding="utf-8") as file:
            seen: set[str] = set()
            for request in requests:
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
        aside.replace(path)
    except OSError as error:
        raise DossierError(
            f"{path}: {error.strerror}", "Name another file, or make room."
        ) from error
    return written, answered


def import_answers(path: Path, ledger: Ledger) -> ImportCount:
    """Take the answers of one output or error file into the ledger; importing twice adds nothing.

    Raises DossierError, naming the line, when the file is not in the batch format.
    """
    kept = known = failed = 0
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(
            f"{path} cannot be read ({error})", "Name the output file of a batch."
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = json.loads(line)
            key, response = answer["custom_id"], answer.get("response") or {}
            if not isinstance(key, str) or not isinstance(response, dict):
                raise TypeError("custom_id or response is of the wrong type")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            remedy = (
                "Each line is an object with custom_id and response, as the Batch API writes it."
            )
            raise DossierError(f"{path}:{number} is no batch answer ({error!r})", remedy) from error
        error_text = json.dumps(answer.get("error") or response.get("body"), ensure_ascii=False)
        if answer.get("error") or response.get("status_code") != 200:
            ledger.add_failure(key, "BATCH_ERROR", error_text)
            failed += 1
            continue
        try:
            new = ledger.add(reply_from_completion(response["body"], key, "batch"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            ledger.add_failure(key, "BAD_COMPLETION", str(error))
            failed += 1
            continue
        kept, known = kept + new, known + (not new)
    return ImportCount(kept, known, failed)
