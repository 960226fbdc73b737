"""What the shipped questions must move. ``python tests/shipped/questions.py`` prints the table of effects."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from sim import load, model
from sim.shipped import find_scenario, shipped_questions

RUNS = 300
CLEAR = 3.0  # standard errors


@dataclass(frozen=True)
class Expected:
    """One outcome of a question: by the day (an ISO date or a year's end) it is higher (+) or lower (-) by ``least``.

    ``against`` is what it is compared with: settings on the scenario that the question extends, or another question.
    ``given`` names a 0/1 variable: only the runs in which it is 1 on the day are compared.
    """

    question: str
    outcome: str
    day: str
    least: float
    against: str = "parent"
    given: str = ""


def _expected(
    question: int, outcome: str, day: str, least: float, against: str = "parent", given: str = ""
) -> Expected:
    (name,) = (name for name in shipped_questions() if name.startswith(f"questions/{question:02}_"))
    return Expected(name, outcome, day, least, against, given)


EXPECTED = (
    _expected(1, "europe_canada_share_pct_gdp", "2034", +0.1),
    _expected(1, "members_at_3_5pct", "2034", +2),
    _expected(2, "europe_canada_share_pct_gdp", "2034", -0.02, "questions/01"),
    _expected(3, "defence_share_pct_gdp:DEU", "2029", +0.4),
    _expected(3, "europe_canada_share_pct_gdp", "2029", +0.05),
    _expected(4, "defence_share_pct_gdp:FRA", "2029", -0.1),
    _expected(4, "europe_canada_share_pct_gdp", "2029", -0.01),
    _expected(5, "members_at_2pct", "2026", +5.0),
    _expected(6, "europe_canada_share_pct_gdp", "2028", +0.01),
    _expected(6, "europe_canada_spending_busd_current", "2028", -5),
    _expected(7, "equipment_share_pct:POL", "2028", +0.1),
    _expected(7, "equipment_share_pct:DEU", "2028", +0.5),
    _expected(7, "europe_canada_spending_busd_current", "2028", +5),
    _expected(8, "defence_share_pct_gdp:ITA", "2032", -0.1),
    _expected(9, "members_total", "2028", +0.9),
    _expected(9, "europe_canada_spending_busd_current", "2028", +10),
    _expected(9, "forces_joined_thousand", "2028", +100),
    _expected(10, "us_commitment", "2029", -0.2),
    _expected(10, "us_troops_europe_thousand", "2029", -40),
    _expected(10, "europe_canada_share_pct_gdp", "2031", +0.05),
    _expected(11, "us_troops_europe_thousand", "2027", -30, "us.commitment.posture=continuity"),
    _expected(11, "threat", "2028", +0.01, "us.commitment.posture=continuity"),
    _expected(12, "us_commitment", "2030", -0.15,
              "us.elections.2028.president=democratic us.commitment.posture_if_democratic=continuity"),
    _expected(12, "europe_canada_share_pct_gdp", "2032", +0.03,
              "us.elections.2028.president=democratic us.commitment.posture_if_democratic=continuity"),
    _expected(13, "republican_house", "2027", -0.9, "us.elections.2026.house=republican"),
    _expected(13, "military_aid_allocated_beur:USA", "2028", +0.2, "us.elections.2026.house=republican"),
    _expected(14, "us_commitment", "2025", -0.1),
    _expected(14, "europe_canada_share_pct_gdp", "2026", +0.005),
    _expected(15, "aid_delivered_beur:USA", "2025-03-31", -0.5),
    _expected(16, "military_aid_allocated_beur:USA", "2025", -5),
    _expected(16, "military_aid_allocated_beur:EUR", "2025", +3),
    _expected(17, "aid_allocated_beur:EUI", "2026", +10),
    _expected(17, "aid_allocated_beur:FRA", "2026", +3),
    _expected(17, "aid_allocated_beur:ALL", "2026", +10),
    _expected(18, "aid_committed_beur:EUI", "2026-01-31", +50),
    _expected(18, "military_aid_allocated_beur:EUR", "2027", +30),
    _expected(19, "us_arms_bought_beur", "2026", +10),
    _expected(19, "military_aid_allocated_beur:EUR", "2026", +5),
    _expected(20, "aid_allocated_beur:EUI", "2025", -5),
    _expected(21, "military_aid_allocated_beur:ALL", "2029", -5),
    _expected(22, "military_aid_allocated_beur:ALL", "2029", -3, given="ceasefire"),
    _expected(22, "aid_allocated_beur:EUI", "2029", +3, given="ceasefire"),
    _expected(23, "russian_controlled_km2", "2027", +5000),
    _expected(23, "threat", "2027", +0.05),
    _expected(23, "military_aid_allocated_beur:EUR", "2028", +0.5),
    _expected(24, "russian_military_share_pct_gdp", "2028", -0.5),
    _expected(24, "russian_controlled_km2", "2029", -50),
    _expected(25, "ceasefire", "2029", +0.02, "questions/25 reassurance.thousand=0"),
    _expected(25, "threat", "2029", -0.02, "questions/25 reassurance.thousand=0"),
    _expected(26, "ceasefire", "2027", +0.5),
    _expected(26, "ceasefire", "2028", -0.02),
    _expected(26, "threat", "2028-09-30", -0.1),
    _expected(26, "military_aid_allocated_beur:ALL", "2028", -1),
    _expected(27, "target_pct_gdp", "2029", +0.3),
    _expected(27, "europe_canada_share_pct_gdp", "2029", +0.1),
    _expected(28, "aid_allocated_beur:FRA", "2029", -0.5),
    _expected(28, "military_aid_allocated_beur:EUR", "2029", -0.5),
    _expected(29, "military_aid_allocated_beur:EUR", "2026", +20),
    _expected(29, "military_aid_allocated_beur:USA", "2026", -5),
    _expected(30, "members_at_3_5pct", "2034", +2),
    _expected(30, "europe_canada_share_pct_gdp", "2034", +0.1),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """Mean paired difference, its standard error, the share of runs that are higher (a tie is half one), and pairs."""

    change: float
    error: float
    higher: float
    pairs: int


def seen(expected: Expected) -> Seen:
    """What a question does to an outcome."""
    question = load(expected.question)
    words = expected.against.split()
    if words[0].startswith("questions/"):
        other, sets = words[0], words[1:]
    else:
        other, sets = parent(expected.question), [word for word in words if word != "parent"]
    with_it = _values(expected.question, (), expected)
    without = _values(other, (*sets, f"end={question.end}"), expected)
    gap = with_it - without
    if expected.given:
        gap = gap[_read(expected.question, (), expected.given, expected.day) == 1]
    return Seen(
        float(gap.mean()),
        float(gap.std(ddof=1) / np.sqrt(len(gap))),
        float(((gap > 0) + (gap == 0) / 2).mean()),
        len(gap),
    )


def parent(question: str) -> str:
    """The scenario that a question extends."""
    written = tomllib.loads(find_scenario(question).read_text(encoding="utf-8"))["extends"]
    return f"questions/{written.removesuffix('.toml')}" if written[0].isdigit() else str(written)


def _values(name: str, sets: tuple[str, ...], expected: Expected) -> np.ndarray:
    return _read(name, sets, expected.outcome, expected.day)


def _read(name: str, sets: tuple[str, ...], outcome: str, day: str) -> np.ndarray:
    scenario, record = _simulated(name, sets)
    stem, _, entity = outcome.partition(":")
    variable = next(each for each in model.variables() if each.name == stem)
    axes = model.axes(scenario)
    dates = list(axes.dates(variable.every))
    values = record[stem][dates.index(date.fromisoformat(day if "-" in day else f"{day}-12-31"))]
    if variable.entity:
        values = values[axes.codes(variable.entity).index(entity)]
    return np.asarray(values, float)


@lru_cache(maxsize=4)
def _simulated(name: str, sets: tuple[str, ...]):
    scenario = load(name, sets)
    only = {expected.outcome.partition(":")[0] for expected in EXPECTED} | {"ceasefire"}
    return scenario, model.simulate(scenario, 1, 0, RUNS, only=only)


HEADS = ("question", "outcome", "on", "against", "effect", "standard error", "P(higher)", "asked")


def row(expected: Expected) -> str:
    """A line of the table of effects."""
    found = seen(expected)
    cells = (
        expected.question.split("/")[1], f"`{expected.outcome}`", expected.day, expected.against,
        f"{found.change:+.3g}", f"{found.error:.2g}", f"{found.higher:.2f}", f"{expected.least:+g}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |{'' if holds(expected, found) else ' missed'}"


def holds(expected: Expected, found: Seen) -> bool:
    """Whether the effect is large enough, more than noise, and in the direction asked for."""
    clear = abs(found.change) > CLEAR * found.error
    return clear and found.change * np.sign(expected.least) >= abs(expected.least)


if __name__ == "__main__":
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    for each in EXPECTED:
        if len(sys.argv) == 1 or each.question.split("/")[1][:2] in sys.argv[1:]:
            print(row(each), flush=True)
