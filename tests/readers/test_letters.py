import pytest

from pipeline.readers.letters import formatted, is_symbol, raised, symbol


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("6", "⁶"),
        ("1,2", "¹,²"),
        ("3–5", "³–⁵"),
        ("-6", "⁻⁶"),
        ("−6", "⁻⁶"),
        ("[12]", "[¹²]"),
        (" 7 ", " ⁷ "),
        ("6.5", "^6.5"),
        ("1/2", "^1/2"),
        ("−6.5", "^−6.5"),
        ("5th", "5th"),
        ("th", "th"),
        ("a1", "a1"),
        ("", ""),
        ("–", "–"),
    ],
)
def test_raised_digits_are_superscripts(text: str, shown: str) -> None:
    assert raised(text) == shown


@pytest.mark.parametrize(
    ("code", "font", "shown"),
    [
        (0xB3, "Symbol", "≥"),
        (0xF0B3, "Symbol", "≥"),
        (0xA3, "Symbol", "≤"),
        (0xB1, "Symbol", "±"),
        (0x61, "Symbol", "α"),
        (0x67, "Symbol", "γ"),
        (0x6D, "Symbol", "μ"),
        (0x44, "SymbolMT", "Δ"),
        (0xE5, "Symbol", "∑"),
        (0xFE, "Wingdings", "☑"),
        (0x4A, "Wingdings", " "),
        (0x80, "Symbol", " "),
        (0x10, "Symbol", " "),
    ],
)
def test_letters_of_symbol_fonts(code: int, font: str, shown: str) -> None:
    assert symbol(code, font) == shown


def test_fonts_of_symbols() -> None:
    assert is_symbol("Symbol")
    assert is_symbol("Wingdings 2")
    assert not is_symbol("Times New Roman")


@pytest.mark.parametrize(
    ("number", "kind", "shown"),
    [
        (4, "decimal", "4"),
        (4, "decimalZero", "04"),
        (14, "lowerRoman", "xiv"),
        (1999, "upperRoman", "MCMXCIX"),
        (3, "lowerLetter", "c"),
        (28, "upperLetter", "BB"),
        (2, "russianLower", "б"),
        (0, "lowerRoman", "0"),
        (7, "ideographDigital", "7"),
    ],
)
def test_numbers_of_lists(number: int, kind: str, shown: str) -> None:
    assert formatted(number, kind) == shown
