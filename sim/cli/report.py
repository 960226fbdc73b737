"""The HTML report of a comparison: figures, numbers and reasons on one page that stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.options import write_whole
from sim.cli.progress import Progress

if TYPE_CHECKING:
    from sim.analysis import Attribution, Comparison


def write_report(
    comparison: Comparison, path: Path, line: str, folder: Path, jobs: int, *, why: bool, quiet: bool
) -> Path:
    """Write the report of ``comparison`` to ``path``.

    With ``why`` it says why each scenario differs from the baseline, for which more ensembles are run; those are kept
    in ``folder``. Parts of one ensemble have no such reasons.

    Raises:
        FaultError: the file cannot be written.
    """
    from sim.figures.compared import draw_compared, figure_names
    from sim.figures.report import build_report

    reasons = attributions(comparison, folder, jobs, quiet=quiet) if why and not comparison.conditional else ()
    names = figure_names(comparison)
    drawings = {}
    with Progress("figures of the report", quiet=quiet) as progress:
        for done, name in enumerate(names, start=1):
            drawings[name] = draw_compared(comparison, name, command=line)
            progress(done, len(names))
    write_whole(path, build_report(comparison, drawings, attribution=reasons, command=line))
    return path


def attributions(comparison: Comparison, folder: Path, jobs: int, *, quiet: bool) -> Sequence[Attribution]:
    """Why each scenario differs from the baseline, where any input does."""
    from sim.analysis import attribute

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
            )
            for scenario in others
        ]
