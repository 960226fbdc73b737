"""The audit of the levers as tornado charts: a panel for each outcome, its largest levers as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.figures import style
from sim.figures.axis import value_axis
from sim.figures.drawing import Drawing, Provenance, Row
from sim.figures.page import CAUTION, Box, Page, Sentence
from sim.figures.style import BLUE, INK, MUTED, SIZES, VERMILION, tint
from sim.text import plain

if TYPE_CHECKING:
    from sim.analysis.levers import Effect

MOST_BARS, PANELS, BAR = 10, 4, 0.36
WORDS = (
    "Mean paired difference over a key's whole range, in standard deviations of the outcome, at the year end where it "
    "is largest; line: 95% interval."
)


def tornado(effects: Sequence[Effect], seed: int, runs: int) -> dict[str, Drawing]:
    """Pages of four outcomes, by name; blue where the higher setting raises the outcome, red where it lowers it."""
    by_outcome: dict[str, list[Effect]] = {}
    for effect in effects:
        by_outcome.setdefault(effect.outcome, []).append(effect)
    panels = [largest for found in by_outcome.values() if (largest := _largest(found))]
    with style.applied():
        return {
            f"levers_{number}": _page(panels[first : first + PANELS], f"levers_{number}", seed, runs)
            for number, first in enumerate(range(0, len(panels), PANELS), 1)
        }


def _largest(effects: Sequence[Effect]) -> list[Effect]:
    return sorted((effect for effect in effects if effect.moves), key=lambda each: -abs(each.standard))[:MOST_BARS]


def _page(panels: Sequence[Sequence[Effect]], name: str, seed: int, runs: int) -> Drawing:
    from sim import facts
    from sim.version import __version__

    heights = [1.3 + BAR * len(panel) for panel in panels]
    scenarios = tuple(dict.fromkeys(effect.scenario for panel in panels for effect in panel))
    shown = scenarios if len(scenarios) == 1 else ("audit of the levers",)
    made_of = Provenance(shown, ("",), seed, runs, __version__, facts.stamp(), "", name)
    said = ". ".join(_sentence(panel) for panel in panels[:2]) + "."
    page = Page(
        SIZES["page"], "What the levers move", WORDS, Sentence(said), made_of, height=4.2 + sum(heights), note=CAUTION
    )
    left = min(7.5, max(page.measure(effect.key) for panel in panels for effect in panel) + 0.2)
    top = page.body.top
    for panel, height in zip(panels, heights, strict=True):
        page.text(page.body.x, top - 0.3, panel[0].title, bold=True)
        _bars(page, Box(page.body.x + left, top - height + 0.7, page.body.w - left - 1.2, BAR * len(panel)), panel)
        top -= height
    return page.finish()


def _bars(page: Page, frame: Box, panel: Sequence[Effect]) -> None:
    ends = [effect.standard + side * 2 * effect.error for effect in panel for side in (-1, 1)]
    axis = value_axis("", [ends], (0.0,))
    low, high = axis.ticks[0], axis.ticks[-1]
    page.upright_axis(frame, low, high, list(zip(axis.ticks, axis.texts, strict=True)))

    def x(number: float) -> float:
        return frame.x + frame.w * (number - low) / (high - low)

    for bar, effect in enumerate(panel):
        middle = frame.top - BAR * (bar + 0.5)
        page.text(frame.x - 0.12, middle, effect.key, ha="right", middle=True)
        start, end = sorted((x(0.0), x(effect.standard)))
        page.rectangle(
            Box(start, middle - 0.1, max(end - start, 0.02), 0.2),
            tint(BLUE if effect.standard > 0 else VERMILION, 0.75),
        )
        whisker = [x(effect.standard + side * 1.96 * effect.error) for side in (-1, 1)]
        page.rule(whisker[0], middle, whisker[1], middle, INK, 0.9, 4.0)
        page.text(frame.right + 0.1, middle, _signed(effect.change), colour=MUTED, middle=True)
        page.rows.append(
            Row(effect.scenario, effect.outcome, effect.key, date=effect.day.isoformat(), kind="effect",
                q05=effect.standard - 1.96 * effect.error, value=effect.standard,
                q95=effect.standard + 1.96 * effect.error, note=f"{effect.low} to {effect.high}")
        )  # fmt: skip
    page.phrases.append(_sentence(panel) + ".")


def _sentence(panel: Sequence[Effect]) -> str:
    first = panel[0]
    way = "raises" if first.standard > 0 else "lowers"
    return (
        f"{first.key} from {first.low} to {first.high} {way} it most ({first.title}, {first.change:+.2g} {first.unit})"
    )


def _signed(number: float) -> str:
    """Two significant digits with a sign, never in powers of ten."""
    return f"{'+' if number > 0 else ''}{plain(float(f'{number:.2g}'))}"
