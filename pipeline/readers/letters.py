"""Letters that formats write in ways of their own: raised marks and powers, numbers of lists,
Symbol and Wingdings."""

from __future__ import annotations

import re

_SUPERSCRIPTS = str.maketrans("0123456789+−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_MARKS = re.compile(r"[\s()\[\]*]*[+\-–−]?\d+(?:[\s,;()\[\]*\-–−]+\d+)*[\s()\[\]*]*")
# From the encoding of Adobe's Symbol font, from 0x20 and from 0xA0 on.
_LOW = (
    " !∀#∃%&∋()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
)
_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
_WINGDINGS = {0x6F: "□", 0xA7: "▪", 0xA8: "□", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LATIN, _RUSSIAN = "abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшщэюя"


def raised(text: str) -> str:
    """Raised digits, such as marks of notes and powers, as superscripts: "1,2" to "¹,²", "-6" to
    "⁻⁶". Other raised text that begins with a digit is set apart from a number before it: "6.5" to
    "^6.5". The rest is itself."""
    if not _MARKS.fullmatch(text):
        return re.sub(r"^(\s*)(?=[+\-–−]?\d+[^\w\s])", r"\1^", text)
    signed = re.sub(r"(?<!\d)[-–−](?=\d)", "−", text)
    return signed.translate(_SUPERSCRIPTS)


def symbol(code: int, font: str) -> str:
    """The character that a code (0 to 255, or with 0xF000 added) stands for in the fonts Symbol and
    Wingdings; a blank where it is an ornament."""
    code &= 0xFF
    if font.casefold().startswith("wingdings"):
        return _WINGDINGS.get(code, " ")
    table, first = (_HIGH, 0xA0) if code >= 0xA0 else (_LOW, 0x20)
    return table[code - first] if first <= code < first + len(table) else " "


def is_symbol(font: str) -> bool:
    """Whether the letters of a font are those that `symbol` knows."""
    return font.casefold().startswith(("symbol", "wingdings"))


def formatted(number: int, kind: str) -> str:
    """A number as lists write it; `kind` is a name of OOXML such as decimal, lowerRoman,
    upperLetter, russianLower."""
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (number // value)
            number %= value
        return text.upper() if kind == "upperRoman" else text
    for names, letters in (
        (("lowerLetter", "upperLetter"), _LATIN),
        (("russianLower", "russianUpper"), _RUSSIAN),
    ):
        if kind in names and number > 0:
            text = letters[(number - 1) % len(letters)] * (1 + (number - 1) // len(letters))
            return text.upper() if kind == names[1] else text
    return f"{number:02}" if kind == "decimalZero" else str(number)
