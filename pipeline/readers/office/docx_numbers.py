"""The numbers that lists and headings of a DOCX make by themselves: "3.", "1.2.", "(b)"."""

from __future__ import annotations

import re
from typing import Any

from pipeline.readers.letters import formatted
from pipeline.readers.office.docx_styles import Styles, W

_LEVELS = 9
_SILENT = ("bullet", "none")


class Numbering:
    """Counts the numbered paragraphs of a document as they come. `root` is the part that defines
    the lists, or None."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        nodes = list(root) if root is not None else []
        abstract = {n.get(f"{W}abstractNumId"): n for n in nodes if n.tag == f"{W}abstractNum"}
        self._lists = {n.get(f"{W}numId"): n for n in nodes if n.tag == f"{W}num"}
        self._levels: dict[str, dict[int, Any]] = {}
        self._series: dict[str, str] = {}
        for key, node in self._lists.items():
            name = _value(node.find(f"{W}abstractNumId"))
            definition = abstract.get(name)
            self._series[key] = name
            self._levels[key] = (
                {_number(level.get(f"{W}ilvl")): level for level in definition.iter(f"{W}lvl")}
                if definition is not None
                else {}
            )
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()

    def label(self, paragraph: Any) -> str:
        """What stands before a paragraph, "" for nothing; each call counts one on."""
        key, depth = self._place(paragraph)
        level = self._levels.get(key, {}).get(depth)
        if level is None or not 0 <= depth < _LEVELS:
            return ""
        counts = self._counts.setdefault(self._series[key], [None] * _LEVELS)
        if key not in self._begun:
            self._begun.add(key)
            self._restart(key, counts)
        current = counts[depth]
        counts[depth] = _start(level) if current is None else current + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        if _value(level.find(f"{W}numFmt")) in _SILENT:
            return ""
        pattern = _value(level.find(f"{W}lvlText"))
        return re.sub(
            r"%([1-9])", lambda match: self._written(key, int(match[1]) - 1, counts, level), pattern
        ).strip()

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list and level of a paragraph, its own or its style's; ("", 0) for none."""
        for properties in self._styles.paragraph_properties(paragraph):
            numbers = properties.find(f"{W}numPr")
            if numbers is not None and numbers.find(f"{W}numId") is not None:
                return _value(numbers.find(f"{W}numId")), _number(_value(numbers.find(f"{W}ilvl")))
        return "", 0

    def _restart(self, key: str, counts: list[int | None]) -> None:
        for override in self._lists[key].iter(f"{W}lvlOverride"):
            start, depth = override.find(f"{W}startOverride"), _number(override.get(f"{W}ilvl"))
            if start is not None and 0 <= depth < _LEVELS:
                counts[depth] = _number(_value(start)) - 1

    def _written(self, key: str, depth: int, counts: list[int | None], own: Any) -> str:
        level = self._levels[key].get(depth)
        number = counts[depth] if counts[depth] is not None else _start(level)
        kind = (
            "decimal"
            if own.find(f"{W}isLgl") is not None or level is None
            else _value(level.find(f"{W}numFmt"))
        )
        return formatted(number or 0, kind)


def _start(level: Any) -> int:
    return (
        _number(_value(level.find(f"{W}start")))
        if level is not None and level.find(f"{W}start") is not None
        else 1
    )


def _value(node: Any) -> str:
    return node.get(f"{W}val") or "" if node is not None else ""


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0
