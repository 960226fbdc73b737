"""Comparisons made of plain formulas, so that figures are tested without the model."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import Comparison
from sim.analysis.align import align
from sim.analysis.comparison import condition, contrast_views
from sim.analysis.outcomes import headline
from tests.figures.conftest import Formula, Story

NAMES = (
    "harris_continuity",
    "trump_conditional",
    "trump_retrenchment",
    "baseline",
    "congress_gap",
    "europe_replaces_us",
    "secretary_general_agenda",
    "mine",
)


class Shifted(Formula):
    """A formula whose shift does not grow by the thousand for large quantities, and is the same in every run."""

    def _values(self, variable, entity):
        values = super()._values(variable, entity)
        size = {"km²": 500.0, "EUR bn": 20.0, "USD bn": 50.0}.get(variable.unit, 1.0)
        if variable.flag:
            return values
        years = (self.dates(variable.name) - np.datetime64(self.scenario.start, "D")).astype(float)[:, None] / 365.25
        return (values + (size - 1.0) * self.shift * years).astype(np.float32)


def ensembles(count: int, shift: float = 0.03, **other) -> list[Formula]:
    """Scenario number i is the first one moved by i times ``shift`` a year, in every run."""
    story = other.pop("story", {})
    return [
        Shifted(scenario=Story(name=name, title=name, hash=f"{place:02x}" * 32, **story), shift=shift * place, **other)
        for place, name in enumerate(NAMES[:count])
    ]


def compared(results, baseline: int = 0, outcomes=()) -> Comparison:
    """The comparison of formulas, which have no inputs that differ."""
    aligned = align(results)
    yearly = len(aligned.views[0].dates("members_at_2pct")) > 0
    outcomes = outcomes or [one for one in headline() if yearly or one.kind != "wait"]
    contrasts = contrast_views(aligned.views, outcomes, baseline=baseline)
    return Comparison(aligned.views, baseline, (), contrasts, aligned.warnings)


def of(count: int, **other) -> Comparison:
    return compared(ensembles(count, **other))


def split_run() -> Comparison:
    """One ensemble split by whether a ceasefire is in force at the end."""
    return condition(Formula(), "ceasefire.at_end")


@pytest.fixture(scope="session")
def pair() -> Comparison:
    return of(2)


@pytest.fixture(scope="session")
def three() -> Comparison:
    return of(3)


@pytest.fixture(scope="session")
def parts() -> Comparison:
    return split_run()
