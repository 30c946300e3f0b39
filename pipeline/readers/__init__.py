"""Files in, Documents out. A kind of document is one file with its FORMAT, and one line in
formats.py.

pdf/     PDF: reader.py by pdfium, pages/ puts words with boxes into reading order; OCR, pictures
office/  DOCX and PPTX: packages of XML          web/   pages: the main text, nothing that is hidden
mail/    e-mail, pages saved in one file         text/  plain text, Markdown, RTF

`read_document` reads in this process, `isolation.ReaderPool` in child processes (child.py, which
frames.py talks to) with limits.py in force: runs use the latter. sources.py finds files, kinds.py
tells what they are, decode.py, encodings.py and languages.py make text of bytes, layout.py puts
blocks into one text.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline.domain import Document, Warned, content_id
from pipeline.errors import DocumentError
from pipeline.readers.format import Format
from pipeline.readers.formats import ALL, FORMATS
from pipeline.readers.kinds import check_kind, suffix_of
from pipeline.readers.languages import lingua_version
from pipeline.readers.limits import in_force
from pipeline.readers.sources import (
    Source,
    document_id,
    find_documents,
    read_bytes,
    source_id,
    without_duplicates,
)
from pipeline.values.edtf import edtf_bounds

__all__ = [
    "FORMATS",
    "Source",
    "find_documents",
    "read_document",
    "readers_digest",
    "source_id",
    "without_duplicates",
]

READER_VERSION = "6"
EARLIEST = 1800  # the year before which no document here was written


def read_document(path: Path | Source, name: str | None = None) -> Document:
    """Read one document; `name` is the path to record, by default the path itself.

    Raises DocumentError: those of `read_bytes`, UNSUPPORTED_FORMAT, those of `check_kind`, and
    those of the readers.
    """
    source = path if isinstance(path, Source) else Source(path, name or str(path))
    short, suffix = Path(source.name).name, source.suffix
    if suffix and suffix not in FORMATS and suffix != ".zip":
        raise _unsupported(short, suffix)
    data = read_bytes(source)
    if not suffix:
        suffix = suffix_of(data)
    if suffix == ".zip":
        what = (
            "an archive in an archive"
            if source.inside
            else "an archive without documents, or a broken one"
        )
        raise DocumentError(
            "UNSUPPORTED_FORMAT" if source.inside else "CORRUPT_FILE",
            f"{short} is {what}",
            "Unpack it.",
        )
    if suffix not in FORMATS:
        raise _unsupported(short, suffix)
    check_kind(data, suffix, short)
    form = FORMATS[suffix]
    parsed = form.read(data)
    if not parsed.text.strip():
        raise DocumentError(
            "NO_TEXT", f"{short} holds no text", "Open it and save the text itself."
        )
    if len(parsed.text) > (most := in_force().characters):
        raise DocumentError(
            "TOO_LARGE",
            f"{short} holds {len(parsed.text)} characters",
            f"Split it: the limit is {most}.",
        )
    dated = possible_date(parsed.date)
    return Document(
        id=document_id(data),
        path=source.name,
        text=parsed.text,
        reader=reader_name(form),
        size_bytes=len(data),
        encoding=parsed.encoding,
        title=parsed.title,
        date=dated,
        publisher=parsed.publisher,
        language=parsed.language,
        headings=parsed.headings,
        author=parsed.author,
        source=parsed.source,
        parent=source.parent or None,
        date_source=(parsed.date_source or "text") if dated else None,
        regions=parsed.regions,
        boxes=parsed.boxes,
        warnings=(*parsed.warnings, *_damage(parsed.text)),
    )


def possible_date(stated: str | None) -> str | None:
    """A document's date if it can be one: a real day (30 February is none) from EARLIEST to next
    year. Programs write 1601, 3609 or zeros where they know none."""
    if stated is None:
        return None
    try:
        days = edtf_bounds(stated)
    except ValueError:
        return None
    latest = date.today().year + 1
    return stated if all(d is None or EARLIEST <= d.year <= latest for d in days) else None


@cache
def reader_name(form: Format) -> str:
    """A reader with its version and those of the libraries it depends on: "pdf/3 pypdfium2
    5.15.2"."""
    name = f"{form.read.__name__.removeprefix('read_')}/{READER_VERSION}"
    return f"{name} {form.library} {version(form.library)} {lingua_version()}".rstrip()


def readers_digest() -> str:
    """A hash of all readers' names: it changes when any of them may read differently."""
    return content_id("v", sorted({reader_name(form) for form in ALL}))[2:]


def _damage(text: str) -> Iterator[Warned]:
    if broken := text.count("\ufffd"):
        said = f"{broken} characters could not be read; U+FFFD stands for each"
        yield Warned(
            "DAMAGED_CHARACTERS", said, "Fetch the file again, or save it as UTF-8, if they matter."
        )


def _unsupported(name: str, suffix: str) -> DocumentError:
    return DocumentError(
        "UNSUPPORTED_FORMAT",
        f"{name}: no reader for '{suffix}'",
        f"Readable are {' '.join(FORMATS)}.",
    )
