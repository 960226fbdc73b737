"""What a run records: names, units, axes. One table; the store, the figures and ``explain`` all read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Variable:
    """One recorded quantity.

    ``every`` is its clock: yearly values stand at 31 December (or the end of the run), monthly ones at the month's
    last day. ``entity`` names its axis, if any. ``keep_runs`` says whether single runs are stored or quantiles only.
    A labelled variable holds indices into ``labels``. ``flag`` marks 0/1 variables, whose mean is a probability.
    """

    name: str
    long_name: str
    unit: str
    every: Literal["year", "month"]
    entity: Literal["member", "donor"] | None = None
    price_basis: str = ""
    keep_runs: bool = True
    labels: tuple[str, ...] = ()
    flag: bool = False
    headline: bool = False


SECRETARIES_GENERAL = ("Anders Fogh Rasmussen", "Jens Stoltenberg", "Mark Rutte", "other")
POSTURES = ("continuity", "conditional", "retrenchment")
PARTIES = ("Democratic", "Republican")

_CONST = "2015 prices and exchange rates"
_KIEL = "current euro, Kiel definition"

VARIABLES: tuple[Variable, ...] = (
    Variable("defence_share_pct_gdp", "Defence expenditure, share of GDP", "% of GDP", "year", "member"),
    Variable("defence_spending_busd_2015", "Defence expenditure", "USD bn", "year", "member", _CONST),
    Variable(
        "equipment_share_pct", "Equipment share of defence expenditure", "% of defence expenditure", "year", "member"
    ),
    Variable("members_total", "Members of the alliance", "members", "year"),
    Variable("members_at_2pct", "Members at or above 2% of GDP", "members", "year", headline=True),
    Variable("members_at_3_5pct", "Members at or above 3.5% of GDP", "members", "year"),
    Variable("members_at_target", "Members at or above the target in force", "members", "year"),
    Variable(
        "europe_canada_share_pct_gdp", "Europe and Canada, defence share of GDP", "% of GDP", "year", headline=True
    ),
    Variable(
        "europe_canada_spending_busd_current",
        "Europe and Canada, defence expenditure",
        "USD bn",
        "year",
        price_basis="current prices and exchange rates",
        headline=True,
    ),
    Variable(
        "us_share_of_nato_pct",
        "United States, share of NATO defence expenditure",
        "% of NATO total",
        "year",
        price_basis="current prices and exchange rates",
        headline=True,
    ),
    Variable("target_pct_gdp", "Spending target in force", "% of GDP", "year"),
    Variable("russian_military_share_pct_gdp", "Russia, military expenditure, share of GDP", "% of GDP", "year"),
    Variable("us_commitment", "U.S. commitment to the guarantee", "index 0 to 1", "month", headline=True),
    Variable("us_posture", "U.S. posture", "label", "month", labels=POSTURES),
    Variable("us_troops_europe_thousand", "U.S. troops in Europe", "thousand", "month"),
    Variable("us_withdrawn", "United States has left the treaty", "0/1", "month", flag=True),
    Variable("threat", "Perceived threat", "index, 2015-21 = 0.33, full-scale war = 1.8", "month"),
    Variable("republican_president", "Republican president", "0/1", "month", flag=True),
    Variable("republican_house", "Republican House of Representatives", "0/1", "month", flag=True),
    Variable("republican_senate", "Republican Senate", "0/1", "month", flag=True),
    Variable("secretary_general", "Secretary-General", "label", "month", labels=SECRETARIES_GENERAL),
    Variable(
        "aid_committed_beur", "Aid to Ukraine committed, cumulative", "EUR bn", "month", "donor", _KIEL, keep_runs=False
    ),
    Variable(
        "aid_allocated_beur", "Aid to Ukraine allocated, cumulative", "EUR bn", "month", "donor", _KIEL, keep_runs=False
    ),
    Variable(
        "aid_delivered_beur", "Aid to Ukraine delivered, cumulative", "EUR bn", "month", "donor", _KIEL, keep_runs=False
    ),
    Variable(
        "military_aid_allocated_beur",
        "Military aid to Ukraine allocated, cumulative",
        "EUR bn",
        "month",
        "donor",
        _KIEL,
        keep_runs=False,
        headline=True,
    ),
    Variable("russian_controlled_km2", "Ukrainian territory under Russian control", "km²", "month", headline=True),
    Variable("net_gain_km2", "Russian net gain in the month", "km²", "month"),
    Variable("kursk_held_km2", "Kursk oblast held by Ukraine", "km²", "month"),
    Variable("russian_casualties_thousand", "Russian killed and wounded, cumulative", "thousand", "month"),
    Variable("ukrainian_casualties_thousand", "Ukrainian killed and wounded, cumulative", "thousand", "month"),
    Variable("russian_intake_thousand", "Russian intake of personnel in the month", "thousand", "month"),
    Variable("ukrainian_intake_thousand", "Ukrainian intake of personnel in the month", "thousand", "month"),
    Variable("resource_ratio", "Resources, Russia to Ukraine", "ratio", "month"),
    Variable("in_talks", "Talks under way", "0/1", "month", flag=True),
    Variable("ceasefire", "Ceasefire in force", "0/1", "month", flag=True, headline=True),
    Variable("war_day", "Day of the full-scale war (24 Feb 2022 is day 1)", "days", "month"),
)
