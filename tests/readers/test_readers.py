from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DocumentError, DossierError
from pipeline.readers import FORMATS, find_documents, read_document
from pipeline.readers.decode import clean, decode
from tests.conftest import DOCUMENTS

FIXTURES = Path(__file__).parent.parent / "fixtures" / "documents"


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_each_reader_has_a_good_and_a_broken_document(suffix: str) -> None:
    assert read_document(FIXTURES / f"good{suffix}").text
    with pytest.raises(DocumentError) as raised:
        read_document(FIXTURES / f"broken{suffix}")
    assert raised.value.code in {"BAD_ENCODING", "NO_TEXT", "CORRUPT_FILE"}
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("name", "title", "date", "publisher", "language"),
    [
        (
            "article-car-t-consortium.html",
            "VFU delegation negotiates",
            "2024-11-08",
            "Volga Federal University",
            "en",
        ),
        (
            "news-forum-astana-ru.html",
            "В Астане открыли",
            "2024-07-22",
            "Вестник биотехнологий",
            "ru",
        ),
        ("news-yunhe-zh.txt", "阿斯塔纳基因组中心揭牌", "2024-07-25", "云合基因集团", "zh"),
        (
            "briefing-kazakhstan-pharma.md",
            "Kazakhstan: biopharma",
            "2025-02-03",
            "Steppe Analytics",
            "en",
        ),
        (
            "news-massbridge-polaris.txt",
            "Massbridge Therapeutics and HTC",
            "2011-05-16",
            None,
            "en",
        ),
        ("ministry-notice-fmd-ru.txt", "МИНИСТЕРСТВО", "2024-03-05", None, "ru"),
        ("policy-report-sino-russian-biotech.txt", "PARALLEL TRACKS", "2022-06", None, "en"),
    ],
)
def test_what_documents_state_about_themselves(
    name: str, title: str, date: str, publisher: str | None, language: str
) -> None:
    document = read_document(DOCUMENTS / name)
    assert document.title is not None
    assert document.title.startswith(title)
    assert (document.date, document.publisher, document.language) == (date, publisher, language)


def test_a_web_page_keeps_its_main_text_and_drops_its_furniture() -> None:
    document = read_document(DOCUMENTS / "article-car-t-consortium.html")
    assert "I compare it with the space industry" in document.text
    for furniture in ("Forgot your password", "cookie", "<script", "Related"):
        assert furniture not in document.text
    for heading in document.headings:
        assert document.text[heading.start : heading.end].strip()


def test_headings_have_exact_offsets() -> None:
    document = read_document(DOCUMENTS / "policy-report-sino-russian-biotech.txt")
    names = [document.text[h.start : h.end] for h in document.headings]
    assert {"ABSTRACT", "IMPORT DEPENDENCE", "ENDNOTES"} <= set(names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])
def test_encodings_are_detected(encoding: str, tmp_path: Path) -> None:
    text = "Меморандум о сотрудничестве подписан в Астане четырнадцатого марта. " * 20
    file = tmp_path / "letter.txt"
    file.write_bytes(text.encode(encoding))
    assert read_document(file).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('Компания "Алтын Фарм" (Казахстан) подписала договор.', "koi8-r"),
        ('Компания "Алтын Фарм" (Казахстан) подписала договор.', "cp1251"),
        ("Закупить 5 млн доз вакцины до конца года.", "cp866"),
        (
            "Société Générale de Santé a signé à Genève un accord pour la livraison, au prix de 4,5 M€.",
            "cp1252",
        ),
        (
            "El año pasado la empresa española firmó el acuerdo con el ministerio de salud de la nación.",
            "cp1252",
        ),
        ("Spółka podpisała umowę o współpracy z ministerstwem i nie jest to koniec.", "iso8859-2"),
        (
            "La société a signé à Genève un accord pour la livraison des vaccins et des sérums.",
            "mac_roman",
        ),
        (
            "Die Gesellschaft unterzeichnete die Vereinbarung über die Lieferung für das Jahr.",
            "cp1252",
        ),
    ],
)
def test_short_texts_are_decoded_as_a_language(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("疫苗供应协议已于昨日在阿斯塔纳签署，双方代表出席了签字仪式并发表讲话。" * 3, "gb18030"),
        ("ワクチンの供給に関する契約が署名されました。日本の企業が参加しました。" * 3, "shift_jis"),
        ("백신 공급에 관한 협정이 서명되었습니다. 회사와 정부가 참여했습니다." * 3, "euc-kr"),
    ],
)
def test_texts_of_two_bytes_a_letter_are_left_to_the_library(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


def test_a_declared_charset_of_a_page_is_used() -> None:
    page = '<html lang="ru"><head><meta charset="windows-1251"><title>Новости</title></head><body><article><p>'
    page += "Подписано соглашение о поставке вакцины. " * 20 + "</p></article></body></html>"
    parsed = FORMATS[".html"].read(page.encode("cp1251"))
    assert "соглашение о поставке вакцины" in parsed.text
    assert parsed.encoding == "windows-1251"


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "latin1"])
def test_a_page_that_says_latin_1_is_windows_1252(declared: str) -> None:
    page = f'<html lang="en"><head><meta charset="{declared}"><title>Prices</title></head><body><article><p>'
    page += (
        "Prices rose by 10–15% in 2022–2023, to €5.20 since May’s deal. " * 9
        + "</p></article></body></html>"
    )
    assert (
        "10–15% in 2022–2023, to €5.20 since May’s"
        in FORMATS[".html"].read(page.encode("cp1252")).text
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark(encoding: str) -> None:
    text = "Отчёт о закупках: 3,5 млн доз.\nThe second line."
    assert decode(text.encode(encoding)) == (text, encoding)


def test_a_broken_byte_does_not_cost_a_document(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    words = "Министерство закупило вакцину. " * 40
    file.write_bytes(words.encode() + b"\xff" + words.encode())
    document = read_document(file)
    assert document.text == f"{words}\ufffd{words}"
    assert [w.code for w in document.warnings] == ["DAMAGED_CHARACTERS"]


def test_a_vertical_tab_parts_words() -> None:
    assert clean("Total\v45\vmillion") == "Total\n45\nmillion"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"PK", "UNSUPPORTED_FORMAT"),
        ("a.txt", b"", "EMPTY_FILE"),
        ("a.txt", b" \n\t ", "EMPTY_FILE"),
        ("a.txt", bytes(range(256)) * 50, "BAD_ENCODING"),
        ("a.txt", b"\xff\xfe\x00", "BAD_ENCODING"),
        ("a.html", b"<p " + b"a=1 " * 40000 + b">text</p>", "TOO_COMPLEX"),
    ],
)
def test_unusable_files_have_clear_codes(name: str, data: bytes, code: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(DocumentError) as raised:
        read_document(file)
    assert raised.value.code == code


def test_names_never_show_a_machines_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere" / "papers"
    folder.mkdir(parents=True)
    (folder / "b.txt").write_text("b")
    (folder / ".hidden.txt").write_text("h")
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("a")
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    assert [name for _, name, *_ in find_documents((folder,))] == [
        "papers/b.txt",
        "papers/sub/a.txt",
    ]


def test_no_documents_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="No documents"):
        find_documents((tmp_path,))
    with pytest.raises(DossierError, match="does not exist"):
        find_documents((tmp_path / "nowhere",))


@given(st.text(max_size=300))
def test_clean_text_is_stable_and_safe(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(ord(c) < 32 and c not in "\n\t" for c in cleaned)


@given(st.binary(max_size=300))
def test_decoding_raises_nothing_else(data: bytes) -> None:
    try:
        decode(data)
    except DocumentError as error:
        assert error.code == "BAD_ENCODING"
