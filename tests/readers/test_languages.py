"""Languages by letters and words, and by lingua where it is installed (a stand-in here; the real one takes 96 MB)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest

from pipeline import readers
from pipeline.readers import languages
from pipeline.readers.languages import language_of
from tests.conftest import DOCUMENTS

BULGARIAN = "Споразумението беше подписано от министерството на здравеопазването в София през миналата година."


@pytest.fixture
def without_lingua(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "lingua", None)  # an import of it fails
    languages._detector.cache_clear()
    yield
    languages._detector.cache_clear()


@pytest.fixture
def lingua(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A lingua that knows Bulgarian alone; yields the texts that it was asked about."""
    asked: list[str] = []

    class Builder:
        @classmethod
        def from_all_languages(cls) -> Builder:
            return cls()

        def with_low_accuracy_mode(self) -> Builder:
            return self

        def build(self) -> Builder:
            return self

        def detect_language_of(self, text: str) -> SimpleNamespace | None:
            asked.append(text)
            return (
                SimpleNamespace(iso_code_639_1=SimpleNamespace(name="BG"))
                if "беше" in text
                else None
            )

    module = ModuleType("lingua")
    module.LanguageDetectorBuilder = Builder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lingua", module)
    monkeypatch.setattr(languages, "version", lambda name: "9.9")
    languages._detector.cache_clear()
    readers.reader_name.cache_clear()
    yield asked
    languages._detector.cache_clear()
    readers.reader_name.cache_clear()


@pytest.mark.usefixtures("without_lingua")
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The agreement on the delivery of the vaccine was signed in the city.", "en"),
        ("Соглашение о поставке вакцины подписано в городе Астане.", "ru"),
        ("Қазақстан Республикасының Денсаулық сақтау министрлігі өндірісті қолдайды", "kk"),
        ("疫苗供应协议已于昨日在阿斯塔纳签署，双方代表出席了签字仪式并发表讲话。", "zh"),
        (
            "Die Vereinbarung über die Lieferung des Impfstoffs wurde von der Gesellschaft und dem Ministerium unterzeichnet.",
            "de",
        ),
        (
            "L'accord sur la livraison du vaccin a été signé par la société et le ministère dans la ville de Lyon.",
            "fr",
        ),
        (
            "Угоду про постачання вакцини підписали компанія та міністерство, її дія триватиме п'ять років у цій країні.",
            "uk",
        ),
        ("ワクチンの供給に関する契約が署名されました。", "ja"),
        ("백신 공급에 관한 협정이 서명되었습니다. 회사와 정부가 참여했습니다.", "ko"),
        (
            "Компанія та міністерство підписали угоду про постачання вакцини у місті Києві, її дія триватиме довго.",
            "uk",
        ),
        (
            "El acuerdo fue firmado por la empresa y el ministerio de salud en la ciudad de Madrid.",
            "es",
        ),
        (
            "L'accordo è stato firmato dalla società e dal ministero della salute nella città di Roma.",
            "it",
        ),
        (
            "O acordo foi assinado pela empresa e pelo ministério da saúde na cidade de Lisboa.",
            "pt",
        ),
        ("Umowa została podpisana przez spółkę i ministerstwo zdrowia w Warszawie.", "pl"),
        ("12345", None),
        ("", None),
    ],
)
def test_languages_by_letters_and_common_words(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_lingua_is_asked_where_it_is_installed(lingua: list[str]) -> None:
    assert language_of(BULGARIAN * 100) == "bg"
    assert len(lingua[0]) <= 5000
    assert (
        language_of("Соглашение о поставке вакцины подписано в городе Астане.") == "ru"
    )  # it knew nothing
    assert language_of("12345") is None
    assert len(lingua) == 2


def test_a_reader_with_lingua_is_another_reader(lingua: list[str]) -> None:
    with_it = readers.reader_name(readers.FORMATS[".txt"])
    assert with_it.endswith("lingua 9.9")
    assert readers.read_document(DOCUMENTS / "news-massbridge-polaris.txt").reader == with_it
