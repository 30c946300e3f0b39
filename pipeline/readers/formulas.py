"""Formulas of Office documents (OMML) as a line of text."""

from __future__ import annotations

from typing import Any

from pipeline.readers.letters import raised

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def formula(node: Any) -> str:
    """A formula as it would be typed: fractions with a slash, powers as superscripts; what is stacked stands in order."""
    if node.tag == f"{MATH}t":
        return node.text or ""
    if node.tag == f"{MATH}f":
        return "/".join(formula(part) for part in node if part.tag in (f"{MATH}num", f"{MATH}den"))
    inner = "".join(formula(child) for child in node if isinstance(child.tag, str))
    return raised(inner) if node.tag == f"{MATH}sup" else inner
