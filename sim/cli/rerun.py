"""``alliance rerun``: a figure made again from what it carries, and whether it or its numbers were edited."""

from __future__ import annotations

import hashlib
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import OutPath, quiet_option, usable_cores
from sim.cli.progress import Progress

if TYPE_CHECKING:
    from sim.analysis import Asked
    from sim.figures import Drawing

VERBS = ("run", "compare", "attribute")


@click.command("rerun")
@click.argument("figure", type=click.Path(path_type=Path))
@click.option("--out", type=OutPath(), help="Write the figure made again here.")
@quiet_option
def rerun_command(figure: Path, out: Path | None, quiet: bool) -> None:
    """Make a figure again and compare it byte by byte.

    FIGURE is an svg, png or pdf of this program; it carries the command, seed and version that made it. Run it where
    the figure was made, so that the scenario files are found. Exit code 1 if anything differs.
    """
    from sim.figures import export, provenance_of

    carried = provenance_of(figure)
    edited = numbers_edited(figure, carried)
    with tempfile.TemporaryDirectory(prefix="alliance-") as scratch:
        drawing = draw_again(carried, Path(scratch), quiet=quiet)
        again = next(iter(export(drawing, out or Path(scratch) / "figure", figure.stem, [figure.suffix[1:]])))
        same = again.read_bytes() == figure.read_bytes()
    if same and not edited:
        click.echo(f"{figure}: made again, the same bytes")
    if edited:
        click.echo(f"{figure.with_suffix('.csv')}: not the numbers that were drawn", err=True)
    if not same:
        click.echo(f"{figure}: differs from the figure made again; {_reason(carried)}", err=True)
    if out:
        click.echo(again)
    if edited or not same:
        click.get_current_context().exit(1)


def numbers_edited(figure: Path, carried: Mapping[str, Any]) -> bool:
    """Whether the CSV beside a figure, if there is one, holds other numbers than were drawn."""
    table = figure.with_suffix(".csv")
    if not table.is_file():
        return False
    content = table.read_bytes().removeprefix(b"\xef\xbb\xbf")
    return bool(hashlib.sha256(content).hexdigest() != carried["numbers_sha256"])


def draw_again(carried: Mapping[str, Any], folder: Path, *, quiet: bool) -> Drawing:
    """The figure drawn anew by the command it carries, with intermediate results under ``folder``.

    Raises:
        InputError: the command is missing, or its scenarios are no longer what they were.
    """
    from sim.errors import InputError

    line = str(carried.get("command", ""))
    words = shlex.split(line)
    if len(words) < 3 or words[0] != "alliance" or words[1] not in VERBS:
        raise InputError("the figure does not carry the command that made it, so it cannot be made again")
    given = _parameters(words[1], words[2:])
    if words[1] == "run":
        return _from_run(carried, given, folder, line, quiet=quiet)
    if words[1] == "attribute":
        return _from_attribution(carried, given, folder, line)
    return _from_comparison(carried, given, folder, line)


def _parameters(verb: str, words: list[str]) -> dict[str, Any]:
    """What the command line sets, read by the verb's own parser."""
    from sim.cli.program import program

    command = program.get_command(click.get_current_context(), verb)
    assert command is not None
    return command.make_context(verb, words, resilient_parsing=False).params


def _from_run(carried: Mapping[str, Any], given: Mapping[str, Any], folder: Path, line: str, *, quiet: bool) -> Drawing:
    from sim import ensemble, figures
    from sim.loading import load

    scenario = load(given["scenario"], sets=given["sets"])
    _check_inputs(carried, {scenario.name: scenario.hash})
    with Progress("runs", quiet=quiet) as progress:
        result = ensemble.run(
            scenario,
            runs=given["runs"],
            seed=given["seed"],
            jobs=usable_cores(),
            out=folder / scenario.name,
            central=given["central"],
            keep_runs=given["keep_runs"] or None,
            command=line,
            progress=progress,
        )
    return figures.draw(result, carried["figure"], carried.get("size", "page"))


def _from_comparison(carried: Mapping[str, Any], given: Mapping[str, Any], folder: Path, line: str) -> Drawing:
    from sim.figures import draw

    comparison = _asked(carried, given, given["scenarios"]).comparison(folder, jobs=usable_cores(), command=line)
    if carried["figure"] == "brief":
        from sim.figures.report import draw_brief

        return draw_brief(comparison, line)
    return draw(comparison, carried["figure"], carried.get("size", "page"), command=line)


def _from_attribution(carried: Mapping[str, Any], given: Mapping[str, Any], folder: Path, line: str) -> Drawing:
    from sim.figures.compared.waterfall import waterfall

    asked = _asked(carried, given, [given["first"], given["second"]])
    attribution = asked.attribution(folder, orders=given["orders"], jobs=usable_cores())
    outcome = str(carried["figure"]).removeprefix("waterfall:")
    size = carried.get("size", "page")
    return waterfall(attribution, outcome, size, scenarios=asked.scenarios, command=line)


def _asked(carried: Mapping[str, Any], given: Mapping[str, Any], sources: Sequence[str]) -> Asked:
    """The question that the command line asked, its scenarios checked to be what they were."""
    from sim.analysis import ask

    asked = ask(
        sources,
        by=given.get("by"),
        baseline=given.get("baseline"),
        variables=given["variables"],
        at=[moment.date() for moment in given["at"]],
        runs=given["runs"],
        seed=given["seed"],
        sets=given["sets"],
    )
    _check_inputs(carried, {scenario.name: scenario.hash for scenario in asked.scenarios})
    return asked


def _check_inputs(carried: Mapping[str, Any], hashes: Mapping[str, str]) -> None:
    from sim.errors import InputError

    then = set(carried["scenarios"].values())
    changed = [name for name, digest in hashes.items() if digest not in then]
    if changed:
        raise InputError(
            f"the inputs of {', '.join(changed)} have changed since the figure was made: "
            "the scenario files, or the defaults and facts of this program"
        )


def _reason(carried: Mapping[str, Any]) -> str:
    from sim.version import __version__

    if carried["version"] != __version__:
        return f"it was made by version {carried['version']}, this is {__version__}"
    return "it was edited, or made with other versions of the libraries"
