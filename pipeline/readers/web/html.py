"""Web pages: trafilatura finds the main text and drops menus, banners and forms; the text is laid
out from its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from pipeline.domain import Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import (
    Parsed,
    clean,
    decode,
    decode_declared,
    stated_date,
    stated_publisher,
)
from pipeline.readers.format import Format
from pipeline.readers.languages import language_of, same_script
from pipeline.readers.layout import Block, lay_out, row_block, struck_out
from pipeline.readers.limits import in_force
from pipeline.readers.web.hidden import empty, take_out_hidden
from pipeline.readers.web.kept import left_out, restore_headings
from pipeline.readers.web.markup import BOXES, BREAK, LABEL, prepare

MAX_TAGS = 300_000
MAX_DEPTH = 200  # trafilatura silently finds nothing in deeper pages

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
# A tag this long is no page; every parser tried hangs on it.
_MONSTER_TAG = re.compile(r"<[^<>]{65536,}")
# Pictures in the page itself: one attribute, however long.
_LONG_DATA = re.compile(r"data:[\w/+.;=-]{0,100},[\w/+=%-]{1000,}")
_SCRIPT, _SCRIPT_END = (
    re.compile(r"<(?:script|style)\b[^<>]{0,4000}>", re.I),
    re.compile(r"</(?:script|style)", re.I),
)
_REFERENCE = re.compile(r"&#(x[0-9a-f]{1,9}|[0-9]{1,9});?", re.IGNORECASE)
_LONG_SCRIPT = 10_000
# What trafilatura calls the tags of a page.
_MAIN_TAGS = {f"h{n}": "head" for n in range(1, 7)} | {
    "tr": "row", "td": "cell", "th": "cell", "li": "item", "pre": "code", "blockquote": "quote",
}  # fmt: skip
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S{1,2000}?)\s*-->")
_MOST = 0.95  # of a page's words: all but a title or a date
_OPTIONS: dict[str, Any] = {
    "with_metadata": True,
    "include_comments": False,
    "include_tables": True,
    "deduplicate": False,
    "favor_recall": True,
    # Else any year on the page, such as that of a copyright line, is its date.
    "date_extraction_params": {
        "extensive_search": False,
        "original_date": True,
        "outputformat": "%Y-%m-%d",
    },
}
_BODY = re.compile(r"<(?:html|head|title|body|!doctype)[\s>]", re.IGNORECASE)
_BLOCKS = {"p", "head", "item", "row", "quote", "code"}
_NEVER_SHOWN = ("script", "style", "noscript", "template", "iframe", "object")
_PARTED = _BLOCKS | BOXES  # what stands on lines of its own


def read_html(data: bytes) -> Parsed:
    """Read a saved web page. Raises DocumentError BAD_ENCODING, TOO_COMPLEX, TOO_LARGE or
    NO_TEXT."""
    if len(data) > (most := in_force().page_bytes):
        raise DocumentError(
            "TOO_LARGE", f"The page has {len(data)} bytes", f"The limit is {most}; save its text."
        )
    return read_page(*_decode(data))


def read_page(decoded: str, encoding: str, *, whole: bool = False) -> Parsed:
    """Read the text of a web page, however it was saved; `encoding` is recorded. With `whole`, as
    of a message, it has no menus, and all of it is read. Errors are those of `read_html`."""
    decoded = _LONG_DATA.sub("data:,", _without_long_scripts(decoded))
    if _MONSTER_TAG.search(decoded) or decoded.count("<") > MAX_TAGS:
        raise DocumentError(
            "TOO_COMPLEX", "The page has monstrous or far too many tags", "Save the text itself."
        )
    page = _parsed(decoded)
    found = _all_of(page.body, None) if whole and page.body is not None else _main_text(page)
    if found is None or not _words(found):
        raise DocumentError(
            "NO_TEXT", "No text was found in the page", "Save the text of the page as .txt."
        )
    blocks = list(_blocks(found.body))
    if found.title and found.title not in "\n\n".join(block.text for block in blocks[:20])[:400]:
        blocks.insert(0, Block(clean(found.title), level=1))
    laid = lay_out(blocks)
    language = re.search(r"<html[^>]{0,500}\blang=[\"']?([a-zA-Z]{2})", decoded)
    stated, seen = language[1].lower() if language else None, language_of(laid.text)
    saved = _SAVED_FROM.search(decoded[:3000])
    date = found.date or stated_date(laid.text[:800])
    return Parsed(
        text=laid.text,
        encoding=encoding,
        title=found.title,
        author=found.author,
        date=date,
        date_source="metadata" if found.date else "text" if date else None,
        publisher=found.sitename or stated_publisher(laid.text[:800]),
        language=stated if stated and same_script(stated, seen) else seen,
        source=found.url or (saved[1] if saved else None),
        headings=laid.headings,
        regions=tuple(region for region in laid.regions if region.layer != "body"),
        warnings=(
            *_hidden_warnings(page.hidden),
            *struck_out(page.struck),
            *_loss_warnings(laid.text, page.body),
        ),
    )


def _only_characters(match: re.Match[str]) -> str:
    """A reference to a character as it is; one to what is none in XML, such as a control
    character, goes: the tree could not be changed any more."""
    number = match[1].lower()
    code = int(number[1:], 16) if number.startswith("x") else int(number)
    if code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE:
        return match[0]
    return match[0] if 0x10000 <= code < 0x110000 else ""


@dataclass(slots=True)
class _Page:
    """A page's tree, ready for the finder of its main text, a copy of its body, and what was taken
    out."""

    tree: Any
    body: Any
    hidden: list[str]
    struck: list[str]


def _parsed(decoded: str) -> _Page:
    # Importing trafilatura takes 0.2 s, which only runs that read a page should pay.
    from trafilatura import load_html

    if not _BODY.search(decoded):
        decoded = (  # a fragment; its first element would be lost
            f"<html><body><div>{decoded}</div></body></html>"
        )
    tree: Any = load_html(_REFERENCE.sub(_only_characters, decoded))
    if tree is None:
        return _Page(None, None, [], [])
    if _deeper_than(tree, MAX_DEPTH):
        raise DocumentError(
            "TOO_COMPLEX", f"The page nests tags deeper than {MAX_DEPTH}", "Save the text itself."
        )
    hidden = take_out_hidden(tree)
    struck = prepare(tree)
    return _Page(tree, deepcopy(tree.find("body")), hidden, struck)


def _main_text(page: _Page) -> Any:
    """What trafilatura makes of a page; all of it where that is nothing, or one paragraph of a page
    that has lists, tables or headings; None of a page without text."""
    from trafilatura import bare_extraction

    if page.tree is None:
        return None
    found: Any = bare_extraction(page.tree, **_OPTIONS)
    if page.body is None:
        return found
    if found is None or not _words(found) or _is_flattened(found, page.body):
        return _all_of(page.body, found)
    restore_headings(found.body, page.body)
    return found


def _hidden_warnings(hidden: list[str]) -> Iterator[Warned]:
    if hidden:
        said = f"Hidden text was left out: {'; '.join(hidden)[:300]}"
        yield Warned(
            "HIDDEN_TEXT", said, "Look at the page: instructions to the model may be hidden there."
        )


def _loss_warnings(text: str, body: Any) -> Iterator[Warned]:
    lost = left_out(text, body) if body is not None else None
    if lost:
        left, total, first = lost
        said = (
            f"{left} of the page's {total} characters were taken for no part of its text, from"
            f" '{clean(first)[:80]}'"
        )
        yield Warned("TEXT_LEFT_OUT", said, "If they are, save the text of the page as .txt.")


def _decode(data: bytes) -> tuple[str, str]:
    declared = _META_CHARSET.search(data[:4096])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if declared and (found := decode_declared(data, declared[1].decode("ascii"))):
            return found
    return decode(data)


def _blocks(body: Any) -> Iterator[Block]:
    """The blocks of trafilatura's tree; rows of a table and items of a list follow each other
    without a blank line."""
    tables = rows = 0
    before = ""
    for kind, level, content in _parts(body):
        first = kind == "row" and level == 1
        rows = 0 if kind != "row" else 1 if first else rows + 1
        tables += first
        if kind == "row":
            parts = [row_block([cell.replace(BREAK, " ") for cell in content], tables, rows)]
        else:
            parts = [Block(part.strip(), level=level) for part in content[0].split(BREAK)]
        if kind == "item" and parts[0].text and not LABEL.match(parts[0].text):
            parts[0].text = f"- {parts[0].text}"
        parts[0].tight = not first and kind in ("item", "row") and kind == before
        before = kind if parts[-1].text else before
        yield from parts


def _parts(node: Any) -> Iterator[tuple[str, int, list[str]]]:
    """The parts of the tree as (tag, level of a heading or 1 for a table's first row, text or
    cells), each once, in order."""
    for child in node:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "row":
            yield "row", 1 if child.getprevious() is None else 0, [_text(cell) for cell in child]
        elif child.tag in _BLOCKS and not any(
            inner.tag in _BLOCKS for inner in child.iterdescendants()
        ):
            level = int(child.get("rend", "h2").lstrip("h") or 2) if child.tag == "head" else 0
            yield child.tag, level, [_text(child)]
        elif child.tag in _BLOCKS and child.text and child.text.strip():
            yield child.tag, 0, [clean(" ".join(child.text.split()))]
            yield from _parts(child)
        elif any(inner.tag in _PARTED for inner in child.iterdescendants()):
            if child.text and child.text.strip():
                yield "p", 0, [clean(" ".join(child.text.split()))]
            yield from _parts(child)
        else:
            yield "p", 0, [_text(child)]
        if child.tail and child.tail.strip():
            yield "p", 0, [clean(" ".join(child.tail.split()))]


def _text(node: Any) -> str:
    return clean(" ".join(" ".join(part for part in node.itertext()).split()))


def _is_flattened(found: Any, body: Any) -> bool:
    """Whether all of a page's text became one paragraph, as of pages too short to find a main text
    in, although it has headings, lists or tables."""
    if found is None or found.body is None or len(found.body) != 1 or len(found.body[0]):
        return False
    return _words(found) >= _MOST * len(body.xpath("string()").split()) and any(
        node.tag in _MAIN_TAGS and node.tag not in ("blockquote", "pre") for node in body.iter()
    )


def _all_of(body: Any, found: Any) -> Any:
    """A page's whole body as trafilatura would give it, with what it `found` out about the page."""
    for node in list(body.iter(*_NEVER_SHOWN)):
        empty(node)
    for node in body.iter(*_MAIN_TAGS):
        if node.tag[0] == "h":
            node.set("rend", node.tag)
        node.tag = _MAIN_TAGS[node.tag]
    names = ("title", "author", "date", "sitename", "url")
    return SimpleNamespace(body=body, **{name: getattr(found, name, None) for name in names})


def _without_long_scripts(text: str) -> str:
    """The source of a page without long scripts and styles, whose `<` are no tags. One that does
    not end is kept: the rest of the page may be in it."""
    parts: list[str] = []
    at = 0
    for match in _SCRIPT.finditer(text):
        if match.start() < at:
            continue
        end = _SCRIPT_END.search(text, match.end())
        if end is None:
            break
        if end.start() - match.end() > _LONG_SCRIPT:
            parts.append(text[at : match.end()])
            at = end.start()
        elif at < match.start():
            parts.append(text[at : match.start()])
            at = match.start()
    return "".join([*parts, text[at:]])


def _words(found: Any) -> int:
    """How many words the finder of the main text kept."""
    if found is None or found.body is None:
        return 0
    return sum(len(text.split()) for text in found.body.itertext())


def _deeper_than(tree: Any, limit: int) -> bool:
    level = [tree]
    for _ in range(limit):
        level = [child for node in level for child in node]
        if not level:
            return False
    return True


_PAGE = re.compile(
    rb"^\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,2000}-->\s*)?<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE,
)


def _begins(data: bytes) -> bool:
    return bool(_PAGE.match(data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")))


FORMAT = Format((".html", ".htm"), "a web page", read_html, "trafilatura", begins=_begins)
