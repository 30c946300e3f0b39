"""Text of a web page that its reader never sees: taken out before anything else, since instructions hide there."""

from __future__ import annotations

import re
from typing import Any

from pipeline.readers.decode import clean

_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![\w-])opacity\s*:\s*0?(?:\.0\d*)?\s*(?:[;!}]|$)"
    r"|font-size\s*:\s*(?:[01](?:\.\d*)?(?:px|pt)?|0?\.[0-3]\d*r?em)\s*(?:[;!}]|$)|(?:left|top|text-indent)\s*:\s*-\d{4,}"
    r"|transform\s*:\s*scale\(\s*0?(?:\.0\d*)?\s*[,)]"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!}]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;!}]+)", re.IGNORECASE)
_WHITE = re.compile(r"#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255|transparent\b", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_NAME = re.compile(r"[.#][\w-]+")
_SHOWS = re.compile(r"display\s*:\s*(?!none)\w|visibility\s*:\s*visible|(?<![\w-])opacity\s*:\s*(?:1|0?\.[1-9])", re.IGNORECASE)
_WORK = 2_000_000  # elements that rules of style sheets are compared with, at the most
_MEDIA = re.compile(r"@media[^{]*(?:print|max-width|min-width)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE)
# Furniture that a page shows on demand; the text finder drops it anyway, and it is no news.
_EXPECTED = {"script", "style", "noscript", "template", "head", "title", "meta", "link"}


def take_out_hidden(tree: Any) -> list[str]:
    """Remove hidden elements from an lxml tree; returns the beginnings of the texts that went.

    Hidden is what its own style, a rule of the page's style sheets or the attribute `hidden` hides: not displayed, invisible,
    of no size, far off the page, or (by its own style or font) white with no other background around it.
    """
    by_sheets = _hidden_by_sheets(tree)
    gone = []
    for node in list(tree.iter()):
        if not isinstance(node.tag, str) or node.tag in _EXPECTED or node.getparent() is None:
            continue
        style = node.get("style") or ""
        if node.tag == "font" and node.get("color"):
            style += f";color:{node.get('color')}"
        hides = node.get("hidden") is not None or (style and (_STYLE.search(style) or _white_on_white(node, style)))
        hides = hides or (node in by_sheets and not (_SHOWS.search(style)))
        if hides and node.tag not in ("html", "body"):
            text = clean(" ".join("".join(part for part in node.itertext()).split()))
            if text:
                gone.append(text[:80])
            remove(node)
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
    # A class or id may give it a background in a style sheet that was not saved; without one it stands on white.
    return not any(above.get("class") or above.get("id") for above in (node, *node.iterancestors()))


def _hidden_by_sheets(tree: Any) -> set[Any]:
    """Elements that a rule of the page's own style sheets hides and no stronger one shows."""
    from cssselect import HTMLTranslator, SelectorError, parse

    rules = [(selectors, bool(_STYLE.search(body)), bool(_SHOWS.search(body))) for selectors, body in _rules(tree)]
    names = {name for selectors, hides, _ in rules if hides for name in _NAME.findall(selectors)}
    single = [
        (selector, hides)
        for selectors, hides, shows in rules
        if hides or (shows and not names.isdisjoint(_NAME.findall(selectors)))
        for selector in selectors.split(",")
    ]
    found: dict[Any, tuple[tuple[tuple[int, int, int], int], bool]] = {}
    most = _WORK // (1 + sum(1 for _ in tree.iter())) if names else 0
    for order, (selector, hides) in enumerate(single[:most]):
        try:
            [parsed] = parse(selector)
            path = HTMLTranslator().selector_to_xpath(parsed)
        except (SelectorError, ValueError):
            continue
        strength = (parsed.specificity(), order)
        for node in tree.xpath(path) if parsed.pseudo_element is None else ():
            if node not in found or strength > found[node][0]:
                found[node] = strength, hides
    return {node for node, (_, hides) in found.items() if hides}


def _rules(tree: Any) -> list[tuple[str, str]]:
    """The rules of the page's style sheets, as (selectors, declarations), those for other media left out."""
    sheets = (
        _MEDIA.sub("", re.sub(r"/\*.*?\*/", "", (sheet.text or "")[:200_000], flags=re.DOTALL)) for sheet in tree.iter("style")
    )
    return [rule for sheet in sheets for rule in _RULE.findall(sheet)]


def remove(node: Any) -> None:
    """Take a node out, but not the text behind it."""
    parent, before = node.getparent(), node.getprevious()
    if node.tail:
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)
