"""Fonts that do not say which letters their codes show: old Russian, Ukrainian and Kazakh files
whose codes are those of Windows or of TeX's Cyrillic fonts. Pdfium takes them for Latin letters."""

from __future__ import annotations

import re

from pipeline.readers.pdf.pages.lines import LINE_HYPHEN

_LATIN = "".join(map(chr, range(0x80, 0x100)))
_WINDOWS = bytes(range(0x80, 0x100)).decode("cp1251", "replace")
# LaTeX's encoding T2A: 0x80 to 0xBF; the letters of Russian stand where Windows has them.
_TEX = (
    "ҐҒЂЋҺҖҘЉЇҚҠҜӔҢҤЅӨҪЎҮҰҲЏҸҶЄӘЊЁ№¤§"
    "ґғђћһҗҙљїқҡҝӕңҥѕөҫўүұҳџҹҷєәњё„«»"
)  # fmt: skip
_TABLES = {
    "windows-1251": dict(zip(map(ord, _LATIN), _WINDOWS, strict=True)),
    "T2A": dict(zip(map(ord, _LATIN), _TEX + _WINDOWS[0x40:], strict=True)) | {0x7F: LINE_HYPHEN},
}
_KEPT = (ord(LINE_HYPHEN), 0xA0)  # pdfium's own hyphen and blank
for _table in _TABLES.values():
    for _code in _KEPT:
        del _table[_code]
# The commonest words of Russian, Ukrainian, Kazakh and Bulgarian, and the letters they are written
# in: others are a sign that the table is the wrong one.
_COMMON = set(
    "и в не на что с по для как это из от к за при также о у або та з що до як не від є в и на за"
    " се от да е са които және мен үшін бұл бойынша туралы деп бар".split()
)
_LETTERS = re.compile("[^\\W\\d_а-яёіїєґәғқңөұүһ]", re.IGNORECASE)
_FEW, _ENOUGH = 0.05, 40  # of words, the common ones; words that a judgement needs


def cyrillic_table(sample: str) -> tuple[str, dict[int, str]] | None:
    """The name of the encoding and the table, for `str.translate`, with which a text of fonts that
    name no letters reads as one in Cyrillic letters; None if it does with none."""
    found = []
    for name, table in _TABLES.items():
        text = sample.translate(table).casefold()
        words = re.findall(r"[^\W\d_]+", text)
        common = sum(word in _COMMON for word in words)
        if len(words) >= _ENOUGH and common > _FEW * len(words):
            found.append((len(_LETTERS.findall(text)), name, table))
    return min(found)[1:] if found else None
