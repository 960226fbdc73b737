"""The members in two scenarios: who moves most, as dumbbells and as tile grids of A, B and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics import mean_interval
from sim.figures.axis import tick_texts, value_ticks
from sim.figures.cases import Case, Cast, remembered
from sim.figures.drawing import Row
from sim.figures.members import GUIDELINE, OF_SHARES, SHARE
from sim.figures.page import Box, Page, Sentence
from sim.figures.style import INK, MUTED, RULE, SMALL, tint
from sim.figures.subjects import open_page
from sim.figures.tiles import COLOURS, DIVERGING, LEVELS, STEPS, tile_grid, tile_key
from sim.text import number

if TYPE_CHECKING:
    from sim.figures.drawing import Drawing
    from sim.figures.style import Size

NAME, HEAD, FOOT = 2.7, 0.45, 0.5
LEAST_GAP = 0.01  # percentage points of GDP that an axis of smaller differences holds to either side
NONE = "No year ends within the shared horizon, so no yearly figure can be given."
UNIT = "percentage points of GDP"


@dataclass(frozen=True, slots=True)
class Move:
    """One member at the last date: medians in A and B, the mean paired difference with its 95% interval, P(B > A)."""

    code: str
    name: str
    a: float
    b: float
    mean: float
    low: float
    high: float
    q05: float
    q95: float
    higher: float
    lower: float

    def text(self, places: int) -> str:
        """``+0.12 (0.10 to 0.14)``, or ``0`` where no run differs."""
        if self.higher == 0 and self.lower == 0:
            return "0"
        return f"{_signed(self.mean, places)} ({number(self.low, places)} to {number(self.high, places)})"


def moves_of(cast: Cast, case: Case) -> list[Move]:
    """Every member with a share in both scenarios at the last date, the one that rises most first."""
    return remembered(cast.compared, ("moves", case.name), lambda: _moves(cast, case))


def _moves(cast: Cast, case: Case) -> list[Move]:
    from sim import facts

    if not len(cast.first.source.dates(SHARE)):
        return []
    moves = []
    for member in facts.members():
        if not member.has_forces:
            continue
        before, after = (_last_shares(side, member.code) for side in (cast.first, case))
        # Run i of B minus run i of A, in the runs in which both have a share.
        gap = after - before
        known = gap[np.isfinite(gap)]
        if not len(known):
            continue
        mean, low, high = (float(part[0]) for part in mean_interval(known[None]))
        q05, q95 = (float(edge) for edge in np.quantile(known, (0.05, 0.95)))
        medians = float(np.nanmedian(before)), float(np.nanmedian(after))
        share_higher, share_lower = float((known > 0).mean()), float((known < 0).mean())
        moves.append(Move(member.code, member.name, *medians, mean, low, high, q05, q95, share_higher, share_lower))
    return sorted(moves, key=lambda move: (-move.mean, move.code))


def _last_shares(case: Case, code: str) -> NDArray[np.float64]:
    """A member's share in every run at the last date."""

    def read() -> NDArray[np.float64]:
        return np.asarray(case.source.values(SHARE, code)[-1], np.float64)

    return remembered(case.source, ("last share", code), read)


def members_moved(cast: Cast, case: Case, size: Size, command: str = "") -> Drawing:
    """Dumbbells: each member's median share in A and B at the end, sorted by the mean paired difference."""
    moves = moves_of(cast, case)
    interval = " with its 95% interval" if size.height is None else ""
    words = (
        f"Left: median defence share, % of GDP. Right: difference run by run, percentage points, mean{interval}; "
        "the bar holds 90% of runs. Largest rise first."
    )
    title = f"Which members move most{_year(cast, ', ')}"
    page = open_page(cast, "members_moved", size, title, OF_SHARES, _sentence(cast, case, moves), 17.5, command, words)
    _record(page, cast, case, moves)
    entries = [(cast.first.look, f"{cast.first.label} (reference)"), (case.look, case.label)]
    page.key(entries)
    halves = 2 if page.is_slide else 1
    each = -(-len(moves) // halves)
    for at, box in enumerate(page.body.grid(1, halves, across=0.6) if moves else []):
        _dumbbells(page, box, cast, case, moves[at * each : (at + 1) * each], each, moves)
    return page.finish()


def members_tiles(cast: Cast, case: Case, size: Size, command: str = "") -> Drawing:
    """Tile grids: each member's median share in A, in B, and the mean difference run by run."""
    moves = moves_of(cast, case)
    title = f"Defence share of GDP, member by member{_year(cast, ', ')}"
    words = (
        "Medians of the runs in % of GDP; mean difference run by run in percentage points (0.5 is a quarter of the 2% "
        "guideline). ISL: no forces."
    )
    page = open_page(cast, "members_tiles", size, title, OF_SHARES, _sentence(cast, case, moves), 17.0, command, words)
    _record(page, cast, case, moves)
    body = page.body
    boxes = body.columns(1.0, 1.0, 1.12, across=0.5) if page.is_slide else body.grid(2, 2, across=0.6, down=0.4)
    # On a slide the text of the tiles is a little smaller than the rest, and still above 10 points.
    below, points = (1.25, SMALL * 0.84) if page.is_slide else (0.0, SMALL)
    shares = [({move.code: move.a for move in moves}, cast.first), ({move.code: move.b for move in moves}, case)]
    for box, (values, side) in zip(boxes, shares, strict=False):
        grid = _headed(page, box, side.label, side.look.text_colour, below)
        tile_grid(page, grid, values, {code: number(value, 2) for code, value in values.items()}, points=points)
    grid = _headed(page, boxes[2], f"{case.label} minus {cast.first.label}", INK, below)
    gaps = {move.code: move.mean for move in moves}
    tile_grid(page, grid, gaps, {code: _short(gap) for code, gap in gaps.items()}, STEPS, DIVERGING, points)
    keys = [(boxes[0].x, boxes[0].y), (boxes[2].x, boxes[2].y)]
    if not page.is_slide:
        keys = [(boxes[3].x, boxes[3].y + boxes[3].h * part) for part in (0.62, 0.3)]
    width = min(boxes[0].w, 7.0)
    tile_key(page, *keys[0], width, "Median share, % of GDP", [f"{level:.1f}" for level in LEVELS], COLOURS)
    texts = [_signed(level) for level in STEPS]
    tile_key(page, *keys[1], width, "Mean difference, percentage points of GDP", texts, DIVERGING)
    return page.finish()


def _headed(page: Page, box: Box, heading: str, colour: str, below: float) -> Box:
    page.text(box.x, box.top - 0.3, page.wrap(heading, box.w, bold=True)[0], bold=True, colour=colour)
    return Box(box.x, box.y + below, box.w, box.h - 0.45 - below)


def _year(cast: Cast, before: str) -> str:
    dates = cast.first.source.dates(SHARE)
    return f"{before}{str(dates[-1])[:4]}" if len(dates) else ""


def _sentence(cast: Cast, case: Case, moves: Sequence[Move]) -> Sentence:
    """How many members rise and fall, and which moves most."""
    if not moves:
        return Sentence(NONE)
    first, other, year = cast.first.label, case.label, _year(cast, "")
    up, down = sum(move.low > 0 for move in moves), sum(move.high < 0 for move in moves)
    most = max(moves, key=lambda move: abs(move.mean))
    if most.higher == 0 and most.lower == 0:
        return Sentence(f"No member spends differently in {other} than in {first} in {year}, in any run.")
    if not up and not down:
        return Sentence(
            f"In {year} no member's mean difference of {other} from {first} could be told from nought (95% interval, "
            f"each on its own; {len(moves)} members)."
        )
    word = "more" if most.mean > 0 else "less"
    low, high = sorted((abs(most.low), abs(most.high))) if most.low * most.high > 0 else (most.low, most.high)
    share = most.higher if most.mean > 0 else most.lower
    return Sentence(
        f"In {year} the mean difference of {other} from {first} is above nought for {up or 'none'} and below nought "
        f"for {down or 'none'} of {len(moves)} members (95% interval, each on its own). "
        f"{most.name} moves most: {word} in {number(100 * share)} of 100 runs, by "
        f"{number(abs(most.mean), 2)} percentage points of GDP on average ({number(low, 2)} to {number(high, 2)})."
    )


def _record(page: Page, cast: Cast, case: Case, moves: Sequence[Move]) -> None:
    """Each member's medians and difference as rows, and all of them in the text alternative."""
    if not moves:
        return
    common: dict[str, Any] = {"variable": SHARE, "date": str(cast.first.source.dates(SHARE)[-1])}
    for move in moves:
        for name, value in ((cast.first.name, move.a), (case.name, move.b)):
            page.rows.append(
                Row(scenario=name, panel=move.name, entity=move.code, kind="runs", value=value, unit="% of GDP",
                    note="median of runs", **common)
            )  # fmt: skip
        note = f"minus {cast.first.name}, mean of the difference run by run; 95% interval {move.low:.7g} to "
        note += f"{move.high:.7g}; higher in {move.higher:.7g}, lower in {move.lower:.7g} of runs"
        page.rows.append(
            Row(scenario=case.name, panel=move.name, entity=move.code, kind="difference", q05=move.q05, q95=move.q95,
                value=move.mean, unit=UNIT, note=note, **common)
        )  # fmt: skip
    for value, what in (
        (sum(move.low > 0 for move in moves), "above"),
        (sum(move.high < 0 for move in moves), "below"),
    ):
        note = f"members whose mean difference is {what} nought by its 95% interval, of {len(moves)}"
        page.rows.append(
            Row(
                scenario=case.name,
                panel="sentence",
                kind="statement",
                value=float(value),
                unit="count",
                note=note,
                **common,
            )
        )
    listed = "; ".join(f"{move.name} {number(move.a, 2)}, {number(move.b, 2)}, {_signed(move.mean)}" for move in moves)
    page.phrases.append(f"Medians and mean difference: {listed}.")


def _dumbbells(
    page: Page, box: Box, cast: Cast, case: Case, moves: Sequence[Move], rows: int, every: Sequence[Move]
) -> None:
    """Names, dumbbells of the medians, bars of the differences, numbers; axes hold ``every`` member."""
    step = (box.h - HEAD - FOOT) / rows
    # One column of numbers has one number of decimals; those of small differences would be lost in two.
    places = 2 if max(abs(move.mean) for move in every) >= 0.1 else 3
    numbers = page.measure(f"+{'0.000 (−0.000 to −0.000)' if not page.is_slide else '0.000'}") + 0.2
    low = box.y + FOOT + step * (rows - len(moves))
    left, right = Box(box.x + NAME, low, box.w - NAME - numbers, step * len(moves)).columns(1.0, 1.0, across=0.9)
    shares = [value for move in every for value in (move.a, move.b, GUIDELINE)]
    # Differences too small to be written are not blown up to the width of the axis.
    gaps = [value for move in every for value in (move.q05, move.q95, move.mean, 0.0)]
    if max(map(abs, gaps)) < LEAST_GAP:
        gaps += [-LEAST_GAP, LEAST_GAP]
    level_x = _axis(page, left, value_ticks(min(shares), max(shares), 4), GUIDELINE, "2% of GDP")
    gap_x = _axis(page, right, value_ticks(min(gaps), max(gaps), 3), 0.0, "no difference")
    for at, move in enumerate(moves):
        y = low + step * (len(moves) - at - 0.5)
        a, b, mean = level_x(move.a), level_x(move.b), gap_x(move.mean)
        page.rule(a, y, b, y, case.look.colour, 1.4, order=3.0)
        page.rule(gap_x(move.q05), y, gap_x(move.q95), y, tint(case.look.colour, 0.4), 3.0, order=3.0)
        # A is hollow and larger, so that it is seen where B lies on it.
        hollow = page.pen(4.0, line=cast.first.look.colour, width=1.0, fill="#FFFFFF")
        page.ink.markers(hollow, cast.first.look.marker, np.array([[a, y]]), 5.2)
        solid = page.pen(5.0, fill=case.look.colour)
        page.ink.markers(solid, case.look.marker, np.array([[b, y], [mean, y]]), 3.2)
        page.text(box.x, y, page.wrap(move.name, NAME - 0.1)[0], middle=True)
        text = move.text(places)
        page.text(box.right, y, text.partition(" ")[0] if page.is_slide else text, ha="right", middle=True)


def _axis(page: Page, box: Box, ticks: Sequence[float], level: float, name: str) -> Any:
    """Upright grid lines with their values below, and the dashed ``level`` named above; returns value -> x."""
    low, high = ticks[0], ticks[-1]
    page.upright_axis(box, low, high, list(zip(ticks, tick_texts(list(ticks)), strict=True)))

    def across(value: float) -> float:
        return box.x + (value - low) / (high - low) * box.w

    x = across(level)
    page.ink.line(page.pen(2.0, line=RULE, width=0.9, dashes=(3.0, 2.0)), np.array([[x, box.y], [x, box.top]]))
    page.text(x, box.top + 0.1, name, colour=MUTED, ha="center")
    return across


def _signed(value: float, places: int = 2) -> str:
    """A difference with its sign, none where it rounds to nought."""
    text = number(value, places)
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def _short(value: float) -> str:
    """A difference for a narrow tile: ``.05``, ``−.05``, ``1.20``; the colour gives the sign."""
    text = number(value, 2)
    return text.replace("0.", ".", 1) if abs(round(value, 2)) < 1 and round(value, 2) != 0 else text
