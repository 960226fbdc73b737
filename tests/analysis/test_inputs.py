"""What differs in the inputs."""

import datetime as dt

from sim.analysis.inputs import changed_inputs
from sim.scenario.scenario import Given, Origin
from sim.scenario.values import fixed


def test_only_what_differs_is_listed_with_its_origin_and_grounds(toy):
    truce = toy.event(dt.date(2025, 3, 1), dt.date(2025, 4, 1), "pause", 0.5, aid__extra=0.0)
    scenarios = [toy.scenario("base"), toy.scenario("other", us__pull=0.5, budgets__push=0.0, events=[truce])]
    changes = changed_inputs(scenarios, toy.catalogue)
    assert [change.key for change in changes] == ["us.pull", "event: pause"]
    pull, pause = changes
    assert pull.values == ("0", "0.5")
    assert pull.origins == ("default", "other.toml:3")
    assert pull.sources == ("literature 9.2", "other.toml:3")
    assert (pull.kind, pull.depends_on, pull.unit) == ("assumption", True, "points")
    assert pause.values == ("does not happen", "2025-03-01 to 2025-04-01: aid.extra = 0, with probability 0.5")
    assert pause.origins == ("", "events.toml:9")
    assert not pause.depends_on


def test_equal_scenarios_differ_in_nothing(toy):
    assert changed_inputs([toy.scenario("a", us__pull=1.0), toy.scenario("b", us__pull=1.0)], toy.catalogue) == ()


def test_a_different_horizon_is_a_difference(toy):
    scenarios = [toy.scenario("a"), toy.scenario("b", end=dt.date(2026, 6, 30))]
    (change,) = changed_inputs(scenarios, toy.catalogue)
    assert (change.key, change.values) == ("end", ("2026-12-31", "2026-06-30"))


def test_a_key_only_one_scenario_has_is_told_as_not_set(toy):
    base, other = toy.scenario("a"), toy.scenario("b")
    other.values["aid.extra"] = Given(fixed(0.0), Origin("set", "--set aid.extra=0"))
    del base.values["aid.extra"]
    (change,) = changed_inputs([base, other], toy.catalogue)
    assert change.values == ("not set", "0")
    assert change.origins == ("", "--set aid.extra=0")
