"""Connecting, without Ray: what is wrong is one line, and workers are as many as nodes and calls
allow.
"""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from pipeline.cluster.nodes import Nodes, address_of, connected
from pipeline.errors import DossierError


def fake_ray(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> dict[str, Any]:
    """A module `ray` whose `init` raises an error; what it was called with."""
    told: dict[str, Any] = {}

    def init(**given: Any) -> None:
        told.update(given)
        if error:
            raise error

    context = SimpleNamespace(enable_progress_bars=True)
    data = ModuleType("ray.data")
    data.DataContext = SimpleNamespace(get_current=lambda: context)  # type: ignore[attr-defined]
    ray = ModuleType("ray")
    ray.__dict__.update(
        init=init,
        shutdown=lambda: told.update(ended=True),
        data=data,
        nodes=lambda: [{"Alive": True, "Resources": {"CPU": 1.0}}],
    )
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setitem(sys.modules, "ray.data", data)
    return told


@pytest.mark.parametrize(
    ("engine", "address"), [("ray", "local"), ("ray=", "local"), ("ray=auto", "auto")]
)
def test_an_engine_names_an_address(engine: str, address: str) -> None:
    assert address_of(engine) == address


@pytest.mark.parametrize("engine", ["spark", "", "Ray", "ray=ray://head:10001"])
def test_there_is_no_other_engine(engine: str) -> None:
    with pytest.raises(DossierError, match="There is no engine"):
        address_of(engine)


@pytest.mark.parametrize("port", ["9", "99999", "x"])
def test_an_address_at_which_nobody_listens(port: str) -> None:
    with pytest.raises(DossierError, match=f"No cluster answers at 127.0.0.1:{port}"):
        address_of(f"ray=127.0.0.1:{port}")


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(DossierError, match="make ray"), connected("local", 1):
        pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionError("no GCS"), "No cluster answers at auto"),
        (ValueError("Invalid address format: auto"), "No cluster answers at auto"),
        (RuntimeError("Version mismatch:\n  Ray: 2.1"), "does not take this driver: Version mismatch: Ray: 2.1"),
    ],
)  # fmt: skip
def test_a_cluster_that_does_not_take_us_is_one_line(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    fake_ray(monkeypatch, error)
    with pytest.raises(DossierError, match=said), connected("auto", 1):
        pass


def test_what_was_connected_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    told = fake_ray(monkeypatch)
    with pytest.raises(KeyError), connected("local", 1):
        raise KeyError
    assert told["ended"]
    assert told["log_to_driver"] is False


@pytest.mark.parametrize(
    ("cpus", "most", "workers", "each"),
    [
        ([8, 8], 99, 4, 4),
        ([8, 8], 3, 3, 4),
        ([1, 1, 1], 99, 3, 1),
        ([8, 0], 99, 2, 4),
        ([8, 2], 99, 5, 2),
    ],
)
def test_workers_are_as_many_as_nodes_and_calls_allow(
    cpus: list[int], most: int, workers: int, each: int
) -> None:
    listed = [{"Alive": True, "Resources": {"CPU": float(n)} if n else {}} for n in cpus]
    listed.append({"Alive": False, "Resources": {"CPU": 64.0}})
    found = Nodes(SimpleNamespace(nodes=lambda: listed), most)
    assert (found.workers, found.cpus) == (workers, each)


def test_a_cluster_without_cpus_is_told() -> None:
    listed = [{"Alive": True, "Resources": {}}]
    with pytest.raises(DossierError, match="No node of the cluster has a CPU"):
        Nodes(SimpleNamespace(nodes=lambda: listed), 8)
