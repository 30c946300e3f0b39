"""Web pages: trafilatura finds the main text and drops menus, banners and forms; the text is laid out from its tree."""

from __future__ import annotations

import re
from typing import Any

from pipeline.domain import Heading
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean, decode, language_of, stated_date, stated_publisher

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
# A tag this long is no page; every parser tried hangs on it.
_MONSTER_TAG = re.compile(r"<[^<>]{65536,}")
_BLOCKS = {"p", "head", "item", "row", "quote", "code"}


def read_html(data: bytes) -> Parsed:
    """Read a saved web page. Raises DocumentError BAD_ENCODING, TOO_COMPLEX or NO_TEXT."""
    decoded, encoding = _decode(data)
    if _MONSTER_TAG.search(decoded):
        raise DocumentError("TOO_COMPLEX", "A tag of the page is longer than 65,536 characters", "Save the text itself.")
    # Importing trafilatura takes 0.2 s, which only runs that read a page should pay.
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        decoded, with_metadata=True, include_comments=False, include_tables=True, deduplicate=False, favor_recall=True
    )
    if found is None or found.body is None:
        raise DocumentError("NO_TEXT", "No main text was found in the page", "Save the text of the page as .txt.")
    text, headings = _lay_out(found.body)
    if found.title and found.title not in text[:400]:
        shift = len(found.title) + 2
        text = f"{found.title}\n\n{text}"
        headings = [Heading(0, shift - 2, 1), *(Heading(h.start + shift, h.end + shift, h.level) for h in headings)]
    language = re.search(r"<html[^>]{0,500}\blang=[\"']?([a-zA-Z]{2})", decoded)
    return Parsed(
        text=text,
        encoding=encoding,
        title=found.title,
        date=found.date or stated_date(text[:800]),
        publisher=found.sitename or stated_publisher(text[:800]),
        language=language[1].lower() if language else language_of(text),
        headings=tuple(headings),
    )


def _decode(data: bytes) -> tuple[str, str]:
    declared = _META_CHARSET.search(data[:4096])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if declared:
            name = declared[1].decode("ascii")
            try:
                return data.decode(name), name.lower()
            except (LookupError, UnicodeDecodeError):
                pass
    return decode(data)


def _lay_out(body: Any) -> tuple[str, list[Heading]]:
    parts: list[str] = []
    headings: list[Heading] = []
    length = 0
    for kind, level, content in _blocks(body):
        joint = "" if not parts else "\n" if kind in ("item", "row") and parts[-1].startswith(("- ", "| ")) else "\n\n"
        line = f"- {content}" if kind == "item" else f"| {content} |" if kind == "row" else content
        length += len(joint)
        if kind == "head":
            headings.append(Heading(length, length + len(line), level))
        parts += [joint, line] if joint else [line]
        length += len(line)
    return "".join(parts), headings


def _blocks(node: Any) -> list[tuple[str, int, str]]:
    """The blocks of trafilatura's tree as (tag, heading level, text), each once and in order."""
    found: list[tuple[str, int, str]] = []
    for child in node:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "row":
            cells = [_text(cell) for cell in child]
            found.append(("row", 0, " | ".join(cells)))
        elif child.tag in _BLOCKS and not any(inner.tag in _BLOCKS for inner in child.iterdescendants()):
            found.append((child.tag, int(child.get("rend", "h2").lstrip("h") or 2) if child.tag == "head" else 0, _text(child)))
        elif child.tag in _BLOCKS and child.text and child.text.strip():
            found.append((child.tag, 0, clean(" ".join(child.text.split()))))
            found += _blocks(child)
        else:
            found += _blocks(child) if len(child) else [("p", 0, _text(child))]
        if child.tail and child.tail.strip():
            found.append(("p", 0, clean(" ".join(child.tail.split()))))
    return [block for block in found if block[2]]


def _text(node: Any) -> str:
    return clean(" ".join(" ".join(part for part in node.itertext()).split()))
