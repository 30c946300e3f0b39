"""How a document is cut into passages, fact by fact."""

from itertools import pairwise

from pipeline.domain import Document, Heading, Passage, Region
from pipeline.passages import halve_passage, split_document
from pipeline.text.tokens import count_tokens


def document(text: str, headings: tuple[Heading, ...] = (), **changes: object) -> Document:
    given = {"id": "doc_1", "path": "x.txt", "text": text, "reader": "text/1"}
    given |= {"size_bytes": len(text), "encoding": "utf-8", "headings": headings}
    return Document(**(given | changes))  # type: ignore[arg-type]


def sizes(read: Document, passages: tuple[Passage, ...]) -> list[int]:
    return [count_tokens(read.text[p.start : p.end]) for p in passages]


def paragraph(tokens: int) -> str:
    """A sentence of so many tokens."""
    return ("Word " * tokens)[: 4 * tokens - 1] + "."


def under(*parts: tuple[str, int]) -> Document:
    """Headings with so many tokens of text below each."""
    text, headings = "", []
    for name, tokens in parts:
        headings.append(Heading(len(text), len(text) + len(name), 1))
        text += f"{name}\n\n{paragraph(tokens)}\n\n"
    return document(text, tuple(headings))


def starts(read: Document, passages: tuple[Passage, ...]) -> list[str]:
    return [read.text[p.start :].split("\n")[0][:8] for p in passages]


def test_no_passage_is_longer_than_allowed_overlap_included() -> None:
    long = " ".join(f"This is the sentence of number {i:03}." for i in range(17))
    read = document("\n\n".join([long] * 6))
    passages = split_document(read, 200, 60)
    assert len(passages) > 2
    assert max(sizes(read, passages)) <= 200
    assert any(after.start < before.end for before, after in pairwise(passages))


def test_a_document_that_just_fits_is_one_passage() -> None:
    read = document(f"{paragraph(60)}\n\n{paragraph(60)}")
    assert len(split_document(read, 121, 10)) == 1
    both = sum(count_tokens(text) for text in read.text.split("\n\n"))
    assert len(split_document(read, both, 10)) == 1
    assert len(split_document(read, both - 1, 10)) == 2


def test_a_document_that_fits_is_not_cut_at_its_headings() -> None:
    assert len(split_document(under(("ONE", 110), ("TWO", 60)), 200, 20)) == 1


def test_a_passage_ends_before_a_heading_when_it_is_half_full() -> None:
    half = under(("ONE", 110), ("TWO", 60), ("THREE", 60))
    assert starts(half, split_document(half, 200, 20)) == ["ONE", "TWO"]
    scrap = under(("ONE", 60), ("TWO", 60), ("THREE", 160))
    assert starts(scrap, split_document(scrap, 200, 20)) == ["ONE", "THREE"]


def test_less_than_a_quarter_of_a_passage_is_not_cut_off_at_its_heading() -> None:
    scrap = under(("ONE", 165), ("END", 38))
    first = split_document(scrap, 200, 20)[0]
    assert scrap.text[first.start : first.end].endswith("END")
    quarter = under(("ONE", 165), ("END", 55))
    assert starts(quarter, split_document(quarter, 200, 20)) == ["ONE", "END"]


def test_a_passage_at_a_heading_repeats_nothing() -> None:
    body = " ".join(f"This is sentence {i}." for i in range(24))
    text = f"{body}\n\nTWO\n\n{body}"
    read = document(text, (Heading(text.index("TWO"), text.index("TWO") + 3, 1),))
    passages = split_document(read, 150, 40)
    assert [p.start for p in passages if p.start == text.index("TWO")]
    assert all(text.index("TWO") not in range(p.start + 1, p.end) for p in passages[1:])


def test_a_passage_within_a_section_repeats_whole_sentences_and_few() -> None:
    body = "\n\n".join(" ".join(f"This is sentence {i}-{j}." for j in range(8)) for i in range(9))
    read = document(body)
    passages = split_document(read, 150, 20)
    for before, after in pairwise(passages):
        repeated = body[after.start : before.end]
        assert repeated.startswith("This is")
        assert count_tokens(repeated) <= 20


def test_running_headers_are_in_no_passage() -> None:
    text = f"{paragraph(50)}\n\nPage 1 of 2"
    at = text.index("Page")
    read = document(text, regions=(Region(at, len(text), "header"),))
    (passage,) = split_document(read, 200, 20)
    assert read.text[passage.start : passage.end] == paragraph(50)


def test_headings_lead_from_the_outermost_inwards() -> None:
    text = "PART\n\nFIRST\n\nSECOND\n\n" + paragraph(50)
    levels = {"PART": 1, "FIRST": 2, "SECOND": 2}
    headings = tuple(Heading(text.index(n), text.index(n) + len(n), i) for n, i in levels.items())
    read = document(text + "\n\n" + paragraph(140), headings)
    assert split_document(read, 150, 20)[-1].headings == ("PART", "SECOND")


def test_ids_of_passages_name_the_document_and_the_place() -> None:
    text = f"{paragraph(90)}\n\n{paragraph(90)}"
    one, two = document(text), document(text, id="doc_2")
    ids = [p.id for read in (one, two) for p in split_document(read, 100, 10)]
    assert len(set(ids)) == 4
    assert ids[:2] == [p.id for p in split_document(one, 100, 10)]


def test_a_passage_is_halved_near_its_middle_between_paragraphs() -> None:
    text = "\n\n".join(f"{i} {paragraph(49)}" for i in range(6))
    read = document(text)
    whole = Passage("p", "doc_1", 3, 0, len(text), ("H",), "a")
    first, second = halve_passage(read, whole)
    assert text[second.start] == "3"
    assert text[first.start : first.end].endswith(paragraph(49))
    assert (first.part, second.part) == ("aa", "ab")
    assert {first.index, second.index} == {3}
    assert first.headings == second.headings == ("H",)
    assert len({whole.id, first.id, second.id}) == 3


def test_a_passage_of_twice_the_least_size_can_be_halved_and_no_smaller_one() -> None:
    text = f"{paragraph(99)}\n\n{paragraph(100)}"
    assert count_tokens(text) == 200
    whole = Passage("p", "doc_1", 0, 0, len(text))
    assert len(halve_passage(document(text), whole)) == 2
    assert halve_passage(document(text[:-4]), Passage("p", "doc_1", 0, 0, len(text) - 4)) == ()
