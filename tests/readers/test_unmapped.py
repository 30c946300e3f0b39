"""PDF files whose fonts do not say which letters they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.readers import read_document
from pipeline.readers.pdf.unmapped import cyrillic_table
from tests.readers.type3 import type3_pdf

RUSSIAN = [
    "Завод в Липецке произвёл за год 4200 тонн стали и", "продал их в России и за рубежом, как сообщила на",
    "прошлой неделе компания. Он открыт в 2019 году, на", "нём работают 310 человек. По словам директора, это",
    "рекорд для завода, и от него ждут ещё большего, а", "на новой линии, что строят рядом, будет и прокат.",
]  # fmt: skip
HEBREW = [
    "המפעל בעיר חיפה מייצר פלדה",
    "ומוכר אותה לבנאים בארץ כולה",
    "הוא נפתח לפני שבע שנים ומאז",
] * 4


def test_codes_of_windows_are_read_as_its_letters(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(type3_pdf([RUSSIAN], encoding="cp1251"))
    found = read_document(tmp_path / "a.pdf")
    assert found.text == " ".join(RUSSIAN)
    assert found.language == "ru"
    (warned,) = found.warnings
    assert warned.code == "ENCODING_GUESSED"
    assert "it was read as windows-1251" in warned.message


def test_codes_of_other_letters_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(type3_pdf([HEBREW], encoding="iso8859-8"))
    with pytest.raises(DocumentError) as raised:
        read_document(tmp_path / "a.pdf")
    assert raised.value.code == "NO_UNICODE_TEXT"


def shown(text: str, encoding: dict[str, int]) -> str:
    """What pdfium takes the codes of a text for."""
    return "".join(chr(encoding.get(a) or a.encode("cp1251")[0]) for a in text)


def test_the_table_is_that_in_which_the_letters_are_those_of_a_language() -> None:
    text = " ".join(RUSSIAN)
    for name, special in (("windows-1251", {}), ("T2A", {"ё": 0xBC, "Ё": 0x9C})):
        found = cyrillic_table(shown(text, special))
        assert found is not None
        assert found[0] == name
        assert shown(text, special).translate(found[1]) == text
    kazakh = (
        "зауыт пен кәсіпорын туралы келісімге қол қойылды және ол екі ел үшін маңызды деп айтты бұл "
        * 5
    )
    tex = {
        "ә": 0xBA,
        "қ": 0xA9,
        "ң": 0xAD,
        "ө": 0xB0,
        "ұ": 0xB4,
        "ү": 0xB3,
        "ғ": 0xA1,
        "і": 0x69,
    }
    assert (found := cyrillic_table(shown(kazakh.replace("ң", "н"), tex)))
    assert found[0] == "T2A"


@pytest.mark.parametrize("text", ["", "The plant in Leeds makes steel. " * 20, "æøå ßðþ ñç " * 40])
def test_other_text_has_no_table(text: str) -> None:
    assert cyrillic_table(text) is None
