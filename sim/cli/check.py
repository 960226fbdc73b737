"""``alliance check``: every mistake in scenario files at once."""

from __future__ import annotations

import json

import click

from sim.cli.options import json_option


@click.command("check")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--set", "sets", metavar="KEY=VALUE", multiple=True, help="Check with this value set. Repeatable.")
@json_option
def check_command(scenarios: tuple[str, ...], sets: tuple[str, ...], as_json: bool) -> None:
    """Report every mistake in SCENARIO files at once.

    Nothing is written. Exit code 0 when all are clean, 2 otherwise.
    """
    from dataclasses import asdict

    from sim.errors import InputError, Problem
    from sim.loading import check, notes, outlook

    problems: list[Problem] = []
    for scenario in scenarios:
        mistakes = check(scenario, sets)
        problems += mistakes
        if not mistakes and not as_json:
            click.echo(f"{scenario}: no mistakes")
            for line in outlook(scenario, sets):
                click.echo(f"  {line}")
            for note in notes(scenario, sets):
                click.echo(f"  note: {note}")
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False))
        if problems:
            click.get_current_context().exit(2)
    elif problems:
        raise InputError(tuple(problems))
