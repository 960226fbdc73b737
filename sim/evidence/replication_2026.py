"""Rows of the replication table on 2025-26: targets for what is known in 2026, reported for what was known in 2024.

The world is that of 1 October 2024, told who won in November 2024 and nothing else (``trump_conditional``), for no run
retells the years before its own start. It is run twice. As it could be known then, its figures are reported and not
scored. With the strengths of channels and the joint draws that a start of 1 October 2026 has, which have seen 2025-26,
the figures are targets: in sample, since those strengths were set on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.evidence.retelling import RUNS, SEED, Row, run
from sim.facts import FACTS_END
from sim.facts.tables import per_folder
from sim.loading import load
from sim.model import axes, catalogue, facts_layer, simulate
from sim.model.systems.aid import DONORS, GROUPS
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import Given, Number, Origin, normal

Array = NDArray[np.float64]
TOLD = "trump_conditional"
BEFORE, KNOWING = date(2024, 10, 1), date(2026, 10, 1)
LATER = "*"  # marks a row that has seen its target
STRENGTHS = (
    "us.pressure.level_conditional",
    "us.pressure.level_retrenchment",
    "summits.pressure_log_odds",
    "budgets.path_keeping",
    "budgets.pressure_jump_probability",
    "budgets.commitment_pp",
    "europe.aid.replacement_first_half_year",
    "europe.aid.replacement_long_run",
    "europe.aid.replacement_tiring_per_year",
    "us.aid.executive_pace_conditional",
    "us.aid.executive_pace_retrenchment",
    "war.collapse_per_month",
)
"""Keys whose ranges of 2026 differ from those of 2024 by what 2025-26 taught (docs/channels.md)."""
MEETS, FAR, YEARS = 1.995, 1.75, 3


class _World(NamedTuple):
    """One thousand runs of the years from October 2024: what they knew, in words, and whether they are scored."""

    letter: str
    remark: str
    scored: bool
    runs: dict[str, NDArray[np.float32]]


def _as_known_then() -> _World:
    return _World("", "start of 1 October 2024, told the winner of that November only; not scored", False, run(TOLD))


def _as_known_now() -> _World:
    return _World(LATER, "the same with the strengths and joint draws of 1 October 2026: in sample", True, _knowing())


@per_folder
def _knowing() -> dict[str, NDArray[np.float32]]:
    """Runs of the world of October 2024 with what a start of October 2026 holds of strengths and estimates."""
    told, origin = load(TOLD), Origin("set", "", 0, 0)
    newest = facts.posterior(KNOWING)
    layer = dict(told.values)
    layer |= {key: given for key, given in facts_layer(KNOWING).items() if key in STRENGTHS}
    for key in newest.keys if newest is not None else ():
        if key.startswith(("budgets.", "war.")) and newest is not None:
            values, parameter = newest.of(key).astype(float), catalogue().find(key)
            limits = parameter.domain if parameter is not None else None
            low, high = (limits.low, limits.high) if isinstance(limits, Number) else (-np.inf, np.inf)
            layer[key] = Given(normal(float(values.mean()), float(values.std()), low=low, high=high), origin)
    return simulate(replace(told, values=layer), SEED, 0, RUNS)


def laggards(world: _World) -> Row:
    """Row 17: members a quarter of a point or more below 2% in 2024 that reached it in 2025: old measure, core."""
    old = {}
    for report in facts.reported_since(BEFORE, definition="total"):
        if report.variable == "defence_share_pct_gdp" and report.like and report.date.year in (2024, 2025):
            old[report.entity, report.date.year] = report.value
    core = facts.defence_shares(FACTS_END)
    reached = [
        sum(old.get((code, 2024), 9.0) <= FAR < MEETS <= old.get((code, 2025), 0.0) for code in WITH_FORCES),
        sum(core[code][2024] <= FAR < MEETS <= core[code][2025] for code in WITH_FORCES),
    ]
    shares = world.runs["defence_share_pct_gdp"]
    given, later = (float(np.median(((shares[0] <= FAR) & (shares[at] >= MEETS)).sum(axis=0))) for at in (1, 2))
    return _row(world, "17", "members below 1.75% in 2024 and at 2% in 2025: old measure; core", "9; fewer",
                f"{reached[0]}; {reached[1]}", f"{given:.0f}", abs(given - 9) <= 2, "2",
                f"; most budgets of 2025 are decided before the posture is known: {later:.0f} by 2026")  # fmt: skip


def replacement(world: _World) -> Row:
    """Row 18: part of missing U.S. military aid that Europe made up in the first year."""
    series = facts.aid_monthly(FACTS_END).series
    europe, usa = (series[code, "military", "allocation"] for code in ("EUR", "USA"))
    years = {code: monthly[:48].reshape(4, 12).sum(axis=1) for code, monthly in (("EUR", europe), ("USA", usa))}
    share = (years["EUR"][YEARS] - years["EUR"][:YEARS].mean()) / (years["USA"][:YEARS].mean() - years["USA"][YEARS])
    stock, ends = _aid(world)
    rise = np.median(stock["EUR"][ends[2025]] - stock["EUR"][ends[2024]]) - years["EUR"][:YEARS].mean()
    fall = years["USA"][:YEARS].mean() - np.median(stock["USA"][ends[2025]] - stock["USA"][ends[2024]])
    given = float(rise / fall)
    return _row(world, "18", "Europe's replacement of U.S. military aid, first year", "0.74", f"{share:.2f}",
                f"{given:.2f}", abs(given - 0.74) <= 0.2, "0.2")  # fmt: skip


def usa_after_january(world: _World) -> Row:
    """Row 19: U.S. military allocations from February 2025 to the end of that year, EUR bn."""
    monthly = facts.aid_monthly(FACTS_END).series["USA", "military", "allocation"]
    came = float(monthly[37:48].sum())
    stock, ends = _aid(world)
    january = ends[2024] + 1
    given = float(np.median(stock["USA"][ends[2025]] - stock["USA"][january]))
    return _row(world, "19", "U.S. military allocations, February to December 2025, EUR bn", "0.0", f"{came:.1f}",
                f"{given:.1f}", bool(given <= 0.5), "0.5")  # fmt: skip


def net_gain(world: _World) -> Row:
    """Row 20: Russian net gain in 2025 and in January to July 2026, km2."""
    months = {row.month: row.net_gain_km2 or 0.0 for row in facts.front(FACTS_END) if row.period == "month"}
    came = [
        sum(gain for month, gain in months.items() if month.year == 2025),
        sum(gain for month, gain in months.items() if month.year == 2026 and month.month <= 7),
    ]
    held, ends = world.runs["russian_controlled_km2"], _month_ends()
    spans = ((2024, 12), (2025, 12), (2026, 7))
    at = [ends.index((year, month)) for year, month in spans]
    given = [float(np.median(held[after] - held[before])) for before, after in pairwise(at)]
    met = abs(given[0] - 5000) <= 1000 and abs(given[1] - 141) <= 500
    return _row(world, "20", "Russian net gain 2025; January to July 2026, km2", "about 5000; 141", _pair(came),
                _pair(given), met, "1000; 500")  # fmt: skip


def adoption(world: _World) -> Row:
    """Row 21: a new target by the end of 2025."""
    core = [event for event in facts.events(FACTS_END, "target") if event.unit == "% of GDP by 2035"]
    levels = sorted({event.value for event in core if event.value is not None})
    chance, later = (float((world.runs["target_pct_gdp"][year] > 2.0).mean()) for year in (1, 2))
    return _row(world, "21", "a target above 2% adopted in 2025", "adopted, 3.5% core",
                f"adopted, {', '.join(f'{level:g}' for level in levels)}", f"{100 * later:.0f}% of runs", later > 0.5,
                "above 50%", f"; the path rises from the year after adoption: {100 * chance:.0f}% in 2025")  # fmt: skip


def _row(
    world: _World,
    number: str,
    result: str,
    target: str,
    reproduced: str,
    model: str,
    met: bool,
    tolerance: str,
    more: str = "",
) -> Row:
    remark = world.remark + more
    return Row(
        number + world.letter,
        result,
        target,
        tolerance,
        reproduced,
        model,
        met,
        remark,
        scored=world.scored,
        in_sample=world.scored,
    )


def _aid(world: _World) -> tuple[dict[str, Array], dict[int, int]]:
    """Cumulative military allocations of USA and Europe, (months, runs), and where each year ends."""
    stock, ends = np.asarray(world.runs["military_aid_allocated_beur"], float), _month_ends()
    rows = {"USA": DONORS.index("USA"), "EUR": len(DONORS) + GROUPS.index("EUR")}
    return {code: stock[:, row] for code, row in rows.items()}, {year: ends.index((year, 12)) for year in (2024, 2025)}


def _month_ends() -> list[tuple[int, int]]:
    return [(day.year, day.month) for day in axes(load(TOLD)).months]


def _pair(values: list[float]) -> str:
    return "; ".join(f"{value:.0f}" for value in values)


_ROWS = (laggards, replacement, usa_after_january, net_gain, adoption)
LATER_ROWS: tuple[Callable[[], Row], ...] = tuple(
    partial(lambda build, world: build(world()), build, world)
    for world in (_as_known_then, _as_known_now)
    for build in _ROWS
)
