"""Record types and fixed tables as DuckDB DDL, every table and column with its comment."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from pipeline.domain import Layer
from pipeline.kinds.kind import Column as ValueColumn
from pipeline.records import FieldSpec, Record, describe, table_name
from pipeline.store.identity_tables import IDENTITY_TABLES
from pipeline.store.table import Column, Table, make_table

FIXED_TABLES: tuple[Table, ...] = (
    make_table(
        "run", "How this file was made; one row.", "run_id",
        ("run_id", "VARCHAR", "Hash of everything below."),
        ("dossier_version", "VARCHAR", "Version of the program."),
        ("code_digest", "VARCHAR", "Hash of the program's source files, and of its readers."),
        ("libraries_digest", "VARCHAR", "Hash of the versions of Python and of libraries."),
        ("subject_digest", "VARCHAR", "Hash of the record types, prompts and views."),
        ("schemas_digest", "VARCHAR", "Hash of the record types alone."),
        ("views_digest", "VARCHAR", "Hash of the views alone."),
        ("model", "VARCHAR", "The model asked, or `recorded`."),
        ("model_version", "VARCHAR", "For recorded replies, the hash of the folder; else empty."),
        ("passage_tokens", "INTEGER", "Size limit of a passage, in estimated tokens."),
        ("overlap_tokens", "INTEGER", "Overlap of passages within a section, in estimated tokens."),
        ("second_look", "VARCHAR", "Hash of the prompts of the second look; empty without one."),
        ("repeats", "INTEGER", "How often each request was asked."),
        ("second_reading", "VARCHAR", 
         "The model of the second reading and the hash of its prompt; empty without one."),
        ("limits", "VARCHAR", "What one document may be and take."),
        ("ocr", "VARCHAR", "Version of ocrmypdf when scans went through it, else empty."),
        ("ask_model", "VARCHAR",
         "The model asked about identity and the hash of its prompt; empty without one."),
        ("prices", "VARCHAR", "Hash of the file of prices, if one was given."),
        ("decisions", "VARCHAR", "Hash of the judgements about identity; empty for none."),
        ("reviewed", "VARCHAR", "Hash of the reviewers' decisions; empty for none."),
        ("documents", "INTEGER", "Number of documents given."),
    ),
    make_table(
        "document", "One row per document given, whatever became of it.", "document_id",
        ("document_id", "VARCHAR", "Hash of the document's bytes."),
        ("path", "VARCHAR", "Where it was read from, relative to the working folder."),
        ("parent", "VARCHAR", "The message that an attachment came with: its document_id."),
        ("title", "VARCHAR", "Title as the document states it."),
        ("author", "VARCHAR", "Author as the document's metadata state it."),
        ("date", "VARCHAR", "Date as the document states it, EDTF."),
        ("date_source", "VARCHAR", "Where the date was found: text or metadata."),
        ("date_lo", "DATE", "First day of `date`."),
        ("date_hi", "DATE", "Last day of `date`."),
        ("publisher", "VARCHAR", "Publisher as the document states it."),
        ("source", "VARCHAR", "Address of the original, as a saved page states it."),
        ("language", "VARCHAR",
         "ISO 639-1, as the page declares it or the text shows; und if unknown."),
        ("reader", "VARCHAR", "Reader and its version."),
        ("encoding", "VARCHAR", "Character encoding of the bytes."),
        ("size_bytes", "BIGINT", "Size of the file."),
        ("characters", "BIGINT", "Length of the text in code points."),
        ("pages", "INTEGER", "Number of pages or slides, for documents that have them."),
        ("text_digest", "VARCHAR",
         "Hash of the text: it changes when a reader's new release reads the file differently."),
        ("status", "ENUM document_status", 
         "complete: every call answered and parsed; partial: some were not;"
         " quarantined: nothing could be read."),
        ("reasons", "VARCHAR[]", "Codes of the issues that kept it from being complete."),
    ),
    make_table(
        "passage", "The slices of documents that were sent to the model.", "document_id index",
        ("passage_id", "VARCHAR", "Hash of document and place."),
        ("document_id", "VARCHAR", "The document."),
        ("index", "INTEGER", "Order in the document, from 0."),
        ("start", "BIGINT", "First code point in the document's text."),
        ("end", "BIGINT", "Code point after the last."),
        ("headings", "VARCHAR[]", "Headings above it, outermost first."),
        ("text", "VARCHAR", "The slice itself."),
    ),
    make_table(
        "reply", "What the model answered, one row per call.", "document_id passage_id task",
        ("request_key", "VARCHAR", "Hash of messages, schema, parameters and model."),
        ("document_id", "VARCHAR", "The document asked about."),
        ("passage_id", "VARCHAR", "The passage asked about."),
        ("task", "VARCHAR", "The prompt, prompts/<task>.md."),
        ("prompt_digest", "VARCHAR", "Hash of the prompt, its schema and parameters."),
        ("model", "VARCHAR", "The model that answered."),
        ("attempt", "INTEGER", "How often it had been asked again before."),
        ("finish_reason", "VARCHAR", "Why the model stopped."),
        ("tokens_in", "BIGINT", "Tokens of the request, as the endpoint counted."),
        ("tokens_cached", "BIGINT", "Of them, tokens the endpoint had cached."),
        ("tokens_out", "BIGINT", "Tokens of the reply, as the endpoint counted."),
        ("cost_usd", "DOUBLE", "What the call cost, where a price is known."),
        ("latency_ms", "BIGINT", "How long the call took, in milliseconds."),
        ("content", "VARCHAR", "The reply as it came."),
    ),
    make_table(
        "evidence", "Every quote of every record, and how each of its values is supported.",
        "document_id record_id position",
        ("record_id", "VARCHAR", "The record."),
        ("document_id", "VARCHAR", "The document."),
        ("position", "INTEGER", "Order within the record, from 0."),
        ("field", "VARCHAR",
         "Empty for the record's own quotes, else the path of the value, such as parties[0].name."),
        ("value", "VARCHAR",
         "The value; for a quote, the model's wording where it is not the text's."),
        ("quote", "VARCHAR",
         "The slice of the document's text; for a missing quote, what the model gave."),
        ("start", "BIGINT",
         "First code point of the slice in the document's text; null when it stands nowhere."),
        ("end", "BIGINT", "Code point after the last."),
        ("layer", "ENUM layer", "Part of the document it stands in: body, table, footnote, ..."),
        ("page", "INTEGER", "Page or slide, from 1, for documents that have them."),
        ("place", "VARCHAR",
         "Paragraph, table cell, note or part of an e-mail, where the format has them."),
        ("status", "ENUM evidence_status", 
         "Of a quote: exact, normalised, fuzzy, conflict, missing."
         " Of a value: quoted, context, inferred; doubtful, elsewhere, conflict, absent,"
         " unconfirmed, contradicted are doubted, and null in the views."),
        ("score", "DOUBLE", "Likeness of a quote to its slice, 0 to 100."),
        ("reason", "VARCHAR",
         "Of `context`, why the record may look there: definition, full_name, heading, own_record,"
         " place, document_date. Of `doubtful`, the rule that objects."),
        ("reading", "VARCHAR", "What the second reader quoted, if there was a second reading."),
        ("agreement", "DOUBLE",
         "With --repeats: the share of equal askings whose answer gives the value, or for a quote"
         " the record; null where it was asked once."),
    ),
    make_table(
        "evidence_box", "Where a piece of evidence stands on the page: a rectangle for each line.",
        "document_id record_id position box",
        ("record_id", "VARCHAR", "The record."),
        ("document_id", "VARCHAR", "The document."),
        ("position", "INTEGER", "The evidence's order within the record, as in `evidence`."),
        ("box", "INTEGER", "Order of the rectangles, from 0."),
        ("page", "INTEGER", "Page, from 1."),
        ("left", "DOUBLE", "Left edge in points, from the left edge of the page as shown."),
        ("top", "DOUBLE", "Upper edge in points, from the top of the page as shown."),
        ("right", "DOUBLE", "Right edge, in the same way as `left`."),
        ("bottom", "DOUBLE", "Lower edge, in the same way as `top`."),
    ),
    make_table(
        "issue", "What was rejected or missing, and why.",
        "document_id passage_id task code message record_id",
        ("document_id", "VARCHAR", "The document."),
        ("path", "VARCHAR", "Where it was read from."),
        ("code", "VARCHAR", "Stable name of the problem."),
        ("message", "VARCHAR", "What and where."),
        ("remedy", "VARCHAR", "What to do."),
        ("passage_id", "VARCHAR", "The passage, if it concerns one."),
        ("task", "VARCHAR", "The task, if it concerns one."),
        ("record_id", "VARCHAR", "The record, if it concerns one."),
    ),
    make_table(
        "decision", "What reviewers decided, and where it holds in this run.",
        "decision_id record_id path",
        ("decision_id", "VARCHAR", "Hash of the decision."),
        ("record_id", "VARCHAR", "The record it is about; null when it holds nowhere."),
        ("document", "VARCHAR", "Path of the document."),
        ("type", "VARCHAR", "Table of the record."),
        ("path", "VARCHAR", "Path of the value in the record; empty for the whole record."),
        ("verdict", "VARCHAR", "accept, reject, correct, flag, note or missing."),
        ("state", "VARCHAR",
         "stands: applied in the views; settled: the run says so by itself; stale: what it was"
         " about has changed; replaced: by a later one."),
        ("claimed", "VARCHAR", "The value that the run claims."),
        ("value", "VARCHAR", "Of a correction, the right value."),
        ("quote", "VARCHAR", 
         "The words of the document: that support a correction, or say what is missing."),
        ("who", "VARCHAR", "Who decided."),
        ("at", "VARCHAR", "When, ISO 8601."),
        ("why", "VARCHAR", "Why, if a reason was given."),
        ("columns", "MAP(VARCHAR, VARCHAR)", "The right value by column, as text."),
    ),
    make_table(
        "abbreviation", "Abbreviations that documents define.", "document_id short long",
        ("document_id", "VARCHAR", "The document."),
        ("short", "VARCHAR", "The short form."),
        ("long", "VARCHAR", "What it stands for."),
    ),
    make_table(
        "coverage", "Sentences that no record quotes although they look as if they said something.",
        "document_id start",
        ("document_id", "VARCHAR", "The document."),
        ("start", "BIGINT", "First code point of the sentence in the document's text."),
        ("end", "BIGINT", "Code point after the last."),
        ("sentence", "VARCHAR", "The sentence."),
        ("cues", "VARCHAR[]",
         "What it looks so by: money, percent, date, number, legal_form, name (of a record of the"
         " document), deed (a verb of agreement)."),
    ),
)  # fmt: skip
FIXED_TABLES += IDENTITY_TABLES

FIXED_ENUMS: dict[str, tuple[str, ...]] = {
    "document_status": ("complete", "partial", "quarantined"),
    "layer": get_args(Layer),
    "identity_band": ("joined", "asked", "apart", "refused"),
    "evidence_status": (
        "exact", "normalised", "fuzzy", "conflict", "missing", "quoted", "context", "inferred",
        "doubtful", "elsewhere", "absent", "unconfirmed", "contradicted",
    ),
}  # fmt: skip


class Layout:
    """All tables and enumerations of one subject, in order."""

    def __init__(self, record_types: tuple[type[Record], ...]) -> None:
        self.enums: dict[str, tuple[str, ...]] = dict(FIXED_ENUMS)
        self.specs = {table_name(t): describe(t) for t in record_types}
        self.plurals = {table_name(t): t.plural or f"{table_name(t)}_all" for t in record_types}
        self.record_tables = tuple(self._record_table(t) for t in record_types)
        self.tables = FIXED_TABLES + self.record_tables

    def _record_table(self, record_type: type[Record]) -> Table:
        name = table_name(record_type)
        columns = [
            Column("record_id", "VARCHAR", "Hash of document, record type and content."),
            Column("document_id", "VARCHAR", "The document that claims it."),
            Column("passage_id", "VARCHAR", "The passage it was read from."),
            Column("request_key", "VARCHAR", "The reply that holds it."),
            Column("grounded", "BOOLEAN", "Whether at least one of its quotes stands in the text."),
            Column(
                "doubted",
                "VARCHAR[]",
                "Paths of values that the text does not support, by `evidence`.",
            ),
        ]
        for spec in self.specs[name]:
            columns += [
                Column(f"{spec.name}{c.suffix}", self._type(spec, c, name), _comment(spec, c))
                for c in spec.columns
            ]
        comment = " ".join((record_type.__doc__ or "").split())
        return Table(name, comment, tuple(columns), ("document_id", "record_id"))

    def type_of(self, spec: FieldSpec, column: ValueColumn) -> str:
        """The DuckDB type of a single value in a column that its field makes."""
        return self._type(replace(spec, many=False), column, spec.name)

    def _type(self, spec: FieldSpec, column: ValueColumn, where: str) -> str:
        suffix = "[]" if spec.many else ""
        if spec.fields:
            inner = ", ".join(
                f'"{f.name}{c.suffix}" {self._type(f, c, f"{where}_{spec.name}")}'
                for f in spec.fields
                for c in f.columns
            )
            return f"STRUCT({inner}){suffix}"
        return (self._enum(spec, where) if spec.choices else column.type) + suffix

    def _enum(self, spec: FieldSpec, where: str) -> str:
        """An enumeration's name; fields with the same choices share one."""
        for name, choices in self.enums.items():
            if choices == spec.choices:
                return f'"{name}"'
        name = spec.name if spec.name == "realis" else f"{where}_{spec.name}"
        self.enums[name] = spec.choices
        return f'"{name}"'


def _comment(spec: FieldSpec, column: ValueColumn) -> str:
    return column.comment.format(spec.name) or spec.description


def enum_statements(layout: Layout) -> list[str]:
    """The DDL of all enumerations."""
    return [
        f'CREATE TYPE "{name}" AS ENUM ({", ".join(map(literal, c))})'
        for name, c in layout.enums.items()
    ]


def create_statements(layout: Layout) -> list[str]:
    """The DDL of all enumerations and tables."""
    statements = enum_statements(layout)
    for table in layout.tables:
        columns = ", ".join(f'"{c.name}" {column_type(c.type)}' for c in table.columns)
        statements.append(f'CREATE TABLE "{table.name}" ({columns})')
    return statements


def comment_statements(layout: Layout, kind: str = "TABLE") -> list[str]:
    """COMMENT ON for every enumeration, table and column; `kind` is TABLE or VIEW."""
    statements = [
        f'COMMENT ON TYPE "{name}" IS {literal("One of: " + ", ".join(c))}'
        for name, c in layout.enums.items()
    ]
    for table in layout.tables:
        statements.append(f'COMMENT ON {kind} "{table.name}" IS {literal(table.comment)}')
        for c in table.columns:
            statements.append(
                f'COMMENT ON COLUMN "{table.name}"."{c.name}" IS {literal(c.comment or c.name)}'
            )
    return statements


def literal(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def column_type(declared: str) -> str:
    """The DuckDB type of a column as declared in a layout."""
    return f'"{declared.removeprefix("ENUM ")}"' if declared.startswith("ENUM ") else declared
