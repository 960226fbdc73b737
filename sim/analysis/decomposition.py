"""The change of a recorded variable since the start, in parts that add up run by run.

Parts are accounting, not causes: they say where a change sits. What would have been without a cause is asked by
comparing two scenarios.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.model.record import Axes
    from sim.model.simulation import Systems
    from sim.model.variables import Variable

Runs = NDArray[np.float64]
ROUNDING = 1e-5  # a rest smaller than this part of the values is rounding in single precision, not a part of its own


@dataclass(frozen=True, slots=True)
class Block:
    """One block run again up to the day asked about: what it recorded, and its systems, whose arrays are padded."""

    record: dict[str, NDArray[np.float32]]
    systems: Systems
    axes: Axes
    start: date
    lanes: slice

    def dates(self, every: str) -> tuple[date, ...]:
        """Days of yearly or monthly values."""
        return self.axes.years if every == "year" else self.axes.months

    def of(self, name: str, entity: str = "") -> Runs:
        """Values of a variable, ``(time, runs)``."""
        values = self.record[name]
        if entity:
            codes = self.axes.donors if "aid_" in name else self.axes.members
            values = values[:, codes.index(entity)]
        return values.astype(np.float64)

    def cut(self, padded: NDArray[np.float32]) -> Runs:
        """The block's own runs of an array of the systems."""
        return np.asarray(padded[..., self.lanes], np.float64)


@dataclass(frozen=True, slots=True)
class Parts:
    """Value at the beginning and at the end, ``(runs,)``, the parts of the change, and what they mean."""

    begin: Runs
    end: Runs
    parts: dict[str, Runs]
    how: str


def parts_of(block: Block, variable: Variable, entity: str) -> Parts:
    """The change of ``variable`` (a member, donor or label of it) from its beginning to the block's last day."""
    if variable.labels:
        values = (block.of(variable.name) == variable.labels.index(entity)).astype(np.float64)
        return _by_year(block, variable, values)
    rule = _RULES.get(variable.name)
    found = rule(block, entity) if rule else None
    return found or _by_year(block, variable, block.of(variable.name, entity))


def _by_year(block: Block, variable: Variable, values: Runs) -> Parts:
    days = block.dates(variable.every)
    last = {day.year: place for place, day in enumerate(days)}
    parts, before = {}, values[0]
    for year, place in last.items():
        if place:
            parts[f"change in {year}"] = values[place] - before
            before = values[place]
    return Parts(values[0], values[-1], parts, "change in each calendar year since the first recorded value")


def _share(block: Block, member: str) -> Parts:
    """Terms of the budget equation, summed over the years decided."""
    from sim import facts
    from sim.model.budget_parameters import WITH_FORCES

    budgets, year = block.systems.budgets, block.axes.years[-1].year
    row, last = WITH_FORCES.index(member), min(budgets.last_known, year)
    told = facts.defence_shares(block.start)[member]
    begin = np.full(block.record["threat"].shape[-1], told[max(known for known in told if known <= last)])
    first = block.cut(budgets.of_year(last))[row]
    parts = {f"revision of the estimate for {last}": first - begin}
    for decided in range(last + 1, year + 1):
        for name, value in budgets.explained[member, decided].items():
            parts[name] = parts.get(name, np.zeros_like(begin)) + block.cut(value)
    how = f"terms of the budget equation, summed over the budgets since {last}, from NATO's figure known at the start"
    return Parts(begin, block.of("defence_share_pct_gdp", member)[-1], parts, how)


def _spending(block: Block, member: str) -> Parts:
    share, spent = block.of("defence_share_pct_gdp", member), block.of("defence_spending_busd_2015", member)
    gdp = 100 * spent / share
    parts = {
        "share of GDP": (share[-1] - share[0]) * (gdp[0] + gdp[-1]) / 200,
        "growth of GDP": (gdp[-1] - gdp[0]) * (share[0] + share[-1]) / 200,
    }
    return Parts(spent[0], spent[-1], parts, "each factor's change at the mean of the other")


def _count(block: Block, name: str, level: float | None) -> Parts:
    total, shares = block.of(name), block.record["defence_share_pct_gdp"]
    target = block.record["target_pct_gdp"] if level is None else np.full_like(block.record["target_pct_gdp"], level)
    there = (shares >= (target - np.float32(0.005))[:, None]).astype(np.float64)
    if "USA" in block.axes.members:
        there[:, block.axes.members.index("USA")] *= 1 - block.record["us_withdrawn"][_month_of_years(block)]
    moved = there[-1] - there[0]
    parts = {code: moved[row] for row, code in enumerate(block.axes.members) if moved[row].any()}
    how = "share of runs in which a member is at the level, now less at the first recorded year"
    return _with_rest(Parts(total[0], total[-1], parts, how), "accessions")


def _month_of_years(block: Block) -> list[int]:
    """The last month recorded by each year's day."""
    return [max(place for place, day in enumerate(block.axes.months) if day <= year) for year in block.axes.years]


def _allies(block: Block) -> NDArray[np.intp]:
    return np.array([row for row, code in enumerate(block.axes.members) if code != "USA"])


def _alliance_share(block: Block, _: str) -> Parts:
    total, allies = block.of("europe_canada_share_pct_gdp"), _allies(block)
    share = block.of("defence_share_pct_gdp")[:, allies]
    gdp = block.of("defence_spending_busd_2015")[:, allies] / share
    weight = gdp / gdp.sum(axis=1, keepdims=True)
    own = (share[-1] - share[0]) * (weight[0] + weight[-1]) / 2
    parts = {block.axes.members[row]: own[place] for place, row in enumerate(allies)}
    parts["weights of the members' GDP"] = ((weight[-1] - weight[0]) * (share[0] + share[-1]) / 2).sum(axis=0)
    how = "change of each member's share at its mean weight in GDP since the first recorded year"
    return _with_rest(Parts(total[0], total[-1], parts, how), "accessions")


def _current(block: Block) -> Runs:
    """Spending at current prices, USD bn, ``(2, members, runs)``: first and last recorded year."""
    share = block.of("defence_share_pct_gdp")
    gdp = [
        block.cut(block.systems.economy.gdp_current(day.year)) for day in (block.axes.years[0], block.axes.years[-1])
    ]
    return np.stack([share[0], share[-1]]) / 100 * np.stack(gdp)


def _alliance_spending(block: Block, _: str) -> Parts:
    total, spent = block.of("europe_canada_spending_busd_current"), _current(block)
    parts = {block.axes.members[row]: spent[1, row] - spent[0, row] for row in _allies(block)}
    return _with_rest(Parts(total[0], total[-1], parts, "change of each member's spending"), "accessions")


def _us_part(block: Block, _: str) -> Parts:
    total, spent = block.of("us_share_of_nato_pct"), _current(block)
    usa = spent[:, block.axes.members.index("USA")]
    others = spent[:, _allies(block)].sum(axis=1)

    def part(mine: Runs, theirs: Runs) -> Runs:
        return 100 * mine / (mine + theirs)

    from_usa = (
        part(usa[1], others[0]) - part(usa[0], others[0]) + part(usa[1], others[1]) - part(usa[0], others[1])
    ) / 2
    whole = part(usa[1], others[1]) - part(usa[0], others[0])
    parts = {"spending of the United States": from_usa, "spending of the others": whole - from_usa}
    how = "mean effect of each side's change over both orders"
    return _with_rest(Parts(total[0], total[-1], parts, how), "accessions and withdrawal")


def _commitment(block: Block, _: str) -> Parts:
    from sim.model.variables import POSTURES

    values, posture = block.of("us_commitment"), block.record["us_posture"][-1]
    moved = values[-1] - values[0]
    parts = {f"runs under {name}": moved * (posture == place) for place, name in enumerate(POSTURES)}
    how = "change in the runs at each posture on the day, weighed by their share"
    return Parts(values[0], values[-1], parts, how)


def _threat(block: Block, _: str) -> Parts:
    values, ceasefire = block.of("threat"), block.record["ceasefire"][-1] > 0
    moved = values[-1] - values[0]
    parts = {"runs under a ceasefire": moved * ceasefire, "other runs": moved * ~ceasefire}
    how = "change in runs with and without a ceasefire on the day, weighed by their share"
    return Parts(values[0], values[-1], parts, how)


def _aid(name: str) -> Callable[[Block, str], Parts | None]:
    def rule(block: Block, donor: str) -> Parts | None:
        from sim import facts

        values = block.of(name, donor)
        groups = {"ALL": ("USA", "EUR", "OTHER")} | {
            group: tuple(one.code for one in facts.donors() if one.group == group) for group in ("EUR", "OTHER")
        }
        if donor in groups:
            moved = {code: block.of(name, code) for code in groups[donor]}
            parts = {code: series[-1] - series[0] for code, series in moved.items() if (series[-1] != series[0]).any()}
            return _with_rest(
                Parts(values[0], values[-1], parts, "new aid by donor since the first recorded month"), ""
            )
        if name != "aid_allocated_beur":
            return None
        military = block.of("military_aid_allocated_beur", donor)
        parts = {"military": military[-1] - military[0]}
        parts["financial and humanitarian"] = values[-1] - values[0] - parts["military"]
        return Parts(values[0], values[-1], parts, "new aid by kind since the first recorded month")

    return rule


def _ground(block: Block, _: str) -> Parts:
    war, values = block.systems.war, block.of("russian_controlled_km2")
    begin = values[0] - block.of("net_gain_km2")[0]
    parts = {
        "advances month by month": block.cut(war.from_gain),
        "collapse episodes": block.cut(war.from_collapse),
        "ceded by terms": block.cut(war.from_terms),
    }
    how = "what moved the front since the first day; in a month of collapse both parts act"
    return _with_rest(Parts(begin, values[-1], parts, how), "beginning of the war, bounds")


def _with_rest(found: Parts, name: str) -> Parts:
    """Adds what the parts leave over under ``name``, unless it is rounding."""
    rest = found.end - found.begin - sum(found.parts.values())
    size = max(float(np.abs(found.begin).max()), float(np.abs(found.end).max()), 1e-9)
    if name and float(np.abs(rest).max()) > ROUNDING * size:
        found.parts[name] = rest
    return found


_RULES: dict[str, Callable[[Block, str], Parts | None]] = {
    "defence_share_pct_gdp": _share,
    "defence_spending_busd_2015": _spending,
    "members_at_2pct": lambda block, _: _count(block, "members_at_2pct", 2.0),
    "members_at_3_5pct": lambda block, _: _count(block, "members_at_3_5pct", 3.5),
    "members_at_target": lambda block, _: _count(block, "members_at_target", None),
    "europe_canada_share_pct_gdp": _alliance_share,
    "europe_canada_spending_busd_current": _alliance_spending,
    "us_share_of_nato_pct": _us_part,
    "us_commitment": _commitment,
    "threat": _threat,
    "russian_controlled_km2": _ground,
    **{name: _aid(name) for name in ("aid_committed_beur", "aid_allocated_beur", "aid_delivered_beur")},
    "military_aid_allocated_beur": _aid("military_aid_allocated_beur"),
}
