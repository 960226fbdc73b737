"""The pages of a comparison that stand alone: the report, with figures, numbers and reasons, and the brief."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.progress import Progress
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.analysis import Attribution, Comparison


def write_report(
    comparison: Comparison,
    path: Path,
    line: str,
    folder: Path,
    jobs: int,
    *,
    why: bool,
    drawn: Path | None,
    force: bool,
    quiet: bool,
) -> Path:
    """Write the report of ``comparison`` to ``path``.

    ``drawn`` is the folder where its figures stand as svg at page size; without one they are drawn for the report
    alone. With ``why`` it says why each scenario differs from the baseline, for which more ensembles are run; those
    are kept in ``folder``. Parts of one ensemble have no such reasons.

    Raises:
        FaultError: the file cannot be written.
    """
    from sim.analysis.asked import tried
    from sim.figures import draw_all, figure_names
    from sim.figures.report import build_report, read_pictures
    from sim.files import write_whole

    found = tried(folder, comparison)
    turns = [turn["sentence"] for turn in found.get("turns", ()) if turn["change"] != "becomes clear"]
    turns += [". ".join(each["sentences"]) for each in found.get("together", ())]
    reasons = attributions(comparison, folder, jobs, quiet=quiet) if why and not comparison.conditional else ()
    names = figure_names(comparison)
    with tempfile.TemporaryDirectory(prefix="alliance-") as scratch:
        if drawn is None:
            with Progress("figures of the report", quiet=quiet) as progress:
                draw_all(comparison, scratch, ("svg",), jobs, command=line, progress=progress)
        pictures = read_pictures(drawn or scratch, names)
    write_whole(
        path, build_report(comparison, pictures, attributions=reasons, turns=turns, command=line), replace=force
    )
    return path


def refuse_one_name(report: Path | None, brief: Path | None) -> None:
    """Say before anything is simulated that the HTML of the brief would be the report's file.

    Raises:
        InputError: they are one file.
    """
    if report and brief and report == brief.with_suffix(".html"):
        raise InputError(f"--brief writes {report} too, beside the pdf; give --report another name")


def write_brief(comparison: Comparison, path: Path, line: str, *, force: bool) -> list[Path]:
    """Write the brief of ``comparison``, one A4 page, as HTML and as pdf beside each other; returns their paths.

    Raises:
        FaultError: a file cannot be written.
    """
    from sim.figures.report import brief_html, brief_pdf
    from sim.files import write_whole

    page, paper = path.with_suffix(".html"), path.with_suffix(".pdf")
    write_whole(page, brief_html(comparison, line), replace=force)
    write_whole(paper, brief_pdf(comparison, line), replace=force)
    return [page, paper]


def attributions(comparison: Comparison, folder: Path, jobs: int, *, quiet: bool) -> Sequence[Attribution]:
    """Why each scenario differs from the baseline, where any input does."""
    from sim.analysis import attribute
    from sim.ensemble import Result

    scenarios = [view.scenario for view in comparison.views]
    baseline = scenarios[comparison.baseline]
    others = [scenario for scenario in scenarios if scenario.hash != baseline.hash]
    with Progress("ensembles", quiet=quiet) as progress:
        return [
            attribute(
                baseline,
                scenario,
                runs=comparison.runs,
                seed=comparison.views[0].seed,
                jobs=jobs,
                cache=folder / "coalitions",
                progress=progress,
                known=[view.ensemble for view in comparison.views if isinstance(view.ensemble, Result)],
            )
            for scenario in others
        ]
