"""Parameters of the aid pipeline, from the Kiel Ukraine Support Tracker where it identifies them."""

from __future__ import annotations

from datetime import date

from sim import facts
from sim.model.systems.commitment import AFTER_2025
from sim.scenario import (
    Distribution,
    Flag,
    Number,
    Parameter,
    Value,
    discrete,
    fixed,
    gamma,
    lognormal,
    normal,
    uniform,
)

DONORS = tuple(donor.code for donor in facts.donors())
_KIEL = "Kiel Ukraine Support Tracker, release 29 cut at December 2024"


def _hazard(key: str, who: str, mean: float) -> Parameter:
    return Parameter(
        key=key,
        meaning=f"part of the backlog of {who} that is allocated in a month",
        unit="per month",
        kind="estimated",
        default=gamma(11.1, 11.1 / mean),
        source="Kiel release 29, twelve months to September 2024 (states 0.083, EU 0.045 over all months); "
        "coefficient of variation 0.3",
        domain=Number(0.0, 1.0),
    )


def _lever(key: str, meaning: str, high: float = 10.0) -> Parameter:
    return Parameter(
        key=key,
        meaning=meaning,
        unit="factor",
        kind="assumption",
        default=fixed(1.0),
        source="scenario lever",
        domain=Number(0.0, high),
    )


def _pace(posture: str, default: Distribution, sweep: str) -> Parameter:
    return Parameter(
        key=f"us.aid.executive_pace_{posture}",
        meaning=f"factor on U.S. allocations out of what Congress has granted, under a posture of {posture}",
        unit="factor",
        kind="assumption",
        default=default,
        source="not identified to 2024; new allocations ended in January 2025",
        domain=Number(0.0, 5.0),
        depends_on=posture != "continuity",
        sweep=sweep,
    )


def _of_donor(
    name: str, meaning: str, unit: str = "EUR bn a year", default: Distribution | None = None, high: float = 500.0
) -> Parameter:
    return Parameter(
        key=f"aid.*.{name}",
        meaning=meaning if default else f"{meaning}; not set: what follows from its past and its government",
        unit=unit,
        kind="assumption",
        default=default,
        source="scenario lever",
        domain=Number(0.0, high),
        entities=DONORS,
    )


PARAMETERS = (
    Parameter(
        key="aid.generosity_persistence",
        meaning="part of a donor's deviation from its own mean that it keeps from year to year",
        unit="share",
        kind="estimated",
        default=normal(0.52, 0.19, low=0.0, high=0.98),
        source=_KIEL + ", military aid over GDP, n = 62",
        domain=Number(0.0, 1.0),
    ),
    Parameter(
        key="aid.generosity_sd",
        meaning="yearly noise of a donor's aid, relative to its own mean",
        unit="share",
        kind="estimated",
        default=normal(0.56, 0.1, low=0.05),
        source=_KIEL + ", yearly military allocations 2022-24 of 17 donors above EUR 0.2 bn a year, less what persists",
        domain=Number(0.0, 3.0),
    ),
    Parameter(
        key="aid.distance_slope",
        meaning="response of military aid over GDP to the log distance to Moscow, for donors without history",
        unit="log points",
        kind="estimated",
        default=normal(-2.0, 0.4),
        source=_KIEL + ", Poisson PML over 32 European donors",
        at_start=True,
        domain=Number(-10.0, 10.0),
    ),
    Parameter(
        key="aid.generosity_at_1000km_pct_gdp",
        meaning="yearly military aid of an ally 1,000 km from Moscow, for donors without history",
        unit="% of GDP 2021",
        kind="estimated",
        default=lognormal(0.4, 0.3),
        source=_KIEL
        + ": military allocations of European allies 2022-24 over the sum of GDP and distance to the power -2",
        at_start=True,
        domain=Number(0.0, 5.0, percent=False),
    ),
    Parameter(
        key="aid.*.package_probability",
        meaning="probability that the donor announces a military package in a month",
        unit="per month",
        kind="estimated",
        default=None,
        source=_KIEL + ": months with a new military package; 0.31, the median donor, where not read",
        domain=Number(0.01, 1.0),
        entities=tuple(donor.code for donor in facts.donors()),
    ),
    Parameter(
        key="aid.package_sd_log",
        meaning="spread of the size of a military package",
        unit="sd of the logarithm",
        kind="estimated",
        default=uniform(1.0, 1.6),
        source=_KIEL + ": 1.0 (USA, GBR) to 2.0",
        domain=Number(0.0, 3.0),
    ),
    _hazard("aid.allocation_usa", "the USA", 0.22),
    _hazard("aid.allocation_states", "other states", 0.05),
    _hazard("aid.allocation_eu", "the EU institutions", 0.034),
    Parameter(
        key="aid.stock_share",
        meaning="share of military aid that comes from stocks",
        unit="share",
        kind="assumption",
        default=uniform(0.1, 0.3),
        source=_KIEL + ": 0.59, 0.46, 0.31 in 2022-24; where it settles is not identified",
        domain=Number(0.0, 1.0),
        sweep="0.1 to 0.5",
    ),
    Parameter(
        key="aid.stock_median_days",
        meaning="time from allocation to arrival for aid from stocks, median",
        unit="days",
        kind="estimated",
        default=lognormal(73.0, 0.3),
        source="ten U.S. systems 2022-23 (CSIS): 4 to 499 days",
        domain=Number(0.0, 2000.0),
    ),
    Parameter(
        key="aid.stock_sd_log",
        meaning="spread of that time",
        unit="sd of the logarithm",
        kind="estimated",
        default=uniform(1.2, 1.7),
        source="ten U.S. systems 2022-23 (CSIS)",
        domain=Number(0.0, 3.0),
    ),
    Parameter(
        key="aid.procurement_months",
        meaning="time from allocation to arrival for procured aid, mean of a gamma law of shape 2",
        unit="months",
        kind="assumption",
        default=lognormal(18.0, 0.25),
        source="assumption; check: 31% of USAI cases begun or done by mid-2023 (GAO)",
        domain=Number(0.0, 120.0),
        sweep="12 to 30",
    ),
    Parameter(
        key="aid.other_months",
        meaning="time from allocation to payment of financial and humanitarian aid, mean",
        unit="months",
        kind="estimated",
        default=lognormal(5.0, 0.3),
        source="Kiel releases 20 and 28: disbursed against allocated budget support, USA and EU",
        domain=Number(0.0, 120.0),
    ),
    Parameter(
        key="europe.aid.replacement_first_half_year",
        meaning="part of a fall in U.S. military aid that Europe makes up in the first six months",
        unit="share",
        kind="estimated",
        default=normal(0.15, 0.10, low=0.0),
        source=_KIEL + ": 0.13 in October 2023 to March 2024",
        domain=Number(0.0, 2.0),
    ),
    Parameter(
        key="europe.aid.replacement_long_run",
        meaning="part of a fall in U.S. military aid that Europe makes up after 18 months",
        unit="share",
        kind="assumption",
        default=uniform(0.2, 1.0),
        source="not identified: no long U.S. stop to 2024; fiscal room exists (Kiel)",
        domain=Number(0.0, 2.0),
        depends_on=True,
        sweep="0 to 1",
    ),
    Parameter(
        key="europe.aid.replacement_speed",
        meaning="part of the distance to that share closed in a month",
        unit="per month",
        kind="assumption",
        default=uniform(0.1, 0.5),
        source="assumption",
        domain=Number(0.0, 1.0),
    ),
    Parameter(
        key="europe.aid.fatigue_pct_per_year",
        meaning="yearly fall of European aid from the start on",
        unit="% a year",
        kind="assumption",
        default=fixed(0.0),
        source="no fall visible to 2024; scenario",
        domain=Number(0.0, 100.0, percent=False),
        depends_on=True,
        sweep="0, 10, 25",
    ),
    Parameter(
        key="europe.aid.replacement_tiring_per_year",
        meaning="yearly fall, relative, of that share after the first year of a fall in U.S. aid",
        unit="share per year",
        kind="assumption",
        default=uniform(0.0, 0.3),
        source="not identified",
        domain=Number(0.0, 1.0),
        depends_on=True,
        sweep="0 to 0.5",
    ),
    _pace("continuity", fixed(1.0), ""),
    _pace("conditional", uniform(0.2, 1.0), "0 to 1"),
    _pace("retrenchment", uniform(0.0, 0.4), "0 to 1"),
    Parameter(
        key="us.aid.executive_pace",
        meaning="factor on U.S. allocations of what Congress has granted, whatever the posture; not set: by posture",
        unit="factor",
        kind="assumption",
        default=None,
        source="scenario lever",
        domain=Number(0.0, 5.0),
    ),
    Parameter(
        key="aid.collapse_response",
        meaning="change of new European military aid for six months after the Ukrainian front gives way",
        unit="log points",
        kind="assumption",
        default=uniform(-0.2, 0.6),
        source="not identified, and its sign is open: alarm raises aid, a lost cause lowers it",
        domain=Number(-5.0, 3.0),
        depends_on=True,
        sweep="-0.5 to 1",
    ),
    Parameter(
        key="aid.sceptic_effect",
        meaning="log fall of aid under a government led by a party that opposes it",
        unit="log points",
        kind="assumption",
        default=discrete({0.0: 1 / 3, 0.5: 1 / 3, 2.0: 1 / 3}),
        source="parties moderate in office (Hooghe et al. 2024); Slovakia's aid stopped in 2024; not identified",
        domain=Number(0.0, 10.0),
        depends_on=True,
        sweep="0, 0.5, 2",
    ),
    Parameter(
        key="aid.after_ceasefire_factor",
        meaning="factor on new aid under a ceasefire",
        unit="factor",
        kind="assumption",
        default=uniform(0.3, 1.0),
        source="not identified",
        domain=Number(0.0, 5.0),
        depends_on=True,
        sweep="0 to 1.5",
    ),
    _lever("us.aid.commitment_factor", "factor on new U.S. laws"),
    _lever("us.aid.allocation_factor", "factor on U.S. allocations of what Congress has granted"),
    _lever("us.aid.delivery_factor", "factor on U.S. deliveries", high=1.0),
    _lever("europe.aid.commitment_factor", "factor on new European commitments"),
    _lever("europe.aid.delivery_factor", "factor on European deliveries", high=1.0),
    _lever("other.aid.commitment_factor", "factor on new commitments of all other donors"),
    _lever("aid.military_factor", "factor on new military aid of all donors"),
    _lever("aid.other_factor", "factor on new financial and humanitarian aid of all donors, reconstruction included"),
    Parameter(
        key="aid.us_arms_beur_per_month",
        meaning="U.S. arms that European donors buy for Ukraine in a month, on top of their other aid: Europe pays and "
        "the United States delivers",
        unit="EUR bn a month",
        kind="assumption",
        default=fixed(0.0),
        source="scenario lever; EUR 1.9 bn in July and August 2025, the first two months",
        domain=Number(0.0, 20.0),
    ),
    _of_donor("commitment_factor", "factor on this donor's new commitments", "factor", fixed(1.0), 10.0),
    _of_donor("military_factor", "factor on this donor's new military aid", "factor", fixed(1.0), 10.0),
    _of_donor("other_factor", "factor on this donor's new financial and humanitarian aid", "factor", fixed(1.0), 10.0),
    _of_donor("level_beur_per_year", "aid that this donor allocates in a year, shared by kind as before"),
    _of_donor("military_level_beur_per_year", "military aid that this donor allocates in a year"),
    _of_donor("other_level_beur_per_year", "financial and humanitarian aid that this donor allocates in a year"),
    _of_donor(
        "level_pct_gdp", "aid that this donor allocates in a year, shared by kind as before", "% of GDP", high=5.0
    ),
    _of_donor("military_level_pct_gdp", "military aid that this donor allocates in a year", "% of GDP", high=5.0),
    Parameter(
        key="aid.*.stop",
        meaning="this donor commits and allocates nothing new; what is on its way still arrives",
        unit="yes or no",
        kind="assumption",
        default=False,
        source="scenario lever",
        domain=Flag(),
        entities=DONORS,
    ),
)

_WITH_PACKAGES = {
    "USA": 0.92,
    "DEU": 0.86,
    "NLD": 0.75,
    "DNK": 0.72,
    "NOR": 0.72,
    "GBR": 0.64,
    "SWE": 0.47,
    "FRA": 0.47,
}


def by_donor(start: date) -> dict[str, Value]:
    """Package probabilities, which differ from donor to donor, and what 2025 showed of replacement and of the pace."""
    shares = dict.fromkeys(DONORS, 0.31) | _WITH_PACKAGES | {"POL": 0.19}
    values: dict[str, Value] = {f"aid.{code}.package_probability": fixed(share) for code, share in shares.items()}
    if start >= AFTER_2025:
        values |= {
            "europe.aid.replacement_first_half_year": normal(0.9, 0.25, low=0.0),
            "europe.aid.replacement_long_run": uniform(0.2, 0.8),
            "europe.aid.replacement_tiring_per_year": uniform(0.0, 0.4),
            "us.aid.executive_pace_conditional": uniform(0.0, 0.6),
            "us.aid.executive_pace_retrenchment": uniform(0.0, 0.1),
        }
    return values
