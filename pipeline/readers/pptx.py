"""PPTX by zipfile and lxml: slides in order, each a page, with their tables; speaker's notes come last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.domain import Layer, Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.layout import Block, lay_out, row_block
from pipeline.readers.package import Package, date_of

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES = ("title", "ctrTitle")
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_pptx(data: bytes) -> Parsed:
    """Read a PPTX. Raises DocumentError CORRUPT_FILE, ENCRYPTED, TOO_LARGE or TOO_COMPLEX."""
    package = Package(data)
    main = next((path for kind, path in package.related("").values() if kind == "officeDocument"), "ppt/presentation.xml")
    root = package.xml(main)
    if root is None:
        raise DocumentError("CORRUPT_FILE", "The file has no presentation", "Open it, and save it again.")
    related = package.related(main)
    blocks: list[Block] = []
    hidden: list[int] = []
    for number, item in enumerate(root.iter(f"{_P}sldId"), 1):
        kind, path = related.get(item.get(f"{_R}id") or "", ("", ""))
        slide = package.xml(path) if kind == "slide" else None
        if slide is None:
            continue
        if slide.get("show") == "0":
            hidden.append(number)
            continue
        blocks += _slide(slide, number)
        for note_kind, note in package.related(path).values():
            if note_kind == "notesSlide":
                blocks += _notes(package.xml(note), number)
    metadata = package.metadata()
    said = f"Hidden slides were left out: {', '.join(map(str, hidden))}"
    return lay_out(blocks).parsed(
        "pptx",
        title=next((b.text for b in blocks if b.level), None) or clean(metadata.get("title", "")) or None,
        author=metadata.get("author", ""),
        made=date_of(metadata.get("created", "")),
        warnings=(Warned("HIDDEN_TEXT", said, "Show them in the file if they should be read."),) if hidden else (),
    )


def _slide(slide: Any, number: int) -> Iterator[Block]:
    tables = 0
    for shape in slide.iter(f"{_P}sp", f"{_A}tbl"):
        if any(above.tag == _MC_FALLBACK for above in shape.iterancestors()):
            continue
        if shape.tag == f"{_A}tbl":
            tables += 1
            for index, row in enumerate(shape.iter(f"{_A}tr"), 1):
                yield row_block([" ".join(_paragraphs(cell)) for cell in row.iter(f"{_A}tc")], tables, index, number)
            continue
        properties, mark = shape.find(f".//{_P}cNvPr"), shape.find(f".//{_P}nvPr/{_P}ph")
        kind = mark.get("type", "") if mark is not None else ""
        if (properties is not None and properties.get("hidden") == "1") or kind == "sldNum":
            continue
        layer: Layer = "footer" if kind in ("ftr", "dt") else "header" if kind == "hdr" else "body"
        level = (1 if number == 1 else 2) if kind in _TITLES else 0
        for text in _paragraphs(shape):
            yield Block(text, layer, level, page=number, place=f"slide {number}")


def _notes(notes: Any, number: int) -> Iterator[Block]:
    for shape in notes.iter(f"{_P}sp"):
        mark = shape.find(f".//{_P}nvPr/{_P}ph")
        if mark is not None and mark.get("type") == "body":
            for text in _paragraphs(shape):
                yield Block(text, "notes", page=number, place=f"notes of slide {number}")


def _paragraphs(node: Any) -> Iterator[str]:
    for paragraph in node.iter(f"{_A}p"):
        parts = [part.text or "" if part.tag == f"{_A}t" else " " for part in paragraph.iter(f"{_A}t", f"{_A}br", f"{_A}tab")]
        if text := clean("".join(parts)).strip():
            yield text
