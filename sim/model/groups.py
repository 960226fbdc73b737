"""Groups of members and donors that a scenario or a reader can name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine.variables import Variable
from sim.scenario import Groups, Scenario

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


def group_of(
    word: str, variable: Variable, known: Sequence[str], scenarios: Sequence[Scenario]
) -> tuple[str, tuple[str, ...]]:
    """The group that ``word`` means, and those of its codes that are ``known``; empty if it means none.

    It may be one of this program or one of a scenario's own; of a variable that some entities do not have together
    there is no group.
    """
    groups = named()
    for scenario in scenarios:
        groups = groups.and_own(scenario.groups)
    name = groups.spelled(word)
    if name is None or not variable.together:
        return "", ()
    codes = tuple(code for code in groups.codes(name, scenarios[0].start) if code in known)
    return (name, codes) if codes else ("", ())


def together_at_half_years(
    rule: str,
    weight: str,
    variable: str,
    codes: Sequence[str],
    read: Callable[[str, str], tuple[NDArray[np.datetime64], NDArray[Any]]],
) -> tuple[NDArray[np.datetime64], NDArray[np.float32]]:
    """The ends of half-years and what `together` makes of the values there; ``read`` gives both for one code."""
    values = together(rule, weight, variable, codes, lambda name, code: read(name, code)[1])
    return read(variable, codes[0])[0], values


def together(
    rule: str, weight: str, variable: str, codes: Sequence[str], read: Callable[[str, str], NDArray[Any]]
) -> NDArray[np.float32]:
    """What some members or donors have together of a recorded variable, by the rule of its declaration: see `Variable`.

    ``read`` gives the values of a variable and a code; the answer has their shape. ValueError for a variable that its
    entities do not have together.
    """
    values = np.stack([read(variable, code) for code in codes]).astype(np.float64)
    if rule == "sum":
        return np.asarray(values.sum(axis=0), np.float32)
    if rule not in ("mean", "share"):
        raise ValueError(f"nothing says what {variable} is of several")
    weights = np.stack([read(weight, code) for code in codes]).astype(np.float64)
    if rule == "mean":
        wholes, parts = weights, weights * values
    else:
        wholes, parts = np.divide(weights, values, out=np.zeros_like(values), where=values > 0), weights
    total = wholes.sum(axis=0)
    return np.asarray(np.divide(parts.sum(axis=0), total, out=np.zeros_like(total), where=total > 0), np.float32)
