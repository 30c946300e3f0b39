"""Ctrl-C and SIGTERM: a second signal within a second of the first is the same one.

`timeout`, `make` and shells send two: one to the program, one to its whole group.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SAME_S = 1.0
Stop = Callable[[str], None]
_last = [float("-inf")]


@contextmanager
def stops(stop: Stop | None = None) -> Iterator[None]:
    """While the context lasts, a signal calls `stop` with its name, or raises KeyboardInterrupt;
    repetitions within SAME_S do nothing. Only the main thread can hear signals."""

    def heard(number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        same = now - _last[0] < SAME_S
        _last[0] = now
        if same:
            return
        if stop is None:
            raise KeyboardInterrupt
        stop(signal.Signals(number).name)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {n: signal.signal(n, heard) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
