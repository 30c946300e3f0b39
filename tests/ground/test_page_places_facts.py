"""Where a slice of a document stands in its file, fact by fact."""

from array import array
from math import nan

from pipeline.domain import Box, Document, Region
from pipeline.ground.places import boxes_of, heads_above, layer_at, page_and_place


def drawn(text: str, regions: tuple[Region, ...], width: int = 10) -> Document:
    """A document of lines of `width` characters, each letter 10 by 10 points, spaces not drawn."""
    boxes = array("f")
    for index, letter in enumerate(text):
        row, column = divmod(index, width)
        left, top = 10.0 * column, 20.0 * row
        boxes.extend((nan,) * 4 if letter == " " else (left, top, left + 10, top + 10))
    return Document("d", "x", text, "pdf/1", 1, "", regions=regions, boxes=boxes)


def test_a_region_ends_before_its_end() -> None:
    regions = (Region(0, 5, "footnote", 1), Region(6, 9, "caption", 2, "caption 1"))
    document = Document("d", "x", "abcde fgh ij", "pdf/1", 1, "", regions=regions)
    assert [layer_at(document, i) for i in (0, 4, 5, 6, 9)] == [
        "footnote", "footnote", "body", "caption", "body",
    ]  # fmt: skip
    assert page_and_place(document, 4) == (1, None)
    assert page_and_place(document, 5) == (None, None)
    assert page_and_place(document, 8) == (2, "caption 1")


def test_a_tables_mark_belongs_to_the_cell_behind_it() -> None:
    regions = (Region(2, 3, "table", 1, "cell 1"), Region(6, 7, "table", 1, "cell 2"))
    document = Document("d", "x", "| a | b |", "docx/1", 1, "", regions=regions)
    assert page_and_place(document, 0) == (1, "cell 1")
    assert page_and_place(document, 4) == (1, "cell 2")
    assert page_and_place(document, 8) == (None, None)


def test_each_line_has_its_own_rectangle() -> None:
    document = drawn("abcdefghijklmnopqrst", (Region(0, 20, page=1),))
    assert boxes_of(document, 8, 12) == (
        Box(1, 80.0, 0.0, 100.0, 10.0), Box(1, 0.0, 20.0, 20.0, 30.0),
    )  # fmt: skip
    # A line may also begin further right than the one above it ends.
    indented = drawn("ab" + " " * 12 + "cd", (Region(0, 16, page=1),))
    assert len(boxes_of(indented, 0, 16)) == 2


def test_a_rectangle_ends_with_the_slice_and_goes_on_in_the_next_region() -> None:
    document = drawn("abcdefghij", (Region(0, 4, page=1), Region(4, 10, page=2)))
    assert boxes_of(document, 1, 3) == (Box(1, 10.0, 0.0, 30.0, 10.0),)
    assert boxes_of(document, 2, 6) == (
        Box(1, 20.0, 0.0, 40.0, 10.0), Box(2, 40.0, 0.0, 60.0, 10.0),
    )  # fmt: skip


def test_what_is_not_drawn_has_no_rectangle() -> None:
    document = drawn("ab cd", (Region(0, 5, page=1),))
    assert boxes_of(document, 0, 5) == (Box(1, 0.0, 0.0, 50.0, 10.0),)
    assert boxes_of(document, 2, 3) == ()
    assert boxes_of(drawn("abc", (Region(0, 3),)), 0, 3) == ()


def test_the_label_of_a_speech_stands_above_what_is_said() -> None:
    text = "Ana Ruiz, mayor: We start. The plant: it opens.\nNo label here. So: nothing.\nBen Hill said so.\n"
    document = Document("d", "x", text, "text/1", 1, "")

    def heads(quote: str) -> list[str]:
        start = text.index(quote)
        return [text[a:b] for a, b in heads_above(document, [(start, start + len(quote))])]

    assert heads("We start") == heads("it opens") == ["Ana Ruiz, mayor"]
    assert heads("nothing") == heads("Ben Hill") == []
    assert heads("Ana Ruiz") == []  # its own label
