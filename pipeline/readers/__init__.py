"""Files in, Documents out. A kind of document is one file here and one line in READERS."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from pipeline.domain import Document, content_id
from pipeline.errors import DocumentError, DossierError
from pipeline.readers.decode import Parsed
from pipeline.readers.html import read_html
from pipeline.readers.markdown import read_markdown
from pipeline.readers.text import read_text

READERS: dict[str, Callable[[bytes], Parsed]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
READER_VERSION = "1"
MAX_BYTES = 50_000_000


def find_documents(paths: tuple[Path, ...]) -> list[tuple[Path, str]]:
    """All files below the given files and folders, sorted, hidden ones left out, each with the name to record for it.

    The name is relative to the working folder, or else to the given folder's parent: never a machine's full path.
    Raises DossierError for a path that does not exist and when there is no file at all.
    """
    found: dict[Path, str] = {}
    here = Path.cwd().resolve()
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.is_file())
            files = [f for f in inside if not any(part.startswith(".") for part in f.relative_to(path).parts)]
        elif path.exists():
            files = [path]
        else:
            raise DossierError(f"{path} does not exist", "Name a file or a folder of documents.")
        for file in files:
            full = _absolute(file)
            base = here if full.is_relative_to(here) else _absolute(path).parent
            found.setdefault(file, _printable(full.relative_to(base).as_posix()))
    if not found:
        names = ", ".join(str(path) for path in paths)
        raise DossierError(f"No documents in {names}", f"Put files there ({' '.join(READERS)}) or name another folder.")
    return sorted(found.items(), key=lambda item: (item[1], item[0]))


def file_id(path: Path, name: str) -> str:
    """The id of a file from its bytes, also of a kind that no reader takes; from its name if it cannot be read at all."""
    try:
        small = path.stat().st_size <= MAX_BYTES
        return document_id(path.read_bytes()) if small and path.stat().st_size else content_id("doc", name)
    except OSError:
        return content_id("doc", name)


def _printable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 and control characters are written as escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _absolute(path: Path) -> Path:
    # Unlike Path.resolve(), this keeps the name a user gave to a link.
    return Path(os.path.abspath(path))  # noqa: PTH100


def read_bytes(path: Path) -> bytes:
    """The bytes of a document. Raises DocumentError UNREADABLE, EMPTY_FILE, TOO_LARGE or UNSUPPORTED_FORMAT."""
    if path.suffix.lower() not in READERS:
        kinds = " ".join(READERS)
        raise DocumentError("UNSUPPORTED_FORMAT", f"{path.name}: no reader for '{path.suffix}'", f"Readable are {kinds}.")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DocumentError("TOO_LARGE", f"{path.name} has {size} bytes", f"Split it: the limit is {MAX_BYTES}.")
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError("UNREADABLE", f"{path.name}: {error.strerror}", "Check its permissions.") from error
    if not data.strip():
        raise DocumentError("EMPTY_FILE", f"{path.name} is empty", "Fetch it again or remove it.")
    return data


def document_id(data: bytes) -> str:
    """The id of the document with these bytes."""
    return f"doc_{hashlib.sha256(data).hexdigest()[:16]}"


def read_document(path: Path, name: str | None = None) -> Document:
    """Read one file; `name` is the path to record, by default the path itself.

    Raises DocumentError with the codes of `read_bytes`, and BAD_ENCODING or NO_TEXT from the reader.
    """
    data = read_bytes(path)
    parsed = READERS[path.suffix.lower()](data)
    if not parsed.text.strip():
        raise DocumentError("NO_TEXT", f"{path.name} holds no text", "Open it and save the text itself.")
    return Document(
        id=document_id(data),
        path=name or str(path),
        text=parsed.text,
        reader=f"{READERS[path.suffix.lower()].__name__.removeprefix('read_')}/{READER_VERSION}",
        size_bytes=len(data),
        encoding=parsed.encoding,
        title=parsed.title,
        date=parsed.date,
        publisher=parsed.publisher,
        language=parsed.language,
        headings=parsed.headings,
    )
