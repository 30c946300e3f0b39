"""A page's tree made ready for the finder of its main text: what it would lose, glue or move is
written so that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.readers.letters import formatted, raised
from pipeline.readers.web.hidden import empty

BREAK = "\u241e\u241e"  # stands in the text where two line breaks part paragraphs
LABEL = re.compile(r"(?:\d+|[a-z]|[ivxlc]+|[A-Z]|[IVXLC]+)\. ")  # of an item of a numbered list
_NOTES = re.compile(r"foot-?notes?|end-?notes?|\bfn[-:]?\d|snosk|primechan", re.IGNORECASE)
_BACK = ("↩", "↩\ufe0e", "↩\ufe0f", "↑", "^")
_CELLS = ("td", "th")
_KINDS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_TABLE_PARTS = ("thead", "tbody", "tfoot", "tr", *_CELLS)
_CONTAINERS = ("body", "div", "blockquote", "section", "article", "main", "footer")
BOXES = {
    *_CONTAINERS, "p", "table", "ul", "ol", "dl", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "aside", "nav", "header", "figure", "form", "details", "fieldset", "address", "center",
}  # fmt: skip
_PLAINER = {
    "time": "span", "ins": "span", "figcaption": "p", "figure": "div", "center": "div",
}  # fmt: skip
_LONG_CELL = 1500  # characters, which no cell of data has


def prepare(tree: Any) -> list[str]:
    """Rewrite an lxml tree in place: raised digits as superscripts, deletions out, captions and
    dates as plain text, tables that only lay out the page as what they hold, two line breaks as
    BREAK. Returns what was struck out."""
    _keep_notes(tree)
    for node in list(tree.iter("sup")):
        text = "".join(node.itertext())
        if (mark := raised(text)) != text:
            _set_text(node, mark)
    struck = []
    for node in list(tree.iter("del", "s", "strike")):
        struck.append(" ".join("".join(node.itertext()).split())[:80])
        empty(node)
    for node in tree.iter(*_PLAINER):
        node.tag = _PLAINER[node.tag]
    _part_paragraphs(tree)
    for node in list(tree.iter(*_CONTAINERS)):
        _wrap_bare_text(node)
    for table in list(tree.iter("table")):
        if _lays_out(table):
            for part in [table, *_own(table, *_TABLE_PARTS)]:
                part.tag = "div"
    for node in tree.iter("table", *_TABLE_PARTS):
        # A row of class "header" would be taken for the page's header.
        for name in ("class", "id"):
            node.attrib.pop(name, None)
    _part_numbers(tree)
    for items in tree.iter("ol"):
        _number_items(items)
    return [text for text in struck if text]


def _wrap_bare_text(container: Any) -> None:
    """Put text that stands beside paragraphs, or in the body itself, into paragraphs of its own:
    the finder of the main text takes it for remains of tags."""
    if container.tag != "body" and not any(child.tag in BOXES for child in container):
        return
    run: Any = container.makeelement("p")
    run.text, container.text = container.text, None
    place = 0
    for child in [*container, None]:
        if child is not None and child.tag not in BOXES:
            run.append(child)  # with the text behind it
            continue
        if "".join(run.itertext()).strip():
            container.insert(place, run)
            place += 1
        if child is not None:
            run = container.makeelement("p")
            run.text, child.tail = child.tail, None
            place = container.index(child) + 1


def _keep_notes(tree: Any) -> None:
    """Make notes and their marks plain text: what is called a footnote, and what is a link, is
    taken for furniture."""
    for node in list(tree.iter("a")):
        text = "".join(node.itertext()).strip()
        if text in _BACK or "backlink" in (node.get("role") or ""):
            empty(node)
        elif (
            text
            and raised(text) != text
            and (node.getparent().tag == "sup" or next(node.iter("sup"), None) is not None)
        ):
            node.tag = "span"
            node.attrib.clear()
    for node in tree.iter("section", "div", "aside", "ol", "li", "p"):
        if _NOTES.search(" ".join(node.get(name) or "" for name in ("class", "id", "role"))):
            node.tag = "div" if node.tag in ("section", "aside") else node.tag
            for name in ("class", "id", "role"):
                node.attrib.pop(name, None)


def _set_text(node: Any, text: str) -> None:
    for child in list(node):
        node.remove(child)
    node.text = text


def _own(table: Any, *tags: str) -> Iterator[Any]:
    """The parts of a table that belong to no table inside it."""
    for part in table.iter(*tags):
        if next(part.iterancestors("table")) is table:
            yield part


def _lays_out(table: Any) -> bool:
    """Whether a cell holds what cells of data do not: a table, a heading, several paragraphs, or
    very long text."""
    return any(
        next(cell.iter("table", "h1", "h2", "h3"), None) is not None
        or sum(1 for _ in cell.iter("p")) + text.count(BREAK) > 2
        or len(text.strip()) > _LONG_CELL
        for cell in _own(table, *_CELLS)
        for text in ("".join(cell.itertext()),)
    )


def _number_items(items: Any) -> None:
    """Write the numbers that the page shows before the items of a list."""
    kind = items.get("type") or "1"
    number = _integer(items.get("start"), 1)
    for item in items:
        if item.tag != "li":
            continue
        number = _integer(item.get("value"), number)
        label = formatted(number, _KINDS.get(kind, "decimal"))
        inner = (
            item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
        )
        inner.text = f"{label}. {(inner.text or '').lstrip()}"
        number += 1


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,4}", text) else default


def _part_numbers(tree: Any) -> None:
    """Put a blank between neighbouring boxes where a number would touch another, or a word: on the
    page they stand apart."""
    for node in tree.iter("span"):
        after = node.getnext()
        if after is None or after.tag != "span" or node.tail:
            continue
        edges = "".join(node.itertext())[-1:] + "".join(after.itertext())[:1]
        styled = (
            node.get("class") and after.get("class") and edges.isalnum() and not edges.isalpha()
        )
        if len(edges) == 2 and (edges.isdecimal() or styled):
            node.tail = " "


def _part_paragraphs(tree: Any) -> None:
    """Put BREAK where two line breaks follow each other, and around boxes that stand within
    text."""
    for node in tree.iter("div"):
        above = node.getparent()
        if (
            above is not None
            and above.tag in ("div", "td")
            and ((above.text or "").strip() or any((c.tail or "").strip() for c in above))
        ):
            node.text, node.tail = f"{BREAK} {node.text or ''}", f" {BREAK} {node.tail or ''}"
    for node in list(tree.iter("br")):
        before = node.getprevious()
        if before is not None and before.tag == "br" and not (before.tail or "").strip():
            node.tail = f" {BREAK} {node.tail or ''}"
