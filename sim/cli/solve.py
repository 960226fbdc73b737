"""``alliance solve``: what it takes to reach a target."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    outcome_option,
    paths_shown,
    question_options,
    usable_cores,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns, wrapped
from sim.files import write_whole
from sim.text import brief

if TYPE_CHECKING:
    from sim.analysis.sweep import Solution
    from sim.analysis.sweep.worked import Worked


@click.command("solve")
@click.argument("scenario", metavar="SCENARIO|QUESTION")
@click.option("--lever", default="", metavar="KEY=LOW:HIGH", help="What is tried; KEY alone: its declared range.")
@click.option("--target", default="", metavar='"P(V@DATE >= X) >= P"', help="What is to be reached.")
@outcome_option("Also say how this ends with the lever found.")
@click.option("--keep", is_flag=True, help="Store the answer in the question's file.")
@question_options(1000, "solve/NAME/QUESTION")
def solve_command(
    scenario: str,
    lever: str,
    target: str,
    outcomes: tuple[str, ...],
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    cluster: str,
    keep: bool,
    out: Path | None,
    force: bool,
    formats: tuple[str, ...],
    no_figures: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the smallest lever that reaches a target.

    SCENARIO is simulated on the same streams at every value tried. A QUESTION, a file or one of `alliance list worked`,
    states scenario, lever, target, runs and seed by itself; those of the command line do not count.
    """
    began = time.monotonic()
    from sim.analysis.sweep import recorded, solve
    from sim.analysis.sweep.question import target as read_target
    from sim.analysis.sweep.worked import Worked, answer_of, is_question, read_question
    from sim.errors import InputError
    from sim.loading import load
    from sim.shipped import find_worked

    shipped = find_worked(scenario)
    if shipped and keep:
        raise InputError(f"--keep: {scenario} is a shipped question; name the path of a file of your own")
    if shipped or is_question(scenario):
        asked = read_question(shipped or scenario)
    else:
        asked = Worked(Path(), "", load(scenario, sets), lever, target, outcomes, runs, seed, {})
        if keep or not lever or not target:
            raise InputError(
                "name --lever KEY=LOW:HIGH and --target, or a file that states them; --keep needs such a file"
            )
    wanted = read_target(asked.target, recorded(asked.scenario)).condition
    own = f"{asked.lever.partition('=')[0].strip()}_for_{wanted.file_name}"
    folder = out or Path("solve") / (asked.path.stem or f"{asked.scenario.name}/{own}")
    table, question = folder / "solution.json", question_of(asked)
    replace = force or _same(table, question)
    with Progress("values", quiet=quiet) as progress:
        solution = solve(
            asked.scenario, asked.lever, asked.target, runs=asked.runs, seed=asked.seed,
            jobs=jobs or usable_cores(), cluster=cluster, progress=progress,
        )  # fmt: skip
    answer = answer_of(solution, asked)
    if keep:
        asked.keep(answer)
    document = {**as_document(solution, asked, answer), "question": question}
    write_whole(table, json.dumps(document, indent=2, ensure_ascii=False) + "\n", replace=replace)
    files = [table]
    if not no_figures:
        from sim.figures.sweeps import solution_drawings, write

        files += write(
            solution_drawings(solution, asked.scenario, asked.seed), folder / "figures", formats, replace=replace
        )
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    said = as_text(solution, asked, answer, None if keep else asked.stored, time.monotonic() - began)
    click.echo("\n".join([said, "", *paths_shown(files)]))


def question_of(asked: Worked) -> dict[str, Any]:
    """What makes a question: two that are equal have the same answer."""
    return {
        "scenario": asked.scenario.hash, "lever": asked.lever, "target": asked.target, "runs": asked.runs,
        "seed": asked.seed,
    }  # fmt: skip


def _same(table: Path, question: dict[str, Any]) -> bool:
    """Whether ``table`` holds an answer to this very question; False where there is none.

    Raises:
        InputError: it holds something else; told before anything is simulated.
    """
    from sim.errors import InputError

    try:
        held = json.loads(table.read_bytes())
    except FileNotFoundError:
        return False
    except (OSError, ValueError, RecursionError):
        held = None
    if isinstance(held, dict) and held.get("question") == question:
        return True
    raise InputError(f"{table}: holds the answer to another question; choose another --out, or --force to replace it")


def as_text(
    solution: Solution, asked: Worked, answer: dict[str, Any], stored: dict[str, Any] | None, seconds: float
) -> str:
    """The answer, what is reported with it, whether it is the one ``stored``, and the curve."""
    rows = [(solution.lever.name, "runs that meet it", "95% interval")]
    rows += [
        (solution.lever.text(at), f"{share:.1%}", f"[{low:.1%}, {high:.1%}]")
        for at, share, low, high in solution.curve()
    ]
    same = "The answer is the one stored in the file."
    if stored and _numbers(answer) != _numbers(stored):
        same = f"NOT the answer stored in the file, since the model or the facts have changed: {stored.get('sentence')}"
    where = "the value found" if not math.isnan(solution.value) else "the closest value"
    lines = [
        *([asked.title] if asked.title else []),
        *wrapped(f"{asked.scenario.name}: {solution.sentence()}."),
        *wrapped(f"(lever {solution.lever.name}, target {solution.target})"),
        *([f"With the lever at {where}:", *report_lines(answer, asked)] if asked.report else []),
        *([same] if stored else []),
        f"{solution.runs:,} runs at each of {len(solution.levers)} values, seed {asked.seed}, {seconds:.1f} s",
        "Conditional on the scenario; not a forecast.",
        "",
        *columns(rows),
    ]
    return "\n".join(lines)


def _numbers(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without its sentence, which may be worded anew."""
    return {name: value for name, value in answer.items() if name != "sentence"}


def report_lines(answer: dict[str, Any], asked: Worked) -> list[str]:
    """The reported outcomes in words, each with the text by which it was asked for."""
    from sim.analysis.sweep import recorded
    from sim.analysis.sweep.question import question
    from sim.analysis.sweep.samples import headed

    lines = []
    for name, value in answer.items():
        if isinstance(value, list):
            mean, low, middle, high = map(brief, value)
            said = headed(question(name, recorded(asked.scenario)))
            figures = f"mean {mean}, median {middle}, 90% of runs {low} to {high}"
            lines += [*wrapped(f"{said}: {figures}", "  ", "    "), *wrapped(f"({name})", "    ")]
    return lines


def as_document(solution: Solution, asked: Worked, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its curve, for ``solution.json``."""
    return {
        "title": asked.title,
        "scenario": asked.scenario.name,
        "lever": solution.lever.name,
        "target": str(solution.target),
        "runs": solution.runs,
        "seed": asked.seed,
        **dict.fromkeys(("value", "low", "high")),
        **answer,
        "curve": [
            {"lever": solution.lever.text(at), "share": share, "low": low, "high": high}
            for at, share, low, high in solution.curve()
        ],
    }
