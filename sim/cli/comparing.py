"""``alliance compare``: scenarios side by side, run by run."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.gathering import Sampling, check_names, gather, name_of
from sim.cli.options import command_line, ensemble_options, json_option, quiet_option, write_whole

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.ensemble import Result

LONGEST_NAME = 100


@click.command("compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO|RESULTS...")
@ensemble_options
@click.option("--by", metavar="KEY", help="Split one scenario by an outcome, e.g. us.elections.2024.president.")
@click.option("--baseline", metavar="NAME", help="What the others are compared with.  [default: the first]")
@click.option(
    "--variable", "outcomes", multiple=True, metavar="V[:ENTITY]", help="Compare this. Repeatable; default headlines."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder.  [default: comparisons/A_vs_B]")
@click.option("--force", is_flag=True, help="Replace results of other inputs in that folder.")
@json_option
@quiet_option
def compare_command(
    scenarios: tuple[str, ...],
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    by: str | None,
    baseline: str | None,
    outcomes: tuple[str, ...],
    out: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compare 2 to 8 scenarios or finished results.

    What differs in the inputs comes first, then what differs in the outcomes, paired run by run.
    """
    began = time.monotonic()
    from sim import analysis
    from sim.analysis.comparison import chosen_outcomes

    names = [name_of(word) for word in scenarios]
    check_names(names, fewest=1 if by else 2)
    chosen_outcomes(outcomes)  # a wrong name is told before the simulation, not after it
    folder = out or Path("comparisons") / default_folder(names, by)
    settings = [
        ("--runs", runs),
        ("--seed", seed),
        *(("--set", text) for text in sets),
        ("--by", by),
        ("--baseline", baseline),
        *(("--variable", text) for text in outcomes),
        ("--out", out),
    ]
    line = command_line("compare", scenarios, settings)
    results = gather(scenarios, Sampling(runs, seed, jobs, sets, force, quiet), folder, line)
    comparison = analysis.compare(results, baseline_place(names, baseline, by), by, outcomes=outcomes, all_dates=True)
    files = write_tables(comparison, folder)
    seconds = time.monotonic() - began
    click.echo((as_document if as_json else as_text)(comparison, results, files, line, seconds))


def default_folder(names: Sequence[str], by: str | None) -> str:
    """A folder name that tells what was compared and stays short enough for every disk."""
    if by:
        return f"{names[0]}_by_{by}"
    joined = "_vs_".join(names)
    return joined if len(joined) <= LONGEST_NAME else f"{names[0]}_vs_{len(names) - 1}_others"


def baseline_place(names: Sequence[str], baseline: str | None, by: str | None) -> int:
    """Where the baseline stands among the names.

    Raises:
        InputError: it is not one of them.
    """
    from sim.errors import InputError

    if baseline is None:
        return 0
    if by:
        raise InputError("--baseline names a scenario; with --by the first part is the baseline")
    if baseline not in names:
        raise InputError(f"--baseline {baseline}: not among the scenarios compared ({', '.join(names)})")
    return names.index(baseline)


def write_tables(comparison: Comparison, folder: Path) -> list[Path]:
    """Write ``inputs.csv`` and ``differences.csv``, each whole or not at all."""
    from sim.analysis import INPUT_COLUMNS, ROW_COLUMNS, csv_text

    texts = {
        "inputs.csv": csv_text([row.to_dict() for row in comparison.input_rows()], INPUT_COLUMNS),
        "differences.csv": csv_text([row.to_dict() for row in comparison.rows()], ROW_COLUMNS),
    }
    for name, text in texts.items():
        write_whole(folder / name, text)
    return [folder / name for name in texts]


def as_text(comparison: Comparison, results: Sequence[Result], files: Sequence[Path], line: str, seconds: float) -> str:
    """What a reader sees: inputs, outcomes, sentences, paths."""
    from sim.cli.differences import input_lines, outcome_lines, sentences

    del line
    names = comparison.names
    others = [name for place, name in enumerate(names) if place != comparison.baseline]
    return "\n".join(
        [
            f"{names[comparison.baseline]} against {', '.join(others)}",
            f"{min(result.runs for result in results):,} runs, seed {results[0].seed}, {seconds:.1f} s",
            "Conditional on the scenarios; not a forecast.",
            *(f"Note: {warning}" for warning in comparison.warnings),
            "",
            *([] if comparison.by else ["INPUTS THAT DIFFER", *input_lines(comparison.inputs, names), ""]),
            "OUTCOMES",
            *outcome_lines(comparison),
            "",
            "IN WORDS",
            *sentences(comparison),
            "",
            *map(str, files),
        ]
    )


def as_document(
    comparison: Comparison, results: Sequence[Result], files: Sequence[Path], line: str, seconds: float
) -> str:
    """The same as one JSON document, with every date."""
    document: dict[str, Any] = {
        "baseline": comparison.names[comparison.baseline],
        "scenarios": list(comparison.names),
        "by": comparison.by or None,
        "runs": min(result.runs for result in results),
        "seed": results[0].seed,
        "seconds": round(seconds, 3),
        "command": line,
        "warnings": list(comparison.warnings),
        "inputs": [row.to_dict() for row in comparison.input_rows()],
        "outcomes": [row.to_dict() for row in comparison.rows()],
        "files": [str(path) for path in files],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
