"""The driver: it connects to a cluster, sees that every node can work, hands out shards, and
concludes with what came of them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

from pipeline.cluster.control import Control, SharedBudget
from pipeline.cluster.listing import identify_piece, write_pieces
from pipeline.cluster.parcel import make_parcel
from pipeline.cluster.worker import DONE, Identifier, Told, Work, Worker
from pipeline.domain import content_id
from pipeline.errors import BudgetError, DossierError, EndpointError
from pipeline.events import EventLog, Progress, Report
from pipeline.ledger_parquet import ParquetLedger, compact
from pipeline.lock import hold_folder
from pipeline.models import Provider, Shared, open_model
from pipeline.models.status import Status
from pipeline.readers.isolation import reader_pool
from pipeline.readers.limits import parse_limits
from pipeline.readers.pdf.ocr import find_program
from pipeline.settings import RECORDED, Settings
from pipeline.stages.conclude import Came, Conclusion, Outcome
from pipeline.stages.identity import of_rows, run_identity
from pipeline.stages.stream import Counts, Stream
from pipeline.store.load import datasets_of
from pipeline.store.sharded import ShardedScratch
from pipeline.store.tables import Layout
from pipeline.store.worklist import Shard, Worklist, make_worklist
from pipeline.subject import Subject, load_subject

EXTRA = "pip install 'dossier[ray]'"
_PATIENCE_S = 3.0  # with an address at which nobody may listen
_NODE_S = 120.0  # for a node to say whether it can work
_CPUS = 4  # of one worker and its children, where the nodes have so many
_COMPACT_AFTER = 100_000  # answers
_GLOB = set("*?[")


def run_on_cluster(
    settings: Settings, report: Report = lambda progress: None, mirror: TextIO | None = None
) -> Outcome:
    """As `pipeline.run.run`, on the cluster that `settings.engine` names.

    An interruption leaves the shards that are done and every answer; the same command goes on from
    there, and only a whole run is published. Raises DossierError also for an address where no
    cluster is, and for nodes that cannot work.
    """
    address = _address(settings.engine or "")
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
                connect = partial(connection.enter_context, _connected(address))
                return _ClusterRun(settings, subject, report, log, connect).go()
        finally:
            log.close()


class _ClusterRun:
    def __init__(
        self,
        settings: Settings,
        subject: Subject,
        report: Report,
        log: EventLog,
        connect: Callable[[], Any],
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
        self.fatal: DossierError | None = None
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
    def ray(self) -> Any:
        """Ray, connected when it is first needed to nodes that can work."""
        ray = self._connect()
        self._ask_nodes(ray)
        return ray

    @cached_property
    def control(self) -> Any:
        """The actor that owns the limits, on this node; None where there are none."""
        s = self.settings
        limits = (s.rpm, s.tpm, s.max_calls, None if s.max_cost is None else str(s.max_cost))
        if s.model == RECORDED or all(limit is None for limit in limits):
            return None
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = self.ray.get_runtime_context().get_node_id()
        return (
            self.ray.remote(Control)
            .options(
                name=f"dossier-{uuid4().hex}",
                num_cpus=0,
                max_concurrency=10_000,
                scheduling_strategy=NodeAffinitySchedulingStrategy(here, soft=False),
            )
            .remote(*limits)
        )

    def _list(self) -> Worklist:
        folder = self.out / "work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        pieces = write_pieces(self.settings.paths, folder)
        if len(pieces) == 1:
            readers = reader_pool(parse_limits(self.settings.limits))
            return make_worklist([identify_piece(pieces[0], readers, Path.cwd())], folder)
        rows = [{"file": str(piece)} for piece in pieces]
        told = self._mapped(rows, Identifier, (self.parcel,))
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
        workers = min(self._workers()[0], len(todo))
        concurrency = max(1, self.settings.concurrency // workers)
        work = Work(self.parcel, self.shards, worklist.file, self.control, concurrency)
        rows = [{"shard": json.dumps(asdict(shard))} for shard in todo]
        for row in self._mapped(rows, Worker, (work,)):
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
        self.limit = self.limit or (BudgetError(*told["limit"]) if told["limit"] else None)
        self.fatal = self.fatal or (EndpointError(*told["fatal"]) if told["fatal"] else None)
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
        if self.fatal and not self.counts.replies:
            self.log.write("end", stopped=self.fatal.message)
            raise self.fatal
        control = self.__dict__.get("control")  # where no worker was needed there is none
        shared = Shared(SharedBudget(control, "driver") if control else None)
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
        if same and not came.stopped:
            return self.end.unchanged(same[0])
        scratch.written = datasets_of(self.end.runs.path(run_id))
        stream = Stream(
            settings=self.settings, subject=self.subject, provider=provider, reader=provider,
            readers=reader_pool(), log=self.log, keep=scratch.add, tell=lambda _: None,
        )  # fmt: skip
        await self.end.resolve(scratch, stream.ask)
        self.limit = self.limit or stream.ends.limit
        self.fatal = self.fatal or stream.ends.fatal
        return self.end.finish(scratch, self._came(worklist, provider))

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
            stopped=self.fatal or self.limit,
            complete=self.complete,
        )

    def _ask_nodes(self, ray: Any) -> None:
        """Raises DossierError for a node that cannot work."""
        mark = f".seen-{uuid4().hex}"
        content = pickle.dumps((self.parcel, mark))

        def answer() -> str:  # by value, for a node may have no pipeline to import
            try:
                from pipeline.cluster.worker import problem

                return problem(*pickle.loads(content))
            except ImportError as error:
                return f"has not what a worker needs ({error})"
            except Exception as error:  # noqa: BLE001 (the border of a node)
                return f"cannot take up work ({type(error).__name__}: {error})"

        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        (self.out / mark).touch()
        try:
            nodes = [n for n in ray.nodes() if n["Alive"]]
            asked = [
                ray.remote(answer)
                .options(
                    num_cpus=0,
                    scheduling_strategy=NodeAffinitySchedulingStrategy(n["NodeID"], soft=False),
                )
                .remote()
                for n in nodes
            ]
            for node, said in zip(nodes, ray.get(asked, timeout=_NODE_S), strict=True):
                if said:
                    name = f"{node['NodeManagerAddress']} ({node['NodeID'][:8]})"
                    remedy = "docs/scale.md says what every node needs."
                    raise DossierError(f"The node {name} {said}", remedy)
        finally:
            (self.out / mark).unlink(missing_ok=True)

    def _workers(self) -> tuple[int, float]:
        """How many workers there are to be, and the CPUs that each asks for: half of what it uses,
        so that what ran on a node that is lost finds room on the others."""
        cpus = [int(n["Resources"].get("CPU", 0)) for n in self.ray.nodes() if n["Alive"]]
        each = min(_CPUS, *(c for c in cpus if c), _CPUS)
        number = sum(c // each for c in cpus)
        return min(number, self.settings.concurrency), each / 2

    def _mapped(self, rows: list[dict[str, str]], what: Any, given: Iterable[Any]) -> Iterator[Any]:
        """What a class makes of each row, in the order in which it is done."""
        import ray.data

        number, cpus = self._workers()
        mapped = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            what,
            batch_size=1,
            num_cpus=cpus,
            compute=ray.data.ActorPoolStrategy(size=min(number, len(rows))),
            fn_constructor_args=tuple(given),
        )
        try:
            yield from mapped.iter_rows()
        except self.ray.exceptions.RayError as error:
            said = str(error).strip().splitlines()[-1][:300]
            remedy = "Run again to go on; every answer and every finished shard is kept."
            raise DossierError(f"The cluster failed: {said}", remedy) from error


def _address(engine: str) -> str:
    """The address that an engine's name holds: `local` for none. Raises DossierError for another
    engine."""
    name, _, address = engine.partition("=")
    if name != "ray" or address.startswith("ray://"):
        raise DossierError(
            f"There is no engine {engine}",
            "Give --engine ray, ray=auto or ray=HOST:PORT, on a machine of the cluster.",
        )
    return address or "local"


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Ray, connected, for as long as the context lasts."""
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    host, colon, port = address.rpartition(":")
    remedy = "Start one: `ray start --head`; docs/scale.md shows how."
    if colon:
        try:
            socket.create_connection((host, int(port)), _PATIENCE_S).close()
        except (OSError, ValueError) as error:
            raise DossierError(f"No cluster answers at {address}", remedy) from error
    try:
        import ray
    except ImportError as error:
        raise DossierError("The engine ray needs the package of that name", EXTRA) from error
    try:
        with _quiet():
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                include_dashboard=False if address == "local" else None,
            )
    except ConnectionError as error:
        raise DossierError(f"No cluster answers at {address}", remedy) from error
    except RuntimeError as error:
        said = " ".join(str(error).split())[:300]
        raise DossierError(
            f"The cluster at {address} does not take this driver: {said}",
            "Every node needs the same versions of Python and Ray.",
        ) from error
    try:
        import ray.data

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield ray
    finally:
        ray.shutdown()


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing on standard error: Ray says there, from C++, at which level it is going to speak."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _clear(out: Path, shards: Path) -> None:
    """Remove what a driver that was killed has left: it is ours while we hold the folder."""
    for left in out.glob(".scratch-*"):
        left.unlink()
    shards.mkdir(parents=True, exist_ok=True)
    for left in shards.glob(".*"):
        shutil.rmtree(left, ignore_errors=True)
