"""What is written down: monthly values at each month's end, yearly values at each 31 December."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.model.aid import DONORS, GROUPS
from sim.model.budget_parameters import WITH_FORCES
from sim.model.clock import Process
from sim.model.engine import Engine, Flags, Numbers, single
from sim.model.roster import CODES
from sim.model.variables import VARIABLES

if TYPE_CHECKING:
    from sim.model.simulation import Systems

PHASE = "record"
_ROSTER_ROWS = [CODES.index(code) for code in WITH_FORCES]
_USA = WITH_FORCES.index("USA")


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes of a run: dates of yearly and monthly values, members with forces, donors followed by groups."""

    years: tuple[date, ...]
    months: tuple[date, ...]
    members: tuple[str, ...] = WITH_FORCES
    donors: tuple[str, ...] = DONORS + GROUPS


class Record:
    """Collects every variable: name -> float32 ``(time, runs)`` or ``(time, entity, runs)``."""

    phase = PHASE

    def __init__(self, engine: Engine, systems: Systems) -> None:
        self._engine, self._systems = engine, systems
        clock = engine.clock
        lengths = {"year": len(clock.year_ends), "month": len(clock.month_ends)}
        entities = {None: (), "member": (len(WITH_FORCES),), "donor": (len(DONORS) + len(GROUPS),)}
        self.values: dict[str, Numbers] = {
            variable.name: np.empty((lengths[variable.every], *entities[variable.entity], engine.runs), np.float32)
            for variable in VARIABLES
        }

    def process(self) -> Process:
        """Records at the end of each month and year, after everything else of that day."""
        clock = self._engine.clock
        for day in clock.days([*clock.month_ends, *clock.year_ends]):
            yield clock.at(day, PHASE)
            if day in clock.month_ends:
                place = clock.month_ends.index(day)
                self._write(place, self._monthly(day))
                self._write_aid(place)
            if day in clock.year_ends:
                self._write(clock.year_ends.index(day), self._yearly(day.year))

    def _write(self, place: int, values: dict[str, NDArray[Any]]) -> None:
        for name, value in values.items():
            self.values[name][place] = value

    def _write_aid(self, place: int) -> None:
        aid = self._systems.aid
        aid.write(aid.pipeline.committed, self.values["aid_committed_beur"][place])
        aid.write(aid.pipeline.allocated, self.values["aid_allocated_beur"][place])
        aid.write(aid.pipeline.delivered, self.values["aid_delivered_beur"][place])
        aid.write(aid.pipeline.allocated_military, self.values["military_aid_allocated_beur"][place])

    def _monthly(self, day: date) -> dict[str, NDArray[Any]]:
        of = self._systems
        hostilities = of.hostilities
        return {
            "us_commitment": of.commitment.credibility,
            "us_posture": of.commitment.posture,
            "us_troops_europe_thousand": of.commitment.troops,
            "us_withdrawn": of.commitment.withdrawn,
            "threat": of.threat.level,
            "republican_president": of.states.president,
            "republican_house": of.states.house,
            "republican_senate": of.states.senate,
            "secretary_general": of.secretary.holder,
            "russian_controlled_km2": of.war.controlled,
            "net_gain_km2": of.war.change,
            "kursk_held_km2": of.war.kursk,
            "russian_casualties_thousand": of.war.russian_losses,
            "ukrainian_casualties_thousand": of.war.ukrainian_losses,
            "russian_intake_thousand": of.war.russian_intake,
            "ukrainian_intake_thousand": of.war.ukrainian_intake,
            "resource_ratio": of.war.ratio,
            "in_talks": hostilities.in_talks,
            "ceasefire": hostilities.ceasefire,
            "war_day": hostilities.day(day),
        }

    def _yearly(self, year: int) -> dict[str, NDArray[Any]]:
        of = self._systems
        share = of.budgets.of_year(year)
        real, current = of.economy.gdp_2015(year), of.economy.gdp_current(year)
        inside = of.roster.member[_ROSTER_ROWS]
        allies = inside.copy()
        allies[_USA] = False
        spent = share / 100 * current * inside
        target = of.summits.target(year)
        return {
            "defence_share_pct_gdp": share,
            "defence_spending_busd_2015": share / 100 * real,
            "equipment_share_pct": of.equipment.of_year(year),
            "members_total": of.roster.total(),
            "members_at_2pct": _reaching(share, inside, 2.0),
            "members_at_3_5pct": _reaching(share, inside, 3.5),
            "members_at_target": _reaching(share, inside, target),
            "europe_canada_share_pct_gdp": (share * real * allies).sum(axis=0) / (real * allies).sum(axis=0),
            "europe_canada_spending_busd_current": (spent * allies).sum(axis=0),
            "us_share_of_nato_pct": 100 * spent[_USA] / spent.sum(axis=0),
            "target_pct_gdp": target,
            "russian_military_share_pct_gdp": of.threat.effort,
        }


def _reaching(share: Numbers, inside: Flags, level: Numbers | float) -> Numbers:
    """Members whose share rounds to ``level`` or more at two decimals, as NATO counts. ``(runs,)``."""
    return single(((share >= single(level) - np.float32(0.005)) & inside).sum(axis=0))
