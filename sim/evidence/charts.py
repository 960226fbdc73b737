"""Two small charts of the evidence card as SVG text; the same back-test gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from sim.evidence.budget_scores import CONDITIONAL, UNCONDITIONAL, origins
from sim.evidence.budgets import HORIZONS
from sim.evidence.history import LAST

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 60, 180, 56, 44
# Safe for the colour-blind; the dashes tell the lines apart in grey.
LINES = (
    (UNCONDITIONAL, "#0072B2", ""),
    (CONDITIONAL, "#009E73", "6 3"),
    ("", "#D55E00", "2 3"),
    ("random walk", "#555555", "9 4"),
)


def charts(found: dict[str, Any]) -> dict[str, str]:
    """File name -> SVG: CRPS by origin, and PIT counts; NATO definition."""
    report = found["budgets"]["NATO"]
    return {"evidence_crps.svg": _by_origin(found, report), "evidence_pit.svg": _pit(report)}


def _by_origin(found: dict[str, Any], report: dict[str, Any]) -> str:
    years = origins("NATO", found["first_origin"])
    lines = [(name or report["best_baseline"], colour, dashes) for name, colour, dashes in LINES]
    values = {name: [_at(report["methods"][name], year) for year in years] for name, _, _ in lines}
    top = max(max(row) for row in values.values()) * 1.08
    across = (WIDTH - LEFT - RIGHT) / (len(years) - 1)
    parts = _axis([step * 0.1 for step in range(int(top / 0.1) + 1)], top, 1)
    parts += [
        _text(LEFT + place * across, HEIGHT - BOTTOM + 18, str(year), "middle") for place, year in enumerate(years)
    ]
    for name, colour, dashes in lines:
        points = " ".join(f"{LEFT + n * across:.1f},{_y(value, top):.1f}" for n, value in enumerate(values[name]))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
        )
    parts += _legend(lines)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{year} {v:.3f}" for year, v in zip(years, values[name], strict=True))
        for name in values
    )
    return _page(
        "Budgets: CRPS by origin, mean over horizons", "points of GDP; lower is better; origin year below", told, parts
    )


def _at(row: dict[str, Any], origin: int) -> float:
    within = [h for h in HORIZONS if origin + h <= LAST["NATO"]]
    return float(sum(row["crps_by_origin_and_horizon"][f"{origin}+{h}"] for h in within) / len(within))


def _pit(report: dict[str, Any]) -> str:
    counts = report["methods"][UNCONDITIONAL]["pit"]
    even = sum(counts) / len(counts)
    top = max(counts) * 1.1
    across = (WIDTH - LEFT - RIGHT) / len(counts)
    parts = _axis([0, even, 2 * even] if 2 * even < top else [0, even], top, 0)
    for place, count in enumerate(counts):
        y = _y(count, top)
        parts.append(
            f'<rect x="{LEFT + place * across + 2:.1f}" y="{y:.1f}" width="{across - 4:.1f}" '
            f'height="{HEIGHT - BOTTOM - y:.1f}" fill="#0072B2"/>'
        )
        parts.append(_text(LEFT + (place + 0.5) * across, HEIGHT - BOTTOM + 18, f"{place / 10:.1f}", "middle"))
    parts.append(
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(even, top):.1f}" y2="{_y(even, top):.1f}" stroke="#000" '
        'stroke-dasharray="4 3"/>'
    )
    parts.append(_text(WIDTH - RIGHT + 12, _y(even, top) + 4, "if calibrated", "start"))
    told = "outcomes in each tenth of the forecast distribution: " + ", ".join(map(str, counts))
    return _page(
        "Budgets: where outcomes fell in the forecasts",
        "PIT, unconditional; count of outcomes in each tenth",
        told,
        parts,
    )


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _axis(ticks: Sequence[float], top: float, digits: int) -> list[str]:
    parts = []
    for tick in ticks:
        y = _y(tick, top)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{tick:.{digits}f}", "end"))
    return parts


def _legend(lines: Sequence[tuple[str, str, str]]) -> list[str]:
    parts = []
    for place, (name, colour, dashes) in enumerate(lines):
        y = TOP + 10 + place * 20
        x = WIDTH - RIGHT + 12
        parts.append(
            f'<line x1="{x}" x2="{x + 26}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>'
        )
        parts.append(_text(x + 32, y + 4, name, "start"))
    return parts


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _page(title: str, subtitle: str, told: str, parts: Sequence[str]) -> str:
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'role="img" font-family="sans-serif" font-size="12">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(told)}</desc>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>\n'
        f'<text x="{LEFT}" y="40" fill="#444">{escape(subtitle)}</text>\n{inside}\n</svg>\n'
    )
