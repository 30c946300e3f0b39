"""What the page shows of a document: marks cut into pieces, text of passages once, and files."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.review.web.marked import bare_sentences, pieces, quoted_at
from pipeline.review.web.shown import file_of
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.store.query import Session
from pipeline.store.texts import Mark, Shown, Texts
from tests.conftest import ROOT

Bundled = tuple[Settings, Outcome]
TEXT = "Ada met Bo in Oslo. They signed nothing at all there. Bo left."


def mark(start: int, end: int, table: str = "event", field: str = "") -> Mark:
    return Mark(start, end, table, f"r_{start}_{end}_{table}", field, "", "exact")


@pytest.fixture
def texts(bundled: Bundled) -> Iterator[Texts]:
    session = Session(bundled[0].database.resolve())
    yield Texts(session)
    session.close()


def test_pieces_are_the_text_cut_where_marks_begin_and_end() -> None:
    marks = [mark(100, 119), mark(108, 110, "person"), mark(114, 118, "event", "place")]
    found = pieces(100, TEXT, marks, [(108, 118), (114, 118)])
    assert "".join(piece.text for piece in found) == TEXT
    assert [(p.text, p.tables, p.focus, p.first, p.begins) for p in found] == [
        ("Ada met ", ("event",), "", False, True),
        ("Bo", ("person", "event"), "quote", True, True),
        (" in ", ("event",), "quote", False, False),
        ("Oslo", ("event",), "value", False, False),
        (".", ("event",), "", False, False),
        (TEXT[19:], (), "", False, False),
    ]


def test_offsets_are_code_points() -> None:
    text = "𝔸🙂 云 x"
    found = pieces(0, text, [mark(3, 4)])
    assert [piece.text for piece in found] == ["𝔸🙂 ", "云", " x"]


def test_sentences_that_no_record_quotes_are_bare() -> None:
    marks = [mark(1000, 1003), mark(1020, 1030, "event", "status")]
    (found,) = bare_sentences(1000, TEXT, marks)  # the last one is too short to say anything
    assert TEXT[found[0] - 1000 : found[1] - 1000] == "They signed nothing at all there."
    shown = pieces(1000, TEXT, marks, (), [found])
    assert (
        "".join(piece.text for piece in shown if piece.bare) == "They signed nothing at all there."
    )


def test_the_shortest_quote_at_a_place_is_meant() -> None:
    marks = [mark(0, 50), mark(10, 20, "person"), mark(10, 12, "person", "name")]
    assert quoted_at(marks, 10) == (10, 20)
    assert quoted_at(marks, 20) == (0, 50)
    assert quoted_at(marks, 60) == (60, 61)


def test_a_document_is_shown_whole_and_what_stands_in_two_passages_once(texts: Texts) -> None:
    for shown, records in texts.documents(0, 100):
        parts = texts.parts(shown.id, 0, shown.characters)
        ends = [start + len(text) for start, text in parts]
        assert all(end <= start for end, (start, _) in zip(ends, parts[1:], strict=False)), (
            shown.path
        )
        assert records > 0
        if shown.path.endswith(".txt"):
            text = (ROOT / shown.path).read_text(encoding="utf-8")
            assert sum(len(part) for _, part in parts) > 0.95 * len(text.strip())
    long = next(s for s, _ in texts.documents(0, 100) if "policy-report" in s.path)
    whole = texts.parts(long.id, 0, long.characters)
    assert texts.parts(long.id, 5000, 5200) == [(5000, _slice(whole, 5000, 5200))]


def _slice(parts: list[tuple[int, str]], low: int, high: int) -> str:
    return "".join(text[max(0, low - start) : max(0, high - start)] for start, text in parts)


def test_marks_are_the_evidence_between_two_places(texts: Texts) -> None:
    (shown, _) = next(d for d in texts.documents(0, 100) if "massbridge" in d[0].path)
    every = texts.marks(shown.id, 0, shown.characters)
    some = texts.marks(shown.id, 200, 400)
    assert some == [m for m in every if m.start < 400 and m.end > 200]
    assert {m.table for m in every} > {"agreement", "organisation"}


def test_a_file_is_shown_only_with_the_bytes_that_were_read(
    tmp_path: Path, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shown, _) = next(d for d in texts.documents(0, 100) if d[0].path.endswith(".pdf"))
    monkeypatch.chdir(ROOT)
    assert file_of(shown) == Path(shown.path)
    monkeypatch.chdir(tmp_path)
    assert file_of(shown) is None
    Path(shown.path).parent.mkdir(parents=True)
    shutil.copy(ROOT / shown.path, shown.path)
    assert file_of(shown) == Path(shown.path)
    with Path(shown.path).open("ab") as file:
        file.write(b"\n")
    assert file_of(shown) is None
    other = Shown(shown.id, "/etc/hostname", "", "", "", 0, 1)
    assert file_of(other) is None
