"""Ray nodes on this machine, in a process of their own: python -m tests.cluster.nodes NUMBER. It
prints the address, then takes `kill`, which ends the last node at once, and `end` from standard
input.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    size = {"num_cpus": 1, "object_store_memory": 150_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=size)
    others = [cluster.add_node(**size) for _ in range(int(sys.argv[1]) - 1)]
    print(cluster.address, cluster.head_node.get_session_dir_path(), file=told, flush=True)
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(others.pop(), allow_graceful=False)
            print("killed", file=told, flush=True)
        else:
            break
    cluster.shutdown()


class Nodes:
    """The nodes while they run. `address` is what `--engine ray=` takes, `folder` where they log."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self._popen = popen
        assert popen.stdout is not None
        self.address, _, folder = popen.stdout.readline().strip().partition(" ")
        self.folder = Path(folder)

    def kill_one(self) -> None:
        """End the last node that was added, as a machine ends whose plug is pulled."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.write("kill\n")
        self._popen.stdin.flush()
        assert self._popen.stdout.readline().strip() == "killed"


@contextmanager
def nodes(number: int) -> Iterator[Nodes]:
    """So many nodes of one CPU each."""
    command = [sys.executable, "-m", "tests.cluster.nodes", str(number)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, cwd=ROOT,
    ) as popen:  # fmt: skip
        try:
            yield Nodes(popen)
        finally:
            with suppress(OSError):
                popen.communicate("end\n", timeout=60)


if __name__ == "__main__":
    main()
