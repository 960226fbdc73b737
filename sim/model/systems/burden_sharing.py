"""Burden sharing: what the members' budgets add up to, and how many members reach a level of spending.

It has no equation of its own. A member counts as at a level when its share rounds to it at two decimals, as NATO counts
in its releases (Defence Expenditure of NATO Countries, June 2024).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.model.engine import Block, Engine, Flags, Numbers, Parts, Runs, System, Variable, single
from sim.model.systems.budgets import Budgets
from sim.model.systems.economy import Economy
from sim.model.systems.roster import ALLIES, CANDIDATES, CODES, WITH_FORCES, Roster
from sim.model.systems.summits import Summits

_ROSTER_ROWS = np.array([CODES.index(code) for code in WITH_FORCES])
_USA = WITH_FORCES.index("USA")
_ALLIES = np.array([WITH_FORCES.index(code) for code in ALLIES])
_CURRENT = "current prices and exchange rates"


class BurdenSharing:
    """Totals over the members of the day, each ``(runs,)``."""

    def __init__(self, engine: Engine, economy: Economy, roster: Roster, summits: Summits, budgets: Budgets) -> None:
        self._economy, self._roster, self._summits, self._budgets = economy, roster, summits, budgets
        number = engine.settings.numbers
        self._joining_gdp = number("alliance.*.gdp_busd", CANDIDATES)
        self._joining_share = number("alliance.*.share_pct_gdp", CANDIDATES)
        self._joining_forces = number("alliance.*.forces_thousand", CANDIDATES)
        self._latest: tuple[date, Numbers] | None = None  # the day last asked for, and what members spend

    def at_2(self, day: date) -> Numbers:
        """Members at 2% of GDP or more."""
        return self._reaching(day, 2.0)

    def at_3_5(self, day: date) -> Numbers:
        """Members at 3.5% of GDP or more."""
        return self._reaching(day, 3.5)

    def at_target(self, day: date) -> Numbers:
        """Members at the target in force or above."""
        return self._reaching(day, self._summits.target(day.year))

    def allies_share(self, day: date) -> Numbers:
        """Spending of Europe and Canada over their GDP, %."""
        share, real, allies = self._budgets.share(day), self._economy.gdp_2015(day.year), self._allies()
        joined = self._joining_gdp * self._joined()
        spent = (share * real * allies).sum(axis=0) + (joined * self._joining_share).sum(axis=0)
        earned = (real * allies).sum(axis=0) + joined.sum(axis=0)
        if not earned.all():
            raise InputError(
                f"on {day} no member in Europe and no Canada is left in some runs: there is no common share of GDP "
                "to tell; keep one of them (alliance.CODE.member), or end before"
            )
        return single(spent / earned)

    def allies_spending(self, day: date) -> Numbers:
        """Spending of Europe and Canada, USD bn at current prices."""
        return single((self._spent(day) * self._allies()).sum(axis=0) + self._spent_by_joined())

    def us_part(self, day: date) -> Numbers:
        """The part of the United States in the spending of the alliance, %."""
        spent = self._spent(day)
        return single(100 * spent[_USA] / (spent.sum(axis=0) + self._spent_by_joined()))

    def forces_joined(self, _: date) -> Numbers:
        """Soldiers of the countries that have joined since the start, thousand."""
        return single((self._joining_forces * self._joined()).sum(axis=0))

    def _joined(self) -> Flags:
        return self._roster.member[-len(CANDIDATES) :]

    def _spent_by_joined(self) -> Numbers:
        """Spending of the countries that have joined since the start, USD bn at the prices of the start."""
        return single((self._joining_gdp * self._joining_share / 100 * self._joined()).sum(axis=0))

    def _inside(self) -> Flags:
        inside: Flags = self._roster.member[_ROSTER_ROWS]
        return inside

    def _allies(self) -> Flags:
        inside = self._inside()
        inside[_USA] = False
        return inside

    def _spent(self, day: date) -> Numbers:
        """Spending of today's members on a day, USD bn at current prices, ``(members, runs)``."""
        if self._latest is None or self._latest[0] != day:
            whole = self._budgets.share(day) / 100 * self._economy.gdp_current(day.year)
            self._latest = day, single(whole * self._inside())
        return self._latest[1]

    def _reaching(self, day: date, level: Numbers | float) -> Numbers:
        """Members whose share rounds to ``level`` or more at two decimals, as NATO counts."""
        least = single(level) - np.float32(0.005)
        reached, joined = self._budgets.share(day) >= least, self._joining_share >= least
        return single((reached & self._inside()).sum(axis=0) + (joined & self._joined()).sum(axis=0))


def by_member(level: float | None) -> Callable[[Block, str], Parts]:
    """The change of a count, member by member; ``level`` % of GDP, None for the target in force."""

    def parts_of(block: Block, _: str) -> Parts:
        name = {2.0: "members_at_2pct", 3.5: "members_at_3_5pct", None: "members_at_target"}[level]
        total, shares, target = block.of(name), block.record["defence_share_pct_gdp"], block.record["target_pct_gdp"]
        target = target if level is None else np.full_like(target, level)
        reached = (shares >= (target - np.float32(0.005))[:, None]).astype(np.float64)
        reached[:, _USA] *= 1 - block.record["us_withdrawn"][_months_of_years(block)]
        moved = reached[-1] - reached[0]
        parts = {code: moved[row] for row, code in enumerate(WITH_FORCES) if moved[row].any()}
        how = "share of runs in which a member is at the level, now less at the first recorded year"
        return Parts(total[0], total[-1], parts, how).with_rest("accessions")

    return parts_of


def _months_of_years(block: Block) -> list[int]:
    """The last month recorded by each year's day."""
    return [max(row for row, day in enumerate(block.axes.months) if day <= year) for year in block.axes.years]


def by_weight(block: Block, _: str) -> Parts:
    """The change of the allies' share: each member's at its weight, and the weights'."""
    total = block.of("europe_canada_share_pct_gdp")
    share = block.of("defence_share_pct_gdp")[:, _ALLIES]
    gdp = block.of("defence_spending_busd_constant")[:, _ALLIES] / share
    weight = gdp / gdp.sum(axis=1, keepdims=True)
    own = (share[-1] - share[0]) * (weight[0] + weight[-1]) / 2
    parts = {code: own[row] for row, code in enumerate(ALLIES)}
    parts["weights of the members' GDP"] = ((weight[-1] - weight[0]) * (share[0] + share[-1]) / 2).sum(axis=0)
    how = "change of each member's share at its mean weight in GDP since the first recorded year"
    return Parts(total[0], total[-1], parts, how).with_rest("accessions")


def by_spending(block: Block, _: str) -> Parts:
    """The change of the allies' spending, member by member."""
    total, spent = block.of("europe_canada_spending_busd_current"), _spent(block)
    parts = {code: spent[1, row] - spent[0, row] for code, row in zip(ALLIES, _ALLIES, strict=True)}
    return Parts(total[0], total[-1], parts, "change of each member's spending").with_rest("accessions")


def by_side(block: Block, _: str) -> Parts:
    """The change of the United States' part: from its own spending, and from that of the others."""
    total, spent = block.of("us_share_of_nato_pct"), _spent(block)
    usa, others = spent[:, _USA], spent[:, _ALLIES].sum(axis=1)

    def part(own: Runs, theirs: Runs) -> Runs:
        return 100 * own / (own + theirs)

    from_usa = (
        part(usa[1], others[0]) - part(usa[0], others[0]) + part(usa[1], others[1]) - part(usa[0], others[1])
    ) / 2
    whole = part(usa[1], others[1]) - part(usa[0], others[0])
    parts = {"spending of the United States": from_usa, "spending of the others": whole - from_usa}
    how = "mean effect of each side's change over both orders"
    return Parts(total[0], total[-1], parts, how).with_rest("accessions and withdrawal")


def _spent(block: Block) -> NDArray[np.float64]:
    """Spending at current prices, USD bn, ``(2, members, runs)``: first and last recorded year."""
    share, economy, years = block.of("defence_share_pct_gdp"), block.systems["economy"], block.axes.years
    gdp = [block.cut(economy.gdp_current(day.year)) for day in (years[0], years[-1])]
    return np.stack([share[0], share[-1]]) / 100 * np.stack(gdp)


_SHARES = ("shares", "U.S. share", "roster")

SYSTEM = System(
    name="burden_sharing",
    title="burden sharing",
    build=BurdenSharing,
    reads=("economy", "roster", "summits", "budgets"),
    variables=(
        Variable(
            "members_at_2pct", "Members at or above 2% of GDP", "members", "year", headline=True,
            read="at_2", states=_SHARES, parts=by_member(2.0),
        ),
        Variable(
            "members_at_3_5pct", "Members at or above 3.5% of GDP", "members", "year",
            read="at_3_5", states=_SHARES, parts=by_member(3.5),
        ),
        Variable(
            "members_at_target", "Members at or above the target in force", "members", "year",
            read="at_target", states=(*_SHARES, "target"), parts=by_member(None),
        ),
        Variable(
            "europe_canada_share_pct_gdp", "Europe and Canada, defence share of GDP", "% of GDP", "year", headline=True,
            read="allies_share", states=("shares", "growth", "roster"), parts=by_weight, about=ALLIES,
        ),
        Variable(
            "europe_canada_spending_busd_current", "Europe and Canada, defence expenditure", "USD bn", "year",
            price_basis=_CURRENT, headline=True,
            read="allies_spending", states=("shares", "growth", "prices", "roster"), parts=by_spending, about=ALLIES,
        ),
        Variable(
            "forces_joined_thousand", "Soldiers of countries that have joined since the start", "thousand", "year",
            read="forces_joined", states=("roster",),
        ),
        Variable(
            "us_share_of_nato_pct", "United States, share of NATO defence expenditure", "% of NATO total", "year",
            price_basis=_CURRENT, headline=True,
            read="us_part", states=("shares", "U.S. share", "growth", "prices", "roster"), parts=by_side,
        ),
    ),
)  # fmt: skip
