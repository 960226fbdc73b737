"""A toy alliance with known effects and the interface of ``sim.model``, so that every analysis has a right answer."""

import datetime as dt

import numpy as np

from sim.model import Axes, Axis
from sim.model import variables as recorded

START, END = dt.date(2024, 10, 1), dt.date(2026, 12, 31)
KEYS = ("budgets.push", "budgets.drag", "us.pull", "us.idle", "war.pair", "war.twin", "aid.extra", "aid.more")
USED = (
    "us_commitment",
    "europe_canada_share_pct_gdp",
    "ceasefire",
    "republican_president",
    "us_posture",
    "military_aid_allocated_beur",
    "defence_share_pct_gdp",
)
TOY = tuple(one for one in recorded() if one.name in USED)
MEMBERS, DONORS = ("CAN", "POL"), ("USA", "EUR", "OTHER", "ALL")


def months(scenario):
    ends = np.arange(np.datetime64(scenario.start, "M"), np.datetime64(scenario.end, "M") + 1) + 1
    return tuple((ends.astype("datetime64[D]") - 1).tolist())


def years(scenario):
    ends = [dt.date(year, 12, 31) for year in range(scenario.start.year, scenario.end.year + 1)]
    return tuple(min(day, scenario.end) for day in ends)


def simulate(scenario, seed, first, count, *, central=False):
    """level = 2 + push - drag + pull * shock + pair * twin + extra + more, each from its date on."""
    draws = np.random.default_rng(seed).normal(size=(first + count, 4))[first:]

    def given(key, day):
        number = scenario.values[key].value.central() if key in scenario.values else 0.0
        for event in scenario.events:
            if event.date <= day and (event.until is None or day < event.until) and key in dict(event.sets):
                number = dict(event.sets)[key].central()
        return number

    def level(day):
        push = given("budgets.push", day) - given("budgets.drag", day)
        push += given("us.pull", day) * draws[:, 0] + given("war.pair", day) * given("war.twin", day)
        return 2.0 + draws[:, 1] + push + given("aid.extra", day) + given("aid.more", day)

    monthly = np.array([level(day) for day in months(scenario)], np.float32)
    yearly = np.array([level(day) for day in years(scenario)], np.float32)
    truce = np.array([draws[:, 2] + given("war.twin", day) > 1 for day in months(scenario)], np.float32)
    won = np.array([(draws[:, 3] > 0) & (day >= dt.date(2025, 1, 20)) for day in months(scenario)], np.float32)
    return {
        "us_commitment": monthly,
        "europe_canada_share_pct_gdp": yearly,
        "ceasefire": truce,
        "republican_president": won,
        "us_posture": np.where(won > 0, 2, 0).astype(np.float32),
        "military_aid_allocated_beur": np.repeat(monthly[:, None], len(DONORS), axis=1),
        "defence_share_pct_gdp": np.stack([yearly, yearly + 1], axis=1),
    }


def variables():
    return TOY


def axes(scenario):
    return Axes(years(scenario), months(scenario), (Axis("member", MEMBERS), Axis("donor", DONORS, DONORS)))


def stamp():
    return "f" * 64
