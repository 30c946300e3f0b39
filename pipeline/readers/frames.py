"""What goes over the pipes between a run and its reading children: JSON, never pickles.

A request is a Source; with the id WANTED it asks for that alone, with LISTED for its attachments.
An answer is a Document (JSON, behind it the boxes as raw floats), the (code, message, remedy) of a
DocumentError, an id, or the number and name of each attachment. A child that a hostile file has
taken over can send wrong values, and no code or path.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from pipeline.domain import Document, Heading, Region, Warned
from pipeline.readers.sources import Source

Refusal = tuple[str, str, str]
Listed = list[tuple[str, str]]
WANTED, LISTED = "?", "?parts"
_JSON_LENGTH = 4
_PARTS: dict[str, Callable[..., Any]] = {
    "headings": Heading,
    "regions": Region,
    "warnings": Warned,
}
_PLAIN = [field.name for field in fields(Document) if field.name not in {*_PARTS, "boxes"}]


def source_to_bytes(source: Source) -> bytes:
    """A request."""
    return json.dumps([str(source.path), *source[1:]]).encode()


def source_from_bytes(content: bytes) -> Source:
    """The Source of a request."""
    path, *others = json.loads(content)
    return Source(Path(path), *others)


def answer_to_bytes(answer: Document | Refusal | Listed | str) -> bytes:
    """An answer."""
    if isinstance(answer, str):
        return _joined({"id": answer}, b"")
    if isinstance(answer, list):
        return _joined({"parts": answer}, b"")
    if not isinstance(answer, Document):
        return _joined({"refusal": answer}, b"")
    told: dict[str, Any] = {name: getattr(answer, name) for name in _PLAIN}
    for name in _PARTS:
        told[name] = [_values(part) for part in getattr(answer, name)]
    return _joined(told, answer.boxes.tobytes())


def answer_from_bytes(content: bytes) -> Document | Refusal | Listed | str:
    """The Document, refusal, list or id of an answer. Raises ValueError for anything else."""
    length = int.from_bytes(content[:_JSON_LENGTH], "big")
    try:
        told = json.loads(content[_JSON_LENGTH : _JSON_LENGTH + length])
        if refusal := told.get("refusal"):
            code, message, remedy = map(str, refusal)
            return code, message, remedy
        if told.keys() == {"id"}:
            return str(told["id"])
        if told.keys() == {"parts"}:
            return [(str(number), str(name)) for number, name in told["parts"]]
        boxes = array("f")
        boxes.frombytes(content[_JSON_LENGTH + length :])
        for name, part in _PARTS.items():
            told[name] = tuple(part(*values) for values in told[name])
        return Document(**told, boxes=boxes)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"the answer is of another form ({error})") from error


def _values(part: Any) -> list[Any]:
    return [getattr(part, field.name) for field in fields(part)]


def _joined(told: dict[str, Any], boxes: bytes) -> bytes:
    text = json.dumps(told).encode()
    return len(text).to_bytes(_JSON_LENGTH, "big") + text + boxes
