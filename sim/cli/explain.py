"""``alliance explain``: what a key, variable or word means, how a scenario acts, why a result stands where it does."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import click

from sim.cli.options import json_option
from sim.cli.tables import WIDTH, columns
from sim.errors import InputError


@click.command("explain")
@click.argument("words", metavar="KEY|VARIABLE|WORD...|SCENARIO|RESULTS", nargs=-1, required=True)
@click.option("--scenario", help="Show the value in this scenario, and which file and line set it.")
@click.option("--variable", metavar="V", help="With RESULTS: the recorded variable to explain.")
@click.option("--entity", metavar="E", default="", help="With RESULTS: the member, donor or label.")
@click.option("--date", "day", metavar="YYYY-MM-DD", help="With RESULTS: the day.  [default: the last]")
@click.option("--all", "everything", is_flag=True, help="With RESULTS: inputs of any distance.")
@json_option
def explain_command(
    words: tuple[str, ...],
    scenario: str | None,
    variable: str | None,
    entity: str,
    day: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Explain a key, a variable, a word, or a figure of a result.

    Of a WORD such as troops or Germany, or of several: the keys, variables and members that speak of it, nearest first,
    and the shipped scenarios and questions that do. Of a SCENARIO: what it sets, and through what each of it acts. Of a
    finished RESULTS folder: why --variable stands where it stands.
    """
    name = " ".join(words)
    if variable is not None:
        from sim.analysis.explain import explain, lines
        from sim.ensemble import open_result

        if (Path(name) / "comparison.json").is_file():
            raise InputError(
                f"{name} is a comparison; `alliance attribute A B` says why two scenarios differ, and "
                "`alliance explain RESULTS` why one result stands where it does"
            )
        explanation = explain(open_result(Path(name)), variable, entity, day)
        _show(explanation.to_dict(), lines(explanation, everything=everything), as_json=as_json)
        return
    if entity or day or everything:
        raise InputError("--entity, --date and --all explain a result: name its folder, and a --variable")
    from sim.analysis.lookup import describe_name, scenario_called, search
    from sim.loading import load

    if scenario is None and (path := scenario_called(name)) is not None:
        from sim.analysis.explain.scenarios import explain_scenario, scenario_lines

        told = explain_scenario(load(path))
        _show(told.to_dict(), scenario_lines(told), as_json=as_json)
        return
    texts = describe_name(name, scenario)
    if texts is not None:
        _show(texts, columns([(f"{heading}:", text) for heading, text in texts.items()], left=2), as_json=as_json)
        return
    if (Path(name) / "manifest.json").is_file():
        raise InputError(f"{name} is a result: name a --variable of it, e.g. --variable ceasefire")
    entries = search(name)
    text = [
        line
        for entry in entries
        for line in (
            f"{entry.name}  ({entry.kind})",
            *textwrap.wrap(entry.meaning, WIDTH, initial_indent="  ", subsequent_indent="  "),
        )
    ]
    _show([entry.to_dict() for entry in entries], text, as_json=as_json)


def _show(document: Any, lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))
