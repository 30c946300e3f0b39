"""Shared fixtures. The network is closed for every test (pytest-socket); servers on loopback are allowed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from pipeline.run import Outcome, run
from pipeline.settings import Settings
from tests.browser import launched

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "data" / "documents"
REPLIES = ROOT / "tests" / "fixtures" / "replies"

settings.register_profile(
    "dossier", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("dossier")


@pytest.fixture(autouse=True)
def no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on what the developer's shell exports."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def _ran(settings: Settings) -> Outcome:
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return run(settings)
    finally:
        os.chdir(before)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Outcome]:
    """The bundled corpus, run once from recorded replies."""
    settings = Settings(out=tmp_path_factory.mktemp("bundled"))
    return settings, _ran(settings)


@pytest.fixture(scope="session")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the bundled corpus as weights and guards alone join it."""
    settings = Settings(out=tmp_path_factory.mktemp("weighed"), ask_model=False)
    _ran(settings)
    return settings.database


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two of the bundled documents, which tests may change."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("news-massbridge-polaris.txt", "news-yunhe-zh.txt"):
        shutil.copy(DOCUMENTS / name, folder)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture(scope="module")
def browser(bundled: tuple[Settings, Outcome], weighed: Path) -> Iterator[Browser]:
    """Of a module: as long as it is open, nothing else can run an event loop, so that what all
    share is made before."""
    with launched() as found:
        yield found
