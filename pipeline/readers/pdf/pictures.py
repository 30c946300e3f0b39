"""Pages of PDF documents as pictures, drawn in a child process: pdfium is not safe for threads, and
ends its process where memory runs out."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import DossierError
from pipeline.readers.child import limit_process
from pipeline.readers.limits import Limits
from pipeline.workers import LostWorkerError, Workers, read_frame, write_frame

_SCALE = 2.0  # pixels for a point: sharp on most screens
_MOST_PIXELS = 12_000_000
_SECONDS = 20.0
_CODE = "from pipeline.readers.pdf.pictures import serve\nserve()\n"


class Picture(NamedTuple):
    """A page: its size in points as it is shown, and its picture as PNG, empty if not asked for."""

    width: float
    height: float
    png: bytes


class Pictures:
    """Draws pages, one at a time. Safe for several threads."""

    def __init__(self) -> None:
        self._workers = Workers(1, _CODE, [])

    def page(self, file: Path, number: int, *, draw: bool = True) -> Picture:
        """Page `number`, from 1, of a PDF file. Raises DossierError when it cannot be drawn."""
        asked = json.dumps({"path": str(file.absolute()), "page": number, "draw": draw})
        try:
            head, _, png = self._workers.ask(asked.encode(), _SECONDS).partition(b"\n")
            told = json.loads(head)
            return Picture(told["width"], told["height"], png)
        except (LostWorkerError, ValueError, KeyError) as failure:
            said = f"Page {number} of {file.name} cannot be drawn"
            raise DossierError(said, "Its text is shown instead.") from failure

    def end(self) -> None:
        """End the child."""
        self._workers.end()


def serve() -> None:
    """Answer requests from standard input until it closes."""
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    limit_process(Limits())
    while (asked := read_frame(0)) is not None:
        write_frame(out, _drawn(**json.loads(asked)))


def _drawn(path: str, page: int, draw: bool) -> bytes:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            shown = pdf[page - 1]
            width, height = shown.get_size()
            told = json.dumps({"width": width, "height": height}).encode() + b"\n"
            if not draw:
                return told
            scale = min(_SCALE, (_MOST_PIXELS / (width * height)) ** 0.5)
            image = shown.render(scale=scale).to_pil()
            file = io.BytesIO()
            image.save(file, "PNG")
            return told + file.getvalue()
    # Whatever a hostile file makes the library raise is that page's affair.
    except Exception as error:  # noqa: BLE001
        return json.dumps({"failed": f"{type(error).__name__}: {error}"[:200]}).encode() + b"\n"
