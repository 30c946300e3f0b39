"""Grounding: time per document and per quote, altered facts accepted, memory on a large file. Run
by `make bench`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.ground.align import TextIndex  # noqa: E402
from pipeline.models.recorded import RecordedReplies, reply_from_file  # noqa: E402
from pipeline.passages import sentences  # noqa: E402
from pipeline.readers import find_documents, read_document  # noqa: E402
from pipeline.results import assemble  # noqa: E402
from pipeline.run import plan  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.text.abbreviations import find_abbreviations  # noqa: E402
from tests.ground.alterations import altered_quotes  # noqa: E402

_PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
_LARGE = f"""
from pathlib import Path
from pipeline.readers import read_document
from pipeline.passages import split_document
from pipeline.ground.align import TextIndex
import sys
document = read_document(Path(sys.argv[1]))
passages = split_document(document, 1500, 60)
index = TextIndex(document.text, document.date)
for passage in passages[:: max(1, len(passages) // 200)]:
    quote = document.text[passage.start : passage.start + 80]
    for given in (quote, quote.replace(" ", "  "), quote.replace("a", "o", 1)):
        index.locate(given, (passage.start, passage.end))
{_PEAK}
"""
_BUNDLED = f"""
import sys
from pathlib import Path
from pipeline.run import run
from pipeline.settings import Settings
run(Settings(out=Path(sys.argv[1])))
{_PEAK}
"""


def main() -> None:
    os.chdir(ROOT)
    texts = [
        read_document(path).text for path, *_ in find_documents((ROOT / "data" / "documents",))
    ]
    characters = sum(map(len, texts))
    started = time.perf_counter()
    indexes = [TextIndex(text) for text in texts]
    print(
        f"fold a document      {(time.perf_counter() - started) * 1e7 / characters:6.2f} ms per"
        " 10,000 characters"
    )
    quotes = [(i, text[a:b], (a, b)) for i, text in enumerate(texts) for a, b in sentences(text)]
    started = time.perf_counter()
    exact = sum(indexes[i].locate(quote, near).status == "exact" for i, quote, near in quotes)
    each_ms = (time.perf_counter() - started) * 1e3 / len(quotes)
    print(f"exact quote          {each_ms:6.3f} ms each ({exact} of {len(quotes)} exact)")
    counted: Counter[str] = Counter()
    by_text = dict(zip(texts, indexes, strict=True))
    started = time.perf_counter()
    for case in altered_quotes():
        counted[by_text[case.text].locate(case.quote).status] += 1
    total = sum(counted.values())
    accepted = counted["exact"] + counted["normalised"] + counted["fuzzy"]
    print(
        f"altered facts        {accepted} of {total} accepted,"
        f" {(time.perf_counter() - started) * 1e3 / total:.1f} ms each"
    )
    print(f"ground a document    {_ground_ms():6.1f} ms of processor, quotes, values and rules")
    with tempfile.TemporaryDirectory() as folder:
        print(f"bundled corpus       {_peak_mb(_BUNDLED, folder)} MB peak")
        large = Path(folder) / "large.txt"
        large.write_text(
            "\n\n".join(f"Part {n}. {texts[n % len(texts)]}" for n in range(800))[:5_000_000],
            encoding="utf-8",
        )
        print(f"5 MB text file       {_peak_mb(_LARGE, str(large))} MB peak")


def _ground_ms() -> float:
    """Processor time for the recorded answers of one bundled document, once all is warm."""
    recorded = RecordedReplies(ROOT / "tests" / "fixtures" / "replies")
    answers: dict[str, Any] = {}
    for document, planned in plan(Settings()):
        file = recorded._files[planned.request.body_hash]
        _, every, told = answers.setdefault(document.id, (document, [], []))
        every.append(planned)
        told.append((planned, reply_from_file(file, planned.request)))
    for _ in range(2):
        started = time.process_time()
        for document, every, told in answers.values():
            assemble(document, every, told, tuple(find_abbreviations(document.text)))
        each_ms = (time.process_time() - started) * 1e3 / len(answers)
    return each_ms


def _peak_mb(code: str, argument: str) -> str:
    command = [sys.executable, "-c", code, argument]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()


if __name__ == "__main__":
    main()
