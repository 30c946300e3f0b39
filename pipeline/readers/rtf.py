"""RTF by striprtf."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed
from pipeline.readers.text import parse_text


def read_rtf(data: bytes) -> Parsed:
    """Read an RTF. Raises DocumentError CORRUPT_FILE or NO_TEXT."""
    from striprtf.striprtf import rtf_to_text

    try:
        # Bytes one to one: RTF is ASCII, and what is not stands for itself in the code page that the file names.
        to_text: Callable[..., str] = rtf_to_text
        text = to_text(data.decode("latin-1"), errors="replace")
    except (ValueError, LookupError, IndexError, RecursionError, OverflowError) as error:
        raise DocumentError("CORRUPT_FILE", f"The RTF is broken ({error})", "Save it again as DOCX or text.") from error
    return parse_text(text, "rtf")
