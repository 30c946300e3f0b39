"""The nodes of a cluster: connecting to them, seeing that each can work, and mapping a class over
rows by Ray Data."""

from __future__ import annotations

import logging
import os
import pickle
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipeline.cluster.control import Control
from pipeline.cluster.parcel import Parcel, environment
from pipeline.errors import DossierError
from pipeline.settings import Settings

EXTRA = "`make ray`, or pip install 'dossier[ray]'"
_PATIENCE_S = 3.0  # with an address at which nobody may listen
_NODE_S = 120.0  # for a node to say whether it can work
_WAITING = 1_000_000  # messages of workers that may wait for an answer
_QUIET = {"RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_USAGE_STATS_ENABLED": "0"}
_CPUS = 4  # of one worker and its children, where the nodes have so many


class Nodes:
    """A cluster that is connected, with at most `most` workers, each of which uses `cpus`."""

    def __init__(self, ray: Any, most: int) -> None:
        self._ray = ray
        cpus = [int(n["Resources"].get("CPU", 0)) for n in ray.nodes() if n["Alive"]]
        if not any(cpus):
            said = "No node of the cluster has a CPU for a worker"
            raise DossierError(said, "Start one that has; `ray status` shows which there are.")
        each = min([_CPUS, *(c for c in cpus if c)])
        self.workers = min(sum(c // each for c in cpus), most)
        self.cpus = each

    def check(self, parcel: Parcel, out: Path) -> None:
        """Raises DossierError for a node that cannot work, or not see the folder `out`."""
        mark = f".seen-{uuid4().hex}"
        content = pickle.dumps((parcel, mark))

        def answer() -> str:  # by value, for a node may have no pipeline to import
            try:
                from pipeline.cluster.worker import problem

                return problem(*pickle.loads(content))
            except ImportError as error:
                return f"has not what a worker needs ({error})"
            except Exception as error:  # noqa: BLE001 (the border of a node)
                return f"cannot take up work ({type(error).__name__}: {error})"

        (out / mark).touch()
        try:
            nodes = [n for n in self._ray.nodes() if n["Alive"]]
            asked = [self._on(n["NodeID"], self._ray.remote(answer)).remote() for n in nodes]
            for node, said in zip(nodes, self._ray.get(asked, timeout=_NODE_S), strict=True):
                if said:
                    name = f"{node['NodeManagerAddress']} ({node['NodeID'][:8]})"
                    remedy = "docs/scale.md says what every node needs."
                    raise DossierError(f"The node {name} {said}", remedy)
        except self._ray.exceptions.RayError as error:
            said = f"A node does not answer ({type(error).__name__})"
            raise DossierError(said, "`ray status` shows which nodes there are.") from error
        finally:
            (out / mark).unlink(missing_ok=True)

    def control(self, settings: Settings) -> Any:
        """The actor that owns the limits of a run and knows its endpoint, on this node."""
        cost = None if settings.max_cost is None else str(settings.max_cost)
        limits = (settings.rpm, settings.tpm, settings.max_calls, cost)
        here = self._ray.get_runtime_context().get_node_id()
        made = self._on(here, self._ray.remote(Control), max_concurrency=_WAITING)
        actor = made.remote(*limits)
        self._ray.get(actor.entrust.remote(environment()))
        return actor

    def map(self, rows: list[dict[str, str]], what: Any, given: Iterable[Any]) -> Iterator[Any]:
        """What a class makes of each row, in the order in which it is done. Raises DossierError
        when the cluster fails."""
        import ray.data

        mapped = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            what,
            batch_size=1,
            # Half of what a worker uses, so that what ran on a node that is lost finds room on the
            # others.
            num_cpus=self.cpus / 2,
            compute=ray.data.ActorPoolStrategy(size=min(self.workers, len(rows))),
            fn_constructor_args=tuple(given),
        )
        try:
            yield from mapped.iter_rows()
        except self._ray.exceptions.RayError as error:
            said = str(error).strip().splitlines()[-1][:300]
            remedy = "Run again to go on; every answer and every finished shard is kept."
            raise DossierError(f"The cluster failed: {said}", remedy) from error

    def _on(self, node: str, what: Any, **options: Any) -> Any:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(node, soft=False)
        return what.options(num_cpus=0, scheduling_strategy=there, **options)


def address_of(engine: str) -> str:
    """The address that an engine's name holds: `local` for none. Raises DossierError for another
    engine, and an address at which nobody listens."""
    name, _, address = engine.partition("=")
    if name != "ray" or address.startswith("ray://"):
        raise DossierError(
            f"There is no engine {engine}",
            "Give --engine ray, ray=auto or ray=HOST:PORT, on a machine of the cluster.",
        )
    host, colon, port = address.rpartition(":")
    if colon:
        try:
            socket.create_connection((host, int(port)), _PATIENCE_S).close()
        except (OSError, ValueError) as error:
            raise _no_cluster(address) from error
    return address or "local"


@contextmanager
def connected(address: str, most: int) -> Iterator[Nodes]:
    """A cluster for as long as the context lasts. Raises DossierError when there is none, or one of
    other versions, or Ray is not installed."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
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
    except (ConnectionError, ValueError) as error:  # what is no address at all is a ValueError
        raise _no_cluster(address) from error
    except RuntimeError as error:
        said = " ".join(str(error).split())[:300]
        raise DossierError(
            f"The cluster at {address} does not take this driver: {said}",
            "Every node needs the same versions of Python and Ray.",
        ) from error
    try:
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield Nodes(ray, most)
    finally:
        ray.shutdown()


def _no_cluster(address: str) -> DossierError:
    remedy = "Start one: `ray start --head`; docs/scale.md shows how."
    return DossierError(f"No cluster answers at {address}", remedy)


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
