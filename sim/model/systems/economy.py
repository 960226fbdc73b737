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
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.facts.tables import per_folder
from sim.model.engine import Engine, Numbers, State, System, assumption, by_year, estimated, single
from sim.model.systems.roster import ALLIES, PLACES, WITH_FORCES
from sim.scenario import Flag, Number, fixed, normal, uniform

EURO = (
    "BEL", "DEU", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "ITA", "LTU", "LUX", "LVA", "NLD", "PRT", "SVK", "SVN",
)  # fmt: skip
PEGGED = ("BGR", "DNK", "MNE")  # to the euro, or its users without a say
CURRENCY = dict.fromkeys((*EURO, *PEGGED), "EUR")
_CURRENCY_PLACES = [PLACES["DEU" if code in CURRENCY else code] for code in WITH_FORCES]  # the euro at Germany's place
FEWEST_YEARS = 5  # of exchange rates, for a spread to be estimated
_ABROAD = [WITH_FORCES.index(code) for code in ALLIES]

NORMAL_YEARS = 2001  # growth is compared with its median from this year on

HISTORY_ON = date(2024, 10, 1)  # a history takes growth, debt and GDP as this day knew them

_OF_ALL = by_year(
    assumption("economy.told", "yes or no", False, Flag(),
        "growth, debt and GDP to 2024 are told as they came; for histories only",
        "scenario lever", at_start=True, moves=("europe_canada_spending_busd_current",)),
    estimated("economy.common_growth_factor", "factor", fixed(1.0), Number(0.0, 5.0),
        "scale of the common yearly growth shock, drawn from the allies' past yearly means around their median",
        "IMF World Economic Outlook, October 2024: yearly means over members since 2001",
        raises=("spread of europe_canada_spending_busd_current",)),
    estimated("economy.own_growth_sd_pct", "sd, points of growth", normal(2.2, 0.2, low=0.1),
        Number(0.0, 10.0, percent=False),
        "a member's own yearly growth shock",
        "IMF World Economic Outlook, October 2024: yearly growth less member and year means, 2001-23",
        raises=("spread of defence_spending_busd_constant",),
        reported_only="its 90% interval is narrow beside what moves a member's budget otherwise"),
    assumption("economy.growth_shift_pct", "points of growth a year", fixed(0.0), Number(-10.0, 10.0, percent=False),
        "shift of every member's real growth",
        "scenario lever", sweep="-2 to 2", raises=("europe_canada_spending_busd_current",)),
    assumption("economy.dollar_inflation_pct", "% a year", normal(2.1, 0.5), Number(-5.0, 20.0, percent=False),
        "yearly rise of the dollar price of GDP, at constant real exchange rates",
        "IMF World Economic Outlook, October 2024, implied U.S. deflator 2025-29",
        raises=("europe_canada_spending_busd_current",)),
)  # fmt: skip
_DEBT = (
    assumption("economy.debt_financed_share", "share", uniform(0.3, 1.0), Number(0.0, 1.0),
        "part of the rise of a member's defence share since the start that is added to its public debt",
        "not identified", depends_on=True, sweep="0.3 to 1", lowers=("europe_canada_share_pct_gdp",),
        reported_only="within the horizon the rise of spending adds a few points of GDP to a debt"),
)  # fmt: skip
_RATES = by_year(
    estimated("economy.exchange_rate_factor", "factor", fixed(1.0), Number(0.0, 5.0),
        "scale of the yearly changes of exchange rates, whose spread is that of the years known at the start",
        "GDP in national currency and in dollars, IMF, actual years: a part common to all currencies against "
        "the dollar, and a part of each currency's own", raises=("spread of europe_canada_spending_busd_current",)),
    assumption("economy.dollar_change_pct", "% a year", fixed(0.0), Number(-50.0, 50.0, percent=False),
        "change of the dollar's value against all other currencies",
        "scenario lever", sweep="-5 to 5",
        raises=("us_share_of_nato_pct",), lowers=("europe_canada_spending_busd_current",)),
    assumption("economy.*.exchange_change_pct", "% a year", fixed(0.0), Number(-80.0, 100.0, percent=False),
        "change of the value of this member's currency against the dollar, on top of what is drawn",
        "scenario lever", entities=ALLIES, sweep="-5 to 5", raises=("europe_canada_spending_busd_current",)),
    assumption("economy.*.growth_shift_pct", "points of growth a year",
        fixed(0.0), Number(-10.0, 10.0, percent=False),
        "shift of this member's real growth, on top of the shift of every member's",
        "scenario lever", entities=WITH_FORCES, sweep="-2 to 2", raises=("defence_spending_busd_constant",)),
)  # fmt: skip
PARAMETERS = _OF_ALL + _DEBT + _RATES


Series = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the members' economies, by code and year; ``normal``: usual growth, ``(members, 1)``."""

    growth: Series
    normal: Numbers
    common: Numbers
    debt: Series
    gdp_2015: Series
    gdp_current: Series
    rates: tuple[np.float32, Mapping[str, float]]


@per_folder
def _known(day: date, start: date) -> _Known:
    """Tables as of ``day``, of a run from ``start``; the same for every block, so they are read once."""
    panel = facts.real_growth(day)
    growth = {code: panel.get(code, {}) for code in WITH_FORCES}
    share, real, current = (
        table(day) for table in (facts.defence_shares, facts.defence_spending_2015, facts.defence_spending_current)
    )
    return _Known(
        growth=growth,
        normal=np.array([_median(growth[code], start.year) for code in WITH_FORCES], np.float32)[:, None],
        common=common_shocks(growth, start.year),
        debt=facts.gross_debt(day),
        gdp_2015={code: _gdp(share[code], real[code]) for code in WITH_FORCES},
        gdp_current={code: _gdp(share[code], current[code]) for code in WITH_FORCES},
        rates=rate_spreads(facts.exchange_rates(start)),
    )


@per_folder
def _expected(day: date, start: date, year: int) -> Numbers:
    """Growth known or projected for ``year``, else the usual, %, ``(members, 1)``."""
    known = _known(day, start)
    pairs = zip(WITH_FORCES, known.normal, strict=True)
    return np.array([[known.growth[code].get(year, float(normal[0]))] for code, normal in pairs], np.float32)


@per_folder
def _debts(day: date, start: date, year: int) -> Numbers:
    """The last known or projected gross debt up to ``year``, % of GDP, ``(members, 1)``."""
    known = _known(day, start).debt
    return np.array([[_latest(known.get(code, {}), year, 60.0)] for code in WITH_FORCES], np.float32)


@per_folder
def _output(day: date, start: date, year: int, current: bool) -> tuple[Numbers, NDArray[np.int64]]:
    """GDP as last known up to ``year``, ``(members, 1)``, and the last year known of each member."""
    known = _known(day, start)
    series = [(known.gdp_current if current else known.gdp_2015)[code] for code in WITH_FORCES]
    told = [[own[max((past for past in own if past <= year), default=min(own))]] for own in series]
    return np.array(told, np.float32), np.array([max(own) for own in series])


class Economy:
    """Yearly growth, debt and GDP of members with forces; arrays ``(members, runs)``. Years come as asked for."""

    def __init__(self, engine: Engine) -> None:
        codes = WITH_FORCES
        self._engine, self._codes = engine, codes
        self._places = [PLACES[code] for code in codes]
        history = bool(engine.settings.flag("economy.told").all())
        day = max(engine.start, HISTORY_ON) if history else engine.start
        self._known_until = HISTORY_ON.year if history else engine.start.year - 1
        self._day, known = day, _known(day, engine.start)
        self.normal, self._common = known.normal, known.common
        self._drawn: dict[int, Numbers] = {}
        self._changes, self._seen = engine.settings.set_by_events("economy.*"), engine.settings.changes
        self._levels: dict[tuple[int, bool], Numbers] = {}
        self._common_rate, self._own_rate = known.rates
        self._rates: dict[int, Numbers] = {}

    def growth(self, year: int) -> Numbers:
        """Real growth in ``year``, %: as known, or projected plus a common and an own shock."""
        self._forget_before_events()
        if year not in self._drawn:
            self._drawn[year] = self._draw(year)
        return self._drawn[year]

    def debt(self, year: int) -> Numbers:
        """Gross debt, % of GDP, ``(codes, 1)``: the last known or projected value up to ``year``."""
        return _debts(self._day, self._engine.start, year)

    def gdp_2015(self, year: int) -> Numbers:
        """GDP in USD bn at 2015 prices and exchange rates, on NATO's own base."""
        self._forget_before_events()
        return self._level(year, False)

    def gdp_current(self, year: int) -> Numbers:
        """GDP in USD bn at current prices and exchange rates.

        A year's price level rises by the mean of the dollar inflation in force over its days, and so do exchange
        rates by the means of their levers.
        """
        self._forget_before_events()
        return self._level(year, True)

    def _forget_before_events(self) -> None:
        """What was reckoned before an event that sets a key of the economy is reckoned again with it."""
        if self._changes and self._seen != self._engine.settings.changes:
            self._seen = self._engine.settings.changes
            self._drawn.clear()
            self._levels.clear()
            self._rates.clear()

    def _level(self, year: int, current: bool) -> Numbers:
        """GDP in ``year``, ``(members, runs)``: as last known, and grown from the year before where it is not known."""
        if (year, current) not in self._levels:
            told, until = _output(self._day, self._engine.start, year, current)
            level = self._engine.fill(told)
            later = np.flatnonzero(year > until)
            if later.size:
                prices: Numbers = single([0.0])
                if current:
                    prices = self._engine.settings.mean_of_year("economy.dollar_inflation_pct", year)
                rise = 1 + (self.growth(year) + prices) / 100
                if current:
                    rise = rise * np.exp(self._rate_changes(year))
                level[later] = (self._level(year - 1, current) * rise)[later]
            self._levels[year, current] = level
        return self._levels[year, current]

    def _rate_changes(self, year: int) -> Numbers:
        """Change of the logarithm of each currency's value in dollars in ``year``, ``(codes, runs)``; 0 for the USA."""
        if year not in self._rates:
            settings, streams = self._engine.settings, self._engine.streams
            factor = settings.mean_of_year("economy.exchange_rate_factor", year)
            common = self._common_rate * streams.normal("economy", year, purpose=1)
            own = np.array([[self._own_rate.get(code, self._common_rate)] for code in self._codes], np.float32)
            drawn = factor * (common + own * streams.normals("economy", year, _CURRENCY_PLACES, purpose=2))
            stated = np.log1p(settings.means_of_year("economy.*.exchange_change_pct", ALLIES, year) / 100)
            stated = stated - np.log1p(settings.mean_of_year("economy.dollar_change_pct", year) / 100)
            changes = np.zeros((len(self._codes), self._engine.runs), np.float32)
            changes[_ABROAD] = drawn[_ABROAD] + stated
            self._rates[year] = changes
        return self._rates[year]

    def _draw(self, year: int) -> Numbers:
        settings, streams = self._engine.settings, self._engine.streams
        expected = _expected(self._day, self._engine.start, year)
        if year <= self._known_until:
            return self._engine.fill(expected)
        picked = (streams.uniform("economy", year) * len(self._common)).astype(np.intp)
        common = settings.mean_of_year("economy.common_growth_factor", year) * self._common[picked]
        own = settings.mean_of_year("economy.own_growth_sd_pct", year) * streams.students(
            "economy", year, self._places, 5.0
        )
        shift = settings.mean_of_year("economy.growth_shift_pct", year)
        shift = shift + settings.means_of_year("economy.*.growth_shift_pct", self._codes, year)
        part = 0.25 if year == self._engine.start.year else 1.0  # a year under way is mostly known by October
        return np.asarray(expected + shift + part * (common + own), np.float32)


def common_shocks(growth: Mapping[str, Mapping[int, float]], until: int) -> Numbers:
    """Past yearly means of growth over members, less their median: what a common shock is drawn from. ``(years,)``."""
    years = range(NORMAL_YEARS, until)
    means = np.array([np.mean([series[year] for series in growth.values() if year in series]) for year in years])
    return single(means - _middle(means))


def rate_spreads(rates: Mapping[str, Mapping[int, float]]) -> tuple[np.float32, dict[str, float]]:
    """Standard deviations of yearly changes of exchange rates in logarithms: the common part, and each member's own.

    ``rates`` is national currency for a dollar by member and year. The common part is the mean over currencies.
    """
    changes = {
        code: {year: np.log(series[year - 1] / series[year]) for year in series if year - 1 in series}
        for code, series in rates.items()
        if code in ALLIES
    }
    years = sorted({year for series in changes.values() for year in series if year >= NORMAL_YEARS})
    if len(years) < FEWEST_YEARS:
        return np.float32(0), {}
    common = {year: float(np.mean([series[year] for series in changes.values() if year in series])) for year in years}
    own = {
        code: float(np.std([series[year] - common[year] for year in years if year in series]))
        for code, series in changes.items()
    }
    return np.float32(np.std(list(common.values()))), own


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
            about="the growth of economies",
            keys=(
                "economy.told",
                "economy.common_growth_factor",
                "economy.own_growth_sd_pct",
                "economy.growth_shift_pct",
                "economy.*.growth_shift_pct",
            ),
            tables=("economy",),
        ),
        "prices": State(
            about="prices and exchange rates",
            keys=(
                "economy.dollar_inflation_pct",
                "economy.exchange_rate_factor",
                "economy.dollar_change_pct",
                "economy.*.exchange_change_pct",
            ),
            tables=("economy", "defence"),
        ),
    },
)
