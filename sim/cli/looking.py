"""Verbs that only look: ``list``, ``check``, ``explain``, ``schema``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import click

from sim.cli.options import json_option
from sim.cli.tables import columns


@click.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the shipped scenarios, one line each."""
    from sim.shipped import shipped_folder, shipped_names

    titles = {name: _title(shipped_folder() / f"{name}.toml") for name in shipped_names()}
    if as_json:
        click.echo(
            json.dumps([{"name": name, "title": title} for name, title in titles.items()], indent=2, ensure_ascii=False)
        )
    elif titles:
        click.echo("\n".join(columns(list(titles.items()), left=2)))


def _title(path: Path) -> str:
    """The title in a scenario file. Only the text is parsed: listing needs neither the model nor the facts."""
    try:
        title = tomllib.loads(path.read_text(encoding="utf-8")).get("title", "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return "cannot be read; `alliance check` says why"
    return str(title)


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
    from sim.loading import check

    problems: list[Problem] = []
    for scenario in scenarios:
        found = check(scenario, sets)
        problems += found
        if not found and not as_json:
            click.echo(f"{scenario}: no mistakes")
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False))
        if problems:
            click.get_current_context().exit(2)
    elif problems:
        raise InputError(tuple(problems))


@click.command("explain")
@click.argument("name", metavar="KEY|VARIABLE|RESULTS")
@click.option("--scenario", help="Show the value in this scenario, and which file and line set it.")
@click.option("--variable", metavar="V", help="With RESULTS: the recorded variable to explain.")
@click.option("--entity", metavar="E", default="", help="With RESULTS: the member, donor or label.")
@click.option("--date", "day", metavar="YYYY-MM-DD", help="With RESULTS: the day.  [default: the last]")
@click.option("--all", "everything", is_flag=True, help="With RESULTS: inputs of any distance.")
@json_option
def explain_command(
    name: str, scenario: str | None, variable: str | None, entity: str, day: str | None, everything: bool, as_json: bool
) -> None:
    """Explain a key, a variable, or a figure of a result.

    Of a finished RESULTS folder: why --variable stands where it stands.
    """
    from sim.errors import InputError

    if variable is None:
        if entity or day or everything:
            raise InputError("--entity, --date and --all explain a result: name its folder, and a --variable")
        from sim.cli.explaining import explain

        facts = explain(name, scenario)
        text = "\n".join(columns([(f"{word}:", text) for word, text in facts.items()], left=2))
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False) if as_json else text)
        return
    from sim.analysis import explanation, explanation_text
    from sim.ensemble import open_result

    found = explanation.explain(open_result(Path(name)), variable, entity, day)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(explanation_text.lines(found, everything=everything)))


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.model import catalogue
    from sim.scenario.json_schema import json_schema

    click.echo(json.dumps(json_schema(catalogue()), indent=2, ensure_ascii=False))
