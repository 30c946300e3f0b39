"""Which two runs are meant."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import DossierError
from pipeline.store.runs import Runs


def two_runs(runs: Runs, one: str | None, other: str | None) -> tuple[Path, Path]:
    """The files of the runs A and B. Without names they are the published run and the newest; if
    that is the published one, the run before it and it. Raises DossierError."""
    if other:
        return runs.find(one or "published"), runs.find(other)
    latest = runs.find("latest")
    if one:
        return runs.find(one), latest
    published = runs.find("published")
    if published != latest.resolve():
        return published, latest
    if len(runs.all()) < 2:
        raise DossierError(
            "There is one run, and nothing to compare it with",
            "Change a prompt, a model or a document and run again: dossier run --unpublished.",
        )
    return runs.find("previous"), latest
