"""U.S. elections: president, House and Senate, on the real calendar.

Winners are named by the scenario, drawn by weight, or, for a chamber, left to two rules: in a presidential year its
result is correlated with the president's (coat-tails), at a mid-term the president's party loses it with some
probability. Who wins is kept apart from what the winner does: see the commitment. Sources: forecasts published by the
start for 2024; mid-terms 1934-2018.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import (
    Draw,
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
    ndtri,
    single,
    under,
)
from sim.scenario import Choice, Number, Scenario, Value, Weights, beta, fixed, uniform
from sim.scenario.days import election_day

PHASE = "us_politics"
PARTIES = ("Democratic", "Republican")
VOTE_2024, RESULT_2024 = date(2024, 11, 5), date(2024, 11, 6)
CANDIDATES_2024 = ("harris", "trump")
PARTY = tuple(party.lower() for party in PARTIES)  # democratic 0, republican 1
YEARS = tuple(str(year) for year in range(2014, 2062, 2))
MIDTERMS = tuple(year for year in YEARS if int(year) % 4)
PRESIDENTIAL = tuple(year for year in YEARS if int(year) % 4 == 0 and year != "2024")
DRAWN = "drawn"

PARAMETERS = (
    data("us.elections.2024.president", "label", Weights((("harris", 0.5), ("trump", 0.5))), Choice(CANDIDATES_2024),
        "winner of the presidential election of 5 November 2024",
        "forecasters' and markets' probabilities about 1 October 2024 span 0.42 to 0.58 for either side",
        raises=("republican_president",), read="in the election of its year"),
    assumption("us.elections.*.president", "label", Weights((("democratic", 0.5), ("republican", 0.5))), Choice(PARTY),
        "party that wins the presidential election of the year",
        "no forecast; even odds", entities=PRESIDENTIAL, sweep="any", raises=("republican_president",),
        read="in the election of its year"),
    assumption("us.elections.*.house", "label", DRAWN, Choice((DRAWN, *PARTY)),
        "party that wins the House; 'drawn' leaves it to the mid-term and coat-tail rules",
        "rules of this file", entities=YEARS, moves=("republican_house",), read="in the election of its year"),
    assumption("us.elections.*.senate", "label", DRAWN, Choice((DRAWN, *PARTY)),
        "party that wins the Senate; 'drawn' leaves it to the mid-term and coat-tail rules",
        "rules of this file", entities=YEARS, moves=("republican_senate",), read="in the election of its year"),
    data("us.elections.*.house_democratic_probability", "probability", None, Number(0.0, 1.0),
        "probability of a Democratic House at the mid-term of the year; not set: the mid-term rule",
        "mean of the newest figure of each forecaster and market at the start", entities=MIDTERMS, sweep="0 to 1",
        lowers=("republican_house",), read="in the election of its year"),
    data("us.elections.*.senate_democratic_probability", "probability", None, Number(0.0, 1.0),
        "probability of a Democratic Senate at the mid-term of the year; not set: the mid-term rule",
        "mean of the newest figure of each forecaster and market at the start", entities=MIDTERMS, sweep="0 to 1",
        lowers=("republican_senate",), read="in the election of its year"),
    assumption("us.elections.midterm_correlation", "correlation", uniform(0.4, 0.9), Number(0.0, 0.99),
        "correlation between the results of House and Senate at a mid-term that has such probabilities",
        "as the coat-tails; forecasts give each chamber alone", sweep="0 to 0.9", moves=("republican_senate",),
        reported_only="it moves how often both chambers change hands together, not how often each does"),
    data("us.elections.house_republican_probability", "probability", None, Number(0.0, 1.0),
        "probability of a Republican House in 2024, over both presidential outcomes",
        "Decision Desk HQ / The Hill, 18 September 2024", raises=("republican_house",)),
    data("us.elections.senate_republican_probability", "probability", None, Number(0.0, 1.0),
        "probability of a Republican Senate in 2024, over both presidential outcomes",
        "Decision Desk HQ / The Hill, 16 September 2024", raises=("republican_senate",)),
    assumption("us.elections.later_chamber_republican_probability", "probability", fixed(0.5), Number(0.0, 1.0),
        "probability of a Republican House, and of a Republican Senate, in presidential years after 2024",
        "no forecast; even odds", sweep="0.3 to 0.7", raises=("republican_house", "republican_senate")),
    assumption("us.elections.coattails", "correlation", uniform(0.4, 0.9), Number(0.0, 0.99),
        "correlation between the presidential result and each chamber's result in the same year",
        "five of five first Congresses of new presidents 1993-2021 opened unified; too few to estimate",
        sweep="0 to 0.9", moves=("republican_house",)),
    estimated("us.elections.midterm_house_loss_probability", "probability", beta(19.5, 3.5), Number(0.0, 1.0),
        "probability that the president's party does not hold the House after a mid-term",
        "19 of 22 mid-terms 1934-2018 cost the president's party House seats; margins since 2020 are narrow",
        lowers=("republican_house",)),
    assumption("us.elections.midterm_senate_loss_probability", "probability", uniform(0.2, 0.73), Number(0.0, 1.0),
        "probability that the president's party does not hold the Senate after a mid-term",
        "upper end: 16 of 22 mid-terms 1934-2018 cost Senate seats; control turns less often than seats",
        sweep="0.1 to 0.9", lowers=("republican_senate",)),
)  # fmt: skip


class UnitedStates:
    """Who holds office: ``president``, ``house``, ``senate``, each ``(runs,)`` with 0 Democratic, 1 Republican."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        held = facts.us_composition(engine.start)[-1]
        self.president = np.full(engine.runs, held.republican_president, np.int8)
        self.house = np.full(engine.runs, held.republican_house, np.int8)
        self.senate = np.full(engine.runs, held.republican_senate, np.int8)
        self._next_president, self._next_house, self._next_senate = self.president, self.house, self.senate

    def process(self) -> Process:
        """Elects on the first Tuesday after the first Monday of November, and seats on 3 and 20 January."""
        clock = self._engine.clock
        years = range(clock.start.year - clock.start.year % 2, clock.end.year + 1, 2)
        votes = {election_day(year): year for year in years}
        pending = [year for day, year in votes.items() if day < clock.start <= date(year + 1, 1, 20)]
        self._make_up(clock.start)
        for year in pending:
            self._elect(year)
        congresses = [date(year + 1, 1, 3) for year in years]
        inaugurations = [date(year + 1, 1, 20) for year in years if year % 4 == 0]
        for day in clock.days([*votes, *congresses, *inaugurations]):
            yield clock.at(day, PHASE)
            if day in votes:
                self._elect(votes[day])
            elif day in congresses:
                self.house, self.senate = self._next_house, self._next_senate
            else:
                self.president = self._next_president

    def _make_up(self, start: date) -> None:
        """Elects and seats, for a start beyond the facts, whom they do not know: results that nobody has brought in."""
        known = facts.us_composition(start)[-1].since
        for year in range(facts.FACTS_END.year, start.year):
            if year % 2 == 0 and election_day(year) > max(known, facts.FACTS_END) and date(year + 1, 1, 20) < start:
                self._elect(year)
                self.president, self.house, self.senate = self._next_president, self._next_house, self._next_senate

    def chambers_of_other_party(self) -> Numbers:
        """How many of the two chambers the party not holding the presidency controls, ``(runs,)``: 0, 1 or 2."""
        opposed = single(self.house != self.president)
        return single(opposed + (self.senate != self.president))

    def _elect(self, year: int) -> None:
        settings = self._engine.settings
        if year % 4 == 0:
            luck = self._elect_president(year)
            self._next_house = self._with_coattails(year, "house", luck)
            self._next_senate = self._with_coattails(year, "senate", luck)
        else:
            self._next_house = self._at_midterm(
                year, "house", settings.number("us.elections.midterm_house_loss_probability")
            )
            self._next_senate = self._at_midterm(
                year, "senate", settings.number("us.elections.midterm_senate_loss_probability")
            )

    def _elect_president(self, year: int) -> Numbers:
        """Sets the winner; returns the Republican tide behind the result: standard normal over both outcomes."""
        key = f"us.elections.{year}.president"
        self._next_president = self._engine.settings.choice(key)
        luck = self._engine.streams.quantiles(key)
        republican = self._next_president == 1
        return ndtri(np.clip(tide(luck, republican, self._weight(key)), 1e-7, 1 - 1e-7).astype(np.float32))

    def _weight(self, key: str) -> float | None:
        """The weight of the first option, the Democratic one; None where the file names the winner."""
        weights = self._engine.settings.weights(key)
        return None if weights is None else weights.get(CANDIDATES_2024[0], 0.0) + weights.get(PARTY[0], 0.0)

    def _with_coattails(self, year: int, chamber: str, tide: Numbers) -> NDArray[np.int8]:
        settings = self._engine.settings
        strength = settings.number("us.elections.coattails")
        own = self._engine.streams.normal("us_politics", year, part=1 if chamber == "house" else 2)
        latent = strength * tide + np.sqrt(1 - strength**2) * own
        key = f"{chamber}_republican_probability" if year == 2024 else "later_chamber_republican_probability"
        chance = settings.number(f"us.elections.{key}")
        edge = ndtri(np.clip(1 - chance, 1e-6, 1 - 1e-6).astype(np.float32))
        return self._unless_set(year, chamber, (latent > edge).astype(np.int8))

    def _at_midterm(self, year: int, chamber: str, loss: Numbers) -> NDArray[np.int8]:
        settings, streams = self._engine.settings, self._engine.streams
        drawn = streams.uniform("us_politics", year, part=1 if chamber == "house" else 2)
        key = f"us.elections.{year}.{chamber}_democratic_probability"
        if not settings.is_set(key):
            lost = np.where(drawn < loss, 1 - self.president, self.president).astype(np.int8)
            return self._unless_set(year, chamber, lost)
        strength = settings.number("us.elections.midterm_correlation")
        own = ndtri(np.clip(drawn, 1e-6, 1 - 1e-6).astype(np.float32))
        latent = strength * streams.normal("us_politics", year, part=3) + np.sqrt(1 - strength**2) * own
        edge = ndtri(np.clip(settings.number(key), 1e-6, 1 - 1e-6).astype(np.float32))
        return self._unless_set(year, chamber, (latent > edge).astype(np.int8))

    def _unless_set(self, year: int, chamber: str, drawn: NDArray[np.int8]) -> NDArray[np.int8]:
        said = self._engine.settings.choice(f"us.elections.{year}.{chamber}")
        return np.where(said == 0, drawn, said - 1).astype(np.int8)


def tide(luck: NDArray[np.float64], republican: Flags, democratic_weight: float | None) -> NDArray[np.float64]:
    """The quantile of the Republican tide behind a result, in (0, 1): below 0.5 with a Democratic winner, else above.

    Within each half it keeps the order of ``luck``, the number that decided. With a named winner (weight None) all of
    ``luck`` is spread over the winner's half.
    """
    if democratic_weight is None:
        within = luck
    else:
        lower = luck / max(democratic_weight, 1e-9)
        within = np.where(republican, (luck - democratic_weight) / max(1 - democratic_weight, 1e-9), lower)
    return np.asarray((np.clip(within, 0, 1) + republican) / 2)


def known_results(start: date) -> dict[str, Value]:
    """Forecasts of the elections of 2024 as published by a day, and results that were known by then."""
    values: dict[str, Value] = {
        "us.elections.house_republican_probability": fixed(0.5),
        "us.elections.senate_republican_probability": fixed(0.5),
    }
    for forecast in facts.us_forecast(start, VOTE_2024):  # by date: the latest stands
        if forecast.item in ("house", "senate") and forecast.outcome.lower() == "republican" and not forecast.recalled:
            values[f"us.elections.{forecast.item}_republican_probability"] = fixed(forecast.probability)
    for year in MIDTERMS:
        for chamber in ("house", "senate"):
            if chance := _forecast(start, int(year), chamber):
                values[f"us.elections.{year}.{chamber}_democratic_probability"] = fixed(chance)
    for year in PRESIDENTIAL:
        if chance := _forecast(start, int(year), "president"):
            values[f"us.elections.{year}.president"] = Weights(((PARTY[0], chance), (PARTY[1], round(1 - chance, 6))))
    values |= _elected(start)
    if start >= RESULT_2024:  # the result of 5 November 2024, public record
        values["us.elections.2024.president"] = "trump"
        values["us.elections.2024.house"] = values["us.elections.2024.senate"] = "republican"
    return values


def _forecast(start: date, year: int, office: str) -> float | None:
    """Mean probability of a Democratic win: the newest figure of each forecaster and market known at the start."""
    newest = {
        row.forecaster: row.probability
        for row in facts.us_forecast(start, election_day(year))
        if row.item == office and row.outcome == PARTIES[0] and not row.recalled
    }
    return round(sum(newest.values()) / len(newest), 6) if newest and year > VOTE_2024.year else None


def _elected(start: date) -> dict[str, Value]:
    """Results of an election held before ``start`` whose winners take office after it."""
    year = start.year if start.month > 10 else start.year - 1
    seated = date(year + 1, 1, 20)
    if year % 2 or not election_day(year) < start <= seated or year == 2024 or election_day(year) > facts.FACTS_END:
        return {}
    held = facts.us_composition(seated)[-1]
    party = {True: "republican", False: "democratic"}
    values: dict[str, Value] = {
        f"us.elections.{year}.house": party[held.republican_house],
        f"us.elections.{year}.senate": party[held.republican_senate],
    }
    if year % 4 == 0:
        values[f"us.elections.{year}.president"] = party[held.republican_president]
    return values


def acts(key: str, day: date, scenario: Scenario) -> bool:
    """An election counts from the day its winners are seated, if that is not before the start."""
    held = key.split(".")[2]
    if not held.isdigit():
        return True
    return day >= date(int(held) + 1, 1, 3) and scenario.start <= date(int(held) + 1, 1, 20)


SYSTEM = System(
    name="us_politics",
    title="U.S. elections",
    build=UnitedStates,
    phase=PHASE,
    stream=4,
    parameters=PARAMETERS,
    draws=tuple(
        Draw(name=f"{office} of {int(year) + 1}", options=PARTIES, variable=f"republican_{office}", day=seated)
        for year in YEARS
        for office, seated in (
            *((("president", date(int(year) + 1, 1, 20)),) if int(year) % 4 == 0 else ()),
            ("house", date(int(year) + 1, 1, 3)),
            ("senate", date(int(year) + 1, 1, 3)),
        )
    ),
    variables=(
        Variable(
            "republican_president", "Republican president", "0/1", "month", flag=True,
            read="president", states=("president",),
        ),
        Variable(
            "republican_house", "Republican House of Representatives", "0/1", "month", flag=True,
            read="house", states=("house",),
        ),
        Variable(
            "republican_senate", "Republican Senate", "0/1", "month", flag=True, read="senate", states=("senate",)
        ),
    ),
    states={
        "president": State(about="who is U.S. president",
            keys=under("us.elections", "2024.president *.president"), tables=("us_composition",)
        ),
        "coattails": State(about="the tide behind the U.S. president's win",
            keys=under("us.elections", "coattails later_chamber_republican_probability"), reads=("president",)
        ),
        "house": State(about="who holds the House",
            keys=under("us.elections", "*.house house_republican_probability midterm_house_loss_probability "
                "*.house_democratic_probability midterm_correlation"),
            reads=("coattails",),
            tables=("us_composition", "us_forecast"),
        ),
        "senate": State(about="who holds the Senate",
            keys=under("us.elections", "*.senate senate_republican_probability midterm_senate_loss_probability "
                "*.senate_democratic_probability midterm_correlation"),
            reads=("coattails",),
            tables=("us_composition", "us_forecast"),
        ),
    },
    at_start=known_results,
    acts=acts,
)  # fmt: skip
