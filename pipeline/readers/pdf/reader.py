"""PDF by pypdfium2: characters with boxes, page by page, put into reading order; hidden text is
left out and reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.domain import Warned
from pipeline.errors import DocumentError
from pipeline.readers.decode import Parsed, clean
from pipeline.readers.format import Format
from pipeline.readers.languages import reads_like_language
from pipeline.readers.layout import Block, lay_out
from pipeline.readers.limits import in_force
from pipeline.readers.pdf.annotations import annotations_of
from pipeline.readers.pdf.page_words import letters_of, sorted_words
from pipeline.readers.pdf.pages import leftward
from pipeline.readers.pdf.pages.lines import Page
from pipeline.readers.pdf.pages.paragraphs import blocks_of
from pipeline.readers.pdf.pages.rulings import find_rules
from pipeline.readers.pdf.pages.words import Word
from pipeline.readers.pdf.unmapped import cyrillic_table
from pipeline.readers.pdf.visibility import Visibility, as_shown

_SAMPLE = 20_000  # characters that tell whether a text can be read
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")


@dataclass(slots=True)
class _Seen:
    """What was found in the file besides its visible text."""

    hidden: list[str] = field(default_factory=list)
    empty_pages: list[int] = field(default_factory=list)
    typed: list[Block] = field(default_factory=list)  # form fields and notes
    images: bool = False
    unmapped: int = 0
    sample: str = ""  # of the visible text
    characters: int = 0
    guessed: str = ""  # what is to be said of letters that were guessed

    def note(
        self, number: int, textpage: Any, characters: str, words: list[Word], hidden: list[str]
    ) -> None:
        """Count what a page shows and what it hides."""
        import pypdfium2.raw as c

        if hidden:
            self.hidden.append(f"page {number}: {' '.join(hidden)[:80]}")
        visible = [characters[word.start : word.end] for word in words]
        self.characters += sum(map(len, visible))
        if len(self.sample) < _SAMPLE:
            self.sample += f" {' '.join(visible)}"
        self.unmapped += sum(
            word.end - word.start
            for word in words
            if c.FPDFText_HasUnicodeMapError(textpage, word.start) or _private(characters, word)
        )


def read_pdf(data: bytes) -> Parsed:
    """Read a PDF. Raises DocumentError ENCRYPTED, CORRUPT_FILE, TOO_LARGE, TOO_COMPLEX,
    NO_TEXT_LAYER or NO_UNICODE_TEXT."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError(
                "ENCRYPTED", "The PDF asks for a password", "Save it without one."
            ) from error
        raise DocumentError(
            "CORRUPT_FILE", f"The PDF cannot be opened ({error})", "Fetch it again."
        ) from error
    try:
        if len(pdf) > (most := in_force().pages):
            raise DocumentError(
                "TOO_LARGE", f"The PDF has {len(pdf)} pages", f"Split it: the limit is {most}."
            )
        seen = _Seen()
        pdf.init_forms()
        pages = list(_pages(pdf, seen))
        _check_seen(seen, len(pdf))
        if seen.unmapped * 3 > seen.characters and not reads_like_language(seen.sample):
            _guess_letters(seen, pages)
        blocks = _with_typed(blocks_of(pages), seen.typed)
        metadata = pdf.get_metadata_dict(skip_empty=True)
        warnings = tuple(_warnings(pdf, seen))
    except pypdfium2.PdfiumError as error:
        raise DocumentError(
            "CORRUPT_FILE", f"The PDF cannot be read ({error})", "Fetch it again."
        ) from error
    finally:
        pdf.close()
    return lay_out(blocks).parsed(
        "pdf",
        title=_title(clean(metadata.get("Title", "")).strip(), blocks),
        author=metadata.get("Author", ""),
        made=_metadata_date(metadata.get("CreationDate", "")),
        warnings=warnings,
    )


def _pages(pdf: Any, seen: _Seen) -> Iterator[Page]:
    import pypdfium2

    for index in range(len(pdf)):
        try:
            page = pdf[index]
        except pypdfium2.PdfiumError:
            seen.empty_pages.append(index + 1)
            continue
        textpage = page.get_textpage()
        try:
            seen.typed += annotations_of(page, index + 1)
            yield _page(page, textpage, index + 1, seen)
        finally:
            textpage.close()
            page.close()


def _page(page: Any, textpage: Any, number: int, seen: _Seen) -> Page:
    letters = letters_of(page, textpage, number)
    checker = Visibility(page, textpage)
    words, sideways, hidden = sorted_words(letters, textpage, checker)
    if not words:
        seen.empty_pages.append(number)
        seen.images = seen.images or checker.has_picture()
    seen.note(number, textpage, letters.characters, words, hidden)
    rules = find_rules(page, as_shown(page)) if letters.level is letters.boxes else []
    runs_leftward = leftward.is_leftward(letters.characters, words)
    if runs_leftward:
        rules = leftward.mirrored((*words, *sideways), rules, letters.width)
    return Page(
        number,
        letters.height,
        words,
        letters.characters,
        letters.boxes,
        rules,
        checker.recognised,
        sideways,
        runs_leftward,
    )


def _with_typed(blocks: list[Block], typed: list[Block]) -> list[Block]:
    """Blocks with form fields and notes behind the text of their page."""
    found: list[Block] = []
    waiting = list(typed)
    for block in blocks:
        page = block.spans[0][2] if block.spans else None
        while waiting and page is not None and (waiting[0].page or 0) < page:
            found.append(waiting.pop(0))
        found.append(block)
    return [*found, *waiting]


def _check_seen(seen: _Seen, pages: int) -> None:
    if not seen.characters and not seen.typed:
        if seen.hidden:
            raise DocumentError(
                "NO_TEXT_LAYER",
                "All text of the PDF is hidden",
                "Open it and look; OCR reads what is seen.",
            )
        what = "is a scan: pictures without text" if seen.images else "holds no text"
        remedy = "Run with --ocr, or OCR over it first, such as: ocrmypdf in.pdf out.pdf"
        raise DocumentError("NO_TEXT_LAYER", f"The PDF {what} ({pages} pages)", remedy)


def _guess_letters(seen: _Seen, pages: list[Page]) -> None:
    """Give pages whose fonts name no letters those of the encoding with which they read as text."""
    said = "Its fonts do not say which letters they show"
    found = cyrillic_table(seen.sample)
    if found is None:
        raise DocumentError(
            "NO_UNICODE_TEXT",
            said,
            "Run with --ocr, or OCR over it: ocrmypdf --force-ocr in.pdf out.pdf",
        )
    name, table = found
    for page in pages:
        page.characters = page.characters.translate(table)
    seen.guessed = f"{said}; it was read as {name}"


def _private(characters: str, word: Word) -> bool:
    letter = characters[word.start]
    return letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff"


def _warnings(pdf: Any, seen: _Seen) -> Iterator[Warned]:
    import pypdfium2.raw as c

    if c.FPDF_GetSecurityHandlerRevision(pdf) >= 0:
        said = "An owner's password restricts what may be done with it"
        yield Warned("OWNER_PASSWORD", said, "Nothing, if you may use its text.")
    if seen.hidden:
        said = f"Hidden text was left out: {'; '.join(seen.hidden[:5])}"
        yield Warned(
            "HIDDEN_TEXT",
            clean(said),
            "Look at the page: instructions to the model may be hidden there.",
        )
    if seen.guessed:
        yield Warned(
            "ENCODING_GUESSED", seen.guessed, "Look at names and signs; if they are wrong, --ocr."
        )
    if seen.empty_pages:
        numbers = ", ".join(map(str, seen.empty_pages[:20]))
        yield Warned(
            "PAGES_WITHOUT_TEXT", f"No text on page {numbers}", "If they are scans, run with --ocr."
        )


def _title(stated: str, blocks: list[Block]) -> str | None:
    """The title of the metadata if the text carries it too; else the heading with the largest
    letters on the first page."""
    text = " ".join(block.text for block in blocks[:12]).casefold()
    if len(stated) > 3 and stated.casefold() in text:
        return stated
    heads = [b for b in blocks[:12] if b.level and b.spans and b.spans[0][2] == 1]
    if heads:
        return " ".join(min(heads, key=lambda b: b.level).text.split())
    return stated if " " in stated else None


def _metadata_date(stated: str) -> str | None:
    match = _PDF_DATE.match(stated)
    return "-".join(part for part in match.groups() if part) if match else None


FORMAT = Format((".pdf",), "a PDF", read_pdf, "pypdfium2", starts=(b"%PDF-",), late=b"%PDF-")
