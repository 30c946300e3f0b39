"""Replies recorded in a folder, one readable JSON file per call. A real provider: it answers or
refuses, never invents."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from pipeline.domain import Document, Reply, Request, Task
from pipeline.errors import CallError, DossierError
from pipeline.models.body import usage_of
from pipeline.models.status import Status


class RecordedReplies:
    """Answers from `folder`. Replies are found by the hash of messages, schema and parameters,
    whatever model gave them."""

    def __init__(self, folder: Path) -> None:
        """Read the folder's index. Raises DossierError when it is missing or a file in it is no
        recorded reply."""
        if not folder.is_dir():
            raise DossierError(
                f"{folder} does not exist", "Name the folder of recorded replies with --replies."
            )
        self.folder = folder
        self._files: dict[str, dict[str, Any]] = {}
        digest = hashlib.sha256()
        for file in sorted(folder.rglob("*.json")):
            try:
                data = file.read_bytes()
                digest.update(data)
                recorded = json.loads(data)
                reply_content(recorded)
                self._files[str(recorded["request"])] = recorded
            except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
                raise DossierError(
                    f"{file} is no recorded reply ({error})", "Record it again or remove it."
                ) from error
        self.version = digest.hexdigest()[:16]
        self.budget = None

    def status(self) -> Status:
        """Nothing is ever sent."""
        return Status()

    async def complete(self, request: Request, task: Task) -> Reply:
        """The recorded reply. Raises CallError NO_RECORDED_REPLY."""
        recorded = self._files.get(request.body_hash)
        if recorded is None:
            raise CallError(
                "NO_RECORDED_REPLY",
                f"No recorded reply for passage {request.passage_name}, task {request.task} in"
                f" {self.folder}",
                "Name a model that answers, or record it: dossier run --model NAME, then dossier"
                f" replies save {self.folder}",
            )
        return reply_from_file(recorded, request)

    def prepare(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to release."""


def reply_from_file(recorded: dict[str, Any], request: Request) -> Reply:
    """The reply that a recorded file holds."""
    tokens_in, _, tokens_out = usage_of(recorded)
    model = str(recorded.get("model") or "unknown")
    return Reply(
        key=request.key(model),
        model=model,
        content=reply_content(recorded),
        finish_reason=str(recorded.get("finish_reason") or "stop"),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        source="recorded",
    )


def reply_content(recorded: dict[str, Any]) -> str:
    """The reply's text. Raises KeyError for a file without one."""
    content = recorded["content"]
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def save_reply(folder: Path, document: Document, request: Request, reply: Reply) -> Path:
    """Write one reply as `folder/<document>/<passage>.<task>.json` and return the path.

    An answer that is a JSON object is laid out line by line, so that a re-recording shows as a
    diff.
    """
    try:
        content = json.loads(reply.content)
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # or half a character, which no file can hold
        content = reply.content
    stem = re.sub(r"[^\w.-]+", "-", Path(document.path).stem).strip(".-") or document.id
    if _taken(folder / stem, document.path):
        stem = f"{stem}-{document.id.removeprefix('doc_')[:8]}"
    path = folder / stem / f"{request.passage_name}.{request.task}.json"
    recorded = {
        "document": document.path,
        "passage": request.passage_name,
        "task": request.task,
        "request": request.body_hash,
        "model": reply.model,
        "finish_reason": reply.finish_reason,
        "usage": {"prompt_tokens": reply.tokens_in, "completion_tokens": reply.tokens_out},
        "content": content if isinstance(content, dict) else reply.content,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(recorded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DossierError(
            f"{path}: {error.strerror}", "Name a folder that can be written."
        ) from error
    return path


def _taken(folder: Path, document: str) -> bool:
    """Whether a folder holds replies of another document of the same name."""
    file = next(iter(sorted(folder.glob("*.json"))), None)
    if file is None:
        return False
    try:
        return bool(json.loads(file.read_text(encoding="utf-8"))["document"] != document)
    except (OSError, ValueError, KeyError, TypeError):
        return True  # whatever it is, it is not of this document
