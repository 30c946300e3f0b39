"""A page in Chromium that must say nothing on the console and ask nobody else."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)
REFUSED = re.compile(r"status of (404|409|422)")


@contextmanager
def launched() -> Iterator[Browser]:
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "the check needs Chromium"
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextmanager
def opened(browser: Browser, address: str, **given: object) -> Iterator[Page]:
    """A page that must say nothing on the console and ask nobody else."""
    context = browser.new_context(**given)  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    yield page
    origin = address.partition("/?")[0]
    # Chromium notes what was refused by its status.
    assert [line for line in said if not REFUSED.search(line)] == []
    assert [url for url in asked if not url.startswith(origin)] == []
    context.close()
