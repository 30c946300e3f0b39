"""DOCX by zipfile and lxml: body, tables, notes, text boxes, insertions, running heads; no
deletions, no hidden runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.domain import Layer, Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.format import Format
from pipeline.readers.layout import Block, lay_out, mark_pull_quotes, row_block, struck_out
from pipeline.readers.letters import is_symbol, raised, symbol
from pipeline.readers.office.charts import CHART, chart_rows, chart_title
from pipeline.readers.office.docx_numbers import Numbering
from pipeline.readers.office.docx_styles import Styles, W
from pipeline.readers.office.formulas import MATH, formula
from pipeline.readers.office.package import Package, date_of
from pipeline.readers.text.plain import read_text
from pipeline.readers.web.html import read_html

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_OUT = ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "txbxContent", "rt")
_SKIPPED = {*(f"{W}{name}" for name in _OUT), f"{_MC}Fallback"}
_WITHIN = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "smartTag", "customXml", "moveTo")}
_BLANKS = {f"{W}{name}" for name in ("tab", "br", "cr", "ptab")}
_FEW, _MANY, _MOST_COLUMNS = 3, 4, 200
_NOTES: tuple[tuple[str, Layer], ...] = (("footnote", "footnote"), ("endnote", "endnote"))


def read_docx(data: bytes, *, within: bool = False) -> Parsed:
    """Read a DOCX; `within` another one, no third is read. Raises DocumentError CORRUPT_FILE,
    ENCRYPTED, TOO_LARGE or TOO_COMPLEX."""
    package = Package(data)
    main = next(
        (path for kind, path in package.related("").values() if kind == "officeDocument"),
        "word/document.xml",
    )
    root = package.xml(main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise DocumentError(
            "CORRUPT_FILE",
            "The file has no document body",
            "Open it in a word processor and save it again.",
        )
    reader = _Reader(package, main, within=within)
    blocks = list(reader.blocks(body))
    blocks += reader.notes()
    blocks += reader.comments()
    mark_pull_quotes(blocks, [block for block in blocks if block.layer == "text_box"])
    blocks += reader.running_heads()
    metadata = package.metadata()
    heading = next((b.text for b in blocks if b.level and b.layer == "body"), None)
    return lay_out(blocks).parsed(
        "docx",
        title=heading or clean(metadata.get("title", "")) or None,
        author=metadata.get("author", ""),
        made=date_of(metadata.get("created", "")),
        warnings=tuple(reader.warnings()),
    )


class _Reader:
    """Walks the parts of one document. Paragraphs and tables are counted from 1 through the
    body."""

    def __init__(self, package: Package, main: str, *, within: bool) -> None:
        self._package = package
        self._related = package.related(main)
        parts = {
            kind: path for kind, path in self._related.values() if kind in ("styles", "numbering")
        }
        roots = {kind: package.xml(path) for kind, path in parts.items()}
        self._styles = Styles(roots.get("styles"))
        self._numbering = Numbering(roots.get("numbering"), self._styles)
        self._numbers: dict[tuple[str, str], int] = {}
        self._hidden: list[str] = []
        self._struck: list[str] = []
        self._fields: list[
            bool
        ] = []  # of the fields that are open, whether their instruction is being read
        self._paragraphs = self._tables = self._charts = 0
        self._chunks: list[str] = []
        self._within = within

    def blocks(self, parent: Any, layer: Layer = "body") -> Iterator[Block]:
        """The blocks below an element that holds paragraphs and tables."""
        begun = ""
        for child in parent:
            if child.tag == f"{W}p":
                block, *boxes = self._paragraph(child, layer)
                block.text = f"{begun}{block.text}"
                if _goes_on(child):
                    begun = block.text
                    yield from boxes
                    continue
                begun, block.text = "", block.text.strip()
                yield from (block, *boxes)
            elif child.tag == f"{W}tbl":
                if begun.strip():
                    yield Block(begun.strip(), layer)
                begun = ""
                yield from self._table(child, layer)
            elif child.tag in _WITHIN:
                yield from self.blocks(child, layer)
            elif child.tag == f"{W}altChunk":
                yield from self._chunk(child, layer)
        if begun.strip():
            yield Block(begun.strip(), layer)

    def notes(self) -> Iterator[Block]:
        """Footnotes and endnotes that the text refers to, each after its mark."""
        for kind, layer in _NOTES:
            path = next((path for name, path in self._related.values() if name == f"{kind}s"), None)
            root = self._package.xml(path) if path else None
            for note in root if root is not None else ():
                number = self._numbers.get((kind, note.get(f"{W}id", "")))
                if number is None or note.get(f"{W}type") in ("separator", "continuationSeparator"):
                    continue
                text = " ".join(self._text(p).strip() for p in _paragraphs(note)).strip()
                yield Block(f"{raised(str(number))} {text}", layer, place=f"{kind} {number}")

    def comments(self) -> Iterator[Block]:
        """What people remarked beside the text."""
        path = next((path for kind, path in self._related.values() if kind == "comments"), None)
        root = self._package.xml(path) if path else None
        for comment in root.iter(f"{W}comment") if root is not None else ():
            text = " ".join(self._text(p).strip() for p in _paragraphs(comment)).strip()
            author = clean(comment.get(f"{W}author") or "").strip()
            yield Block(
                f"{author}: {text}" if author and text else text, "comment", place="comment"
            )

    def _chunk(self, chunk: Any, layer: Layer) -> Iterator[Block]:
        """Another file that stands in the place of paragraphs: a page, a text, or another DOCX."""
        kind, path = self._related.get(chunk.get(f"{_R}id") or "", ("", ""))
        data = self._package.read(path) if kind == "aFChunk" else b""
        suffix = path.rsplit(".", 1)[-1].lower()
        try:
            if suffix in ("htm", "html", "xhtml", "mht"):
                parsed = read_html(data)
            elif suffix == "docx" and not self._within:
                parsed = read_docx(data, within=True)
            elif suffix == "txt":
                parsed = read_text(data)
            else:
                raise DocumentError("UNREADABLE", f"{path} is no page or text", "")
        except DocumentError:
            self._chunks.append(path or "a part that is not there")
            return
        for part in parsed.text.split("\n\n"):
            yield Block(part, layer, place="inserted file")

    def running_heads(self) -> Iterator[Block]:
        """Headers and footers, each text once."""
        seen: set[str] = set()
        for kind, path in self._related.values():
            if kind not in ("header", "footer"):
                continue
            for paragraph in self._package.xml(path).iter(f"{W}p"):
                text = self._text(paragraph).strip()
                if text and text not in seen:
                    seen.add(text)
                    yield Block(text, "header" if kind == "header" else "footer", place=kind)

    def warnings(self) -> Iterator[Warned]:
        """What was left out."""
        if self._hidden:
            said = f"Hidden text was left out: {'; '.join(self._hidden)[:300]}"
            yield Warned(
                "HIDDEN_TEXT",
                said,
                "Look at the file: instructions to the model may be hidden there.",
            )
        yield from struck_out(self._struck)
        if self._chunks:
            said = f"An inserted file was not read: {', '.join(self._chunks[:5])}"
            yield Warned("ATTACHMENT_NOT_READ", said, "Save its text in the document.")
        if self._charts:
            yield Warned(
                "CHART_NOT_READ",
                f"Charts were not read: {self._charts}",
                "Give their figures as a table if they matter.",
            )

    def _paragraph(self, paragraph: Any, layer: Layer) -> Iterator[Block]:
        """The paragraph, then the text boxes and diagrams that are anchored in it."""
        if layer == "body":
            self._paragraphs += 1
        place = f"paragraph {self._paragraphs}"
        level = self._styles.level(paragraph) if layer == "body" else 0
        yield Block(self._labelled(paragraph), layer, level, place=place)
        yield from self._boxes(paragraph)

    def _labelled(self, paragraph: Any) -> str:
        """The text of a paragraph behind its list number, if it has one."""
        text = self._text(paragraph)
        label = self._numbering.label(paragraph) if text.strip() else ""
        return f"{label} {text}" if label else text

    def _boxes(self, node: Any) -> Iterator[Block]:
        for box in node.iter(f"{W}txbxContent"):
            # A box in a box comes with the paragraph of the outer one.
            if _seen(box) and not any(a.tag == f"{W}txbxContent" for a in _until(box, node)):
                yield from self.blocks(box, "text_box")
        for diagram in node.iter(f"{_DIAGRAM}relIds"):
            kind, path = self._related.get(diagram.get(f"{_R}dm") or "", ("", ""))
            root = self._package.xml(path) if kind == "diagramData" and _seen(diagram) else None
            for point in root.iter(f"{_DIAGRAM}t") if root is not None else ():
                text = " ".join(
                    "".join(t.text or "" for t in p.iter(f"{_A}t")) for p in point.iter(f"{_A}p")
                )
                yield Block(clean(text).strip(), "text_box", place="diagram")
        for chart in node.iter(CHART):
            if _seen(chart):
                yield from self._chart(chart)

    def _chart(self, chart: Any) -> Iterator[Block]:
        """The figures of a chart as a table below its title."""
        kind, path = self._related.get(chart.get(f"{_R}id") or "", ("", ""))
        root = self._package.xml(path) if kind == "chart" else None
        rows = chart_rows(root) if root is not None else []
        if root is None or not rows:
            self._charts += 1
            return
        yield Block(chart_title(root), "caption", place="chart")
        self._tables += 1
        for index, row in enumerate(rows, 1):
            yield row_block(row, self._tables, index)

    def _table(self, table: Any, layer: Layer) -> Iterator[Block]:
        rows = [row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table]
        cells = [
            [cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row]
            for row in rows
        ]
        if _lays_out(cells, self._styles):
            for cell in (cell for row in cells for cell in row):
                yield from self.blocks(cell, layer)
            return
        self._tables += 1
        number = self._tables
        for index, (row, own) in enumerate(zip(rows, cells, strict=True), 1):
            texts = [""] * _span(row, "trPr", "gridBefore", 0)
            for cell in own:
                parts = (self._labelled(p).strip() for p in _paragraphs(cell))
                texts += [
                    " / ".join(part for part in parts if part),
                    *[""] * (_span(cell, "tcPr", "gridSpan", 1) - 1),
                ]
            yield row_block(texts, number, index)
            yield from self._boxes(row)

    def _text(self, node: Any) -> str:
        """The visible text of a paragraph, notes as superscript marks; text boxes are not part of
        it."""
        self._fields.clear()  # a field that no paragraph closes swallows nothing
        return clean("".join(self._pieces(node)))

    def _pieces(self, node: Any) -> Iterator[str]:
        for child in node:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str):
                continue
            if tag == f"{W}r":
                yield from self._run(child)
            elif tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType") or "")
            elif any(self._fields):
                continue
            elif (leaf := self._leaf(child)) is not None:
                yield leaf
            elif tag == f"{MATH}oMath":
                yield formula(child)
            else:
                yield from self._pieces(child)

    def _leaf(self, node: Any) -> str | None:
        """What a node without children of its own says; None for others."""
        tag = node.tag
        if tag == f"{W}t":
            return node.text or ""
        if tag in _BLANKS:
            return " "
        if tag == f"{W}sym":
            return _symbol(node)
        if tag == f"{W}noBreakHyphen":
            return "-"
        if tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            key = (tag.removeprefix(W).removesuffix("Reference"), node.get(f"{W}id", ""))
            return raised(str(self._numbers.setdefault(key, len(self._numbers) + 1)))
        return None

    def _run(self, run: Any) -> Iterator[str]:
        text = "".join(self._pieces(run))
        if not text.strip():
            yield text
        elif self._styles.hides(run):
            self._hidden.append(clean(text.strip())[:80])
        elif self._styles.struck(run):
            self._struck.append(clean(text.strip())[:80])
        elif self._styles.raised(run):
            yield raised(text)
        elif is_symbol(font := self._styles.font(run)):
            yield "".join(symbol(ord(c), font) if 0xF000 <= ord(c) <= 0xF0FF else c for c in text)
        else:
            yield text

    def _field(self, kind: str) -> None:
        """Keep track of fields: only the result of one is text, not what it is computed from."""
        if kind == "begin":
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()


def _symbol(node: Any) -> str:
    try:
        return symbol(int(node.get(f"{W}char") or "", 16), node.get(f"{W}font") or "Symbol")
    except ValueError:
        return " "


def _paragraphs(node: Any) -> Iterator[Any]:
    """The paragraphs of a cell or note, those in text boxes left out."""
    for paragraph in node.iter(f"{W}p"):
        if not any(above.tag == f"{W}txbxContent" for above in _until(paragraph, node)):
            yield paragraph


def _until(node: Any, top: Any) -> Iterator[Any]:
    """The ancestors of a node below another one."""
    for above in node.iterancestors():
        if above is top:
            return
        yield above


def _seen(node: Any) -> bool:
    """Whether a node stands outside what is there for older programs only."""
    return not any(above.tag == f"{_MC}Fallback" for above in node.iterancestors())


def _goes_on(paragraph: Any) -> bool:
    """Whether a paragraph and the next one are one: its mark was deleted, or it is a large first
    letter."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return False
    frame = properties.find(f"{W}framePr")
    return properties.find(f"{W}rPr/{W}del") is not None or (
        frame is not None and frame.get(f"{W}dropCap") in ("drop", "margin")
    )


def _lays_out(rows: list[list[Any]], styles: Styles) -> bool:
    """Whether a table is a frame around text: a single cell, or few, one of which holds a table, a
    heading or many paragraphs."""
    cells = [cell for row in rows for cell in row]
    few = len(rows) < _FEW or max(map(len, rows), default=0) == 1
    return len(cells) == 1 or any(few and _holds_text(cell, styles) for cell in cells)


def _holds_text(cell: Any, styles: Styles) -> bool:
    """Whether a cell holds what no cell of data does."""
    return (
        cell.find(f".//{W}tbl") is not None
        or sum(1 for p in cell.iter(f"{W}p") if p.find(f"{W}r") is not None) > _MANY
        or any(styles.level(p) for p in cell.iter(f"{W}p"))
    )


def _span(node: Any, properties: str, name: str, default: int) -> int:
    span = node.find(f"{W}{properties}/{W}{name}")
    value = span.get(f"{W}val") or "" if span is not None else ""
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() and len(value) < 5 else default


FORMAT = Format((".docx",), "a DOCX", read_docx, "lxml", folder=b"word/")
