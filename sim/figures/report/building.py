"""Everything the page says, put together and set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sim import model
from sim.analysis import ROW_COLUMNS, Attribution, Comparison, csv_text
from sim.analysis.outcomes import kept_dates
from sim.figures.drawing import Drawing
from sim.figures.report import limits
from sim.figures.report.answer import answer
from sim.figures.report.assumptions import systems
from sim.figures.report.attributed import told
from sim.figures.report.downloads import Download, csv_download
from sim.figures.report.inputs import changed, inputs_download
from sim.figures.report.outcomes import blocks, courses, unmoved
from sim.figures.report.pictures import Picture, inline, picture_of
from sim.figures.report.sources import credits_of_facts
from sim.figures.report.story import endings, sides, stories

if TYPE_CHECKING:
    from jinja2 import Environment

    from sim.scenario.parameter import Catalogue

WATERFALL = "waterfall"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page: its id, title, sentence, svg element and numbers."""

    id: str
    title: str
    sentence: str
    svg: Any
    download: Download


def build_report(
    comparison: Comparison,
    drawings: Mapping[str, Drawing | Picture],
    *,
    attribution: Attribution | Sequence[Attribution] | None = None,
    command: str,
    catalogue: Catalogue | None = None,
) -> str:
    """One HTML file about ``comparison``: no script, no request, the same text for the same input.

    ``drawings`` are its figures by name, in the order shown; those whose name begins with ``waterfall`` stand with the
    attribution. ``command`` is the line that makes the report again.

    Raises:
        FaultError: there is no room for temporary files.
    """
    catalogue = catalogue or model.catalogue()
    given = [attribution] if isinstance(attribution, Attribution) else list(attribution or ())
    pictures = [one if isinstance(one, Picture) else picture_of(name, one) for name, one in drawings.items()]
    everyone = sides(comparison)
    titles = {side.name: side.title for side in everyone}
    figures = [_shown(picture, place, titles) for place, picture in enumerate(pictures, start=1)]
    falls = [one for one, picture in zip(figures, pictures, strict=True) if picture.name.startswith(WATERFALL)]
    days, through = courses(comparison)
    page = _environment().get_template("page.html")
    return page.render(
        **_manifest(comparison, command),
        heading=_heading([side.title for side in everyone], comparison.by),
        comparison=comparison,
        sides=everyone,
        side_of={side.name: side for side in everyone},
        answer=answer(comparison, titles),
        stories=stories(comparison),
        endings=endings(comparison),
        inputs=changed(comparison),
        inputs_download=inputs_download(comparison),
        blocks=blocks(comparison),
        unmoved=unmoved(comparison),
        days=days,
        courses=through,
        differences_download=_differences_download(comparison),
        figures=[one for one in figures if one not in falls],
        waterfalls=falls,
        attributions=[told(one, comparison.headline()) for one in given],
        systems=systems(comparison, catalogue),
        reading=limits.reading(comparison.conditional),
        limits=(*limits.NOT_MODELLED, limits.not_identified(catalogue), *limits.NOT_KNOWN),
        skill=_skill(),
        credits=credits_of_facts(),
        css=_text("style.css"),
    )


def _heading(titles: Sequence[str], by: str) -> str:
    if by:
        return f"What differs by {by}"
    if len(titles) == 2:
        return f"“{titles[1]}” against “{titles[0]}”"
    return f"{len(titles) - 1} scenarios against “{titles[0]}”"


def _shown(picture: Picture, place: int, titles: Mapping[str, str]) -> Shown:
    from markupsafe import Markup

    prefix = f"figure-{place}"
    about = [titles[part] for part in picture.name.split(":")[1:] if part in titles]
    title = f"{picture.title}: “{about[0]}”" if about else picture.title
    name = picture.name.replace(":", "_")
    # The svg was built element by element, so every text in it is escaped.
    svg = Markup(inline(picture, f"{prefix}-"))
    return Shown(prefix, f"Figure {place}. {title}", picture.sentence, svg, csv_download(f"{name}.csv", picture.csv))


def _differences_download(comparison: Comparison) -> Download:
    """Year ends and the last date: every month of every outcome would outweigh the figures."""
    rows = [
        contrast.row(int(index))
        for contrast in comparison.contrasts
        for index in kept_dates(contrast.dates).nonzero()[0]
    ]
    return csv_download("differences.csv", csv_text([row.to_dict() for row in rows], ROW_COLUMNS))


def _manifest(comparison: Comparison, command: str) -> dict[str, Any]:
    """What made the numbers."""
    views = comparison.views[:1] if comparison.conditional else comparison.views
    first = views[0]
    manifest = first.manifest
    return {
        "command": command,
        "commands": [str(view.manifest.get("command", "")) for view in views if view.manifest.get("command")],
        "seed": first.seed,
        "runs": sum(view.runs for view in comparison.views) if comparison.conditional else first.runs,
        "version": str(manifest.get("version", "unknown")),
        "versions": sorted(dict(manifest.get("versions", {})).items()),
        "facts_hash": str(manifest.get("facts", "")),
        "code_hash": str(manifest.get("inputs", {}).get("code", "")),
        "commit": str(manifest.get("git_commit") or ""),
        "hashes": [(view.scenario.name, view.scenario.hash) for view in views],
        "central": bool(manifest.get("central", False)),
        "start": first.scenario.start,
    }


def _skill() -> str:
    from sim.figures.reading import skill_line

    return skill_line()


def _text(name: str) -> str:
    return files("sim.figures.report").joinpath(name).read_text(encoding="utf-8")


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
