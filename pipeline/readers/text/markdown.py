"""Markdown, kept as written: marks are part of the text, so offsets hold in the file."""

from __future__ import annotations

import re

from pipeline.domain import Heading
from pipeline.readers.decode import Parsed, clean, decode, stated_date, stated_publisher
from pipeline.readers.format import Format
from pipeline.readers.languages import language_of

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def read_markdown(data: bytes) -> Parsed:
    """Read Markdown in any encoding. Raises DocumentError BAD_ENCODING."""
    decoded, encoding = decode(data)
    text = clean(decoded)
    fenced = [match.span() for match in _FENCE.finditer(text)]
    headings = tuple(
        Heading(match.start(2), match.end(2), len(match[1]))
        for match in _HEADING.finditer(text)
        if not any(start <= match.start() < end for start, end in fenced)
    )
    title = next((text[h.start : h.end] for h in headings), None)
    return Parsed(
        text,
        encoding,
        title,
        stated_date(text[:800]),
        stated_publisher(text[:800]),
        language_of(text),
        headings,
    )


FORMAT = Format((".md",), "a text", read_markdown, "charset-normalizer")
