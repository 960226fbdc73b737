"""Every relation holds in the model, and each fails when a rule of the model is broken on purpose."""

from pathlib import Path

import numpy as np
import pytest

from sim.analysis import verify
from sim.model.engine import simulation
from sim.model.engine.settings import Settings
from sim.model.systems import commitment, summits, threat
from sim.model.systems.aid import aid
from sim.model.systems.aid.aid import Aid
from sim.model.systems.aid.pipeline import Delays
from sim.model.systems.budgets import budgets, equation
from sim.model.systems.budgets.budgets import Budgets
from sim.model.systems.economy import Economy
from sim.model.systems.negotiation import Negotiation
from sim.model.systems.roster import Roster
from sim.model.systems.secretary_general import SecretaryGeneral
from sim.model.systems.threat import Threat
from sim.model.systems.us_politics import UnitedStates
from sim.model.systems.war import war
from sim.scenario.values import Dated

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.toml"))
RUNS = 40


def less_for_more_distance(rule):
    def broken(by, at):
        told = dict(rule(by, at))
        return (told | {"distance to the target path": -told["distance to the target path"]}).items()

    return broken


def less_for_more_war(rule):
    def broken(by, at):
        told = dict(rule(by, at))
        return (told | {"war": -told["war"]}).items()

    return broken


def deliveries_stop_when_they_should_flow(rule):
    return lambda self, arriving: rule(self, 1 - arriving)


def events_begin_at_once(rule):
    def broken(engine, events):
        for event in events:
            engine.settings.begin(event)
        yield from rule(engine, events)

    return broken


def paths_drift(rule):
    def broken(self, key, value, day):
        return rule(self, key, value, day) + np.float32(0.01 if isinstance(value, Dated) else 0)

    return broken


def an_event_touches_another_key(rule):
    def broken(self, event):
        rule(self, event)
        self._cache["budgets.drift_pp"] = np.full(1, 0.1, np.float32)

    return broken


def levers_pull_the_other_way(rule):
    return lambda self, year, rows: -rule(self, year, rows)


def target_upside_down(rule):
    return lambda *args: 4 - rule(*args)


def levels_upside_down(rule):
    return lambda now, level, *rest: rule(now, 1 - level, *rest)


def shocks_upside_down(rule):
    return lambda now, level, speed, shock, *rest: rule(now, level, speed, -shock, *rest)


def what_holds_breaks(rule):
    def broken(self, *args):
        months = rule(self, *args)
        return np.where(np.isinf(months), 1, np.inf).astype(np.float32)

    return broken


def threat_upside_down(rule):
    def broken(self, monthly):
        rule(self, monthly)
        self.level = 2 - self.level

    return broken


def willing_when_tired(rule):
    return lambda self, day: 2 - rule(self, day)


def effort_loses_ground(rule):
    return lambda now, kept, effort, *rest: rule(now, kept, -effort, *rest)


def constant_prices_inflate(rule):
    return lambda self, year: self.gdp_current(year)


def the_other_one_wins(rule):
    def broken(self, year):
        tide = rule(self, year)
        self._next_president = (1 - self._next_president).astype(np.int8)
        return tide

    return broken


def members_count_down(rule):
    return property(lambda self: 64 - rule.fget(self))


def pressure_backfires(rule):
    return lambda chance, log_odds, pressure: rule(chance, -log_odds, pressure)


def those_jump_who_need_not(rule):
    return lambda self, *args: ~rule(self, *args)


def the_rest_of_it(rule):
    return lambda *args: 1 - rule(*args)


def deadlines_come_nearer_when_put_off(rule):
    return lambda base, goal, begun, due, year: rule(base, goal, begun, 2 * begun + 20 - due, year)


def term_upside_down(name):
    def breaks(rule):
        def broken(by, at):
            told = dict(rule(by, at))
            return (told | {name: -told[name]}).items()

        return broken

    return breaks


def aid_loses_ground(rule):
    return lambda now, kept, effort, aid, *rest: rule(now, kept, effort, -aid, *rest)


def soldiers_lose_ground(rule):
    return lambda now, kept, effort, aid, manpower, noise: rule(now, kept, effort, aid, -manpower, noise)


def less_is_more(rule):
    return property(lambda self: self.known_effort**2 / rule.fget(self))


def alarm_calms(rule):
    return lambda now, lost, rise, half_life: rule(now, lost, -rise, half_life)


def a_lost_front_delays_talks(rule):
    def broken(self):
        shaken = self._hostilities.months_since_collapse < 12
        effect = self._engine.settings.number("negotiation.collapse_effect")
        return (rule(self) * np.exp(-2 * effect * shaken)).astype(np.float32)

    return broken


def the_other_way(rule):
    return lambda self, *args: -rule(self, *args)


def the_office_holds_back(rule):
    return lambda self: 2 - rule(self)


# relation file, where the rule is, its name, how it is broken
MUTATIONS = [
    ("pledge_compliance", budgets, "terms", less_for_more_distance),
    ("war_exposure", budgets, "terms", less_for_more_war),
    ("aid_stopped", Delays, "held_back", deliveries_stop_when_they_should_flow),
    ("aid_stopped", simulation, "_follow_events", events_begin_at_once),
    ("null_levers", Settings, "_number", paths_drift),
    ("null_levers", Settings, "begin", an_event_touches_another_key),
    ("budget_lever", Budgets, "_lever", levers_pull_the_other_way),
    ("higher_target", summits, "target_path", target_upside_down),
    ("posture", commitment, "next_credibility", levels_upside_down),
    ("statements", commitment, "next_credibility", shocks_upside_down),
    ("ceasefire", Negotiation, "_lifetime", what_holds_breaks),
    ("threat_decay", Threat, "_follow", threat_upside_down),
    ("fatigue", Aid, "_willing", willing_when_tired),
    ("russian_effort", war, "next_gain", effort_loses_ground),
    ("inflation", Economy, "gdp_2015", constant_prices_inflate),
    ("election_outcome", UnitedStates, "_elect_president", the_other_one_wins),
    ("invitation", Roster, "total", members_count_down),
    ("pressure_on_adoption", summits, "under_pressure", pressure_backfires),
    ("pressure_on_laggards", Budgets, "_jumps", those_jump_who_need_not),
    ("target_path", equation, "keeping", the_rest_of_it),
    ("target_review", summits, "path_point", deadlines_come_nearer_when_put_off),
    ("executive_pace", aid, "in_packages", the_rest_of_it),
    ("replacement", aid, "replacement_share", the_rest_of_it),
    ("deliveries_on_the_front", war, "next_gain", aid_loses_ground),
    ("manpower_on_the_front", war, "next_gain", soldiers_lose_ground),
    ("russian_spending", Threat, "effort", less_is_more),
    ("front_gives_way", threat, "next_alarm", alarm_calms),
    ("front_and_talks", Negotiation, "_rate", a_lost_front_delays_talks),
    ("commitment_on_budgets", budgets, "terms", term_upside_down("U.S. commitment")),
    ("commitment_on_the_threat", Threat, "_follow", threat_upside_down),
    ("troops_on_budgets", budgets, "terms", term_upside_down("U.S. troops")),
    ("troops_on_the_threat", Threat, "_follow", threat_upside_down),
    ("exchange_rates", Economy, "_rate_changes", the_other_way),
    ("debt_from_defence", Budgets, "_borrowed", the_other_way),
    ("secretary_general", SecretaryGeneral, "compliance", the_office_holds_back),
]


def test_there_are_relations_and_each_has_a_mutation():
    assert len(FILES) >= 10
    assert {name for name, *_ in MUTATIONS} == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_relations_hold_in_the_model(path):
    verdicts = verify([path], runs=RUNS)
    assert [verdict.told for verdict in verdicts if not verdict.passed] == []


@pytest.mark.parametrize(
    ("name", "place", "rule", "breaks"), MUTATIONS, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_broken_rule_breaks_its_relation(name, place, rule, breaks, monkeypatch):
    monkeypatch.setattr(place, rule, breaks(getattr(place, rule)))
    verdicts = verify([HERE / f"{name}.toml"], runs=RUNS)
    assert not all(verdict.passed for verdict in verdicts)
    assert all("broken in" in one.told or "means are" in one.told for one in verdicts if not one.passed)
