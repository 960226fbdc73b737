"""``alliance explain``: what a key or a variable means, or why a figure of a result stands where it stands."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import json_option
from sim.cli.tables import columns
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.model import Variable
    from sim.scenario import Parameter

KINDS = {
    "data": "data: taken from the facts",
    "estimated": "estimated from data",
    "assumption": "assumption: not settled by data, change it at will",
}
DEPENDS_ON = "not settled by data: a conclusion that turns on it is reported as 'depends on'"


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
    if variable is None:
        if entity or day or everything:
            raise InputError("--entity, --date and --all explain a result: name its folder, and a --variable")
        facts = explain(name, scenario)
        text = "\n".join(columns([(f"{word}:", text) for word, text in facts.items()], left=2))
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False) if as_json else text)
        return
    from sim.analysis.explain import explain as explain_result
    from sim.analysis.explain import lines
    from sim.ensemble import open_result

    found = explain_result(open_result(Path(name)), variable, entity, day)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(lines(found, everything=everything)))


def explain(name: str, scenario: str | None = None) -> dict[str, str]:
    """Headings and texts for a key of the catalogue or a recorded variable, in reading order.

    For the beginning of several keys, those keys and their meanings.

    Raises:
        InputError: ``name`` is neither; the nearest names are given.
    """
    from sim.model import RENAMED, catalogue, variables

    name = RENAMED.get(name, name)
    parameter = catalogue().find(name)
    if parameter is not None:
        return {**_parameter(name, parameter), **(_set_in(name, scenario) if scenario else {})}
    group = _group(name) if catalogue().is_group(name) else {}
    recorded = {variable.name: variable for variable in variables()}
    if name in recorded:
        return {**_variable(recorded[name]), **({"keys": ", ".join(group)} if group else {})}
    if group:
        return group
    if (folder := Path(name)).is_dir() and (folder / "manifest.json").is_file():
        raise InputError(f"{name} is a result: name a --variable of it, e.g. --variable ceasefire")
    near = [*catalogue().nearest(name), *difflib.get_close_matches(name, recorded, n=3)]
    hint = f"; did you mean {', '.join(near[:3])}?" if near else "; `alliance schema` holds every key"
    raise InputError(f"'{name}' is neither a scenario key nor a recorded variable{hint}")


def _group(name: str) -> dict[str, str]:
    """Every key that begins with ``name``, with its meaning; a key that each member has stands once."""
    from sim.model import catalogue

    return {
        parameter.key: parameter.meaning
        for parameter in catalogue()
        if any(key.startswith(f"{name}.") for key in parameter.expanded())
    }


def _parameter(name: str, parameter: Parameter) -> dict[str, str]:
    facts = {
        "key": name,
        "one of": parameter.key if name != parameter.key else "",
        "meaning": parameter.meaning,
        "unit": parameter.unit,
        "kind": KINDS[parameter.kind],
        "default": parameter.prior_text,
        "allowed": parameter.domain.describe(),
        "range": parameter.sweep,
        "source": parameter.source,
        "used in": ", ".join(parameter.used_in),
        "depends on": DEPENDS_ON if parameter.depends_on else "",
    }
    return {word: text for word, text in facts.items() if text}


def _set_in(name: str, scenario: str) -> dict[str, str]:
    from sim.loading import load
    from sim.scenario import describe

    loaded = load(scenario)
    given = loaded.values.get(name)
    if given is None:
        return {f"in {loaded.name}": "not set"}
    return {f"in {loaded.name}": f"{describe(given.value)} (set by {given.origin})"}


def _variable(variable: Variable) -> dict[str, str]:
    facts = {
        "variable": variable.name,
        "meaning": variable.long_name,
        "unit": variable.unit,
        "price basis": variable.price_basis,
        "recorded": "at 31 December and at the end" if variable.every == "year" else "at each month's last day",
        "one for each": variable.entity or "",
        "values": ", ".join(variable.labels),
        "single runs": "kept" if variable.keep_runs else "not kept, quantiles only",
    }
    return {word: text for word, text in facts.items() if text}
