"""The tables of this room: what a row is, what tells two rows apart, and between which bounds figures lie."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from sim.facts import aid, ballots, congress, economy, institution, pledges, spending, war, washington

_NONE: Mapping[str, tuple[float, float]] = MappingProxyType({})
_YEAR = (1949, 2060)
_LEFT_RIGHT = (0, 10)


class Table(NamedTuple):
    """One table. ``key``: columns that no two rows may share; ``limits``: column -> least and greatest value.

    ``about``: column with the day, month or year that a figure is about, which may lie after the day it was known on
    only as ``ahead`` says ("never", "year": the year under way and the next, "any").
    """

    row: type[tuple[Any, ...]]
    key: tuple[str, ...]
    limits: Mapping[str, tuple[float, float]] = _NONE
    about: str = ""
    ahead: str = "any"


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "defence.csv": Table(
            spending.DefenceRow,
            ("member", "year", "vintage"),
            {
                "year": _YEAR,
                "share_pct_gdp": (0.01, 15),
                "spending_busd_constant": (0.001, 3000),
                "spending_busd_current": (0.001, 3000),
                "price_base": (1990, 2050),
                "equipment_share_pct": (0, 100),
            },
            "year",
            "year",
        ),
        "aggregates.csv": Table(
            spending.AggregateRow,
            ("aggregate", "year", "vintage"),
            {
                "year": _YEAR,
                "share_pct_gdp": (0.1, 15),
                "spending_busd_constant": (100, 6000),
                "spending_busd_current": (100, 6000),
                "price_base": (1990, 2050),
            },
            "year",
            "year",
        ),
        "milex.csv": Table(
            spending.MilexRow,
            ("member", "year", "vintage"),
            {"year": _YEAR, "share_pct_gdp": (0.01, 80)},
            "year",
            "year",
        ),
        "economy.csv": Table(
            economy.EconomyRow,
            ("member", "year", "vintage"),
            {
                "year": _YEAR,
                "gdp_busd": (0.5, 100_000),
                "gdp_lcu_bn": (0.5, 1_000_000),
                "real_growth_pct": (-60, 60),
                "gross_debt_pct_gdp": (0, 400),
                "population_m": (0.1, 500),
            },
        ),
        "plans.csv": Table(
            pledges.PlanRow,
            ("member", "announced_on", "target_year", "target_pct_gdp", "kind", "blanket", "reference"),
            {"target_year": (2006, 2060), "target_pct_gdp": (0.1, 15)},
            "announced_on",
            "never",
        ),
        "counts.csv": Table(
            pledges.CountRow, ("announced_on", "year", "vintage"), {"members_at_2pct": (0, 40)}, "announced_on", "never"
        ),
        "elections.csv": Table(
            ballots.ElectionRow,
            ("code", "date", "kind", "status", "vintage", "known_on"),
            {"winner_left_right": _LEFT_RIGHT, "hog_left_right": _LEFT_RIGHT},
        ),
        "governments.csv": Table(
            ballots.GovernmentRow, ("code", "since", "vintage"), {"left_right": _LEFT_RIGHT}, "since", "never"
        ),
        "aid_monthly.csv": Table(
            aid.MonthRow, ("donor", "month", "kind", "measure", "vintage"), {"beur": (-20, 200)}, "month", "never"
        ),
        "aid_by_donor.csv": Table(
            aid.DonorSumRow, ("donor", "kind", "measure", "vintage"), {"beur": (-20, 2000)}, "cutoff", "never"
        ),
        "aid_instruments.csv": Table(
            aid.InstrumentRow, ("month", "instrument", "vintage"), {"beur": (-20, 100)}, "month", "never"
        ),
        "aid_special.csv": Table(aid.SpecialItem, ("donor", "item", "month", "measure"), {"value": (0, 1000)}),
        "supplementals.csv": Table(
            congress.LawRow, ("law",), {"total_busd": (0, 500), "military_busd": (0, 500)}, "signed_on", "never"
        ),
        "requests.csv": Table(
            congress.RequestRow, ("law", "requested_on"), {"requested_busd": (0, 500)}, "requested_on", "never"
        ),
        "packages.csv": Table(congress.Package, ("date", "instrument", "label"), {"busd": (0, 50)}, "date", "never"),
        "us_measures.csv": Table(congress.Measure, ("date", "record", "instrument", "label"), _NONE, "date", "never"),
        "aid_lags.csv": Table(congress.LagRow, ("actor", "item", "statistic", "as_of"), {"value": (0, 5000)}),
        "front.csv": Table(
            war.FrontMonth,
            ("series", "as_of", "period"),
            {
                "controlled_km2": (0, 603_550),
                "net_gain_km2": (-100_000, 170_000),
                "kursk_held_km2": (0, 29_997),
                "grey_zone_km2": (0, 603_550),
            },
            "as_of",
            "never",
        ),
        "casualties.csv": Table(
            war.CasualtyRow, ("month", "estimator"), {"russian_thousand": (0, 200)}, "month", "never"
        ),
        "war_estimates.csv": Table(
            war.WarEstimate,
            ("date", "side", "category", "measure", "period", "estimator"),
            dict.fromkeys(("low_thousand", "value_thousand", "high_thousand"), (0, 20000)),
        ),
        "russian_budget.csv": Table(war.BudgetItem, ("year", "item", "unit", "estimator"), {"year": _YEAR}),
        "us_forecast.csv": Table(
            washington.Forecast,
            ("date", "forecaster", "vote", "item", "outcome"),
            {"probability": (0, 1)},
            "date",
            "never",
        ),
        "us_composition.csv": Table(washington.Composition, ("since",), _NONE, "since", "never"),
        "us_seats.csv": Table(washington.Seats, ("date", "chamber", "party", "basis"), {"seats": (0, 435)}),
        "us_midterms.csv": Table(
            washington.Midterm, ("date", "chamber"), {"seat_change": (-150, 150)}, "date", "never"
        ),
        "opinion.csv": Table(
            institution.Opinion,
            ("date_start", "code", "survey", "question", "response", "group"),
            {"share_pct": (0, 100)},
            "date_end",
            "never",
        ),
        "secretaries.csv": Table(institution.SecretaryRow, ("name", "start", "known_on")),
        "summits.csv": Table(institution.SummitRow, ("date", "place", "known_on")),
        "accessions.csv": Table(institution.AccessionRow, ("member",)),
        "events.csv": Table(institution.Event, ("date", "category", "label", "actor"), _NONE, "date", "never"),
        "negotiations.csv": Table(institution.Negotiation, ("date", "category", "label"), _NONE, "date", "never"),
    }
)
