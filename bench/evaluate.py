"""How long it takes to score 10,000 records against gold: the bundled gold under as many names of
documents as that needs, and a run that tells a tenth of it wrongly."""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.evaluate.intervals import interval  # noqa: E402
from pipeline.evaluate.measured import Measured  # noqa: E402
from pipeline.evaluate.scoring import score  # noqa: E402
from tests.evaluate.damage import KNOWN, all_gold, damaged  # noqa: E402


def main(number: int = 10_000) -> None:
    gold, chance, records = all_gold(), random.Random(1), 0
    work = []
    for copy, one in enumerate(cycle(gold)):
        if records >= number:
            break
        others = gold[(copy + 1) % len(gold)].claims
        run = damaged(one, others, chance).claims
        work.append((replace(one, document=f"{copy} {one.document}"), run))
        records += len(run)
    started = time.perf_counter()
    measured = Measured("bench", [score(one, run, KNOWN) for one, run in work])
    figures = measured.figures()
    interval(measured.counts("record_f1"))
    took = time.perf_counter() - started
    print(
        f"{records:,} records of {len(work)} documents: {took:.1f} s; F1 {figures['record_f1']:.3f}"
    )


if __name__ == "__main__":
    main()
