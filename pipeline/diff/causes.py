"""Why two runs may differ: what their inputs and settings do not share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.settings import LOOK, REPEAT

# Columns of `run` that change rows, and what they are called.
_SETTINGS = {
    "code_digest": "the program's code",
    "libraries_digest": "the versions of libraries",
    "schemas_digest": "the record types",
    "views_digest": "the views",
    "passage_tokens": "the size of passages",
    "overlap_tokens": "the overlap of passages",
    "second_look": "the second look",
    "repeats": "how often everything is asked",
    "second_reading": "the second reading",
    "limits": "the limits of documents",
    "ocr": "OCR",
    "ask_model": "asking a model about identity",
    "prices": "the prices",
    "decisions": "the judgements about identity",
    "reviewed": "the reviewers' decisions",
}
_DERIVED = re.compile(rf"{LOOK}$|{REPEAT}\d+$")


def causes(
    runs: Sequence[Mapping[str, Any]],
    prompts: Sequence[Mapping[str, tuple[str, ...]]],
    documents: Sequence[tuple[str, str | None, str | None]],
    answered_anew: int,
) -> tuple[str, ...]:
    """What differs between two runs, each as a phrase; empty when nothing does. `runs` are the rows
    of `run`, `prompts` digests by task, `documents` paths with the id on either side."""
    return tuple(_causes(runs, prompts, documents, answered_anew))


def told(found: Sequence[str]) -> str:
    """The line that names the cause."""
    if not found:
        return "Nothing that a run depends on differs between them"
    if len(found) == 1:
        return f"Cause: {found[0]}"
    return f"Confounded, {len(found)} things differ: {'; '.join(found)}"


def _causes(
    runs: Sequence[Mapping[str, Any]],
    prompts: Sequence[Mapping[str, tuple[str, ...]]],
    documents: Sequence[tuple[str, str | None, str | None]],
    answered_anew: int,
) -> Iterator[str]:
    (one, other), (asked_one, asked_other) = runs, prompts
    models = [", ".join(p.get("model", ())) or "none" for p in prompts]
    if models[0] != models[1]:
        yield f"the model ({models[0]} → {models[1]})"
    known = "schemas_digest" in one and "schemas_digest" in other
    schemas = known and one["schemas_digest"] != other["schemas_digest"]
    # Repeats and second looks are asked with a task's own file, and told of below.
    tasks = [t for t in {**asked_one, **asked_other} if t != "model" and not _DERIVED.search(t)]
    changed = [t for t in sorted(tasks) if asked_one.get(t) != asked_other.get(t)]
    if changed and not schemas:  # the digest of a prompt covers its schema
        yield "the prompts " * (len(changed) > 1) + ", ".join(f"prompts/{t}.md" for t in changed)
    for column, name in _SETTINGS.items():
        # What an earlier release did not note cannot be told to differ.
        if column in one and column in other and one[column] != other[column]:
            yield name
    yield from _documents(documents)
    if answered_anew:
        yield f"{answered_anew} requests that were answered anew"


def _documents(documents: Sequence[tuple[str, str | None, str | None]]) -> Iterator[str]:
    kinds = (
        ("changed", [p for p, one, other in documents if one and other and one != other]),
        ("only in the first", [p for p, one, other in documents if one and not other]),
        ("only in the second", [p for p, one, other in documents if other and not one]),
    )
    parts = [f"{len(paths)} {said}" for said, paths in kinds if paths]
    if parts:
        yield f"documents ({', '.join(parts)})"
