"""Paths to documents by id, in pieces: the driver lists, workers identify, and neither ever holds
the whole list."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.errors import DossierError
from pipeline.readers import Source
from pipeline.readers.isolation import ReaderPool
from pipeline.readers.sources import STANDARD_INPUT, each_document, no_documents, preference

PIECE = 10_000  # files that one task identifies
_FIELDS = Source._fields
_SCHEMA = pa.schema(
    [
        (
            n,
            {"outside": pa.bool_(), "entry": pa.int64()}.get(
                n, pa.binary() if n == "path" else pa.string()
            ),
        )
        for n in _FIELDS
    ]
    + [("place", pa.int64())]
    + [(n, pa.bool_()) for n in ("unfit", "inside", "linked")]
)


def write_pieces(paths: tuple[Path, ...], folder: Path) -> list[Path]:
    """List all files that `paths` name, in Parquet files of PIECE each. Raises DossierError for a
    path that does not exist, and when there is no file at all."""
    if any(str(path) == STANDARD_INPUT for path in paths):
        raise DossierError(
            "A cluster cannot read standard input", "Put the document where all nodes see it."
        )
    found = each_document(paths)
    pieces: list[Path] = []
    while piece := list(islice(found, PIECE)):
        start = len(pieces) * PIECE
        rows = [_row(source, start + n) for n, source in enumerate(piece)]
        pieces.append(folder / f"piece-{len(pieces):06}.parquet")
        parquet.write_table(pa.Table.from_pylist(rows, _SCHEMA), pieces[-1])
    if not pieces:
        raise no_documents(paths)
    return pieces


def identify_piece(piece: Path, readers: ReaderPool, working: Path) -> Path:
    """Give the files of a piece, and what is attached to them, the ids of their documents, and say
    which of several with the same bytes comes first; returns the file beside it that holds them."""
    target = piece.with_name(piece.name.replace("piece-", "identified-"))
    rows = []
    for listed, source in read_sources(piece, working):
        for one in readers.with_attachments([source]):
            named = one._replace(id=readers.identify(one))
            row = _row(named, listed["place"]) | {"path": listed["path"]}
            row["unfit"], row["inside"], row["linked"], _ = preference(named)
            rows.append(row)
    aside = target.with_suffix(".new")
    parquet.write_table(pa.Table.from_pylist(rows, _SCHEMA), aside)
    aside.replace(target)
    return target


def read_sources(
    file: Path, working: Path, filters: Sequence[tuple[str, str, str]] | None = None
) -> Iterator[tuple[dict[str, Any], Source]]:
    """The rows of a list, each with its file as it is found from the folder `working`."""
    table = parquet.read_table(file, filters=list(filters) if filters else None, partitioning=None)
    for row in table.to_pylist():
        source = Source(**{name: row[name] for name in _FIELDS})
        path = Path(os.fsdecode(row["path"]))
        yield row, source._replace(path=working / path)


def _row(source: Source, place: int) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(source, name) for name in _FIELDS}
    return row | {"path": os.fsencode(source.path), "place": place}
