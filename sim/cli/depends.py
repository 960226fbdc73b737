"""``alliance depends``: which conclusions of a comparison turn on an assumption that no data identify."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    cluster_option,
    json_option,
    paths_shown,
    quiet_option,
    usable_cores,
    vary_option,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns, wrapped
from sim.files import write_whole
from sim.limits import MOST_JOBS, MOST_RUNS
from sim.text import brief

if TYPE_CHECKING:
    from sim.analysis.sweep import Input, Regret, Together, Turn

MOST_SAMPLES = 100_000
UNFINISHED = ".depends"  # in the folder of the comparison, while the question is being answered


@click.command("depends")
@click.argument("folder", metavar="COMPARISON", type=click.Path(path_type=Path))
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="V@DATE", help="Conclusions to try.  [default: the leading]"
)
@vary_option
@click.option("--runs", type=click.IntRange(2, MOST_RUNS), default=500, show_default=True, help="Runs at each setting.")
@click.option(
    "--together", "samples", type=click.IntRange(0, MOST_SAMPLES), default=256, show_default=True, metavar="SAMPLES",
    help="Samples of all assumptions together; 0: none.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, MOST_JOBS), default=None, help="Processes.  [default: usable cores]")
@cluster_option
@click.option("--regret", metavar="V@DATE", help="Also the regret of each scenario under each winner of 2028.")
@click.option("--less-is-better", is_flag=True, help="For --regret: lower values are preferred.")
@click.option("--weights", metavar="NAME=W,...", help="For --regret: weights of the winners.  [default: all alike]")
@json_option
@quiet_option
def depends_command(
    folder: Path,
    outcomes: tuple[str, ...],
    vary: tuple[str, ...],
    runs: int,
    samples: int,
    jobs: int | None,
    cluster: str,
    regret: str | None,
    less_is_better: bool,
    weights: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find on which assumptions a COMPARISON turns.

    Each conclusion is tried at both ends of the range of every assumption, and where all vary together. Those that turn
    to the other side, or are no longer clear, are named with the assumptions; the note is kept in comparison.json,
    where the report finds it. Interrupted, the same command goes on where it stopped. Assumptions that the scenarios
    themselves set differently are left out.
    """
    began = time.monotonic()
    from sim.analysis import reopen
    from sim.analysis.sweep.asking import election_regret
    from sim.analysis.sweep.design import read_vary
    from sim.analysis.sweep.turning import depends, leading_questions, together, varies_together
    from sim.ensemble.manifest import sealed
    from sim.errors import InputError
    from sim.model import catalogue

    if (weights or less_is_better) and not regret:
        raise InputError("--weights and --less-is-better belong to --regret V@DATE; name that too")
    comparison, _ = reopen(folder)
    if comparison.conditional:
        raise InputError(f"{folder}: splits one scenario by {comparison.by}; depends needs a comparison of scenarios")
    scenarios = [view.scenario for view in comparison.views]
    order = [scenarios[comparison.baseline], *(s for index, s in enumerate(scenarios) if index != comparison.baseline)]
    inputs = read_vary(vary or ("assumptions",), catalogue(), order[0])
    inputs, own = (inputs, ()) if vary else varies_together(inputs, comparison)
    asked, seed = list(outcomes) or leading_questions(comparison), comparison.views[0].seed
    if not asked:
        raise InputError(f"{folder}: no difference could be shown; name outcomes with --outcome V@DATE")
    cost = None
    if regret:
        cost = election_regret(order, regret, weights, more_is_better=not less_is_better, runs=runs, seed=seed)
    shared: dict[str, Any] = {
        "inputs": inputs, "runs": runs, "seed": seed, "jobs": jobs or usable_cores(), "cluster": cluster,
        "keep": folder / UNFINISHED,
    }  # fmt: skip
    with Progress("settings", quiet=quiet) as progress:
        turns = depends(order, asked, progress=progress, **shared)
    several: list[Together] = []
    if samples and len(inputs) > 1:
        with Progress("samples", quiet=quiet) as progress:
            several = together(order, asked, samples=samples, progress=progress, **shared)
    document = as_content(turns, several, cost, asked, runs) | {"hashes": [scenario.hash for scenario in scenarios]}
    # The answer took minutes: it is printed before a full disk can keep it from being written.
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        head = head_lines(turns, several, inputs, own, runs, time.monotonic() - began)
        said = [*as_lines(turns, several), *(regret_lines(cost, regret or "") if cost else [])]
        click.echo("\n".join([*head, "", *said, ""]))
    path = folder / "comparison.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    write_whole(path, json.dumps(sealed({**content, "depends": document}), indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
    if not as_json:
        click.echo("\n".join(paths_shown([path])))


def head_lines(
    turns: list[Turn],
    several: list[Together],
    inputs: Sequence[Input],
    own: Sequence[str],
    runs: int,
    seconds: float,
) -> list[str]:
    """What was tried, and what was left out."""
    outcomes, settings = {turn.outcome for turn in turns}, {(turn.assumption, turn.setting) for turn in turns}
    head = f"{_counted(len(outcomes), 'outcome')} at {len(settings)} settings of {_counted(len(inputs), 'assumption')}"
    head += ", each by itself"
    if several:
        head += f", and at {several[0].samples:,} samples of all together"
    left_out = f"Left out, since the scenarios differ in it: {', '.join(own)}" if own else ""
    return [*wrapped(f"{head}; {runs:,} runs each, {seconds:.1f} s"), *wrapped(left_out)]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def as_lines(turns: list[Turn], several: list[Together]) -> list[str]:
    """How many conclusions hold; then each with what it turns on, and how it fares where all assumptions vary."""
    clear: dict[tuple[str, str], list[Turn]] = {}
    unclear: dict[tuple[str, str], bool] = {}
    for turn in turns:
        name = turn.scenario, turn.outcome
        if turn.base_low > 0 or turn.base_high < 0:
            clear.setdefault(name, []).append(turn)
        else:
            unclear[name] = unclear.get(name, False) or turn.change == "becomes clear"
    fares = {(each.scenario, each.outcome): each for each in several}
    firm = [name for name, tried in clear.items() if all(turn.change == "holds" for turn in tried)]
    lines = [f"{len(firm)} of {len(clear)} hold at every setting tried."] if clear else []
    if unclear:
        counted, turned = _counted(len(unclear), "difference"), sum(unclear.values())
        lines += wrapped(f"Not clear in the comparison itself: {counted}; clear at some setting: {turned}.")
    for title, chosen in (
        ("HOLD UNDER EVERY SINGLE ASSUMPTION", firm),
        ("TURN ON A SINGLE ASSUMPTION", [name for name in clear if name not in firm]),
    ):
        lines += ["", title] if chosen else []
        for name in chosen:
            first = clear[name][0]
            lines += wrapped(
                f"{first.outcome} of {first.scenario}: {brief(first.base_mean, sign=True)} "
                f"[{brief(first.base_low, sign=True)}, {brief(first.base_high, sign=True)}]"
            )
            for turn in clear[name]:
                if turn.change != "holds":
                    lines += wrapped(turn.where(), "  ")
            if name in fares:
                lines += [line for text in fares[name].sentences(short=True) for line in wrapped(text, "  ")]
    return lines


def regret_lines(cost: Regret, what: str) -> list[str]:
    """The regret of each scenario under each winner."""
    rows = [("", *cost.winners, "largest", "weighted")]
    rows += [
        (
            name,
            *(brief(value) for value in cost.regret[index]),
            brief(cost.largest[index]),
            brief(cost.weighted[index]),
        )
        for index, name in enumerate(cost.choices)
    ]
    weights = ", ".join(f"{name} {weight:.0%}" for name, weight in zip(cost.winners, cost.weights, strict=True))
    return [
        "",
        "REGRET",
        *wrapped(
            f"How far the mean of {what} falls short of that of the best scenario, under each winner of 2028. Weights "
            f"of the winners: {weights}."
        ),
        *columns(rows),
        *wrapped(f"{cost.sentence()}."),
    ]


def as_content(
    turns: list[Turn], several: list[Together], cost: Regret | None, asked: list[str], runs: int
) -> dict[str, Any]:
    """What is kept in ``comparison.json``."""
    return {
        "outcomes": asked,
        "runs": runs,
        "turns": [{**asdict(turn), "sentence": turn.sentence()} for turn in turns if turn.change != "holds"],
        "together": [each.to_dict() for each in several],
        "regret": None
        if cost is None
        else {
            "choices": list(cost.choices),
            "winners": list(cost.winners),
            "weights": cost.weights.tolist(),
            "regret": cost.regret.tolist(),
            "largest": cost.largest.tolist(),
            "weighted": cost.weighted.tolist(),
        },
    }
