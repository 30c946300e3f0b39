from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import Document, Heading
from pipeline.passages import paragraphs, sentences, split_document
from pipeline.readers import find_documents, read_document
from pipeline.text.tokens import count_tokens
from tests.conftest import DOCUMENTS

WORDS = st.sampled_from(
    [
        "Alpha",
        "beta",
        "2.5",
        "№",
        "вакцина",
        "合作",
        "Dr.",
        "signed.",
        "end!",
        "\n",
        "\n\n",
        "— x",
        "e.g.",
    ]
)
TEXTS = st.lists(WORDS, max_size=300).map(" ".join)


def document(text: str, headings: tuple[Heading, ...] = ()) -> Document:
    return Document("doc_1", "x.txt", text, "text/1", len(text), "utf-8", headings=headings)


@given(TEXTS, st.integers(100, 400))
def test_passages_cover_the_text_in_order_and_keep_to_the_limit(text: str, limit: int) -> None:
    passages = split_document(document(text), limit, 20)
    covered = set()
    for index, passage in enumerate(passages):
        assert passage.index == index
        assert 0 <= passage.start < passage.end <= len(text)
        assert count_tokens(text[passage.start : passage.end]) <= limit + 20
        covered.update(range(passage.start, passage.end))
    assert all(letter.isspace() for i, letter in enumerate(text) if i not in covered)
    assert [p.start for p in passages] == sorted(p.start for p in passages)


def test_overlap_is_whole_sentences_of_the_passage_before() -> None:
    text = " ".join(f"This is sentence number {i} of the text." for i in range(200))
    passages = split_document(document(text), 200, 40)
    assert len(passages) > 3
    for before, after in pairwise(passages):
        overlap = text[after.start : before.end]
        assert overlap.startswith("This is sentence")
        assert count_tokens(overlap) <= 40


def test_a_passage_begins_at_a_heading_without_overlap() -> None:
    body = "A sentence of some length stands here. " * 20
    text = f"{body}\n\nSECOND PART\n\n{body}"
    start = text.index("SECOND")
    passages = split_document(document(text, (Heading(start, start + 11, 1),)), 250, 40)
    assert start in [p.start for p in passages]
    assert passages[-1].headings == ("SECOND PART",)


def test_a_sentence_broken_by_a_page_stays_whole() -> None:
    text = "No mechanism existed to\n\ngive either government early notice.\n\nA new paragraph."
    assert [text[a:b] for a, b in paragraphs(text)] == [
        text.split("\n\nA new", maxsplit=1)[0],
        "A new paragraph.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It grew by 2.5 per cent. Then it fell.", ["It grew by 2.5 per cent.", "Then it fell."]),
        ("Signed by K. D. Zakar. It holds.", ["Signed by K. D. Zakar.", "It holds."]),
        ("基金总规模1.8亿美元。双方已签署！", ["基金总规模1.8亿美元。", "双方已签署！"]),
        ("Funding was cut.12 Work went on.", ["Funding was cut.12", "Work went on."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


def test_bundled_documents_split_within_the_limit() -> None:
    for path, name, *_ in find_documents((DOCUMENTS,)):
        read = read_document(path, name)
        for passage in split_document(read, 1500, 60):
            assert count_tokens(read.text[passage.start : passage.end]) <= 1500
