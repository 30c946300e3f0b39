"""Documents read in child processes: what breaks a parser is that document's quarantine and nothing
else.

A few warm processes are kept, each of which forks the child that reads (child.py), so that a crash
costs a fork and a small document no process of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from queue import LifoQueue

from pipeline.domain import Document
from pipeline.errors import DocumentError
from pipeline.readers.frames import (
    LENGTH,
    Refusal,
    answer_from_bytes,
    source_to_bytes,
    write_frame,
)
from pipeline.readers.limits import Limits
from pipeline.readers.sources import Source

_GRACE_S = 10.0  # beyond a document's own limit, after which its process is killed from outside
# Isolated (-I), the child has neither the working folder nor the user's variables on its path: no
# file that lies beside the documents is ever imported. The program's own folder comes behind the
# standard library, in case somebody's documents lie in it.
_CODE = """
import json, sys
place = next((i for i, p in enumerate(sys.path) if p.endswith("-packages")), len(sys.path))
sys.path.insert(place, sys.argv[1])
from pipeline.readers.child import serve
from pipeline.readers.limits import Limits
serve(Limits(**json.loads(sys.argv[2])))
"""


class ReaderPool:
    """Reads documents in at most `processes` child processes, which start when they are needed.
    Safe for several threads."""

    def __init__(self, processes: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._idle: LifoQueue[_Process | None] = LifoQueue()
        for _ in range(processes):
            self._idle.put(None)

    def read(self, source: Source) -> Document:
        """The document. Raises DocumentError: those of `read_document`, and TIMEOUT, OUT_OF_MEMORY,
        PARSER_CRASHED."""
        process = self._idle.get()
        try:
            if process is None:
                process = _Process(self._limits)
            answer = process.ask(Source(source.path.absolute(), *source[1:]))
        except (OSError, EOFError, ValueError) as failure:
            if process is not None:
                process.kill()
            process = None
            said = f"The process that read it was lost ({failure or 'it ended'})"
            raise DocumentError(
                "PARSER_CRASHED", said, "Run again; if it repeats, save it anew."
            ) from failure
        except BaseException:
            # Interrupted between question and answer: what comes next from it would be the wrong
            # answer.
            if process is not None:
                process.kill()
            process = None
            raise
        finally:
            self._idle.put(process)
        if isinstance(answer, Document):
            return answer
        raise DocumentError(*answer)

    def close(self) -> None:
        """End the idle processes."""
        idle = [self._idle.get() for _ in range(self._idle.qsize())]
        for process in idle:
            if process is not None:
                process.kill()
            self._idle.put(None)


@lru_cache(maxsize=4)
def reader_pool(limits: Limits = Limits(), /) -> ReaderPool:  # noqa: B008 (frozen)
    """The pool of this process for documents within `limits`."""
    pool = ReaderPool(max(2, min(8, os.cpu_count() or 2)), limits)
    atexit.register(pool.close)
    return pool


class _Process:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        root = str(Path(__file__).resolve().parents[2])
        self._popen = subprocess.Popen(
            [sys.executable, "-I", "-c", _CODE, root, json.dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={"LANG": "C.UTF-8", "PATH": os.defpath},  # no keys, no preloaded libraries
        )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._in, self._out = self._popen.stdin.fileno(), self._popen.stdout.fileno()

    def ask(self, source: Source) -> Document | Refusal:
        """Send a source and wait for the answer. Raises EOFError or OSError when the process is
        gone or hangs, ValueError when what it sends is no answer."""
        deadline = time.monotonic() + self._limits.seconds + _GRACE_S
        write_frame(self._in, source_to_bytes(source))
        length = int.from_bytes(self._exactly(LENGTH, deadline), "big")
        return answer_from_bytes(self._exactly(length, deadline))

    def kill(self) -> None:
        """End the process and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        for pipe in (self._popen.stdin, self._popen.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        self._popen.wait()

    def _exactly(self, length: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < length:
            ready, _, _ = select.select([self._out], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("it does not answer")
            part = os.read(self._out, min(length - len(data), 1 << 20))
            if not part:
                raise EOFError
            data += part
        return bytes(data)
