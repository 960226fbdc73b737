"""The page in a real browser: from disk, without a network, with and without scripts, wide, narrow and on paper."""

from __future__ import annotations

import re
from importlib.resources import files
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.browser

WIDTHS = (360, 1280)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def place(text, tmp_path_factory):
    """The report on disk, alone in its folder."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, place):
    """Opens the report; tells every request, every complaint and every dialogue."""
    contexts = []

    def at(width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True, **options)
        contexts.append(context)
        told = SimpleNamespace(requests=[], complaints=[])
        context.route(re.compile("^(?!file:|data:)"), lambda route: route.abort())
        page = context.new_page()
        page.on("request", lambda request: told.requests.append(request.url))
        page.on("console", lambda message: told.complaints.append(message.text))
        page.on("pageerror", lambda error: told.complaints.append(str(error)))
        page.goto(place.as_uri())
        page.wait_for_load_state("load")
        return page, told

    yield at
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_asked_of_any_network(opened, place, width):
    page, told = opened(width)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert [url for url in told.requests if not url.startswith("data:")] == [place.as_uri()]
    assert told.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_never_scrolls_sideways(opened, width):
    page, _ = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wider = page.evaluate(
        """width => [...document.querySelectorAll("main *")]
            .filter(one => !one.closest(".scroll, .picture") && one.getBoundingClientRect().right > width + 0.5)
            .map(one => one.outerHTML.slice(0, 90))""",
        width,
    )
    assert wider == []


@pytest.mark.parametrize("width", WIDTHS)
def test_wide_tables_and_figures_scroll_in_regions_that_the_keyboard_reaches(opened, width):
    page, _ = opened(width)
    wrong = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(one =>
            one.scrollWidth > one.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(one).overflowX)
            && !(one.tabIndex === 0 && one.getAttribute("role") === "region")).map(one => one.outerHTML.slice(0, 90))"""
    )
    assert wrong == []
    if width == min(WIDTHS):
        region = page.get_by_role("region", name=re.compile("Outcomes on"))
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("one => one.scrollLeft > 0", arg=region.element_handle())


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation_of_wcag_a_or_aa(opened, width):
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    # Only for axe: the page's own policy forbids every script.
    page, _ = opened(width, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]] == []
    assert len(found["passes"]) > 15


def test_axe_reports_a_page_that_breaks_the_rules(opened):
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page, _ = opened(bypass_csp=True)
    page.evaluate(axe)
    page.evaluate("document.querySelector('.answer').style.color = '#ccc'; document.documentElement.lang = ''")
    found = page.evaluate("rules => axe.run({exclude: ['.picture']}, {runOnly: rules})", RULES)
    assert {"color-contrast", "html-has-lang"} <= {one["id"] for one in found["violations"]}


def test_everything_is_there_with_scripts_off(opened, page):
    shown, told = opened(java_script_enabled=False)
    text = shown.inner_text("main", timeout=10_000)
    for sentence in page.root.all("p", class_="answer"):
        assert sentence.text in " ".join(text.split())
    assert shown.locator("figure svg[role=img]").count() == len(page.root.all("svg", role="img"))
    assert not shown.locator("#assumptions table tr").last.is_visible()
    shown.locator("#assumptions summary").click()
    assert shown.locator("#assumptions table tr").last.is_visible()
    assert told.complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_numbers_can_be_taken_away(opened, page, scripts):
    shown, _ = opened(java_script_enabled=scripts)
    for name in ("differences.csv", "inputs.csv", "overview.csv"):
        with shown.expect_download() as waiting:
            shown.locator(f"a[download='{name}']").click()
        taken = waiting.value
        assert taken.suggested_filename == name
        assert taken.path().read_bytes() == page.files[name].encode("utf-8-sig")


def test_pictures_and_regions_have_names_in_the_accessibility_tree(opened, drawings):
    page, _ = opened()
    for drawing in drawings.values():
        assert page.get_by_role("img", name=drawing.title, exact=True).count() >= 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1


def test_the_skip_link_is_the_first_stop_and_is_seen_when_reached(opened):
    page, _ = opened()
    page.keyboard.press("Tab")
    box = page.locator(".skip").bounding_box()
    assert page.evaluate("document.activeElement.className") == "skip"
    assert min(box["x"], box["y"]) >= 0
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_it_prints_on_a4_with_nothing_cut(opened, tmp_path):
    page, _ = opened()
    pdf = page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    sizes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf))
    assert sizes
    for width, height in sizes:
        assert (round(float(width)), round(float(height))) in {(595, 842), (596, 842), (595, 841), (594, 841)}
    pages = len(re.findall(rb"/Type /Page\b", pdf))
    assert 15 <= pages <= 36
    page.emulate_media(media="print")
    # On paper nothing can be opened: what is folded on the screen is printed all the same.
    assert page.locator("details table").count() >= 5
    assert all(table.is_visible() for table in page.locator("details table").all())
    # What is printed is as wide as the paper between its margins (182 mm).
    page.set_viewport_size({"width": 688, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main table, main svg")].filter(one =>
            one.getBoundingClientRect().right > 689).map(one => one.className.baseVal ?? one.className)"""
    )
    assert cut == []
