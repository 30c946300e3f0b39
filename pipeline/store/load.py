"""Rows of documents, appended in bulk to a scratch database, beside those of an earlier run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipeline.domain import streamed_id
from pipeline.errors import DossierError
from pipeline.store.rows import Row, Rows
from pipeline.store.table import Table
from pipeline.store.tables import Layout, comment_statements, create_statements, literal

MEMORY = "128MB"
RESOLVING_MEMORY = "2GB"  # joining names takes lists that cannot spill
MAX_PENDING = 20_000  # rows kept in memory before they are appended
_CHUNK = 10_000  # rows that are fetched at once
FEW = 20  # documents that are put between those carried over, or left out; more take a sort


class Scratch:
    """The tables of one run while they are being filled. Rows of unchanged documents stay in the
    file of the run before, and are read from there. `carry_over` and `add` may come in any order;
    the published file is sorted. `kind` is what its tables are in the published file."""

    kind = "TABLE"

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
            self.db.execute("CREATE TEMP TABLE carried (document_id VARCHAR)")
        self._previous = False
        self._left_out: set[str] = set()

    def add(self, rows: Rows) -> None:
        """Append the rows of one document."""
        for name, added in rows.items():
            self._pending[name] += added
        if sum(map(len, self._pending.values())) > MAX_PENDING:
            self.flush()

    def carry_over(self, published: Path, document_ids: Iterable[str]) -> None:
        """Take all rows of unchanged documents from the published file of the same layout. Once."""
        ids = list(document_ids)
        if not ids:
            return
        with Translated(published):
            self.db.execute(f"ATTACH {literal(str(published))} AS previous (READ_ONLY)")
            self.db.execute("INSERT INTO carried SELECT unnest(?)", [ids])
            given = "SELECT document_id FROM previous.main.document EXCEPT FROM carried"
            self._left_out = {i for (i,) in self.db.execute(given).fetchall()}
        self._previous = True

    def ask(self, sql: str, given: list[Any]) -> list[Row]:
        """The rows of one query."""
        self.flush()
        return self.db.execute(sql, given).fetchall()

    def whole(self, table: str) -> str:
        """A SELECT of all rows of a table that has a document_id, in no order."""
        own = f'SELECT * FROM "{self.catalog}".main."{table}"'
        return " UNION ALL ".join([own, *self._others(table)])

    def sorted(self, table: Table) -> str:
        """A SELECT of all rows of a table in the order of its keys, without sorting anew what was
        carried over, where that is most of it."""
        keys = ", ".join(f'"{key}"' for key in table.keys)
        own = f'SELECT * FROM "{self.catalog}".main."{table.name}"'
        if not self._previous or table.keys[0] != "document_id":
            return f"{own} ORDER BY {keys}"
        new = self.db.execute(f"SELECT DISTINCT document_id FROM ({own})").fetchall()
        cuts = sorted({i for (i,) in new} | self._left_out)
        if len(cuts) > FEW or table.name == "issue":  # duplicates add issues to any document
            return f"FROM ({self.whole(table.name)}) ORDER BY {keys}"
        # By comparisons alone: a join would not keep the order of the rows.
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        parts = []
        for after, i in zip(["", *cuts], [*cuts, None], strict=True):
            between = f"document_id > '{after}'" + (f" AND document_id < '{i}'" if i else "")
            parts.append(f'SELECT {columns} FROM previous.main."{table.name}" WHERE {between}')
            if i:
                parts.append(f"FROM ({own} WHERE document_id = '{i}' ORDER BY {keys})")
        return " UNION ALL ".join(parts)

    def write_tables(self) -> None:
        """Create all tables in the database in use, with their rows in order."""
        self.db.execute("; ".join(create_statements(self.layout)))
        for table in self.layout.tables:
            self.db.execute(f'INSERT INTO "{table.name}" {self.sorted(table)}')
        self.db.execute("; ".join(comment_statements(self.layout)))

    def store(self, name: str, sql: str) -> None:
        """Create the table `stored.name` of what a query gives, in the database in use."""
        self.db.execute(f'CREATE TABLE stored."{name}" AS {sql}')

    def _others(self, table: str) -> list[str]:
        """A SELECT for each place beside the own file that has rows of a table."""
        return [self._carried(table)] if self._previous else []

    def _carried(self, table: str) -> str:
        columns = ", ".join(f'"{c.name}"' for c in self._tables[table].columns)
        # Duplicates are found anew by every run, so theirs are not taken.
        fresh = " AND code <> 'DUPLICATE_FILE'" if table == "issue" else ""
        source = f'previous.main."{table}" WHERE document_id IN (FROM carried){fresh}'
        return f"SELECT {columns} FROM {source}"

    def release(self) -> None:
        """Let go of the file of the run before."""
        if self._previous:
            self.db.execute("DETACH previous")
            self._previous = False

    def allow_resolving(self) -> None:
        """Give the joining of names more memory than loading has."""
        self.flush()
        self.db.execute(f"SET memory_limit = '{RESOLVING_MEMORY}'")

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

    def documents(self) -> list[tuple[str, str, str]]:
        """All documents as (id, path, status), by path."""
        return list(self.each_document())

    def each_document(self) -> Iterator[tuple[str, str, str]]:
        """As `documents`, one by one."""
        source = f"({self.whole('document')}) ORDER BY path, document_id"
        return self._each(f"SELECT document_id, path, status::VARCHAR FROM {source}")

    def reply_keys(self) -> str:
        """A hash of which replies the rows come from."""
        sql = f"SELECT request_key, attempt FROM ({self.whole('reply')}) ORDER BY ALL"
        return streamed_id("v", self._each(sql))

    def _each(self, sql: str) -> Iterator[Any]:
        self.flush()
        result = self.db.execute(sql)  # no cursor of its own: it would not see what was carried
        while rows := result.fetchmany(_CHUNK):
            yield from rows

    def flush(self) -> None:
        """Append what is pending."""
        with Translated(self.path):
            for name, rows in self._pending.items():
                if rows:
                    self.append(name, rows)
                    rows.clear()

    def append(self, table: str, rows: Sequence[Row]) -> None:
        """Append rows to a table at once."""
        appender = self.db.appender(table)
        appender.append_rows(rows)
        appender.flush()

    def close(self) -> None:
        """Close and remove the scratch file."""
        self.db.close()
        remove_database(self.path)


def remove_database(path: Path) -> None:
    """Remove a DuckDB file and its write-ahead log, if they are there."""
    for file in (path, path.with_name(path.name + ".wal")):
        file.unlink(missing_ok=True)


def datasets_of(database: Path) -> Path:
    """The folder of the Parquet datasets of a run's file, for one whose rows are in such."""
    return database.with_suffix("")


class Translated:
    """A context in which DuckDB's errors about `path` become DossierErrors with a remedy, and an
    interrupted query the interruption it was."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RuntimeError) and str(error) == "Query interrupted":
            raise KeyboardInterrupt from error  # what DuckDB makes of one raised while it runs
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
