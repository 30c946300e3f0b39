"""What a kind of document says about itself: one FORMAT at the end of each reader's file, and a
line for it in formats.py."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.readers.decode import Parsed

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True)
class Format:
    """A kind of document.

    `endings` are those of its files, the usual one first; `called` is what a message calls it
    ("a PDF"); `read` makes text of its bytes; `library` is the package whose new releases may read
    otherwise. Bytes are of this kind if they start with one of `starts`, are a zip archive with a
    member in `folder`, or `begins` says so; a kind without any of these is text that nothing marks.
    `late` is a mark that may stand within the first kilobyte instead.
    """

    endings: tuple[str, ...]
    called: str
    read: Callable[[bytes], Parsed]
    library: str
    starts: tuple[bytes, ...] = ()
    folder: bytes = b""
    begins: Callable[[bytes], bool] | None = None
    late: bytes = b""

    @property
    def ending(self) -> str:
        """The usual ending: ".html" of a page named .htm."""
        return self.endings[0]

    @property
    def marked(self) -> bool:
        """Whether bytes that do not begin so cannot be of this kind."""
        return bool(self.starts or self.folder)

    def claims(self, data: bytes) -> bool:
        """Whether bytes are of this kind by how they begin."""
        if self.folder:
            return holds(data, self.folder)
        return (
            data.startswith(self.starts) if self.starts else bool(self.begins and self.begins(data))
        )


def holds(data: bytes, folder: bytes) -> bool:
    """Whether bytes are a zip archive with a member in `folder`, as Office files are; the archive
    may be broken."""
    if not data.startswith(ZIP):
        return False
    try:
        names = [
            name.encode("utf-8", "replace") for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
        ]
    except (*BROKEN_ZIP, OSError):
        names = re.findall(rb"PK\x03\x04.{26}([\w./\[\]-]{3,60})", data[:1_000_000], re.DOTALL)
    return any(name.startswith(folder) for name in names)
