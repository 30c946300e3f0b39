"""Runs whose rows come from many processes: each writes a shard, a folder of one Parquet file a
table; a run is one Parquet dataset a table, and a DuckDB file of views over them.

A shard holds a range of document ids, and its number says which. Rows are sorted within each file.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.store.load import Scratch, Translated
from pipeline.store.table import Table
from pipeline.store.tables import (
    Layout,
    column_type,
    comment_statements,
    enum_statements,
    literal,
)

PART_BYTES = 64_000_000  # of the shards' files that become one file of a dataset
_FORMAT = "(FORMAT parquet, COMPRESSION zstd)"


def write_shard(scratch: Scratch, folder: Path) -> None:
    """Write all rows of `scratch` to FOLDER/<table>.parquet, for each table that has any."""
    scratch.flush()
    with Translated(folder):
        for table in scratch.layout.tables:
            if scratch.ask(f'SELECT 1 FROM "{table.name}" LIMIT 1', []):
                target = literal(str(folder / f"{table.name}.parquet"))
                scratch.db.execute(f"COPY ({scratch.sorted(table)}) TO {target} {_FORMAT}")


class ShardedScratch(Scratch):
    """The tables of a run most of whose rows are in shards. What is written by `write_tables` are
    Parquet files in the folder `written`, and views over them."""

    kind = "VIEW"

    def __init__(self, path: Path, layout: Layout, shards: Sequence[Path]) -> None:
        """`shards` are folders, in the order of the document ids that they hold. Raises
        DossierError when `path` cannot be written."""
        super().__init__(path, layout)
        self._shards = list(shards)
        self.written = path.with_suffix(".datasets")

    def write_tables(self) -> None:
        """Write the dataset of each table, and create a view over it in the database in use."""
        self.db.execute("; ".join(enum_statements(self.layout)))
        aside, before = (
            self.written.with_name(f".{self.written.name}.{n}") for n in ("new", "old")
        )
        for folder in (aside, before):
            shutil.rmtree(folder, ignore_errors=True)
        for table in self.layout.tables:
            (aside / table.name).mkdir(parents=True)
            for number, rows in enumerate(self._parts(table)):
                self._copy(rows, aside / table.name / f"part-{number:05}.parquet")
        if self.written.exists():  # of the same rows, by a run that was stopped likewise
            self.written.rename(before)
        aside.rename(self.written)
        shutil.rmtree(before, ignore_errors=True)
        for table in self.layout.tables:
            files = literal(str(self.written / table.name / "*.parquet"))
            columns = _typed(table)
            sql = f'CREATE VIEW "{table.name}" AS SELECT {columns} FROM {_read(files)}'
            self.db.execute(sql)
        self.db.execute("; ".join(comment_statements(self.layout, self.kind)))

    def store(self, name: str, sql: str) -> None:
        """Write what a query gives as a dataset, and create the view `stored.name` over it."""
        sql = sql.rstrip().removesuffix(";")
        types = self.db.execute(f"DESCRIBE {sql}").fetchall()
        file = self.written / "stored" / f"{name}.parquet"
        file.parent.mkdir(exist_ok=True)
        self._copy(sql, file)
        columns = ", ".join(f'CAST("{c}" AS {kind}) AS "{c}"' for c, kind, *_ in types)
        source = f"SELECT {columns} FROM {_read(literal(str(file)))}"
        self.db.execute(f'CREATE VIEW stored."{name}" AS {source}')

    def _others(self, table: str) -> list[str]:
        files = self._files(table)
        return [self._of_files(table, files)] if files else []

    def _parts(self, table: Table) -> Iterator[str]:
        """A SELECT for each file of a table's dataset. There is always one, if of no rows."""
        keys = ", ".join(f'"{key}"' for key in table.keys)
        parts = 0
        for group in _grouped(self._files(table.name)):
            yield f"{self._of_files(table.name, group)} ORDER BY {keys}"
            parts += 1
        own = f'FROM "{self.catalog}".main."{table.name}"'
        if not parts or self.ask(f"{own} LIMIT 1", []):
            yield f"{own} ORDER BY {keys}"

    def _files(self, table: str) -> list[Path]:
        return [file for shard in self._shards if (file := shard / f"{table}.parquet").exists()]

    def _of_files(self, table: str, files: Sequence[Path]) -> str:
        listed = ", ".join(literal(str(file)) for file in files)
        return f"SELECT {_typed(self._tables[table])} FROM {_read(f'[{listed}]')}"

    def _copy(self, sql: str, file: Path) -> None:
        self.db.execute(f"COPY ({sql}) TO {literal(str(file))} {_FORMAT}")


def _grouped(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Files in order, in groups of about PART_BYTES."""
    group: list[Path] = []
    size = 0
    for file in files:
        group.append(file)
        size += file.stat().st_size
        if size > PART_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _read(files: str) -> str:
    """Files as a table; what their folders are called is no column."""
    return f"read_parquet({files}, hive_partitioning = false)"


def _typed(table: Table) -> str:
    """The columns of a table with their types: Parquet knows no enumerations."""
    return ", ".join(
        f'CAST("{c.name}" AS {column_type(c.type)}) AS "{c.name}"' for c in table.columns
    )
