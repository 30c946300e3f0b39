"""The kept runs of an output folder, for people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DossierError
from pipeline.plain import plain
from pipeline.store.runs import Runs


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept run. `ended_at` is ISO 8601 in UTC; `prompts` is the folder of changed prompts, if
    it had one."""

    run_id: str
    ended_at: str
    model: str
    prompts: str
    documents: int
    complete: int
    published: bool
    cut_short: str

    @property
    def line(self) -> str:
        """In one line."""
        notes = ["published"] * self.published
        notes += [f"prompts of {self.prompts}"] * bool(self.prompts)
        notes += [f"cut short: {self.cut_short}"] * bool(self.cut_short)
        about = f"  ({'; '.join(notes)})" if notes else ""
        counted = f"{self.complete} of {self.documents} documents complete"
        return plain(f"{self.run_id}  {self.ended_at[:19]}  {self.model}  {counted}{about}")


def kept_runs(database: Path) -> list[Kept]:
    """The kept runs, the newest first. Raises DossierError when there is none."""
    runs = Runs(database)
    published = runs.published()
    found = [
        Kept(
            run_id=m.run_id,
            ended_at=m.ended_at,
            model=m.identity.get("model", ""),
            prompts=m.settings.get("prompts", "").replace("None", ""),
            documents=m.counted[0],
            complete=m.counted[1],
            published=published is not None and published.run_id == m.run_id,
            cut_short=m.cut_short,
        )
        for m in runs.all()
    ]
    if not found:
        raise DossierError(f"No runs are kept in {runs.folder}", "Build one first: make run.")
    return found
