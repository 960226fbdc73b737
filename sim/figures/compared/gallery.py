"""The figures of a comparison by name, one of them or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.figures import style
from sim.figures.compared.asked import PREFIX, asked, outcome_fans
from sim.figures.compared.columns import columns_money, columns_security, differences_money, differences_security
from sim.figures.compared.dates import dates_reached
from sim.figures.compared.members import members_moved
from sim.figures.compared.overlay import overlay
from sim.figures.compared.overview import overview
from sim.figures.compared.subjects import others
from sim.figures.compared.tile_grids import members_tiles
from sim.figures.drawing import Drawing
from sim.figures.export import USUAL_FORMATS
from sim.figures.printing import write_all
from sim.figures.style import Size, size_named

if TYPE_CHECKING:
    from sim.analysis import Comparison

Maker = Callable[["Comparison", Size, str | None], Drawing]

COMPARED: dict[str, Maker] = {
    "overview": overview,
    "overlay": overlay,
    "columns_money": columns_money,
    "columns_security": columns_security,
    "differences_money": differences_money,
    "differences_security": differences_security,
    "dates_reached": dates_reached,
    "members_moved": members_moved,
    "members_tiles": members_tiles,
}
# A variable of all members is 31 outcomes: the first few are drawn, any other by its name.
MOST_ASKED = 6
# These show one scenario against the baseline, so there is one for each other scenario: ``NAME:SCENARIO``.
OF_A_PAIR = ("members_moved", "members_tiles")
# These need pairs of runs, which the parts of one ensemble are not.
OF_PAIRED_RUNS = ("differences_money", "differences_security", *OF_A_PAIR)


def figure_names(comparison: Comparison) -> list[str]:
    """The names of the figures of ``comparison``, in order; those of a pair once for each other scenario.

    Outcomes compared besides the headlines follow, the first six of them.
    """
    rest = others(comparison)
    found = []
    for name in COMPARED:
        if comparison.conditional and name in OF_PAIRED_RUNS:
            continue
        found += [f"{name}:{one}" for one in rest] if name in OF_A_PAIR and len(rest) > 1 else [name]
    return [*found, *(f"{PREFIX}:{key}" for key in list(asked(comparison))[:MOST_ASKED])]


def draw_compared(comparison: Comparison, name: str, size: str | Size = "page", *, command: str = "") -> Drawing:
    """The figure ``name`` of ``comparison``: one of COMPARED, ``members_tiles:SCENARIO`` for one of several, or
    ``outcome:VARIABLE[:ENTITY]`` for an outcome compared besides the headlines.

    ``command`` is the line that made the comparison; the figure carries it.

    Raises:
        InputError: an unknown figure, scenario or size, or one that needs pairs of runs for parts of one ensemble.
    """
    page = size_named(size)
    stem, _, scenario = name.partition(":")
    _check(comparison, stem, scenario)
    with style.applied():
        if stem == PREFIX:
            drawing = outcome_fans(comparison, page, asked(comparison)[scenario])
        else:
            drawing = COMPARED[stem](comparison, page, scenario or others(comparison)[0])
    source = replace(drawing.provenance, figure=name, command=command or drawing.provenance.command)
    return replace(drawing, provenance=source)


def draw_comparison(
    comparison: Comparison,
    folder: Path | str,
    formats: Sequence[str] = USUAL_FORMATS,
    size: str | Size = "page",
    jobs: int = 1,
    *,
    names: Sequence[str] | None = None,
    command: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write every figure of ``comparison`` (or those named) with its CSV into ``folder``; returns the paths in order.

    ``jobs`` processes share the work; the bytes do not depend on it.

    Raises:
        InputError: an unknown name, format or size, before anything is written.
        FaultError: a file cannot be written.
    """
    page = size_named(size)
    wanted = figure_names(comparison) if names is None else list(names)
    for name in wanted:
        stem, _, scenario = name.partition(":")
        _check(comparison, stem, scenario)
    makers = {name: partial(draw_compared, comparison, name, page, command=command) for name in wanted}
    return write_all(makers, Path(folder), formats, jobs, progress)


def _check(comparison: Comparison, stem: str, scenario: str) -> None:
    if stem == PREFIX:
        known = asked(comparison)
        if scenario not in known:
            told = f"compared besides the headlines: {', '.join(known)}" if known else "name it with --variable"
            raise InputError(f"no outcome {scenario!r} to draw; {told}")
        return
    if stem not in COMPARED:
        near = get_close_matches(stem, COMPARED, n=3, cutoff=0.5)
        advice = f"nearest: {', '.join(near)}" if near else f"allowed: {', '.join(COMPARED)}"
        raise InputError(f"there is no comparison figure {stem!r}; {advice}")
    if comparison.conditional and stem in OF_PAIRED_RUNS:
        raise InputError(f"{stem} needs pairs of runs; the parts of one ensemble are separate runs")
    if scenario and stem not in OF_A_PAIR:
        raise InputError(f"{stem} shows every scenario; write {stem} without {':' + scenario!r}")
    if scenario and scenario not in others(comparison):
        raise InputError(
            f"{stem}: no scenario {scenario!r} beside the baseline; allowed: {', '.join(others(comparison))}"
        )
