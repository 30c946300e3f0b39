"""A subject: record types in `schemas/` and tasks in `prompts/`, loaded from a folder. The engine
knows no other."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pipeline.domain import Task
from pipeline.errors import DossierError
from pipeline.ground.second_reading import PROMPT, load_reader
from pipeline.kinds import check_kinds
from pipeline.prompts import derived_task, load_task
from pipeline.records import Record, describe, table_name
from pipeline.repeats import repeated
from pipeline.resolve.questions import PROMPT as ASKER
from pipeline.resolve.questions import load_asker
from pipeline.settings import BUNDLED, LOOK
from pipeline.store.tables import FIXED_TABLES

_SECOND_LOOK = "_second_look.md"


@dataclass(frozen=True, slots=True)
class Subject:
    """The record types and tasks of one subject, the tasks of a second reading and of asking
    about identity, and those of a second look. `digest` changes with any of their files."""

    record_types: tuple[type[Record], ...]
    tasks: tuple[Task, ...]
    digest: str
    reader: Task
    asker: Task
    looks: tuple[Task, ...] = ()

    @property
    def digests(self) -> dict[str, str]:
        """Of each task, by its name."""
        return {
            task.name: task.digest for task in (*self.tasks, *self.looks, self.reader, self.asker)
        }


def load_subject(folder: Path = BUNDLED, prompts: Path | None = None, repeats: int = 1) -> Subject:
    """Load `folder/schemas` and `folder/prompts`. Files of the folder `prompts` take the place of
    those of the same name, so that a change can be tried beside what is in use. With `repeats`
    each task is there so many times.

    Raises DossierError, naming the file, when either is missing or broken, or a prompt names an
    unknown record type.
    """
    types = load_record_types(folder)
    known = {record_type.__name__: record_type for record_type in types}
    files = prompt_files(folder / "prompts", prompts)
    tasks = tuple(
        load_task(path, known, files) for name, path in files.items() if not name.startswith("_")
    )
    if not tasks:
        raise DossierError(
            f"{folder}/prompts has no task",
            "Add a Markdown file whose front matter names record types.",
        )
    reader = load_reader(files.get(PROMPT, BUNDLED / "prompts" / PROMPT).parent)
    asker = load_asker(files.get(ASKER, BUNDLED / "prompts" / ASKER).parent)
    digest = _digest(folder, prompts)
    looks = _looks(files.get(_SECOND_LOOK, BUNDLED / "prompts" / _SECOND_LOOK), tasks)
    return Subject(types, repeated(tasks, repeats), digest, reader, asker, looks)


def load_record_types(folder: Path = BUNDLED) -> tuple[type[Record], ...]:
    """The record types of `folder/schemas`. Raises DossierError, naming what is missing or
    broken."""
    for part in ("schemas/__init__.py", "prompts"):
        if not (folder / part).exists():
            raise DossierError(
                f"{folder} has no {part}", "A subject is a folder with schemas/ and prompts/."
            )
    types = getattr(_load_schemas(folder), "RECORD_TYPES", ())
    if (
        not isinstance(types, tuple | list)
        or not types
        or not all(isinstance(t, type) and issubclass(t, Record) for t in types)
    ):
        raise DossierError(
            f"{folder}/schemas has no RECORD_TYPES",
            "List its Record classes in schemas/__init__.py.",
        )
    try:
        check_kinds(getattr(_load_schemas(folder), "KINDS", ()))
        for record_type in types:
            describe(record_type)
    except TypeError as error:
        raise DossierError(
            f"{folder}/schemas: {error}", "docs/your-own-subject.md lists the kinds of field."
        ) from error
    _refuse_taken_names(folder, types)
    return tuple(types)


def _looks(path: Path, tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    """The tasks of a second look: each task with the instructions of a file behind its own."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(f"{path} cannot be read ({error})", "Put it back.") from error
    return tuple(derived_task(task, f"{task.name}{LOOK}", text) for task in tasks)


def prompt_files(folder: Path, instead: Path | None) -> dict[str, Path]:
    """The prompt files by name, in order."""
    files = {path.name: path for path in folder.glob("*.md")}
    if instead is not None:
        others = {path.name: path for path in instead.glob("*.md")}
        if not others:
            said = f"{instead} has no prompts"
            raise DossierError(said, "Put changed files of prompts/ there, under their names.")
        files |= others
    return dict(sorted(files.items()))


def _refuse_taken_names(folder: Path, types: Iterable[type[Record]]) -> None:
    """Record types become tables and views beside the program's own; two of one name cannot be."""
    taken = {table.name for table in FIXED_TABLES} | {"evidence_of"}
    for record_type in types:
        for name in (table_name(record_type), record_type.plural):
            if name in taken:
                said = (
                    f"{folder}/schemas: {record_type.__name__} would be a second table or view"
                    f" {name!r}"
                )
                raise DossierError(said, "Name the class, or its `plural`, otherwise.")
            taken.add(name)
        own = set(record_type.model_fields) & {
            "record_id",
            "document_id",
            "passage_id",
            "request_key",
            "grounded",
            "doubted",
        }
        if own:
            said = (
                f"{folder}/schemas: {record_type.__name__}.{own.pop()} is a column of every table"
            )
            raise DossierError(said, "Name the field otherwise.")


def _load_schemas(folder: Path) -> ModuleType:
    name = (
        "schemas"
        if folder.resolve() == BUNDLED
        else f"dossier_subject_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]}"
    )
    if name in sys.modules:
        return sys.modules[name]
    file = folder / "schemas" / "__init__.py"
    spec = importlib.util.spec_from_file_location(
        name, file, submodule_search_locations=[str(file.parent)]
    )
    if spec is None or spec.loader is None:
        raise DossierError(f"{file} cannot be loaded", "It must be a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (
        ImportError,
        SyntaxError,
        NameError,
        TypeError,
        AttributeError,
        ValueError,
        LookupError,
        ArithmeticError,
    ) as error:
        del sys.modules[name]
        raise DossierError(
            f"{file}: {error}", "Mend the record types; docs/your-own-subject.md shows how."
        ) from error
    return module


def _digest(folder: Path, prompts: Path | None) -> str:
    """A hash of all files of record types and prompts, whatever they are called and in whichever
    folder below: prompts name their preambles, packages their parts."""
    digest = hashlib.sha256()
    for part, pattern in (("schemas", "*.py"), ("prompts", "*")):
        for file in sorted(f for f in (folder / part).rglob(pattern) if f.is_file()):
            digest.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes())
    for file in sorted(prompts.glob("*.md")) if prompts else []:
        digest.update(f"instead/{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
