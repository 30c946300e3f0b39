"""A shard of documents to Parquet files: what a process of a cluster runs."""

from __future__ import annotations

import asyncio
import glob
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from pipeline.cluster.control import SharedBudget, SharedPace
from pipeline.cluster.listing import identify_piece, read_sources
from pipeline.cluster.parcel import Parcel, take_environment, versions
from pipeline.errors import DossierError, EndpointError
from pipeline.events import EventLog
from pipeline.ledger_parquet import ParquetLedger
from pipeline.models import Shared, open_model, open_reader
from pipeline.readers import Source
from pipeline.readers.isolation import reader_pool
from pipeline.readers.limits import parse_limits
from pipeline.readers.pdf.ocr import find_program
from pipeline.results import lost
from pipeline.settings import Settings
from pipeline.stages.ground import Grounders
from pipeline.stages.stream import Counts, Ends, Stream, first_error
from pipeline.store.load import Scratch
from pipeline.store.rows import rows_of
from pipeline.store.sharded import write_shard
from pipeline.store.tables import Layout
from pipeline.store.worklist import Shard
from pipeline.subject import load_subject

DONE = "done.json"
TRIES = 2  # at a document, before it is given up
MOST_BEGUN = 20  # times that a shard is begun, for what is no document's fault
_SHARD = "shard"
Told = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """What every worker is given: the parcel, where shards go, the list of documents, the actor
    that owns limits and endpoint where anybody is called, how many calls one worker makes at once,
    and how many CPUs it uses."""

    parcel: Parcel
    shards: Path
    documents: Path
    control: Any
    concurrency: int
    cpus: int


def problem(parcel: Parcel, mark: str) -> str:
    """Why this node cannot work; empty if it can. `mark` is a file that the driver has written into
    the output folder."""
    here = versions()
    for name, wanted in parcel.versions.items():
        if here[name] != wanted:
            return f"has {name} {here[name]}, and the driver {wanted}"
    try:
        with tempfile.TemporaryDirectory(prefix="dossier-") as folder:
            settings = parcel.unpack(Path(folder))
            load_subject(settings.subject, settings.prompts, settings.repeats)
        if not (settings.out / mark).exists():
            return f"does not see {settings.out}, which must be one folder for all nodes"
        for path in (parcel.working / given for given in settings.paths):
            if not (glob.has_magic(str(path)) or path.exists()):
                return f"does not see {path}, which all nodes must see under this path"
        if settings.ocr:
            find_program()
        probe = settings.out / f"{mark}.{uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return f"cannot write into {error.filename} ({error.strerror})"
    except DossierError as error:
        return f"lacks something: {error.message}"
    return ""


class Identifier:
    """Gives the files of pieces their ids."""

    def __init__(self, parcel: Parcel) -> None:
        self._readers = reader_pool(parse_limits(parcel.settings.limits))
        self._working = parcel.working

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        """Files of pieces to files of identified sources."""
        return {"file": [
            str(identify_piece(Path(file), self._readers, self._working)) for file in batch["file"]
        ]}  # fmt: skip


class Worker:
    """Takes shards through all stages. What goes wrong with all of them is told in place of what
    came of one."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._wrong: list[str] = []
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="dossier-")
            unpacked = work.parcel.unpack(Path(self._folder.name))
            self._settings = replace(unpacked, concurrency=work.concurrency)
            self._open(self._settings)
        except DossierError as error:
            self._wrong = [error.message, error.remedy]

    def _open(self, settings: Settings) -> None:
        self._subject = load_subject(settings.subject, settings.prompts, settings.repeats)
        self._layout = Layout(self._subject.record_types)
        self._readers = reader_pool(parse_limits(settings.limits))
        self._grounders = Grounders(settings.subject, self._work.cpus)
        self._loop = asyncio.new_event_loop()
        self._fatal: EndpointError | None = None
        self._ledger = ParquetLedger(settings.out / "ledger", f"worker-{uuid4().hex}")
        self._loop.run_until_complete(self._open_models(settings))

    async def _open_models(self, settings: Settings) -> None:
        shared, control = Shared(), self._work.control
        if control is not None:
            take_environment(await control.environment.remote())
        if control is not None and settings.limited:
            import ray

            life, actor = uuid4().hex, ray.get_runtime_context().get_actor_id()
            await control.begin.remote(actor, life)
            shared = Shared(
                SharedBudget(control, life),
                lambda s: SharedPace(s.concurrency, control, s.model),
            )
        self._provider = open_model(settings, self._ledger, shared)
        self._reader = open_reader(settings, self._ledger, self._provider, shared)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        """Shards, as JSON, to what came of each, as JSON."""
        return {"told": [json.dumps(self._told(json.loads(text))) for text in batch["shard"]]}

    def close(self) -> None:
        """Close connections and end children, as the end of the process does."""
        if not self._wrong:
            for model in {id(m): m for m in (self._provider, self._reader)}.values():
                self._loop.run_until_complete(model.close())
            self._grounders.end()
            self._loop.close()
            self._folder.cleanup()

    def _told(self, given: Told) -> Told:
        if self._wrong:
            return {"wrong": self._wrong}
        try:
            return self._loop.run_until_complete(self._shard(Shard(**given)))
        except (DossierError, BaseExceptionGroup) as error:
            first = first_error(error)
            if not isinstance(first, DossierError):
                raise
            return {"wrong": [first.message, first.remedy]}

    async def _shard(self, shard: Shard) -> Told:
        aside = self._work.shards / f".{shard.name}.{uuid4().hex}"
        aside.mkdir(parents=True)
        log = EventLog(aside)
        self._ledger.begin(shard.name)
        with tempfile.TemporaryDirectory(prefix="dossier-") as temporary:
            scratch = Scratch(Path(temporary) / "scratch.duckdb", self._layout)
            try:
                told = await self._filled(shard, scratch, log)
                write_shard(scratch, aside)
            finally:
                scratch.close()
                log.close()
                self._ledger.close()
        (aside / DONE).write_text(json.dumps(told), encoding="utf-8")
        with suppress(OSError):  # of a worker that was thought dead, and has done it too
            aside.rename(self._work.shards / shard.name)
        shutil.rmtree(aside, ignore_errors=True)
        self._tries(shard).unlink(missing_ok=True)
        return told

    async def _filled(self, shard: Shard, scratch: Scratch, log: EventLog) -> Told:
        """Take the documents of a shard through the stages into `scratch`; what came of them."""
        before = self._spent()
        tried = self._tried(shard)
        if tried.pop(_SHARD, 0) >= MOST_BEGUN:
            remedy = "See the memory of the nodes, and what Ray logs of workers that end."
            raise DossierError(f"Shard {shard.name} has ended {MOST_BEGUN} workers", remedy)
        filters = [("id", ">=", shard.low), ("id", "<", shard.high)]
        groups: list[list[Source]] = [[]]
        for _, source in read_sources(self._work.documents, self._work.parcel.working, filters):
            if tried[source.id] >= TRIES:
                scratch.add(rows_of(lost(source), self._subject.digests))
                log.write("lost", path=source.name)
            elif tried[source.id]:  # alone, so that it is known whose fault it is
                groups.append([source])
            else:
                groups[0].append(source)
        counts, ends = Counts(), Ends(fatal=self._fatal)
        with self._tries(shard).open("a", encoding="utf-8") as tries:
            tries.write(f"+{_SHARD}\n")
            for group in (*groups[1:], groups[0]):
                stream = Stream(
                    settings=self._settings, subject=self._subject, provider=self._provider,
                    reader=self._reader, readers=self._readers, log=log, keep=scratch.add,
                    tell=lambda _: None, counts=counts, ends=ends, grounders=self._grounders,
                    under_way=partial(_trying, tries),
                )  # fmt: skip
                await stream.process(group)
        self._fatal = ends.fatal
        return self._summary(shard, scratch, stream, before)

    def _summary(
        self, shard: Shard, scratch: Scratch, stream: Stream, before: tuple[int, float | None]
    ) -> Told:
        statuses = [status for _, _, status in scratch.documents()]
        calls, cost = self._spent()
        return {
            **asdict(stream.counts), "shard": shard.name, "done": len(statuses),
            "complete": statuses.count("complete"), "calls": calls - before[0],
            "cost_usd": None if cost is None else cost - (before[1] or 0.0),
            "limit": _error(stream.ends.limit), "fatal": _error(stream.ends.fatal),
            "notes": list(self._provider.status().notes),
        }  # fmt: skip

    def _spent(self) -> tuple[int, float | None]:
        providers = {id(p): p.status() for p in (self._provider, self._reader)}.values()
        costs = [s.cost_usd for s in providers if s.cost_usd is not None]
        return sum(s.calls for s in providers), max(costs, default=None)

    def _tries(self, shard: Shard) -> Path:
        return self._work.shards / f".tries-{shard.name}"

    def _tried(self, shard: Shard) -> Counter[str]:
        """How often each document of a shard has been begun and not ended, by a worker that is
        gone."""
        tried = Counter[str]()
        with suppress(FileNotFoundError):
            for line in self._tries(shard).read_text(encoding="utf-8").splitlines():
                tried[line[1:]] += 1 if line[0] == "+" else -1
        return tried


@contextmanager
def _trying(tries: IO[str], source: Source) -> Iterator[None]:
    tries.write(f"+{source.id}\n")
    tries.flush()
    yield
    tries.write(f"-{source.id}\n")
    tries.flush()


def _error(error: DossierError | None) -> list[str] | None:
    return [error.message, error.remedy] if error else None
