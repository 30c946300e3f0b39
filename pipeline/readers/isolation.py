"""Documents read in child processes: what breaks a parser is that document's quarantine and nothing
else.

A few warm processes are kept, each of which forks the child that reads (child.py), so that a crash
costs a fork and a small document no process of its own.
"""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache

from pipeline.domain import Document, content_id
from pipeline.errors import DocumentError
from pipeline.readers.frames import (
    LISTED,
    WANTED,
    Listed,
    Refusal,
    answer_from_bytes,
    source_to_bytes,
)
from pipeline.readers.limits import Limits
from pipeline.readers.sources import Source, attached, source_id
from pipeline.workers import LostWorkerError, Workers

_MAIL = ".eml"
_GRACE_S = 10.0  # beyond a document's own limit, after which its process is killed from outside
_CODE = """
import json
from pipeline.readers.child import serve
from pipeline.readers.limits import Limits
serve(Limits(**json.loads(sys.argv[1])))
"""


class ReaderPool:
    """Reads documents in at most `processes` child processes. Safe for several threads."""

    def __init__(self, processes: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self.workers = Workers(processes, _CODE, [json.dumps(asdict(self._limits))])

    def read(self, source: Source) -> Document:
        """The document. Raises DocumentError: those of `read_document`, and TIMEOUT, OUT_OF_MEMORY,
        PARSER_CRASHED."""
        request = source_to_bytes(Source(source.path.absolute(), *source[1:]))
        try:
            content = self.workers.ask(request, self._limits.seconds + _GRACE_S)
            answer = answer_from_bytes(content)
        except (LostWorkerError, ValueError) as failure:
            said = f"The process that read it was lost ({failure})"
            remedy = "Run again; if it repeats, save it anew."
            raise DocumentError("PARSER_CRASHED", said, remedy) from failure
        if isinstance(answer, Document):
            return answer
        if isinstance(answer, str):
            raise DocumentError("PARSER_CRASHED", "The process that read it lost its way", "")
        raise DocumentError(*answer)

    def identify(self, source: Source) -> str:
        """The id of a document. What is inside an archive or a message is taken out by a child,
        within the limits; what passes them gets its id from its name."""
        if not source.inside:
            return source_id(source)
        answer = self._told(source, WANTED)
        return answer if isinstance(answer, str) and answer else content_id("doc", source.name)

    def with_attachments(self, sources: Iterable[Source]) -> list[Source]:
        """The sources, each message followed by its attachments that can be read. They are found
        by children, within the limits; a message that passes them has none, and its reader says
        why."""
        found: list[Source] = []
        for source in sources:
            found.append(source)
            listed = self._told(source, LISTED) if source.suffix == _MAIL else ()
            if isinstance(listed, list) and listed:
                found += attached(source._replace(id=self.identify(source)), listed)
        return found

    def _told(self, source: Source, asked: str) -> Document | Refusal | Listed | str:
        """What a child answers about a source; empty if it is lost."""
        request = source_to_bytes(source._replace(path=source.path.absolute(), id=asked))
        try:
            content = self.workers.ask(request, self._limits.seconds + _GRACE_S)
            return answer_from_bytes(content)
        except (LostWorkerError, ValueError):
            return ""

    def end(self) -> None:
        """End all processes, also those that are reading; what they read is lost."""
        self.workers.end()

    def close(self) -> None:
        """End the idle processes."""
        self.workers.close()


@lru_cache(maxsize=4)
def reader_pool(limits: Limits = Limits(), /) -> ReaderPool:  # noqa: B008 (frozen)
    """The pool of this process for documents within `limits`."""
    pool = ReaderPool(max(2, min(8, os.cpu_count() or 2)), limits)
    atexit.register(pool.close)
    return pool
