"""Members' defence budgets: each decides once a year on its own fiscal calendar, for the year ahead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np

from sim import facts
from sim.model.engine import (
    CONSTANT_PRICES,
    Block,
    Engine,
    Flags,
    Latest,
    Numbers,
    Parts,
    Process,
    State,
    System,
    Variable,
    single,
)
from sim.model.engine.settings import mean_of_days
from sim.model.systems.budgets.equation import (
    BEND,
    LOWEST,
    Coefficients,
    Situation,
    Term,
    exposure,
    next_share,
    plausible,
    terms,
)
from sim.model.systems.budgets.on_top import PARAMETERS as ON_TOP
from sim.model.systems.budgets.on_top import OnTop, remarks
from sim.model.systems.budgets.parameters import COEFFICIENT_KEYS, PARAMETERS, by_member
from sim.model.systems.budgets.plans import PLAN_KEYS, Plans, stated_plans
from sim.model.systems.budgets.start import estimated_years, starting_shares
from sim.model.systems.commitment import Commitment
from sim.model.systems.economy import Economy
from sim.model.systems.elections import Elections
from sim.model.systems.roster import ALLIES, PLACES, WITH_FORCES
from sim.model.systems.summits import Summits
from sim.model.systems.threat import Threat
from sim.scenario import Scenario, fixed

PHASE = "budgets"
_KEEPS_KEYS = frozenset(f"members.{code}.keeps_plan" for code in ALLIES)
_SHARE_KEYS = frozenset(f"members.{code}.share_pct_gdp" for code in WITH_FORCES)
_FLOOR_KEYS = frozenset(f"members.{code}.floor_pct_gdp" for code in WITH_FORCES)
_USA = WITH_FORCES.index("USA")


def coefficients(engine: Engine, year: int) -> Coefficients:
    """The coefficients of the budgets for ``year``: means over its days of what is in force, as far as is decided."""
    return Coefficients(**{name: engine.settings.mean_of_year(key, year) for name, key in COEFFICIENT_KEYS.items()})


class Budgets:
    """Shares of GDP of the 31 members with forces, rows in the order of ``WITH_FORCES``.

    ``share`` is that of the latest year each member has decided on; ``of_year`` looks up a year.
    """

    def __init__(
        self,
        engine: Engine,
        economy: Economy,
        elections: Elections,
        commitment: Commitment,
        threat: Threat,
        summits: Summits,
    ) -> None:
        self._engine, self._economy, self._elections = engine, economy, elections
        self._commitment, self._threat, self._summits = commitment, threat, summits
        self._places = [PLACES[code] for code in WITH_FORCES]
        distance = {member.code: member.distance_km for member in facts.members()}
        self.exposure = exposure(np.array([[distance[code]] for code in WITH_FORCES], np.float32))
        history = bool(engine.settings.flag("budgets.plans_told").all())
        self._plans = Plans(engine.start, WITH_FORCES, later_ones_too=history)
        self._plans_stated = Latest(engine.settings, partial(stated_plans, engine.settings), PLAN_KEYS)
        self.on_top = OnTop(engine, economy)
        self._years: dict[int, Numbers] = {}
        self._troops_before = commitment.troops.copy()
        self._changes = engine.settings.set_by_events("budgets.*", "economy.*", *_LEVERS, *_COMPLIANCE, *_TARGETS)
        self._new_targets = engine.settings.set_by_events(*_TARGETS)
        # kept where an event may change them: members, what they saw, the pressure they were under
        self._rounds: dict[int, list[tuple[list[int], Situation | None, Numbers]]] = {}
        self.explained: dict[tuple[str, int], dict[str, Numbers]] = {}  # (runs,) by term, if explaining
        keeps = engine.streams.uniforms("budgets", 0, self._places)
        self._keeps = keeps < engine.settings.number("budgets.plan_kept")  # a trait of the member in this run
        self._keeps_plan = Latest(engine.settings, self._kept, _KEEPS_KEYS)
        self._told = Latest(engine.settings, self._with_told_shares, _SHARE_KEYS | _FLOOR_KEYS)
        meets = engine.streams.uniforms("budgets", 0, self._places, purpose=5)
        self._meets = meets < engine.settings.number("budgets.deadline_met")
        self._base = np.full((len(WITH_FORCES), engine.runs), np.nan, np.float32)  # shares from which paths start
        self._base_of = np.zeros((len(WITH_FORCES), engine.runs), np.int32)  # the year of that share
        self._load()

    def of_year(self, year: int) -> Numbers:
        """Shares in ``year``, % of GDP, ``(members, runs)``: known, decided, or as in the year before."""
        if year not in self._years:
            self._years[year] = self.of_year(year - 1).copy()
        return self._years[year]

    def lasting(self, year: int) -> Numbers:
        """Shares in ``year`` without funds and boosts, % of GDP, ``(members, runs)``."""
        on_top = self.on_top.all(year)
        return self.of_year(year) if on_top is None else single(np.maximum(self.of_year(year) - on_top, LOWEST))

    def share(self, day: date) -> Numbers:
        """Shares in the year of a day, % of GDP, ``(members, runs)``."""
        return self.of_year(day.year)

    def spending_2015(self, day: date) -> Numbers:
        """Spending in the year of a day, USD bn at 2015 prices and exchange rates, ``(members, runs)``."""
        return single(self.of_year(day.year) / 100 * self._economy.gdp_2015(day.year))

    def process(self) -> Process:
        """Each member decides on the 20th of its budget month; those overdue at the start decide on the first day.

        What an event sets for a calendar year is that year's, whenever a member decides: on the event's day the budgets
        decided for this year and the next are reckoned again, on what was seen when they were decided.
        """
        clock, calendar = self._engine.clock, self._calendar()
        changes = {*self._engine.event_days, *self._engine.condition_days} if self._changes else set()
        settled = self._engine.settings.changes
        for day in sorted({*calendar, *changes}):
            yield clock.at(day, PHASE)
            if day in changes and settled != self._engine.settings.changes:
                settled = self._engine.settings.changes
                self._reckon_again(day.year)
            for year, rows in sorted(calendar.get(day, {}).items()):
                self._decide(year, rows)

    def _load(self) -> None:
        """Known shares; the estimate of the year under way is off by its revision noise."""
        self.known_to, known = starting_shares(self._engine.start)
        last = max(self.known_to)
        self._years = {year: self._engine.fill(values) for year, values in known.items()}
        self.last_known = last
        if last in estimated_years(self._engine.start):
            self._years[last] = self._revised(last)

    def _revised(self, year: int) -> Numbers:
        settings = self._engine.settings
        reported, jump = self._years[year], self._years[year] - self._years[year - 1]
        noise = self._engine.streams.students("budgets", year, self._places, 5.0, purpose=1)
        back = settings.number("budgets.estimate_bias_pp") * np.sign(jump) * (np.abs(jump) > 0.1)
        spread = settings.number("budgets.estimate_noise_pp") * np.sqrt(reported / 1.5)
        return single(np.maximum(reported - back + spread * noise, LOWEST))

    def _calendar(self) -> dict[date, dict[int, list[int]]]:
        clock = self._engine.clock
        days: dict[date, dict[int, list[int]]] = {}
        for row, code in enumerate(WITH_FORCES):
            month = int(self._engine.settings.central(f"members.{code}.budget_month")[0])
            for year in range(self.known_to[row] + 1, clock.end.year + 2):
                decided = date(year if month <= 6 else year - 1, month, 20)
                day = max(decided, clock.start)
                if day <= clock.end:
                    days.setdefault(day, {}).setdefault(year, []).append(row)
        return days

    def _decide(self, year: int, rows: list[int]) -> None:
        allies = [row for row in rows if row != _USA]
        if allies:
            situation = self._situation(year, allies)
            self._change(year, allies, terms(coefficients(self._engine, year), situation))
            self._keep(year, allies, situation)
        if len(allies) < len(rows):
            self._change(year, [_USA], self._united_states(year).items())
            self._keep(year, [_USA], None)

    def _keep(self, year: int, rows: list[int], situation: Situation | None) -> None:
        if self._changes:
            self._rounds = {other: rounds for other, rounds in self._rounds.items() if other >= year - 2}
            self._rounds.setdefault(year, []).append((rows, situation, self._commitment.pressure))

    def _reckon_again(self, first: int) -> None:
        """The budgets decided for ``first`` and later years, with the settings that hold now for their years."""
        for year in sorted(year for year in self._years if year >= first):
            rounds = self._rounds.get(year, [])
            decided = {row for rows, _, _ in rounds for row in rows}
            waiting = [row for row, known in enumerate(self.known_to) if known < year and row not in decided]
            self._years[year][waiting] = self.of_year(year - 1)[waiting]
            for rows, seen, pressure in rounds:
                if seen is None:
                    self._change(year, rows, self._united_states(year).items())
                    continue
                share = self.lasting(year - 1)[rows]
                situation = replace(
                    seen,
                    share=share,
                    before=self.lasting(year - 2)[rows],
                    path=self._path_again(year, rows, seen.path),
                    compliance=self._summits.compliance(year, rows),
                    plans=self._plans.asked(year, rows, share, self._plans_stated()),
                    jumps=self._jumps(year, rows, pressure),
                    growth=self._growth(year, rows),
                    reverses=self._reverses(year, rows),
                    noise=self._noise(year, rows, share),
                )
                self._change(year, rows, terms(coefficients(self._engine, year), situation))

    def _path_again(self, year: int, rows: list[int], seen: Numbers) -> Numbers:
        """The path seen in a budget round, with the members' own targets of today where an event sets one."""
        if not self._new_targets:
            return seen
        return np.where(seen > 0, self._summits.path(year, rows, self._path_base(year, rows)), seen)

    def _change(self, year: int, rows: list[int], change: Iterable[Term]) -> None:
        if self._engine.explaining:
            change = list(change)
        share = self.lasting(year - 1)[rows]
        lever = self._lever(year, rows)
        after = next_share(plausible(share, next_share(share, change)), [("scenario lever", lever)])
        self.on_top.decide(year, rows)
        if (on_top := self.on_top.all(year)) is not None:
            after = next_share(after, [("fund or boost", on_top[rows])])
        after = self._stated(year, rows, after)
        self.of_year(year)[rows] = after
        if self._engine.explaining:
            parts, share = dict(change) | {"scenario lever": lever}, self.of_year(year - 1)[rows]
            tops = [self._engine.zeros(1) if (top := self.on_top.all(of)) is None else top for of in (year - 1, year)]
            parts |= {"fund or boost": _of(tops[1], rows) - _of(tops[0], rows)}
            for index, row in enumerate(rows):
                own = {name: np.broadcast_to(value, after.shape)[index] for name, value in parts.items()}
                rest = after[index] - share[index] - sum(own.values())
                self.explained[WITH_FORCES[row], year] = own | {"floor or told share": rest}

    def _situation(self, year: int, rows: list[int]) -> Situation:
        share = self.lasting(year - 1)[rows]
        before = self.lasting(year - 2)[rows]
        abroad = [self._elections.codes.index(WITH_FORCES[row]) for row in rows]
        return Situation(
            share=share,
            before=before,
            guideline=self._summits.old,
            pledge=self._summits.pledge(),
            path=self._summits.path(year, rows, self._path_base(year, rows)),
            compliance=self._summits.compliance(year, rows),
            threat=self._threat.in_budgets,
            credibility=self._commitment.credibility,
            exposure=self.exposure[rows],
            debt=self._economy.debt(year - 1)[rows] + self._borrowed(year, rows),
            fewer_troops=(self._troops_before - self._commitment.troops) / np.float32(10),
            jumps=self._jumps(year, rows, self._commitment.pressure),
            growth=self._growth(year, rows),
            plans=self._plans.asked(year, rows, share, self._plans_stated()),
            falls_due=self._summits.deadline(year),
            meets_deadline=self._meets[rows],
            kept=self._keeps_plan()[rows],
            reverses=self._reverses(year, rows),
            left_right=self._elections.left_right[abroad],
            election_year=self._elections.in_year(year)[abroad],
            neighbours=self._neighbours(year, rows),
            noise=self._noise(year, rows, share),
        )

    def _kept(self) -> Flags:
        """Whether members keep their plans, as the scenario states or else as drawn, ``(members, runs)``."""
        kept = self._keeps.copy()
        for key in self._engine.settings.told(_KEEPS_KEYS):
            said, row = self._engine.settings.choice(key), _row(key)
            kept[row] = np.where(said == 0, kept[row], said == 1)
        return kept

    def _path_base(self, year: int, rows: list[int]) -> Numbers:
        """The share from which each member's path starts, ``(rows, runs)``: that of the year of adoption."""
        begun = self._summits.adopted
        if not begun.any():
            return self._base[rows]
        new = (self._base_of[rows] != begun) & (begun > 0)
        for first in np.unique(begun[new.any(axis=0)]):
            known = min(max(int(first), min(self._years)), year - 1)
            fresh = new & (begun == first)
            self._base[rows] = np.where(fresh, self.lasting(known)[rows], self._base[rows])
            self._base_of[rows] = np.where(fresh, first, self._base_of[rows])
        return self._base[rows]

    def _jumps(self, year: int, rows: list[int], pressure: Numbers) -> Flags:
        """Whether pressure makes a member below the guideline go to it in ``year``, ``(rows, runs)``."""
        chance = self._engine.settings.mean_of_year("budgets.pressure_jump_probability", year) * pressure
        drawn = self._engine.streams.uniforms("budgets", year, self._places, purpose=6)[rows]
        return np.asarray(drawn < chance, np.bool_)

    def _borrowed(self, year: int, rows: list[int]) -> Numbers:
        """Public debt, % of GDP, from the part of the rise of the share since the start that is borrowed."""
        first = self._years[self.last_known][rows]
        rise = sum(
            (self.of_year(past)[rows] - first for past in range(self.last_known + 1, year)), np.zeros_like(first)
        )
        return single(self._engine.settings.number("economy.debt_financed_share") * rise)

    def _growth(self, year: int, rows: list[int]) -> Numbers:
        """Growth in ``year`` above the member's usual growth, points, ``(rows, runs)``."""
        return single((self._economy.growth(year) - self._economy.normal)[rows])

    def _reverses(self, year: int, rows: list[int]) -> Flags:
        """Whether a jump of last year's is reversed, ``(rows, runs)``."""
        drawn = self._engine.streams.uniforms("budgets", year, self._places, purpose=2)[rows]
        return drawn < self._engine.settings.mean_of_year("budgets.reversal_probability", year)

    def _noise(self, year: int, rows: list[int], share: Numbers) -> Numbers:
        """The common shock and each member's own, points of GDP, ``(rows, runs)``."""
        settings, draws = self._engine.settings, self._engine.streams
        common = settings.mean_of_year("budgets.common_shock_pp", year) * draws.student("budgets", year, 4.0)
        own = settings.means_of_year("budgets.*.own_shock_pp", [WITH_FORCES[row] for row in rows], year)
        luck = draws.students("budgets", year, self._places, 4.0)[rows]
        return single(common + own * (share / BEND) * luck)

    def _neighbours(self, year: int, rows: list[int]) -> Numbers:
        """Last year's mean change of the other members, points of GDP, ``(rows, runs)``."""
        change = self.of_year(year - 1) - self.of_year(year - 2)
        return single((change.sum(axis=0) - change[rows]) / (len(WITH_FORCES) - 1))

    def _united_states(self, year: int) -> dict[str, Numbers]:
        settings = self._engine.settings
        luck = self._engine.streams.normals("budgets", year, [self._places[_USA]], purpose=4)
        away = settings.mean_of_year("budgets.usa_level_pct_gdp", year) - self.lasting(year - 1)[[_USA]]
        return {
            "return to its level": (1 - settings.mean_of_year("budgets.usa_persistence", year)) * away,
            "shock": settings.mean_of_year("budgets.usa_shock_pp", year) * luck,
        }

    def _lever(self, year: int, rows: list[int]) -> Numbers:
        """What the scenario adds, points of GDP: the mean over the days of the budget's year."""
        settings, codes = self._engine.settings, [WITH_FORCES[row] for row in rows]
        own = settings.means_of_year("members.*.budget_change_pp", codes, year)
        return own + settings.mean_of_year("budgets.change_pp", year)

    def _stated(self, year: int, rows: list[int], after: Numbers) -> Numbers:
        """Shares that the scenario states in place of the equation's, for the part of the year for which it does."""
        settings = self._engine.settings
        with_share, with_floor = self._told()
        for index, row in enumerate(rows):
            if row in with_share:
                parts = settings.in_year(_key(WITH_FORCES[row], "share_pct_gdp"), year)
                after[index] = mean_of_days(
                    [(days, np.where(np.isnan(stated), after[index], stated)) for days, stated in parts]
                )
            if row in with_floor:
                floor = settings.mean_of_year(_key(WITH_FORCES[row], "floor_pct_gdp"), year)
                after[index] = np.fmax(after[index], floor)
        return after

    def _with_told_shares(self) -> tuple[set[int], set[int]]:
        """Rows of members whose share the scenario has stated so far, and of those for which it states a floor."""
        settings = self._engine.settings
        shares = settings.told(_SHARE_KEYS)
        if settings.set_by_events("members.*.share_pct_gdp"):
            shares = {key for key in _SHARE_KEYS if not settings.never_set(key)}
        return set(map(_row, shares)), set(map(_row, settings.told(_FLOOR_KEYS)))


def _key(code: str, name: str) -> str:
    return f"members.{code}.{name}"


def _row(key: str) -> int:
    """The row of the member of a key."""
    return WITH_FORCES.index(key.split(".")[1])


def _of(values: Numbers, rows: list[int]) -> Numbers:
    """The rows of an array by member, ``(rows, runs)``; an array of one row stands for all."""
    return values[rows] if len(values) > 1 else np.broadcast_to(values, (len(rows), values.shape[-1]))


def share_states(member: str) -> tuple[str, ...]:
    """The states behind the share of a member; the United States has an equation of its own."""
    if not member:
        return ("shares", "U.S. share")
    return ("U.S. share",) if member == "USA" else ("shares",)


def responds(scenario: Scenario) -> bool:
    """Whether members respond to each other's changes: any value of ``budgets.neighbours`` but a plain 0."""
    given = scenario.values.get("budgets.neighbours")
    by_event = any(key == "budgets.neighbours" for event in scenario.events for key, _ in event.sets)
    return by_event or (given is not None and given.value != fixed(0.0))


def acts(key: str, _day: date, _scenario: Scenario) -> bool:
    """The own shock is a term of the allies' equation, which the United States does not have."""
    return key != "budgets.USA.own_shock_pp"


def by_term(block: Block, member: str) -> Parts:
    """The change of a member's share: terms of the budget equation, summed over the years decided."""
    budgets, year = block.systems["budgets"], block.axes.years[-1].year
    row = WITH_FORCES.index(member)
    last = min(budgets.known_to[row], year)
    reported = facts.defence_shares(block.start)[member]
    end = block.of("defence_share_pct_gdp", member)[-1]
    begin = np.full(end.shape, reported[max(known for known in reported if known <= last)])
    first = block.cut(budgets.of_year(last))[row]
    parts = {f"revision of the estimate for {last}": first - begin}
    for decided in range(last + 1, year + 1):
        for name, value in budgets.explained[member, decided].items():
            parts[name] = parts.get(name, np.zeros_like(begin)) + block.cut(value)
    how = f"terms of the budget equation, summed over the budgets since {last}, from NATO's figure known at the start"
    return Parts(begin, end, parts, how)


def by_factor(block: Block, member: str) -> Parts:
    """The change of a member's spending: from its share, and from GDP."""
    share, spent = block.of("defence_share_pct_gdp", member), block.of("defence_spending_busd_constant", member)
    gdp = 100 * spent / share
    parts = {
        "share of GDP": (share[-1] - share[0]) * (gdp[0] + gdp[-1]) / 200,
        "growth of GDP": (gdp[-1] - gdp[0]) * (share[0] + share[-1]) / 200,
    }
    return Parts(spent[0], spent[-1], parts, "each factor's change at the mean of the other")


_OF_THE_USA = ("budgets.usa_level_pct_gdp", "budgets.usa_persistence", "budgets.usa_shock_pp")
_AT_START = ("budgets.estimate_noise_pp", "budgets.estimate_bias_pp")
_LEVERS = (
    "budgets.change_pp",
    "members.*.budget_change_pp",
    "members.*.share_pct_gdp",
    "members.*.floor_pct_gdp",
    "members.*.budget_month",
    "members.*.keeps_plan",
    *(parameter.key for parameter in ON_TOP),
)
_COMPLIANCE = ("summits.compliance", "members.*.compliance")
_TARGETS = ("members.*.target_pct_gdp", "members.*.opt_out", "members.*.deadline_year")
_ELSEWHERE = {*_OF_THE_USA, *_AT_START, *_LEVERS}

SYSTEM = System(
    name="budgets",
    title="member budgets",
    build=Budgets,
    reads=("economy", "elections", "commitment", "threat", "summits"),
    phase=PHASE,
    stream=7,
    remarks=remarks,
    parameters=PARAMETERS + ON_TOP,
    variables=(
        Variable(
            "defence_share_pct_gdp", "Defence expenditure, share of GDP", "% of GDP", "year", "member",
            together="share", weight="defence_spending_busd_constant",
            read="share", states=share_states, parts=by_term,
        ),
        Variable(
            "defence_spending_busd_constant", "Defence expenditure", "USD bn", "year", "member",
            CONSTANT_PRICES, together="sum",
            read="spending_2015", states=lambda member: (*share_states(member), "growth"), parts=by_factor,
        ),
    ),
    states={
        "starting shares": State(about="the shares known at the start", keys=_AT_START, tables=("defence",)),
        "levers": State(about="what a scenario says of single budgets",
            keys=(*_LEVERS, "us.aid.eur_per_usd"), own=True),
        "shares": State(about="the budgets that members decide",
            keys=(
                *(parameter.key for parameter in PARAMETERS if parameter.key not in _ELSEWHERE),
                "summits.deadline_year",
                "summits.opt_out_probability",
                "summits.compliance",
                "members.*.target_pct_gdp",
                "members.*.opt_out",
                "members.*.compliance",
                "members.*.deadline_year",
                "economy.debt_financed_share",
            ),
            reads=(
                "pressure",
                "troops",
                "starting shares",
                "levers",
                "growth",
                "orientation",
                "credibility",
                "lagged threat",
                "target",
                "pledge",
            ),
            tables=("defence", "plans", "members", "economy"),
            own=True,
            responds=responds,
            reads_responding=("U.S. share",),
        ),
        "U.S. share": State(about="the U.S. defence budget", keys=_OF_THE_USA, reads=("starting shares", "levers")),
    },
    at_start=by_member,
    acts=acts,
)  # fmt: skip
