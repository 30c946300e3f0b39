"""A cluster that is this process, for what needs no Ray: rows go to one object of the class, one
after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.cluster import engine
from pipeline.cluster.control import Control
from pipeline.cluster.parcel import Parcel
from pipeline.cluster.worker import Worker, problem
from pipeline.run import Outcome
from pipeline.settings import Settings


class LocalNodes:
    """As `pipeline.cluster.nodes.Nodes`. `rows` are those that were given to it."""

    workers = 2
    cpus = 2

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.connected = 0
        self.before: Callable[[], None] = lambda: None

    @contextmanager
    def __call__(self, address: str, most: int) -> Iterator[LocalNodes]:
        self.connected += 1
        yield self

    def check(self, parcel: Parcel, out: Path) -> None:
        (out / ".seen").touch()
        assert problem(parcel, ".seen") == ""
        (out / ".seen").unlink()

    def control(self, settings: Settings) -> Control | None:
        return None

    def map(self, rows: list[dict[str, str]], what: Any, given: Iterable[Any]) -> Iterator[Any]:
        self.before()
        self.rows += rows
        made = what(*given)
        try:
            for row in rows:
                told = made({name: [value] for name, value in row.items()})
                yield {name: values[0] for name, values in told.items()}
        finally:
            if isinstance(made, Worker):
                made.close()


def run_here(monkeypatch: pytest.MonkeyPatch, nodes: LocalNodes, settings: Settings) -> Outcome:
    """A run of the cluster's engine in this process."""
    monkeypatch.setattr(engine, "connected", nodes)
    return engine.run_on_cluster(settings)
