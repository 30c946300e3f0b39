"""Which endnotes a passage cites."""

from __future__ import annotations

from pipeline.domain import Document, Passage
from pipeline.prompts import render_request
from pipeline.subject import load_subject
from pipeline.text.notes import notes_cited
from tests.answers import SUBJECT

BODY = (
    "The ship sank.1 Nobody was hurt.2 The owners paid 20 pounds.3 She was raised.4 Later she burned.5"
    " In 1902 she was sold."
)
NOTES = """
Notes

1. Harbour Register, 1891.

2. Ibid., page 4.

3. A. Hill, Losses at Sea (Leeds: Quay, 1899), 12.
second line of it

4. The Gazette.

5. Told by the owner.

About the author: born in 1850.
"""
TEXT = f"{BODY}\n{NOTES}"


def told(start: int, end: int, text: str = TEXT) -> dict[int, str]:
    return {n: text[a:b] for n, (a, b) in notes_cited(text, start, end).items()}


def test_the_notes_of_a_stretch_by_number() -> None:
    assert told(BODY.index("She was"), len(BODY)) == {4: "The Gazette.", 5: "Told by the owner."}


def test_ibid_brings_the_note_before_it() -> None:
    low, high = BODY.index("Nobody"), BODY.index("The owners")
    assert told(low, high) == {1: "Harbour Register, 1891.", 2: "Ibid., page 4."}


def test_a_note_that_was_lost_ends_no_list() -> None:
    lost = TEXT.replace("4. The Gazette.\n\n", "").replace("Told by", "Ibid. Told by")
    low, high = BODY.index("Later"), len(BODY)
    assert set(told(low, high, lost)) == {3, 5}


def test_a_note_ends_with_its_paragraph() -> None:
    low, high = BODY.index("The owners"), BODY.index("She was")
    assert told(low, high) == {
        3: "A. Hill, Losses at Sea (Leeds: Quay, 1899), 12.\nsecond line of it"
    }


def test_notes_that_stand_in_the_stretch_are_left_out() -> None:
    assert told(0, len(TEXT)) == {}


def test_without_a_list_that_counts_from_one_there_are_none() -> None:
    assert told(0, len(BODY), BODY) == {}
    assert told(0, len(BODY), f"{BODY}\n\n4. The Gazette.\n\n5. Told by the owner.\n") == {}


def test_a_request_gives_the_notes_behind_the_passage() -> None:
    document = Document("d", "ship.txt", TEXT, "text", 1, len(TEXT))
    passage = Passage("p", "d", 0, BODY.index("She was"), len(BODY))
    (task,) = load_subject(SUBJECT).tasks
    asked = render_request(task, document, passage, ()).messages[-1]["content"]
    body, notes = asked.split("The endnotes that it cites:")
    assert "She was raised" in body
    assert "4. The Gazette.\n5. Told by the owner." in notes
    without = Document("d", "ship.txt", BODY, "text", 1, len(BODY))
    assert "endnotes" not in render_request(task, without, passage, ()).messages[-1]["content"]
