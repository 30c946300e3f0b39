"""What a model copied from its prompt instead of the document: quotes and values that stand in the
instructions, most likely in their worked example, and not in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.domain import ACCEPTED, GroundedRecord
from pipeline.text.folding import fold_text

_LEAST = 4  # characters, below which a value stands in any text by chance


def leaked(record: GroundedRecord, instructions: str) -> Iterator[tuple[str, str]]:
    """The field, empty for a quote, and the text of all that a record has from the instructions
    and not from its document."""
    prompt = _folded(instructions)
    for evidence in record.evidence:
        text = evidence.value or evidence.quote or ""
        invented = (
            evidence.status not in ACCEPTED if not evidence.field else evidence.status == "absent"
        )
        if invented and len(text) >= _LEAST and _stands(fold_text(text), prompt):
            yield evidence.field, text


@lru_cache(maxsize=64)
def _folded(instructions: str) -> str:
    return " ".join(fold_text(instructions).split())


def _stands(text: str, prompt: str) -> bool:
    words = " ".join(text.split())
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", prompt) is not None
