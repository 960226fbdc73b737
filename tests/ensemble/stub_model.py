"""A model small enough to check by hand, with the interface of ``sim.model``.

Values are a function of (seed, run, variable, instant, entity) only. ``ALLIANCE_STUB`` in the environment makes it
misbehave: ``sleep=S`` slows each block, ``kill=N`` kills the process that computes block N, ``raise=N`` raises there.
"""

import os
import signal
import time
from datetime import date
from pathlib import Path

import numpy as np

from sim.ensemble.layout import BLOCK
from sim.errors import InputError
from sim.model import Axes, Axis, Variable

MEMBERS = ("ALB", "BEL", "USA")
DONORS = ("USA", "DEU", "NOR", "EUI", "EUR", "OTHER", "ALL")

VARIABLES = (
    Variable("share", "Defence share", "% of GDP", "year", "member"),
    Variable("count", "Members at target", "members", "year", headline=True),
    Variable("area", "Area held", "km²", "month", headline=True),
    Variable("posture", "Posture", "label", "month", labels=("firm", "soft, or so", "gone")),
    Variable("aid", "Aid, cumulative", "EUR bn", "month", "donor", "current euro", keep_runs=False),
    Variable("truce", "Truce in force", "0/1", "month", flag=True),
    Variable("day", "Day of the war", "days", "month"),
)


def variables():
    return VARIABLES


def axes(scenario):
    years = tuple(date(year, 12, 31) for year in range(scenario.start.year, scenario.end.year + 1))
    months = tuple(date(year.year, month, 28) for year in years for month in range(1, 13))
    return Axes(years, months, (Axis("member", MEMBERS), Axis("donor", DONORS, ("USA", "EUR", "OTHER", "ALL"))))


def facts_stamp():
    return "f" * 64


stamp = facts_stamp


def _uniform(seed, index, rows, first, count):
    """Uniform numbers keyed by (seed, variable, run): a column does not depend on which others are drawn."""
    runs = np.arange(first, first + count, dtype=np.uint64)
    row = np.arange(rows, dtype=np.uint64)[:, None]
    with np.errstate(over="ignore"):
        mixed = (runs * np.uint64(0x9E3779B97F4A7C15)) ^ (row * np.uint64(0xBF58476D1CE4E5B9))
        mixed ^= np.uint64(seed * 1000 + index) * np.uint64(0x94D049BB133111EB)
        for shift in (30, 27, 31):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53


def simulate(scenario, seed, first, count, *, central=False, groups_only=False):
    _misbehave(first // BLOCK)
    level = scenario.level
    if level == "refused":
        raise InputError("the scenario cannot be simulated")
    along = axes(scenario)
    found = {}
    for index, variable in enumerate(VARIABLES):
        times = len(along.years if variable.every == "year" else along.months)
        width = {"member": len(MEMBERS), "donor": len(DONORS), None: 1}[variable.entity]
        u = _uniform(seed, index, times * width, first, count) if not central else np.full((times * width, count), 0.5)
        if variable.flag:
            u = (u < 0.3).astype(np.float64)
        elif variable.labels:
            u = np.floor(u * 3)
        else:
            u = u * float(level)
        shape = (times, width, count) if variable.entity else (times, count)
        found[variable.name] = u.astype(np.float32).reshape(shape)
        if groups_only and (groups := along.grouped(variable)):
            found[variable.name] = found[variable.name][:, list(groups)]
    if os.environ.get("ALLIANCE_STUB") == "nan":
        found["area"][3, 0] = np.nan
    return found


def _misbehave(block):
    for told in os.environ.get("ALLIANCE_STUB", "").split(";"):
        what, _, value = told.partition("=")
        if what == "sleep":
            time.sleep(float(value))
        if what == "print" and block == int(value):
            print("block", block)
        if what == "raise" and block == int(value):
            raise ZeroDivisionError("division by zero in block")
        if what == "kill" and block == int(value):
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "killonce" and block == int(value):
            marker = Path(os.environ["ALLIANCE_STUB_MARKER"])
            if not marker.exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
