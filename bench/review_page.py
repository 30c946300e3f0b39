"""How long the page of `dossier review serve` takes with 10,000 changes that wait: the first page,
and a decision with the next change on the screen, as a browser sees them.

    python bench/review_page.py [CHANGES]    default 10000
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb
from playwright.sync_api import sync_playwright

from bench.diff import grow

DECISIONS = 100


def main(changes: int) -> None:
    """Print what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "one.duckdb", Path(folder) / "other.duckdb"
        records = grow(one, changes // 200, changed=False)
        grow(other, changes // 200, changed=False)
        db = duckdb.connect(str(other))
        db.execute(
            "UPDATE evidence SET value = 'denied' WHERE (record_id, position) IN (SELECT (record_id, position)"
            " FROM evidence WHERE field = 'realis' AND value <> 'denied' ORDER BY hash(record_id) LIMIT ?)",
            [changes],
        )
        db.close()
        command = [sys.executable, "-m", "pipeline.console", "review", "serve", "--from", str(one)]
        command += ["--to", str(other), "--out", folder]
        begin = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout
            address = run.stdout.readline().strip()
            print(f"{records} records; {time.perf_counter() - begin:.1f} s until it serves")
            try:
                look(address)
            finally:
                run.terminate()


def look(address: str) -> None:
    """Open the page and decide."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        begin = time.perf_counter()
        page.goto(address)
        page.locator("tbody tr").first.wait_for()
        print(f"first page {time.perf_counter() - begin:.2f} s: {page.locator('h1').inner_text()}")
        page.keyboard.press("Enter")
        page.locator("html:not([aria-busy]) #change").wait_for()
        page.evaluate(_TIMED)
        took = []
        for _ in range(DECISIONS):
            page.wait_for_timeout(300)  # sooner after the last one a key decides nothing
            page.keyboard.press("a")
            took.append(page.evaluate(_AWAITED))
        took.sort()
        print(
            f"a decision, to the next change: median {median(took):.0f} ms, 95 % {took[-5]:.0f} ms"
        )
        browser.close()


_TIMED = """() => {
  window.took = null;
  let begin = 0;
  document.addEventListener("keydown", () => { begin = performance.now(); }, true);
  document.addEventListener("htmx:afterSettle", () => { window.took = performance.now() - begin; });
}"""
_AWAITED = """async () => {
  while (window.took === null) await new Promise((done) => setTimeout(done, 1));
  const took = window.took;
  window.took = null;
  return took;
}"""

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
