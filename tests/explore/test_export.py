"""The page without a server holds what was calculated, says how far its straight lines are off, and opens from disk."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import pytest

from sim.explore.answer import answer
from sim.explore.export import MODULES, bundled, interpolated, packed, write_page
from sim.explore.levers import Lever, grid_levers
from sim.explore.server import page_files

LEVERS = (
    Lever("us.commitment.posture", "Posture", grid=("conditional", "retrenchment")),
    Lever("europe.aid.commitment_factor", "European commitments", grid=(0.5, 1, 1.5)),
)
RUNS = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("static")
    write_page(place, "baseline", runs=RUNS, grid_runs=RUNS, levers=LEVERS)
    return place


@pytest.fixture(scope="module")
def stored(folder):
    text = (folder / "data.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("globalThis.ALLIANCE = ").removesuffix(";\n"))


def unpacked(told):
    steps = np.frombuffer(base64.b64decode(told["data"]), "<u2").reshape(told["shape"])
    return told["low"] + told["step"] * steps


def test_numbers_survive_packing():
    values = np.linspace(-3, 11, 60).reshape(3, 4, 5) ** 3
    told = packed(values)
    assert unpacked(told) == pytest.approx(values, abs=told["step"])
    assert unpacked(packed(np.full((2, 2), 7.25))).tolist() == [[7.25, 7.25], [7.25, 7.25]]


def test_straight_lines_meet_the_grid_at_its_points():
    levers = (Lever("a", "", grid=("x", "y")), Lever("b", "", grid=(None, 0.0, 1.0, 3.0)))
    grid = np.arange(8.0).reshape(8, 1) ** 2
    for first, label in enumerate(("x", "y")):
        for second, level in enumerate((None, 0.0, 1.0, 3.0)):
            assert interpolated(grid, levers, (label, level)) == grid[4 * first + second]
    assert interpolated(grid, levers, ("x", 2.0)) == pytest.approx((grid[2] + grid[3]) / 2)


def test_six_levers_with_three_levels_or_more_are_in_front():
    assert len(grid_levers()) == 6
    assert all(len(lever.grid) >= 3 for lever in grid_levers())


def test_every_shipped_scenario_is_held_in_full(stored):
    from sim.shipped import shipped_names

    assert sorted(stored["scenarios"]) == shipped_names()
    told = answer({"state": {"extends": ["trump_conditional"], "runs": RUNS}, "charts": ["us_commitment"]})
    series = stored["scenarios"]["trump_conditional"]["series"]["us_commitment"]
    assert unpacked(series["values"]) == pytest.approx(np.array(told["charts"][0]["values"]), abs=1e-3)
    assert stored["subjects"]["europe_canada_share_pct_gdp"]["written"] == "{}% of GDP"
    assert stored["subjects"]["aid_delivered_beur:DEU"]["written"] == "EUR {} bn"
    assert "aid_delivered_beur:DEU" in stored["scenarios"]["baseline"]["series"]


def test_the_grid_holds_what_is_simulated_there_and_its_error_is_told(stored):
    sets = {"us.commitment.posture": '"retrenchment"', "europe.aid.commitment_factor": "1.5"}
    told = answer({"state": {"extends": ["baseline"], "sets": sets, "runs": RUNS}, "charts": ["us_commitment"]})
    chart = told["charts"][0]
    rows = [chart["dates"].index(day) for day in stored["gridDates"]["month"]]
    levels = [lever["levels"] for lever in stored["levers"]]
    assert levels == [[None, "conditional", "retrenchment"], [0.5, 1, 1.5]]
    point = 2 * 3 + 2
    held = unpacked(stored["grid"]["us_commitment"])[point][:, :5]
    assert held == pytest.approx(np.array(chart["values"])[rows], abs=1e-3)
    assert all(0 <= typical <= most for typical, most in stored["errors"].values())
    assert stored["errors"]["military_aid_allocated_beur:EUR"][1] > 0


def test_the_script_is_one_and_imports_nothing(folder):
    script = (folder / "page.js").read_text(encoding="utf-8")
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    assert {f"{name}.js" for name in MODULES} == {name for name in page_files() if name.endswith(".js")}
    assert bundled(page_files()) == script
    assert sum(path.stat().st_size for path in folder.iterdir()) < 20e6


@pytest.mark.browser
def test_it_opens_from_disk_and_its_levers_move_the_charts(browser, folder):
    context = browser.new_context(offline=True)
    try:
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((folder / "index.html").as_uri())
        page.locator("body[data-shown=full]").wait_for()
        before = page.locator(".sentence").all_inner_texts()
        page.locator("#levers select").select_option(label="retrenchment")
        page.get_by_text(re.compile("measured error of the band edges")).first.wait_for()
        assert page.locator(".sentence").all_inner_texts() != before
        page.get_by_role("button", name="Members", exact=True).click()
        page.locator(".tilegrid button").first.wait_for()
        page.goto((folder / "index.html").as_uri() + "#from=trump_retrenchment&view=war")
        page.reload()
        page.locator("body[data-shown=full]").wait_for()
        assert page.locator("#main").get_by_role("img").count() >= 5
        assert complaints == []
    finally:
        context.close()
