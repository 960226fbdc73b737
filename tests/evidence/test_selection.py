"""The choice of a form inside the back-test: it sees past targets only, and like is scored with like."""

import numpy as np
import pytest

from sim.evidence import selection
from sim.evidence.rolling import card_line, stored
from sim.model.systems.roster import WITH_FORCES


def _paths(errors):
    """Sharp forecasts that miss by ``errors[origin]`` at every member and horizon, of outcomes that are all 2."""
    spread = np.linspace(-0.01, 0.01, 20)
    return {origin: np.full((31, 3, 1), 2.0 + errors(origin)) + spread for origin in selection.ORIGINS}


@pytest.fixture
def came():
    table = {}
    for origin in selection.ORIGINS:
        table[origin] = np.full((31, 3), 2.0)
        for step in range(3):
            if origin + step + 1 > selection.LAST_TARGET:
                table[origin][:, step] = np.nan
    return table


def test_a_form_that_becomes_good_is_chosen_only_after_it_was_seen_to_be(came):
    steady = _paths(lambda origin: 0.1)
    turning = _paths(lambda origin: 1.0 if origin < 2020 else 0.0)
    _, names = selection._select({"steady": steady, "turning": turning}, came)
    assert names[:2] == ["all pooled"] * 2
    assert set(names[2:5]) == {"steady"}  # 2018 to 2020: the turn cannot be seen yet


def test_later_outcomes_do_not_change_an_earlier_choice(came):
    one, other = _paths(lambda origin: 0.1), _paths(lambda origin: 0.2)
    _, before = selection._select({"one": one, "other": other}, came)
    later = {origin: table.copy() for origin, table in came.items()}
    for origin, table in later.items():
        for step in range(3):
            if origin + step + 1 > 2022:
                table[:, step] = 9.0
    _, after = selection._select({"one": one, "other": other}, later)
    assert before[: 2023 - 2016] == after[: 2023 - 2016]


def test_weights_go_to_the_form_that_came_closest_and_later_outcomes_move_none(came):
    good, bad = _paths(lambda origin: 0.02), _paths(lambda origin: 0.8)
    pooled, weights = selection._stack({"good": good, "bad": bad}, came)
    assert weights[0] == weights[1] == {"good": 0.5, "bad": 0.5}
    assert weights[2]["good"] == pytest.approx(1, abs=0.02)
    assert pooled[2016].shape == good[2016].shape
    assert np.median(pooled[2020]) == pytest.approx(2.02, abs=0.02)
    later = {origin: table.copy() for origin, table in came.items()}
    for origin, table in later.items():
        for step in range(3):
            if origin + step + 1 > 2022:
                table[:, step] = 9.0
    again = selection._stack({"good": good, "bad": bad}, later)[1]
    assert weights[: 2023 - 2016] == again[: 2023 - 2016]


def test_a_pool_of_two_that_err_on_either_side_beats_each(came):
    low, high = _paths(lambda origin: -0.1), _paths(lambda origin: 0.1)
    _, weights = selection._stack({"low": low, "high": high}, came)
    assert weights[5]["low"] == pytest.approx(0.5, abs=0.1)


def test_outcomes_count_as_the_origin_did():
    table = selection._came(2024)
    moved = {"FIN", "CZE", "ALB"}
    assert all(np.isnan(table[WITH_FORCES.index(code), 1]) for code in moved)  # 2026 is core defence
    assert table[WITH_FORCES.index("BEL"), 0] == pytest.approx(2.0)  # 2025 on the old measure
    assert np.isfinite(selection._came(2025)[:, 0]).sum() < np.isfinite(table[:, 1]).sum()


def test_the_stored_procedure_is_the_headline_and_lies_beside_what_chance_allows():
    scores = stored()["selection"]
    own = scores["rows"]["selection"]
    assert own["bootstrap_90"][0] > 0
    assert min(scores["horizons"]["selection"]) > -0.05
    assert 0.75 <= own["coverage"]["80"] <= 0.85
    assert f"{own['skill']:.0%} better" in card_line()
    assert set(scores["by_chance"]["selection"]) == set(selection.PERIODS)
    assert "0.1.0" not in scores["chosen"]["selection"]


@pytest.mark.parametrize(("subject", "words"), [("front", "AR(1)"), ("aid", "random walk"), ("ceasefire", "Brier")])
def test_the_footer_of_a_chart_carries_the_score_of_its_own_subject(subject, words):
    assert words in card_line(subject=subject)


@pytest.mark.long
def test_the_stored_scores_are_what_the_code_gives():
    made = selection.score_selection(draws=1000, seed=1)
    for name, row in stored()["selection"]["rows"].items():
        assert made["rows"][name]["crps"] == pytest.approx(row["crps"], abs=1e-4)
