"""Groups of members and donors that a scenario or a reader can name."""

from __future__ import annotations

from datetime import date

from sim import facts
from sim.scenario import Groups

GUIDELINE = 2.0  # % of GDP, agreed in Wales in 2014
_EU_OUTSIDE_THE_ALLIANCE = ("AUT", "CYP", "IRL", "MLT")  # all four use the euro
NORDICS = ("DNK", "FIN", "ISL", "NOR", "SWE")
BALTICS = ("EST", "LTU", "LVA")
# Hosts of the eight multinational battlegroups of the eastern flank: Warsaw summit 2016, Madrid summit 2022.
EASTERN_FLANK = ("BGR", "EST", "HUN", "LTU", "LVA", "POL", "ROU", "SVK")


def below_guideline(start: date) -> tuple[str, ...]:
    """European members and Canada that spent less than 2% of GDP in the latest year known at ``start``."""
    shares = facts.defence_shares(start)
    latest = {code: years[max(years)] for code, years in shares.items() if years}
    return tuple(sorted(code for code, share in latest.items() if share < GUIDELINE and code != "USA"))


def named() -> Groups:
    """The groups of this program: membership of the EU and of the euro area as of the end of 2024."""
    members = facts.members()
    allies = tuple(member.code for member in members if member.code not in ("CAN", "USA"))
    states = tuple(sorted({*(member.code for member in members if member.eu), *_EU_OUTSIDE_THE_ALLIANCE}))
    euro = {member.code for member in members if member.eu and member.currency == "EUR"}
    european = {donor.code for donor in facts.donors() if donor.group == "EUR"}
    return Groups(
        {
            "EU": states,
            "EU_states": states,
            "euro_area": tuple(sorted({*euro, *_EU_OUTSIDE_THE_ALLIANCE})),
            "nordics": NORDICS,
            "baltics": BALTICS,
            "eastern_flank": EASTERN_FLANK,
            "europe": tuple(sorted({*allies, *european})),
            "european_allies": allies,
        },
        {"below_guideline": below_guideline},
    )
