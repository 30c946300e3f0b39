"""Runs are kept: OUT/runs/<run id>.duckdb with a manifest beside each; OUT/dossier.duckdb is a link
to the one that is published.

A run that was cut short, or that knows less of some document than the published one, is kept and
not published.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import DossierError
from pipeline.store.load import Translated, datasets_of, remove_database
from pipeline.store.tables import literal

FOLDER = "runs"
_LINES = 5
_NAMED = {"latest": 0, "previous": 1}  # places among the kept runs, the newest first
_LOST = """
WITH known AS (FROM new.document WHERE status = 'complete')
SELECT path, document_id IN (SELECT document_id FROM new.document)
  OR path IN (SELECT path FROM new.document)
FROM current.document WHERE status = 'complete'
  AND document_id NOT IN (SELECT document_id FROM known) AND path NOT IN (SELECT path FROM known)
ORDER BY path
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run was and what came of it. `documents` are (id, path, status), `duplicates` as in
    `issue`; both are empty where they are too many to be listed, and `number` and `number_complete`
    tell how many documents there are. `cut_short` is why it ended early, or empty; `totals` are
    counts for people."""

    run_id: str
    identity: dict[str, str]
    settings: dict[str, str]
    documents: tuple[tuple[str, str, str], ...]
    duplicates: tuple[tuple[str, str, str], ...]
    started_at: str
    ended_at: str
    cut_short: str = ""
    totals: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    number_complete: int = 0

    @property
    def complete(self) -> dict[str, str]:
        """Paths by id of the documents that are complete."""
        return {i: path for i, path, status in self.documents if status == "complete"}

    @property
    def counted(self) -> tuple[int, int]:
        """How many documents there are, and how many are complete."""
        if self.documents:
            return len(self.documents), len(self.complete)
        return self.number, self.number_complete


class Runs:
    """The kept runs of one output folder."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.folder = database.parent / FOLDER

    def path(self, run_id: str) -> Path:
        """Where the file of a run is, or will be."""
        return self.folder / f"{run_id}.duckdb"

    def all(self) -> list[Manifest]:
        """The runs whose file and manifest are there, the newest first."""
        found = []
        for file in self.folder.glob("*.json"):
            with suppress(OSError, ValueError, TypeError, KeyError):
                data = json.loads(file.read_text(encoding="utf-8"))
                pairs = ("documents", "duplicates")
                data |= {name: tuple(tuple(row) for row in data[name]) for name in pairs}
                manifest = Manifest(**data)
                if self.path(manifest.run_id).exists():
                    found.append(manifest)
        return sorted(found, key=lambda m: (m.ended_at, m.run_id), reverse=True)

    def published(self) -> Manifest | None:
        """The run that the link names; None when there is none, or no run of ours."""
        target = self.database.resolve()
        return next((m for m in self.all() if self.path(m.run_id).resolve() == target), None)

    def find(self, name: str) -> Path:
        """The file of a run: by its id or the beginning of it, by the names `latest` (the newest),
        `previous` (the one before) and `published`, or a file elsewhere. Raises DossierError."""
        if name == "published":
            if self.database.exists():
                return self.database.resolve()
            raise DossierError(f"{self.database} does not exist", "Build it first: make run.")
        kept = [manifest.run_id for manifest in self.all()]
        if name in _NAMED:
            found = kept[_NAMED[name] :][:1]
            said = f"There is no {name} run in {self.folder}"
        else:
            if name.endswith(".duckdb") and Path(name).is_file():
                return Path(name)
            found = [
                i for i in kept if i.removeprefix("run_").startswith(name.removeprefix("run_"))
            ]
            said = f"{len(found) or 'No'} runs in {self.folder} begin with {name!r}"
        if not kept:
            raise DossierError(f"No runs are kept in {self.folder}", "Build one first: make run.")
        if len(found) != 1:
            raise DossierError(said, "`dossier runs` lists those that are kept.")
        return self.path(found[0])

    def keep(self, manifest: Manifest) -> None:
        """Write the manifest of a run, whose file is in its place."""
        told = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
        target = self.folder / f"{manifest.run_id}.json"
        aside = target.with_suffix(".json.new")
        aside.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        aside.replace(target)

    def publish(self, manifest: Manifest, *, accept: bool) -> str:
        """Make the link name a run, or leave it; returns why it was left, or nothing."""
        current = self.published()
        why = ""
        if current is not None and not accept:
            paths = (self.path(manifest.run_id), self.path(current.run_id))
            lost = None if manifest.documents else lost_between(*paths)
            why = worse(manifest, current, lost)
        if not why:
            self._link(self.path(manifest.run_id))
        return why

    def prune(self, keep: int) -> None:
        """Remove all but the newest `keep` runs and the published one, and what was left half
        written."""
        published = self.published()
        for manifest in self.all()[keep:]:
            if published is None or manifest.run_id != published.run_id:
                remove_database(self.path(manifest.run_id))
                shutil.rmtree(datasets_of(self.path(manifest.run_id)), ignore_errors=True)
                (self.folder / f"{manifest.run_id}.json").unlink(missing_ok=True)
        for datasets in self.folder.iterdir():
            if datasets.is_dir() and not self.path(datasets.name).exists():
                shutil.rmtree(datasets, ignore_errors=True)
        for left in (*self.folder.glob("*.new*"), *self.folder.glob(".*")):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    def _link(self, run: Path) -> None:
        """Replace the link in one step; a database that an older release left there is kept."""
        if self.database.exists() and not self.database.is_symlink():
            earlier = self.folder / "earlier.duckdb"
            self.database.replace(earlier)
        aside = self.database.with_name(f".{self.database.name}.link")
        try:
            aside.unlink(missing_ok=True)
            aside.symlink_to(os.path.relpath(run, self.database.parent))
            aside.replace(self.database)
            # Of a client that was killed: it belongs to the run that was published before.
            self.database.with_name(f"{self.database.name}.wal").unlink(missing_ok=True)
        except OSError as error:
            raise DossierError(f"{self.database}: {error.strerror}", "Check the folder.") from error


Lost = tuple[str, bool]  # the path of a document, and whether it is among those given


def worse(new: Manifest, current: Manifest, lost: Iterable[Lost] | None = None) -> str:
    """Why `new` should not take the place of `current`: it was cut short and the other was not, or
    documents that are complete in the other are missing or not complete in it (`lost`, if they are
    not listed). Empty if it may."""
    if new.cut_short and not current.cut_short:
        return f"this run was cut short ({new.cut_short})"
    lost = list(_lost(new, current) if lost is None else lost)
    parts = []
    dropped = [path for path, given in lost if not given]
    fallen = [path for path, given in lost if given]
    if dropped:
        said = f"{len(dropped)} documents are not among those given"
        parts.append(f"{said} ({_some(dropped)})")
    if fallen:
        parts.append(f"{len(fallen)} are no longer complete ({_some(fallen)})")
    return " and ".join(parts)


def _lost(new: Manifest, current: Manifest) -> list[Lost]:
    """Documents that are complete in `current` and not in `new`. A document that was changed keeps
    its path, one that was renamed its id: neither is lost."""
    complete = new.complete
    known = {*complete, *complete.values()}
    given = {known for document in new.documents for known in document[:2]}
    return [
        (path, bool({document_id, path} & given))
        for document_id, path in current.complete.items()
        if not {document_id, path} & known
    ]


def lost_between(new: Path, current: Path) -> list[Lost]:
    """The same of the files of two runs, by path; a run whose datasets are gone loses nothing."""
    with duckdb.connect(":memory:") as db:
        try:
            for name, file in (("new", new), ("current", current)):
                db.execute(f"ATTACH {literal(str(file.resolve()))} AS {name} (READ_ONLY)")
            db.execute("SELECT count(*) FROM current.document")
        except duckdb.Error:
            return []
        with Translated(new):
            return db.execute(_LOST).fetchall()


def _some(paths: Iterable[str]) -> str:
    listed = sorted(paths)
    more = f" and {len(listed) - _LINES} more" if len(listed) > _LINES else ""
    return ", ".join(listed[:_LINES]) + more
