"""What kind of file bytes are, by their beginning and structure; asked before a file's ending is
believed."""

from __future__ import annotations

from pipeline.errors import DocumentError
from pipeline.readers.format import ZIP, Format, holds
from pipeline.readers.formats import ALL, FORMATS

# What nothing here reads: how it begins, its ending, what it is called.
_OTHERS = (
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
_CALLED = {ending: called for _, ending, called in _OTHERS} | {
    ".xlsx": "an XLSX",
    ".zip": "a zip archive",
}
_MESSAGES = (".eml", ".mhtml")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def suffix_of(data: bytes) -> str:
    """The ending that bytes deserve: ".pdf", ".docx", ..., ".zip"; empty for what may be any
    text."""
    for start, ending, _ in _OTHERS:
        if data.startswith(start):
            return ending
    for form in ALL:
        if form.claims(data):
            return form.ending
    if data.startswith(ZIP):
        return ".xlsx" if holds(data, b"xl/") else ".zip"
    return ""


def fits(data: bytes, suffix: str) -> bool:
    """Whether a file's ending says what its content is, or may be."""
    found = suffix_of(data)
    wanted = FORMATS.get(suffix)
    return found == (wanted.ending if wanted else suffix) or (
        not found and wanted is not None and not wanted.marked
    )


def check_kind(data: bytes, suffix: str, name: str) -> None:
    """Compare a file's ending with its content. Raises DocumentError FORMAT_MISMATCH, ENCRYPTED or
    CORRUPT_FILE."""
    wanted, found = FORMATS[suffix], suffix_of(data)
    if found == wanted.ending:
        return
    if not found:
        if wanted.marked and not (wanted.late and wanted.late in data[:1024]):
            _no_mark(data, wanted, name)
        return
    # A message may be without the headers that tell it from a page.
    if wanted.ending in _MESSAGES and found in (*_MESSAGES, ".html"):
        return
    if found == ".doc" and _ENCRYPTED in data:
        raise DocumentError("ENCRYPTED", f"{name} asks for a password", "Save it without one.")
    if found == ".zip" and wanted.folder:
        raise DocumentError(
            "CORRUPT_FILE", f"{name} is a zip archive without its document", "Fetch it again."
        )
    readable = FORMATS.get(found)
    raise DocumentError(
        "FORMAT_MISMATCH",
        f"{name} is {readable.called if readable else _CALLED[found]}, not what its ending says",
        f"Rename it to {found}." if readable else "Convert it first.",
    )


def _no_mark(data: bytes, wanted: Format, name: str) -> None:
    try:
        data[:4096].decode("utf-8")
        text = b"\x00" not in data[:4096]
    except UnicodeDecodeError as error:
        text = error.start > 4000
    if text:
        raise DocumentError(
            "FORMAT_MISMATCH", f"{name} is a text, not {wanted.called}", "Rename it to .txt."
        )
    raise DocumentError(
        "CORRUPT_FILE", f"{name} does not begin as {wanted.called} does", "Fetch it again."
    )
