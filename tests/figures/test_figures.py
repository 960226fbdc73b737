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
from sim.figures import FIGURES, SIZES, Drawing, draw, history, style
from sim.text import in_runs, number

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
    """Every line of text of the figure."""
    return list(drawing.figure.artists[0].letters)


def boxes(drawing: Drawing) -> list:
    """Every line of text with the space it takes, in dots, as matplotlib sets it."""
    from matplotlib.transforms import Bbox

    from sim.figures.ink import _font

    ink, renderer = drawing.figure.artists[0], drawing.figure.canvas.get_renderer()
    dots = drawing.figure.dpi / 2.54 * ink.scale
    found = []
    with style.applied():
        for line in ink.letters:
            font = _font(line.points * ink.scale, line.bold)
            width, height, descent = renderer.get_text_width_height_descent(line.text, font, False)
            low = line.y * dots - descent
            found.append((line.text, Bbox.from_bounds(line.left * dots, low, width, height)))
    return found


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
    assert min(line.points * drawings[case].figure.artists[0].scale for line in texts(drawings[case])) >= 7.0


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
    told = " ".join(line.text for line in texts(drawings[name, "page"]))
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


def drawn(drawing: Drawing, panel: int) -> list:
    """The shapes inside a panel with how they are drawn, their points as places in time and values."""
    frame = drawing.frames[panel]
    x, y, w, h = frame.box
    found = []
    for pen, shapes in drawing.figure.artists[0].shapes.items():
        for points, _ in shapes:
            inside = (points >= (x - 0.01, y - 0.01)).all() and (points <= (x + w + 0.01, y + h + 0.01)).all()
            if inside:
                times = frame.times[0] + (points[:, 0] - x) / w * (frame.times[1] - frame.times[0])
                values = frame.values[0] + (points[:, 1] - y) / h * (frame.values[1] - frame.values[0])
                found.append((pen, times, values))
    return found


def test_the_drawn_bands_are_the_quantiles_of_the_result(result):
    drawing = draw(result, "spending")
    bands = [values for pen, _, values in drawn(drawing, 0) if pen.fill and len(values) > 5]
    quantiles = result.quantiles("europe_canada_share_pct_gdp").astype(np.float64)
    for column in (0, 4):
        assert np.isin(np.round(quantiles[:, column], 5), np.round(bands[0], 5)).all()
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
    drawing = drawings[name, "page"]
    assert len(drawing.frames) == 3
    for panel, frame in enumerate(drawing.frames):
        assert frame.values == (0.0, 1.0)
        (line,) = [(times, values) for pen, times, values in drawn(drawing, panel) if pen.width == 1.9]
        # Each value holds until the next date: of two neighbouring points, one place is the same.
        assert (np.isclose(np.diff(line[0]), 0) | np.isclose(np.diff(line[1]), 0)).all()
    told = [text for text, _ in boxes(drawing)]
    assert told.count("0%") >= 3
    assert told.count("100%") >= 3


def test_bars_start_at_nought(drawings):
    frames = drawings["members_at_levels", "page"].frames
    assert [frame.values[0] for frame in frames] == [0.0, 0.0]


def test_quantities_that_are_alike_have_one_axis(drawings):
    aid = drawings["aid", "page"].frames
    assert len({frame.values for frame in aid if frame.variable == "aid_allocated_beur"}) == 1
    assert len({(frame.times, frame.values) for frame in aid[3:]}) == 1
    losses = [frame for frame in drawings["war_effort", "page"].frames if "killed" in frame.heading]
    assert len({(frame.times, frame.values) for frame in losses}) == 1


def test_labels_beside_one_panel_have_one_number_of_decimals(drawings):
    drawing = drawings["aid", "page"]
    for frame in drawing.frames:
        x, y, w, h = frame.box
        ends = [line.text for line in texts(drawing) if x + w < line.x < x + w + 0.5 and y < line.y < y + h]
        assert len({len(text.partition(".")[2]) for text in ends}) == 1, ends


def test_a_series_that_was_not_reported_is_said_in_the_chart(result):
    # The release known on 1 October 2024 holds no months of Europe's military aid.
    drawing = draw(result, "aid")
    assert sum("no history reported" in line.text for line in texts(drawing)) == 2
    assert "Europe: military: no history reported before the start." in drawing.alt


def test_a_label_that_never_changes_is_said_not_drawn():
    class Steady(Formula):
        def mean(self, variable, entity=None):
            whole = super().mean(variable, entity)
            return np.full_like(whole, entity == "Mark Rutte") if variable == "secretary_general" else whole

    drawing = draw(Steady(), "alliance")
    assert [frame.heading for frame in drawing.frames] == ["Members", "Spending target"]
    told = [row for row in rows(drawing) if row["variable"] == "secretary_general" and row["kind"] == "share"]
    assert len(told) == 4 * len(Formula().dates("secretary_general"))
    assert "Mark Rutte in every run" in draw(Steady(), "secretary_general").alt
    assert len(draw(Formula(), "alliance").frames) == 3


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
        assert max(line.points for line in texts(first)) < 12


def test_a_scenario_by_itself_is_always_drawn_alike(result):
    other = replace(result, scenario=Story(name="trump_conditional"))
    first, second = (set(draw(one, "spending").figure.artists[0].shapes) for one in (result, other))
    assert first == second


def test_a_line_is_broken_where_nato_counts_something_else(result):
    def breaks(of: Formula) -> tuple[Drawing, list[tuple[str, str]]]:
        drawing = draw(of, "spending")
        rows = [row for row in drawing.table.rows if row.kind == "reported" and row.note]
        return drawing, [(row.variable, row.date) for row in rows]

    before, none = breaks(result)
    assert none == []
    assert "Dotted" not in before.alt
    late = Formula(Story(start=date(2026, 10, 1), end=date(2029, 12, 31)))
    after, told = breaks(late)
    assert told == [("europe_canada_share_pct_gdp", "2023-12-31"), ("us_share_of_nato_pct", "2023-12-31")]
    assert "Europe and Canada: defence share: core defence is counted from 2023 on." in after.alt


def test_a_history_is_split_at_the_first_value_of_another_definition():
    late = history.reported("defence_share_pct_gdp", "FRA", date(2026, 10, 1))
    assert [str(late.dates[first]) for first in late.splits] == ["2023-12-31"]
    assert late.since("2023-01-01").splits == late.before("2023-01-01").splits == ()
    assert history.reported("defence_share_pct_gdp", "FRA", date(2024, 10, 1)).splits == ()
    assert history.reported("russian_casualties_thousand", "", date(2026, 10, 1)).splits == ()
    assert history.break_words([late]) == " Dotted: core defence is counted from 2023 on."


class TestSkill:
    """The foot of a chart says how forecasts of its own subject fared."""

    def test_each_kind_has_its_own_line_and_what_no_test_covers_says_so(self):
        from sim.evidence import card_line
        from sim.figures.cases import skill_line

        assert skill_line(["defence_share_pct_gdp", "members_at_2pct"]) == f"{card_line()}."
        assert skill_line(["ceasefire"]) == f"C{card_line(subject='ceasefire')[1:]}."
        assert skill_line(["us_commitment", "threat"]) == "Skill: not tested against the past."
        mixed = skill_line(["russian_controlled_km2", "kursk_held_km2"])
        assert mixed == f"{card_line(subject='front')}; not tested: Kursk oblast held by Ukraine."
        assert "not tested: 2 of the outcomes shown." in skill_line(["ceasefire", "in_talks", "threat"])
        assert "budget" not in skill_line(["ceasefire", "russian_controlled_km2", "aid_allocated_beur"])

    def test_every_figure_of_a_result_carries_the_line_of_what_it_shows(self, result, monkeypatch):
        from sim.figures import subjects

        of = {}
        for name in FIGURES:
            asked = []
            monkeypatch.setattr(subjects, "skill_line", lambda names, asked=asked: asked.extend(names) or "")
            draw(result, name)
            of[name] = set(asked)
        assert len(of) == 12
        assert all(of.values())
        assert of["members"] == of["members_map"] == {"defence_share_pct_gdp"}
        assert "defence_share_pct_gdp" not in of["ceasefire"] | of["front"] | of["war_effort"]

    def test_the_tested_variables_are_recorded(self):
        from sim.figures.cases import TESTED
        from sim.model import variables

        assert set(TESTED) <= {variable.name for variable in variables()}
