"""Tasks from `prompts/<task>.md`, their strict schemas, and the messages of one request.

The document is put between fence lines as data. No template engine ever sees it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from pipeline.domain import Document, Passage, Request, Task, content_id
from pipeline.errors import DossierError
from pipeline.records import Record, table_name
from pipeline.text.abbreviations import Abbreviation
from pipeline.text.notes import notes_cited

MAX_OUTPUT_TOKENS = 16_000  # unless the prompt's front matter says otherwise
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
# Keywords that servers refuse or ignore in strict decoding; the validators enforce them all the
# same.
_NOT_STRICT = {"title", "default", "minLength", "maxLength"}


def load_task(
    path: Path,
    record_types: Mapping[str, type[Record]],
    files: Mapping[str, Path] | None = None,
) -> Task:
    """The task a prompt file describes; its preamble is one of `files` by name, or stands beside
    it. Raises DossierError, naming the file, for anything wrong in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DossierError(f"{path} is no UTF-8 text", "Save it as UTF-8.") from error
    match = _FRONT_MATTER.match(text)
    if not match:
        raise DossierError(
            f"{path}: no front matter",
            "Begin the file with --- and a line `records: [RecordType]`.",
        )
    try:
        front = yaml.safe_load(_quoted_description(match[1]))
    except yaml.YAMLError as error:
        raise DossierError(f"{path}: front matter is no YAML ({error})", "Mend it.") from error
    if not isinstance(front, dict) or not isinstance(front.get("records") or [], list):
        raise DossierError(
            f"{path}: front matter is not of the form `records: [RecordType]`", "Mend it."
        )
    names = front.get("records") or []
    unknown = [name for name in names if name not in record_types]
    if unknown or not names:
        said = (
            f"names the unknown record type {unknown[0]!r}" if unknown else "names no record type"
        )
        raise DossierError(f"{path}: front matter {said}", f"Known are {', '.join(record_types)}.")
    body = text[match.end() :].strip()
    if front.get("preamble"):
        beside = path.parent / str(front["preamble"])
        preamble = (files or {}).get(beside.name, beside)
        if not preamble.is_file():
            raise DossierError(
                f"{path}: preamble {preamble.name} does not exist",
                "Name a file in the same folder.",
            )
        body = f"{preamble.read_text(encoding='utf-8').strip()}\n\n{body}"
    types = tuple(record_types[name] for name in names)
    tokens = front.get("max_output_tokens", MAX_OUTPUT_TOKENS)
    if not isinstance(tokens, int) or tokens < 1:
        raise DossierError(
            f"{path}: max_output_tokens is {tokens!r}", "It is a number of tokens such as 16000."
        )
    return _task(path.stem, body, types, tokens)


def task_of(path: Path, name: str, parts: tuple[type[BaseModel], ...]) -> Task:
    """The task that a file of bare instructions describes, answered by lists of `parts`. Raises
    DossierError when it cannot be read."""
    try:
        return _task(name, path.read_text(encoding="utf-8").strip(), parts, MAX_OUTPUT_TOKENS)
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(f"{path} cannot be read ({error})", "Put it back.") from error


def derived_task(task: Task, name: str, more: str) -> Task:
    """A task with more instructions behind its own, which is asked for the same records."""
    body = f"{task.instructions}\n\n{more}"
    return _task(name, body, task.record_types, int(task.parameters["max_completion_tokens"]))


def _task(name: str, body: str, parts: tuple[type[Any], ...], tokens: int) -> Task:
    schema = strict_schema(reply_model(parts))
    parameters = {"max_completion_tokens": tokens}
    digest = hashlib.sha256(
        json.dumps([body, schema, parameters], sort_keys=True).encode()
    ).hexdigest()[:16]
    return Task(name, body, parts, schema, parameters, digest)


def reply_model(record_types: tuple[type[BaseModel], ...]) -> type[BaseModel]:
    """The model of a whole reply: one list per record type, under the type's table name."""
    fields: dict[str, Any] = {}
    for record_type in record_types:
        about = " ".join((record_type.__doc__ or "").split())
        items = list[record_type]  # type: ignore[valid-type]
        fields[table_name(record_type)] = (items, Field(description=about))
    return create_model("Reply", __config__=ConfigDict(extra="forbid"), **fields)


def complaints(error: ValidationError) -> list[str]:
    """What is wrong with a reply, one short line per place, worded for whoever wrote it."""
    return [
        f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}"
        for e in error.errors()
    ]


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of `model` for strict decoding: all properties required, none additional, no
    defaults."""
    schema: dict[str, Any] = _strict(model.model_json_schema())
    return schema


def render_request(
    task: Task, document: Document, passage: Passage, abbreviations: Sequence[Abbreviation]
) -> Request:
    """The request for one passage and task: static instructions first, then the document as fenced
    data."""
    text = document.text[passage.start : passage.end]
    fence = content_id("passage", text)
    lines = [about_document(document, passage, abbreviations, text)]
    lines += ["The passage:", f"<<<{fence}", text, f"{fence}>>>"]
    if notes := notes_cited(document.text, passage.start, passage.end):
        told = "\n".join(f"{n}. {document.text[a:b]}" for n, (a, b) in notes.items())
        fence = content_id("notes", told)
        lines += ["The endnotes that it cites:", f"<<<{fence}", told, f"{fence}>>>"]
    return passage_request(task, document, passage, "\n".join(lines))


def passage_request(task: Task, document: Document, passage: Passage, content: str) -> Request:
    """A request about a passage: the task's instructions, which are always the same, then what is
    said this time."""
    messages = (
        {"role": "system", "content": task.instructions},
        {"role": "user", "content": content},
    )
    return Request(
        document.id,
        passage.id,
        f"{passage.index:03}{passage.part}",
        task.name,
        messages,
        task.schema,
        task.parameters,
        task.sample,
    )


def about_document(
    document: Document, passage: Passage, abbreviations: Sequence[Abbreviation], shown: str
) -> str:
    """The header of a request: what the document says of itself, and the abbreviations it defines
    that stand in the text `shown`."""
    about = {
        "title": document.title,
        "date": document.date,
        "publisher": document.publisher,
        "language": document.language,
        "section": " > ".join(passage.headings) or None,
    }
    lines = ["The document (null where it does not say):"]
    lines += [f"- {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in about.items()]
    used = [a for a in abbreviations if re.search(rf"(?<!\w){re.escape(a.short)}(?!\w)", shown)]
    if used:
        lines.append("Abbreviations the document defines:")
        lines += [
            f"- {json.dumps(a.short, ensure_ascii=False)} ="
            f" {json.dumps(a.long, ensure_ascii=False)}"
            for a in used
        ]
    return "\n".join(lines)


def _quoted_description(front: str) -> str:
    """A description may hold colons, which YAML would take for a mapping."""
    return re.sub(
        r"^(description: )(?![\"'])(.*)$",
        lambda m: m[1] + json.dumps(m[2]),
        front,
        flags=re.MULTILINE,
    )


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            result[key] = {name: _strict(item) for name, item in value.items()}
        elif key not in _NOT_STRICT:
            result[key] = _strict(value)
    if result.get("type") == "object":
        result["required"] = list(result.get("properties", {}))
        result["additionalProperties"] = False
    if isinstance(result.get("description"), str):
        result["description"] = " ".join(result["description"].split())
    return result
