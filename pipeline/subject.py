"""A subject: record types in `schemas/` and tasks in `prompts/`, loaded from a folder. The engine knows no other."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pipeline.domain import Task
from pipeline.errors import DossierError
from pipeline.prompts import load_task
from pipeline.records import Record, describe
from pipeline.settings import BUNDLED


@dataclass(frozen=True, slots=True)
class Subject:
    """The record types and tasks of one subject. `digest` changes with any of their files."""

    record_types: tuple[type[Record], ...]
    tasks: tuple[Task, ...]
    digest: str


def load_subject(folder: Path = BUNDLED) -> Subject:
    """Load `folder/schemas` and `folder/prompts`.

    Raises DossierError, naming the file, when either is missing or broken, or a prompt names an unknown record type.
    """
    for part in ("schemas/__init__.py", "prompts"):
        if not (folder / part).exists():
            raise DossierError(f"{folder} has no {part}", "A subject is a folder with schemas/ and prompts/.")
    types = getattr(_load_schemas(folder), "RECORD_TYPES", ())
    if not types or not all(isinstance(t, type) and issubclass(t, Record) for t in types):
        raise DossierError(f"{folder}/schemas has no RECORD_TYPES", "List its Record classes in schemas/__init__.py.")
    for record_type in types:
        try:
            describe(record_type)
        except TypeError as error:
            raise DossierError(f"{folder}/schemas: {error}", "docs/your-own-subject.md lists the kinds of field.") from error
    known = {record_type.__name__: record_type for record_type in types}
    files = sorted(path for path in (folder / "prompts").glob("*.md") if not path.name.startswith("_"))
    tasks = tuple(load_task(path, known) for path in files)
    if not tasks:
        raise DossierError(f"{folder}/prompts has no task", "Add a Markdown file whose front matter names record types.")
    return Subject(tuple(types), tasks, _digest(folder))


def _load_schemas(folder: Path) -> ModuleType:
    name = (
        "schemas"
        if folder.resolve() == BUNDLED
        else f"dossier_subject_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]}"
    )
    if name in sys.modules:
        return sys.modules[name]
    file = folder / "schemas" / "__init__.py"
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(file.parent)])
    if spec is None or spec.loader is None:
        raise DossierError(f"{file} cannot be loaded", "It must be a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError, NameError, TypeError) as error:
        del sys.modules[name]
        raise DossierError(f"{file}: {error}", "Mend the record types; docs/your-own-subject.md shows how.") from error
    return module


def _digest(folder: Path) -> str:
    files = sorted([*(folder / "schemas").glob("*.py"), *(folder / "prompts").glob("*.md")])
    joined = b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)
    return hashlib.sha256(joined).hexdigest()[:16]
