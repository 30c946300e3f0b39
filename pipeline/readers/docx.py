"""DOCX by zipfile and lxml: body, tables, notes, text boxes, insertions, running heads; no deletions, no hidden runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.domain import Layer, Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.layout import Block, lay_out, mark_pull_quotes, row_block
from pipeline.readers.package import Package, date_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_MC}Fallback", f"{_W}rPr", f"{_W}pPr"}
_OFF = ("0", "false", "off", "none")
_TINY_HALF_POINTS = 4
_NOTES: tuple[tuple[str, Layer], ...] = (("footnote", "footnote"), ("endnote", "endnote"))


def read_docx(data: bytes) -> Parsed:
    """Read a DOCX. Raises DocumentError CORRUPT_FILE, ENCRYPTED, TOO_LARGE or TOO_COMPLEX."""
    package = Package(data)
    main = next((path for kind, path in package.related("").values() if kind == "officeDocument"), "word/document.xml")
    root = package.xml(main)
    body = root.find(f"{_W}body") if root is not None else None
    if body is None:
        raise DocumentError("CORRUPT_FILE", "The file has no document body", "Open it in a word processor and save it again.")
    reader = _Reader(package, main)
    blocks = list(reader.blocks(body))
    blocks += reader.notes()
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
    """Walks the parts of one document. Paragraphs and tables are counted from 1 through the body."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._related = package.related(main)
        self._levels, self._hidden_styles = self._styles()
        self._numbers: dict[tuple[str, str], int] = {}
        self._hidden: list[str] = []
        self._paragraphs = self._tables = 0

    def blocks(self, parent: Any, layer: Layer = "body") -> Iterator[Block]:
        """The blocks below an element that holds paragraphs and tables."""
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child, layer)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml", f"{_W}moveTo"):
                yield from self.blocks(child, layer)

    def notes(self) -> Iterator[Block]:
        """Footnotes and endnotes that the text refers to, each after its mark."""
        for kind, layer in _NOTES:
            path = next((path for name, path in self._related.values() if name == f"{kind}s"), None)
            root = self._package.xml(path) if path else None
            for note in root if root is not None else ():
                number = self._numbers.get((kind, note.get(f"{_W}id", "")))
                if number is None or note.get(f"{_W}type") in ("separator", "continuationSeparator"):
                    continue
                text = " ".join(self._text(p).strip() for p in note.iter(f"{_W}p")).strip()
                mark = str(number).translate(_SUPERSCRIPT)
                yield Block(f"{mark} {text}", layer, place=f"{kind} {number}")

    def running_heads(self) -> Iterator[Block]:
        """Headers and footers, each text once."""
        seen: set[str] = set()
        for kind, path in self._related.values():
            if kind not in ("header", "footer"):
                continue
            for paragraph in self._package.xml(path).iter(f"{_W}p"):
                text = self._text(paragraph).strip()
                if text and text not in seen:
                    seen.add(text)
                    yield Block(text, "header" if kind == "header" else "footer", place=kind)

    def warnings(self) -> Iterator[Warned]:
        """What was left out."""
        if self._hidden:
            said = f"Hidden text was left out: {'; '.join(self._hidden)[:300]}"
            yield Warned("HIDDEN_TEXT", said, "Look at the file: instructions to the model may be hidden there.")

    def _paragraph(self, paragraph: Any, layer: Layer) -> Iterator[Block]:
        if layer == "body":
            self._paragraphs += 1
        place = f"paragraph {self._paragraphs}"
        yield Block(self._text(paragraph).strip(), layer, self._level(paragraph) if layer == "body" else 0, place=place)
        for box in paragraph.iter(f"{_W}txbxContent"):
            if not any(above.tag == f"{_MC}Fallback" for above in box.iterancestors()):
                yield from self.blocks(box, "text_box")

    def _table(self, table: Any) -> Iterator[Block]:
        self._tables += 1
        number = self._tables
        for index, row in enumerate(table.iter(f"{_W}tr"), 1):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue  # of a table inside: its text stands in the cell
            cells = [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
            yield row_block([" ".join(self._text(p) for p in cell.iter(f"{_W}p")) for cell in cells], number, index)

    def _text(self, node: Any) -> str:
        """The visible text of a paragraph, notes as superscript marks; text boxes are not part of it."""
        return clean("".join(self._pieces(node)))

    def _pieces(self, node: Any) -> Iterator[str]:
        for child in node:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str) or tag == f"{_W}txbxContent":
                continue
            if tag == f"{_W}r":
                text = "".join(self._pieces(child))
                properties = child.find(f"{_W}rPr")
                if text.strip() and self._is_hidden(properties):
                    self._hidden.append(clean(text.strip())[:80])
                elif properties is not None and self._raised(properties) and text.strip().isdigit():
                    yield text.translate(_SUPERSCRIPT)
                else:
                    yield text
            elif tag == f"{_W}t":
                yield child.text or ""
            elif tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
                yield " "
            elif tag == f"{_W}noBreakHyphen":
                yield "-"
            elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                kind = tag.removeprefix(_W).removesuffix("Reference")
                key = (kind, child.get(f"{_W}id", ""))
                count = sum(1 for other, _ in self._numbers if other == kind)
                yield str(self._numbers.setdefault(key, count + 1)).translate(_SUPERSCRIPT)
            else:
                yield from self._pieces(child)

    def _is_hidden(self, properties: Any) -> bool:
        if properties is None:
            return False
        if _on(properties.find(f"{_W}vanish")) or _on(properties.find(f"{_W}webHidden")):
            return True
        style = properties.find(f"{_W}rStyle")
        if style is not None and style.get(f"{_W}val") in self._hidden_styles:
            return True
        color, size = properties.find(f"{_W}color"), properties.find(f"{_W}sz")
        shaded = properties.find(f"{_W}shd") is not None or properties.find(f"{_W}highlight") is not None
        white = color is not None and (color.get(f"{_W}val") or "").upper() == "FFFFFF" and not shaded
        # White letters in a shaded cell or paragraph are seen.
        if white and not any(
            above.find(f"{_W}{part}/{_W}shd") is not None for above in properties.iterancestors() for part in ("pPr", "tcPr")
        ):
            return True
        half_points = size.get(f"{_W}val", "") if size is not None else ""
        return half_points.isdigit() and int(half_points) <= _TINY_HALF_POINTS

    def _raised(self, properties: Any) -> bool:
        align = properties.find(f"{_W}vertAlign")
        return align is not None and align.get(f"{_W}val") == "superscript"

    def _level(self, paragraph: Any) -> int:
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            return 0
        outline, style = properties.find(f"{_W}outlineLvl"), properties.find(f"{_W}pStyle")
        if outline is not None and (outline.get(f"{_W}val") or "9").isdigit():
            level = int(outline.get(f"{_W}val") or "9") + 1
            return level if level <= 9 else 0
        return self._levels.get(style.get(f"{_W}val") or "", 0) if style is not None else 0

    def _styles(self) -> tuple[dict[str, int], set[str]]:
        """The heading level of each paragraph style, own or inherited, and the styles of hidden runs."""
        path = next((path for kind, path in self._related.values() if kind == "styles"), None)
        root = self._package.xml(path) if path else None
        own: dict[str, int] = {}
        parents: dict[str, str] = {}
        hidden: set[str] = set()
        for style in root.iter(f"{_W}style") if root is not None else ():
            key = style.get(f"{_W}styleId") or ""
            name = style.find(f"{_W}name")
            outline = style.find(f"{_W}pPr/{_W}outlineLvl")
            based = style.find(f"{_W}basedOn")
            named = (name.get(f"{_W}val") or "").lower() if name is not None else ""
            if outline is not None and (outline.get(f"{_W}val") or "").isdigit():
                own[key] = (int(outline.get(f"{_W}val") or 0) + 1) % 10
            elif named == "title":
                own[key] = 1
            elif named.startswith("heading ") and named[8:].isdigit():
                own[key] = int(named[8:])
            if based is not None:
                parents[key] = based.get(f"{_W}val") or ""
            if _on(style.find(f"{_W}rPr/{_W}vanish")):
                hidden.add(key)
        levels = dict(own)
        for key in parents:
            seen, at = {key}, key
            while at not in own and parents.get(at, at) not in seen:
                at = parents[at]
                seen.add(at)
            levels.setdefault(key, own.get(at, 0))
        return levels, hidden


def _on(switch: Any) -> bool:
    return switch is not None and (switch.get(f"{_W}val") or "1").lower() not in _OFF
