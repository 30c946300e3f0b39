"""PPTX by zipfile and lxml: slides in order, each a page, with their tables; speaker's notes come
last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.domain import Layer, Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.format import Format
from pipeline.readers.layout import Block, lay_out, row_block
from pipeline.readers.letters import raised
from pipeline.readers.office.charts import CHART, chart_rows, chart_title
from pipeline.readers.office.formulas import MATH, formula
from pipeline.readers.office.package import Package, date_of

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_TINY = 200  # hundredths of a point
_PLACES = (f"{_P}spPr/{_A}xfrm", f"{_P}xfrm")
_TITLES = ("title", "ctrTitle")
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_pptx(data: bytes) -> Parsed:
    """Read a PPTX. Raises DocumentError CORRUPT_FILE, ENCRYPTED, TOO_LARGE or TOO_COMPLEX."""
    package = Package(data)
    main = next(
        (path for kind, path in package.related("").values() if kind == "officeDocument"),
        "ppt/presentation.xml",
    )
    root = package.xml(main)
    if root is None:
        raise DocumentError(
            "CORRUPT_FILE", "The file has no presentation", "Open it, and save it again."
        )
    related = package.related(main)
    reader = _Reader(package, _size(root))
    blocks: list[Block] = []
    for number, item in enumerate(root.iter(f"{_P}sldId"), 1):
        kind, path = related.get(item.get(f"{_R}id") or "", ("", ""))
        slide = package.xml(path) if kind == "slide" else None
        if slide is not None:
            blocks += reader.slide(slide, path, number)
    metadata = package.metadata()
    return lay_out(blocks).parsed(
        "pptx",
        title=next((b.text for b in blocks if b.level), None)
        or clean(metadata.get("title", ""))
        or None,
        author=metadata.get("author", ""),
        made=date_of(metadata.get("created", "")),
        warnings=tuple(reader.warnings()),
    )


def _size(root: Any) -> tuple[int, int] | None:
    """Width and height of the slides, in the file's units."""
    size = root.find(f"{_P}sldSz")
    found = [size.get(name) or "" for name in ("cx", "cy")] if size is not None else []
    return (
        (int(found[0]), int(found[1]))
        if found and all(value.isdecimal() for value in found)
        else None
    )


class _Reader:
    """Reads slides one after the other and keeps what was left out."""

    def __init__(self, package: Package, size: tuple[int, int] | None) -> None:
        self._package = package
        self._size = size
        self._slides: list[int] = []
        self._hidden: list[str] = []
        self._charts = 0

    def slide(self, slide: Any, path: str, number: int) -> Iterator[Block]:
        """The blocks of a slide, with its tables and diagrams, then its notes."""
        if slide.get("show") == "0":
            self._slides.append(number)
            return
        related = self._package.related(path)
        tables = 0
        for shape in slide.iter(f"{_P}sp", f"{_A}tbl", f"{_DIAGRAM}relIds", CHART):
            above = list(shape.iterancestors())
            if any(node.tag == _MC_FALLBACK for node in above):
                continue
            frame = next(
                (node for node in (shape, *above) if node.tag in (f"{_P}sp", f"{_P}graphicFrame")),
                shape,
            )
            if any(_hidden(node) for node in (shape, *above)) or self._outside(frame):
                self._hidden += self._texts(shape)
            elif shape.tag == f"{_A}tbl":
                tables += 1
                for index, row in enumerate(shape.iter(f"{_A}tr"), 1):
                    yield row_block(
                        [" / ".join(self._texts(cell)) for cell in row.iter(f"{_A}tc")],
                        tables,
                        index,
                        number,
                    )
            elif shape.tag == CHART:
                rows = [*self._chart(shape, related, tables + 1, number)]
                tables += bool(rows)
                yield from rows
            elif shape.tag == f"{_DIAGRAM}relIds":
                kind, data = related.get(shape.get(f"{_R}dm") or "", ("", ""))
                for point in (
                    self._package.xml(data).iter(f"{_DIAGRAM}t") if kind == "diagramData" else ()
                ):
                    yield Block(
                        " ".join(self._texts(point)),
                        "text_box",
                        page=number,
                        place=f"slide {number}, diagram",
                    )
            else:
                yield from self._shape(shape, number)
        for kind, note in related.values():
            if kind == "notesSlide":
                yield from self._notes(self._package.xml(note), number)

    def _chart(
        self, chart: Any, related: dict[str, tuple[str, str]], table: int, number: int
    ) -> Iterator[Block]:
        """The figures of a chart as a table below its title."""
        kind, path = related.get(chart.get(f"{_R}id") or "", ("", ""))
        root = self._package.xml(path) if kind == "chart" else None
        rows = chart_rows(root) if root is not None else []
        if root is None or not rows:
            self._charts += 1
            return
        place = f"slide {number}, chart"
        yield Block(chart_title(root), "caption", page=number, place=place)
        yield from (row_block(row, table, index, number) for index, row in enumerate(rows, 1))

    def warnings(self) -> Iterator[Warned]:
        """What was left out."""
        remedy = (
            "Show it in the file if it should be read; instructions to the model may be hidden"
            " there."
        )
        if self._slides:
            yield Warned(
                "HIDDEN_TEXT",
                f"Hidden slides were left out: {', '.join(map(str, self._slides))}",
                remedy,
            )
        if self._hidden:
            yield Warned(
                "HIDDEN_TEXT", f"Hidden text was left out: {'; '.join(self._hidden)[:300]}", remedy
            )
        if self._charts:
            yield Warned(
                "CHART_NOT_READ",
                f"Charts were not read: {self._charts}",
                "Add their figures as a table.",
            )

    def _shape(self, shape: Any, number: int) -> Iterator[Block]:
        kind = _placeholder(shape)
        if kind == "sldNum":
            return
        # The date on the first slide is that of the whole.
        layer: Layer = (
            "footer"
            if kind == "ftr" or (kind == "dt" and number > 1)
            else "header"
            if kind == "hdr"
            else "body"
        )
        level = (1 if number == 1 else 2) if kind in _TITLES else 0
        for text in self._texts(shape):
            yield Block(text, layer, level, page=number, place=f"slide {number}")

    def _notes(self, notes: Any, number: int) -> Iterator[Block]:
        for shape in notes.iter(f"{_P}sp"):
            if _placeholder(shape) == "body":
                for text in self._texts(shape):
                    yield Block(text, "notes", page=number, place=f"notes of slide {number}")

    def _texts(self, node: Any) -> list[str]:
        """The paragraphs of a shape, raised digits as superscripts, letters too small to see left
        out."""
        texts = (
            clean("".join(self._pieces(paragraph))).strip() for paragraph in node.iter(f"{_A}p")
        )
        return [text for text in texts if text]

    def _pieces(self, paragraph: Any) -> Iterator[str]:
        for part in paragraph.iter(f"{_A}t", f"{_A}br", f"{MATH}oMath"):
            if part.tag == f"{MATH}oMath":
                yield formula(part)
                continue
            text = part.text or "" if part.tag == f"{_A}t" else " "
            properties = part.getparent().find(f"{_A}rPr")
            size, baseline = (
                properties.get(name) or "" if properties is not None else ""
                for name in ("sz", "baseline")
            )
            if size.isdecimal() and int(size) < _TINY:
                self._hidden.append(clean(text.strip())[:80])
            else:
                yield raised(text) if baseline[:1].isdecimal() and baseline.strip("0%") else text

    def _outside(self, shape: Any) -> bool:
        """Whether a shape that is in no group lies wholly outside the slide."""
        transform = next(
            (found for path in _PLACES if (found := shape.find(path)) is not None), None
        )
        if transform is None or self._size is None or shape.getparent().tag == f"{_P}grpSp":
            return False
        offset, extent = transform.find(f"{_A}off"), transform.find(f"{_A}ext")
        try:
            x, y = int(offset.get("x")), int(offset.get("y"))
            width, height = int(extent.get("cx")), int(extent.get("cy"))
        except (AttributeError, TypeError, ValueError):
            return False
        return x >= self._size[0] or y >= self._size[1] or x + width <= 0 or y + height <= 0


def _placeholder(shape: Any) -> str:
    mark = shape.find(f".//{_P}nvPr/{_P}ph")
    return mark.get("type", "") if mark is not None else ""


def _hidden(node: Any) -> bool:
    """Whether a shape or group is switched off."""
    properties = [
        node.find(f"{_P}{kind}/{_P}cNvPr") for kind in ("nvSpPr", "nvGrpSpPr", "nvGraphicFramePr")
    ]
    return any(found is not None and found.get("hidden") in ("1", "true") for found in properties)


FORMAT = Format((".pptx",), "a PPTX", read_pptx, "lxml", folder=b"ppt/")
