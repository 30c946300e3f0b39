"""The Batch API of OpenAI and of servers like it: submit what has no answer, collect what is done,
lose nothing between.

State is in the ledger's `batch` table and in the request files beside it, and every step can be
repeated: a crash between upload and creation is healed by looking for a batch that was made from
the uploaded file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai

from pipeline.errors import DossierError, EndpointError
from pipeline.ledger import BatchState, Ledger
from pipeline.models.batch import import_answers
from pipeline.models.environment import endpoint_of_environment

MAX_REQUESTS = 50_000
MAX_BYTES = 200_000_000
_ENDED = ("completed", "expired", "cancelled", "failed")


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection found."""

    kept: int = 0
    failed: int = 0
    pending: int = 0
    resubmitted: int = 0


class BatchClient:
    """Submits and collects the batches of one output folder."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        """Raises EndpointError without a key or an address."""
        endpoint = endpoint_of_environment()
        if not endpoint.is_set:
            raise EndpointError(
                "OPENAI_API_KEY is not set",
                "Set it, or OPENAI_BASE_URL for a server that needs none.",
            )
        self._ledger = ledger
        self._folder = folder
        self._client = openai.OpenAI(
            api_key=endpoint.key or "none",
            base_url=endpoint.address or None,
            default_query=dict(endpoint.query),
        )

    def submit(self, requests: Path) -> int:
        """Submit the lines of a request file that are not under way already, in files of the
        allowed size.

        Returns how many requests were submitted. Raises EndpointError when the endpoint fails;
        submitting again goes on.
        """
        self._finish_started()
        under_way = self._keys_under_way()
        submitted = 0
        for lines in _chunks(line for line in _lines(requests) if _key(line) not in under_way):
            name = hashlib.sha256(
                "".join(sorted(_key(line) for line in lines)).encode()
            ).hexdigest()[:16]
            _write(self._folder / f"{name}.jsonl", "".join(lines).encode())
            self._ledger.put_batch(BatchState(name, len(lines), "written"))
            self._finish_started()
            submitted += len(lines)
        return submitted

    def collect(self) -> Collected:
        """Take the answers of batches that have ended; what an expired one left unanswered is
        submitted again."""
        self._finish_started()
        kept = failed = pending = 0
        left: list[str] = []
        for state in self._ledger.batches("submitted"):
            batch = _called(self._client.batches.retrieve, state.remote_id)
            if batch.status not in _ENDED:
                pending += state.requests
                continue
            for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
                path = self._folder / f"{state.name}.{file_id}.answers.jsonl"
                _write(path, _called(self._client.files.content, file_id).read())
                count = import_answers(path, self._ledger)
                kept, failed = kept + count.kept, failed + count.failed
            if batch.status == "expired":
                lines = _lines(self._folder / f"{state.name}.jsonl")
                left += [line for line in lines if self._ledger.get(_key(line)) is None]
            self._ledger.put_batch(
                BatchState(state.name, state.requests, batch.status, state.file_id, state.remote_id)
            )
        if not left:
            return Collected(kept, failed, pending)
        again = self._folder / "left.jsonl"
        _write(again, "".join(left).encode())
        return Collected(kept, failed, pending, self.submit(again))

    def _finish_started(self) -> None:
        """Bring batches that a crash left half submitted to the end."""
        for state in self._ledger.batches("written"):
            path = self._folder / f"{state.name}.jsonl"
            try:
                content = path.read_bytes()
            except OSError as error:
                remedy = "Submit again: what was not sent is written anew."
                self._ledger.put_batch(BatchState(state.name, state.requests, "lost"))
                raise DossierError(f"{path}: {error.strerror}", remedy) from error
            sent = (path.name, content)
            uploaded = _called(self._client.files.create, file=sent, purpose="batch")
            self._ledger.put_batch(BatchState(state.name, state.requests, "uploaded", uploaded.id))
        for state in self._ledger.batches("uploaded"):
            remote = next(
                (b for b in _called(self._client.batches.list) if b.input_file_id == state.file_id),
                None,
            )
            if remote is None:
                remote = _called(
                    self._client.batches.create,
                    input_file_id=state.file_id,
                    endpoint="/v1/chat/completions",
                    completion_window="24h",
                )
            self._ledger.put_batch(
                BatchState(state.name, state.requests, "submitted", state.file_id, remote.id)
            )

    def _keys_under_way(self) -> set[str]:
        files = (
            self._folder / f"{state.name}.jsonl" for state in self._ledger.batches("submitted")
        )
        return {_key(line) for file in files if file.exists() for line in _lines(file)}


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        raise DossierError(f"{path} cannot be read ({error.strerror})", "Submit again.") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise DossierError(f"{path}: {error.strerror}", "Make room, then run it again.") from error


def _key(line: str) -> str:
    """The key of a request line. Raises DossierError when the file was damaged."""
    try:
        return str(json.loads(line)["custom_id"])
    except (ValueError, KeyError, TypeError) as error:
        said = "A request file of a batch is damaged"
        raise DossierError(said, "Export and submit again.") from error


def _chunks(lines: Iterator[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode())
        if chunk and (len(chunk) >= MAX_REQUESTS or size + length > MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += length
    if chunk:
        yield chunk


def _called(method: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return method(*arguments, **named)
    except openai.OpenAIError as error:
        remedy = "Run the same command again; what was done is kept."
        raise EndpointError(
            f"The endpoint's batch service failed: {str(error)[:200]}", remedy
        ) from error
