"""The source of an RTF taken apart: what striprtf would lose or could not tell apart is put aside,
so that it can be decoded by itself: notes, running heads, hidden and deleted text, what the file
says of itself. Cells, rows and headings are marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.domain import Layer
from pipeline.readers.letters import is_symbol, raised, symbol

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[^\\{}]+|\\", re.DOTALL
)
_LAYERS: dict[str, Layer] = {
    "footnote": "footnote",
    "shptxt": "text_box",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
}
_DROPPED = ("fldinst", "pict", "object", "annotation", "stylesheet")
_INFO = ("title", "author", "creatim")
_BYTES = re.compile("[\x80-\xff]")
_WHITE = re.compile(r"\\red25[0-5]\\green25[0-5]\\blue25[0-5]\b")
_SHADES = ("highlight", "cb", "chcbpat")
_TINY_HALF_POINTS = 4
_MINUS = 0x2212
# Marks in the text that striprtf gives back: the end of a cell, of a row, a heading of level 1, 2,
# ..., the end of a note.
CELL, ROW, HEADING, END = "\ue000", "\ue001", 0xE002, "\ue00b"


@dataclass(frozen=True, slots=True)
class _State:
    """How characters are set: a group inherits it and gives it back."""

    hidden: bool = False
    deleted: bool = False
    struck: bool = False
    white: bool = False
    shaded: bool = False
    tiny: bool = False
    raised: bool = False
    symbols: str = ""  # the font, if its letters are symbols
    fallback: int = 1  # characters that follow one given by its code


@dataclass(slots=True)
class Taken:
    """RTF source, taken apart: the body, the notes and running heads with their layers, and what is
    known of the file."""

    body: list[str] = field(default_factory=list)
    aside: list[tuple[Layer, list[str]]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    info: dict[str, list[str]] = field(default_factory=dict)
    page: str = ""


class SourceReader:
    """Goes through the source once. A sink is the list that the source of a group goes to."""

    def __init__(self, source: str) -> None:
        self.taken = Taken()
        self._sink = self.taken.body
        self._state = _State()
        self._stack: list[tuple[_State, list[str]]] = []
        self._opened = self._starred = False  # whether a group has just begun, and with \\*
        self._in_table = self._row_shaded = self._paragraph_shaded = False
        self._level = self._notes = self._skip = 0
        at = 0
        while token := _TOKEN.match(source, at):
            at = token.end()
            if token[1] == "bin" and token[2]:
                at += max(0, int(token[2]))  # bytes of a picture
            elif token[0] != "\\*" or self._opened:
                # In the middle of a group a star says nothing, and would hide what follows.
                self._take(token[0], token[1] or "", token[2])

    def _take(self, token: str, word: str, number: str | None) -> None:
        opened, starred = self._opened, self._starred
        self._opened, self._starred = (
            token == "{" or (opened and token == "\\*"),
            opened and token == "\\*",
        )
        if self._starred:
            # kept back until it is known what it says of: a destination that older programs may
            # pass over
            return
        begins = opened and word != "" and self._begins(word)
        if starred and not begins:
            self._sink.append("\\*")
        if begins:
            return
        if token in ("{", "}") or word:
            self._skip = 0
        if token == "{":
            self._stack.append((self._state, self._sink))
            self._sink.append(token)
        elif token == "}":
            if self._stack:
                self._state, self._sink = self._stack.pop()
                self._sink.append(token)
        elif self._sink is self.taken.fonts or self._sink is self.taken.colours:
            self._sink.append(token)
        elif word == "ftnalt" and self.taken.aside:
            self.taken.aside[-1] = ("endnote", self.taken.aside[-1][1])
        elif not word:
            self._text(token)
        elif word == "u":
            self._letter(number)
        elif not self._marks(word, number) and not self._sets(word, number):
            # A blank ends the word, so that what is left out behind it cannot glue it to the text.
            self._sink.append(token.rstrip(" ") + " ")

    def _begins(self, word: str) -> bool:
        """Turn to another sink if the group is one that stands apart."""
        taken = self.taken
        if word in _LAYERS:
            self._state = _State(shaded=word == "shptxt")
            if word == "footnote":
                self._notes += 1
                self._sink.append(coded(raised(str(self._notes))))
            taken.aside.append((_LAYERS[word], []))
            self._sink = taken.aside[-1][1]
        elif word == "fonttbl":
            self._sink = taken.fonts
        elif word == "colortbl":
            self._sink = taken.colours
        elif word in _INFO and word not in taken.info:
            self._sink = taken.info.setdefault(word, [])
        elif word in _INFO or word in _DROPPED:
            self._sink = []
        else:
            return False
        return True

    def _letter(self, number: str | None) -> None:
        """A character by its code; what older programs show instead of it follows and is passed
        over."""
        code = int(number or 0x3F) % 0x10000
        self._put(coded("⁻" if self._state.raised and code == _MINUS else chr(code)))
        self._skip = self._state.fallback

    def _put(self, source: str) -> None:
        """Source of seen, hidden or deleted text to where it belongs."""
        taken = self.taken
        kept = taken.struck if self._state.struck else taken.hidden if self._unseen else self._sink
        (taken.deleted if self._state.deleted else kept).append(source)

    def _text(self, token: str) -> None:
        if self._skip:
            passed = min(self._skip, 1 if token.startswith("\\") else len(token))
            self._skip -= passed
            token = "" if token.startswith("\\") else token[passed:]
        if font := self._state.symbols:
            codes = (
                [int(token[2:], 16)] if token.startswith("\\'") else map(ord, token.strip("\r\n"))
            )
            token = coded("".join(symbol(code, font) for code in codes))
        elif self._state.raised and raised(token) != token:
            token = coded(raised(token))
        if token:
            self._put(_BYTES.sub(lambda byte: f"\\'{ord(byte[0]):02x}", token))

    def _marks(self, word: str, number: str | None) -> bool:
        """Whether a word ends a paragraph, line, cell or row, which is noted; or says what the
        paragraph is."""
        if word in ("par", "sect", "page"):
            heading = (
                coded(chr(HEADING + self._level - 1)) if self._level and not self._in_table else ""
            )
            self._sink.append(f"{heading}\\par " if not self._in_table else " ")
        elif word in ("cell", "nestcell", "row", "nestrow"):
            self._sink.append(coded(CELL if word.endswith("cell") else ROW))
        elif word == "line":
            self._sink.append(" ")
        elif word in ("pard", "trowd"):
            self._in_table, self._level, self._paragraph_shaded = False, 0, False
            self._row_shaded = self._row_shaded and word == "pard"
        elif word in ("cbpat", "clcbpat"):
            shaded = number not in (None, "0")
            self._row_shaded = self._row_shaded or (shaded and word == "clcbpat")
            self._paragraph_shaded = self._paragraph_shaded or (shaded and word == "cbpat")
        elif word in ("intbl", "itap"):
            self._in_table = number != "0"
        elif word == "outlinelevel":
            self._level = int(number or 9) + 1 if number in tuple("012345678") else 0
        elif word == "ansicpg":
            self.taken.page = f"\\ansicpg{number}"
        else:
            return False
        return True

    def _sets(self, word: str, number: str | None) -> bool:
        """Whether a word changes how characters are set, which is kept."""
        on = number != "0"
        if word == "plain":
            self._state = _State(fallback=self._state.fallback)
            return False
        if word == "uc":
            self._state = replace(self._state, fallback=int(number or 1))
        elif word == "v":
            self._state = replace(self._state, hidden=on)
        elif word in ("strike", "striked"):
            self._state = replace(self._state, struck=on)
        elif word == "deleted":
            self._state = replace(self._state, deleted=on)
        elif word == "cf":
            self._state = replace(self._state, white=int(number or 0) in self._whites)
        elif word == "f":
            self._state = replace(self._state, symbols=self._symbols.get(number or "", ""))
            return False
        elif word in _SHADES:
            self._state = replace(self._state, shaded=on)
        elif word == "fs":
            self._state = replace(self._state, tiny=0 < int(number or 24) <= _TINY_HALF_POINTS)
        elif word in ("super", "up", "nosupersub", "sub", "dn"):
            self._state = replace(self._state, raised=word in ("super", "up") and on)
        else:
            return False
        return True

    @property
    def _unseen(self) -> bool:
        state = self._state
        on_colour = state.shaded or self._row_shaded or self._paragraph_shaded
        return state.hidden or state.tiny or (state.white and not on_colour)

    @cached_property
    def _whites(self) -> set[int]:
        return {
            n
            for n, colour in enumerate("".join(self.taken.colours).split(";"))
            if _WHITE.search(colour)
        }

    @cached_property
    def _symbols(self) -> dict[str, str]:
        """The fonts whose letters are symbols, by number."""
        names = {}
        for entry in "".join(self.taken.fonts).split(";"):
            number = re.search(r"\\f(\d+)", entry)
            name = re.sub(r"\{[^{}]*\}|\\[a-z]+-?\d* ?|[{}]", "", entry).strip()
            if number and is_symbol(name):
                names[number[1]] = name
        return names


def coded(text: str) -> str:
    """Text as RTF source that says the same whatever code page and fallback are in force."""
    return (
        "{\\uc1"
        + "".join(f"\\u{ord(c) if ord(c) < 0x8000 else ord(c) - 0x10000}?" for c in text)
        + "}"
    )
