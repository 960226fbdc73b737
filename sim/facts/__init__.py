"""The figures the simulator rests on, by the day on which they could be known.

Every accessor with ``known`` answers with what that day could see. Fields ``recalled``: filled from memory, not
looked up. Sources and terms of use are in SOURCES.md, how the tables came about in README.md beside this file.
"""

from typing import TYPE_CHECKING, Any

from sim.facts.aid import AidByDonor, AidHistory, aid_by_donor, aid_monthly
from sim.facts.ballots import Election, elections
from sim.facts.congress import AidLags, Package, Supplemental, aid_lags, appropriations, packages
from sim.facts.economy import gdp_busd, gross_debt, population, real_growth
from sim.facts.institution import (
    Accession,
    Event,
    Opinion,
    SecretaryGeneral,
    Summit,
    accessions,
    events,
    opinion,
    reliable_guarantor_share,
    secretaries_general,
    statements,
    summits,
)
from sim.facts.pledges import Plan, counts_at_2pct, plans
from sim.facts.posterior import Posterior, posterior, read_posterior, write_posterior
from sim.facts.roster import Donor, Member, donors, members
from sim.facts.spending import (
    aggregates,
    defence_shares,
    defence_spending_2015,
    defence_spending_current,
    equipment_shares,
    estimate_vintages,
    estimated_years,
    russia_milex_share,
    sipri_shares,
)
from sim.facts.tables import stamp
from sim.facts.war import FrontMonth, WarEstimate, casualties, front, war_estimates
from sim.facts.washington import Composition, Forecast, Midterm, us_composition, us_forecast, us_midterms

if TYPE_CHECKING:
    MEMBERS: tuple[Member, ...]
else:

    def __getattr__(name: str) -> Any:
        """``MEMBERS``, read when first asked for: importing this room reads no file."""
        if name == "MEMBERS":
            return members()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "MEMBERS",
    "Accession",
    "AidByDonor",
    "AidHistory",
    "AidLags",
    "Composition",
    "Donor",
    "Election",
    "Event",
    "Forecast",
    "FrontMonth",
    "Member",
    "Midterm",
    "Opinion",
    "Package",
    "Plan",
    "Posterior",
    "SecretaryGeneral",
    "Summit",
    "Supplemental",
    "WarEstimate",
    "accessions",
    "aggregates",
    "aid_by_donor",
    "aid_lags",
    "aid_monthly",
    "appropriations",
    "casualties",
    "counts_at_2pct",
    "defence_shares",
    "defence_spending_2015",
    "defence_spending_current",
    "donors",
    "elections",
    "equipment_shares",
    "estimate_vintages",
    "estimated_years",
    "events",
    "front",
    "gdp_busd",
    "gross_debt",
    "members",
    "opinion",
    "packages",
    "plans",
    "population",
    "posterior",
    "read_posterior",
    "real_growth",
    "reliable_guarantor_share",
    "russia_milex_share",
    "secretaries_general",
    "sipri_shares",
    "stamp",
    "statements",
    "summits",
    "us_composition",
    "us_forecast",
    "us_midterms",
    "war_estimates",
    "write_posterior",
]
