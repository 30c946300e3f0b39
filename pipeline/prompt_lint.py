"""What can be wrong with a prompt before anything is asked: unknown record types, an example that
is not what the prompt asks for, fields it never speaks of, its size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.domain import Task
from pipeline.errors import DossierError
from pipeline.prompts import load_task, reply_model
from pipeline.records import Record, describe, table_name, walk
from pipeline.text.tokens import count_tokens

MAX_LEAVES = 80  # of a schema, beyond which strict decoding gets slow, or is refused
_EXAMPLE = re.compile(r"```(?:json)?\n(.*?)\n```", re.DOTALL)
_SHARED = ("realis", "speaker")  # of every record; the preamble explains them


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a prompt. A fault has to be mended; a note is to be known."""

    file: str
    fault: bool
    said: str

    def __str__(self) -> str:
        return f"{self.file}: {'' if self.fault else 'note: '}{self.said}"


def lint_prompts(
    files: Mapping[str, Path], record_types: Iterable[type[Record]]
) -> Iterator[Finding]:
    """What there is to say of prompt files, by name; those that begin with _ are parts of
    others."""
    known = {record_type.__name__: record_type for record_type in record_types}
    asked: dict[str, str] = {}
    for name, path in files.items():
        if name.startswith("_"):
            continue
        try:
            task = load_task(path, known, files)
        except DossierError as error:
            yield Finding(name, True, error.message.removeprefix(f"{path}: "))
            continue
        for record_type in task.record_types:
            if other := asked.get(record_type.__name__):
                yield Finding(name, True, f"{record_type.__name__} is asked for in {other} too")
            asked[record_type.__name__] = name
        yield from _examples(name, task)
        yield from _unspoken(name, task)
        yield from _size(name, task)
    for missing in sorted(known.keys() - asked.keys()):
        yield Finding("prompts", False, f"no prompt asks for {missing}")


def leaves_of(schema: Mapping[str, Any]) -> int:
    """The number of values that a reply of one record each may hold: what strict decoding grows
    with."""
    definitions = schema.get("$defs", {})

    def count(node: Any) -> int:
        if not isinstance(node, dict):
            return 0
        if ref := node.get("$ref"):
            return count(definitions.get(str(ref).rpartition("/")[2], {}))
        inner = [*node.get("properties", {}).values(), *node.get("anyOf", [])]
        inner += [node["items"]] if "items" in node else []
        kinds = [part for part in inner if part.get("type") != "null"]
        return sum(map(count, kinds)) if kinds else 1

    return count(schema)


def _examples(name: str, task: Task) -> Iterator[Finding]:
    """Whether the worked examples are answers: of the schema's form, with quotes that stand in the
    prompt."""
    model = reply_model(task.record_types)
    found = list(_EXAMPLE.finditer(task.instructions))
    if not found:
        yield Finding(name, False, "it has no worked example")
    for match in found:
        try:
            reply = model.model_validate(json.loads(match[1]))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            yield Finding(name, True, f"its example is no answer: {where}: {first['msg']}")
            continue
        except ValueError as error:
            yield Finding(name, True, f"its example is no JSON ({error})")
            continue
        before = task.instructions[: match.start()]
        for record_type in task.record_types:
            for record in getattr(reply, table_name(record_type)):
                for quote in record.evidence:
                    if quote not in before:
                        said = f"its example quotes what its passage does not say: '{quote[:60]}'"
                        yield Finding(name, True, said)


def _unspoken(name: str, task: Task) -> Iterator[Finding]:
    """Fields that the instructions never speak of: only the schema's descriptions do."""
    prose = _EXAMPLE.sub("", task.instructions).casefold()
    for record_type in task.record_types:
        names = dict.fromkeys(
            spec.name for spec in walk(describe(record_type)) if spec.name not in _SHARED
        )
        unspoken = [field for field in names if not _speaks(prose, field)]
        if unspoken:
            said = f"of {table_name(record_type)} it never speaks of {', '.join(unspoken)}"
            yield Finding(name, False, f"{said}: the schema alone describes them")


def _speaks(prose: str, field: str) -> bool:
    words = field.replace("_", "[_ ]")
    return re.search(rf"(?<!\w){words}(?:s|es)?(?!\w)", prose) is not None


def _size(name: str, task: Task) -> Iterator[Finding]:
    schema = json.dumps(task.schema, ensure_ascii=False)
    leaves = leaves_of(task.schema)
    if leaves > MAX_LEAVES:
        yield Finding(
            name, True, f"its schema has {leaves} values; beyond {MAX_LEAVES} decoding suffers"
        )
    told = f"{count_tokens(task.instructions):,} tokens of instructions, {count_tokens(schema):,}"
    yield Finding(
        name,
        False,
        f"{told} of schema ({leaves} values), the same before every passage: a cache keeps them",
    )
