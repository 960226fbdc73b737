"""Where the war stands at the start: one map series, one casualty series, and both sides' resources, as known then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sim import facts
from sim.facts.tables import per_folder
from sim.model.systems.hostilities import DAY_ONE
from sim.model.systems.threat import CRIMEA
from sim.scenario import Value, fixed, gamma, uniform

MAPS = "isw_economist"  # the series the front equation was fitted on; series are never mixed
KURSK_MAPS = "deepstate_derived"  # the only series that gives settled control in Kursk oblast; an area of its own
POSITIONAL = date(2022, 12, 1)  # from this month on neither front has given way
ENOUGH_MONTHS = 12  # of it, to say how rare that is
_EUR_PER_USD = 0.92
_USABLE = ("A", "B")


@dataclass(frozen=True, slots=True)
class Front:
    """The war at the start. Areas km2, losses and effort in thousand, money in EUR bn a year; 0 before the war."""

    controlled_km2: float
    gain_km2: float
    kursk_km2: float
    effort_thousand: float
    russian_losses_thousand: float
    russian_gdp_beur: float
    ukrainian_spending_beur: float


@per_folder
def front(start: date) -> Front:
    """The last readings known at ``start``."""
    months = [
        month for month in facts.front(start, MAPS) if month.period == "month" and month.controlled_km2 is not None
    ]
    usable = [month for month in months if month.quality in _USABLE and month.net_gain_km2 is not None]
    kursk = [
        month.kursk_held_km2
        for month in facts.front(start, KURSK_MAPS)
        if month.period == "month" and month.kursk_held_km2 is not None
    ]
    losses = russian_losses(start)
    gdp, share = facts.gdp_busd(start), facts.sipri_shares(start)
    return Front(
        controlled_km2=float(months[-1].controlled_km2 or 0.0) if months else 0.0,
        gain_km2=float(usable[-1].net_gain_km2 or 0.0) if usable else 0.0,
        kursk_km2=float(kursk[-1]) if kursk else 0.0,
        effort_thousand=losses[max(losses)] if losses else 0.0,
        russian_losses_thousand=sum(losses.values()),
        russian_gdp_beur=_latest(gdp["RUS"]) * _EUR_PER_USD,
        ukrainian_spending_beur=_latest(gdp["UKR"]) * _latest(share["UKR"]) / 100 * _EUR_PER_USD,
    )


def russian_losses(start: date) -> dict[date, float]:
    """Russian casualties by month, thousand: UK MoD, and the Ukrainian General Staff for the months after it ends.

    The ministry repeats the General Staff's counts (within 2 thousand in each month that both cover); that the level
    is the same is an assumption. A month that neither has is put at the mean of the two around it.
    """
    losses = dict(facts.casualties(start))
    later = {month: value for month, value in facts.casualties(start, "General Staff").items() if month > max(losses)}
    for month in months_after(max(losses), max(later)) if later else ():
        after = min(known for known in later if known >= month)
        losses[month] = later.get(month, (losses[max(losses)] + later[after]) / 2)
    return losses


def months_after(first: date, last: date) -> list[date]:
    """First days of the months after ``first`` up to ``last``, both first days of months."""
    count = 12 * (last.year - first.year) + last.month - first.month
    months = range(first.month, first.month + count)
    return [date(first.year + month // 12, month % 12 + 1, 1) for month in months]


def known_war(start: date) -> dict[str, Value]:
    """Whether the full-scale war had begun by a day, the ground held before it, and Ukraine's losses so far."""
    losses = sum(russian_losses(start).values())
    values: dict[str, Value] = {
        "war.full_scale": start >= DAY_ONE,
        "war.occupied_before_km2": fixed(0.0 if start < CRIMEA else 43_000.0),
        # U.S. officials and a leaked Ukrainian estimate, October 2024, in proportion to the Russian count
        "war.ukrainian_casualties_at_start_thousand": uniform(0.47 * losses, 0.74 * losses) if losses else fixed(0.0),
    }
    months = {
        month.month for month in facts.front(start, MAPS) if month.period == "month" and month.month >= POSITIONAL
    }
    if len(months) >= ENOUGH_MONTHS:  # no episode in them: a Jeffreys posterior
        values["war.collapse_per_month"] = gamma(0.5, float(len(months)))
    return values


def _latest(series: Mapping[int, float]) -> float:
    return series[max(series)]
