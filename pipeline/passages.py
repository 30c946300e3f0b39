"""Documents cut into passages: whole sections and paragraphs up to a size, exact offsets, a little
overlap."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from pipeline.domain import Document, Passage, content_id
from pipeline.text.tokens import BYTES_PER_TOKEN, count_tokens

_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")
# A sentence ends at a mark followed by white space (none needed in Chinese), unless an initial or
# number precedes it.
_SENTENCE_END = re.compile(
    r"(?<![\s(.][^\W\d_])(?<!\bNo)(?<!\bг)(?<!\bMr)(?<!\bDr)"
    r"(?:(?<!\d)[.!?…][\"'”»)]*\d{0,3}|[.!?…][\"'”»)]*)(?=\s)|[。！？][”」）]*"
)

Range = tuple[int, int]


def split_document(document: Document, max_tokens: int, overlap_tokens: int) -> tuple[Passage, ...]:
    """Passages of at most `max_tokens` that cover the document in order.

    A document that fits is one passage. Else a passage begins at a heading where that leaves the
    previous one half full and itself no scrap; one that begins within a section repeats up to
    `overlap_tokens` of whole sentences. Offsets are code points of `document.text`.
    """
    text = document.text[: document.passages_end]
    heading_starts = [h.start for h in document.headings]
    units = list(_units(text, max_tokens - overlap_tokens))
    passages: list[Range] = []
    start = end = size = 0
    rest = count_tokens(text)
    for unit_start, unit_end in units:
        tokens = count_tokens(text[unit_start:unit_end])
        at_heading = _is_heading(heading_starts, unit_start)
        ample = at_heading and size * 2 >= max_tokens and rest * 4 >= max_tokens
        if size and (size + tokens > max_tokens or (ample and rest + size > max_tokens)):
            passages.append((start, end))
            start = (
                unit_start
                if at_heading
                else _overlap_start(text, start, end, unit_start, overlap_tokens)
            )
            size = count_tokens(text[start:unit_start])
        elif not size:
            start = unit_start
        end, size, rest = unit_end, size + tokens, rest - tokens
    if size:
        passages.append((start, end))
    return tuple(_passage(document, index, span) for index, span in enumerate(passages))


def halve_passage(
    document: Document, passage: Passage, min_tokens: int = 100
) -> tuple[Passage, ...]:
    """The passage as two, cut between paragraphs or sentences; empty when it is too small to
    cut."""
    tokens = count_tokens(document.text[passage.start : passage.end])
    if tokens < 2 * min_tokens:
        return ()
    text = document.text[passage.start : passage.end]
    units = list(_units(text, tokens // 3))
    size, cut = 0, 0
    for start, end in units[:-1]:
        size += count_tokens(text[start:end])
        cut = end
        if size * 2 >= tokens:
            break
    if not cut:
        return ()
    second = next(start for start, _ in units if start >= cut)
    spans = ((passage.start, passage.start + cut, "a"), (passage.start + second, passage.end, "b"))
    return tuple(
        replace(
            passage,
            id=content_id("p", document.id, start, end),
            start=start,
            end=end,
            part=passage.part + part,
        )
        for start, end, part in spans
    )


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Range]:
    """The sentences of `text[start:end]` as offsets into `text`, white space between them left
    out."""
    end = len(text) if end is None else end
    position = start
    for match in _SENTENCE_END.finditer(text, start, end):
        yield from _trimmed(text, position, match.end())
        position = match.end()
    yield from _trimmed(text, position, end)


def paragraphs(text: str) -> Iterator[Range]:
    """The paragraphs of a text; one that a page break cuts in mid-sentence is kept whole."""
    position = 0
    for match in _PARAGRAPH_BREAK.finditer(text):
        before, after = text[position : match.start()].rstrip(), text[match.end() : match.end() + 1]
        if (
            before
            and after.islower()
            and before[-1] not in ".!?:;。！？…|"
            and "\n" not in before[-40:]
        ):
            continue
        yield from _trimmed(text, position, match.start())
        position = match.end()
    yield from _trimmed(text, position, len(text))


def _units(text: str, limit: int) -> Iterator[Range]:
    for span in paragraphs(text):
        yield from _within(text, span, limit)


def _within(text: str, span: Range, limit: int) -> Iterator[Range]:
    """A paragraph that is too long, as lines, else sentences, else pieces cut at white space."""
    start, end = span
    if count_tokens(text[start:end]) <= limit:
        yield span
        return
    lines = [
        s
        for m in re.finditer(r"[^\n]+", text[start:end])
        for s in _trimmed(text, start + m.start(), start + m.end())
    ]
    parts = lines if len(lines) > 1 else list(sentences(text, start, end))
    if len(parts) > 1:
        for part in parts:
            yield from _within(text, part, limit)
        return
    step = max(1, limit)  # code points, each at most BYTES_PER_TOKEN bytes
    while end - start > step:
        cut = max(text.rfind(" ", start, start + step), text.rfind("\n", start, start + step))
        cut = cut if cut > start else start + step
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Range]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _overlap_start(text: str, start: int, end: int, unit_start: int, overlap_tokens: int) -> int:
    result = unit_start
    for sentence_start, _ in reversed(
        list(sentences(text, max(start, end - overlap_tokens * BYTES_PER_TOKEN * 2), end))
    ):
        if (
            sentence_start <= start
            or count_tokens(text[sentence_start:unit_start]) > overlap_tokens
        ):
            break
        result = sentence_start
    return result


def _is_heading(starts: list[int], position: int) -> bool:
    # A Markdown heading's offset lies behind its "#" marks.
    nearest = bisect_right(starts, position + 7)
    return nearest > 0 and 0 <= starts[nearest - 1] - position <= 7


def _passage(document: Document, index: int, span: Range) -> Passage:
    trail: list[tuple[int, str]] = []
    for heading in document.headings:
        if heading.start > span[0] + 7:
            break
        trail = [(level, name) for level, name in trail if level < heading.level]
        trail.append((heading.level, document.text[heading.start : heading.end]))
    return Passage(
        id=content_id("p", document.id, *span),
        document_id=document.id,
        index=index,
        start=span[0],
        end=span[1],
        headings=tuple(name for _, name in trail),
    )
