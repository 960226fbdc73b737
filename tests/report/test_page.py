"""What the page holds: every part, in order, well formed, with nothing that reaches out of it."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise

import pytest

from sim.errors import InputError
from sim.figures.report import build_report, read_pictures
from sim.figures.report.page import inline
from sim.text import LATER
from tests.report.conftest import COMMAND, NAMES
from tests.report.page import downloads, parse, rows

LINKS = ("href", "src", "srcset", "action", "data", "poster", "background", "cite", "xlink:href")


def test_the_same_input_gives_the_same_bytes(comparison, drawn, drawings, attribution, text):
    pictures = read_pictures(drawn, list(drawings))
    assert build_report(comparison, pictures, attributions=[attribution], command=COMMAND) == text


def test_nothing_reaches_out_of_the_page(text, page):
    for node in page.root.walk():
        assert node.tag not in ("script", "iframe", "object", "embed", "form", "base", "img", "image", "foreignobject")
        assert not [key for key in node.attributes if key.startswith("on")]
        for key in LINKS:
            assert (node.attributes.get(key) or "#").startswith(("#", "data:"))
    assert re.findall(r"url\((?!#)", text) == []
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_four_scenarios_stay_under_three_megabytes(text):
    assert len(text.encode()) < 3_000_000


def test_the_parts_stand_in_their_order(page):
    main = page.root.one("main")
    sections = [node.attributes["id"] for node in main.all("section") if node.parent is main]
    assert sections == [
        "answer", "outcomes", "figures", "why", "stories", "inputs", "assumptions", "since", "limits", "statistics",
        "again", "sources",
    ]  # fmt: skip


def test_ids_are_unique_and_every_reference_finds_one(page, text):
    ids = [node.attributes["id"] for node in page.root.walk() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r"url\(#([^)]+)\)", text))
    for node in page.root.walk():
        wanted |= {one[1:] for key in LINKS if (one := node.attributes.get(key) or "").startswith("#")}
        for key in ("aria-labelledby", "aria-describedby"):
            wanted |= set((node.attributes.get(key) or "").split())
    assert wanted - set(ids) == set()


def test_headings_descend_one_level_at_a_time_and_there_is_one_of_the_first(page):
    levels = [int(node.tag[1]) for node in page.root.walk() if re.fullmatch("h[1-6]", node.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_landmarks_language_and_skip_link(page):
    assert page.root.one("html").attributes["lang"] == "en"
    for tag in ("main", "nav"):
        page.root.one(tag)
    first = page.root.one("body").all("a")[0]
    assert first.attributes["href"] == "#main"
    regions = [node.attributes.get("aria-labelledby") for node in page.root.all("div", role="region")]
    assert None not in regions
    assert len(regions) == len(set(regions))


def test_every_table_has_a_caption_and_every_header_a_scope(page):
    tables = page.root.all("table")
    assert len(tables) >= 6
    for table in tables:
        assert table.one("caption").text
        assert all(cell.attributes["scope"] in ("col", "row", "rowgroup") for cell in table.all("th"))
        columns = [int(row.attributes.get("colspan", 1)) for row in table.all("tr")[0].all("th")]
        for line in table.all("tr"):
            cells = [cell for cell in line.children if getattr(cell, "tag", "") in ("th", "td")]
            if table.all("thead"):
                assert sum(int(cell.attributes.get("colspan", 1)) for cell in cells) == len(columns)


def test_every_figure_is_an_image_with_a_name_and_a_description(page, drawings):
    images = page.root.all("svg", role="img")
    assert len(images) == len(drawings)
    for image, drawing in zip(images, drawings.values(), strict=True):
        assert image.one("title").text == " ".join(drawing.title.split())
        assert image.one("desc").text == " ".join(drawing.alt.split())
    others = [node for node in page.root.all("svg") if node not in images]
    assert all(node.attributes["aria-hidden"] == "true" for node in others)


def test_every_figure_says_its_words_once_and_has_its_numbers(page, drawings):
    plates = page.root.one("section", id="figures").all("figure")
    for number, (plate, (name, drawing)) in enumerate(zip(plates, drawings.items(), strict=True), start=1):
        assert page.files[f"{name.replace(':', '_')}.csv"] == drawing.table.csv()
        caption = plate.one("figcaption").text
        assert caption.startswith(f"Figure {number} · ")
        assert " ".join(drawing.sentence.split()) not in caption


def test_figures_of_a_pair_are_told_apart_by_their_headings(page):
    headings = [node.text for node in page.root.one("section", id="figures").all("h3")]
    assert len(headings) == len(set(headings))


def test_each_scenario_tells_its_story(page, comparison):
    cards = page.root.all("article")
    assert len(cards) == len(NAMES)
    for card, view in zip(cards, comparison.views, strict=True):
        scenario = view.scenario
        for told in (scenario.title, scenario.name, " ".join(scenario.description.split()), *scenario.references):
            assert told in card.text


def test_assumptions_hold_all_that_no_data_settle_and_all_that_is_set(page, comparison):
    from sim.model import catalogue

    section = page.root.one("section", id="assumptions")
    lines = {line.one("code").text: line for line in section.all("tr") if line.all("code")}
    loose = {one.key: one for one in catalogue() if one.depends_on}
    assert loose.keys() <= lines.keys()
    assert {"us.commitment.posture", "europe.aid.replacement_long_run"} <= lines.keys()
    for key, parameter in loose.items():
        assert "depends on" in lines[key].text
        assert (parameter.sweep or "not swept") in lines[key].text
        assert parameter.source in lines[key].text.replace(LATER, "")
    assert "trump_conditional: conditional" in lines["us.commitment.posture"].text


def test_what_made_it_is_told(page, comparison):
    again = page.root.one("section", id="again")
    assert again.one("pre").text == COMMAND
    assert all(view.scenario.hash in again.text for view in comparison.views)
    assert comparison.views[0].manifest["facts"] in again.text


def test_every_source_of_the_tables_is_credited(page):
    from importlib.resources import files

    text = files("sim.facts").joinpath("SOURCES.md").read_text(encoding="utf-8")
    keys = set(re.findall(r"^\| ([A-Z][A-Z0-9]*) \|", text, flags=re.M))
    section = page.root.one("section", id="sources")
    assert {cell.text for cell in section.all("th", scope="row")} == keys
    assert "Kiel Institute, Ukraine Support Tracker (Trebesch et al.)" in section.text


HOSTILE = ("<script>alert(1)</script>", '" onload="x & {{ 7*7 }}')


def test_a_hostile_title_stays_text(results):
    from sim.analysis import compare

    named = []
    for name, title in zip(NAMES, HOSTILE, strict=False):
        scenario = dataclasses.replace(
            results[name].scenario, title=title, label=title, description=title, references=(title,)
        )
        named.append(Renamed(results[name], scenario))
    page = parse(build_report(compare(named), command=f"alliance compare {named[0].scenario.title}"))
    assert page.all("script") == []
    assert all(title in page.one("h1").text for title in HOSTILE)
    assert {node.text for node in page.one("table", class_="inputs").all("span", class_="who")} <= set(HOSTILE)


class Renamed:
    """A result under another scenario's words."""

    def __init__(self, result, scenario):
        self._result, self.scenario = result, scenario

    def __getattr__(self, name):
        return getattr(self._result, name)


def test_a_scenario_against_itself_says_that_nothing_differs(results):
    from sim.analysis import compare

    twin = dataclasses.replace(results["harris_continuity"].scenario, name="twin", title="The same again")
    pair = compare([results["harris_continuity"], Renamed(results["harris_continuity"], twin)])
    page = parse(build_report(pair, command=COMMAND))
    first, second, third = (node.text for node in page.all("p", class_="answer"))
    assert first == "Every outcome is the same as under “Harris, continuity” in every run."
    assert "200 pairs of runs" in second
    assert "not a forecast" in third
    assert page.all("table", class_="outcomes") == []
    assert "the scenarios have the same values and events" in page.one("section", id="inputs").text


def test_parts_of_one_ensemble_are_not_told_as_pairs(results, tmp_path):
    from sim import run
    from sim.analysis import compare

    whole = run("baseline", runs=200, seed=1, out=tmp_path / "baseline")
    parts = compare([whole], by="us.elections.2024.president")
    page = parse(build_report(parts, command=COMMAND))
    assert "conditioning" in page.one("section", id="answer").text
    assert page.one("section", id="inputs").all("table") == []
    heads = [cell.text for cell in page.one("table", class_="statistics").all("th", scope="col")]
    assert "Runs" in heads
    assert "Pairs" not in heads
    assert [card.one("h3").text for card in page.all("article")] == list(parts.names)


@pytest.mark.parametrize("outcome", ["members_at_2pct", "ceasefire", "defence_share_pct_gdp:POL", "ceasefire_wait"])
def test_a_single_outcome_makes_a_report_too(results, outcome):
    from sim.analysis import compare
    from sim.analysis.outcomes import chosen_outcomes

    pair = compare([results[name] for name in NAMES[:2]], outcomes=chosen_outcomes([outcome]))
    page = parse(build_report(pair, command=COMMAND))
    assert len(page.all("p", class_="answer")) == 3
    assert {row["variable"] for row in rows(downloads(page)["differences.csv"])} == {outcome.partition(":")[0]}
    assert page.all("section", id="figures") == []


def test_a_picture_keeps_its_shape_inside_the_page(pictures):
    exact, short = coordinates(pictures[0].svg), coordinates(inline(pictures[0], "a-"))
    assert len(exact) > 100
    assert max(abs(a - b) for a, b in zip(exact, short, strict=True)) <= 0.00501


def test_a_figure_that_is_gone_is_one_clear_line(drawn):
    with pytest.raises(InputError, match=r"gone\.svg cannot be read") as caught:
        read_pictures(drawn, ["gone"])
    assert "\n" not in str(caught.value)


def coordinates(svg):
    """Every number of every path, in order."""
    paths = " ".join(re.findall(r' d="([^"]*)"', svg))
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", paths)]
