"""Document results to rows, appended in bulk to a scratch database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from pipeline.domain import DocumentResult, Entity, GroundedRecord, NameMention, Reply, content_id
from pipeline.errors import DossierError
from pipeline.records import FieldSpec, Part, Support, describe, leaves, table_name
from pipeline.store.tables import Layout, create_statements
from pipeline.values.dates import edtf_bounds

BY_DOCUMENT = ("passage", "reply", "evidence", "evidence_box", "issue", "abbreviation", "mention")
Row = tuple[Any, ...]


class Scratch:
    """The tables of one run while they are being filled. `carry_over` and `add` may come in any
    order; the published file is sorted."""

    def __init__(self, path: Path, layout: Layout) -> None:
        """Create the file. Raises DossierError when it cannot be written."""
        self.path = path
        self.layout = layout
        self._tables = {table.name: table for table in layout.tables}
        self._pending: dict[str, list[Row]] = {table.name: [] for table in layout.tables}
        remove_database(path)
        with Translated(path):
            self.db = duckdb.connect(str(path))
            self.db.execute("SET enable_progress_bar = false")
            row = self.db.execute("SELECT current_database()").fetchone()
            self.catalog = row[0] if row else path.stem
            # One transaction: each statement of its own would be synced to disk.
            self.db.execute("BEGIN; " + "; ".join(create_statements(layout)) + "; COMMIT")

    def add(self, result: DocumentResult, prompt_digests: dict[str, str]) -> None:
        """Append everything that came of one document."""
        document = result.document
        rows = self._pending
        rows["document"].append(_document_row(result))
        rows["passage"] += [
            (
                p.id,
                p.document_id,
                p.index,
                p.start,
                p.end,
                list(p.headings),
                document.text[p.start : p.end],
            )
            for p in result.passages
        ]
        rows["reply"] += [
            (
                r.key,
                q.document_id,
                q.passage_id,
                q.task,
                prompt_digests[q.task],
                r.model,
                *_reply_end(r),
            )
            for q, r in result.replies
        ]
        rows["issue"] += [
            (
                i.document_id,
                document.path,
                i.code,
                i.message,
                i.remedy,
                i.passage_id,
                i.task,
                i.record_id,
            )
            for i in result.issues
        ]
        rows["abbreviation"] += [(document.id, short, long) for short, long in result.abbreviations]
        seen: set[str] = set()
        for record in result.records:
            if record.id not in seen:
                seen.add(record.id)
                self._add_record(document.id, record)
        if sum(map(len, rows.values())) > 20_000:
            self.flush()

    def carry_over(self, published: Path, document_ids: Iterable[str]) -> None:
        """Copy all rows of unchanged documents from the published file of the same layout."""
        ids = list(document_ids)
        if not ids:
            return
        with Translated(published):
            self.db.execute(f"ATTACH '{_quoted(published)}' AS previous (READ_ONLY)")
            names = ("document", *BY_DOCUMENT, *(t.name for t in self.layout.record_tables))
            for name in names:
                columns = ", ".join(f'"{c.name}"' for c in self._tables[name].columns)
                # Duplicates are found anew by every run, so theirs are not copied.
                fresh = " AND code <> 'DUPLICATE_FILE'" if name == "issue" else ""
                source = f'previous."{name}" WHERE document_id IN (SELECT unnest(?)){fresh}'
                self.db.execute(f'INSERT INTO "{name}" SELECT {columns} FROM {source}', [ids])
            self.db.execute("DETACH previous")

    def add_run(self, row: Row) -> None:
        """Write the one row of `run`."""
        self._pending["run"].append(row)

    def add_duplicates(self, duplicates: Iterable[tuple[str, str, str]]) -> None:
        """Write an issue for each file, as (document id, path, message), whose bytes are those of
        another."""
        remedy = "Its content is in the database once, under the other path."
        for document_id, path, message in duplicates:
            self._pending["issue"].append(
                (document_id, path, "DUPLICATE_FILE", message, remedy, None, None, None)
            )

    def add_entities(self, entities: Iterable[Entity], document_of: dict[str, str]) -> None:
        """Write entities and their members; `document_of` maps mention ids to documents."""
        for entity in entities:
            documents = len({document_of[mention] for mention, _ in entity.members})
            self._pending["entity"].append(
                (
                    entity.id,
                    entity.kind,
                    entity.name,
                    list(entity.aliases),
                    entity.within,
                    documents,
                    len(entity.members),
                )
            )
            self._pending["entity_member"] += [
                (entity.id, mention, reason) for mention, reason in entity.members
            ]

    def mentions(self) -> list[NameMention]:
        """All mentions, by id."""
        self.flush()
        columns = (
            "mention_id, record_id, document_id, field, kind, name, same_as, apart_from,"
            " within, own"
        )
        return [
            NameMention(*row)
            for row in self.db.execute(f"SELECT {columns} FROM mention ORDER BY ALL").fetchall()
        ]

    def abbreviations(self) -> list[tuple[str, str, str]]:
        """All abbreviations as (document id, short, long)."""
        self.flush()
        return self.db.execute(
            "SELECT document_id, short, long FROM abbreviation ORDER BY ALL"
        ).fetchall()

    def flush(self) -> None:
        """Append what is pending."""
        with Translated(self.path):
            for name, rows in self._pending.items():
                if rows:
                    appender = self.db.appender(name)
                    appender.append_rows(rows)
                    appender.flush()
                    rows.clear()

    def close(self) -> None:
        """Close and remove the scratch file."""
        self.db.close()
        remove_database(self.path)

    def _add_record(self, document_id: str, grounded: GroundedRecord) -> None:
        name = table_name(type(grounded.record))
        specs = self.layout.specs[name]
        row: list[Any] = [grounded.id, document_id, grounded.passage.id, grounded.reply_key]
        row += [grounded.grounded, list(grounded.doubted)]
        for value in _values(grounded.record, specs).values():
            row.append(value)
        self._pending[name].append(tuple(row))
        self._pending["evidence"] += [
            (
                grounded.id,
                document_id,
                i,
                e.field,
                e.value,
                e.quote,
                e.start,
                e.end,
                e.layer,
                e.page,
                e.place,
                e.status,
                e.score,
            )
            for i, e in enumerate(grounded.evidence)
        ]
        self._pending["evidence_box"] += [
            (
                grounded.id,
                document_id,
                i,
                number,
                box.page,
                box.left,
                box.top,
                box.right,
                box.bottom,
            )
            for i, e in enumerate(grounded.evidence)
            for number, box in enumerate(e.boxes)
        ]
        self._pending["mention"] += [
            (
                m.id,
                m.record_id,
                m.document_id,
                m.field,
                m.kind,
                m.name,
                m.same_as,
                m.apart_from,
                m.within,
                m.own,
            )
            for m in name_mentions(document_id, grounded)
        ]


def name_mentions(document_id: str, grounded: GroundedRecord) -> list[NameMention]:
    """The supported names of a grounded record; none of a record that stands on no quote."""
    if not grounded.grounded:
        return []
    found = []
    for path, spec, value in leaves(grounded.record, describe(type(grounded.record))):
        if spec.mention is None or path in grounded.doubted:
            continue
        related = {
            side: (
                getattr(grounded.record, field, None)
                if field and field not in grounded.doubted
                else None
            )
            for side, field in (
                ("same_as", spec.mention.same_as),
                ("apart_from", spec.mention.apart_from),
                ("within", spec.mention.within),
            )
        }
        mention_id = content_id("m", grounded.id, path)
        mention = spec.mention
        found.append(
            NameMention(
                mention_id,
                grounded.id,
                document_id,
                path,
                mention.kind,
                str(value),
                **related,
                own=mention.own,
            )
        )
    return found


def remove_database(path: Path) -> None:
    """Remove a DuckDB file and its write-ahead log, if they are there."""
    for file in (path, path.with_name(path.name + ".wal")):
        file.unlink(missing_ok=True)


class Translated:
    """A context in which DuckDB's errors about `path` become DossierErrors with a remedy."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, duckdb.Error | OSError):
            from pipeline.errors import LockedError

            text = str(error)
            if "set lock on file" in text:
                raise LockedError(
                    f"{self.path} is locked by another process", "Close it there, then run again."
                ) from error
            if "No space left" in text or "disk is full" in text.lower():
                raise DossierError(
                    f"{self.path}: the disk is full", "Free some space and run again."
                ) from error
            if isinstance(error, OSError | duckdb.IOException):
                remedy = (
                    "Check the folder, its permissions and the disk; a damaged file can be deleted"
                    " and built again."
                )
                raise DossierError(f"{self.path}: {text.splitlines()[0]}", remedy) from error


def _document_row(result: DocumentResult) -> Row:
    d = result.document
    low, high = edtf_bounds(d.date) if d.date else (None, None)
    reasons = sorted({issue.code for issue in result.issues}) if result.status != "complete" else []
    stated = (
        d.title,
        d.author,
        d.date,
        d.date_source,
        low,
        high,
        d.publisher,
        d.source,
        d.language,
    )
    pages = max((region.page for region in d.regions if region.page), default=None)
    digest = (
        hashlib.sha256(d.text.encode("utf-8", "surrogatepass")).hexdigest()[:16] if d.text else None
    )
    read = (d.reader, d.encoding, d.size_bytes, len(d.text), pages, digest)
    return (d.id, d.path, *stated, *read, result.status, reasons)


def _reply_end(reply: Reply) -> Row:
    tokens = (reply.tokens_in, reply.tokens_cached, reply.tokens_out)
    return (
        reply.attempt,
        reply.finish_reason,
        *tokens,
        reply.cost_usd,
        reply.latency_ms,
        reply.content,
    )


def _values(part: Part, specs: tuple[FieldSpec, ...]) -> dict[str, Any]:
    """A part's fields in column order, dates followed by their bounds, nested parts as dicts."""
    values: dict[str, Any] = {}
    for spec in specs:
        content = getattr(part, spec.name)
        if spec.many:
            values[spec.name] = [
                _values(item, spec.fields) if spec.fields else item for item in content
            ]
        else:
            values[spec.name] = (
                _values(content, spec.fields) if spec.fields and content is not None else content
            )
            if spec.support is Support.DATE:
                low, high = edtf_bounds(content) if content else (None, None)
                values |= {f"{spec.name}_lo": low, f"{spec.name}_hi": high}
    return values


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
