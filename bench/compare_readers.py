"""How many of a document's words the readers find, beside pdftotext, pandoc, Python's email and
wheels that read PDF; for documents that corpus.py makes, or a folder of one's own.

    python bench/compare_readers.py [--folder DIR] [--worst N] [--cases]

With --cases the small PDF files of the tests are read too, each named after what is hard about it.

Recall is the share of the words said that are found (as multisets), precision the share of the
words found that were said; p10 is the tenth percentile over files. Order is the share of neighbouring pairs
of said words that are neighbours in what was read. Wheels that are not installed are left out.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import corpus  # noqa: E402
from pipeline.errors import DocumentError  # noqa: E402
from pipeline.readers import read_document  # noqa: E402

_RIGHT = 0.99  # of words, precision and order
_HAN = re.compile("[\u3400-\u9fff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u0640\ufeff]")


def words(text: str) -> list[str]:
    """Words in compatibility form and lower case; each Han character is one."""
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return re.findall(r"[\w]+", _HAN.sub(r" \g<0> ", folded))


def ours(path: Path) -> str:
    """What the pipeline's reader makes of it."""
    return read_document(path).text


def pdftotext(path: Path) -> str:
    return _said(["pdftotext", "-enc", "UTF-8", str(path), "-"])


def pandoc(path: Path) -> str:
    return _said(["pandoc", "-t", "plain", "--wrap=none", str(path)])


def python_email(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    if body is not None and body.get_content_type() == "text/html":
        text = re.sub(r"<style.*?</style>|<head>.*?</head>|<[^>]+>", " ", text, flags=re.DOTALL)
    return f"{message['subject']}\n{text}"


def kreuzberg(path: Path) -> str:
    import kreuzberg as k  # type: ignore[import-not-found]

    return str(k.extract_file_sync(str(path)).content)


def pdf_oxide(path: Path) -> str:
    import pdf_oxide as p  # type: ignore[import-not-found]

    document = p.PdfDocument(str(path))
    return "\n".join(document.extract_text(n) for n in range(document.page_count()))


def liteparse(path: Path) -> str:
    import liteparse as p  # type: ignore[import-not-found]

    return str(p.LiteParse(ocr_enabled=False, quiet=True).parse(str(path)).text)


def pdf_inspector(path: Path) -> str:
    import pdf_inspector as p  # type: ignore[import-not-found]

    return str(p.process_pdf(str(path)).markdown)


def pymupdf(path: Path) -> str:
    import pymupdf as p  # type: ignore[import-not-found]

    with p.open(path) as document:
        return "\n".join(page.get_text() for page in document)


def pypdfium(path: Path) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(path.read_bytes())
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


READERS: dict[str, dict[str, Callable[[Path], str]]] = {
    ".pdf": {
        "dossier": ours, "pdftotext": pdftotext, "kreuzberg": kreuzberg, "pdf_oxide": pdf_oxide,
        "liteparse": liteparse, "pdf_inspector": pdf_inspector, "pymupdf": pymupdf, "pdfium alone": pypdfium,
    },
    ".docx": {"dossier": ours, "pandoc": pandoc, "kreuzberg": kreuzberg},
    ".eml": {"dossier": ours, "email": python_email, "kreuzberg": kreuzberg},
}  # fmt: skip


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout.decode(
        "utf-8", "replace"
    )


def score(said: list[str], found: list[str]) -> tuple[float, float, float]:
    """Recall, precision, order."""
    common = (Counter(said) & Counter(found)).total()
    pairs, read = Counter(pairwise(said)), Counter(pairwise(found))
    return (
        common / max(1, len(said)),
        common / max(1, len(found)),
        (pairs & read).total() / max(1, pairs.total()),
    )


def p10(values: list[float]) -> float:
    """The tenth percentile."""
    return sorted(values)[int(0.1 * len(values))] if values else 0.0


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--folder", type=Path)
    given.add_argument("--worst", type=int, default=0)
    given.add_argument("--cases", action="store_true")
    options = given.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    made = corpus.make(folder)
    for name, why in made.missing.items():
        print("not made:", name, "-", why)
    for kind, readers in READERS.items():
        files = {path: said for path, said in made.files.items() if path.suffix == kind}
        print(f"\n{kind}: {len(files)} files")
        for name, read in readers.items():
            scores: dict[Path, tuple[float, float, float]] = {}
            refused: dict[str, str] = {}
            seconds = 0.0
            try:
                read(next(iter(files)))
            except (ImportError, FileNotFoundError) as error:
                print(f"  {name:14} not there ({error})")
                continue
            for path, said in files.items():
                started = time.perf_counter()
                try:
                    text = read(path)
                except (
                    DocumentError,
                    OSError,
                    ValueError,
                    RuntimeError,
                    subprocess.SubprocessError,
                ) as error:
                    refused[path.name] = str(getattr(error, "code", error))
                    text = ""
                seconds += time.perf_counter() - started
                scores[path] = score(words("\n".join(said.pieces())), words(text))
            recall, precision, order = ([s[k] for s in scores.values()] for k in range(3))
            print(
                f"  {name:14} recall p10 {p10(recall):.3f} mean {sum(recall) / len(recall):.3f}"
                f"  precision p10 {p10(precision):.3f}  order p10 {p10(order):.3f} mean {sum(order) / len(order):.3f}"
                f"  {1000 * seconds / len(files):6.1f} ms a file, {len(refused)} refused"
            )
            if name == "dossier" and options.worst:
                for path, values in sorted(scores.items(), key=lambda item: item[1])[
                    : options.worst
                ]:
                    print("     ", path.name, *(f"{v:.3f}" for v in values))
                for n, code in refused.items():
                    print("      refused", n, code)
    if options.cases:
        _cases()


def _cases() -> None:
    """Which of the tests' PDF files each program reads whole, in order, and without hidden text."""
    from tests.readers.test_cases import CASES, TEXTS

    wanted = {name: text for name, text in TEXTS.items() if name.endswith(".pdf")}
    print(f"\ncases: {len(wanted)} files")
    for name, read in READERS[".pdf"].items():
        wrong = []
        for case, text in wanted.items():
            try:
                found = read(CASES / case)
            except Exception as error:  # noqa: BLE001 (whatever a program ends with, it did not read)
                found = str(error)
            if min(score(words(text), words(found))) < _RIGHT:
                wrong.append(case.removesuffix(".pdf").removeprefix("pdf_"))
        print(
            f"  {name:14} {len(wanted) - len(wrong)} right; not {', '.join(wrong) or 'any wrong'}"
        )


if __name__ == "__main__":
    main()
