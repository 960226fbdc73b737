"""``alliance discover``: where in the space of inputs an outcome fails."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import force_option, format_option, json_option, no_figures_option, paths_shown
from sim.cli.tables import wrapped
from sim.files import write_whole

if TYPE_CHECKING:
    from sim.analysis.sweep import Box, Sweep
    from sim.analysis.sweep.discovery import Sign


@click.command("discover")
@click.argument("folder", metavar="SWEEP", type=click.Path(path_type=Path))
@click.option("--where", required=True, metavar='"V@DATE < X"', help="What counts as a failure.")
@click.option("--scenario", help="Of a sweep of several scenarios, which.  [default: the first]")
@format_option
@no_figures_option
@force_option
@json_option
def discover_command(
    folder: Path,
    where: str,
    scenario: str | None,
    formats: tuple[str, ...],
    no_figures: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Find the regions of SWEEP in which a condition holds.

    They are bounds on few inputs. A region is found on half of the samples and judged on the other half. Each question
    has a folder of its own in the sweep's, so that the answers stand beside each other.
    """
    from sim.analysis.sweep import open_sweep, recorded
    from sim.analysis.sweep.discovery import enough, signs
    from sim.analysis.sweep.question import condition
    from sim.analysis.sweep.samples import in_words
    from sim.analysis.sweep.sweeps import DISCOVERIES
    from sim.errors import InputError
    from sim.text import unknown

    swept = open_sweep(folder)
    if scenario is not None and scenario not in swept.names:
        raise InputError(f"--scenario: {unknown('scenario of this sweep', scenario, swept.names)}")
    which = swept.names.index(scenario) if scenario else 0
    asked = condition(where, recorded(swept.plan.scenarios[which]))
    boxes = swept.discover(where, which)
    chance = swept.probability(asked, which)
    share = float((chance > 0.5).sum() / len(chance))
    known = chance == chance
    tells = () if boxes else signs(swept.plan.design.numbers()[known], (chance > 0.5)[known], swept.inputs)
    document = {
        "scenario": swept.names[which],
        "where": str(asked),
        "samples": len(chance),
        "samples_enough": enough(len(swept.inputs)),
        "share": share,
        "boxes": [
            {
                **asdict(box),
                "bounds": [{"input": swept.inputs[bound.place].name, **asdict(bound)} for bound in box.bounds],
                "sentence": box.sentence(swept.inputs, in_words(asked), words=True),
            }
            for box in boxes
        ],
    }
    own = folder / DISCOVERIES / (f"{scenario}_{asked.file_name}" if scenario else asked.file_name)
    document["signs"] = [{"input": swept.inputs[sign.place].name, **asdict(sign)} for sign in tells]
    table = own / "discovery.json"
    write_whole(table, json.dumps(document, indent=2, ensure_ascii=False) + "\n", replace=force)
    files = [table]
    if boxes and not no_figures:
        from sim.figures.sweeps import box_drawings, write

        files += write(box_drawings(boxes, swept, asked, which), own, formats, replace=force)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join([*as_lines(boxes, tells, swept, in_words(asked), share), "", *paths_shown(files)]))


def as_lines(boxes: tuple[Box, ...], tells: tuple[Sign, ...], swept: Sweep, what: str, share: float) -> list[str]:
    """Each region as a sentence, with its figures, and its inputs with what they mean and how surely they matter."""
    lines = wrapped(f"In most runs of {share:.0%} of {swept.plan.design.samples:,} samples: {what}.")
    if not boxes:
        lines += wrapped("No region stands out: no bound on an input is significant on the samples kept back.")
    lines += few_lines(swept)
    if tells:
        lines += wrapped("Those samples differ from the rest in single inputs, the clearest first:")
    for sign in tells:
        entry = swept.inputs[sign.place]
        lines += wrapped(f"{entry.name} is {sign.where} (p = {sign.p_value:.2g}): {entry.meaning}", "   ", "     ")
    for number, box in enumerate(boxes, 1):
        lines += ["", *wrapped(f"{number}. {box.sentence(swept.inputs, what, words=True)}.", more="   ")]
        figures = f"Coverage {box.coverage:.0%}, density {box.density:.0%}, {box.mass:.0%} of the samples."
        lines += wrapped(figures, "   ", "   ")
        for bound in box.bounds:
            entry = swept.inputs[bound.place]
            chance = "p < 0.001" if bound.p_value < 0.001 else f"p = {bound.p_value:.2g}"
            lines += wrapped(f"{entry.name} ({chance}): {entry.meaning}", "   ", "     ")
    return lines


def few_lines(swept: Sweep) -> list[str]:
    """One sentence where the samples are too few for a region to be found; none where they are enough."""
    from sim.analysis.sweep.discovery import enough

    samples, needed = swept.plan.design.samples, enough(len(swept.inputs))
    if samples >= needed:
        return []
    inputs = f"{len(swept.inputs)} input{'' if len(swept.inputs) == 1 else 's'}"
    return wrapped(
        f"{samples:,} samples are too few to be sure of finding a region: one that holds a quarter of the space of "
        f"{inputs} usually shows with {needed:,}, a smaller one with more."
    )
