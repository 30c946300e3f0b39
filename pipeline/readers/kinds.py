"""What kind of file bytes are, by their beginning and structure; asked before a file's ending is
believed."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from pipeline.errors import DocumentError

_MAGIC = (
    (b"%PDF-", ".pdf", "a PDF"),
    (b"{\\rtf", ".rtf", "an RTF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc", "an old Office file"),
    (b"\x89PNG", ".png", "a picture"),
    (b"\xff\xd8\xff", ".jpg", "a picture"),
    (b"GIF8", ".gif", "a picture"),
    (b"II*\x00", ".tif", "a picture"),
    (b"MM\x00*", ".tif", "a picture"),
    (b"\x1f\x8b", ".gz", "a compressed file"),
    (b"BZh", ".bz2", "a compressed file"),
    (b"\xfd7zXZ", ".xz", "a compressed file"),
    (b"7z\xbc\xaf\x27\x1c", ".7z", "an archive"),
    (b"Rar!", ".rar", "an archive"),
    (b"\x7fELF", ".bin", "a program"),
    (b"MZ\x90", ".exe", "a program"),
)
_NAMES = {ending: name for _, ending, name in _MAGIC} | {
    ".docx": "a DOCX", ".pptx": "a PPTX", ".xlsx": "an XLSX", ".zip": "a zip archive",
    ".html": "a web page",
    ".mhtml": "a saved page in one file", ".eml": "an e-mail",
}  # fmt: skip
_OFFICE = ((b"word/", ".docx"), (b"ppt/", ".pptx"), (b"xl/", ".xlsx"))
_MIME = re.compile(rb"^(?:From: |MIME-Version: |Snapshot-Content-Location: )", re.IGNORECASE)
# A page that a browser saved; a message with pictures in it is multipart/related as well.
_SAVED = re.compile(
    rb"^(?:Snapshot-Content-Location:|From:\s*<Saved by )", re.IGNORECASE | re.MULTILINE
)
_HEADER = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+[^\n]*$")
_MIME_VERSION = re.compile(rb"^MIME-Version:", re.IGNORECASE | re.MULTILINE)
_CONTENT = re.compile(rb"^(?:Content-Type|Subject):", re.IGNORECASE | re.MULTILINE)
_PAGE = re.compile(
    rb"^\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,2000}-->\s*)?<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE,
)
SAME = {".htm": ".html", ".mht": ".mhtml"}
_READABLE = (".pdf", ".docx", ".pptx", ".rtf", ".html", ".mhtml", ".eml")
_BINARY = (".pdf", ".docx", ".pptx", ".rtf")


def suffix_of(data: bytes) -> str:
    """The ending that bytes deserve: ".pdf", ".docx", ..., ".zip"; empty for what may be any
    text."""
    for magic, ending, _ in _MAGIC:
        if data.startswith(magic):
            return ending
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _office(data) or ".zip"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    headers = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    if _MIME.match(head) and _SAVED.search(headers):
        return ".mhtml"
    if _HEADER.match(headers) and _MIME_VERSION.search(headers) and _CONTENT.search(headers):
        return ".eml"
    return ".html" if _PAGE.match(head) else ""


def check_kind(data: bytes, suffix: str, name: str) -> None:
    """Compare a file's ending with its content. Raises DocumentError FORMAT_MISMATCH, ENCRYPTED or
    CORRUPT_FILE."""
    wanted, found = SAME.get(suffix, suffix), suffix_of(data)
    if found in ("", wanted) or (
        found in (".html", ".eml", ".mhtml") and wanted in (".eml", ".mhtml")
    ):
        if not found and wanted in _BINARY and not (wanted == ".pdf" and b"%PDF-" in data[:1024]):
            _no_magic(data, wanted, name)
        return
    if found == ".doc" and "EncryptedPackage".encode("utf-16-le") in data:
        raise DocumentError("ENCRYPTED", f"{name} asks for a password", "Save it without one.")
    if found == ".zip" and wanted in (".docx", ".pptx"):
        raise DocumentError(
            "CORRUPT_FILE", f"{name} is a zip archive without its document", "Fetch it again."
        )
    remedy = f"Rename it to {found}." if found in _READABLE else "Convert it first."
    raise DocumentError(
        "FORMAT_MISMATCH", f"{name} is {_NAMES[found]}, not what its ending says", remedy
    )


def _no_magic(data: bytes, wanted: str, name: str) -> None:
    try:
        data[:4096].decode("utf-8")
        text = b"\x00" not in data[:4096]
    except UnicodeDecodeError as error:
        text = error.start > 4000
    if text:
        raise DocumentError(
            "FORMAT_MISMATCH", f"{name} is a text, not {_NAMES[wanted]}", "Rename it to .txt."
        )
    raise DocumentError(
        "CORRUPT_FILE", f"{name} does not begin as {_NAMES[wanted]} does", "Fetch it again."
    )


def _office(data: bytes) -> str:
    try:
        names = [
            name.encode("utf-8", "replace") for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
        ]
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError):
        names = re.findall(rb"PK\x03\x04.{26}([\w./\[\]-]{3,60})", data[:1_000_000], re.DOTALL)
    return next(
        (ending for folder, ending in _OFFICE if any(name.startswith(folder) for name in names)), ""
    )
