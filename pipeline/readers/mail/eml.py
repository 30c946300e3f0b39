"""E-mail (EML): headers, then the parts that are text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from pipeline.domain import Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.format import Format
from pipeline.readers.languages import language_of
from pipeline.readers.layout import Block, lay_out
from pipeline.readers.mail.message import (
    MAX_DEPTH,
    MAX_PARTS,
    content_of,
    head_of,
    header_of,
    parse_message,
    told_as_broken,
)
from pipeline.readers.web.html import read_page

_STUB = 400  # characters: "your program cannot show this message" is no longer
# Any one of them: programs that keep mail drop the others.
_OF_MAIL = (
    "From", "To", "Subject", "Date", "Received", "Message-ID", "MIME-Version", "Content-Type",
    "Return-Path", "Reply-To", "Sender", "Delivered-To", "Cc", "Bcc",
)  # fmt: skip
_SHOWN = ("From", "To", "Cc", "Date")


def read_eml(data: bytes) -> Parsed:
    """Read an e-mail: subject, addresses, the text parts, messages it forwards. Attachments that
    can be read are documents of their own (attachments.py); others are reported.

    Raises DocumentError CORRUPT_FILE, TOO_COMPLEX, NO_TEXT and those of `read_html`.
    """
    message = parse_message(data)
    if not any(name in message for name in _OF_MAIL):
        raise DocumentError(
            "CORRUPT_FILE", "The file has no header of an e-mail", "Save the message again."
        )
    reader = _Mail()
    with told_as_broken():
        blocks = list(reader.blocks(message, "message"))
    laid = lay_out(blocks)
    date = _date(message)
    said = f"Attachments were not read: {', '.join(reader.skipped[:20])}"
    skipped = Warned("ATTACHMENT_NOT_READ", said, "Save them beside the message.")
    return Parsed(
        text=laid.text,
        encoding="eml",
        title=header_of(message, "Subject") or None,
        author=header_of(message, "From") or None,
        date=date,
        date_source="metadata" if date else None,
        language=language_of(laid.text),
        headings=laid.headings,
        regions=laid.regions,
        warnings=(*((skipped,) if reader.skipped else ()), *reader.warnings),
    )


class _Mail:
    """Walks the parts of a message; `skipped` names the attachments that were not read."""

    def __init__(self) -> None:
        self.skipped: list[str] = []
        self.warnings: list[Warned] = []
        self._parts = 0

    def blocks(self, message: EmailMessage, place: str, depth: int = 0) -> Iterator[Block]:
        """The headers, then what the message holds, with the number of the part as its place."""
        if depth > MAX_DEPTH:
            raise DocumentError(
                "TOO_COMPLEX",
                f"Messages are forwarded deeper than {MAX_DEPTH}",
                "Save the inner ones.",
            )
        if subject := header_of(message, "Subject"):
            yield Block(subject, level=1 + (depth > 0), place=f"{place} header")
        shown = [f"{name}: {value}" for name in _SHOWN if (value := header_of(message, name))]
        for index, line in enumerate(shown):
            yield Block(line, tight=index > 0, place=f"{place} header")
        yield from self._content(message, "", depth)

    def _content(self, part: MIMEPart, number: str, depth: int) -> Iterator[Block]:
        # It knows all readers, this one too.
        from pipeline.readers.attachments import document_name

        self._parts += 1
        if self._parts > MAX_PARTS:
            raise DocumentError(
                "TOO_COMPLEX",
                f"The message has more than {MAX_PARTS} parts",
                "Save its text itself.",
            )
        kind = part.get_content_type()
        if document_name(part):
            return
        if kind == "message/rfc822":
            inner = part.get_payload()
            for message in inner if isinstance(inner, list) else []:
                if isinstance(message, EmailMessage):
                    yield from self.blocks(message, f"part {number or 1}", depth + 1)
        elif part.is_multipart():
            parts: list[MIMEPart] = list(part.iter_parts())
            if kind == "multipart/alternative":
                parts = _best(parts)
            for index, inner_part in enumerate(parts, 1):
                yield from self._content(
                    inner_part, f"{number}.{index}" if number else str(index), depth
                )
        elif kind in ("text/plain", "text/html"):
            yield from self._text(part, f"part {number or 1}", kind)
        else:
            name = clean(part.get_filename() or kind)
            self.skipped.append(" ".join(name.split())[:80])

    def _text(self, part: MIMEPart, place: str, kind: str) -> Iterator[Block]:
        text, encoding = content_of(part)
        if kind == "text/html":
            try:
                parsed = read_page(text, encoding, whole=True)
            except DocumentError as error:
                if error.code != "NO_TEXT":
                    raise
                return
            self.warnings += parsed.warnings
            text = parsed.text
        elif part.get_param("format") == "flowed":
            text = _unfolded(text, delsp=part.get_param("delsp") == "yes")
        for paragraph in clean(text).split("\n\n"):
            if paragraph.strip():
                yield Block(paragraph.strip("\n"), place=place)


def _best(parts: list[MIMEPart]) -> list[MIMEPart]:
    """Of alternatives the plain text, unless it is a mere stub beside the page; else the page, else
    the last one."""
    inner = [
        part
        for whole in parts
        for part in whole.walk()
        if isinstance(part, MIMEPart) and not part.is_attachment()
    ]
    plain, page = (
        next((p for p in inner if p.get_content_type() == k), None)
        for k in ("text/plain", "text/html")
    )
    said = len(content_of(plain)[0].strip()) if plain is not None else 0
    if page is not None and said < _STUB and len(_words(page)) > 1.3 * said:
        return [page]
    if plain is not None and said:
        return [plain]
    return [page] if page is not None else parts[-1:]


def _words(page: MIMEPart) -> str:
    try:
        return read_page(*content_of(page), whole=True).text
    except DocumentError:
        return ""


def _unfolded(text: str, *, delsp: bool) -> str:
    """Lines of RFC 3676 joined where they end in a blank, within one depth of quotation;
    signatures' marks stay."""
    out: list[list[str]] = []
    before = last = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = re.match(r">*", line)
        depth = quoted[0] if quoted else ""
        content = line[len(depth) :].removeprefix(" ")
        if out and last.endswith(" ") and "-- " not in (last, content) and depth == before:
            if delsp:
                out[-1][-1] = out[-1][-1][:-1]
            out[-1].append(content)
        else:
            out.append([f"{depth} {content}" if depth else content])
        before, last = depth, content
    return "\n".join(map("".join, out))


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(header_of(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


_HEADER = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+[^\n]*$")
_MIME_VERSION = re.compile(rb"^MIME-Version:", re.IGNORECASE | re.MULTILINE)
_CONTENT = re.compile(rb"^(?:Content-Type|Subject):", re.IGNORECASE | re.MULTILINE)


def _begins(data: bytes) -> bool:
    head = head_of(data)
    return bool(_HEADER.match(head) and _MIME_VERSION.search(head) and _CONTENT.search(head))


FORMAT = Format((".eml",), "an e-mail", read_eml, "trafilatura", begins=_begins)
