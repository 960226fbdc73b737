"""The guarantees can fail: each test breaks the model or the scenario on purpose and shows that the numbers tell."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.model.engine import clock, simulation, streams
from sim.model.systems.aid import pipeline

from .conftest import RUNS, differing, event, run, scenario


def test_draws_that_forget_which_run_they_belong_to_break_the_split(monkeypatch):
    plain = run(scenario(), 16, RUNS)
    original = streams.Streams.__init__
    monkeypatch.setattr(streams.Streams, "__init__", lambda self, seed, first, *rest: original(self, seed, 0, *rest))
    assert differing(plain, run(scenario(), 16, RUNS))


def test_draws_that_follow_one_another_break_the_order(monkeypatch):
    """One generator that all systems share: what a run draws then depends on who drew before."""
    shared = np.random.Generator(np.random.PCG64(1))

    def next_words(self, counter, count):
        return shared.integers(0, 2**64, count, np.uint64)

    monkeypatch.setattr(streams._Source, "words", next_words)
    first = run(scenario())
    assert differing(first, run(scenario()))


def test_draws_that_know_the_horizon_break_the_longer_run(monkeypatch):
    plain, horizon = streams.Streams._drawn, 0

    def drawn(self, system, when, *rest):
        return plain(self, system, when + 1000 * horizon, *rest)

    monkeypatch.setattr(streams.Streams, "_drawn", drawn)
    parts = []
    for horizon in (1, 2):
        end = date(2025 + horizon, 1, 31)
        parts.append(run(scenario(end=end))["russian_controlled_km2"][:12])
    assert parts[0].tobytes() != parts[1].tobytes()


def test_a_day_without_phases_breaks_the_order(monkeypatch, baseline):
    """Without the order of phases the order of registration decides, here the last first."""
    at = clock.Clock.at
    monkeypatch.setattr(clock.Clock, "at", lambda self, day, _: at(self, day, "record"))
    start = simulation._start
    monkeypatch.setattr(simulation, "_start", lambda environment, processes: start(environment, processes[::-1]))
    assert differing(baseline, run(scenario()))


def test_a_pipeline_that_delivers_twice_breaks_conservation(monkeypatch):
    monkeypatch.setattr(pipeline, "_leave", lambda stock, part, out: 2 * stock * part)
    pipe = pipeline.Pipeline(1, 1)
    one = np.ones((1, 1), np.float32)
    delays = pipeline.Delays(*(np.full(1, 0.5, np.float32) for _ in range(5)))
    for _ in range(5):
        pipe.month(
            np.ones((2, 1, 1), np.float32),
            np.zeros((2, 1, 1), np.float32),
            one,
            np.full(1, 0.5, np.float32),
            delays,
        )
    assert abs(pipe.allocated - pipe.delivered - pipe.on_the_way.sum(axis=0)).max() > 0.1


def test_an_event_that_begins_a_day_early_breaks_the_month_before(baseline):
    """A shock looked up a month too soon moves a month that should be the same."""
    shock = event(date(2025, 6, 1), {"us.commitment.shock": -0.3}, until=date(2025, 7, 1))
    early = event(date(2025, 5, 31), {"us.commitment.shock": -0.3}, until=date(2025, 7, 1))
    months = 8  # October 2024 to May 2025
    assert (
        run(scenario(None, shock))["us_commitment"][:months].tobytes() == baseline["us_commitment"][:months].tobytes()
    )
    assert (
        run(scenario(None, early))["us_commitment"][:months].tobytes() != baseline["us_commitment"][:months].tobytes()
    )
