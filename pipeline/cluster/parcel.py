"""What travels to the nodes of a cluster: the settings, and the files they name that a node may not
see."""

from __future__ import annotations

import io
import os
import platform
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.errors import DossierError
from pipeline.settings import BUNDLED, RECORDED, Settings
from pipeline.stages.identity import code_digest, libraries_digest

# What a call depends on. It holds a key, so it is no part of a parcel: see Control.entrust.
_ENVIRONMENT = (
    "OPENAI_BASE_URL", "OPENAI_API_KEY", "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
    "all_proxy", "https_proxy", "http_proxy", "no_proxy",
)  # fmt: skip


@dataclass(frozen=True)
class Parcel:
    """Settings, the working folder they are relative to, and folders and files by the setting that
    names them, zipped. `versions` are those of the sender."""

    settings: Settings
    working: Path
    files: dict[str, bytes]
    versions: dict[str, str]

    def unpack(self, folder: Path) -> Settings:
        """Write the files to a folder; returns settings that name it."""
        changes: dict[str, Path] = {"out": self.working / self.settings.out, "subject": BUNDLED}
        for name, content in self.files.items():
            changes[name] = folder / name
            if name == "prices":
                changes[name].write_bytes(content)
            else:
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    archive.extractall(changes[name])
        return replace(self.settings, **changes)  # type: ignore[arg-type]


def make_parcel(settings: Settings) -> Parcel:
    """The parcel of this run. Raises DossierError for a file that cannot be read."""
    files = {}
    try:
        if settings.subject.resolve() != BUNDLED:
            files["subject"] = _zipped(settings.subject, "schemas/**/*", "prompts/**/*")
        if settings.prompts:
            files["prompts"] = _zipped(settings.prompts, "*.md")
        if settings.model == RECORDED:
            files["replies"] = _zipped(settings.replies, "**/*.json")
        if settings.prices:
            files["prices"] = settings.prices.read_bytes()
    except OSError as error:
        raise DossierError(f"{error.filename}: {error.strerror}", "Make it readable.") from error
    return Parcel(settings, Path.cwd(), files, versions())


def environment() -> dict[str, str]:
    """The variables that a call to the model depends on."""
    return {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}


def take_environment(given: dict[str, str]) -> None:
    """Set those variables as they were where `given` was made, and no others."""
    for name in _ENVIRONMENT:
        os.environ.pop(name, None)
    os.environ.update(given)


def versions() -> dict[str, str]:
    """What must be the same on all nodes, by how messages call it."""
    return {
        "Python": platform.python_version(),
        "dossier": f"{_version('dossier')} ({code_digest()})",
        "libraries": libraries_digest(),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "source"


def _zipped(folder: Path, *patterns: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for file in sorted(f for pattern in patterns for f in folder.glob(pattern)):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(folder))
    return content.getvalue()
