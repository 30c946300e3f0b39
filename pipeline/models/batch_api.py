"""The Batch API of OpenAI and of servers like it: submit what has no answer, collect what is done,
lose nothing between.

State is in the ledger's `batch` table and in the request files beside it, and every step can be
repeated: a crash between upload and creation is healed by looking for a batch that was made from
the uploaded file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai

from pipeline.errors import DossierError, EndpointError
from pipeline.ledger import BatchState, Ledger
from pipeline.models.batch import import_answers
from pipeline.models.environment import endpoint_of_environment

if TYPE_CHECKING:
    from openai.types import Batch

MAX_REQUESTS = 50_000
MAX_BYTES = 200_000_000
_ENDED = ("completed", "expired", "cancelled", "failed")


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection found: answers kept, requests that failed or were never answered, those
    under way, those submitted again, and what there is to say of batches that did not go well."""

    kept: int = 0
    failed: int = 0
    pending: int = 0
    resubmitted: int = 0
    said: tuple[str, ...] = ()


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
        submitted again, what any other did is a failure with its reason."""
        self._finish_started()
        found = Collected()
        left: list[str] = []
        for state in self._ledger.batches("submitted"):
            batch = _found(self._client.batches.retrieve, state.remote_id)
            if batch is not None and batch.status not in _ENDED:
                found = replace(found, pending=found.pending + state.requests)
                continue
            found, unanswered = self._taken(state, batch, found)
            if batch is not None and batch.status == "expired":
                left += unanswered.values()
            else:
                found = self._unanswered(state, batch, unanswered, found)
            status = batch.status if batch is not None else "deleted"
            self._ledger.put_batch(replace(state, status=status))
        if not left:
            return found
        again = self._folder / "left.jsonl"
        _write(again, "".join(left).encode())
        return replace(found, resubmitted=self.submit(again))

    def _taken(
        self, state: BatchState, batch: Batch | None, found: Collected
    ) -> tuple[Collected, dict[str, str]]:
        """The answers of a batch taken; keys and lines of the requests that have none, but for
        those whose failure was told, unless it expired and all are submitted again."""
        lines = dict(self._requests(state))
        accounted = set[str]()
        files = (batch.output_file_id, batch.error_file_id) if batch else ()
        for file_id in filter(None, files):
            content = _found(self._client.files.content, file_id)
            if content is None:
                continue
            path = self._folder / f"{state.name}.{file_id}.answers.jsonl"
            _write(path, content.read())
            try:
                count = import_answers(path, self._ledger, lines)
            except DossierError as error:
                found = replace(found, said=(*found.said, error.message))
                continue
            accounted |= set(count.failed_keys)
            kept, failed = found.kept + count.kept, found.failed + count.failed
            found = replace(found, kept=kept, failed=failed)
        if batch is not None and batch.status == "expired":
            accounted.clear()
        left = {k: line for k, line in lines.items() if k not in accounted}
        return found, {k: line for k, line in left.items() if self._ledger.get(k) is None}

    def _unanswered(
        self, state: BatchState, batch: Batch | None, keys: Collection[str], found: Collected
    ) -> Collected:
        """Requests that nothing came of: each a failure in the ledger, all of them one line."""
        if not keys:
            return found
        errors = batch.errors.data if batch and batch.errors and batch.errors.data else []
        why = "; ".join(error.message for error in errors[:3] if error.message)
        status = batch.status if batch else "deleted"
        told = f"{state.remote_id} {status}" + (f" ({why})" if why else "")
        for key in keys:
            self._ledger.add_failure(key, "BATCH_UNANSWERED", told)
        said = f"{told}: {len(keys)} of {state.requests} requests have no answer"
        return replace(found, failed=found.failed + len(keys), said=(*found.said, said))

    def _requests(self, state: BatchState) -> Iterator[tuple[str, str]]:
        """Keys and lines of what was submitted; lines that were damaged since are passed over."""
        file = self._folder / f"{state.name}.jsonl"
        for line in _lines(file) if file.exists() else ():
            with suppress(DossierError):
                yield _key(line), line

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
        submitted = self._ledger.batches("submitted")
        return {key for state in submitted for key, _ in self._requests(state)}


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


def _found(method: Any, name: str) -> Any:
    """What is there by that name, None where it was deleted."""
    try:
        return method(name)
    except openai.NotFoundError:
        return None
    except openai.OpenAIError as error:
        raise _failed(error) from error


def _called(method: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return method(*arguments, **named)
    except openai.OpenAIError as error:
        raise _failed(error) from error


def _failed(error: openai.OpenAIError) -> EndpointError:
    remedy = "Run the same command again; what was done is kept."
    return EndpointError(f"The endpoint's batch service failed: {str(error)[:200]}", remedy)
