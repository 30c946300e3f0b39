"""The report in Chromium: every picture is seen, nothing is asked of anybody, a hostile name is only a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from pipeline.report.figures import load_figures
from pipeline.report.page import write_report
from pipeline.run import Outcome
from pipeline.settings import BUNDLED, Settings
from pipeline.store.query import Session
from tests.browser import opened
from tests.store.ships import made, ship

Bundled = tuple[Settings, Outcome]
EVIL = '<script>alert(1)</script> "O\'Neil" \x1b[31m \u202e {{ 7 * 7 }} & </script>'


@pytest.fixture(scope="module")
def reports(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the tests here open, made before the browser holds the event loop."""
    folder = tmp_path_factory.mktemp("reports")
    write_report(Session(bundled[0].database), BUNDLED, folder / "report.html", None)
    empty = made(folder / "empty", {"a.txt": "Nothing of note happened on that day."}, {})
    write_report(Session(empty.database), empty.subject, folder / "empty.html", None)
    text = f"The ship {EVIL} sank. Another line of text, so that it is long enough."
    name = EVIL.partition(" \x1b")[0]
    settings = made(
        folder / "evil", {"a.txt": text}, {"a.txt": [ship(text, name, owner="'\"><b>x")]}
    )
    quoted = EVIL.replace("'", "''")
    sql = f"""-- <b>Title</b>
-- form: lanes
SELECT 'x' AS id, '{quoted}' AS label, ['{quoted}'] AS lanes, DATE '2020-01-01' AS lo, DATE '2020-01-31' AS hi, 'a"b' AS state"""
    (settings.subject / "schemas" / "report").mkdir()
    (settings.subject / "schemas" / "report" / "1_evil.sql").write_text(sql)
    file = folder / "a folder" / "it's.html"
    write_report(Session(settings.database), settings.subject, file, None)
    return folder


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_every_picture_and_asks_nobody(
    reports: Path, browser: Browser, width: int
) -> None:
    address = (reports / "report.html").as_uri()
    with opened(browser, address, viewport={"width": width, "height": 900}) as shown:
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        drawn = shown.locator("figure svg:visible")
        named = [
            f.title for f in load_figures(BUNDLED) if f.form in ("lanes", "matrix", "bars", "flow")
        ]
        assert drawn.count() == len(named) + 1  # and the strips of documents
        for i in range(drawn.count()):
            box = drawn.nth(i).bounding_box()
            assert box and box["width"] > 300 and box["height"] > 80
        assert shown.locator("#net canvas").first.bounding_box()["height"] > 200  # type: ignore[index]
        found = Axe().run(shown).response["violations"]
        assert [
            (v["id"], v["nodes"][0]["html"])
            for v in found
            if v["impact"] in ("serious", "critical")
        ] == []


def test_what_is_shut_opens_for_a_link_and_search_folds_scripts_and_case(
    reports: Path, browser: Browser
) -> None:
    with opened(browser, (reports / "report.html").as_uri()) as shown:
        shown.locator("#deals summary").click()
        link = shown.locator("#deals td:last-child a").first
        record = (link.get_attribute("href") or "")[1:]
        assert not shown.locator(f"#{record}").is_visible()
        link.click()
        assert shown.locator(f"#{record}").is_visible()
        # A mark in a picture leads to the card of its deal.
        shown.locator("#deals svg a").first.click()
        assert shown.locator("#cards > li:target").is_visible()
        shown.fill("#find", "ЮНЬХЭ gene")
        assert shown.inner_text("#found").startswith("1 of ")
        assert shown.locator("#cards > li:visible b").inner_text() == "Yunhe Gene Group Co., Ltd."
        shown.fill("#find", "nobody of this name")
        assert shown.locator("#cards > li:visible").count() == 0
        # A link to a card that the search has hidden shows it.
        shown.locator("#deals td a").first.click()
        assert shown.locator("#cards > li:target").is_visible()


def test_on_paper_the_network_is_a_picture_and_tables_are_open(
    reports: Path, browser: Browser
) -> None:
    with opened(browser, (reports / "report.html").as_uri()) as shown:
        assert not shown.locator("#still svg").is_visible()
        shown.emulate_media(media="print")
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert shown.locator("#still svg").is_visible()
        assert shown.locator("#partners td", has_text="2022").first.is_visible()
        assert not shown.locator("#live, #entities").first.is_visible()


def test_the_network_is_walked_by_steps_and_years(reports: Path, browser: Browser) -> None:
    with opened(browser, (reports / "report.html").as_uri()) as shown:
        shown.select_option("#centre", label="Bharat Peptides Ltd")
        shown.select_option("#hops", "1")
        assert shown.inner_text("#said").startswith("1 around Bharat Peptides Ltd.")
        shown.select_option("#centre", label="Fermia Oy")
        around = {}
        for hops in "123":
            shown.select_option("#hops", hops)
            around[hops] = int(shown.inner_text("#said").split()[0])
        assert around["1"] < around["2"] <= around["3"]
        shown.uncheck("#undated")
        shown.fill("#year", "2021")
        assert shown.inner_text("#said").startswith("1 around Fermia Oy.")  # its licence of 2021
        assert shown.inner_text("#upto") == "2021"


def test_a_hostile_name_is_only_a_name(reports: Path, browser: Browser) -> None:
    file = reports / "a folder" / "it's.html"
    with opened(browser, file.as_uri()) as shown:
        assert "<script>alert(1)</script>" in (shown.locator("#evil td").first.text_content() or "")
        assert shown.locator("b", has_text="Title").count() == 0
        assert shown.locator("#evil svg").is_visible()
    assert "\x1b" not in file.read_text(encoding="utf-8")
    assert "\u202e" not in file.read_text(encoding="utf-8")


def test_an_empty_database_gives_a_report_that_says_so(reports: Path, browser: Browser) -> None:
    with opened(browser, (reports / "empty.html").as_uri()) as shown:
        assert "This database holds no record." in shown.inner_text("header")
