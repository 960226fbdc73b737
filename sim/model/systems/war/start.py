"""Where the war stands at the start: one map series, one casualty series, and both sides' resources, as known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim import facts
from sim.model.systems.hostilities import DAY_ONE
from sim.model.systems.threat import CRIMEA
from sim.scenario import Value, fixed, uniform

MAPS = "isw_economist"  # the series the front equation was fitted on; series are never mixed
KURSK_MAPS = "deepstate_derived"  # the only series that gives settled control in Kursk oblast; an area of its own
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
    losses = facts.casualties(start)
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


def known_war(start: date) -> dict[str, Value]:
    """Whether the full-scale war had begun by a day, the ground held before it, and Ukraine's losses so far."""
    losses = sum(facts.casualties(start).values())
    return {
        "war.full_scale": start >= DAY_ONE,
        "war.occupied_before_km2": fixed(0.0 if start < CRIMEA else 43_000.0),
        # U.S. officials and a leaked Ukrainian estimate, October 2024, in proportion to the Russian count
        "war.ukrainian_casualties_at_start_thousand": uniform(0.47 * losses, 0.74 * losses) if losses else fixed(0.0),
    }


def _latest(series: dict[int, float]) -> float:
    return series[max(series)]
