"""Letters that formats write in ways of their own: raised marks and powers, and those of the fonts Symbol and Wingdings."""

from __future__ import annotations

import re

_SUPERSCRIPTS = str.maketrans("0123456789+−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_MARKS = re.compile(r"[\s()\[\]*]*[+\-–−]?\d+(?:[\s,;()\[\]*\-–−]+\d+)*[\s()\[\]*]*")
# From the encoding of Adobe's Symbol font, from 0x20 and from 0xA0 on.
_LOW = " !∀#∃%&∋()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
_WINGDINGS = {0x6F: "□", 0xA7: "▪", 0xA8: "□", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}


def raised(text: str) -> str:
    """Raised digits, such as marks of notes and powers, as superscripts: "1,2" to "¹,²", "-6" to "⁻⁶". Other text is itself."""
    if not _MARKS.fullmatch(text):
        return text
    signed = re.sub(r"(?<!\d)[-–−](?=\d)", "−", text.strip())
    return signed.translate(_SUPERSCRIPTS)


def symbol(code: int, font: str) -> str:
    """The character that a code (0 to 255, or with 0xF000 added) stands for in the fonts Symbol and Wingdings; a blank where
    it is an ornament."""
    code &= 0xFF
    if font.casefold().startswith("wingdings"):
        return _WINGDINGS.get(code, " ")
    table, first = (_HIGH, 0xA0) if code >= 0xA0 else (_LOW, 0x20)
    return table[code - first] if first <= code < first + len(table) else " "


def is_symbol(font: str) -> bool:
    """Whether the letters of a font are those that `symbol` knows."""
    return font.casefold().startswith(("symbol", "wingdings"))
