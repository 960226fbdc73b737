"""The budget block is fitted by the model's own rule, on what was known at the origin and nothing later."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.errors import InputError
from sim.evidence import history as history_room
from sim.evidence import whole_model
from sim.evidence.budgets import (
    NAMES,
    PANEL_ROWS,
    estimate,
    forecast,
    panel,
    regressors,
    situation,
    war_threat,
)
from sim.evidence.history import history, origin_day, outcomes
from sim.evidence.luck import Luck
from sim.evidence.predictive import predictive_checks
from sim.evidence.regression import Panel, Prior, sample
from sim.evidence.whole_model import forecast_by_model
from sim.model import catalogue
from sim.model.systems.budgets.equation import Coefficients, terms
from sim.model.systems.budgets.plans import Plans
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import fixed


def test_an_origin_knows_no_later_year() -> None:
    assert history(2018).shares.shape == (31, 5)
    assert history(2018).years == range(2014, 2019)
    assert (history(2018).shares == outcomes(range(2014, 2019))).all()


def test_the_origin_2023_has_the_figures_of_july_2023() -> None:
    poland = WITH_FORCES.index("POL")
    assert history(2023).share(2023)[poland] == pytest.approx(3.90)
    assert outcomes(range(2023, 2024))[poland, 0] == pytest.approx(3.26, abs=0.005)


def test_a_later_figure_moves_nothing_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = panel(2018)
    real = facts.defence_shares

    def changed(known: date) -> dict[str, dict[int, float]]:
        shares = {code: dict(years) for code, years in real(known).items()}
        for years in shares.values():
            years.update({year: 9.0 for year in years if year > 2018})
        return shares

    monkeypatch.setattr(history_room.facts, "defence_shares", changed)
    after = panel(2018)
    assert (before.x == after.x).all()
    assert (before.y == after.y).all()


def test_regressors_are_the_terms_of_the_rule_at_unit_coefficients() -> None:
    past = history(2020)
    germany = WITH_FORCES.index("DEU")
    row = dict(zip(NAMES, regressors(past, 2018)[germany], strict=True))
    share, before = past.share(2017)[germany], past.share(2016)[germany]
    distance = next(member.distance_km for member in facts.members() if member.code == "DEU")
    assert row["drift"] == 1
    assert row["gap"] == pytest.approx(2 - share)
    assert row["exposure"] == pytest.approx(1 - np.log(distance / 1000) / 1.47, abs=1e-5)
    assert row["growth"] == pytest.approx(-past.deviation(2018)[germany])
    assert abs(share - before) < 0.25
    assert row["reversal"] == 0
    assert row["war"] == row["war_exposure"] == row["war_debt"] == 0


def test_a_plan_for_the_year_is_the_rest_of_the_way() -> None:
    past = history(2018)
    latvia = WITH_FORCES.index("LVA")
    row = dict(zip(NAMES, regressors(past, 2018)[latvia], strict=True))
    assert row["plan_kept"] == pytest.approx(2 - past.share(2017)[latvia])
    assert row["plan_in_progress"] == row["plan_overdue"] == 0


def test_the_threat_behind_budgets_by_hand() -> None:
    assert war_threat(2022)[0] == pytest.approx(0.33)
    assert war_threat(2023)[0] == pytest.approx(0.33 + 0.6 * 1.47)
    assert war_threat(2024)[0] == pytest.approx(0.33 + 0.84 * 1.47)
    assert war_threat(2024, np.array([2030.0, 2023.0])) == pytest.approx([0.33, 0.33 + 0.6 * 1.47])


def test_the_sampler_recovers_what_made_the_data() -> None:
    rng = np.random.default_rng(3)
    unit, period = np.repeat(np.arange(20), 12), np.tile(np.arange(12), 20)
    x = np.column_stack([np.ones(240), rng.normal(size=240)])
    common = 0.05 * rng.normal(size=12)
    y = x @ [0.1, 0.4] + common[period] + 0.1 * rng.standard_t(4, 240)
    data = Panel(x, y, unit, period, np.ones(240))
    prior = Prior(np.zeros(2), np.ones(2))
    draws = sample(data, prior, 20, 500, Luck(1, "test"))
    mean, sd = draws.coefficients.mean(1), draws.coefficients.std(1)
    assert np.abs(mean - [0.1, 0.4]) == pytest.approx(np.zeros(2), abs=4 * sd.max())
    assert sd[1] == pytest.approx(0.008, abs=0.004)
    assert draws.typical.mean() == pytest.approx(0.1, abs=0.02)


def test_without_data_to_speak_of_the_prior_stands() -> None:
    data = Panel(np.ones((3, 1)), np.array([9.0, -9.0, 9.0]), np.zeros(3, int), np.arange(3), np.full(3, 1e4))
    draws = sample(data, Prior(np.array([0.3]), np.array([0.1])), 1, 2000, Luck(1, "prior"))
    assert draws.coefficients.mean() == pytest.approx(0.3, abs=0.02)
    assert draws.coefficients.std() == pytest.approx(0.1, abs=0.02)


def test_the_same_seed_gives_the_same_forecast_and_another_does_not() -> None:
    first, again, other = (estimate(2017, draws=100, seed=seed) for seed in (1, 1, 2))
    assert (forecast(first) == forecast(again)).all()
    assert (forecast(first) != forecast(other)).any()


def test_a_given_war_raises_the_exposed_and_leaves_the_time_before_it() -> None:
    posterior = estimate(2021, draws=400)
    without, told = forecast(posterior), forecast(posterior, war_given=True)
    estonia, spain = WITH_FORCES.index("EST"), WITH_FORCES.index("ESP")
    rise = (told - without)[:, 2].mean(1)
    assert (told[:, 0] == without[:, 0]).all()
    assert rise[estonia] > 2 * rise[spain] > 0


def test_shares_stay_positive_and_the_panel_leaves_the_usa_to_its_own_line() -> None:
    assert (forecast(estimate(2016, draws=200)) >= 0.2).all()
    assert WITH_FORCES.index("USA") not in PANEL_ROWS


def test_sipri_is_a_panel_of_its_own() -> None:
    assert history(2019, "SIPRI").definition == "SIPRI"
    assert (history(2019, "SIPRI").shares != history(2019).shares).mean() > 0.9


@pytest.mark.parametrize(("origin", "definition"), [(2010, "NATO"), (2025, "NATO"), (2024, "SIPRI")])
def test_an_origin_without_data_is_refused_with_the_range(origin: int, definition: str) -> None:
    with pytest.raises(InputError, match="origins run from 2015 to"):
        history(origin, definition)  # type: ignore[arg-type]


def test_the_origin_day_is_in_mid_october() -> None:
    assert origin_day(2020) == date(2020, 10, 15)


def test_predictive_checks_narrow_from_prior_to_posterior_around_what_was() -> None:
    checks = predictive_checks(draws=300)
    width = [[points[2] - points[0] for points in (check.prior, check.posterior)] for check in checks]
    assert all(after < before for before, after in width)
    assert sum(check.inside for check in checks) >= len(checks) - 1
    assert checks[0].actual == pytest.approx(0.047, abs=0.001)


def test_what_the_back_test_leaves_out_is_only_what_is_neutral_there() -> None:
    past = history(2020)
    shares = [np.asarray(past.share(year), np.float32)[:, None] for year in (2019, 2020)]
    plans = Plans(origin_day(2020), WITH_FORCES).asked(2021, range(len(WITH_FORCES)), shares[1])
    at = situation(shares[1], shares[0], 2021, plans, past, past.deviation(2020)[:, None], war_threat(2021))
    ones = Coefficients(**{field.name: np.ones(1, np.float32) for field in fields(Coefficients)})
    moved = {name for name, term in terms(ones, at) if np.any(term)}
    neutral = {"orientation", "election year", "U.S. commitment", "neighbours", "shock"}  # politics, partners and luck
    later = {"distance to the target path", "U.S. troops"}  # channels of 2026 without a likelihood
    never = {
        "plans",
        "deadline",
        "debt in war",
        "war",
        "reversal of one-off purchases",
    }  # not that year
    assert not moved & (neutral | later)
    assert set(dict(terms(ones, at))) == moved | neutral | later | never


def test_the_simulator_forecasts_what_the_back_test_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = estimate(2020, draws=1000)
    alone = {"budgets.left_right_pp", "budgets.election_year_pp", "budgets.commitment_pp", "budgets.troops_pp",
             "budgets.pressure_jump_probability"}  # fmt: skip
    assert all(catalogue().find(key) for key in alone)
    own = whole_model.values
    monkeypatch.setattr(whole_model, "values", lambda of: own(of) | dict.fromkeys(alone, fixed(0.0)))
    scored, run = forecast(posterior), forecast_by_model(posterior, runs=1000)
    allies = [row for row in PANEL_ROWS if WITH_FORCES[row] not in ("BGR", "GRC")]  # reversals: a coin in either
    assert run[allies].mean(2) == pytest.approx(scored[allies].mean(2), abs=0.06)
    assert run.std(2)[allies].mean(0) == pytest.approx(scored.std(2)[allies].mean(0), rel=0.08)
