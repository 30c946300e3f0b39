"""`dossier ground`: quotes from a file, located in a document."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import DossierError
from pipeline.ground.align import TextIndex
from pipeline.plain import escaped
from pipeline.readers import Source
from pipeline.readers.isolation import reader_pool


def ground_quotes(document: Path, quotes: Path) -> Iterator[str]:
    """JSON lines {"quote", "status", "start", "end", "score"} for lines {"quote"}, in the same
    order.

    Offsets count code points of the document's text as its reader makes it. Raises DossierError,
    naming the line, for one that is no such object.
    """
    index = TextIndex(reader_pool().read(Source(document, str(document))).text)
    try:
        text = sys.stdin.read() if str(quotes) == "-" else quotes.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(
            f"{quotes} cannot be read ({error})", 'Give a file of lines {"quote": "..."}.'
        ) from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            quote = json.loads(line)["quote"]
        except (ValueError, KeyError, TypeError) as error:
            raise DossierError(
                f"{quotes}:{number} is no quote", 'A line reads {"quote": "..."}.'
            ) from error
        if not isinstance(quote, str):
            raise DossierError(
                f"{quotes}:{number}: the quote is no text", 'A line reads {"quote": "..."}.'
            )
        span = index.locate(quote)
        found = {
            "quote": quote,
            "status": span.status,
            "start": span.start,
            "end": span.end,
            "score": span.score,
        }
        yield escaped(json.dumps(found, ensure_ascii=False))
