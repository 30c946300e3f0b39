"""Readers through the isolated pool of two processes: pages of dense two-column PDF, small web
pages, megabytes of text."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.readers import Source, find_documents  # noqa: E402
from pipeline.readers.isolation import ReaderPool  # noqa: E402
from tests.readers import makers  # noqa: E402
from tests.readers.samples import paragraph  # noqa: E402
from tests.readers.typeset import Piece, Typesetter  # noqa: E402


def main() -> None:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(4) as threads:
        folder = Path(name)
        pool = ReaderPool(2)

        def read_all(kind: str) -> float:
            sources = find_documents((folder / kind,))
            list(threads.map(pool.read, sources[:4]))  # processes started, libraries loaded
            started = time.perf_counter()
            list(threads.map(pool.read, sources))
            return time.perf_counter() - started

        def fill(kind: str, number: int, make: Callable[[int], bytes]) -> int:
            (folder / kind).mkdir()
            return sum((folder / kind / f"{n}.{kind}").write_bytes(make(n)) for n in range(number))

        pieces = [Piece(paragraph("en", chance, n)) for n in range(700)]
        fill("pdf", 4, lambda n: Typesetter(f"A report {n}", "Head").pdf(pieces))
        documents = [
            pool.read(Source(file, file.name)) for file in sorted((folder / "pdf").iterdir())
        ]
        pages = sum(max(region.page or 0 for region in document.regions) for document in documents)
        print(
            f"PDF: {pages / read_all('pdf'):.0f} pages a second"
            f" ({len(documents[0].text) * 4 // pages} characters a page)"
        )
        fill(
            "html",
            1000,
            lambda n: makers.page(f"Page {n}", [paragraph("en", chance, k) for k in range(8)]),
        )
        print(f"HTML: {1000 / read_all('html'):.0f} small pages a second")
        size = fill(
            "txt",
            4,
            lambda n: "\n\n".join(paragraph("en", chance, k) for k in range(12_000)).encode(),
        )
        print(f"text: {size / 1e6 / read_all('txt'):.1f} MB a second")
        fill(
            "docx",
            300,
            lambda n: makers.docx(
                "".join(makers.paragraph(paragraph("ru", chance, k)) for k in range(30))
            ),
        )
        print(f"DOCX: {300 / read_all('docx'):.0f} documents of 30 paragraphs a second")
        pool.close()


if __name__ == "__main__":
    main()
