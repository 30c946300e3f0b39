"""Bytes to canonical text: decoded, newlines to LF, NFC, control characters out. Done once, before
any offset exists."""

from __future__ import annotations

import codecs
import re
import unicodedata
from array import array
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline.domain import Heading, Region, Warned
from pipeline.errors import DocumentError
from pipeline.readers.encodings import guess_encoding
from pipeline.values.dates import read_dates

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# What browsers take these names for: pages and messages that name them are written with the larger
# sets.
_LABELS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "big5": "big5hkscs", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
}  # fmt: skip
_NO_CHARSETS = (
    "punycode",
    "idna",
    "unicode-escape",
    "raw-unicode-escape",
    "utf-7",
    "undefined",
    "mbcs",
    "oem",
)
_FEW = 2000  # a text may have one broken byte in so many, and three more, and still be UTF-8
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_DATELINE, _HEADLINE = (
    25,
    160,
)  # characters before a date at the head of a line; of a line that is a heading
_SOURCE_LINE = re.compile(
    r"^\W*(?:source|prepared by|publisher|published by|issued by|источник|издатель|来源|发布单位)"
    r"\W*[:：]\W*([^\n|]{2,80}?)\s*(?:,\s*\d.*)?$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reader makes of a file's bytes: canonical text and what the document states about
    itself."""

    text: str
    encoding: str
    title: str | None = None
    date: str | None = None
    publisher: str | None = None
    language: str | None = None
    headings: tuple[Heading, ...] = ()
    author: str | None = None
    source: str | None = None
    date_source: str | None = None
    regions: tuple[Region, ...] = ()
    boxes: array[float] = field(default_factory=lambda: array("f"))
    warnings: tuple[Warned, ...] = ()


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding name: a byte order mark first, then UTF-32 and UTF-16 by their zeros, the
    escapes of ISO 2022, UTF-8, then detection.

    What a few broken bytes in UTF-8 stood for becomes U+FFFD. Raises DocumentError BAD_ENCODING.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _no_text(
                    f"it begins as {encoding} but byte {error.start} breaks it"
                ) from error
    text, encoding = _utf32(data) or _utf16(data) or _iso2022(data) or _utf8(data) or _detect(data)
    if len(_CONTROL.findall(text[:100_000])) > max(8, len(text[:100_000]) // 50):
        raise _no_text("it is full of control characters")
    return text, encoding


def decode_declared(data: bytes, name: str) -> tuple[str, str] | None:
    """Text and encoding name by the charset that a page or message declares, read as browsers read
    it; None if it does not fit."""
    name = name.lower()
    if _codec_of(name) in _NO_CHARSETS:
        return None
    for codec in dict.fromkeys((_LABELS.get(name, name), name)):
        try:
            return data.decode(codec), codec
        except (LookupError, ValueError):
            continue
    return None


def _codec_of(name: str) -> str:
    """What Python calls a codec, however the name is spelled; the name itself for one it does not
    know."""
    with suppress(LookupError, ValueError):
        name = codecs.lookup(name).name
    return re.sub(r"[\W_]+", "-", name).strip("-")


def clean(text: str) -> str:
    """Canonical form: LF, NFC, no control or direction-changing characters."""
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\x0b", "\n")
        .replace("\x0c", "\n")
        .replace("\u2028", "\n")
        .replace("\x85", "\n")
    )
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def stated_date(head: str) -> str | None:
    """The date that the head of a document gives itself, as EDTF: the first full date, else the
    first month, that begins a line or stands in one that is no sentence. Dates inside sentences are
    those of what is told."""
    dates = [
        m
        for m in read_dates(head)
        if "/" not in m.edtf and "X" not in m.edtf and _dates_its_line(head, m.start)
    ]
    return next((m.edtf for length in (10, 7) for m in dates if len(m.edtf) == length), None)


def _dates_its_line(head: str, at: int) -> bool:
    start = head.rfind("\n", 0, at) + 1
    line = head[start:].split("\n", 1)[0].rstrip()
    before = head[start:at].rstrip()
    leads = len(before) <= _DATELINE and before[-1:] in ("", *",:：;|(—–-•")
    return leads or (len(line) <= _HEADLINE and line[-1] not in ".;:,!?。；")


def stated_publisher(head: str) -> str | None:
    """The publisher named by a line such as "Source: ..." in the head of a document."""
    match = _SOURCE_LINE.search(head)
    return match[1].strip(" *_.") if match else None


def _utf8(data: bytes) -> tuple[str, str] | None:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        whole = sum(1 for c in text if c > "\x7f") - broken
        return (text, "utf-8") if broken <= 3 + len(data) // _FEW and whole > 20 * broken else None


def _utf16(data: bytes) -> tuple[str, str] | None:
    """UTF-16 without a mark, if the zeros of its blanks and Latin letters stand on one side of each
    pair."""
    head = data[:10_000]
    zeros = [head[side::2].count(0) for side in (0, 1)]
    few, many = sorted(zeros)
    if many * 40 < len(head) or few * 10 > many:
        return None
    encoding = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return None


def _utf32(data: bytes) -> tuple[str, str] | None:
    """UTF-32 without a mark: of each four bytes two are zeros, on one side."""
    if len(data) % 4 or not data:
        return None
    for encoding, zeros in (("utf-32-le", data[3::4] + data[2::4]), ("utf-32-be", data[::4])):
        if zeros.count(0) > 0.9 * len(zeros):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    return None


def _iso2022(data: bytes) -> tuple[str, str] | None:
    """Japanese or Korean mail in seven bits, which switches sets by escapes."""
    if b"\x1b$" not in data or max(data) > 0x7F:
        return None
    for encoding in ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


def _detect(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    if guessed := guess_encoding(data):
        return guessed
    best = from_bytes(data).best()
    if best is None:
        raise _no_text("no encoding fits its bytes")
    return str(best), best.encoding


def _no_text(why: str) -> DocumentError:
    return DocumentError(
        "BAD_ENCODING",
        f"Not a text: {why}",
        "Save it as UTF-8 text, or give the file its right ending.",
    )
