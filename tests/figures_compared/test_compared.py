"""What every comparison figure guarantees."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest

from sim.analysis.outcomes import chosen_outcomes
from sim.errors import InputError
from sim.figures import COMPARED, FIGURES, draw, figure_names
from sim.figures.cases import cast_of
from sim.figures.style import SIZES
from tests.figures.conftest import Story
from tests.figures.test_figures import boxes, rows, texts

from .conftest import NAMES, compared, ensembles, of, split_run

COUNTS = (2, 3, 5, 8)
# Two scenarios and eight are the extremes; a slide leaves the least room.
CASES = [
    (count, name, size) for count in COUNTS for name in COMPARED for size in SIZES if size == "page" or count in (2, 8)
]
SPLIT = [
    ("parts", name, size) for name in ("overview", "overlay", "columns_security", "dates_reached") for size in SIZES
]
EDGES = {
    "one run": lambda: of(2, runs=1),
    "equal runs": lambda: of(2, spread=0.0),
    "identical": lambda: of(3, shift=0.0),
    "no yearly value": lambda: of(2, story={"start": date(2024, 9, 1), "end": date(2024, 11, 30)}),
    "one yearly value": lambda: of(3, story={"start": date(2024, 10, 1), "end": date(2024, 12, 31)}),
    "one month": lambda: of(2, story={"start": date(2024, 10, 1), "end": date(2024, 10, 31)}),
    "nothing reported": lambda: of(2, story={"start": date(2014, 1, 1), "end": date(2019, 12, 31)}),
    "far end": lambda: of(2, story={"end": date(2044, 12, 31)}),
}


@pytest.fixture(scope="module")
def drawings():
    comparisons = {count: of(count) for count in COUNTS} | {"parts": split_run()}
    return {case: draw(comparisons[case[0]], case[1], case[2]) for case in (*CASES, *SPLIT)}


def clashes(drawing) -> list[tuple[str, str]]:
    """Pairs of texts that cover one another; descenders and the space above capitals may touch, letters may not."""
    shrunk = [(text, box.expanded(0.98, 0.6)) for text, box in boxes(drawing)]
    return [(one, other) for i, (one, a) in enumerate(shrunk) for other, b in shrunk[i + 1 :] if a.overlaps(b)]


def ident(case) -> str:
    return "-".join(map(str, case))


@pytest.mark.parametrize("case", [*CASES, *SPLIT], ids=ident)
def test_no_text_leaves_the_page_none_covers_another_and_type_is_at_least_seven_points(drawings, case):
    drawing = drawings[case]
    width, height = drawing.figure.bbox.size
    found = boxes(drawing)
    for text, box in found:
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text
    assert clashes(drawing) == []
    assert min(line.points * drawing.figure.artists[0].scale for line in texts(drawing)) >= 7.0


@pytest.mark.parametrize("case", [*CASES, *SPLIT], ids=ident)
def test_a_page_is_16_cm_wide_and_fits_a4_and_a_slide_is_16_to_9(drawings, case):
    width, height = drawings[case].figure.get_size_inches() * 2.54
    if case[2] == "page":
        assert width == pytest.approx(16.0)
        assert height <= 25.7
    else:
        assert width / height == pytest.approx(16 / 9, rel=1e-3)


@pytest.mark.parametrize("name", COMPARED)
def test_the_picture_and_its_alternative_text_say_what_was_compared(drawings, name):
    drawing = drawings[2, name, "page"]
    told = " ".join(line.text for line in texts(drawing))
    for word in (*NAMES[:2], "seed 1", "200 runs", "alliance 0.1.0", "not a forecast"):
        assert word in told
    assert drawing.alt.startswith(f"{drawing.title}. {drawing.sentence}")
    assert len(drawing.alt) > len(drawing.title) + len(drawing.sentence) + 100
    assert drawing.provenance.hashes == ("00" * 32, "01" * 32)
    assert (drawing.provenance.figure, drawing.provenance.baseline) == (name, NAMES[0])


@pytest.mark.parametrize("name", ["differences_money", "differences_security"])
def test_a_difference_is_taken_run_by_run_never_between_quantiles(drawings, three, name):
    # Every run moves by the same amount, so the paired difference has no width although each scenario's fan has.
    told = [row for row in rows(drawings[3, name, "page"]) if row["kind"] == "difference"]
    assert {row["scenario"] for row in told} == set(NAMES[1:3])
    for row in told:
        fan = [float(row[q]) for q in ("q05", "q25", "q50", "q75", "q95")]
        assert fan[4] - fan[0] == pytest.approx(0, abs=0.05 if row["unit"] == "km²" else 1e-3)
    last = [row for row in told if row["variable"] == told[0]["variable"] and row["scenario"] == NAMES[1]][-1]
    outcome = three.find(last["variable"], NAMES[1], last["entity"]).outcome
    dates, gaps = three.differences(outcome, NAMES[1])
    assert float(last["q50"]) == pytest.approx(np.median(gaps[-1]), rel=1e-5)
    assert last["date"] == str(dates[-1])


@pytest.mark.parametrize("name", ["differences_money", "differences_security"])
def test_fans_of_differences_show_nought(drawings, name):
    for count in COUNTS:
        drawing = drawings[count, name, "page"]
        told = [text for text, _ in boxes(drawing)]
        rows_drawn = 3 if name.endswith("money") else 4
        assert sum(re.fullmatch(r"0(\.0+)?", text) is not None for text in told) >= rows_drawn


def test_the_bands_drawn_are_the_quantiles_of_each_scenario(pair, drawings):
    told = [row for row in rows(drawings[2, "columns_money", "page"]) if row["kind"] == "runs"]
    for view in pair.views:
        mine = [row for row in told if row["scenario"] == view.name and row["variable"] == "us_share_of_nato_pct"]
        table = np.array([[float(row[q]) for q in ("q05", "q25", "q50", "q75", "q95")] for row in mine])
        np.testing.assert_allclose(table, view.quantiles("us_share_of_nato_pct"), rtol=1e-6)


def test_members_are_sorted_by_the_paired_difference_and_all_shown(drawings):
    told = [row for row in rows(drawings[2, "members_moved", "page"]) if row["kind"] == "difference"]
    assert len(told) == 31
    gaps = [float(row["value"]) for row in told]
    assert gaps == sorted(gaps, reverse=True)
    assert {row["entity"] for row in told} == {
        row["entity"] for row in rows(drawings[2, "members_tiles", "page"]) if row["kind"] == "difference"
    }


def test_the_tile_grids_show_the_32_members_three_times(drawings):
    for size in SIZES:
        codes = [text for text, _ in boxes(drawings[2, "members_tiles", size]) if re.fullmatch(r"[A-Z]{3}", text)]
        assert len(codes) == 96
        assert len(set(codes)) == 32


def test_dates_are_shares_of_runs_or_counts_never_fans(drawings, pair):
    drawing = drawings[2, "dates_reached", "page"]
    told = rows(drawing)
    assert {row["kind"] for row in told} <= {"share", "runs", "statement", "reported", "since"}
    assert {row["variable"] for row in told if row["kind"] == "runs"} == {"members_at_2pct"}
    assert [frame.values for frame in drawing.frames][:3] == [(0.0, 1.0)] * 3
    force = [
        row
        for row in told
        if row["kind"] == "share" and row["note"] == "Ceasefire in force" and row["scenario"] == NAMES[0]
    ]
    np.testing.assert_allclose(
        [float(row["value"]) for row in force], pair.views[0].mean("ceasefire"), rtol=1e-6, atol=1e-9
    )
    level = [
        row
        for row in told
        if row["kind"] == "share" and row["note"] == "Europe and Canada at 2% or more" and row["scenario"] == NAMES[1]
    ]
    values = pair.views[1].values("europe_canada_share_pct_gdp")
    np.testing.assert_allclose([float(row["value"]) for row in level], (values >= 2.0).mean(axis=1), rtol=1e-6)


def test_parts_are_told_as_conditioning_with_their_numbers_of_runs(drawings, parts):
    for case in SPLIT:
        told = " ".join(line.text for line in texts(drawings[case]))
        assert "conditioning, not intervention" in told
        for view in parts.views:
            assert f"{view.name} ({view.runs} runs)" in told
        assert drawings[case].provenance.by == "ceasefire.at_end"


def test_parts_have_no_figures_of_paired_runs(parts):
    assert not {name for name in figure_names(parts) if name.startswith(("differences", "members"))}
    with pytest.raises(InputError, match="separate runs"):
        draw(parts, "differences_money")


def test_several_scenarios_give_one_figure_of_a_pair_each(three):
    names = figure_names(three)
    assert [name for name in names if name.startswith("members_tiles")] == [
        "members_tiles:trump_conditional",
        "members_tiles:trump_retrenchment",
    ]
    drawing = draw(three, "members_tiles:trump_retrenchment")
    assert {row["scenario"] for row in rows(drawing)} == {"harris_continuity", "trump_retrenchment"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("overlya", "overlay"),
        ("members_tiles:trump_conditionl", "allowed: trump_conditional"),
        ("overlay:trump_conditional", "without ':trump_conditional'"),
        ("members_tiles:harris_continuity", "no scenario 'harris_continuity' beside"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(three, name, told):
    with pytest.raises(InputError, match=told):
        draw(three, name)


@pytest.mark.parametrize("count", [2, 3, 8])
@pytest.mark.parametrize("size", SIZES)
def test_an_outcome_asked_for_is_drawn_with_its_difference(count, size):
    comparison = compared(
        ensembles(count), outcomes=chosen_outcomes(["threat", "defence_share_pct_gdp:POL", "defence_share_pct_gdp:DEU"])
    )
    assert figure_names(comparison)[-3:] == [
        "outcome:threat",
        "outcome:defence_share_pct_gdp:POL",
        "outcome:defence_share_pct_gdp:DEU",
    ]
    drawing = draw(comparison, "outcome:defence_share_pct_gdp:POL", size)
    told = rows(drawing)
    assert {row["entity"] for row in told if row["kind"] in ("runs", "difference")} == {"POL"}
    assert {row["scenario"] for row in told if row["kind"] == "difference"} == set(NAMES[1:count])
    assert {row["unit"] for row in told if row["kind"] == "difference"} == {"percentage points of GDP"}
    assert clashes(drawing) == []
    with pytest.raises(InputError, match="threat"):
        draw(comparison, "outcome:thret", size)


@pytest.mark.parametrize("edge", EDGES)
def test_edge_cases_draw(edge):
    comparison = EDGES[edge]()
    for name in figure_names(comparison):
        drawing = draw(comparison, name)
        width, height = drawing.figure.bbox.size
        for text, box in boxes(drawing):
            assert -0.5 <= box.x0 <= box.x1 <= width + 0.5, (name, text)
            assert -0.5 <= box.y0 <= box.y1 <= height + 0.5, (name, text)


def test_differences_too_small_to_be_told_are_neither_ranked_in_words_nor_blown_up(monkeypatch):
    from sim.figures.compared import members

    found = [
        members.Move(code, code, 2.0, 2.0, mean, mean - 3e-6, mean + 2e-6, -1e-6, 1e-6, 0.01, 0.02)
        for code, mean in (("LUX", 1e-6), ("GRC", -1e-6))
    ]
    monkeypatch.setattr(members, "moves_of", lambda cast, case: found)
    drawing = draw(of(2), "members_moved")
    assert "no member's mean difference" in drawing.sentence
    assert "moves most" not in drawing.sentence
    assert {"−0.01", "0.00", "0.01"} <= {text for text, _ in boxes(drawing)}


def test_a_scenario_against_its_double_differs_by_exactly_nothing():
    comparison = of(2, shift=0.0)
    assert "the same in all 200 runs" in draw(comparison, "differences_money").sentence
    assert "No member spends differently" in draw(comparison, "members_moved").sentence
    for name in ("differences_money", "members_moved"):
        told = [row for row in rows(draw(comparison, name)) if row["kind"] == "difference"]
        assert {float(row["q95"]) for row in told} == {0.0}


def test_scenarios_with_other_ends_are_drawn_on_the_dates_they_share():
    plain, longer = ensembles(2)
    longer.scenario = replace(longer.scenario, end=date(2031, 12, 31))
    comparison = compared([plain, longer])
    for name in figure_names(comparison):
        told = rows(draw(comparison, name))
        days = {row["date"] for row in told if row["kind"] in ("runs", "share", "difference")}
        assert max(days) == "2029-12-31", name


def test_the_baseline_may_stand_anywhere():
    comparison = compared(ensembles(3), baseline=1)
    told = rows(draw(comparison, "differences_money"))
    assert {row["scenario"] for row in told if row["kind"] == "difference"} == {NAMES[0], NAMES[2]}
    first = next(row for row in told if row["kind"] == "difference" and row["scenario"] == NAMES[0])
    assert f"minus {NAMES[1]}" in first["note"]


def test_every_letter_is_in_the_font(drawings):
    from matplotlib.font_manager import FontProperties, findfont, get_font

    from sim.figures.style import FONT

    letters = {letter for drawing in drawings.values() for line in texts(drawing) for letter in line.text}
    font = get_font(findfont(FontProperties(family=FONT)))
    assert [letter for letter in sorted(letters) if letter not in "\n" and not font.get_char_index(ord(letter))] == []


def test_eight_scenarios_have_eight_colours_dashes_and_markers():
    given = [case.look for case in cast_of(of(8)).cases]
    for part in ("colour", "dashes", "marker"):
        assert len({getattr(look, part) for look in given}) == 8


@pytest.mark.parametrize("count", COUNTS)
def test_the_same_variable_has_the_same_axis_wherever_scenarios_stand_side_by_side(drawings, count):
    for name in COMPARED:
        axes: dict[str, set] = {}
        for frame in drawings[count, name, "page"].frames:
            axes.setdefault(frame.heading, set()).add((frame.times, frame.values))
        assert all(len(seen) == 1 for seen in axes.values()), (name, axes)
    # One quantity has one value axis in all figures of a comparison, whatever they draw beside it.
    for heading in ("U.S. share of NATO spending", "U.S. commitment", "Territory under Russian control"):
        seen = {
            frame.values
            for name in ("overview", "overlay", "columns_money", "columns_security")
            for frame in drawings[count, name, "page"].frames
            if frame.heading == heading
        }
        assert len(seen) == 1, (heading, seen)


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in ("overview", "members_map")])
@pytest.mark.parametrize("count", [2, 3, 8])
def test_every_figure_of_a_run_can_be_drawn_for_several(name, count):
    for size in SIZES:
        drawing = draw(of(count), name, size)
        told = rows(drawing)
        assert {row["scenario"] for row in told if row["kind"] in ("runs", "share")} == set(NAMES[:count])
        assert clashes(drawing) == []
        width, height = drawing.figure.bbox.size
        for text, box in boxes(drawing):
            assert 0 <= box.x0 <= box.x1 <= width, text
            assert 0 <= box.y0 <= box.y1 <= height, text


def test_legends_and_tables_carry_the_short_title_and_the_csv_the_name():
    results = ensembles(3)
    for result, label in zip(results, ("As forecast", "Conditional support", "Retrenchment"), strict=True):
        result.scenario = Labelled(**vars(result.scenario), label=label)
    comparison = compared(results)
    for name in figure_names(comparison):
        drawing = draw(comparison, name)
        told = " ".join(line.text for line in texts(drawing) if "Scenarios:" not in line.text)
        assert "Conditional support" in told or "Retrenchment" in told, name
        assert "trump" not in told.replace("alliance compare", ""), name
        assert {row["scenario"] for row in rows(drawing)} <= {*NAMES[:3], ""}


@dataclass(frozen=True)
class Labelled(Story):
    label: str = ""


def test_the_sentence_says_the_numbers_of_its_row(pair):
    drawing = draw(pair, "differences_money")
    for row in (pair.find("europe_canada_share_pct_gdp", NAMES[1]).last(),):
        assert row.finding in drawing.sentence
        said = [one for one in rows(drawing) if one["kind"] == "statement" and one["variable"] == row.variable]
        assert float(said[0]["value"]) == pytest.approx(row.mean_difference, rel=1e-6)
