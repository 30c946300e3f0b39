"""RTF: striprtf decodes the text, piece by piece as rtf_source.py takes it apart; the pieces are
laid out with their layers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.domain import Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.format import Format
from pipeline.readers.layout import Block, lay_out, row_block, struck_out
from pipeline.readers.letters import raised
from pipeline.readers.text.rtf_source import CELL, END, HEADING, ROW, SourceReader, Taken, coded

_PRIVATE = re.compile("[\ue000-\ue00b]")


def read_rtf(data: bytes) -> Parsed:
    """Read an RTF. Raises DocumentError CORRUPT_FILE or NO_TEXT."""
    # Bytes one to one: RTF is ASCII, and what is not stands for itself in the code page that the
    # file names.
    taken = SourceReader(data.decode("latin-1")).taken
    blocks = [*_blocks(_decoded(taken, taken.body)), *_aside(taken)]
    hidden = " ".join(_decoded(taken, taken.hidden).split())
    struck = " ".join(_decoded(taken, taken.struck).split())
    said = f"Hidden text was left out: {hidden[:300]}"
    warned = Warned(
        "HIDDEN_TEXT", said, "Look at the file: instructions to the model may be hidden there."
    )
    title = " ".join(_decoded(taken, taken.info.get("title", [])).split())
    heading = next((block.text for block in blocks if block.level), None)
    return lay_out(blocks).parsed(
        "rtf",
        title=heading or title or None,
        author=_decoded(taken, taken.info.get("author", [])),
        made=_made("".join(taken.info.get("creatim", []))),
        warnings=(*((warned,) if hidden else ()), *struck_out([struck] if struck else [])),
    )


def _decoded(taken: Taken, source: list[str]) -> str:
    """Text of a piece of the source, with the code page and fonts of the whole."""
    from striprtf.striprtf import rtf_to_text

    if not source:
        return ""
    whole = f"{{\\rtf1\\ansi{taken.page}{{\\fonttbl{''.join(taken.fonts)}}}{''.join(source)}}}"
    to_text: Callable[..., str] = rtf_to_text
    try:
        # Halves of characters beyond the first 65,536 come one by one.
        return clean(
            to_text(whole, errors="replace")
            .encode("utf-16", "surrogatepass")
            .decode("utf-16", "replace")
        )
    except (ValueError, TypeError, LookupError, RecursionError, OverflowError) as error:
        raise DocumentError(
            "CORRUPT_FILE", f"The RTF is broken ({error})", "Save it again as DOCX or text."
        ) from error


def _blocks(text: str) -> Iterator[Block]:
    """Paragraphs, and the rows of tables."""
    tables = rows = 0
    for line in text.split("\n"):
        *full, rest = line.split(ROW)
        for row in full:
            rows += 1
            tables += rows == 1
            yield row_block(row.removesuffix(CELL).split(CELL), tables, rows)
        marks = [ord(c) - HEADING + 1 for c in rest if HEADING <= ord(c) < HEADING + 9]
        words = " ".join(_PRIVATE.sub(" ", rest).split())
        if words:
            rows = 0
            yield Block(words, level=marks[0] if marks else 0)


def _aside(taken: Taken) -> Iterator[Block]:
    number = 0
    seen = {""}
    joined = [token for _, source in taken.aside for token in ("{", *source, "}", coded(END))]
    for (layer, _), decoded in zip(taken.aside, _decoded(taken, joined).split(END), strict=False):
        text = " ".join(_PRIVATE.sub(" ", decoded).split())
        if layer in ("footnote", "endnote"):
            number += 1
            yield Block(f"{raised(str(number))} {text}", layer, place=f"{layer} {number}")
        elif text not in seen:
            seen.add(text)
            yield Block(text, layer, place=layer)


def _made(source: str) -> str | None:
    """The day that a file was made, as EDTF."""
    parts = [re.search(rf"\\{name}(\d+)", source) for name in ("yr", "mo", "dy")]
    year, month, day = (int(part[1]) if part else 0 for part in parts)
    return (
        f"{year:04}-{month:02}-{day:02}"
        if 1900 < year < 2200 and 1 <= month <= 12 and 1 <= day <= 31
        else None
    )


FORMAT = Format((".rtf",), "an RTF", read_rtf, "striprtf", starts=(b"{\\rtf",))
