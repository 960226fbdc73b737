"""The figures the simulator rests on, by the day on which they could be known.

Every accessor with ``known`` answers with what that day could see. Fields ``recalled``: filled from memory, not
looked up. Sources and terms of use are in SOURCES.md, how the tables came about in README.md beside this file.
"""

from typing import TYPE_CHECKING, Any

from sim.facts.aid import (
    AidByDonor,
    AidHistory,
    SpecialItem,
    aid_by_donor,
    aid_monthly,
    military_instruments,
    special_items,
)
from sim.facts.ballots import Election, Government, elections, governments
from sim.facts.congress import (
    AidLags,
    Measure,
    Package,
    Supplemental,
    aid_lags,
    appropriations,
    packages,
    us_measures,
)
from sim.facts.economy import exchange_rates, gdp_busd, gross_debt, population, real_growth
from sim.facts.institution import (
    Accession,
    Event,
    Negotiation,
    Opinion,
    SecretaryGeneral,
    Summit,
    accessions,
    events,
    negotiations,
    opinion,
    reliable_guarantor_share,
    secretaries_general,
    statements,
    summits,
)
from sim.facts.pledges import Plan, counts_at_2pct, plans
from sim.facts.posterior import Posterior, posterior, posteriors, read_posterior, write_posterior
from sim.facts.reported import FACTS_END, Editions, Reported, editions, reported_since
from sim.facts.roster import Donor, Member, donors, members
from sim.facts.spending import (
    aggregates,
    breaks,
    defence_shares,
    defence_spending_2015,
    defence_spending_constant,
    defence_spending_current,
    definitions,
    equipment_shares,
    estimate_vintages,
    estimated_years,
    moved_by_definition,
    price_base,
    russia_milex_share,
    sipri_shares,
)
from sim.facts.tables import OwnTables, own_folder, read_own_with, stamp, using
from sim.facts.war import BudgetItem, FrontMonth, WarEstimate, casualties, front, russian_budget, war_estimates
from sim.facts.washington import (
    Composition,
    Forecast,
    Midterm,
    Seats,
    us_composition,
    us_forecast,
    us_midterms,
    us_seats,
)


def _own() -> OwnTables:
    from sim.facts import own

    return own


read_own_with(_own)

if TYPE_CHECKING:
    MEMBERS: tuple[Member, ...]
else:

    def __getattr__(name: str) -> Any:
        """``MEMBERS``, read when first asked for: importing this room reads no file."""
        if name == "MEMBERS":
            return members()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "FACTS_END",
    "MEMBERS",
    "Accession",
    "AidByDonor",
    "AidHistory",
    "AidLags",
    "BudgetItem",
    "Composition",
    "Donor",
    "Editions",
    "Election",
    "Event",
    "Forecast",
    "FrontMonth",
    "Government",
    "Measure",
    "Member",
    "Midterm",
    "Negotiation",
    "Opinion",
    "Package",
    "Plan",
    "Posterior",
    "Reported",
    "Seats",
    "SecretaryGeneral",
    "SpecialItem",
    "Summit",
    "Supplemental",
    "WarEstimate",
    "accessions",
    "aggregates",
    "aid_by_donor",
    "aid_lags",
    "aid_monthly",
    "appropriations",
    "breaks",
    "casualties",
    "counts_at_2pct",
    "defence_shares",
    "defence_spending_2015",
    "defence_spending_constant",
    "defence_spending_current",
    "definitions",
    "donors",
    "editions",
    "elections",
    "equipment_shares",
    "estimate_vintages",
    "estimated_years",
    "events",
    "exchange_rates",
    "front",
    "gdp_busd",
    "governments",
    "gross_debt",
    "members",
    "military_instruments",
    "moved_by_definition",
    "negotiations",
    "opinion",
    "own_folder",
    "packages",
    "plans",
    "population",
    "posterior",
    "posteriors",
    "price_base",
    "read_posterior",
    "real_growth",
    "reliable_guarantor_share",
    "reported_since",
    "russia_milex_share",
    "russian_budget",
    "secretaries_general",
    "sipri_shares",
    "special_items",
    "stamp",
    "statements",
    "summits",
    "us_composition",
    "us_forecast",
    "us_measures",
    "us_midterms",
    "us_seats",
    "using",
    "war_estimates",
    "write_posterior",
]
