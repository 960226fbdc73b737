"""Summits and targets: yearly meetings on real dates, adoption of a new spending target, and who complies.

Where a target above the one in force is discussed, a summit adopts it with some probability (times a factor of the
Secretary-General). It is then asked of members along a straight line from the old to the new over some years; a member
may opt out. Source: three target decisions since 2006; adoption and compliance are not identified and are swept.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import Engine, Flags, Numbers, Process, State, System, Variable, assumption, data, slot, under
from sim.model.systems.roster import WITH_FORCES
from sim.model.systems.secretary_general import SecretaryGeneral
from sim.scenario import Flag, Number, Value, beta, discrete, fixed

PHASE = "summits"
WALES_PLEDGE = date(2014, 9, 5)
NEW_TARGET_TALK = date(2024, 1, 1)

PARAMETERS = (
    data("summits.target_pct_gdp", "% of GDP", fixed(2.0), Number(0.0, 10.0),
        "spending guideline in force at the start",
        "Riga 2006 guideline, Wales pledge of 5 September 2014, Vilnius 2023", at_start=True),
    data("summits.deadline_year", "year", None, Number(2000, 2100, integer=True),
        "year by which the guideline in force is to be met; not set: none",
        "Wales Summit Declaration: 'within a decade', read as 2024"),
    data("summits.new_target_discussed", "yes or no", None, Flag(),
        "a target above the one in force is under discussion",
        "press 2024: talk of 2.5% and 3%"),
    assumption("summits.adoption_probability", "per summit", discrete({0.0: 1 / 3, 0.2: 1 / 3, 0.5: 1 / 3}),
        Number(0.0, 1.0),
        "probability that a summit adopts the new target once it is discussed",
        "three target decisions since 2006; not identified", depends_on=True, sweep="0, 0.2, 0.5"),
    assumption("summits.new_target_pct_gdp", "% of GDP", discrete({2.5: 1 / 3, 3.0: 1 / 3, 3.5: 1 / 3}),
        Number(0.0, 10.0),
        "the new target",
        "proposals in the press of 2024", depends_on=True, sweep="2.5, 3, 3.5"),
    assumption("summits.path_years", "years", fixed(10.0), Number(1.0, 30.0),
        "years over which the target rises linearly from the old to the new",
        "as the Wales pledge", sweep="5 to 15"),
    assumption("summits.opt_out_probability", "per member", fixed(0.05), Number(0.0, 1.0),
        "probability that a member does not take part in the new target",
        "not identified", at_start=True, depends_on=True, sweep="0 to 0.3"),
    assumption("summits.compliance", "share", beta(8.0, 2.0), Number(0.0, 1.5),
        "response of budgets to the distance to a new target, relative to that to the Wales guideline",
        "not identified above 2%", depends_on=True, sweep="0.4 to 1"),
)  # fmt: skip


class Summits:
    """The target path: ``old``, ``new`` (% of GDP) and ``adopted`` (year, 0 if none), each ``(runs,)``."""

    def __init__(self, engine: Engine, secretary: SecretaryGeneral) -> None:
        self._engine, self._secretary = engine, secretary
        self.old = engine.fill(engine.settings.number("summits.target_pct_gdp"))
        self.new = self.old.copy()
        self.adopted: NDArray[np.int32] = np.zeros(engine.runs, np.int32)
        drawn = engine.streams.uniforms("summits", 0, [slot(code) for code in WITH_FORCES])
        self._takes_part = drawn >= engine.settings.number("summits.opt_out_probability")

    def process(self) -> Process:
        """Adopts a new target at a summit, in the runs in which one is discussed and agreed."""
        clock, settings = self._engine.clock, self._engine.settings
        for day in clock.days(summit_days(clock.start, clock.end)):
            yield clock.at(day, PHASE)
            discussed = settings.flag("summits.new_target_discussed") | self._secretary.new_target_on_agenda()
            chance = settings.number("summits.adoption_probability") * self._secretary.adoption()
            wanted = settings.number("summits.new_target_pct_gdp")
            drawn = self._engine.streams.uniform("summits", day.year)
            adopts = discussed & (self.adopted == 0) & (drawn < chance) & (wanted > self.old)
            self.adopted = np.where(adopts, day.year, self.adopted)
            self.new = np.where(adopts, wanted, self.new).astype(np.float32)

    def target(self, year: int) -> Numbers:
        """The target in force in ``year`` as decided so far, % of GDP, ``(runs,)``."""
        years = self._engine.settings.number("summits.path_years")
        return target_path(self.old, self.new, self.adopted, year, years)

    def target_on(self, day: date) -> Numbers:
        """The target in force on a day as decided so far, % of GDP, ``(runs,)``."""
        return self.target(day.year)

    def asked_of(self, year: int) -> Numbers:
        """The target asked of each member in ``year``: those that opted out keep the old one. ``(members, runs)``."""
        return np.where(self._takes_part, self.target(year), self.old)

    def deadline(self, year: int) -> Flags:
        """Whether the guideline in force at the start falls due in ``year``, ``(1,)`` or ``(runs,)``."""
        return np.asarray(self._engine.settings.number("summits.deadline_year") == year, np.bool_)

    def pledge(self) -> Numbers:
        """Factor on the response to the guideline in force at the start, ``(runs,)``."""
        return self._secretary.compliance()

    def compliance(self, year: int) -> Numbers:
        """Factor on the response of the budgets for ``year`` to a new target, ``(runs,)``."""
        return self._secretary.compliance() * self._engine.settings.mean_of_year("summits.compliance", year)


def target_path(old: Numbers, new: Numbers, adopted: NDArray[np.int32], year: int, years: Numbers) -> Numbers:
    """The target in ``year``: linear from ``old`` in the year of adoption to ``new`` after ``years`` years."""
    done = np.clip((year - adopted) / years, 0, 1) * (adopted > 0)
    return (old + (new - old) * done).astype(np.float32)


def summit_days(start: date, end: date) -> list[date]:
    """Summits announced by ``start``, a year ahead at least; one each 1 July in the years after the last of them."""
    soon = start + timedelta(days=400)  # a real date beyond it was not known then and would be hindsight
    dates = [summit.date for summit in facts.summits(start) if not summit.date_is_hindsight or summit.date <= soon]
    known = [day for day in dates if start <= day <= end]
    last = max((day.year for day in known), default=start.year if start.month > 7 else start.year - 1)
    return known + [date(year, 7, 1) for year in range(last + 1, end.year + 1)]


def known_targets(start: date) -> dict[str, Value]:
    """Whether a new target was discussed on a day, and the deadline of the Wales pledge once it was given."""
    values: dict[str, Value] = {"summits.new_target_discussed": start >= NEW_TARGET_TALK}
    if start >= WALES_PLEDGE:
        values["summits.deadline_year"] = fixed(2024.0)
    return values


SYSTEM = System(
    name="summits",
    title="summits",
    build=Summits,
    reads=("secretary_general",),
    phase=PHASE,
    stream=6,
    parameters=PARAMETERS,
    variables=(
        Variable(
            "target_pct_gdp", "Spending target in force", "% of GDP", "year", read="target_on", states=("target",)
        ),
    ),
    states={
        "target": State(
            keys=under(
                "summits", "target_pct_gdp new_target_discussed adoption_probability new_target_pct_gdp path_years"
            ),
            reads=("agenda",),
            tables=("summits",),
        ),
    },
    at_start=known_targets,
)
