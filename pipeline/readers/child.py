"""The process in which documents are read. It forks a child with limits; when that dies, the next
one is forked in its place.

Both pipes carry frames (workers.py) of what frames.py says. A child that dies while it reads is
told by the process that forked it.
"""

from __future__ import annotations

import mmap
import os
import resource
import signal
import sys
from math import ceil
from typing import Any

from pipeline.errors import DocumentError
from pipeline.readers import Source, read_document, source_id
from pipeline.readers.attachments import attachments
from pipeline.readers.frames import (
    LISTED,
    WANTED,
    Refusal,
    answer_to_bytes,
    source_from_bytes,
)
from pipeline.readers.limits import IN_FORCE, Limits
from pipeline.readers.sources import read_bytes
from pipeline.workers import read_frame, write_frame

DOCUMENTS = 250  # after which a child is replaced
MAX_KEPT_KB = 400_000  # of memory that a child may have used and stay
_AGAIN = 3
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.spawn",
    "os.posix_spawn",
)
_CRASHES = (
    signal.SIGABRT,
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGILL,
    signal.SIGTRAP,
    signal.SIGFPE,
)


def serve(limits: Limits) -> None:
    """Answer requests from standard input until it closes."""
    IN_FORCE.set(limits)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    busy = mmap.mmap(-1, 1)
    while True:
        process = os.fork()
        if process == 0:
            limit_process(limits)
            _read_all(out, busy, limits)
        _, status, used = os.wait4(process, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) != _AGAIN:
            return
        if busy[0]:
            busy[0] = 0
            write_frame(out, answer_to_bytes(_epitaph(status, used.ru_maxrss, limits)))


def _read_all(out: int, busy: mmap.mmap, limits: Limits) -> None:
    done = 0
    while (request := read_frame(0)) is not None:
        busy[0] = 1
        # Unhandled, SIGALRM ends the process wherever it is.
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + 1 + ceil(limits.seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        answer = _answer(source_from_bytes(request))
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(out, answer)
        busy[0] = 0
        done += 1
        if done >= DOCUMENTS or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MAX_KEPT_KB:
            os._exit(_AGAIN)
    os._exit(0)


def _answer(source: Source) -> bytes:
    try:
        if source.id == WANTED:
            return answer_to_bytes(source_id(source))
        if source.id == LISTED:
            return answer_to_bytes(attachments(read_bytes(source)))
        return answer_to_bytes(read_document(source))
    # Whatever a hostile file makes a parser raise is that document's affair.
    except Exception as error:  # noqa: BLE001
        return answer_to_bytes(_refusal(error))


def _refusal(error: Exception) -> Refusal:
    if isinstance(error, DocumentError):
        return error.code, error.message, error.remedy
    if isinstance(error, MemoryError):
        return _too_much_memory()
    if isinstance(error, RecursionError):
        said = "The document is nested too deeply"
        return "TOO_COMPLEX", said, "Save its text in a new file."
    said = f"Its reader failed ({type(error).__name__}: {str(error)[:200]})"
    return "PARSER_CRASHED", said, _REMEDY


_REMEDY = "Open it in its own program and save it anew."


def _epitaph(status: int, used_kb: int, limits: Limits) -> Refusal:
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGALRM, signal.SIGXCPU):
        said = f"Reading it took more than {limits.seconds:g} s"
        return "TIMEOUT", said, "Split it, or allow more with --limit seconds=N if it is only long."
    # Some parsers end the process when they get no memory.
    if number == signal.SIGKILL or (number in _CRASHES and used_kb * 1024 > limits.memory // 2):
        return _too_much_memory()
    name = signal.Signals(number).name if number else "an error"
    return "PARSER_CRASHED", f"Its reader ended with {name}", _REMEDY


def _too_much_memory() -> Refusal:
    return (
        "OUT_OF_MEMORY",
        "Reading it takes more memory than a document may",
        "Split it, or save it anew without pictures.",
    )


def limit_process(limits: Limits) -> None:
    """Keep this process within limits from now on: it opens no connection, starts no other program
    and writes no file."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.files, limits.files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file at all
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: Any) -> None:
    """No network and no other program, whatever a document asks for."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
