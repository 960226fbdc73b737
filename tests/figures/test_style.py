"""Colours, sizes, ticks, labels and words."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sim.figures.axis import apart, opened, position, tick_texts, value_axis, value_ticks, year_marks
from sim.figures.style import INK, LOOKS, PAPER, ink_on, looks, luminance, tint
from sim.figures.tiles import COLOURS, DIVERGING, LEVELS, PLACES, STEPS, colour_of
from sim.text import amount, in_runs, median_and_range, number

# Full colour deficiency, linear RGB (Machado, Oliveira and Fernandes 2009).
DEFICIENCIES = {
    "none": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
HUES = list(dict.fromkeys(one.colour for one in LOOKS))


def lightness(colour: str) -> float:
    """CIE L*, 0 to 100."""
    level = luminance(colour)
    return 116 * np.cbrt(level) - 16 if level > 0.008856 else 903.3 * level


def lab(colour: str, deficiency) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(deficiency) @ linear, 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ seen / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_scenario_hues_stay_apart_in_grey():
    levels = sorted(lightness(colour) for colour in HUES)
    assert len(levels) == 8
    assert min(np.diff(levels)) >= 5


def test_scenario_hues_stand_out_from_the_paper():
    for colour in HUES:
        assert 1.05 / (luminance(colour) + 0.05) >= 3.0


@pytest.mark.parametrize("name", DEFICIENCIES)
def test_scenario_hues_are_told_apart_by_everyone(name):
    # History is drawn in ink, so that counts as a ninth.
    for one, other in combinations([*HUES, INK], 2):
        assert np.linalg.norm(lab(one, DEFICIENCIES[name]) - lab(other, DEFICIENCIES[name])) >= 12


def test_every_look_is_its_own_and_dashes_differ_throughout():
    assert len({one.colour for one in LOOKS}) == len(LOOKS) == 8
    assert len({one.dashes for one in LOOKS}) == 8
    assert len({one.marker for one in LOOKS}) == 8


def test_bands_get_darker_inwards_in_grey():
    for colour in HUES:
        assert luminance(PAPER) > luminance(tint(colour, 0.26)) + 0.08
        assert luminance(tint(colour, 0.26)) > luminance(tint(colour, 0.52)) + 0.05


def test_a_scenario_keeps_its_look_and_no_two_share_one():
    names = ["baseline", "harris_continuity", "trump_conditional", "trump_retrenchment"]
    given = looks(names)
    assert len(set(given)) == 4
    assert dict(zip(reversed(names), looks(names[::-1]), strict=True)) == dict(zip(names, given, strict=True))
    eight = [*names, "mine", "yours", "kursk_held", "europe_replaces_us"]
    assert len({one.colour for one in looks(eight)}) == 8
    assert looks(eight)[:4] == given
    assert looks(["baseline", "mine"])[1] == looks(["harris_continuity", "mine"])[1]


def test_a_single_scenario_has_the_first_look_whatever_its_name():
    assert {looks([name]) for name in ("baseline", "trump_conditional", "mine")} == {LOOKS[:1]}


def test_small_text_in_a_scenarios_colour_stands_out():
    for one in LOOKS:
        assert 1.05 / (luminance(one.text_colour) + 0.05) >= 4.5


def test_tile_classes_rise_in_lightness_and_their_text_is_readable():
    levels = [lightness(colour) for colour in COLOURS]
    assert min(np.diff(levels)) >= 8
    for colour in (*COLOURS, *DIVERGING):
        pair = sorted([luminance(colour) + 0.05, luminance(ink_on(colour)) + 0.05])
        assert pair[1] / pair[0] >= 4.5, colour


def test_a_value_on_a_class_limit_belongs_above_it():
    assert colour_of(2.0, LEVELS, COLOURS) == colour_of(2.49, LEVELS, COLOURS) != colour_of(1.99, LEVELS, COLOURS)
    assert colour_of(None, LEVELS, COLOURS) == colour_of(float("nan"), LEVELS, COLOURS)


def test_tiles_are_the_32_members_each_in_its_own_place():
    from sim import facts

    assert set(PLACES) == {member.code for member in facts.members()}
    assert len(set(PLACES.values())) == 32


NEIGHBOURS = (
    "ALB-MKD ALB-MNE MKD-GRC MKD-BGR GRC-TUR EST-LVA LVA-LTU POL-LTU NOR-SWE SWE-FIN DNK-DEU DEU-POL NLD-DEU NLD-BEL "
    "BEL-LUX BEL-FRA DEU-LUX CZE-DEU CZE-POL CZE-SVK POL-SVK SVK-HUN HUN-SVN HUN-ROU ROU-BGR HRV-SVN HRV-HUN HRV-MNE "
    "ITA-SVN PRT-ESP CAN-USA"
)


@pytest.mark.parametrize("pair", NEIGHBOURS.split())
def test_neighbours_touch_on_the_map_of_tiles(pair):
    (row, column), (other_row, other_column) = (PLACES[code] for code in pair.split("-"))
    assert max(abs(row - other_row), abs(column - other_column)) == 1


@pytest.mark.parametrize(
    ("low", "high", "whole"),
    [(1.42, 2.9, False), (0, 31, True), (5, 5, False), (0, 0, False), (-3e-9, 4e-9, False), (110_000, 1e6, False)],
)
def test_ticks_enclose_the_data_at_even_round_steps(low, high, whole):
    ticks = value_ticks(low, high, whole=whole)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 7
    assert len(set(tick_texts(ticks))) == len(ticks)
    if whole:
        assert all(tick == int(tick) for tick in ticks)


def test_a_tick_label_is_the_tick():
    assert tick_texts([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert tick_texts([-1000.0, 0.0, 1000.0]) == ["−1,000", "0", "1,000"]


def test_yearly_values_stand_on_their_year_and_monthly_ones_inside_it():
    assert position(np.array(["2029-12-31"], "datetime64[D]"), "year").tolist() == [2029.0]
    assert position(np.array(["2029-07-02"], "datetime64[D]"), "month")[0] == pytest.approx(2029.5, abs=0.002)


def test_year_labels_never_carry_a_comma_and_stand_inside_their_year():
    ticks, places, labels = year_marks(2022.2, 2029.99, "month", 8)
    assert labels == [str(int(place)) for place in places]
    assert all(place % 1 == 0.5 for place in places)
    assert all(tick % 1 == 0 for tick in ticks)


def test_labels_are_pushed_apart_but_keep_their_order():
    placed = apart([0.0, 0.1, 0.15, 5.0], 1.0)
    assert np.diff(placed).min() >= 1.0 - 1e-9
    assert placed[3] == 5.0
    assert np.mean(placed[:3]) == pytest.approx(np.mean([0.0, 0.1, 0.15]))
    assert apart([], 1.0) == []


def test_labels_stay_beside_their_panel():
    assert apart([0.0, 0.1, 0.15, 5.0], 1.0, 0.0, 5.0) == [0.0, 1.0, 2.0, 5.0]


def test_a_fan_opens_from_the_last_reported_value_unless_that_is_long_ago():
    x, fan = np.array([2024.0, 2025.0]), np.arange(10.0).reshape(2, 5)
    times, opened_fan = opened(x, fan, np.array([2022.0, 2023.0]), np.array([1.0, 2.0]))
    assert times.tolist() == [2023.0, 2024.0, 2025.0]
    assert opened_fan[0].tolist() == [2.0] * 5
    assert opened(x, fan, np.array([2021.0]), np.array([1.0]))[0].tolist() == x.tolist()
    assert opened(x[:1], fan[:1], np.zeros(0), np.zeros(0))[0].tolist() == [2023.8, 2024.2]


def test_an_axis_holds_all_values_and_what_it_must_show_with_one_number_of_decimals():
    axis = value_axis("EUR bn", [np.array([43.8, np.nan]), np.array([351.2])], (0.0, None))
    assert (axis.ticks[0], axis.ticks[-1]) == (0.0, 400.0)
    assert [axis.text(value) for value in (43.8, 351.2)] == ["44", "351"]
    assert value_axis("members", [np.array([3.0])]).ticks[-1] == 32.0
    assert value_axis("members", [np.array([33.0])]).ticks[-1] == 40.0


def test_a_difference_of_a_tenth_of_a_point_is_not_in_the_darkest_colour():
    assert colour_of(0.1, STEPS, DIVERGING) == DIVERGING[4]
    assert colour_of(-0.1, STEPS, DIVERGING) == DIVERGING[2]
    assert colour_of(0.0, STEPS, DIVERGING) == DIVERGING[3]


@pytest.mark.parametrize(
    ("share", "runs", "told"),
    [
        (0.721, 1000, "In 72 of 100 runs"),
        (0.0, 1000, "In none of 1,000 runs"),
        (1.0, 1000, "In all 1,000 runs"),
        (0.001, 1000, "In fewer than 1 of 100 runs"),
        (0.999, 1000, "In more than 99 of 100 runs"),
        (0.6, 5, "In 3 of 5 runs"),
        (1.0, 1, "In 1 of 1 run"),
    ],
)
def test_shares_are_told_in_natural_frequencies(share, runs, told):
    assert in_runs(share, runs) == told


def test_amounts_carry_their_unit_and_only_meaningful_digits():
    assert amount(2.314, "% of GDP") == "2.31% of GDP"
    assert amount(212.3, "EUR bn") == "EUR 212 bn"
    assert amount(121_573.0, "km²") == "121,600 km²"
    assert amount(25.0, "members") == "25 members"
    assert number(-0.001, 2) == "0.00"
    assert number(-1234.5, 0) == "−1,234"
    assert number(float("nan")) == "n/a"
    assert (
        median_and_range(np.array([1.98, 2.1, 2.31, 2.5, 2.71]), "% of GDP")
        == "2.31% of GDP (90% of runs: 1.98 to 2.71)"
    )
    assert median_and_range(np.full(5, 2.0), "% of GDP") == "2.00% of GDP (the same in every run)"


@pytest.mark.parametrize(
    ("colour", "level"),
    [("#000000", 0), ("#FFFFFF", 1), ("#808080", 0.215861), ("#0A0A0A", 0.003035), ("#FF0000", 0.2126)],
)
def test_luminance_is_that_of_wcag(colour, level):
    assert luminance(colour) == pytest.approx(level, abs=1e-6)
