"""Scans through OCR by ocrmypdf, if it is installed and asked for. It runs as a program of its own,
once for each document."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.domain import Document
from pipeline.errors import DocumentError, DossierError
from pipeline.readers.isolation import ReaderPool
from pipeline.readers.sources import Source, document_id, read_bytes

BESIDE = Path(sys.executable).parent  # where pip puts programs
MAX_S = 900.0
MAX_MEMORY = 4_000_000_000  # bytes, of each program that takes part
_PAGES = "PAGES_WITHOUT_TEXT"
_OPTIONS = {"NO_TEXT_LAYER": "--skip-text", "NO_UNICODE_TEXT": "--force-ocr", _PAGES: "--skip-text"}
_LANGUAGES = {"eng", "rus", "kaz", "chi_sim"}


def find_program() -> str:
    """The path of ocrmypdf, beside this Python or else on PATH. Raises DossierError when it is not
    installed."""
    places = os.pathsep.join((str(BESIDE), os.environ.get("PATH", "")))
    program = shutil.which("ocrmypdf", path=places)
    if program is None or not Path(program).is_absolute():
        remedy = (
            "Install your system's package ocrmypdf, or tesseract and: .venv/bin/pip install"
            " ocrmypdf"
        )
        raise DossierError("--ocr needs ocrmypdf, which is not installed", remedy)
    return program


def read_or_recognise(pool: ReaderPool, source: Source, folder: Path | None) -> Document:
    """The document; with a folder for what OCR writes, also that of a scan, and one with pages that
    are. Raises DocumentError as `ReaderPool.read` does, and OCR_FAILED."""
    try:
        document = pool.read(source)
        if folder is None or _PAGES not in {warned.code for warned in document.warnings}:
            return document
        option = _OPTIONS[_PAGES]
    except DocumentError as error:
        if folder is None or error.code not in _OPTIONS:
            raise
        option = _OPTIONS[error.code]
    data = read_bytes(source)
    recognised = folder / f"{document_id(data)}.pdf"
    if not recognised.exists():
        _recognise(data, recognised, option)
    document = pool.read(Source(recognised, source.name))
    return replace(
        document, id=document_id(data), size_bytes=len(data), reader=f"{document.reader} ocrmypdf"
    )


def _recognise(data: bytes, target: Path, option: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent.absolute()) as name:
        scan, made = Path(name, "scan.pdf"), Path(name, "text.pdf")
        scan.write_bytes(data)
        command = [
            find_program(),
            option,
            "--quiet",
            "--output-type",
            "pdf",
            "--jobs",
            "1",
            *_languages(),
            str(scan),
            str(made),
        ]
        code, said = _run(command)
        if code or not made.exists():
            raise DocumentError(
                "OCR_FAILED", f"ocrmypdf ended with {code}: {said[:200]}", "Run it by hand."
            )
        made.replace(target)


def _run(command: list[str]) -> tuple[int, str]:
    """The exit code of a command and the last line it complained with. Raises DocumentError
    OCR_FAILED after MAX_S seconds, when it and all that it started have been ended."""
    silent = subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        stdin=silent,
        stdout=silent,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        cwd="/",  # whatever lies in the working folder is no program or module of it
    )
    with process:
        with suppress(ProcessLookupError):
            resource.prlimit(
                process.pid, resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY)
            )  # inherited by what it starts
        try:
            _, said = process.communicate(timeout=MAX_S)
        except subprocess.TimeoutExpired as error:
            raise DocumentError(
                "OCR_FAILED", f"OCR took more than {MAX_S:.0f} s", "Split the document."
            ) from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, (said.strip().splitlines() or ["no reason given"])[-1]


def _languages() -> list[str]:
    """The languages of this project that tesseract has been given."""
    try:
        result = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    known = sorted(_LANGUAGES & set(result.stdout.split()))
    return ["-l", "+".join(known)] if known else []
