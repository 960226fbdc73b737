"""What every figure of a run guarantees."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.errors import InputError
from sim.figures import FIGURES, SIZES, Drawing, draw, style
from sim.figures.words import in_runs, number

from .conftest import Formula, Story

CASES = [(name, size) for name in FIGURES for size in SIZES]
# A run of three months reaches no year's end, one of three more reaches one; runs may be one or all the same.
EDGES = {
    "one run": Formula(runs=1),
    "equal runs": Formula(spread=0.0),
    "no yearly value": Formula(scenario=Story(start=date(2024, 9, 1), end=date(2024, 11, 30))),
    "one yearly value": Formula(scenario=Story(start=date(2024, 10, 1), end=date(2024, 12, 31))),
    "one month": Formula(scenario=Story(start=date(2024, 10, 1), end=date(2024, 10, 31))),
    "nothing reported": Formula(scenario=Story(start=date(2014, 1, 1), end=date(2019, 12, 31))),
    "runs not kept": Formula(kept=False),
    "far end": Formula(scenario=Story(end=date(2044, 12, 31))),
    "other letters": Formula(scenario=Story(name="сценарий", title="方案 سيناريو 🙂 " * 3)),
    "endless title": Formula(scenario=Story(title="w" * 900 + " word" * 300)),
    "odd name": Formula(scenario=Story(name="Szenario_$x^2$_<Ärmel>&", title="A title with $ signs & <marks> " * 4)),
}


def texts(drawing: Drawing) -> list:
    """Every text of the figure that is drawn."""
    from matplotlib.text import Text

    with style.applied():
        drawing.figure.draw_without_rendering()
    return [t for t in drawing.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def boxes(drawing: Drawing) -> list:
    renderer = drawing.figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts(drawing)]


def rows(drawing: Drawing) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(drawing.table.csv())))


@pytest.fixture(scope="module")
def drawings(result: Formula) -> dict[tuple[str, str], Drawing]:
    return {case: draw(result, *case) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_no_text_leaves_the_page_and_none_covers_another(drawings, case):
    drawing = drawings[case]
    width, height = drawing.figure.bbox.size
    found = boxes(drawing)
    for text, box in found:
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text
    # Descenders and the space above capitals may touch; letters may not.
    shrunk = [(text, box.expanded(0.98, 0.6)) for text, box in found]
    clashes = [
        (one, other)
        for i, (one, a) in enumerate(shrunk)
        for other, b in shrunk[i + 1 :]
        if a.overlaps(b)
    ]  # fmt: skip
    assert clashes == []


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_type_is_at_least_seven_points(drawings, case):
    assert min(text.get_fontsize() for text in texts(drawings[case])) >= 7.0


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_a_page_is_16_cm_wide_and_a_slide_16_to_9(drawings, case):
    width, height = drawings[case].figure.get_size_inches() * 2.54
    if case[1] == "page":
        assert width == pytest.approx(16.0)
        assert height <= 24.0
    else:
        assert width / height == pytest.approx(16 / 9, rel=1e-3)


@pytest.mark.parametrize("name", FIGURES)
def test_the_picture_states_what_made_it(drawings, name):
    told = " ".join(text.get_text() for text in texts(drawings[name, "page"]))
    for word in ("baseline", "seed 1", "200 runs", "alliance 0.1.0", "facts abababab", "not a forecast"):
        assert word in told


@pytest.mark.parametrize("name", FIGURES)
def test_the_alternative_text_says_title_sentence_and_figures(drawings, name):
    drawing = drawings[name, "page"]
    assert drawing.sentence
    assert drawing.alt.startswith(f"{drawing.title}. {drawing.sentence}")
    assert len(drawing.alt) > len(drawing.title) + len(drawing.sentence) + 20


@pytest.mark.parametrize("name", FIGURES)
def test_every_number_of_the_sentence_is_in_the_table(drawings, name):
    drawing = drawings[name, "page"]
    said = [row for row in rows(drawing) if row["kind"] == "statement"]
    allowed = {"2", "3.5", "0.5", "0", "1", "100", "90", "50", "31", "32", "200"}
    for row in said:
        for column in ("q05", "q50", "q95", "value"):
            if row[column]:
                value = float(row[column])
                allowed |= {number(value, places) for places in (-2, 0, 1, 2)}
                if row["unit"] == "share of runs":
                    allowed |= set(re.findall(r"[\d,]+", in_runs(value, 200)))
        allowed.add(row["date"][:4])
        allowed |= set(re.findall(r"\b\d{4}\b", row["note"]))
    sentence = drawing.sentence
    for found in re.findall(r"\d[\d,]*(?:\.\d+)?", sentence):
        assert found.rstrip(",") in allowed, (found, sentence)


def test_the_share_in_the_sentence_is_the_share_of_runs(result):
    drawing = draw(result, "spending")
    values = result.values("europe_canada_share_pct_gdp")[-1]
    share = np.mean(values >= 2.0)
    assert 0 < share < 1
    assert drawing.sentence.startswith(
        f"In {round(100 * share)} of 100 runs Europe and Canada spend at least 2% of GDP"
    )
    said = next(row for row in rows(drawing) if row["note"] == ">= 2")
    assert float(said["value"]) == pytest.approx(share, abs=1e-6)


def test_the_drawn_bands_are_the_quantiles_of_the_result(result):
    drawing = draw(result, "spending")
    band = drawing.figure.axes[0].collections[0].get_paths()[0].vertices
    quantiles = result.quantiles("europe_canada_share_pct_gdp").astype(np.float64)
    for column in (0, 4):
        assert np.isin(np.round(quantiles[:, column], 5), np.round(band[:, 1], 5)).all()
    told = [row for row in rows(drawing) if row["kind"] == "runs" and row["variable"] == "europe_canada_share_pct_gdp"]
    table = np.array([[float(row[q]) for q in ("q05", "q25", "q50", "q75", "q95")] for row in told])
    np.testing.assert_allclose(table, quantiles, rtol=1e-6)


def test_small_multiples_show_every_member_with_forces_and_the_map_all_32(drawings):
    fans = {row["entity"] for row in rows(drawings["members", "page"]) if row["kind"] == "runs"} - {"median of members"}
    assert len(fans) == 31
    codes = {text for text, _ in boxes(drawings["members_map", "page"]) if re.fullmatch(r"[A-Z]{3}", text)}
    assert len(codes) == 32


def test_history_stops_before_the_first_simulated_date(drawings):
    for name in ("spending", "front", "aid", "war_effort"):
        told = rows(drawings[name, "page"])
        reported = {row["panel"]: row["date"] for row in told if row["kind"] == "reported"}
        assert reported
        for panel, last in reported.items():
            first = next((row["date"] for row in told if row["panel"] == panel and row["kind"] == "runs"), "9")
            assert last < first


@pytest.mark.parametrize("name", ["ceasefire", "us_control"])
def test_probabilities_are_steps_on_an_axis_from_0_to_100_percent(drawings, name):
    panels = [axes for axes in drawings[name, "page"].figure.axes if axes.lines]
    assert panels
    for axes in panels:
        assert axes.get_ylim() == (0.0, 1.0)
        assert all(line.get_drawstyle() == "steps-post" for line in axes.lines)
    told = [text for text, _ in boxes(drawings[name, "page"])]
    assert told.count("0%") >= len(panels)
    assert told.count("100%") >= len(panels)


def test_bars_start_at_nought(drawings):
    panels = [axes for axes in drawings["members_at_levels", "page"].figure.axes if axes.lines]
    assert len(panels) == 2
    for axes in panels:
        assert axes.get_ylim()[0] == 0.0


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", FIGURES)
def test_edge_cases_draw(name, edge):
    drawing = draw(EDGES[edge], name)
    width, height = drawing.figure.bbox.size
    for text, box in boxes(drawing):
        assert -0.5 <= box.x0 <= box.x1 <= width + 0.5, text
        assert -0.5 <= box.y0 <= box.y1 <= height + 0.5, text
    assert drawing.alt


def test_an_empty_horizon_is_said_not_drawn():
    drawing = draw(EDGES["no yearly value"], "spending")
    assert "no value falls in this horizon" in drawing.alt
    assert drawing.sentence.startswith("No year ends within this horizon")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("threat", "runs"),
        ("ceasefire", "share"),
        ("us_posture", "share"),
        ("secretary_general", "share"),
        ("members_at_target", "runs"),
        ("defence_share_pct_gdp:POL", "runs"),
        ("aid_delivered_beur:DEU", "runs"),
        ("military_aid_allocated_beur:EUR", "runs"),
        ("war_day", "runs"),
    ],
)
def test_any_variable_can_be_drawn(result, name, kind):
    # Two of these names are figures as well; the figure comes first.
    drawing = draw(result, name)
    assert any(row["kind"] == kind for row in rows(drawing))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("spendin", "spending"),
        ("defence_share_pct_gdp", "member must be named"),
        ("defence_share_pct_gdp:PLO", "POL"),
        ("threat:POL", "one series"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(result, name, told):
    with pytest.raises(InputError, match=told):
        draw(result, name)


def test_a_wrong_size_is_answered_with_the_allowed_ones(result):
    with pytest.raises(InputError, match="page, slide"):
        draw(result, "spending", "poster")


def test_drawing_leaves_the_users_settings_alone(result):
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 33.0, "axes.facecolor": "red", "savefig.bbox": "tight"}):
        before = dict(mpl.rcParams)
        first = draw(result, "spending")
        assert dict(mpl.rcParams) == before
        assert max(text.get_fontsize() for text in texts(first)) < 12


def test_two_scenarios_keep_their_own_colours(result):
    other = replace(result, scenario=Story(name="trump_conditional"))
    colours = [
        draw(one, "spending").figure.axes[0].collections[0].get_facecolor()[0].tolist() for one in (result, other)
    ]
    assert colours[0] != colours[1]
