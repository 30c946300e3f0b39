"""Work in child processes, over pipes: what breaks a child or holds it too long ends that child and
nothing else.

Children run isolated (`python -I`): neither the working folder nor the user's variables are on
their path, so that no file which lies beside the documents is ever imported, and they hold no key.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

LENGTH = 8  # bytes before each frame that say how long it is
# The program's own folder comes behind the standard library, in case documents lie in it.
_START = """
import sys
place = next((i for i, p in enumerate(sys.path) if p.endswith("-packages")), len(sys.path))
sys.path.insert(place, sys.argv.pop(1))
"""
_ROOT = str(Path(__file__).resolve().parents[1])


class LostWorkerError(Exception):
    """The child that had the work is gone, or has been ended: it says why."""


def write_frame(pipe: int, content: bytes) -> None:
    """Write one frame, a length of LENGTH bytes and its content, to a file descriptor."""
    view = memoryview(len(content).to_bytes(LENGTH, "big") + content)
    while view:
        view = view[os.write(pipe, view) :]


class Workers:
    """At most `number` children, which start when they are needed. Safe for several threads.

    `code` is what a child runs, with `arguments` in sys.argv from 1 on: it answers frames from
    standard input with frames on standard output until the former closes.
    """

    def __init__(self, number: int, code: str, arguments: Sequence[str]) -> None:
        self._command = [sys.executable, "-I", "-c", _START + code, _ROOT, *arguments]
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        self._busy: set[_Worker | None] = set()
        self._lock = Lock()
        for _ in range(number):
            self._idle.put(None)

    def ask(self, content: bytes, timeout_s: float) -> bytes:
        """The answer of a child to one frame. Raises LostWorkerError when it dies, takes more than
        `timeout_s` seconds, or has been ended."""
        worker, whole = self._idle.get(), False
        try:
            with self._lock:
                worker = worker or _Worker(self._command)
                self._busy.add(worker)
            answer = worker.ask(content, timeout_s)
            whole = True
            return answer
        except (OSError, EOFError) as failure:
            raise LostWorkerError(str(failure) or "it ended") from failure
        finally:
            if worker is not None and not whole:
                # Interrupted between question and answer: what comes next would be a wrong answer.
                worker.kill()
            with self._lock:
                self._busy.discard(worker)
            self._idle.put(worker if whole else None)

    def end(self) -> None:
        """End all children, also those at work: who waits for them gets LostWorkerError."""
        with self._lock:
            busy = [worker for worker in self._busy if worker is not None]
        for worker in busy:
            worker.signal()
        self.close()

    def close(self) -> None:
        """End the idle children."""
        idle = []
        with suppress(Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for worker in idle:
            if worker is not None:
                worker.kill()
            self._idle.put(None)


class _Worker:
    def __init__(self, command: list[str]) -> None:
        self.popen = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={"LANG": "C.UTF-8", "PATH": os.defpath},  # no keys, no preloaded libraries
        )
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self._in, self._out = self.popen.stdin.fileno(), self.popen.stdout.fileno()
        os.set_blocking(self._in, False)

    def ask(self, content: bytes, timeout_s: float) -> bytes:
        """Send a frame and wait for the answer. Raises EOFError or OSError when the process is gone
        or hangs."""
        deadline = time.monotonic() + timeout_s
        self._send(len(content).to_bytes(LENGTH, "big") + content, deadline)
        length = int.from_bytes(self._exactly(LENGTH, deadline), "big")
        return self._exactly(length, deadline)

    def signal(self) -> None:
        """Kill the process and its children; who reads from it finds out."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Kill the process and its children, and close the pipes."""
        self.signal()
        for pipe in (self.popen.stdin, self.popen.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        self.popen.wait()

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            _wait(deadline, writable=self._in)
            with suppress(BlockingIOError):
                view = view[os.write(self._in, view) :]

    def _exactly(self, length: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < length:
            _wait(deadline, readable=self._out)
            part = os.read(self._out, min(length - len(data), 1 << 20))
            if not part:
                raise EOFError
            data += part
        return bytes(data)


def _wait(deadline: float, *, readable: int | None = None, writable: int | None = None) -> None:
    left = max(0.0, deadline - time.monotonic())
    ins = [] if readable is None else [readable]
    outs = [] if writable is None else [writable]
    if not any(select.select(ins, outs, [], left)):
        raise TimeoutError("it does not answer")


def read_frame(pipe: int) -> bytes | None:
    """One frame from a file descriptor; None when it closes before one has come whole."""
    length = _from(pipe, LENGTH)
    return None if length is None else _from(pipe, int.from_bytes(length, "big"))


def _from(pipe: int, length: int) -> bytes | None:
    parts = []
    while length:
        part = os.read(pipe, min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


Answer = Callable[[bytes], bytes]


def serve(answer: Answer) -> None:
    """The loop of a child: answer each frame of standard input on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    while (content := read_frame(0)) is not None:
        write_frame(out, answer(content))
