"""Charts of estimates: what the data say beyond the priors, and how well the chains of the sampler mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.figures import style
from sim.figures.axis import value_axis
from sim.figures.drawing import Drawing, Provenance, Row
from sim.figures.page import Box, Page, Sentence
from sim.figures.style import GRID, INK, LOOKS, MUTED, SIZES, Look, tint

if TYPE_CHECKING:
    from sim.facts import Posterior

LINE = 0.62
POINTS = (0.05, 0.25, 0.5, 0.75, 0.95)
NORMAL_50, NORMAL_90 = 0.6745, 1.6449  # half widths of the middle 50% and 90% of a normal, in standard deviations
MOST_R_HAT, FEWEST = 1.01, 400  # above and below these, chains are usually run longer
FARTHEST = 3.0
NOTE = "A start takes the newest estimate that its day allows."


class Vintage(NamedTuple):
    """One estimate: the last day of its data, its joint draws, and R-hat and effective sample size by key."""

    until: str
    draws: Posterior
    convergence: Mapping[str, tuple[float, float]]


def estimate_drawings(vintages: Sequence[Vintage], made_of: Provenance) -> dict[str, Drawing]:
    """The charts of one or several estimates by file name; ``made_of`` says what made them."""
    with style.applied():
        return {
            "evidence_priors": _priors(vintages, replace(made_of, figure="evidence_priors")),
            "evidence_convergence": _convergence(vintages, replace(made_of, figure="evidence_convergence")),
        }


def made(version: str, seed: int, draws: int, tables: str, command: str) -> Provenance:
    """What made charts of estimates."""
    return Provenance((), (), seed, draws, version, tables, command, without="Estimates")


def _priors(vintages: Sequence[Vintage], made_of: Provenance) -> Drawing:
    """For each parameter with a told prior a bar a vintage, in standard deviations of the prior from its mean."""
    from sim.evidence.calibration import priors

    known = {key: prior for key, prior in priors().items() if any(key in vintage.draws.keys for vintage in vintages)}
    newest = vintages[-1]
    narrowed = {
        key: 1 - float(newest.draws.of(key).astype(float).std()) / known[key][1]
        for key in known
        if key in newest.draws.keys
    }
    most, least = (pick(narrowed, key=narrowed.__getitem__) for pick in (max, min))
    sentence = (
        f"Data to {newest.until} narrowed {most} most ({narrowed[most]:.0%}), {least} least ({narrowed[least]:.0%}); "
        "where a bar is as wide as the prior, the prior speaks alone."
    )
    page = Page(
        SIZES["page"], "Estimates: prior and posterior",
        "Distance from the prior's mean, in standard deviations of the prior. Bars: 90% and 50% of the draws; mark: "
        "median.",
        Sentence(sentence), made_of, height=5.6 + LINE * len(known),
        note=f"Shaded: 90% and 50% of the prior. Parameters whose prior no mean and sd describe are left out. {NOTE}",
    )  # fmt: skip
    looks = _key(page, vintages)
    box = _rows(page, known, [("narrowed", {key: f"{share:.0%}" for key, share in narrowed.items()})])
    for half, strength in ((NORMAL_90, 0.12), (NORMAL_50, 0.3)):
        band = Box(_across(box, -half), box.y, _across(box, half) - _across(box, -half), box.h)
        page.rectangle(band, tint(MUTED, strength), 0.1 + strength)
    ticks = [(float(at), f"{at:+d}" if at else "prior's mean") for at in range(-3, 4)]
    page.upright_axis(box, -FARTHEST, FARTHEST, ticks)
    for at, (key, (mean, sd)) in enumerate(known.items()):
        page.rows.append(Row(panel=key, variable=key, kind="prior", value=mean, note=f"sd {sd:.6g}"))
        for vintage, look, y in _places(box, at, len(known), vintages, looks):
            if key not in vintage.draws.keys:
                continue
            points = np.quantile(vintage.draws.of(key).astype(float), POINTS)
            places = [_across(box, (float(point) - mean) / sd) for point in points]
            page.rule(places[0], y, places[4], y, look.colour, 0.9, 4.0)
            page.rule(places[1], y, places[3], y, look.colour, 2.6, 4.1)
            page.marker(look, np.array([[places[2], y]]), 3.0)
            low, lower, middle, upper, high = map(float, points)
            page.rows.append(
                Row(panel=key, variable=key, date=vintage.until, kind="estimate",
                    q05=low, q25=lower, q50=middle, q75=upper, q95=high)
            )  # fmt: skip
            page.phrases.append(
                f"{key}, prior {mean:.3g} (sd {sd:.2g}), data to {vintage.until}: median {middle:.3g}, 90% "
                f"{low:.3g} to {high:.3g}."
            )
    return page.finish()


def _convergence(vintages: Sequence[Vintage], made_of: Provenance) -> Drawing:
    """R-hat and effective sample size of every parameter drawn in chains, a mark a vintage."""
    keys = list(dict.fromkeys(key for vintage in vintages for key in vintage.convergence))
    worst = max(r_hat for vintage in vintages for r_hat, _ in vintage.convergence.values())
    fewest = min(size for vintage in vintages for _, size in vintage.convergence.values())
    sentence = (
        f"The worst R-hat is {worst:.3f} and the smallest effective sample {fewest:,.0f}; usual bounds, the upright "
        f"lines, are {MOST_R_HAT} and {FEWEST}."
    )
    page = Page(
        SIZES["page"], "Estimates: how well the chains mixed",
        "Split R-hat (1: the chains agree) and effective sample size of four chains.",
        Sentence(sentence), made_of, height=5.6 + LINE * len(keys),
        note="Budgets alone are drawn in chains; the other blocks are drawn independently and need no such check.",
    )  # fmt: skip
    looks = _key(page, vintages)
    whole = _rows(page, keys, [])
    left, right = whole.columns(1, 1, across=0.9)
    for part, (box, bound, title, places) in enumerate(
        ((left, MOST_R_HAT, "R-hat", 3), (right, float(FEWEST), "effective sample", 0))
    ):
        values = [vintage.convergence[key][part] for vintage in vintages for key in vintage.convergence]
        axis = value_axis("", [np.array(values)], (bound, 1.0 if part == 0 else 0.0))
        low, high = axis.ticks[0], axis.ticks[-1]
        page.upright_axis(box, low, high, list(zip(axis.ticks, axis.texts, strict=True)))
        page.text(box.x, box.top + 0.12, title, bold=True)
        page.rule(*_upright(box, (bound - low) / (high - low)), INK, 0.8, 3.0)
        for at, key in enumerate(keys):
            for vintage, look, y in _places(box, at, len(keys), vintages, looks):
                if key not in vintage.convergence:
                    continue
                value = vintage.convergence[key][part]
                page.marker(look, np.array([[box.x + (value - low) / (high - low) * box.w, y]]), 3.2)
                page.rows.append(
                    Row(
                        panel=title,
                        variable=key,
                        date=vintage.until,
                        kind="convergence",
                        value=round(value, places + 3),
                    )
                )
    for vintage in vintages:
        r_hats, sizes = zip(*vintage.convergence.values(), strict=True)
        page.phrases.append(f"Data to {vintage.until}: worst R-hat {max(r_hats):.3f}, smallest {min(sizes):,.0f}.")
    return page.finish()


def _key(page: Page, vintages: Sequence[Vintage]) -> Sequence[Look]:
    """Names the vintages where there are several; their looks."""
    looks = LOOKS[: len(vintages)]
    page.key([(look, f"data to {vintage.until}") for look, vintage in zip(looks, vintages, strict=True)])
    return looks


def _rows(
    page: Page, names: Mapping[str, object] | Sequence[str], beside: Sequence[tuple[str, Mapping[str, str]]]
) -> Box:
    """Sets the names at the left and texts at the right, one line a parameter; the box between them."""
    left = max(page.measure(name) for name in names) + 0.25
    right = sum(page.measure(head) + 0.25 for head, _ in beside)
    body = page.body
    box = Box(body.x + left, body.y + 0.5, body.w - left - right - 0.2, body.h - 1.0)
    for at, name in enumerate(names):
        y = box.top - (at + 0.5) * box.h / len(names)
        page.text(body.x, y, name, middle=True, colour=INK)
        if at:
            page.rule(
                body.x, box.top - at * box.h / len(names), body.right, box.top - at * box.h / len(names), GRID, 0.4
            )
        for _, texts in beside:
            page.text(body.right, y, texts.get(name, ""), middle=True, ha="right", colour=MUTED)
    for head, _ in beside:
        page.text(body.right, box.top + 0.12, head, ha="right", colour=MUTED)
    return box


def _places(
    box: Box, at: int, rows: int, vintages: Sequence[Vintage], looks: Sequence[Look]
) -> list[tuple[Vintage, Look, float]]:
    """Each vintage with its look and its height inside the line of a parameter."""
    height = box.h / rows
    top = box.top - at * height
    heights = [top - height * (index + 1) / (len(vintages) + 1) for index in range(len(vintages))]
    return list(zip(vintages, looks, heights, strict=True))


def _across(box: Box, sds: float) -> float:
    return box.x + (min(max(sds, -FARTHEST), FARTHEST) + FARTHEST) / (2 * FARTHEST) * box.w


def _upright(box: Box, share: float) -> tuple[float, float, float, float]:
    x = box.x + share * box.w
    return x, box.y, x, box.top
