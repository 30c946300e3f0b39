"""Formulas of Office documents (OMML) as a line of text."""

from __future__ import annotations

import re
from typing import Any

from pipeline.readers.letters import raised

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def formula(node: Any) -> str:
    """A formula as it would be typed: fractions with a slash, powers as superscripts; what is
    stacked stands in order. Numbers that stand beside each other in it stay apart."""
    if node.tag == f"{MATH}t":
        return node.text or ""
    parts = [(child.tag, formula(child)) for child in node if isinstance(child.tag, str)]
    if node.tag == f"{MATH}f":
        return "/".join(
            _bracketed(text) for tag, text in parts if tag in (f"{MATH}num", f"{MATH}den")
        )
    text = ""
    for _, part in parts:
        text += f" {part}" if text[-1:].isdigit() and part[:1].isdecimal() else part
    return raised(text) if node.tag == f"{MATH}sup" else text


def _bracketed(text: str) -> str:
    return f"({text})" if re.search(r"[+\-−·× ]", text.strip()[1:]) else text
