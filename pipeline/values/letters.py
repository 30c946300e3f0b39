"""Letters and digits that others stand for, one code point each, so that offsets stay. Pure.

Regular expressions that ignore case take İ, ı and the long ſ for i and s; `str.lower` and
`str.casefold` do not turn them into these, and a table of names would not know the word.
"""

from __future__ import annotations

# The zero of every script whose decimal digits occur in documents.
_ZEROES = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10,
)  # fmt: skip
_LETTERS = str.maketrans("İıſ\u212a\u212bᲀᲁᲂᲃᲄᲅᲆ", "IisKÅвдосттъ")
_SIGNS = str.maketrans("，．％٫٬⁄∕", ",.%.,//")  # a full-width stop, an Arabic one, fraction bars
PLAIN = _LETTERS | _SIGNS | {zero + n: str(n) for zero in _ZEROES for n in range(10)}
