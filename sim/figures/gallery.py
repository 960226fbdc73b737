"""The figures of a run by name, one of them or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from sim.errors import InputError
from sim.figures import style
from sim.figures.anything import one_variable
from sim.figures.drawing import Drawing
from sim.figures.export import USUAL_FORMATS
from sim.figures.members import members, members_map
from sim.figures.overview import overview
from sim.figures.printing import write_all
from sim.figures.reading import Ensemble
from sim.figures.spending import alliance, members_at_levels, spending
from sim.figures.style import Size, size_named
from sim.figures.ukraine import aid, ceasefire, front, war_effort
from sim.figures.washington import us_commitment, us_control

FIGURES: dict[str, Callable[[Ensemble, Size], Drawing]] = {
    "overview": overview,
    "spending": spending,
    "members_at_levels": members_at_levels,
    "members": members,
    "members_map": members_map,
    "alliance": alliance,
    "us_control": us_control,
    "us_commitment": us_commitment,
    "aid": aid,
    "front": front,
    "war_effort": war_effort,
    "ceasefire": ceasefire,
}


def draw(result: Ensemble, name: str, size: str | Size = "page") -> Drawing:
    """The figure ``name`` of ``result``: one of FIGURES, or a variable, or ``VARIABLE:ENTITY`` for one member or donor.

    Raises:
        InputError: an unknown figure, variable, entity or size; the nearest names are given.
    """
    page = size_named(size)
    with style.applied():
        if name in FIGURES:
            return FIGURES[name](result, page)
        variable, _, entity = name.partition(":")
        _check_variable(result, variable, entity)
        return one_variable(result, page, variable, entity or None)


def draw_all(
    result: Ensemble,
    folder: Path | str,
    formats: Sequence[str] = USUAL_FORMATS,
    jobs: int = 1,
    *,
    names: Sequence[str] | None = None,
    size: str | Size = "page",
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write every figure (or those named) with its CSV into ``folder``; returns the paths, in order of FIGURES.

    ``jobs`` processes share the work. ``progress`` is told how many of how many figures are written.

    Raises:
        InputError: an unknown name, format or size, before anything is written.
        FaultError: a file cannot be written.
    """
    wanted = list(FIGURES if names is None else names)
    page = size_named(size)
    makers = {name: partial(draw, result, name, page) for name in wanted}
    return write_all(makers, Path(folder), formats, jobs, progress)


def _check_variable(result: Ensemble, variable: str, entity: str) -> None:
    try:
        found = result.variable(variable)
    except InputError as error:
        near = get_close_matches(variable, list(FIGURES), n=3, cutoff=0.6)
        advice = f"; figures with a similar name: {', '.join(near)}" if near else f"; figures: {', '.join(FIGURES)}"
        raise InputError(f"{error}{advice}") from error
    entities = result.entities(variable)
    if found.entity and entity not in entities:
        near = get_close_matches(entity.upper(), entities, n=3, cutoff=0.3)
        told = f"no {found.entity} {entity!r}" if entity else f"one {found.entity} must be named"
        advice = f"nearest: {', '.join(near)}" if near else f"for example {variable}:{entities[0]}"
        raise InputError(f"{variable}: {told}; {advice}")
    if entity and not found.entity:
        raise InputError(f"{variable} is one series; write {variable} without {':' + entity!r}")
