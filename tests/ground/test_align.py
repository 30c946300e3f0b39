import unicodedata
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ground.align import TextIndex, locate_all
from pipeline.readers import find_documents, read_document
from tests.conftest import DOCUMENTS

TEXT = (
    "The company and its partner agreed to commit USD 2.5 billion.1 The fund was set up in 2016.2 It supports\n"
    "bio-\ntechnology and “green” chemistry.3 Output rose by a factor of 20.4 The trial was unblinded in May.\n\n"
    "Фонд вложит 4,2 млрд тенге в завод. 基金总规模1.8亿美元。The fund was set up in 2016."
)


@pytest.fixture(scope="module")
def index() -> TextIndex:
    return TextIndex(TEXT)


@pytest.mark.parametrize(
    ("quote", "status", "found"),
    [
        ("commit USD 2.5 billion", "exact", "commit USD 2.5 billion"),
        ("it supports biotechnology and \"green\" chemistry", "normalised", "It supports\nbio-\ntechnology and “green” chemistry"),
        ("Output rose by a factor of 20.", "exact", "Output rose by a factor of 20."),
        ("USD 2.5 billion. The fund was set up", "normalised", "USD 2.5 billion.1 The fund was set up"),
        ("The company and the partner agreed to commit", "fuzzy", "The company and its partner agreed to commit"),
        ("The compamy and its partner agreed", "missing", None),
        ("The company and its partner agreed to commit USD 3.5 billion", "conflict", None),
        ("The company and its partner agreed to commit EUR 2.5 billion", "conflict", None),
        ("The company and its partner never agreed to commit", "conflict", None),
        ("The company and its lawyer agreed to commit", "missing", None),
        ("commit USD 2", "conflict", None),
        ("Фонд вложит 4,2 млн тенге в завод", "conflict", None),
        ("基金总规模1.8万美元", "conflict", None),
        ("blinded in May", "missing", None),
        ("", "missing", None),
        ("an invented sentence about nothing here", "missing", None),
    ],
)  # fmt: skip
def test_statuses(index: TextIndex, quote: str, status: str, found: str | None) -> None:
    span = index.locate(quote)
    assert span.status == status
    if found is not None:
        assert TEXT[span.start : span.end] == found


@pytest.mark.parametrize(
    "quote", ["blinded", "5 billion", "20", "1.8", "compan", "USD 2", "млрд тенге в заво"]
)
def test_words_and_numbers_are_not_cut(quote: str) -> None:
    index = TextIndex(
        "unblinded 2.5 billion of 2016 companies 20亿 USD 20 11.8% млрд тенге в завод"
    )
    assert index.locate(quote).status not in ("exact", "normalised", "fuzzy") or quote == "20"


def test_a_repeated_quote_goes_to_its_passage_then_beside_the_others(index: TextIndex) -> None:
    quote = "The fund was set up in 2016"
    second = TEXT.rindex(quote)
    assert index.locate(quote).start == TEXT.index(quote)
    assert index.locate(quote, near=(second - 20, len(TEXT))).start == second
    spans = locate_all(index, [quote, "基金总规模1.8亿美元"])
    assert spans[0].start == second


@pytest.mark.parametrize(
    "path", [source.path for source in find_documents((DOCUMENTS,))], ids=lambda p: p.name
)
def test_every_sentence_of_every_document_is_found_as_it_stands(path) -> None:
    from pipeline.passages import sentences

    text = read_document(path).text
    index = TextIndex(text)
    for start, end in sentences(text):
        span = index.locate(text[start:end], near=(start, end))
        assert (span.status, span.start, span.end) == ("exact", start, end)


@given(st.data())
def test_harmless_differences_are_normalised(data: st.DataObject) -> None:
    text = read_document(DOCUMENTS / "press-release-steppe-fund.txt").text
    words = text.split()
    first = data.draw(st.integers(0, len(words) - 8))
    quote = " ".join(words[first : first + 7])
    decomposed = partial(unicodedata.normalize, "NFD")
    change = data.draw(
        st.sampled_from(
            [
                str.upper,
                decomposed,
                lambda q: q.replace(" ", "\u00a0\n"),
                lambda q: q.replace('"', "”"),
            ]
        )
    )
    span = TextIndex(text).locate(change(quote))
    assert span.status in ("exact", "normalised")


@given(st.text(max_size=80), st.text(max_size=200))
def test_whatever_is_accepted_is_a_slice(quote: str, text: str) -> None:
    span = TextIndex(text).locate(quote)
    if span.start is not None:
        assert span.end is not None
        assert 0 <= span.start < span.end <= len(text)
    else:
        assert span.status == "missing"
