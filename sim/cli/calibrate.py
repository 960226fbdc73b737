"""``alliance calibrate``: parameters estimated from the facts."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import FilePath, OutPath, command_line, force_option, json_option
from sim.cli.tables import columns
from sim.errors import InputError
from sim.limits import MOST_SEED

if TYPE_CHECKING:
    from sim.evidence.calibration import Calibration, Estimate


@click.command("calibrate")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Use only what was known on that day.")
@click.option("--draws", type=click.IntRange(10, 100_000), default=1000, show_default=True, help="Joint draws to make.")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=1, show_default=True, help="Seed of the sampler.")
@click.option("--write", "shipped", is_flag=True, help="Store the draws where runs look for them.")
@click.option("--out", type=FilePath(".npz"), metavar="FILE.npz", help="Store the draws in this file.")
@click.option("--figure", type=OutPath(), help="Draw priors, posteriors and convergence, into this folder.")
@force_option
@json_option
def calibrate_command(
    until: datetime.datetime | None,
    draws: int,
    seed: int,
    shipped: bool,
    out: Path | None,
    figure: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Estimate parameters from the facts.

    What data to 2024 cannot identify keeps its range. Nothing is stored without --write, --out or --figure.
    """
    from sim.evidence.calibration import UNTIL, calibrate, write

    day = until.date() if until else UNTIL
    calibration = calibrate(day, draws=draws, seed=seed)
    if figure and not calibration.convergence:
        raise InputError(f"nothing can be identified on {day}: the draws are those of the priors")
    files = [write(calibration)] if shipped else []
    files += [write(calibration, out, replace=force)] if out else []
    files += _drawn(calibration, seed, figure, force) if figure else []
    click.echo((_as_document if as_json else _as_text)(calibration, files))


def _drawn(calibration: Calibration, seed: int, folder: Path, force: bool) -> list[Path]:
    from sim.figures import export
    from sim.figures.estimates import Vintage, estimate_drawings, made

    told = calibration.draws.provenance
    command = command_line("calibrate", [], [("--until", calibration.until), ("--seed", seed)])
    made_of = made(told["version"], seed, len(calibration.draws.draws), told["tables"], command)
    vintage = Vintage(str(calibration.until), calibration.draws, calibration.convergence)
    return [
        path
        for name, drawing in estimate_drawings([vintage], made_of).items()
        for path in export(drawing, folder, name, replace=force)
    ]


def _as_text(calibration: Calibration, files: list[Path]) -> str:
    rows = [("key", "block", "prior", "mean", "sd", "shipped default")]
    rows += [
        (estimate.key, estimate.block, _prior(estimate), f"{estimate.mean:.4g}", f"{estimate.sd:.3g}", estimate.shipped)
        for estimate in calibration.estimates
    ]
    counts = ", ".join(f"{block} {count:,}" for block, count in calibration.observations.items()) or "none"
    chains = f"worst R-hat {calibration.worst_r_hat:.3f}, smallest effective sample {calibration.smallest_sample:,.0f}"
    return "\n".join(
        [
            *columns(rows, left=6),
            "",
            f"known on {calibration.until}; observations: {counts}",
            *([chains] if calibration.convergence else []),
            *(f"skipped {reason}" for reason in calibration.skipped),
            f"left at their ranges, since no data identify them: {', '.join(calibration.assumptions)}",
            *map(str, files),
        ]
    )


def _prior(estimate: Estimate) -> str:
    return "" if estimate.prior is None else f"{estimate.prior[0]:g} ({estimate.prior[1]:g})"


def _as_document(calibration: Calibration, files: list[Path]) -> str:
    return json.dumps(
        {
            "until": str(calibration.until),
            "estimates": [asdict(estimate) for estimate in calibration.estimates],
            "observations": dict(calibration.observations),
            "convergence": {
                key: {"r_hat": r_hat, "sample": size} for key, (r_hat, size) in calibration.convergence.items()
            },
            "worst_r_hat": calibration.worst_r_hat if calibration.convergence else None,
            "smallest_sample": calibration.smallest_sample if calibration.convergence else None,
            "skipped": list(calibration.skipped),
            "assumptions": list(calibration.assumptions),
            "files": [str(path) for path in files],
        },
        indent=2,
        ensure_ascii=False,
    )
