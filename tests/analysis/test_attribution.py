"""Why two scenarios differ: contributions of groups of inputs, held against a toy with known answers."""

import datetime as dt
import itertools

import numpy as np
import pytest

from sim.analysis.attribution import attribute, between, groups_between, orders
from sim.analysis.coalitions import read_values
from sim.analysis.outcomes import chosen_outcomes
from sim.errors import InputError

LEVEL = "us_commitment"


@pytest.fixture
def why(toy):
    def attributed(a, b, **options):
        asked = []

        def reader(scenarios, outcomes):
            asked.extend(scenarios)
            return [read_values(toy.Result(one, runs=100), outcomes) for one in scenarios]

        options = {"catalogue": toy.catalogue, "outcomes": chosen_outcomes([LEVEL], toy.variables), **options}
        found = attribute(a, b, reader=reader, **options)
        assert len({one.hash for one in asked}) == len(asked) == found.coalitions
        return found

    return attributed


def test_separate_effects_come_back_as_they_are(toy, why):
    found = why(toy.scenario("a"), toy.scenario("b", budgets__push=0.5, aid__extra=-0.25))
    fall = found.find(LEVEL)
    assert [part.group for part in fall.parts] == ["budgets.push", "aid.extra"]
    assert [part.mean for part in fall.parts] == pytest.approx([0.5, -0.25], abs=1e-6)
    assert fall.total.mean == pytest.approx(0.25, abs=1e-6)
    assert found.exact
    assert found.coalitions == 4


def test_an_interaction_is_shared_evenly_and_alone_it_does_nothing(toy, why):
    found = why(toy.scenario("a"), toy.scenario("b", war__pair=2.0, war__twin=0.5))
    # Both keys lie in groups of their own: war.pair and war.twin; their product is 1.
    parts = {part.group: part for part in found.find(LEVEL).parts}
    assert parts["war.pair"].mean == pytest.approx(0.5, abs=1e-6)
    assert parts["war.twin"].mean == pytest.approx(0.5, abs=1e-6)
    assert parts["war.pair"].alone == parts["war.twin"].alone == 0


@pytest.mark.parametrize("count", [3, 8])
def test_parts_sum_to_the_total_and_idle_changes_get_exactly_zero(toy, why, count):
    numbers = dict(zip([key.replace(".", "__") for key in toy.keys], (0.3, 0.2, 0.4, 9, 2, 0.7, 0.1, 0.6), strict=True))
    chosen = dict(list(numbers.items())[:count]) | {"us__idle": 9.0}
    found = why(
        toy.scenario("a"),
        toy.scenario("b", **chosen),
        outcomes=chosen_outcomes([LEVEL, "ceasefire", "ceasefire_wait"], toy.variables),
    )
    assert found.exact == (len(found.groups) <= 6)
    for fall in found.waterfalls:
        assert sum(part.mean for part in fall.parts) == pytest.approx(fall.total.mean, abs=1e-12)
        assert fall.b_mean - fall.a_mean == pytest.approx(fall.total.mean, abs=1e-12)
        idle = next(part for part in fall.parts if part.group == "us.idle")
        assert (idle.mean, idle.low, idle.high, idle.alone, idle.sampling_error) == (0, 0, 0, 0, 0)


def test_sampled_values_agree_with_the_exact_ones_within_their_error(toy, why):
    scenario = toy.scenario("b", war__pair=2.0, war__twin=0.5, budgets__push=0.3, budgets__drag=0.1, aid__extra=1.0,
                            aid__more=0.2, us__pull=0.5, us__idle=1.0)  # fmt: skip
    found = why(toy.scenario("a"), scenario)
    assert not found.exact
    assert found.permutations == 16
    for part in found.find(LEVEL).parts:
        truth = {"war.pair": 0.5, "war.twin": 0.5, "budgets.push": 0.3, "budgets.drag": -0.1, "aid.extra": 1.0,
                 "aid.more": 0.2, "us.idle": 0.0}.get(part.group)  # fmt: skip
        if truth is not None:
            assert part.low - 1e-6 <= truth <= part.high + 1e-6
    # An order and its reverse share a product evenly, so the only error left here is that of single precision.
    assert max(part.sampling_error for part in found.find(LEVEL).parts) < 1e-6


def test_sampling_error_is_the_spread_over_orders(why, toy, monkeypatch):
    a, b = toy.scenario("a"), toy.scenario("b", **{key.replace(".", "__"): 1.0 for key in toy.keys})
    names = [group.name for group in groups_between(a, b, toy.catalogue)]

    def threefold(scenario, runs=100, **_):
        # The product of three inputs: an order and its reverse no longer tell the whole.
        on = [scenario.values[key].value.central() for key in ("war.pair", "war.twin", "aid.more")]
        result = toy.Result(toy.scenario(), runs=runs)
        result.data[LEVEL] = result.data[LEVEL] * 0 + np.float32(np.prod(on))
        return result

    def reader(some, outcomes):
        return [read_values(threefold(one), outcomes) for one in some]

    found = attribute(a, b, reader=reader, outcomes=chosen_outcomes([LEVEL], toy.variables), catalogue=toy.catalogue)
    part = next(part for part in found.find(LEVEL).parts if part.group == "war.pair")
    three = [names.index(name) for name in ("war.pair", "war.twin", "aid.more")]
    last = [max(three, key=order.index) == three[0] for order in orders(names, 16, 1)]
    pairs = np.reshape(last, (8, 2)).mean(axis=1)
    assert part.mean == pytest.approx(np.mean(last))
    assert part.sampling_error == pytest.approx(pairs.std(ddof=1) / np.sqrt(8))
    assert part.sampling_error > 0
    assert part.low < part.mean < part.high


def test_assumptions_are_marked_depends_on(toy, why):
    found = why(toy.scenario("a"), toy.scenario("b", us__pull=1.0, budgets__push=0.5, us__idle=1.0))
    marks = {part.group: part.depends_on for part in found.find(LEVEL).parts}
    assert marks == {"us.pull": True, "budgets.push": False, "us.idle": True}
    # An idle assumption contributes nothing, so the conclusion does not depend on it.
    assert found.find(LEVEL).depends_on == ("us.pull",)


def test_events_are_groups_of_their_own(toy, why):
    pause = toy.event(dt.date(2025, 3, 1), dt.date(2025, 9, 1), "pause", aid__extra=-1.0)
    boost = toy.event(dt.date(2026, 3, 1), None, "boost", aid__more=0.5)
    found = why(toy.scenario("a", events=[pause]), toy.scenario("b", events=[boost], budgets__push=0.1))
    assert [group.name for group in found.groups] == ["budgets.push", "event: pause", "event: boost"]
    end = {part.group: part.mean for part in found.find(LEVEL).parts}
    assert end == pytest.approx({"event: boost": 0.5, "budgets.push": 0.1, "event: pause": 0.0}, abs=1e-6)
    assert found.find(LEVEL, day="2025-12-31").parts[0].group == "budgets.push"


def test_a_coalition_has_the_values_and_events_of_its_groups_only(toy):
    pause = toy.event(dt.date(2025, 3, 1), None, "pause", aid__extra=-1.0)
    same = toy.event(dt.date(2025, 1, 1), None, "same", aid__extra=0.0)
    a = toy.scenario("a", events=[same], us__pull=1.0)
    b = toy.scenario("b", events=[same, pause], budgets__push=0.5)
    groups = groups_between(a, b, toy.catalogue)
    names = [group.name for group in groups]
    for size in range(len(groups) + 1):
        for some in itertools.combinations(range(len(groups)), size):
            mixed = between(a, b, groups, frozenset(some))
            taken = {names[index] for index in some}
            assert mixed.values["us.pull"].value.central() == (0 if "us.pull" in taken else 1)
            assert mixed.values["budgets.push"].value.central() == (0.5 if "budgets.push" in taken else 0)
            assert mixed.events == ((same, pause) if "event: pause" in taken else (same,))
    assert between(a, b, groups, frozenset()).hash == a.hash
    assert between(a, b, groups, frozenset(range(len(groups)))).hash == b.hash


def test_orders_do_not_change_when_a_group_is_added():
    few, many = orders(["a", "b", "c"], 6, 1), orders(["a", "x", "b", "c"], 6, 1)
    for short, long in zip(few, many, strict=True):
        assert ["abc"[index] for index in short] == ["axbc"[index] for index in long if index != 1]
    assert few[1] == few[0][::-1]
    assert len({tuple(order) for order in orders(list("abcdefgh"), 16, 1)}) == 16


def test_what_cannot_be_attributed_is_refused(toy, why):
    with pytest.raises(InputError, match="a and b have the same inputs; there is no difference to attribute"):
        why(toy.scenario("a"), toy.scenario("b"))
    with pytest.raises(InputError, match="a starts on 2024-10-01 and b on 2024-11-01"):
        why(toy.scenario("a"), toy.scenario("b", start=dt.date(2024, 11, 1)))
    found = why(toy.scenario("a"), toy.scenario("b", end=dt.date(2026, 6, 30), budgets__push=0.5))
    assert found.warnings == (
        "horizons differ; dates after 2026-06-30 are left out; `--set end=2026-12-31` gives all scenarios one end",
    )
    assert found.waterfalls[-1].date == "2026-06-30"
