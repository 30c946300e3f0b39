"""What one changed document among many costs, beside a rerun with nothing changed: seconds of
processor and memory of each run, and of the first. `python bench/incremental.py [DOCUMENTS]`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.ledger import Ledger
from pipeline.models.batch import export_requests, import_answers
from pipeline.run import plan
from pipeline.settings import BUNDLED, Settings

MODEL = "bench"
SAMPLES = ("news-massbridge-polaris", "news-yunhe-zh", "press-release-steppe-fund")
RUN = """
import json, resource, sys
from pathlib import Path
from pipeline.run import run
from pipeline.settings import Settings
run(Settings(paths=(Path(sys.argv[1]),), out=Path(sys.argv[2]), model="bench"))
own = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu_s": own.ru_utime + own.ru_stime, "mb": own.ru_maxrss // 1024}))
"""


def write_documents(folder: Path, number: int) -> None:
    folder.mkdir()
    for n in range(number):
        name = SAMPLES[n % len(SAMPLES)]
        text = (BUNDLED / "data" / "documents" / f"{name}.txt").read_text(encoding="utf-8")
        (folder / f"{n:06}.{name}.txt").write_text(f"{text}\n\nCopy {n}.\n", encoding="utf-8")


def answer(config: Settings) -> None:
    """Answer each request with the reply that is recorded for the text it is a copy of."""
    ledger = Ledger(config.ledger)
    requests, answers = config.out / "requests.jsonl", config.out / "answers.jsonl"
    told = {}

    def noted():
        for document, planned in plan(config):
            name = Path(document.path).name.split(".")[1]
            file = f"{planned.request.passage_name}.{planned.task.name}.json"
            told[planned.request.key(MODEL)] = (name, file)
            yield planned.request, MODEL

    export_requests(noted(), ledger, requests)
    with answers.open("w", encoding="utf-8") as out:
        for key, (name, file) in told.items():
            path = BUNDLED / "tests" / "fixtures" / "replies" / name / file
            content = (
                json.loads(path.read_text(encoding="utf-8"))["content"] if path.exists() else {}
            )
            message = {"content": json.dumps(content, ensure_ascii=False)}
            choice = {"message": message, "finish_reason": "stop"}
            body = {"model": MODEL, "choices": [choice]}
            line = {"custom_id": key, "response": {"status_code": 200, "body": body}}
            out.write(json.dumps(line) + "\n")
    import_answers(answers, ledger)
    ledger.close()


def measured(folder: Path, out: Path) -> dict[str, float]:
    command = [sys.executable, "-c", RUN, str(folder), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=BUNDLED)
    return json.loads(done.stdout)


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, "in"), Path(place, "out")
        write_documents(folder, number)
        config = Settings(paths=(folder,), out=out, model=MODEL)
        answer(config)
        first = measured(folder, out)
        same = measured(folder, out)
        changed = folder / f"000000.{SAMPLES[0]}.txt"
        changed.write_text(
            changed.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8"
        )
        answer(config)
        one = measured(folder, out)
        size = (out / "dossier.duckdb").resolve().stat().st_size
        shutil.rmtree(out / "runs")
    print(f"{number} documents, {size // 1_000_000} MB of database")
    for name, row in (("first run", first), ("nothing changed", same), ("one changed", one)):
        print(f"  {name:<16} {row['cpu_s']:7.2f} s of processor, {row['mb']:5} MB")
    print(
        f"  one changed costs {one['cpu_s'] / same['cpu_s']:.1f} times a rerun with nothing changed"
    )


if __name__ == "__main__":
    main()
