"""Text of documents and models made safe to print: a terminal obeys control characters."""

from __future__ import annotations

import json
import re

CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{CONTROL}]")
_CONTROL_OR_WIDE = re.compile(rf"[{CONTROL}]|[^\x00-\x7f]")


def plain(value: object) -> str:
    """A value as text in which U+FFFD stands for each control character."""
    return _CONTROL.sub("\ufffd", str(value))


def escaped(text: str, *, ascii_only: bool = False) -> str:
    """The text with each control character written as JSON escapes it, such as `\\u001b`; with
    `ascii_only` also whatever is not ASCII."""
    pattern = _CONTROL_OR_WIDE if ascii_only else _CONTROL
    return pattern.sub(lambda match: json.dumps(match[0])[1:-1], text)
