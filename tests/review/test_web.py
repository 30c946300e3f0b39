"""The review as a page, in Debian's Chromium: every key, every form, with and without its script."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pipeline.decide.decisions import Decision, Ground
from pipeline.resolve.judgements import read_judgements
from pipeline.review.queue import FILE, read_file
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.stages.decisions import append_lines
from tests.browser import opened
from tests.compare.planted import plant
from tests.conftest import ROOT

Bundled = tuple[Settings, Outcome]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) \x1b[31m \u202e {{ 7 * 7 }}"


@contextmanager
def served(one: Path, other: Path, decisions: Path, *more: str) -> Iterator[str]:
    """The address of a running page, with its token."""
    command = [
        sys.executable,
        "-m",
        "pipeline.console",
        "review",
        "serve",
        "--from",
        str(one),
        "--to",
        str(other),
    ]
    command += ["--decisions", str(decisions), "--out", str(one.parent), *more]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout
            address = run.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), address
            yield address
        finally:
            run.terminate()


@pytest.fixture(scope="module")
def pair(weighed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    both = plant(weighed.resolve(), tmp_path_factory.mktemp("web"), 120, 21)
    return both.one, both.other


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    return tmp_path / "decisions"


@pytest.fixture
def address(pair: tuple[Path, Path], decisions: Path) -> Iterator[str]:
    with served(*pair, decisions) as found:
        yield found


def verdicts(decisions: Path) -> list[str]:
    return [d.verdict for d in read_file(decisions)[0]]


def press(page: Page, key: str, until: str) -> None:
    """Press a key and wait for what it leads to."""
    page.wait_for_timeout(300)  # what was not on the screen for a moment is not decided about
    page.keyboard.press(key)
    page.locator(f"html:not([aria-busy]) {until}").first.wait_for(timeout=5000)


def message(text: str) -> str:
    return f".message:has-text('{text}')"


def test_keys_decide_go_on_and_undo(browser: Browser, address: str, decisions: Path) -> None:
    with opened(browser, address) as page:
        assert "token" not in page.url
        press(page, "Enter", "#change")
        first = page.url
        press(page, "a", message("accept"))
        assert verdicts(decisions) == ["accept"]
        assert page.url != first
        second = page.url
        press(page, "r", message("reject"))
        assert verdicts(decisions) == ["accept", "reject"]
        press(page, "u", message("Taken back: reject"))
        assert verdicts(decisions) == ["accept"]
        assert page.url == second
        page.keyboard.press("j")
        page.wait_for_url(lambda url: url != second)
        page.keyboard.press("k")
        page.wait_for_url(second)
        assert verdicts(decisions) == ["accept"]


def test_a_correction_is_checked_and_what_was_typed_stays(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page:
        page.fill("input[type=search]", "changed realis")
        page.keyboard.press("Enter")
        page.locator("text=filter").first.wait_for()
        page.wait_for_url("**words=changed**")
        page.keyboard.press("Escape")
        press(page, "Enter", "#change")
        page.keyboard.press("e")
        assert page.evaluate("document.activeElement.name") == "value"
        page.keyboard.type("nonsense")
        press(page, "Enter", message("is no realis"))
        assert page.input_value("input[name=value]") == "nonsense"
        assert verdicts(decisions) == []
        page.fill("input[name=value]", "denied")
        page.fill("textarea[name=quote]", "words that stand nowhere")
        page.wait_for_timeout(300)
        page.click("button:has-text('Correct')")
        page.locator(message("does not stand")).wait_for()
        page.fill("textarea[name=quote]", "")
        page.fill("input[name=why] >> nth=0", "told by the author")
        page.wait_for_timeout(300)
        page.click("button:has-text('Correct')")
        page.locator(message("correct:")).wait_for()
        (found,) = read_file(decisions)[0]
        assert (found.verdict, found.value, found.quote, found.why) == (
            "correct",
            "denied",
            None,
            "told by the author",
        )


def test_flag_and_note_say_and_decide_nothing(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page:
        press(page, "Enter", "#change")
        at = page.url
        page.keyboard.press("f")
        page.keyboard.type("ask the bank")
        press(page, "Enter", ".said:has-text('ask the bank')")
        page.keyboard.press("n")
        page.keyboard.type("seen twice")
        press(page, "Enter", ".said:has-text('seen twice')")
        assert page.url == at
        assert verdicts(decisions) == ["flag", "note"]
        page.locator(".said button").first.click()
        page.locator(message("Taken back: flag")).wait_for()
        assert verdicts(decisions) == ["note"]


def test_all_that_a_filter_shows_is_confirmed_by_its_number(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page:
        press(page, "A", "h1:has-text('Accept')")
        assert page.evaluate("document.activeElement.name") == "count"
        page.keyboard.type("3")
        press(page, "Enter", message("Not confirmed"))
        assert verdicts(decisions) == []
        count = page.locator("label:has-text('Type')").inner_text().split()[1]
        page.fill("input[name=count]", count)
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        page.locator(message(f"accept: {count} changes")).wait_for()
        assert verdicts(decisions) == ["accept"] * int(count)


def test_keys_do_nothing_while_typing_or_switched_off(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page:
        press(page, "Enter", "#change")
        page.keyboard.press("n")
        page.keyboard.type("arsu")
        assert page.input_value("details[open] input[name=why]") == "arsu"
        page.keyboard.press("Escape")
        assert page.locator("details[open]").count() == 0
        page.keyboard.press("?")
        page.uncheck("#keys")
        page.keyboard.press("a")
        page.wait_for_timeout(300)
        assert verdicts(decisions) == []


def test_without_its_script_forms_and_links_do_the_same(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address, java_script_enabled=False) as page:
        page.click("text=Begin")
        page.click("button:has-text('Accept')")
        page.locator(message("accept")).wait_for()
        assert verdicts(decisions) == ["accept"]
        page.click("button:has-text('Undo')")
        page.locator(message("Taken back: accept")).wait_for()
        page.click("summary:has-text('Note')")
        page.fill("details[open] input[name=why]", "seen")
        page.click("details[open] button")
        page.locator(".said:has-text('seen')").wait_for()
        assert verdicts(decisions) == ["note"]
        page.click("a:has-text('the whole document')")
        page.locator("#quote").wait_for()
        assert page.locator("#quote").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, address, color_scheme=scheme) as page:
        pages = ["/", "/documents", "/names", "/all?verdict=accept", "/nowhere"]
        origin = address.partition("/?")[0]
        for path, places in (("/", (0, 20, 60)), ("/documents", (0, 11)), ("/names", (0, 40))):
            page.goto(origin + path)
            rows = page.locator("tbody th a")
            pages += [rows.nth(n).get_attribute("href") or "" for n in places]
        pages.append(page.locator("ul a[href^='/entity/']").first.get_attribute("href") or "")
        for path in pages:
            page.goto(origin + path)
            found = Axe().run(page).response["violations"]
            assert [
                (path, v["id"], [n["html"] for n in v["nodes"]][:3])
                for v in found
                if v["impact"] in ("serious", "critical")
            ] == []


def test_the_quote_is_marked_on_the_page_of_a_pdf(
    browser: Browser, bundled: Bundled, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    for copy in (one, other):
        shutil.copy(bundled[0].database.resolve(), copy)
    db = duckdb.connect(str(other))
    db.execute(
        "UPDATE evidence SET value = '7' WHERE field = 'amounts[0].value' AND record_id IN"
        " (SELECT record_id FROM agreement JOIN document USING (document_id) WHERE path LIKE '%.pdf')"
    )
    db.close()
    with served(one, other, tmp_path / "decisions") as address, opened(browser, address) as page:
        press(page, "Enter", "figure rect.value")
        assert page.evaluate("document.querySelectorAll('figure rect.quote').length") > 0
        kind = page.evaluate(
            "async () => (await fetch(document.querySelector('figure image').getAttribute('href'))).headers.get('content-type')"
        )
        assert kind == "image/png"
        panel, box = (
            page.locator(name).first.bounding_box() for name in (".source", "figure rect.value")
        )
        assert (
            panel and box and panel["y"] <= box["y"] <= panel["y"] + panel["height"]
        )  # scrolled to


def test_a_document_shows_all_evidence_and_what_has_no_record(
    browser: Browser, address: str
) -> None:
    with opened(browser, address) as page:
        page.click("nav >> text=Documents")
        page.locator("h1:has-text('documents')").wait_for()
        page.click("text=news-massbridge-polaris.txt")
        page.locator(".whole").wait_for()
        shown = " ".join((page.locator(".whole").text_content() or "").split())
        text = " ".join(
            (ROOT / "data/documents/news-massbridge-polaris.txt")
            .read_text(encoding="utf-8")
            .split()
        )
        assert shown == text
        assert page.locator(".whole [class^=type]").count() > 10
        assert page.locator(".whole .bare").count() > 0


def test_hostile_text_stays_text(browser: Browser, bundled: Bundled, tmp_path: Path) -> None:
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    shutil.copy(bundled[0].database.resolve(), one)
    db = duckdb.connect(str(one))
    db.execute(
        "UPDATE document SET title = $1, path = path || $1, date = $1, language = $1", [HOSTILE]
    )
    db.execute("UPDATE passage SET text = $1 || substr(text, length($1) + 1)", [HOSTILE])
    db.execute(
        "UPDATE evidence SET quote = $1, start = NULL WHERE field = '' AND hash(record_id) % 2 = 0",
        [HOSTILE],
    )
    db.close()
    shutil.copy(one, other)
    db = duckdb.connect(str(other))
    db.execute("UPDATE evidence SET value = $1 WHERE field LIKE '%name%'", [HOSTILE])
    db.close()
    with served(one, other, tmp_path / "decisions") as address, opened(browser, address) as page:
        hrefs = [a.get_attribute("href") for a in page.locator("tbody th a").all()[:5]]
        page.click("nav >> text=Documents")
        hrefs.append(page.locator("tbody th a").first.get_attribute("href"))
        for href in hrefs:
            page.goto(address.partition("/?")[0] + (href or ""))
            assert "<script>alert(1)" in page.locator("main").inner_text()
            assert page.locator("main script, main img, [onerror]").count() == 0
            assert page.locator("a[href^=javascript]").count() == 0
            shown = page.content()
            assert "\x1b" not in shown and "\u202e" not in shown and ">49" not in shown


def test_a_run_that_is_replaced_while_the_page_is_open_takes_no_decision(
    browser: Browser, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    one, other = (Path(shutil.copy(path, tmp_path)) for path in pair)
    decisions = tmp_path / "decisions"
    with served(one, other, decisions) as address, opened(browser, address) as page:
        press(page, "Enter", "#change")
        shutil.copy(one, tmp_path / "aside")
        (tmp_path / "aside").replace(other)
        press(page, "a", message("was replaced"))
        assert verdicts(decisions) == []
        page.click("button:has-text('Compare again')")
        page.locator("text=Nothing waits for a decision").wait_for()


def test_what_another_reviewer_decides_is_seen_and_kept(
    browser: Browser, address: str, pair: tuple[Path, Path], decisions: Path
) -> None:
    with opened(browser, address) as page:
        press(page, "Enter", "#change")
        item = page.url.rsplit("/", 1)[1]
        asked = [
            "review",
            "apply",
            item,
            "reject",
            "--from",
            str(pair[0]),
            "--to",
            str(pair[1]),
            "--decisions",
            str(decisions),
        ]
        subprocess.run([sys.executable, "-m", "pipeline.console", *asked], cwd=ROOT, check=True)
        page.reload()
        page.locator(".tag.done:has-text('reject')").wait_for()
        press(page, "s", "#change")
        page.wait_for_url(lambda url: item not in url)
        press(page, "a", message("accept"))
        assert verdicts(decisions) == ["reject", "accept"]


def test_a_second_click_decides_nothing_that_was_not_seen(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page:
        press(page, "Enter", "#change")
        box = page.locator("button:has-text('Accept')").bounding_box()
        assert box
        page.wait_for_timeout(300)
        x, y = box["x"] + 10, box["y"] + 10
        page.mouse.click(x, y)
        page.wait_for_timeout(100)
        page.mouse.click(x, y)
        page.mouse.dblclick(x, y)
        page.locator(message("accept")).wait_for()
        page.keyboard.press("a")
        page.wait_for_timeout(500)
        assert verdicts(decisions) == ["accept"]
        press(page, "a", "#change")
        page.wait_for_timeout(500)
        assert verdicts(decisions) == ["accept", "accept"]


def test_what_was_said_since_it_was_shown_is_told_first(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page, opened(browser, address) as other:
        press(page, "Enter", "#change")
        press(other, "Enter", "#change")
        press(page, "r", message("reject"))
        press(other, "a", message("said reject"))
        assert verdicts(decisions) == ["reject"]
        press(other, "a", message("accept"))  # now she knows
        assert verdicts(decisions) == ["reject", "accept"]


def test_many_are_decided_only_if_they_are_those_that_were_seen(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page, opened(browser, address) as other:
        press(page, "R", "h1:has-text('Reject')")
        count = int(page.locator("label:has-text('Type')").inner_text().split()[1])
        press(other, "Enter", "#change")
        press(other, "a", message("accept"))
        page.fill("input[name=count]", str(count - 1))
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        page.locator(message("not what you saw")).wait_for()
        assert verdicts(decisions) == ["accept"]


def test_each_reviewer_has_her_own_messages_and_undo(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page, opened(browser, address) as other:
        press(page, "Enter", "#change")
        press(page, "a", message("accept"))
        other.reload()
        assert other.locator(".message").inner_text().strip() == ""
        assert other.locator("[data-key=u]").count() == 0
        press(page, "u", message("Taken back"))
        assert verdicts(decisions) == []


def test_a_lot_is_undone_as_a_lot(browser: Browser, address: str, decisions: Path) -> None:
    with opened(browser, address) as page:
        page.goto(address.partition("/?")[0] + "/all?verdict=accept&words=risk:names")
        count = page.locator("h1").inner_text().split()[1]
        page.wait_for_timeout(300)
        if page.locator("input[name=count]").get_attribute("type") != "hidden":
            page.fill("input[name=count]", count)
        page.click("button:has-text('Accept')")
        page.locator(message(f"accept: {count} changes")).wait_for()
        assert len(verdicts(decisions)) == int(count) > 1
        press(page, "u", message(f"Taken back: accept {count} changes"))
        assert verdicts(decisions) == []


def test_a_facet_shows_as_many_as_it_says(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        facets = page.locator(".facets li").all_inner_texts()
        links = [a.get_attribute("href") or "" for a in page.locator(".facets a").all()]
        assert len(facets) == len(links) > 5
        for told, href in zip(facets, links, strict=True):
            page.goto(address.partition("/?")[0] + href)
            assert page.locator("tbody tr").count() == min(100, int(told.rsplit(" ", 1)[1])), told


def test_back_and_a_key_leave_page_and_address_together(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page:
        press(page, "Enter", "#change")
        first = page.url
        press(page, "a", message("accept"))
        page.go_back()
        page.wait_for_url(first)
        page.locator(".tag.done").wait_for()
        assert page.locator("form[action]").first.get_attribute("action") is not None
        assert first.endswith(page.locator(".change form.acts").get_attribute("action") or "-")


def test_a_server_that_is_gone_is_told(
    browser: Browser, pair: tuple[Path, Path], decisions: Path
) -> None:
    with sync_page(browser) as page:
        with served(*pair, decisions) as address:
            page.goto(address)
            press(page, "Enter", "#change")
        page.wait_for_timeout(300)
        page.keyboard.press("a")
        page.locator(message("does not answer")).wait_for()
        assert (
            page.locator("#status").inner_text()
            == "The server does not answer; nothing was recorded."
        )


@contextmanager
def sync_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_stale_decision_that_is_taken_back_is_gone(
    browser: Browser, weighed: Path, decisions: Path
) -> None:
    run = weighed.resolve()
    about = Ground(
        "data/documents/news-massbridge-polaris.txt",
        "agreement",
        "no such",
        "",
        "signed",
        "1999",
        "no such words",
    )
    append_lines(
        decisions / FILE, [Decision("accept", about, "person:a", "2026-01-01", "").as_line()]
    )
    with served(run, run, decisions) as address, opened(browser, address) as page:
        page.click("summary:has-text('need a look')")
        page.click("button:has-text('Take it back')")
        page.locator(message("Taken back: accept")).wait_for()
        assert page.locator("text=need a look").count() == 0
        assert verdicts(decisions) == []


def test_names_are_judged_split_and_undone_by_key(
    browser: Browser, address: str, decisions: Path
) -> None:
    path = decisions / "identity.jsonl"
    with opened(browser, address) as page:
        press(page, "m", "h1:has-text('questions')")
        press(page, "Enter", "h1:has-text('the same')")
        first = page.url
        assert page.locator("text=/[0-9] bits/").is_visible() is False
        page.keyboard.press("v")
        assert page.locator("text=/[0-9] bits/").is_visible()
        press(page, "x", message("are the same"))
        press(page, "d", message("are different"))
        press(page, "u", message("may be one or two"))
        said = [
            json.loads(line)["answer"] for line in path.read_text(encoding="utf-8").splitlines()
        ]
        assert said == ["same", "different", "unsure"]
        for _ in said:
            press(page, "U", message("Taken back"))
        assert page.url == first
        assert [
            j.state for j in read_judgements(path.read_text(encoding="utf-8").split("\n"))[0]
        ] == ["taken_back"] * 3
        press(page, "m", "h1:has-text('questions')")
        page.locator("ul a[href^='/entity/']").last.scroll_into_view_if_needed()
        page.locator("h2:has-text('Joined from most') + ul a").first.click()
        page.locator("legend").wait_for()
        page.locator("input[type=radio]").nth(1).check()
        page.wait_for_timeout(300)
        page.click("button:has-text('Split it off')")
        page.locator(message("are different")).wait_for()
        assert (
            json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["answer"] == "different"
        )


def test_a_fact_without_a_record_is_reported_from_the_document(
    browser: Browser, address: str, decisions: Path
) -> None:
    with opened(browser, address) as page:
        press(page, "p", "h1:has-text('documents')")
        page.click("text=policy-report")
        page.locator(".whole .bare").first.wait_for()
        bare = page.locator(".whole .bare").first
        words = bare.text_content()
        bare.click()
        assert page.input_value("#words") == words
        page.select_option("select[name=type]", "programme")
        page.wait_for_timeout(300)
        page.click("button:has-text('Report it')")
        page.locator(message("missing: recorded")).wait_for()
        (said,) = read_file(decisions)[0]
        assert (said.verdict, said.ground.type, said.ground.quote) == (
            "missing",
            "programme",
            words,
        )
        page.fill("#words", "words that stand nowhere")
        page.wait_for_timeout(300)
        page.click("button:has-text('Report it')")
        page.locator(message("does not stand")).wait_for()
        assert page.evaluate("document.activeElement.id") == "words"
        assert page.input_value("#words") == "words that stand nowhere"
        page.keyboard.press("Escape")
        press(page, "u", message("Taken back: missing"))
        assert verdicts(decisions) == []


def test_a_sample_is_audited_on_the_page(
    browser: Browser, pair: tuple[Path, Path], decisions: Path
) -> None:
    given = ("--sample", "12", "--seed", "3")
    with served(*pair, decisions, *given) as address, opened(browser, address) as page:
        page.locator("h1:has-text('12 of 12 sampled values wait')").wait_for()
        press(page, "Enter", "#change")
        assert page.locator(".side").count() == 1
        for key in "aaar":
            press(page, key, message("unchanged"))
        press(page, "l", "table.narrow")
        told = page.locator("table.narrow tr:has-text('all types')").inner_text().split()
        assert told[2:5] == ["3", "4", "75.0"]
        assert verdicts(decisions) == ["accept"] * 3 + ["reject"]
