"""The figures of a run by name, one of them or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from difflib import get_close_matches
from pathlib import Path

from sim.errors import InputError
from sim.figures import style
from sim.figures.drawing import Drawing
from sim.figures.export import FORMATS, check_formats, export, files
from sim.figures.members import members, members_map
from sim.figures.overview import overview
from sim.figures.reading import Ensemble
from sim.figures.spending import alliance, members_at_levels, one_variable, spending
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
    formats: Sequence[str] = FORMATS,
    jobs: int = 1,
    *,
    names: Sequence[str] | None = None,
    size: str | Size = "page",
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write every figure (or those named) with its CSV into ``folder``; returns the paths, in order of FIGURES.

    Figures are put together here and written by ``jobs`` processes, this one among them. ``progress`` is told how many
    of how many figures are written.

    Raises:
        InputError: an unknown name, format or size, before anything is written.
        FaultError: a file cannot be written.
    """
    wanted = list(FIGURES if names is None else names)
    check_formats(formats)
    page = size_named(size)
    target = Path(folder)
    if jobs <= 1 or len(wanted) < 2:
        paths = []
        for done, name in enumerate(wanted, 1):
            paths += export(draw(result, name, page), target, file_name(name), formats)
            if progress:
                progress(done, len(wanted))
        return paths
    return _draw_in_parallel(result, target, wanted, formats, page, jobs, progress)


def file_name(name: str) -> str:
    """The file name, without its ending, of a figure."""
    return name.replace(":", "_")


def _draw_in_parallel(
    result: Ensemble,
    folder: Path,
    wanted: list[str],
    formats: Sequence[str],
    page: Size,
    jobs: int,
    progress: Callable[[int, int], None] | None,
) -> list[Path]:
    """Others write what this process has drawn; once all is drawn it writes too, from the end of the queue."""
    import multiprocessing

    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, len(wanted))

    # Spawned, not forked: the caller may run threads (a progress bar) that a fork would leave in an unknown state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs - 1, mp_context=context, initializer=_warm) as pool:
        waiting: list[tuple[str, Drawing, Future[list[Path]]]] = []
        for name in wanted:
            drawing = draw(result, name, page)
            waiting.append((name, drawing, _submit(pool, drawing, folder, name, formats)))
        for name, drawing, future in reversed(waiting):
            if future.cancel():
                export(drawing, folder, file_name(name), formats)
                tell()
        for _, _, future in waiting:
            if not future.cancelled():
                future.result()
                tell()
    return [path for name in wanted for path in files(folder, file_name(name), formats)]


def _submit(pool: Executor, drawing: Drawing, folder: Path, name: str, formats: Sequence[str]) -> Future[list[Path]]:
    return pool.submit(export, drawing, folder, file_name(name), formats)


def _warm() -> None:
    """Load what writing needs while the first figure is still being drawn elsewhere."""
    from sim.figures.export import load

    load()


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
