"""Runs are kept: OUT/runs/<run id>.duckdb with a manifest beside each; OUT/dossier.duckdb is a link
to the one that is published.

A run that was cut short, or that knows less of some document than the published one, is kept and
not published.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import DossierError
from pipeline.store.load import remove_database

FOLDER = "runs"
_LINES = 5
_NAMED = {"latest": 0, "previous": 1}  # places among the kept runs, the newest first


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run was and what came of it. `documents` are (id, path, status), `duplicates` as in
    `issue`; `cut_short` is why it ended early, or empty; `totals` are counts for people."""

    run_id: str
    identity: dict[str, str]
    settings: dict[str, str]
    documents: tuple[tuple[str, str, str], ...]
    duplicates: tuple[tuple[str, str, str], ...]
    started_at: str
    ended_at: str
    cut_short: str = ""
    totals: dict[str, Any] = field(default_factory=dict)

    @property
    def complete(self) -> dict[str, str]:
        """Paths by id of the documents that are complete."""
        return {i: path for i, path, status in self.documents if status == "complete"}


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
        why = "" if accept or current is None else worse(manifest, current)
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
                (self.folder / f"{manifest.run_id}.json").unlink(missing_ok=True)
        for left in (*self.folder.glob("*.new*"), *self.folder.glob(".*")):
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


def worse(new: Manifest, current: Manifest) -> str:
    """Why `new` should not take the place of `current`: it was cut short and the other was not, or
    documents that are complete in the other are missing or not complete in it. Empty if it may."""
    if new.cut_short and not current.cut_short:
        return f"this run was cut short ({new.cut_short})"
    lost = _lost(new, current)
    given = {known for document in new.documents for known in document[:2]}
    dropped = [path for document_id, path in lost if not {document_id, path} & given]
    fallen = [path for _, path in lost if path not in dropped]
    parts = []
    if dropped:
        said = f"{len(dropped)} documents are not among those given"
        parts.append(f"{said} ({_some(dropped)})")
    if fallen:
        parts.append(f"{len(fallen)} are no longer complete ({_some(fallen)})")
    return " and ".join(parts)


def _lost(new: Manifest, current: Manifest) -> list[tuple[str, str]]:
    """Ids and paths of documents that are complete in `current` and not in `new`. A document that
    was changed keeps its path, one that was renamed its id: neither is lost."""
    complete = new.complete
    known = {*complete, *complete.values()}
    return [
        (document_id, path)
        for document_id, path in current.complete.items()
        if not {document_id, path} & known
    ]


def _some(paths: Iterable[str]) -> str:
    listed = sorted(paths)
    more = f" and {len(listed) - _LINES} more" if len(listed) > _LINES else ""
    return ", ".join(listed[:_LINES]) + more
