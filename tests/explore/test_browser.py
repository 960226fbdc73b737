"""The page in a real browser: levers, charts, the address, files, keyboard, narrow and dark, offline, accessibility."""

from __future__ import annotations

import re
import shutil
from importlib.resources import files
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.browser

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
QUICK = "runs=64"
LEVER = "europe.aid.commitment_factor"


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, server):
    """Opens the page at a fragment; tells every request to elsewhere and every complaint of the browser."""
    contexts = []

    def at(fragment="", width=1280, height=900, wait=True, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        told = SimpleNamespace(foreign=[], complaints=[])

        def watch(route):
            if route.request.url.startswith((server.address, "data:", "blob:")):
                route.continue_()
            else:
                told.foreign.append(route.request.url)
                route.abort()

        context.route(re.compile(".*"), watch)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: told.complaints.append(message.text))
        page.on("pageerror", lambda error: told.complaints.append(str(error)))
        page.goto(server.address + (f"#{fragment}" if fragment else ""))
        if wait:
            page.locator("body[data-shown=full]").wait_for()
        return page, told

    yield at
    for context in contexts:
        context.close()


def shown_hash(page):
    return page.locator("body").get_attribute("data-hash")


def settle(page, before):
    """Wait until another scenario than ``before`` is shown in full."""
    page.locator(f"body[data-shown=full]:not([data-hash='{before}'])").wait_for()
    return shown_hash(page)


def test_it_begins_with_a_choice_and_opens_a_scenario_at_its_charts(opened):
    page, told = opened(wait=False)
    page.get_by_role("heading", name="Begin with a baseline").wait_for()
    assert page.get_by_role("button", name=re.compile("^Open ")).count() >= 10
    page.get_by_role("button", name=re.compile("^Open .*retrenchment")).first.click()
    page.locator("body[data-shown=full]").wait_for()
    assert "from=trump_retrenchment" in page.url
    assert page.get_by_role("img").count() >= 2
    assert page.locator("#main").get_by_text("Median in").first.is_visible()
    assert (told.foreign, told.complaints) == ([], [])


def test_a_lever_by_keyboard_moves_the_charts_and_can_be_undone_and_reset(opened):
    page, told = opened(f"from=trump_conditional&{QUICK}")
    first = shown_hash(page)
    lever = page.locator(f"[data-key='{LEVER}'] input")
    lever.focus()
    page.keyboard.press("ArrowRight")
    moved = settle(page, first)
    assert f"set={LEVER}" in re.sub("%3D.*", "", page.url.replace("%2C", ",")) or LEVER in page.url
    page.get_by_role("button", name="Undo").click()
    assert settle(page, moved) == first
    page.get_by_role("button", name="Redo").click()
    assert settle(page, first) == moved
    page.locator(f"[data-key='{LEVER}']").get_by_role("button", name=re.compile("^Reset")).click()
    assert settle(page, moved) == first
    assert told.complaints == []


def test_the_address_opens_the_same_state_elsewhere(opened):
    page, _ = opened(
        f"from=trump_conditional&set=us.commitment.posture%3D%22retrenchment%22&{QUICK}&chart=us_commitment"
    )
    numbers = page.locator(".sentence").all_inner_texts()
    again, _ = opened(page.url.partition("#")[2])
    assert shown_hash(again) == shown_hash(page)
    assert again.locator(".sentence").all_inner_texts() == numbers


def test_the_downloaded_scenario_is_what_is_shown_and_can_be_uploaded(opened, tmp_path):
    from sim import load

    page, _ = opened(f"from=trump_conditional&set={LEVER}%3D1.5&{QUICK}")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download scenario").click()
    path = tmp_path / "explored.toml"
    waiting.value.save_as(path)
    assert load(path).hash[:16] == shown_hash(page)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label(re.compile("Scenario file")).set_input_files(path)
    page.locator(f"[data-key='{LEVER}'].set").wait_for()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('title = "x"\ndescription = "y"\nreferences = ["z"]\nextends = "/etc/passwd"\n')
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label(re.compile("Scenario file")).set_input_files(wrong)
    page.get_by_role("alert").get_by_text("wrong.toml:4:11").wait_for()


def test_values_are_read_by_keyboard_and_in_a_table_and_can_be_taken_away(opened):
    page, _ = opened(f"from=trump_conditional&{QUICK}")
    chart = page.locator("figure.chart").first
    reading = chart.get_by_label(re.compile("^Read values"))
    reading.focus()
    page.keyboard.press("ArrowLeft")
    assert "median" in reading.get_attribute("aria-valuetext")
    assert chart.locator(".reading").inner_text() == reading.get_attribute("aria-valuetext")
    chart.locator("summary").click()
    chart.locator("tbody tr").first.wait_for()
    assert chart.locator("tbody tr").count() >= 6
    for kind, start in (("SVG", b"<svg"), ("CSV", b"\xef\xbb\xbfdate"), ("PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            chart.get_by_role("button", name=re.compile(kind)).click()
        assert waiting.value.path().read_bytes().startswith(start)


@pytest.mark.parametrize("view", ["overview", "members", "aid", "assumptions"])
def test_axe_finds_no_violation(opened, view):
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    # Only for axe: the page's own policy forbids what it does.
    scheme = "dark" if view == "aid" else "light"
    page, _ = opened(f"from=trump_conditional&{QUICK}&view={view}", bypass_csp=True, color_scheme=scheme)
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found["violations"]] == []
    assert len(found["passes"]) > 15


@pytest.mark.parametrize("view", ["overview", "members", "aid", "compare", "ask", "teach", "assumptions"])
def test_nothing_is_wider_than_a_narrow_screen(opened, view):
    # 320 pixels are also what 400% zoom leaves of 1,280.
    page, told = opened(f"from=trump_conditional&{QUICK}&view={view}", width=320, height=640, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert told.complaints == []
