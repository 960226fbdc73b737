"""What comes on top of a member's lasting budget for some years: money of funds, all of it for equipment, and boosts.

Neither enters the equation: the budget after the last of these years starts from what the member spends without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim import facts
from sim.model.engine import Engine, Latest, Numbers, assumption, single
from sim.model.systems.economy import Economy
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import Distribution, Number, Scenario, fixed

_IN_THE_UNION = [WITH_FORCES.index(member.code) for member in facts.members() if member.eu and member.has_forces]
_FUNDED = ("europe", *(f"members.{code}" for code in WITH_FORCES))
_FUND = ("fund_beur", "fund_from_year", "fund_to_year")
_FUND_KEYS = frozenset(f"{group}.{name}" for group in _FUNDED for name in _FUND)

PARAMETERS = (
    assumption("members.*.boost_pp", "points of GDP", fixed(0.0), Number(-5.0, 10.0, percent=False),
        "added to this member's share in the years in which it holds, and gone after them, as under an escape clause",
        "scenario lever", entities=WITH_FORCES, sweep="0 to 0.5", raises=("defence_share_pct_gdp",),
        read="by the calendar year"),
    assumption("members.*.fund_beur", "EUR bn, current prices", None, Number(0.0, 2000.0),
        "a fund for this member's equipment, spent in equal parts from its first year to its last",
        "scenario lever", entities=WITH_FORCES,
        needs=("members.*.fund_from_year", "members.*.fund_to_year"),
        sweep="0 to 50", raises=("defence_share_pct_gdp", "equipment_share_pct")),
    assumption("members.*.fund_from_year", "year", None, Number(2014, 2100, integer=True),
        "first year in which this member's fund is spent",
        "scenario lever", at_start=True, entities=WITH_FORCES, needs=("members.*.fund_beur",),
        sweep="2026 to 2028", moves=("defence_share_pct_gdp",)),
    assumption("members.*.fund_to_year", "year", None, Number(2014, 2100, integer=True),
        "last year in which this member's fund is spent",
        "scenario lever", at_start=True, entities=WITH_FORCES, needs=("members.*.fund_beur",),
        sweep="2028 to 2031", moves=("defence_share_pct_gdp",)),
    assumption("europe.fund_beur", "EUR bn, current prices", None, Number(0.0, 5000.0),
        "a fund of the European Union for equipment, shared by GDP among its members in the alliance, spent in equal "
        "parts from its first year to its last",
        "scenario lever",
        needs=("europe.fund_from_year", "europe.fund_to_year"),
        sweep="0 to 150", raises=("europe_canada_share_pct_gdp", "equipment_share_pct")),
    assumption("europe.fund_from_year", "year", None, Number(2014, 2100, integer=True),
        "first year in which the fund of the European Union is spent",
        "scenario lever", at_start=True, needs=("europe.fund_beur",),
        sweep="2026 to 2028", moves=("europe_canada_share_pct_gdp",)),
    assumption("europe.fund_to_year", "year", None, Number(2014, 2100, integer=True),
        "last year in which the fund of the European Union is spent",
        "scenario lever", at_start=True, needs=("europe.fund_beur",),
        sweep="2028 to 2031", moves=("europe_canada_share_pct_gdp",)),
    assumption("budgets.fund_additional_share", "share", fixed(1.0), Number(0.0, 1.0),
        "part of the money of funds that members spend beyond what they would spend without it",
        "as a fund is meant; how much of it replaces own money is not identified", depends_on=True, sweep="0.3 to 1",
        raises=("europe_canada_share_pct_gdp",)),
)  # fmt: skip


def remarks(scenario: Scenario) -> Iterator[str]:
    """One sentence for each fund that is never spent, or not within the simulated years."""
    for group in _FUNDED:
        years = [scenario.settings.get(f"{group}.{name}") for name in _FUND[1:]]
        told = [given.value.central() for given in years if given and isinstance(given.value, Distribution)]
        if len(told) < 2:
            continue
        first, last = map(int, told)
        if last < first:
            yield f"{group}.fund_to_year {last} is before {group}.fund_from_year {first}: the fund is never spent"
        elif last < scenario.start.year or first > scenario.end.year:
            yield f"{group}.fund_beur is spent from {first} to {last}, outside {scenario.start} to {scenario.end}"


class OnTop:
    """Boosts and money of funds by year, points of GDP, ``(members, runs)``; None in years without any."""

    def __init__(self, engine: Engine, economy: Economy) -> None:
        self._engine, self._economy = engine, economy
        self._boosts: dict[int, Numbers] = {}
        self._funds: dict[int, Numbers] = {}
        self._told = Latest(engine.settings, self._with_funds, _FUND_KEYS)

    def all(self, year: int) -> Numbers | None:
        """What is on top of the lasting budgets of ``year``."""
        boost, fund = self._boosts.get(year), self._funds.get(year)
        if fund is None:
            return boost
        fund = fund * self._engine.settings.number("budgets.fund_additional_share")
        return single(fund if boost is None else boost + fund)

    def funds(self, year: int) -> Numbers | None:
        """The money of funds spent in ``year``, additional or not."""
        return self._funds.get(year)

    def decide(self, year: int, rows: Sequence[int]) -> None:
        """Reads what holds for the budgets of ``rows`` for ``year``."""
        codes = [WITH_FORCES[row] for row in rows]
        boost = self._engine.settings.means_of_year("members.*.boost_pp", codes, year)
        if boost.any() or year in self._boosts:
            self._boosts.setdefault(year, self._engine.zeros(len(WITH_FORCES)))[rows] = boost
        if not self._told() and year not in self._funds:
            return
        own = {row: money for row in rows if (money := self._yearly(f"members.{WITH_FORCES[row]}", year)) is not None}
        shared = self._yearly("europe", year)
        joint = [row for row in rows if row in _IN_THE_UNION]
        if not own and (shared is None or not joint) and year not in self._funds:
            return
        output = self._economy.gdp_current(year) * self._engine.settings.number("us.aid.eur_per_usd")  # EUR bn
        told = self._funds.setdefault(year, self._engine.zeros(len(WITH_FORCES)))
        told[rows] = 0
        for row, money in own.items():
            told[row] += 100 * money / output[row]
        if shared is not None and joint:
            told[joint] += 100 * shared / output[_IN_THE_UNION].sum(axis=0)

    def _with_funds(self) -> set[str]:
        """The groups of keys that tell a fund: its money, and its first and last year."""
        told = self._engine.settings.told(_FUND_KEYS)
        groups = {key.rpartition(".")[0] for key in told}
        return {group for group in groups if all(f"{group}.{name}" in told for name in _FUND)}

    def _yearly(self, group: str, year: int) -> Numbers | None:
        """Money of a fund in ``year``, EUR bn; None where there is none."""
        settings = self._engine.settings
        if group not in self._told():
            return None
        money, first, last = (f"{group}.{name}" for name in _FUND)
        begins, ends = (int(settings.central(key)[0]) for key in (first, last))
        if not begins <= year <= ends:
            return None
        return single(np.nan_to_num(settings.number(money)) / (ends - begins + 1))
