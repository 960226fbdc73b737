"""Charts of the back-test, which stand beside the evidence card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.figures import style
from sim.figures.axis import time_span, value_axis
from sim.figures.drawing import Drawing, Provenance, Row
from sim.figures.estimates import Vintage, estimate_drawings, made
from sim.figures.page import Box, Page, Sentence, marked_years
from sim.figures.panel import End, Plot
from sim.figures.style import LOOKS, MUTED, SIZES

HEIGHT = 8.5
COMMAND = "alliance backtest --card"
NOTE = "Every origin is estimated again with what was known on 15 October of its year. NATO's definition of spending."


def evidence_drawings(scores: Mapping[str, Any]) -> dict[str, Drawing]:
    """The charts of a back-test (``sim.evidence.stored()``) by file name: errors by origin, where outcomes fell, and
    the estimates that ship."""
    with style.applied():
        return {"evidence_crps": _by_origin(scores), "evidence_pit": _fallen(scores), **_estimates(scores)}


def _estimates(scores: Mapping[str, Any]) -> dict[str, Drawing]:
    """Priors, posteriors and convergence of the shipped vintages, oldest first."""
    from sim import facts

    checked = {**scores["vintages"], scores["calibration"]["until"]: scores["calibration"]}
    vintages = [
        Vintage(until, draws, checked[until]["convergence"])
        for draws in facts.posteriors()
        if (until := str(draws.provenance["until"])) in checked
    ]
    made_of = made(
        str(scores["version"]), int(scores["seed"]), len(vintages[-1].draws.draws), str(scores["tables"]), COMMAND
    )
    return estimate_drawings(vintages, made_of)


def _page(scores: Mapping[str, Any], name: str, title: str, subtitle: str, sentence: str) -> Page:
    made_of = Provenance(
        scenarios=(), hashes=(), seed=int(scores["seed"]), runs=int(scores["draws"]), version=str(scores["version"]),
        facts=str(scores["tables"]), command=COMMAND, figure=name,
    )  # fmt: skip
    return Page(SIZES["page"], title, subtitle, Sentence(sentence), made_of, height=HEIGHT, note=NOTE)


def _by_origin(scores: Mapping[str, Any]) -> Drawing:
    """The mean CRPS of the budget forecasts made in each year, of the model and of simple rules."""
    from sim.evidence.budget_scores import CONDITIONAL, UNCONDITIONAL, origins

    report = scores["budgets"]["NATO"]
    years = list(origins("NATO", scores["first_origin"]))
    names = [UNCONDITIONAL, CONDITIONAL, report["best_baseline"], "random walk"]
    errors = {name: [_mean_error(report["methods"][name], year) for year in years] for name in dict.fromkeys(names)}
    means = {name: report["methods"][name]["crps"] for name in errors}
    page = _page(
        scores, "evidence_crps", "Budgets: error of the forecasts made in each year",
        "CRPS in points of GDP, mean over members and the three years ahead; lower is better.",
        "Mean over all forecasts: " + "; ".join(f"{name} {mean:.3f}" for name, mean in means.items()) + ".",
    )  # fmt: skip
    axis = value_axis("% of GDP", list(errors.values()), (0.0,))
    labels = [f"{axis.text(values[-1])} {name}" for name, values in errors.items()]
    frame = _frame(
        page, max(map(page.measure, axis.texts)), max(page.measure(text, bold=True) for text in labels) + 0.3
    )
    plot = Plot(page, frame, time_span("year", [np.array(years, float)]), axis)
    plot.grid()
    plot.tick_texts()
    marked_years(page, frame, plot.times, "year")
    ends = []
    for look, text, (name, values) in zip(LOOKS, labels, errors.items(), strict=False):
        points = plot.points(years, values)
        plot.line(4.0, points, look.colour, 1.7, look.dashes)
        page.marker(look, points, 3.4)
        ends.append(End(values[-1], text, look.text_colour, True, look))
        page.rows += [
            Row(panel=name, variable="crps", date=str(year), kind="score", value=value, unit="points of GDP")
            for year, value in zip(years, values, strict=True)
        ]
        page.phrases.append(
            f"{name}: " + ", ".join(f"{y} {value:.3f}" for y, value in zip(years, values, strict=True)) + "."
        )
    plot.ends(ends, frame.right + 0.15, marked=True)
    return page.finish()


def _mean_error(method: Mapping[str, Any], origin: int) -> float:
    """The mean over the years ahead that have been reported since."""
    from sim.evidence.budgets import HORIZONS
    from sim.evidence.history import LAST

    ahead = [years for years in HORIZONS if origin + years <= LAST["NATO"]]
    return float(np.mean([method["crps_by_origin_and_horizon"][f"{origin}+{years}"] for years in ahead]))


def _fallen(scores: Mapping[str, Any]) -> Drawing:
    """How many outcomes fell into each tenth of their forecast distribution: as many in each, were it calibrated."""
    from sim.evidence.budget_scores import UNCONDITIONAL

    counts: Sequence[int] = scores["budgets"]["NATO"]["methods"][UNCONDITIONAL]["pit"]
    even, inner = sum(counts) / len(counts), sum(counts[1:-1])
    page = _page(
        scores, "evidence_pit", "Budgets: where outcomes fell in the forecasts",
        f"Outcomes in each tenth of the forecast distribution ({UNCONDITIONAL}), from lowest to highest.",
        f"{inner} of {sum(counts)} outcomes fell into the middle 80%; {counts[0]} lay lower and {counts[-1]} higher.",
    )  # fmt: skip
    axis = value_axis("outcomes", [np.array([*counts, 0.0])], (0.0,))
    frame = _frame(page, max(map(page.measure, axis.texts)), page.measure("if calibrated") + 0.1)
    plot = Plot(page, frame, (0.0, float(len(counts))), axis)
    plot.grid()
    plot.tick_texts()
    for at, count in enumerate(counts):
        box = Box(plot.points(at, 0.0)[0, 0] + 0.1, frame.y, frame.w / len(counts) - 0.2, plot.height(count) - frame.y)
        page.rectangle(box, LOOKS[0].colour)
        page.text(box.x + box.w / 2, box.top + 0.08, str(count), ha="center")
        tenth = f"{10 * at}-{10 * (at + 1)}%"
        page.text(box.x + box.w / 2, frame.y - 0.4, tenth, colour=MUTED, ha="center")
        page.rows.append(Row(panel=tenth, variable="pit", kind="score", value=float(count), unit="outcomes"))
    plot.level(even, 3.0)
    plot.ends([End(even, "if calibrated")], frame.right + 0.1)
    page.phrases.append("Outcomes in each tenth of the forecast distribution: " + ", ".join(map(str, counts)) + ".")
    return page.finish()


def _frame(page: Page, left: float, right: float) -> Box:
    body = page.body
    return Box(body.x + left + 0.12, body.y + 0.45, body.w - left - right - 0.24, body.h - 0.65)
