"""The figures by name, of one scenario or of several, one of them or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.figures import style
from sim.figures.cases import Cast, cast_of
from sim.figures.drawing import Drawing
from sim.figures.export import USUAL_FORMATS
from sim.figures.printing import write_all
from sim.figures.style import Size, size_named
from sim.scenario.entities import entity_code
from sim.text import nearest, unknown

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.ensemble.ensemble import Ensemble

# The figures of a run, in order; each can also be drawn for a comparison.
LOG = getLogger("alliance")
FIGURES = (
    "overview",
    "spending",
    "members_at_levels",
    "members",
    "members_map",
    "alliance",
    "us_control",
    "us_commitment",
    "aid",
    "front",
    "war_effort",
    "ceasefire",
)
# The figures of a comparison, in order.
COMPARED = (
    "overview",
    "overlay",
    "columns_money",
    "columns_security",
    "differences_money",
    "differences_security",
    "dates_reached",
    "members_moved",
    "members_tiles",
)
# These show one scenario against the baseline, so there is one for each other scenario: ``NAME:SCENARIO``.
OF_A_PAIR = ("members_moved", "members_tiles")
# These need pairs of runs, which the parts of one ensemble are not.
OF_PAIRED_RUNS = ("differences_money", "differences_security", *OF_A_PAIR)
# A variable of all members is 31 outcomes: the first few are drawn, any other by its name.
MOST_ASKED = 6
OUTCOME = "outcome"
TOPICS = {"money": "Defence spending", "security": "U.S. commitment, military aid and the front"}


def figure_names(source: Ensemble | Comparison) -> list[str]:
    """The names of the figures of a result or a comparison, in order.

    Figures of a pair come once for each other scenario. Outcomes compared besides the headlines follow, the first six.
    """
    cast = cast_of(source)
    if cast.single:
        return list(FIGURES)
    from sim.figures.compared.differences import asked

    names = []
    for name in COMPARED:
        if cast.conditional and name in OF_PAIRED_RUNS:
            continue
        several = name in OF_A_PAIR and len(cast.others) > 1
        names += [f"{name}:{case.name}" for case in cast.others] if several else [name]
    return [*names, *(f"{OUTCOME}:{key}" for key in list(asked(cast))[:MOST_ASKED])]


def draw(source: Ensemble | Comparison, name: str, size: str | Size = "page", *, command: str = "") -> Drawing:
    """The figure ``name`` of a result or a comparison of up to eight scenarios.

    ``name`` is one of FIGURES or of COMPARED, ``members_tiles:SCENARIO`` for one of several scenarios,
    ``outcome:VARIABLE[:ENTITY]`` for an outcome compared besides the headlines, or any recorded variable, with
    ``VARIABLE:ENTITY`` for one member or donor. ``command`` is the line that made the numbers; the figure carries it.

    Raises:
        InputError: an unknown figure, variable, entity, scenario or size (the nearest names are given), or a figure of
            paired runs for the parts of one ensemble.
    """
    page = size_named(size)
    cast = cast_of(source)
    name = _spelled(cast, name)
    make = _maker(cast, name)
    with style.applied():
        drawing = make(page, command)
    return replace(drawing, provenance=replace(drawing.provenance, figure=name))


def draw_all(
    source: Ensemble | Comparison,
    folder: Path | str,
    formats: Sequence[str] = USUAL_FORMATS,
    jobs: int = 1,
    *,
    names: Sequence[str] | None = None,
    size: str | Size = "page",
    command: str = "",
    progress: Callable[[int, int], None] | None = None,
    replace: bool = True,
) -> list[Path]:
    """Write every figure (or those named) with its CSV into ``folder``; returns the paths in order.

    Unless ``replace``, a file that is there and holds something else stays, and is told.

    ``jobs`` processes share the work; the bytes do not depend on it. ``progress`` is told how many of how many are
    done.

    Raises:
        InputError: an unknown name, format or size, before anything is written.
        FaultError: a file cannot be written.
    """
    page, cast = size_named(size), cast_of(source)
    wanted = figure_names(source) if names is None else [_spelled(cast, name) for name in names]
    for name in wanted:
        _maker(cast, name)
    from sim.figures.ink import undrawn

    with style.applied():
        missing = undrawn("".join(f"{case.label}{case.source.scenario.title}" for case in cast.cases))
    if missing:
        LOG.warning("no font of the figures has %s: boxes stand for them; a label in Latin letters helps", missing[:40])
    makers = {name: partial(draw, source, name, page, command=command) for name in wanted}
    return write_all(makers, Path(folder), formats, jobs, progress, replace=replace)


def _spelled(cast: Cast, name: str) -> str:
    """The name with the code of its entity, which may be given as people name it: ``VARIABLE:Germany``."""
    stem, _, entity = name.partition(":")
    if not entity or stem in (*COMPARED, *FIGURES, OUTCOME):
        return name
    try:
        code = entity_code(entity, cast.entities(stem))
        if code or not (group := cast.group(stem, entity)):
            return f"{stem}:{code or entity}"
        return f"{stem}:{group}"
    except InputError:  # no such variable, which is told where it is drawn
        return name


def _maker(cast: Cast, name: str) -> Callable[[Size, str], Drawing]:
    """What draws the figure ``name``, given a size and a command.

    Raises:
        InputError: there is no such figure of ``cast``.
    """
    from sim.figures import members
    from sim.figures.subjects import PANELS, draw_panels, one_variable
    from sim.model import RENAMED

    stem, _, rest = name.partition(":")
    stem = RENAMED.get(stem, stem)
    if not cast.single and (stem in COMPARED or stem == OUTCOME):
        maker = _compared_maker(cast, stem, rest)
        if maker:
            return maker
    if rest and (stem in PANELS or stem in FIGURES):
        raise InputError(f"{stem} is a whole figure; write {stem} without {':' + rest!r}")
    if stem in PANELS:
        return lambda size, command: draw_panels(cast, stem, PANELS[stem], size, command)
    if stem == "members":
        return lambda size, command: members.members(cast, size, command)
    if stem == "members_map" and cast.single:
        return lambda size, command: members.members_map(cast, size, command)
    _check_variable(cast, stem, rest)
    return lambda size, command: draw_panels(cast, name, one_variable(cast, stem, rest), size, command)


def _compared_maker(cast: Cast, stem: str, rest: str) -> Callable[[Size, str], Drawing] | None:
    """What draws a figure that only a comparison has; None for one that is drawn like a run's."""
    from sim.figures.columns import columns
    from sim.figures.compared import differences, members
    from sim.figures.compared.findings import findings
    from sim.figures.subjects import MONEY, SECURITY

    if stem == OUTCOME:
        known = differences.asked(cast)
        if rest not in known:
            advice = f"compared besides the headlines: {', '.join(known)}" if known else "name it with --variable"
            raise InputError(f"no outcome {rest!r} to draw; {advice}")
        return lambda size, command: differences.outcome_fans(cast, size, known[rest], command)
    if cast.conditional and stem in OF_PAIRED_RUNS:
        raise InputError(f"{stem} needs pairs of runs; the parts of one ensemble are separate runs")
    if rest and stem not in OF_A_PAIR:
        raise InputError(f"{stem} shows every scenario; write {stem} without {':' + rest!r}")
    if stem in OF_A_PAIR:
        case = cast.case(rest) if rest else cast.others[0]
        draw_pair = members.members_moved if stem == "members_moved" else members.members_tiles
        return lambda size, command: draw_pair(cast, case, size, command)
    if stem == "overview":
        return lambda size, command: differences.overview(cast, size, command)
    kind, _, topic = stem.partition("_")
    if topic not in TOPICS:
        return None
    subjects, title = (MONEY if topic == "money" else SECURITY), TOPICS[topic]
    if kind == "differences":
        return lambda size, command: differences.differences(cast, stem, title, subjects, size, command)
    title += ", part by part" if cast.conditional else ", scenario by scenario"
    return lambda size, command: columns(cast, stem, title, subjects, size, findings(cast, subjects), command)


def _check_variable(cast: Cast, name: str, entity: str) -> None:
    names = FIGURES if cast.single else (*COMPARED, *FIGURES)
    try:
        variable = cast.variable(name)
    except InputError as error:
        near = nearest(name, names)
        raise InputError(unknown("figure", name, near) if near else f"{error}; figures: {', '.join(names)}") from error
    entities = cast.entities(name)
    if variable.entity and entity not in entities and not (entity and cast.group(name, entity)):
        near = nearest(entity, entities, cutoff=0.3)
        fault = f"no {variable.entity} {entity!r}" if entity else f"one {variable.entity} must be named"
        advice = f"nearest: {', '.join(near)}" if near else f"for example {name}:{entities[0]}"
        raise InputError(f"{name}: {fault}; {advice}")
    if entity and not variable.entity:
        raise InputError(f"{name} is one series; write {name} without {':' + entity!r}")
