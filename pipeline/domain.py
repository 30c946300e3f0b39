"""The nouns of the pipeline, all frozen. Offsets count code points of `Document.text`, the end
excluded."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from pipeline.records import Record, Style

QuoteStatus = Literal["exact", "normalised", "fuzzy", "conflict", "missing"]
FieldStatus = Literal[
    "quoted",
    "context",
    "inferred",
    "doubtful",
    "elsewhere",
    "conflict",
    "absent",
    "unconfirmed",
    "contradicted",
]
# Of a value, the statuses that leave it out of the views, and the others; of a quote, those it is
# accepted with.
DOUBTED: tuple[FieldStatus, ...] = (
    "conflict",
    "doubtful",
    "elsewhere",
    "absent",
    "unconfirmed",
    "contradicted",
)
SUPPORTED: tuple[FieldStatus, ...] = ("quoted", "context", "inferred")
ACCEPTED: tuple[QuoteStatus, ...] = ("exact", "normalised", "fuzzy")
DocumentStatus = Literal["complete", "partial", "quarantined"]
Layer = Literal[
    "body",
    "table",
    "caption",
    "footnote",
    "endnote",
    "pull_quote",
    "text_box",
    "notes",
    "comment",
    "form",
    "note",
    "header",
    "footer",
    "margin",
]
# Running heads, page numbers and stamps are part of a document's text, but no passage holds them.
OUTSIDE_PASSAGES: tuple[Layer, ...] = ("header", "footer", "margin")
# How an endpoint takes the schema of an answer: strict response format, a tool to call, or text
# with `json_object`.
Mode = Literal["schema", "tools", "json"]


def content_id(prefix: str, *parts: object) -> str:
    """A stable id: `prefix` and 16 hex digits of the SHA-256 over the parts as canonical JSON."""
    return f"{prefix}_{hashlib.sha256(_canonical(parts)).hexdigest()[:16]}"


def streamed_id(prefix: str, *parts: object) -> str:
    """As `content_id`; a part that is an iterator counts as the list of what it gives, which is
    never held at once."""
    digest = hashlib.sha256(b"[")
    for number, part in enumerate(parts):
        digest.update(b"," if number else b"")
        if isinstance(part, Iterator):
            digest.update(b"[")
            for place, item in enumerate(part):
                digest.update(b"," if place else b"")
                digest.update(_canonical(item))
            digest.update(b"]")
        else:
            digest.update(_canonical(part))
    digest.update(b"]")
    return f"{prefix}_{digest.hexdigest()[:16]}"


def _canonical(part: object) -> bytes:
    return json.dumps(
        part, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    ).encode()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in a document's text: `text[start:end]`, level 1 the outermost."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a document's text, `text[start:end]`: its layer, and where it stands in the file,
    if that is known: the page or slide, counted from 1, and a place such as "table 1, row 2, cell
    3"."""

    start: int
    end: int
    layer: Layer = "body"
    page: int | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page: points from the top left corner of the page as it is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a reader left out or could not see. `code` is stable; `remedy` says what to
    do."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its reader made it. `id` comes from the bytes; `text` is never edited
    afterwards.

    `date` is EDTF and `date_source` says where it was found (text or metadata); they, `title`,
    `author`, `publisher`, `language` and `source` (its address) are None where the document does
    not state them. `parent` is the id of the message that an attachment came with. `regions` are in
    order, do not overlap and need not cover the text: what is in none is body text. `boxes`,
    empty for most formats, holds left, top, right and bottom of each code point in points from the
    page's top left corner, NaN where nothing is drawn.
    """

    id: str
    path: str
    text: str
    reader: str
    size_bytes: int
    encoding: str
    title: str | None = None
    date: str | None = None
    publisher: str | None = None
    language: str | None = None
    headings: tuple[Heading, ...] = ()
    author: str | None = None
    source: str | None = None
    date_source: str | None = None
    parent: str | None = None
    regions: tuple[Region, ...] = ()
    boxes: array[float] = field(default_factory=lambda: array("f"))
    warnings: tuple[Warned, ...] = ()

    @property
    def passages_end(self) -> int:
        """The offset behind which the text is in no passage: running headers and the like come
        last."""
        return next(
            (region.start for region in self.regions if region.layer in OUTSIDE_PASSAGES),
            len(self.text),
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document: `document.text[start:end]`. `headings` leads from the outermost
    heading inwards; `part` names the half ("a", "b", "ab", ...) of a passage whose reply hit the
    output limit."""

    id: str
    document_id: str
    index: int
    start: int
    end: int
    headings: tuple[str, ...] = ()
    part: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One prompt and the record types it yields. `parameters` are sent along with every request.
    `sample` is which of several equal askings it is, from 1."""

    name: str
    instructions: str
    record_types: tuple[type[Record], ...]
    schema: dict[str, Any]
    parameters: dict[str, Any]
    digest: str
    sample: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """One call: a passage and a task, rendered.

    The key covers all that changes an answer: messages, schema, parameters and model. It covers
    nothing else: not the API key, the address, retries, timeouts or the endpoint's mode. Of equal
    askings each has its own, so that all are kept.
    """

    document_id: str
    passage_id: str
    passage_name: str
    task: str
    messages: tuple[dict[str, str], ...]
    schema: dict[str, Any]
    parameters: dict[str, Any]
    sample: int = 1

    def key(self, model: str) -> str:
        """The key under which the reply of `model` to this request is kept: 32 hex digits."""
        return content_id("k", *self._body, model)[2:] + self.body_hash[:16]

    @property
    def body_hash(self) -> str:
        """The part of the key that does not name the model, under which recorded replies are
        found."""
        return content_id("b", *self._body)[2:]

    @property
    def _body(self) -> tuple[Any, ...]:
        again = (self.sample,) if self.sample > 1 else ()
        return (self.messages, self.schema, self.parameters, *again)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one request, as it came. `attempt` counts the validation re-asks before
    it; cached tokens are part of `tokens_in`."""

    key: str
    model: str
    content: str
    finish_reason: str
    attempt: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    latency_ms: int = 0
    source: str = ""
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """Something rejected or missing, and why. `code` is stable; `remedy` says what to do."""

    document_id: str
    code: str
    message: str
    remedy: str
    passage_id: str | None = None
    task: str | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """The validated records of one reply, and what of it was rejected."""

    passage: Passage
    task: str
    reply: Reply
    records: tuple[Record, ...]
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where a quote stands. `start` and `end` are None when it stands nowhere; `score` is 0 to
    100."""

    status: QuoteStatus
    start: int | None
    end: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record's own quote (`field` is '') or how one of its values is supported (`field` is a
    path), and where it stands. `reason` is why the record may look there, or which rule objects;
    `reading` what a second reader quoted. `agreement` is the share of equal askings whose answer
    gives the value, or for a quote the record; None where it was asked once."""

    field: str
    value: str | None
    quote: str | None
    start: int | None
    end: int | None
    status: QuoteStatus | FieldStatus
    score: float
    layer: Layer | None = None
    page: int | None = None
    place: str | None = None
    boxes: tuple[Box, ...] = ()
    reason: str | None = None
    reading: str | None = None
    agreement: float | None = None


@dataclass(frozen=True, slots=True)
class GroundedRecord:
    """A record with its evidence. `grounded` is whether a quote of it stands in the text; `doubted`
    lists the paths of values that the text does not support."""

    id: str
    passage: Passage
    task: str
    reply_key: str
    record: Record
    evidence: tuple[Evidence, ...]
    grounded: bool
    doubted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameMention:
    """A supported name in a record. `same_as` and `apart_from` are names in the same record that
    denote the same or a different entity; `within` is the country that the record claims for it,
    `beside` what else tells bearers of one name apart, such as an employer; `own` is whether the
    record describes it."""

    id: str
    record_id: str
    document_id: str
    field: str
    kind: str
    name: str
    same_as: str | None = None
    apart_from: str | None = None
    within: str | None = None
    beside: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class NameUsage:
    """Mentions of one kind that are used alike: names with the same key, claimed for the same
    countries and beside the same names; where a name means something only within its document, of
    the same document, which is then its `scope`.

    `id` outlives a run: it is a hash of all this. `names` are the spellings, the most used first;
    `near` the keys of names in the same records; `stated` the other names that documents give it;
    `documents_by_name` how many documents use each spelling.
    """

    id: str
    kind: str
    style: Style
    key: str
    scope: str
    names: tuple[str, ...]
    countries: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    documents: int = 1
    mentions: int = 1
    documents_by_name: tuple[int, ...] = (1,)

    @property
    def name(self) -> str:
        """The spelling that is used most."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A sentence that no record quotes although it looks as if it said something: its place in
    code points, and what it looks so by."""

    start: int
    end: int
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """All that came of one document."""

    document: Document
    status: DocumentStatus
    passages: tuple[Passage, ...] = ()
    replies: tuple[tuple[Request, Reply], ...] = ()
    records: tuple[GroundedRecord, ...] = ()
    issues: tuple[Issue, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    uncovered: tuple[Uncovered, ...] = ()


def decimal_text(value: Decimal) -> str:
    """A decimal as plain digits: no exponent, no trailing zeros."""
    return f"{value.normalize():f}"
