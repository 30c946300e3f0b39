"""Replies to records. By this one reader a reply is both judged and parsed, so that none is asked
for again, and paid for again, that would have been taken.

Read are also replies in Markdown fences, behind a model's thinking or amid prose, with keys given
twice, unknown or left out: servers that do not hold a model to the schema bring all of them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from pipeline.domain import Reply, Request
from pipeline.prompts import complaints
from pipeline.records import table_name
from pipeline.text.tokens import count_tokens

_LEAST_CONTEXT = 200  # tokens; a count below is no context that was full
_MAX_OBJECTS = 50  # places where the answer may begin
_THINKING = re.compile(
    r"\A[^{]*?</(?:think|thinking|thought)>|\A<(?:think|thinking|thought)>.*?</\w+>", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a reply: a code as in the table of issues, and what it says."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The records of a reply and what was wrong with it. `is_cut` says that the output limit came
    within its records, so that shorter passages would bring more."""

    records: tuple[Any, ...]
    problems: tuple[Problem, ...]
    is_cut: bool = False


def read_reply(reply: Reply, record_types: tuple[type[BaseModel], ...]) -> Reading:
    """The records that can be saved of a reply. Never raises."""
    names = tuple(map(table_name, record_types))
    problems: list[Problem] = []
    try:
        content, broken = _content(reply, names, problems)
        content = _kept(content)
    except RecursionError:
        content, broken = {}, Problem("NOT_JSON", "The reply nests too deep to be read")
    if broken:
        problems.append(broken)
    records: list[BaseModel] = []
    for name, record_type in zip(names, record_types, strict=True):
        items = content.get(name)
        if not isinstance(items, list):
            if not broken:
                problems.append(Problem("SCHEMA_BROKEN", f"The reply has no list {name!r}"))
            continue
        for index, item in enumerate(items):
            record, wrong = _record(record_type, item)
            # The last record of a truncated reply is cut too; that the reply is says enough.
            if record is None and broken and index == len(items) - 1:
                continue
            code = "RECORD_REJECTED" if record is None else "VALUE_REJECTED"
            problems += [Problem(code, f"{name}[{index}].{said}") for said in wrong]
            if record is not None:
                records.append(record)
    is_cut = reply.finish_reason == "length" and bool(broken) and any(n in content for n in names)
    return Reading(tuple(records), tuple(problems), is_cut)


def is_cut(reply: Reply, record_types: tuple[type[BaseModel], ...]) -> bool:
    """Whether the output limit came within the records of a reply, so that shorter passages would
    bring more; not when it came before, of thinking, or behind."""
    return reply.finish_reason == "length" and read_reply(reply, record_types).is_cut


def input_cut(reply: Reply, request: Request) -> Problem | None:
    """That the server took much less in than was sent, going by its own count: it cuts what does
    not fit its context, and says nothing."""
    sent = sum(count_tokens(message["content"]) for message in request.messages)
    if not _LEAST_CONTEXT <= reply.tokens_in < sent / 2:
        return None
    said = f"The server read {reply.tokens_in} tokens of about {sent} that were sent"
    return Problem("INPUT_CUT", said)


def _content(
    reply: Reply, names: tuple[str, ...], problems: list[Problem]
) -> tuple[dict[str, Any], Problem | None]:
    """The object that a reply holds, as far as it goes, and why it is not whole."""
    text = _THINKING.sub("", reply.content.replace("\ufeff", "")).strip()
    if reply.finish_reason == "refusal":
        return {}, Problem("REFUSED", f"The model refused: {text[:200]}")
    if reply.finish_reason == "content_filter":
        return {}, Problem("FILTERED", "The provider's content filter stopped the reply")
    if not text and reply.finish_reason == "length":
        return {}, _spent(reply)
    if not text:
        said = f"The reply is empty (finish reason {reply.finish_reason})"
        return {}, Problem("EMPTY_REPLY", said)
    value = _whole(text, names, problems)
    if value is not None:
        return value, None
    return _begun(text, reply, names)


def _whole(text: str, names: tuple[str, ...], problems: list[Problem]) -> dict[str, Any] | None:
    """The first object in a text that has a list of records, else one that the text is."""
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: _merged(pairs, doubled))
    starts = [match.start() for match in re.finditer(r"\{", text)][:_MAX_OBJECTS]
    answer = _answer_begins(names)
    only: dict[str, Any] | None = None
    for start in starts:
        doubled: list[str] = []
        try:
            value, _ = decoder.raw_decode(text, start)
        except ValueError:
            if answer.match(text, start):
                return None  # it is cut: what stands within it is no answer
            continue
        if any(isinstance(value.get(name), list) for name in names):
            problems += [Problem("VALUE_REJECTED", said) for said in doubled]
            return dict(value)
        if start == starts[0]:
            only = value
    return only


def _begun(text: str, reply: Reply, names: tuple[str, ...]) -> tuple[dict[str, Any], Problem]:
    """What can be read of an object that does not end."""
    begins = _answer_begins(names).search(text)
    start = begins.start() if begins else max(0, text.find("{"))
    try:
        value = from_json(text[start:].encode("utf-8", "replace"), allow_partial=True)
    except ValueError as error:
        if reply.finish_reason == "length":
            return {}, _spent(reply)
        return {}, Problem("NOT_JSON", f"The reply is not JSON ({error})")
    if not isinstance(value, dict) or not value:
        if isinstance(value, list):
            return {}, Problem("SCHEMA_BROKEN", "The reply is JSON but no object")
        return {}, Problem("NOT_JSON", "The reply is not a JSON object")
    said = f"cut off after {len(text)} characters (finish reason {reply.finish_reason})"
    return value, Problem("TRUNCATED", f"The reply is {said}")


@cache
def _answer_begins(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf'\{{\s*"(?:{"|".join(map(re.escape, names))})"')


def _spent(reply: Reply) -> Problem:
    said = f"The model spent its {reply.tokens_out or ''} tokens of output before its first record"
    return Problem("OUTPUT_LIMIT", " ".join(said.split()))


def _merged(pairs: list[tuple[str, Any]], doubled: list[str]) -> dict[str, Any]:
    """An object whose keys may be given twice: lists are joined; of values that differ none is
    taken, and `doubled` tells."""
    merged: dict[str, Any] = {}
    for key, value in pairs:
        if key not in merged or merged[key] is None:
            merged[key] = value
        elif isinstance(value, list) and isinstance(merged[key], list):
            merged[key] = merged[key] + value
        elif value is not None and value != merged[key]:
            doubled.append(f"{key} is given twice, as {merged[key]!r:.60} and {value!r:.60}")
            merged[key] = None
    return merged


def _kept(value: Any) -> Any:
    """Without what no database keeps: NUL, and halves of characters."""
    if isinstance(value, str):
        pairs = value.replace("\0", "").encode("utf-16-le", "surrogatepass")
        return pairs.decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_kept(item) for item in value]
    if isinstance(value, dict):
        return {_kept(key): _kept(item) for key, item in value.items()}
    return value


def _record(record_type: type[BaseModel], item: Any) -> tuple[BaseModel | None, list[str]]:
    """The record, if need be without the single values that do not validate, and what was wrong."""
    fitted = _fitted(record_type, item)
    try:
        return record_type.model_validate(fitted), []
    except ValidationError as error:
        problems = complaints(error)
        mended = json.loads(json.dumps(fitted, default=str))
        for place in sorted((e["loc"] for e in error.errors()), key=_order, reverse=True):
            _remove(mended, place)
        try:
            return record_type.model_validate(mended), problems
        except ValidationError:
            return None, problems


def _fitted(kind: Any, value: Any) -> Any:
    """A value without keys that its type does not know; what may be null and was left out is."""
    if isinstance(value, list):
        return [_fitted(kind, item) for item in value]
    model = _model_in(kind)
    if model is None or not isinstance(value, dict):
        return value
    return {
        name: _fitted(field.annotation, value.get(name))
        for name, field in model.model_fields.items()
        if name in value or _may_be_null(field.annotation)
    }


@cache
def _model_in(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    for part in get_args(kind):  # such as of a list of parts, or null
        if found := _model_in(part):
            return found
    return None


def _may_be_null(kind: Any) -> bool:
    return NoneType in get_args(kind)


def _order(place: tuple[int | str, ...]) -> list[tuple[int, str]]:
    """Places of one list by their number: the last is taken out first, so that none moves."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _remove(item: Any, place: tuple[int | str, ...]) -> None:
    """Set the value at `place` to null, or take it out of its list."""
    for part in place[:-1]:
        try:
            item = item[part]
        except (KeyError, IndexError, TypeError):
            return
    last = place[-1] if place else None
    if isinstance(item, dict) and last in item:
        item[last] = None
    elif isinstance(item, list) and isinstance(last, int) and last < len(item):
        del item[last]
