"""Hypothesis strategies for values, scenarios and scenario files."""

from __future__ import annotations

from datetime import date

from hypothesis import assume
from hypothesis import strategies as st

from sim.scenario import Dated, Distribution, Event, Given, Origin, Scenario, Weights, discrete
from sim.scenario.values import FAMILIES

POSITIVE = st.floats(0.01, 100)
ANY = st.floats(-1000, 1000, allow_subnormal=False)
DAYS = st.dates(date(2014, 1, 1), date(2060, 12, 31))


@st.composite
def distributions(draw, families: tuple[str, ...] = tuple(FAMILIES)) -> Distribution:
    family = draw(st.sampled_from(families))
    if family == "discrete":
        weights = draw(st.dictionaries(ANY, st.floats(0, 1), min_size=1, max_size=5))
        assume(sum(weights.values()) > 0.01)
        return discrete(weights)
    if family == "triangular":
        low, mode, high = sorted(draw(st.tuples(ANY, ANY, ANY)))
        args = [("low", low), ("mode", mode), ("high", high)]
    else:
        required, optional = FAMILIES[family]
        free = ("mean", "value", "low", "high")
        args = [(name, draw(ANY if name in free else POSITIVE)) for name in required]
        args += [(name, draw(ANY)) for name in optional if draw(st.booleans())]
    try:
        return Distribution(family, tuple(args))
    except ValueError:
        assume(False)
        raise


def weights() -> st.SearchStrategy[Weights]:
    names = st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=2, unique=True)
    return st.builds(lambda pair, w: Weights(((pair[0], w), (pair[1], 1 - w))), names, st.floats(0, 1))


def dated() -> st.SearchStrategy[Dated]:
    points = st.dictionaries(DAYS, distributions(), min_size=1, max_size=4)
    how = st.sampled_from(("step", "linear"))
    return st.builds(lambda path, join: Dated(tuple(sorted(path.items(), key=lambda p: p[0])), join), points, how)


VALUES = st.one_of(distributions(), weights(), dated(), st.text(), st.booleans(), DAYS, st.none())
ORIGINS = st.builds(
    Origin,
    st.sampled_from(("default", "facts", "file", "set", "branch")),
    st.text(),
    st.integers(0, 99),
    st.integers(0, 99),
)
EVENTS = st.builds(
    Event,
    date=DAYS,
    until=st.none() | DAYS,
    name=st.text(min_size=1),
    sets=st.lists(st.tuples(st.text(min_size=1), VALUES), max_size=2).map(tuple),
    probability=st.floats(0, 1),
    origin=ORIGINS,
)
SCENARIOS = st.builds(
    Scenario,
    name=st.text(),
    title=st.text(),
    description=st.text(),
    references=st.lists(st.text(), max_size=2).map(tuple),
    start=DAYS,
    end=DAYS,
    values=st.dictionaries(st.text(), st.builds(Given, VALUES, ORIGINS), max_size=3),
    events=st.lists(EVENTS, max_size=2).map(tuple),
    files=st.lists(st.text(), max_size=2).map(tuple),
)
