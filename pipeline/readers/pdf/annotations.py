"""What stands on a PDF page without being part of it: filled form fields, and notes that people
typed onto it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pipeline.readers.decode import clean
from pipeline.readers.layout import Block

_MOST = 2000  # annotations of a page
_LONGEST = 20_000  # bytes of a value
_UNSEEN = 0x02 | 0x20  # flags: hidden, not to be viewed
_OFF = ("", "Off")


def annotations_of(page: Any, number: int) -> Iterator[Block]:
    """Form fields with their values (layer `form`), and notes (`note`), in the order of the file.
    Hidden ones are left out."""
    import pypdfium2.raw as c

    form = page.formenv.raw if page.formenv else None
    seen: set[str] = set()
    for index in range(min(c.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = c.FPDFAnnot_GetSubtype(annotation)
            if c.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
                continue
            if kind == c.FPDF_ANNOT_FREETEXT:
                if text := _string(partial(c.FPDFAnnot_GetStringValue, annotation, b"Contents")):
                    yield Block(text, "note", page=number, place="note")
            elif kind == c.FPDF_ANNOT_WIDGET and form:
                text = _field(form, annotation)
                if text and text not in seen:
                    seen.add(text)
                    yield Block(text, "form", page=number, place="form field")
        finally:
            c.FPDFPage_CloseAnnot(annotation)


def _field(form: Any, annotation: Any) -> str:
    """A field's name and value in one line; empty for one that is not filled in."""
    import pypdfium2.raw as c

    value = _string(partial(c.FPDFAnnot_GetFormFieldValue, form, annotation))
    if value in _OFF:
        return ""
    name = _string(partial(c.FPDFAnnot_GetFormFieldAlternateName, form, annotation))
    name = name or _string(partial(c.FPDFAnnot_GetFormFieldName, form, annotation))
    return f"{name}: {value}" if name else value


def _string(ask: Callable[..., int]) -> str:
    """A string that pdfium gives in UTF-16 with a zero at its end."""
    import pypdfium2.raw as c

    size = min(ask(None, 0), _LONGEST)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size + 2)
    ask(ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR)), size)
    text = buffer.raw[:size].decode("utf-16-le", "replace").split("\0", 1)[0]
    return " ".join(clean(text).split())
