"""What the finder of a page's main text kept of the page: headings that it lost are put back, and
running text that it lost is counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TEXTS = {*HEADINGS, "p", "li", "td", "th", "dd", "dt", "blockquote", "pre", "figcaption"}
# Where a page has its menus, notices and forms, by its own tags and roles.
_BESIDE = {"nav", "header", "footer", "aside", "form", "button", "select", "menu", "dialog"}
_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alert"}
_LINKED = 0.5  # of a block's letters, from which it is a menu
_SHARE, _FEW = 0.2, 300  # of a page's characters: what may be missing without a word


def restore_headings(found: Any, body: Any) -> None:
    """Put each heading of `body` that `found`, the tree of the main text, lacks before the block
    that followed it, if that was kept."""
    kept: dict[str, Any] = {}
    for node in found.iter("p", "head", "item", "row", "cell", "quote", "code"):
        kept.setdefault(_text(node), node)
    waiting: list[Any] = []
    for block in _blocks(body):
        text = _text(block)
        if block.tag in HEADINGS:
            if text in kept or _is_menu(block):
                waiting.clear()
            else:
                waiting.append(block)
        elif (node := kept.get(text)) is not None and waiting:
            while node.getparent() is not None and node.getparent() is not found:
                node = node.getparent()
            for heading in waiting:
                head = found.makeelement("head", {"rend": heading.tag})
                head.text = _text(heading)
                node.addprevious(head)
                kept[head.text] = head
            waiting.clear()
        elif text:
            waiting.clear()  # the heading of what was left out


def left_out(text: str, body: Any) -> tuple[int, int, str] | None:
    """How many characters of the running text of `body` are not in `text`, of how many, and their
    beginning; None if that is no more than a page's menus and notices may be."""
    read = " ".join(text.split())
    blocks = [(_text(block), _is_menu(block)) for block in _blocks(body)]
    lines = {line for line in (" ".join(part.split()) for part in text.split("\n")) if line}
    running = [said for said, menu in blocks if said and not menu]
    missing = [said for said in running if said not in lines and said not in read]
    lost, total = (sum(map(len, texts)) for texts in (missing, running))
    return (lost, total, missing[0]) if lost > max(_FEW, _SHARE * total) else None


def _blocks(body: Any) -> Iterator[Any]:
    """The innermost blocks of text, but for those in what stands beside the text."""
    pending = [body]
    while pending:
        node = pending.pop()
        if not isinstance(node.tag, str) or node.tag in _BESIDE or node.get("role") in _ROLES:
            continue
        if node.tag in _TEXTS and not any(inner.tag in _TEXTS for inner in node.iterdescendants()):
            yield node
        else:
            pending += reversed(node)


def _is_menu(block: Any) -> bool:
    linked = sum(len(_text(link)) for link in block.iter("a"))
    return linked > _LINKED * len(_text(block))


def _text(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())
