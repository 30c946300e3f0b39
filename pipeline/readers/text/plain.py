"""Plain text. Headings are short lines that stand alone and end without punctuation."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.domain import Heading, Warned
from pipeline.readers.decode import Parsed, clean, decode, stated_date, stated_publisher
from pipeline.readers.encodings import is_guessed, runner_up
from pipeline.readers.format import Format
from pipeline.readers.languages import language_of

_ALONE = re.compile(r"(?:\A|\n)[ \t]*\n?([^\n]{2,90})(?=\n[ \t]*\n|\Z)")


def read_text(data: bytes) -> Parsed:
    """Read plain text in any encoding. Raises DocumentError BAD_ENCODING."""
    text, encoding = decode(data)
    parsed = parse_text(text, encoding)
    other = runner_up(data) if is_guessed(encoding) else None
    if other is None:
        return parsed
    said = f"It was read as {encoding}; as {other} it reads nearly as well"
    warned = Warned("ENCODING_GUESSED", said, "Look at names and signs; save it as UTF-8.")
    return replace(parsed, warnings=(*parsed.warnings, warned))


def parse_text(decoded: str, encoding: str) -> Parsed:
    """What a text states about itself; `encoding` is recorded."""
    text = clean(decoded)
    head = text[:800]
    return Parsed(
        text=text,
        encoding=encoding,
        title=_title(text),
        date=stated_date(head),
        publisher=stated_publisher(head),
        language=language_of(text),
        headings=tuple(_headings(text)),
    )


def _title(text: str) -> str | None:
    """The first line of four words or more that is no menu; one in capitals just below it wins."""
    head = [line.strip() for line in text[:2000].splitlines() if line.strip()][:8]
    lines = [line for line in head if _reads_as_title(line)]
    return next((line for line in lines if line.isupper()), lines[0] if lines else None)


def _reads_as_title(line: str) -> bool:
    menu = "|" in line or "   " in line or line[0] in "·<["
    long_enough = len(line.split()) >= 4 or len(re.findall("[\u3400-\u9fff]", line)) >= 8
    return long_enough and not menu and len(line) <= 200 and line[-1] not in ".:;,。：；"


def _headings(text: str) -> list[Heading]:
    found = []
    first = len(text) - len(text.lstrip())
    for match in _ALONE.finditer(text):
        line = match[1].strip()
        if (
            not line
            or "|" in line
            or "   " in line
            or line[-1] in '.,;:!?。；：！？"”»'
            or line[0] in "-–—•*·|<[("
            or not line[0].isalnum()
        ):
            continue
        if line[0].islower() or (line[0].isdigit() and not re.match(r"\d+[.)]?\s+\w", line)):
            continue
        if match.start(1) > first and text[max(0, match.start(1) - 2) : match.start(1)] not in (
            "\n\n",
            " \n",
        ):
            continue
        level = 1 if line.isupper() else 2
        found.append(Heading(match.start(1), match.end(1), level))
    return found


FORMAT = Format((".txt",), "a text", read_text, "charset-normalizer")
