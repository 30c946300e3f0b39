"""What mail and pages saved in one file have in common: the standard library's parser, parts and
headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message, MIMEPart

from pipeline.errors import DocumentError
from pipeline.readers.decode import clean, decode, decode_declared
from pipeline.readers.limits import in_force

MAX_PARTS = 500
MAX_DEPTH = 8  # of messages in messages
_STARTS = 4096  # bytes among which the headers are looked for


def head_of(data: bytes) -> bytes:
    """The headers that bytes begin with, if they are a message."""
    head = data[:_STARTS].lstrip(b"\xef\xbb\xbf \t\r\n")
    return re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]


@contextmanager
def told_as_broken() -> Iterator[None]:
    """The standard library's parser fails in many ways on headers that are broken enough."""
    try:
        yield
    except (
        MessageError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        AssertionError,
        RecursionError,
        OverflowError,
    ) as error:
        raise DocumentError(
            "CORRUPT_FILE", f"The message cannot be parsed ({error})", "Save it again."
        ) from error


def parse_message(data: bytes) -> EmailMessage:
    """A message with its parts. Raises DocumentError CORRUPT_FILE."""
    with told_as_broken():
        return message_from_bytes(data, policy=policy.default)


def content_of(part: MIMEPart) -> tuple[str, str]:
    """The text of a part, in the charset it states if that fits, else in the one that is found
    out."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if len(data) > (most := in_force().page_bytes):
        raise DocumentError(
            "TOO_LARGE", f"A part of the message has {len(data)} bytes", f"The limit is {most}."
        )
    charset = part.get_content_charset()
    return (decode_declared(data, charset) if charset else None) or decode(data)


def header_of(message: Message, name: str) -> str:
    """A header as one line; empty if it is missing or broken."""
    try:
        with told_as_broken():
            value = str(message.get(name, ""))
            if "\ufffd" in value:  # bytes of some encoding, which headers must not hold
                raw = next(
                    str(content)
                    for key, content in message.raw_items()
                    if key.lower() == name.lower()
                )
                data = raw.encode("utf-8", "surrogateescape")
                encodings = (
                    content_of(p)[1]
                    for p in message.walk()
                    if p.get_content_maintype() == "text" and isinstance(p, MIMEPart)
                )
                value = (decode_declared(data, next(encodings, "")) or decode(data))[0]
            return " ".join(clean(value).split())
    except DocumentError:
        return ""  # what the rest of the message says is worth more than this header
