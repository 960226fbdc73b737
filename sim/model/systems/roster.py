"""The roster of the alliance: who is a member on which day, and the way from an invitation to membership.

A country invited on a known day, or by chance, joins after a log-normal time, given that it has not joined yet. The
time is estimated on four accessions from 2017 to 2024. Burden sharing counts the members of the day; a withdrawal of
the United States takes it off the roster.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import (
    Axis,
    Engine,
    Flags,
    Numbers,
    Process,
    State,
    System,
    Variable,
    assumption,
    data,
    estimated,
    month_number,
    monthly_chance,
    places,
    single,
)
from sim.scenario import Day, Flag, Number, Parameter, Value, fixed, lognormal, normal, uniform

PHASE = "roster"
CANDIDATES = ("BIH", "GEO", "UKR")  # aspirants named in the Washington Summit Declaration of July 2024
MEMBERS = tuple(sorted(member.code for member in facts.members()))
CODES = MEMBERS + CANDIDATES
_ASPIRING = range(len(MEMBERS), len(CODES))  # their rows
WITH_FORCES = tuple(sorted(member.code for member in facts.members() if member.has_forces))
ALLIES = tuple(code for code in WITH_FORCES if code != "USA")
PLACES = places(  # in draws: append, never reorder
    "ALB BEL BGR CAN CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN ITA LTU LUX LVA MKD MNE NLD NOR POL PRT ROU SVK SVN "
    "SWE TUR USA ISL BIH GEO UKR"
)

_BROUGHT = {  # ranges of what the aspirants would bring; Ukraine's GDP is a figure of the start
    "BIH": {"gdp_busd": (20.0, 35.0), "share_pct_gdp": (0.7, 1.5), "forces_thousand": (8.0, 15.0)},
    "GEO": {"gdp_busd": (22.0, 40.0), "share_pct_gdp": (1.5, 3.0), "forces_thousand": (20.0, 45.0)},
    "UKR": {"share_pct_gdp": (5.0, 25.0), "forces_thousand": (400.0, 900.0)},
}


def _brought(name: str, what: str, unit: str, high: float, raised: str) -> Parameter:
    return assumption(
        f"alliance.*.{name}",
        unit,
        None,
        Number(0.0, high),
        f"{what} that this country brings when it joins",
        "no table of facts holds it, hence a wide range; Ukraine's GDP: IMF, as known at the start",
        entities=CANDIDATES,
        raises=(raised,),
    )


PARAMETERS = (
    data("alliance.*.member", "yes or no", False, Flag(),
        "this country is a member; set it by an event to date an accession",
        "dates of accession, NATO", entities=CODES, raises=("members_total",), read="as membership"),
    data("alliance.*.invited", "date", None, Day(),
        "day of the invitation of a country that is not a member yet",
        "NATO summit declarations", at_start=True, entities=CODES, moves=("members_total",)),
    assumption("alliance.invitation_probability_per_year", "per year", uniform(0.0, 0.02), Number(0.0, 1.0),
        "probability that an aspirant is invited in a year",
        "assumption: at most 0.02 a year each to 2027", depends_on=True, sweep="0 to 0.1", raises=("members_total",)),
    estimated("alliance.ratification_median_days", "days", normal(470.0, 80.0, low=100.0), Number(1.0, 5000.0),
        "median time from invitation to membership",
        "four accessions 2017-2024 (Montenegro, North Macedonia, Finland, Sweden), n = 4", lowers=("members_total",)),
    estimated("alliance.ratification_sd_log", "sd of the logarithm", lognormal(0.35, 0.2), Number(0.0, 3.0),
        "spread of the time from invitation to membership",
        "four accessions 2017-2024, n = 4", raises=("spread of members_total",)),
    _brought("gdp_busd", "GDP, in the dollars of the start", "USD bn, current prices", 10_000.0,
        "europe_canada_spending_busd_current"),
    _brought("share_pct_gdp", "defence share", "% of GDP", 50.0, "europe_canada_share_pct_gdp"),
    _brought("forces_thousand", "number of soldiers", "thousand", 2_000.0, "forces_joined_thousand"),
)  # fmt: skip


class Roster:
    """Membership. ``member`` has shape ``(len(CODES), runs)``; the first 32 rows are today's allies by code."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.member = self._named()
        self._joins = np.full((len(CODES), engine.runs), np.inf, np.float32)  # days from the start
        self._joining = list(_ASPIRING)  # rows of those that may join

    def process(self) -> Process:
        """Admits members on their day, follows events, and draws new invitations at each month's end."""
        clock = self._engine.clock
        self._plan_known()
        named = self.member.copy()
        changing = {*self._engine.event_days, *self._engine.condition_days}
        regular = {*clock.month_ends, *self._engine.event_days, clock.end}
        for day in clock.days([*regular, *changing]):
            yield clock.at(day, PHASE)
            if day in changing:
                now = self._named()
                self.member = np.where(now != named, now, self.member)
                named = now
            if clock.ends_month(day):
                self._invite(day)
            if day in regular:
                self.member[self._joining] |= self._joins[self._joining] <= (day - clock.start).days

    def leave(self, code: str, runs: Flags) -> None:
        """Takes a member out of the alliance in ``runs``."""
        self.member[CODES.index(code)] &= ~runs

    @property
    def total(self) -> Numbers:
        """Number of members today, ``(runs,)``."""
        return single(self.member.sum(axis=0))

    def _named(self) -> Flags:
        return np.stack([self._engine.settings.flag(f"alliance.{code}.member") for code in CODES])

    def _plan_known(self) -> None:
        settings = self._engine.settings
        for row, code in enumerate(CODES):
            invited = settings.date(f"alliance.{code}.invited")
            if invited is not None and not self.member[row].all():
                self._joins[row] = self._arrival(code, invited, 0, np.arange(self._engine.runs))
                self._joining.append(row)

    def _invite(self, day: date) -> None:
        chance = self._engine.settings.reckoned(monthly_chance, "alliance.invitation_probability_per_year")
        for row in _ASPIRING:
            drawn = self._engine.streams.uniform("roster", month_number(day), part=PLACES[CODES[row]])
            (there,) = (drawn < chance).nonzero()
            if there.size:
                there = there[~self.member[row, there] & np.isinf(self._joins[row, there])]
                self._joins[row, there] = self._arrival(CODES[row], day, month_number(day), there)

    def _arrival(self, code: str, invited: date, period: int, there: NDArray[np.intp]) -> Numbers:
        """Days from the start to membership, given that it has not come by the later of start and invitation.

        For the runs ``there``.
        """
        from sim.special import ndtr, ndtri

        settings, start = self._engine.settings, self._engine.start
        median = settings.number("alliance.ratification_median_days")
        spread = np.maximum(settings.number("alliance.ratification_sd_log"), 1e-3)
        waited = max((start - invited).days, 0)
        median, spread = (values if len(values) == 1 else values[there] for values in (median, spread))
        passed = ndtr(np.log(max(waited, 1e-3) / median) / spread)
        drawn = self._engine.streams.uniform("roster", period, purpose=1, part=PLACES[code])[there]
        quantile = np.minimum(passed + drawn * (1 - passed), 1 - 1e-6)
        return single(median * np.exp(spread * ndtri(quantile)) + (invited - start).days)


def known_members(start: date) -> dict[str, Value]:
    """Who was a member on a day, and who had been invited by then."""
    values: dict[str, Value] = {
        f"alliance.{member.code}.member": member.accession <= start for member in facts.members()
    }
    for accession in facts.accessions(start):
        if accession.invited_on is not None and accession.acceded_on is None:
            values[f"alliance.{accession.member}.invited"] = accession.invited_on
    for code, ranges in _BROUGHT.items():
        values |= {f"alliance.{code}.{name}": uniform(*ends) for name, ends in ranges.items()}
    output = facts.gdp_busd(start)["UKR"]
    values["alliance.UKR.gdp_busd"] = fixed(output[max(year for year in output if year <= start.year)])
    return values


SYSTEM = System(
    name="roster",
    title="alliance roster",
    build=Roster,
    phase=PHASE,
    stream=2,
    parameters=PARAMETERS,
    axes=(Axis("member", WITH_FORCES),),
    variables=(
        Variable("members_total", "Members of the alliance", "members", "year", read="total", states=("roster",)),
    ),
    states={
        "roster": State(
            about="who is a member",
            keys=tuple(parameter.key for parameter in PARAMETERS),
            reads=("withdrawal",),
            tables=("members", "accessions"),
        ),
    },
    at_start=known_members,
)
