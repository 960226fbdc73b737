"""The economies of the members: real growth, public debt and GDP, which come from outside the model.

Nothing in the model moves an economy; budgets read it. Growth in a year is what the IMF projected at the start, plus a
shock common to all members (drawn from the allies' past yearly means) and one of each member's own (Student, 5
degrees):

    growth = projected + shift + common factor * common shock + own sd * own shock

GDP grows by it, at current prices also by the dollar inflation. Source: IMF World Economic Outlook, October 2024; GDP
in NATO's own prices follows from its June 2024 release (100 * spending / share).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from sim import facts
from sim.model.engine import Engine, Numbers, State, System, assumption, estimated, single, slot, under
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import Flag, Number, fixed, normal

NORMAL_YEARS = 2001  # growth is compared with its median from this year on

HISTORY_ON = date(2024, 10, 1)  # a history takes growth, debt and GDP as this day knew them

PARAMETERS = (
    assumption("economy.told", "yes or no", False, Flag(),
        "growth, debt and GDP to 2024 are told as they came; for histories only",
        "scenario lever", at_start=True),
    estimated("economy.common_growth_factor", "factor", fixed(1.0), Number(0.0, 5.0),
        "scale of the common yearly growth shock, drawn from the allies' past yearly means around their median",
        "IMF World Economic Outlook, October 2024: yearly means over members since 2001"),
    estimated("economy.own_growth_sd_pct", "sd, points of growth", normal(2.2, 0.2, low=0.1),
        Number(0.0, 10.0, percent=False),
        "a member's own yearly growth shock",
        "IMF World Economic Outlook, October 2024: yearly growth less member and year means, 2001-23"),
    assumption("economy.growth_shift_pct", "points of growth a year", fixed(0.0), Number(-10.0, 10.0, percent=False),
        "shift of every member's real growth",
        "scenario lever"),
    assumption("economy.dollar_inflation_pct", "% a year", normal(2.1, 0.5), Number(-5.0, 20.0, percent=False),
        "yearly rise of the dollar price of GDP, at constant real exchange rates",
        "IMF World Economic Outlook, October 2024, implied U.S. deflator 2025-29"),
)  # fmt: skip


class Economy:
    """Yearly growth, debt and GDP of members with forces; arrays ``(members, runs)``. Years come as asked for."""

    def __init__(self, engine: Engine) -> None:
        codes = WITH_FORCES
        self._engine, self._codes = engine, codes
        self._slots = [slot(code) for code in codes]
        history = bool(engine.settings.flag("economy.told").all())
        day = max(engine.start, HISTORY_ON) if history else engine.start
        self._known_until = HISTORY_ON.year if history else engine.start.year - 1
        known = facts.real_growth(day)
        self._growth = {code: known.get(code, {}) for code in codes}
        self.normal = np.array([_median(self._growth[code], engine.start.year) for code in codes], np.float32)[:, None]
        self._common = common_shocks(self._growth, engine.start.year)
        self._debt = facts.gross_debt(day)
        self._drawn: dict[int, Numbers] = {}
        self._changes, self._seen = engine.settings.set_by_events("economy.*"), engine.settings.changes
        share, real, current = (
            table(day) for table in (facts.defence_shares, facts.defence_spending_2015, facts.defence_spending_current)
        )
        self._gdp_2015 = {code: _gdp(share[code], real[code]) for code in codes}
        self._gdp_current = {code: _gdp(share[code], current[code]) for code in codes}
        self._levels: dict[tuple[str, int, bool], Numbers] = {}

    def growth(self, year: int) -> Numbers:
        """Real growth in ``year``, %: as known, or projected plus a common and an own shock."""
        self._forget_before_events()
        if year not in self._drawn:
            self._drawn[year] = self._draw(year)
        return self._drawn[year]

    def debt(self, year: int) -> Numbers:
        """Gross debt, % of GDP, ``(codes, 1)``: the last known or projected value up to ``year``."""
        return np.array([[_latest(self._debt.get(code, {}), year, 60.0)] for code in self._codes], np.float32)

    def gdp_2015(self, year: int) -> Numbers:
        """GDP in USD bn at 2015 prices and exchange rates, on NATO's own base."""
        self._forget_before_events()
        return np.stack([self._level(row, year, False) for row in range(len(self._codes))])

    def gdp_current(self, year: int) -> Numbers:
        """GDP in USD bn at current prices, at the real exchange rates of the last known year.

        A year's price level rises by the mean of the dollar inflation in force over its days.
        """
        self._forget_before_events()
        return np.stack([self._level(row, year, True) for row in range(len(self._codes))])

    def _forget_before_events(self) -> None:
        """What was reckoned before an event that sets a key of the economy is reckoned again with it."""
        if self._changes and self._seen != self._engine.settings.changes:
            self._seen = self._engine.settings.changes
            self._drawn.clear()
            self._levels.clear()

    def _level(self, row: int, year: int, current: bool) -> Numbers:
        code = self._codes[row]
        key = (code, year, current)
        if key not in self._levels:
            known = (self._gdp_current if current else self._gdp_2015)[code]
            base = max(known)
            if year <= base:
                latest = known[max((past for past in known if past <= year), default=min(known))]
                self._levels[key] = np.full(self._engine.runs, latest, np.float32)
            else:
                settings = self._engine.settings
                prices = settings.mean_of_year("economy.dollar_inflation_pct", year) if current else np.float32(0)
                rise = 1 + (self.growth(year)[row] + prices) / 100
                self._levels[key] = single(self._level(row, year - 1, current) * rise)
        return self._levels[key]

    def _draw(self, year: int) -> Numbers:
        settings, streams = self._engine.settings, self._engine.streams
        expected = np.array(
            [
                [self._growth[code].get(year, float(normal[0]))]
                for code, normal in zip(self._codes, self.normal, strict=True)
            ],
            np.float32,
        )
        if year <= self._known_until:
            return self._engine.fill(expected)
        picked = (streams.uniform("economy", year) * len(self._common)).astype(np.intp)
        common = settings.mean_of_year("economy.common_growth_factor", year) * self._common[picked]
        own = settings.mean_of_year("economy.own_growth_sd_pct", year) * streams.students(
            "economy", year, self._slots, 5.0
        )
        shift = settings.mean_of_year("economy.growth_shift_pct", year)
        part = 0.25 if year == self._engine.start.year else 1.0  # a year under way is mostly known by October
        return np.asarray(expected + shift + part * (common + own), np.float32)


def common_shocks(growth: Mapping[str, Mapping[int, float]], until: int) -> Numbers:
    """Past yearly means of growth over members, less their median: what a common shock is drawn from. ``(years,)``."""
    years = range(NORMAL_YEARS, until)
    means = np.array([np.mean([series[year] for series in growth.values() if year in series]) for year in years])
    return single(means - _middle(means))


def _median(series: Mapping[int, float], until: int) -> float:
    return _middle([value for year, value in series.items() if NORMAL_YEARS <= year < until])


def _middle(values: Iterable[float]) -> float:
    """The median. NumPy's own imports its masked arrays, which nothing here uses: 0.03 s."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _latest(series: Mapping[int, float], year: int, otherwise: float) -> float:
    years = [known for known in series if known <= year]
    return series[max(years)] if years else otherwise


def _gdp(share: Mapping[int, float], spending: Mapping[int, float]) -> dict[int, float]:
    return {year: 100 * spending[year] / share[year] for year in share if year in spending}


SYSTEM = System(
    name="economy",
    title="economy",
    build=Economy,
    stream=8,
    parameters=PARAMETERS,
    states={
        "growth": State(
            keys=under("economy", "told common_growth_factor own_growth_sd_pct growth_shift_pct"),
            tables=("economy",),
        ),
        "prices": State(keys=("economy.dollar_inflation_pct",), tables=("economy", "defence")),
    },
)
