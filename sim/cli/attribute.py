"""``alliance attribute``: why two scenarios differ."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import (
    OutPath,
    command_line,
    ensemble_options,
    format_option,
    json_option,
    paths_shown,
    quiet_option,
    size_option,
    usable_cores,
    variable_option,
    write_whole,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns, number

if TYPE_CHECKING:
    from sim.analysis import Attribution, Part, Waterfall
    from sim.figures import Provenance
    from sim.scenario import Scenario


@click.command("attribute")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@ensemble_options
@variable_option
@click.option(
    "--orders", type=click.IntRange(4, 10_000), default=16, show_default=True, help="Orders sampled above six groups."
)
@format_option
@size_option
@click.option("--no-figures", is_flag=True, help="Numbers only.")
@click.option("--out", type=OutPath(), help="Folder.  [default: comparisons/A_to_B]")
@json_option
@quiet_option
def attribute_command(
    first: str,
    second: str,
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    variables: tuple[str, ...],
    orders: int,
    formats: tuple[str, ...],
    size: str,
    no_figures: bool,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say why scenario B differs from scenario A.

    The difference is shared out over the groups of changed inputs (Shapley values, on the same streams).
    """
    began = time.monotonic()
    from sim.analysis import PART_COLUMNS, ask, attribute, csv_text

    asked = ask([first, second], variables=variables, runs=runs, seed=seed, sets=sets)
    pair = asked.scenarios
    folder = out or Path("comparisons") / f"{asked.names[0]}_to_{asked.names[1]}"
    with Progress("ensembles", quiet=quiet) as progress:
        found = attribute(
            *pair,
            runs=runs,
            seed=seed,
            jobs=jobs or usable_cores(),
            cache=folder / "coalitions",
            outcomes=asked.outcomes,
            permutations=orders,
            progress=progress,
        )
    table = folder / "attribution.csv"
    write_whole(table, csv_text([part.to_dict() for part in found.rows()], PART_COLUMNS))
    files = [table]
    if not no_figures:
        line = command_line("attribute", asked.words, [*asked.settings, ("--orders", orders)])
        source = provenance(found, pair, line)
        files += draw_waterfalls(found, source, folder / "figures", formats, size, jobs, quiet=quiet)
    seconds = time.monotonic() - began
    click.echo(as_document(found, files, seconds) if as_json else as_text(found, files, seconds))


def provenance(found: Attribution, pair: Sequence[Scenario], line: str) -> Provenance:
    """What the waterfalls of ``found`` carry: scenarios with hashes, seed, runs, versions and the command."""
    from sim import facts
    from sim.figures.compared.waterfall import attribution_provenance
    from sim.version import __version__

    return attribution_provenance(found, pair, version=__version__, facts=facts.stamp(), command=line)


def draw_waterfalls(
    found: Attribution,
    source: Provenance,
    folder: Path,
    formats: Sequence[str],
    size: str,
    jobs: int | None,
    *,
    quiet: bool,
) -> list[Path]:
    """Write a waterfall for each headline outcome; returns the paths."""
    from sim.figures.compared.waterfall import draw_attribution

    with Progress("figures", quiet=quiet) as progress:
        return draw_attribution(
            found, folder, formats, jobs or usable_cores(), source=source, size=size, progress=progress
        )


def as_text(found: Attribution, files: list[Path], seconds: float) -> str:
    """Each outcome at its last date: from A over the groups, by size, to B."""
    how = "every combination run" if found.exact else f"{found.permutations} orders sampled"
    lines = [
        f"from {found.a} to {found.b}",
        f"{found.runs:,} runs, seed {found.seed}, {found.coalitions} ensembles ({how}), {seconds:.1f} s",
        "Conditional on the scenarios; not a forecast.",
        *(f"Note: {warning}" for warning in found.warnings),
    ]
    last: dict[tuple[str, str], Waterfall] = {}
    for one in found.waterfalls:
        last[one.outcome.name, one.outcome.entity] = one
    for one in last.values():
        lines += ["", *_waterfall_lines(one, found)]
    return "\n".join([*lines, "", *paths_shown(files)])


def _waterfall_lines(one: Waterfall, found: Attribution) -> list[str]:
    outcome = one.outcome
    scale = 100 if outcome.binary else 1
    unit = "% of runs" if outcome.binary else outcome.unit
    size = max(abs(scale * value) for value in (one.a_mean, one.b_mean, *(part.mean for part in one.parts)))
    digits = 1 if size >= 100 else 3 if size < 10 else 2
    rows = [[f"  {found.a}", number(scale * one.a_mean, digits), "", ""]]
    rows += [_part_row(part, scale, digits) for part in one.parts]
    rows += [[f"  {found.b}", number(scale * one.b_mean, digits), "", ""]]
    name = f"{outcome.long_name}: {outcome.entity}" if outcome.entity else outcome.long_name
    return [f"{name} ({unit}), mean at {one.date}", *columns(rows)]


def _part_row(part: Part, scale: float, digits: int) -> list[str]:
    mean, low, high = (number(scale * value, digits) for value in (part.mean, part.low, part.high))
    signed = mean if mean.startswith("-") else f"+{mean}"
    span = f"({low} to {high})" if math.isfinite(part.low) else ""  # one run has no interval
    return [f"    {part.group}", signed, span, "depends on" if part.depends_on else ""]


def as_document(found: Attribution, files: list[Path], seconds: float) -> str:
    """The same as one JSON document, with every date."""
    return json.dumps(
        {
            "a": found.a,
            "b": found.b,
            "runs": found.runs,
            "seed": found.seed,
            "seconds": round(seconds, 3),
            "ensembles": found.coalitions,
            "exact": found.exact,
            "orders": found.permutations,
            "warnings": list(found.warnings),
            "parts": [part.to_dict() for part in found.rows()],
            "files": [str(path) for path in files],
        },
        indent=2,
        ensure_ascii=False,
    )
