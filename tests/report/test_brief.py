"""The brief: one A4 page with the answer, two charts and what it rests on, as HTML and as pdf."""

from __future__ import annotations

import re
import shutil
import zlib

import pytest

from sim.figures.report import brief_html, brief_pdf
from sim.figures.report.story import answer, sides
from tests.report.conftest import COMMAND
from tests.report.page import parse
from tests.report.test_browser import ARGUMENTS


@pytest.fixture(scope="module")
def html(comparison):
    return brief_html(comparison, COMMAND)


@pytest.fixture(scope="module")
def root(html):
    return parse(html)


@pytest.fixture(scope="module")
def pdf(comparison):
    return brief_pdf(comparison, COMMAND)


@pytest.fixture(scope="module")
def eight(results):
    """Eight scenarios, the most that can be compared: the page holds no more than fits."""
    import dataclasses

    from sim.analysis import compare
    from tests.report.test_page import Renamed

    sources = list(results.values())
    twins = [
        Renamed(one, dataclasses.replace(one.scenario, name=f"{one.scenario.name}_{number}", label=f"Twin {number}"))
        for number, one in enumerate(sources, 1)
    ]
    return compare([*sources, *twins])


def test_the_same_comparison_gives_the_same_bytes(comparison, html, pdf):
    assert brief_html(comparison, COMMAND) == html
    assert brief_pdf(comparison, COMMAND) == pdf


def test_the_answer_and_what_it_rests_on_are_those_of_the_report(root, comparison):
    told = [node.text for node in root.all("p", class_="answer")]
    assert told == [" ".join(text.split()) for text in answer(comparison, {s.name: s.label for s in sides(comparison)})]
    lines = [node.text for node in root.one("ul").all("li")]
    meanings = [change.meaning for change in comparison.inputs if change.depends_on]
    assert lines[0].endswith("Depends on: no data settle it.")
    assert any(line.casefold().startswith(meaning.casefold()) for line in lines for meaning in meanings)
    assert COMMAND in root.one("footer").text


def test_two_charts_are_one_image_with_a_description(root, comparison):
    (image,) = root.all("svg", role="img")
    words = " ".join(node.text for node in image.all("text"))
    for view in comparison.views:
        assert view.scenario.label in words
        assert view.scenario.label in image.one("desc").text
    headings = [rows[0].long_name.partition(",")[0] for rows in comparison.ranked()[:2]]
    assert all(heading in words for heading in headings)


def test_nothing_reaches_out_of_the_page(root, html):
    for node in root.walk():
        assert node.tag not in ("script", "iframe", "object", "embed", "form", "base", "img", "image")
        for key in ("href", "src", "xlink:href"):
            assert (node.attributes.get(key) or "#").startswith(("#", "data:"))
    assert "default-src 'none'" in html


def test_the_pdf_is_one_a4_page_whose_text_is_text(pdf):
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    (box,) = re.findall(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert [round(float(side)) for side in box] == [595, 842]
    assert b"CreationDate" not in pdf
    assert b"/Subtype /Type0" in pdf or b"/Subtype /TrueType" in pdf or b"/Type42" in pdf
    streams = [
        zlib.decompress(body) for body in re.findall(rb"FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    ]
    assert any(stream.count(b"Tj") + stream.count(b"TJ") > 20 for stream in streams)


def test_words_of_eight_scenarios_stay_on_the_page(eight):
    from sim.figures.report.brief import FLOOR, _fitted, _write, style

    with style.applied():
        words, sheet, box = _fitted(eight, COMMAND)
        _, bottom = _write(sheet, words)
    assert bottom >= FLOOR
    assert box.y > 0
    assert words.grounds


@pytest.mark.browser
@pytest.mark.parametrize("which", ["comparison", "eight"])
def test_it_prints_on_one_page(which, request, tmp_path):
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    place = tmp_path / "brief.html"
    place.write_text(brief_html(request.getfixturevalue(which), COMMAND), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(place.as_uri())
        printed = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
