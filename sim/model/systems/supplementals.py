"""U.S. supplemental laws, the money of U.S. aid to Ukraine.

A request is before Congress while the military authority that is left is low. It becomes law in a month with
probability 1 - exp(-rate * factor of the posture / 12); the rate depends on which party holds the presidency and the
House. The size of a law is log-normal. Source: five laws 2022-24 (CSIS, CRS); a Republican president and House have no
data and are swept.
"""

from __future__ import annotations

import numpy as np

from sim.model.engine import Engine, Flags, Numbers, State, System
from sim.model.systems.commitment import POSTURES, Commitment
from sim.model.systems.us_politics import UnitedStates
from sim.scenario import Number, Parameter, discrete, fixed, gamma, normal, uniform

_LAWS = "five supplemental laws 2022-24 (CSIS, CRS); Jeffreys posterior"

PARAMETERS = (
    Parameter(
        key="us.aid.laws_democratic_house_per_year",
        meaning="rate at which an open request becomes law under a Democratic president and House",
        unit="per year",
        kind="estimated",
        default=gamma(4.5, 0.83),
        source=_LAWS + ": 4 in 0.83 years",
        domain=Number(0.0, 60.0),
    ),
    Parameter(
        key="us.aid.laws_split_per_year",
        meaning="rate at which an open request becomes law when President and House are of different parties",
        unit="per year",
        kind="estimated",
        default=gamma(1.5, 2.0),
        source=_LAWS + ": 1 in 2.0 years, Democratic president and Republican House; the mirror case has no data",
        domain=Number(0.0, 60.0),
    ),
    Parameter(
        key="us.aid.laws_republican_per_year",
        meaning="rate at which an open request becomes law under a Republican president and House",
        unit="per year",
        kind="assumption",
        default=discrete({0.0: 1 / 3, 0.25: 1 / 3, 0.75: 1 / 3}),
        source="no data to 2024",
        domain=Number(0.0, 60.0),
        depends_on=True,
        sweep="0, 0.25, 0.75",
    ),
    Parameter(
        key="us.aid.posture_factor_continuity",
        meaning="factor on these rates under continuity",
        unit="factor",
        kind="assumption",
        default=fixed(1.0),
        source="reference",
        domain=Number(0.0, 5.0),
    ),
    Parameter(
        key="us.aid.posture_factor_conditional",
        meaning="factor on these rates under a conditional posture",
        unit="factor",
        kind="assumption",
        default=uniform(0.5, 1.0),
        source="no data to 2024",
        domain=Number(0.0, 5.0),
        depends_on=True,
        sweep="0 to 1.5",
    ),
    Parameter(
        key="us.aid.posture_factor_retrenchment",
        meaning="factor on these rates under retrenchment",
        unit="factor",
        kind="assumption",
        default=uniform(0.0, 0.5),
        source="no data to 2024",
        domain=Number(0.0, 5.0),
        depends_on=True,
        sweep="0 to 1",
    ),
    Parameter(
        key="us.aid.law_median_busd",
        meaning="military part of a supplemental law, median",
        unit="USD bn, current prices",
        kind="assumption",
        default=fixed(20.0),
        source="military parts of the five laws: 4.2, 19.1, 4.5, 21.0, 28.8",
        domain=Number(0.0, 500.0),
        sweep="10 to 30",
    ),
    Parameter(
        key="us.aid.law_sd_log",
        meaning="spread of that size",
        unit="sd of the logarithm",
        kind="assumption",
        default=fixed(0.6),
        source="totals of the five laws ran from 12 to 61",
        domain=Number(0.0, 3.0),
    ),
    Parameter(
        key="us.aid.other_to_military",
        meaning="financial and humanitarian aid in a law, relative to its military part",
        unit="ratio",
        kind="data",
        default=fixed(0.6),
        source="five laws: 47 of economic and humanitarian to 77 of military-related USD bn",
        domain=Number(0.0, 5.0),
    ),
    Parameter(
        key="us.aid.request_below_beur",
        meaning="military authority below which a new request is open before Congress",
        unit="EUR bn, current prices",
        kind="assumption",
        default=uniform(3.0, 8.0),
        source="assumption; 8.8 was left at the end of August 2024 (Kiel release 20), USD 3.8 bn at the year's end",
        domain=Number(0.0, 500.0),
    ),
    Parameter(
        key="us.aid.eur_per_usd",
        meaning="exchange rate for new U.S. laws",
        unit="EUR per USD",
        kind="data",
        default=normal(0.92, 0.04, low=0.5),
        source="Kiel release 29 books 20 USD bn of October 2024 as 18.34 EUR bn",
        domain=Number(0.1, 5.0),
    ),
)


class Supplementals:
    """Requests before Congress. It keeps no state of its own: the authority left is in the aid pipeline."""

    def __init__(self, engine: Engine, politics: UnitedStates, commitment: Commitment) -> None:
        self._engine, self._politics, self._commitment = engine, politics, commitment

    def new_authority(self, left: Numbers, open_war: Flags, period: int) -> tuple[Numbers, Numbers]:
        """Military and other aid (EUR bn) that Congress grants this month, each ``(runs,)``.

        ``left`` is the military authority not allocated yet; ``open_war`` the runs in which requests are made at all;
        ``period`` the number of the month.
        """
        engine, politics, commitment = self._engine, self._politics, self._commitment
        number = engine.settings.number
        rate = law_rate(
            politics.president,
            politics.house,
            number("us.aid.laws_democratic_house_per_year"),
            number("us.aid.laws_split_per_year"),
            number("us.aid.laws_republican_per_year"),
        )
        factors = [number(f"us.aid.posture_factor_{name}") for name in POSTURES]
        posture = commitment.posture
        factor = np.where(posture == 0, factors[0], np.where(posture == 1, factors[1], factors[2]))
        asked = open_war & (left < number("us.aid.request_below_beur")) & ~commitment.withdrawn
        passes = asked & (engine.streams.uniform("supplementals", period) < 1 - np.exp(-rate * factor / 12))
        luck = engine.streams.normal("supplementals", period, purpose=1)
        dollars = number("us.aid.law_median_busd") * np.exp(number("us.aid.law_sd_log") * luck)
        size = dollars * number("us.aid.eur_per_usd")
        military = np.where(passes, size, 0).astype(np.float32)
        return military, military * number("us.aid.other_to_military")


def law_rate(
    president: np.ndarray, house: np.ndarray, democratic: Numbers, split: Numbers, republican: Numbers
) -> Numbers:
    """Laws a year by the parties (0 Democratic, 1 Republican) of president and House."""
    same = np.where(house == 1, republican, democratic)
    return np.where(president == house, same, split).astype(np.float32)


SYSTEM = System(
    name="supplementals",
    title="U.S. supplementals",
    build=Supplementals,
    reads=("us_politics", "commitment"),
    stream=10,
    parameters=PARAMETERS,
    states={
        "laws": State(
            keys=(
                *(parameter.key for parameter in PARAMETERS if parameter.key != "us.aid.other_to_military"),
                "us.aid.commitment_factor",
                "us.aid.allocation_factor",
                "aid.allocation_usa",
                "aid.after_ceasefire_factor",
            ),
            reads=("president", "house", "posture", "withdrawal", "onset", "ceasefire"),
            tables=("aid_by_donor", "aid_monthly"),
        ),
    },
)
