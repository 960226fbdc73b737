"""Parameters of the aid pipeline, from the Kiel Ukraine Support Tracker where it identifies them."""

from __future__ import annotations

from datetime import date

from sim import facts
from sim.model.engine import assumption, by_month, estimated, places
from sim.model.systems.aid.packages import PACKAGES
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
PLACES = places(  # in draws: append, never reorder
    "AUS AUT BEL BGR CAN CHE CHN CYP CZE DEU DNK ESP EST EUI FIN FRA GBR GRC HRV HUN IND IRL ISL ITA JPN KOR LTU LUX "
    "LVA MLT NLD NOR NZL POL PRT ROU SVK SVN SWE TUR TWN USA"
)
_KIEL = "Kiel Ukraine Support Tracker, release 29 cut at December 2024"


_BACKLOG = (
    "Kiel release 29, twelve months to September 2024 (states 0.083, EU 0.045 over all months); "
    "coefficient of variation 0.3"
)


def _pace(posture: str, default: Distribution, sweep: str) -> Parameter:
    return assumption(
        f"us.aid.executive_pace_{posture}",
        "factor",
        default,
        Number(0.0, 5.0),
        f"factor on U.S. allocations out of what Congress has granted, under a posture of {posture}",
        "not identified to 2024; new allocations ended in January 2025",
        depends_on=posture != "continuity",
        sweep=sweep,
        raises=("military_aid_allocated_beur:USA",),
    )


def _of_donor(
    name: str,
    meaning: str,
    unit: str = "EUR bn a year",
    default: Distribution | None = None,
    high: float = 500.0,
    excludes: tuple[str, ...] = (),
) -> Parameter:
    return assumption(
        f"aid.*.{name}",
        unit,
        default,
        Number(0.0, high),
        meaning if default else f"{meaning}; not set: what follows from its past and its government",
        "scenario lever",
        entities=DONORS,
        sweep="" if default else "0 to 0.5" if unit == "% of GDP" else "0 to 2",
        raises=("military_aid_allocated_beur" if "military" in name else "aid_allocated_beur",),
        excludes=() if default else ("aid.*.stop", *excludes),
    )


PARAMETERS = by_month(
    PACKAGES,
    estimated("aid.generosity_persistence", "share", normal(0.52, 0.19, low=0.0, high=0.98), Number(0.0, 1.0),
        "part of a donor's deviation from its own mean that it keeps from year to year",
        _KIEL + ", military aid over GDP, n = 62", moves=("spread of military_aid_allocated_beur:EUR",)),
    estimated("aid.generosity_sd", "share", normal(0.56, 0.1, low=0.05), Number(0.0, 3.0),
        "yearly noise of a donor's aid, relative to its own mean",
        _KIEL + ", yearly military allocations 2022-24 of 17 donors above EUR 0.2 bn a year, less what persists",
        raises=("spread of military_aid_allocated_beur:EUR",)),
    estimated("aid.distance_slope", "log points", normal(-2.0, 0.4), Number(-10.0, 10.0),
        "response of military aid over GDP to the log distance to Moscow, for donors without history",
        _KIEL + ", Poisson PML over 32 European donors", at_start=True, moves=("military_aid_allocated_beur:EUR",)),
    estimated("aid.generosity_at_1000km_pct_gdp", "% of GDP 2021", lognormal(0.4, 0.3),
        Number(0.0, 5.0, percent=False),
        "yearly military aid of an ally 1,000 km from Moscow, for donors without history",
        _KIEL + ": military allocations of European allies 2022-24 over the sum of GDP and distance to the power -2",
        at_start=True, raises=("military_aid_allocated_beur:EUR",)),
    estimated("aid.*.package_probability", "per month", None, Number(0.01, 1.0),
        "probability that the donor announces a package in a month: only then a state allocates",
        _KIEL + ": months with a new military package; 0.31, the median donor, where not read",
        entities=tuple(donor.code for donor in facts.donors()), moves=("spread of aid_committed_beur:EUR",)),
    estimated("aid.package_sd_log", "sd of the logarithm", uniform(1.0, 1.6), Number(0.0, 3.0),
        "spread of the size of a military package",
        _KIEL + ": 1.0 (USA, GBR) to 2.0", raises=("spread of aid_committed_beur:EUR",)),
    estimated("aid.allocation_usa", "per month", gamma(11.1, 11.1 / 0.22), Number(0.0, 1.0),
        "part of the backlog of the USA that is allocated in a month",
        _BACKLOG, raises=("military_aid_allocated_beur:USA",)),
    estimated("aid.allocation_states", "per month", gamma(11.1, 11.1 / 0.05), Number(0.0, 1.0),
        "part of the backlog of other states together that is allocated in a month",
        _BACKLOG, raises=("aid_allocated_beur:EUR",)),
    estimated("aid.allocation_eu", "per month", gamma(11.1, 11.1 / 0.034), Number(0.0, 1.0),
        "part of the backlog of the EU institutions that is allocated in a month",
        _BACKLOG, raises=("aid_allocated_beur:EUR",)),
    assumption("aid.stock_share", "share", uniform(0.1, 0.3), Number(0.0, 1.0),
        "share of military aid that comes from stocks",
        _KIEL + ": 0.59, 0.46, 0.31 in 2022-24; where it settles is not identified", sweep="0.1 to 0.5",
        raises=("aid_delivered_beur",)),
    estimated("aid.stock_median_days", "days", lognormal(73.0, 0.3), Number(0.0, 2000.0),
        "time from allocation to arrival for aid from stocks, median",
        "ten U.S. systems 2022-23 (CSIS): 4 to 499 days", lowers=("aid_delivered_beur",)),
    estimated("aid.stock_sd_log", "sd of the logarithm", uniform(1.2, 1.7), Number(0.0, 3.0),
        "spread of the time from allocation to arrival for aid from stocks",
        "ten U.S. systems 2022-23 (CSIS)", moves=("aid_delivered_beur",)),
    assumption("aid.procurement_months", "months", lognormal(18.0, 0.25), Number(0.0, 120.0),
        "time from allocation to arrival for procured aid, mean of a gamma law of shape 2",
        "assumption; check: 31% of USAI cases begun or done by mid-2023 (GAO)", sweep="12 to 30",
        lowers=("aid_delivered_beur",)),
    estimated("aid.other_months", "months", lognormal(5.0, 0.3), Number(0.0, 120.0),
        "time from allocation to payment of financial and humanitarian aid, mean",
        "Kiel releases 20 and 28: disbursed against allocated budget support, USA and EU",
        lowers=("aid_delivered_beur",)),
    estimated("europe.aid.replacement_first_half_year", "share", normal(0.15, 0.10, low=0.0), Number(0.0, 2.0),
        "part of a fall in U.S. military aid that Europe makes up in the first six months",
        _KIEL + ": 0.13 in October 2023 to March 2024", raises=("military_aid_allocated_beur:EUR",)),
    assumption("europe.aid.replacement_long_run", "share", uniform(0.2, 1.0), Number(0.0, 2.0),
        "part of a fall in U.S. military aid that Europe makes up after 18 months",
        "not identified: no long U.S. stop to 2024; fiscal room exists (Kiel)", depends_on=True, sweep="0 to 1",
        raises=("military_aid_allocated_beur:EUR",)),
    assumption("europe.aid.replacement_speed", "per month", fixed(1.0), Number(0.0, 1.0),
        "part of the distance to that share closed in a month; 1: at once, as the shares were measured",
        "the shares are those of allocations of the same half-year; a slower response is a lever", sweep="0.1 to 1",
        raises=("military_aid_allocated_beur:EUR",)),
    assumption("europe.aid.fatigue_pct_per_year", "% a year", fixed(0.0), Number(0.0, 100.0, percent=False),
        "yearly fall of European aid from the start on",
        "no fall visible to 2024; scenario", depends_on=True, sweep="0, 10, 25",
        lowers=("military_aid_allocated_beur:EUR",)),
    assumption("aid.sceptic_effect", "log points", discrete({0.0: 1 / 3, 0.5: 1 / 3, 2.0: 1 / 3}), Number(0.0, 10.0),
        "log fall of aid under a government led by a party that opposes it",
        "parties moderate in office (Hooghe et al. 2024); Slovakia's aid stopped in 2024; not identified",
        depends_on=True, sweep="0, 0.5, 2", lowers=("military_aid_allocated_beur:EUR",)),
    assumption("aid.after_ceasefire_factor", "factor", uniform(0.3, 1.0), Number(0.0, 5.0),
        "factor on new aid under a ceasefire",
        "not identified", depends_on=True, sweep="0 to 1.5", raises=("military_aid_allocated_beur",)),
    assumption("us.aid.commitment_factor", "factor", fixed(1.0), Number(0.0, 10.0),
        "factor on new U.S. laws",
        "scenario lever", raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.allocation_factor", "factor", fixed(1.0), Number(0.0, 10.0),
        "factor on U.S. allocations of what Congress has granted",
        "scenario lever", raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.delivery_factor", "factor", fixed(1.0), Number(0.0, 1.0),
        "factor on U.S. deliveries",
        "scenario lever", raises=("aid_delivered_beur",)),
    assumption("europe.aid.commitment_factor", "factor", fixed(1.0), Number(0.0, 10.0),
        "factor on new European commitments",
        "scenario lever", raises=("military_aid_allocated_beur:EUR",)),
    assumption("europe.aid.delivery_factor", "factor", fixed(1.0), Number(0.0, 1.0),
        "factor on European deliveries",
        "scenario lever", raises=("aid_delivered_beur",)),
    assumption("other.aid.commitment_factor", "factor", fixed(1.0), Number(0.0, 10.0),
        "factor on new commitments of all other donors",
        "scenario lever", raises=("military_aid_allocated_beur",)),
    assumption("europe.aid.replacement_tiring_per_year", "share per year", uniform(0.0, 0.3), Number(0.0, 1.0),
        "relative yearly fall of the share of missing U.S. aid that Europe replaces, after the first year of a fall",
        "not identified", depends_on=True, sweep="0 to 0.5", lowers=("military_aid_allocated_beur:EUR",)),
    _pace("continuity", fixed(1.0), ""),
    _pace("conditional", uniform(0.2, 1.0), "0 to 1"),
    _pace("retrenchment", uniform(0.0, 0.4), "0 to 1"),
    assumption("us.aid.executive_pace", "factor", None, Number(0.0, 5.0),
        "factor on U.S. allocations of what Congress has granted, whatever the posture; not set: by posture",
        "scenario lever", sweep="0 to 1", raises=("military_aid_allocated_beur:USA",)),
    assumption("aid.collapse_response", "log points", uniform(-0.2, 0.6), Number(-5.0, 3.0),
        "change of new European military aid for six months after the Ukrainian front gives way",
        "not identified, and its sign is open: alarm raises aid, a lost cause lowers it",
        depends_on=True, sweep="-0.5 to 1", raises=("military_aid_allocated_beur:EUR",)),
    assumption("aid.military_factor", "factor", fixed(1.0), Number(0.0, 10.0),
        "factor on new military aid of all donors",
        "scenario lever", raises=("military_aid_allocated_beur",)),
    assumption("aid.other_factor", "factor", fixed(1.0), Number(0.0, 10.0),
        "factor on new financial and humanitarian aid of all donors at all times, reconstruction included; for the "
        "time of a ceasefire alone there is aid.reconstruction_factor",
        "scenario lever", raises=("aid_allocated_beur",)),
    assumption("aid.reconstruction_factor", "factor", None, Number(0.0, 10.0),
        "factor on new financial and humanitarian aid of all donors while a ceasefire is in force, in place of "
        "aid.after_ceasefire_factor, which then counts for military aid alone; for the time of a ceasefire, while "
        "aid.other_factor counts at all times and multiplies it; not set: aid.after_ceasefire_factor counts for both",
        "scenario lever", raises=("aid_allocated_beur",), sweep="0 to 2"),
    assumption("aid.eu_blocked_share", "share", fixed(0.0), Number(0.0, 1.0),
        "part of what the EU institutions promise and allocate that a member's veto holds up; what is promised already "
        "waits",
        "scenario lever; Hungary held up the EU's loan to April 2026", lowers=("aid_allocated_beur:EUI",),
        sweep="0 to 1"),
    assumption("aid.eu_backlog_military_share", "share", None, Number(0.0, 1.0),
        "military part of what the EU institutions have promised and not yet allocated at the start; not set: as their "
        "allocations so far",
        "Kiel releases give no split by kind; the loan of EUR 90 bn is open to arms", at_start=True,
        depends_on=True, sweep="0 to 0.67", raises=("military_aid_allocated_beur:EUR",)),
    assumption("aid.tiring_pct_per_month", "% a month", fixed(0.0), Number(0.0, 50.0, percent=False),
        "monthly fall of the new aid of all donors while this holds; what is lost does not come back",
        "scenario lever", lowers=("military_aid_allocated_beur",), sweep="0 to 3"),
    assumption("aid.us_arms_beur_per_month", "EUR bn a month", fixed(0.0), Number(0.0, 20.0),
        "U.S. arms that European donors buy for Ukraine in a month, on top of their other aid: Europe pays and "
        "the United States delivers",
        "scenario lever; EUR 1.9 bn in July and August 2025, the first two months", sweep="0 to 1",
        raises=("military_aid_allocated_beur:EUR", "us_arms_bought_beur")),
    _of_donor("commitment_factor", "factor on this donor's new commitments", "factor", fixed(1.0), 10.0),
    _of_donor("military_factor", "factor on this donor's new military aid", "factor", fixed(1.0), 10.0),
    _of_donor("other_factor", "factor on this donor's new financial and humanitarian aid", "factor", fixed(1.0), 10.0),
    _of_donor("level_beur_per_year", "aid that this donor allocates in a year, shared by kind as before"),
    _of_donor("military_level_beur_per_year", "military aid that this donor allocates in a year"),
    _of_donor("other_level_beur_per_year", "financial and humanitarian aid that this donor allocates in a year"),
    _of_donor(
        "level_pct_gdp", "aid that this donor allocates in a year, shared by kind as before", "% of GDP", high=5.0,
        excludes=("aid.*.level_beur_per_year",),
    ),
    _of_donor(
        "military_level_pct_gdp", "military aid that this donor allocates in a year", "% of GDP", high=5.0,
        excludes=("aid.*.military_level_beur_per_year",),
    ),
    assumption("aid.*.stop", "yes or no", False, Flag(),
        "this donor commits and allocates nothing new; what is on its way still arrives",
        "scenario lever", entities=DONORS, lowers=("aid_allocated_beur",)),
)  # fmt: skip

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


def us_arms_a_month(start: date) -> float:
    """U.S. arms that allies bought for Ukraine, EUR bn a month, mean of the last twelve months known; 0 without any."""
    bought, known = facts.military_instruments(start).get("purl", {}), facts.aid_monthly(start).months
    return sum(bought.get(month, 0.0) for month in known[-12:]) / 12


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
            "aid.eu_backlog_military_share": uniform(0.0, 0.67),
            "aid.us_arms_beur_per_month": fixed(round(us_arms_a_month(start), 2)),
        }
    return values
