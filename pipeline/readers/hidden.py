"""Text of a web page that its reader never sees: taken out before anything else, since instructions hide there."""

from __future__ import annotations

import re
from typing import Any

from pipeline.readers.decode import clean

_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![\w-])opacity\s*:\s*0(?:\.0*)?\s*(?:[;!}]|$)"
    r"|font-size\s*:\s*[01](?:\.\d*)?(?:px|pt)?\s*(?:[;!}]|$)|(?:left|top|text-indent)\s*:\s*-\d{4,}"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!}]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;!}]+)", re.IGNORECASE)
_WHITE = re.compile(r"#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255|transparent\b", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"^(?:([a-z][a-z0-9]*))?([.#])([\w-]+)$", re.IGNORECASE)
_MEDIA = re.compile(r"@media[^{]*(?:print|max-width|min-width)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE)
# Furniture that a page shows on demand; the text finder drops it anyway, and it is no news.
_EXPECTED = {"script", "style", "noscript", "template", "head", "title", "meta", "link"}


def take_out_hidden(tree: Any) -> list[str]:
    """Remove hidden elements from an lxml tree; returns the beginnings of the texts that went.

    Hidden is what its own style, a simple rule of the page's style sheets (`.class`, `#id`), or the attribute `hidden` hides:
    not displayed, invisible, of no size, far off the page, or white with no other background around it.
    """
    classes, ids = _hidden_selectors(tree)
    gone = []
    for node in list(tree.iter()):
        if not isinstance(node.tag, str) or node.tag in _EXPECTED or node.getparent() is None:
            continue
        style = node.get("style") or ""
        hides = (
            node.get("hidden") is not None
            or (style and (_STYLE.search(style) or _white_on_white(node, style)))
            or (ids and node.get("id") in ids)
            or (classes and not classes.isdisjoint((node.get("class") or "").split()))
        )
        if hides and node.tag not in ("html", "body"):
            text = clean(" ".join("".join(part for part in node.itertext()).split()))
            if text:
                gone.append(text[:80])
            _remove(node)
    return gone


def _white_on_white(node: Any, style: str) -> bool:
    colour = _COLOUR.search(style)
    if not colour or not _WHITE.match(colour[1].strip()):
        return False
    for above in (node, *node.iterancestors()):
        background = _BACKGROUND.search(above.get("style") or "")
        if background and not _WHITE.match(background[1].strip()):
            return False
        if above.get("bgcolor"):
            return False
    # A class may give it a background that is not looked up here; without one it stands on white.
    return not any((above.get("class") or "") for above in (node, *node.iterancestors()))


def _hidden_selectors(tree: Any) -> tuple[set[str], set[str]]:
    classes: set[str] = set()
    ids: set[str] = set()
    for sheet in tree.iter("style"):
        for selectors, body in _RULE.findall(_MEDIA.sub("", (sheet.text or "")[:200_000])):
            if not _STYLE.search(body):
                continue
            for selector in selectors.split(","):
                match = _SELECTOR.match(selector.strip())
                if match:
                    (classes if match[2] == "." else ids).add(match[3])
    return classes, ids


def _remove(node: Any) -> None:
    """Take a node out, but not the text behind it."""
    parent, before = node.getparent(), node.getprevious()
    if node.tail:
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)
