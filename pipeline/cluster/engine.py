"""The driver: it connects to a cluster, sees that every node can work, hands out shards, and
concludes with what came of them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TextIO

from pipeline.cluster.control import SharedBudget
from pipeline.cluster.listing import identify_piece, write_pieces
from pipeline.cluster.nodes import Nodes, address_of, connected
from pipeline.cluster.parcel import make_parcel
from pipeline.cluster.worker import DONE, Identifier, Told, Work, Worker
from pipeline.domain import content_id
from pipeline.errors import BudgetError, DossierError, EndpointError
from pipeline.events import EventLog, Progress, Report
from pipeline.ledger_parquet import ParquetLedger, compact
from pipeline.lock import MARK, hold_folder
from pipeline.models import Provider, Shared, open_model
from pipeline.models.status import Status
from pipeline.readers.isolation import reader_pool
from pipeline.readers.limits import parse_limits
from pipeline.readers.pdf.ocr import find_program
from pipeline.settings import Settings
from pipeline.stages.conclude import Came, Conclusion, Outcome
from pipeline.stages.identity import of_rows, run_identity
from pipeline.stages.stream import Counts, Stream, first_error
from pipeline.store.load import datasets_of
from pipeline.store.query import is_readable
from pipeline.store.sharded import ShardedScratch
from pipeline.store.tables import Layout
from pipeline.store.worklist import Shard, Worklist, make_worklist
from pipeline.subject import Subject, load_subject

_KEPT = 3  # settings, such as prompts, of which shards are kept
_COMPACT_AFTER = 100_000  # answers
_GLOB = set("*?[")


def run_on_cluster(
    settings: Settings, report: Report = lambda progress: None, mirror: TextIO | None = None
) -> Outcome:
    """As `pipeline.run.run`, on the cluster that `settings.engine` names.

    An interruption leaves the shards that are done and every answer, and publishes nothing; the
    same command goes on from there. A limit that is reached ends it as on one machine. Raises
    DossierError also for an address where no cluster is, and for nodes that cannot work.
    """
    address = address_of(settings.engine or "")
    subject = load_subject(settings.subject, settings.prompts, settings.repeats)
    if _GLOB & set(str(settings.out.absolute())):
        said = f"{settings.out} holds one of the characters * ? ["
        raise DossierError(said, "A cluster's views cannot read from such a folder; name another.")
    if settings.ocr:
        find_program()
    with hold_folder(settings.out, "ray"):
        log = EventLog(settings.out, mirror)
        try:
            with ExitStack() as connection:
                cluster = connected(address, settings.concurrency)
                connect = partial(connection.enter_context, cluster)
                return _ClusterRun(settings, subject, report, log, connect).go()
        except BaseExceptionGroup as group:
            raise first_error(group) from group
        finally:
            log.close()


class _ClusterRun:
    def __init__(
        self,
        settings: Settings,
        subject: Subject,
        report: Report,
        log: EventLog,
        connect: Callable[[], Nodes],
    ) -> None:
        self.settings = settings
        self.subject = subject
        self.report = report
        self.log = log
        self._connect = connect
        self.out = settings.out.absolute()
        self.parcel = make_parcel(settings)
        self.counts = Counts()
        self.calls, self.cost, self.complete = 0, 0.0, 0
        self.notes: dict[str, None] = {}
        self.limit: DossierError | None = None
        self.finished: dict[str, int] = {}  # shards whose answers are in no part yet

    def go(self) -> Outcome:
        """List, deal out, gather, conclude."""
        compact(self.out / "ledger")  # what a driver that was killed has left
        ledger = ParquetLedger(self.out / "ledger")
        provider = open_model(self.settings, ledger)
        self.identity = run_identity(self.settings, self.subject, provider)
        self.end = Conclusion(self.settings, self.subject, self.identity, self.log)
        self.end.runs.folder.mkdir(exist_ok=True)
        self.shards = self.out / "shards" / content_id("s", of_rows(self.identity))[2:]
        _clear(self.out, self.shards)
        worklist = self._list()
        self._process(worklist)
        ledger.close()
        compact(self.out / "ledger")
        return asyncio.run(self._conclude(worklist, ledger))

    @cached_property
    def nodes(self) -> Nodes:
        """The cluster, connected when it is first needed, of nodes that can work."""
        nodes = self._connect()
        nodes.check(self.parcel, self.out)
        return nodes

    @cached_property
    def control(self) -> Any:
        """The actor that owns the limits of calls; None where nobody is called."""
        return self.nodes.control(self.settings) if self.settings.is_live else None

    def _list(self) -> Worklist:
        folder = self.out / "listing"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        pieces = write_pieces(self.settings.paths, folder)
        if len(pieces) == 1:
            readers = reader_pool(parse_limits(self.settings.limits))
            return make_worklist([identify_piece(pieces[0], readers, Path.cwd())], folder)
        rows = [{"file": str(piece)} for piece in pieces]
        told = self.nodes.map(rows, Identifier, (self.parcel,))
        return make_worklist(sorted(Path(row["file"]) for row in told), folder)

    def _process(self, worklist: Worklist) -> None:
        """Take all shards through the stages that are not done."""
        self.number = worklist.number
        known = {s.name: told for s in worklist.shards if (told := self._known(s))}
        for told in known.values():
            self.counts.done += told["done"]
            self.complete += told["complete"]
        settings = {name: str(value) for name, value in asdict(self.settings).items()}
        given = {"documents": worklist.number, "unchanged": self.counts.done}
        self.log.write("start", **given, **settings)
        todo = [shard for shard in worklist.shards if shard.name not in known]
        for shard in todo:
            shutil.rmtree(self.shards / shard.name, ignore_errors=True)
        if not todo:
            return
        workers = min(self.nodes.workers, len(todo))
        (self.out / MARK).touch()
        concurrency = max(1, self.settings.concurrency // workers)
        work = Work(
            self.parcel, self.shards, worklist.file, self.control, concurrency, self.nodes.cpus
        )
        rows = [{"shard": json.dumps(asdict(shard))} for shard in todo]
        for row in self.nodes.map(rows, Worker, (work,)):
            self._take(json.loads(row["told"]))

    def _known(self, shard: Shard) -> Told | None:
        """What came of a shard whose documents are all complete, if that is known."""
        try:
            told: Told = json.loads((self.shards / shard.name / DONE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return told if told["complete"] == told["done"] == shard.documents else None

    def _take(self, told: Told) -> None:
        if wrong := told.get("wrong"):
            raise DossierError(*wrong)
        for name in ("done", "replies", "tokens", "failures"):
            setattr(self.counts, name, getattr(self.counts, name) + told[name])
        self.calls += told["calls"]
        self.cost += told["cost_usd"] or 0.0
        self.complete += told["complete"]
        self.notes |= dict.fromkeys(told["notes"])
        if told["fatal"]:  # a node that reaches no endpoint would go through all shards at once
            self.log.write("end", stopped=told["fatal"][0])
            raise EndpointError(*told["fatal"])
        self.limit = self.limit or (BudgetError(*told["limit"]) if told["limit"] else None)
        self.log.write("shard", **{n: told[n] for n in ("shard", "done", "complete", "calls")})
        self.finished[told["shard"]] = told["replies"]
        if sum(self.finished.values()) > _COMPACT_AFTER:
            compact(self.out / "ledger", self.finished)
            self.finished.clear()
        self._tell()

    def _tell(self) -> None:
        self.report(
            Progress(
                documents=self.number,
                documents_done=self.counts.done,
                replies=self.counts.replies,
                calls=self.calls,
                under_way=0,
                tokens=self.counts.tokens,
                failures=self.counts.failures,
                cost_usd=self.cost or None,
                rate=self.counts.replies / max(self.log.seconds, 0.001),
                waiting_for="",
            )
        )

    async def _conclude(self, worklist: Worklist, ledger: ParquetLedger) -> Outcome:
        """Join, write and publish what is in the shards."""
        control = self.__dict__.get("control")  # where no worker was needed there is none
        limited = control and self.settings.limited
        shared = Shared(SharedBudget(control, "driver") if limited else None)
        provider = open_model(self.settings, ledger, shared)
        shards = [self.shards / shard.name for shard in worklist.shards]
        layout = Layout(self.subject.record_types)
        scratch = ShardedScratch(self.out / ".scratch-run.duckdb", layout, shards)
        try:
            return await self._concluded(scratch, worklist, provider)
        finally:
            scratch.close()
            await provider.close()

    async def _concluded(
        self, scratch: ShardedScratch, worklist: Worklist, provider: Provider
    ) -> Outcome:
        came = self._came(worklist, provider)
        run_id = self.end.run_id(scratch, came)
        same = [m for m in self.end.runs.all() if m.run_id == run_id]
        if same and not came.stopped and is_readable(self.end.runs.path(run_id)):
            return self.end.unchanged(same[0])
        # By its full path: that is what the views name.
        scratch.written = datasets_of(self.end.runs.path(run_id).absolute())
        stream = Stream(
            settings=self.settings, subject=self.subject, provider=provider, reader=provider,
            readers=reader_pool(), log=self.log, keep=scratch.add, tell=lambda _: None,
        )  # fmt: skip
        await self.end.resolve(scratch, stream.ask)
        self.limit = self.limit or stream.ends.fatal or stream.ends.limit
        outcome = self.end.finish(scratch, self._came(worklist, provider))
        for left in {f.name for f in self.shards.iterdir()} - {s.name for s in worklist.shards}:
            shutil.rmtree(self.shards / left, ignore_errors=True)
        return outcome

    def _came(self, worklist: Worklist, provider: Provider) -> Came:
        """What came of all documents, and of the driver's own calls."""
        own = provider.status()
        cost = self.cost + (own.cost_usd or 0.0)
        notes = tuple(dict.fromkeys((*self.notes, *own.notes)))
        return Came(
            number=worklist.number,
            documents=None,
            duplicates=worklist.duplicates,
            counts=self.counts,
            status=Status(self.calls + own.calls, cost or None, notes=notes),
            stopped=self.limit,
            complete=self.complete,
        )


def _clear(out: Path, shards: Path) -> None:
    """Remove what a driver that was killed has left, and shards of long ago: all is ours while we
    hold the folder."""
    for left in out.glob(".scratch-*"):
        left.unlink()
    shards.mkdir(parents=True, exist_ok=True)
    for left in shards.glob(".*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()
    os.utime(shards)
    others = sorted(shards.parent.iterdir(), key=lambda f: f.stat().st_mtime, reverse=True)
    for old in others[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
