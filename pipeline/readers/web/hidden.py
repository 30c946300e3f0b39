"""Text of a web page that its reader never sees: taken out before anything else, since instructions
hide there."""

from __future__ import annotations

import re
from typing import Any

from pipeline.readers.decode import clean

# What hides, by the property that would show it again; the last stands for several.
_HIDES = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "display": r"display\s*:\s*none",
        "visibility": r"visibility\s*:\s*(?:hidden|collapse)",
        "opacity": r"(?<![\w-])opacity\s*:\s*0?(?:\.0\d*)?\s*(?:[;!}]|$)",
        "size": r"font-size\s*:\s*(?:[01](?:\.\d*)?(?:px|pt)?|0?\.[0-3]\d*r?em)\s*(?:[;!}]|$)",
        "place": (
            r"(?:left|top|text-indent)\s*:\s*-\d{4,}|transform\s*:\s*scale\(\s*0?(?:\.0\d*)?\s*[,)]"
            r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%"
        ),
    }.items()
}
_SHOWS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "display": r"display\s*:\s*(?!none)\w",
        "visibility": r"visibility\s*:\s*visible",
        "opacity": r"(?<![\w-])opacity\s*:\s*(?:1|0?\.[1-9])",
        "size": r"font-size\s*:\s*(?:[2-9]|[1-9]\d|0?\.[4-9]|1\.?\d*r?em)",
    }.items()
}
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!}]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;!}]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255|transparent\b", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_NAME = re.compile(r"[.#][\w-]+")
# Siblings, counts and states cost too much, or mean nothing in a file.
_SIMPLE = re.compile(r"[\w\s.#>*\-\[\]=\"']{1,300}")
_MOST_STEPS = 4  # from element to element: each multiplies the work in deep pages
_WORK = 2_000_000  # elements that rules of style sheets are compared with, at the most
_MEDIA = re.compile(
    r"@(?:media[^{@;]{0,300}(?:print|width|prefers|orientation|hover)|supports[^{@;]{0,300}|container)[^{@;]{0,300}"
    r"\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}",
    re.IGNORECASE,
)
# Furniture that a page shows on demand; the text finder drops it anyway, and it is no news.
_EXPECTED = {"script", "style", "noscript", "template", "head", "title", "meta", "link"}


def take_out_hidden(tree: Any) -> list[str]:
    """Empty hidden elements of an lxml tree; returns the beginnings of the texts that went.

    Hidden is what its own style, a rule of the page's style sheets or the attribute `hidden` hides:
    not displayed, invisible, of no size, far off the page, or (by its own style or font) white with
    no other background around it.
    """
    by_sheets = _hidden_by_sheets(tree)
    gone = []
    for node in list(tree.iter()):
        if (
            not isinstance(node.tag, str)
            or node.tag in _EXPECTED
            or node.getparent() is None
            or node.tag == "body"
        ):
            continue
        style = node.get("style") or ""
        if node.tag == "font" and node.get("color"):
            style += f";color:{node.get('color')}"
        own = {name for name, pattern in _HIDES.items() if pattern.search(style)}
        shown = {name for name, pattern in _SHOWS.items() if pattern.search(style)}
        hides = own | (by_sheets.get(node, set()) - shown)
        if hides == {"size"} and any(
            _SHOWS["size"].search(inner.get("style") or "") for inner in node.iterdescendants()
        ):
            continue  # mail programs set a size of 0 around what has one of its own
        if (
            not hides
            and node.get("hidden") is None
            and not (style and _white_on_white(node, style))
        ):
            continue
        text = clean(" ".join("".join(part for part in node.itertext()).split()))
        if text:
            gone.append(text[:80])
        empty(node)
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
    # A class or id may give it a background in a style sheet that was not saved; without one it
    # stands on white.
    return not any(above.get("class") or above.get("id") for above in (node, *node.iterancestors()))


def _hidden_by_sheets(tree: Any) -> dict[Any, set[str]]:
    """Elements that rules of the page's own style sheets hide and no stronger one shows, each with
    the properties that do."""
    from cssselect import HTMLTranslator, SelectorError, parse

    rules = [
        (selectors, body, {name for name, pattern in _HIDES.items() if pattern.search(body)})
        for selectors, body in _rules(tree)
    ]
    names = {name for selectors, _, hides in rules if hides for name in _NAME.findall(selectors)}
    found: dict[tuple[Any, str], tuple[tuple[bool, tuple[int, int, int], int], bool]] = {}
    left = _WORK // (1 + sum(1 for _ in tree.iter())) if any(hides for _, _, hides in rules) else 0
    for order, (selectors, body, hides) in enumerate(rules):
        shows = {name for name, pattern in _SHOWS.items() if pattern.search(body)} - hides
        if not hides and (not shows or names.isdisjoint(_NAME.findall(selectors))):
            continue
        for selector in selectors.split(","):
            left -= 1
            if (
                left < 0
                or not _SIMPLE.fullmatch(selector.strip())
                or len(selector.split()) > _MOST_STEPS
            ):
                continue
            try:
                [parsed] = parse(selector)
                path = HTMLTranslator().selector_to_xpath(parsed)
            except (SelectorError, ValueError):
                continue
            strength = ("!important" in body.replace(" ", ""), parsed.specificity(), order)
            for node in tree.xpath(path):
                for name in hides | shows:
                    if (node, name) not in found or strength > found[node, name][0]:
                        found[node, name] = strength, name in hides
    hidden: dict[Any, set[str]] = {}
    for (node, name), (_, hides_it) in found.items():
        if hides_it:
            hidden.setdefault(node, set()).add(name)
    return hidden


def _rules(tree: Any) -> list[tuple[str, str]]:
    """The rules of the page's style sheets, as (selectors, declarations), those for other media
    left out."""
    told = (sheet.text or "" for sheet in tree.iter("style") if _for_screens(sheet))
    sheets = (
        _MEDIA.sub("", re.sub(r"/\*.*?\*/", "", text[:200_000], flags=re.DOTALL)) for text in told
    )
    return [rule for sheet in sheets for rule in _RULE.findall(sheet)]


def _for_screens(sheet: Any) -> bool:
    """Whether a style sheet is for every screen, and not only for those without scripts."""
    media = (sheet.get("media") or "all").strip().lower()
    return media in ("all", "screen", "") and not any(
        above.tag == "noscript" for above in sheet.iterancestors()
    )


def empty(node: Any) -> None:
    """Leave nothing of a node but the text behind it. To take it out would join that text to
    another, again and again."""
    for child in list(node):
        node.remove(child)
    node.text = None
    node.attrib.clear()
    node.tag = "span"
