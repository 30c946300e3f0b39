"""How a run of a DOCX looks: its own properties, those of its character style, those of its
paragraph's style."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_OFF = ("0", "false", "off", "none")
_TINY_HALF_POINTS = 4
_DEPTH = 50  # of styles based on others
_FILLS = ("solidFill", "gradFill", "blipFill", "pattFill")


class Styles:
    """The styles of a document. `root` is the part that defines them, or None."""

    def __init__(self, root: Any) -> None:
        self._styles = {
            style.get(f"{W}styleId") or "": style
            for style in (root.iter(f"{W}style") if root is not None else ())
            if style.get(f"{W}styleId")  # nothing can name one without
        }
        self._chains: dict[str, list[Any]] = {}
        self._filled: dict[str, bool] = {}
        self._found: dict[tuple[str, str], Any] = {}

    def paragraph_properties(self, paragraph: Any) -> Iterator[Any]:
        """The properties of a paragraph, its own first, then those of its style and of what that is
        based on."""
        own = paragraph.find(f"{W}pPr")
        if own is not None:
            yield own
            for definition in self._chain(own.find(f"{W}pStyle")):
                if (properties := definition.find(f"{W}pPr")) is not None:
                    yield properties

    def level(self, paragraph: Any) -> int:
        """The heading level of a paragraph, its own or its style's; 0 for body text."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return 0
        outline, style = properties.find(f"{W}outlineLvl"), properties.find(f"{W}pStyle")
        if outline is not None:
            return _outline(outline)
        for definition in self._chain(style):
            outline, name = definition.find(f"{W}pPr/{W}outlineLvl"), definition.find(f"{W}name")
            named = (name.get(f"{W}val") or "").lower() if name is not None else ""
            if outline is not None:
                return _outline(outline)
            if named == "title":
                return 1
            if named.startswith("heading ") and named[8:].isdecimal():
                return int(named[8:])
        return 0

    def hides(self, run: Any) -> bool:
        """Whether nobody sees a run: hidden, tiny, or white on nothing coloured."""
        if _on(self._property(run, "vanish")):
            return True
        size = self._property(run, "sz")
        half_points = size.get(f"{W}val", "") if size is not None else ""
        if half_points.isdecimal() and int(half_points) <= _TINY_HALF_POINTS:
            return True
        color = self._property(run, "color")
        value = (color.get(f"{W}val") or "").upper() if color is not None else ""
        return _is_white(value) and not self._on_colour(run)

    def struck(self, run: Any) -> bool:
        """Whether a run is struck out."""
        return _on(self._property(run, "strike")) or _on(self._property(run, "dstrike"))

    def raised(self, run: Any) -> bool:
        """Whether a run is set as a superscript."""
        align = self._property(run, "vertAlign")
        return align is not None and align.get(f"{W}val") == "superscript"

    def font(self, run: Any) -> str:
        """The name of the run's own font, empty if it names none."""
        fonts = run.find(f"{W}rPr/{W}rFonts")
        return "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""

    def _property(self, run: Any, name: str) -> Any:
        """The property of a run that is in force, or None."""
        own = run.find(f"{W}rPr/{W}{name}")
        if own is not None:
            return own
        paragraph = next(run.iterancestors(f"{W}p"), None)
        paragraph_style = paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None
        of_style = self._of_style(run.find(f"{W}rPr/{W}rStyle"), name)
        return of_style if of_style is not None else self._of_style(paragraph_style, name)

    def _of_style(self, reference: Any, name: str) -> Any:
        key = (reference.get(f"{W}val") or "" if reference is not None else "", name)
        if key not in self._found:
            properties = (
                definition.find(f"{W}rPr/{W}{name}") for definition in self._chain(reference)
            )
            self._found[key] = next((found for found in properties if found is not None), None)
        return self._found[key]

    def _chain(self, reference: Any) -> list[Any]:
        """The definition of a style, then those that it is based on."""
        key = reference.get(f"{W}val") or "" if reference is not None else ""
        if key not in self._chains:
            found: list[str] = []
            at: str | None = key
            while at in self._styles and at not in found and len(found) < _DEPTH:
                found.append(at or "")
                based = self._styles[at].find(f"{W}basedOn")
                at = based.get(f"{W}val") if based is not None else None
            self._chains[key] = [self._styles[name] for name in found]
        return self._chains[key]

    def _colours(self, reference: Any) -> bool:
        """Whether a style, or one that it is based on, fills something."""
        key = reference.get(f"{W}val") or "" if reference is not None else ""
        if key not in self._filled:
            self._filled[key] = any(
                _filled(shd) for d in self._chain(reference) for shd in d.iter(f"{W}shd")
            )
        return self._filled[key]

    def _on_colour(self, run: Any) -> bool:
        """Whether a run stands on a fill: its own, its paragraph's, cell's, table's or that of the
        shape around it."""
        if run.find(f"{W}rPr/{W}highlight") is not None:
            return True
        for node in (run, *run.iterancestors()):
            properties = [node.find(f"{W}{name}") for name in ("rPr", "pPr", "tcPr", "tblPr")]
            if any(_filled(p.find(f"{W}shd")) for p in properties if p is not None):
                return True
            styles = [
                p.find(f"{W}{name}")
                for p in properties
                if p is not None
                for name in ("rStyle", "pStyle", "tblStyle")
            ]
            if any(self._colours(style) for style in styles):
                return True
            if node.tag == f"{W}txbxContent" and _filled_shape(node):
                return True
        return False


def _outline(outline: Any) -> int:
    value = outline.get(f"{W}val") or "9"
    return int(value) + 1 if value.isdecimal() and int(value) < 9 else 0


def _on(switch: Any) -> bool:
    return switch is not None and (switch.get(f"{W}val") or "1").lower() not in _OFF


def _is_white(value: str) -> bool:
    return (
        len(value) == 6
        and all(part >= "FA" for part in (value[:2], value[2:4], value[4:]))
        and _hexadecimal(value)
    )


def _hexadecimal(value: str) -> bool:
    return not set(value) - set("0123456789ABCDEF")


def _filled(shading: Any) -> bool:
    if shading is None:
        return False
    fill = (shading.get(f"{W}fill") or "auto").upper()
    if (shading.get(f"{W}val") or "clear") not in (
        "clear",
        "nil",
    ):  # a pattern, drawn in its colour
        fill = (shading.get(f"{W}color") or "000000").upper().replace("AUTO", "000000")
    return bool(shading.get(f"{W}themeFill")) or not (fill == "AUTO" or _is_white(fill))


def _filled_shape(content: Any) -> bool:
    """Whether the shape around a text box has a fill, in DrawingML or in VML."""
    for shape in content.iterancestors():
        if shape.tag == f"{_WPS}wsp":
            fills = (shape.find(f"{_WPS}spPr/{_A}{name}") for name in _FILLS)
            reference = shape.find(f"{_WPS}style/{_A}fillRef")
            return any(fill is not None for fill in fills) or (
                reference is not None and reference.get("idx") != "0"
            )
        if isinstance(shape.tag, str) and shape.get("fillcolor"):
            return True
    return False
