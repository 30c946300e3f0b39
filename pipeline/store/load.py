"""Document results to rows, appended in bulk to a scratch database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipeline.domain import Entity, NameMention, content_id
from pipeline.errors import DossierError
from pipeline.store.rows import Row, Rows
from pipeline.store.tables import Layout, create_statements

BY_DOCUMENT = ("passage", "reply", "evidence", "evidence_box", "issue", "abbreviation", "mention")
MEMORY = "256MB"
MAX_PENDING = 20_000  # rows kept in memory before they are appended


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
            # Sorting spills to the disk beyond it, so that memory does not grow with the corpus.
            self.db.execute(f"SET memory_limit = '{MEMORY}'")
            row = self.db.execute("SELECT current_database()").fetchone()
            self.catalog = row[0] if row else path.stem
            # One transaction: each statement of its own would be synced to disk.
            self.db.execute("BEGIN; " + "; ".join(create_statements(layout)) + "; COMMIT")

    def add(self, rows: Rows) -> None:
        """Append the rows of one document."""
        for name, added in rows.items():
            self._pending[name] += added
        if sum(map(len, self._pending.values())) > MAX_PENDING:
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

    def documents(self) -> list[tuple[str, str, str]]:
        """All documents as (id, path, status), by path."""
        self.flush()
        sql = "SELECT document_id, path, status::VARCHAR FROM document ORDER BY path, document_id"
        return self.db.execute(sql).fetchall()

    def reply_keys(self) -> str:
        """A hash of which replies the rows come from."""
        self.flush()
        sql = "SELECT request_key, attempt FROM reply ORDER BY ALL"
        return content_id("v", self.db.execute(sql).fetchall())

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


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
