"""Pages that a browser saved with their pictures in one file (MHTML), by the standard library."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.format import Format
from pipeline.readers.mail.message import (
    content_of,
    head_of,
    header_of,
    parse_message,
    told_as_broken,
)
from pipeline.readers.web.html import read_page

_SOURCES = ("Snapshot-Content-Location", "Content-Location")
_MIME = re.compile(rb"^(?:From: |MIME-Version: |Snapshot-Content-Location: )", re.IGNORECASE)
# A page that a browser saved; a message with pictures in it is multipart/related as well.
_SAVED = re.compile(
    rb"^(?:Snapshot-Content-Location:|From:\s*<Saved by )", re.IGNORECASE | re.MULTILINE
)


def read_mhtml(data: bytes) -> Parsed:
    """Read a page saved with its pictures in one file. Raises DocumentError CORRUPT_FILE and those
    of `read_html`."""
    message = parse_message(data)
    with told_as_broken():
        page = next(
            (part for part in message.walk() if part.get_content_type() == "text/html"), None
        )
        content = content_of(page) if page is not None else None
    if page is None or content is None:
        raise DocumentError("CORRUPT_FILE", "The file holds no web page", "Save the page again.")
    parsed = read_page(*content)
    source = next(
        (found for m in (message, page) for name in _SOURCES if (found := header_of(m, name))), ""
    )
    if not source.startswith(("http://", "https://")):
        return parsed
    return replace(parsed, source=parsed.source or clean(source))


def _begins(data: bytes) -> bool:
    head = head_of(data)
    return bool(_MIME.match(head) and _SAVED.search(head))


FORMAT = Format(
    (".mhtml", ".mht"), "a saved page in one file", read_mhtml, "trafilatura", begins=_begins
)
