"""Attachments of e-mail, which are documents of their own: those that a reader takes.

One is named by the number of its part in the message, counted as the parts are walked; "3/1" is in
a message that is itself attached as a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage, Message
from pathlib import PurePosixPath

from pipeline.errors import DocumentError
from pipeline.readers.decode import clean
from pipeline.readers.formats import FORMATS
from pipeline.readers.kinds import suffix_of
from pipeline.readers.mail.message import MAX_DEPTH, MAX_PARTS, parse_message

_MAIL = ".eml"


def attachments(data: bytes) -> list[tuple[str, str]]:
    """The number and the file name of each attachment of a message that can be read; its name ends
    as its content deserves. Raises DocumentError CORRUPT_FILE and TOO_COMPLEX."""
    found: list[tuple[str, str]] = []
    for number, name in _within(data, "", 0):
        if len(found) >= MAX_PARTS:
            raise DocumentError(
                "TOO_COMPLEX",
                f"The message has more than {MAX_PARTS} attachments",
                "Save those that matter beside it.",
            )
        found.append((number, name))
    return found


def attachment(data: bytes, number: str) -> bytes:
    """The bytes of an attachment. Raises DocumentError CORRUPT_FILE if the message has none of that
    number."""
    for index in number.split("/"):
        parts = list(parse_message(data).walk())
        if not index.isdecimal() or int(index) >= len(parts):
            raise DocumentError(
                "CORRUPT_FILE", f"The message has no attachment {number}", "Run again."
            )
        data = _payload(parts[int(index)])
    return data


def document_name(part: Message) -> str:
    """The name of the file that a part of a message is, if it is an attachment that can be read;
    else empty."""
    if part.is_multipart() or part.get_content_maintype() in ("message", "multipart"):
        return ""
    given = part.get_filename()
    name = " ".join(clean(given or "").replace("\\", "/").split("/")[-1].split())[:200]
    suffix = PurePosixPath(name).suffix.lower()
    text = part.get_content_maintype() == "text"
    if text and (part.get_content_disposition() != "attachment" or suffix not in FORMATS):
        return ""  # is read with the message
    if suffix in FORMATS:
        return name
    found = suffix_of(_payload(part))
    return f"{name or 'attachment'}{found}" if found in FORMATS else ""


def _within(data: bytes, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for index, part in enumerate(parse_message(data).walk()):
        if not isinstance(part, EmailMessage) or not (name := document_name(part)):
            continue
        number = f"{prefix}{index}"
        yield number, name
        if PurePosixPath(name).suffix.lower() == _MAIL and depth < MAX_DEPTH:
            for inner, its_name in _within(_payload(part), f"{number}/", depth + 1):
                yield inner, f"{name}/{its_name}"


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
